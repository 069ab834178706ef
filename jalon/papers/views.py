"""The answer that carries a paper."""

from django.http import HttpResponse

from .actions import Made


def answer(made: Made) -> HttpResponse:
    """The file, to be saved: neutral name, kept by no cache."""
    return HttpResponse(
        made.content,
        content_type="application/pdf",
        headers={
            "Content-Disposition": f'attachment; filename="{made.paper.file_name}"',
            "Cache-Control": "no-store",
        },
    )
