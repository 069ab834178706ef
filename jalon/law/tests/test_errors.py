"""Codes, fields and the order in which faults are looked for."""

from typing import Any

import pytest

from jalon.law import compute
from jalon.law.errors import MESSAGES, RANK, LawError

LATE = "2026-07-01"
EARLY = "2026-01-01"


def error(calculation: Any, given: Any) -> tuple[str, str | None]:
    answer = compute.answer({"id": "x", "calculation": calculation, "input": given})
    assert answer["id"] == "x"
    assert answer["error"]["message"]
    return answer["error"]["code"], answer["error"]["field"]


def order(**given: Any) -> dict[str, Any]:
    return {"kind": "authorise", "signed_on": EARLY, **given}


def eligibility(**given: Any) -> dict[str, Any]:
    return {
        "decision_on": LATE,
        "request_on": LATE,
        "birth_date": "1990-01-01",
        "nationality": "NG",
        "household_resources": "0.00",
        **given,
    }


def test_law_error() -> None:
    plain = LawError("missing_field", None, "on")
    assert (plain.message, plain.message_fr) == MESSAGES["missing_field"]
    assert str(plain) == "missing_field (on): This field is required."
    told = LawError("wrong_type", "A date is asked.", None)
    assert (told.code, told.message, told.field) == ("wrong_type", "A date is asked.", None)
    assert list(RANK.values()) == list(range(12))
    assert list(RANK)[0] == "unknown_calculation"


@pytest.mark.parametrize(
    ("calculation", "given", "code", "field"),
    [
        # Unknown fields, at any depth, before all else.
        ("journey", {"orders": [{"kind": 5, "note": 1}], "as_of": 3}, "unknown_field", "orders[0].note"),
        ("journey", {"settings": {"cap": "x"}}, "unknown_field", "settings.cap"),
        ("journey", {"orders": [], "transfers": [{"on": 5, "from": "30"}]}, "unknown_field", "transfers[0].from"),
        ("afis_amount", {"a": 1, "b": 2}, "unknown_field", "a"),
        ("afis_amount", {"": 1}, "unknown_field", ""),
        ("residence", {"documents": [{}, {"until": 1}]}, "unknown_field", "documents[1].until"),
        # Missing fields before wrong types.
        ("journey", {"orders": [{"kind": 5}]}, "missing_field", "orders[0].signed_on"),
        ("journey", {"orders": [order(kind="end_early", signed_on=7)]}, "missing_field", "orders[0].notified_on"),
        ("journey", {"orders": [order(kind="end_early", ends_on=7)]}, "wrong_type", "orders[0].ends_on"),
        ("journey", {"orders": 5, "transfers": [1]}, "missing_field", "department"),
        ("journey", {"orders": [], "department": 5, "transfers": [None]}, "wrong_type", "department"),
        ("journey", {"orders": [], "transfers": [{"on": LATE}], "department": ""}, "missing_field", "transfers[0].to"),
        ("silence", {"kind": "afis", "received_on": 5, "papers_asked_on": 5}, "missing_field", "papers_deadline"),
        (
            "residence",
            {"nationality": 1, "decision_on": 1, "documents": [{"kind": "other_permit", "issued_on": 1}]},
            "missing_field",
            "documents[0].valid_to",
        ),
        ("afis_amount", {"on": 1, "settings": {"total_cap": True}}, "missing_field", "household_resources"),
        ("employment_contract", {"followed_before_2025": False}, "missing_field", "orientation_notified_on"),
        ("employment_contract", {"followed_before_2025": 1}, "missing_field", "orientation_notified_on"),
        ("decision", {"kind": None, "signed_on": LATE}, "missing_field", "kind"),
        ("decision", {}, "missing_field", "kind"),
        ("vote", {"members": 3, "present": 2, "against": 1}, "missing_field", "for"),
        ("afis_schedule", {"grants": None}, "missing_field", "grants"),
        ("afis_schedule", {"grants": [{"start": LATE}]}, "missing_field", "grants[0].end"),
        (
            "afis_schedule",
            {"grants": [{"start": EARLY, "end": LATE}], "other_benefits": [{"kind": "rsa"}]},
            "missing_field",
            "other_benefits[0].from",
        ),
        (
            "afis_schedule",
            {"grants": [{"start": EARLY, "end": LATE}], "new_facts": [{"kind": "job"}]},
            "missing_field",
            "new_facts[0].on",
        ),
        (
            "afis_schedule",
            {"grants": [{"start": EARLY, "end": LATE}], "children_changes": [{"on": LATE}]},
            "missing_field",
            "children_changes[0].children",
        ),
        ("immersion", {"agreements": [{"end": LATE}]}, "missing_field", "agreements[0].start"),
        (
            "appeal",
            {"notified_on": EARLY, "appeals": [{"kind": "gracious"}]},
            "missing_field",
            "appeals[0].received_on",
        ),
        ("work_integration", {}, "missing_field", "criteria"),
        # Wrong types before badly written values.
        ("journey", [], "wrong_type", "input"),
        ("journey", False, "wrong_type", "input"),
        ("journey", "x", "wrong_type", "input"),
        ("journey", {"orders": {}}, "wrong_type", "orders"),
        ("journey", {"orders": "x"}, "wrong_type", "orders"),
        ("journey", {"orders": [[]]}, "wrong_type", "orders[0]"),
        ("journey", {"orders": [order(signed_on="x")], "as_of": 0}, "wrong_type", "as_of"),
        ("journey", {"orders": [], "settings": []}, "wrong_type", "settings"),
        ("journey", {"orders": [], "commission_dates": [None]}, "wrong_type", "commission_dates[0]"),
        ("journey", {"orders": [], "commission_dates": [20260101]}, "wrong_type", "commission_dates[0]"),
        ("journey", {"orders": [], "project_renewals": True}, "wrong_type", "project_renewals"),
        ("journey", {"orders": [], "project_renewals": 1.0}, "wrong_type", "project_renewals"),
        ("journey", {"orders": [], "department": 30}, "wrong_type", "department"),
        ("decision", {"kind": 1, "signed_on": LATE}, "wrong_type", "kind"),
        ("decision", {"kind": "refuse", "signed_on": LATE, "appeal_routes": 1}, "wrong_type", "appeal_routes"),
        ("decision", {"kind": "refuse", "signed_on": LATE, "appeal_routes": 0}, "wrong_type", "appeal_routes"),
        ("decision", {"kind": "refuse", "signed_on": LATE, "appeal_routes": "true"}, "wrong_type", "appeal_routes"),
        ("quorum", {"members": 3, "present": 3, "proxies": [True]}, "wrong_type", "proxies[0]"),
        ("quorum", {"members": 3, "present": "3"}, "wrong_type", "present"),
        ("afis_eligibility", eligibility(household_resources=5), "wrong_type", "household_resources"),
        ("afis_eligibility", eligibility(nationality=5), "wrong_type", "nationality"),
        ("afis_eligibility", eligibility(receives=[["rsa"]]), "wrong_type", "receives[0]"),
        (
            "afis_schedule",
            {"grants": [{"start": EARLY, "end": LATE}], "paid": [{"month": 202601, "amount": "1.00"}]},
            "wrong_type",
            "paid[0].month",
        ),
        # Dates, then amounts, then values, then negative ones.
        ("afis_eligibility", eligibility(household_resources="x", decision_on="x"), "invalid_date", "decision_on"),
        (
            "afis_eligibility",
            eligibility(household_resources="x", nationality="x"),
            "invalid_amount",
            "household_resources",
        ),
        ("afis_eligibility", eligibility(household_resources="-1.00", nationality="x"), "invalid_value", "nationality"),
        (
            "afis_eligibility",
            eligibility(household_resources="-1.00", request_on="2026-12-31"),
            "negative_amount",
            "household_resources",
        ),
        ("afis_eligibility", eligibility(request_on="2026-12-31"), "end_before_start", "decision_on"),
        ("afis_eligibility", eligibility(birth_date="2026-12-31"), "end_before_start", "request_on"),
        ("decision", {"kind": "Refuse", "signed_on": LATE}, "invalid_value", "kind"),
        ("decision", {"kind": "", "signed_on": LATE}, "invalid_value", "kind"),
        ("quorum", {"members": -1, "present": 0}, "invalid_value", "members"),
        ("quorum", {"members": 1, "present": -1}, "negative_amount", "present"),
        ("quorum", {"members": 9, "present": 5, "proxies": [1, -1]}, "negative_amount", "proxies[1]"),
        ("quorum", {"members": 10**4000, "present": 5}, "invalid_value", "members"),
        ("afis_amount", {"on": LATE, "territory": "reunion"}, "invalid_value", "territory"),
        ("afis_schedule", {"grants": []}, "invalid_value", "grants"),
        (
            "afis_schedule",
            {"grants": [{"start": EARLY, "end": LATE}], "paid": [{"month": "2026-01", "amount": "-0.01"}]},
            "negative_amount",
            "paid[0].amount",
        ),
        ("work_integration", {"criteria": ["rsa", "psp"]}, "invalid_value", "criteria[1]"),
        # Settings: whatever is wrong with a value, it is invalid.
        ("journey", {"orders": [], "settings": {"cap_mode": "monthly"}}, "invalid_value", "settings.cap_mode"),
        ("journey", {"orders": [], "settings": {"cap_mode": 5}}, "invalid_value", "settings.cap_mode"),
        ("journey", {"orders": [], "settings": {"reminder_days": "15"}}, "invalid_value", "settings.reminder_days"),
        (
            "journey",
            {"orders": [], "settings": {"reminder_days": [15, -1]}},
            "invalid_value",
            "settings.reminder_days[1]",
        ),
        (
            "journey",
            {"orders": [], "settings": {"reminder_days": [3651]}},
            "invalid_value",
            "settings.reminder_days[0]",
        ),
        (
            "journey",
            {"orders": [], "settings": {"reminder_days": [True]}},
            "invalid_value",
            "settings.reminder_days[0]",
        ),
        (
            "journey",
            {"orders": [], "settings": {"reminder_days": [None]}},
            "invalid_value",
            "settings.reminder_days[0]",
        ),
        (
            "decision",
            {"kind": "refuse", "signed_on": LATE, "settings": {"total_cap": 1}},
            "invalid_value",
            "settings.total_cap",
        ),
        ("appeal", {"notified_on": LATE, "settings": {"holidays": "corse"}}, "invalid_value", "settings.holidays"),
        (
            "vote",
            {"members": 1, "present": 1, "for": 1, "against": 0, "settings": {"vote_base": ""}},
            "invalid_value",
            "settings.vote_base",
        ),
        (
            "afis_schedule",
            {"grants": [{"start": EARLY, "end": LATE}], "settings": {"month_rule": "all"}},
            "invalid_value",
            "settings.month_rule",
        ),
        (
            "afis_schedule",
            {"grants": [{"start": EARLY, "end": LATE}], "settings": {"change_effective": "now"}},
            "invalid_value",
            "settings.change_effective",
        ),
        # Days in the wrong order.
        ("journey", {"orders": [order(notified_on="2025-12-31")]}, "end_before_start", "orders[0].notified_on"),
        (
            "journey",
            {"orders": [order(effective_on="2026-02-01", ends_on="2026-01-31")]},
            "end_before_start",
            "orders[0].ends_on",
        ),
        (
            "afis_schedule",
            {"grants": [{"start": EARLY, "end": LATE}], "other_benefits": [{"kind": "rsa", "from": LATE, "to": EARLY}]},
            "end_before_start",
            "other_benefits[0].to",
        ),
        (
            "residence",
            {
                "nationality": "NG",
                "decision_on": LATE,
                "documents": [{"kind": "aps_other", "issued_on": LATE, "valid_to": EARLY}],
            },
            "end_before_start",
            "documents[0].valid_to",
        ),
        (
            "residence",
            {"nationality": "NG", "decision_on": LATE, "psp_periods": [{"start": LATE, "end": EARLY}]},
            "end_before_start",
            "psp_periods[0].end",
        ),
        (
            "appeal",
            {"notified_on": LATE, "appeals": [{"kind": "gracious", "received_on": "2026-06-30"}]},
            "end_before_start",
            "appeals[0].received_on",
        ),
        (
            "appeal",
            {
                "notified_on": EARLY,
                "appeals": [
                    {"kind": "gracious", "received_on": LATE},
                    {"kind": "gracious", "received_on": LATE, "rejected_on": EARLY},
                ],
            },
            "end_before_start",
            "appeals[1].rejected_on",
        ),
        (
            "silence",
            {"kind": "psp", "received_on": LATE, "papers_asked_on": EARLY, "papers_deadline": LATE},
            "end_before_start",
            "papers_asked_on",
        ),
        (
            "silence",
            {"kind": "psp", "received_on": EARLY, "papers_asked_on": LATE, "papers_deadline": EARLY},
            "end_before_start",
            "papers_deadline",
        ),
        (
            "silence",
            {
                "kind": "psp",
                "received_on": EARLY,
                "papers_asked_on": LATE,
                "papers_deadline": LATE,
                "papers_received_on": EARLY,
            },
            "end_before_start",
            "papers_received_on",
        ),
        ("silence", {"kind": "psp", "received_on": LATE, "decided_on": EARLY}, "end_before_start", "decided_on"),
        (
            "silence",
            {"kind": "psp", "received_on": EARLY, "reasons_requested_on": LATE, "reasons_given_on": EARLY},
            "end_before_start",
            "reasons_given_on",
        ),
        ("accreditation", {"received_on": LATE, "missing_asked_on": EARLY}, "end_before_start", "missing_asked_on"),
        ("accreditation", {"received_on": LATE, "granted_on": EARLY}, "end_before_start", "granted_on"),
        (
            "accreditation",
            {"received_on": EARLY, "missing_asked_on": LATE, "completed_on": EARLY},
            "end_before_start",
            "completed_on",
        ),
        (
            "victim_compensation",
            {"offence_on": LATE, "final_decision_on": EARLY},
            "end_before_start",
            "final_decision_on",
        ),
        ("immersion", {"agreements": [{"start": LATE, "end": EARLY}]}, "end_before_start", "agreements[0].end"),
        # Overlaps: the later one by start is at fault.
        ("journey", {"orders": [order(), order(signed_on="2026-06-30")]}, "overlapping_orders", "orders[1]"),
        ("journey", {"orders": [order(signed_on="2026-06-30"), order()]}, "overlapping_orders", "orders[0]"),
        (
            "afis_schedule",
            {"grants": [{"start": LATE, "end": LATE}, {"start": EARLY, "end": LATE}]},
            "overlapping_orders",
            "grants[0]",
        ),
        (
            "afis_schedule",
            {"grants": [{"start": EARLY, "end": LATE}, {"start": EARLY, "end": EARLY}]},
            "overlapping_orders",
            "grants[1]",
        ),
        (
            "residence",
            {
                "nationality": "NG",
                "decision_on": LATE,
                "psp_periods": [{"start": EARLY, "end": LATE}, {"start": LATE, "end": LATE}],
            },
            "overlapping_orders",
            "psp_periods[1]",
        ),
        (
            "immersion",
            {"agreements": [{"start": EARLY, "end": LATE}, {"start": LATE, "end": LATE}]},
            "overlapping_orders",
            "agreements[1]",
        ),
        # Values that contradict each other.
        ("journey", {"orders": [order(kind="renew")]}, "inconsistent_values", "orders[0]"),
        (
            "journey",
            {"orders": [order(kind="refuse"), order(kind="renew", signed_on=LATE)]},
            "inconsistent_values",
            "orders[1]",
        ),
        ("journey", {"orders": [order(kind="refuse", effective_on=LATE)]}, "inconsistent_values", "orders[0]"),
        ("journey", {"orders": [order(kind="refuse", ends_on=LATE)]}, "inconsistent_values", "orders[0]"),
        (
            "journey",
            {"orders": [order(), order(kind="refuse_renewal", signed_on=LATE, ends_on=LATE)]},
            "inconsistent_values",
            "orders[1]",
        ),
        ("journey", {"orders": [order(kind="end_early", ends_on=LATE)]}, "inconsistent_values", "orders[0]"),
        (
            "journey",
            {"orders": [order(), order(kind="end_early", signed_on=LATE, ends_on="2025-12-31")]},
            "inconsistent_values",
            "orders[1]",
        ),
        ("quorum", {"members": 9, "present": 0, "proxies": [0]}, "inconsistent_values", "proxies"),
        ("quorum", {"members": 3, "present": 2, "remote": 2}, "inconsistent_values", "present"),
        ("vote", {"members": 3, "present": 4, "for": 0, "against": 0}, "inconsistent_values", "present"),
        ("vote", {"members": 3, "present": 3, "recused": 4, "for": 0, "against": 0}, "inconsistent_values", "recused"),
        ("vote", {"members": 3, "present": 3, "recused": 1, "for": 1, "against": 2}, "inconsistent_values", "for"),
        ("accreditation", {"received_on": EARLY, "completed_on": LATE}, "inconsistent_values", "completed_on"),
        (
            "work_integration",
            {"criteria": ["unemployed_24_months", "unemployed_12_to_24_months"]},
            "inconsistent_values",
            "criteria",
        ),
        (
            "immersion",
            {"agreements": [{"start": LATE, "end": LATE}, {"start": EARLY, "end": EARLY, "renewal": True}]},
            "inconsistent_values",
            "agreements[1]",
        ),
        # Days before the first value of a parameter.
        (
            "journey",
            {"orders": [order(kind="refuse", signed_on="2016-10-30")]},
            "out_of_parameter_range",
            "orders[0].signed_on",
        ),
        (
            "journey",
            {"orders": [order(), order(kind="refuse_renewal", signed_on="2016-10-30")]},
            "out_of_parameter_range",
            "orders[1].signed_on",
        ),
        ("afis_amount", {"on": "2017-04-14"}, "out_of_parameter_range", "on"),
        ("afis_amount", {"on": "2017-04-14", "territory": "mayotte"}, "out_of_parameter_range", "on"),
        (
            "afis_schedule",
            {"grants": [{"start": LATE, "end": LATE}, {"start": "2017-04-20", "end": "2017-05-31"}]},
            "out_of_parameter_range",
            "grants[1].start",
        ),
        (
            "afis_eligibility",
            eligibility(decision_on="2017-12-01", request_on="2017-11-01"),
            "out_of_parameter_range",
            "decision_on",
        ),
        ("afis_eligibility", eligibility(request_on="2017-03-31"), "out_of_parameter_range", "request_on"),
        (
            "afis_eligibility",
            eligibility(nationality="FR", documents=[{"kind": "card_l425_1", "issued_on": "2021-04-30"}]),
            "out_of_parameter_range",
            "documents[0].issued_on",
        ),
        (
            "rsa_check",
            {"as_of": "2009-05-31", "birth_date": EARLY, "nationality": "FR"},
            "out_of_parameter_range",
            "as_of",
        ),
        (
            "rsa_check",
            {"as_of": "2013-06-30", "birth_date": EARLY, "nationality": "DE"},
            "out_of_parameter_range",
            "as_of",
        ),
        ("residence", {"nationality": "FR", "decision_on": "2013-06-30"}, "out_of_parameter_range", "decision_on"),
        (
            "residence",
            {
                "nationality": "FR",
                "decision_on": LATE,
                "documents": [{"kind": "aps_l425_4", "issued_on": "2016-04-14", "valid_to": LATE}],
            },
            "out_of_parameter_range",
            "documents[0].issued_on",
        ),
        (
            "residence",
            {
                "nationality": "FR",
                "decision_on": LATE,
                "documents": [{"kind": "reflection_receipt", "issued_on": "2007-09-14"}],
            },
            "out_of_parameter_range",
            "documents[0].issued_on",
        ),
        ("appeal", {"notified_on": "2015-12-31"}, "out_of_parameter_range", "notified_on"),
        ("appeal", {"notified_on": "2016-07-12", "routes_mentioned": False}, "out_of_parameter_range", "notified_on"),
        ("silence", {"kind": "aps", "received_on": "2021-04-30"}, "out_of_parameter_range", "received_on"),
        ("silence", {"kind": "psp", "received_on": "2015-12-31"}, "out_of_parameter_range", "received_on"),
        ("accreditation", {"received_on": "2016-10-30"}, "out_of_parameter_range", "received_on"),
        ("victim_compensation", {"offence_on": "2008-07-01"}, "out_of_parameter_range", "offence_on"),
        (
            "work_integration",
            {"criteria": [], "pass_receipt_on": "2021-08-31"},
            "out_of_parameter_range",
            "pass_receipt_on",
        ),
        (
            "employment_contract",
            {"orientation_notified_on": "2024-12-31"},
            "out_of_parameter_range",
            "orientation_notified_on",
        ),
        (
            "immersion",
            {"agreements": [{"start": LATE, "end": LATE}, {"start": "2014-11-15", "end": "2014-11-15"}]},
            "out_of_parameter_range",
            "agreements[1].start",
        ),
    ],
)
def test_error(calculation: str, given: Any, code: str, field: str) -> None:
    assert error(calculation, given) == (code, field)


@pytest.mark.parametrize("name", ["", "Journey", "quorum ", None, 5, [], {}, True])
def test_unknown_calculation_comes_first(name: Any) -> None:
    assert error(name, None) == ("unknown_calculation", "calculation")
    assert error(name, {"nothing": 1}) == ("unknown_calculation", "calculation")


@pytest.mark.parametrize(
    "text",
    [
        "2026-1-01",
        "2026-01-1",
        "20260101",
        "2026-W01-1",
        "2026-01-01 ",
        " 2026-01-01",
        "2026-01-01T00:00:00",
        "",
        "1899-12-31",
        "2200-01-01",
        "0000-01-01",
        "2026-00-10",
        "2026-13-01",
        "2026-02-29",
        "2026-04-31",
        "2026-01-00",
        "+026-01-01",
        "2026-01-01\n",
        "٢٠٢٦-01-01",
        "2026/01/01",
        "01-01-2026",
    ],
)
def test_not_a_date(text: str) -> None:
    assert error("convocation", {"meeting_on": text}) == ("invalid_date", "meeting_on")


@pytest.mark.parametrize("text", ["1900-01-01", "2199-12-31", "2028-02-29", "2000-02-29"])
def test_a_date(text: str) -> None:
    assert "result" in compute.answer({"id": "x", "calculation": "convocation", "input": {"meeting_on": text}})


@pytest.mark.parametrize(
    "text", ["2026-13", "2026-00", "2026-1", "1899-12", "2200-01", "2026-01-01", "", "2026-01\n", "x", "202601"]
)
def test_not_a_month(text: str) -> None:
    given = {"grants": [{"start": EARLY, "end": LATE}], "paid": [{"month": text, "amount": "1.00"}]}
    assert error("afis_schedule", given) == ("invalid_date", "paid[0].month")


@pytest.mark.parametrize("text", ["1900-01", "2199-12"])
def test_a_month(text: str) -> None:
    given = {"grants": [{"start": EARLY, "end": LATE}], "paid": [{"month": text, "amount": "1.00"}]}
    assert "result" in compute.answer({"id": "x", "calculation": "afis_schedule", "input": given})


@pytest.mark.parametrize(
    "text",
    [
        "",
        "1",
        "1.",
        "1.0",
        "1.000",
        ".50",
        "1,00",
        "+1.00",
        "1e2.00",
        "1 000.00",
        "1.00 ",
        "--1.00",
        "1.00\n",
        "NaN",
        "Infinity",
        "١.00",
        "0x1.00",
        "1_0.00",
        "- 1.00",
    ],
)
def test_not_an_amount(text: str) -> None:
    assert error("afis_eligibility", eligibility(household_resources=text)) == ("invalid_amount", "household_resources")


@pytest.mark.parametrize("text", ["0.00", "-0.00", "007.50", "9" * 5000 + ".99"])
def test_an_amount(text: str) -> None:
    answer = compute.answer(
        {"id": "x", "calculation": "afis_eligibility", "input": eligibility(household_resources=text)}
    )
    assert answer["result"]["conditions"]["resources"]["met"] is (len(text) < 10)


@pytest.mark.parametrize("text", ["ng", "NGA", "N", "", "N1", "NG\n", "ÉÉ", " NG"])
def test_not_a_nationality(text: str) -> None:
    assert error("afis_eligibility", eligibility(nationality=text)) == ("invalid_value", "nationality")


def test_an_element_must_be_an_object_with_an_id() -> None:
    for element in (None, 5, "x", [], True):
        answer = compute.answer(element)
        assert (answer["id"], answer["calculation"]) == (None, None)
        assert (answer["error"]["code"], answer["error"]["field"]) == ("wrong_type", None)
    for element, code in (({}, "missing_field"), ({"id": None}, "missing_field"), ({"id": 5}, "wrong_type")):
        answer = compute.answer({"calculation": "quorum", **element})
        assert (answer["id"], answer["calculation"]) == (None, "quorum")
        assert (answer["error"]["code"], answer["error"]["field"]) == (code, "id")
    for element in ({}, {"input": None}):
        answer = compute.answer({"id": "x", "calculation": "quorum", **element})
        assert (answer["error"]["code"], answer["error"]["field"]) == ("missing_field", "input")


def test_null_is_the_same_as_absent() -> None:
    given = {"orders": [order(effective_on=None, ends_on=None, notified_on=None)]}
    nulls = dict.fromkeys(("project_renewals", "commission_dates", "as_of", "department", "transfers", "settings"))
    plain = compute.answer({"id": "x", "calculation": "journey", "input": given})
    assert compute.answer({"id": "x", "calculation": "journey", "input": {**given, **nulls}}) == plain
    given["settings"] = {"cap_mode": None, "reminder_days": None, "holidays": None}
    assert compute.answer({"id": "x", "calculation": "journey", "input": given}) == plain


# A whole item of each list, in an input that holds: without one of its required fields, it is told missing.
SPAN = {"start": EARLY, "end": LATE}
DOCUMENT = {"kind": "renewal_receipt", "issued_on": EARLY, "valid_to": LATE}
ITEMS: list[tuple[str, str, dict[str, Any], dict[str, Any], tuple[str, ...]]] = [
    ("journey", "orders", order(), {}, ("kind", "signed_on")),
    ("journey", "transfers", {"on": EARLY, "to": "30"}, {"orders": [], "department": "34"}, ("on", "to")),
    ("afis_schedule", "grants", SPAN, {}, ("start", "end")),
    ("afis_schedule", "children_changes", {"on": EARLY, "children": 1}, {"grants": [SPAN]}, ("on", "children")),
    ("afis_schedule", "paid", {"month": "2026-01", "amount": "1.00"}, {"grants": [SPAN]}, ("month", "amount")),
    ("afis_schedule", "other_benefits", {"kind": "rsa", "from": EARLY}, {"grants": [SPAN]}, ("kind", "from")),
    ("afis_schedule", "new_facts", {"kind": "job", "on": EARLY}, {"grants": [SPAN]}, ("kind", "on")),
    ("afis_eligibility", "documents", DOCUMENT, eligibility(), ("kind", "issued_on", "valid_to")),
    ("residence", "psp_periods", SPAN, {"nationality": "NG", "decision_on": EARLY}, ("start", "end")),
    ("appeal", "appeals", {"kind": "gracious", "received_on": LATE}, {"notified_on": EARLY}, ("kind", "received_on")),
    ("immersion", "agreements", SPAN, {}, ("start", "end")),
]


@pytest.mark.parametrize(("calculation", "field", "item", "others", "required"), ITEMS, ids=[one[1] for one in ITEMS])
def test_each_required_field_of_an_item(
    calculation: str, field: str, item: dict[str, Any], others: dict[str, Any], required: tuple[str, ...]
) -> None:
    whole = {**others, field: [item]}
    assert "result" in compute.answer({"id": "x", "calculation": calculation, "input": whole})
    assert set(required) <= set(item)
    for name in required:
        short = {key: value for key, value in item.items() if key != name}
        assert error(calculation, {**others, field: [short]}) == ("missing_field", f"{field}[0].{name}")
