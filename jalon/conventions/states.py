"""States of a convention, of its commitments, of a hand-over."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from jalon.access.machine import Machine, step


class ConventionState(TextChoices):
    DRAFT = "draft", _("en préparation")
    SIGNED = "signed", _("signée")
    ENDED = "ended", _("terminée")


class CommitmentState(TextChoices):
    TODO = "todo", _("à faire")
    DOING = "doing", _("en cours")
    DONE = "done", _("fait")
    POSTPONED = "postponed", _("reporté")


K = ConventionState
CONVENTION = Machine(
    dict(K.choices),
    step("edit", [K.DRAFT], None, "MGR", "EMP"),
    step("sign", [K.DRAFT], None, "MGR", "EMP", requires="one signature a party; signed when both have"),
    step("complete_signatures", [K.DRAFT], K.SIGNED),
    step("update_commitment", [K.DRAFT, K.SIGNED], None, "MGR", "REF", "EMP"),
    step("plan_committee", [K.DRAFT, K.SIGNED], None, "MGR", "EMP"),
    step("hold_committee", [K.SIGNED], None, "MGR", "EMP"),
    step("decide", [K.SIGNED], None, "MGR", "EMP", requires="a steering meeting that was held"),
    step("write", [K.DRAFT, K.SIGNED], None, "MGR", "REF", "EMP"),
    step("succeed", [K.SIGNED, K.ENDED], K.ENDED),
)

C = CommitmentState
COMMITMENT = Machine(
    dict(C.choices),
    step("start", [C.TODO, C.POSTPONED], C.DOING),
    step("finish", [C.TODO, C.DOING, C.POSTPONED], C.DONE),
    step("postpone", [C.TODO, C.DOING], C.POSTPONED),
    step("reopen", [C.DONE], C.DOING),
)


class Side(TextChoices):
    ASSOCIATION = "association", _("l'association")
    AGENCY = "agency", _("l'agence")


class HandOverState(TextChoices):
    RUNNING = "running", _("en cours")
    DONE = "done", _("terminé")


H = HandOverState
HAND_OVER = Machine(
    dict(H.choices),
    step("tick", [H.RUNNING], None, "REF", "MGR"),
    step("end_now", [H.RUNNING], None, "REF", "MGR"),
    step("finish", [H.RUNNING], H.DONE, "REF", "MGR", requires="the person told, every line ticked"),
)

# The verb that leads to a state, as the screens name it; the same state again only mends the evidence.
VERB_TO = {C.DOING: ("start", "reopen"), C.DONE: ("finish",), C.POSTPONED: ("postpone",)}


def verb_to(state: str, target: str) -> str:
    """The verb that leads from a commitment's state to another one; empty when there is none."""
    return next((verb for verb in VERB_TO.get(C(target), ()) if COMMITMENT.allows(state, verb)), "")


# What is passed on with a file, line by line.
CHECKLIST = {
    "told": _("Elle sait qui prend le relais, et l'a rencontré ou eu au téléphone"),
    "messages": _("Les messages sans réponse sont répondus ou repris"),
    "appointments": _("Les rendez-vous à venir gardent une personne pour l'accueillir"),
    "plan": _("Les étapes du plan et les échéances sont relues à deux"),
    "safety": _("La façon de la joindre sans danger est redite de vive voix"),
}
