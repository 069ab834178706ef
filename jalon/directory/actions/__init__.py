"""The verbs of the directory. Nothing else writes the tables of this room."""

from .accreditations import (
    abandon_accreditation_request,
    add_accreditation_piece,
    answer_accreditation_piece,
    edit_accreditation_request,
    prepare_accreditation,
    present_observations,
    record_accreditation,
    remove_accreditation_piece,
    request_accreditation,
)
from .appeals import answer_accreditation_appeal, file_accreditation_appeal, notify_accreditation_decision
from .decisions import (
    draft_accreditation_decision,
    grant_accreditation,
    invite_observations,
    keep_accreditation,
    refuse_accreditation,
    withdraw_accreditation,
)
from .instruction import (
    ask_for_accreditation_piece,
    declare_accreditation_complete,
    receive_accreditation,
)
from .members import (
    choose_membership,
    close_account,
    end_membership,
    end_sessions_of,
    grant_membership,
    invite_again,
    invite_member,
)
from .organisations import register_organisation, rename_organisation

__all__ = [
    "answer_accreditation_appeal",
    "file_accreditation_appeal",
    "notify_accreditation_decision",
    "abandon_accreditation_request",
    "add_accreditation_piece",
    "answer_accreditation_piece",
    "ask_for_accreditation_piece",
    "choose_membership",
    "close_account",
    "declare_accreditation_complete",
    "draft_accreditation_decision",
    "edit_accreditation_request",
    "end_membership",
    "end_sessions_of",
    "grant_accreditation",
    "grant_membership",
    "invite_again",
    "invite_member",
    "invite_observations",
    "keep_accreditation",
    "prepare_accreditation",
    "present_observations",
    "receive_accreditation",
    "record_accreditation",
    "refuse_accreditation",
    "register_organisation",
    "remove_accreditation_piece",
    "rename_organisation",
    "request_accreditation",
    "withdraw_accreditation",
]
