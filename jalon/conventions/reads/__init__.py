"""One function per screen."""

from .agreements import (
    Continued,
    Page,
    continued,
    conventions,
    counterparts,
    members,
    own,
    page,
    predecessors,
    standing,
    to_measure,
)
from .pairs import Orphan, PairPage, Relay, hand_overs, orphans, pair, pair_rows
from .steering import Committee, committee, meeting
from .thread import Thread, thread

__all__ = [
    "Committee",
    "Continued",
    "Orphan",
    "Page",
    "PairPage",
    "Relay",
    "Thread",
    "committee",
    "continued",
    "conventions",
    "counterparts",
    "hand_overs",
    "meeting",
    "members",
    "orphans",
    "own",
    "page",
    "pair",
    "pair_rows",
    "predecessors",
    "standing",
    "thread",
    "to_measure",
]
