"""The law's table of deadlines, walked line by line: an act, the date that it plans, who is told, by which rule."""

from datetime import date, timedelta
from pathlib import Path

import pytest

from jalon.commissions.tests.factories import make_held, make_meeting, make_seat
from jalon.config import clock
from jalon.directory.tests import accreditation_cases
from jalon.dossiers.tests.factories import make_submitted
from jalon.journeys import actions as journeys
from jalon.journeys.tests.factories import make_notified, make_refused, make_signed, mine, on
from jalon.law.rules import RULES
from jalon.notices import kinds
from jalon.notices.legal import LINES
from jalon.notices.reads import opened
from jalon.notices.why import RULES_OF
from jalon.people.tests.factories import make_dossier, make_team
from jalon.support import actions as support

ROOMS = Path(__file__).resolve().parents[2] / "jalon"
DAY = date(2026, 3, 2)
MEETING = DAY + timedelta(days=12)  # the meeting of the factories, and the signature: 2026-03-14
BY_NUMBER = {line.number: line for line in LINES}


# Each function makes the fact of its line and returns the dates that it must plan, by kind.
def authorised(team):
    make_signed(team)
    return {
        "period_end": date(2026, 9, 13),
        "renewal_remind": date(2026, 5, 16),
        "renewal_open": date(2026, 6, 15),
        "renewal_file": date(2026, 7, 15),
        "renewal_session": date(2026, 8, 14),
        "renewal_decision": date(2026, 8, 29),
    }


def cap(team):
    make_signed(team)
    return {"journey_cap": date(2028, 3, 13)}


def convocation(team):
    make_meeting(team)
    return {"convocation": date(2026, 3, 9)}


def request(team):
    make_submitted(team)
    return {"silence_2m": date(2026, 5, 2)}


def request_for_the_aid(team):
    make_submitted(team)
    return {"afis_silence": date(2026, 5, 2)}


def permit_asked_for(team):
    decision = make_notified(team)
    with on(MEETING):
        permit(team, decision, issued_on=None, requested_on=MEETING)
    return {"aps_silence": date(2026, 7, 14)}


def refusal(team):
    """A refusal notified on the 14th of March; elsewhere, an aid asked for on the 2nd that nobody decides."""
    make_refused(team)
    team = make_team("13", "Association du Sud")
    make_submitted(team)
    return {"appeal": date(2026, 5, 15), "silence_appeal": date(2026, 7, 3)}


def administrative_appeal(team):
    """Before the 15th of May it interrupts: the same last day as the court's."""
    make_refused(team)
    return {"appeal": date(2026, 5, 15)}


def appeal_received(team):
    """On the 13th of April; silence rejects on the 13th of June; two clear months from then, to a Monday."""
    decision = make_refused(team)
    with on(MEETING + timedelta(days=30)):
        journeys.file_appeal(team.actor("REF"), decision, kind="gracious", filed_on=clock.today())
    return {"appeal_answer": date(2026, 6, 13), "appeal": date(2026, 8, 14)}


def reasons(team):
    decision = make_notified(team)
    with on(date(2026, 6, 1)):
        journeys.ask_reasons(team.actor("REF"), mine(team, decision.dossier), about="afis", asked_on=clock.today())
    planned = {"reasons_answer": date(2026, 7, 1)}
    assert {row.kind: row.on for row in opened().filter(kind__in=BY_NUMBER["L10"].kinds)} == planned
    with on(date(2026, 6, 25)):
        journeys.receive_reasons(team.actor("REF"), mine(team, decision.dossier), about="afis", given_on=clock.today())
    return {"silence_appeal": date(2026, 8, 26)}


def approval_asked_for(team):
    accreditation_cases.requested(accreditation_cases.Parties("34"))
    return {"accreditation_complete": date(2026, 5, 2)}


def approval_complete(team):
    """Nothing is asked for: approved by four months of silence from the reception."""
    accreditation_cases.requested(accreditation_cases.Parties("34"))
    return {"accreditation_tacit": date(2026, 7, 2)}


def approval_given(team):
    """Granted on the day: three years; the renewal is thought of eight months before."""
    accreditation_cases.granted(accreditation_cases.Parties("34"))
    return {"accreditation_renewal": date(2028, 7, 1), "accreditation_end": date(2029, 3, 1)}


def member_named(team):
    make_seat(team, "Médecin", starts_on=DAY, ends_on=date(2029, 3, 1))
    return {"mandate_end": date(2029, 3, 1)}


def aid_ended(team):
    decision = aided(team)
    with on(date(2026, 5, 20)):
        journeys.end_afis(team.actor("REF"), mine(team, decision.dossier), ended_on=clock.today(), reason="Emploi")
    return {"afis_stop": date(2026, 6, 1)}


def aided(team):
    decision = make_notified(team)
    with on(MEETING):
        journeys.decide_afis(team.actor("PRE"), mine(team, decision.dossier, "PRE"), granted=True, children=0)
    return decision


def permit(team, decision, **given):
    facts = {"kind": "aps_l425_4", "issued_on": clock.today(), "number": "1", **given}
    return journeys.record_permit(team.actor("REF"), mine(team, decision.dossier), **facts)


def permit_issued(team, kind="aps_l425_4"):
    decision = make_notified(team)
    with on(MEETING):
        permit(team, decision, kind=kind)


def aps(team):
    """Six months at least: to the 13th of September."""
    permit_issued(team)
    return {"permit_end": date(2026, 9, 13)}


def reflection(team):
    permit_issued(team, "reflection_receipt")
    return {"reflection_end": date(2026, 4, 13)}


def complaint(team):
    permit_issued(team, "first_receipt")
    return {"permit_end": date(2026, 7, 13)}


def placed(team, kind):
    support.record_placement(team.actor("REF"), make_notified(team).dossier, kind=kind, title="Suite", starts_on=DAY)


def orientation(team):
    with on(MEETING):
        placed(team, "orientation")
    return {"contract_due": date(2026, 4, 2)}


def work_integration(team):
    with on(MEETING):
        placed(team, "integration")
    return {"pass_end": date(2028, 3, 1)}


def immersion(team):
    with on(MEETING):
        placed(team, "immersion")
    return {"immersion_end": date(2026, 4, 1)}


def contact(team):
    make_dossier(team)  # a first contact: six months, two years once she is accompanied
    return {"retention": date(2026, 9, 2)}


def change(team):
    decision = aided(team)
    with on(date(2026, 4, 20)):
        dossier = mine(team, decision.dossier)
        journeys.change_children(team.actor("REF"), dossier, on=clock.today(), children=1)
    return {"situation_report": date(2026, 4, 20)}


def meeting_held(team):
    make_held(team)
    return {"yearly_meeting": date(2027, 3, 14)}


def end_of_the_permit(team):
    permit_issued(team)
    return {"permit_continuity": date(2026, 7, 30), "aps_request": date(2026, 7, 15)}


FACTS = {
    "L1": authorised, "L2": cap, "L3": convocation, "L4": request, "L5": request_for_the_aid, "L6": permit_asked_for,
    "L7": refusal, "L8": administrative_appeal, "L9": appeal_received, "L10": reasons, "L11": approval_asked_for,
    "L12": approval_complete, "L13": approval_given, "L14": member_named, "L15": aid_ended, "L16": aps,
    "L17": reflection, "L18": complaint, "L20": orientation, "L21": work_integration, "L22": immersion, "L23": contact,
    "L24": change, "L25": meeting_held, "L26": end_of_the_permit,
}  # fmt: skip


def test_the_table_has_the_twenty_six_lines():
    assert [line.number for line in LINES] == [f"L{n}" for n in range(1, 27)]


@pytest.mark.parametrize("line", LINES, ids=lambda line: line.number)
def test_each_line_says_what_carries_it_or_why_nothing_does(line):
    assert line.trigger
    assert line.source
    assert line.rule in RULES
    assert bool(line.kinds) != bool(line.why_not)
    assert bool(line.kinds) == (line.number in FACTS)
    for kind in line.kinds:
        assert kind in kinds.KINDS
    if line.kinds:
        assert line.rule in {rule for kind in line.kinds for rule in RULES_OF[kind]}


@pytest.mark.django_db
@pytest.mark.parametrize("number", FACTS)
def test_the_fact_plans_the_date(number):
    line = BY_NUMBER[number]
    with clock.at(DAY):
        planned = FACTS[number](make_team())
        rows = {kind: list(opened().filter(kind=kind)) for kind in planned}
    assert set(planned) <= set(line.kinds)
    for kind, on_day in planned.items():
        assert rows[kind], kind
        for row in rows[kind]:
            assert row.rule in RULES_OF[kind]
        assert on_day in {row.on for row in rows[kind]}
        assert kinds.KINDS[kind].role in {row.role for row in rows[kind]}


def test_each_kind_of_a_line_is_planned_by_a_fact():
    """What one line leaves to another is still planned somewhere."""
    code = "\n".join(
        path.read_text(encoding="utf-8")
        for path in ROOMS.rglob("*.py")
        if "/tests/" not in str(path) and path.parent.name != "notices"
    )
    made = {"renewal_remind", "renewal_open", "renewal_file", "renewal_session", "renewal_decision", "period_end"}
    assert {kind for kind in kinds.KINDS if kind not in made and f'"{kind}"' not in code} == set()
