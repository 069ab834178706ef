"""Calendar, creation, preparation, convocation, cancellation."""

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from jalon import journal
from jalon.access import Actor, Hidden, open_to
from jalon.commissions import access, actions, reads
from jalon.commissions.forms import (
    AgainForm,
    AgendaForm,
    CancelForm,
    ConveneForm,
    DeputiesForm,
    MeetingForm,
    MoveForm,
    PointForm,
)
from jalon.commissions.models import Meeting
from jalon.commissions.states import MeetingState
from jalon.config import clock
from jalon.ui import paging
from jalon.ui.forms import attempt, posted, saved
from jalon.ui.views import done, invalid, page

from .session import show_room

CALENDAR = "the calendar of meetings is known to those who prepare or decide requests"
SECRETARIAT = "a department's secretariat prepares its commission"


def url_of(meeting: Meeting) -> str:
    return reverse("commissions:meeting", args=[meeting.id])


@open_to("REF", "MGR", "SEC", "MEM", "PRE", why=CALENDAR)
def meetings(request: HttpRequest) -> HttpResponse:
    actor: Actor = request.actor  # type: ignore[attr-defined]
    listed, today = reads.meetings(actor), clock.today()
    asked = request.GET.get("annee", "")
    year = int(asked) if asked.isascii() and asked.isdigit() and 2016 <= int(asked) <= today.year + 5 else today.year
    context = {
        "meetings": paging.page(listed, paging.asked(request)),
        "today": today,
        "state_side": actor.role in access.STATE_SIDE,
    }
    context |= {"year": year, "months": reads.year(listed.filter(on__year=year), year)}
    return page(request, "commissions/meetings.html", context)


@open_to("SEC", why=SECRETARIAT)
def new_meeting(request: HttpRequest) -> HttpResponse:
    form = MeetingForm(posted(request))
    if form.is_bound and form.is_valid():
        made = attempt(form, lambda: actions.create_meeting(request.actor, **form.answers))  # type: ignore[attr-defined]
        if made is not None:
            return done(request, url_of(made), _("Séance créée. Choisissez les dossiers, puis convoquez."))
    context = {"form": form}
    show = invalid if form.is_bound else page
    return show(request, "commissions/new_meeting.html", context)


@open_to("REF", "MGR", "SEC", "MEM", "PRE", why=CALENDAR)
def meeting(request: HttpRequest, meeting_id: str) -> HttpResponse:
    """Prepared by the secretariat while it is planned; then the session room, or the member's agenda."""
    row = access.get_meeting(request, meeting_id)
    actor: Actor = request.actor  # type: ignore[attr-defined]
    if actor.role == "SEC" and row.state == MeetingState.PLANNED:
        return page(request, "commissions/prepare.html", _preparing(request, row))
    return show_room(request, row)


def _preparing(
    request: HttpRequest, row: Meeting, prepared: reads.Preparation | None = None, **forms: object
) -> dict[str, object]:
    prepared = prepared or reads.preparation(request.actor, row, paging.asked(request))  # type: ignore[attr-defined]
    listed = [one.application for one in (*prepared.items, *prepared.available) if one.application]
    journal.reading(request, "list", compartment="C13", count=len(listed), objects=[one.dossier for one in listed])
    form = forms.pop("form", None) or AgendaForm(prepared.items, prepared.available)
    return {
        "meeting": row,
        "form": form,
        "rows": form.rows(prepared.items, reads.hours(row, prepared.items)),  # type: ignore[attr-defined]
        "convocation_rules": reads.convocation_rules(row),
        "quorum_rules": reads.quorum_rules(row, len(prepared.seats)),
        "prepared": prepared,
        "today": clock.today(),
        "point_form": PointForm(prefix="point"),
        "convene_form": ConveneForm(prefix="convene"),
        **forms,
    }


@require_POST
@open_to("SEC", why=SECRETARIAT)
def agenda(request: HttpRequest, meeting_id: str) -> HttpResponse:
    row = access.get_meeting(request, meeting_id)
    sent = AgendaForm.answered(request.POST)
    prepared = reads.preparation(request.actor, row, sent=sent)  # type: ignore[attr-defined]
    form = AgendaForm(prepared.items, prepared.available, request.POST)
    if form.is_valid():
        made = attempt(
            form,
            lambda: actions.set_agenda(
                request.actor,  # type: ignore[attr-defined]
                row,
                applications=form.chosen(),
                minutes=form.minutes(),
            ),
        )
        if made is not None:
            return done(request, url_of(row), _("Ordre du jour enregistré."))
    return invalid(request, "commissions/prepare.html", _preparing(request, row, form=form, prepared=prepared))


@require_POST
@open_to("SEC", why=SECRETARIAT)
def point(request: HttpRequest, meeting_id: str) -> HttpResponse:
    row = access.get_meeting(request, meeting_id)
    form = PointForm(request.POST, prefix="point")
    if form.is_valid() and attempt(form, lambda: actions.add_point(request.actor, row, **form.answers)):  # type: ignore[attr-defined]
        return done(request, url_of(row), _("Point ajouté."))
    return invalid(request, "commissions/prepare.html", _preparing(request, row, point_form=form))


@require_POST
@open_to("SEC", why=SECRETARIAT)
def move_up(request: HttpRequest, item_id: str) -> HttpResponse:
    return _move(request, item_id, up=True)


@require_POST
@open_to("SEC", why=SECRETARIAT)
def move_down(request: HttpRequest, item_id: str) -> HttpResponse:
    return _move(request, item_id, up=False)


def _move(request: HttpRequest, item_id: str, *, up: bool) -> HttpResponse:
    row = access.items_visible_to(request.actor).select_related("meeting").filter(pk=item_id).first()  # type: ignore[attr-defined]
    if row is None:
        raise Hidden
    at = request.POST.get("place", "")
    actions.move_item(request.actor, row, up=up, at=int(at) if at.isascii() and at.isdigit() else None)  # type: ignore[attr-defined]
    return done(request, url_of(row.meeting) + "#ordre-du-jour")


@require_POST
@open_to("SEC", why=SECRETARIAT)
def convene(request: HttpRequest, meeting_id: str) -> HttpResponse:
    row = access.get_meeting(request, meeting_id)
    form = ConveneForm(request.POST, prefix="convene")
    if form.is_valid() and attempt(form, lambda: actions.convene(request.actor, row, **form.answers)):  # type: ignore[attr-defined]
        return done(request, url_of(row), _("Convocations envoyées. Les membres peuvent lire les dossiers."))
    return invalid(request, "commissions/prepare.html", _preparing(request, row, convene_form=form))


@open_to("SEC", why=SECRETARIAT)
def cancel(request: HttpRequest, meeting_id: str) -> HttpResponse:
    row = access.get_meeting(request, meeting_id)
    others = {
        other.pk: other for other in reads.upcoming(row.department).exclude(pk=row.pk) if other.on >= clock.today()
    }
    form = CancelForm([(key, f"{other.on:%d/%m/%Y}") for key, other in others.items()], posted(request))
    if request.method == "POST" and form.is_valid():
        instead = others.get(form.cleaned_data["replaced_by"])
        if attempt(form, lambda: actions.cancel_meeting(request.actor, row, replaced_by=instead)):  # type: ignore[attr-defined]
            return done(request, reverse("commissions:meetings"), _("Séance annulée. Ses dossiers attendent une date."))
    context = {
        "title": _("Annuler la séance du %(day)s") % {"day": f"{row.on:%d/%m/%Y}"},
        "lead": _("Les dossiers inscrits attendront une autre séance. Les membres ne les liront plus."),
        "form": form,
        "verb": _("Annuler la séance"),
        "danger": True,
        "back": url_of(row),
    }
    return invalid(request, "ui/confirm.html", context) if form.is_bound else page(request, "ui/confirm.html", context)


@open_to("SEC", why=SECRETARIAT)
def again(request: HttpRequest, meeting_id: str) -> HttpResponse:
    row = access.get_meeting(request, meeting_id)
    form = AgainForm(posted(request), initial={"place": row.place})
    if form.is_bound and form.is_valid():
        made = attempt(form, lambda: actions.convene_again(request.actor, row, **form.answers))  # type: ignore[attr-defined]
        if made is not None:
            return done(request, url_of(made), _("Deuxième réunion créée, avec le même ordre du jour. Convoquez-la."))
    context = {
        "title": _("Deuxième convocation"),
        "lead": _("Même ordre du jour. La convocation dira qu'aucun quorum n'est exigé (CRPA, art. R. 133-10)."),
        "form": form,
        "verb": _("Créer la deuxième réunion"),
        "back": url_of(row),
    }
    return invalid(request, "ui/confirm.html", context) if form.is_bound else page(request, "ui/confirm.html", context)


@open_to("SEC", why=SECRETARIAT)
def move(request: HttpRequest, meeting_id: str) -> HttpResponse:
    """Another date: the members are told again, and read until fifteen days after the new one."""
    row = access.get_meeting(request, meeting_id)
    convened = row.state == MeetingState.CONVENED
    initial = {"starts_at": row.starts_at, "place": row.place}
    form = MoveForm(convened, posted(request), initial=initial)
    if saved(form, lambda: actions.move_meeting(request.actor, row, **form.answers)):  # type: ignore[attr-defined]
        told = _("Séance déplacée. Les membres sont prévenus.") if convened else _("Séance déplacée.")
        return done(request, url_of(row), told)
    context = {
        "title": _("Déplacer la séance du %(day)s") % {"day": f"{row.on:%d/%m/%Y}"},
        "lead": _(
            "Même ordre du jour. Les membres convoqués reçoivent un message ; leur lecture suit la nouvelle date."
        )
        if convened
        else _("La séance n'est pas encore convoquée : personne n'est à prévenir."),
        "form": form,
        "verb": _("Déplacer la séance"),
        "back": url_of(row),
    }
    return (invalid if form.is_bound else page)(request, "ui/confirm.html", context)


@require_POST
@open_to("SEC", why=SECRETARIAT)
def failure(request: HttpRequest, meeting_id: str) -> HttpResponse:
    """No quorum: the minutes say so; a second convocation may follow."""
    row = access.get_meeting(request, meeting_id)
    actions.record_failure(request.actor, row)  # type: ignore[attr-defined]
    return done(request, url_of(row), _("Absence de quorum constatée. Le procès-verbal est prêt à signer."))


@open_to("SEC", why=SECRETARIAT)
def deputies(request: HttpRequest, meeting_id: str) -> HttpResponse:
    """Who sits in a holder's stead at this meeting."""
    row = access.get_meeting(request, meeting_id)
    form = DeputiesForm(reads.attendances(row), posted(request))

    def call() -> Meeting:
        return actions.call_deputies(request.actor, row, attendances=form.cleaned_data["deputies"])  # type: ignore[attr-defined]

    if saved(form, call):
        return done(request, url_of(row), _("Suppléances enregistrées. Les personnes concernées sont prévenues."))
    context = {
        "title": _("Suppléances"),
        "lead": _("Pour un siège, une seule personne lit les dossiers : celle qui siégera."),
        "form": form,
        "verb": _("Enregistrer les suppléances"),
        "back": url_of(row),
    }
    return (invalid if form.is_bound else page)(request, "ui/confirm.html", context)
