"""What the records of a file said before somebody wrote them over."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core.paginator import Page

from jalon.access import Actor
from jalon.directory import reads as directory
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
    found = paging.page(access.formers_visible_to(actor, dossier), number)
    found.object_list = _versions(list(found.object_list), {})
    return found


def former_of(actor: Actor, dossier: Dossier, word: str, about: str, number: int = 1) -> tuple[str, Page]:
    """The compartment of this record and what it said before, latest first, by page; Hidden, or Refused as itself."""
    item = access.require_former(actor, dossier, word, about)
    found = paging.page(kept.of_file(actor, dossier).filter(about=about, part=item.compartment), number)
    rows = list(found.object_list)
    key = keys.fetch(dossier.pk, item.key_group) if rows else None
    found.object_list = _versions(rows, {row.pk: copies.lines_of(item, formers.said(row, key)) for row in rows})
    return item.compartment, found


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
