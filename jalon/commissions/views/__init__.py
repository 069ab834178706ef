"""The pages of the commission: home pages, meetings, the session room, the minutes."""

from .homes import member_home, secretariat_home
from .meetings import (
    again,
    agenda,
    cancel,
    convene,
    meeting,
    meetings,
    members,
    move_down,
    move_up,
    new_meeting,
    point,
    received,
)
from .minutes import edit_minutes, generate, minutes, sign_minutes
from .papers import convocations, minutes_annex, minutes_paper, sheet
from .session import (
    attendance,
    close_meeting,
    conflict,
    correct,
    item,
    note,
    open_meeting,
    opinion,
    postpone,
)

__all__ = [
    "again",
    "agenda",
    "attendance",
    "cancel",
    "close_meeting",
    "conflict",
    "convene",
    "convocations",
    "correct",
    "edit_minutes",
    "generate",
    "item",
    "meeting",
    "meetings",
    "member_home",
    "members",
    "minutes",
    "minutes_annex",
    "minutes_paper",
    "move_down",
    "move_up",
    "new_meeting",
    "note",
    "open_meeting",
    "opinion",
    "point",
    "postpone",
    "received",
    "secretariat_home",
    "sheet",
    "sign_minutes",
]
