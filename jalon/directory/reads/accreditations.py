"""Accreditations: lists, one file with the reasons of its dates, who is approved on a day, what is due to whom."""

from collections.abc import Iterable
from datetime import date
from typing import Any, NamedTuple

from django.core.paginator import Page
from django.db.models import Min, OuterRef, Q, QuerySet, Value
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from jalon.access import Actor, Role
from jalon.config import clock
from jalon.law.accreditation import Accreditation as Computed
from jalon.ui import html, paging, rules
from jalon.vault import keys

from .. import access, departments, lawful, pieces
from ..models import Accreditation, AccreditationPiece, Organisation, name_subquery
from ..states import ACCREDITATION, APPROVED, PENDING, PUBLIC, TONES, AccreditationState, AppealKind
from .members import users_named

S = AccreditationState
MOST_TOLD = 6  # accreditations told one by one below a list; the file of each tells the rest

# What comes next, for who looks: the association, then the State's side.
NEXT_FOR_ASSOCIATION = {
    S.DRAFT: gettext_lazy("Compléter la demande et l'envoyer"),
    S.REQUESTED: gettext_lazy("Le secrétariat accuse réception"),
    S.RECEIVED: gettext_lazy("Le secrétariat vérifie les pièces"),
    S.INCOMPLETE: gettext_lazy("Donner les pièces demandées"),
    S.COMPLETE: gettext_lazy("Le préfet décide ; son silence vaut agrément"),
    S.IN_FORCE: gettext_lazy("Préparer le renouvellement"),
    S.OBSERVATIONS: gettext_lazy("Présenter vos observations"),
    S.ENDED: gettext_lazy("Demander un nouvel agrément"),
    S.WITHDRAWN: gettext_lazy("Lire la décision et ses voies de recours"),
    S.REFUSED: gettext_lazy("Lire la décision et ses voies de recours"),
}
NEXT_FOR_STATE = {
    S.REQUESTED: gettext_lazy("Accuser réception"),
    S.RECEIVED: gettext_lazy("Vérifier les pièces"),
    S.INCOMPLETE: gettext_lazy("L'association donne les pièces demandées"),
    S.COMPLETE: gettext_lazy("Décider ; le silence vaut agrément"),
    S.IN_FORCE: gettext_lazy("L'association prépare le renouvellement"),
    S.OBSERVATIONS: gettext_lazy("L'association présente ses observations"),
}
HEARD = gettext_lazy("Le préfet décide, au vu des observations")
SUCCESSOR = gettext_lazy("Des parcours en cours peuvent avoir besoin d'une autre association")


class AccreditationLine(NamedTuple):
    """What the law says of one accreditation on a day, and what comes next for who looks."""

    accreditation: Accreditation
    organisation: str
    state: AccreditationState
    label: Any
    tone: str
    basis: str
    alert_on: date | None
    to_renew: bool
    valid_from: date | None
    valid_to: date | None
    next: Any = ""
    due_on: date | None = None


def accreditation_state(row: Accreditation, day: date, role: str = "") -> AccreditationLine:
    """The state of one accreditation on a day; the end of the approval is near from the alert on."""
    law = lawful.compute(row)
    state = row.state_on(day)
    approved = row.approval(day)
    alert = law.renewal_alert_on if law and approved else None
    to_renew = state in APPROVED and alert is not None and alert <= day
    label, tone = state.label, TONES[state]
    if state == S.IN_FORCE and to_renew:
        label, tone = _("à renouveler"), "warn"
    start, end = approved or (None, None)
    basis = law.basis or "" if law and approved else ""
    name = getattr(row, "organisation_label", "")
    words, due_on = _next(row, state, law, role, day)
    return AccreditationLine(row, name, state, label, tone, basis, alert, to_renew, start, end, words, due_on)


def _next(
    row: Accreditation, state: AccreditationState, law: Computed | None, role: str, day: date
) -> tuple[Any, date | None]:
    words = (NEXT_FOR_ASSOCIATION if role == Role.MGR else NEXT_FOR_STATE).get(state, "")
    if law is None or state not in PENDING | APPROVED:
        return words, None
    if state == S.INCOMPLETE:
        return words, getattr(row, "piece_due_on", None)
    if state in (S.REQUESTED, S.RECEIVED):
        return words, law.deemed_complete_on or law.tacit_on
    if state == S.COMPLETE:
        return words, law.tacit_on
    if state == S.OBSERVATIONS:
        heard = row.observations_given_on is not None or (row.observations_due_on or day) < day
        return (HEARD, None) if heard else (words, row.observations_due_on)
    alert = law.renewal_alert_on
    return words, alert if alert is not None and alert > day else law.valid_to


def _rows(scope: QuerySet[Accreditation]) -> list[Accreditation]:
    """With the name of the association and the first day to answer by: one query, no sealed word."""
    waiting = Min("pieces__due_on", filter=Q(pieces__received_on=None))
    named = scope.annotate(
        organisation_label=Coalesce(name_subquery(OuterRef("organisation_id"), clock.today()), Value("")),
        piece_due_on=waiting,
    )
    return list(named.defer("sealed").order_by("-received_on", "-opened_on", "pk"))


def accreditations(actor: Actor, number: int = 1) -> Page:
    """A page of ``_accreditations``."""
    return paging.page(_accreditations(actor), number)


def _accreditations(actor: Actor) -> list[AccreditationLine]:
    """Those of the secretariat's department, or of the manager's association: what waits, then the first to end."""
    today = clock.today()
    rows = _rows(access.accreditations_visible_to(actor))
    lines = [accreditation_state(row, today, actor.role) for row in rows]
    rank = {**dict.fromkeys(PENDING, 0), **dict.fromkeys(APPROVED, 1)}
    return sorted(lines, key=lambda line: (rank.get(line.state, 2), line.due_on or line.valid_to or date.max))


def public_accreditations(organisation: Organisation) -> list[AccreditationLine]:
    """The approvals that exist or existed: public facts. A request or a planned withdrawal is not one."""
    today = clock.today()
    lines = [accreditation_state(row, today) for row in organisation.accreditations.all()]
    shown = [line for line in lines if line.state in PUBLIC]
    return [
        line._replace(state=S.IN_FORCE, label=S.IN_FORCE.label, tone="ok") if line.state == S.OBSERVATIONS else line
        for line in shown
    ]


def accreditation_reasons(lines: Iterable[AccreditationLine]) -> list[html.Rule]:
    """Why the dates of a list are what they are: the three rules, with the dates that each accreditation gives them."""
    used: dict[str, str] = {}
    for line in lines:
        row, name = line.accreditation, line.organisation or departments.name_of(line.accreditation.department)
        given = (
            (_("demande reçue le %(day)s"), row.received_on),
            (_("pièces demandées le %(day)s"), row.missing_asked_on),
            (_("pièces données le %(day)s"), row.completed_on),
            (_("accordé le %(day)s"), row.granted_on),
        )
        told = ", ".join(words % {"day": html.day(on)} for words, on in given if on)
        if told:
            used[name] = f"{used[name]} ; {told}" if name in used else told
    return rules.why("AGR-1", "AGR-2", "AGR-3", inputs=dict(list(used.items())[:MOST_TOLD]))


# --- who is approved --------------------------------------------------------------------------------------------
def _of(organisation_id: str, department: str) -> QuerySet[Accreditation]:
    rows = Accreditation.objects.filter(organisation_id=organisation_id, department=department)
    return rows.exclude(received_on=None).defer("sealed")


def is_accredited(organisation_id: str, department: str, on: date) -> bool:
    """Was this association approved in this department on this day, expressly or tacitly?"""
    return any(row.in_force(on) for row in _of(organisation_id, department))


def cover(organisation_id: str, department: str, on: date) -> date | None:
    """Until when the association is approved there, as seen from this day; None when it is not."""
    ends = [row.approval(on) for row in _of(organisation_id, department) if row.in_force(on)]
    return max((found[1] for found in ends if found), default=None)


def why_not_accredited(organisation_id: str, department: str, on: date, *, lock: bool = False) -> str:
    """Why nothing can be submitted from this association in this department; empty when it is approved.

    ``lock``: inside an act, so that a withdrawal that is being signed comes before it or after it, never during.
    """
    rows = list(_of(organisation_id, department).select_for_update() if lock else _of(organisation_id, department))
    if any(row.in_force(on) for row in rows):
        return ""
    held = sorted(((found[1], row) for row in rows if (found := row.approval(on))), key=lambda pair: pair[0])
    if not held:
        return _("La demande ne peut pas partir : l'association n'a pas d'agrément en vigueur dans ce département.")
    last, row = held[-1]
    if row.withdrawn_on:
        sentence = _("La demande ne peut pas partir : l'agrément de l'association a été retiré ici le %(day)s.")
    else:
        sentence = _("La demande ne peut pas partir : l'agrément de l'association a pris fin ici le %(day)s.")
    return sentence % {"day": html.day(row.withdrawn_on or last)}


def approved_on(day: date, department: str = "") -> list[Accreditation]:
    """The accreditations in force on a day, with the name of the association (``label``), by department."""
    rows = Accreditation.objects.exclude(received_on=None).select_related("organisation").defer("sealed")
    if department:
        rows = rows.filter(department=department)
    named = rows.annotate(label=Coalesce(name_subquery(OuterRef("organisation_id"), day), Value("")))
    return [row for row in named.order_by("department", "label", "pk") if row.in_force(day)]


# --- one file ---------------------------------------------------------------------------------------------------
class DateLine(NamedTuple):
    """A date of the file, and why it is what it is."""

    label: Any
    on: date
    rules: list[html.Rule]
    to_come: bool = False


class PieceLine(NamedTuple):
    """A piece of the file, or one of the list that was not joined (``piece`` None)."""

    piece: AccreditationPiece | None
    code: str
    label: Any
    source: Any = ""
    certain: bool = False
    detail: str = ""
    why: str = ""


class AccreditationFile(NamedTuple):
    """All that the page of one accreditation shows, and its paper prints.

    ``request``, ``draft``, ``decision``, ``withdrawal`` and ``withdrawal_decision`` are the sealed words, each a
    mapping that may be empty; ``names`` gives the name of who signed, by account id. ``covered_until``: the last day
    on which the association is approved here, whatever the row.
    """

    row: Accreditation
    line: AccreditationLine
    organisation: str
    department: str
    law: Computed | None
    request: dict[str, Any]
    draft: dict[str, Any]
    decision: dict[str, Any]
    withdrawal: dict[str, Any]
    withdrawal_decision: dict[str, Any]
    past_withdrawals: list[dict[str, Any]]
    pieces: list[PieceLine]
    dates: list[DateLine]
    names: dict[str, str]
    verbs: frozenset[str]
    covered_until: date | None

    @property
    def awaited(self) -> list[PieceLine]:
        return [line for line in self.pieces if line.piece is not None and line.piece.awaited]

    @property
    def means(self) -> list[tuple[str, str]]:
        """What the association wrote of itself: what, and its words."""
        said = {
            "siret": _("SIRET"),
            "rna": _("Numéro RNA"),
            "means": _("Moyens humains et matériels"),
            "partners": _("Réseau de partenaires"),
            "training": _("Formation du personnel et des bénévoles"),
        }
        return [(label, text) for name, label in said.items() if (text := self.request.get(name))]

    @property
    def appeals_wait(self) -> bool:
        """Is an appeal of the association without its answer?"""
        return self.row.notified_on is not None and any(one.answered_on is None for one in self.row.appeals.all())

    @property
    def too_young(self) -> bool:
        """The association was declared less than three years before it asked (CASF R.121-12-1)."""
        return self.law is not None and self.law.old_enough is False


def accreditation_file(actor: Actor, row: Accreditation) -> AccreditationFile:
    """One accreditation as the actor sees it: six queries. The caller journals the reading."""
    today = clock.today()
    slot = keys.fetch_many([row.key_owner], [row.key_group]).get((row.key_owner, row.key_group))
    words = row.unseal(slot)
    lines = _pieces(row, slot)
    dues = [line.piece.due_on for line in lines if line.piece and line.piece.awaited and line.piece.due_on]
    row.piece_due_on = min(dues, default=None)  # type: ignore[attr-defined]
    line = accreditation_state(row, today, actor.role)
    orders = (words, words.get("decision", {}), words.get("withdrawal_decision", {}))
    signed = {order.get("signed_by", "") for order in orders} - {""}
    names = {pk: user.name for pk, user in users_named(sorted(signed)).items()} if signed else {}
    law = lawful.compute(row)
    return AccreditationFile(
        row=row,
        line=line,
        organisation=row.organisation.name_on(today),
        department=departments.name_of(row.department),
        law=law,
        request={**words.get("request", {}), "signed_by": words.get("signed_by", "")},
        draft=words.get("draft", {}) if actor.role in access.STATE_SIDE else {},
        decision=words.get("decision", {}),
        withdrawal=words.get("withdrawal", {}),
        withdrawal_decision=words.get("withdrawal_decision", {}),
        past_withdrawals=words.get("past_withdrawals", []),
        pieces=lines,
        dates=_dates(row, line, law, today),
        names=names,
        verbs=frozenset(v for v in ACCREDITATION.transitions if access.can(actor, row, v, line.state)),
        covered_until=cover(row.organisation_id, row.department, today),
    )


def _pieces(row: Accreditation, slot: bytes | None) -> list[PieceLine]:
    """What was joined or asked, in the order of the list, then what the list names and is not there."""
    order = [kind.code for kind in pieces.KINDS]
    known = list(row.pieces.select_related("accreditation").order_by("received_on", "pk"))
    shown = []
    for piece in sorted(known, key=lambda one: (one.received_on is not None, order.index(one.code))):
        kind, words = pieces.KIND[piece.code], piece.unseal(slot)
        why, detail = words.get("why", ""), words.get("label", "")
        shown.append(PieceLine(piece, kind.code, kind.label, kind.source, kind.certain, detail, why))
    if not known and row.received_on is not None:
        return []  # an approval noted from a past order has no pieces here
    there = {piece.code for piece in known}
    absent = [kind for kind in pieces.KINDS if kind.code in pieces.LISTED and kind.code not in there]
    return shown + [PieceLine(None, kind.code, kind.label, kind.source, kind.certain) for kind in absent]


def pieces_to_give(file: AccreditationFile) -> list[tuple[str, Any]]:
    """What the association may join now: a piece of the list while it prepares, one of those asked afterwards."""
    if file.line.state == S.DRAFT:
        return [(kind.code, kind.label) for kind in pieces.KINDS]
    if file.line.state != S.INCOMPLETE:
        return []
    return [(line.piece.pk, _asked(line)) for line in file.awaited if line.piece]


def _asked(line: PieceLine) -> str:
    return f"{line.label} · {line.why}" if line.why else str(line.label)


def _dates(row: Accreditation, line: AccreditationLine, law: Computed | None, today: date) -> list[DateLine]:
    """Each date of the file in its order, with the rules that made it. A date that no longer counts is left out."""
    found: list[DateLine] = []

    def add(label: Any, on: date | None, rule: str = "", start: tuple[Any, Any] | None = None) -> None:
        if on is not None:
            given = {start[0]: html.day(start[1])} if start else None
            why = rules.why(rule, on=row.received_on, inputs=given) if rule else []
            found.append(DateLine(label, on, why, on > today))

    if law is not None:
        received = (_("Demande reçue le"), row.received_on)
        add(_("Demande reçue"), row.received_on)
        add(_("Accusé de réception"), row.receipt_on)
        add(_("Pièces demandées"), row.missing_asked_on)
        add(_("Pièces données"), row.completed_on)
        add(_("Déclarée complète"), row.declared_complete_on)
        decided = row.granted_on or row.refused_on or row.abandoned_on
        if row.declared_complete_on is None and not decided:
            add(_("Réputée complète"), law.deemed_complete_on, "AGR-1", received)
        if not decided and law.tacit_on is not None:
            start = (_("Pièces données le"), row.completed_on) if row.completed_on else received
            add(_("Le silence vaut agrément"), law.tacit_on, "AGR-2", start)
        add(_("Agrément accordé"), row.granted_on)
        add(_("Agrément refusé"), row.refused_on)
        add(_("Demande abandonnée"), row.abandoned_on)
    if line.valid_from is not None and law is not None:
        start = (_("Premier jour de l'agrément"), line.valid_from)
        add(_("Renouvellement à préparer"), line.alert_on, "AGR-3", start)
        add(_("Fin des trois ans"), law.valid_to, "AGR-3", start)
        add(_("Invitation à présenter des observations"), row.observations_asked_on)
        add(_("Observations à présenter avant la fin du"), row.observations_due_on)
        add(_("Observations présentées"), row.observations_given_on)
        add(_("Agrément retiré"), row.withdrawn_on)
    _challenges(row, add)
    return sorted(found, key=lambda one: one.on)


def waiting_appeals(row: Accreditation) -> list[tuple[str, str]]:
    """The appeals that have no answer, for a choice."""
    said = _("%(kind)s, déposé le %(day)s")
    rows = row.appeals.filter(answered_on=None)
    return [(one.pk, said % {"kind": one.get_kind_display(), "day": html.day(one.filed_on)}) for one in rows]


def _challenges(row: Accreditation, add: Any) -> None:
    """The notification of a decision against the association, its appeals, and until when the court may be seized."""
    appeals = list(row.appeals.all()) if row.notified_on else []
    limits = lawful.limits(row, appeals)
    if limits is None:
        return
    notified = (_("Notifiée le"), row.notified_on)
    add(_("Décision notifiée"), row.notified_on)
    effects = iter(limits.appeals)
    for one in appeals:
        name = _("Recours : %(kind)s") % {"kind": one.get_kind_display()}
        add(name, one.filed_on)
        effect = next(effects) if one.kind != AppealKind.COURT else None
        if one.answered_on:
            add(_("Réponse au recours : %(outcome)s") % {"outcome": one.get_outcome_display()}, one.answered_on)
        elif effect is not None:
            filed = (_("Recours déposé le"), one.filed_on)
            add(_("Sans réponse, le recours est rejeté"), effect.implicit_rejection_on, "APP-3", filed)
    add(_("Dernier jour pour saisir le tribunal"), limits.court_limit, "APP-2" if limits.appeals else "APP-1", notified)


# --- what is due ------------------------------------------------------------------------------------------------
def tasks(actor: Actor, number: int = 1) -> Page:
    """What waits for the actor among the accreditations, a page, for a home page: one query."""
    today = clock.today()
    lines = _accreditations(actor)
    shown = []
    for line in lines:
        words, on = _turn(actor.role, line, lines, today)
        if not words:
            continue
        hint = _("%(what)s, avant le %(day)s") % {"what": words, "day": html.day(on)} if on else words
        where = departments.name_of(line.accreditation.department)
        label = _("Agrément, %(department)s") % {"department": where} if actor.role == Role.MGR else line.organisation
        url = reverse("directory:accreditation", args=[line.accreditation.pk])
        shown.append(html.Task(label, url, line.label, line.tone, hint))
    return paging.page(shown, number)


def _turn(role: str, line: AccreditationLine, lines: Iterable[AccreditationLine], today: date) -> tuple[Any, Any]:
    """(what the role has to do about this one now, by when); nothing when it is somebody else's turn."""
    state = line.state
    heard = state == S.OBSERVATIONS and line.due_on is None
    if role == Role.PRE:
        return (line.next, line.due_on) if state == S.COMPLETE or heard else ("", None)
    mine = (S.DRAFT, S.INCOMPLETE) if role == Role.MGR else (S.REQUESTED, S.RECEIVED, S.COMPLETE)
    if state in mine or (role == Role.MGR and state == S.OBSERVATIONS and not heard):
        return line.next, line.due_on
    place = [other for other in lines if _place(other) == _place(line)]
    pending = any(other.state in PENDING for other in place)
    covered = max((other.valid_to for other in place if other.state in APPROVED and other.valid_to), default=None)
    if role == Role.MGR and line.to_renew and not pending and covered == line.valid_to:
        return _("Demander le renouvellement"), line.valid_to
    last = max((other.valid_to for other in place if other.valid_to), default=None)
    if state in (S.ENDED, S.WITHDRAWN) and covered is None and line.valid_to == last:
        return SUCCESSOR, None
    return "", None


def _place(line: AccreditationLine) -> tuple[str, str]:
    return line.accreditation.organisation_id, line.accreditation.department
