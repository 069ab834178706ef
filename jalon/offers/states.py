"""The closed lists of this room: why a source could not be asked, and what is noted beside the national record."""

from django.db import models
from django.utils.translation import gettext_lazy as _


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


# Read by the association alone.
INSIDE = frozenset({Fact.DISCRETION, Fact.TRAINED, Fact.PLACES, Fact.CONTACT})

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
}
