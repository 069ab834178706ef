"""The agenda of a steering meeting builds itself: each point is registered by the room that knows it."""

from collections.abc import Callable
from datetime import date
from typing import Any, NamedTuple

from .models import Convention


class Entry(NamedTuple):
    """One point: its title and its lines, about structures and figures. ``{count}`` of persons under five is hidden."""

    kind: str
    title: Any
    lines: list[str]


Builder = Callable[[Convention, date], Entry | None]

_builders: dict[str, tuple[int, Builder]] = {}


def register(kind: str, order: int, build: Builder) -> None:
    """Make a point known; ``build`` answers None when there is nothing to say."""
    if _builders.setdefault(kind, (order, build)) != (order, build):
        raise ValueError(f"two points of the agenda are {kind}")


def of(convention: Convention, day: date) -> list[Entry]:
    """The agenda as it stands on this day."""
    ordered = sorted(_builders.values(), key=lambda one: one[0])
    return [entry for _order, build in ordered if (entry := build(convention, day)) is not None]
