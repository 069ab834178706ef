from django.apps import AppConfig


class DossiersConfig(AppConfig):
    name = "jalon.dossiers"

    def ready(self) -> None:
        from jalon.people import oversight

        from .reads import places

        oversight.register_places(places.addresses)
