"""A word found nowhere else, one a dossier and compartment, derived from the demonstration's own key.

It is told by ``--accounts`` and written down nowhere, so that finding it in a file or on a page proves a leak.
"""

import base64
from collections.abc import Iterator

from jalon.dossiers import parts as form
from jalon.vault import keys

from .cast import CASES, Case


def canary(number: str, compartment: str) -> str:
    """A word of letters only, so that it passes wherever a name passes."""
    return f"Kanari{base64.b32encode(keys.mac('demo canary', number, compartment))[:16].decode().translate(LETTERS)}"


LETTERS = str.maketrans("234567", "abcdef")


def free(code: str) -> str:
    """The question of a part that takes free text and never leaves in the package; empty when there is none."""
    left = [
        question.name
        for question in form.BY_CODE[code].questions
        if question.kind in ("text", "long") and question.most >= 80 and question.name not in PROJECTED
    ]
    return left[-1] if left else ""


# Answers that the package repeats: what is written there is no longer in its compartment alone.
PROJECTED = ("goal", "work_experience", "summary", "commitments", "achieved", "difficulties", "reasons")
# Compartment → the part of the request that holds its canary.
PARTS = {"C3": "housing", "C4": "life_path", "C5": "health_rights", "C6": "legal", "C7": "residence", "C10": "project"}


def compartments(case: Case) -> Iterator[str]:
    """Where this dossier holds a canary: what its stage lets be written, and what takes words at all."""
    yield from ("C1", "C2", "C11", "C16")
    if case.stage == "S0":
        return
    yield from (compartment for compartment, part in PARTS.items() if free(part))
    yield from ("C8", "C9", "C15")
    yield "C12"
    if case.stage != "S1":
        yield "C13"
    if case.stage in ("S4", "S5", "S6"):
        yield "C14"


def canaries() -> dict[str, str]:
    """``"<dossier number>/<compartment>"`` → its word."""
    placed = [(case.number, compartment) for case in CASES for compartment in compartments(case)]
    return {f"{number}/{compartment}": canary(number, compartment) for number, compartment in placed}
