"""The commission as it is composed; one seat: renewed, taken over, ended, its deputy."""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from jalon.access import Actor, open_to
from jalon.accounts.models import User
from jalon.commissions import access, actions, composition, reads
from jalon.commissions.forms import EndForm, HolderForm, PlaceForm, RenewForm, SeatForm, TakeOverForm
from jalon.commissions.models import Seat
from jalon.config import clock
from jalon.directory import reads as directory
from jalon.directory.models import Kind
from jalon.ui.forms import Form, attempt, posted, saved
from jalon.ui.views import done, invalid, page

SECRETARIAT = "a department's secretariat prepares its commission"


def _accounts(actor: Actor) -> dict[str, User]:
    """Who may sit in this department."""
    return {
        row.user_id: row.user for role in ("MEM", "PRE", "ETR") for row in directory.holders(role, actor.department)
    }


def _places(actor: Actor) -> list[tuple[str, str]]:
    return [(place.code, place.label) for place in composition.by_code(actor.department, clock.today()).values()]


def _names(users: dict[str, User]) -> list[tuple[str, str]]:
    return [(key, user.name) for key, user in users.items()]


@open_to("SEC", why=SECRETARIAT)
def members(request: HttpRequest) -> HttpResponse:
    """The composition of the day, its vacant places, and a new seat."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    organisations = {row.pk: row for row in directory.organisations(*Kind.values, department=actor.department)}
    users = _accounts(actor)
    form = SeatForm(
        _places(actor), [(key, row.name) for key, row in organisations.items()], _names(users), posted(request)
    )

    def name() -> Seat:
        given = form.answers | {"organisation": organisations[form.answers["organisation"]]}
        return actions.name_seat(
            actor, department=actor.department, **given | {"user": users.get(form.answers["user"])}
        )

    if saved(form, name):
        return done(request, reverse("commissions:members"), _("Membre ajouté."))
    context = {"form": form, "places": reads.composed(actor.department), "today": clock.today()}
    return (invalid if form.is_bound else page)(request, "commissions/members.html", context)


def url_of_seat(row: Seat) -> str:
    return reverse("commissions:seat", args=[row.pk])


@open_to("SEC", why=SECRETARIAT)
def seat(request: HttpRequest, seat_id: str) -> HttpResponse:
    """One seat, with what may be done with it."""
    return page(request, "commissions/seat.html", _seat_page(request, access.get_seat(request, seat_id)))


def _seat_page(request: HttpRequest, row: Seat, **bound: Form) -> dict[str, Any]:
    names = _names(_accounts(request.actor))  # type: ignore[attr-defined]
    place = composition.by_code(row.department, row.starts_on).get(row.place)
    listed = [one for one in reads.seats(row.department) if one.pk == row.pk]
    return {
        "seat": listed[0] if listed else row,
        "place": place,
        "replaceable": place is None or place.may_be_replaced,
        "today": clock.today(),
        "rules": reads.mandate_rules(row),
        "place_form": PlaceForm(_places(request.actor), prefix="place", initial={"place": row.place}),  # type: ignore[attr-defined]
        "renew_form": RenewForm(row, prefix="renew"),
        "take_form": TakeOverForm(names, prefix="take"),
        "deputy_form": HolderForm(names, prefix="deputy", initial={"user": row.deputy_id or ""}),
        "end_form": EndForm(prefix="end"),
        **bound,
    }


def _change(
    request: HttpRequest, row: Seat, name: str, form: Form, act: Callable[..., Seat], message: str
) -> HttpResponse:
    """Run one verb on the seat with what its form says; a refusal comes back at its field."""
    users = _accounts(request.actor)  # type: ignore[attr-defined]
    if form.is_valid():
        given = form.answers
        if "user" in given:
            given["user"] = users.get(given["user"])
        if made := attempt(form, lambda: act(request.actor, row, **given)):  # type: ignore[attr-defined]
            return done(request, url_of_seat(made), message)
    return invalid(request, "commissions/seat.html", _seat_page(request, row, **{name: form}))


@require_POST
@open_to("SEC", why=SECRETARIAT)
def renew_seat(request: HttpRequest, seat_id: str) -> HttpResponse:
    row = access.get_seat(request, seat_id)
    form = RenewForm(row, request.POST, prefix="renew")
    return _change(request, row, "renew_form", form, actions.renew_seat, _("Mandat renouvelé."))


@require_POST
@open_to("SEC", why=SECRETARIAT)
def take_over_seat(request: HttpRequest, seat_id: str) -> HttpResponse:
    row = access.get_seat(request, seat_id)
    form = TakeOverForm(_names(_accounts(request.actor)), request.POST, prefix="take")  # type: ignore[attr-defined]
    return _change(
        request, row, "take_form", form, actions.take_over_seat, _("Siège repris, jusqu'à la fin du mandat.")
    )


@require_POST
@open_to("SEC", why=SECRETARIAT)
def name_deputy(request: HttpRequest, seat_id: str) -> HttpResponse:
    row = access.get_seat(request, seat_id)
    form = HolderForm(_names(_accounts(request.actor)), request.POST, prefix="deputy")  # type: ignore[attr-defined]
    return _change(request, row, "deputy_form", form, actions.name_deputy, _("Suppléance enregistrée."))


@require_POST
@open_to("SEC", why=SECRETARIAT)
def place_seat(request: HttpRequest, seat_id: str) -> HttpResponse:
    row = access.get_seat(request, seat_id)
    form = PlaceForm(_places(request.actor), request.POST, prefix="place")  # type: ignore[attr-defined]
    return _change(request, row, "place_form", form, actions.place_seat, _("Composition enregistrée."))


@require_POST
@open_to("SEC", why=SECRETARIAT)
def end_seat(request: HttpRequest, seat_id: str) -> HttpResponse:
    row = access.get_seat(request, seat_id)
    form = EndForm(request.POST, prefix="end")
    return _change(request, row, "end_form", form, actions.end_seat, _("Fin du mandat enregistrée."))
