from django.apps import AppConfig
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _


class DirectoryConfig(AppConfig):
    name = "jalon.directory"

    def ready(self) -> None:
        from jalon.accounts.signals import signed_in as account_signed_in

        from .middleware import limit_browsers

        account_signed_in.connect(limit_browsers)
        from jalon.ui import nav

        nav.register_account(signed_in)
        nav.register_menu(_("Mon compte"), "account", order=10)
        nav.register_menu(_("Mes fonctions"), "directory:functions", order=20)
        nav.register_menu(_("Comptes à revoir"), "directory:memberships", roles=("MGR", "ADM", "SEC"), order=30)
        nav.register_menu(_("Agréments"), "directory:accreditations", roles=("MGR", "SEC", "PRE"), order=40)


def signed_in(request: HttpRequest) -> object:
    """The account menu: the name of the account, its function and its organisation; no query of its own."""
    from jalon.ui.nav import Account

    from .reads import ROLE_NAMES

    membership = getattr(request, "membership", None)
    if membership is None:
        return Account(str(_("Compte")), "")
    detail = f"{ROLE_NAMES[membership.role]} · {membership.organisation.name}"
    return Account(membership.user.name, detail)
