"""The pages of the joint support."""

from .file import dossier, history, note
from .hers import copy, statement
from .homes import adviser_home, my_day, reassign, search, team, today
from .joint import (
    appointment,
    appointments,
    end_placement,
    placements,
    plan,
    plan_step,
    scale,
    seen,
    thread,
)

__all__ = [
    "adviser_home",
    "appointment",
    "appointments",
    "copy",
    "dossier",
    "end_placement",
    "history",
    "my_day",
    "note",
    "placements",
    "plan",
    "plan_step",
    "reassign",
    "scale",
    "search",
    "seen",
    "statement",
    "team",
    "thread",
    "today",
]
