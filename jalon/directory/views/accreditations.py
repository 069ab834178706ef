"""Accreditations: the list, one file, and a page or a button for each verb. Room rules: nothing here is personal."""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from jalon import journal
from jalon.access import Actor, Hidden, Refused, open_to
from jalon.config import clock
from jalon.papers.views import answer
from jalon.ui import intake, paging, rules
from jalon.ui.errors import Conflict
from jalon.ui.forms import Form, posted, saved
from jalon.ui.views import done, invalid, page

from .. import access, actions, departments, papers, reads
from ..forms import (
    AnswerForm,
    AppealForm,
    AskForm,
    DecisionForm,
    GiveForm,
    InviteForm,
    NotifyForm,
    ObservationsForm,
    PrepareForm,
    RecordForm,
    RequestForm,
    SignForm,
)
from ..models import Accreditation, Organisation
from ..states import PENDING, VERDICTS, Verdict

GET_POST = require_http_methods(["GET", "POST"])
SIGNS = {
    Verdict.GRANT: actions.grant_accreditation,
    Verdict.REFUSE: actions.refuse_accreditation,
    Verdict.WITHDRAW: actions.withdraw_accreditation,
}


def _actor(request: HttpRequest) -> Actor:
    return request.actor  # type: ignore[attr-defined,no-any-return]


def _url(row: Accreditation) -> str:
    return reverse("directory:accreditation", args=[row.pk])


def _confirm(request: HttpRequest, row: Accreditation | None, form: Form, **words: Any) -> HttpResponse:
    """The page of one form, with its errors if any."""
    context = {"form": form, "back": _url(row) if row else reverse("directory:accreditations"), **words}
    return (invalid if form.is_bound else page)(request, "ui/confirm.html", context)


def _press(request: HttpRequest, accreditation_id: str, action: Callable[..., Any], told: str) -> HttpResponse:
    """One button of the page of the file."""
    actor = _actor(request)
    row = access.accreditation(actor, accreditation_id)
    action(actor, row)
    return done(request, _url(row), told)


def _act(
    request: HttpRequest, accreditation_id: str, action: Callable[..., Any], form: type[Form], told: str, **words: Any
) -> HttpResponse:
    """The page of one verb, named as its action: whoever may not do it does not see its form."""
    actor = _actor(request)
    row = access.accreditation(actor, accreditation_id)
    access.require(actor, row, action.__name__)
    given: dict[str, Any] = {"waiting": reads.waiting_appeals(row)} if form is AnswerForm else {}
    asked = form(posted(request), **given)
    if saved(asked, lambda: action(actor, row, **asked.answers)):
        return done(request, _url(row), told)
    return _confirm(request, row, asked, **words)


# --- lists and files --------------------------------------------------------------------------------------------
@open_to(*access.CONCERNED, why=access.WHY)
@require_GET
def accreditations(request: HttpRequest) -> HttpResponse:
    actor = _actor(request)
    lines = reads.accreditations(actor, paging.asked(request))
    context = {"lines": lines, "rules": reads.accreditation_reasons(lines), "may_prepare": access.can_prepare(actor)}
    context["may_record"] = actor.role in access.STATE_SIDE
    return page(request, "directory/accreditations.html", context)


@open_to(*access.CONCERNED, why=access.WHY)
@require_GET
def accreditation(request: HttpRequest, accreditation_id: str) -> HttpResponse:
    """Its state, its dates and why, its pieces, what comes next."""
    return _shown(request, access.accreditation(_actor(request), accreditation_id))


def _shown(request: HttpRequest, row: Accreditation, form: Form | None = None) -> HttpResponse:
    actor = _actor(request)
    found = reads.accreditation_file(actor, row)
    journal.reading(request, "read_accreditation", objects=[row.pk, row.organisation_id])
    context: dict[str, Any] = {"file": found, "today": clock.today(), "pending": found.line.state in PENDING}
    signs = SIGNS.get(found.draft.get("verdict", ""))
    if signs and signs.__name__ in found.verbs:
        context["sign_form"] = form or SignForm(initial=_signatory(request), revision=found.row.revision)
        context["verdict"] = Verdict(found.draft["verdict"]).label
    if "request_accreditation" in found.verbs:
        context["missing"] = actions.accreditations.what_is_missing(row)
    return (invalid if form else page)(request, "directory/accreditation.html", context)


def _signatory(request: HttpRequest) -> dict[str, str]:
    """The capacity and service of the membership: proposed, and changed when someone signs for another."""
    membership = request.membership  # type: ignore[attr-defined]
    return {"capacity": membership.title or _("Préfet"), "service": membership.organisation.name}


@open_to(*access.CONCERNED, why=access.WHY)
@require_POST
def paper(request: HttpRequest, accreditation_id: str) -> HttpResponse:
    """The file of the accreditation, on paper."""
    actor = _actor(request)
    return answer(papers.accreditation_file(actor, access.accreditation(actor, accreditation_id)))


@open_to(*access.CONCERNED, why=access.WHY)
@require_GET
def piece_file(request: HttpRequest, accreditation_piece_id: str) -> HttpResponse:
    """A download under a neutral name, that opens nothing in the page."""
    piece = access.accreditation_piece(_actor(request), accreditation_piece_id)
    if piece.file is None:
        raise Hidden
    journal.reading(request, "read_accreditation_piece", objects=[piece.pk])
    return intake.sandboxed(piece.file, piece.pk)


# --- the association --------------------------------------------------------------------------------------------
@open_to("MGR", why="the manager asks for the accreditation of her association")
@GET_POST
def prepare(request: HttpRequest) -> HttpResponse:
    """Begin a request: the department, then the page of the request."""
    actor = _actor(request)
    form = PrepareForm(posted(request), initial={"department": actor.department})
    if made := saved(form, lambda: actions.prepare_accreditation(actor, **form.answers)):
        return done(request, _url(made), _("Demande ouverte : complétez-la, joignez les pièces, puis envoyez-la."))
    lead = _("Un dossier distinct par département. Les mots de la demande précédente sont repris.")
    words = {"title": _("Demander un agrément"), "lead": lead, "verb": _("Ouvrir la demande")}
    return _confirm(request, None, form, **words)


@open_to("MGR", why="the manager asks for the accreditation of her association")
@GET_POST
def edit(request: HttpRequest, accreditation_id: str) -> HttpResponse:
    actor = _actor(request)
    row = access.accreditation(actor, accreditation_id)
    access.require(actor, row, "edit_accreditation_request")
    written = row.unseal().get("request", {})
    journal.reading(request, "read_accreditation", objects=[row.pk, row.organisation_id])
    form = RequestForm(posted(request), initial={**written, "declared_on": row.declared_on}, revision=row.revision)
    if saved(form, lambda: _edit(actor, row, form)):
        return done(request, _url(row), _("La demande est enregistrée."))
    words = {"title": _("L'association et ses moyens"), "verb": _("Enregistrer")}
    words["lead"] = _("Rien n'est obligatoire tant que la demande n'est pas envoyée.")
    return _confirm(request, row, form, **words)


def _edit(actor: Actor, row: Accreditation, form: RequestForm) -> Accreditation:
    form.check_revision(row.revision, theirs=row.unseal().get("request"))
    return actions.edit_accreditation_request(actor, row, **form.answers)


@open_to("MGR", why="the manager asks for the accreditation of her association")
@GET_POST
def give(request: HttpRequest, accreditation_id: str) -> HttpResponse:
    """Join a piece of the list, or one that the secretariat asked for."""
    actor = _actor(request)
    row = access.accreditation(actor, accreditation_id)
    found = reads.accreditation_file(actor, row)
    offered = reads.pieces_to_give(found)
    if not offered:
        access.require(actor, row, "add_accreditation_piece")
    asked = {line.piece.pk: line.piece for line in found.awaited if line.piece}
    first = next((code for code, _label in offered if code in asked), request.GET.get("piece", ""))
    form = GiveForm(posted(request), request.FILES or None, offered=offered, first=first)
    if saved(form, lambda: _give(actor, row, asked, form)):
        return done(request, _url(row), _("La pièce est enregistrée."))
    journal.reading(request, "read_accreditation", objects=[row.pk, row.organisation_id])
    return (invalid if form.is_bound else page)(request, "directory/give.html", {"form": form, "file": found})


def _give(actor: Actor, row: Accreditation, asked: dict[str, Any], form: GiveForm) -> Any:
    data = form.cleaned_data
    given = {"file": data["file"], "label": data["label"]}
    if data["what"] in asked:
        return actions.answer_accreditation_piece(actor, asked[data["what"]], **given)
    return actions.add_accreditation_piece(actor, row, code=data["what"], **given)


@open_to("MGR", why="the manager asks for the accreditation of her association")
@require_POST
def remove_piece(request: HttpRequest, accreditation_piece_id: str) -> HttpResponse:
    actor = _actor(request)
    piece = access.accreditation_piece(actor, accreditation_piece_id)
    actions.remove_accreditation_piece(actor, piece)
    return done(request, _url(piece.accreditation), _("La pièce est retirée."))


@open_to("MGR", why="the manager asks for the accreditation of her association")
@require_POST
def send(request: HttpRequest, accreditation_id: str) -> HttpResponse:
    return _press(
        request,
        accreditation_id,
        actions.request_accreditation,
        _("La demande est envoyée. Les délais courent à partir d'aujourd'hui."),
    )


@open_to("MGR", why="the manager asks for the accreditation of her association")
@GET_POST
def abandon(request: HttpRequest, accreditation_id: str) -> HttpResponse:
    words = {"title": _("Abandonner la demande"), "verb": _("Abandonner la demande"), "danger": True}
    words["lead"] = _("La demande s'arrête. Un agrément en vigueur n'est pas touché.")
    told = _("La demande est abandonnée.")
    return _act(request, accreditation_id, actions.abandon_accreditation_request, Form, told, **words)


@open_to("MGR", why="the manager answers for her association before a withdrawal")
@GET_POST
def observe(request: HttpRequest, accreditation_id: str) -> HttpResponse:
    words = {"title": _("Présenter des observations"), "verb": _("Transmettre les observations")}
    words["lead"] = _("Elles sont lues avant toute décision.")
    told = _("Vos observations sont transmises.")
    return _act(request, accreditation_id, actions.present_observations, ObservationsForm, told, **words)


# --- the State's side -------------------------------------------------------------------------------------------
@open_to(*access.STATE_SIDE, why="the State notes the approvals decided before in its department")
@GET_POST
def record(request: HttpRequest) -> HttpResponse:
    actor = _actor(request)
    known = {row.pk: row for row in reads.organisations("association")}
    form = RecordForm(posted(request), associations=[(pk, row.name) for pk, row in known.items()])
    if row := saved(form, lambda: _record(actor, known, **form.answers)):
        return done(request, _url(row), _("L'agrément est noté."))
    where = departments.name_of(actor.department)
    lead = _("Pour un agrément demandé hors de Jalon, dans le département : %(where)s.") % {"where": where}
    return _confirm(request, None, form, title=_("Noter un agrément"), lead=lead, verb=_("Noter l'agrément"))


def _record(actor: Actor, known: dict[str, Organisation], *, organisation: str, **given: Any) -> Accreditation:
    place = actor.department
    return actions.record_accreditation(actor, organisation=known[organisation], department=place, **given)


@open_to("SEC", why="the secretariat instructs the requests of its department")
@require_POST
def receive(request: HttpRequest, accreditation_id: str) -> HttpResponse:
    return _press(
        request, accreditation_id, actions.receive_accreditation, _("L'accusé de réception est daté d'aujourd'hui.")
    )


@open_to("SEC", why="the secretariat instructs the requests of its department")
@GET_POST
def ask(request: HttpRequest, accreditation_id: str) -> HttpResponse:
    words = {"title": _("Demander une pièce"), "verb": _("Demander la pièce")}
    words["lead"] = _("Une demande faite dans les deux mois arrête le délai de l'agrément tacite.")
    told = _("La pièce est demandée : le délai repartira quand tout sera donné.")
    return _act(request, accreditation_id, actions.ask_for_accreditation_piece, AskForm, told, **words)


@open_to("SEC", why="the secretariat instructs the requests of its department")
@require_POST
def complete(request: HttpRequest, accreditation_id: str) -> HttpResponse:
    return _press(
        request,
        accreditation_id,
        actions.declare_accreditation_complete,
        _("La demande est déclarée complète. Le préfet peut décider."),
    )


@open_to(*access.STATE_SIDE, why="the secretariat drafts and the préfet decides in their department")
@GET_POST
def draft(request: HttpRequest, accreditation_id: str) -> HttpResponse:
    """Write the order; it is signed from the page of the file."""
    actor = _actor(request)
    row = access.accreditation(actor, accreditation_id)
    access.require(actor, row, "draft_accreditation_decision")
    words = row.unseal()
    journal.reading(request, "read_accreditation", objects=[row.pk, row.organisation_id])
    initial = {"appeal_routes": _routes(), **(words.get("draft") or words.get("withdrawal", {}))}
    form = DecisionForm(posted(request), state=row.state_on(clock.today()), initial=initial, revision=row.revision)
    if saved(form, lambda: _draft(actor, row, form)):
        return done(request, _url(row), _("Le projet de décision est enregistré."))
    lead = _("Le projet n'a aucun effet avant la signature.")
    return _confirm(request, row, form, title=_("Projet de décision"), lead=lead, verb=_("Enregistrer le projet"))


def _draft(actor: Actor, row: Accreditation, form: DecisionForm) -> Accreditation:
    form.check_revision(row.revision, theirs=row.unseal().get("draft"))
    return actions.draft_accreditation_decision(actor, row, **form.answers)


def _routes() -> str:
    """Proposed: an order on an association has the ordinary routes (CJA R.421-1, CRPA L.411-2)."""
    return _(
        "Cette décision peut être contestée devant le tribunal administratif dans les deux mois de sa notification, "
        "et par un recours gracieux ou hiérarchique."
    )


@open_to("PRE", why="only the préfet signs")
@require_POST
def sign(request: HttpRequest, accreditation_id: str) -> HttpResponse:
    """Sign the draft as it stands: grant, refuse or withdraw."""
    actor = _actor(request)
    row = access.accreditation(actor, accreditation_id)
    order = dict(row.unseal().get("draft") or {})
    verdict = order.pop("verdict", "")
    if verdict not in VERDICTS.get(row.state_on(clock.today()), ()):
        access.require(actor, row, "draft_accreditation_decision")
        raise Refused(_("Il n'y a pas de projet de décision à signer."))
    form = SignForm(request.POST, revision=row.revision)
    if form.is_valid() and form.revision != row.revision:  # what is signed is what was read
        raise Conflict(_("Le projet a changé depuis que vous l'avez lu : relisez-le avant de signer."), back=_url(row))
    if saved(form, lambda: SIGNS[verdict](actor, row, **order, **form.answers)):
        return done(request, _url(row), _("La décision est signée."))
    return _shown(request, row, form)


@open_to(*access.STATE_SIDE, why="the association is heard before a withdrawal")
@GET_POST
def invite(request: HttpRequest, accreditation_id: str) -> HttpResponse:
    words = {"title": _("Envisager le retrait"), "verb": _("Inviter à présenter des observations"), "danger": True}
    words["lead"] = _("L'association est entendue avant toute décision (CRPA, art. L. 121-1 et L. 122-1).")
    told = _("L'association est invitée à présenter ses observations.")
    return _act(request, accreditation_id, actions.invite_observations, InviteForm, told, **words)


@open_to("PRE", why="only the préfet decides")
@require_POST
def keep(request: HttpRequest, accreditation_id: str) -> HttpResponse:
    return _press(request, accreditation_id, actions.keep_accreditation, _("L'agrément est maintenu."))


# --- a decision against the association is challenged -----------------------------------------------------------
@open_to("SEC", why="the secretariat hands over the orders of its department")
@GET_POST
def notify(request: HttpRequest, accreditation_id: str) -> HttpResponse:
    words = {"title": _("Notifier la décision"), "verb": _("Enregistrer la notification"), "rules": rules.why("APP-1")}
    words["lead"] = _("Le délai de recours court du jour où l'association a reçu la décision.")
    told = _("Notification enregistrée : le délai de recours est ouvert.")
    return _act(request, accreditation_id, actions.notify_accreditation_decision, NotifyForm, told, **words)


@open_to("MGR", "SEC", why="an association challenges a decision on its approval; the secretariat receives it")
@GET_POST
def challenge(request: HttpRequest, accreditation_id: str) -> HttpResponse:
    words: dict[str, Any] = {"title": _("Noter un recours"), "verb": _("Enregistrer le recours")}
    words |= {"rules": rules.why("APP-1", "APP-2", "APP-3"), "lead": _("Seules la nature et la date sont gardées.")}
    told = _("Recours enregistré.")
    return _act(request, accreditation_id, actions.file_accreditation_appeal, AppealForm, told, **words)


@open_to("SEC", why="the secretariat notes the answers of the State in its department")
@GET_POST
def answer_appeal(request: HttpRequest, accreditation_id: str) -> HttpResponse:
    words: dict[str, Any] = {"title": _("Noter la réponse à un recours"), "verb": _("Enregistrer la réponse")}
    words |= {"rules": rules.why("APP-3"), "lead": _("Un rejet écrit ouvre un nouveau délai devant le tribunal.")}
    told = _("Réponse enregistrée.")
    return _act(request, accreditation_id, actions.answer_accreditation_appeal, AnswerForm, told, **words)
