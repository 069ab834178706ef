"""Templates of the rooms win over those of the packages; the form widgets of Django come last."""

from functools import cache
from pathlib import Path

import django.forms
from django.apps import apps
from django.template.loaders.filesystem import Loader


@cache
def _folders() -> tuple[Path, ...]:
    rooms = (Path(config.path, "templates") for config in apps.get_app_configs() if config.name.startswith("jalon."))
    widgets = Path(django.forms.__file__).parent / "templates"
    return (*(folder for folder in rooms if folder.is_dir()), widgets)


class RoomsFirst(Loader):
    def get_dirs(self) -> tuple[Path, ...]:
        return _folders()
