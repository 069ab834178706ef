"""The pages of the pathway: decisions, timeline, rights and payments, permits, moves."""

from .decisions import (
    answer,
    appeal,
    decision,
    decisions,
    draft,
    explain,
    notify,
    prefect_home,
    prepare_favourable,
    sign,
    sign_selection,
)
from .moves import end_early, exit_journey, renew, transfer
from .papers import appeal_kit, certificate, letter, proof
from .permits import extend_permit, new_permit, residence_home
from .rights import children, decide_afis, end_afis, journey, paid, rights, undo_payment
from .silences import reported, silence_on_aid, silence_on_permit
from .simulator import simulator
from .successors import successors

__all__ = [
    "answer",
    "appeal",
    "appeal_kit",
    "certificate",
    "children",
    "decide_afis",
    "decision",
    "decisions",
    "draft",
    "end_afis",
    "end_early",
    "exit_journey",
    "explain",
    "extend_permit",
    "journey",
    "letter",
    "new_permit",
    "notify",
    "paid",
    "prefect_home",
    "prepare_favourable",
    "proof",
    "renew",
    "reported",
    "residence_home",
    "rights",
    "sign",
    "sign_selection",
    "silence_on_aid",
    "silence_on_permit",
    "simulator",
    "successors",
    "transfer",
    "undo_payment",
]
