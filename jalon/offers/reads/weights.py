"""What the screens of the offers read."""

from datetime import date
from typing import NamedTuple

from django.utils.functional import Promise

from jalon.offers.matching import signs, trades
from jalon.offers.matching import weights as matching

from .. import words


class Term(NamedTuple):
    label: Promise
    percent: int


class Near(NamedTuple):
    """A family of trades: those as good as it or close, then the fallbacks."""

    label: str
    close: list[str]
    fallback: list[str]


class Table(NamedTuple):
    model: str
    since: date
    terms: list[Term]
    families: list[Near]
    trades_version: str
    signs_since: date
    never: list[Promise]
    reasons: list[Promise]
    questions: list[Promise]


def weights() -> Table:
    """Return the tables in force, as the matcher uses them."""
    table, known = matching.table(), trades.table()
    names = {key: family.label for key, family in known.families.items()}
    return Table(
        table.model,
        date.fromisoformat(table.since),
        [Term(words.TERMS[term.key], round(term.weight * 100)) for term in table.terms],
        [
            Near(
                family.label,
                sorted(names[key] for key, rank in family.near.items() if rank > 1),
                sorted(names[key] for key, rank in family.near.items() if rank == 1),
            )
            for family in sorted(known.families.values(), key=lambda one: one.label)
        ],
        known.version,
        date.fromisoformat(signs.SINCE),
        list(words.NEVER.values()),
        list(words.REASONS.values()),
        list(words.QUESTIONS.values()),
    )
