"""What she looks for, as she says it; her CV and letter, as she wants them read."""

import re
from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from jalon import journal
from jalon.access import Actor
from jalon.config import clock
from jalon.directory.models import OrganisationName
from jalon.journeys.models import Transfer
from jalon.papers import vocabulary
from jalon.people import access as people
from jalon.people.models import Dossier
from jalon.ui.errors import Conflict

from ..models import Resume, Wishes
from ..wishes import LINES

RESUME_FIELDS = (
    "name", "phone", "mail", "town", "title", "skills", "experiences", "trainings", "languages", "gap", "letter_to",
    "letter_object", "letter",
)  # fmt: skip


@transaction.atomic
def note_wishes(actor: Actor, dossier: Dossier, lines: Mapping[str, Any], *, revision: int | None = None) -> Wishes:
    """Note what she looks for. A line left empty is not known any more: it is asked again, never guessed."""
    people.require(actor, dossier, "C10", "edit")
    if set(lines) - set(LINES):
        raise ValueError("a line that the matcher does not know")
    least, most = lines.get("least"), lines.get("most")
    if least is not None and most is not None and least > most:
        raise ValidationError({"most": _("Le plus ne peut pas être inférieur au moins.")})
    row: Wishes = _open(Wishes, dossier, revision)
    row.noted_on = clock.today()
    row.seal({name: value for name, value in lines.items() if value not in (None, "", [])} | _said_none(lines))
    row.save()
    journal.record(actor, "note_wishes", dossier, compartment="C10", sealed=[row], objects=[row.pk])
    return row


def _said_none(lines: Mapping[str, Any]) -> dict[str, list[str]]:
    """« Aucune » is an answer: an empty list that was said, not left empty."""
    return {name: value for name, value in lines.items() if value == [] and name in ("zones", "diplomas")}


@transaction.atomic
def write_resume(actor: Actor, dossier: Dossier, fields: Mapping[str, str], *, revision: int | None = None) -> Resume:
    """Keep her CV and letter. A word that tells the pathway, or names who accompanies her, is refused at its field."""
    people.require(actor, dossier, "C10", "edit")
    if set(fields) - set(RESUME_FIELDS):
        raise ValueError("a field that the CV does not have")
    names = silent_names(dossier)
    told = {name: found for name, text in fields.items() if (found := vocabulary.found([text or ""], names))}
    if told:
        said = _("Un employeur lira ces mots. Enlevez « %(words)s ».")
        raise ValidationError({name: said % {"words": " », « ".join(found)} for name, found in told.items()})
    row: Resume = _open(Resume, dossier, revision)
    row.seal({name: text for name, text in fields.items() if text})
    row.save()
    journal.record(actor, "write_resume", dossier, compartment="C10", sealed=[row], objects=[row.pk])
    return row


def silent_names(dossier: Dossier) -> list[str]:
    """The names that no employer reads: of the associations that accompany or accompanied her, that word or not."""
    former = Transfer.objects.filter(dossier=dossier).values_list("from_organisation", flat=True)
    here = [dossier.organisation_id, *former]
    names = OrganisationName.objects.filter(organisation__in=here).values_list("name", flat=True)
    return [form for name in names for form in (name, re.sub(r"(?i)^association\s+", "", name)) if len(form) > 3]


def _open(model: Any, dossier: Dossier, revision: int | None) -> Any:
    row = model.objects.select_for_update().filter(dossier=dossier).first() or model(dossier=dossier)
    if revision is not None and revision != row.revision:
        raise Conflict(_("Quelqu'un a enregistré une autre version pendant que vous écriviez."), revision=row.revision)
    return row
