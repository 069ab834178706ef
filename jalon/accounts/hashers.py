"""Passwords are kept as Argon2id hashes, slow on purpose."""

from typing import Any

from django.conf import settings
from django.contrib.auth.hashers import Argon2PasswordHasher
from django.core.exceptions import ImproperlyConfigured

STRONG = {"time_cost": 3, "memory_cost": 64 * 1024, "parallelism": 4}
# Only a demonstration or a test, which sign in dozens of accounts in a row, may ask for less work.
LIGHT = {"time_cost": 1, "memory_cost": 1024, "parallelism": 1}


class Argon2idHasher(Argon2PasswordHasher):
    """Argon2id with 64 MiB, three passes, four lanes."""

    def params(self) -> Any:
        work = getattr(settings, "PASSWORD_WORK", "strong")
        if work == "light" and not settings.CLOCK_OVERRIDE:
            raise ImproperlyConfigured("PASSWORD_WORK = light is for a demonstration or a test")
        for name, value in (LIGHT if work == "light" else STRONG).items():
            setattr(self, name, value)
        return super().params()
