"""The home pages: what the day holds for the worker, the adviser and the manager."""

from collections.abc import Mapping, Sequence
from datetime import datetime, time, timedelta
from typing import Any, NamedTuple

from django.core.paginator import Page
from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Subquery, Value
from django.utils.translation import gettext as _

from jalon.access import Actor
from jalon.config import clock
from jalon.conventions import reads as conventions
from jalon.directory import reads as directory
from jalon.dossiers.models import Application, Package
from jalon.dossiers.reads import tasks
from jalon.dossiers.states import ApplicationState, PackageState
from jalon.notices import kinds, why
from jalon.notices.reads import opened as open_deadlines
from jalon.people import access as people
from jalon.people import reads as persons
from jalon.people.access import running
from jalon.people.models import Assignment, Dossier, Share
from jalon.people.states import AssignmentKind, Stage
from jalon.ui import html, paging
from jalon.ui.text import fold
from jalon.vault import keys

from .. import access
from ..models import Appointment, LiaisonMessage, Placement
from . import joint

LINES, LATE = 30, 60
EXCERPT = 80
MOST_FOUND = paging.A_PAGE  # of a search: more words find less
TO_FINISH = (ApplicationState.DRAFT, ApplicationState.SIGNED, ApplicationState.INCOMPLETE)


def _scope(actor: Actor) -> QuerySet[Dossier]:
    return people.dossiers_visible_to(actor).filter(stage__lte=Stage.PATHWAY)


def _alias(row: Any, identity: Any) -> str:
    return identity.unseal(row.key_G1).get("alias", "")


def _today() -> tuple[datetime, datetime]:
    start = datetime.combine(clock.today(), time(), clock.PARIS)
    return start, start + timedelta(days=1)


def excerpt(text: str) -> str:
    return text if len(text) <= EXCERPT else text[:EXCERPT].rsplit(" ", 1)[0] + "…"


# --- the worker ------------------------------------------------------------------------------------------------
class Today(NamedTuple):
    appointments: list[dict[str, Any]]
    waiting: list[dict[str, Any]]
    drafts: list[dict[str, Any]]

    @property
    def subjects(self) -> list[Dossier]:
        """The files of which something is shown, each once."""
        rows = (*self.appointments, *self.waiting, *self.drafts)
        return list({row["subject"].pk: row["subject"] for row in rows}.values())


def today(actor: Actor) -> Today:
    """Appointments of the day, messages that wait for an answer, applications to finish. Seven statements at most."""
    scope = Subquery(_scope(actor).values("pk"))
    return Today(_appointments(actor, scope), _waiting(actor, scope), _drafts(actor, scope))


def _appointments(actor: Actor, scope: Any) -> list[dict[str, Any]]:
    start, end = _today()
    rows = Appointment.objects.filter(dossier__in=scope, at__gte=start, at__lt=end, cancelled_at=None)
    if actor.role == "EMP":
        rows = rows.filter(with_adviser=True)
    rows = keys.with_key(rows.select_related("dossier__identity").order_by("at"), "G1", owner="dossier_id")
    shown = []
    for row in rows[:LINES]:
        data = row.unseal(row.key_G1)  # type: ignore[attr-defined]
        shown.append(
            {
                "id": row.pk,
                "subject": row.dossier,
                "dossier": row.dossier_id,
                "label": _alias(row, row.dossier.identity) or row.dossier.number,
                "at": row.at,
                "title": data.get("title", ""),
                "place": data.get("place", ""),
                "attended": row.attended,
            }
        )
    return shown


def shares_running() -> QuerySet[Share]:
    """Her agreement with an agency, for rows of a dossier: a thread that is closed waits for nothing."""
    today = clock.today()
    rows = Share.objects.filter(Q(ends_on=None) | Q(ends_on__gte=today), revoked_at=None, given_on__lte=today)
    return rows.filter(dossier=OuterRef("dossier"), organisation__kind="employment_agency")


def _waiting(actor: Actor, scope: Any) -> list[dict[str, Any]]:
    """Messages of the other side that expect an answer, the first due first."""
    rows = LiaisonMessage.objects.filter(
        Exists(shares_running()),
        dossier__in=scope,
        answered_by=None,
        answer_due_on__isnull=False,
        from_agency=actor.role != "EMP",
    ).select_related("dossier__identity", "author")
    rows = keys.with_key(keys.with_key(rows, "G1", owner="dossier_id"), "GS", owner=Value(keys.STAFF))
    shown = []
    for row in rows.order_by("answer_due_on", "sent_at")[:LINES]:
        row.author.profile_key = row.key_GS  # type: ignore[attr-defined]
        text = row.unseal(row.key_G1).get("text", "")  # type: ignore[attr-defined]
        shown.append(
            {
                "id": row.pk,
                "subject": row.dossier,
                "dossier": row.dossier_id,
                "label": _alias(row, row.dossier.identity) or row.dossier.number,
                "author": row.author.name,
                "text": text,
                "excerpt": excerpt(text),
                "at": row.sent_at,
                "due": html.due(row.answer_due_on, clock.today()),
            }
        )
    return shown


def _drafts(actor: Actor, scope: Any) -> list[dict[str, Any]]:
    """Applications begun and not yet sent, with the parts done as their own page counts them. Five statements."""
    asked = Application.objects.filter(dossier__in=scope, state__in=TO_FINISH).order_by("opened_on", "pk")
    rows = list(tasks.prepared(asked)[:LINES])
    files = persons.scope(actor).select_related("safe_contact").in_bulk([row.dossier_id for row in rows])
    shown = []
    for row in rows:
        row.dossier = files[row.dossier_id]
        parts = tasks.of(row, actor)
        shown.append(
            {
                "id": row.pk,
                "subject": row.dossier,
                "label": persons.name(actor, row.dossier),
                "kind": row.get_kind_display(),
                "state": row.get_state_display(),
                "done": parts.done,
                "total": parts.counted,
            }
        )
    return shown


# --- the adviser -----------------------------------------------------------------------------------------------
class AdviserHome(NamedTuple):
    people: Page
    waiting: list[dict[str, Any]]
    starts: list[dict[str, Any]]
    appointments: list[dict[str, Any]]
    # Landmarks of the plan that the agency carries, within a month.
    landmarks: list[dict[str, Any]]
    # The files of which something is shown.
    subjects: Sequence[Dossier]


def adviser_home(actor: Actor, number: int = 1) -> AdviserHome:
    """The persons who share with this adviser, a page of them; what waits for an answer, what begins this month."""
    shown, labels, projects = _sharing(actor)
    people_ = paging.page(shown, number)
    listed = [{**m, "label": labels[m["dossier"]]} for m in _waiting(actor, list(labels))]
    days = [{**a, "label": labels[a["dossier"]]} for a in _appointments(actor, list(labels))]
    starts, landmarks = _starts(projects, labels), _landmarks(projects, labels)
    told = {row["id"] for row in people_} | {row["dossier"] for row in (*listed, *days, *starts, *landmarks)}
    return AdviserHome(people_, listed, starts, days, landmarks, [r["subject"] for r in shown if r["id"] in told])


def _sharing(actor: Actor) -> tuple[list[dict[str, Any]], dict[str, str], list[str]]:
    """All who share with this adviser, by number; the word for each; those who share their project."""
    rows = keys.with_key(_scope(actor).select_related("identity"), "G1")
    waiting = LiaisonMessage.objects.filter(dossier=OuterRef("pk"), answered_by=None, answer_due_on__isnull=False)
    rows = rows.annotate(
        asks=Exists(waiting.filter(from_agency=False)), asked=Exists(waiting.filter(from_agency=True))
    ).order_by("number")
    found = list(rows)
    ids = [row.pk for row in found]
    shares = {s.dossier_id: s for s in people.shares_in_force(actor.organisation_id).filter(dossier__in=ids)}
    labels, shown, projects = {}, [], []
    for row in found:
        share = shares.get(row.pk)
        what = share.unseal(row.key_G1).get("what", []) if share else []  # type: ignore[attr-defined]
        labels[row.pk] = joint.label(actor, row, what)
        if access.agreed(what, *access.PROJECT):
            projects.append(row.pk)
        shown.append(
            {
                "id": row.pk,
                "subject": row,
                "label": labels[row.pk],
                "what": ", ".join(persons.shared_words(what)),
                "since": share.given_on if share else None,
                "until": share.ends_on if share else None,
                "asks": row.asks,
                "asked": row.asked,
            }
        )
    return shown, labels, projects


def _landmarks(ids: list[str], labels: dict[str, str]) -> list[dict[str, Any]]:
    """What the agency is told of, of those who share their project. One statement."""
    until = clock.today() + timedelta(days=31)
    # What is done about a request while nobody answers is told when its day comes.
    later = Q(kind__in=kinds.UNANSWERED, on__gt=clock.today())
    rows = open_deadlines().filter(dossier__in=ids, role="EMP", on__lte=until).exclude(later).order_by("on", "pk")
    return [
        {"dossier": row.dossier, "label": labels[row.dossier], "kind": kinds.label(row.kind), "on": row.on}
        for row in rows[:LINES]
    ]


def _starts(ids: list[str], labels: dict[str, str]) -> list[dict[str, Any]]:
    """Jobs, trainings and immersions that begin this month."""
    first = clock.today().replace(day=1)
    after = (first + timedelta(days=32)).replace(day=1)
    rows = Placement.objects.filter(dossier__in=ids, starts_on__gte=first, starts_on__lt=after).order_by("starts_on")
    return [
        {
            "dossier": row.dossier_id,
            "label": labels[row.dossier_id],
            "title": row.unseal(row.key_G1).get("title", ""),  # type: ignore[attr-defined]
            "on": row.starts_on,
        }
        for row in keys.with_key(rows, "G1", owner="dossier_id")[:LINES]
    ]


# --- the manager -----------------------------------------------------------------------------------------------
class Team(NamedTuple):
    """Each list is a page."""

    workers: Page
    unassigned: Page
    overdue: Page
    to_sign: Page

    @property
    def reasons(self) -> list[html.Rule]:
        """Why the dates that have passed are what they are."""
        return why.reasons((row["kind"], row["rule"]) for row in self.overdue)

    open: int
    # Persons whose pair lacks somebody.
    orphans: Page
    subjects: list[Dossier]


def team(actor: Actor, at: Mapping[str, int] = paging.FIRST) -> Team:
    """Load of each worker, files without a referent, pairs that lack somebody, what is overdue, packages to sign.

    ``at``: the page of each list.
    """
    open_files = _scope(actor)
    referents = Assignment.objects.filter(running(), kind=AssignmentKind.REFERENT)
    workers = _workers(actor, referents)
    held = referents.filter(dossier=OuterRef("pk"))
    alone = people.oldest_first(open_files.filter(~Exists(held)))
    unassigned = paging.page(alone, at.get("alone", 1), _unassigned)
    overdue = _overdue(actor, {worker["id"]: worker["name"] for worker in workers}, at.get("late", 1))
    signed = Package.objects.filter(
        dossier__in=Subquery(open_files.values("pk")),
        state=PackageState.DRAFT,
        application__state=ApplicationState.DRAFT,
        read_back_on__isnull=False,
    )
    waiting = signed.select_related("dossier", "application").order_by("read_back_on", "pk")
    to_sign = paging.page(waiting, at.get("sign", 1), _to_sign)
    orphans = conventions.orphans(actor, at.get("pairs", 1))
    told = {row["subject"].pk: row["subject"] for row in (*unassigned, *overdue, *to_sign)}
    told |= {row.dossier.pk: row.dossier for row in orphans}
    open_ = sum(worker["open"] for worker in workers) + unassigned.paginator.count
    shown = paging.page(workers, at.get("team", 1))
    return Team(shown, unassigned, overdue, to_sign, open_, orphans, list(told.values()))


def _unassigned(row: Dossier) -> dict[str, Any]:
    due, stage = _due(row.next_due_on), row.get_stage_display()
    return {"id": row.pk, "subject": row, "number": row.number, "stage": stage, "due": due}


def _to_sign(row: Package) -> dict[str, Any]:
    kind, subject = row.application.get_kind_display(), row.dossier
    return {
        "id": row.application_id,
        "subject": subject,
        "number": subject.number,
        "kind": kind,
        "on": row.read_back_on,
    }


def _due(on: Any) -> Any:
    return html.due(on, clock.today()) if on else ""


def _workers(actor: Actor, referents: QuerySet[Assignment]) -> list[dict[str, Any]]:
    now = clock.today()
    here = referents.filter(dossier__organisation=actor.organisation_id, dossier__stage__lte=Stage.PATHWAY)
    counts = {
        row["user_id"]: row
        for row in here.values("user_id").annotate(
            open=Count("pk"),
            late=Count("pk", filter=Q(dossier__next_due_on__lt=now)),
            soon=Count("pk", filter=Q(dossier__next_due_on__range=(now, now + timedelta(days=LATE)))),
        )
    }
    users = {user.pk: user for user in directory.people_in(actor.organisation_id, "REF")}
    missing = [user_id for user_id in counts if user_id not in users]
    away = directory.users_named(missing) if missing else {}
    none = {"open": 0, "late": 0, "soon": 0}
    shown = []
    for user_id, user in (*users.items(), *away.items()):
        count = counts.get(user_id, none)
        shown.append(
            {
                "id": user_id,
                "name": user.name,
                "open": count["open"],
                "late": count["late"],
                "soon": count["soon"],
                "away": user_id in away,
            }
        )
    return sorted(shown, key=lambda worker: (not worker["away"], worker["name"]))


def _overdue(actor: Actor, names: dict[str, str], number: int) -> Page:
    """The files with a deadline that has passed, by number: the last one to pass, and how many with it."""
    late = open_deadlines().filter(organisation=actor.organisation_id, role__in=("REF", "MGR"), on__lt=clock.today())
    by_file: dict[str, list[Any]] = {}
    for row in late.exclude(dossier="").order_by("on", "pk"):
        by_file.setdefault(row.dossier, []).append(row)
    referent = Assignment.objects.filter(running(), kind=AssignmentKind.REFERENT, dossier=OuterRef("pk"))
    files = _scope(actor).filter(pk__in=by_file).annotate(referent=Subquery(referent.values("user_id")[:1]))
    shown = [
        {
            "dossier": file.pk,
            "rule": by_file[file.pk][-1].rule,
            "subject": file,
            "number": file.number,
            "kind": kinds.label(by_file[file.pk][-1].kind),
            "due": _due(by_file[file.pk][-1].on),
            "more": len(by_file[file.pk]) - 1,
            "since": by_file[file.pk][0].on,
            "referent": names.get(file.referent or "", _("personne")),
        }
        for file in files
    ]
    return paging.page(sorted(shown, key=lambda row: (row["since"], row["number"])), number)


def found(actor: Actor, words: str) -> list[dict[str, Any]]:
    """For those who have no caseload: the files of their scope whose number (or shared alias) holds these words."""
    if actor.role == "EMP":
        shown, _labels, _projects = _sharing(actor)
        return [row for row in shown if fold(words) in fold(row["label"])][:MOST_FOUND]
    rows = people.dossiers_visible_to(actor).filter(number__icontains=words).order_by("number")
    return [{"id": row.pk, "label": row.number, "subject": row} for row in rows[:LINES]]


def to_reassign(actor: Actor, dossier: Dossier) -> tuple[str, list[tuple[str, Any]]]:
    """The present referent of one file, and the workers who may take it, each with the load carried now."""
    referents = Assignment.objects.filter(running(), kind=AssignmentKind.REFERENT)
    before = referents.filter(dossier=dossier).values_list("user_id", flat=True).first() or ""
    offered = [
        (worker["id"], _("%(name)s (%(open)d en cours)") % worker)
        for worker in _workers(actor, referents)
        if not worker["away"] and worker["id"] != before
    ]
    return before, offered


def worker(actor: Actor, user_id: str) -> Any:
    """One of the association's workers."""
    return next(user for user in directory.people_in(actor.organisation_id, "REF") if user.pk == user_id)
