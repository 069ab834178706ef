"""The other subjects, called as screens and actions call them."""

from datetime import date
from typing import Any

import pytest

from jalon.law.accreditation import accreditation
from jalon.law.appeal import AdministrativeAppeal, appeal, court_limit
from jalon.law.commission import convocation, meet_again_by, quorum, required_members, term_end, vote
from jalon.law.compensation import victim_compensation
from jalon.law.decision import decision, withdrawable_until
from jalon.law.errors import LawError
from jalon.law.immersion import Agreement, AgreementCheck, immersion, last_day
from jalon.law.periods import Hole, Span, holding, holes, merged
from jalon.law.residence import (
    DATED_KINDS,
    DEFAULT_END,
    DelayDays,
    Document,
    Held,
    hold,
    next_request_on,
    registration_alert_on,
    residence,
)
from jalon.law.retention import HOLDS, retention
from jalon.law.silence import silence
from jalon.law.spec import TERRITORIES
from jalon.law.territories import holidays_of, scale_of
from jalon.law.work import LEVEL_1, LEVEL_2, employment_contract, pass_end, work_integration


def day(text: str) -> date:
    return date.fromisoformat(text)


def span(start: str, end: str) -> Span:
    return Span(day(start), day(end))


# Decision.


@pytest.mark.parametrize("kind", ["authorise", "renew", "refuse", "refuse_renewal", "end_early"])
@pytest.mark.parametrize("opinion", ["favourable", "unfavourable", None])
def test_decision_follows_the_opinion(kind: str, opinion: str | None) -> None:
    found = decision(kind, day("2026-05-20"), opinion)
    adverse = kind in ("refuse", "refuse_renewal")
    expected = None if opinion is None or kind == "end_early" else (opinion == "unfavourable") == adverse
    assert found.follows_opinion is expected
    assert found.opinion_binding is False
    assert found.alerts == (("no_opinion",) if opinion is None and kind != "end_early" else ())
    assert found.notification_allowed is (kind in ("authorise", "renew"))


def test_decision_letter_before_an_end() -> None:
    complete = {"reasons_of_law": True, "reasons_of_fact": True, "appeal_routes": True}
    for invited, missing in (("2026-05-19", ()), ("2026-05-20", ("observations_invited",))):
        found = decision("end_early", day("2026-05-20"), observations_invited_on=day(invited), **complete)
        assert found.missing == missing
        assert found.notification_allowed is (not missing)
    assert decision("end_early", day("2026-05-20"), requested_by_person=True, **complete).notification_allowed
    assert decision("refuse", day("2026-05-20"), opinion_on=day("2026-05-01"), **complete).alerts == ("no_opinion",)
    for lacking in complete:
        assert decision("refuse_renewal", day("2026-05-20"), **{**complete, lacking: False}).missing == (lacking,)


# Residence.


def test_documents_last_by_their_kind() -> None:
    issued = day("2026-08-31")
    found = {kind: hold([Document(kind, issued)])[0] for kind in DEFAULT_END}
    assert {kind: (one.to.isoformat(), one.work) for kind, one in found.items()} == {
        "aps_l425_4": ("2027-02-28", True),
        "first_receipt": ("2026-12-30", True),
        "card_l425_1": ("2027-08-30", True),
        "resident_card": ("2036-08-30", True),
        "reflection_receipt": ("2026-09-30", False),
    }
    for kind in (*DEFAULT_END, *DATED_KINDS):
        given = hold([Document(kind, issued, day("2026-09-15"), kind in DATED_KINDS)])[0]
        assert (given.from_, given.to, given.work) == (issued, day("2026-09-15"), kind in DATED_KINDS)
        assert given.valid_on(issued)
        assert given.valid_on(day("2026-09-15"))
        assert not given.valid_on(day("2026-09-16"))
        assert not given.valid_on(day("2026-08-30"))
    assert [hold([Document(kind, issued, issued)])[0].work for kind in sorted(DATED_KINDS)] == [False] * 3


def test_residence_in_full() -> None:
    found = residence(
        "NG",
        day("2026-03-10"),
        [span("2026-09-10", "2027-03-09"), span("2026-03-10", "2026-09-09")],
        [
            Document("aps_l425_4", day("2026-03-20"), day("2026-09-19")),
            Document("aps_l425_4", day("2026-09-15"), day("2027-03-14")),
            Document("renewal_receipt", day("2026-03-12"), day("2026-03-15")),
            Document("first_receipt", day("2026-03-09"), day("2026-03-09")),
        ],
        complaint_on=day("2026-03-09"),
        links_broken=True,
    )
    assert found.aps_needed
    assert found.documents[0] == Held("aps_l425_4", day("2026-03-20"), day("2026-09-19"), True, day("2026-09-19"))
    assert found.documents[2].min_to is None
    assert found.delay_days == DelayDays(10, 2)
    assert found.cover_holes == (
        Hole(day("2026-03-10"), day("2026-03-11"), 2),
        Hole(day("2026-03-16"), day("2026-03-19"), 4),
    )
    assert found.uncovered_days == 6
    assert found.last_document_end == day("2027-03-14")
    assert (found.next_request_on, found.registration_alert_on) == (day("2027-01-13"), day("2027-01-28"))
    assert found.propose_l425_1
    assert found.alerts == ("cover_hole",)
    assert found.rules == ("APS-1", "APS-2", "APS-3", "APS-4", "PER-1")


@pytest.mark.parametrize(
    ("valid_to", "alerts"),
    [
        ("2026-09-18", ("aps_too_short",)),
        ("2026-09-19", ()),
        ("2026-09-08", ("aps_ends_before_period", "aps_too_short", "cover_hole")),
        ("2026-09-09", ("aps_too_short",)),
    ],
)
def test_permit_too_short(valid_to: str, alerts: tuple[str, ...]) -> None:
    documents = [Document("aps_l425_4", day("2026-03-20"), day(valid_to))]
    found = residence("NG", day("2026-03-10"), [span("2026-03-20", "2026-09-09")], documents)
    assert found.alerts == alerts
    outside = residence("NG", day("2026-03-10"), [span("2026-10-01", "2026-10-01")], documents)
    assert "aps_ends_before_period" not in outside.alerts


def test_who_needs_the_permit() -> None:
    def why(nationality: str, *documents: Document) -> tuple[bool, str]:
        found = residence(nationality, day("2026-03-10"), documents=documents)
        return found.aps_needed, found.aps_why

    until = day("2026-03-10")
    assert why("FR") == (False, "nationality")
    assert why("XX") == (True, "no_document")
    assert why("NG", Document("aps_other", until, until, True)) == (False, "other_document")
    assert why("NG", Document("aps_other", until, until)) == (True, "no_document")
    assert why("NG", Document("aps_l425_4", until)) == (True, "no_document")
    assert why("NG", Document("card_l425_1", day("2026-03-11"))) == (True, "no_document")
    assert why("DE", Document("card_l425_1", day("2026-03-01"))) == (False, "nationality")
    free = residence("DE", day("2026-03-10"), [span("2026-03-10", "2026-09-09")])
    assert (free.cover_holes, free.uncovered_days) == ((), 0)
    assert residence("NG", day("2026-03-10"), complaint_on=day("2026-03-01")).propose_l425_1 is False
    assert residence("NG", day("2026-03-10"), links_broken=True).propose_l425_1 is False


def test_spans() -> None:
    assert merged(
        [span("2026-01-05", "2026-01-09"), span("2026-01-01", "2026-01-04"), span("2026-01-11", "2026-01-12")]
    ) == [
        span("2026-01-01", "2026-01-09"),
        span("2026-01-11", "2026-01-12"),
    ]
    assert merged([span("2026-01-01", "2026-01-31"), span("2026-01-05", "2026-01-06")]) == [
        span("2026-01-01", "2026-01-31")
    ]
    assert merged([]) == []
    first, second = span("2026-01-05", "2026-01-09"), span("2026-01-12", "2026-01-12")
    wanted = {"2026-01-04": None, "2026-01-05": first, "2026-01-09": first, "2026-01-10": None, "2026-01-12": second}
    for text, found in {**wanted, "2026-01-13": None}.items():
        assert holding([first, second], day(text)) == found
    assert holding([], day("2026-01-01")) is None
    assert span("2026-01-01", "2026-01-31").days == 31


@pytest.mark.parametrize(
    ("cover", "expected"),
    [
        ([], [("2026-01-10", "2026-01-20"), ("2026-01-25", "2026-01-30")]),
        ([("2026-01-01", "2026-02-01")], []),
        ([("2026-01-01", "2026-01-09")], [("2026-01-10", "2026-01-20"), ("2026-01-25", "2026-01-30")]),
        ([("2026-01-01", "2026-01-10")], [("2026-01-11", "2026-01-20"), ("2026-01-25", "2026-01-30")]),
        ([("2026-01-20", "2026-01-25")], [("2026-01-10", "2026-01-19"), ("2026-01-26", "2026-01-30")]),
        ([("2026-01-21", "2026-01-24")], [("2026-01-10", "2026-01-20"), ("2026-01-25", "2026-01-30")]),
        (
            [("2026-01-12", "2026-01-13"), ("2026-01-15", "2026-01-15")],
            [
                ("2026-01-10", "2026-01-11"),
                ("2026-01-14", "2026-01-14"),
                ("2026-01-16", "2026-01-20"),
                ("2026-01-25", "2026-01-30"),
            ],
        ),
        ([("2026-01-30", "2026-03-01"), ("2026-01-10", "2026-01-20")], [("2026-01-25", "2026-01-29")]),
        ([("2026-01-31", "2026-03-01")], [("2026-01-10", "2026-01-20"), ("2026-01-25", "2026-01-30")]),
    ],
)
def test_holes(cover: list[tuple[str, str]], expected: list[tuple[str, str]]) -> None:
    spans = [span("2026-01-25", "2026-01-30"), span("2026-01-10", "2026-01-20")]
    found = holes(spans, [span(*one) for one in cover])
    assert [(hole.start.isoformat(), hole.end.isoformat()) for hole in found] == expected
    assert all(hole.days == (hole.end - hole.start).days + 1 for hole in found)


# Appeals and silence.


def test_court_limit() -> None:
    assert court_limit(day("2026-03-12"), 2, "metropole") == day("2026-05-13")
    assert court_limit(day("2026-10-24"), 2, "metropole") == day("2026-12-28")
    assert court_limit(day("2026-10-24"), 2, "alsace_moselle") == day("2026-12-28")
    assert court_limit(day("2025-10-24"), 2, "alsace_moselle") == day("2025-12-29")
    assert court_limit(day("2199-12-31"), 2, "metropole") == day("2200-03-03")


@pytest.mark.parametrize(
    ("rejected", "implicit", "limit"),
    [
        (None, "2026-06-20", "2026-08-21"),
        ("2026-04-20", None, "2026-06-22"),
        ("2026-06-19", None, "2026-08-20"),
        ("2026-06-20", None, "2026-08-21"),
        ("2026-06-21", "2026-06-20", "2026-08-24"),
        ("2026-08-21", "2026-06-20", "2026-10-22"),
        ("2026-08-22", "2026-06-20", "2026-08-21"),
    ],
)
def test_rejection(rejected: str | None, implicit: str | None, limit: str) -> None:
    one = AdministrativeAppeal("gracious", day("2026-04-20"), rejected and day(rejected))
    found = appeal(day("2026-03-12"), appeals=[one])
    assert found.appeals[0].implicit_rejection_on == (implicit and day(implicit))
    assert found.appeals[0].court_limit == found.court_limit == day(limit)
    assert found.rules == ("APP-1", "APP-2", "APP-3")


def test_first_appeal_of_each_kind() -> None:
    given = [
        AdministrativeAppeal("hierarchical", day("2026-05-13")),
        AdministrativeAppeal("gracious", day("2026-04-20")),
        AdministrativeAppeal("gracious", day("2026-04-20"), day("2026-05-01")),
        AdministrativeAppeal("hierarchical", day("2026-05-14")),
        AdministrativeAppeal("gracious", day("2026-03-12")),
    ]
    found = appeal(day("2026-03-12"), appeals=given)
    assert [one.interrupts for one in found.appeals] == [True, False, False, False, True]
    assert [one.in_time for one in found.appeals] == [True, True, True, False, True]
    assert found.court_limit == max(one.court_limit for one in found.appeals if one.court_limit) == day("2026-09-14")
    twins = appeal(day("2026-03-12"), appeals=given[1:3])
    assert [one.interrupts for one in twins.appeals] == [True, False]
    late = appeal(day("2026-03-12"), appeals=[given[3]])
    assert (late.court_limit, late.appeals[0].interrupts) == (day("2026-05-13"), False)


def test_no_routes() -> None:
    found = appeal(
        day("2026-03-12"), routes_mentioned=False, appeals=[AdministrativeAppeal("gracious", day("2026-12-01"))]
    )
    assert (found.opposable, found.initial_limit, found.court_limit) == (False, None, None)
    assert found.outer_limit == day("2027-03-12")
    assert (found.appeals[0].in_time, found.appeals[0].interrupts, found.appeals[0].court_limit) == (True, False, None)
    assert found.rules == ("APP-1", "APP-2", "APP-3", "DEC-2")


@pytest.mark.parametrize("kind", ["afis", "aps"])
@pytest.mark.parametrize(
    ("deadline", "received", "days"), [(10, None, 10), (10, 4, 4), (10, 12, 10), (0, None, 0), (5, 0, 0)]
)
def test_papers(kind: str, deadline: int, received: int | None, days: int) -> None:
    plain = silence(kind, day("2026-06-01")).alert_on
    asked = day("2026-07-01")
    found = silence(
        kind,
        day("2026-06-01"),
        papers_asked_on=asked,
        papers_deadline=date(2026, 7, 1 + deadline),
        papers_received_on=None if received is None else date(2026, 7, 1 + received),
    )
    assert plain is not None
    assert found.alert_on is not None
    assert (found.alert_on - plain).days == days
    assert found.implicit_refusal_on == found.alert_on
    assert found.rules == ("APP-1", "DEC-3", "SIL-1")


@pytest.mark.parametrize(
    ("asked", "given", "due", "limit"),
    [
        ("2026-11-29", None, None, "2027-02-01"),
        ("2026-11-30", None, "2026-12-30", None),
        ("2026-12-31", "2026-12-31", "2027-01-31", "2027-03-01"),
        ("2027-02-01", "2027-04-01", "2027-03-01", "2027-06-02"),
        ("2027-02-02", "2027-04-01", None, "2027-02-01"),
    ],
)
def test_reasons(asked: str, given: str | None, due: str | None, limit: str | None) -> None:
    found = silence("afis", day("2026-09-30"), reasons_requested_on=day(asked), reasons_given_on=given and day(given))
    assert (found.reasons_due_on, found.court_limit) == (due and day(due), limit and day(limit))
    assert found.rules == ("APP-1", "DEC-3", "SIL-2")


def test_silence() -> None:
    decided = silence("psp", day("2026-09-30"), decided_on=day("2026-11-30"), reasons_requested_on=day("2026-12-01"))
    assert (decided.effect, decided.alert_on, decided.reasons_due_on, decided.opposable) == (
        "decided",
        None,
        None,
        True,
    )
    late = silence("psp", day("2026-09-30"), decided_on=day("2026-12-01"), acknowledged=False)
    assert (late.effect, late.alert_on, late.court_limit, late.opposable) == (
        "to_be_checked", day("2026-11-30"), None, False,
    )  # fmt: skip
    closed = silence("aps", day("2026-09-30"), acknowledged=False, reasons_requested_on=day("2027-02-10"))
    assert (closed.implicit_refusal_on, closed.court_limit, closed.reasons_due_on) == (day("2027-01-30"), None, None)
    assert silence("aps", day("2026-09-30"), decided_on=day("2027-01-31")).effect == "implicit_refusal"
    assert silence("afis", day("2026-09-30"), holidays="mayotte").court_limit == day("2027-02-01")
    assert silence("afis", day("2026-12-26"), holidays="mayotte").court_limit == day("2027-04-28")


# Commission.


@pytest.mark.parametrize(
    ("members", "required"), [(1, 1), (2, 1), (3, 2), (16, 8), (17, 9), (10**30 + 1, 5 * 10**29 + 1)]
)
def test_required_members(members: int, required: int) -> None:
    assert required_members(members) == required


def test_quorum() -> None:
    found = quorum(17, 6, remote=1, proxies=[2, 1, 0])
    assert (found.proxies_counted, found.proxies_ignored, found.counted) == (2, 1, 9)
    assert (found.reached, found.quorum_waived, found.may_sit) == (True, False, True)
    assert found.rules == ("COM-2", "COM-6")
    assert quorum(3, 2, proxies=[1]).counted == 3
    for three in ((True, True, False), (True, False, True), (False, True, True), (True, True, True)):
        found = quorum(17, 8, 0, [], *three)
        assert (found.reached, found.quorum_waived, found.may_sit) == (False, all(three), all(three))
        assert found.rules == (("COM-2", "COM-3") if three[0] else ("COM-2",))
    assert quorum(17, 9).may_sit


@pytest.mark.parametrize(
    ("votes", "chair", "cast", "taking_part"),
    [
        ((5, 4, 0), "none", "favourable", "favourable"),
        ((4, 5, 0), "none", "unfavourable", "unfavourable"),
        ((4, 4, 1), "none", "none", "none"),
        ((4, 4, 1), "for", "favourable", "favourable"),
        ((4, 4, 1), "against", "unfavourable", "unfavourable"),
        ((4, 4, 1), "abstain", "none", "none"),
        ((4, 3, 2), "for", "favourable", "none"),
        ((3, 4, 2), "for", "unfavourable", "none"),
        ((0, 0, 9), "none", "none", "none"),
        ((0, 0, 0), "for", "favourable", "favourable"),
        ((0, 5, 0), "for", "unfavourable", "unfavourable"),
    ],
)
def test_vote(votes: tuple[int, int, int], chair: str, cast: str, taking_part: str) -> None:
    for base, expected in (("cast", cast), ("taking_part", taking_part)):
        found = vote(12, 9, votes[0], votes[1], abstain=votes[2], chair_vote=chair, vote_base=base)
        assert found.opinion == expected
        assert found.casting_vote is (votes[0] == votes[1] and chair in ("for", "against"))
        assert (found.taking_part, found.required, found.enough, found.alerts) == (9, 6, True, ())
        assert found.rules == ("COM-10", "COM-11", "COM-4")


def test_vote_of_few() -> None:
    found = vote(12, 6, 3, 2, recused=1)
    assert (found.taking_part, found.enough, found.alerts) == (5, False, ("few_taking_part",))
    assert found.rules == ("COM-10", "COM-11", "COM-4", "COM-5")
    waived = vote(12, 6, 3, 2, recused=1, quorum_waived=True)
    assert (waived.enough, waived.alerts) == (True, ())
    assert vote(12, 6, 6, 0).enough
    assert vote(12, 12, 6, 6, recused=0, abstain=0).opinion == "none"


@pytest.mark.parametrize(
    ("received", "urgent", "late", "regular"),
    [
        ("2026-12-05", False, 0, True),
        ("2026-12-06", False, 1, False),
        ("2026-12-06", True, 1, True),
        ("2026-11-01", True, 0, True),
    ],
)
def test_convocation(received: str, urgent: bool, late: int, regular: bool) -> None:
    found = convocation(day("2026-12-10"), day(received), urgent)
    assert (found.latest_receipt, found.late_days, found.regular) == (day("2026-12-05"), late, regular)
    assert found.alerts == (("late_convocation",) if late else ())
    unknown = convocation(day("2026-12-10"), urgent=urgent)
    assert (unknown.late_days, unknown.regular, unknown.alerts) == (None, None, ())


# Accreditation, retention, compensation.


@pytest.mark.parametrize(
    ("given", "complete", "tacit", "basis", "valid_from"),
    [
        ({}, "2026-11-15", "2027-01-15", "tacit", "2027-01-15"),
        ({"granted_on": "2027-01-15"}, "2026-11-15", "2027-01-15", "express", "2027-01-15"),
        ({"granted_on": "2027-01-16"}, "2026-11-15", "2027-01-15", "tacit", "2027-01-15"),
        ({"missing_asked_on": "2026-11-15"}, None, None, None, None),
        ({"missing_asked_on": "2026-11-15", "granted_on": "2030-01-01"}, None, None, "express", "2030-01-01"),
        ({"missing_asked_on": "2026-11-16"}, "2026-11-15", "2027-01-15", "tacit", "2027-01-15"),
        ({"missing_asked_on": "2026-10-01", "completed_on": "2026-10-01"}, None, "2027-02-01", "tacit", "2027-02-01"),
    ],
)
def test_accreditation(
    given: dict[str, str], complete: str | None, tacit: str | None, basis: str | None, valid_from: str | None
) -> None:
    found = accreditation(
        day("2026-09-15"), **{name: day(text) for name, text in given.items()}, as_of=day("2027-02-01")
    )
    assert found.deemed_complete_on == (complete and day(complete))
    assert (found.tacit_on, found.basis) == (tacit and day(tacit), basis)
    assert found.valid_from == (valid_from and day(valid_from))
    assert (found.valid_to is None) == (found.renewal_alert_on is None) == (basis is None)
    assert found.valid is (basis is not None and valid_from != "2030-01-01")


def test_accreditation_dates() -> None:
    found = accreditation(day("2026-09-15"), granted_on=day("2026-12-01"), declared_on=day("2023-09-15"))
    assert (found.valid_to, found.renewal_alert_on) == (day("2029-11-30"), day("2029-03-30"))
    assert (found.old_enough, found.valid) == (True, None)
    for as_of, valid in (("2026-11-30", False), ("2026-12-01", True), ("2029-11-30", True), ("2029-12-01", False)):
        assert accreditation(day("2026-09-15"), granted_on=day("2026-12-01"), as_of=day(as_of)).valid is valid
    assert accreditation(day("2026-09-15"), declared_on=day("2023-09-16")).old_enough is False


def test_retention() -> None:
    found = retention(day("2025-05-10"), as_of=day("2027-05-10"))
    assert (found.review_on, found.held, found.due) == (day("2027-05-10"), False, True)
    assert retention(day("2025-05-10"), as_of=day("2027-05-09")).due is False
    assert retention(day("1990-05-10")).due is None
    for hold_ in HOLDS:
        found = retention(day("2025-05-10"), [hold_], day("2028-01-01"))
        assert (found.held, found.due) == (True, False)


@pytest.mark.parametrize(
    ("final", "until", "basis"),
    [
        (None, "2025-04-01", "offence"),
        ("2024-04-01", "2025-04-01", "offence"),
        ("2024-04-02", "2025-04-02", "final_decision"),
        ("2022-04-01", "2025-04-01", "offence"),
    ],
)
def test_compensation(final: str | None, until: str, basis: str) -> None:
    found = victim_compensation(day("2022-04-01"), final and day(final))
    assert (found.claim_until, found.basis, found.rules) == (day(until), basis, ("CIVI-1",))


# Work.


def test_every_criterion() -> None:
    for criterion in LEVEL_1:
        found = work_integration([criterion, criterion])
        assert (found.level_1, found.level_2, found.basis) == ((criterion,), (), "level_1")
        assert all(found.eligible.values())
    for criterion in LEVEL_2:
        found = work_integration([criterion, criterion], in_psp=True)
        assert (found.level_1, found.level_2, found.basis) == ((), (criterion,), None)
        assert not any(found.eligible.values())
    assert len(LEVEL_1) + len(LEVEL_2) == 18


def test_number_of_criteria() -> None:
    two = work_integration(["no_home", "mobility"])
    assert [kind for kind, holds in two.eligible.items() if holds] == ["AI", "ETTI"]
    three = work_integration(["no_home", "mobility", "over_50"])
    assert (all(three.eligible.values()), three.basis) == (True, "level_2")
    first = work_integration(
        ["rsa", "no_home", "mobility"], prescriber_decision=True, pass_receipt_on=day("2026-08-31")
    )
    assert (first.basis, first.pass_until) == ("prescriber", day("2028-08-30"))
    assert (first.rules, two.rules, two.pass_until) == (("EMP-2", "EMP-4"), ("EMP-2",), None)


def test_employment_contract() -> None:
    assert employment_contract(day("2026-01-31")).sign_by == day("2026-02-28")
    assert employment_contract(day("2020-01-31"), followed_before_2025=True).sign_by == day("2027-01-01")
    assert employment_contract(followed_before_2025=True).rules == ("EMP-1",)
    with pytest.raises(LawError, match="missing_field"):
        employment_contract()


def agreement(start: str, end: str, renewal: bool = False) -> Agreement:
    return Agreement(day(start), day(end), renewal)


@pytest.mark.parametrize(
    ("agreements", "days", "reasons"),
    [
        ([("2026-01-31", "2026-02-28")], 29, ()),
        ([("2026-01-31", "2026-03-01")], 30, ("too_long",)),
        ([("2026-01-01", "2026-01-31"), ("2026-02-01", "2026-02-28", True), ("2026-06-01", "2026-06-01")], 60, ()),
        (
            [("2026-01-01", "2026-01-31"), ("2026-02-01", "2026-02-28", True), ("2026-06-01", "2026-06-02")],
            61,
            ("too_many_days",),
        ),
        (
            [("2026-01-01", "2026-01-05"), ("2026-03-01", "2026-03-05"), ("2026-12-31", "2026-12-31")],
            11,
            ("too_many_agreements",),
        ),
        ([("2026-01-01", "2026-01-05"), ("2026-03-01", "2026-03-05"), ("2027-01-01", "2027-01-05")], 10, ()),
        ([("2026-01-01", "2026-01-05"), ("2026-03-01", "2026-03-05"), ("2026-03-06", "2026-03-06", True)], 11, ()),
        (
            [
                ("2026-01-01", "2026-01-02"),
                ("2026-01-03", "2026-01-04", True),
                ("2026-01-05", "2026-01-06"),
                ("2026-01-07", "2026-01-08", True),
            ],
            8,
            (),
        ),
        (
            [("2026-01-01", "2026-01-02"), ("2026-01-03", "2026-01-04", True), ("2026-12-20", "2027-01-10", True)],
            22,
            ("renewed_twice",),
        ),
        ([("2026-01-01", "2026-01-02"), ("2026-01-03", "2026-01-04", True), ("2026-12-20", "2027-01-02")], 4 + 12, ()),
        ([("2025-01-01", "2025-01-20"), ("2025-12-22", "2026-01-21")], 31, ()),
    ],
)
def test_immersion(agreements: list[Any], days: int, reasons: tuple[str, ...]) -> None:
    found = immersion([agreement(*one) for one in reversed(agreements)])
    assert (found.max_days_12m, found.reasons, found.allowed) == (days, reasons, not reasons)
    assert [check.start for check in found.agreements] == [day(one[0]) for one in agreements]


def test_immersion_checks() -> None:
    assert immersion([agreement("2026-02-02", "2026-03-02")]).agreements == (
        AgreementCheck(day("2026-02-02"), day("2026-03-02"), day("2026-03-01"), 29, False),
    )


# One date each, for the deadlines.
@pytest.mark.parametrize(
    ("asked", "given", "expected"),
    [
        (term_end, "2026-03-01", "2029-02-28"),
        (term_end, "2028-02-29", "2031-02-28"),
        (meet_again_by, "2026-03-12", "2027-03-12"),
        (withdrawable_until, "2026-10-31", "2027-02-28"),
        (meet_again_by, "2028-02-29", "2029-02-28"),
        (last_day, "2026-02-02", "2026-03-01"),
        (last_day, "2026-01-31", "2026-02-28"),
        (pass_end, "2026-09-01", "2028-08-31"),
        (next_request_on, "2026-08-27", "2026-06-28"),
        (registration_alert_on, "2026-08-27", "2026-07-13"),
    ],
)
def test_one_date(asked: Any, given: str, expected: str) -> None:
    assert asked(day(given)) == day(expected)


def test_a_right_is_taken_back_by_the_text_of_its_day() -> None:
    assert withdrawable_until(day("2016-06-01")) == day("2016-10-01")
    with pytest.raises(LawError) as caught:
        withdrawable_until(day("2016-05-31"))
    assert (caught.value.code, caught.value.field) == ("out_of_parameter_range", "signed_on")


@pytest.mark.parametrize(
    ("department", "holidays", "scale"),
    [
        ("57", "alsace_moselle", "metropole"), ("67", "alsace_moselle", "metropole"),
        ("68", "alsace_moselle", "metropole"), ("971", "guadeloupe", "metropole"),
        ("972", "martinique", "metropole"), ("973", "guyane", "metropole"), ("974", "reunion", "metropole"),
        ("976", "mayotte", "mayotte"), ("30", "metropole", "metropole"), ("2A", "metropole", "metropole"),
        ("", "metropole", "metropole"),
    ],
)  # fmt: skip
def test_what_is_particular_to_a_department(department: str, holidays: str, scale: str) -> None:
    assert (holidays_of(department), scale_of(department)) == (holidays, scale)


def test_each_calendar_is_that_of_a_department() -> None:
    departments = [f"{n:02d}" for n in range(1, 96)] + [str(n) for n in range(971, 977)]
    assert {holidays_of(one) for one in departments} == set(TERRITORIES)


def test_a_day_before_the_first_value_is_told_by_its_name() -> None:
    for asked, given, field in ((last_day, "2014-11-15", "start"), (pass_end, "2021-08-31", "receipt_on")):
        with pytest.raises(LawError) as caught:
            asked(day(given))
        assert (caught.value.code, caught.value.field) == ("out_of_parameter_range", field)


def test_meetings_a_year_divide_the_year(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("jalon.law.loader.whole", lambda key: {"commission.min_meetings_year": 2}[key])
    assert meet_again_by(day("2026-08-31")) == day("2027-02-28")
