"""The payer's sheet: one person prepares it, another of the service releases it, then it is printed."""

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from jalon import journal
from jalon.access import Actor, Hidden, open_to
from jalon.journeys import access, actions, papers, reads
from jalon.journeys.models import PayerSheet
from jalon.papers.views import answer
from jalon.ui import paging
from jalon.ui.rules import why
from jalon.ui.views import done, page

SENDS = "the secretariat tells the payer of its department's aids, once someone else has read the list"


def _sheet(request: HttpRequest, sheet_id: str) -> PayerSheet:
    actor: Actor = request.actor  # type: ignore[attr-defined]
    row = access.payer_sheets(actor).filter(pk=sheet_id).first()
    if row is None:
        raise Hidden
    access.require_payer(actor, row)
    return row


def _url(row: PayerSheet) -> str:
    return reverse("journeys:payer_sheet", args=[row.pk])


@open_to("SEC", why=SENDS)
def payer(request: HttpRequest) -> HttpResponse:
    home = reads.payer_home(request.actor, paging.asked(request))  # type: ignore[attr-defined]
    return page(request, "journeys/payer.html", {"home": home})


@require_POST
@open_to("SEC", why=SENDS)
def prepare_sheet(request: HttpRequest) -> HttpResponse:
    row = actions.prepare_sheet(request.actor)  # type: ignore[attr-defined]
    return done(request, _url(row), _("Liste préparée : une autre personne de votre service la valide."))


@open_to("SEC", why=SENDS)
def payer_sheet(request: HttpRequest, sheet_id: str) -> HttpResponse:
    actor: Actor = request.actor  # type: ignore[attr-defined]
    row = _sheet(request, sheet_id)
    lines = reads.payer_page(actor, row, paging.asked(request))
    seen = [line.dossier for line in lines]
    journal.reading(request, "list", compartment="C14", count=len(seen), objects=seen)
    context = {"sheet": row, "lines": lines, "mine": row.prepared_by_id == actor.user_id}
    context["rules"] = why("AFIS-2", "AFIS-3", "AFIS-4", "AFIS-5")
    return page(request, "journeys/payer_sheet.html", context)


@require_POST
@open_to("SEC", why=SENDS)
def release_sheet(request: HttpRequest, sheet_id: str) -> HttpResponse:
    row = actions.release_sheet(request.actor, _sheet(request, sheet_id))  # type: ignore[attr-defined]
    return done(request, _url(row), _("Liste validée : elle peut être imprimée."))


@require_POST
@open_to("SEC", why=SENDS)
def discard_sheet(request: HttpRequest, sheet_id: str) -> HttpResponse:
    actions.discard_sheet(request.actor, _sheet(request, sheet_id))  # type: ignore[attr-defined]
    return done(request, reverse("journeys:payer"), _("Liste reprise : ses lignes attendent de nouveau."))


@require_POST
@open_to("SEC", why=SENDS)
def print_sheet(request: HttpRequest, sheet_id: str) -> HttpResponse:
    return answer(papers.payer_sheet(request.actor, _sheet(request, sheet_id)))  # type: ignore[attr-defined]
