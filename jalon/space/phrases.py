"""Six ordinary words, drawn by lot: a phrase that is easy to keep in mind and says nothing of anyone."""

import secrets
from functools import cache
from pathlib import Path

COUNT = 6


@cache
def words() -> list[str]:
    return Path(__file__).with_name("phrases.txt").read_text(encoding="utf-8").split()


def phrase() -> str:
    """Fifty bits and more; with the second factor and the wait after each failure, nobody guesses it."""
    return " ".join(secrets.choice(words()) for _ in range(COUNT))
