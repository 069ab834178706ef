"""The verbs of the application. Nothing else writes the tables of this room."""

from .answers import save_part
from .applications import advance, open_application, open_renewal, reopen_application, withdraw_application
from .drafts import forget_draft, keep_draft
from .eligibility import lift_not_presented, note_not_presented
from .instruction import answer_complement, ask_for_complement, declare_complete
from .packages import (
    destroy_session_copies,
    draft_package,
    make_session_copy,
    record_read_back,
    sign_package,
    submit_application,
)
from .pieces import add_piece, waive_piece
from .unused import erase_unused

__all__ = [
    "add_piece",
    "advance",
    "answer_complement",
    "ask_for_complement",
    "declare_complete",
    "destroy_session_copies",
    "draft_package",
    "erase_unused",
    "forget_draft",
    "keep_draft",
    "lift_not_presented",
    "make_session_copy",
    "note_not_presented",
    "open_application",
    "open_renewal",
    "record_read_back",
    "reopen_application",
    "save_part",
    "sign_package",
    "submit_application",
    "waive_piece",
    "withdraw_application",
]
