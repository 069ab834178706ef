"""One function per screen: the list, one convention with its axes, the pair of one person."""

from datetime import date
from typing import Any, NamedTuple

from django.db.models import Count, Exists, OuterRef, Prefetch, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from jalon.access import Actor, Role
from jalon.config import clock
from jalon.directory import reads as directory
from jalon.directory.models import Kind, Organisation, name_subquery
from jalon.people.models import Assignment, Dossier, Share
from jalon.people.states import AssignmentKind, Stage
from jalon.ui import html
from jalon.vault import keys

from . import access
from .models import Axis, Commitment, Convention, ConventionSignature, Indicator, Pair
from .states import CommitmentState, ConventionState

MOST = 100
CLAUSES = {
    "immersion_delegation": gettext_lazy("délégation pour les immersions"),
    "prescriber_authorisation": gettext_lazy("habilitation à valider l'insertion"),
    "data_annex": gettext_lazy("annexe sur les données"),
}
DRAWINGS = {
    CommitmentState.TODO: ("neutral", "circle"),
    CommitmentState.DOING: ("info", "half"),
    CommitmentState.DONE: ("ok", "check"),
    CommitmentState.POSTPONED: ("warn", "hourglass"),
}


def _named(rows: QuerySet[Convention]) -> QuerySet[Convention]:
    """With the names of the two parties."""
    return rows.annotate(
        association_label=name_subquery(OuterRef("association_id"), clock.today()),
        agency_label=name_subquery(OuterRef("agency_id"), clock.today()),
    )


def conventions(actor: Actor) -> list[dict[str, Any]]:
    """The conventions in the actor's scope, the latest first, with their open and late commitments. One statement."""
    today = clock.today()
    left = Q(axes__commitments__isnull=False) & ~Q(axes__commitments__state=CommitmentState.DONE)
    rows = _named(access.visible_to(actor)).annotate(
        left=Count("axes__commitments", filter=left),
        late=Count("axes__commitments", filter=left & Q(axes__commitments__due_on__lt=today)),
    )
    return [
        {
            "id": row.pk,
            "title": row.title,
            "parties": f"{row.association_label} – {row.agency_label}",
            "state": standing(row, today),
            "starts_on": row.starts_on,
            "ends_on": row.ends_on,
            "next_committee_on": row.next_committee_on,
            "left": row.left,
            "late": row.late,
        }
        for row in rows.order_by("-starts_on", "pk")[:MOST]
    ]


def standing(convention: Convention, today: date) -> Any:
    """Its state, and whether its days have run out: computed, never stored."""
    if convention.state == ConventionState.SIGNED and convention.ends_on < today:
        return html.state("neutral", _("échue"), "dash")
    tone = {"draft": "info", "signed": "ok", "ended": "neutral"}[convention.state]
    return html.state(tone, ConventionState(convention.state).label)


class Page(NamedTuple):
    """One convention. ``verbs``: what this actor may do here and now."""

    convention: Convention
    axes: list[dict[str, Any]]
    signatures: list[dict[str, Any]]
    before: Convention | None
    after: Convention | None
    state: Any
    pairs: int
    waiting: int
    clauses: list[tuple[Any, bool]]
    verbs: frozenset[str]


def page(actor: Actor, convention_id: str) -> Page | None:
    """The convention with its axes, commitments and indicators; None outside the scope. Seven statements at most."""
    axes = Axis.objects.prefetch_related(
        Prefetch("commitments", Commitment.objects.select_related("owner")),
        Prefetch("indicators", Indicator.objects.prefetch_related("values")),
    )
    signatures = ConventionSignature.objects.select_related("user").annotate(
        organisation_label=name_subquery(OuterRef("organisation_id"), clock.today())
    )
    rows = access.visible_to(actor).select_related("predecessor", "successor")
    row = (
        keys.with_key(_named(rows), "GS", Value(keys.STAFF))
        .annotate(pairs_in_force=Count("pairs", filter=Q(pairs__ended_on=None), distinct=True), waiting=_waiting())
        .prefetch_related(Prefetch("axes", axes), Prefetch("signatures", signatures))
        .filter(pk=convention_id)
        .first()
    )
    if row is None:
        return None
    today = clock.today()
    can_update = access.can(actor, row, "update_commitment")
    return Page(
        convention=row,
        axes=[_axis(axis, row, today, can_update) for axis in row.axes.all()],
        signatures=[_signature(s, row) for s in row.signatures.all()],
        before=row.predecessor,
        after=getattr(row, "successor", None),
        state=standing(row, today),
        pairs=row.pairs_in_force,
        waiting=row.waiting,
        clauses=[(words, bool(getattr(row, name))) for name, words in CLAUSES.items()],
        verbs=_verbs(actor, row),
    )


def _waiting() -> Subquery:
    """Persons of the association who share with the agency and for whom no pair answers: how many."""
    paired = Pair.objects.filter(dossier=OuterRef("dossier"), ended_on=None)
    shares = Share.objects.filter(
        Q(ends_on=None) | Q(ends_on__gte=clock.today()),
        organisation=OuterRef("agency"),
        dossier__organisation=OuterRef("association"),
        dossier__department=OuterRef("department"),
        dossier__stage__lte=Stage.PATHWAY,
        revoked_at=None,
    ).exclude(Exists(paired))
    counted = shares.order_by().values("organisation").annotate(n=Count("pk")).values("n")
    return Coalesce(Subquery(counted), 0)


def _verbs(actor: Actor, row: Convention) -> frozenset[str]:
    offered = ("edit", "update_commitment", "record_indicator", "plan_committee")
    verbs = {verb for verb in offered if access.can(actor, row, verb)}
    if access.can_sign(actor, row):
        verbs.add("sign")
    if row.state != ConventionState.DRAFT and getattr(row, "successor", None) is None and _can_follow(actor, row):
        verbs.add("succeed")
    return frozenset(verbs)


def _can_follow(actor: Actor, row: Convention) -> bool:
    return access.can_draft(actor) and access.is_party(actor, row)


def _name(user: Any, row: Convention) -> str:
    user.profile_key = row.key_GS  # type: ignore[attr-defined]
    return str(user.name)


def _axis(axis: Axis, row: Convention, today: date, can_update: bool) -> dict[str, Any]:
    return {
        "id": axis.pk,
        "number": axis.number,
        "title": axis.title,
        "objective": axis.objective,
        "commitments": [_commitment(c, row, today) for c in axis.commitments.all()],
        "indicators": [_indicator(i) for i in axis.indicators.all()],
        "can_update": can_update,
    }


def _commitment(commitment: Commitment, row: Convention, today: date) -> dict[str, Any]:
    state = CommitmentState(commitment.state)
    tone, drawing = DRAWINGS[state]
    open_ = state in (CommitmentState.TODO, CommitmentState.DOING)
    return {
        "id": commitment.pk,
        "title": commitment.title,
        "owner": _name(commitment.owner, row) if commitment.owner else "",
        "state": html.state(tone, state.label, drawing),
        "due": html.due(commitment.due_on, today, date=True, calm=True) if open_ and commitment.due_on else "",
        "due_on": commitment.due_on,
        "done_on": commitment.done_on,
        "evidence": commitment.evidence,
    }


def _indicator(indicator: Indicator) -> dict[str, Any]:
    values = list(indicator.values.all())
    first, last = (values[0].value, values[-1].value) if values else (None, None)
    places = 0 if all(v.value == v.value.to_integral() for v in values) else 1
    return {
        "id": indicator.pk,
        "label": indicator.label,
        "target": indicator.target,
        "target_label": _("cible %(target)s") % {"target": html.number(indicator.target, places)},
        "first": html.number(first, places),
        "last": html.number(last, places),
        "points": [(html.short_month(v.month), v.value) for v in values],
        "places": places,
        "many": len(values) > 1,
    }


def _signature(signature: ConventionSignature, row: Convention) -> dict[str, Any]:
    return {
        "organisation": signature.organisation_label,  # type: ignore[attr-defined]
        "name": _name(signature.user, row),
        "signed_on": signature.signed_on,
    }


# --- what the forms offer ----------------------------------------------------------------------------------------
def counterparts(actor: Actor) -> list[Organisation]:
    """With whom the actor's structure may sign in the department: the agencies for an association, and the reverse."""
    kind = Kind.EMPLOYMENT_AGENCY if actor.role == Role.MGR else Kind.ASSOCIATION
    return directory.organisations(kind, department=actor.department)


def predecessors(actor: Actor) -> list[Convention]:
    """Signed or ended conventions of the actor's structure that nothing follows yet."""
    rows = access.visible_to(actor).exclude(state=ConventionState.DRAFT).filter(successor=None)
    return list(rows.order_by("-ends_on")[:MOST])


def members(convention: Convention) -> list[tuple[str, str]]:
    """Who may own a commitment: the members of both structures in the department. (id, name)"""
    found = []
    for organisation_id, roles in (
        (convention.association_id, (Role.REF, Role.MGR)),
        (convention.agency_id, (Role.EMP,)),
    ):
        users = directory.people_in(organisation_id, *roles, department=convention.department)
        found += [(user.pk, user.name) for user in users]
    return found


class PairPage(NamedTuple):
    """The pair in force for one person, and the choices of a new one."""

    pair: Pair | None
    names: dict[str, str]
    referent: str
    adviser: str
    conventions: list[Convention]
    deputies: list[tuple[str, str]]


def pair(actor: Actor, dossier: Dossier) -> PairPage:
    """Referent and adviser come from the assignments; a deputy from either structure."""
    today = clock.today()
    running = Q(starts_on__lte=today) & (Q(ends_on__isnull=True) | Q(ends_on__gte=today))
    held = {row.kind: row for row in Assignment.objects.filter(running, dossier=dossier)}
    referent, adviser = held.get(AssignmentKind.REFERENT), held.get(AssignmentKind.ADVISER)
    in_force = Pair.objects.filter(dossier=dossier, ended_on=None).first()
    offered = []
    if adviser is not None:
        signed = Convention.objects.filter(
            state=ConventionState.SIGNED,
            association=dossier.organisation_id,
            agency=adviser.organisation_id,
            department=dossier.department,
            ends_on__gte=clock.today(),
        )
        offered = list(signed.order_by("-starts_on")[:MOST])
    users = directory.people_in(dossier.organisation_id, Role.REF, department=dossier.department)
    if adviser is not None:
        users += directory.people_in(adviser.organisation_id, Role.EMP, department=dossier.department)
    named = {user.pk: user.name for user in users}
    known = {x for x in (in_force.referent_id, in_force.adviser_id, in_force.deputy_id) if x} if in_force else set()
    named |= {pk: user.name for pk, user in directory.users_named(sorted(known - set(named))).items()}
    pair_ids = {row.user_id for row in (referent, adviser) if row}
    return PairPage(
        in_force,
        named,
        referent.user_id if referent else "",
        adviser.user_id if adviser else "",
        offered,
        [(pk, name) for pk, name in named.items() if pk not in pair_ids],
    )


def pair_rows(found: PairPage) -> list[html.Row]:
    """Who answers, in force or proposed."""
    pair_, names = found.pair, found.names
    if pair_ is None:
        return [
            html.Row(_("Personne référente"), names.get(found.referent, "")),
            html.Row(_("Agence emploi"), names.get(found.adviser, "")),
        ]
    return [
        html.Row(_("Personne référente"), names.get(pair_.referent_id, "")),
        html.Row(_("Agence emploi"), names.get(pair_.adviser_id, "")),
        html.Row(_("Suppléance"), names.get(pair_.deputy_id or "", "")),
        html.Row(_("Nommé le"), html.day(pair_.named_on)),
    ]


def own(actor: Actor) -> Organisation:
    """The actor's structure."""
    return Organisation.objects.get(pk=actor.organisation_id)
