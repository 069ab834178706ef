from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class JourneysConfig(AppConfig):
    name = "jalon.journeys"

    def ready(self) -> None:
        from jalon.ui import nav

        nav.register(_("Décisions"), "journeys:decisions", roles=("PRE", "SEC"), order=50)
