"""Which contracts her residence documents allow, by the day: yes, to check, no; and the terms of conservation."""

from datetime import date

import pytest

from jalon.law.residence import Document
from jalon.law.retention import PARTS, answer_by, copy_held_to, first_contact_ends, part_ends, unused_file_ends
from jalon.law.right_to_work import ASIDE, EMPLOYMENT, WITHOUT_CONTRACT, right

DAY = date(2026, 3, 2)
PERMIT = Document("aps_l425_4", date(2026, 1, 10), date(2026, 7, 9))
CARD = Document("card_l425_1", date(2026, 7, 10), date(2027, 7, 9))
RECEIPT = Document("reflection_receipt", date(2026, 2, 20), date(2026, 3, 22))


@pytest.mark.parametrize(
    ("documents", "nationality", "on", "state", "until"),
    [
        ((), "", DAY, "check", None),  # nothing is known
        ((), "NG", DAY, "check", None),
        ((), "RO", DAY, "yes", None),  # free movement: no document, no end
        ((PERMIT,), "RO", DAY, "yes", None),
        ((PERMIT,), "NG", DAY, "yes", date(2026, 7, 9)),
        ((PERMIT,), "", date(2026, 1, 10), "yes", date(2026, 7, 9)),
        ((PERMIT,), "", date(2026, 1, 9), "check", None),  # not issued yet
        ((PERMIT,), "", date(2026, 7, 9), "yes", date(2026, 7, 9)),
        ((PERMIT,), "", date(2026, 7, 10), "no", date(2026, 7, 9)),
        ((PERMIT, CARD), "", DAY, "yes", date(2027, 7, 9)),  # the day after the end: no hole
        ((CARD, PERMIT), "", DAY, "yes", date(2027, 7, 9)),
        ((PERMIT, Document("card_l425_1", date(2026, 7, 11), date(2027, 7, 10))), "", DAY, "yes", date(2026, 7, 9)),
        ((RECEIPT,), "", DAY, "check", date(2026, 3, 22)),  # it allows to stay, not to work
        ((RECEIPT, PERMIT), "", DAY, "yes", date(2026, 7, 9)),
        ((RECEIPT,), "", date(2026, 3, 23), "no", date(2026, 3, 22)),
        ((Document("renewal_receipt", date(2026, 3, 1), date(2026, 5, 31)),), "NG", DAY, "check", date(2026, 5, 31)),
        (
            (Document("card_l425_1", date(2026, 2, 1)),),
            "NG",
            DAY,
            "yes",
            date(2027, 1, 31),
        ),  # its length is that of its kind
    ],
)
def test_what_the_documents_of_a_day_allow(documents, nationality, on, state, until) -> None:  # type: ignore[no-untyped-def]
    found = right(documents, on, nationality)
    assert (found.state, found.until) == (state, until)
    assert {found.contracts[kind] for kind in EMPLOYMENT} == {state}
    # an immersion and a training are no contract: they ask a right to stay, and no more than a check
    assert {found.contracts[kind] for kind in WITHOUT_CONTRACT} == {"yes" if state == "yes" else "check"}
    assert {found.contracts[kind] for kind in ASIDE} == {"check"}


def test_every_kind_of_contract_has_its_answer() -> None:
    assert list(right((), DAY).contracts) == [
        "permanent", "fixed_term", "temporary", "insertion", "work_study", "immersion", "training", "own_account",
    ]  # fmt: skip


def test_the_parts_of_a_closed_file_end_before_it() -> None:
    """DAT-2. A part goes with its group of keys: the places in G3, the notes in G4."""
    assert PARTS == {"places": "G3", "notes": "G4"}
    assert part_ends("places", date(2026, 1, 31)) == date(2026, 3, 2)
    assert part_ends("places", date(2026, 1, 31), date(2026, 4, 1)) == date(2026, 5, 1)
    assert part_ends("notes", date(2026, 1, 31), date(2026, 4, 1)) == date(2027, 1, 31)
    assert part_ends("notes", date(2024, 2, 29)) == date(2025, 2, 28)
    assert first_contact_ends(date(2026, 8, 31)) == date(2027, 2, 28)


def test_an_unused_file_and_a_held_copy_end() -> None:
    """DAT-4."""
    assert unused_file_ends(date(2024, 2, 29)) == date(2025, 2, 28)
    assert copy_held_to(date(2026, 8, 31)) == date(2028, 8, 31)


def test_a_request_is_answered_in_a_month_or_in_three() -> None:
    """DAT-3."""
    assert answer_by(date(2026, 1, 31)) == date(2026, 2, 28)
    assert answer_by(date(2026, 1, 31), extended=True) == date(2026, 4, 30)
