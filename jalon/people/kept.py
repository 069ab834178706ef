"""What was typed about somebody waits under that file's own key, and only while nothing but a proof of identity lacks.

It goes with the key: nothing of it opens once the file, or that part of it, is erased; taking back an agreement
destroys what waits (``agreements``). Whoever has lost the file in the meantime is not shown what she typed of it.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from functools import partial
from typing import Any, TypeVar

from django.conf import settings
from django.http import QueryDict

from jalon.access import Actor, Condition
from jalon.accounts.actions import Under
from jalon.directory import reads as directory
from jalon.directory.middleware import actor_of, frozen, is_usable
from jalon.vault import keys
from jalon.vault.classification import GROUP_OF
from jalon.vault.errors import KeyMissing

from . import access, wall

View = TypeVar("View", bound=Callable[..., Any])
# (file, compartment, action) of what these fields would write; None: nothing of anybody's.
Named = tuple[str, str, str] | None
Find = Callable[..., Named]


def waits(find: Find) -> Callable[[View], View]:
    """On a view of a sensitive compartment, under its declaration: ``find(actor, typed, **arguments)`` says of whom."""

    def decorate(view: View) -> View:
        view.kept_under = partial(_under, find)  # type: ignore[attr-defined]
        return view

    return decorate


def _under(find: Find, user_id: str, actor: Actor | None, typed: QueryDict, arguments: dict[str, Any]) -> Under | None:
    for one in [actor] if actor is not None else _functions(user_id):
        with _asking(one):
            named = find(one, typed, **arguments)
            dossier = access.seen(one, named[0]) if named is not None else None
            if named is None or dossier is None:
                continue
            answer = access.verdict(one, dossier, *named[1:])
            if not answer.allowed and answer.missing != {Condition.STEPUP}:
                continue
            try:
                return Under(dossier.pk, named[1], keys.fetch(dossier.pk, GROUP_OF[named[1]]))
            except KeyMissing:
                continue
    return None


def _functions(user_id: str) -> list[Actor]:
    """Whom an account whose session has ended could act as."""
    return [actor_of(held) for held in directory.memberships_of(user_id) if is_usable(held)]


@contextmanager
def _asking(actor: Actor) -> Iterator[None]:
    with frozen(actor.department), wall.asking(actor) if settings.WALL else nullcontext():
        yield
