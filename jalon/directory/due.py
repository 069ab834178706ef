"""What falls due about an accreditation, and who is told.

The room of notices stands above this one (it knows the members of the directory), so it registers itself here when it
is ready; the dates are those of the law room.
"""

from typing import Any

from jalon.access import Actor, Role
from jalon.config import clock

from . import lawful, reads
from .models import Accreditation
from .states import ADVERSE, APPROVED, CLOSED, AccreditationState, AppealKind, AppealOutcome

COMPLETE, TACIT, PIECE = "accreditation_complete", "accreditation_tacit", "accreditation_piece"
OBSERVATIONS = "accreditation_observations"
RENEWAL, END = "accreditation_renewal", "accreditation_end"
APPEAL, ANSWER = "accreditation_appeal", "accreditation_answer"
KINDS = (COMPLETE, TACIT, PIECE, OBSERVATIONS, RENEWAL, END, APPEAL, ANSWER)
# The end is told to the association and to the secretariat: one deadline each.
SECRETARIAT = ":sec"

_registered: list[Any] = []


def register(notices: Any) -> None:
    """The verbs of notices: ``Due``, ``plan_many``, ``complete``, ``cancel``, ``queue``."""
    _registered[:] = [notices]


def replan(actor: Actor, row: Accreditation) -> None:
    """Plan what is due in the present state, close what is not any more. Called by every verb, after its writes."""
    notices = _registered[0]
    today = clock.today()
    state = row.state_on(today)
    if state == AccreditationState.DRAFT:
        return
    wanted = _wanted(notices, row, state)
    scope = {"organisation_id": row.organisation_id, "department": row.department}
    if wanted:
        notices.plan_many(None, wanted, actor=actor, **scope)
    kept = {(due.kind, due.key) for due in wanted}
    close = notices.cancel if state in CLOSED else notices.complete
    for key in (row.pk, row.pk + SECRETARIAT):
        over = [kind for kind in KINDS if (kind, key) not in kept]
        close(None, *over, key=key, actor=actor, organisation_id=row.organisation_id)


def _wanted(notices: Any, row: Accreditation, state: AccreditationState) -> list[Any]:
    if state in ADVERSE:
        return _challenged(notices, row)
    computed = lawful.compute(row)
    if computed is None or state in CLOSED:
        return []
    dues = []

    def add(kind: str, on: Any, role: str, rule: str, key: str = "") -> None:
        if on is not None:
            dues.append(notices.Due(kind, on, role, rule, row.pk + key))

    if state == AccreditationState.INCOMPLETE:
        days = [piece.due_on for piece in row.pieces.filter(received_on=None) if piece.due_on]
        add(PIECE, min(days, default=None), Role.MGR, "AGR-2")
        return dues
    if state in (AccreditationState.REQUESTED, AccreditationState.RECEIVED):
        add(COMPLETE, computed.deemed_complete_on, Role.SEC, "AGR-1")
    if state not in APPROVED:
        add(TACIT, computed.tacit_on, Role.PRE, "AGR-2")
    if state == AccreditationState.OBSERVATIONS and row.observations_given_on is None:
        add(OBSERVATIONS, row.observations_due_on, Role.MGR, "")
    # Silence approves without anybody's act: the end of the tacit approval is planned at once, and moves with a grant.
    add(RENEWAL, computed.renewal_alert_on, Role.MGR, "AGR-3")
    add(END, computed.valid_to, Role.MGR, "AGR-3")
    add(END, computed.valid_to, Role.SEC, "AGR-3", SECRETARIAT)
    return dues


def _challenged(notices: Any, row: Accreditation) -> list[Any]:
    """Until when the court may be seized, when silence rejects the appeals that wait; nothing once one is granted."""
    appeals = list(row.appeals.all())
    found = lawful.limits(row, appeals)
    if found is None or any(one.outcome == AppealOutcome.GRANTED for one in appeals):
        return []
    dues = []
    if not any(one.kind == AppealKind.COURT for one in appeals):
        dues.append(notices.Due(APPEAL, found.court_limit, Role.MGR, "APP-2" if appeals else "APP-1", row.pk))
    waiting = [one.filed_on for one in appeals if one.answered_on is None and one.kind != AppealKind.COURT]
    effects = [one for one in found.appeals if one.received_on in waiting and one.implicit_rejection_on]
    first = min((one.implicit_rejection_on for one in effects), default=None)
    return dues + ([notices.Due(ANSWER, first, Role.SEC, "APP-3", row.pk)] if first else [])


def follow(actor: Actor, row: Accreditation, *kinds: str) -> None:
    """What the former approvals of this association still had to think of here is done: a new request takes over."""
    former = Accreditation.objects.filter(organisation_id=row.organisation_id, department=row.department)
    for pk in former.exclude(pk=row.pk).exclude(received_on=None).values_list("pk", flat=True):
        for key in (pk, pk + SECRETARIAT):
            _registered[0].complete(None, *kinds, key=key, actor=actor, organisation_id=row.organisation_id)


def tell(actor: Actor, row: Accreditation, verb: str, *roles: str) -> None:
    """A message without content to those who have something to do now."""
    people: set[str] = set()
    for role in roles:
        if role == Role.MGR:
            people |= {user.pk for user in reads.people_in(row.organisation_id, role)}
        else:
            people |= {member.user_id for member in reads.holders(role, row.department)}
    for user_id in sorted(people - {actor.user_id}):
        _registered[0].queue(user_id, "task", f"{verb}:{row.pk}:{row.revision}", actor=actor)
