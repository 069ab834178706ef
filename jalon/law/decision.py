"""What a prefect's decision must hold before it may be notified."""

from dataclasses import dataclass
from datetime import date
from typing import Final

from jalon.law import loader
from jalon.law.calculation import applied, calculation
from jalon.law.dates import add_months
from jalon.law.spec import Bool, Choice, Day, Field

KINDS: Final = ("authorise", "renew", "refuse", "refuse_renewal", "end_early")
ADVERSE: Final = frozenset({"refuse", "refuse_renewal", "end_early"})
OPINIONS: Final = ("favourable", "unfavourable")


@dataclass(frozen=True, slots=True)
class Decision:
    """Whether the decision may be notified, and what is missing."""

    notification_allowed: bool
    missing: tuple[str, ...]
    opinion_binding: bool
    follows_opinion: bool | None
    alerts: tuple[str, ...]
    rules: tuple[str, ...]


@calculation(
    "decision",
    Field("kind", Choice.of(*KINDS), required=True),
    Field("signed_on", Day(), required=True),
    Field("opinion", Choice.of(*OPINIONS)),
    Field("opinion_on", Day()),
    Field("reasons_of_law", Bool(), default=False),
    Field("reasons_of_fact", Bool(), default=False),
    Field("appeal_routes", Bool(), default=False),
    Field("requested_by_person", Bool(), default=False),
    Field("observations_invited_on", Day()),
)
def decision(
    kind: str,
    signed_on: date,
    opinion: str | None = None,
    opinion_on: date | None = None,
    reasons_of_law: bool = False,
    reasons_of_fact: bool = False,
    appeal_routes: bool = False,
    requested_by_person: bool = False,
    observations_invited_on: date | None = None,
) -> Decision:
    """Say whether a decision may be notified.

    `kind` is one of KINDS, `opinion` the commission's (one of OPINIONS) given on `opinion_on`; the three booleans say
    what the order carries; `observations_invited_on` is the day of the letter that invites to give observations.
    Rules DEC-1 (CASF L.121-9), DEC-2 (CRPA L.211-2, L.211-5; CJA R.421-5), G5 (CASF L.121-9), G9 (CRPA L.121-1).
    """
    ends = kind == "end_early"
    adverse = kind in ADVERSE
    invited = observations_invited_on is not None and observations_invited_on < signed_on
    lacking = {
        "appeal_routes": adverse and not appeal_routes,
        "observations_invited": ends and not requested_by_person and not invited,
        "reasons_of_fact": adverse and not reasons_of_fact,
        "reasons_of_law": adverse and not reasons_of_law,
    }
    missing = tuple(name for name, lacks in lacking.items() if lacks)
    too_late = opinion_on is not None and opinion_on > signed_on
    return Decision(
        notification_allowed=not missing,
        missing=missing,
        opinion_binding=False,
        follows_opinion=None if opinion is None or ends else adverse == (opinion == "unfavourable"),
        alerts=("no_opinion",) if not ends and (opinion is None or too_late) else (),
        rules=applied(["DEC-1"], DEC_2=adverse, G5=not ends, G9=ends),
    )


def withdrawable_until(signed_on: date) -> date:
    """Return the last day on which an unlawful order that gives a right may be taken back (rule DEC-4, CRPA L.242-1).

    LawError `out_of_parameter_range` on `signed_on`.
    """
    return add_months(signed_on, loader.whole("decision.withdrawal_months", signed_on, "signed_on"))
