"""Ten recovery codes, shown once, kept as keyed hashes, each good for one sign-in."""

import secrets

from allauth.mfa.models import Authenticator
from django.db import transaction

from jalon.vault import keys

from .models import User

COUNT = 10
LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"  # no letter that looks like a digit
LENGTH = 12


def plain(code: str) -> str:
    """A code as it is compared: no case, no dash, no space."""
    return "".join(c for c in code.lower() if c in LETTERS)


def new_code() -> str:
    """Fifty-nine bits, by groups of four: copied by hand without a mistake."""
    code = "".join(secrets.choice(LETTERS) for _ in range(LENGTH))
    return "-".join(code[start : start + 4] for start in range(0, LENGTH, 4))


def _hash(user_id: str, code: str) -> str:
    return keys.mac("recovery code", user_id, plain(code)).hex()


def generate(user: User) -> list[str]:
    """New codes, in place of the former ones. They exist in clear only in what this returns."""
    codes = [new_code() for _ in range(COUNT)]
    Authenticator.objects.filter(user=user, type=Authenticator.Type.RECOVERY_CODES).delete()
    Authenticator.objects.create(
        user=user,
        type=Authenticator.Type.RECOVERY_CODES,
        data={"codes": [_hash(user.pk, code) for code in codes]},
    )
    return codes


def left(user: User) -> int:
    kept = Authenticator.objects.filter(user=user, type=Authenticator.Type.RECOVERY_CODES).first()
    return len(kept.data["codes"]) if kept else 0


@transaction.atomic
def use(authenticator: Authenticator, code: str) -> bool:
    """Is this one of the codes left? If so it is left no more."""
    kept = Authenticator.objects.select_for_update().get(pk=authenticator.pk)
    wanted = _hash(kept.user_id, code)
    if wanted not in kept.data["codes"]:
        return False
    kept.data["codes"].remove(wanted)
    kept.save(update_fields=["data"])
    return True
