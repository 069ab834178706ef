"""The pages of the person's file, one module an object. Each goes through the scope and leaves its trace."""

from .assignments import assign, end_assignment, workers
from .erasure import consent, eliminations, erase, hold, officer_home
from .files import contact, dossiers, identity, new, stop
from .oversight import exceptional, review_openings, stops, table_of_rights, tell_opening, trail, trail_month
from .requests import answer, answer_paper, lift, requests
from .sharing import agree, agreements, inform, revoke, share, withdraw

__all__ = [
    "agree",
    "agreements",
    "answer",
    "answer_paper",
    "assign",
    "consent",
    "contact",
    "dossiers",
    "eliminations",
    "end_assignment",
    "erase",
    "exceptional",
    "hold",
    "identity",
    "inform",
    "lift",
    "new",
    "officer_home",
    "requests",
    "review_openings",
    "revoke",
    "share",
    "stop",
    "stops",
    "table_of_rights",
    "tell_opening",
    "trail",
    "trail_month",
    "withdraw",
    "workers",
]
