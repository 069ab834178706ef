from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ConventionsConfig(AppConfig):
    name = "jalon.conventions"

    def ready(self) -> None:
        from jalon.ui import nav

        nav.register(_("Convention"), "conventions:conventions", roles=("REF", "MGR", "EMP", "SEC"), order=50)
