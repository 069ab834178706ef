from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class JourneysConfig(AppConfig):
    name = "jalon.journeys"

    def ready(self) -> None:
        from jalon.ui import nav

        nav.register(_("Décisions"), "journeys:decisions", roles=("PRE", "SEC"), order=50)
        nav.register(_("Simulateur"), "journeys:simulator", roles=("MGR", "EMP", "PRE", "ETR"), order=70)
        # The header of a referent holds five entries and the search, that of the secretariat six entries: no room.
        nav.register_menu(_("Simulateur"), "journeys:simulator", roles=("REF", "SEC"), order=15)
