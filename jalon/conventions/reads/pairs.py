"""The pair of one person, the load, the pairs that lack somebody, the hand-overs."""

from typing import Any, NamedTuple

from django.core.paginator import Page
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext as _

from jalon.access import Actor, Role
from jalon.config import clock
from jalon.directory import reads as directory
from jalon.directory.models import Membership, on_day
from jalon.people.access import running
from jalon.people.models import Assignment, Dossier
from jalon.people.states import AssignmentKind
from jalon.ui import html, paging

from .. import access
from ..models import Convention, HandOver, Pair
from ..states import CHECKLIST, ConventionState, HandOverState, Side
from .agreements import MOST


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
    held = {row.kind: row for row in Assignment.objects.filter(running(), dossier=dossier, ends_at=None)}
    referent, adviser = held.get(AssignmentKind.REFERENT), held.get(AssignmentKind.ADVISER)
    in_force = access.pair_of(dossier)
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


class Orphan(NamedTuple):
    """A person whose pair lacks somebody: by number, and which side no longer answers."""

    dossier: Dossier
    missing: list[str]


def orphans(actor: Actor, number: int = 1) -> Page:
    """The persons of the manager's structure whose pair has a member who works with her no more: a page."""
    here = Q(dossier__organisation=actor.organisation_id, dossier__department=actor.department)
    named = _both(access.pairs_in_force().filter(here)).select_related("dossier").order_by("dossier__number", "pk")

    def shape(row: Any) -> Orphan:
        sides = ((row.referent_answers, Side.ASSOCIATION), (row.adviser_answers, Side.AGENCY))
        return Orphan(row.dossier, [str(side.label) for answers, side in sides if not answers])

    return paging.page(named.exclude(referent_answers=True, adviser_answers=True), number, shape)


def _both(rows: Any) -> Any:
    """Each pair with whether its members are assigned to her now, in a function that has not ended."""
    found = rows
    for member, kind in (("referent", AssignmentKind.REFERENT), ("adviser", AssignmentKind.ADVISER)):
        works = Membership.objects.filter(
            on_day(clock.today()), user=OuterRef("user"), organisation=OuterRef("organisation")
        )
        open_ = Q(user__is_active=True, user__suspended_at=None, user__ends_on__gte=clock.today())
        assigned = Assignment.objects.filter(
            running(), open_, Exists(works), dossier=OuterRef("dossier"), user=OuterRef(member), kind=kind
        )
        found = found.annotate(**{f"{member}_answers": Exists(assigned)})
    return found


# --- hand-overs -----------------------------------------------------------------------------------------------
class Relay(NamedTuple):
    """What the page of hand-overs shows of one person."""

    running: list[dict[str, Any]]
    past: list[dict[str, Any]]
    # Which side may be passed on by this actor: (side, who holds it now, to whom)
    offered: list[tuple[str, str, list[tuple[str, str]]]]


def hand_overs(actor: Actor, dossier: Dossier) -> Relay:
    """The hand-overs of one person, and those that may begin: the manager changes the referent, both the adviser."""
    rows = list(HandOver.objects.filter(dossier=dossier)[:MOST])
    held = {row.kind: row for row in Assignment.objects.filter(running(), dossier=dossier, ends_at=None)}
    ids = {pk for row in rows for pk in (row.leaving_id, row.arriving_id)} | {row.user_id for row in held.values()}
    names = {pk: user.name for pk, user in directory.users_named(sorted(ids)).items()}
    shown = [_hand_over(row, names) for row in rows]
    going = {row.side for row in rows if row.state == HandOverState.RUNNING}
    offered = []
    for side, kind, role in ((Side.ASSOCIATION, AssignmentKind.REFERENT, Role.REF),
                             (Side.AGENCY, AssignmentKind.ADVISER, Role.EMP)):  # fmt: skip
        row = held.get(kind)
        if row is None or side in going or (side == Side.ASSOCIATION and actor.role != Role.MGR):
            continue
        users = directory.people_in(row.organisation_id, role, department=dossier.department)
        offered.append((str(side), names.get(row.user_id, ""), [(u.pk, u.name) for u in users if u.pk != row.user_id]))
    return Relay([one for one in shown if one["running"]], [one for one in shown if not one["running"]], offered)


def _hand_over(row: HandOver, names: dict[str, str]) -> dict[str, Any]:
    over = row.ends_at <= clock.now()
    return {
        "id": row.pk,
        "side": Side(row.side).label,
        "leaving": names.get(row.leaving_id, _("personne")),
        "arriving": names.get(row.arriving_id, _("personne")),
        "opened_on": row.opened_on,
        "ends_at": row.ends_at,
        "over": over,
        "told_on": row.told_on,
        "lines": [(words, code in row.done) for code, words in CHECKLIST.items()],
        "left": len(CHECKLIST) - len(row.done),
        "running": row.state == HandOverState.RUNNING,
        "finished_on": row.finished_on,
    }
