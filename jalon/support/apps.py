from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class SupportConfig(AppConfig):
    name = "jalon.support"

    def ready(self) -> None:
        from jalon.ui import nav

        nav.register(_("Accueil"), "home", order=10)
        nav.register_search(_("Rechercher une personne"), "support:search", roles=("REF",))
        nav.register_menu(_("Rechercher une personne"), "support:search", roles=("REF", "EMP", "MGR"), order=10)
        nav.register_menu(_("Mon calendrier"), "support:calendar", roles=("REF", "EMP", "MGR"), order=80)
