"""The one verb of this room. The caller has asked its own predicate: this room knows no right on a person."""

import hashlib
from collections.abc import Callable, Collection, Mapping
from contextlib import AbstractContextManager, nullcontext
from typing import Any, NamedTuple

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from jalon import journal
from jalon.access import Actor, Refused
from jalon.config import clock
from jalon.ui.errors import Conflict

from . import engine, vocabulary
from .models import Paper

TRIES = 5
# How the lines of other houses are read and written, where a wall stands between them: said by the room that builds it.
across: Callable[[], AbstractContextManager[None]] = nullcontext


class Made(NamedTuple):
    """A paper and its bytes, which nobody keeps."""

    paper: Paper
    content: bytes


@transaction.atomic
def make_paper(
    actor: Actor,
    kind: str,
    version: int,
    context: Mapping[str, Any],
    *,
    language: str = "fr",
    about: str = "",
    dossier: Any = None,
    organisation_id: str = "",
    department: str = "",
    compartment: str = "",
    copy_for: str = "",
    names: Collection[str] = (),
) -> Made:
    """Number, render, keep the fingerprint, journal. Made again from the same facts, it is the same paper.

    ``about`` is the object it is drawn from. ``department`` numbers the papers of the State, ``organisation_id`` those
    of an association. ``copy_for`` marks the reader's copy in its footer: role and initials; such a copy has its own
    number for each reader. ``names``: of the services that a paper for a third party must not name. Raises Refused
    when a character has no glyph, or when such a paper would tell.
    """
    chosen = engine.get(kind, version)
    if chosen.outward and (words := vocabulary.found([*vocabulary.strings(context), copy_for], names)):
        raise Refused(
            _("Ce papier part chez un tiers : il ne peut pas porter « %(words)s ».") % {"words": " », « ".join(words)}
        )
    organisation_id, reader = organisation_id or actor.organisation_id, actor.user_id if copy_for else ""
    place = department or organisation_id
    with across():  # a sequence has the papers of several houses
        same = Paper.objects.filter(
            kind=kind, version=version, language=language, about=about, place=place, reader=reader
        )
        for before in same.order_by("-year", "-number")[:1] if about else ():
            content = _render(chosen, context, language, before, copy_for)
            if hashlib.sha256(content).hexdigest() == before.sha256:
                journal.record(actor, "make_paper", dossier, compartment=compartment, purpose=kind, objects=[before.pk])
                return Made(before, content)
        paper = Paper(
            kind=kind,
            version=version,
            language=language,
            year=clock.today().year,
            place=place,
            organisation_id=organisation_id,
            department=department,
            about=about,
            dossier=dossier.pk if dossier is not None else "",
            reader=reader,
            made_on=clock.today(),
            made_by_id=actor.user_id,
        )
        content = _number(paper, chosen, context, copy_for)
        journal.record(actor, "make_paper", dossier, compartment=compartment, purpose=kind, objects=[paper.pk])
        return Made(paper, content)


def _number(paper: Paper, template: engine.Template, context: Mapping[str, Any], copy_for: str) -> bytes:
    """The next number of its sequence; two papers may be made at the same time."""
    taken = Paper.objects.filter(kind=paper.kind, year=paper.year, place=paper.place).order_by("-number")
    for _attempt in range(TRIES):
        paper.number = (taken.values_list("number", flat=True).first() or 0) + 1
        content = _render(template, context, paper.language, paper, copy_for)
        paper.sha256 = hashlib.sha256(content).hexdigest()
        try:
            with transaction.atomic():
                paper.save(force_insert=True)
            return content
        except IntegrityError:
            continue
    raise Conflict(_("Plusieurs papiers se font en même temps. Réessayez."))


def _render(template: engine.Template, context: Mapping[str, Any], language: str, paper: Paper, copy: str) -> bytes:
    footer = {"number": paper.label, "made_on": paper.made_on, "copy": copy}
    try:
        return engine.render(template.code, template.version, context, language, footer)
    except engine.Undisplayable as error:
        raise Refused(
            _("Le caractère « %(character)s » ne peut pas être imprimé. Écrivez ce mot en lettres latines.")
            % {"character": error.character}
        ) from None


@transaction.atomic
def forget_papers(actor: Actor, dossier: Any) -> int:
    """The file is erased: its papers keep their numbers, so that no sequence has a hole, and nothing that leads to her.

    A fingerprint could still confirm a guess at the words of a letter: it goes too.
    """
    rows = Paper.objects.filter(dossier=dossier.pk)
    with across():  # some are the State's
        count = rows.update(dossier="", about="", reader="", sha256="")
    if count:
        journal.record(actor, "forget_papers", dossier, count=count)
    return count
