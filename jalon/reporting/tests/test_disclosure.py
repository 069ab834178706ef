"""No small count, exact or by difference, ever leaves one's own scope."""

from collections import Counter
from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from jalon.config import clock
from jalon.journeys.states import ExitKind
from jalon.reporting import disclosure
from jalon.reporting.access import COUNTRY, Scope
from jalon.reporting.presentation import SUMS, Shown
from jalon.reporting.reads import RESULTS, Delay, Figures, Line, _figures

counts = st.integers(0, 400)
DAY = date(2024, 6, 1)


@given(counts)
def test_a_count_is_masked_or_a_multiple_of_five(n):
    shown = disclosure.count(n)
    assert (shown is None) == (n < 5)
    assert shown is None or (shown % 5 == 0 and abs(shown - n) <= 2 and shown >= 5)


@given(st.dictionaries(st.text(max_size=3), counts, max_size=8))
def test_every_cell_is_controlled_on_its_own(cells):
    shown = disclosure.table(cells)
    assert shown == {key: disclosure.count(n) for key, n in cells.items()}


@given(counts, counts)
def test_a_share_needs_a_base_of_fifty(part, whole):
    share = disclosure.share(part, whole)
    if share is not None:
        assert whole >= 48
        assert part >= 5
        assert 0 < share <= 1


@given(st.lists(st.integers(0, 400), max_size=60))
def test_a_median_needs_eleven_values(days):
    delay = Delay(Counter(days))
    shown = disclosure.median(delay.median, delay.n)
    assert (shown is None) == (len(days) < 11)
    assert shown is None or shown % 5 == 0


lines = st.lists(
    st.builds(
        Line,
        part=st.just("request"),
        month=st.sampled_from(["2023-01", "2023-12", "2024-03"]),
        kind=st.sampled_from(["engagement", "renewal"]),
        result=st.sampled_from(RESULTS),
        days=st.none() | st.integers(0, 200),
        n=st.integers(1, 30),
    )
    | st.builds(
        Line,
        part=st.just("journey"),
        month=st.just("2024-03"),
        kind=st.sampled_from(["durable_job", "in_training", "other_step"]),
        result=st.sampled_from(["running", "lapsed", "term_24m"]),
        days=st.none() | st.integers(0, 730),
        n=st.integers(1, 30),
    )
    | st.builds(
        Line,
        part=st.just("news"),
        month=st.just(""),
        kind=st.sampled_from(["3", "6", "12"]),
        result=st.sampled_from(["working", "no_answer"]),
        days=st.none(),
        n=st.integers(1, 30),
    ),
    max_size=20,
)


def _allowed(words: str) -> bool:
    digits = "".join(c for c in words if c.isdigit())
    return not digits or int(digits) % 5 == 0


@given(lines)
def test_outside_the_scope_every_number_on_the_page_is_controlled(rows):
    figures: Figures = _figures(rows, DAY)
    shown = Shown(COUNTRY, None, "", figures=figures)
    said = [number for _label, number, _note in shown.headline[:5]] + [n for _label, n in shown.standing]
    said += [n for _label, n in shown.outcomes_words]
    assert {row["n"] for row in shown.delays} <= {"moins de 11", "11 et plus"}
    assert all(map(_allowed, said))
    assert all(row["span"] == "–" for row in shown.delays)
    assert shown.delays_plot == ""
    _heads, exported = shown.export()
    assert all(_allowed(str(row[-1])) for row in exported)
    assert not any("-" in str(row[0]) and str(row[0])[:2] == "20" for row in exported)  # years, never months


@given(lines)
def test_in_the_scope_numbers_are_exact_and_add_up(rows):
    figures = _figures(rows, DAY)
    shown = Shown(Scope(department="31"), None, "", figures=figures)
    total = sum(row.n for row in rows if row.part == "request")
    assert figures.requests == total
    assert sum(results.total() for results in figures.by_month.values()) == total
    assert shown.count(3) == 3


# --- the interval attack (security study §2k, rule 10) ------------------------------------------------------------
CELLS = [*RESULTS, *map(str, ExitKind)]


def shown_to(cells):
    """The page of the whole country for a year, from cells made up: what it shows of each cell and of each sum."""
    rows = [Line("request", "2023-01", "engagement", one, None, cells[one]) for one in RESULTS]
    rows += [Line("journey", "2023-01", str(kind), "term_24m", 700, cells[str(kind)]) for kind in ExitKind]
    shown = Shown(COUNTRY, 2023, "", figures=_figures([row for row in rows if row.n], DAY))
    results, exits = dict(shown.by_year())["2023"] if shown.by_year() else {}, dict(row[:2] for row in shown.exits)
    said = {one: shown.said(results[one] if results else 0) for one in RESULTS}
    said |= {str(kind): exits[str(kind.label)] for kind in ExitKind}
    named = dict(row[:2] for row in shown.headline) | dict(shown.standing) | dict(shown.outcomes_words)
    words = {"requests": "demandes", "exits": "sorties", "work": "emploi, qualification", "other": "autre situation"}
    return said, {name: str(named[label]) for name, label in words.items()}


def within(word):
    """What a reader knows of a number from what is written."""
    if word == "moins de 5":
        return 0, 4
    return max(5, int(word) - 2), int(word) + 2


def attacked(said, sums):
    """Least and most of each cell, as an attacker narrows them: written apart from what it attacks."""
    low, high = (
        {one: within(word)[0] for one, word in said.items()},
        {one: within(word)[1] for one, word in said.items()},
    )
    for _turn in range(30):
        for name, word in sums.items():
            if word == "–":
                continue
            least, most = within(word)
            for one in SUMS[name]:
                others = [str(other) for other in SUMS[name] if other != one]
                low[str(one)] = max(low[str(one)], least - sum(high[other] for other in others))
                high[str(one)] = min(high[str(one)], most - sum(low[other] for other in others))
    return {one: (low[one], high[one]) for one in said}


@given(st.lists(st.integers(0, 14), min_size=len(CELLS), max_size=len(CELLS)))
def test_the_interval_attack_leaves_three_values_to_each_small_count(numbers):
    cells = dict(zip(CELLS, numbers, strict=True))
    found = attacked(*shown_to(cells))
    for one, (low, high) in found.items():
        assert low <= cells[one] <= high  # the attack is sound
        if cells[one] < 5:
            assert high - low >= 2, (one, cells)


def test_the_attack_finds_what_rounding_alone_would_tell():
    """4 and 4 of a total of 8: "less than 5", "less than 5" and 10."""
    cells = dict.fromkeys(("a", "b"), 4)
    assert disclosure.known(cells, [["a", "b"]]) == {"a": (4, 4), "b": (4, 4)}
    assert disclosure.telling(cells, {"all": ["a", "b"]}) == {"all"}
    assert disclosure.telling({"a": 14, "b": 20}, {"all": ["a", "b"]}) == frozenset()
    said = dict.fromkeys(map(str, SUMS["work"]), "moins de 5")
    assert set(attacked(said, {"work": "10"}).values()) == {(0, 4)}
    assert set(attacked(said, {"work": "15"}).values()) == {(5, 4)}  # three cells of 4 at most cannot make 13


def test_a_table_by_year_that_would_tell_is_not_shown():
    figures = _figures([Line("request", f"{year}-01", "engagement", "refused", None, 4) for year in (2022, 2023)], DAY)
    assert Shown(COUNTRY, None, "", figures=figures).years_tell
    assert Shown(COUNTRY, None, "", figures=figures).export()[1][0][0] != "2022"


def test_the_figures_of_the_country_stop_with_the_quarter():
    for day, stop in ((date(2026, 1, 1), date(2025, 12, 31)), (date(2026, 6, 30), date(2026, 3, 31))):
        with clock.at(day):
            assert COUNTRY.as_of == stop
            assert Scope(department="31").as_of == day
