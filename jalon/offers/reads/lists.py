"""The three lists of the catalogue, one page at a time.

Filters are closed lists: nothing that somebody typed stands in an address.
"""

from datetime import date
from typing import Any
from urllib.parse import urlsplit

from django.core.paginator import Page
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from jalon.access import Actor
from jalon.config import clock
from jalon.ui import html, paging

from .. import access
from ..francetravail.shape import text
from ..inclusion import words
from ..models import Offer, Service, ServiceFact, Training
from ..states import Fact
from .cards import old, standing
from .occupations import label_of

A_PAGE = 25


# --- services -------------------------------------------------------------------------------------------------
def services(actor: Actor, filters: dict[str, str], number: int) -> Page:
    """The services of the department that answer the filters, by name."""
    rows = access.services_visible_to(actor).select_related("structure")
    if need := filters.get("need"):
        rows = rows.filter(needs__contains=f"|{need}--")
    if place := filters.get("place"):
        rows = rows.filter(commune=place)
    if filters.get("mixity"):
        rows = rows.filter(_fact(Fact.MIXITY, Q(value__in=("women", "choice"))))
    if filters.get("children"):
        rows = rows.filter(_fact(Fact.CHILDREN, Q(value="yes")))
    if language := filters.get("language"):
        rows = rows.filter(_fact(Fact.LANGUAGES, _one_of(language)))
    if kept := filters.get("kept"):
        rows = rows.filter(owner=actor.user_id) if kept == "mine" else old(rows)
    return paging.page(rows.order_by("name", "pk"), number, _service, A_PAGE)


def _fact(fact: str, value: Q) -> Exists:
    return Exists(ServiceFact.objects.filter(value, service=OuterRef("pk"), fact=fact))


def _one_of(code: str) -> Q:
    return (
        Q(value=code) | Q(value__startswith=f"{code} ") | Q(value__endswith=f" {code}") | Q(value__contains=f" {code} ")
    )


def _service(row: Service) -> dict[str, Any]:
    needs = sorted({need.split("--")[0] for need in row.record.get("thematiques", ())})
    return {
        "id": row.pk,
        "name": row.name,
        "structure": row.structure.name,
        "needs": ", ".join(words()["Categorie"].get(need, need) for need in needs),
        "place": row.record.get("commune", ""),
        "standing": standing(row),
    }


def places(rows: QuerySet[Any], name: str) -> list[tuple[str, str]]:
    """The communes met in some rows: code and name (a column), by name."""
    found = rows.exclude(commune="").values_list("commune", name).distinct()
    return sorted({code: str(name or code) for code, name in found}.items(), key=lambda pair: pair[1])


# France Travail's codes (typeContrat); the label in an offer also holds its length.
CONTRACTS = {
    "CDI": "CDI", "CDD": "CDD", "MIS": "Intérim", "SAI": "Saisonnier", "TTI": "Intérim d'insertion",
    "DDI": "CDD d'insertion", "DIN": "CDI intérimaire", "DDT": "CDD tremplin",
}  # fmt: skip


# --- job offers -----------------------------------------------------------------------------------------------
def offers(actor: Actor, filters: dict[str, str], number: int) -> Page:
    """The open offers of the department, the latest first."""
    rows = access.offers_visible_to(actor)
    if sector := filters.get("sector"):
        rows = rows.filter(rome__startswith=sector)
    if place := filters.get("place"):
        rows = rows.filter(commune=place)
    if contract := filters.get("contract"):
        rows = rows.filter(contract=contract)
    return paging.page(rows.order_by("-published_at", "number"), number, _offer, A_PAGE)


def _offer(row: Offer) -> dict[str, Any]:
    return {
        "id": row.pk,
        "title": row.title or _("sans intitulé"),
        "employer": text(row.record, "entreprise", "nom"),
        "place": row.place,
        "contract": text(row.record, "typeContratLibelle") or row.contract,
        "hours": text(row.record, "dureeTravailLibelle"),
        "published_at": row.published_at,
    }


def contracts(actor: Actor) -> list[tuple[str, str]]:
    """The contracts met among the open offers."""
    rows = access.offers_visible_to(actor).exclude(contract="")
    return sorted((code, CONTRACTS.get(code, code)) for code in rows.values_list("contract", flat=True).distinct())


def offer(actor: Actor, offer_id: str) -> dict[str, Any] | None:
    """One open offer, in words; what it does not say is not shown, and is not known."""
    row = access.offers_visible_to(actor).filter(pk=offer_id).first()
    if row is None:
        return None
    record, context = row.record, row.record.get("contexteTravail") or {}
    asked = [_asked(record, name) for name in ("competences", "langues", "permis", "formations")]
    lines = (
        (_("Métier"), f"{row.rome} {label_of(row.rome)}" if row.rome else ""),
        (_("Employeur"), text(record, "entreprise", "nom")),
        (_("Lieu"), text(record, "lieuTravail", "libelle")),
        (_("Contrat"), text(record, "typeContratLibelle") or row.contract),
        (_("Nature"), text(record, "natureContrat")),
        (_("Durée"), text(record, "dureeTravailLibelle")),
        (_("Horaires"), ", ".join(context.get("horaires", ()))),
        (_("Conditions de travail"), ", ".join(context.get("conditionsExercice", ()))),
        (_("Salaire"), text(record, "salaire", "libelle") or text(record, "salaire", "commentaire")),
        (_("Expérience"), text(record, "experienceLibelle")),
        (_("Exigences"), ", ".join(filter(None, asked))),
    )
    return {
        "row": row,
        "title": row.title or _("sans intitulé"),
        "lines": [html.Row(label, value) for label, value in lines if value],
        "description": text(record, "description"),
        "url": _theirs(text(record, "origineOffre", "urlOrigine")),
    }


def _asked(record: dict[str, Any], name: str) -> str:
    labels = [
        text(each, "libelle") or text(each, "domaineLibelle") for each in record.get(name, ()) if isinstance(each, dict)
    ]
    return ", ".join(filter(None, labels))


def _theirs(url: str) -> str:
    """Only an address of France Travail is followed."""
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
    except ValueError:
        return ""
    theirs = host == "francetravail.fr" or host.endswith(".francetravail.fr")
    return url if parts.scheme == "https" and theirs else ""


# --- trainings ------------------------------------------------------------------------------------------------
def trainings(actor: Actor, filters: dict[str, str], number: int) -> Page:
    """The trainings that have not begun, the next first; those without a date come last."""
    today = clock.today()
    rows = access.trainings_visible_to(actor).filter(Q(starts_on__gte=today) | Q(starts_on__isnull=True))
    if certified := filters.get("kind"):
        rows = rows.filter(record__formation__certifiante=certified == "certified")
    return paging.page(rows.order_by("starts_on", "title", "pk"), number, _training, A_PAGE)


def _training(row: Training) -> dict[str, Any]:
    formation, action, session = (row.record.get(part, {}) for part in ("formation", "action", "session"))
    place = action.get("lieu-de-formation") or {}
    return {
        "id": row.pk,
        "title": row.title,
        "starts_on": row.starts_on,
        "ends_on": row.ends_on,
        "place": place.get("commune") or "",
        "certified": formation.get("certifiante"),
        "body": (formation.get("organisme-formation") or {}).get("nom") or "",
        "state": recruiting(session.get("etat-recrutement")),
    }


def recruiting(code: str | None) -> Any:
    """Whether one may still enrol, as the catalogue says."""
    if code == "2":
        return html.state("neutral", pgettext("training", "complète"))
    return {"1": html.state("ok", _("ouverte")), "3": html.state("warn", _("suspendue"))}.get(code or "", "")


def training(actor: Actor, training_id: str) -> dict[str, Any] | None:
    """One training, in words."""
    row = access.trainings_visible_to(actor).filter(pk=training_id).first()
    if row is None:
        return None
    formation, action, session = (row.record.get(part, {}) for part in ("formation", "action", "session"))
    place, certification = action.get("lieu-de-formation") or {}, formation.get("certification") or {}
    support = action.get("prise-en-charge") or {}
    rest = support.get("reste-a-charge-euros")
    spoken = row.reading.get("langue") or {}
    enrolled = (session.get("periode-inscription") or {}).get("fin")
    lines = (
        (_("Du"), html.long_day(row.starts_on)),
        (_("Au"), html.long_day(row.ends_on)),
        (_("Inscription jusqu'au"), html.long_day(date.fromisoformat(enrolled)) if enrolled else ""),
        (_("Organisme"), (formation.get("organisme-formation") or {}).get("nom")),
        (_("Lieu"), " ".join(filter(None, (place.get("codepostal"), place.get("commune"))))),
        (_("Certification"), " ".join(filter(None, (certification.get("code-RNCP"), certification.get("intitule"))))),
        (_("Niveau demandé"), formation.get("code-niveau-entree")),
        (_("Prérequis"), formation.get("prerequis")),
        (_("Rythme"), action.get("rythme-formation")),
        (_("Horaires"), action.get("horaires")),
        (_("Durée en heures"), action.get("duree-heures")),
        (_("Financeur"), support.get("financeur")),
        (_("Reste à payer"), html.euro(rest) if rest is not None else support.get("frais-restants")),
        (_("Places"), session.get("places-restantes")),
        (_("Français à l'oral"), spoken.get("cecrl-oral-min")),
        (_("Français à l'écrit"), spoken.get("cecrl-ecrit-min")),
        (_("Stage"), row.reading.get("stage-entreprise")),
    )
    return {
        "row": row,
        "lines": [html.Row(label, str(value)) for label, value in lines if value not in (None, "")],
        "content": formation.get("contenu-formation") or formation.get("objectif-formation") or "",
        "state": recruiting(session.get("etat-recrutement")),
    }
