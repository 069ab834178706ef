"""Second-factor secrets, sealed by the vault as small texts bound to one account."""

from jalon.vault import texts


def seal(user_id: str, secret: str) -> str:
    return texts.seal("totp", user_id, secret)


def unseal(user_id: str, sealed: str) -> str:
    return texts.unseal("totp", user_id, sealed)
