"""A session's copy kept past its window: why, by whom, and who has read it since."""

from datetime import date, datetime
from typing import NamedTuple

from django.core.paginator import Page

from jalon import journal
from jalon.access import Actor
from jalon.commissions import access
from jalon.commissions.models import AgendaItem, CopyHold
from jalon.directory import reads as directory
from jalon.journal.models import Entry
from jalon.people import wall
from jalon.ui import paging

MOST = 50


class Held(NamedTuple):
    """One hold for the lists: where it leads, which file, until when, whether a second person is awaited."""

    item: str
    number: str
    held_until: date
    waiting: bool


class ReadOf(NamedTuple):
    at: datetime
    who: str


class HoldPage(NamedTuple):
    hold: CopyHold
    reason: str
    read: list[ReadOf]

    @property
    def held_until(self) -> date:
        return self.hold.ends_on


def copies_held(actor: Actor, meeting_id: str = "", number: int = 1) -> Page:
    """The copies kept in the department, or of one meeting, a page; the first to end first."""
    rows = access.holds_visible_to(actor).select_related("dossier", "copy__package")
    items = AgendaItem.objects.filter(application__dossier__copy_holds__in=rows, opinion__isnull=False)
    items = items.filter(application__department=actor.department)
    if meeting_id:
        items = items.filter(meeting=meeting_id)
    points = dict(items.order_by("meeting__on").values_list("application_id", "pk"))
    rows = rows.filter(copy__package__application__in=points).order_by("ends_on", "dossier__number", "pk")

    def held(row: CopyHold) -> Held:
        point = points[row.copy.package.application_id or ""]
        return Held(point, row.dossier.number, row.ends_on, row.confirmed_at is None)

    return paging.page(rows, number, held)


def hold_page(item: AgendaItem) -> HoldPage | None:
    """What keeps this point's copy, and who has read it since, the latest first."""
    rows = access.waiting_holds().filter(copy__package__application=item.application)
    hold = rows.select_related("placed_by", "confirmed_by").first()
    if hold is None:
        return None
    subject = journal.subject_ref(item.application.dossier)  # type: ignore[union-attr]
    read = Entry.objects.filter(subject=subject, verb="read_held_copy", at__gte=hold.placed_at).order_by("-seq")[:MOST]
    names = {pk: user.name for pk, user in directory.users_named(sorted({row.actor for row in read})).items()}
    with wall.beyond():  # the file may be another house's since, and its keys with it
        reason = hold.unseal()["reason"]
    return HoldPage(hold, reason, [ReadOf(row.at, names.get(row.actor, "")) for row in read])
