"""What ``jalon demo --figures`` prints is what the story expects, and comes from the database."""

import json
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

pytestmark = pytest.mark.xdist_group("demo-story")
EXPECTED = json.loads((Path(__file__).parent / "expected.json").read_text(encoding="utf-8"))
WORLD = json.loads((Path(__file__).parents[1] / "world.json").read_text(encoding="utf-8"))
CASES = [(part, name) for part in EXPECTED for name in EXPECTED[part]]
LAST = {"30": "2020-02-20", "34": "2026-11-23", "38": "2026-11-23"}


def rows(database, sql, *values):
    with closing(sqlite3.connect(database)) as connection:
        return connection.execute(sql, values).fetchall()


@pytest.mark.parametrize(("part", "name"), CASES)
def test_figure(story, part, name):
    assert story.figures[part][name] == EXPECTED[part][name]


def test_same_names_and_nothing_more(story):
    assert {part: set(values) for part, values in story.figures.items()} == {
        part: set(values) for part, values in EXPECTED.items()
    }


def periods(database):
    found = {}
    for number, index, start, end in rows(
        database,
        "SELECT d.number, p.number, p.starts_on, p.ends_on FROM journeys_period p "
        "JOIN journeys_journey j ON j.id = p.journey_id JOIN people_dossier d ON d.id = j.dossier_id",
    ):
        found.setdefault(number, {})[index] = (start, end)
    return found


def told(until):
    """The periods of the world decided by ``until(department)``, as (start, end) by number and index."""
    found = {}
    for story in WORLD["dossiers"]:
        for period in (story["parcours"] or {}).get("periods", ()):
            if period.get("decision_on") and period["decision_on"] <= until(story["department"]):
                found.setdefault(story["id"], {})[period["index"]] = (period["start"], period["end"])
    return found


def test_every_period_has_the_dates_of_the_world(story):
    assert periods(story.database) == told(LAST.__getitem__)


def test_to_the_end_too(story):
    assert story.figures
    assert periods(story.full) == told(lambda department: LAST[department] if department != "30" else "9999")


EVENTS = {
    "journeys_decision": ("signed_on", "notified_on", "explained_on", "drafted_on"),
    "journeys_afismonth": ("paid_on",),
    "journeys_permit": ("requested_on", "issued_on"),
    "support_note": ("written_on",),
    "support_progressscale": ("filled_on",),
    "support_placement": ("starts_on",),
    "people_share": ("given_on",),
    "dossiers_application": ("opened_on", "submitted_on", "complete_on", "decided_on"),
}


@pytest.mark.parametrize("table", EVENTS)
def test_nothing_is_dated_later_than_the_day_of_its_accounts(story, table):
    for column in EVENTS[table]:
        sql = (
            f"SELECT d.department, MAX(t.{column}) FROM {table} t "
            "JOIN people_dossier d ON d.id = t.dossier_id GROUP BY 1"
        )
        for department, latest in rows(story.database, sql):
            assert latest is None or latest <= LAST[department]


def test_meetings_to_come_are_those_already_announced(story):
    sql = (
        "SELECT department, \"on\", state FROM commissions_meeting WHERE state IN ('planned', 'convened') ORDER BY 1, 2"
    )
    assert rows(story.database, sql) == [
        ("30", "2020-03-19", "planned"),
        ("34", "2026-12-17", "planned"),
        ("38", "2026-12-10", "convened"),
    ]


def test_the_journal_is_whole(story):
    import os
    import subprocess
    import sys

    env = {k: v for k, v in os.environ.items() if not k.startswith("JALON_") and k != "DATABASE_URL"}
    argv = [sys.executable, "-m", "jalon.cli", "journal", "verify", "--data", str(story.data)]
    done = subprocess.run(argv, env=env, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stdout + done.stderr


def test_nobody_is_named_at_rest(story):
    kept = story.bytes()
    names = {one["person"]["family_name"] for one in WORLD["dossiers"]}
    for name in names - {"Lan"}:  # three letters are found by chance in anything
        assert name.encode() not in kept
    for one in WORLD["dossiers"]:
        for text in (one["life_path_fr"], one["commission_summary_fr"], *(note["text_fr"] for note in one["notes"])):
            assert text is None or text.encode() not in kept
    for user in WORLD["users"]:
        assert user["family_name"].encode() not in kept
        assert user["login"].encode() not in story.database.read_bytes()


def test_the_gard_has_offers_wishes_and_her_no(story):
    """The matching page of the demonstration is alive: what is kept, what three persons look for, and a no."""
    counts = rows(story.database, "select count(*), sum(withheld != '') from offers_offer where department = '30'")
    assert counts == [(31, 3)]
    trainings = "select count(*) from offers_training where department = '30' and starts_on > '2020-02-20'"
    assert rows(story.database, trainings) == [(15,)]
    wishes = (
        "select d.department, count(*) from offers_wishes w join people_dossier d on d.id = w.dossier_id group by 1"
    )
    assert rows(story.database, wishes) == [("30", 3), ("34", 2), ("38", 2)]
    assert rows(story.database, "select state from offers_proposal order by state") == [("agreed",), ("declined",)]
    for words in ("Je veux travailler le matin", "G1501, K2204"):
        assert words.encode() not in story.bytes(), "sealed"


@pytest.mark.parametrize(("department", "town"), [("34", "MONTPELLIER"), ("38", "GRENOBLE")])
def test_the_adviser_of_each_department_has_something_to_do(story, department, town):
    """A convention in force, persons who share their project, what they look for, and offers of the day."""

    def count(what):
        return rows(story.database, f"select count(*) from {what}")[0][0]

    assert count(f"conventions_convention where department = '{department}' and state = 'signed'") == 1
    assert count(f"offers_offer where department = '{department}' and seen_at >= '2026-11-23'") >= 15
    assert count(f"offers_offer where department = '{department}' and place = '{department} - {town}'") >= 5
    assert count(f"offers_offer where department = '{department}' and record like '%Nîmes%'") == 0
    assert count(f"offers_training where department = '{department}'") >= 10
    assert count(f"offers_service where department = '{department}'") == 6
    joined = "JOIN people_dossier d ON d.id = t.dossier_id WHERE d.department = '" + department + "'"
    assert count(f"people_share t {joined} AND t.revoked_at IS NULL") == 2
    assert count(f"conventions_pair t {joined}") == 2
    assert count(f"support_liaisonmessage t {joined} AND t.answered_by_id IS NULL") == 2
