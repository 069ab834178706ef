from django.apps import AppConfig
from django.conf import settings


class DemoConfig(AppConfig):
    name = "jalon.demo"

    def ready(self) -> None:
        """In a demonstration only: each department lives on its own day, and signing in dozens of times stays quick."""
        if settings.DEMO:
            settings.DEMO_CLOCK = "jalon.demo.folder.days"
            settings.PASSWORD_WORK = "light"
