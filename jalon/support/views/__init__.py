"""The pages of the joint support."""

from .calendars import calendar, calendar_feed, close_calendar
from .file import dossier, history, note
from .former import former, formers
from .hers import copy, statement
from .homes import adviser_home, my_day, reassign, search, team, today
from .joint import appointment, appointments, end_placement, new_placement, placements
from .liaison import close, seen, thread
from .meetings import hold, meeting, meeting_line, meetings, miss, strike
from .papers import plan_paper, progress_sheet
from .plan import add_objective, landmark, objective, plan, plan_step, step
from .scales import scale

__all__ = [
    "add_objective",
    "adviser_home",
    "appointment",
    "appointments",
    "calendar",
    "calendar_feed",
    "close",
    "close_calendar",
    "copy",
    "dossier",
    "former",
    "formers",
    "end_placement",
    "history",
    "hold",
    "landmark",
    "meeting",
    "meeting_line",
    "meetings",
    "miss",
    "my_day",
    "new_placement",
    "note",
    "objective",
    "placements",
    "plan",
    "plan_paper",
    "plan_step",
    "progress_sheet",
    "reassign",
    "scale",
    "search",
    "seen",
    "statement",
    "step",
    "strike",
    "team",
    "thread",
    "today",
]
