"""The verbs of the joint support. Bad data raises ValidationError (the form shows it), a forbidden verb Refused."""

from .appointments import cancel_appointment, make_appointment, record_attendance
from .calendars import close_calendar, open_calendar
from .liaison import close_request, mark_seen, open_thread, send_message
from .meetings import add_agenda_line, hold_meeting, miss_meeting, plan_meeting, strike_agenda_line
from .notes import write_note
from .placements import end_placement, record_placement
from .plan import (
    add_objective,
    add_plan_step,
    change_plan_step,
    check_landmark,
    drop_objective,
    drop_plan_step,
    finish_plan_step,
    reach_objective,
    reopen_objective,
    reopen_plan_step,
)
from .scales import fill_scale

__all__ = [
    "add_agenda_line",
    "add_objective",
    "add_plan_step",
    "cancel_appointment",
    "change_plan_step",
    "check_landmark",
    "close_calendar",
    "close_request",
    "drop_objective",
    "drop_plan_step",
    "end_placement",
    "fill_scale",
    "finish_plan_step",
    "hold_meeting",
    "make_appointment",
    "mark_seen",
    "miss_meeting",
    "open_calendar",
    "open_thread",
    "plan_meeting",
    "reach_objective",
    "record_attendance",
    "record_placement",
    "reopen_objective",
    "reopen_plan_step",
    "send_message",
    "strike_agenda_line",
    "write_note",
]
