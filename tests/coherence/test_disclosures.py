"""Every date and every amount of every screen: written by somebody, or computed, and then explained on that page.

One line here for each expression of the templates that shows a day or euros. A computed one names what explains it:
rules (of a ``{% why %}``), the value of an ``{% explain %}``, or REASONS, the page of all deadlines. A new expression
fails until it is classed; a line whose expression is gone fails too. What each explanation says is tested in the rooms.
"""

import re
from pathlib import Path

import pytest

from jalon.law.rules import RULES

ROOMS = Path(__file__).resolve().parents[2] / "jalon"
SHOWN = re.compile(r"([\w.]+)\|(?:day|longday|euro)\b|\{% due ([\w.]+)|\{% differs [\w.]+ ([\w.]+)")
EXPLAINED = re.compile(r"\{% (?:explain|why) ([^%]*)%\}")
REASONS = "notices:reasons"

COMPUTED = {
    "commissions/members": {"seat.ends_on": ("COM-14",)},
    "commissions/missing": {"silence.implicit_refusal_on": ("DEC-3", "SIL-1")},
    "commissions/prepare": {"prepared.convocation.latest_receipt": "convocation_rules"},
    "commissions/seat": {"seat.ends_on": "rules"},
    "commissions/secretariat_home": {
        "home.last_held": "home.why_meet",
        "one.on": "home.why_deadlines",
        "risk.latest": ("REN-2",),
        "risk.on": ("DUR-3", "DUR-4"),
    },
    "directory/accreditation": {
        "file.covered_until": "one.rules",
        "file.line.due_on": "one.rules",
        "file.line.valid_to": "one.rules",
        "one.on": "one.rules",
    },
    "directory/accreditations": {"line.due_on": "rules", "line.valid_to": "rules"},
    "directory/organisation": {"line.valid_from": "rules", "line.valid_to": "rules"},
    "dossiers/receipt": {"alert_on": ("DEC-3",)},
    "dossiers/received": {"alert_on": ("DEC-3",)},
    "journeys/_silences": {
        "one.answer_by": "one.rules",
        "one.born": "one.rules",
        "one.limit": "one.rules",
    },
    "journeys/decision": {
        "page.computed_end": "page.period_rules",
        "page.computed_start": "page.period_rules",
        "page.limits.court_limit": "page.appeal_rules",
        "page.limits.outer_limit": "page.appeal_rules",
        "page.period.ends_on": "page.period_rules",
        "page.period.starts_on": "page.period_rules",
        "silence_on": "page.appeal_rules",
    },
    "journeys/_opens": {
        "opens.computed_end": "opens.rules",
        "opens.computed_start": "opens.rules",
        "opens.end": "opens.rules",
        "opens.start": "opens.rules",
    },
    "journeys/journey": {
        "next.end": "next.rules",
        "next.file_by": "next.rules",
        "next.start": "next.rules",
        "pathway.computed.cap.end": "pathway.rules",
        "row.computed_end": "pathway.rules",
        "row.computed_start": "pathway.rules",
        "row.end": "pathway.rules",
        "row.start": "pathway.rules",
    },
    "journeys/news": {"row.due_on": "rules"},
    "journeys/payer_sheet": {
        "line.amount": "rules",
        "line.ends_on": "rules",
        "line.starts_on": "rules",
    },
    "journeys/renew": {"next.end": "next.rules", "next.start": "next.rules"},
    "journeys/residence_home": {"row.end": "rules", "row.period.ends_on": "rules", "row.period.starts_on": "rules"},
    "journeys/rights": {
        "afis.amount.amount": "afis.rules",
        "afis.amount.base": "afis.rules",
        "afis.amount.children_amount": "afis.rules",
        "afis.computed": "afis.rules",
        "afis.expected": "afis.rules",
        "afis.limits.court_limit": "afis.limit_rules",
        "afis.limits.outer_limit": "afis.limit_rules",
        "afis.next_due.amount": "afis.rules",
        "afis.next_due.row.due_on": "afis.rules",
        "hole.end": "stay.rules",
        "hole.start": "stay.rules",
        "month.amount": "afis.rules",
        "month.arrears": "afis.rules",
        "month.computed": "afis.rules",
        "month.row.due_on": "afis.rules",
        "one.computed": "stay.rules",
        "one.end": "stay.rules",
        "shown.pathway.current.end": "shown.pathway.rules",
        "stay.law.next_request_on": "stay.rules",
    },
    "journeys/successors": {"found.until": ("AGR-3",), "one.ends_on": ("DUR-3", "DUR-4")},
    "people/_dossiers": {"row.dossier.next_due_on": REASONS},
    "dossiers/pieces": {"line.piece.erasable_on": ("DAT-4",)},
    "offers/_match": {"match.last_start": ("DUR-4",)},
    "offers/matches": {"found.subject.cap_on": ("DUR-4",)},
    "offers/rights": {"right.next_request_on": ("APS-4",), "right.until": ("APS-1",)},
    "people/answer": {"asked.row.due_on": ("DAT-3",)},
    "people/consent": {"row.erasable_on": ("DAT-2",), "row.review_on": ("DAT-1",)},
    "people/contact": {"contact.due_on": "contact.reasons"},
    "people/erase": {"review_on": ("DAT-1",)},
    "people/officer_home": {
        "asked.row.due_on": ("DAT-3",),
        "row.erasable_on": ("DAT-1",),
        "row.review_on": ("DAT-1",),
    },
    "people/requests": {"asked.row.due_on": ("DAT-3",)},
    "support/dossier": {
        "page.period_end": "page.clock_reasons",
        "page.permit_end": "page.rights_reasons",
        "row.day": "page.reasons",
    },
    "support/placement": {"last": ("DUR-4",)},
    "support/plan": {"one.on": "landmark_rules"},
    "support/team": {"row.on": "team.reasons"},
}

# The last word of an expression that is always a fact: somebody did something that day, or wrote the day or the sum.
FACTS = frozenset(
    """
    answered_on asked_on asked_until at checked_on closed_on complete_on confirmed_at convened_on decided_on
    declared_on done done_on drafted_on effective_on ended_on erased_on exited_on explained_on filed_on files_due_on
    finished_on given_at given_on held_on held_until issued_on kept_on last_contact_on moved_from news_agreed_on
    news_withdrawn_on next_committee_on noted_on notified_on opened_on paid paid_on placed_at postponed_to
    prepared_on printed proposed_on published_at read_back_on received received_on released_on requested_on
    reviewed_on revoked_at seen_at sent_on signed_on signs_since since submitted_on today told_at told_on updated_on
    window_ends_on withdrawn_at withdrawn_on written_on
    """.split()  # noqa: SIM905 (a table of words)
)
# The same of whole expressions, whose last word is a computed day elsewhere: a day that somebody chose or wrote.
CHOSEN = {
    "commitment.due_on", "step.by", "step.due_on", "item.row.due_on", "line.piece.due_on",
    "withdrawal.due_on", "one.row.reply_by", "c.ends_on", "c.starts_on", "membership.ends_on", "name.ends_on",
    "name.starts_on", "row.assignment.ends_on", "row.assignment.starts_on", "row.share.ends_on", "row.starts_on",
    "row.ends_on", "row.until", "day", "page.share.day", "seat.starts_on", "file.line.valid_from", "meeting.on",
    "one.meeting.on", "home.meetings.0.on", "next.meeting.on", "move.on", "line.on", "data.read_back.on", "on",
    "row.due_on", "match.starts_on", "match.ends_on", "one.row.on", "one.row.answer_by", "space.user.ends_on",
    "fact.on", "note.on", "order.on", "said.on", "hit.on", "alert.on", "row.on", "shown.as_of",
}  # fmt: skip


def templates():
    return {
        str(path.relative_to(ROOMS)).split("/templates/")[1].removesuffix(".html"): path.read_text(encoding="utf-8")
        for path in sorted(ROOMS.rglob("*.html"))
        if "/ui/templates/" not in str(path)
    }


PAGES = templates()
SEEN = {name: {next(filter(None, found)) for found in SHOWN.findall(text)} for name, text in PAGES.items()}


def test_each_date_and_amount_is_a_fact_or_is_computed():
    unclassed = {
        f"{name}: {shown}"
        for name, all_shown in SEEN.items()
        for shown in all_shown - set(COMPUTED.get(name, ()))
        if shown.rpartition(".")[2] not in FACTS and shown not in CHOSEN
    }
    assert unclassed == set()


@pytest.mark.parametrize("name", COMPUTED)
def test_what_is_computed_is_explained_on_its_page(name):
    assert set(COMPUTED[name]) <= SEEN[name], "gone from the template"
    explained = EXPLAINED.findall(PAGES[name])
    for shown, by in COMPUTED[name].items():
        if by == REASONS:
            assert f"{{% url '{REASONS}' %}}" in PAGES[name], shown
        elif isinstance(by, tuple):
            assert set(by) <= set(RULES)
            assert any(all(f'"{rule}"' in one for rule in by) for one in explained), f"{name}: {shown} lacks {by}"
        else:
            assert any(one.startswith(by) for one in explained), f"{name}: {shown} lacks {by}"


def test_no_line_is_left_over():
    everything = set().union(*SEEN.values())
    assert {word for word in FACTS if not any(one.rpartition(".")[2] == word for one in everything)} == set()
    assert CHOSEN - everything == set()


# Pages whose dates or drawings are made in Python: what they are, and the template that explains the computed ones.
DRAWN = {
    "conventions/measures.py": ("what was measured, month by month", ""),
    "conventions/reads/agreements.py": ("commitments, agreed between two structures", ""),
    "conventions/reads/steering.py": ("commitments and meetings, agreed between two structures", ""),
    "journeys/reads/opened.py": ("permits and months of aid", "journeys/rights"),
    "journeys/reads/pathway.py": ("periods and the cap", "journeys/journey"),
    "journeys/simulator/drawing.py": ("all that the page computes", "journeys/_simulator_table"),
    "journeys/simulator/tables.py": ("all that the page computes", "journeys/_simulator_table"),
    "support/measures.py": ("what was measured, month by month", ""),
    "support/reads/caseload.py": ("ends of periods and of permits", "support/_caseload"),
    "support/reads/file.py": ("periods, permits and months of aid", "support/dossier"),
    "support/reads/homes.py": ("what falls next; an answer promised in two days", "support/team"),
}


def test_dates_drawn_in_python_are_explained_by_their_page():
    made = re.compile(r"html\.(?:due|signed_days)\(|\b(?:timeline\.)?(?:Clock|Point|Lane)\(")
    drawn = {
        str(path.relative_to(ROOMS))
        for path in ROOMS.rglob("*.py")
        if not {"tests", "ui", "demo", "papers"} & set(path.parts)
        and path.name != "paper.py"
        and made.search(path.read_text(encoding="utf-8"))
    }
    assert drawn == set(DRAWN)
    for _what, template in DRAWN.values():
        assert not template or EXPLAINED.search(PAGES[template]) or REASONS in PAGES[template]
