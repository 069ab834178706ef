"""Dates that the law gives are computed in the law room alone; every other sum of days says here what it is."""

import ast
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
# Rooms that count days without being the law: what they count. Everything else asks the law room.
WHY = {
    "jalon/access/breakglass.py": "minutes of an exceptional access",
    "jalon/accounts/models.py": "a link, a kept text: a day at most",
    "jalon/accounts/reads.py": "minutes of an idle browser",
    "jalon/accounts/sessions.py": "minutes of an idle browser",
    "jalon/commissions/actions/seats.py": "a mandate ends the day before the next",
    "jalon/commissions/actions/windows.py": "midnight after the last day of a reading window",
    "jalon/commissions/forms.py": "time to answer proposed by a form, a setting; a mandate follows the day after",
    "jalon/commissions/models.py": "length of the reading window, a setting of the meeting",
    "jalon/commissions/reads/secretariat.py": "how far ahead the home page looks",
    "jalon/commissions/reads/sessions.py": "minutes of the points of an agenda",
    "jalon/config/backups.py": "how long a backup is kept, a setting",
    "jalon/conventions/actions/measures.py": "the last day of a month, to measure it",
    "jalon/conventions/exchange.py": "working days to answer a message, a setting",
    "jalon/conventions/reads/agreements.py": "the next convention begins the day after",
    "jalon/conventions/reads/steering.py": "how far ahead a steering meeting looks",
    "jalon/directory/actions/decisions.py": "least time to answer, a setting",
    "jalon/directory/actions/members.py": "a function that stops at once ended yesterday",
    "jalon/directory/actions/organisations.py": "a name ends the day before the next",
    "jalon/directory/forms.py": "time to answer proposed by a form, a setting",
    "jalon/directory/models.py": "a validity ends the day before the next",
    "jalon/dossiers/actions/unused.py": "how long the end of a file is told before, a setting",
    "jalon/dossiers/forms.py": "time to answer proposed by a form, a setting",
    "jalon/journeys/actions/ends.py": "least time to answer, a setting",
    "jalon/journeys/reads/orders.py": "how far back a list looks",
    "jalon/journeys/simulator/drawing.py": "months that follow each other, to join them on screen",
    "jalon/journeys/views/ends.py": "time to answer proposed by a form, a setting",
    "jalon/notices/actions.py": "days of reminders, and days without a run",
    "jalon/notices/reads.py": "how far ahead a list looks",
    "jalon/notices/sending.py": "minutes between two attempts",
    "jalon/offers/actions/orientations.py": "days to ask a structure again, and to give it up, a setting",
    "jalon/journal/trail.py": "the last day of a count",
    "jalon/offers/actions/proposals.py": "days before silence is an answer to an application, a setting",
    "jalon/offers/francetravail/client.py": "seconds at the edges of a search by time of creation",
    "jalon/offers/measures.py": "how long what a card was is still known",
    "jalon/offers/reads/cards.py": "how old a card may be before it is checked again, a setting",
    "jalon/people/actions/assignments.py": "an assignment that stops at once ended yesterday",
    "jalon/people/actions/erasure.py": "how long a second agreement holds, a setting",
    "jalon/people/actions/files.py": "an assignment that stops at once ended yesterday",
    "jalon/people/oversight.py": "the months before this one",
    "jalon/people/actions/retention.py": "how long an erasure is told before, a setting",
    "jalon/people/reads/watch.py": "the last hour and the last day of the trail",
    "jalon/people/records.py": "ninety days of a safe contact, good practice (NNEDV-90)",
    "jalon/space/actions.py": "unused days that close a space, its longest life, days to answer: settings",
    "jalon/support/measures.py": "thirty days to begin a plan, a setting; the time over which one measures",
    "jalon/support/reads/calendars.py": "how long a meeting lasts, and how far a calendar looks",
    "jalon/support/reads/homes.py": "today and this month",
    "jalon/vault/formers.py": "minutes of the same hand, a setting (docs/decisions/0016-what-was-written-over.md)",
    "jalon/ui/timeline.py": "the day after, to draw an inclusive end",
}
# The sums of the law room that another room may not make by itself.
OF_THE_LAW = {"add_months", "period_end", "next_working_day", "court_limit"}


@cache
def called():
    """The names that each file outside the law calls."""
    found = {}
    for path in sorted((ROOT / "jalon").rglob("*.py")):
        name = str(path.relative_to(ROOT))
        if "/tests/" not in name and "/migrations/" not in name and not name.startswith(("jalon/law/", "jalon/demo/")):
            found[name] = set(calls(ast.parse(path.read_text(encoding="utf-8"))))
    return found


def calls(tree):
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            yield ast.unparse(node.func).rpartition(".")[2]


def test_who_counts_days_is_listed_and_no_one_else():
    assert {path for path, names in called().items() if "timedelta" in names} == set(WHY)


@pytest.mark.parametrize("name", sorted(OF_THE_LAW))
def test_the_sums_of_the_law_are_made_by_the_law(name):
    assert [path for path, names in called().items() if name in names] == []
