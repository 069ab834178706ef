from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PeopleConfig(AppConfig):
    name = "jalon.people"

    def ready(self) -> None:
        from jalon.papers import actions as papers
        from jalon.ui import nav
        from jalon.vault import scope

        from . import wall

        scope.guard(wall.walled())
        papers.across = wall.beyond
        nav.register(_("Personnes"), "people:dossiers", roles=("REF", "MGR", "DPO"), order=20)
        nav.register_menu(_("Lectures arrêtées"), "people:stops", roles=("MGR", "DPO", "SEC"), order=60)
