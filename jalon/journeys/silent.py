"""What the page of rights says of unanswered requests and of changes to report: read from the deadlines."""

from collections.abc import Iterable
from datetime import date
from typing import NamedTuple

from jalon.access import Actor
from jalon.journeys.models import ReasonsRequest
from jalon.journeys.states import Silent
from jalon.notices.models import Deadline
from jalon.notices.reads import opened
from jalon.people import access as people
from jalon.people.models import Dossier
from jalon.ui.html import Rule
from jalon.ui.rules import why

PAGES = {Silent.AFIS: "journeys:silence_on_aid", Silent.APS: "journeys:silence_on_permit"}
COMPARTMENT = {Silent.AFIS: "C8", Silent.APS: "C7"}


class Unanswered(NamedTuple):
    """A request that silence has refused: since when, until when the court may be seized, the reasons asked for."""

    about: Silent
    born: date
    limit: date | None
    asked: ReasonsRequest | None
    answer_by: date | None

    @property
    def page(self) -> str:
        return PAGES[self.about]

    @property
    def may_ask(self) -> bool:
        return self.asked is None

    @property
    def waits(self) -> bool:
        return self.asked is not None and self.asked.given_on is None

    @property
    def rules(self) -> list[Rule]:
        return why("DEC-3", "APP-1", "SIL-2", on=self.born)


class Open(NamedTuple):
    """The unanswered requests that this actor may follow, and how many changes wait to be reported."""

    unanswered: list[Unanswered]
    to_report: int


def shown(actor: Actor, dossier: Dossier, today: date) -> Open:
    """One statement, and one more when a request is unanswered."""
    kinds = [f"{about}_silence" for about in Silent.values]
    rows = list(
        opened().filter(dossier=dossier.pk, kind__in=[*kinds, "silence_appeal", "reasons_answer", "situation_report"])
    )
    born = [row for row in rows if row.kind in kinds and row.on <= today]
    asked = {one.request: one for one in ReasonsRequest.objects.filter(dossier=dossier)} if born else {}
    unanswered = [_unanswered(row, rows, asked.get(row.key)) for row in born]
    mine = [one for one in unanswered if people.can(actor, dossier, COMPARTMENT[one.about], "edit")]
    reports = sum(row.kind == "situation_report" for row in rows)
    return Open(mine, reports if people.can(actor, dossier, "C8", "edit") else 0)


def _unanswered(row: Deadline, rows: Iterable[Deadline], asked: ReasonsRequest | None) -> Unanswered:
    dates = {other.kind: other.on for other in rows if other.key == row.key}
    about = Silent(row.kind.removesuffix("_silence"))
    return Unanswered(about, row.on, dates.get("silence_appeal"), asked, dates.get("reasons_answer"))
