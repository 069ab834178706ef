from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class OffersConfig(AppConfig):
    name = "jalon.offers"

    def ready(self) -> None:
        from jalon.ui import nav

        nav.register(_("Offres"), "offers:services", roles=("REF", "EMP"), order=55, under=("/orientations/",))
        nav.register_menu(_("Offres"), "offers:services", roles=("MGR",), order=20)  # her navigation is full
