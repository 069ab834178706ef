"""The pages of the pathway: decisions, timeline, rights and payments, permits, moves."""

from .batch import decisions, prefect_home, prepare_favourable, session, sign_selection
from .decisions import answer, appeal, correct, decision, draft, explain, notify, notify_afis, sign
from .ends import drop_hearing, end_early, hearing, invitation, invite, observations
from .moves import exit_journey, renew, transfer
from .news import news, withdraw_news
from .papers import appeal_kit, certificate, letter, letters, proof
from .payer import discard_sheet, payer, payer_sheet, prepare_sheet, print_sheet, release_sheet
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
    "correct",
    "decide_afis",
    "decision",
    "decisions",
    "discard_sheet",
    "draft",
    "drop_hearing",
    "end_afis",
    "end_early",
    "exit_journey",
    "explain",
    "extend_permit",
    "hearing",
    "invitation",
    "invite",
    "journey",
    "letter",
    "letters",
    "new_permit",
    "news",
    "notify",
    "notify_afis",
    "observations",
    "paid",
    "payer",
    "payer_sheet",
    "prefect_home",
    "prepare_favourable",
    "prepare_sheet",
    "print_sheet",
    "proof",
    "release_sheet",
    "renew",
    "reported",
    "residence_home",
    "rights",
    "session",
    "sign",
    "sign_selection",
    "silence_on_aid",
    "silence_on_permit",
    "simulator",
    "successors",
    "transfer",
    "undo_payment",
    "withdraw_news",
]
