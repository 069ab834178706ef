"""What the verbs share: sealing with the key at hand, the trail, text that may not be empty."""

from typing import Any, TypeVar

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from jalon import journal
from jalon.access import Actor
from jalon.people.access import facts
from jalon.people.models import Dossier
from jalon.vault.classification import GROUP_OF
from jalon.vault.models import Sealed

Row = TypeVar("Row", bound=Sealed)


def seal(row: Sealed, dossier: Dossier, data: dict[str, Any]) -> None:
    """Seal with the key that the dossier's own query brought, else with the slot fetched now."""
    row.seal(data, getattr(dossier, f"key_{GROUP_OF[row.compartment]}", None))


def trail(actor: Actor, verb: str, dossier: Dossier, row: Sealed, compartment: str = "") -> None:
    relation = facts(actor, dossier).relation if hasattr(dossier, "assignment_kind") else ""
    journal.record(
        actor,
        verb,
        dossier,
        compartment=compartment or row.compartment,
        relation=relation,
        sealed=[row],
        objects=[row.pk],
    )


def made(model: type[Row], dossier: Dossier, pk: str) -> Row | None:
    """What the same page, sent a moment before, has already made."""
    return model._default_manager.filter(dossier=dossier, pk=pk).first() if pk else None


def written(text: str, field: str = "text") -> str:
    if not text.strip():
        raise ValidationError({field: _("Ce champ est obligatoire : écrivez votre réponse.")})
    return text.strip()
