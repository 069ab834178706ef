"""The papers of the pathway: their fields, and what fills them. Who may have them: ``access``."""

from .facts import civil_name
from .orders import (
    appeal_context,
    appeal_kit,
    certificate,
    decision_letter,
    letter_context,
    letters_to_hand_over,
    plain_language,
    proof_context,
    proof_of_authorisation,
    proposed_language,
)
from .state import correction, invitation, payer_sheet

__all__ = [
    "appeal_context",
    "appeal_kit",
    "certificate",
    "civil_name",
    "correction",
    "decision_letter",
    "invitation",
    "letter_context",
    "letters_to_hand_over",
    "payer_sheet",
    "plain_language",
    "proof_context",
    "proof_of_authorisation",
    "proposed_language",
]
