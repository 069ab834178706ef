"""The pages of accounts: the door, what proves an identity, ProConnect, one's own account."""

from .door import CodeView, ConfirmView, SignInView, code, confirm, invitation, sign_in, sign_in_by_passkey, sign_out
from .factors import enrol, own_passkeys, passkey_required, recovery_codes, remove_passkey
from .own import account, end_session, kept_form, password, street
from .proconnect import proconnect_back, proconnect_end, proconnect_start

__all__ = [
    "CodeView",
    "ConfirmView",
    "SignInView",
    "account",
    "code",
    "confirm",
    "end_session",
    "enrol",
    "invitation",
    "kept_form",
    "own_passkeys",
    "passkey_required",
    "password",
    "proconnect_back",
    "proconnect_end",
    "proconnect_start",
    "recovery_codes",
    "remove_passkey",
    "sign_in",
    "sign_in_by_passkey",
    "sign_out",
    "street",
]
