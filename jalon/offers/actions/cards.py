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
from jalon.vault import keys

from .. import access, reads
from ..models import Service, ServiceFact
from ..states import COMPUTED, INSIDE, WORDS, Fact
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
    before = {fact.fact: fact for fact in access.facts_visible_to(actor, row)}
    said = {fact: kept.kept() for fact, kept in before.items() if fact in values}
    changed = {fact: value for fact, value in values.items() if said.get(fact, "") != value}
    if not changed:
        return row
    noted = [_noted(actor, row, before.get(fact), fact, value) for fact, value in changed.items() if value]
    gone = [before[fact] for fact, value in changed.items() if not value]
    row.revision += 1
    row.save(update_fields=["revision"])
    sealed = [fact for fact in noted if fact.sealed]
    dropped = [fact for fact in gone if fact.sealed]
    journal.record(actor, "note_facts", objects=[row.pk], count=len(changed), sealed=sealed, gone=dropped)
    row.facts.filter(pk__in=[fact.pk for fact in gone]).delete()
    return row


def _noted(actor: Actor, service: Service, known: ServiceFact | None, fact: str, value: str) -> ServiceFact:
    """One fact, in clear when it is a code, sealed when it names somebody."""
    whose = actor.organisation_id if fact in INSIDE else None
    row = known or ServiceFact(service=service, fact=fact, organisation_id=whose)
    row.noted_on, row.noted_by_id = clock.today(), actor.user_id
    if fact == Fact.CONTACT:
        row.seal({"value": value}, keys.ensure(keys.STAFF, "GS")["GS"])
    else:
        row.value = value
    row.save(force_insert=known is None)
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
