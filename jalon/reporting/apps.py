from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ReportingConfig(AppConfig):
    name = "jalon.reporting"

    def ready(self) -> None:
        from jalon.ui import nav

        nav.register(_("Pilotage"), "reporting:steering", roles=("REF", "MGR", "SEC", "PRE"), order=60)
