"""A number of days, months, years or euros that a text fixes stands in a dated file of the law room, never in code.

A walk over the source finds the numbers that count time or money; each one says here what else it is. A number without
its line here fails, and so does a line whose number is gone.
"""

import ast
import re
from functools import cache
from pathlib import Path

import pytest

from jalon.law import loader

ROOT = Path(__file__).resolve().parents[2]
# What counts days, months or years: a word of a constant's name, or of what a number is compared with.
NAMED = frozenset({"DAY", "DAYS", "WEEKS", "MONTH", "MONTHS", "YEAR", "YEARS", "AGE", "WITHIN", "REMIND", "EXPIRE"})
COUNTED = re.compile(r"(?:^|[_.])(?:days?|months?|years?|ages?)(?:$|[_.])")
# Modules of the law room that read, write and declare: they hold no rule. `dates` is the calendar itself.
MACHINERY = frozenset({"cli", "compute", "dates", "errors", "loader", "money", "spec", "strictjson"})
YEAR_OF_MONTHS = "the months of a year"
ALLOWED = {
    "jalon/law/accreditation.py": {"12": YEAR_OF_MONTHS},
    "jalon/law/afis.py": {"12": YEAR_OF_MONTHS, "3": "the rank that the name of a value holds: child_1_to_3"},
    "jalon/law/commission.py": {"12": YEAR_OF_MONTHS, "2": "half of the votes, written as a product"},
    "jalon/law/compensation.py": {"12": YEAR_OF_MONTHS},
    "jalon/law/landmarks.py": dict.fromkeys(
        ("3", "4", "5", "6", "9", "11", "12", "17", "30", "75", "150"),
        "landmarks of the support, lengths of training: practice of the two structures, no text",
    ),
    "jalon/law/residence.py": {"12": YEAR_OF_MONTHS},
    "jalon/law/rsa.py": {"12": YEAR_OF_MONTHS},
    "jalon/access/breakglass.py": {
        "PER_MONTH = 3": "exceptional accesses of one account, a limit of ours",
        "REVIEW_WITHIN = timedelta(days=7)": "our promise to review it",
        "timedelta(days=7)": "the same",
    },
    "jalon/commissions/forms.py": {"DAYS_TO_ANSWER = 15": "proposed by a form"},
    "jalon/commissions/reads/secretariat.py": {"timedelta(days=150)": "how far ahead the home page looks"},
    "jalon/conventions/actions/measures.py": {"MONTHS = 6": "how far back a missing month is measured"},
    "jalon/conventions/exchange.py": {"ANSWER_DAYS = 2": "to answer a message, a promise of the convention"},
    "jalon/conventions/reads/steering.py": {
        "MONTHS_SHOWN = 12": "the width of a drawing",
        "timedelta(days=183)": "when a convention that ends comes on the agenda, ours",
        "timedelta(days=92)": "the periods that an agenda looks at, ours",
    },
    "jalon/directory/lawful.py": {"DAYS_TO_ANSWER, LEAST_DAYS = (15, 7)": "the text says sufficient, without a number"},
    "jalon/config/settings.py": {
        "SESSION_COOKIE_AGE = 10 * 3600": "seconds of a cookie",
        "WHITENOISE_MAX_AGE = 3600": "seconds of a cache",
    },
    "jalon/dossiers/forms.py": {"DAYS_TO_ANSWER = 15": "proposed by a form"},
    "jalon/journeys/lawful.py": {"DUE_DAY = 5": "no text gives the day of payment: a mark of ours, said so on screen"},
    "jalon/journeys/reads/orders.py": {"timedelta(days=60)": "how far back a list looks"},
    "jalon/offers/actions/cards.py": {"MOST_DAYS, MOST_PLACES, MOST_LETTERS = (365, 999, 200)": "limits of a form"},
    "jalon/offers/actions/orientations.py": {
        "REMIND, EXPIRE = (timedelta(days=10), timedelta(days=30))": "ours: a structure is asked again, then given up",
        "timedelta(days=10)": "the same",
        "timedelta(days=30)": "the same",
    },
    "jalon/offers/actions/proposals.py": {"timedelta(days=15)": "silence that is an answer to an application, ours"},
    "jalon/offers/measures.py": {"timedelta(days=7)": "how long what a card was is still known"},
    "jalon/offers/reads/cards.py": {"timedelta(days=182)": "how long a card of a service is trusted, ours"},
    "jalon/offers/reads/orientations.py": {"REMIND, EXPIRE = (10, 30)": "the days of the action, in words"},
    "jalon/people/actions/erasure.py": {"CONSENT_DAYS = 7": "how long a second agreement holds, ours"},
    "jalon/people/actions/retention.py": {"NOTICE_DAYS = 30": "how long an erasure is told before, ours"},
    "jalon/people/oversight.py": {
        "KEPT_MONTHS = 12": "the months of the trail that a page lists",
        "timedelta(days=32)": "more than a month, to find the next",
    },
    "jalon/people/records.py": {"CONTACT_DAYS = 90": "good practice (NNEDV-90), no law"},
    "jalon/reporting/forms.py": {"FIRST_YEAR = 2017": "the first year of the pathways"},
    "jalon/reporting/reads.py": {"MONTHS_SHOWN = 12": "the width of a drawing"},
    "jalon/space/actions.py": {
        "timedelta(days=60)": "a space that nobody opens closes, ours",
        "timedelta(days=3 * 365)": "its longest life, ours",
    },
    "jalon/space/reads.py": {"MONTHS = 6": "the months that a page lists"},
    "jalon/support/measures.py": {
        "IN_TIME, YEAR = (timedelta(days=30), timedelta(days=365))": "a promise of the convention; what is measured",
        "timedelta(days=30)": "the same",
        "timedelta(days=365)": "the same",
        "timedelta(days=91)": "the same",
    },
    "jalon/support/reads/calendars.py": {
        "timedelta(days=7)": "how far back a calendar looks",
        "timedelta(days=120)": "how far ahead it looks",
    },
    "jalon/support/reads/file.py": {
        "AHEAD_DAYS = 120": "how far ahead the file looks",
        "days > 90": "good practice (NNEDV-90), no law",
    },
    "jalon/support/reads/homes.py": {
        "timedelta(days=31)": "how far ahead the home page looks",
        "timedelta(days=32)": "more than a month, to find the next",
    },
    "jalon/support/reads/plan.py": {"MONTH = 30": "how far ahead a landmark may be ticked"},
    "jalon/ui/fields/times.py": {
        "1 <= month <= 12": "the months of a year",
        "FIRST_YEAR, LAST_YEAR = (1900, 2199)": "the years that a form accepts",
    },
    "jalon/ui/html.py": {
        "A_YEAR = 366": "how far a badge counts in days",
        "days <= 7": "the tone of a badge",
        "days > 30": "the tone of a badge",
        "days > 60": "the tone of a badge",
        "days > 90": "the tone of a badge",
    },
    "jalon/ui/views.py": {"YEAR = 365 * 24 * 3600": "seconds of a cookie"},
    "jalon/vault/cli.py": {"KEK_DAYS = 90": "how old a key may be, ours"},
    "jalon/vault/files.py": {"DAY = 86400": "seconds of a day"},
}


def number(node):
    """A whole number from two on."""
    return isinstance(node, ast.Constant) and type(node.value) is int and node.value > 1


def holds_one(node):
    return any(map(number, ast.walk(node)))


def of_the_law(tree):
    """In a module of rules no number goes without saying."""
    return {str(node.value) for node in ast.walk(tree) if number(node)}


def elsewhere(tree):
    """Sums of days, constants named after time, comparisons with a count of time, amounts to the cent."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            name = ast.unparse(node.func).rpartition(".")[2]
            units = {keyword.arg: keyword.value for keyword in node.keywords}
            counts = [units[unit] for unit in ("days", "weeks", "months", "years") if unit in units]
            if name in ("timedelta", "plus") and any(map(holds_one, [*counts, *node.args])):
                yield ast.unparse(node)
            if name in ("min", "max") and any(map(number, node.args)) and COUNTED.search(ast.unparse(node)):
                yield ast.unparse(node)
            if name == "Decimal" and re.fullmatch(r"'\d+\.\d\d'", ast.unparse(node.args[0]) if node.args else ""):
                yield ast.unparse(node)
        elif isinstance(node, ast.Assign) and holds_one(node.value):
            words = set(re.findall(r"[A-Z]+", ast.unparse(node.targets[0])))
            if ast.unparse(node.targets[0]).isupper() and words & NAMED:
                yield ast.unparse(node)
        elif isinstance(node, ast.Compare):
            sides = [node.left, *node.comparators]
            if any(map(number, sides)) and any(COUNTED.search(ast.unparse(side)) for side in sides):
                yield ast.unparse(node)


CENTS = {"Decimal('0.01')", "Decimal('0.00')", "Decimal('9999999.99')"}  # one cent, nothing, the most a form accepts


@cache
def found():
    """File → the numbers in it."""
    numbers = {}
    for path in sorted((ROOT / "jalon").rglob("*.py")):
        name = str(path.relative_to(ROOT))
        if "/tests/" in name or "/migrations/" in name or name.startswith("jalon/demo/"):
            continue
        tree = ast.parse(path.read_text(encoding="utf-8"))
        if not name.startswith("jalon/law/"):
            numbers[name] = set(elsewhere(tree)) - CENTS
        elif path.stem not in MACHINERY:
            numbers[name] = of_the_law(tree)
    return {name: seen for name, seen in numbers.items() if seen}


def test_no_number_of_the_law_is_in_the_code():
    assert found() == {name: set(whys) for name, whys in ALLOWED.items()}


def test_the_walk_sees_what_it_must():
    tree = ast.parse(
        "WITHDRAWAL_MONTHS = 4\nend = day + timedelta(days=60)\nif left.months > 24: pass\nx = Decimal('343.20')"
    )
    assert set(elsewhere(tree)) == {
        "WITHDRAWAL_MONTHS = 4", "timedelta(days=60)", "left.months > 24", "Decimal('343.20')",
    }  # fmt: skip
    assert of_the_law(ast.parse("add_months(day, 4)")) == {"4"}


# What sentences and file names say in figures: were the value to change, these words would be wrong.
SAID = {
    r"24 mois": ("psp.max_months", 24),
    r"six mois": ("psp.period_months", 6),
    r"18 ans": ("afis.min_age", 18),
    r"25 ans": ("rsa.min_age", 25),
    r"moins de cinq jours": ("commission.convocation_days", 5),
}


@pytest.mark.parametrize(("words", "key", "value"), [(words, *of) for words, of in SAID.items()], ids=list(SAID))
def test_what_the_screens_say_in_figures_is_still_the_law(words, key, value):
    told = [
        path for path in (ROOT / "jalon").rglob("*") if path.suffix in (".py", ".html") and "tests" not in path.parts
    ]
    assert any(re.search(words, path.read_text(encoding="utf-8")) for path in told), "nobody says it any more"
    assert loader.latest(key) == value, f"{key} changed: look for « {words} » on screens"
