"""What the records of a file said before somebody wrote them over."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.apps import apps
from django.core.paginator import Page

from jalon.access import Actor, Hidden
from jalon.directory import reads as directory
from jalon.people import access as people
from jalon.people import formers as kept
from jalon.people import wording
from jalon.people.models import Dossier
from jalon.ui import paging
from jalon.vault import formers, keys
from jalon.vault.models import Former

from .. import access, copies
from ..words import TITLES


@dataclass(frozen=True)
class Version:
    """One record as it was, until when and by whom it was replaced; its words on its own page only."""

    title: str
    word: str
    about: str
    until: datetime
    by: str
    part: str
    lines: list[tuple[str, str]]


def former_of_file(actor: Actor, dossier: Dossier, number: int = 1) -> Page:
    """What was written over in this file, among what this actor reads: no word of it; a page."""
    rows = kept.of_file(actor, dossier)
    seen = kept.readable(actor, dossier, rows.order_by().values_list("part", flat=True).distinct())
    found = paging.page(rows.filter(part__in=[part for part in seen if _shared(actor, dossier, part)]), number)
    found.object_list = _versions(list(found.object_list), {})
    return found


def former_of(actor: Actor, dossier: Dossier, word: str, about: str, number: int = 1) -> tuple[str, Page]:
    """The compartment of this record and what it said before, latest first, by page; Hidden, or Refused as itself."""
    label = kept.BY_WORD.get(word, "")
    item = apps.get_model(label)._base_manager.filter(pk=about).first() if label else None
    if item is None or item.key_owner != dossier.pk:
        raise Hidden
    if people.role_on(actor, dossier) not in kept.RECORDS[label].readers:
        raise Hidden
    people.require(actor, dossier, item.compartment, "read")
    if not _shared(actor, dossier, item.compartment):
        raise Hidden
    found = paging.page(kept.of_file(actor, dossier).filter(about=about, part=item.compartment), number)
    rows = list(found.object_list)
    key = keys.fetch(dossier.pk, item.key_group) if rows else None
    found.object_list = _versions(rows, {row.pk: copies.lines_of(item, formers.said(row, key)) for row in rows})
    return item.compartment, found


def _shared(actor: Actor, dossier: Dossier, part: str) -> bool:
    """What both sides write is the agency's to read while she shares her project."""
    return part != "C10" or access.shares_project(actor, dossier)


def _versions(rows: list[Former], words: dict[str, Any]) -> list[Version]:
    users = directory.users_named(sorted({row.replaced_by for row in rows if row.replaced_by})) if rows else {}
    return [
        Version(
            str(TITLES.get(row.model, "")) or wording.compartment(row.part),
            kept.RECORDS[row.model].word,
            row.about,
            row.replaced_at,
            users[row.replaced_by].name if row.replaced_by in users else "",
            row.part,
            words.get(row.pk, []),
        )
        for row in rows
    ]
