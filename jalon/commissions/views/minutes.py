"""The minutes: read, corrected, signed."""

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from jalon import journal
from jalon.access import Hidden, open_to
from jalon.commissions import access, actions, reads
from jalon.commissions.forms import MinutesForm
from jalon.commissions.models import Meeting
from jalon.commissions.states import MeetingState
from jalon.papers.rights import offered
from jalon.ui.errors import Malformed
from jalon.ui.forms import Form, attempt, posted
from jalon.ui.views import done, invalid, page

MINUTES = "minutes carry numbers and outcomes only and are sent to every member (CRPA R.133-13)"


def url_of(meeting: Meeting) -> str:
    return reverse("commissions:minutes", args=[meeting.id])


@open_to("SEC", "PRE", "MEM", why=MINUTES)
def minutes(request: HttpRequest, meeting_id: str) -> HttpResponse:
    """Written or being written for the State's side; members read them once they are signed."""
    row = access.get_meeting(request, meeting_id)
    found = reads.minutes_of(row)
    state_side = request.actor.role in access.STATE_SIDE  # type: ignore[attr-defined]
    if not state_side and (found is None or found.signed_at is None):
        raise Hidden
    if request.actor.role != "SEC" and row.convened_on is None:  # type: ignore[attr-defined]
        raise Hidden
    text = found.unseal() if found else reads.minutes_text(row)
    journal.reading(request, "read", compartment="C13", objects=[row.id])
    context = {"meeting": row, "minutes": found, "text": text, "secretariat": request.actor.role == "SEC"}  # type: ignore[attr-defined]
    context["paper"] = access.minutes_verdict(request.actor, row, found).allowed  # type: ignore[attr-defined]
    context["annex"] = offered(access.annex_verdict(request.actor, row, found))  # type: ignore[attr-defined]
    return page(request, "commissions/minutes.html", context)


@require_POST
@open_to("SEC", why=MINUTES)
def generate(request: HttpRequest, meeting_id: str) -> HttpResponse:
    row = access.get_meeting(request, meeting_id)
    actions.generate_minutes(request.actor, row)  # type: ignore[attr-defined]
    return done(request, url_of(row), _("Procès-verbal écrit à partir de la séance."))


@open_to("SEC", why=MINUTES)
def edit_minutes(request: HttpRequest, meeting_id: str) -> HttpResponse:
    row = access.get_meeting(request, meeting_id)
    found = reads.minutes_of(row)
    if found is None:
        raise Hidden
    form = MinutesForm(found.unseal()["paragraphs"], posted(request), revision=found.revision)
    if form.is_bound and form.is_valid():
        given = {"paragraphs": form.paragraphs, "revision": form.revision}
        if attempt(form, lambda: actions.edit_minutes(request.actor, row, **given)):  # type: ignore[attr-defined]
            return done(request, url_of(row), _("Procès-verbal corrigé."))
    context = {"meeting": row, "form": form}
    show = invalid if form.is_bound else page
    return show(request, "commissions/edit_minutes.html", context)


@require_POST
@open_to("SEC", why=MINUTES)
def sign_minutes(request: HttpRequest, meeting_id: str) -> HttpResponse:
    row = access.get_meeting(request, meeting_id)
    form = Form(request.POST, revision=0)
    if not form.is_valid():
        raise Malformed("the button that signs")
    sign = actions.sign_failure if row.state == MeetingState.FAILED else actions.sign_minutes
    sign(request.actor, row, revision=form.revision)  # type: ignore[attr-defined]
    return done(request, url_of(row), _("Procès-verbal signé."))
