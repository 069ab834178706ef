"""Small facts that the papers of this room print."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from jalon.access import Actor, Role
from jalon.directory.authorities import named_on
from jalon.journeys import access
from jalon.journeys.models import Decision
from jalon.people import access as people
from jalon.people.models import Dossier, Identity


def recipient(actor: Actor, decision: Decision) -> str | None:
    """Her civil name, for who may take it out of the file. The State's side does not read it: a line is left."""
    return civil_name(identity(actor, decision.dossier)) or None


def civil_name(data: Mapping[str, Any]) -> str:
    given = data.get("civil_given_name") or data.get("given_name") or ""
    return f"{given} {str(data.get('family_name') or '').upper()}".strip()


def exists(actor: Actor, decision: Decision) -> bool:
    return access.decisions_visible_to(actor).filter(pk=decision.pk).exists()


def association(decision: Decision, day: date) -> str:
    application = decision.application
    return named_on(application.prepared_by if application else decision.dossier.organisation_id, day)


def receipt(decision: Decision) -> str | None:
    return (decision.application.receipt_number or None) if decision.application else None


def identity(actor: Actor, dossier: Dossier) -> Mapping[str, Any]:
    """Her civil identity for who may take it out; the desk, for who reads it there."""
    action = "read" if actor.role == Role.ETR else "export"
    if actor.role in access.STATE_SIDE or not people.can(actor, dossier, "C1", action):
        return {}
    found = Identity.objects.filter(dossier=dossier.pk).first()
    return found.unseal() if found else {}


def birth(text: str) -> str:
    """12/05/1996, or the year alone when no more is known."""
    return "/".join(reversed(text.split("-")))
