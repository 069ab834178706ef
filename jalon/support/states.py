"""Kinds and states of the joint support."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from jalon.access.machine import Machine, step


class Visibility(TextChoices):
    PRIVATE = "private", _("privé")
    TEAM = "team", _("équipe")
    EMPLOYMENT = "shared", _("partagé avec l'emploi")


class NoteKind(TextChoices):
    INTERVIEW = "interview", _("entretien")
    PHONE = "phone", _("téléphone")
    ERRAND = "errand", _("démarche")
    EVENT = "event", _("évènement")


class PlanStepState(TextChoices):
    TODO = "todo", _("à faire")
    DONE = "done", _("fait")
    DROPPED = "dropped", _("abandonné")


P = PlanStepState
PLAN_STEP = Machine(
    dict(P.choices),
    step("finish", [P.TODO], P.DONE, "REF", "COL", "EMP"),
    step("drop", [P.TODO], P.DROPPED, "REF", "COL", "EMP"),
    step("reopen", [P.DONE, P.DROPPED], P.TODO, "REF", "COL", "EMP"),
)
