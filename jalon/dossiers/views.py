"""The pages of a request. Each goes through the scope and the matrix of the person's file, and leaves its trace."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from jalon import journal
from jalon.access import Hidden, screen
from jalon.config import clock
from jalon.directory import reads as directory
from jalon.papers.rights import offered
from jalon.papers.views import answer as paper_answer
from jalon.papers.views import copy_mark
from jalon.people import access as people
from jalon.people import reads as persons
from jalon.ui import intake
from jalon.ui.forms import saved
from jalon.ui.views import done, invalid, page

from . import access, actions, forms, package, papers, reads
from . import parts as form_parts
from .models import Application, Piece
from .states import OPEN_STATES, ApplicationState, PieceState

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


# --- task list ----------------------------------------------------------------------------------------------------


@screen("C16", "read", roles=ASSOCIATION)
@GET_POST
def start(request: HttpRequest, dossier_id: str) -> HttpResponse:
    """The task list before a request exists; starting one needs her agreement."""
    dossier = people.get(request, dossier_id, "C16", "read", persons.scope(request.actor))
    current = Application.objects.filter(dossier=dossier, state__in=OPEN_STATES).first()
    if request.method == "POST":
        current = current or actions.open_application(request.actor, dossier)
        return done(request, application_url(current))
    if current is not None:
        return redirect(application_url(current))
    context = {"dossier": dossier, "name": persons.name(request.actor, dossier), "agreed": dossier.agreement}
    known = all(people.can(request.actor, dossier, compartment, "read") for compartment in ("C1", "C2"))
    context |= {"tasks": reads.tasks.before(dossier, request.actor) if known else None}
    context |= {"past": reads.pages.past(dossier.pk), "pathway": dossier.stage == "S5"}
    context["may_start"] = access.may_start(request.actor, dossier)
    context["may_agree"] = not dossier.agreement and people.can(request.actor, dossier, "C15", "create")
    return page(request, "dossiers/start.html", context)


@screen("C16", "read", roles=ASSOCIATION)
@require_GET
def application(request: HttpRequest, application_id: str) -> HttpResponse:
    """The task list: fifteen parts, any order, what is missing by its name."""
    found = access.get(request, application_id, "C16", "read")
    context = named(request, found, tasks=reads.tasks.of(found, request.actor))
    context["editable"] = reads.tasks.editable(found, request.actor)
    context["may_read"] = people.can(request.actor, found.dossier, "C12", "read")
    context["may_withdraw"] = access.can_withdraw(request.actor, found)
    return page(request, "dossiers/application.html", context)


# --- one part -----------------------------------------------------------------------------------------------------


@screen("C12", "read", roles=ASSOCIATION)
@GET_POST
def part(request: HttpRequest, application_id: str, code: str) -> HttpResponse:
    """One subject a page. The compartment asked for is the part's own (C3 to C6 ask to confirm one's identity)."""
    spec = form_parts.BY_CODE.get(code)
    if spec is None or spec.store or spec.computed:
        raise Hidden
    found = access.get(request, application_id, spec.compartment, "read")
    if found.kind not in spec.kinds:
        raise Hidden
    row, said = reads.pages.part(found, spec)
    form, context = part_form(request, found, spec, row, said)
    if not form.is_bound:
        return page(request, "dossiers/part.html", context)
    people.require(request.actor, found.dossier, spec.compartment, "edit")
    if not (form.is_valid() and form.complete()):
        return invalid(request, "dossiers/part.html", context)
    form.check_revision(row.revision, form.as_saved())
    return save(request, found, spec, form)


def part_form(
    request: HttpRequest, found: Application, spec: form_parts.Part, row: Any, said: dict[str, Any]
) -> tuple[forms.PartForm, dict[str, Any]]:
    """The form of this part, and the page around it."""
    data = request.POST if request.method == "POST" else None
    more: dict[str, Any] = {"part": spec, "row": row, "editable": access.can_edit(request.actor, found, spec)}
    form: forms.PartForm
    if spec.code == "summary":
        readable = opened(request, found, spec.compartment)
        more["locked"] = readable.locked
        form = forms.SummaryForm(spec, said, data, revision=row.revision, sentences=readable.sentences)
        more["words"] = package.count_words(str(form["summary"].value() or ""))
        more["most"] = package.SUMMARY_WORDS
    else:
        form = forms.PartForm(spec, said, data, revision=row.revision)
    return form, named(request, found, form=form, **more)


def opened(request: HttpRequest, found: Application, *told: str) -> reads.pages.Readable:
    """What the draft is made of, with one line in the trail for each compartment opened (``told`` already are)."""
    readable = reads.pages.readable_answers(found, request.actor)
    for compartment in sorted(readable.opened.difference(told)):
        journal.reading(request, "read", found.dossier, compartment=compartment)
    return readable


def save(request: HttpRequest, found: Application, spec: form_parts.Part, form: forms.PartForm) -> HttpResponse:
    actions.save_part(request.actor, found, spec.code, data=form.record(), state=form.state, revision=form.revision)
    stays = isinstance(form, forms.SummaryForm) and form.added
    url = reverse("dossiers:part", args=[found.pk, spec.code]) if stays else application_url(found)
    return done(request, url, _("Enregistré : %(part)s.") % {"part": spec.label})


# --- papers -------------------------------------------------------------------------------------------------------


@screen("C12", "read", roles=("REF", "MGR"))
@GET_POST
def pieces(request: HttpRequest, application_id: str) -> HttpResponse:
    """The papers: what is missing, what is here, and one form to add any of them."""
    found = access.get(request, application_id, "C12", "read")
    lines, read = reads.pages.pieces(found, request.actor)
    for compartment in sorted(read - {"C12"}):
        journal.reading(request, "read", found.dossier, compartment=compartment)
    waiting = [line.piece.code for line in lines if line.expected]
    papers = access.papers_to_add(request.actor, found)
    data = (request.POST, request.FILES) if request.method == "POST" else (None, None)
    form = forms.PieceForm(*data, papers=papers, waiting=waiting)
    context = named(request, found, lines=lines, waiting=waiting, form=form, editable=bool(papers))
    if not form.is_bound:
        return page(request, "dossiers/pieces.html", context)
    if not saved(form, lambda: actions.add_piece(request.actor, found, **form.answers)):
        return invalid(request, "dossiers/pieces.html", context)
    return done(request, reverse("dossiers:pieces", args=[found.pk]), _("La pièce est enregistrée."))


@screen("C12", "edit", roles=("REF",))
@GET_POST
def waive(request: HttpRequest, piece_id: str) -> HttpResponse:
    """This paper does not exist, or is not needed."""
    piece = access.get_piece(request, piece_id, "edit")
    url = reverse("dossiers:pieces", args=[piece.application_id])
    form = forms.WaiveForm(request.POST or None)
    label = form_parts.PAPER_BY_CODE[piece.code].label
    context = {"title": _("Sans objet : %(paper)s") % {"paper": label}, "form": form, "back": url}
    context["verb"] = _("Enregistrer")
    if not form.is_bound:
        return page(request, "ui/confirm.html", context)
    if not form.is_valid():
        return invalid(request, "ui/confirm.html", context)
    actions.waive_piece(request.actor, piece, **form.answers)
    return done(request, url, _("La pièce est sans objet."))


@screen("C12", "read", roles=ASSOCIATION)
@require_GET
def piece_file(request: HttpRequest, piece_id: str) -> HttpResponse:
    """The paper itself, by its own compartment."""
    piece = access.get_piece(request, piece_id, "read")
    if piece.file is None:
        raise Hidden
    return intake.sandboxed(piece.file, piece.pk)


@screen("C12", "read", roles=("SEC",))
@require_GET
def sent_file(request: HttpRequest, piece_id: str) -> HttpResponse:
    """The copy that left with the request, for the secretariat."""
    piece = Piece.objects.select_related("sent").filter(pk=piece_id).first()
    if piece is None or piece.sent is None:
        raise Hidden
    access.get(request, piece.application_id, "C12", "read")
    return intake.sandboxed(piece.sent, piece.pk)


# --- read again, sign, send ---------------------------------------------------------------------------------------


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
    except (package.Blocked, package.TooLong) as refused:
        form.add_error(None, refused.why)
        return invalid(request, "dossiers/review.html", context)
    return done(request, review_url(found), _("Le dossier de présentation est prêt à relire avec elle."))


def review_page(request: HttpRequest, found: Application) -> dict[str, Any]:
    """The page in the state where the request stands, for the referent or the manager."""
    shown = reads.pages.package_page(found)
    context = named(request, found, shown=shown, gaps=reads.blocking_gaps(found), draft_form=None)
    context |= {"waiting": found.pieces.filter(state=PieceState.EXPECTED).exists(), "read_back_form": None}
    asked_for = bool(found.submitted_on) and people.can(request.actor, found.dossier, "C13", "read")
    context["complements"] = reads.pages.complements(found) if asked_for else []
    if context["complements"]:
        journal.reading(request, "read", found.dossier, compartment="C13")
    context["answer_form"] = forms.AnswerForm() if access.can_answer(request.actor, found) else None
    context["may_add"] = bool(access.papers_to_add(request.actor, found))
    context["may_print"] = bool(shown.package) and offered(papers.file_verdict(request.actor, found))
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
    asked = answers.get("related_requests", {})
    context["draft"] = {
        "summary": answers.get("summary", {}).get("summary", ""),
        "opinion": answers.get("opinion", {}).get("sense", "favourable"),
        "requests": {
            "aps": asked.get("ask_aps"),
            "afis": asked.get("ask_afis"),
            "children": asked.get("children"),
            "housing": asked.get("ask_housing_priority"),
        },
    }
    data = request.POST if request.method == "POST" else None
    chosen = shown.content.get("sentences") or {}
    context["draft_form"] = forms.DraftForm(data, sentences=readable.sentences, chosen=chosen)
    if shown.package and shown.package.state == "draft":
        context["read_back_form"] = forms.ReadBackForm()
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
    actions.record_read_back(
        request.actor, current, language=form.answers["language"], interpreter=form.answers["interpreter"]
    )
    return done(request, review_url(found), _("Relu avec elle. La personne responsable peut signer."))


@screen("C12", "sign", roles=("MGR",))
@require_POST
def sign(request: HttpRequest, application_id: str) -> HttpResponse:
    found = access.get(request, application_id, "C12", "sign")
    actions.sign_package(request.actor, found)
    return done(request, review_url(found), _("Le dossier est signé. Il peut être envoyé."))


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
    found = access.get(request, application_id, "C12", "transmit")
    actions.submit_application(request.actor, found)
    return done(request, reverse("dossiers:receipt", args=[found.pk]), _("La demande est envoyée."))


@screen("C12", "read", roles=("REF", "MGR"))
@require_GET
def receipt(request: HttpRequest, application_id: str) -> HttpResponse:
    """Received on such a day under such a number; what silence would mean."""
    found = access.get(request, application_id, "C12", "read")
    if found.submitted_on is None:
        raise Hidden
    context = named(request, found, shown=reads.pages.package_page(found))
    context["alert_on"] = reads.pages.silence_on(found)
    context["acknowledged"] = papers.acknowledgement_verdict(request.actor, found).allowed
    return page(request, "dossiers/receipt.html", context)


@screen("C12", "read", roles=("REF", "MGR"))
@require_POST
def paper(request: HttpRequest, application_id: str) -> HttpResponse:
    """The file as it leaves, on paper."""
    found = access.get(request, application_id, "C12", "read")
    return paper_answer(papers.dossier_file(request.actor, found, copy_for=copy_mark(request)))


@screen("C16", "read", roles=("REF", "MGR", "SEC"))
@require_POST
def acknowledgement(request: HttpRequest, application_id: str) -> HttpResponse:
    """The dated acknowledgement, for who sent the request and who received it."""
    compartment = "C13" if request.actor.role == "SEC" else "C16"
    found = access.get(request, application_id, compartment, "read")
    return paper_answer(papers.acknowledgement(request.actor, found))


@screen("C15", "withdraw", roles=("REF",))
@GET_POST
def withdraw(request: HttpRequest, application_id: str) -> HttpResponse:
    """She no longer asks."""
    found = access.get(request, application_id, "C15", "withdraw")
    if request.method == "POST":
        actions.withdraw_application(request.actor, found)
        url = reverse("dossiers:start", args=[found.dossier_id])
        return done(request, url, _("La demande est retirée."))
    context = {"title": _("Retirer la demande"), "verb": _("Retirer la demande"), "danger": True}
    context |= {"lead": _("Elle ne demande plus. Ce qui est écrit reste dans l'association."), "form": ""}
    return page(request, "ui/confirm.html", {**context, "back": application_url(found)})


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


# --- the secretariat ----------------------------------------------------------------------------------------------


@screen("C12", "read", roles=("SEC",))
@GET_POST
def received(request: HttpRequest, application_id: str) -> HttpResponse:
    """A request received: its content, its papers, what was asked. Ask for a complement, or declare it complete."""
    found = access.get(request, application_id, "C12", "read")
    people.require(request.actor, found.dossier, "C13", "read", stage=found.stage)
    form = forms.ComplementForm(request.POST if request.method == "POST" else None)
    context = received_page(found, form)
    context["acknowledged"] = papers.acknowledgement_verdict(request.actor, found).allowed
    if not form.is_bound:
        journal.reading(request, "read", found.dossier, compartment="C13")
        return page(request, "dossiers/received.html", context)
    if not form.is_valid():
        return invalid(request, "dossiers/received.html", context)
    actions.ask_for_complement(request.actor, found, **form.answers)
    url = reverse("dossiers:received", args=[found.pk])
    return done(request, url, _("Le complément est demandé à l'association."))


def received_page(found: Application, form: forms.ComplementForm) -> dict[str, Any]:
    """By number: neither the alias nor the civil identity is opened here."""
    shown = reads.pages.package_page(found)
    return {
        "application": found,
        "dossier": found.dossier,
        "shown": shown,
        "papers": reads.pages.sent_pieces(found),
        "complements": reads.pages.complements(found),
        "accredited": directory.is_accredited(found.prepared_by, found.department, found.submitted_on),
        "intact": bool(shown.package) and package.digest(shown.content) == shown.package.digest,
        "alert_on": reads.pages.silence_on(found),
        "form": form,
        "may_ask": found.state in (ApplicationState.SUBMITTED, ApplicationState.COMPLETE),
        "may_accept": found.state in (ApplicationState.SUBMITTED, ApplicationState.INCOMPLETE),
    }


@screen("C13", "edit", roles=("SEC",))
@require_POST
def complete(request: HttpRequest, application_id: str) -> HttpResponse:
    found = access.get(request, application_id, "C13", "edit")
    actions.declare_complete(request.actor, found)
    return done(request, reverse("dossiers:received", args=[found.pk]), _("Le dossier est déclaré complet."))
