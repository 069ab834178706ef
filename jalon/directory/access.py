"""Who sees which memberships and accreditations. Room rules by role, on top of the organisation or the department."""

from datetime import date

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from jalon.access import SYSTEM, Actor, Hidden, Refused, Role
from jalon.config import clock

from .models import OF_STAFF, Accreditation, AccreditationPiece, Kind, Membership, Organisation
from .states import ACCREDITATION


def today() -> date:
    return clock.today()


def memberships_visible_to(actor: Actor) -> QuerySet[Membership]:
    """A manager or administrator: the own organisation. The secretariat: the commission of its department.

    Never a person accompanied: who keeps accounts does not learn who has a space of her own.
    """
    rows = Membership.objects.select_related("user", "organisation").exclude(role=Role.PER)
    if actor.role in {"MGR", "ADM"}:
        return rows.filter(organisation_id=actor.organisation_id)
    if actor.role == "SEC":
        return rows.filter(department=actor.department, role__in=["MEM", "PRE", "ETR", "SEC"])
    return rows.none()


# --- accreditations -------------------------------------------------------------------------------------------
STATE_SIDE = (Role.SEC, Role.PRE)
CONCERNED = (Role.MGR, Role.SEC, Role.PRE)
WHY = "the secretariat and the préfet follow the accreditations of their department, a manager those of her association"


def accreditations_visible_to(actor: Actor) -> QuerySet[Accreditation]:
    """A manager: those of the own association. The State's side: what was sent to its department, never a draft."""
    rows = Accreditation.objects.select_related("organisation")
    if actor.role == Role.MGR:
        return rows.filter(organisation_id=actor.organisation_id)
    if actor.role in STATE_SIDE:
        return rows.filter(department=actor.department, received_on__isnull=False)
    return rows.none()


def accreditation(actor: Actor, accreditation_id: str) -> Accreditation:
    """One of them, or the uniform 404."""
    row = accreditations_visible_to(actor).filter(pk=accreditation_id).first()
    if row is None:
        raise Hidden
    return row


def accreditation_piece(actor: Actor, piece_id: str) -> AccreditationPiece:
    """A piece of one of them, or the uniform 404."""
    rows = AccreditationPiece.objects.select_related("accreditation__organisation", "file")
    row = rows.filter(pk=piece_id, accreditation__in=accreditations_visible_to(actor).values("pk")).first()
    if row is None:
        raise Hidden
    return row


def can(actor: Actor, row: Accreditation, verb: str, state: str = "") -> bool:
    """May the actor, who sees this row, do this today? What a button asks before it shows."""
    who = ACCREDITATION.transitions[verb].who
    return actor.role in who and ACCREDITATION.allows(state or row.state_on(today()), verb)


def require(actor: Actor, row: Accreditation, verb: str) -> None:
    """``can``, or Refused with a sentence."""
    if actor.role not in ACCREDITATION.transitions[verb].who:
        raise Refused(_("Votre fonction ne permet pas cela."))
    ACCREDITATION.target(row.state_on(today()), verb)


def require_step_up(actor: Actor) -> None:
    """What one signs is signed by somebody who has just proved who she is."""
    if not actor.stepped_up:
        raise Refused(_("Confirmez d'abord votre identité."), frozenset({"stepup"}))


def can_prepare(actor: Actor) -> bool:
    """May the actor begin a request? The manager, for the own association."""
    return actor.role == Role.MGR


# --- who keeps whose account ----------------------------------------------------------------------------------
# Who may name whom: an administrator or a manager inside the own organisation, the secretariat inside its department
# for the members of the commission, the operator for the first accounts of an organisation and for BY_OPERATOR.
OWN_ORGANISATION = {"ADM", "MGR"}
FOR_COMMISSION = {"MEM", "PRE", "ETR", "SEC"}
# A function exists only in the sort of organisation that holds it: an association cannot make a secretariat, and
# nobody becomes préfet elsewhere than in the State's services. Anyone may sit in a commission (MEM).
STATE = {Kind.PREFECTURE, Kind.DDETS}
# Whoever names the second pair of eyes chooses it, or is it under another address: an exceptional access is reviewed,
# an erasure consented to, a decision signed by somebody whom the first person has not named. The operator names these.
BY_OPERATOR = {"MGR", "DPO", "SEC", "PRE"}
OPERATOR_NAMES = gettext_lazy(
    "Seul l'exploitant de Jalon donne et prolonge cette fonction : elle contrôle le travail d'autres personnes."
)
OPERATOR_KEEPS = gettext_lazy("Seul l'exploitant de Jalon s'occupe de cet accès. Adressez-vous à lui.")
HELD_IN = {
    "REF": {Kind.ASSOCIATION},
    "COL": {Kind.ASSOCIATION},
    "EMP": {Kind.EMPLOYMENT_AGENCY},
    "SEC": STATE,
    "PRE": STATE,
    "ETR": STATE,
}


def may_keep(actor: Actor, organisation: Organisation, role: str, department: str) -> bool:
    """Is this function among those that the actor keeps: own organisation, own commission?"""
    if actor == SYSTEM:
        return True
    if role == Role.PER:
        return False  # opened and closed with her by her referent (``space``), by nobody who keeps accounts
    if actor.role == "OPS":
        return True
    if actor.role == "MGR" and role in BY_OPERATOR:
        return False  # she may be reviewed by this very account: she neither stops it nor starts it again
    if actor.role in OWN_ORGANISATION:
        return organisation.pk == actor.organisation_id and role not in {"OPS", "STA"}
    return actor.role == "SEC" and role in FOR_COMMISSION and department == actor.department


def of_operator(actor: Actor, role: str) -> bool:
    """Is this function one that only the operator gives and prolongs, whatever accounts the actor keeps?"""
    return actor != SYSTEM and actor.role != "OPS" and role in BY_OPERATOR


def may_name(actor: Actor, organisation: Organisation, role: str, department: str) -> bool:
    """May the actor give this function? Never one that this sort of organisation does not hold."""
    if actor == SYSTEM:
        return True
    if of_operator(actor, role):
        return False
    if organisation.kind not in HELD_IN.get(role, {organisation.kind}):
        return False
    if role == "MEM" and actor.role != "SEC":
        return False  # a mandate in a commission comes from its secretariat, whoever the member works for
    return may_keep(actor, organisation, role, department)


def roles_to_give(actor: Actor, organisation: Organisation) -> list[str]:
    """The functions that the actor may give in this organisation."""
    given = (str(role) for role in OF_STAFF)
    return [role for role in given if may_name(actor, organisation, role, actor.department)]
