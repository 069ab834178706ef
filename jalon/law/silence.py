"""No answer to a request: what silence means, and from when."""

from dataclasses import dataclass
from datetime import date
from typing import Final

from jalon.law import loader
from jalon.law.appeal import court_limit
from jalon.law.calculation import applied, calculation
from jalon.law.dates import add_months
from jalon.law.spec import Bool, Choice, Day, Field

MONTHS: Final = {"psp": "silence.psp_alert_months", "afis": "silence.afis_months", "aps": "silence.aps_months"}


@dataclass(frozen=True, slots=True)
class Silence:
    """The effect of silence and the limits that follow."""

    effect: str
    alert_on: date | None
    implicit_refusal_on: date | None
    opposable: bool
    court_limit: date | None
    reasons_due_on: date | None
    rules: tuple[str, ...]


@calculation(
    "silence",
    Field("kind", Choice.of(*MONTHS), required=True),
    Field("received_on", Day(), required=True),
    Field("acknowledged", Bool(), default=True),
    Field("papers_asked_on", Day()),
    Field("papers_deadline", Day(), required=lambda given: given.get("papers_asked_on") is not None),
    Field("papers_received_on", Day()),
    Field("decided_on", Day()),
    Field("reasons_requested_on", Day()),
    Field("reasons_given_on", Day()),
    follows=(
        ("papers_asked_on", "received_on"),
        ("papers_deadline", "papers_asked_on"),
        ("papers_received_on", "papers_asked_on"),
        ("decided_on", "received_on"),
        ("reasons_given_on", "reasons_requested_on"),
    ),
    settings=("holidays",),
)
def silence(
    kind: str,
    received_on: date,
    acknowledged: bool = True,
    papers_asked_on: date | None = None,
    papers_deadline: date | None = None,
    papers_received_on: date | None = None,
    decided_on: date | None = None,
    reasons_requested_on: date | None = None,
    reasons_given_on: date | None = None,
    holidays: str = "metropole",
) -> Silence:
    """Say what silence on a request means, and the court limit of an implicit refusal.

    `kind` is `psp`, `afis` or `aps`; `acknowledged` says whether a receipt with the routes was given.
    Errors: LawError `missing_field`, `end_before_start`, `out_of_parameter_range` on `received_on`.
    Rules DEC-3 (CRPA L.231-1, L.231-4; CESEDA R.432-2), APP-1 (CJA R.421-1), SIL-1 (CRPA L.114-5), SIL-2 (L.232-4).
    """
    refusal = kind != "psp"
    alert_on = add_months(received_on, loader.whole(MONTHS[kind], received_on, "received_on"))
    if refusal and papers_asked_on and papers_deadline and papers_asked_on <= alert_on:
        alert_on += min(papers_deadline, papers_received_on or papers_deadline) - papers_asked_on
    rules = applied(["DEC-3"], APP_1=refusal, SIL_1=papers_asked_on is not None, SIL_2=reasons_requested_on is not None)
    if decided_on and decided_on <= alert_on:
        return Silence("decided", None, None, acknowledged, None, None, rules)
    if not refusal:
        return Silence("to_be_checked", alert_on, None, acknowledged, None, None, rules)
    limit = reasons_due_on = None
    if acknowledged:
        months = loader.whole("appeal.court_months", received_on, "received_on")
        limit = court_limit(alert_on, months, holidays)
        if reasons_requested_on and alert_on <= reasons_requested_on <= limit:
            due_months = loader.whole("silence.reasons_months", received_on, "received_on")
            reasons_due_on = add_months(reasons_requested_on, due_months)
            limit = court_limit(reasons_given_on, months, holidays) if reasons_given_on else None
    return Silence("implicit_refusal", alert_on, alert_on, acknowledged, limit, reasons_due_on, rules)
