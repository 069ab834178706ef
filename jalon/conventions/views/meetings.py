"""The steering meetings: an agenda that builds itself, what was said, what was decided, the minutes."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from jalon.access import Hidden, open_to
from jalon.papers.views import answer
from jalon.ui.forms import posted, saved
from jalon.ui.views import done, page

from .. import access, actions, papers, reads
from ..forms import CommitteeForm, DecisionForm, MinutesForm
from ..models import SteeringMeeting
from .common import actor_of, in_scope, shown


@open_to(*access.READERS, why=access.WHY)
@require_GET
def committees(request: HttpRequest, convention_id: str) -> HttpResponse:
    """The agenda of the next meeting as it stands today, and the meetings that were held."""
    found = reads.committee(actor_of(request), convention_id)
    if found is None:
        raise Hidden
    return page(request, "conventions/committees.html", {"found": found, "convention": found.convention})


@open_to(*access.WRITERS, why=access.WHY)
@require_http_methods(["GET", "POST"])
def committee(request: HttpRequest, convention_id: str) -> HttpResponse:
    """The day of the next steering meeting."""
    row = in_scope(request, convention_id)
    form = CommitteeForm(posted(request), initial={"on": row.next_committee_on})
    if saved(form, lambda: actions.plan_committee(actor_of(request), row, **form.answers)):
        return done(request, reverse("conventions:committees", args=[row.pk]), _("Comité noté"))
    return shown(request, form, "conventions/committee.html", {"convention": row})


@open_to(*access.WRITERS, why=access.WHY)
@require_http_methods(["GET", "POST"])
def hold(request: HttpRequest, convention_id: str) -> HttpResponse:
    """The meeting of today: what was said of each point."""
    found = reads.committee(actor_of(request), convention_id)
    if found is None:
        raise Hidden
    form = MinutesForm(posted(request), entries=found.entries)
    act = lambda: actions.hold_committee(actor_of(request), found.convention, **form.given)  # noqa: E731
    if made := saved(form, act):
        return done(request, reverse("conventions:meeting", args=[made.pk]), _("Comité tenu : ajoutez ses décisions"))
    return shown(request, form, "conventions/hold.html", {"convention": found.convention, "entries": found.entries})


def _meeting(request: HttpRequest, steering_id: str) -> SteeringMeeting:
    row = reads.meeting(actor_of(request), steering_id)
    if row is None:
        raise Hidden
    return row


@open_to(*access.READERS, why=access.WHY)
@require_http_methods(["GET", "POST"])
def meeting(request: HttpRequest, steering_id: str) -> HttpResponse:
    """What was said and decided; for the parties, one more decision."""
    actor, row = actor_of(request), _meeting(request, steering_id)
    may = access.can(actor, row.convention, "decide")
    axes = {axis.pk: axis for axis in row.convention.axes.all()} if may or request.method == "POST" else {}
    form = DecisionForm(posted(request), axes=axes.values(), members=reads.members(row.convention) if may else ())
    if saved(form, lambda: actions.decide(actor, row, axes[form.cleaned_data["axis"]], **form.given)):
        return done(request, reverse("conventions:meeting", args=[row.pk]), _("Décision notée : c'est un engagement"))
    context: dict[str, Any] = {"meeting": row, "convention": row.convention, "may": may}
    return shown(request, form, "conventions/meeting.html", context)


@open_to(*access.READERS, why=access.WHY)
@require_POST
def minutes(request: HttpRequest, steering_id: str) -> HttpResponse:
    """The minutes as a file."""
    return answer(papers.make_minutes(actor_of(request), _meeting(request, steering_id)))
