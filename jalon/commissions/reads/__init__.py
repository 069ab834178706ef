"""One function per screen: bounded queries, with exactly what is shown, once ``access`` has allowed it."""

from .calendar import held, meet_again_by, meeting_dates, meetings, next_meeting, upcoming, year
from .holds import copies_held, hold_page
from .members import composed, mandate_rules, member_home, seats
from .minutes import heard, minutes_of, minutes_text
from .opinions import awaiting_decision, opinion_of, opinion_words, opinions, own_answer, tally, written
from .secretariat import Received, expected_pieces, received, risks, secretariat_home, silence, to_notify
from .sessions import (
    Preparation,
    agenda,
    agenda_rows,
    attendances,
    hours,
    preparation,
    recused,
    recused_names,
    room,
    taking_part,
)
from .sheets import Sheet, package_of, sheet
from .votes import (
    SITTING,
    VotingBase,
    convocation_rules,
    quorum,
    quorum_rules,
    same_agenda,
    voting_base,
)

__all__ = [
    "Preparation",
    "SITTING",
    "Received",
    "Sheet",
    "VotingBase",
    "agenda",
    "agenda_rows",
    "attendances",
    "composed",
    "copies_held",
    "heard",
    "expected_pieces",
    "silence",
    "hold_page",
    "hours",
    "own_answer",
    "recused",
    "taking_part",
    "tally",
    "written",
    "year",
    "awaiting_decision",
    "convocation_rules",
    "held",
    "mandate_rules",
    "meet_again_by",
    "meeting_dates",
    "meetings",
    "member_home",
    "minutes_of",
    "minutes_text",
    "next_meeting",
    "opinion_of",
    "opinion_words",
    "opinions",
    "package_of",
    "preparation",
    "quorum",
    "quorum_rules",
    "received",
    "recused_names",
    "risks",
    "room",
    "same_agenda",
    "seats",
    "secretariat_home",
    "sheet",
    "to_notify",
    "upcoming",
    "voting_base",
]
