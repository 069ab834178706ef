from typing import Any

from django.apps import AppConfig

from jalon.vault.signals import key_operation


class JournalConfig(AppConfig):
    name = "jalon.journal"

    def ready(self) -> None:
        key_operation.connect(_key_operation, dispatch_uid="journal")


def _key_operation(verb: str, count: int, sealed: Any = (), **_kwargs: Any) -> None:
    """An operation on keys is an event like another, in the transaction of the operation."""
    from . import trail

    trail.record(None, verb, count=count, sealed=sealed)
