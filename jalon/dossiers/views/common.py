"""What every page of a request says at its top, and where it leads."""

from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from jalon import journal
from jalon.dossiers import parts as form_parts
from jalon.dossiers.models import Application
from jalon.dossiers.reads import pages, red_in
from jalon.dossiers.redlist import SENT
from jalon.people import access as people
from jalon.people import reads as persons

GET_POST = require_http_methods(["GET", "POST"])
ASSOCIATION = ("REF", "COL", "MGR")


def named(request: HttpRequest, application: Application, **more: Any) -> dict[str, Any]:
    """What every page of a request says at its top."""
    dossier = application.dossier
    name = persons.name(request.actor, dossier)
    return {"application": application, "dossier": dossier, "name": name, **more}


def application_url(application: Application) -> str:
    return reverse("dossiers:application", args=[application.pk])


def review_url(application: Application) -> str:
    return reverse("dossiers:review", args=[application.pk])


def opened(request: HttpRequest, found: Application, *told: str) -> pages.Readable:
    """What the draft is made of, with one line in the trail for each compartment opened (``told`` already are)."""
    readable = pages.readable_answers(found, request.actor)
    for compartment in sorted(readable.opened.difference(told)):
        journal.reading(request, "read", found.dossier, compartment=compartment)
    return readable


def red_seen(request: HttpRequest, found: Application, spec: form_parts.Part, record: dict[str, Any]) -> list[str]:
    """What is to be taken out of a part before it leaves, for who may draft the package and has just been recognised.

    The answer tells which words stand in parts that need that proof: without it, one could ask it street by street.
    """
    if spec.code not in SENT or not request.actor.stepped_up:
        return []
    if not people.can(request.actor, found.dossier, "C12", "create"):
        return []
    journal.reading(request, "check_red_list", found.dossier, compartment="C3")
    return red_in(found, spec, record)
