"""The court limit after a notified decision, and what appeals to the administration change."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from jalon.law import loader
from jalon.law.calculation import applied, calculation
from jalon.law.dates import ONE_DAY, add_months, next_working_day
from jalon.law.errors import LawError
from jalon.law.spec import Bool, Choice, Day, Each, Field, Record

KINDS: Final = ("gracious", "hierarchical")


@dataclass(frozen=True, slots=True)
class AdministrativeAppeal:
    """A gracious or hierarchical appeal; `rejected_on` is the notification of an express rejection."""

    kind: str
    received_on: date
    rejected_on: date | None = None


@dataclass(frozen=True, slots=True)
class AppealEffect:
    """What an appeal to the administration changes."""

    kind: str
    received_on: date
    in_time: bool
    interrupts: bool
    implicit_rejection_on: date | None
    court_limit: date | None


@dataclass(frozen=True, slots=True)
class Appeal:
    """The limits for going to court."""

    opposable: bool
    initial_limit: date | None
    appeals: tuple[AppealEffect, ...]
    court_limit: date | None
    outer_limit: date | None
    rules: tuple[str, ...]


def court_limit(day: date, months: int, holidays: str) -> date:
    """Return the last day to go to court when a decision is known on `day`: a clear delay, ended by a working day.

    Rule APP-1 (CJA R.421-1).
    """
    return next_working_day(add_months(day, months) + ONE_DAY, holidays)


@calculation(
    "appeal",
    Field("notified_on", Day(), required=True),
    Field("routes_mentioned", Bool(), default=True),
    Field(
        "appeals",
        Each(
            Record(
                AdministrativeAppeal,
                Field("kind", Choice.of(*KINDS), required=True),
                Field("received_on", Day(), required=True),
                Field("rejected_on", Day()),
                follows=(("rejected_on", "received_on"),),
            )
        ),
    ),
    settings=("holidays",),
)
def appeal(
    notified_on: date,
    routes_mentioned: bool = True,
    appeals: Sequence[AdministrativeAppeal] = (),
    holidays: str = "metropole",
) -> Appeal:
    """Return the limit for going to court after a decision notified on a day.

    `routes_mentioned` says whether appeal routes and delays were stated, `holidays` whose public holidays count.
    Errors: LawError `end_before_start`, `out_of_parameter_range` on `notified_on`.
    Rules APP-1 (CJA R.421-1), APP-2 (CRPA L.411-2), APP-3 (CRPA L.411-7, CJA R.421-2), DEC-2 (CJA R.421-5).
    """
    for index, one in enumerate(appeals):
        if one.received_on < notified_on:
            raise LawError("end_before_start", None, f"appeals[{index}].received_on")
    delay = _Delay(notified_on, holidays)
    rules = applied(["APP-1"], APP_2=bool(appeals), APP_3=bool(appeals), DEC_2=not routes_mentioned)
    if not routes_mentioned:
        outer = add_months(notified_on, loader.whole("appeal.outer_months", notified_on, "notified_on"))
        effects = tuple(delay.effect(one, in_time=True, interrupts=False) for one in appeals)
        return Appeal(False, None, effects, None, outer, rules)
    initial = delay.limit(notified_on)
    first: dict[str, AdministrativeAppeal] = {}
    for one in sorted(appeals, key=lambda one: one.received_on):
        first.setdefault(one.kind, one)
    effects = tuple(
        delay.effect(one, in_time=one.received_on <= initial, interrupts=one is first[one.kind]) for one in appeals
    )
    limits = [effect.court_limit for effect in effects if effect.court_limit]
    return Appeal(True, initial, effects, max(limits, default=initial), None, rules)


class _Delay:
    """The delays that run from one notification."""

    def __init__(self, notified_on: date, holidays: str) -> None:
        self.holidays = holidays
        self.court_months = loader.whole("appeal.court_months", notified_on, "notified_on")
        self.silence_months = loader.whole("appeal.implicit_rejection_months", notified_on, "notified_on")

    def limit(self, day: date) -> date:
        return court_limit(day, self.court_months, self.holidays)

    def effect(self, one: AdministrativeAppeal, *, in_time: bool, interrupts: bool) -> AppealEffect:
        """Return what an appeal changes (APP-2, APP-3)."""
        implicit = add_months(one.received_on, self.silence_months)
        rejected = one.rejected_on
        instead = rejected is not None and rejected <= implicit
        limit = None
        if in_time and interrupts:
            limit = self.limit(implicit)
            if rejected is not None and rejected <= limit:
                limit = self.limit(rejected)
        return AppealEffect(
            kind=one.kind,
            received_on=one.received_on,
            in_time=in_time,
            interrupts=in_time and interrupts,
            implicit_rejection_on=None if instead else implicit,
            court_limit=limit,
        )
