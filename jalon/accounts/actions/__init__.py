"""The verbs of accounts. Nothing else writes the tables of this room."""

from .accounts import (
    change_password,
    close_account,
    create_account,
    keep_street,
    prolong_account,
    resume,
    suspend,
    update_profile,
    withdraw_street,
)
from .factors import (
    add_passkey,
    enrol_second_factor,
    link_proconnect,
    remove_passkey,
    renew_recovery_codes,
    replace_passkeys,
    reset_second_factor,
)
from .invitations import Activated, accept_invitation, activate, activate_by_passkey, hand_code, invite
from .sessions import end_other_sessions, end_session, end_sessions_of, sweep
from .texts import KEPT, STAFF, Under, drop_form, drop_forms_of, keep_form

__all__ = [
    "KEPT",
    "STAFF",
    "Activated",
    "Under",
    "accept_invitation",
    "activate",
    "activate_by_passkey",
    "add_passkey",
    "change_password",
    "close_account",
    "create_account",
    "drop_form",
    "drop_forms_of",
    "end_other_sessions",
    "end_session",
    "end_sessions_of",
    "enrol_second_factor",
    "hand_code",
    "invite",
    "keep_form",
    "keep_street",
    "link_proconnect",
    "prolong_account",
    "remove_passkey",
    "renew_recovery_codes",
    "replace_passkeys",
    "reset_second_factor",
    "resume",
    "suspend",
    "sweep",
    "update_profile",
    "withdraw_street",
]
