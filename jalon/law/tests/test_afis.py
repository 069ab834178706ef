from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pytest

from jalon.law.afis import (
    Amount,
    Benefit,
    ChildrenChange,
    Condition,
    ExclusionsCondition,
    Fact,
    MonthDue,
    Overlap,
    Payment,
    Scale,
    amount,
    eligibility,
    schedule,
)
from jalon.law.dates import Month
from jalon.law.errors import LawError
from jalon.law.periods import Span
from jalon.law.residence import Document
from jalon.law.rsa import STATUSES, rsa_check


def day(text: str) -> date:
    return date.fromisoformat(text)


def span(start: str, end: str) -> Span:
    return Span(day(start), day(end))


ON = date(2026, 10, 1)
YEAR = span("2026-01-01", "2026-12-31")


def test_all_of_an_amount() -> None:
    assert amount(ON, 1) == Amount(
        Decimal("343.20"),
        Decimal("106.08"),
        Decimal("449.28"),
        Decimal("449.28"),
        Scale(date(2022, 7, 1), None),
        ("AFIS-2",),
    )


@pytest.mark.parametrize(
    ("on", "children", "territory", "expected"),
    [
        ("2017-04-15", 0, "metropole", "330.00"),
        ("2022-06-30", 3, "metropole", "636.00"),
        ("2022-07-01", 3, "metropole", "661.44"),
        ("2017-04-15", 0, "mayotte", "165.00"),
        ("2026-10-01", 1, "mayotte", "216.00"),
        ("2026-10-01", 3, "mayotte", "318.00"),
        ("2026-10-01", 4, "mayotte", "350.00"),
        ("2026-10-01", 6, "mayotte", "414.00"),
    ],
)
def test_amounts(on: str, children: int, territory: str, expected: str) -> None:
    found = amount(day(on), children, territory)
    assert found.amount == found.payable == found.base + found.children_amount == Decimal(expected)


@pytest.mark.parametrize(
    ("resources", "payable"),
    [
        ("0.00", "343.20"),
        ("308.49", "343.20"),
        ("308.50", "343.19"),
        ("651.68", "0.01"),
        ("651.69", "0.00"),
        ("900", "0.00"),
    ],
)
def test_total_cap(resources: str, payable: str) -> None:
    found = amount(ON, household_resources=Decimal(resources), total_cap=True)
    assert (found.amount, found.payable) == (Decimal("343.20"), Decimal(payable))
    assert found.rules == ("AFIS-2", "CAP-1")
    assert amount(ON, household_resources=Decimal(resources)).payable == Decimal("343.20")


@pytest.mark.parametrize(
    ("given", "code", "field"),
    [
        ({"on": datetime(2026, 1, 1)}, "wrong_type", "on"),
        ({"on": "2026-01-01"}, "wrong_type", "on"),
        ({"on": date(1899, 12, 31)}, "invalid_date", "on"),
        ({"on": ON, "children": -1}, "negative_amount", "children"),
        ({"on": ON, "children": True}, "wrong_type", "children"),
        ({"on": ON, "territory": "corse"}, "invalid_value", "territory"),
        ({"on": ON, "total_cap": True}, "missing_field", "household_resources"),
        ({"on": ON, "total_cap": 1}, "invalid_value", "settings.total_cap"),
        ({"on": ON, "household_resources": "1.00"}, "wrong_type", "household_resources"),
        ({"on": ON, "household_resources": 1.5}, "wrong_type", "household_resources"),
        ({"on": ON, "household_resources": Decimal("1.005")}, "invalid_amount", "household_resources"),
        ({"on": ON, "household_resources": Decimal("NaN")}, "invalid_amount", "household_resources"),
        ({"on": ON, "household_resources": Decimal("Infinity")}, "invalid_amount", "household_resources"),
        ({"on": ON, "household_resources": Decimal("-0.01")}, "negative_amount", "household_resources"),
    ],
)
def test_direct_calls_are_checked(given: dict[str, Any], code: str, field: str) -> None:
    with pytest.raises(LawError) as caught:
        amount(**given)
    assert (caught.value.code, caught.value.field) == (code, field)


@pytest.mark.parametrize(
    ("grants", "rule", "months", "partial"),
    [
        ([("2026-01-15", "2026-03-14")], "touched", ["2026-01", "2026-02", "2026-03"], True),
        ([("2026-01-15", "2026-03-14")], "month_start", ["2026-02", "2026-03"], True),
        ([("2026-01-15", "2026-03-14")], "month_end", ["2026-01", "2026-02"], True),
        ([("2026-01-01", "2026-02-28")], "month_start", ["2026-01", "2026-02"], False),
        ([("2026-01-01", "2026-02-28")], "month_end", ["2026-01", "2026-02"], False),
        ([("2026-01-10", "2026-01-20")], "touched", ["2026-01"], True),
        ([("2026-01-10", "2026-01-20")], "month_start", [], True),
        ([("2026-01-10", "2026-01-20")], "month_end", [], True),
        ([("2026-01-15", "2026-02-28"), ("2026-01-01", "2026-01-14")], "touched", ["2026-01", "2026-02"], False),
        ([("2026-01-01", "2026-01-14"), ("2026-01-16", "2026-01-31")], "touched", ["2026-01"], True),
        ([("2025-12-31", "2026-01-01")], "touched", ["2025-12", "2026-01"], True),
    ],
)
def test_months_paid(grants: list[tuple[str, str]], rule: str, months: list[str], partial: bool) -> None:
    found = schedule([span(*grant) for grant in grants], month_rule=rule)
    assert [str(due.month) for due in found.months] == months
    assert ("partial_month" in found.alerts) is partial
    assert found.last_paid_month == (found.months[-1].month if months else None)
    assert found.total == Decimal("343.20") * len(months)


def test_end_decision() -> None:
    found = schedule([YEAR], end_decision_on=day("2026-12-01"))
    assert (found.last_paid_month, found.stops_on) == (Month(2026, 12), day("2027-01-01"))
    assert schedule([YEAR], end_decision_on=day("2026-01-31")).months == (
        MonthDue(Month(2026, 1), Decimal("343.20"), 0),
    )
    nothing = schedule([YEAR], end_decision_on=day("2025-12-31"))
    assert (nothing.months, nothing.total, nothing.last_paid_month, nothing.stops_on) == ((), Decimal(0), None, None)
    assert "partial_month" in schedule([span("2026-01-01", "2026-06-15")], end_decision_on=day("2026-03-05")).alerts
    # A month before the first scale is not needed when it is not paid.
    early = span("2017-04-10", "2017-05-31")
    assert schedule([early], month_rule="month_start").total == Decimal("330.00")


def test_children_changes() -> None:
    changes = [
        ChildrenChange(day("2026-03-31"), 2),
        ChildrenChange(day("2026-02-01"), 1),
        ChildrenChange(day("2026-03-31"), 3),
    ]

    def counted(**settings: str) -> list[int]:
        return [
            due.children
            for due in schedule([span("2026-01-01", "2026-05-31")], children_changes=changes, **settings).months
        ]

    assert counted() == [0, 0, 1, 3, 3]
    assert counted(change_effective="first_of_same_month") == [0, 1, 3, 3, 3]
    december = schedule(
        [span("2026-12-01", "2027-01-31")], children=1, children_changes=[ChildrenChange(day("2026-12-31"), 0)]
    )
    assert [due.children for due in december.months] == [1, 0]
    assert "AFIS-5" in december.rules
    assert december.alerts == ("children_effect_to_confirm",)
    before = schedule([span("2026-05-01", "2026-05-31")], children_changes=changes, territory="mayotte")
    assert before.months == (MonthDue(Month(2026, 5), Decimal("318.00"), 3),)


def test_arrears_and_overpaid() -> None:
    paid = [
        Payment(Month(2022, 6), Decimal("330.00")),
        Payment(Month(2022, 7), Decimal("330.00")),
        Payment(Month(2022, 8), Decimal("300.00")),
        Payment(Month(2022, 8), Decimal("50.00")),
        Payment(Month(2022, 10), Decimal("10.00")),
    ]
    found = schedule([span("2022-06-01", "2022-09-30")], paid=paid)
    assert (found.arrears, found.overpaid) == (Decimal("13.20"), Decimal("16.80"))
    assert found.alerts == ("overpaid",)
    assert "AFIS-6" in found.rules
    assert schedule([span("2022-06-01", "2022-09-30")], paid=paid[:1]).alerts == ()


def test_other_benefits() -> None:
    benefits = [
        Benefit("rsa", day("2026-02-28"), day("2026-02-28")),
        Benefit("ada", day("2026-03-01")),
        Benefit("ada", day("2026-03-05"), day("2026-03-06")),
        Benefit("ata", day("2025-01-01"), day("2025-12-31")),
    ]
    found = schedule([span("2026-01-01", "2026-04-30")], other_benefits=benefits)
    assert found.overlap_months == (
        Overlap(Month(2026, 2), ("rsa",), Decimal("343.20")),
        Overlap(Month(2026, 3), ("ada",), Decimal("343.20")),
        Overlap(Month(2026, 4), ("ada",), Decimal("343.20")),
    )
    assert found.possible_overpayment == Decimal("1029.60")
    assert found.alerts == ("possible_overpayment",)
    assert schedule([span("2026-01-01", "2026-01-31")], other_benefits=benefits).alerts == ()


def test_new_facts() -> None:
    facts = [Fact(day("2026-03-02"), "job"), Fact(day("2026-02-02"), "family"), Fact(day("2026-03-02"), "other")]
    found = schedule([YEAR], new_facts=facts)
    assert found.reexamine_on == (day("2026-02-02"), day("2026-03-02"))
    assert found.rules == ("AFIS-2", "AFIS-3", "AFIS-8", "MON-1")
    assert found.alerts == ()


def test_schedule_checks_python_values() -> None:
    for given, code, field in (
        ({"paid": [Payment("2026-01", Decimal(1))]}, "wrong_type", "paid[0].month"),
        ({"paid": [Payment(Month(2026, 13), Decimal(1))]}, "invalid_date", "paid[0].month"),
        ({"paid": [Payment(Month(1899, 1), Decimal(1))]}, "invalid_date", "paid[0].month"),
        ({"new_facts": [Fact(ON, "x")]}, "invalid_value", "new_facts[0].kind"),
        ({"other_benefits": [Benefit("rsa", ON, date(2026, 9, 30))]}, "end_before_start", "other_benefits[0].to"),
    ):
        with pytest.raises(LawError) as caught:
            schedule([YEAR], **given)  # type: ignore[arg-type]
        assert (caught.value.code, caught.value.field) == (code, field)


def asks(**given: Any) -> Any:
    return eligibility(
        **{
            "decision_on": date(2026, 11, 20),
            "request_on": date(2026, 11, 2),
            "birth_date": date(1999, 3, 1),
            "nationality": "NG",
            "household_resources": Decimal(0),
            **given,
        }
    )


def held(
    kind: str, valid_to: str | None = "2026-12-31", work: bool | None = None, issued: str = "2026-11-01"
) -> Document:
    return Document(kind, day(issued), valid_to and day(valid_to), work)


@pytest.mark.parametrize(
    ("documents", "met", "why"),
    [
        ([], False, "no_document"),
        ([held("card_l425_1")], True, "document"),
        ([held("resident_card")], True, "document"),
        ([held("other_permit")], True, "document"),
        ([held("renewal_receipt")], True, "document"),
        ([held("renewal_receipt", "2026-11-19")], False, "no_document"),
        ([held("renewal_receipt", "2026-11-20")], True, "document"),
        ([held("renewal_receipt", issued="2026-11-21")], False, "no_document"),
        ([held("renewal_receipt", issued="2026-11-20")], True, "document"),
        ([held("first_receipt")], False, "receipt_not_listed"),
        ([held("reflection_receipt", None)], False, "receipt_not_listed"),
        ([held("aps_l425_4", None)], True, "aps_with_work"),
        ([held("aps_l425_4", None, work=False)], False, "aps_without_work"),
        ([held("aps_other")], False, "aps_without_work"),
        ([held("aps_other", work=True)], True, "aps_with_work"),
        ([held("aps_other"), held("aps_l425_4")], True, "aps_with_work"),
        ([held("first_receipt"), held("aps_other")], False, "aps_without_work"),
        ([held("aps_l425_4"), held("other_permit")], True, "document"),
    ],
)
def test_residence_condition(documents: list[Document], met: bool, why: str) -> None:
    found = asks(documents=documents)
    assert found.conditions.residence == Condition(met, why)
    assert found.failed == (() if met else ("residence",))
    assert found.eligible is met
    assert asks(documents=documents, nationality="IT").conditions.residence == Condition(True, "nationality")


def test_all_conditions_fail() -> None:
    found = asks(
        birth_date=date(2008, 11, 21),
        household_resources=Decimal("651.69"),
        receives=["ata", "ada"],
        could_claim=["rsa", "rsa"],
    )
    assert found.failed == ("age", "residence", "resources", "exclusions")
    assert not found.eligible
    assert (found.ceiling, found.reference_month) == (Decimal("651.69"), Month(2026, 10))
    assert found.conditions.age == Condition(False, "under_18")
    assert found.conditions.resources.why == "not_below_ceiling"
    assert found.conditions.resources.ceiling == found.ceiling
    assert found.conditions.resources.reference_month == found.reference_month
    assert found.conditions.exclusions == ExclusionsCondition(False, "receives", ("ada", "rsa"))
    assert found.rules == ("AFIS-1",)


def test_exclusions() -> None:
    assert asks(could_claim=["rsa"]).conditions.exclusions == ExclusionsCondition(False, "could_claim", ("rsa",))
    assert asks(receives=["ata"], could_claim=["ata"]).conditions.exclusions == ExclusionsCondition(True, "none", ())
    assert asks(receives=["ata"], could_claim=["ada"]).conditions.exclusions.why == "could_claim"
    assert asks(birth_date=date(2008, 11, 20)).conditions.age == Condition(True, "adult")
    assert asks(request_on=date(2027, 1, 5), decision_on=date(2027, 1, 5)).reference_month == Month(2026, 12)


@pytest.mark.parametrize(
    ("given", "to_check", "from_", "reasons"),
    [
        ({}, False, "2030-06-15", ("age_25",)),
        ({"as_of": date(2030, 6, 15)}, True, "2030-06-15", ("age_25",)),
        ({"as_of": date(2030, 6, 14)}, False, "2030-06-15", ("age_25",)),
        ({"children": 1}, True, None, ("child",)),
        ({"expecting_child": True}, True, None, ("child",)),
        ({"student": True, "children": 2, "nationality": "NG"}, False, None, ("student",)),
        ({"nationality": "DE"}, False, "2030-06-15", ("age_25", "right_of_residence")),
        ({"nationality": "DE", "children": 1}, True, None, ("child", "right_of_residence")),
        (
            {"nationality": "GB", "as_of": date(2020, 12, 31), "children": 1},
            True,
            None,
            ("child", "right_of_residence"),
        ),
        ({"nationality": "GB", "children": 1}, False, None, ("child", "permit_years_unknown")),
        (
            {"nationality": "NG", "children": 1, "work_permit_since": date(2021, 11, 24)},
            True,
            "2026-11-24",
            ("child", "permit_5_years"),
        ),
        (
            {"nationality": "NG", "children": 1, "work_permit_since": date(2021, 11, 25)},
            False,
            "2026-11-25",
            ("child", "permit_5_years"),
        ),
        (
            {"nationality": "NG", "work_permit_since": date(2010, 1, 1)},
            False,
            "2030-06-15",
            ("age_25", "permit_5_years"),
        ),
        (
            {
                "nationality": "NG",
                "protected_status": "stateless",
                "work_permit_since": date(2026, 1, 1),
                "children": 1,
            },
            True,
            None,
            ("child", "protected_status"),
        ),
        ({"nationality": "FR", "work_permit_since": date(2026, 1, 1), "children": 1}, True, None, ("child",)),
    ],
)
def test_rsa_check(given: dict[str, Any], to_check: bool, from_: str | None, reasons: tuple[str, ...]) -> None:
    found = rsa_check(**{"as_of": date(2026, 11, 24), "birth_date": date(2005, 6, 15), "nationality": "FR", **given})
    assert (found.to_check, found.from_, found.reasons) == (to_check, from_ and day(from_), reasons)
    assert found.rules == ("RSA-1",)


def test_every_protected_status_counts() -> None:
    for status in STATUSES[1:]:
        found = rsa_check(date(2026, 11, 24), date(1990, 1, 1), "NG", protected_status=status)
        assert (found.to_check, found.reasons) == (True, ("age_25", "protected_status"))
