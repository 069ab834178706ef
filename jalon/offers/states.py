"""The closed lists of this room: why a source could not be asked, and what is noted beside the national record."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from jalon.access.machine import Machine, step


class Source(models.TextChoices):
    """Who is asked at night."""

    OFFERS = "offers", _("offres de France Travail")
    SERVICES = "services", _("services de data·inclusion")


class Reason(models.TextChoices):
    """Why there is no answer. None of them means « nothing there »."""

    NETWORK = "network", _("pas de réponse")
    SERVER = "server", _("panne chez eux")
    LIMIT = "limit", _("trop de demandes à la fois")
    CREDENTIALS = "credentials", _("identifiants refusés ou absents")
    REJECTED = "rejected", _("requête refusée")
    UNREADABLE = "unreadable", _("réponse illisible")


class CouldNotAsk(Exception):
    """A source gave no answer that can be read. ``detail`` is for the operator: a code or the source's own message."""

    def __init__(self, reason: Reason, detail: str = "") -> None:
        super().__init__(f"{reason.value}: {detail}" if detail else reason.value)
        self.reason = reason
        self.detail = detail


class Fact(models.TextChoices):
    """What the professionals know of a service and the national record has no word for."""

    MIXITY = "mixity", _("Mixité")
    LANGUAGES = "languages", _("Langues parlées ou interprétées")
    CHILDREN = "children", _("Les enfants sont accueillis")
    PERMIT = "permit", _("Sans titre de séjour")
    ANSWER = "answer", _("Réponse en (jours)")
    ADDRESS = "address", _("Adresse confidentielle")
    DISCRETION = "discretion", _("Ce que la structure sait")
    TRAINED = "trained", _("Équipe formée le")
    PLACES = "places", _("Places réservées")
    CONTACT = "contact", _("Contact direct entre professionnels")
    OUTCOME = "outcome", _("Dernière orientation")


# Noted and read by one association for itself: another one has its own.
INSIDE = frozenset({Fact.DISCRETION, Fact.TRAINED, Fact.PLACES, Fact.CONTACT, Fact.OUTCOME})

YES_NO = {"yes": _("oui"), "no": _("non")}
WORDS: dict[str, dict[str, object]] = {
    Fact.MIXITY: {"women": _("femmes seulement"), "choice": _("au choix"), "mixed": _("mixte")},
    Fact.CHILDREN: dict(YES_NO),
    Fact.PERMIT: {**YES_NO, "check": _("à vérifier")},
    Fact.ADDRESS: dict(YES_NO),
    Fact.DISCRETION: {
        "nothing": _("rien"),
        "support": _("un accompagnement social"),
        "knows": _("la situation"),
    },
    Fact.OUTCOME: {
        "accepted": _("acceptée"),
        "refused": _("refusée"),
        "waiting": _("mise en attente"),
        "silence": _("sans réponse"),
    },
}
# Comes from an orientation, is not typed.
COMPUTED = frozenset({Fact.OUTCOME})


class OrientationState(models.TextChoices):
    PREPARED = "prepared", _("préparée")
    AGREED = "agreed", _("acceptée par elle")
    SENT = "sent", _("envoyée")
    WAITING = "waiting", _("en liste d'attente")
    ACCEPTED = "accepted", _("acceptée par la structure")
    REFUSED = "refused", _("refusée")
    ATTENDED = "attended", _("commencée")
    DROPPED = "dropped", _("arrêtée")


O = OrientationState  # noqa: E741
ORIENTATION = Machine(
    dict(O.choices),
    step("agree", [O.PREPARED], O.AGREED, "REF"),
    step("send", [O.AGREED], O.SENT, "REF"),
    step("wait", [O.SENT], O.WAITING, "REF"),
    step("accept", [O.SENT, O.WAITING], O.ACCEPTED, "REF"),
    step("refuse", [O.SENT, O.WAITING], O.REFUSED, "REF"),
    step("attend", [O.ACCEPTED], O.ATTENDED, "REF"),
    step("drop", [O.PREPARED, O.AGREED, O.SENT, O.WAITING, O.ACCEPTED], O.DROPPED, "REF"),
)
OPEN = (O.PREPARED, O.AGREED, O.SENT, O.WAITING, O.ACCEPTED)

# Why a structure says no.
REFUSALS = {
    "full": _("complet"),
    "conditions": _("conditions non remplies"),
    "place": _("hors du secteur"),
    "permit": _("titre de séjour demandé"),
    "french": _("niveau de français"),
    "children": _("pas d'accueil des enfants"),
    "other": _("autre raison"),
}
# Why it stops before an answer or a beginning.
STOPS = {"her": _("à sa demande"), "silence": _("la structure n'a pas répondu"), "other": _("autre raison")}

# What she may let the structure know: she ticks, nothing is ticked for her.
TELLABLE = {
    "name": _("son prénom d'usage"),
    "phone": _("un moyen de la joindre"),
    "language": _("sa langue"),
    "children": _("ses enfants à accueillir"),
    "hours": _("ses disponibilités"),
    "need": _("ce qu'elle cherche"),
}


# --- what is proposed to one person -------------------------------------------------------------------------------
class OfferKind(models.TextChoices):
    JOB = "job", _("emploi")
    TRAINING = "training", _("formation")


class ProposalState(models.TextChoices):
    PROPOSED = "proposed", _("proposée")
    AGREED = "agreed", _("elle veut essayer")
    DECLINED = "declined", _("elle a dit non")
    APPLIED = "applied", _("candidature envoyée")
    WELCOMED = "welcomed", _("réponse favorable")
    REFUSED = "refused", _("réponse défavorable")
    SILENT = "silent", _("sans réponse")
    STARTED = "started", _("commencée")
    DROPPED = "dropped", _("abandonnée")


S = ProposalState
_BOTH = ("REF", "COL", "EMP")
PROPOSAL = Machine(
    dict(S.choices),
    step("agree", [S.PROPOSED, S.DECLINED], S.AGREED, *_BOTH),
    step("decline", [S.PROPOSED, S.AGREED], S.DECLINED, *_BOTH),
    step("apply", [S.AGREED], S.APPLIED, *_BOTH),
    step("welcome", [S.APPLIED, S.SILENT], S.WELCOMED, *_BOTH),
    step("refuse", [S.APPLIED, S.SILENT, S.WELCOMED], S.REFUSED, *_BOTH),
    step("silence", [S.APPLIED], S.SILENT, *_BOTH),
    step("start", [S.WELCOMED], S.STARTED, *_BOTH),
    step("drop", [S.PROPOSED, S.AGREED, S.APPLIED, S.SILENT, S.WELCOMED], S.DROPPED, *_BOTH),
)
RUNNING = (S.PROPOSED, S.AGREED, S.APPLIED, S.SILENT, S.WELCOMED)

# Under which label an application leaves. None of them is the association: an employer never learns of it.
SENDERS = {"her": _("elle-même"), "agency": _("France Travail"), "insertion": _("une structure d'insertion")}
# What the employer or the training body knows: nothing, unless she decides otherwise.
KNOWLEDGE = WORDS[Fact.DISCRETION]
# Why an employer or a training body says no.
EMPLOYER_REFUSALS = {
    "filled": _("place prise"),
    "french": _("niveau de français"),
    "experience": _("expérience ou diplôme"),
    "hours": _("horaires"),
    "permit": _("titre de séjour"),
    "unsaid": _("sans raison donnée"),
    "other": _("autre raison"),
}
