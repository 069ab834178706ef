"""Decisions: the batch of the préfet, one decision, its notification, its explanation, appeals."""

from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from jalon import journal
from jalon.access import Actor, Hidden, Verdict, open_to, screen
from jalon.config import clock
from jalon.directory import reads as directory
from jalon.journeys import access, actions, papers, reads, wording
from jalon.journeys.forms import (
    AfisForm,
    AnswerForm,
    AppealForm,
    BatchForm,
    DraftForm,
    ExplainForm,
    LetterForm,
    NotifyForm,
    SignForm,
    following,
)
from jalon.journeys.models import Appeal, Decision
from jalon.journeys.states import OPENING
from jalon.papers.rights import offered
from jalon.people import access as people
from jalon.ui.forms import attempt, posted
from jalon.ui.rules import why
from jalon.ui.views import done, invalid, page

PENDING = "the secretariat drafts and the préfet signs the decisions of their department"


def url_of(decision: Decision) -> str:
    return reverse("journeys:decision", args=[decision.id])


def _signatory(request: HttpRequest) -> dict[str, str]:
    """The capacity and service of the membership: proposed, and changed when someone signs for another."""
    membership = request.membership  # type: ignore[attr-defined]
    return {"capacity": membership.title or _("Préfet"), "service": membership.organisation.name}


def _batch(request: HttpRequest, form: BatchForm | None = None, status: int = 200) -> HttpResponse:
    home = reads.prefect_home(request.actor)  # type: ignore[attr-defined]
    seen = [row.application.dossier for row in home.pending]
    journal.reading(request, "list", compartment="C14", count=len(seen), objects=seen)
    form = form or BatchForm(_choices(home), initial=_signatory(request))
    boxes = _boxes(form)
    rows = [reads.with_box(row, boxes.get(row.draft.id) if row.ready and row.draft else None) for row in home.pending]
    context = {"home": home, "rows": rows, "form": form, "today": clock.today()}
    context["signs"] = request.actor.role == "PRE"  # type: ignore[attr-defined]
    context["accreditation_tasks"] = directory.tasks(request.actor) if context["signs"] else []  # type: ignore[attr-defined]
    return (invalid if status == 422 else page)(request, "journeys/decisions.html", context)


def _choices(home: reads.PrefectHome) -> list[tuple[str, str]]:
    return [(row.draft.id, row.application.dossier.number) for row in home.ready if row.draft]


def _boxes(form: BatchForm) -> dict[str, object]:
    return {str(box.data["value"]): box for box in form["selection"]}


@open_to("PRE", why=PENDING)
def prefect_home(request: HttpRequest) -> HttpResponse:
    return _batch(request)


@open_to("PRE", "SEC", why=PENDING)
def decisions(request: HttpRequest) -> HttpResponse:
    return _batch(request)


@require_POST
@open_to("PRE", "SEC", why=PENDING)
def prepare_favourable(request: HttpRequest) -> HttpResponse:
    """Draft in one go the decisions that follow a favourable opinion; nothing is signed."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    waiting = [row for row in reads.pending(actor) if row.draft is None and row.opinion == "favourable"]
    with transaction.atomic():
        for row in waiting:
            routes = wording.default_routes(row.application.department)
            kind = following(row.application, favourable=True)
            actions.draft_decision(actor, row.application, kind=kind, appeal_routes=routes)
    return done(request, reverse("journeys:decisions"), _("Projets préparés : relisez-les avant de signer."))


@require_POST
@open_to("PRE", why="only the préfet signs")
def sign_selection(request: HttpRequest) -> HttpResponse:
    """Sign the selection: all of it, or nothing and the reasons why."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    form = BatchForm(_choices(reads.prefect_home(actor)), request.POST)
    if form.is_valid():
        chosen = form.cleaned_data["selection"]
        signed = attempt(form, lambda: _sign_all(actor, chosen, form))
        if signed is not None:
            return done(request, reverse("journeys:decisions"), _("Décisions signées : %(n)d.") % {"n": signed})
    return _batch(request, form, 422)


@transaction.atomic
def _sign_all(actor: Actor, chosen: list[str], form: BatchForm) -> int:
    data = form.cleaned_data
    rows = access.decisions_visible_to(actor).select_related("dossier").filter(pk__in=chosen)
    for row in rows:
        try:
            actions.sign_decision(actor, row, capacity=data["capacity"], service=data["service"])
        except ValidationError as error:
            raise ValidationError(
                {"selection": [f"{row.dossier.number} : {text}" for text in error.messages]}
            ) from error
    return len(rows)


@screen("C14", "edit", roles=("PRE", "SEC"))
def draft(request: HttpRequest, application_id: str) -> HttpResponse:
    """Write the decision on one request, beside the opinion."""
    application = access.get_request(request, application_id)
    known = getattr(application, "decision", None)
    words = known.unseal() if known else {}
    opinion = reads.opinion_given(application)
    favourable = opinion is None or opinion.outcome != "unfavourable"
    initial = {"kind": following(application, favourable), **({"kind": known.kind} if known else {})}
    initial |= {name: words[name] for name in ("reasons_of_law", "reasons_of_fact", "appeal_routes") if name in words}
    if known:
        initial |= {"effective_on": known.effective_on, "ends_on": known.ends_on}
    revision = known.revision if known else None
    form = DraftForm(application, posted(request), initial=initial, revision=revision)
    if form.is_bound and form.is_valid():
        given = {**form.answers, "revision": form.revision}
        made = attempt(form, lambda: actions.draft_decision(request.actor, application, **given))  # type: ignore[attr-defined]
        if made is not None:
            return done(request, url_of(made), _("Projet de décision enregistré."))
    context = {"application": application, "form": form, "opinion": opinion, "today": clock.today(), "known": known}
    context |= {"rules": why("DEC-1", "DEC-2", "G5"), "opens": reads.would_open(application, known)}
    return (invalid if form.is_bound else page)(request, "journeys/draft.html", context)


@screen("C14", "read")
def decision(request: HttpRequest, decision_id: str) -> HttpResponse:
    return show(request, access.get_decision(request, decision_id))


def show(request: HttpRequest, row: Decision, status: int = 200, **forms: object) -> HttpResponse:
    actor: Actor = request.actor  # type: ignore[attr-defined]
    shown = reads.decision_page(row)
    signs = actor.role == "PRE" and row.state == "draft"
    leads = actor.role not in access.STATE_SIDE and people.leads(actor, row.dossier)
    context: dict[str, object] = {
        "page": shown,
        "decision": row,
        "who": reads.called(row.dossier, actor),
        "today": clock.today(),
        "sign_form": SignForm(initial=_signatory(request)) if signs else None,
        "notify_form": NotifyForm() if actor.role == "SEC" and row.state == "signed" else None,
        "explain_form": ExplainForm() if actor.role == "REF" and leads and row.explained_on is None else None,
        "appeal_form": AppealForm(prefix="appeal") if (leads or actor.role == "SEC") and row.notified_on else None,
        "answer_form": AnswerForm(prefix="answer", initial={"answered_on": clock.today()}),
        "may_answer": access.may_answer(actor, row),
        "afis_form": AfisForm(prefix="afis") if reads.afis_to_decide(actor, row) else None,
        "may_draft": actor.role in access.STATE_SIDE and row.state == "draft" and row.application_id,
        "pathway": bool(row.signed_on) and access.opens_pathway(actor, row),
        "letter_form": letter_form(access.letter_verdict(actor, row), shown, "letter"),
        "kit_form": letter_form(access.appeal_verdict(actor, row), shown, "kit"),
        "proof": offered(access.proof_verdict(actor, row)),
        "stepped_up": actor.stepped_up,
        "may_end": row.kind in OPENING and row.state != "draft" and access.may_act(actor, row.dossier),
        **forms,
    }
    return (invalid if status == 422 else page)(request, "journeys/decision.html", context)


def letter_form(answer: Verdict, shown: reads.DecisionPage, prefix: str) -> LetterForm | None:
    """Offered by the predicate that the paper asks."""
    if not offered(answer):
        return None
    return LetterForm(prefix=prefix, initial={"language": papers.proposed_language(shown.words)})


@require_POST
@screen("C14", "sign", roles=("PRE",))
def sign(request: HttpRequest, decision_id: str) -> HttpResponse:
    row = access.get_decision(request, decision_id, "sign")
    form = SignForm(request.POST)
    if form.is_valid() and attempt(form, lambda: actions.sign_decision(request.actor, row, **form.answers)):  # type: ignore[attr-defined]
        return done(request, url_of(row), _("Décision signée. Le secrétariat la notifie."))
    return show(request, row, 422, sign_form=form)


@require_POST
@screen("C14", "transmit", roles=("SEC",))
def notify(request: HttpRequest, decision_id: str) -> HttpResponse:
    row = access.get_decision(request, decision_id, "transmit")
    form = NotifyForm(request.POST)
    if form.is_valid() and attempt(form, lambda: actions.notify_decision(request.actor, row, **form.answers)):  # type: ignore[attr-defined]
        return done(request, url_of(row), _("Notification enregistrée : le délai de recours est ouvert."))
    return show(request, row, 422, notify_form=form)


@require_POST
@screen("C14", "read", roles=("REF",))
def explain(request: HttpRequest, decision_id: str) -> HttpResponse:
    row = access.get_decision(request, decision_id)
    form = ExplainForm(request.POST)
    if form.is_valid() and attempt(form, lambda: actions.explain_decision(request.actor, row, **form.answers)):  # type: ignore[attr-defined]
        return done(request, url_of(row), _("C'est noté : la décision a été expliquée."))
    return show(request, row, 422, explain_form=form)


@require_POST
@screen("C14", "read", roles=("REF", "MGR", "SEC"))
def appeal(request: HttpRequest, decision_id: str) -> HttpResponse:
    row = access.get_decision(request, decision_id)
    form = AppealForm(request.POST, prefix="appeal")
    if form.is_valid() and attempt(form, lambda: actions.file_appeal(request.actor, row, **form.answers)):  # type: ignore[attr-defined]
        return done(request, url_of(row), _("Recours enregistré : le délai est recalculé."))
    return show(request, row, 422, appeal_form=form)


@require_POST
@screen("C14", "read", roles=("SEC", "PRE"))
def answer(request: HttpRequest, appeal_id: str) -> HttpResponse:
    filed = Appeal.objects.filter(pk=appeal_id).first()
    if filed is None:
        raise Hidden
    row = access.get_decision(request, filed.decision_id)
    form = AnswerForm(request.POST, prefix="answer")
    if form.is_valid() and attempt(form, lambda: actions.answer_appeal(request.actor, filed, **form.answers)):  # type: ignore[attr-defined]
        return done(request, url_of(row), _("Réponse enregistrée."))
    return show(request, row, 422, answer_form=form, answering=filed.id)
