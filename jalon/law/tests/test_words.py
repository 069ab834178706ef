"""The words that calculations accept, and the defaults that Python and JSON share."""

from collections.abc import Iterator
from inspect import Parameter, signature

import pytest

from jalon.law.calculation import Calculation
from jalon.law.spec import SETTINGS, Bool, Choice, Count, Each, Kind, Record, Setting
from jalon.law.subjects import CALCULATIONS

BENEFITS = "ada ata rsa"
ORDERS = "authorise end_early refuse refuse_renewal renew"
PERMITS = "aps_l425_4 aps_other card_l425_1 first_receipt other_permit reflection_receipt renewal_receipt resident_card"
TERRITORIES = "alsace_moselle guadeloupe guyane martinique mayotte metropole reunion"

WORDS = {
    "journey.orders.kind": ORDERS,
    "decision.kind": ORDERS,
    "decision.opinion": "favourable unfavourable",
    "afis_amount.territory": "mayotte metropole",
    "afis_schedule.territory": "mayotte metropole",
    "afis_schedule.other_benefits.kind": BENEFITS,
    "afis_schedule.new_facts.kind": "family housing job other residence resources",
    "afis_eligibility.documents.kind": PERMITS,
    "afis_eligibility.receives": BENEFITS,
    "afis_eligibility.could_claim": BENEFITS,
    "rsa_check.protected_status": ("none refugee resident_card single_parent_increase stateless subsidiary_protection"),
    "residence.documents.kind": PERMITS,
    "appeal.appeals.kind": "gracious hierarchical",
    "silence.kind": "afis aps psp",
    "vote.chair_vote": "abstain against for none",
    "retention.holds": "appeal compensation criminal_case overpayment",
    "work_integration.criteria": (
        "aah ass disabled_worker former_child_welfare french_below_a1 leaving_detention mobility no_home over_50 "
        "priority_district refugee_or_asylum rsa rural_zone school_level_3_or_less single_parent under_26 "
        "unemployed_12_to_24_months unemployed_24_months"
    ),
    "settings.cap_mode": "calendar cumulative",
    "settings.change_effective": "first_of_next_month first_of_same_month",
    "settings.month_rule": "month_end month_start touched",
    "settings.holidays": TERRITORIES,
    "settings.vote_base": "cast taking_part",
}

FIELDS = {
    "journey": "orders project_renewals commission_dates as_of department transfers",
    "journey.orders": "kind signed_on effective_on ends_on notified_on",
    "journey.transfers": "on to",
    "decision": (
        "kind signed_on opinion opinion_on reasons_of_law reasons_of_fact appeal_routes requested_by_person "
        "observations_invited_on"
    ),
    "afis_amount": "on children territory household_resources",
    "afis_schedule": ("grants territory children children_changes end_decision_on paid other_benefits new_facts"),
    "afis_schedule.grants": "start end",
    "afis_schedule.children_changes": "on children",
    "afis_schedule.paid": "month amount",
    "afis_schedule.other_benefits": "kind from to",
    "afis_schedule.new_facts": "on kind",
    "afis_eligibility": (
        "decision_on request_on birth_date nationality household_resources documents receives could_claim"
    ),
    "afis_eligibility.documents": "kind issued_on valid_to work",
    "rsa_check": ("as_of birth_date nationality children expecting_child student work_permit_since protected_status"),
    "residence": "nationality decision_on psp_periods documents complaint_on links_broken",
    "residence.psp_periods": "start end",
    "residence.documents": "kind issued_on valid_to work",
    "appeal": "notified_on routes_mentioned appeals",
    "appeal.appeals": "kind received_on rejected_on",
    "silence": (
        "kind received_on acknowledged papers_asked_on papers_deadline papers_received_on decided_on "
        "reasons_requested_on reasons_given_on"
    ),
    "quorum": "members present remote proxies second_convocation same_agenda states_no_quorum",
    "vote": "members present recused for against abstain chair_vote quorum_waived",
    "convocation": "meeting_on received_on urgent",
    "accreditation": "received_on missing_asked_on completed_on granted_on declared_on as_of",
    "retention": "last_contact_on holds as_of",
    "victim_compensation": "offence_on final_decision_on",
    "work_integration": "criteria prescriber_decision in_psp pass_receipt_on",
    "employment_contract": "orientation_notified_on followed_before_2025",
    "immersion": "agreements",
    "immersion.agreements": "start end renewal",
}


def walk(path: str, kind: Kind) -> Iterator[tuple[str, Kind]]:
    """Yield a kind and all those inside it, with their paths."""
    yield path, kind
    if isinstance(kind, Each | Setting):
        yield from walk(path, kind.item if isinstance(kind, Each) else kind.kind)
    if isinstance(kind, Record):
        for field in kind.fields:
            yield from walk("settings" if field.name == "settings" else f"{path}.{field.name}", field.kind)


EVERY = [found for name, entry in CALCULATIONS.items() for found in walk(name, entry.record)]


def test_words() -> None:
    found = {path: " ".join(sorted(kind.values)) for path, kind in EVERY if isinstance(kind, Choice)}
    assert found == WORDS


def test_fields() -> None:
    found = {
        path: " ".join(field.name for field in kind.fields if field.name != "settings")
        for path, kind in EVERY
        if isinstance(kind, Record) and path != "settings"
    }
    assert found == FIELDS
    assert " ".join(SETTINGS) == ("cap_mode reminder_days change_effective month_rule total_cap holidays vote_base")


@pytest.mark.parametrize("name", CALCULATIONS)
def test_defaults_are_the_same_in_python_and_in_json(name: str) -> None:
    entry: Calculation = CALCULATIONS[name]
    declared = {field.python: field for field in entry.record.fields} | {key: SETTINGS[key] for key in entry.settings}
    for parameter in signature(entry.function).parameters.values():
        field = declared.pop(parameter.name)
        if parameter.default is Parameter.empty:
            assert field.required is True
        else:
            assert field.required is not True
            assert (parameter.default or None) == (field.default or None)
            assert type(field.default) is not bool or parameter.default is field.default
    assert set(declared) == {"settings"}


def test_defaults_that_are_true() -> None:
    defaults = {
        f"{path}.{field.name}": field.default
        for path, kind in EVERY
        if isinstance(kind, Record) and path != "settings"
        for field in kind.fields
        if isinstance(field.kind, Bool | Count | Choice) and field.default
    }
    assert defaults == {
        "afis_amount.territory": "metropole",
        "afis_schedule.territory": "metropole",
        "rsa_check.protected_status": "none",
        "appeal.routes_mentioned": True,
        "silence.acknowledged": True,
        "vote.chair_vote": "none",
    }
    assert [field.default for field in SETTINGS.values()] == [
        "cumulative",
        (120, 90, 60, 30, 15),
        "first_of_next_month",
        "touched",
        False,
        "metropole",
        "cast",
    ]
