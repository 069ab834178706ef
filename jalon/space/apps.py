from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class SpaceConfig(AppConfig):
    name = "jalon.space"

    def ready(self) -> None:
        from jalon.ui import nav

        nav.register_menu(_("Demandes des personnes"), "space:requests", roles=("REF",), order=40)
