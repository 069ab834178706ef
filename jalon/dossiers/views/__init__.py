"""The pages of a request. Each goes through the scope and the matrix of the person's file, and leaves its trace."""

from .applications import application, not_presented, start, withdraw
from .drafts import forget, keep
from .papers import acknowledgement, paper
from .parts import part
from .pieces import piece_file, pieces, sent_file, waive
from .received import complete, received
from .review import answer, read_back, receipt, reopen, review, sign, submit

__all__ = [
    "acknowledgement",
    "answer",
    "application",
    "complete",
    "forget",
    "keep",
    "not_presented",
    "paper",
    "part",
    "piece_file",
    "pieces",
    "read_back",
    "receipt",
    "received",
    "reopen",
    "review",
    "sent_file",
    "sign",
    "start",
    "submit",
    "waive",
    "withdraw",
]
