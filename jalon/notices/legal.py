"""The deadlines of the law and of practice, line by line: which fact starts each, and which kinds carry it.

A line without a kind says why nothing is planned. Dates come from the law room; who is told and when, from ``kinds``.
"""

from typing import NamedTuple


class Line(NamedTuple):
    """``trigger``: the fact; ``rule``: of the law room, for the « Pourquoi ? »; ``source``: the article or the text."""

    number: str
    trigger: str
    kinds: tuple[str, ...]
    rule: str
    source: str
    why_not: str = ""


LINES: tuple[Line, ...] = (
    Line(
        "L1",
        "the préfet authorises or renews a period",
        ("period_end", "renewal_remind", "renewal_open", "renewal_file", "renewal_session", "renewal_decision"),
        "DUR-2",
        "CASF, art. R. 121-12-10",
    ),
    Line("L2", "the months authorised add up", ("journey_cap",), "DUR-4", "CASF, art. R. 121-12-10"),
    Line(
        "L3",
        "a meeting is planned, or moved before its members are convoked",
        ("convocation",),
        "COM-1",
        "CRPA, art. R. 133-8",
    ),
    Line("L4", "a request for the pathway is received", ("silence_2m",), "DEC-3", "CRPA, art. L. 231-1 et L. 231-4"),
    Line("L5", "a request for AFIS is received with it", ("afis_silence",), "DEC-3", "CRPA, art. L. 231-4, 3°"),
    Line("L6", "a residence document is asked for", ("aps_silence",), "DEC-3", "CESEDA, art. R. 432-2"),
    Line(
        "L7",
        "a refusal or an early end is notified, or silence makes a refusal",
        ("appeal", "silence_appeal", "accreditation_appeal"),
        "APP-1",
        "CJA, art. R. 421-1",
    ),
    # Its last day is the one of L7, which it interrupts: one deadline carries both.
    Line(
        "L8",
        "a refusal or an early end is notified",
        ("appeal", "accreditation_appeal"),
        "APP-2",
        "CRPA, art. L. 411-2",
    ),
    Line(
        "L9",
        "a gracious or hierarchical appeal is received",
        ("appeal_answer", "appeal", "accreditation_answer", "accreditation_appeal"),
        "APP-3",
        "CRPA, art. L. 411-7",
    ),
    Line(
        "L10",
        "the reasons of an implicit refusal are asked for",
        ("reasons_answer", "silence_appeal"),
        "SIL-2",
        "CRPA, art. L. 232-4",
    ),
    Line("L11", "a request for approval is received", ("accreditation_complete",), "AGR-1", "CASF, art. R. 121-12-3"),
    Line("L12", "the file of the approval is complete", ("accreditation_tacit",), "AGR-2", "CASF, art. R. 121-12-3"),
    Line(
        "L13",
        "the approval is given, or tacit",
        ("accreditation_renewal", "accreditation_end"),
        "AGR-3",
        "CASF, art. R. 121-12-3",
    ),
    Line("L14", "a member of the commission is named", ("mandate_end",), "COM-14", "CASF, art. R. 121-12-7"),
    Line("L15", "the end of AFIS is decided", ("afis_stop",), "AFIS-4", "CASF, art. R. 121-12-13-1"),
    Line("L16", "the residence permit of the pathway is issued", ("permit_end",), "APS-2", "CESEDA, art. L. 425-4"),
    Line("L17", "a receipt of reflection is issued", ("reflection_end",), "PER-2", "CESEDA, art. R. 425-2"),
    Line("L18", "the receipt that follows a complaint is issued", ("permit_end",), "PER-1", "CESEDA, art. L. 425-1"),
    Line(
        "L19",
        "the offence, or the final criminal decision",
        (),
        "CIVI-1",
        "CPP, art. 706-5",
        "Dates of deadlines are in clear: three years back, this one would tell the day of the offence to whoever "
        "copies the database. The day is in no field of the file; the law room computes the limit when asked.",
    ),
    Line(
        "L20",
        "France Travail notifies the orientation",
        ("contract_due",),
        "EMP-1",
        "Code du travail, art. D. 5411-14-1",
    ),
    Line("L21", "the pass of work integration starts", ("pass_end",), "EMP-4", "Code du travail, art. R. 5132-1-2"),
    Line("L22", "an immersion begins", ("immersion_end",), "EMP-3", "Code du travail, art. D. 5135-3"),
    Line("L23", "the association meets or reaches her", ("retention",), "DAT-1", "CNIL, délibération 2021-028"),
    Line(
        "L24",
        "children, residence right, job or department change while the aid is paid",
        ("situation_report",),
        "AFIS-8",
        "CASF, art. L. 121-9",
    ),
    Line("L25", "a meeting is held", ("yearly_meeting",), "COM-15", "Sénat, rapport r16-677 (2017)"),
    Line(
        "L26",
        "a residence document with a right to work is issued or extended",
        ("permit_continuity", "aps_request"),
        "APS-4",
        "Code du travail, art. L. 5411-4",
    ),
)
