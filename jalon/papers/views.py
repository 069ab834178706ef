"""The answers that carry papers."""

import io
import zipfile
from collections.abc import Sequence

from django.http import HttpRequest, HttpResponse

from .actions import Made


def answer(made: Made, name: str = "") -> HttpResponse:
    """The file, to be saved, kept by no cache. ``name``: plain, for a paper that bears no number."""
    return _saved(made.content, name or made.paper.file_name, "application/pdf")


def bundle(made: Sequence[Made]) -> HttpResponse:
    """Several papers in one file, each as it would come alone."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as papers:
        for one in made:
            papers.writestr(zipfile.ZipInfo(one.paper.file_name), one.content)
    return _saved(file.getvalue(), "papiers.zip", "application/zip")


def _saved(content: bytes, name: str, kind: str) -> HttpResponse:
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
    return HttpResponse(content, content_type=kind, headers=headers)


def copy_mark(request: HttpRequest) -> str:
    """Role and initials of the reader, for the footer of her copy."""
    return f"{request.actor.role} {request.user.initials}"  # type: ignore[attr-defined, union-attr]
