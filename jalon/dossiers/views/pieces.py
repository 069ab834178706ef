"""The papers of a request: asked for, received, sent."""

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from jalon import journal
from jalon.access import Hidden, screen
from jalon.dossiers import access, actions, forms, reads
from jalon.dossiers import parts as form_parts
from jalon.dossiers.models import Piece
from jalon.ui import intake
from jalon.ui.forms import posted, saved
from jalon.ui.views import done, invalid, page

from .common import ASSOCIATION, GET_POST, named


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
    context["told"] = any(line.piece.erasable_on for line in lines)
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
    form = forms.WaiveForm(posted(request))
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
