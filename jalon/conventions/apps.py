from decimal import Decimal

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ConventionsConfig(AppConfig):
    name = "jalon.conventions"

    def ready(self) -> None:
        from jalon.ui import nav

        from . import agenda, measures
        from .reads import steering

        nav.register(_("Convention"), "conventions:conventions", roles=("REF", "MGR", "EMP", "SEC"), order=50)
        measures.register(
            measures.Measure("paired", _("Personnes avec un binôme nommé"), 1, Decimal(100), steering.paired, unit="%")
        )
        for kind, order, build in steering.POINTS:
            agenda.register(kind, order, build)
