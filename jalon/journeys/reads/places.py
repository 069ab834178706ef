"""Where a dossier may go, where it came from, who takes over when an association is no longer approved."""

from datetime import date
from typing import NamedTuple

from django.core.paginator import Page
from django.db.models import OuterRef

from jalon.access import Actor
from jalon.config import clock as calendar
from jalon.directory import reads as directory
from jalon.directory.models import Accreditation, Organisation, name_subquery
from jalon.journeys.models import Transfer
from jalon.people import access as people
from jalon.people.models import Dossier, Identity
from jalon.people.states import Stage
from jalon.ui import paging


def called(dossier: Dossier, actor: Actor) -> str:
    """The alias for who accompanies her, the number for everybody else."""
    if actor.role == "REF" and people.can(actor, dossier, "C1", "read"):
        identity = Identity.objects.filter(dossier=dossier).first()
        return (identity.unseal().get("alias") if identity else "") or dossier.number
    return dossier.number


def transfers_of(dossier: Dossier) -> list[Transfer]:
    day = calendar.today()
    rows = Transfer.objects.filter(dossier=dossier, on__lte=day)
    return list(rows.annotate(to_label=name_subquery(OuterRef("to_organisation_id"), day)).order_by("on"))


class Place(NamedTuple):
    """Where a dossier may be transferred: an association approved in a department."""

    key: str
    organisation: Organisation
    department: str
    label: str


def places(dossier: Dossier) -> dict[str, Place]:
    found: dict[str, Place] = {}
    for row in directory.approved_on(calendar.today()):
        if row.organisation_id == dossier.organisation_id and row.department == dossier.department:
            continue
        label = f"{row.department} · {row.label}"  # type: ignore[attr-defined]
        found[row.pk] = Place(row.pk, row.organisation, row.department, label)
    return found


class Orphan(NamedTuple):
    """A running pathway whose association is not, or soon not, approved any more: by its number."""

    dossier: Dossier
    ends_on: date | None
    moves: bool


class Successors(NamedTuple):
    """The pathways of an association in a department that need another one, and those that may take over.

    ``until``: the last day on which the association is approved there; None when it is not any more.
    """

    until: date | None
    pathways: Page
    others: list[str]


def successors(actor: Actor, accreditation: Accreditation, number: int = 1) -> Successors:
    """What the end of an accreditation leaves behind: four queries. ``access`` of the directory gave the row."""
    today = calendar.today()
    organisation, department = accreditation.organisation_id, accreditation.department
    here = people.dossiers_visible_to(actor).filter(organisation=organisation, department=department)
    rows = here.filter(stage=Stage.PATHWAY, journey__exited_on=None).select_related("journey").order_by("number")
    known = [
        Orphan(row, row.journey.ends_on if hasattr(row, "journey") else None, people.can(actor, row, "C16", "edit"))
        for row in rows
        if people.can(actor, row, "C14", "exist")
    ]
    approved = directory.approved_on(today, department)
    others = sorted({row.label for row in approved if row.organisation_id != organisation})  # type: ignore[attr-defined]
    return Successors(directory.cover(organisation, department, today), paging.page(known, number), others)
