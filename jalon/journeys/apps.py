from django.apps import AppConfig


class JourneysConfig(AppConfig):
    name = "jalon.journeys"
