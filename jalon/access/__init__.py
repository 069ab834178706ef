"""Who may do what: the matrix, ``decide`` and the declarations of the views. Deny by default."""

from .gate import Hidden, Policy, Refused, open_to, public, screen
from .policy import SYSTEM, Actor, Verdict, decide
from .roles import Action, Condition, Relation, Role

__all__ = [
    "SYSTEM",
    "Action",
    "Actor",
    "Condition",
    "Hidden",
    "Policy",
    "Refused",
    "Relation",
    "Role",
    "Verdict",
    "decide",
    "open_to",
    "public",
    "screen",
]
