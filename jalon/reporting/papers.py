"""The activity report: the same figures as the screen, under disclosure control, because a paper is passed on."""

from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from jalon import papers
from jalon.access import Actor, Hidden
from jalon.config import clock
from jalon.directory import departments
from jalon.directory.authorities import named_on
from jalon.papers import maybe
from jalon.papers.actions import Made, make_paper

from . import reads
from .access import STEERING, Scope, counting, scope_of
from .presentation import RESULT_WORDS, Shown

HERE = Path(__file__).parent / "templates/reporting/papers"
LINE = {"label": str, "value": str}
BAR = {"label": str, "n": maybe(int)}

REPORT = papers.register(
    "activity_report",
    1,
    HERE / "activity-1.typ",
    {
        "who": str,
        "period": str,
        "on": date,
        "headline": [LINE],
        "results": [BAR],
        "result_names": [str],
        "years": [{"label": str, "numbers": [str]}],
        "delays": [{"label": str, "n": str, "median": str}],
        "outcomes": [BAR],
        "refusals": [BAR],
        "unpresented": [BAR],
        "standing": [LINE],
    },
)


@transaction.atomic
def activity_report(actor: Actor, *, year: int | None = None) -> Made:
    """The figures of the actor's scope, every kind of request; those who have none do not know this page."""
    if actor.role not in STEERING:
        raise Hidden
    scope = scope_of(actor)
    return make_paper(
        actor,
        REPORT.code,
        REPORT.version,
        report_context(scope, year),
        about=f"{scope.organisation_id}{scope.department}:{year or 0}:{clock.today()}",
        department=scope.department,
    )


def report_context(scope: Scope, year: int | None) -> dict[str, Any]:
    """Small cells hidden, whoever reads: the count of one's own scope is exact on the screen only."""
    today = clock.today()
    with translation.override("fr"), counting(scope):
        shown = Shown(replace(scope, exact=False), year, "")
        figures = shown.figures
        names = [str(RESULT_WORDS[result]) for result in reads.RESULTS]
        return {
            "who": _who(scope, today),
            "period": shown.period,
            "on": today,
            "headline": [
                {"label": str(label), "value": f"{value} ({rate})" if rate else str(value)}
                for label, value, rate in shown.headline
            ],
            "results": [
                {"label": name, "n": shown.count(figures.results[result])}
                for name, result in zip(names, reads.RESULTS, strict=True)
            ],
            "result_names": names,
            "years": [
                {"label": str(label), "numbers": [shown.said(counted[result]) for result in reads.RESULTS]}
                for label, counted in ([] if shown.years_tell else shown.by_year())
            ],
            "delays": [
                {"label": str(row["label"]), "n": str(row["n"]), "median": str(row["median"])} for row in shown.delays
            ],
            "outcomes": [
                {"label": str(label), "n": n}
                for (label, n), name in zip(shown.outcomes, ("work", "training", "other"), strict=True)
                if name not in shown.hidden
            ],
            "refusals": [{"label": label, "n": n} for label, n in shown.refusals],
            "unpresented": [{"label": label, "n": n} for label, n in shown.unpresented],
            "standing": [{"label": str(label), "value": str(value)} for label, value in shown.standing],
        }


def _who(scope: Scope, day: date) -> str:
    if scope.organisation_id:
        return named_on(scope.organisation_id, day)
    return departments.name_of(scope.department) if scope.department else _("France entière")
