"""What the pages of the joint support share: the subject, what is told of her above each page, a list and its form."""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse

from jalon.access import Actor
from jalon.people import access as people
from jalon.people.models import Dossier
from jalon.ui.forms import Form, Once, attempt
from jalon.ui.views import invalid, page

from .. import access
from ..reads import joint


def saved(form: Form, act: Callable[[], Any]) -> bool:
    """Run the action; what it refuses in the data comes back on the form."""
    return form.is_valid() and attempt(form, lambda: (act(), True)) is not None


def made_by(form: Once, actor: Actor) -> dict[str, Any]:
    """What was answered, and the identifier that the page promised to what it makes."""
    return {**form.answers, "pk": form.promised(actor.user_id)}


def shown(request: HttpRequest, form: Form | None, template: str, context: dict[str, Any]) -> HttpResponse:
    bound = form is not None and form.is_bound
    return (invalid if bound else page)(request, template, {**context, "form": form})


def subject(request: HttpRequest, dossier_id: str, compartment: str = "C10") -> Dossier:
    return people.get(request, dossier_id, compartment, "read", rows=joint.subject(request.actor))  # type: ignore[attr-defined]


def project(request: HttpRequest, dossier_id: str) -> Dossier:
    """The same, for what belongs to her project: an adviser needs that she shares it."""
    dossier = subject(request, dossier_id)
    access.require_project(request.actor, dossier)  # type: ignore[attr-defined]
    return dossier


def about(request: HttpRequest, dossier: Dossier) -> dict[str, Any]:
    actor: Actor = request.actor  # type: ignore[attr-defined]
    banner = joint.banner(actor, dossier)
    return {"dossier": dossier, "banner": banner, "label": joint.label(actor, dossier, banner.what)}
