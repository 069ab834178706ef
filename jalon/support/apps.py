from django.apps import AppConfig


class SupportConfig(AppConfig):
    name = "jalon.support"
