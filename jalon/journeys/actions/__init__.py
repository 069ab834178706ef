"""The verbs of the pathway, by object: decisions, AFIS, permits, appeals, the person's moves."""

from .afis import cancel_payment, change_children, decide_afis, end_afis, record_payment
from .appeals import answer_appeal, file_appeal
from .decisions import draft_decision, end_early, explain_decision, notify_decision, sign_decision
from .moves import exit_journey, prepare_renewal, transfer
from .permits import extend_permit, record_permit
from .reports import plan_report, report_change
from .silences import ask_reasons, receive_reasons

__all__ = [
    "answer_appeal",
    "ask_reasons",
    "cancel_payment",
    "change_children",
    "decide_afis",
    "draft_decision",
    "end_afis",
    "end_early",
    "exit_journey",
    "explain_decision",
    "extend_permit",
    "file_appeal",
    "notify_decision",
    "plan_report",
    "prepare_renewal",
    "receive_reasons",
    "record_payment",
    "record_permit",
    "report_change",
    "sign_decision",
    "transfer",
]
