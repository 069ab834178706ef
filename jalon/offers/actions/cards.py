"""What a professional does on a card: check it, keep it, note what the national record cannot say."""

from collections.abc import Mapping
from datetime import date

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from jalon import journal
from jalon.access import Actor, Refused
from jalon.config import clock
from jalon.notices import actions as notices
from jalon.people.languages import LANGUAGES
from jalon.ui.errors import Conflict

from .. import access, reads
from ..models import Service, ServiceFact
from ..states import COMPUTED, WORDS, Fact
from .fetches import require_job

MOST_DAYS, MOST_PLACES, MOST_LETTERS = 365, 999, 200


@transaction.atomic
def check_service(actor: Actor, service: Service) -> Service:
    """The card was checked with the structure today. Who checks a card that nobody keeps, keeps it."""
    row = _locked(actor, service)
    row.checked_on = clock.today()
    row.owner_id = row.owner_id or actor.user_id
    row.revision += 1
    row.save(update_fields=["checked_on", "owner", "revision"])
    journal.record(actor, "check_service", objects=[row.pk])
    return row


@transaction.atomic
def keep_service(actor: Actor, service: Service) -> Service:
    """From now on the actor keeps this card up to date."""
    row = _locked(actor, service)
    row.owner_id = actor.user_id
    row.revision += 1
    row.save(update_fields=["owner", "revision"])
    journal.record(actor, "keep_service", objects=[row.pk])
    return row


@transaction.atomic
def note_facts(actor: Actor, service: Service, values: Mapping[str, str], *, revision: int | None = None) -> Service:
    """Note facts of a service, each with its day and author; an empty value takes the fact away.

    Facts that do not change keep their age. Raises ValidationError by fact, Refused for one the actor does not read.
    """
    row = _locked(actor, service)
    if revision is not None and revision != row.revision:
        raise Conflict(_("Quelqu'un a enregistré une autre version pendant que vous écriviez."), revision=row.revision)
    if set(values) - set(access.facts_read(actor)) or set(values) & COMPUTED:
        raise Refused(_("Ce point n'est noté que par l'association."))
    wrong = {fact: said for fact, value in values.items() if value and (said := _wrong(fact, value))}
    if wrong:
        raise ValidationError(wrong)
    before = dict(row.facts.values_list("fact", "value"))
    changed = {fact: value for fact, value in values.items() if before.get(fact, "") != value}
    for fact, value in changed.items():
        if value:
            given = {"value": value, "noted_on": clock.today(), "noted_by_id": actor.user_id}
            ServiceFact.objects.update_or_create(service=row, fact=fact, defaults=given)
    row.facts.filter(fact__in=[fact for fact, value in changed.items() if not value]).delete()
    if changed:
        row.revision += 1
        row.save(update_fields=["revision"])
        journal.record(actor, "note_facts", objects=[row.pk], count=len(changed))
    return row


@transaction.atomic
def remind_owners(actor: Actor) -> int:
    """Tell, once for each, who keeps a card that nobody vouched for in six months. Returns the messages made."""
    require_job(actor)
    rows = reads.old(Service.objects.filter(gone_on=None, owner__isnull=False)).order_by("pk")
    told = 0
    for row in rows.iterator(chunk_size=500):
        since = reads.last_seen(row).isoformat()
        told += notices.queue(str(row.owner_id), "task", f"card:{row.pk}:{since}", actor=actor)
    return told


def _locked(actor: Actor, service: Service) -> Service:
    row = Service.objects.select_for_update().filter(pk=service.pk, gone_on=None).first()
    if row is None or not access.can_keep(actor, row):
        raise Refused(_("Cette fiche n'est pas de votre département."))
    return row


def _wrong(fact: str, value: str) -> str:
    if fact in WORDS:
        return "" if value in WORDS[fact] else _("Choisissez une réponse de la liste.")
    if fact == Fact.LANGUAGES:
        return "" if set(value.split()) <= set(LANGUAGES) else _("Choisissez des langues de la liste.")
    if fact == Fact.TRAINED:
        return _wrong_day(value)
    if fact in (Fact.ANSWER, Fact.PLACES):
        most = MOST_DAYS if fact == Fact.ANSWER else MOST_PLACES
        right = value.isascii() and value.isdecimal() and int(value) <= most
        return "" if right else _("Écrivez un nombre entre 0 et %(most)d.") % {"most": most}
    return "" if len(value) <= MOST_LETTERS else _("Écrivez au plus %(most)d caractères.") % {"most": MOST_LETTERS}


def _wrong_day(value: str) -> str:
    try:
        day = date.fromisoformat(value)
    except ValueError:
        return _("Écrivez une date comme 14/03/2026.")
    return _("Cette date est à venir.") if day > clock.today() else ""
