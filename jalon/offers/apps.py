from decimal import Decimal

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class OffersConfig(AppConfig):
    name = "jalon.offers"

    def ready(self) -> None:
        from jalon.conventions import agenda
        from jalon.conventions.measures import Measure, register
        from jalon.ui import nav

        from . import measures

        nav.register(_("Offres"), "offers:services", roles=("REF", "EMP"), order=55, under=("/orientations/",))
        nav.register_menu(_("Offres"), "offers:services", roles=("MGR",), order=20)  # her navigation is full
        cards = _("Fiches de l'offre à jour")
        register(Measure("cards", cards, 2, Decimal(90), measures.cards_up_to_date, unit="%", persons=False))
        agenda.register("catalogue", 60, measures.to_check)
