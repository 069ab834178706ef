"""The agenda of a planned meeting: which applications, in which order, for how long."""

from collections.abc import Mapping, Sequence

from django.db import transaction
from django.utils.translation import gettext as _

from jalon import journal
from jalon.access import Actor, Refused
from jalon.commissions import access
from jalon.commissions.models import AgendaItem, Meeting
from jalon.commissions.states import ITEM, ItemState
from jalon.dossiers import actions as dossiers
from jalon.dossiers.models import Application
from jalon.dossiers.states import ApplicationState
from jalon.ui.errors import at_field

from .common import locked, save_meeting

MINUTES = range(1, 241)


@transaction.atomic
def set_agenda(
    actor: Actor,
    meeting: Meeting,
    *,
    applications: Sequence[Application],
    minutes: Mapping[str, int] | None = None,
) -> Meeting:
    """Put these complete applications on the agenda, in this order; those no longer listed leave it.

    ``minutes`` gives the time planned by application id. Plain points keep their place after the applications.
    """
    meeting = locked(actor, meeting, "edit_agenda")
    planned = minutes or {}
    if any(value not in MINUTES for value in planned.values()):
        raise at_field("minutes", _("Prévoyez entre 1 et 240 minutes."))
    listed = [application.pk for application in applications]
    if len(set(listed)) < len(listed):
        raise at_field("applications", _("Un dossier ne peut être inscrit qu'une fois."))
    current = {
        item.application_id: item
        for item in meeting.items.select_related("application__dossier").filter(state=ItemState.SCHEDULED)
        if item.application_id
    }
    touched = _leave(current, set(listed))
    found = Application.objects.select_related("dossier").in_bulk(listed)
    for position, key in enumerate(listed, start=1):
        item = current.get(key)
        if item is None:
            item = _enter(actor, meeting, found.get(key))
            touched.append(item.application.dossier)  # type: ignore[union-attr]
        item.position = position
        item.minutes_planned = planned.get(key, item.minutes_planned)
        item.save()
    for position, item in enumerate(_points(meeting), start=len(listed) + 1):
        item.position = position
        item.save(update_fields=["position"])
    save_meeting(meeting, "edit_agenda")
    journal.record(
        actor, "set_agenda", compartment="C13", relation="same_dept", count=len(listed), objects=[meeting.id, *touched]
    )
    return meeting


def _leave(current: Mapping[str | None, AgendaItem], kept: set[str]) -> list[object]:
    left = []
    for key, item in current.items():
        if key not in kept and item.application is not None:
            item.state = ITEM.target(item.state, "remove_item")
            item.save(update_fields=["state"])
            dossiers.advance(item.application, "unschedule")
            left.append(item.application.dossier)
    return left


def _enter(actor: Actor, meeting: Meeting, application: Application | None) -> AgendaItem:
    if application is None or application.department != meeting.department:
        raise at_field("applications", _("Choisissez des dossiers reçus dans ce département."))
    if application.state != ApplicationState.COMPLETE:
        raise at_field("applications", _("Seul un dossier déclaré complet peut être inscrit à une séance."))
    answer = access.application_verdict(actor, application, "C13", "create")
    if not answer.allowed:
        raise Refused(_("Votre rôle ne permet pas cette action à cette étape."), answer.missing)
    dossiers.advance(application, "schedule")
    return AgendaItem(meeting=meeting, application=application)


def _points(meeting: Meeting) -> list[AgendaItem]:
    return list(meeting.items.filter(application__isnull=True, state=ItemState.SCHEDULED).order_by("position"))


@transaction.atomic
def add_point(actor: Actor, meeting: Meeting, *, title: str, minutes: int = 15) -> AgendaItem:
    """A point of the agenda that is about nobody: rules of procedure, calendar, report."""
    meeting = locked(actor, meeting, "edit_agenda")
    if not title.strip():
        raise at_field("title", _("Écrivez l'intitulé du point."))
    if minutes not in MINUTES:
        raise at_field("minutes", _("Prévoyez entre 1 et 240 minutes."))
    same = meeting.items.filter(application=None, state=ItemState.SCHEDULED, title=title.strip()).first()
    if same is not None:  # the same form sent twice
        return same
    last = meeting.items.exclude(state=ItemState.REMOVED).order_by("-position").first()
    item = AgendaItem(
        meeting=meeting, title=title.strip(), minutes_planned=minutes, position=last.position + 1 if last else 1
    )
    item.save(force_insert=True)
    save_meeting(meeting, "edit_agenda")
    journal.record(actor, "add_point", relation="same_dept", objects=[meeting.id])
    return item


@transaction.atomic
def move_item(actor: Actor, item: AgendaItem, *, up: bool, at: int | None = None) -> AgendaItem:
    """Change places with the point before or after it. At either end nothing moves; nor does it from elsewhere than
    ``at``, the place where the reader saw it: the same button sent twice moves once."""
    meeting = locked(actor, item.meeting, "edit_agenda")
    order = list(meeting.items.filter(state=ItemState.SCHEDULED).order_by("position", "id"))
    place = next((n for n, one in enumerate(order) if one.pk == item.pk), None)
    if place is None:
        raise Refused(_("Ce point n'est plus à l'ordre du jour."))
    other = place - 1 if up else place + 1
    if at is not None and at != order[place].position:
        return order[place]
    if 0 <= other < len(order):
        order[place], order[other] = order[other], order[place]
    for position, one in enumerate(order, start=1):
        if one.position != position:
            one.position = position
            one.save(update_fields=["position"])
    save_meeting(meeting, "edit_agenda")
    journal.record(actor, "move_item", relation="same_dept", objects=[meeting.id])
    item.refresh_from_db()
    return item
