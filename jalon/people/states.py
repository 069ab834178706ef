"""Stages of a dossier, and the verbs that move it. The verbs are called by the rooms above."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from jalon.access.machine import Machine, step


class Stage(TextChoices):
    CONTACT = "S0", _("premier contact")
    PREPARATION = "S1", _("préparation")
    SUBMITTED = "S2", _("demande transmise")
    IN_SESSION = "S3", _("en séance")
    DECIDED = "S4", _("avis rendu")
    PATHWAY = "S5", _("en parcours")
    CLOSED = "S6", _("clos")
    PURGED = "S7", _("effacé")


class AssignmentKind(TextChoices):
    REFERENT = "referent", _("personne référente")
    DELEGATE = "delegate", _("collègue en délégation")
    ADVISER = "adviser", _("agence emploi")
    PERSON = "person", _("la personne elle-même")


class ReviewOutcome(TextChoices):
    """What the officer concludes from a month of the trail."""

    NOTHING = "nothing", _("rien à signaler")
    FOLLOWUP = "followup", _("une suite est à donner")


class Kept(TextChoices):
    """What a term of conservation bears on: the whole file, or a part that goes before it (``law.retention.PARTS``)."""

    FILE = "file", _("tout le dossier")
    NOTES = "notes", _("notes de suivi")
    PLACES = "places", _("lieux de vie")


class Right(TextChoices):
    """A right of the person over her data (GDPR, articles 15 to 21)."""

    ACCESS = "access", _("recevoir une copie de ses données")
    READERS = "readers", _("savoir qui a lu ses données")
    RECTIFICATION = "rectification", _("faire corriger ses données")
    RESTRICTION = "restriction", _("geler une partie de son dossier")
    OBJECTION = "objection", _("s'opposer à un usage de ses données")
    ERASURE = "erasure", _("faire effacer ses données")


class RequestState(TextChoices):
    OPEN = "open", _("en attente de réponse")
    GRANTED = "granted", _("acceptée")
    REFUSED = "refused", _("refusée")


REQUEST = Machine(
    dict(RequestState.choices),
    step("extend_request", [RequestState.OPEN], None, "MGR", "DPO", requires="within the first month, with a reason"),
    step("grant_request", [RequestState.OPEN], RequestState.GRANTED, "REF", "MGR", "DPO"),
    step("refuse_request", [RequestState.OPEN], RequestState.REFUSED, "MGR", "DPO", requires="a written explanation"),
)

S = Stage
OPEN = (S.CONTACT, S.PREPARATION, S.SUBMITTED, S.IN_SESSION, S.DECIDED, S.PATHWAY)

DOSSIER = Machine(
    dict(Stage.choices),
    step("record_agreement", [S.CONTACT], S.PREPARATION, "REF"),
    step("renew_agreement", OPEN[1:], None, "REF"),
    step("withdraw_agreement", OPEN[1:], None, "REF"),
    step("submit_application", [S.PREPARATION], S.SUBMITTED, "REF"),
    step("return_application", [S.SUBMITTED], S.PREPARATION, "REF", "SEC"),
    step("convene", [S.SUBMITTED], S.IN_SESSION, "SEC"),
    step("postpone", [S.IN_SESSION], S.SUBMITTED, "SEC"),
    step("give_opinion", [S.IN_SESSION, S.SUBMITTED], S.DECIDED, "SEC"),
    step("open_journey", [S.DECIDED], S.PATHWAY, "PRE"),
    step("prepare_again", [S.DECIDED, S.CLOSED], S.PREPARATION, "REF"),
    step("close", OPEN, S.CLOSED, "REF", "PRE"),
    step("erase", [S.CLOSED], S.PURGED, "DPO"),
)
