"""One decision: its draft, its signature, its notification, its explanation, appeals."""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from jalon.access import Actor, Hidden, Verdict, screen
from jalon.config import clock
from jalon.dossiers.models import Application
from jalon.journeys import access, actions, papers, reads, reasons, wording
from jalon.journeys.forms import (
    AfisForm,
    AnswerForm,
    AppealForm,
    CorrectForm,
    DraftForm,
    ExplainForm,
    LetterForm,
    NotifyForm,
    SignForm,
    following,
)
from jalon.journeys.models import AfisGrant, Appeal, Decision
from jalon.journeys.states import OPENING
from jalon.law.decision import withdrawable_until
from jalon.papers.rights import offered
from jalon.people import access as people
from jalon.people.forms import saved_text
from jalon.ui import html
from jalon.ui.errors import Conflict
from jalon.ui.forms import Form, posted, saved
from jalon.ui.html import Row
from jalon.ui.rules import why
from jalon.ui.views import done, invalid, page

from .common import signatory


def url_of(decision: Decision) -> str:
    return reverse("journeys:decision", args=[decision.id])


def drafted(known: Decision | None, words: dict[str, Any]) -> dict[str, Any]:
    """What the draft holds, for the form that changes it."""
    if known is None:
        return {}
    kept = {name: words[name] for name in ("reasons_of_law", "reasons_of_fact", "appeal_routes") if name in words}
    dates = {"effective_on": known.effective_on, "ends_on": known.ends_on}
    return {"kind": known.kind, "coded": known.grounds.split(), **dates, **kept}


@screen("C14", "edit", roles=("PRE", "SEC"))
def draft(request: HttpRequest, application_id: str) -> HttpResponse:
    """Write the decision on one request, beside the opinion."""
    application = access.get_request(request, application_id)
    known = getattr(application, "decision", None)
    words = known.unseal() if known else {}
    opinion = reads.opinion_given(application)
    favourable = opinion is None or opinion.outcome != "unfavourable"
    initial = {"kind": following(application, favourable), **drafted(known, words)}
    if not initial.get("appeal_routes"):
        initial.pop("appeal_routes", None)  # the form proposes the usual ones: a refusal needs them
    revision = known.revision if known else 0
    form = DraftForm(application, posted(request), initial=initial, revision=revision)
    made = saved(form, lambda: _write(request.actor, application, form))  # type: ignore[attr-defined]
    if made is not None:
        return done(request, url_of(made), _("Projet de décision enregistré."))
    context = {"application": application, "form": form, "opinion": opinion, "today": clock.today(), "known": known}
    context |= {"rules": why("DEC-1", "DEC-2", "G5"), "opens": reads.would_open(application, known)}
    return (invalid if form.is_bound else page)(request, "journeys/draft.html", context)


def _write(actor: Actor, application: Application, form: DraftForm) -> Decision:
    """Written, or Conflict with both versions when somebody wrote in between."""
    try:
        return actions.draft_decision(actor, application, **form.answers, revision=form.revision or 0)
    except Conflict:
        now = Decision.objects.filter(application=application).first()
        if now is not None:
            theirs = saved_text(DraftForm(application, initial=drafted(now, now.unseal())))
            form.check_revision(now.revision, theirs)
        raise


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
        "opens": reads.would_open(row.application, row) if signs and row.application and row.kind in OPENING else None,
        "sign_form": SignForm(initial=signatory(request), revision=row.revision) if signs else None,
        "notify_form": _notify_form(shown) if actor.role == "SEC" and row.state == "signed" else None,
        "explain_form": ExplainForm() if actor.role == "REF" and leads and row.explained_on is None else None,
        "appeal_form": AppealForm(prefix="appeal") if (leads or actor.role == "SEC") and row.notified_on else None,
        "answer_form": AnswerForm(prefix="answer", initial={"answered_on": clock.today()}),
        "may_answer": access.may_answer(actor, row),
        "afis_form": afis_form(row) if reads.afis_to_decide(actor, row) else None,
        "afis_notice": reads.afis_to_notify(row) if actor.role == "SEC" else None,
        "may_draft": actor.role in access.STATE_SIDE and row.state == "draft" and row.application_id,
        "pathway": bool(row.signed_on) and access.opens_pathway(actor, row),
        "letter_form": letter_form(access.letter_verdict(actor, row), shown, "letter"),
        "kit_form": letter_form(access.appeal_verdict(actor, row), shown, "kit"),
        "proof": offered(access.proof_verdict(actor, row)),
        "stepped_up": actor.stepped_up,
        "may_end": row.kind in OPENING and row.state != "draft" and access.may_act(actor, row.dossier),
        "may_correct": actor.role == "PRE" and row.state != "draft" and row.kind != "correct",
        "contests": leads and row.signed_on,
        "hears": row.kind in OPENING and row.state != "draft" and actor.role in access.STATE_SIDE,
        **forms,
    }
    return (invalid if status == 422 else page)(request, "journeys/decision.html", context)


def _notify_form(shown: reads.DecisionPage) -> NotifyForm:
    return NotifyForm(initial={"language": shown.words.get("hers") or "fr"})


def afis_form(row: Decision) -> AfisForm:
    return AfisForm(prefix="afis", initial={"appeal_routes": wording.default_routes(row.department)})


def _recorded(
    request: HttpRequest,
    row: Decision,
    form: Form,
    verb: Callable[..., object],
    about: object,
    said: str,
    **again: object,
) -> HttpResponse:
    """Do what a form of the page asks, or show the page with it."""
    if saved(form, lambda: verb(request.actor, about, **form.answers)):  # type: ignore[attr-defined]
        return done(request, url_of(row), said)
    return show(request, row, 422, **again)


def letter_form(answer: Verdict, shown: reads.DecisionPage, prefix: str) -> LetterForm | None:
    """Offered by the predicate that the paper asks."""
    if not offered(answer):
        return None
    return LetterForm(prefix=prefix, initial={"language": papers.proposed_language(shown.words)})


@require_POST
@screen("C14", "sign", roles=("PRE",))
def sign(request: HttpRequest, decision_id: str) -> HttpResponse:
    row = access.get_decision(request, decision_id, "sign")
    form = SignForm(request.POST, revision=row.revision)

    def verb(actor: Actor, about: Decision, **given: Any) -> Decision:
        """A draft has a revision from 1 on: a form without one signs a text that nobody read."""
        return actions.sign_decision(actor, about, revision=form.revision or 0, **given)

    return _recorded(request, row, form, verb, row, _("Décision signée. Le secrétariat la notifie."), sign_form=form)


@require_POST
@screen("C14", "transmit", roles=("SEC",))
def notify(request: HttpRequest, decision_id: str) -> HttpResponse:
    row = access.get_decision(request, decision_id, "transmit")
    form = NotifyForm(request.POST)
    return _recorded(
        request,
        row,
        form,
        actions.notify_decision,
        row,
        _("Notification enregistrée : le délai de recours est ouvert."),
        notify_form=form,
    )


@require_POST
@screen("C14", "read", roles=("REF",))
def explain(request: HttpRequest, decision_id: str) -> HttpResponse:
    row = access.get_decision(request, decision_id)
    form = ExplainForm(request.POST)
    return _recorded(
        request,
        row,
        form,
        actions.explain_decision,
        row,
        _("C'est noté : la décision a été expliquée."),
        explain_form=form,
    )


@require_POST
@screen("C14", "read", roles=("REF", "MGR", "SEC"))
def appeal(request: HttpRequest, decision_id: str) -> HttpResponse:
    row = access.get_decision(request, decision_id)
    form = AppealForm(request.POST, prefix="appeal")
    return _recorded(
        request,
        row,
        form,
        actions.file_appeal,
        row,
        _("Recours enregistré : le délai est recalculé."),
        appeal_form=form,
    )


@require_POST
@screen("C14", "read", roles=("SEC", "PRE"))
def answer(request: HttpRequest, appeal_id: str) -> HttpResponse:
    filed = Appeal.objects.filter(pk=appeal_id).first()
    if filed is None:
        raise Hidden
    row = access.get_decision(request, filed.decision_id)
    form = AnswerForm(request.POST, prefix="answer")
    return _recorded(
        request,
        row,
        form,
        actions.answer_appeal,
        filed,
        _("Réponse enregistrée."),
        answer_form=form,
        answering=filed.id,
    )


@screen("C14", "sign", roles=("PRE",))
def correct(request: HttpRequest, decision_id: str) -> HttpResponse:
    """Another order that corrects a material error of this one."""
    row = access.get_decision(request, decision_id)
    access.require_correction(request.actor, row)  # type: ignore[attr-defined]
    initial = {**signatory(request), "appeal_routes": wording.default_routes(row.department)}
    form = CorrectForm(row, posted(request), initial=initial)
    made = saved(form, lambda: actions.correct_decision(request.actor, row, **form.answers))  # type: ignore[attr-defined]
    if made is not None:
        return done(request, url_of(made), _("Rectification signée. Le secrétariat la notifie."))
    return (invalid if form.is_bound else page)(request, "ui/confirm.html", _correcting(row, form))


def _correcting(row: Decision, form: CorrectForm) -> dict[str, Any]:
    lead = _("L'arrêté du %(day)s reste tel qu'il est : un autre, daté, dit ce qu'il faut lire.")
    until = html.day(withdrawable_until(row.signed_on or clock.today()))
    return {
        "title": _("%(number)s · Rectifier") % {"number": row.dossier.number},
        "lead": lead % {"day": html.day(row.signed_on)},
        "facts": [Row(_("Une erreur qui retire des jours se rectifie jusqu'au"), until)],
        "form": form,
        "rules": reasons.of_correction(row),
        "verb": _("Signer la rectification"),
        "back": url_of(row),
    }


@require_POST
@screen("C14", "transmit", roles=("SEC",))
def notify_afis(request: HttpRequest, grant_id: str) -> HttpResponse:
    """The decision on the aid was handed over today."""
    grant = AfisGrant.objects.filter(pk=grant_id).select_related("dossier").first()
    if grant is None:
        raise Hidden
    actions.notify_afis(request.actor, grant)  # type: ignore[attr-defined]
    last = reads.last_opening(grant.dossier)
    return done(request, url_of(last) if last else "/", _("Notification enregistrée : le délai de recours est ouvert."))
