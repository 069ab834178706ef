"""The verbs of the person's file. Nothing else writes the tables of this room."""

from .agreements import grant_share, record_agreement, record_information, revoke_share, withdraw_agreement
from .assignments import assign, close_own_access, end_access, end_assignment, hand_over
from .contact import stop_messages, update_identity, update_safe_contact
from .erasure import consent_to_erasure, erase_dossier, replay_erasures, withdraw_consent
from .exceptional import (
    alert_readings,
    give_openings_back,
    open_exceptionally,
    review_opening,
    suspend_unreviewed,
    tell_opening,
)
from .files import close_dossier, contacted, let_pass, move_dossier, move_stage, open_dossier, refresh_next_due
from .oversight import review_trail
from .retention import forget_left_places, lift_hold, place_hold, propose_erasures
from .rights import (
    WRITTEN,
    answer_request,
    attach_statement,
    extend_request,
    lift_restriction,
    record_request,
)
from .stops import lift_stop, stop_reading

__all__ = [
    "WRITTEN",
    "alert_readings",
    "answer_request",
    "assign",
    "attach_statement",
    "close_dossier",
    "close_own_access",
    "consent_to_erasure",
    "contacted",
    "end_access",
    "end_assignment",
    "erase_dossier",
    "extend_request",
    "forget_left_places",
    "give_openings_back",
    "grant_share",
    "hand_over",
    "let_pass",
    "lift_hold",
    "lift_restriction",
    "lift_stop",
    "move_dossier",
    "move_stage",
    "open_dossier",
    "place_hold",
    "propose_erasures",
    "open_exceptionally",
    "record_agreement",
    "record_information",
    "record_request",
    "refresh_next_due",
    "review_trail",
    "replay_erasures",
    "review_opening",
    "revoke_share",
    "stop_messages",
    "stop_reading",
    "suspend_unreviewed",
    "tell_opening",
    "update_identity",
    "update_safe_contact",
    "withdraw_agreement",
    "withdraw_consent",
]
