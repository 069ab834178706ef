"""What she takes with her and what she adds: the copy of her data, her statement beside a record."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from jalon import journal
from jalon.access import Actor, Hidden, screen
from jalon.dossiers.models import Part
from jalon.journeys.models import Decision
from jalon.papers.views import answer
from jalon.people import access as people
from jalon.people import actions as persons
from jalon.people import reads
from jalon.people.forms import StatementForm
from jalon.people.models import Dossier, Identity
from jalon.ui.forms import posted, saved
from jalon.ui.views import done, invalid, page
from jalon.vault.models import Sealed

from .. import access, copies
from ..models import Note

GET_POST = require_http_methods(["GET", "POST"])
# What she may contest, by the word of its address.
CONTESTED: dict[str, type[Any]] = {"identity": Identity, "part": Part, "note": Note, "decision": Decision}


def _file(request: HttpRequest, dossier_id: str, compartment: str, action: str) -> tuple[Dossier, str]:
    actor: Actor = request.actor  # type: ignore[attr-defined]
    dossier = people.get(request, dossier_id, compartment, action, reads.scope(actor))
    return dossier, reads.name(actor, dossier)


@screen("C1", "read", roles=("REF",))
@GET_POST
def copy(request: HttpRequest, dossier_id: str) -> HttpResponse:
    """The copy she asked for, made at the desk: on paper, or as data on a medium that she chooses."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    dossier, name = _file(request, dossier_id, "C1", "read")
    if request.method == "GET":
        asked = any(one.open and one.row.right == "access" for one in reads.rights_requests(dossier))
        return page(request, "support/copy.html", {"dossier": dossier, "name": name, "asked": asked})
    if request.POST.get("form") != "data":
        return answer(copies.make_copy(actor, dossier))
    told = copies.make_data(actor, dossier)
    headers = {"Content-Disposition": 'attachment; filename="copie.json"', "Cache-Control": "no-store"}
    return HttpResponse(told, content_type="application/json; charset=utf-8", headers=headers)


def _contested(actor: Actor, dossier: Dossier, kind: str, pk: str) -> Sealed:
    """The record of this file that this actor reads; a private note is its author's alone."""
    model = CONTESTED.get(kind)
    rows = model._base_manager.filter(dossier=dossier.pk) if model else None
    if model is Note:
        rows = access.notes_visible_to(actor, dossier)
    found: Sealed | None = rows.filter(pk=pk).first() if rows is not None else None
    if found is None or (isinstance(found, Decision) and found.signed_on is None):
        raise Hidden
    people.require(actor, dossier, found.compartment, "read")
    return found


@screen("C16", "create", roles=("REF", "MGR"))
@GET_POST
def statement(request: HttpRequest, dossier_id: str, kind: str, about_id: str) -> HttpResponse:
    """Her own words, attached to one record that she contests."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    dossier, name = _file(request, dossier_id, "C16", "create")
    row = _contested(actor, dossier, kind, about_id)
    journal.reading(request, "read", dossier, compartment=row.compartment)
    form = StatementForm(posted(request))
    url = reverse("support:dossier", args=[dossier.pk])
    if saved(form, lambda: persons.attach_statement(actor, dossier, about=row, **form.answers)):
        return done(request, url, _("Sa déclaration est jointe. Elle se lit à côté de ce qu'elle conteste."))
    context = {"dossier": dossier, "name": name, "form": form, "back": url, "kind": kind}
    return (invalid if form.is_bound else page)(request, "support/statement.html", context)
