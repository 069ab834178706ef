"""News of her after the exit: what she agreed, the three times, what she said."""

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from jalon.access import Actor, screen
from jalon.config import clock
from jalon.journeys import actions, reads
from jalon.journeys.forms import NewsForm
from jalon.notices.why import reason
from jalon.people import access as people
from jalon.ui.forms import posted, saved
from jalon.ui.views import done, invalid, page


@screen("C16", "read", roles=("REF", "MGR"))
@require_http_methods(["GET", "POST"])
def news(request: HttpRequest, dossier_id: str) -> HttpResponse:
    """The three times, and a form for what she said."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    dossier = people.get(request, dossier_id, "C16", "read")
    found = reads.after_exit(dossier)
    may = found.running and people.can(actor, dossier, "C16", "edit")
    form = NewsForm(found.waiting, posted(request), initial={"on": clock.today()})
    if saved(form, lambda: actions.record_news(actor, dossier, **form.answers)):
        return done(request, reverse("journeys:news", args=[dossier.pk]), _("Nouvelles notées."))
    context = {"dossier": dossier, "who": reads.called(dossier, actor), "after": found, "form": form, "may": may}
    context["rules"] = [reason("SUIVI-APRES")]
    return (invalid if form.is_bound else page)(request, "journeys/news.html", context)


@screen("C16", "edit", roles=("REF", "MGR"))
@require_POST
def withdraw_news(request: HttpRequest, dossier_id: str) -> HttpResponse:
    """She no longer wants to be asked."""
    dossier = people.get(request, dossier_id, "C16", "edit")
    actions.withdraw_news(request.actor, dossier)  # type: ignore[attr-defined]
    return done(request, reverse("journeys:news", args=[dossier.pk]), _("On ne prend plus de ses nouvelles."))
