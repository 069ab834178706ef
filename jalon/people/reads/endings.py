"""The end of a file, part by part: what is due, what would go, what went, what holds it."""

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.core.paginator import Page
from django.db.models import OuterRef, QuerySet, Subquery

from jalon.access import Actor
from jalon.config import clock
from jalon.law.retention import PARTS
from jalon.people import records
from jalon.people.access import accompanied, dossiers_visible_to, holds_in_force
from jalon.people.models import (
    Dossier,
    Erasure,
    ErasureConsent,
    LegalHold,
)
from jalon.people.states import Kept, Stage
from jalon.ui import paging
from jalon.vault.models import Former, KeySlot, SealedFile
from jalon.vault.reencryption import sealed_models


@dataclass(frozen=True)
class Erasable:
    """A closed file, or a part of it whose end is told: the day its keeping is looked at, who agreed to erase it."""

    dossier: Dossier
    part: str
    review_on: date
    consents: list[ErasureConsent] = field(default_factory=list)
    erasable_on: date | None = None
    held_until: date | None = None

    @property
    def due(self) -> bool:
        return self.review_on <= clock.today()

    @property
    def whole(self) -> bool:
        return self.part == Kept.FILE

    @property
    def words(self) -> str:
        return str(Kept(self.part).label)


def erasable(actor: Actor, number: int = 1) -> tuple[Page, list[Erasable]]:
    """Closed files of the organisation, oldest contact first, and their parts that go before; with the agreements.

    A page of files: each has one line, and one more for a part whose end is told.
    """
    held = holds_in_force().filter(dossier=OuterRef("pk")).order_by("-ends_on").values("ends_on")[:1]
    closed = (
        dossiers_visible_to(actor)
        .filter(stage=Stage.CLOSED)
        .annotate(held_until=Subquery(held), accompanied=accompanied())
    )
    found = paging.page(closed.order_by("last_contact_on", "id"), number)
    rows = found.object_list
    told = {
        (one.dossier_id, one.part): one.erasable_on for one in Erasure.objects.filter(dossier__in=rows, erased_on=None)
    }
    consents: dict[tuple[str, str], list[ErasureConsent]] = {}
    for consent in valid_consents().filter(dossier__in=rows).exclude(user=actor.user_id):
        consents.setdefault((consent.dossier_id, consent.part), []).append(consent)
    return found, [
        Erasable(row, part, end, consents.get((row.pk, part), []), told.get((row.pk, part)), row.held_until)
        for row in rows
        for part, end in records.ends(row).items()
        if part == Kept.FILE or (row.pk, part) in told
    ]


def endings(actor: Actor, dossier: Dossier) -> list[Erasable]:
    """What the manager may agree to erase of one closed file: the whole, and each part whose end is told."""
    told = dict(Erasure.objects.filter(dossier=dossier, erased_on=None).values_list("part", "erasable_on"))
    own = {row.part: [row] for row in consents(dossier) if row.user_id == actor.user_id}
    return [
        Erasable(dossier, part, end, own.get(part, []), told.get(part))
        for part, end in records.ends(dossier).items()
        if part == Kept.FILE or part in told
    ]


@dataclass(frozen=True)
class Preview:
    """What an erasure would destroy, counted before anything is."""

    keys: int
    records: int
    files: int


def preview(dossier: Dossier, part: str = Kept.FILE) -> Preview:
    slots = KeySlot.objects.filter(owner=dossier.pk).exclude(slot_type=KeySlot.SlotType.ERASED)
    copies = SealedFile.objects.filter(owner=dossier.pk)
    if part == Kept.FILE:
        written = [rows.exclude(sealed=b"").count() for rows in rows_of(dossier)]
    else:
        slots, copies = slots.filter(group=PARTS[part]), copies.filter(group=PARTS[part])
        written = [1 for rows in rows_of(dossier) for row in rows.exclude(sealed=b"") if row.key_group == PARTS[part]]
    return Preview(slots.count(), sum(written), copies.count())


def rows_of(dossier: Dossier) -> list[QuerySet[Any]]:
    """The sealed rows that hang to this file, one query set a table; last, what they said before."""
    return [
        *(
            model._base_manager.filter(dossier_id=dossier.pk)
            for model in sealed_models()
            if any(column.attname == "dossier_id" for column in model._meta.concrete_fields)
        ),
        Former._base_manager.filter(owner=dossier.pk),
    ]


def eliminations(actor: Actor, number: int = 1) -> Page:
    """The erased files of the organisation, the latest first, a page: numbers and dates, no name ever."""
    rows = Erasure.objects.filter(dossier__organisation=actor.organisation_id).exclude(erased_on=None)
    return paging.page(rows.select_related("dossier").order_by("-erased_on", "dossier__number", "pk"), number)


def hold(dossier: Dossier) -> tuple[LegalHold, dict[str, Any]] | None:
    """The hold in force and what it is for."""
    row = holds_in_force().filter(dossier=dossier).first()
    return (row, row.unseal()) if row else None


def valid_consents() -> QuerySet[ErasureConsent]:
    return ErasureConsent.objects.filter(expires_on__gte=clock.today()).select_related("user").order_by("given_at")


def consents(dossier: Dossier) -> list[ErasureConsent]:
    return list(valid_consents().filter(dossier=dossier))
