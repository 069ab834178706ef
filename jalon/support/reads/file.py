"""The page of one person: three statements, and only the compartments that this actor may read.

``opened`` fetches the dossier with everything that is one to one; ``history`` the notes; ``around`` what surrounds her
in one statement, a union written by hand because the mapper takes longer to compose it than the database to answer.
"""

from collections.abc import Iterable
from datetime import UTC, date, datetime
from functools import partial
from typing import Any, NamedTuple

from django.db import connection
from django.db.models import Exists, OuterRef, QuerySet, Value
from django.utils.translation import gettext as _

from jalon.access import Actor, Role
from jalon.accounts.models import User
from jalon.config import clock, prepared
from jalon.dossiers.parts import PAPER_BY_CODE
from jalon.dossiers.states import OPEN_STATES, ApplicationState, PieceState
from jalon.dossiers.states import Kind as ApplicationKind
from jalon.journeys.models import AfisMonth
from jalon.journeys.states import DecisionKind, DecisionState, PermitKind
from jalon.notices import kinds, why
from jalon.people import access as people
from jalon.people.models import Dossier, Share
from jalon.people.states import AssignmentKind
from jalon.ui import rules
from jalon.ui.html import Rule, day
from jalon.ui.timeline import Bar, Clock, Lane, Point, Segment
from jalon.vault import keys
from jalon.vault.models import Sealed

from .. import access
from ..models import Appointment, LiaisonMessage, Note, Placement, PlanStep
from ..states import Holder, NoteKind, PlanStepState, Visibility
from .caseload import MONTHS, month_of

NOTES = 20

# what, id, word, state, day, until, moment, flag, author, sealed, revision. The first branch is empty: it gives types.
TYPED = """SELECT 'none', m.id, '', '', m.answer_due_on, m.answer_due_on, m.sent_at, 0, m.author_id, m.sealed,
    m.revision FROM support_liaisonmessage m WHERE 1 = 0"""
# One branch a kind of thing, in its compartment.
BRANCHES = {
    "message": (
        "C10",
        """SELECT 'message', m.id, CASE WHEN m.from_agency THEN 'agency' ELSE 'association' END,
        COALESCE(m.answered_by_id, ''), m.answer_due_on, NULL, m.sent_at, 0, m.author_id, m.sealed, m.revision
        FROM support_liaisonmessage m WHERE m.dossier_id = %s
        AND ((m.answered_by_id IS NULL AND m.answer_due_on IS NOT NULL) OR m.id IN (SELECT l.id
        FROM support_liaisonmessage l WHERE l.dossier_id = %s ORDER BY l.sent_at DESC LIMIT 3))""",
    ),
    "step": (
        "C10",
        """SELECT 'step', s.id, s.holder, s.state, s.due_on, s.done_on, NULL, 0, '', s.sealed, s.revision
        FROM support_planstep s WHERE s.dossier_id = %s AND s.shared""",
    ),
    "placement": (
        "C10",
        """SELECT 'placement', p.id, '', '', p.starts_on, p.ends_on, NULL, 0, '', p.sealed, p.revision
        FROM support_placement p WHERE p.dossier_id = %s""",
    ),
    "appointment": (
        "C16",
        """SELECT 'appointment', a.id, CASE WHEN a.with_adviser THEN 'shared' ELSE '' END, '', NULL, NULL, a.at,
        CASE WHEN a.attended IS NULL THEN 0 ELSE 1 END, a.author_id, a.sealed, a.revision
        FROM support_appointment a WHERE a.dossier_id = %s AND a.cancelled_at IS NULL AND a.at >= %s""",
    ),
    "deadline": (
        "C16",
        """SELECT 'deadline', d.id, d.kind, d.rule, d."on", NULL, NULL, 0, '', NULL, 0 FROM notices_deadline d
        WHERE d.dossier = %s AND d.done_on IS NULL AND d.cancelled_on IS NULL AND d."on" <= %s""",
    ),
    "period": (
        "C14",
        """SELECT 'period', p.id, CAST(p.number AS VARCHAR(4)), p.end_reason, p.starts_on, p.ends_on, NULL, 0, '',
        NULL, 0 FROM journeys_period p JOIN journeys_journey j ON j.id = p.journey_id WHERE j.dossier_id = %s""",
    ),
    "decision": (
        "C14",
        """SELECT 'decision', d.id, d.kind, d.state, d.signed_on, d.effective_on, NULL, 0, '', NULL, 0
        FROM journeys_decision d WHERE d.dossier_id = %s AND d.signed_on IS NOT NULL""",
    ),
    "permit": (
        "C7",
        """SELECT 'permit', p.id, p.kind, '', p.issued_on, COALESCE(p.extended_to, p.valid_to), NULL, 0, '', NULL, 0
        FROM journeys_permit p WHERE p.dossier_id = %s""",
    ),
    "afis": (
        "C8",
        """SELECT 'afis', a.id, '', '', a.due_on, a.paid_on, NULL, 0, '', NULL, 0
        FROM journeys_afismonth a WHERE a.dossier_id = %s""",
    ),
    "application": (
        "C16",
        """SELECT 'application', a.id, a.kind, a.state, a.opened_on, a.submitted_on, NULL, a.rank, '', NULL, 0
        FROM dossiers_application a WHERE a.dossier_id = %s""",
    ),
    "piece": (
        "C7",
        """SELECT 'piece', p.id, p.code, p.state, p.received_on, NULL, NULL, a.rank, '', NULL, 0
        FROM dossiers_piece p JOIN dossiers_application a ON a.id = p.application_id WHERE p.dossier_id = %s""",
    ),
    "share": (
        "C15",
        """SELECT 'share', s.id, o.kind, CASE WHEN s.revoked_at IS NULL THEN '' ELSE 'revoked' END, s.given_on,
        s.ends_on, s.revoked_at, 0, s.organisation_id, s.sealed, s.revision
        FROM people_share s JOIN directory_organisation o ON o.id = s.organisation_id WHERE s.dossier_id = %s""",
    ),
    "person": (
        "C16",
        """SELECT 'person', a.id, a.kind, a.user_id, a.starts_on, a.ends_on, NULL, 0, '', u.sealed, u.revision
        FROM people_assignment a JOIN accounts_user u ON u.id = a.user_id WHERE a.dossier_id = %s
        AND a.kind <> 'person' AND (a.ends_on IS NULL OR a.ends_on >= %s)""",
    ),
}
# The employment side is shown these and no other, whatever else its compartments would hold.
SHARED_BRANCHES = frozenset({"message", "step", "placement", "appointment", "person"})
MODELS: dict[str, type[Sealed]] = {
    "message": LiaisonMessage,
    "step": PlanStep,
    "placement": Placement,
    "appointment": Appointment,
    "share": Share,
}
READ = ("C1", "C2", "C7", "C8", "C10", "C11", "C14", "C15", "C16")
AHEAD_DAYS = 120
# These deadlines are shown as what they are the deadline of.
SHOWN_ELSEWHERE = frozenset({"appointment", "plan_step", "answer", "answer_again", "permit_end", "period_end"})


class Item(NamedTuple):
    """One line of the union."""

    what: str
    id: str
    word: str
    state: str
    day: date | None
    until: date | None
    at: datetime | None
    flag: int
    author: str
    sealed: Any
    revision: int


class Line(NamedTuple):
    """One thing of the page, ready to be shown."""

    id: str
    text: str
    word: Any = ""
    day: date | None = None
    until: date | None = None
    at: datetime | None = None
    author: str = ""
    state: str = ""
    mine: bool = False


def opened(actor: Actor) -> QuerySet[Dossier]:
    """The scope with everything that is one to one, and the keys that open the rest."""
    rows = people.dossiers_visible_to(actor).select_related("identity", "journey", "safe_contact")
    late = AfisMonth.objects.filter(dossier=OuterRef("pk"), paid_on=None, due_on__lt=clock.today())
    rows = rows.annotate(afis_late=Exists(late))
    for group, owner in (("G1", "pk"), ("G4", "pk"), ("GS", Value(keys.STAFF))):
        rows = keys.with_key(rows, group, owner)
    return rows


def fetch(actor: Actor, dossier_id: str) -> Dossier | None:
    """One dossier of the scope with all of ``opened``; None outside. One statement."""

    def build(user_id: str, organisation_id: str, pk: str) -> QuerySet[Dossier]:
        return opened(Actor(user_id, actor.role, organisation_id, "")).filter(pk=pk)

    values = {"user_id": actor.user_id, "organisation_id": actor.organisation_id, "pk": dossier_id}
    if actor.role == Role.MGR:  # her scope does not depend on who she is
        values.pop("user_id")
        build = partial(build, "")
    found = prepared.run(("file", actor.role), build, **values)
    for dossier in found:  # fetched through this actor's scope
        dossier.facts_of = people.signature(actor)
    return found[0] if found else None


def readable(actor: Actor, dossier: Dossier) -> frozenset[str]:
    """The compartments of this page that the actor may read here and now."""
    return frozenset(c for c in READ if people.can(actor, dossier, c, "read"))


def history(actor: Actor, dossier: Dossier, page: int = 1, kind: str = "") -> tuple[list[dict[str, Any]], bool]:
    """The notes that this actor may read, the latest first, and whether there are more. One statement."""
    found = _notes(actor, dossier, slice((page - 1) * NOTES, page * NOTES + 1), kind)
    names: dict[str, str] = {}
    shown = []
    for note in found[:NOTES]:
        key = dossier.key_G1 if note.visibility == Visibility.EMPLOYMENT else dossier.key_G4  # type: ignore[attr-defined]
        author = names.get(note.author_id) or names.setdefault(note.author_id, _name(note.author, dossier))
        shown.append(
            {
                "id": note.pk,
                "text": note.unseal(key).get("text", ""),
                "kind": NoteKind(note.kind).label,
                "visibility": note.visibility,
                "circle": Visibility(note.visibility).label,
                "on": note.written_on,
                "author": author,
            }
        )
    return shown, len(found) > NOTES


def _notes(actor: Actor, dossier: Dossier, window: slice, kind: str) -> list[Note]:
    circles = access.circles_read(actor, dossier)
    if not circles:
        return []

    def build(pk: str, user_id: str = "", kind: str = "") -> QuerySet[Note]:
        rows = Note.objects.filter(access.in_circles(circles, user_id), dossier=pk).select_related("author")
        rows = rows.filter(kind=kind) if kind else rows
        return rows.order_by("-written_on", "-written_at", "pk")[window]

    values = {"pk": dossier.pk}
    if Visibility.PRIVATE in circles:
        values["user_id"] = actor.user_id
    if kind:
        values["kind"] = kind
    return prepared.run(("notes", circles, window.start, window.stop, bool(kind)), build, **values)


def _name(user: User, dossier: Dossier) -> str:
    user.profile_key = dossier.key_GS  # type: ignore[attr-defined]
    return user.name


def around(actor: Actor, dossier: Dossier, seen: frozenset[str]) -> dict[str, list[Item]]:
    """Everything that surrounds her, of the compartments in ``seen``, by what it is. One statement."""
    today = clock.today()
    since = datetime.combine(today, datetime.min.time(), clock.PARIS).astimezone(UTC)
    extra: dict[str, list[Any]] = {
        "message": [dossier.pk],
        "appointment": [_instant(since)],
        "deadline": [date.fromordinal(today.toordinal() + AHEAD_DAYS)],
        "person": [today],
    }
    parts: list[str] = [TYPED]
    params: list[Any] = []
    for what, (compartment, sql) in BRANCHES.items():
        if compartment in seen and (actor.role != Role.EMP or what in SHARED_BRANCHES):
            parts.append(sql)
            params += [dossier.pk, *extra.get(what, ())]
    found: dict[str, list[Item]] = {what: [] for what in BRANCHES}
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(parts), params)
        for row in cursor.fetchall():
            item = Item(*row[:4], _day(row[4]), _day(row[5]), _moment(row[6]), *row[7:])
            found[item.what].append(item)
    return found


def _instant(value: datetime) -> Any:
    """As the database keeps an instant: text without a zone on SQLite, itself elsewhere."""
    return connection.ops.adapt_datetimefield_value(value)


def _day(value: Any) -> date | None:
    return date.fromisoformat(value) if isinstance(value, str) else value


def _moment(value: Any) -> datetime | None:
    found = datetime.fromisoformat(value) if isinstance(value, str) else value
    return found.replace(tzinfo=UTC) if found is not None and found.tzinfo is None else found


def unsealed(dossier: Dossier, item: Item) -> dict[str, Any]:
    """The words of a line of the union, opened with the key that the dossier's query brought."""
    row = MODELS[item.what](pk=item.id, sealed=item.sealed, revision=item.revision)
    row.dossier_id = dossier.pk  # type: ignore[attr-defined]
    return row.unseal(dossier.key_G1)  # type: ignore[attr-defined]


class Page(NamedTuple):
    """What the file page shows. An absent part is None: the actor may not read it."""

    label: str
    alias: str
    month: int
    months: int
    period_end: date | None
    clock: Clock | None
    people: list[tuple[str, str]]
    appointments: list[Line]
    steps: list[Line]
    todo: list[Line]
    placements: list[Line]
    messages: list[Line]
    waiting: list[Line]
    deadlines: list[Line]
    permits: list[Line]
    permit_end: date | None
    afis: dict[str, int] | None
    applications: list[Line]
    application: Line | None
    pieces: list[Line]
    expected: int
    decisions: list[Line]
    share: Line | None
    shared: list[str]
    withdrawn_on: date | None
    contact: dict[str, Any]

    @property
    def reasons(self) -> list[Rule]:
        """Why the due dates are what they are."""
        return why.reasons((line.text, line.state) for line in self.deadlines)

    @property
    def clock_reasons(self) -> list[Rule]:
        """Why the periods and the 24 months are what they are."""
        if self.clock is None:
            return []
        used = {_("Début du parcours"): day(self.clock.start), _("Terme des 24 mois"): day(self.clock.end)}
        if self.period_end:
            used[_("Fin de la période de parcours")] = day(self.period_end)
        return rules.why("DUR-2", "DUR-3", "DUR-4", inputs=used)

    @property
    def rights_reasons(self) -> list[Rule]:
        """Why the permit and the aid fall when they do."""
        shown = [(_("Titre de séjour"), "APS-2")] if self.permit_end else []
        return why.reasons([*shown, *([(_("Versements AFIS"), "MON-1")] if self.afis and self.afis["all"] else [])])


def page(actor: Actor, dossier: Dossier, seen: frozenset[str]) -> Page:
    """Assemble the page from the dossier and its union."""
    found = around(actor, dossier, seen)
    today = clock.today()
    emp = actor.role == Role.EMP
    shares = sorted((s for s in found["share"] if s.word == "employment_agency"), key=lambda s: s.day or today)
    share = next((s for s in reversed(shares) if not s.state and (s.until is None or s.until >= today)), None)
    what = unsealed(dossier, share).get("what", []) if share else []
    if emp:
        share, what = own_share(actor, dossier)
        dossier.shares_project = access.agreed(what, *access.PROJECT)  # type: ignore[attr-defined]
        if not access.shares_project(actor, dossier):
            found["step"], found["placement"] = [], []
    identity = dossier.identity.unseal(dossier.key_G1) if "C1" in seen and hasattr(dossier, "identity") else {}  # type: ignore[attr-defined]
    alias = identity.get("alias", "") if not emp or access.agreed(what, "prénom", "alias") else ""
    withdrawn = [s.at.astimezone(clock.PARIS).date() for s in shares if s.at is not None]
    steps = _steps(dossier, found["step"])
    return Page(
        label=alias or dossier.number,
        alias=alias,
        month=_month(dossier),
        months=MONTHS,
        period_end=dossier.journey.ends_on if _month(dossier) else None,
        clock=_clock(dossier, found) if "C14" in seen else None,
        people=_people(dossier, found["person"]),
        appointments=_appointments(dossier, found["appointment"], emp),
        steps=steps,
        todo=[step for step in steps if step.state == PlanStepState.TODO],
        placements=_placements(dossier, found["placement"]),
        messages=_messages(dossier, found["message"], emp, waiting=False),
        waiting=_messages(dossier, found["message"], emp, waiting=True),
        deadlines=[_deadline(d) for d in _telling(found["deadline"], today)],
        permits=[Line(p.id, "", PermitKind(p.word).label, p.day, p.until) for p in _by_day(found["permit"])],
        permit_end=max((p.until for p in found["permit"] if p.until), default=None),
        afis=_afis(found["afis"], today) if "C8" in seen else None,
        applications=_applications(found["application"]),
        application=next((a for a in _applications(found["application"]) if a.state in OPEN_STATES), None),
        pieces=_pieces(found),
        expected=sum(p.state == PieceState.EXPECTED for p in found["piece"] if p.flag == _rank(found)),
        decisions=[_decision(d) for d in _by_day(found["decision"])],
        share=Line(share.id, "", "", share.day, share.until) if share else None,
        shared=what,
        withdrawn_on=max(withdrawn) if withdrawn and not share else None,
        contact=_contact(dossier, what, seen, emp),
    )


def own_share(actor: Actor, dossier: Dossier) -> tuple[Any, list[str]]:
    """The share that lets this adviser read, and what it holds. One statement more, for the employment side only."""
    share = people.shares_in_force(actor.organisation_id).filter(dossier=dossier).first()
    if share is None:
        return None, []
    item = Item("share", share.pk, "", "", share.given_on, share.ends_on, None, 0, "", share.sealed, share.revision)
    return item, share.unseal(dossier.key_G1).get("what", [])  # type: ignore[attr-defined]


def _month(dossier: Dossier) -> int:
    journey = getattr(dossier, "journey", None)
    return month_of(journey.cap_on, clock.today()) if journey is not None and journey.exited_on is None else 0


def _by_day(items: Iterable[Item]) -> list[Item]:
    return sorted(items, key=lambda item: item.day or date.max)


def _people(dossier: Dossier, items: list[Item]) -> list[tuple[str, str]]:
    shown = []
    for item in _by_day(items):
        user = User(pk=item.state, sealed=item.sealed, revision=item.revision)
        shown.append((str(AssignmentKind(item.word).label), _name(user, dossier)))
    return shown


def _appointments(dossier: Dossier, items: list[Item], emp: bool) -> list[Line]:
    """The employment side sees those to which it comes."""
    shown = []
    for item in sorted(items, key=lambda i: (i.at is None, i.at)):
        if emp and item.word != "shared":
            continue
        data = unsealed(dossier, item)
        shown.append(Line(item.id, data.get("title", ""), data.get("place", ""), at=item.at, state=str(item.flag)))
    return shown


def _steps(dossier: Dossier, items: list[Item]) -> list[Line]:
    shown = []
    for item in sorted(items, key=lambda i: (i.state != PlanStepState.TODO, i.day or date.max)):
        text = unsealed(dossier, item).get("text", "")
        shown.append(Line(item.id, text, Holder(item.word).label, item.day, item.until, state=item.state))
    return shown


def _placements(dossier: Dossier, items: list[Item]) -> list[Line]:
    shown = []
    for item in reversed(_by_day(items)):
        data = unsealed(dossier, item)
        shown.append(Line(item.id, data.get("title", ""), data.get("result", ""), item.day, item.until))
    return shown


def _messages(dossier: Dossier, items: list[Item], emp: bool, waiting: bool) -> list[Line]:
    """The last messages; or those of the other side that wait for an answer."""
    own = "agency" if emp else "association"
    shown = []
    for item in sorted(items, key=lambda i: (i.at is None, i.at)):
        if waiting and (item.word == own or item.state or item.day is None):
            continue
        text = unsealed(dossier, item).get("text", "")
        shown.append(Line(item.id, text, item.word, item.day, at=item.at, mine=item.word == own))
    return shown


def _telling(items: list[Item], today: date) -> list[Item]:
    """The deadlines to show: of the renewal's steps that have passed, only the last one still tells something."""
    listed = [item for item in _by_day(items) if item.word not in SHOWN_ELSEWHERE and not _too_soon(item, today)]
    passed = [item for item in listed if item.word in kinds.RENEWAL and item.day is not None and item.day < today]
    return [item for item in listed if item not in passed[:-1]]


def _too_soon(item: Item, today: date) -> bool:
    """What is done about a request while nobody answers is told when its day comes: until then one only waits."""
    return item.word in kinds.UNANSWERED and item.day is not None and item.day > today


def _deadline(item: Item) -> Line:
    return Line(item.id, kinds.label(item.word), day=item.day, state=item.state)


def _afis(items: list[Item], today: date) -> dict[str, int]:
    late = [i for i in items if i.until is None and i.day is not None and i.day < today]
    paid = [i for i in items if i.until is not None and i.until <= today]
    return {"late": len(late), "paid": len(paid), "all": len(items)}


def _applications(items: list[Item]) -> list[Line]:
    """The latest first."""
    return [
        Line(i.id, str(ApplicationKind(i.word).label), ApplicationState(i.state).label, i.day, i.until, state=i.state)
        for i in sorted(items, key=lambda i: -i.flag)
    ]


def _rank(found: dict[str, list[Item]]) -> int:
    return max((a.flag for a in found["application"]), default=0)


def _pieces(found: dict[str, list[Item]]) -> list[Line]:
    """The papers of the latest application."""
    rank = _rank(found)
    return [
        Line(p.id, _paper(p.word), PieceState(p.state).label, p.day, state=p.state)
        for p in found["piece"]
        if p.flag == rank
    ]


def _paper(code: str) -> str:
    paper = PAPER_BY_CODE.get(code)
    return str(paper.label) if paper else code


def _decision(item: Item) -> Line:
    return Line(item.id, str(DecisionKind(item.word).label), DecisionState(item.state).label, item.day, item.until)


def _contact(dossier: Dossier, what: list[str], seen: frozenset[str], emp: bool) -> dict[str, Any]:
    """How to reach her: only the age of the check for the association; the channel itself if she shares it."""
    contact = getattr(dossier, "safe_contact", None)
    if contact is None or "C2" not in seen:
        return {}
    days = (clock.today() - contact.reviewed_on).days
    shown: dict[str, Any] = {"days": days, "old": days > 90, "stopped": contact.messages_stopped}
    if emp and access.agreed(what, "contact", "téléphone", "coordonnées"):
        data = contact.unseal(dossier.key_G1)  # type: ignore[attr-defined]
        if data.get("call_ok") and not contact.messages_stopped:
            shown |= {"phone": data.get("phone", ""), "hours": data.get("safe_hours", "")}
    return {} if emp and "phone" not in shown else shown


def _clock(dossier: Dossier, found: dict[str, list[Item]]) -> Clock | None:
    """The 24 months: periods, permits and payments on their lanes."""
    journey = getattr(dossier, "journey", None)
    if journey is None:
        return None
    today = clock.today()
    periods = sorted(found["period"], key=lambda p: int(p.word))
    segments = [Segment(int(p.word), p.day, p.until, _segment(p, today), _ordinal(int(p.word))) for p in periods]  # type: ignore[arg-type]
    lanes = []
    if found["permit"]:
        bars = [Bar(p.day, p.until) for p in _by_day(found["permit"]) if p.day]
        lanes.append(Lane(_("Séjour"), bars))
    if found["afis"]:
        points = [Point(a.day, kind="full" if a.until else "hollow") for a in _by_day(found["afis"]) if a.day]
        lanes.append(Lane(_("AFIS"), (), points))
    if found["placement"]:
        bars = [Bar(p.day, p.until) for p in _by_day(found["placement"]) if p.day]
        lanes.append(Lane(_("Emploi, formation"), bars))
    number = _month(dossier)
    return Clock(
        journey.starts_on,
        journey.cap_on,
        today,
        segments,
        lanes,
        title=_("Mois %(month)d sur %(months)d") % {"month": number, "months": MONTHS} if number else _("Parcours"),
        desc=_("Du %(start)s au %(end)s") % {"start": day(journey.starts_on), "end": day(journey.cap_on)},
        limit_label=_("plafond"),
        id="parcours",
    )


def _segment(period: Item, today: date) -> str:
    if period.until is not None and period.until < today:
        return "done"
    return "current" if period.day is not None and period.day <= today else "planned"


def _ordinal(number: int) -> str:
    return _("1re période") if number == 1 else _("%(n)de période") % {"n": number}


def empty(page_: Page, notes: list[Any]) -> bool:
    """Nothing has been written yet."""
    return not (notes or page_.appointments or page_.steps or page_.applications or page_.placements)
