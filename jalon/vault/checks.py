"""The system check of the key folder: an absent key is a warning, a misplaced one an error (see providers)."""

from typing import Any

from django.core.checks import CheckMessage, Error, Tags, Warning, register

from . import providers
from .errors import VaultError


@register(Tags.security)
def keys_are_well_placed(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    try:
        providers.verify()
    except providers.KeysAbsent as absent:
        return [Warning(str(absent), id="vault.W001")]
    except VaultError as refused:
        return [Error(str(refused), id="vault.E001")]
    return []
