"""Kinds and states of the joint support."""

import re

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

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


class Holder(TextChoices):
    ASSOCIATION = "association", _("l'association")
    AGENCY = "agency", _("l'agence")
    PERSON = "person", _("la personne")


class PlacementKind(TextChoices):
    JOB = "job", _("emploi")
    TRAINING = "training", _("formation")
    IMMERSION = "immersion", _("immersion")
    INTEGRATION = "integration", _("insertion par l'activité économique")
    ORIENTATION = "orientation", _("orientation par France Travail")


class Domain(TextChoices):
    """The eight domains of the points of support, 1 (to build) to 5 (solid)."""

    SAFETY = "safety", pgettext_lazy("point of support", "Sécurité")
    HOUSING = "housing", _("Hébergement")
    HEALTH = "health", _("Santé")
    RESIDENCE = "residence", _("Droit au séjour")
    RESOURCES = "resources", _("Ressources")
    LANGUAGE = "language", _("Langue")
    WORK = "work", _("Emploi, formation")
    FAMILY = "family", _("Parentalité, entourage")


LOWEST, HIGHEST = 1, 5
# A message that waits for an answer waits two working days, unless another day is written.
ANSWER_DAYS = 2

# An appointment's title may be read over her shoulder or aloud: none of these words, in any case, and no link.
NOT_NEUTRAL = re.compile(
    r"prostitu|parcours de sortie|pr[ée]fe[tc]|commission|police|victim|association|\btraite|prox[ée]n|exploitation"
    r"|\b(?:psp|afis|aps)\b|https?:|www\.",
    re.IGNORECASE,
)
