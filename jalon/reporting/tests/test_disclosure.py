"""No small count, exact or by difference, ever leaves one's own scope."""

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from jalon.reporting import disclosure
from jalon.reporting.access import COUNTRY
from jalon.reporting.presentation import Shown
from jalon.reporting.reads import RESULTS, Delay, Figures, Line, _figures

counts = st.integers(0, 400)


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
    from datetime import date

    figures: Figures = _figures(rows, date(2024, 6, 1))
    shown = Shown(COUNTRY, None, "", figures=figures)
    said = [number for _label, number, _note in shown.headline[:5]] + [n for _label, n in shown.standing]
    said += [n for _label, n in shown.outcomes_words] + [row["n"] for row in shown.delays]
    assert all(map(_allowed, said))
    assert all(row["span"] == "–" for row in shown.delays)
    assert shown.delays_plot == ""
    _heads, exported = shown.export()
    assert all(_allowed(str(row[-1])) for row in exported)
    assert not any("-" in str(row[0]) and str(row[0])[:2] == "20" for row in exported)  # years, never months


@given(lines)
def test_in_the_scope_numbers_are_exact_and_add_up(rows):
    from datetime import date

    from jalon.reporting.access import Scope

    figures = _figures(rows, date(2024, 6, 1))
    shown = Shown(Scope(department="31"), None, "", figures=figures)
    total = sum(row.n for row in rows if row.part == "request")
    assert figures.requests == total
    assert sum(results.total() for results in figures.by_month.values()) == total
    assert shown.count(3) == 3
