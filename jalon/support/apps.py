from decimal import Decimal

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class SupportConfig(AppConfig):
    name = "jalon.support"

    def ready(self) -> None:
        from jalon.conventions.measures import Measure, register
        from jalon.ui import nav

        from . import measures

        nav.register(_("Accueil"), "home", order=10)
        nav.register_search(_("Rechercher une personne"), "support:search", roles=("REF",))
        nav.register_menu(_("Rechercher une personne"), "support:search", roles=("REF", "EMP", "MGR"), order=10)
        days, plans = _("Délai médian de réponse (jours ouvrés)"), _("Diagnostic partagé dans les 30 jours")
        work = _("Personnes en emploi ou en formation (cumul)")
        register(Measure("answer_days", days, 1, Decimal(2), measures.answer_days, lower=True, places=1, persons=False))
        register(Measure("diagnosis", plans, 3, Decimal(80), measures.diagnosis_in_time, unit="%"))
        register(Measure("outcomes", work, 3, Decimal(5), measures.outcomes))
        nav.register_menu(_("Mon calendrier"), "support:calendar", roles=("REF", "EMP", "MGR"), order=80)
