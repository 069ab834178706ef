"""The verbs of the commission, by object: seats, meetings and their agenda, the session itself, the minutes."""

from .agenda import add_point, move_item, set_agenda
from .endings import cancel_meeting, close_meeting, convene_again, record_failure
from .holds import confirm_hold, hold_copy, lift_copy_hold, read_held_copy
from .meetings import convene, create_meeting, move_meeting, open_meeting, record_attendance
from .members import declare_conflict, give_written_opinion, lift_conflict, mark_read, note_conflict, record_wish
from .minutes import edit_minutes, generate_minutes, sign_failure, sign_minutes
from .opinions import correct_opinion, postpone_item, record_hearing, record_opinion
from .seats import call_deputies, end_seat, name_deputy, name_seat, place_seat, renew_seat, take_over_seat
from .windows import close_windows

__all__ = [
    "add_point",
    "call_deputies",
    "cancel_meeting",
    "close_meeting",
    "close_windows",
    "confirm_hold",
    "convene",
    "convene_again",
    "correct_opinion",
    "create_meeting",
    "declare_conflict",
    "edit_minutes",
    "end_seat",
    "generate_minutes",
    "give_written_opinion",
    "hold_copy",
    "lift_conflict",
    "lift_copy_hold",
    "mark_read",
    "move_item",
    "move_meeting",
    "name_deputy",
    "name_seat",
    "note_conflict",
    "open_meeting",
    "place_seat",
    "postpone_item",
    "read_held_copy",
    "record_attendance",
    "record_failure",
    "record_hearing",
    "record_opinion",
    "record_wish",
    "renew_seat",
    "set_agenda",
    "sign_failure",
    "sign_minutes",
    "take_over_seat",
]
