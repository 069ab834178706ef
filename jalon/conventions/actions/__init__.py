"""The verbs of the conventions and of the named pairs. Nothing else writes the tables of this room."""

from .agreements import (
    add_commitment,
    add_indicator,
    draft_convention,
    edit_convention,
    plan_committee,
    record_indicator,
    sign_convention,
    update_commitment,
)
from .pairs import end_pair, name_pair

__all__ = [
    "add_commitment",
    "add_indicator",
    "draft_convention",
    "edit_convention",
    "end_pair",
    "name_pair",
    "plan_committee",
    "record_indicator",
    "sign_convention",
    "update_commitment",
]
