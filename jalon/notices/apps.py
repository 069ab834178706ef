from django.apps import AppConfig


class NoticesConfig(AppConfig):
    name = "jalon.notices"

    def ready(self) -> None:
        from jalon.accounts.signals import closed
        from jalon.directory import due

        from . import actions

        closed.connect(actions.forget_messages_of)
        due.register(actions)  # the directory is below this room: it cannot ask for its deadlines by itself
