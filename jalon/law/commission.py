"""The departmental commission: quorum, vote, convocation."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction
from math import ceil
from typing import Final

from jalon.law import loader
from jalon.law.calculation import applied, calculation
from jalon.law.dates import add_months, period_end
from jalon.law.errors import LawError
from jalon.law.spec import Bool, Choice, Count, Day, Each, Field

CHAIR_VOTES: Final = ("none", "for", "against", "abstain")
MEMBERS: Final = Field("members", Count(low=1), required=True)


@dataclass(frozen=True, slots=True)
class Quorum:
    """Whether the commission may sit."""

    required: int
    proxies_counted: int
    proxies_ignored: int
    counted: int
    reached: bool
    quorum_waived: bool
    may_sit: bool
    rules: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Vote:
    """The opinion on one file."""

    taking_part: int
    required: int
    enough: bool
    opinion: str
    casting_vote: bool
    alerts: tuple[str, ...]
    rules: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Convocation:
    """Whether a convocation came in time."""

    latest_receipt: date
    late_days: int | None
    regular: bool | None
    alerts: tuple[str, ...]
    rules: tuple[str, ...]


def required_members(members: int) -> int:
    """Return how many of the members make the quorum (rule COM-2, CRPA R.133-10)."""
    return ceil(Fraction(loader.amount("commission.quorum_ratio")) * members)


def term_end(named_on: date) -> date:
    """Return the last day of the mandate of a member named on a day (rule COM-14, CASF R.121-12-7)."""
    return period_end(named_on, loader.whole("commission.member_term_months"))


def max_proxies() -> int:
    """Return how many proxies one member may hold (rule COM-6, CRPA R.133-9)."""
    return loader.whole("commission.max_proxies")


def meet_again_by(last: date) -> date:
    """Return the last day for the next meeting after one held on `last` (rule COM-15)."""
    return add_months(last, 12 // loader.whole("commission.min_meetings_year"))


@calculation(
    "quorum",
    MEMBERS,
    Field("present", Count(), required=True),
    Field("remote", Count(), default=0),
    Field("proxies", Each(Count())),
    Field("second_convocation", Bool(), default=False),
    Field("same_agenda", Bool(), default=False),
    Field("states_no_quorum", Bool(), default=False),
)
def quorum(
    members: int,
    present: int,
    remote: int = 0,
    proxies: Sequence[int] = (),
    second_convocation: bool = False,
    same_agenda: bool = False,
    states_no_quorum: bool = False,
) -> Quorum:
    """Say whether the commission may sit.

    `present` counts those in the room, deputies included, `proxies` how many each holder has; the three booleans
    describe a second convocation. Errors: LawError `inconsistent_values`, `invalid_value`, `negative_amount`.
    Rules COM-2 and COM-3 (CRPA R.133-10), COM-6 (CRPA R.133-9).
    """
    limit = max_proxies()
    sitting = present + remote
    proxies_counted = sum(min(held, limit) for held in proxies)
    if len(proxies) > sitting:
        raise LawError("inconsistent_values", "There are more holders of proxies than members sitting.", "proxies")
    if sitting + proxies_counted > members:
        raise LawError("inconsistent_values", "More are present or represented than there are members.", "present")
    required = required_members(members)
    reached = sitting + proxies_counted >= required
    waived = second_convocation and same_agenda and states_no_quorum
    return Quorum(
        required=required,
        proxies_counted=proxies_counted,
        proxies_ignored=sum(proxies) - proxies_counted,
        counted=sitting + proxies_counted,
        reached=reached,
        quorum_waived=waived,
        may_sit=reached or waived,
        rules=applied(["COM-2"], COM_3=second_convocation, COM_6=bool(proxies)),
    )


@calculation(
    "vote",
    MEMBERS,
    Field("present", Count(), required=True),
    Field("recused", Count(), default=0),
    Field("for", Count(), required=True, python="votes_for"),
    Field("against", Count(), required=True, python="votes_against"),
    Field("abstain", Count(), default=0),
    Field("chair_vote", Choice.of(*CHAIR_VOTES), default="none"),
    Field("quorum_waived", Bool(), default=False),
    settings=("vote_base",),
)
def vote(
    members: int,
    present: int,
    votes_for: int,
    votes_against: int,
    recused: int = 0,
    abstain: int = 0,
    chair_vote: str = "none",
    quorum_waived: bool = False,
    vote_base: str = "cast",
) -> Vote:
    """Return the opinion of the commission on one file.

    `present` counts those present or represented for this item, `recused` those among them who take no part; the
    chair's vote is already in the figures. `vote_base` is `cast` or `taking_part`.
    Errors: LawError `inconsistent_values`, `invalid_value`, `negative_amount`.
    Rules COM-4 and COM-11 (CRPA R.133-11), COM-5 (CRPA R.133-12, CASF R.121-12-8), COM-10 (CRPA R.133-10).
    """
    if present > members:
        raise LawError("inconsistent_values", "More are present than there are members.", "present")
    if recused > present:
        raise LawError("inconsistent_values", "More are recused than are present.", "recused")
    taking_part = present - recused
    if votes_for + votes_against + abstain > taking_part:
        raise LawError("inconsistent_values", "There are more votes than members taking part.", "for")
    required = required_members(members)
    enough = quorum_waived or taking_part >= required
    casting = votes_for == votes_against and chair_vote in ("for", "against")
    half = taking_part if vote_base == "taking_part" else votes_for + votes_against
    if votes_for * 2 > half or (casting and chair_vote == "for"):
        opinion = "favourable"
    elif votes_against * 2 > half or casting:
        opinion = "unfavourable"
    else:
        opinion = "none"
    return Vote(
        taking_part=taking_part,
        required=required,
        enough=enough,
        opinion=opinion,
        casting_vote=casting,
        alerts=() if enough else ("few_taking_part",),
        rules=applied(("COM-4", "COM-10", "COM-11"), COM_5=recused > 0),
    )


@calculation(
    "convocation",
    Field("meeting_on", Day(), required=True),
    Field("received_on", Day()),
    Field("urgent", Bool(), default=False),
)
def convocation(meeting_on: date, received_on: date | None = None, urgent: bool = False) -> Convocation:
    """Say whether a convocation received on a day came early enough before the meeting.

    Rule COM-1 (CRPA R.133-8).
    """
    latest_receipt = meeting_on - timedelta(days=loader.whole("commission.convocation_days"))
    late_days = None if received_on is None else max((received_on - latest_receipt).days, 0)
    return Convocation(
        latest_receipt=latest_receipt,
        late_days=late_days,
        regular=None if late_days is None else urgent or not late_days,
        alerts=("late_convocation",) if late_days else (),
        rules=("COM-1",),
    )
