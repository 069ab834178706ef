"""From figures to what is shown: words, plots, tables. Outside one's own scope every number is controlled."""

from collections import Counter
from collections.abc import Sequence
from datetime import date
from typing import Any

from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from jalon.access import Actor
from jalon.config import clock
from jalon.dossiers.states import Kind, Unpresented
from jalon.journeys.grounds import GROUNDS
from jalon.journeys.states import ExitKind, News
from jalon.law.landmarks import AFTER_EXIT
from jalon.ui import html, plots

from . import disclosure, reads, survey
from .access import Scope
from .reads import ACCEPTED, LAPSED, PENDING, REFUSED, RUNNING, WAITING, WITHDRAWN, Delay, Figures

RESULT_WORDS = {
    ACCEPTED: gettext_lazy("acceptées"),
    REFUSED: gettext_lazy("refusées"),
    PENDING: gettext_lazy("en attente"),
    WITHDRAWN: gettext_lazy("retirées"),
}
ENOUGH_FOR_A_PLOT = 5
FEWEST = 5  # a median of less tells somebody's own days, even in one's scope
MOST_DOTS = 120
# What the page adds up: requests, those decided (the base of a share), exits and the two sums of their kinds.
SUMS: dict[str, tuple[str, ...]] = {
    "requests": reads.RESULTS,
    "decided": (ACCEPTED, REFUSED),
    "exits": tuple(ExitKind),
    "work": tuple(reads.WORK),
    "other": tuple(kind for kind in ExitKind if kind not in (*reads.WORK, ExitKind.IN_TRAINING)),
}
BINS = ((0, 15), (16, 30), (31, 45), (46, 60), (61, 90), (91, 10**6))


class Shown:
    """The figures of a scope, ready for the template."""

    def __init__(
        self, scope: Scope, year: int | None, kind: str, csv: str = "", figures: Figures | None = None
    ) -> None:
        self.scope, self.year, self.kind, self.csv = scope, year, kind, csv
        if figures is not None:
            self.__dict__["figures"] = figures

    @cached_property
    def figures(self) -> Figures:
        """Counted when something asks for them."""
        return reads.steering(self.scope, self.year, self.kind, self.scope.as_of)

    @cached_property
    def hidden(self) -> frozenset[str]:
        """The sums that would tell a small count, outside one's scope (``disclosure.telling``)."""
        return frozenset() if self.scope.exact else disclosure.telling(self._cells, SUMS)

    @property
    def _cells(self) -> dict[str, int]:
        f = self.figures
        return {result: f.results[result] for result in reads.RESULTS} | {kind: f.outcomes[kind] for kind in ExitKind}

    @cached_property
    def years_tell(self) -> bool:
        """Would a table by year, beside the results of all years, tell a small count?"""
        if self.scope.exact:
            return False
        years = self.by_year()
        cells = {(year, result): counted[result] for year, counted in years for result in reads.RESULTS}
        sums = {result: [(year, result) for year, _counted in years] for result in reads.RESULTS}
        return bool(disclosure.telling(cells, {**sums, "requests": list(cells)}))

    def summed(self, name: str, n: int) -> str:
        return "–" if name in self.hidden else self.said(n)

    @property
    def as_of(self) -> date | None:
        """The day of the figures, said when it is not today."""
        return None if self.scope.exact or self.scope.as_of == clock.today() else self.scope.as_of

    # --- numbers -------------------------------------------------------------------------------------------
    def count(self, n: int) -> int | None:
        return n if self.scope.exact else disclosure.count(n)

    def said(self, n: int) -> str:
        shown = self.count(n)
        return _("moins de 5") if shown is None else html.number(shown)

    def percent(self, part: int, whole: int) -> str:
        share = (part / whole if whole else None) if self.scope.exact else disclosure.share(part, whole)
        return "" if share is None else html.percent(share)

    def median(self, delay: Delay) -> float | None:
        return delay.median if self.scope.exact else disclosure.median(delay.median, delay.n)

    # --- words ---------------------------------------------------------------------------------------------
    @property
    def headline(self) -> list[tuple[str, str, str]]:
        """Label, number, what qualifies it."""
        f = self.figures
        rate = "" if "decided" in self.hidden else self.percent(f.results[ACCEPTED], f.decided)
        median = self.median(f.decision)
        return [
            (_("demandes"), self.summed("requests", f.requests), ""),
            (_("acceptées"), self.said(f.results[ACCEPTED]), rate),
            (_("refusées"), self.said(f.results[REFUSED]), ""),
            (_("en attente de décision"), self.said(f.results[PENDING]), ""),
            (_("en parcours aujourd'hui"), self.said(f.journeys[RUNNING]), ""),
            (
                _("délai médian du dépôt à la décision"),
                "–" if median is None else _("%(days)s j") % {"days": html.number(median)},
                "",
            ),
        ]

    @property
    def period(self) -> str:
        words = {
            "": _("toutes les demandes"),
            str(Kind.ENGAGEMENT): _("entrées"),
            str(Kind.RENEWAL): _("renouvellements"),
        }
        return f"{self.year or _('toutes les années')} · {words[self.kind]}"

    # --- plots ---------------------------------------------------------------------------------------------
    @property
    def requests_plot(self) -> str:
        # A series that holds nothing to show only makes the plot harder to read.
        kept = [k for k in reads.RESULTS if k in (ACCEPTED, REFUSED) or self.count(self.figures.results[k])]
        rows = [(label, [self.count(results[k]) for k in kept]) for label, results in self._periods()]
        n = self.count(self.figures.requests)
        if not rows or (n or 0) < ENOUGH_FOR_A_PLOT or self.years_tell or "requests" in self.hidden:
            return ""
        return plots.bars(
            _("Demandes selon leur mois de dépôt et leur résultat")
            if self.scope.exact
            else _("Demandes selon l'année"),
            rows,
            series=[RESULT_WORDS[k] for k in kept],
            n=n,
            period=self.period,
            csv=self.csv,
        )

    def _periods(self) -> list[tuple[str, Counter[str]]]:
        if not self.scope.exact:
            return self.by_year()
        return [(_label(key), results) for key, results in reads.by_period(self.figures)]

    def by_year(self) -> list[tuple[str, Counter[str]]]:
        """Year of the request → results, the first year first."""
        years: dict[str, Counter[str]] = {}
        for month, results in self.figures.by_month.items():
            years.setdefault(month[:4], Counter()).update(results)
        return list(years.items())

    def _delays(self) -> list[tuple[Any, Delay]]:
        f = self.figures
        return [
            (_("dépôt → décision"), f.decision),
            (_("décision → titre"), f.permit),
            (_("début → 1re AFIS"), f.afis),
            (_("début → 1er emploi"), f.job),
        ]

    def _short_delays(self) -> list[tuple[Any, Delay]]:
        """The same under words that fit beside a plot; the title says where each delay starts."""
        names = (_("décision"), _("titre"), _("1re AFIS"), _("1er emploi"))
        return [(name, delay) for name, (_label_, delay) in zip(names, self._delays(), strict=True)]

    @property
    def delays_plot(self) -> str:
        """A dot a case while they can be told apart, else counts by spans of days. Nothing outside one's scope."""
        known = [(label, delay) for label, delay in self._delays() if delay.n]
        total = sum(delay.n for _label_, delay in known)
        if not self.scope.exact or not known:
            return ""
        if total <= MOST_DOTS:
            rows = [(short, sorted(delay.days.elements())) for short, delay in self._short_delays() if delay.n]
            return plots.dots(
                _("Du dépôt à la décision, de la décision au titre, du début à l'AFIS et au premier emploi"),
                rows,
                unit=_("jours"),
                period=self.period,
            )
        rows = [(_span(span), [_within(delay, span) for _label_, delay in known]) for span in BINS]
        return plots.bars(
            _("Délais, par tranches de jours"), rows, series=[label for label, _d in known], n=total, period=self.period
        )

    @property
    def delays(self) -> list[dict[str, Any]]:
        """The table of the delays."""
        rows = []
        for label, delay in self._delays():
            median = self.median(delay)
            span = delay.bounds if self.scope.exact else None
            rows.append(
                {
                    "label": label,
                    "n": html.number(delay.n) if self.scope.exact else _enough(delay),
                    "median": "–" if median is None else html.number(median, int(median % 1 != 0)),
                    "span": "–" if span is None else f"{span[0]} – {span[1]}",
                }
            )
        return rows

    @property
    def outcomes(self) -> list[tuple[str, int | None]]:
        f = self.figures
        other = f.exits - f.in_work - f.outcomes[ExitKind.IN_TRAINING]
        return [
            (_("emploi, qualification"), self.count(f.in_work)),
            (_("formation"), self.count(f.outcomes[ExitKind.IN_TRAINING])),
            (_("autre situation"), self.count(other)),
        ]

    @property
    def outcomes_plot(self) -> str:
        n = self.count(self.figures.exits)
        if (n or 0) < ENOUGH_FOR_A_PLOT or self.hidden & {"exits", "work", "other"}:
            return ""
        return plots.bars(
            _("À la sortie du parcours"), [(k, [v]) for k, v in self.outcomes], n=n, period=self.period, csv=self.csv
        )

    @property
    def outcomes_words(self) -> list[tuple[str, str]]:
        f = self.figures
        other = f.exits - f.in_work - f.outcomes[ExitKind.IN_TRAINING]
        names = (("work", f.in_work), ("training", f.outcomes[ExitKind.IN_TRAINING]), ("other", other))
        return [(label, self.summed(*named)) for (label, _n), named in zip(self.outcomes, names, strict=True)]

    @property
    def exits(self) -> list[tuple[str, str, str]]:
        """Where they went: the kind, how many, and the median of days in the pathway, from five persons up."""
        rows = []
        for kind in ExitKind:
            stay = self.figures.stays.get(str(kind), Delay())
            if self.scope.exact and not stay.n:
                continue  # outside one's scope every line is there: its absence would tell
            median = self.median(stay) if stay.n >= FEWEST else None
            rows.append(
                (
                    str(kind.label),
                    self.said(stay.n),
                    "–" if median is None else html.number(median),
                )
            )
        return rows

    @property
    def news(self) -> list[tuple[str, list[str]]]:
        """By months after the exit, how many said what; those who were never asked are nowhere."""
        counted = self.figures.news
        return [
            (
                _("%(months)d mois après") % {"months": months},
                [self.said(counted[months, str(one)]) for one in News],
            )
            for months in AFTER_EXIT
        ]

    @property
    def news_heads(self) -> list[str]:
        return [str(one.label) for one in News]

    @property
    def asked(self) -> bool:
        """Has anyone given news that may be counted?"""
        return bool(self.count(self.figures.news.total()))

    @property
    def standing(self) -> list[tuple[str, str]]:
        """Where the pathways of the cohort stand today."""
        f = self.figures
        return [
            (_("en cours"), self.said(f.journeys[RUNNING])),
            (_("à venir"), self.said(f.journeys[WAITING])),
            (_("période finie, sans suite notée"), self.said(f.journeys[LAPSED])),
            (_("sorties"), self.summed("exits", f.exits)),
        ]

    @property
    def refusals(self) -> list[tuple[str, int | None]]:
        """The coded grounds of refusals, those that some decision bears."""
        coded = survey.grounds_of(self.scope, self.year)
        lines = [(str(one.label), coded[one.code]) for one in GROUNDS] + [(_("sans motif coché"), coded[""])]
        return self._listed(lines)

    @property
    def unpresented(self) -> list[tuple[str, int | None]]:
        """Why requests of persons who could enter are not presented."""
        found = survey.unpresented(self.scope, self.year)
        return self._listed([(str(reason.label), found[reason]) for reason in Unpresented])

    def _listed(self, lines: Sequence[tuple[str, int]]) -> list[tuple[str, int | None]]:
        """Those that hold something; outside one's scope all or none, since the absence of one would tell."""
        shown = [(label, self.count(n)) for label, n in lines if n or not self.scope.exact]
        return shown if any(n for _label, n in shown) else []

    # --- files ---------------------------------------------------------------------------------------------
    def export(self) -> tuple[Sequence[Any], list[Sequence[Any]]]:
        """Heads and lines of the file: by month, kind and result in one's scope; by year and result outside."""
        kinds, words = reads.LABELS["kind"], RESULT_WORDS
        if self.scope.exact:
            heads = (_("mois de dépôt"), _("demande"), _("résultat"), _("nombre"))
            rows: list[Sequence[Any]] = [
                (month, kinds[kind], words[result], n) for (month, kind, result), n in self.figures.by_line.items()
            ]
        else:
            heads = (_("année de dépôt"), _("résultat"), _("nombre"))
            rows = [
                (year, words[result], self.said(results[result]))
                for year, results in ([] if self.years_tell else self._periods())
                for result in reads.RESULTS
            ]
        blank = ("",) * (len(heads) - 3)
        for label, number in self.outcomes_words:
            rows.append((_("à la sortie"), *blank, label, number))
        for kind, number, median in self.exits:
            rows.append((_("sorties, et médiane de jours en parcours"), *blank, kind, f"{number} ({median})"))
        for row in self.delays:
            rows.append((_("délai médian en jours"), *blank, row["label"], row["median"]))
        return heads, rows


def _enough(delay: Delay) -> str:
    """Of how many cases a median is, outside one's scope: a sum of counts would give them back."""
    least = {"n": disclosure.MEDIAN_FROM}
    return _("%(n)d et plus") % least if delay.n >= disclosure.MEDIAN_FROM else _("moins de %(n)d") % least


def _label(key: str) -> str:
    return html.short_month(date(int(key[:4]), int(key[5:7]), 1)) if "-" in key else key


def _span(span: tuple[int, int]) -> str:
    low, high = span
    return _("plus de %(days)d j") % {"days": low - 1} if high > 10**5 else f"{low} – {high} j"


def _within(delay: Delay, span: tuple[int, int]) -> int:
    return sum(n for days, n in delay.days.items() if span[0] <= days <= span[1])


def _named(line: survey.Question) -> str:
    return _("dont : %(part)s") % {"part": line.label} if line.within else str(line.label)


class SurveyShown:
    """The survey of a scope and a year: exact in one's own, controlled for the whole country."""

    def __init__(self, scope: Scope, year: int, actor: Actor) -> None:
        self.scope, self.year, self.actor = scope, year, actor

    @cached_property
    def lines(self) -> list[survey.Question]:
        return survey.questions(self.scope, self.year)

    @property
    def filled(self) -> str:
        return html.percent(survey.filled(self.lines))

    @property
    def rows(self) -> list[tuple[str, str, str, bool]]:
        """(question, answer, where it comes from, whether it details the one above).

        A question whose answer is nothing, or is hidden, has no detail.
        """
        shown, detailed = [], False
        for line in self.lines:
            if not line.within:
                detailed = bool(line.value) and (not self._controlled(line) or self._count(line) is not None)
            if detailed or not line.within:
                shown.append((_named(line), self._said(line), self._source(line), line.within))
        return shown

    def _controlled(self, line: survey.Question) -> bool:
        return line.controlled or not self.scope.exact

    def _count(self, line: survey.Question) -> float | None:
        if line.over is not None:
            return disclosure.median(line.value, line.over)
        return disclosure.count(round(line.value or 0))

    def _said(self, line: survey.Question) -> str:
        if line.value is None:
            return ""
        if not self._controlled(line):
            return html.number(line.value)
        if (shown := self._count(line)) is None:
            return _("moins de 5") if line.over is None else "–"
        return html.number(shown)

    def _source(self, line: survey.Question) -> str:
        return _("dossiers") if line.value is not None else _("à compléter à la main")

    @cached_property
    def waiting(self) -> list[survey.Waiting]:
        """Who waits: numbers of files, hence only those that the reader may know."""
        return survey.waiting(self.scope, self.actor) if self.scope.exact else []

    def export(self) -> tuple[list[str], list[tuple[str, str, str]]]:
        return [_("Question"), _("Réponse"), _("Source")], [row[:3] for row in self.rows]
