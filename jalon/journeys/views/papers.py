"""Papers of the pathway, made and handed over."""

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from jalon.access import screen
from jalon.journeys import access, papers
from jalon.journeys.forms import LetterForm
from jalon.papers.views import answer, bundle
from jalon.people import access as people
from jalon.ui.views import done


@require_POST
@screen("C14", "read", roles=("SEC", "PRE", "REF"))
def letter(request: HttpRequest, decision_id: str) -> HttpResponse:
    """The decision as a letter, with its page of simple words."""
    from .decisions import show

    row = access.get_decision(request, decision_id)
    form = LetterForm(request.POST, prefix="letter")
    if not form.is_valid():
        return show(request, row, 422, letter_form=form)
    return answer(papers.decision_letter(request.actor, row, **form.answers))  # type: ignore[attr-defined]


@require_POST
@screen("C14", "read", roles=("SEC", "PRE"))
def letters(request: HttpRequest) -> HttpResponse:
    """Every letter that waits to be handed over, in one file."""
    made = papers.letters_to_hand_over(request.actor)  # type: ignore[attr-defined]
    if not made:
        return done(request, reverse("journeys:decisions"), _("Aucune lettre n'attend : tout est notifié."))
    return bundle(made)


@require_POST
@screen("C14", "read", roles=("REF", "ETR"))
def proof(request: HttpRequest, decision_id: str) -> HttpResponse:
    """One page for the residence desk."""
    row = access.get_decision(request, decision_id)
    return answer(papers.proof_of_authorisation(request.actor, row))  # type: ignore[attr-defined]


@require_POST
@screen("C14", "export", roles=("REF",))
def appeal_kit(request: HttpRequest, decision_id: str) -> HttpResponse:
    """Delays, letters to fill in, simple words."""
    from .decisions import show

    row = access.get_decision(request, decision_id)
    form = LetterForm(request.POST, prefix="kit")
    if not form.is_valid():
        return show(request, row, 422, kit_form=form)
    return answer(papers.appeal_kit(request.actor, row, **form.answers))  # type: ignore[attr-defined]


@require_POST
@screen("C14", "export", roles=("REF",))
def certificate(request: HttpRequest, dossier_id: str) -> HttpResponse:
    """Neutral: the days of a pathway, nothing of what it is."""
    from .rights import show_journey

    dossier = people.get(request, dossier_id, "C14", "read")
    form = LetterForm(request.POST, prefix="certificate")
    if not form.is_valid():
        return show_journey(request, dossier, 422, certificate_form=form)
    return answer(papers.certificate(request.actor, dossier, **form.answers))  # type: ignore[attr-defined]
