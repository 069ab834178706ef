"""What both sides share about one person: thread, appointments, placements."""

from datetime import date, timedelta
from typing import Any, NamedTuple

from django.db.models import OuterRef, QuerySet, Value
from django.utils.translation import gettext as _

from jalon.access import Actor, Role
from jalon.accounts.models import User
from jalon.config import clock
from jalon.directory.models import name_subquery
from jalon.journeys.models import Journey
from jalon.law.dates import is_working_day
from jalon.law.landmarks import last_starts
from jalon.people import access as people
from jalon.people.models import Dossier, Share
from jalon.ui import html
from jalon.vault import keys

from .. import access
from ..models import Appointment, LiaisonMessage, Placement
from ..states import ANSWER_DAYS

MESSAGES, LINES = 100, 200


def answer_day(sent_on: date, days: int = ANSWER_DAYS) -> date:
    """The day by which an answer is expected: so many working days after."""
    day = sent_on
    while days:
        day += timedelta(days=1)
        days -= is_working_day(day)
    return day


def named(dossier: Dossier, user: User) -> str:
    user.profile_key = dossier.key_GS  # type: ignore[attr-defined]
    return user.name


# --- the thread -----------------------------------------------------------------------------------------------
class Banner(NamedTuple):
    """What she agreed to share, with whom, since when, in which language; or when she withdrew it."""

    share: Share | None
    organisation: str
    what: list[str]
    not_shared: list[str]
    language: str
    withdrawn_on: date | None


class Thread(NamedTuple):
    banner: Banner
    messages: list[dict[str, Any]]
    waiting: list[dict[str, Any]]
    unseen: int
    open: bool


def banner(actor: Actor, dossier: Dossier) -> Banner:
    """The latest share with the employment side: the actor's own agency, or any for the association. One statement."""
    rows = Share.objects.filter(dossier=dossier, organisation__kind="employment_agency", given_on__lte=clock.today())
    if actor.role == Role.EMP:
        rows = people.shares_in_force(actor.organisation_id).filter(dossier=dossier)
    rows = rows.annotate(agency=name_subquery(OuterRef("organisation_id"), clock.today()))
    share = rows.order_by("-given_on", "-revoked_at").first()
    if share is None:
        return Banner(None, "", [], [], "", None)
    data = share.unseal(dossier.key_G1)  # type: ignore[attr-defined]
    ended = share.revoked_at.astimezone(clock.PARIS).date() if share.revoked_at else None
    if ended is None and share.ends_on is not None and share.ends_on < clock.today():
        ended = share.ends_on
    return Banner(
        share,
        share.agency or "",
        list(data.get("what", [])),
        list(data.get("not_shared", [])),
        data.get("language", ""),
        ended,
    )


def messages(actor: Actor, dossier: Dossier) -> list[dict[str, Any]]:
    """The last messages, the oldest first, each with where it stands. One statement."""
    rows = LiaisonMessage.objects.filter(dossier=dossier).select_related("author", "answered_by")
    own = actor.role == Role.EMP
    today = clock.today()
    shown = []
    for row in reversed(list(rows.order_by("-sent_at")[:MESSAGES])):
        mine = row.from_agency == own
        shown.append(
            {
                "id": row.pk,
                "text": row.unseal(dossier.key_G1).get("text", ""),  # type: ignore[attr-defined]
                "author": named(dossier, row.author),
                "at": row.sent_at,
                "mine": mine,
                "waits": row.answer_due_on is not None and row.answered_by_id is None,
                "state": _where(row, mine, today),
                "unseen": not mine and row.seen_at is None,
            }
        )
    return shown


def _where(row: LiaisonMessage, mine: bool, today: date) -> Any:
    if row.answered_by is not None:
        return html.state("ok", _("répondu le %(day)s") % {"day": html.day(row.answered_by.sent_at)})
    if row.answer_due_on is not None:
        if row.answer_due_on < today:
            return html.state("danger", _("réponse attendue depuis le %(day)s") % {"day": html.day(row.answer_due_on)})
        words = _("réponse attendue le %(day)s") if mine else _("répondre avant le %(day)s")
        return html.state("warn", words % {"day": html.day(row.answer_due_on)})
    if mine:
        return html.state("neutral", _("lu") if row.seen_at else _("envoyé"))
    return ""


def thread(actor: Actor, dossier: Dossier) -> Thread:
    """The thread under its banner. Without a share in force it is read only."""
    about = banner(actor, dossier)
    listed = messages(actor, dossier)
    waiting = [m for m in listed if m["waits"] and not m["mine"]]
    running = about.share is not None and about.withdrawn_on is None
    return Thread(about, listed, waiting, sum(m["unseen"] for m in listed), running)


# --- appointments ---------------------------------------------------------------------------------------------
def appointments_of(actor: Actor, dossier: Dossier) -> QuerySet[Appointment]:
    """The employment side knows only the appointments to which it comes."""
    rows = Appointment.objects.filter(dossier=dossier)
    return rows.filter(with_adviser=True) if actor.role == Role.EMP else rows


def appointments(actor: Actor, dossier: Dossier) -> list[dict[str, Any]]:
    """The next ones first, then the past ones, the latest first. One statement."""
    now, today = clock.now(), clock.today()
    can_edit = people.can(actor, dossier, "C16", "edit")
    shown = []
    for row in appointments_of(actor, dossier).order_by("-at")[:LINES]:
        data = row.unseal(dossier.key_G1)  # type: ignore[attr-defined]
        on = row.at.astimezone(clock.PARIS).date()
        waiting = row.cancelled_at is None and row.attended is None
        shown.append(
            {
                "id": row.pk,
                "at": row.at,
                "title": data.get("title", ""),
                "place": data.get("place", ""),
                "with_adviser": row.with_adviser,
                "state": _attendance(row),
                "can_record": can_edit and waiting and on <= today,
                "can_cancel": can_edit and waiting,
                "past": row.at < now,
            }
        )
    coming = [row for row in reversed(shown) if not row["past"]]
    return [*coming, *(row for row in shown if row["past"])]


def _attendance(row: Appointment) -> Any:
    if row.cancelled_at is not None:
        return html.state("neutral", _("annulé"), "cross")
    if row.attended is None:
        return ""
    return html.state("ok", _("venue")) if row.attended else html.state("neutral", _("absente"), "dash")


# --- placements -------------------------------------------------------------------------------------------------
def placements(actor: Actor, dossier: Dossier) -> list[dict[str, Any]]:
    """What began, the latest first. One statement."""
    can_edit = people.can(actor, dossier, "C10", "edit")
    shown = []
    for row in Placement.objects.filter(dossier=dossier).order_by("-starts_on")[:LINES]:
        data = row.unseal(dossier.key_G1)  # type: ignore[attr-defined]
        running = row.ends_on is None or row.ends_on >= clock.today()
        shown.append(
            {
                "id": row.pk,
                "title": data.get("title", ""),
                "organisation": data.get("organisation", ""),
                "result": data.get("result", ""),
                "starts_on": row.starts_on,
                "ends_on": row.ends_on,
                "running": running,
                "kind": row.get_kind_display(),
                "can_end": can_edit and (row.ends_on is None or not data.get("result")),
            }
        )
    return shown


def training_limits(dossier: Dossier) -> dict[int, date]:
    """Months of a certifying training → the last day on which it may start, in a running pathway. One statement."""
    cap = Journey.objects.filter(dossier=dossier, exited_on=None).values_list("cap_on", flat=True).first()
    return last_starts(cap, clock.today()) if cap else {}


def subject(actor: Actor) -> QuerySet[Dossier]:
    """The scope with the keys and the identity that a page about one person needs."""
    rows = people.dossiers_visible_to(actor).select_related("identity")
    if actor.role != Role.EMP:
        rows = keys.with_key(rows, "G4")
    return keys.with_key(keys.with_key(rows, "G1"), "GS", Value(keys.STAFF))


def label(actor: Actor, dossier: Dossier, what: list[str] | None = None) -> str:
    """The alias where the actor may read it (for the employment side: where she shares it), else the number."""
    if not people.can(actor, dossier, "C1", "read") or not hasattr(dossier, "identity"):
        return dossier.number
    if actor.role == Role.EMP and not access.agreed(what or [], "prénom", "alias"):
        return dossier.number
    return dossier.identity.unseal(dossier.key_G1).get("alias") or dossier.number  # type: ignore[attr-defined]
