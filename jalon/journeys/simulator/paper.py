"""The result of the simulator as a PDF: rendered in memory, neither numbered nor kept."""

from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

from django.http import HttpResponse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from jalon import papers
from jalon.config import clock as calendar
from jalon.law.rules import RULES
from jalon.ui import html, timeline

from .forms import SimulatorForm
from .result import Simulation
from .words import DECIDES_NOTHING, LEGEND, Shown, Table

CODE, VERSION = "simulation", 1
WHOLE = 1000  # the width of the drawing
LINE = {"label": str, "answer": str}
papers.register(
    CODE,
    VERSION,
    Path(__file__).parent.parent / "templates" / "journeys" / "papers" / "simulation-1.typ",
    {
        "title": str,
        "made_on": date,
        "notice": str,
        "sentence": str,
        "facts": [str],
        "alerts": [str],
        "clock": papers.maybe(
            {
                "title": str,
                "desc": str,
                "marks": [{"at": int, "label": str}],
                "legend": str,
                "today": papers.maybe(int),
                "today_label": str,
                "lanes": [
                    {
                        "label": str,
                        "bars": [{"from": int, "to": int, "kind": str, "label": str}],
                        "points": [{"at": int, "label": str}],
                    }
                ],
            }
        ),
        "tables": [
            {
                "title": str,
                "facts": [str],
                "heads": [{"label": str, "number": bool}],
                "rows": [{"cells": [str], "gap": bool}],
                "total": [str],
            }
        ],
        "given": [{"title": str, "lines": [LINE]}],
        "rules": [{"id": str, "sentence": str, "source": str}],
        "words": {"made": str, "alerts": str, "given": str, "rules": str},
    },
    languages=("fr", "en"),
)


def answer(form: SimulatorForm, made: Simulation, said: Shown) -> HttpResponse:
    """The file, with a neutral name; no cache keeps it."""
    language = "fr" if html.french() else (get_language() or "fr")
    content = papers.render(CODE, VERSION, context(form, made, said), language)
    return HttpResponse(
        content,
        content_type="application/pdf",
        headers={"Content-Disposition": 'attachment; filename="simulation.pdf"', "Cache-Control": "no-store"},
    )


def context(form: SimulatorForm, made: Simulation, said: Shown) -> dict[str, Any]:
    """What the page says, then what was typed and the rules that were applied."""
    return {
        "title": _("Simulation d'un parcours"),
        "made_on": calendar.today(),
        "notice": str(DECIDES_NOTHING),
        "sentence": said.sentence,
        "facts": [fact.text for fact in said.facts],
        "alerts": [fact.text for fact in said.alerts],
        "clock": _clock(said.clock) if said.clock else None,
        "tables": [_table(table) for table in said.tables],
        "given": [
            {"title": title, "lines": [{"label": label, "answer": words} for label, words in lines]}
            for title, lines in form.told()
        ],
        "rules": [_rule(rule_id) for rule_id in made.rules],
        "words": {
            "made": _("Fait le"),
            "alerts": _("À regarder"),
            "given": _("Ce qui a été écrit"),
            "rules": _("Règles appliquées"),
        },
    }


def _table(table: Table) -> dict[str, Any]:
    return {
        "title": table.title,
        "facts": [fact.text for fact in table.facts],
        "heads": [{"label": head.label, "number": head.number} for head in table.heads],
        "rows": [{"cells": [str(cell) for cell in line.cells], "gap": line.gap} for line in table.lines],
        "total": [str(cell) for cell in table.total.cells] if table.total else [],
    }


def _rule(rule_id: str) -> dict[str, str]:
    rule = RULES[rule_id]
    confirm = f" · {_('à confirmer par un juriste')}" if rule.to_confirm else ""
    return {"id": rule.id, "sentence": _(rule.title_fr), "source": _(rule.source) + confirm}


def _clock(clock: timeline.Clock) -> dict[str, Any]:
    """The drawing in thousandths of its width; an end that is included fills its day."""
    days = max((clock.end - clock.start).days, 1)

    def at(day: date) -> int:
        return round(WHOLE * min(max((day - clock.start).days / days, 0), 1))

    def bars(found: Sequence[Any]) -> list[dict[str, Any]]:
        return [
            {
                "from": at(one.start),
                "to": max(at(one.end) if one.end else WHOLE, at(one.start) + 2),
                "kind": getattr(one, "kind", "") or _look(one.state),
                "label": str(one.label),
            }
            for one in found
        ]

    lanes = [{"label": _("Parcours"), "bars": bars(clock.segments), "points": []}]
    lanes += [
        {
            "label": str(lane.label),
            "bars": bars(lane.bars),
            "points": [{"at": at(point.day), "label": str(point.label)} for point in lane.points],
        }
        for lane in clock.lanes
    ]
    return {
        "title": str(clock.title),
        "desc": str(clock.desc),
        "marks": [{"at": at(day), "label": html.day(day)} for day in (clock.start, clock.end)],
        "legend": str(LEGEND),
        "today": at(clock.today) if clock.start <= clock.today <= clock.end else None,
        "today_label": str(clock.today_label),
        "lanes": lanes,
    }


def _look(state: str) -> str:
    return {"gap": "gap", "planned": "planned"}.get(state, "solid")
