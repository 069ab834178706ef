"""Organisations and their names through time."""

from datetime import date, timedelta

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from jalon import journal
from jalon.access import SYSTEM, Actor, Refused
from jalon.config import clock

from ..models import Kind, Organisation, OrganisationName


def require_role(actor: Actor, *roles: str) -> None:
    """One of these roles, or the loader."""
    if actor != SYSTEM and actor.role not in roles:
        raise Refused(_("Votre fonction ne permet pas cela."))


@transaction.atomic
def register_organisation(
    actor: Actor, *, kind: str, name: str, department: str = "", id: str | None = None
) -> Organisation:
    """A new organisation under its present name."""
    require_role(actor, "OPS", "SEC", "ADM", "MGR")
    organisation = Organisation(kind=Kind(kind), department=department, **({"id": id} if id else {}))
    organisation.created_at = clock.now()
    organisation.full_clean()
    organisation.save(force_insert=True)
    OrganisationName.objects.create(organisation=organisation, name=name)
    journal.record(actor, "register_organisation", objects=[organisation.pk])
    return organisation


@transaction.atomic
def rename_organisation(actor: Actor, organisation: Organisation, *, name: str, starts_on: date) -> Organisation:
    """A new name from ``starts_on``; acts dated before keep the former one."""
    require_role(actor, "OPS", "SEC")
    present = organisation.names.select_for_update().filter(ends_on=None).first()
    if present is not None:
        if present.starts_on is not None and starts_on <= present.starts_on:
            raise ValidationError({"starts_on": _("Le nom actuel commence plus tard. Indiquez une date postérieure.")})
        present.ends_on = starts_on - timedelta(days=1)
        present.save(update_fields=["ends_on"])
    OrganisationName.objects.create(organisation=organisation, name=name, starts_on=starts_on)
    journal.record(actor, "rename_organisation", objects=[organisation.pk])
    return organisation
