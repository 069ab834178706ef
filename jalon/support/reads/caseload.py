"""The worker's own caseload, soonest first: one statement, fifty rows, every word ready for the page."""

from collections.abc import Iterable
from datetime import date
from functools import lru_cache
from types import SimpleNamespace
from typing import Any, NamedTuple

from django.db.models import CharField, Exists, F, OuterRef, QuerySet, Subquery, Value
from django.db.models.functions import Cast, Coalesce, Concat
from django.urls import reverse
from django.utils.html import escape, format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from jalon.access import Actor
from jalon.config import clock, prepared
from jalon.dossiers.models import Application
from jalon.dossiers.states import OPEN_STATES
from jalon.journeys.models import AfisMonth, Permit
from jalon.law import loader
from jalon.law.journey import TARGETS
from jalon.notices import kinds
from jalon.notices.models import Deadline
from jalon.notices.reads import opened
from jalon.people import access as people
from jalon.people.models import Dossier, Identity
from jalon.people.states import Stage
from jalon.ui import html, paging
from jalon.ui.fields import short_day
from jalon.ui.patterns import mark, pattern
from jalon.ui.text import fold
from jalon.vault import keys
from jalon.vault.models import Opener

PAGE = paging.A_PAGE
LAST_PAGE = 200  # each page is a prepared query that is kept
MONTHS = loader.whole("psp.max_months")
# Days before the end of a period when its renewal is prepared, then watched as a permit is, then pressing (REN-1).
RENEW_WITHIN, WATCH_WITHIN, URGENT = TARGETS["open"], TARGETS["file"], TARGETS["session"]
# A worker's caseload is far below; beyond, the search says that it was cut.
MOST = 5_000

NAMES = ("alias", "usual_name", "given_name", "family_name")
COLUMNS = (
    "id",
    "number",
    "stage",
    "assignment_kind",
    "agreement",
    "identity__id",
    "identity__sealed",
    "identity__revision",
    "key_G1",
    "audit_salt",
    "restricted",
    "ends_on",
    "cap_on",
    "exited_on",
    "afis_late",
    "afis",
    "permit_end",
    "application",
    "due",
)


WORDS = ("alias", "end", "on", "month", "permit", "aid", "next", "what")
# A search reads the whole caseload: it leaves out what each row would have to look for elsewhere.
BRIEF = COLUMNS[: COLUMNS.index("afis_late")]


class Subject(NamedTuple):
    """A file of a list, for the trail: an erasure unlinks it by its salt."""

    id: str
    audit_salt: bytes


class Caseload(NamedTuple):
    """A page of the caseload. ``soon``: how many periods shown on it end within 60 days."""

    rows: list[dict[str, Any]]
    subjects: list[Subject]
    stage: str
    page: int
    more: bool
    soon: int
    query: str = ""

    @property
    def lines(self) -> SafeString:
        """Every row, each with the place where its note opens."""
        return SafeString("".join([f'{row["line"]}<tr class="slot" hidden></tr>\n' for row in self.rows]))

    @property
    def ids(self) -> list[str]:
        return [row["id"] for row in self.rows]


class Asked(NamedTuple):
    """What the actor may do on a row, the same for every row of the same standing."""

    note: bool
    residence: bool
    aid: bool
    prepare: bool


def _open_rows(actor: Actor) -> QuerySet[Dossier]:
    """The open dossiers of the actor with the key of their identity; the order is that of the index."""
    rows = people.dossiers_visible_to(actor).filter(stage__lte=Stage.PATHWAY)
    # As texts: of hundreds of rows that a search looks through, few days are shown.
    rows = rows.annotate(**{name: Cast(f"journey__{name}", CharField()) for name in ("ends_on", "cap_on", "exited_on")})
    return people.oldest_first(keys.with_key(rows, "G1"))


def _with_rights(rows: QuerySet[Dossier]) -> QuerySet[Dossier]:
    """With what a row shows of the rights, the request and the next date."""
    late = AfisMonth.objects.filter(dossier=OuterRef("pk"), paid_on=None, due_on__lt=clock.today())
    permits = Permit.objects.filter(dossier=OuterRef("pk")).annotate(last=Coalesce("extended_to", "valid_to"))
    applications = Application.objects.filter(dossier=OuterRef("pk"), state__in=OPEN_STATES)
    # the deadline that `next_due_on` holds, so that the dates shown follow the order of the list
    dues = opened().filter(dossier=OuterRef("pk")).exclude(kind__in=kinds.HINTS).order_by("on", "pk")
    return rows.annotate(
        afis_late=Exists(late),
        afis=Exists(AfisMonth.objects.filter(dossier=OuterRef("pk"))),
        permit_end=Cast(Subquery(permits.exclude(last=None).order_by("-last").values("last")[:1]), CharField()),
        application=Subquery(applications.values("pk")[:1]),
        due=_due(dues),
    )


def _due(dues: QuerySet[Deadline]) -> Subquery:
    """Day and kind of the first of these deadlines, in one text: « 2020-03-07 renewal_session »."""
    shown = Concat(Cast("on", CharField()), Value(" "), F("kind"), output_field=CharField())
    return Subquery(dues.values_list(shown)[:1])


def _columns(role: str, window: slice, staged: bool) -> Any:
    """The query of a window of the caseload, for ``prepared.run``."""

    def build(user_id: str, organisation_id: str, department: str = "", stage: str = "") -> Any:
        rows = _open_rows(Actor(user_id, role, organisation_id, department))
        rows = rows.filter(stage=stage) if staged else rows
        return _with_rights(rows).values_list(*COLUMNS)[window]

    return build


def _found(actor: Actor, window: slice, stage: str = "") -> list[tuple[Any, ...]]:
    values = {**_self(actor), "stage": stage} if stage else _self(actor)
    key = ("caseload", actor.role, window.start, window.stop, bool(stage))
    return prepared.raw(key, _columns(actor.role, window, bool(stage)), **values)


def caseload(actor: Actor, stage: str = "", page: int = 1) -> Caseload:
    """A page of the caseload, of one stage when asked. One statement."""
    start = (page - 1) * PAGE
    found = _found(actor, slice(start, start + PAGE + 1), stage)
    shown = _shown(actor, found[:PAGE])
    return Caseload(shown, _subjects(found[:PAGE]), stage, page, len(found) > PAGE, sum(row["soon"] for row in shown))


def search(actor: Actor, words: str) -> Caseload:
    """The rows of the caseload whose alias, name or number holds these words: no index, it is unsealed now."""
    wanted, identity, found = fold(words), Opener(Identity), []
    for row in prepared.raw(("caseload search", actor.role), _whole(actor.role), **_self(actor)):
        data = identity(row[0], *row[5:9]) if row[5] else {}
        # one line, one folding: no word that is looked for holds the character between the names
        line = "\0".join([row[1], *[data.get(name) or "" for name in NAMES]])
        if wanted in fold(line):
            found.append(row)
    shown = _shown(actor, found[:PAGE])
    return Caseload(shown, _subjects(found[:PAGE]), "", 1, len(found) > PAGE, sum(row["soon"] for row in shown), words)


def _self(actor: Actor) -> dict[str, str]:
    return {"user_id": actor.user_id, "organisation_id": actor.organisation_id}


def _whole(role: str) -> Any:
    def build(user_id: str, organisation_id: str) -> Any:
        return _open_rows(Actor(user_id, role, organisation_id)).values_list(*BRIEF)[:MOST]

    return build


def _subjects(found: Iterable[tuple[Any, ...]]) -> list[Subject]:
    return [Subject(row[0], row[9]) for row in found]


def _shown(actor: Actor, found: Iterable[tuple[Any, ...]]) -> list[dict[str, Any]]:
    today, identity = clock.today(), Opener(Identity)
    language = get_language() or ""
    known: dict[tuple[Any, ...], Asked] = {}
    rows = []
    for row in found:
        brief = len(row) < len(COLUMNS)
        (id_, number, stage, kind, agreement, *_sealed, frozen, ends_on, cap_on, exited_on, late, afis, permit_end,
         application, due) = (*row, *[None] * (len(COLUMNS) - len(row)))  # fmt: skip
        standing = (kind, bool(agreement), stage, frozen)
        asked = known.get(standing) or known.setdefault(standing, _asked(actor, *standing))
        running = ends_on is not None and exited_on is None
        left, day, month = _period(ends_on, cap_on, today, language) if running else (None, "", 0)
        prepare = asked.prepare and left is not None and left <= RENEW_WITHIN and not application and not brief
        alias = (identity(row[0], *row[5:9]).get("alias") if row[5] else "") or number
        next_step = "renew" if prepare else "continue" if application and asked.prepare else ""
        due_on, _space, due_kind = due.partition(" ") if due else ("", "", "")
        line = _pattern(asked.note, next_step, running, brief, language) % {
            "id": id_,
            "alias": escape(alias),
            "end": _end(left, language) if left is not None else _stage(stage, language),
            "on": day,
            "month": month,
            "permit": _permit(permit_end, today, language) if asked.residence and running and not brief else "",
            "aid": _aid(late, afis, language) if asked.aid and running and not brief else "",
            "next": _next(due_on, today, language) if due_on else "",
            "what": _kind(due_kind, language) if due_kind else "",
            "application": application,
        }
        soon = left is not None and left <= WATCH_WITHIN
        rows.append({"id": id_, "alias": alias, "note": asked.note, "soon": soon, "line": SafeString(line)})
    return rows


def _asked(actor: Actor, kind: str, agreement: bool, stage: str, frozen: str) -> Asked:
    facts = {"assignment_kind": kind, "agreement": agreement, "facts_of": people.signature(actor)}
    like = SimpleNamespace(stage=stage, pk="", restricted=frozen, **facts)
    return Asked(
        people.can(actor, like, "C11", "create"),  # type: ignore[arg-type]
        people.can(actor, like, "C7", "read"),  # type: ignore[arg-type]
        people.can(actor, like, "C8", "read"),  # type: ignore[arg-type]
        people.can(actor, like, "C12", "create"),  # type: ignore[arg-type]
    )


@lru_cache(maxsize=2048)
def _period(ends_on: str, cap_on: str | None, today: date, language: str) -> tuple[int, str, int]:
    """Of a running period: the days that are left, its last day, the month of the 24 that runs."""
    end = date.fromisoformat(ends_on)
    return (end - today).days, short_day(end), month_of(date.fromisoformat(cap_on) if cap_on else None, today)


def month_of(cap_on: date | None, today: date) -> int:
    """The month of the 24 that runs, from 1: 24 less the months begun that are left after it."""
    if cap_on is None or today > cap_on:
        return MONTHS
    left = (cap_on.year - today.year) * 12 + cap_on.month - today.month + (cap_on.day >= today.day)
    return min(max(MONTHS + 1 - left, 1), MONTHS)


@lru_cache(maxsize=128)
def _pattern(note: bool, next_step: str, running: bool, brief: bool, language: str) -> str:
    """A row in one of its shapes; the caller fills its own words in."""
    shape = {
        "file_path": _path("support:dossier", "id"),
        "renew_path": _path("journeys:renew", "id"),
        "application_path": _path("dossiers:application", "application"),
        "note_path": f"{reverse('home')}?note={mark('id')}",
        "months": MONTHS,
        "can_note": note,
        "next_step": next_step,
        "running": running,
        "brief": brief,
    }
    return pattern("support/_row.html", language, WORDS, tuple(shape.items()))


def _path(name: str, word: str) -> str:
    """An address whose identifier is left to fill in."""
    return reverse(name, args=["0" * 22]).replace("0" * 22, mark(word))


@lru_cache(maxsize=1024)
def _end(days: int, language: str) -> SafeString:
    """The badge of a period's end, without a drawing: fifty of them must stay light."""
    word = html.due_word(days) if days <= URGENT else ""
    text = format_html("<b>{}</b> {}", html.signed_days(days), word) if word else html.signed_days(days)
    return format_html('<span class="due due-{}">{}</span>', html.due_tone(days), text)


@lru_cache(maxsize=1024)
def _next(on: str, today: date, language: str) -> SafeString:
    """The days left before what comes next, and its day; in red once it has passed."""
    days = (date.fromisoformat(on) - today).days
    words = format_html("<b>{}</b> {}", html.signed_days(days), short_day(date.fromisoformat(on)))
    return format_html('<span class="state state-danger">{}</span><br>' if days < 0 else "{}<br>", words)


@lru_cache(maxsize=64)
def _stage(stage: str, language: str) -> SafeString:
    return format_html('<span class="muted">{}</span>', Stage(stage).label)


@lru_cache(maxsize=128)
def _kind(kind: str, language: str) -> str:
    return escape(kinds.label(kind))


@lru_cache(maxsize=256)
def _flag(tone: str, words: str) -> SafeString:
    """A word in its colour; the style sheet draws the icon of the tone."""
    return format_html('<span class="state state-{}">{}</span>', tone, words)


@lru_cache(maxsize=1024)
def _permit(permit_end: str | None, today: date, language: str) -> SafeString:
    if permit_end is None:
        return _flag("neutral", _("aucun titre"))
    days = (date.fromisoformat(permit_end) - today).days
    if days < 0:
        return _flag("danger", _("titre expiré"))
    if days <= WATCH_WITHIN:
        return _flag("warn", _("titre J-%(days)d") % {"days": days})
    return _flag("ok", _("séjour ok"))


@lru_cache(maxsize=16)
def _aid(late: bool, any_month: bool, language: str) -> SafeString:
    if late:
        return _flag("warn", _("AFIS en retard"))
    return _flag("ok", _("AFIS ok")) if any_month else _flag("neutral", _("sans AFIS"))
