from django.apps import AppConfig
from django.core.checks import register


class UiConfig(AppConfig):
    name = "jalon.ui"

    def ready(self) -> None:
        from . import nav

        register(nav.check)
