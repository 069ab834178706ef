"""The pages of the conventions, by object."""

from .agreements import (
    add_commitment,
    add_indicator,
    commitment,
    convention,
    conventions,
    drop_indicator,
    edit,
    new,
    sign,
)
from .meetings import committee, committees, hold, meeting, minutes
from .pairs import end_pair, hand_over, hand_over_verb, hand_overs, pair
from .thread import close, seen, thread

__all__ = [
    "add_commitment",
    "add_indicator",
    "close",
    "commitment",
    "committee",
    "committees",
    "convention",
    "conventions",
    "drop_indicator",
    "edit",
    "end_pair",
    "hand_over",
    "hand_over_verb",
    "hand_overs",
    "hold",
    "meeting",
    "minutes",
    "new",
    "pair",
    "seen",
    "sign",
    "thread",
]
