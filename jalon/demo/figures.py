"""The figures of the world ``story``, from the reads of the screens. The end of the Gard's life is told in a copy."""

import sqlite3
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any

from django.db import connection

from jalon.config import clock
from jalon.dossiers.states import Kind
from jalon.journeys import reads as journeys
from jalon.journeys.models import Permit
from jalon.journeys.states import PermitKind
from jalon.law import money
from jalon.people.models import Dossier, Identity
from jalon.reporting import reads
from jalon.reporting.access import COUNTRY, Scope
from jalon.vault import keys

from . import folder
from .folder import Mark

GARD, YEAR, TOLD = "30", 2019, "30-2019-001"
END = date(2022, 12, 31)  # every pathway of the Gard has ended


def figures(data: Path, mark: Mark) -> dict[str, Any]:
    """Figures dated on the days of the accounts from the served database, those of whole lives from its copy."""
    if mark.world != "story":
        return {}
    day, anchor = (date.fromisoformat(folder.day_of(mark, department)) for department in (GARD, ""))
    found = {"gard_2019": _on_the_day(day), f"gard_on_{day:%Y_%m_%d}": _running(day)}
    found |= {**_live(anchor), **_totals(anchor)}
    with told_to_the_end(data, mark):
        found["gard_2019"] |= _whole_lives(day)
    return found


@contextmanager
def told_to_the_end(data: Path, mark: Mark) -> Iterator[None]:
    """The served database copied, and in the copy the Gard lives on. Made once, then found again."""
    full, part = data / folder.FULL, data / f"{folder.FULL}.part"
    if not full.exists():
        _copy(data / folder.DATABASE, part)
        with _connected(part):
            from .story import live_on

            live_on(mark)
            with connection.cursor() as cursor:
                cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        part.replace(full)
    with _connected(full):
        yield


def _copy(source: Path, target: Path) -> None:
    target.unlink(missing_ok=True)
    with sqlite3.connect(source) as served, sqlite3.connect(target) as copy:
        served.backup(copy)
    served.close()
    copy.close()


@contextmanager
def _connected(database: Path) -> Iterator[None]:
    served = connection.settings_dict["NAME"]
    connection.close()
    connection.settings_dict["NAME"] = str(database)
    try:
        yield
    finally:
        connection.close()
        connection.settings_dict["NAME"] = served


# --- the Gard ---------------------------------------------------------------------------------------------------
def _cohort() -> list[Dossier]:
    """Those for whom the association of the Gard asked to enter in 2019, wherever they live now."""
    return list(reads.cohort(Scope(department=GARD), YEAR).order_by("number"))


def _on_the_day(day: date) -> dict[str, Any]:
    with clock.at(day):
        shown = reads.steering(Scope(department=GARD), YEAR, str(Kind.ENGAGEMENT))
        cohort = _cohort()
        told = journeys.afis(next(dossier for dossier in cohort if dossier.number == TOLD), day)
        return {
            "requests": shown.requests,
            "accepted": shown.results[reads.ACCEPTED],
            "refused": shown.results[reads.REFUSED],
            "acceptance_rate": round(shown.rate or 0.0, 4),
            "first_period_start_dates": reads.first_starts(cohort),
            "afis_paid_by_2020_02_20_eur": _received(cohort, day),
            "alize_first_two_afis_late_days": [month.late_days for month in told.months[:2]],
        }


def _whole_lives(day: date) -> dict[str, Any]:
    with clock.at(END):
        cohort = _cohort()
        names = aliases(cohort)
        late = journeys.late_months(cohort, day)
        told = next(dossier for dossier in cohort if dossier.number == TOLD)
        return {
            "afis_eligible": reads.with_afis(cohort),
            "with_residence_permit": reads.with_permit(cohort),
            "afis_total_all_periods_eur": _received(cohort, END),
            "afis_late_on_2020_02_20": {
                names[dossier.pk]: [f"{month:%Y-%m}" for month in late[dossier.pk]]
                for dossier in cohort
                if dossier.pk in late
            },
            "employment_or_qualification_at_exit": reads.in_work_at_exit(cohort),
            "alize_days_without_permit": journeys.permit_gaps(Permit.objects.filter(dossier=told, kind=PermitKind.APS)),
        }


def _received(cohort: list[Dossier], day: date) -> float:
    return float(money.total(journeys.afis(dossier, day).received for dossier in cohort))


def _running(day: date) -> dict[str, Any]:
    with clock.at(day):
        left = reads.days_left(Scope(department=GARD))
        return {"active": len(left), "days_left": left}


# --- the two other departments ----------------------------------------------------------------------------------
def _live(anchor: date) -> dict[str, Any]:
    active, left, pending, unfiled = {}, {}, [], []
    with clock.at(anchor):
        names = aliases(Dossier.objects.exclude(department=GARD), by="number")
        for department in sorted(set(Dossier.objects.values_list("department", flat=True)) - {GARD}):
            scope = Scope(department=department)
            here = reads.days_left(scope)
            active[department] = len(here)
            left |= {f"{number} {names[number]}": days for number, days in here.items()}
            pending += [f"{number} {names[number]}" for number in reads.decisions_pending(scope)]
            unfiled += [f"{number} {names[number]}" for number in reads.renewals_not_filed(scope)]
    return {
        "live_on_anchor": {
            "date": anchor.isoformat(),
            "active": active,
            "days_left": left,
            "decisions_pending": pending,
            "renewal_not_filed": unfiled,
        }
    }


def _totals(anchor: date) -> dict[str, Any]:
    with clock.at(anchor):
        departments = reads.dossiers_by_department(COUNTRY)
        results = reads.dossiers_by_result(COUNTRY)
    nationalities = Counter(identity["nationality"] for identity in identities(Dossier.objects.all()).values())
    return {
        "totals": {
            "dossiers": sum(departments.values()),
            "by_department": departments,
            "accepted": results[reads.ACCEPTED],
            "refused": results[reads.REFUSED],
            "nationalities": dict(sorted(nationalities.items())),
        }
    }


# --- identities: the demonstration opens those of its own invented persons -----------------------------------------
def identities(dossiers: Any) -> dict[str, dict[str, Any]]:
    """Dossier id → identity record."""
    rows = keys.with_key(Identity.objects.filter(dossier__in=dossiers), "G1", owner="dossier_id")
    return {row.dossier_id: row.unseal(row.key_G1) for row in rows}


def aliases(dossiers: Any, by: str = "pk") -> dict[str, str]:
    """Alias by dossier id, or by file number."""
    known = identities(dossiers)
    rows = dossiers if isinstance(dossiers, list) else list(dossiers)
    return {getattr(row, by): known[row.pk]["alias"] for row in rows if row.pk in known}
