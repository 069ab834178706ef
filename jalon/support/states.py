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
    step("change", [P.TODO], None, "REF", "COL", "EMP"),
    step("finish", [P.TODO], P.DONE, "REF", "COL", "EMP"),
    step("drop", [P.TODO], P.DROPPED, "REF", "COL", "EMP"),
    step("reopen", [P.DONE, P.DROPPED], P.TODO, "REF", "COL", "EMP"),
)


class Holder(TextChoices):
    ASSOCIATION = "association", _("l'association")
    AGENCY = "agency", _("l'agence")
    PERSON = "person", _("la personne")
    OTHER = "other", _("quelqu'un d'autre")


class ObjectiveState(TextChoices):
    OPEN = "open", _("en cours")
    REACHED = "reached", _("atteint")
    DROPPED = "dropped", _("abandonné")


O = ObjectiveState  # noqa: E741
OBJECTIVE = Machine(
    dict(O.choices),
    step("reach", [O.OPEN], O.REACHED, "REF", "COL", "EMP"),
    step("drop", [O.OPEN], O.DROPPED, "REF", "COL", "EMP"),
    step("reopen", [O.REACHED, O.DROPPED], O.OPEN, "REF", "COL", "EMP", requires="less than four open in its layer"),
)
# More aims at once than that are none.
MOST_OBJECTIVES = 4


class JointMeetingState(TextChoices):
    """Derived: a joint meeting is where its appointment is."""

    PLANNED = "planned", _("prévu")
    HELD = "held", _("tenu")
    MISSED = "missed", _("manqué")
    CANCELLED = "cancelled", _("annulé")


M = JointMeetingState
JOINT_MEETING = Machine(
    dict(M.choices),
    step("add_line", [M.PLANNED], None, "REF", "COL", "EMP"),
    step("strike_line", [M.PLANNED], None, "REF", "COL", "EMP"),
    step("hold", [M.PLANNED], M.HELD, "REF", "COL", "EMP", requires="its day has come"),
    step("miss", [M.PLANNED], M.MISSED, "REF", "COL", "EMP", requires="its day has come; she is called"),
    step("cancel", [M.PLANNED], M.CANCELLED, "REF", "COL", "EMP"),
)


class PlacementKind(TextChoices):
    JOB = "job", _("emploi")
    TRAINING = "training", _("formation")
    IMMERSION = "immersion", _("immersion")
    INTEGRATION = "integration", _("insertion par l'activité économique")
    ORIENTATION = "orientation", _("orientation par France Travail")


class Purpose(TextChoices):
    """What an immersion is for: one of three."""

    DISCOVER = "discover", _("découvrir un métier ou un secteur")
    CONFIRM = "confirm", _("confirmer un projet")
    RECRUIT = "recruit", _("commencer un recrutement")


class Rater(TextChoices):
    PERSON = "person", pgettext_lazy("who scores", "Elle")
    WORKER = "worker", pgettext_lazy("who scores", "Personne référente")


class Domain(TextChoices):
    """The six scales. Each is read alone: no sum, no mean, no rank."""

    HOUSING = "housing", _("Logement")
    HEALTH = "health", _("Accès aux soins")
    FRENCH = "french", _("Français")
    MONEY = "money", _("Argent et droits")
    DAILY = "daily", _("Quotidien et déplacements")
    CONFIDENCE = "confidence", _("Confiance pour agir")


LOWEST, HIGHEST = 0, 4
# What each step says, so that two people who score mean the same thing.
ANCHORS = {
    Domain.HOUSING: (
        _("Sans endroit sûr où dormir ce soir."),
        _("Hébergée pour quelques nuits, ou chez quelqu'un."),
        _("Hébergée dans un lieu sûr, pour plusieurs mois."),
        _("Logement à son nom en vue, démarches engagées."),
        _("Chez elle, et peut y rester."),
    ),
    Domain.HEALTH: (
        _("Sans couverture ni soignant."),
        _("Couverture demandée, soins urgents seulement."),
        _("Couverte, sait où aller."),
        _("Un médecin la suit, va aux rendez-vous avec de l'aide."),
        _("Prend et tient ses rendez-vous seule."),
    ),
    Domain.FRENCH: (
        _("Quelques mots. Oral et écrit à commencer."),
        _("Oral A1 : se présente, comprend une consigne courte."),
        _("Oral A2, écrit A1 : fait ses courses et un formulaire avec aide."),
        _("Oral B1, écrit A2 : suit une réunion, écrit un message."),
        _("Oral et écrit B1 ou plus : peut suivre une formation."),
    ),
    Domain.MONEY: (
        _("Sans ressource ni compte."),
        _("Droits demandés, rien de versé."),
        _("Une aide versée, un compte ouvert."),
        _("Ressources régulières, fait son budget avec aide."),
        _("Vit de ses ressources et fait seule ses démarches."),
    ),
    Domain.DAILY: (
        _("Ne sort pas seule, journées sans repères."),
        _("Vient aux rendez-vous accompagnée."),
        _("Vient seule sur un trajet connu."),
        _("Prépare ses trajets et ses horaires, garde d'enfant comprise."),
        _("Peut tenir un horaire de travail."),
    ),
    Domain.CONFIDENCE: (
        _("Ne demande rien, attend qu'on décide."),
        _("Dit ce qu'elle ne veut pas."),
        _("Dit ce qu'elle veut et demande de l'aide."),
        _("Choisit entre plusieurs voies, avec appui."),
        _("Décide et entreprend par elle-même."),
    ),
}

# An appointment's title may be read over her shoulder or aloud: none of these words, in any case, and no link.
NOT_NEUTRAL = re.compile(
    r"prostitu|parcours de sortie|pr[ée]fe[tc]|commission|police|victim|association|\btraite|prox[ée]n|exploitation"
    r"|\b(?:psp|afis|aps)\b|https?:|www\.",
    re.IGNORECASE,
)
