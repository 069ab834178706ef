"""The answer that carries a paper."""

from django.http import HttpRequest, HttpResponse

from .actions import Made


def answer(made: Made, name: str = "") -> HttpResponse:
    """The file, to be saved, kept by no cache. ``name``: plain, for a paper that bears no number."""
    return HttpResponse(
        made.content,
        content_type="application/pdf",
        headers={
            "Content-Disposition": f'attachment; filename="{name or made.paper.file_name}"',
            "Cache-Control": "no-store",
        },
    )


def copy_mark(request: HttpRequest) -> str:
    """Role and initials of the reader, for the footer of her copy."""
    return f"{request.actor.role} {request.user.initials}"  # type: ignore[attr-defined, union-attr]
