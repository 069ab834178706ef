from django.apps import AppConfig


class OffersConfig(AppConfig):
    name = "jalon.offers"

    def ready(self) -> None:
        pass

        # nav.register(_("Offres"), "offers:services", roles=("REF", "MGR", "EMP"), order=55)
