"""The verbs of the pathway, by object: decisions, AFIS, permits, appeals, the person's moves."""

from .afis import cancel_payment, change_children, decide_afis, end_afis, notify_afis, record_payment
from .appeals import answer_appeal, file_appeal
from .corrections import correct_decision
from .decisions import draft_decision, explain_decision, notify_decision, sign_decision
from .ends import drop_hearing, end_early, invite_observations, receive_observations
from .moves import exit_journey, prepare_renewal, transfer
from .news import record_news, withdraw_news
from .payer import discard_sheet, prepare_sheet, release_sheet
from .permits import extend_permit, record_permit
from .reports import plan_report, report_change
from .silences import ask_reasons, receive_reasons

__all__ = [
    "answer_appeal",
    "ask_reasons",
    "cancel_payment",
    "change_children",
    "correct_decision",
    "decide_afis",
    "discard_sheet",
    "draft_decision",
    "drop_hearing",
    "end_afis",
    "end_early",
    "exit_journey",
    "explain_decision",
    "extend_permit",
    "file_appeal",
    "invite_observations",
    "notify_afis",
    "notify_decision",
    "plan_report",
    "prepare_renewal",
    "prepare_sheet",
    "receive_observations",
    "receive_reasons",
    "record_news",
    "record_payment",
    "record_permit",
    "release_sheet",
    "report_change",
    "sign_decision",
    "transfer",
    "withdraw_news",
]
