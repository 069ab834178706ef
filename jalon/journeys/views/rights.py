"""The clock of 24 months, rights and payments."""

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from jalon import journal
from jalon.access import Actor, Hidden, screen
from jalon.config import clock
from jalon.journeys import access, actions, reads, silent
from jalon.journeys.forms import (
    AfisForm,
    AskReasonsForm,
    ChildrenForm,
    EndAfisForm,
    GivenReasonsForm,
    LetterForm,
    PaymentForm,
    PermitForm,
    ReasonForm,
)
from jalon.journeys.models import AfisMonth, Hearing
from jalon.papers.rights import offered
from jalon.people import access as people
from jalon.people.models import Dossier
from jalon.ui.forms import Form, attempt, posted
from jalon.ui.rules import why
from jalon.ui.views import done, invalid, page


@screen("C14", "read")
def journey(request: HttpRequest, dossier_id: str) -> HttpResponse:
    """The timeline: the clock of 24 months with its lanes, the same facts in a table, and what comes next."""
    return show_journey(request, people.get(request, dossier_id, "C14", "read"))


def show_journey(request: HttpRequest, dossier: Dossier, status: int = 200, **forms: object) -> HttpResponse:
    actor: Actor = request.actor  # type: ignore[attr-defined]
    shown = reads.rights(dossier, actor)
    for compartment, part in (("C7", shown.residence), ("C8", shown.afis)):
        if part is not None:
            journal.reading(request, "read", dossier, compartment=compartment)
    context = {
        "dossier": dossier,
        "who": reads.called(dossier, actor),
        "shown": shown,
        "pathway": shown.pathway,
        "clock": reads.figure(shown.pathway, reads.lanes(shown)),
        "periods": reads.period_lines(shown.pathway),
        "decisions": [row for row in shown.pathway.decisions if access.can(actor, row, "read")],
        "transfers": reads.transfers_of(dossier),
        "hearings": Hearing.objects.filter(dossier=dossier).exists(),
        "next": reads.next_step(shown.pathway),
        "transfer_rules": why("TRF-1"),
        "association": actor.role in ("REF", "MGR"),
        "note": reads.exit_note(shown.pathway) if actor.role in ("REF", "MGR") else "",
        "leads": people.leads(actor, dossier),
        "may_rights": people.can(actor, dossier, "C8", "read"),
        "may_renew": people.can(actor, dossier, "C12", "create"),
        "today": shown.pathway.today,
        "certificate_form": _certificate_form(actor, dossier) if shown.pathway.opened else None,
        **forms,
    }
    return (invalid if status == 422 else page)(request, "journeys/journey.html", context)


def _certificate_form(actor: Actor, dossier: Dossier) -> LetterForm | None:
    if not offered(access.certificate_verdict(actor, dossier)):
        return None
    return LetterForm(prefix="certificate", initial={"language": "fr"})


@screen("C8", "read")
def rights(request: HttpRequest, dossier_id: str) -> HttpResponse:
    return show_rights(request, people.get(request, dossier_id, "C8", "read"))


def show_rights(request: HttpRequest, dossier: Dossier, status: int = 200, **forms: object) -> HttpResponse:
    actor: Actor = request.actor  # type: ignore[attr-defined]
    shown = reads.rights(dossier, actor)
    if shown.residence is not None:
        journal.reading(request, "read", dossier, compartment="C7")
    waiting = silent.shown(actor, dossier, clock.today())
    context: dict[str, object] = {
        "dossier": dossier,
        "who": reads.called(dossier, actor),
        "shown": shown,
        "afis": shown.afis,
        "stay": shown.residence,
        "chips": reads.chips(shown.afis) if shown.afis else [],
        "today": shown.pathway.today,
        "may_edit": people.can(actor, dossier, "C8", "edit"),
        "leads": people.leads(actor, dossier),
        "payment_form": PaymentForm(initial={"paid_on": clock.today()}),
        "undo_form": ReasonForm(prefix="undo"),
        "blank_undo_form": ReasonForm(prefix="undo"),
        "children_form": ChildrenForm(prefix="children"),
        "permit_form": PermitForm(initial={"issued_on": clock.today()}),
        "to_report": waiting.to_report,
        "unanswered": [(one, forms.get(f"reasons_{one.about}") or _reasons_form(one)) for one in waiting.unanswered],
        **forms,
    }
    return (invalid if status == 422 else page)(request, "journeys/rights.html", context)


def _reasons_form(one: silent.Unanswered) -> Form:
    """Each on the same page under its own prefix."""
    return (GivenReasonsForm if one.waits else AskReasonsForm)(prefix=str(one.about))


def _month(request: HttpRequest, month_id: str) -> tuple[AfisMonth, Dossier]:
    row = AfisMonth.objects.filter(pk=month_id).first()
    if row is None:
        raise Hidden
    return row, people.get(request, row.dossier_id, "C8", "edit")


@require_POST
@screen("C8", "edit")
def paid(request: HttpRequest, month_id: str) -> HttpResponse:
    """One month received; the day proposed is today."""
    row, dossier = _month(request, month_id)
    form = PaymentForm(request.POST)
    if form.is_valid() and attempt(form, lambda: actions.record_payment(request.actor, row, **form.answers)):  # type: ignore[attr-defined]
        return done(request, reverse("journeys:rights", args=[dossier.id]), _("Versement marqué comme reçu."))
    return show_rights(request, dossier, 422, payment_form=form, paying=row.id)


@require_POST
@screen("C8", "edit")
def undo_payment(request: HttpRequest, month_id: str) -> HttpResponse:
    row, dossier = _month(request, month_id)
    form = ReasonForm(request.POST, prefix="undo")
    if form.is_valid() and attempt(form, lambda: actions.cancel_payment(request.actor, row, **form.answers)):  # type: ignore[attr-defined]
        return done(request, reverse("journeys:rights", args=[dossier.id]), _("Le mois est de nouveau attendu."))
    return show_rights(request, dossier, 422, undo_form=form, undoing=row.id)


@require_POST
@screen("C8", "edit")
def children(request: HttpRequest, dossier_id: str) -> HttpResponse:
    dossier = people.get(request, dossier_id, "C8", "edit")
    form = ChildrenForm(request.POST, prefix="children")
    if form.is_valid() and attempt(form, lambda: actions.change_children(request.actor, dossier, **form.answers)):  # type: ignore[attr-defined]
        return done(request, reverse("journeys:rights", args=[dossier.id]), _("Nombre d'enfants enregistré."))
    return show_rights(request, dossier, 422, children_form=form)


@require_POST
@screen("C14", "sign", roles=("PRE",))
def decide_afis(request: HttpRequest, dossier_id: str) -> HttpResponse:
    """The préfet's decision on the aid; amounts are computed, and only the association sees them."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    dossier = people.get(request, dossier_id, "C14", "read")
    access.require_act(actor, dossier)
    form = AfisForm(request.POST, prefix="afis")
    last = reads.last_opening(dossier)
    back = reverse("journeys:decision", args=[last.id]) if last else "/"
    if form.is_valid() and attempt(form, lambda: actions.decide_afis(actor, dossier, **form.answers)):
        return done(request, back, _("Décision sur l'aide enregistrée."))
    context = {"title": _("Décision sur l'aide financière"), "form": form, "verb": _("Enregistrer"), "back": back}
    context["rules"] = why("AFIS-1", "AFIS-2", "AFIS-3", "MON-1")
    return invalid(request, "ui/confirm.html", context)


@screen("C8", "edit")
def end_afis(request: HttpRequest, dossier_id: str) -> HttpResponse:
    dossier = people.get(request, dossier_id, "C8", "edit")
    actor: Actor = request.actor  # type: ignore[attr-defined]
    form = EndAfisForm(posted(request))
    if form.is_bound and form.is_valid() and attempt(form, lambda: actions.end_afis(actor, dossier, **form.answers)):
        return done(request, reverse("journeys:rights", args=[dossier.id]), _("Fin de l'aide enregistrée."))
    context = {
        "title": _("Fin de l'aide financière"),
        "lead": _("Le dernier mois payé est celui de la décision."),
        "rules": why("AFIS-4"),
        "form": form,
        "verb": _("Enregistrer la fin"),
        "back": reverse("journeys:rights", args=[dossier.id]),
    }
    return (invalid if form.is_bound else page)(request, "ui/confirm.html", context)
