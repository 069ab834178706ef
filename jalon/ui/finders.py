"""Static files of the ``bootstrap-wrapper`` package: only those that a page uses, served from where pip put them."""

from collections.abc import Iterator
from pathlib import Path

import bootstrap_wrapper
from django.contrib.staticfiles.finders import BaseFinder
from django.core.files.storage import FileSystemStorage

FILES = ("bootstrap.min.css",)


class BootstrapFinder(BaseFinder):
    """``bootstrap/<file>`` for the files named in FILES."""

    def __init__(self, *args: object, **kwargs: object) -> None:
        self.storage = FileSystemStorage(location=bootstrap_wrapper.get_bootstrap_css_dir())
        self.storage.prefix = "bootstrap"  # type: ignore[attr-defined]

    def check(self, **kwargs: object) -> list[object]:
        return []

    def find(self, path: str, find_all: bool = False, **kwargs: object) -> str | list[str]:
        folder, _, name = path.partition("/")
        if folder != "bootstrap" or name not in FILES:
            return []
        found = str(Path(self.storage.location, name))
        return [found] if find_all else found

    def list(self, ignore_patterns: object) -> Iterator[tuple[str, FileSystemStorage]]:
        for name in FILES:
            yield name, self.storage
