"""Calendar, creation, preparation, convocation, cancellation."""

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from jalon import journal
from jalon.access import Actor, Hidden, open_to
from jalon.accounts.models import User
from jalon.commissions import access, actions, reads
from jalon.commissions.forms import (
    AgainForm,
    AgendaForm,
    CancelForm,
    Confirm,
    ConveneForm,
    MeetingForm,
    PointForm,
    SeatForm,
)
from jalon.commissions.models import Meeting, Seat
from jalon.commissions.states import MeetingState
from jalon.config import clock
from jalon.directory import reads as directory
from jalon.directory.models import Kind, Organisation
from jalon.ui.forms import attempt, posted
from jalon.ui.views import done, invalid, page

from .session import show_room

CALENDAR = "the calendar of meetings is known to those who prepare or decide requests"
SECRETARIAT = "a department's secretariat prepares its commission"


def url_of(meeting: Meeting) -> str:
    return reverse("commissions:meeting", args=[meeting.id])


@open_to("SEC", why=SECRETARIAT)
def received(request: HttpRequest) -> HttpResponse:
    rows = reads.received(request.actor)  # type: ignore[attr-defined]
    dossiers = [row.application.dossier for row in rows]
    journal.reading(request, "list", compartment="C16", count=len(rows), objects=dossiers)
    return page(request, "commissions/received.html", {"rows": rows, "today": clock.today()})


@open_to("REF", "MGR", "SEC", "MEM", "PRE", why=CALENDAR)
def meetings(request: HttpRequest) -> HttpResponse:
    actor: Actor = request.actor  # type: ignore[attr-defined]
    context = {"meetings": reads.meetings(actor), "today": clock.today(), "state_side": actor.role in access.STATE_SIDE}
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
        return page(request, "commissions/prepare.html", _preparing(actor, row))
    return show_room(request, row)


def _preparing(actor: Actor, row: Meeting, **forms: object) -> dict[str, object]:
    prepared = reads.preparation(actor, row)
    form = forms.pop("form", None) or AgendaForm(prepared.items, prepared.available)
    return {
        "meeting": row,
        "form": form,
        "rows": form.rows(prepared.items),  # type: ignore[attr-defined]
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
    prepared = reads.preparation(request.actor, row)  # type: ignore[attr-defined]
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
    return invalid(request, "commissions/prepare.html", _preparing(request.actor, row, form=form))  # type: ignore[attr-defined]


@require_POST
@open_to("SEC", why=SECRETARIAT)
def point(request: HttpRequest, meeting_id: str) -> HttpResponse:
    row = access.get_meeting(request, meeting_id)
    form = PointForm(request.POST, prefix="point")
    if form.is_valid() and attempt(form, lambda: actions.add_point(request.actor, row, **form.answers)):  # type: ignore[attr-defined]
        return done(request, url_of(row), _("Point ajouté."))
    return invalid(request, "commissions/prepare.html", _preparing(request.actor, row, point_form=form))  # type: ignore[attr-defined]


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
    actions.move_item(request.actor, row, up=up)  # type: ignore[attr-defined]
    return done(request, url_of(row.meeting) + "#ordre-du-jour")


@require_POST
@open_to("SEC", why=SECRETARIAT)
def convene(request: HttpRequest, meeting_id: str) -> HttpResponse:
    row = access.get_meeting(request, meeting_id)
    form = ConveneForm(request.POST, prefix="convene")
    if form.is_valid() and attempt(form, lambda: actions.convene(request.actor, row, **form.answers)):  # type: ignore[attr-defined]
        return done(request, url_of(row), _("Convocations envoyées. Les membres peuvent lire les dossiers."))
    return invalid(request, "commissions/prepare.html", _preparing(request.actor, row, convene_form=form))  # type: ignore[attr-defined]


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
def members(request: HttpRequest) -> HttpResponse:
    """The seats of the commission, and a new one."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    organisations = {row.pk: row for row in directory.organisations(*Kind.values, department=actor.department)}
    users = {
        row.user_id: row.user for role in ("MEM", "PRE", "ETR") for row in directory.holders(role, actor.department)
    }
    form = SeatForm(_named(organisations), [(key, user.name) for key, user in users.items()], posted(request))
    if form.is_bound and form.is_valid() and attempt(form, lambda: _name(actor, form, organisations, users)):
        return done(request, reverse("commissions:members"), _("Membre ajouté."))
    context = {"form": form, "seats": _seats(actor), "today": clock.today(), "confirm": Confirm()}
    show = invalid if form.is_bound else page
    return show(request, "commissions/members.html", context)


def _named(organisations: dict[str, Organisation]) -> list[tuple[str, str]]:
    return [(key, organisation.name) for key, organisation in organisations.items()]


def _name(actor: Actor, form: SeatForm, organisations: dict[str, Organisation], users: dict[str, User]) -> Seat:
    data = form.answers
    return actions.name_seat(
        actor,
        department=actor.department,
        college=data["college"],
        organisation=organisations[data["organisation"]],
        user=users.get(data["user"]),
        is_chair=data["is_chair"],
        starts_on=data["starts_on"],
        ends_on=data["ends_on"],
    )


def _seats(actor: Actor) -> list[Seat]:
    return reads.seats(actor.department)
