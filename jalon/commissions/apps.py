from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CommissionsConfig(AppConfig):
    name = "jalon.commissions"

    def ready(self) -> None:
        from jalon.ui import nav

        roles = ("REF", "MGR", "SEC", "MEM", "PRE")
        nav.register(_("Demandes"), "commissions:received", roles=("SEC",), order=30)
        nav.register(_("Commission"), "commissions:meetings", roles=roles, order=40)
