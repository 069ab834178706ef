"""What the matcher may know of one person, for this reader: her project and her wishes (C10), as she shares them."""

from datetime import date
from typing import Any, NamedTuple

from jalon.access import Actor, Role
from jalon.dossiers import reads as dossiers
from jalon.journeys.models import Journey
from jalon.people import access as people
from jalon.people import countries
from jalon.people.models import Dossier, Identity
from jalon.vault import keys

from .. import wishes
from ..models import TravelTable, Wishes
from .rights import work_right


class Subject(NamedTuple):
    """What the matcher knows of her, for this reader."""

    goal: str
    lines: dict[str, Any]
    profile: dict[str, Any]
    cap_on: date | None
    noted_on: date | None


def shared_items(actor: Actor, dossier: Dossier) -> list[str] | None:
    """What she lets this adviser's agency read; None for the association, which reads her whole project."""
    if actor.role != Role.EMP:
        return None
    share = people.shares_in_force(actor.organisation_id).filter(dossier=dossier).first()
    return list(share.unseal().get("what", [])) if share else []


def wishes_of(dossier: Dossier) -> Wishes | None:
    return keys.with_key(Wishes.objects.filter(dossier=dossier), "G1", owner="dossier_id").first()


def subject(actor: Actor, dossier: Dossier) -> Subject:
    """Her project (C10), as far as this actor may read it. The caller asked the matrix."""
    shared = shared_items(actor, dossier)
    project = dossiers.project_of(dossier.pk)
    row = wishes_of(dossier)
    lines = wishes.known(project, row.unseal(row.key_G1) if row else {}, shared)  # type: ignore[attr-defined]
    goal = str(project.get("goal") or "") if shared is None or wishes.PROJECT in shared else ""
    cap_on = Journey.objects.filter(dossier=dossier).values_list("cap_on", flat=True).first()
    data = identity_of(actor, dossier)
    country = countries.iso2(data.get("nationality") or "")
    right = work_right(dossier, country) if reads_permit(actor, dossier, shared) else None
    spoken = data.get("languages") or [] if shared is None or wishes.FRENCH in shared else []
    codes = [one["code"] if isinstance(one, dict) else one for one in spoken]
    profile = wishes.profile(
        dossier.pk,
        lines,
        goal=goal,
        until=cap_on,
        right=right.line if right else None,
        languages=[code for code in codes if isinstance(code, str)],
    )
    return Subject(goal, lines, profile, cap_on, row.noted_on if row else None)


def communes(department: str) -> list[tuple[str, str]]:
    """The communes of the travel table, by name: from where she may say that she leaves."""
    row = TravelTable.objects.filter(department=department).first()
    found = (row.record.get("communes") or {}) if row else {}
    return sorted(((code, str(one.get("nom", code)).title()) for code, one in found.items()), key=lambda pair: pair[1])


def identity_of(actor: Actor, dossier: Dossier) -> dict[str, Any]:
    """Her identity for who may read it (C1): her languages, and whether she needs a document to work."""
    row = Identity.objects.filter(dossier=dossier).first()
    return row.unseal() if row and people.can(actor, dossier, "C1", "read") else {}


def reads_permit(actor: Actor, dossier: Dossier, shared: list[str] | None) -> bool:
    """The end of her right to work: the association reads it in C7, the agency when she shares it."""
    return people.can(actor, dossier, "C7", "read") if shared is None else wishes.PERMIT in shared
