"""The small engine that applies the transition tables of the rooms (``<room>/states.py``).

A table is data: verb, states from which it is allowed, state that it leads to. Every (state, verb) pair is tested.
"""

from collections.abc import Iterable
from typing import NamedTuple

from django.utils.translation import gettext as _

from .gate import Refused


class Transition(NamedTuple):
    """``target`` None: the verb is allowed in those states and changes nothing."""

    verb: str
    sources: frozenset[str]
    target: str | None
    who: tuple[str, ...] = ()
    requires: str = ""


def step(verb: str, sources: Iterable[str], target: str | None, *who: str, requires: str = "") -> Transition:
    return Transition(verb, frozenset(map(str, sources)), None if target is None else str(target), who, requires)


class Machine:
    """The transitions of one object. ``labels`` gives the French word of each state, for the refusal's sentence."""

    def __init__(self, labels: dict[str, object], *transitions: Transition) -> None:
        self.labels = {str(state): label for state, label in labels.items()}
        self.transitions = {t.verb: t for t in transitions}
        unknown = {s for t in transitions for s in t.sources | ({t.target} if t.target else set())} - set(self.labels)
        if unknown:
            raise ValueError(f"unknown states: {sorted(unknown)}")

    def allows(self, state: str, verb: str) -> bool:
        return state in self.transitions[verb].sources

    def verbs(self, state: str) -> list[str]:
        return [verb for verb, t in self.transitions.items() if state in t.sources]

    def target(self, state: str, verb: str) -> str:
        """The state after ``verb``. Raises Refused with a sentence when the state does not allow it."""
        transition = self.transitions[verb]
        if state not in transition.sources:
            raise Refused(
                _("Ce n'est pas possible maintenant : l'état est « %(state)s ».")
                % {"state": self.labels.get(state, state)}
            )
        return transition.target or state
