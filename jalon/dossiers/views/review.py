"""Read again with her, signed, sent; what the secretariat asked, answered."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from jalon import journal
from jalon.access import Condition, Hidden, Refused, screen
from jalon.config import clock
from jalon.directory import reads as directory
from jalon.dossiers import access, actions, forms, package, reads, redlist
from jalon.dossiers.models import Application
from jalon.dossiers.states import ApplicationState, PieceState
from jalon.papers.rights import offered
from jalon.people import access as people
from jalon.ui.errors import Malformed
from jalon.ui.views import done, invalid, page

from .common import GET_POST, application_url, named, opened, review_url


@screen("C12", "read", roles=("REF", "MGR"))
@GET_POST
def review(request: HttpRequest, application_id: str) -> HttpResponse:
    """What is missing, what would leave, and the next step: draft, read back, sign, send."""
    found = access.get(request, application_id, "C12", "read")
    context = review_page(request, found)
    form = context["draft_form"]
    if request.method == "GET":
        return page(request, "dossiers/review.html", context)
    if form is None:
        raise Hidden
    if not form.is_valid():
        return invalid(request, "dossiers/review.html", context)
    try:
        actions.draft_package(request.actor, found, sentences=form.chosen, **context["draft"])
    except redlist.Blocked as refused:
        if not request.actor.stepped_up:
            # Where a word stands on the list would tell an address to whoever may not read it.
            why = _("Un nom, une adresse ou un lieu est à retirer. Confirmez votre identité pour savoir où.")
            raise Refused(why, frozenset({Condition.STEPUP})) from None
        form.add_error(None, refused.why)
        return invalid(request, "dossiers/review.html", context)
    except package.TooLong as refused:
        form.add_error(None, refused.why)
        return invalid(request, "dossiers/review.html", context)
    return done(request, review_url(found), _("Le dossier de présentation est prêt à relire avec elle."))


def review_page(request: HttpRequest, found: Application) -> dict[str, Any]:
    """The page in the state where the request stands, for the referent or the manager."""
    shown = reads.pages.package_page(found)
    context = named(request, found, shown=shown, gaps=reads.blocking_gaps(found), draft_form=None)
    context["versions"] = reads.pages.former_versions(found, shown.package)
    context |= {"waiting": found.pieces.filter(state=PieceState.EXPECTED).exists(), "read_back_form": None}
    asked_for = bool(found.submitted_on) and people.can(request.actor, found.dossier, "C13", "read")
    context["complements"] = reads.pages.complements(found) if asked_for else []
    if context["complements"]:
        journal.reading(request, "read", found.dossier, compartment="C13")
    context["answer_form"] = forms.AnswerForm() if access.can_answer(request.actor, found) else None
    context["may_add"] = bool(access.papers_to_add(request.actor, found))
    context["may_print"] = bool(shown.package) and offered(access.file_verdict(request.actor, found))
    context["may_reopen"] = access.can_reopen(request.actor, found)
    context["may_sign"] = access.opens(request.actor, found.dossier, "C12", "sign")
    context["may_send"] = access.opens(request.actor, found.dossier, "C12", "transmit")
    if found.state == ApplicationState.SIGNED:
        context["stopped"] = directory.why_not_accredited(
            found.dossier.organisation_id, found.department, clock.today()
        )
    if found.state != ApplicationState.DRAFT or not people.can(request.actor, found.dossier, "C12", "create"):
        return context
    readable = opened(request, found, "C12")
    answers, context["locked"] = readable.answers, readable.locked
    context["draft"] = package.saved_words(answers)
    data = request.POST if request.method == "POST" else None
    chosen = shown.content.get("sentences") or {}
    context["draft_form"] = forms.DraftForm(data, sentences=readable.sentences, chosen=chosen)
    if shown.package and shown.package.state == "draft":
        context["outdated"] = package.outdated(shown.content, reads.answers_of(found)[0])
        context["read_back_form"] = forms.ReadBackForm(initial={"seen": shown.package.seen_as})
    return context


@screen("C12", "edit", roles=("REF",))
@require_POST
def read_back(request: HttpRequest, application_id: str) -> HttpResponse:
    """She heard it all, in her language."""
    found = access.get(request, application_id, "C12", "edit")
    current = reads.current_package(found)
    form = forms.ReadBackForm(request.POST)
    if current is None:
        raise Hidden
    if not form.is_valid():
        context = review_page(request, found) | {"read_back_form": form}
        context["draft_form"] = None
        return invalid(request, "dossiers/review.html", context)
    said = {name: form.answers[name] for name in ("language", "interpreter", "presence", "seen")}
    actions.record_read_back(request.actor, current, **said)
    return done(request, review_url(found), _("Relu avec elle. La personne responsable peut signer."))


def _seen(request: HttpRequest) -> str:
    form = forms.SeenForm(request.POST)
    if not form.is_valid():
        raise Malformed("a button of the review page")
    return str(form.answers["seen"])


@screen("C12", "sign", roles=("MGR",))
@require_POST
def sign(request: HttpRequest, application_id: str) -> HttpResponse:
    try:
        found = access.get(request, application_id, "C12", "sign")
        actions.sign_package(request.actor, found, seen=_seen(request))
    except Refused:
        if not access.reached(request.actor, application_id, ApplicationState.SIGNED):
            raise
    url = reverse("dossiers:review", args=[application_id])
    return done(request, url, _("Le dossier est signé. Il peut être envoyé."))


@screen("C16", "edit", roles=("REF", "MGR"))
@require_POST
def reopen(request: HttpRequest, application_id: str) -> HttpResponse:
    found = access.get(request, application_id, "C16", "edit")
    actions.reopen_application(request.actor, found)
    return done(request, application_url(found), _("La demande est de nouveau modifiable."))


@screen("C12", "transmit", roles=("REF",))
@require_POST
def submit(request: HttpRequest, application_id: str) -> HttpResponse:
    """To the secretariat, with a dated receipt."""
    try:
        found = access.get(request, application_id, "C12", "transmit")
        actions.submit_application(request.actor, found, seen=_seen(request))
    except Refused:
        if not access.reached(request.actor, application_id, ApplicationState.SUBMITTED):
            raise
    url = reverse("dossiers:receipt", args=[application_id])
    return done(request, url, _("La demande est envoyée."))


@screen("C12", "read", roles=("REF", "MGR"))
@require_GET
def receipt(request: HttpRequest, application_id: str) -> HttpResponse:
    """Received on such a day under such a number; what silence would mean."""
    found = access.get(request, application_id, "C12", "read")
    if found.submitted_on is None:
        raise Hidden
    context = named(request, found, shown=reads.pages.package_page(found))
    context["alert_on"] = reads.pages.silence_on(found)
    context["acknowledged"] = access.acknowledgement_verdict(request.actor, found).allowed
    return page(request, "dossiers/receipt.html", context)


@screen("C13", "read", roles=("REF",))
@require_POST
def answer(request: HttpRequest, application_id: str) -> HttpResponse:
    """The papers that were missing leave, with a word."""
    found = access.get(request, application_id, "C13", "read")
    form = forms.AnswerForm(request.POST)
    if not form.is_valid():
        return invalid(request, "dossiers/review.html", review_page(request, found) | {"answer_form": form})
    actions.answer_complement(request.actor, found, **form.answers)
    return done(request, review_url(found), _("La réponse est envoyée au secrétariat."))
