from django.apps import AppConfig


class VaultConfig(AppConfig):
    name = "jalon.vault"

    def ready(self) -> None:
        from . import checks  # noqa: F401  (registers the check)
