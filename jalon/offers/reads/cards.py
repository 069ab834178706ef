"""One service: the national record in words, what we know of it with its age, and what may be done here."""

import re
from datetime import date, timedelta
from typing import Any, NamedTuple

from django.db.models import Q, QuerySet, Value
from django.utils.translation import gettext as _

from jalon.access import Actor
from jalon.config import clock
from jalon.directory import reads as directory
from jalon.people.languages import LANGUAGES
from jalon.ui import html
from jalon.vault import keys

from .. import access
from ..inclusion import said
from ..models import Service, ServiceFact
from ..states import WORDS, Fact

TRUSTED_FOR = timedelta(days=182)  # six months, then the card is to be checked again


class FactRow(NamedTuple):
    label: str
    value: str
    detail: str
    old: bool


class Card(NamedTuple):
    """``place`` is empty when the address is confidential: then no screen tells it."""

    service: Service
    standing: Any
    record: list[html.Row]
    facts: list[FactRow]
    owner: str
    can_keep: bool
    mine: bool


def last_seen(service: Service) -> date:
    """The latest day on which somebody vouched for the card: its publisher, or one of us."""
    return max(service.updated_on, service.checked_on or service.updated_on)


def is_old(day: date) -> bool:
    return day < clock.today() - TRUSTED_FOR


def old(rows: QuerySet[Service]) -> QuerySet[Service]:
    """Those of some services that are to be checked again: ``is_old`` said to the database."""
    limit = clock.today() - TRUSTED_FOR
    return rows.filter(Q(checked_on__isnull=True) | Q(checked_on__lt=limit), updated_on__lt=limit)


def standing(service: Service) -> Any:
    """« À revérifier » after six months; computed, never stored."""
    if is_old(last_seen(service)):
        return html.state("warn", _("à revérifier"))
    return html.state("ok", _("à jour"))


def card(actor: Actor, service_id: str) -> Card | None:
    """Three statements: the service with its structure, its facts, the names of those who noted them."""
    rows = access.services_visible_to(actor).select_related("structure")
    service = rows.filter(pk=service_id).first()
    if service is None:
        return None
    rows = keys.with_key(access.facts_visible_to(actor, service), "GS", owner=Value(keys.STAFF))
    facts = {row.fact: row for row in rows}
    people = {row.noted_by_id for row in facts.values()} | {service.owner_id}
    names = {pk: user.name for pk, user in directory.users_named(sorted(filter(None, people))).items()}
    hidden = Fact.ADDRESS in facts and facts[Fact.ADDRESS].value == "yes"
    shown = [_fact(facts[code], names) for code in Fact.values if code in facts]
    return Card(
        service=service,
        standing=standing(service),
        record=_record(service.record, service.structure.record, hidden),
        facts=shown,
        owner=names.get(service.owner_id or "", ""),
        can_keep=access.can_keep(actor, service),
        mine=service.owner_id == actor.user_id,
    )


def _record(record: dict[str, Any], structure: dict[str, Any], hidden: bool) -> list[html.Row]:
    """What the national record says, in words, the empty lines left out."""

    def either(name: str) -> str:
        return str(record.get(name) or structure.get(name) or "")

    fees = " – ".join(filter(None, (said("Frais", record.get("frais")), record.get("frais_precisions"))))
    publics = " – ".join(filter(None, (said("Public", record.get("publics")), record.get("publics_precisions"))))
    how = [said("ModeMobilisation", record.get("modes_mobilisation")), record.get("mobilisation_precisions")]
    hours = record.get("volume_horaire_hebdomadaire")
    found = (
        (_("Besoins"), said("Thematique", record.get("thematiques"))),
        (_("Pour qui"), publics),
        (_("Conditions"), record.get("conditions_acces")),
        (_("Frais"), fees),
        (_("Modes d'accueil"), said("ModeAccueil", record.get("modes_accueil"))),
        (_("Heures par semaine"), html.number(hours) if hours else ""),
        (_("Semaines"), record.get("nombre_semaines")),
        (_("Qui s'adresse au service"), said("PersonneMobilisatrice", record.get("mobilisable_par"))),
        (_("Comment"), " – ".join(filter(None, how))),
        (_("Téléphone"), html.phone(either("telephone"))),
        (_("Courriel"), either("courriel")),
        (_("Adresse"), _("confidentielle : demandez-la à la structure") if hidden else _address(record)),
        (_("Horaires"), hours_of(either("horaires_accueil"))),
    )
    return [html.Row(label, str(value)) for label, value in found if value]


DAYS = {"Mo": "lun.", "Tu": "mar.", "We": "mer.", "Th": "jeu.", "Fr": "ven.", "Sa": "sam.", "Su": "dim."}


def hours_of(said: str) -> str:
    """Opening hours as OpenStreetMap writes them, in words when they are simple; else as they came."""
    plain = re.sub(r"PH off", "fermé les jours fériés", said)
    plain = re.sub(r"\b(Mo|Tu|We|Th|Fr|Sa|Su)\b", lambda found: DAYS[found[1]], plain)
    if re.search(r"[A-Z]{2}|[A-Z][a-z]|\[", plain):
        return said
    return re.sub(r"\s*([,;])\s*", r"\1 ", plain).replace("; ", " ; ").strip(" ;")


def _address(record: dict[str, Any]) -> str:
    town = " ".join(filter(None, (record.get("code_postal"), record.get("commune"))))
    return ", ".join(filter(None, (record.get("adresse"), record.get("complement_adresse"), town)))


def _fact(row: ServiceFact, names: dict[str, str]) -> FactRow:
    by = names.get(row.noted_by_id or "", "")
    detail = _("noté le %(day)s") % {"day": html.day(row.noted_on)}
    return FactRow(str(Fact(row.fact).label), value_of(row), f"{detail}, {by}" if by else detail, is_old(row.noted_on))


def value_of(row: ServiceFact) -> str:
    """A fact in words."""
    if row.fact in WORDS:
        return str(WORDS[row.fact].get(row.value, row.value))
    if row.fact == Fact.LANGUAGES:
        return ", ".join(str(LANGUAGES.get(code, code)) for code in row.value.split())
    if row.fact == Fact.TRAINED:
        return html.day(date.fromisoformat(row.value))
    return row.kept(getattr(row, "key_GS", None))


def noted(actor: Actor, service: Service) -> dict[str, str]:
    """The facts that this actor may change, as they stand."""
    return {row.fact: row.kept() for row in access.facts_visible_to(actor, service)}
