"""What an import changes: a plan made beforehand, shown by a dry run, then applied in one transaction."""

from collections.abc import Iterable
from datetime import date
from typing import Any, NamedTuple

from django.db import transaction

from jalon import journal
from jalon.access import Actor
from jalon.config import clock

from .. import inclusion, lheo, rome
from ..models import Occupation, RomeVersion, Service, SourceFetch, Structure, Training, TravelTable
from ..plan import Plan, Record, compare
from ..states import Source
from .fetches import BATCH, require_job


# --- trainings ------------------------------------------------------------------------------------------------
def plan_trainings(source: str, read: dict[str, Record]) -> Plan:
    """What the file would change among the trainings of the same source. Reads only."""
    known = {row.number: row.record for row in Training.objects.filter(source=source, gone_on=None)}
    return compare(known, {number: _published(record) for number, record in read.items()})


def _published(record: Record) -> Record:
    """What the catalogue says, without what a person read in it."""
    return {part: {k: v for k, v in fields.items() if (part, k) not in READ} for part, fields in record.items()}


READ = frozenset(lheo.READ_BY_A_PERSON)


@transaction.atomic
def import_trainings(actor: Actor, source: str, read: dict[str, Record], *, whole: bool = False) -> Plan:
    """Keep the trainings of a file. ``whole``: the file holds them all, so those that it lacks are gone."""
    require_job(actor)
    plan = plan_trainings(source, read)
    before = {row.number: row.reading for row in Training.objects.filter(source=source)}
    rows = [_training(source, number, read[number], before.get(number, {})) for number in read]
    Training.objects.bulk_create(
        rows,
        batch_size=BATCH,
        update_conflicts=True,
        unique_fields=["source", "number"],
        update_fields=["department", "title", "starts_on", "ends_on", "record", "reading", "seen_at", "gone_on"],
    )
    if whole:
        Training.objects.filter(source=source, number__in=plan.absent).update(gone_on=clock.today())
    journal.record(actor, "import_trainings", count=len(rows))
    return plan


def _training(source: str, number: str, record: Record, before: dict[str, Any]) -> Training:
    session, place = record["session"], record["action"].get("lieu-de-formation") or {}
    period = session.get("periode") or {}
    now_read = {name: record[part].get(name) for part, name in lheo.READ_BY_A_PERSON}
    return Training(
        source=source,
        number=number,
        department=place.get("departement") or (place.get("code-INSEE-commune") or "")[:2],
        title=record["formation"]["intitule-formation"],
        starts_on=_day(period.get("debut")),
        ends_on=_day(period.get("fin")),
        record=_published(record),
        reading={name: value if value is not None else before.get(name) for name, value in now_read.items()},
        seen_at=clock.now(),
    )


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


# --- ROME -----------------------------------------------------------------------------------------------------
@transaction.atomic
def import_rome(actor: Actor, release: rome.Release) -> RomeVersion:
    """Keep a release beside the former ones; imported again, it is replaced."""
    require_job(actor)
    RomeVersion.objects.filter(version=release.version).delete()
    version = RomeVersion.objects.create(version=release.version, published_on=release.published_on)
    Occupation.objects.bulk_create(
        [
            Occupation(
                version=version,
                code=entry.code,
                label=entry.label,
                parent=entry.parent,
                regulated=entry.regulated,
                names=entry.names,
                moves=entry.moves,
            )
            for entry in release.entries.values()
        ],
        batch_size=BATCH,
    )
    journal.record(actor, "import_rome", count=len(release.entries), objects=[release.version])
    return version


# --- travel times ---------------------------------------------------------------------------------------------
@transaction.atomic
def import_travel(actor: Actor, department: str, record: Record) -> TravelTable:
    """Keep the table of a department, read once before: a table that the matcher refuses is not kept."""
    from ..matching import travel  # a server starts without the rules of the matcher

    require_job(actor)
    travel.read(record)
    row, _made = TravelTable.objects.update_or_create(
        department=department, defaults={"record": record, "imported_at": clock.now()}
    )
    journal.record(actor, "import_travel", objects=[department], count=len(record.get("liaisons") or ()))
    return row


# --- structures and services ----------------------------------------------------------------------------------
class CataloguePlan(NamedTuple):
    structures: Plan
    services: Plan

    @property
    def moves(self) -> bool:
        return self.structures.moves or self.services.moves


def plan_catalogue(read: inclusion.Catalogue) -> CataloguePlan:
    """What the records would change among those of the same sources. Reads only."""
    sources = {record["source"] for record in (*read.structures.values(), *read.services.values())}
    return CataloguePlan(
        compare(_records(Structure.objects.filter(source__in=sources, gone_on=None)), read.structures),
        compare(_records(Service.objects.filter(source__in=sources, gone_on=None)), read.services),
    )


def _records(rows: Iterable[Structure | Service]) -> dict[str, Record]:
    return {row.number: row.record for row in rows}


@transaction.atomic
def import_catalogue(actor: Actor, read: inclusion.Catalogue, *, whole: bool = False) -> CataloguePlan:
    """Keep the structures and services of a file; what we noted of a service, its owner and its check stay.

    ``whole``: the file holds all that its sources publish, so what it lacks is gone.
    """
    require_job(actor)
    plan = plan_catalogue(read)
    _keep(read)
    if whole:
        for model, part in ((Structure, plan.structures), (Service, plan.services)):
            model.objects.filter(number__in=part.absent).update(gone_on=clock.today())  # type: ignore[attr-defined]
    journal.record(actor, "import_catalogue", count=len(read.structures) + len(read.services))
    return plan


@transaction.atomic
def mirror_catalogue(actor: Actor, department: str, read: inclusion.Catalogue) -> SourceFetch:
    """Keep the answer of a night for a department; the services that were mirrored and are no more there are gone."""
    require_job(actor)
    here = Service.objects.filter(department=department, gone_on=None, mirrored=True)
    before = set(here.values_list("number", flat=True))
    _keep(read, department, mirrored=True)
    gone = sorted(before - set(read.services) - read.refused)  # one that is spoilt today is not gone
    here.filter(number__in=gone).update(gone_on=clock.today())
    row = SourceFetch.objects.create(
        source=Source.SERVICES,
        department=department,
        asked_at=clock.now(),
        total=len(read.services),
        added=len(set(read.services) - before),
        gone=len(gone),
        complete=not read.problems,
    )
    journal.record(actor, "mirror_catalogue", count=len(read.services), objects=[row.pk])
    return row


def _keep(read: inclusion.Catalogue, department: str = "", *, mirrored: bool = False) -> None:
    Structure.objects.bulk_create(
        [
            Structure(
                source=record["source"],
                number=number,
                department=department or inclusion.department(record),
                name=record["nom"],
                record=record,
                updated_on=_day(record["date_maj"]),
            )
            for number, record in read.structures.items()
        ],
        batch_size=BATCH,
        update_conflicts=True,
        unique_fields=["number"],
        update_fields=["source", "department", "name", "record", "updated_on", "gone_on"],
    )
    wanted = {record["structure_id"] for record in read.services.values()}
    of = {row.number: row for row in Structure.objects.filter(number__in=wanted)}
    Service.objects.bulk_create(
        [_service(of[record["structure_id"]], record, department, mirrored) for record in read.services.values()],
        batch_size=BATCH,
        update_conflicts=True,
        unique_fields=["number"],
        update_fields=[
            "structure", "source", "department", "name", "commune", "needs", "record", "updated_on", "gone_on",
            "mirrored",
        ],
    )  # fmt: skip


def _service(structure: Structure, record: Record, department: str, mirrored: bool) -> Service:
    return Service(
        structure=structure,
        source=record["source"],
        number=record["id"],
        department=department or inclusion.department(record, structure.department),
        name=record["nom"],
        commune=record.get("code_insee", ""),
        needs="|" + "".join(f"{need}|" for need in record.get("thematiques", ())),
        record=record,
        updated_on=_day(record["date_maj"]),
        mirrored=mirrored,
    )
