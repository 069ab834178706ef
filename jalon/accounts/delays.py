"""Each wrong password from the third makes its login wait: one second, then two, four… up to two minutes.

Counted by the hash of the login, known or not, in the cache that every process shares. A passkey never waits: other
people's failures cannot keep its owner out.
"""

from django.core.cache import cache

from jalon.config import clock

FREE = 2
LONGEST = 120
FORGOTTEN_AFTER = 3600


def _key(login: str) -> str:
    return f"sign-in-delay:{login}"


def waits(login: str) -> bool:
    _failures, until = cache.get(_key(login), (0, 0.0))
    return clock.machine().timestamp() < until


def count(login: str) -> None:
    """One more failure, and the instant before which nothing is even looked at."""
    failures = cache.get(_key(login), (0, 0.0))[0] + 1
    delay = min(2 ** (failures - FREE - 1), LONGEST) if failures > FREE else 0
    cache.set(_key(login), (failures, clock.machine().timestamp() + delay), FORGOTTEN_AFTER)


def forget(login: str) -> None:
    cache.delete(_key(login))
