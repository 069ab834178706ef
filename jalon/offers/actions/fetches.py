"""What a night's asking changes: written at once, after the answer came whole."""

import logging
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db import transaction

from jalon import journal
from jalon.access import SYSTEM, Actor, Refused
from jalon.config import clock

from .. import withheld
from ..francetravail.shape import text, tidied
from ..models import Offer, SourceFetch
from ..states import CouldNotAsk, Source

log = logging.getLogger(__name__)
BATCH = 500
KEPT = ("title", "rome", "commune", "place", "contract", "published_at", "record", "withheld", "seen_at", "hidden_at")


def require_job(actor: Actor) -> None:
    """These verbs belong to the commands of the operator: no screen runs them."""
    if actor != SYSTEM:
        raise Refused("Cet acte appartient aux tâches de nuit.")


@transaction.atomic
def record_failure(actor: Actor, source: str, department: str, failure: CouldNotAsk) -> SourceFetch:
    """The source could not be asked: what is kept stays, and the screens say how old it is."""
    require_job(actor)
    row = SourceFetch.objects.create(
        source=source, department=department, asked_at=clock.now(), failure=failure.reason, complete=False
    )
    journal.record(actor, "record_failure", objects=[row.pk])
    log.warning("%s of %s could not be asked: %s", source, department, failure)
    return row


@transaction.atomic
def record_offers(
    actor: Actor,
    department: str,
    *,
    offers: Iterable[dict[str, Any]],
    gone: Iterable[str],
    total: int,
    complete: bool = True,
) -> SourceFetch:
    """Keep the offers of a department; hide those that France Travail says withdrawn, and drop their text."""
    require_job(actor)
    now = clock.now()
    rows = [_row(department, tidied(offer), now) for offer in offers]
    here = Offer.objects.filter(department=department)
    before = here.filter(hidden_at=None).count()
    Offer.objects.bulk_create(
        rows, batch_size=BATCH, update_conflicts=True, unique_fields=["department", "number"], update_fields=KEPT
    )
    hidden = here.filter(number__in=list(gone), hidden_at=None).update(hidden_at=now, record={}, title="")
    after = here.filter(hidden_at=None).count()
    row = SourceFetch.objects.create(
        source=Source.OFFERS,
        department=department,
        asked_at=now,
        total=total,
        added=after - before + hidden,
        gone=hidden,
        complete=complete,
    )
    journal.record(actor, "record_offers", count=len(rows), objects=[row.pk])
    return row


def _row(department: str, offer: dict[str, Any], now: datetime) -> Offer:
    return Offer(
        department=department,
        number=offer["id"],
        title=text(offer, "intitule")[:300],
        rome=text(offer, "romeCode")[:5],
        commune=text(offer, "lieuTravail", "commune")[:5],
        place=text(offer, "lieuTravail", "libelle")[:100],
        contract=text(offer, "typeContrat")[:12],
        published_at=_moment(text(offer, "dateCreation")),
        record=offer,
        withheld=withheld.words(offer),
        seen_at=now,
        hidden_at=None,
    )


def _moment(said: str) -> datetime | None:
    try:
        found = datetime.fromisoformat(said)
    except ValueError:
        return None
    return found if found.tzinfo else found.replace(tzinfo=clock.PARIS)
