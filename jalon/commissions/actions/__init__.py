"""The verbs of the commission, by object: seats, meetings and their agenda, the session itself, the minutes."""

from .agenda import add_point, move_item, set_agenda
from .meetings import (
    cancel_meeting,
    close_meeting,
    close_windows,
    convene,
    convene_again,
    create_meeting,
    open_meeting,
    record_attendance,
)
from .members import declare_conflict, mark_read, name_seat, record_wish
from .minutes import edit_minutes, generate_minutes, sign_minutes
from .opinions import correct_opinion, postpone_item, record_opinion

__all__ = [
    "add_point",
    "cancel_meeting",
    "close_meeting",
    "close_windows",
    "convene",
    "convene_again",
    "correct_opinion",
    "create_meeting",
    "declare_conflict",
    "edit_minutes",
    "generate_minutes",
    "mark_read",
    "move_item",
    "name_seat",
    "open_meeting",
    "postpone_item",
    "record_attendance",
    "record_opinion",
    "record_wish",
    "set_agenda",
    "sign_minutes",
]
