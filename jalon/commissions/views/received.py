"""Requests received: the list, and what is asked when a piece is missing."""

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from jalon import journal
from jalon.access import open_to, screen
from jalon.commissions import reads
from jalon.commissions.forms import MissingForm
from jalon.config import clock
from jalon.dossiers import access as dossiers
from jalon.dossiers import actions, states
from jalon.ui import paging
from jalon.ui.forms import posted, saved
from jalon.ui.views import done, invalid, page


@open_to("SEC", why="a department's secretariat prepares its commission")
def received(request: HttpRequest) -> HttpResponse:
    rows = reads.received(request.actor, paging.asked(request))  # type: ignore[attr-defined]
    dossiers = [row.application.dossier for row in rows]
    journal.reading(request, "list", compartment="C16", count=len(rows), objects=dossiers)
    return page(request, "commissions/received.html", {"rows": rows, "today": clock.today()})


@screen("C13", "create", roles=("SEC",))
def missing(request: HttpRequest, application_id: str) -> HttpResponse:
    """Ask for what is missing: the pieces that did not come are ticked already."""
    found = dossiers.get(request, application_id, "C13", "create")
    states.APPLICATION.target(found.state, "ask_for_complement")
    pieces, absent = reads.expected_pieces(found)
    form = MissingForm(pieces, absent, posted(request))

    def ask() -> object:
        given = {"text": form.words, "due_on": form.cleaned_data["due_on"]}
        return actions.ask_for_complement(request.actor, found, **given)  # type: ignore[attr-defined]

    if saved(form, ask):
        return done(request, reverse("commissions:received"), _("C'est demandé à l'association."))
    context = {"form": form, "application": found, "silence": reads.silence(found)}
    return (invalid if form.is_bound else page)(request, "commissions/missing.html", context)
