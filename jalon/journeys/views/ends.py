"""The end of a period before its term, and the adversarial step before it."""

from datetime import timedelta

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from jalon.access import Actor, Hidden, screen
from jalon.config import clock
from jalon.directory.lawful import DAYS_TO_ANSWER
from jalon.journeys import access, actions, papers, reads, wording
from jalon.journeys.forms import Confirm, EndEarlyForm, InviteForm, ObservationsForm
from jalon.journeys.models import Hearing
from jalon.papers.rights import offered
from jalon.papers.views import answer
from jalon.people import access as people
from jalon.people.models import Dossier
from jalon.ui import html
from jalon.ui.forms import posted, saved
from jalon.ui.html import Row
from jalon.ui.rules import why
from jalon.ui.views import done, invalid, page

from .common import signatory


def _url(dossier: Dossier) -> str:
    return reverse("journeys:hearing", args=[dossier.pk])


@screen("C14", "read", roles=("PRE", "SEC", "REF", "MGR"))
def hearing(request: HttpRequest, dossier_id: str) -> HttpResponse:
    return show_hearing(request, people.get(request, dossier_id, "C14", "read"))


def show_hearing(request: HttpRequest, dossier: Dossier, status: int = 200, **forms: object) -> HttpResponse:
    actor: Actor = request.actor  # type: ignore[attr-defined]
    rows, today = reads.hearings(dossier), clock.today()
    waiting = next((one for one in rows if one.row.state == "open"), None)
    context: dict[str, object] = {
        "dossier": dossier,
        "who": reads.called(dossier, actor),
        "rows": rows,
        "waiting": waiting,
        "today": today,
        "over": waiting is not None and waiting.row.reply_by < today,
        "may_act": access.may_act(actor, dossier),
        "observations_form": ObservationsForm(prefix="observations", initial={"received_on": today})
        if waiting and access.may_hear(actor, waiting.row)
        else None,
        "letter": offered(access.hearing_letter_verdict(actor, dossier)),
        "rules": why("G9", "DEC-2", "DUR-6"),
        "stepped_up": actor.stepped_up,
        **forms,
    }
    return (invalid if status == 422 else page)(request, "journeys/hearing.html", context)


@screen("C14", "sign", roles=("PRE",))
def invite(request: HttpRequest, dossier_id: str) -> HttpResponse:
    """The letter that invites the person to answer before an end on the préfet's own motion."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    dossier = people.get(request, dossier_id, "C14", "read")
    access.require_act(actor, dossier)
    proposed = clock.today() + timedelta(days=DAYS_TO_ANSWER)
    form = InviteForm(posted(request), initial={**signatory(request), "reply_by": proposed})
    if saved(form, lambda: actions.invite_observations(actor, dossier, **form.answers)):
        return done(request, _url(dossier), _("Lettre signée : imprimez-la et remettez-la."))
    context = {
        "title": _("%(number)s · Inviter à présenter des observations") % {"number": dossier.number},
        "lead": _("Rien n'est décidé. La fin ne peut être signée qu'après le délai donné."),
        "form": form,
        "rules": why("G9"),
        "verb": _("Signer la lettre"),
        "back": _url(dossier),
    }
    return (invalid if form.is_bound else page)(request, "ui/confirm.html", context)


def _open(request: HttpRequest, hearing_id: str) -> tuple[Hearing, Dossier]:
    row = Hearing.objects.filter(pk=hearing_id).first()
    if row is None:
        raise Hidden
    return row, people.get(request, row.dossier_id, "C14", "read")


@require_POST
@screen("C14", "read", roles=("SEC", "PRE"))
def observations(request: HttpRequest, hearing_id: str) -> HttpResponse:
    row, dossier = _open(request, hearing_id)
    form = ObservationsForm(request.POST, prefix="observations")
    if saved(form, lambda: actions.receive_observations(request.actor, row, **form.answers)):  # type: ignore[attr-defined]
        return done(request, _url(dossier), _("Observations enregistrées."))
    return show_hearing(request, dossier, 422, observations_form=form)


@require_POST
@screen("C14", "sign", roles=("PRE",))
def drop_hearing(request: HttpRequest, hearing_id: str) -> HttpResponse:
    row, dossier = _open(request, hearing_id)
    form = Confirm(request.POST)
    if saved(form, lambda: actions.drop_hearing(request.actor, row)):  # type: ignore[attr-defined]
        return done(request, _url(dossier), _("Abandonné : le parcours continue."))
    return show_hearing(request, dossier, 422)


@require_POST
@screen("C14", "read", roles=("SEC", "PRE", "REF"))
def invitation(request: HttpRequest, hearing_id: str) -> HttpResponse:
    """The letter, to print."""
    row, _dossier = _open(request, hearing_id)
    row.dossier = _dossier
    return answer(papers.invitation(request.actor, row))  # type: ignore[attr-defined]


def _waiting(dossier: Dossier) -> list[reads.Heard]:
    return [one for one in reads.hearings(dossier) if one.row.state == "open"]


@screen("C14", "sign", roles=("PRE",))
def end_early(request: HttpRequest, dossier_id: str) -> HttpResponse:
    """The préfet ends the running period: reasoned, after the person was heard."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    dossier = people.get(request, dossier_id, "C14", "read")
    access.require_act(actor, dossier)
    initial = {**signatory(request), "appeal_routes": wording.default_routes(dossier.department)}
    form = EndEarlyForm(posted(request), initial=initial)
    made = saved(form, lambda: actions.end_early(actor, dossier, **form.answers))
    if made is not None:
        return done(request, reverse("journeys:decision", args=[made.id]), _("Fin anticipée signée."))
    context = {
        "title": _("%(number)s · Fin anticipée") % {"number": dossier.number},
        "lead": _("La personne est d'abord invitée à présenter ses observations, sauf si elle demande cette fin."),
        "form": form,
        "facts": [Row(_("Réponse possible jusqu'au"), html.day(one.row.reply_by)) for one in _waiting(dossier)],
        "rules": why("DUR-6", "G9", "DEC-2", "APP-1", "AFIS-4"),
        "verb": _("Signer la fin anticipée"),
        "danger": True,
        "back": _url(dossier),
    }
    return (invalid if form.is_bound else page)(request, "ui/confirm.html", context)
