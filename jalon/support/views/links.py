"""Where the file page leads: a link shows only when the page behind it would open."""

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from jalon.access import Actor, Role
from jalon.people import access as people
from jalon.people.models import Dossier

from ..reads.file import Page

# name of the page, compartment and action that it asks, French words, roles
PAGES = (
    ("support:thread", "C10", "read", _("Fil avec l'emploi"), (Role.REF, Role.EMP)),
    ("support:plan", "C10", "read", _("Plan commun"), (Role.REF, Role.EMP)),
    ("support:appointments", "C16", "read", _("Rendez-vous"), (Role.REF, Role.EMP, Role.MGR)),
    ("support:scale", "C10", "read", _("Points d'appui"), (Role.REF, Role.EMP)),
    ("support:placements", "C10", "read", _("Emploi et formation"), (Role.REF, Role.EMP)),
)


def of(actor: Actor, dossier: Dossier, page: Page) -> list[tuple[str, Any]]:
    """(address, words) of each page about this person that the actor may open."""
    return [
        (reverse(name, args=[dossier.pk]), words)
        for name, compartment, action, words, roles in PAGES
        if actor.role in roles and people.can(actor, dossier, compartment, action)
    ]
