"""What was written over: on demand, at its own address, in the trail as a reading of that compartment."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_GET

from jalon import journal
from jalon.access import Actor, Role, screen
from jalon.people import access as people
from jalon.people import reads as persons
from jalon.people.models import Dossier
from jalon.ui import paging
from jalon.ui.views import page

from ..reads import former as reads

READERS = ("REF", "EMP", "MGR", "SEC")


def _file(request: HttpRequest, dossier_id: str) -> tuple[Actor, Dossier, str]:
    actor: Actor = request.actor  # type: ignore[attr-defined]
    dossier = people.get(request, dossier_id, "C16", "exist", persons.scope(actor))
    return actor, dossier, persons.name(actor, dossier)


@screen("C16", "exist", roles=READERS)
@require_GET
def formers(request: HttpRequest, dossier_id: str) -> HttpResponse:
    """Which records of this file were written over, among those that this actor reads: dates and hands, no word."""
    actor, dossier, name = _file(request, dossier_id)
    context = {"dossier": dossier, "name": name, "state": actor.role == Role.SEC}
    context["versions"] = reads.former_of_file(actor, dossier, paging.asked(request))
    return page(request, "support/formers.html", context)


@screen("C16", "exist", roles=READERS)
@require_GET
def former(request: HttpRequest, dossier_id: str, name: str, about_id: str) -> HttpResponse:
    """What one record said before; its compartment is asked, and the identity confirmed, as for the record itself."""
    actor, dossier, called = _file(request, dossier_id)
    part, versions = reads.former_of(actor, dossier, name, about_id, paging.asked(request))
    journal.reading(request, "read", dossier, compartment=part, objects=[about_id], purpose="former")
    context = {"dossier": dossier, "name": called, "versions": versions, "part": part, "state": actor.role == Role.SEC}
    return page(request, "support/former.html", context)
