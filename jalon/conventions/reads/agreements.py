"""The list of conventions, one convention with its axes, and what the forms offer."""

from datetime import date, timedelta
from typing import Any, NamedTuple

from django.core.paginator import Page as Pages
from django.db.models import Count, Exists, OuterRef, Prefetch, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from jalon.access import Actor, Role
from jalon.config import clock
from jalon.directory import reads as directory
from jalon.directory.models import Kind, Organisation, name_subquery
from jalon.people.models import Share
from jalon.people.states import Stage
from jalon.ui import html, paging
from jalon.vault import keys

from .. import access, measures
from ..models import Axis, Commitment, Convention, ConventionSignature, Indicator, SteeringMeeting
from ..states import CommitmentState, ConventionState
from .steering import indicator_line

MOST = 100  # choices of a list to choose from
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


def conventions(actor: Actor, number: int = 1) -> Pages:
    """The conventions in the actor's scope, the latest first, with their open and late commitments: a page."""
    today = clock.today()
    left = Q(axes__commitments__isnull=False) & ~Q(axes__commitments__state=CommitmentState.DONE)
    rows = _named(access.visible_to(actor)).annotate(
        left=Count("axes__commitments", filter=left),
        late=Count("axes__commitments", filter=left & Q(axes__commitments__due_on__lt=today)),
    )

    def shape(row: Any) -> dict[str, Any]:
        return {
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

    return paging.page(rows.order_by("-starts_on", "pk"), number, shape)


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
    # Persons a pair answers for: (referent and adviser, how many); shown to the parties.
    load: list[tuple[str, int]]
    meetings: list[SteeringMeeting]
    clauses: list[tuple[Any, bool]]
    verbs: frozenset[str]


def page(actor: Actor, convention_id: str) -> Page | None:
    """The convention with its axes, commitments and indicators; None outside the scope.

    Eight statements, and those of each measure.
    """
    axes = Axis.objects.prefetch_related(
        Prefetch("commitments", Commitment.objects.select_related("owner", "meeting")),
        Prefetch("indicators", Indicator.objects.prefetch_related("values")),
    )
    signatures = ConventionSignature.objects.select_related("user").annotate(
        organisation_label=name_subquery(OuterRef("organisation_id"), clock.today())
    )
    rows = access.visible_to(actor).select_related("predecessor", "successor")
    row = (
        keys.with_key(_named(rows), "GS", Value(keys.STAFF))
        .annotate(pairs_now=taken(), waiting=waiting())
        .prefetch_related(Prefetch("axes", axes), Prefetch("signatures", signatures), "meetings")
        .filter(pk=convention_id)
        .first()
    )
    if row is None:
        return None
    today = clock.today()
    can_update = access.can(actor, row, "update_commitment")
    return Page(
        convention=row,
        axes=[_axis(axis, row, today, access.is_party(actor, row), can_update) for axis in row.axes.all()],
        signatures=[_signature(s, row) for s in row.signatures.all()],
        before=row.predecessor,
        after=getattr(row, "successor", None),
        state=standing(row, today),
        pairs=row.pairs_now,
        load=load(row) if access.is_party(actor, row) else [],
        meetings=list(row.meetings.all()),
        waiting=row.waiting,
        clauses=[(words, bool(getattr(row, name))) for name, words in CLAUSES.items()],
        verbs=_verbs(actor, row),
    )


def taken() -> Any:
    """How many pairs of a convention answer today."""
    now = access.pairs_in_force().filter(convention=OuterRef("pk")).order_by()
    return Coalesce(Subquery(now.values("convention").annotate(n=Count("pk")).values("n")), 0)


def waiting() -> Any:
    """Persons of the association who share with the agency and for whom no pair answers: how many."""
    paired = access.pairs_in_force().filter(dossier=OuterRef("dossier"))
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


def load(row: Convention) -> list[tuple[str, int]]:
    """The pairs of a convention and for how many persons each answers, the most loaded first."""
    now = access.pairs_in_force().filter(convention=row).values("referent", "adviser").annotate(n=Count("pk"))
    counted = list(now.order_by("-n", "referent", "adviser"))
    users = directory.users_named(sorted({one[side] for one in counted for side in ("referent", "adviser")}))
    name = lambda pk: users[pk].name if pk in users else _("personne")  # noqa: E731
    return [(f"{name(one['referent'])} – {name(one['adviser'])}", one["n"]) for one in counted]


def _verbs(actor: Actor, row: Convention) -> frozenset[str]:
    offered = ("edit", "update_commitment", "plan_committee", "hold_committee", "decide", "write")
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


def _axis(axis: Axis, row: Convention, today: date, party: bool, can_update: bool) -> dict[str, Any]:
    return {
        "id": axis.pk,
        "number": axis.number,
        "title": axis.title,
        "objective": axis.objective,
        "commitments": [_commitment(c, row, today) for c in axis.commitments.all()],
        "indicators": [indicator_line(i, row, today, party) for i in axis.indicators.all()],
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
        "decided_on": commitment.meeting.held_on if commitment.meeting else None,
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


def own(actor: Actor) -> Organisation:
    """The actor's structure."""
    return Organisation.objects.get(pk=actor.organisation_id)


def to_measure(axis: Axis) -> list[tuple[str, Any]]:
    """The measures that a draft's axis does not follow yet."""
    known = set(axis.indicators.values_list("measure", flat=True))
    return [(one.code, one.label) for one in measures.all_of() if one.code not in known]


class Continued(NamedTuple):
    """What a convention leaves to the next one: what its form begins with, and the indicators of each axis."""

    initial: dict[str, Any]
    indicators: dict[int, list[dict[str, Any]]]


def continued(former: Convention, own_id: str) -> Continued:
    """The day after, as long; the same clauses, axes and indicators; the commitments that are not done."""
    clauses = ("places", "neutral_label", *CLAUSES)
    starts_on = former.ends_on + timedelta(days=1)
    initial: dict[str, Any] = {
        "predecessor": former.pk,
        "party": former.agency_id if former.association_id == own_id else former.association_id,
        "starts_on": starts_on,
        "ends_on": starts_on + (former.ends_on - former.starts_on),
        **{name: getattr(former, name) for name in clauses},
    }
    indicators = {}
    for axis in former.axes.prefetch_related("commitments", "indicators"):
        left = [one.title for one in axis.commitments.all() if one.state != CommitmentState.DONE]
        initial |= {
            f"axis_{axis.number}": axis.title,
            f"objective_{axis.number}": axis.objective,
            f"commitments_{axis.number}": "\n".join(left),
        }
        indicators[axis.number] = [{"measure": i.measure, "target": i.target} for i in axis.indicators.all()]
    return Continued(initial, indicators)
