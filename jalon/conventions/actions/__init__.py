"""The verbs of the conventions, the named pairs and the hand-overs. Nothing else writes the tables of this room."""

from .agreements import draft_convention, edit_convention, sign_convention
from .axes import add_commitment, add_indicator, drop_indicator, update_commitment
from .hand_overs import end_hand_over_now, finish_hand_over, open_hand_over, tick_hand_over
from .measures import measure_all, take_measures
from .meetings import decide, hold_committee, plan_committee
from .pairs import end_pair, name_pair
from .thread import close_question, mark_read, write_to_party

__all__ = [
    "add_commitment",
    "add_indicator",
    "close_question",
    "decide",
    "draft_convention",
    "drop_indicator",
    "edit_convention",
    "end_hand_over_now",
    "end_pair",
    "finish_hand_over",
    "hold_committee",
    "mark_read",
    "measure_all",
    "name_pair",
    "open_hand_over",
    "plan_committee",
    "sign_convention",
    "take_measures",
    "tick_hand_over",
    "update_commitment",
    "write_to_party",
]
