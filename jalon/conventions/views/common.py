"""What the pages of the conventions share."""

from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from jalon.access import Actor, Hidden
from jalon.ui.forms import Form
from jalon.ui.views import invalid, page

from .. import access
from ..models import Convention


def actor_of(request: HttpRequest) -> Actor:
    return request.actor  # type: ignore[attr-defined,no-any-return]


def shown(request: HttpRequest, form: Form, template: str, context: dict[str, Any]) -> HttpResponse:
    return (invalid if form.is_bound else page)(request, template, {**context, "form": form})


def in_scope(request: HttpRequest, convention_id: str) -> Convention:
    convention = access.visible_to(actor_of(request)).filter(pk=convention_id).first()
    if convention is None:
        raise Hidden
    return convention


def home_of(convention: Convention) -> str:
    return reverse("conventions:convention", args=[convention.pk])


def row_of(request: HttpRequest, rows: QuerySet[Any], pk: str, path: str) -> Any:
    """A row of a convention in the scope, or the uniform 404."""
    found = rows.filter(pk=pk, **{f"{path}__in": access.visible_to(actor_of(request))}).first()
    if found is None:
        raise Hidden
    return found
