"""The terms of conservation that the documents say: each is that of the code, dated where the law room keeps it.

The terms of a file are tested in their rooms (``people/tests/test_retention``, ``dossiers/tests/test_unused``,
``commissions/tests/test_holds``, ``space/tests/test_actions``); here, the backups, and what the documents say.
"""

import re
from datetime import UTC, timedelta
from pathlib import Path

from django.conf import settings

from jalon.commissions.models import Meeting
from jalon.config import backups, clock
from jalon.law import loader
from jalon.people.actions.retention import NOTICE_DAYS
from jalon.space.actions import UNUSED

POLICY = Path(__file__).resolve().parents[2] / "docs/policy.md"


def made(folder, days, *, ring=False, inside=True):
    """A backup, or a keyring, of so many days ago."""
    name = f"{(clock.machine() - timedelta(days=days)).astimezone(UTC):{backups.NAMED}}"
    place = folder / (f"{name}-keyring" if ring else name)
    place.mkdir()
    if inside:
        (place / (backups.RING if ring else backups.MANIFEST)).touch()
    return place


def test_backups_are_kept_thirty_five_days_and_keyrings_thirty(tmp_path):
    data, rings = tmp_path / "data", tmp_path / "rings"
    data.mkdir(), rings.mkdir()
    old, kept = made(data, 36), [made(data, 34), made(data, 0)]
    over, held = made(rings, 31, ring=True), [made(rings, 29, ring=True), made(rings, 0, ring=True)]
    foreign = [data / "jalon-2020-notes", made(data, 90, inside=False)]
    foreign[0].mkdir()
    assert backups.prune(data, rings) == (1, 1)
    assert not old.exists()
    assert not over.exists()
    assert all(place.exists() for place in (*kept, *held, *foreign))
    assert backups.prune(data, rings) == (0, 0)


def test_the_latest_backup_stays_whatever_its_age_and_zero_keeps_all(tmp_path, settings):
    only = made(tmp_path, 400)
    assert backups.prune(tmp_path) == (0, 0)
    settings.BACKUP_DAYS = 0
    made(tmp_path, 0)
    assert backups.prune(tmp_path) == (0, 0)
    assert only.exists()


def test_the_terms_that_the_policy_says_are_those_that_run():
    rows = re.findall(r"^\| ([^|]+) \| (\d+) (jours|mois|days|months) \|", POLICY.read_text(encoding="utf-8"), re.M)
    said = {what.strip(): (int(n), unit) for what, n, unit in rows}
    months = {
        "a file, after the last contact": "active_months",
        "a first contact that nothing followed": "first_contact_months",
        "follow-up notes, after the closing": "notes_months",
        "a file (paper) that left with no request": "unused_files_months",
        "a session's copy that is held, at most": "session_copy_months",
    }
    assert said == {
        **{what: (loader.whole(f"retention.{key}"), "months") for what, key in months.items()},
        "places, after the end of the accommodation": (loader.whole("retention.places_days"), "days"),
        "notice before anything is erased": (NOTICE_DAYS, "days"),
        "a session's copy, after the meeting": (Meeting._meta.get_field("window_days").default, "days"),
        "her own space, unused": (UNUSED.days, "days"),
        "a backup": (settings.BACKUP_DAYS, "days"),
        "the keyring of a backup": (settings.KEYRING_DAYS, "days"),
    }
