"""Where the file page leads: a link shows only when the page behind it would open."""

from functools import cache
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from jalon.access import Actor, Role
from jalon.access.gate import opens
from jalon.dossiers import access as requests
from jalon.people import access as people
from jalon.people.models import Dossier
from jalon.people.states import Stage

from .. import access
from ..reads.file import Page

# The pages about this person, by subject: name, compartment and action that it asks, words, roles.
SUBJECTS = (
    (
        _("Elle"),
        (
            ("people:identity", "C1", "read", _("Identité"), (Role.REF,)),
            ("people:contact", "C2", "read", _("Contact sûr"), (Role.REF,)),
            ("people:agreements", "C15", "read", _("Accords et partages"), (Role.REF, Role.MGR, Role.DPO)),
            ("people:requests", "C16", "create", _("Ses droits"), (Role.REF, Role.MGR)),
            ("space:desk", "C15", "read", _("Son espace"), (Role.REF, Role.DPO)),
        ),
    ),
    (
        _("Suivi"),
        (
            ("support:appointments", "C16", "read", _("Rendez-vous"), (Role.REF, Role.EMP, Role.MGR)),
            ("support:scale", "C10", "read", _("Points d'appui"), (Role.REF, Role.EMP)),
            ("people:assignments", "C16", "edit", _("Qui la suit"), (Role.REF, Role.MGR)),
            ("journeys:news", "C16", "read", _("Nouvelles après la sortie"), (Role.REF, Role.MGR)),
            ("people:trail", "C17", "read", _("Qui a consulté"), (Role.MGR,)),
            ("people:consent", "C16", "edit", _("Garder ou effacer"), (Role.MGR,)),
        ),
    ),
    (
        _("Emploi"),
        (
            ("support:thread", "C10", "read", _("Fil avec l'emploi"), (Role.REF, Role.EMP)),
            ("conventions:pair", "C16", "create", _("Binôme"), (Role.REF, Role.MGR)),
            ("support:plan", "C10", "read", _("Plan commun"), (Role.REF, Role.EMP)),
            ("support:placements", "C10", "read", _("Emploi et formation"), (Role.REF, Role.EMP)),
            ("offers:matches", "C10", "read", _("Correspondances"), (Role.REF, Role.EMP)),
            ("offers:person", "C11", "read", _("Orientations"), (Role.REF,)),
        ),
    ),
)
# Those that an adviser opens only when she shares her project.
PROJECT = {"support:plan", "support:scale", "support:placements", "offers:matches"}
# Those of a closed file only.
CLOSED = {"people:consent", "journeys:news"}
SAMPLE = "A" * 22


@cache
def _address(name: str) -> str:
    """The address of a page about a sample: twenty are made for each file shown."""
    return reverse(name, args=[SAMPLE])


def of(actor: Actor, dossier: Dossier, page: Page) -> dict[str, Any]:
    """The addresses of the file page, each asked of the same predicate as the page behind it."""

    def may(compartment: str, action: str) -> bool:
        return people.can(actor, dossier, compartment, action)

    def to(name: str) -> str:
        return _address(name).replace(SAMPLE, dossier.pk)

    def shows(page: tuple[Any, ...]) -> bool:
        name, compartment, action, _words, roles = page
        if name in CLOSED and dossier.stage != Stage.CLOSED:
            return False
        allowed = opens(roles, actor.role) and may(compartment, action)
        return allowed and (name not in PROJECT or access.shares_project(actor, dossier))

    def leads(page: tuple[Any, ...]) -> tuple[str, Any]:
        return to(page[0]), page[3]

    association = actor.role in access.ASSOCIATION
    pathway = page.clock is not None
    renewing = association and pathway and page.application is None and page.month and may("C12", "create")
    starting = page.application is None and dossier.stage == Stage.PREPARATION and requests.may_start(actor, dossier)
    return {
        "actions": _actions(to, page, association, "renew" if renewing else "start" if starting else ""),
        "contact": to("people:contact") if association and may("C2", "read") else "",
        "timeline": to("journeys:journey") if pathway and may("C14", "read") else "",
        "rights": to("journeys:rights") if association and may("C8", "read") else "",
        "decision": "/decisions/" if may("C14", "read") else "",
        "plan": to("support:plan") if may("C10", "read") and access.shares_project(actor, dossier) else "",
        "breakglass": to("people:breakglass") if actor.role == Role.MGR else "",
        "subjects": [(subject, open_) for subject, pages in SUBJECTS if (open_ := [*map(leads, filter(shows, pages))])],
    }


def _actions(to: Any, page: Page, association: bool, begin: str) -> list[tuple[str, Any]]:
    """At most two buttons at the top: what the file waits for."""
    found: list[tuple[str, Any]] = []
    if page.waiting:
        found.append((to("support:thread"), _("Répondre au message")))
    if association and page.application is not None:
        found.append((reverse("dossiers:application", args=[page.application.id]), _("Continuer la demande")))
    elif begin == "renew":
        found.append((to("journeys:renew"), _("Préparer le renouvellement")))
    elif begin == "start":
        found.append((to("dossiers:start"), _("Ouvrir une demande")))
    return found
