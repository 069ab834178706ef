"""What the vault refuses. Messages never name a person, a row or a content."""


class VaultError(Exception):
    """Something sealed cannot be opened or written."""

    message = "the vault refused"

    def __init__(self, message: str = "") -> None:
        super().__init__(message or self.message)


class Tampered(VaultError):
    """The bytes are not those that were sealed for this row, column, owner, group, version and revision."""

    message = "a sealed record does not match its row"


class KeyMissing(VaultError):
    """No key opens it: never made, expired, or destroyed by an erasure."""

    message = "no key opens this record"


class FileMissing(VaultError):
    """The encrypted file is no longer on the disk."""

    message = "an encrypted file is missing"


class Misplaced(VaultError):
    """The key folder breaks a rule of placement. The message is one sentence for the operator."""

    message = "the keys are misplaced"


class KeysAbsent(Misplaced):
    """A key has not been made yet."""

    message = "a key is absent"


class KeysUnavailable(VaultError):
    """The key service does not answer, or refuses for now: nothing is lost, nothing can be opened. Answered 503."""

    message = "the key service does not answer"


class BadShares(VaultError):
    """The papers of the escrow do not rebuild its key. The message is one sentence for the operator."""

    message = "the shares do not rebuild the key"
