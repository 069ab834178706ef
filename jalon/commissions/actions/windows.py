"""The window of a meeting: the session's copies of the packages, their key and its end."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta

from django.db import transaction

from jalon import journal
from jalon.access import SYSTEM
from jalon.commissions import access
from jalon.commissions.models import AgendaItem, Meeting, Recusal
from jalon.commissions.states import VOID, ItemState
from jalon.config import clock
from jalon.dossiers import actions as dossiers
from jalon.dossiers.models import SessionCopy
from jalon.people.models import Dossier
from jalon.vault import keys

from .common import live_copies


def open_window(meeting: Meeting, item: AgendaItem) -> tuple[Dossier, Sequence[SessionCopy], Sequence[SessionCopy]]:
    """Recuse who prepared the request, make the session's copy; return the copies that exist, and those gone."""
    application = item.application
    dossier = application.dossier  # type: ignore[union-attr]
    Recusal.objects.create(
        item=item,
        organisation_id=application.prepared_by,  # type: ignore[union-attr]
        by_rule=True,
        declared_at=clock.now(),
    )
    former = live_copies(dossier.pk)
    held = access.holds_in_force().filter(dossier=dossier).exists()
    if not held and not _windows_of([dossier.pk]).exclude(pk=meeting.pk).exists():
        dossiers.destroy_session_copies([dossier.pk], on=clock.today())  # the copy and the key of a former window
    dossiers.advance(application, "convene")  # makes the session's copy of the package
    end_key(dossier.pk, meeting.window_ends_on)
    copies = live_copies(dossier.pk)
    living = {copy.pk for copy in copies}
    return dossier, copies, [copy for copy in former if copy.pk not in living]


def refused_from(last: date) -> datetime:
    """Midnight in Paris after the last day."""
    return datetime.combine(last + timedelta(days=1), time.min, clock.PARIS).astimezone(UTC)


def end_key(dossier_id: str, last: date) -> int:
    """The session's key of a file lives as long as ``last``, other open windows and holds of it ask; 0: it is over."""
    windows = _windows_of([dossier_id]).values_list("window_ends_on", flat=True)
    holds = access.holds_in_force().filter(dossier=dossier_id).values_list("ends_on", flat=True)
    return keys.expire(dossier_id, "G5s", refused_from(max([last, *windows, *holds])))


def _windows_of(dossier_ids: list[str]):  # type: ignore[no-untyped-def]
    return Meeting.objects.filter(
        access.window_open(),
        items__application__dossier__in=dossier_ids,
        items__state__in=(ItemState.SCHEDULED, ItemState.OPINED),
    )


@transaction.atomic
def close_windows(today: date | None = None) -> int:
    """Destroy the session's copies whose window is over; run every night. Return how many dossiers were closed.

    Reading is refused from the day after the window whether this has run or not: by the scope and by the key's end.
    A copy that a hold keeps waits for the end of the hold, and the key of its file with it.
    """
    day = today or clock.today()
    open_copies = SessionCopy.objects.filter(destroyed_on__isnull=True)
    over = (
        Meeting.objects.filter(convened_on__isnull=False, window_ends_on__lt=day)
        | Meeting.objects.filter(convened_on__isnull=False, state__in=VOID)
    ).values("pk")
    candidates = set(
        open_copies.filter(package__application__agenda_items__meeting__in=over).values_list("dossier_id", flat=True)
    )
    running = set(_windows_of(list(candidates)).values_list("items__application__dossier_id", flat=True))
    held = set(access.holds_in_force().filter(dossier__in=candidates).values_list("dossier_id", flat=True))
    closed = sorted(candidates - running - held)
    for dossier in Dossier.objects.filter(pk__in=closed):
        copies = live_copies(dossier.pk)
        destroyed = dossiers.destroy_session_copies([dossier.pk], on=day)
        journal.record(SYSTEM, "close_window", dossier, compartment="C12", count=destroyed, gone=copies)
    return len(closed)
