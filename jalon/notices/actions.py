"""The verbs of notices. Rooms above give facts; what falls due is planned, moved, done or cancelled here."""

from collections.abc import Collection, Iterable
from datetime import date, timedelta
from typing import Any, NamedTuple, Protocol

from django.db import transaction
from django.db.models import Max, Q

from jalon import journal
from jalon.access import SYSTEM, Actor
from jalon.config import clock
from jalon.directory import reads as directory
from jalon.law import journey

from .kinds import KINDS, OUTLIVING, PASSING, RENEWAL, STAYING
from .models import Deadline, Outbox

REMINDER = "reminder:"
CATCH_UP = 7


class File(Protocol):
    """What a dossier shows of itself here."""

    id: Any
    organisation_id: Any
    department: str


class Due(NamedTuple):
    """One date to plan: ``key`` tells apart several of a kind (which period, which month). No role: the kind's."""

    kind: str
    on: date
    role: str = ""
    rule: str = ""
    key: str = ""


def _known(kinds: Iterable[str]) -> None:
    if unknown := set(kinds) - set(KINDS):
        raise ValueError(f"unknown kinds of deadline: {sorted(unknown)}")


@transaction.atomic
def plan(
    dossier: File | None,
    kind: str,
    on: date,
    *,
    role: str = "",
    rule: str = "",
    key: str = "",
    organisation_id: str = "",
    department: str = "",
    actor: Actor = SYSTEM,
) -> Deadline:
    """Make or move the deadline of this (dossier, kind, key).

    A new date opens it again; so does the same date when it was cancelled; what is done on the same date stays done.
    Without a dossier, it belongs to ``organisation_id``. With one, ``department`` is where the State owes it when that
    is not where the file is.
    """
    return plan_many(
        dossier,
        [Due(kind, on, role, rule, key)],
        organisation_id=organisation_id,
        department=department,
        actor=actor,
    )[0]


@transaction.atomic
def plan_many(
    dossier: File | None,
    dues: Iterable[Due],
    *,
    organisation_id: str = "",
    department: str = "",
    actor: Actor = SYSTEM,
) -> list[Deadline]:
    """Plan several dates at once: one query to read, one to insert, one to change."""
    dues = list(dues)
    _known(due.kind for due in dues)
    dues = [due._replace(role=due.role or KINDS[due.kind].role) for due in dues]
    owner = str(dossier.id) if dossier is not None else ""
    organisation = str(dossier.organisation_id) if dossier is not None else organisation_id
    area = department or (dossier.department if dossier is not None else "")
    scope = Q(dossier=owner) if owner else Q(dossier="", organisation_id=organisation)
    known = Deadline.objects.select_for_update().filter(scope, kind__in={due.kind for due in dues})
    kept = {(row.kind, row.key): row for row in known}
    made, moved, result = [], [], []
    for due in dues:
        row = kept.get((due.kind, due.key))
        if row is None:
            row = Deadline(
                dossier=owner, organisation_id=organisation, kind=due.kind, key=due.key, created_at=clock.now()
            )
            kept[due.kind, due.key] = row
            made.append(row)
        elif (row.on, row.role, row.department, row.rule) != (due.on, due.role, area, due.rule) or row.cancelled_on:
            moved.append(row)
        if row.on != due.on or row.cancelled_on:
            row.done_on = row.cancelled_on = None
        row.on, row.role, row.rule, row.department = due.on, due.role, due.rule, area
        result.append(row)
    Deadline.objects.bulk_create(made)
    if moved:
        fields = ["on", "role", "rule", "department", "done_on", "cancelled_on"]
        Deadline.objects.bulk_update(moved, fields)
    if made or moved:
        ids = [row.pk for row in (*made, *moved)]
        journal.record(actor, "plan_deadlines", _subject(dossier), count=len(ids), objects=ids)
    return result


@transaction.atomic
def plan_renewal(dossier: File, ends_on: date, *, key: str, actor: Actor = SYSTEM) -> list[Deadline]:
    """The end of a period (inclusive) and the internal targets before it (REN-1)."""
    on = journey.targets(ends_on)
    dues = [Due("period_end", ends_on, rule="DUR-2", key=key)]
    dues += [Due(kind, on[target], rule="REN-1", key=key) for kind, target in RENEWAL.items()]
    return plan_many(dossier, dues, actor=actor)


Keys = str | Collection[str] | None


@transaction.atomic
def complete(dossier: File | None, *kinds: str, key: Keys = None, actor: Actor = SYSTEM, **scope: str) -> int:
    """What was due is done; return how many deadlines closed. ``key``: one, several, or None for all."""
    return _close(dossier, kinds, key, "done_on", "complete_deadlines", actor, scope)


@transaction.atomic
def cancel(dossier: File | None, *kinds: str, key: Keys = None, actor: Actor = SYSTEM, **scope: str) -> int:
    """What was due is no longer; return how many deadlines closed.

    Without a kind: everything of the dossier but what outlives it (an appeal, a notification, the retention).
    """
    return _close(dossier, kinds, key, "cancelled_on", "cancel_deadlines", actor, scope)


def _close(
    dossier: File | None,
    kinds: tuple[str, ...],
    key: Keys,
    field: str,
    verb: str,
    actor: Actor,
    scope: dict[str, str],
) -> int:
    _known(kinds)
    chosen = _rows(dossier, key, scope)
    chosen &= Q(kind__in=kinds) if kinds else ~Q(kind__in=OUTLIVING)
    open_ones = Deadline.objects.select_for_update().filter(chosen, done_on=None, cancelled_on=None)
    ids = list(open_ones.values_list("pk", flat=True))
    if ids:
        Deadline.objects.filter(pk__in=ids).update(**{field: clock.today()})
        journal.record(actor, verb, _subject(dossier), count=len(ids), objects=ids)
    return len(ids)


def _rows(dossier: File | None, key: Keys, scope: dict[str, str]) -> Q:
    """The rows of a dossier, of an organisation, or of nobody's dossier under a key (a meeting, a seat)."""
    if dossier is not None:
        chosen = Q(dossier=str(dossier.id))
    elif scope.get("organisation_id"):
        chosen = Q(dossier="", organisation_id=scope["organisation_id"])
    elif key:
        chosen = Q(dossier="")
    else:
        raise ValueError("a deadline belongs to a dossier or to an organisation")
    if key is not None:
        chosen &= Q(key__in=[key] if isinstance(key, str) else list(key))
    return chosen


@transaction.atomic
def reopen_renewal(dossier: File, *kinds: str, actor: Actor = SYSTEM) -> int:
    """What was done for the renewal of the running period is undone: a meeting cancelled, a request withdrawn.

    Return how many targets are due again; none when no period runs.
    """
    running = Deadline.objects.filter(dossier=str(dossier.id), kind="period_end", done_on=None, cancelled_on=None)
    key = running.order_by("-on").values_list("key", flat=True).first()
    rows = Deadline.objects.select_for_update().filter(dossier=str(dossier.id), kind__in=kinds, key=key)
    ids = list(rows.exclude(done_on=None).values_list("pk", flat=True)) if key is not None else []
    if ids:
        Deadline.objects.filter(pk__in=ids).update(done_on=None)
        journal.record(actor, "reopen_deadlines", _subject(dossier), count=len(ids), objects=ids)
    return len(ids)


def _subject(dossier: File | None) -> Any:
    return dossier if getattr(dossier, "audit_salt", None) else None


@transaction.atomic
def moved(dossier: File, *, actor: Actor = SYSTEM) -> int:
    """The dossier has another holder or department: its open deadlines follow it, save what the State owes there."""
    rows = Deadline.objects.filter(dossier=str(dossier.id), done_on=None, cancelled_on=None)
    count = rows.update(organisation_id=dossier.organisation_id)
    rows.exclude(kind__in=STAYING).update(department=dossier.department)
    if count:
        journal.record(actor, "move_deadlines", _subject(dossier), count=count)
    return count


@transaction.atomic
def let_pass(scope: Q | None = None) -> list[str]:
    """Close what only had a day, once it is over (an appeal limit, a mandate): it is not late, it is past.

    ``scope``: among these rows only. Return the dossiers concerned, whose next date has changed.
    """
    past = Deadline.objects.select_for_update().filter(scope or Q(), kind__in=PASSING, on__lt=clock.today())
    rows = list(past.filter(done_on=None, cancelled_on=None).values_list("pk", "dossier"))
    ids = [pk for pk, _dossier in rows]
    if ids:
        Deadline.objects.filter(pk__in=ids).update(done_on=clock.today())
        journal.record(SYSTEM, "complete_deadlines", count=len(ids), objects=ids)
    return sorted({dossier for _pk, dossier in rows} - {""})


@transaction.atomic
def queue(recipient_id: str, template: str, reason: str, *, actor: Actor = SYSTEM) -> bool:
    """A content-free message to one account, once for one reason; it leaves by ``send_notices``, after the act."""
    _row, made = Outbox.objects.get_or_create(
        recipient_id=recipient_id,
        template=template,
        reason=reason,
        defaults={"queued_at": clock.now(), "next_try_at": clock.now()},
    )
    if made:
        journal.record(actor, "queue_message", objects=[recipient_id])
    return made


def forget_messages_of(user: Any, **_sent: Any) -> None:
    """An account is closed: what waited to leave for it does not leave (sent in the transaction that closes it)."""
    Outbox.objects.filter(recipient=user, sent_at=None).delete()


@transaction.atomic
def remind(recipients: Any = None) -> int:
    """Queue the reminders due since the last run: one message a person a day, however many deadlines there are.

    ``recipients(deadline) -> user ids`` says who is told (a room above knows the referent); by default, everyone who
    holds the deadline's role in its organisation or, for the State's roles, in its department. Days without a run
    (a stopped server) are caught up, a week at most.
    """
    today = clock.today()
    missed = [today - timedelta(days=back) for back in range(_days_since_last_run(today))]
    wanted = {day + timedelta(days=before) for day in missed for kind in KINDS.values() for before in kind.remind}
    find = recipients or holders()
    told: set[str] = set()
    due = Deadline.objects.filter(done_on=None, cancelled_on=None, on__in=wanted)
    for deadline in due.iterator(chunk_size=500):
        if any((deadline.on - day).days in KINDS[deadline.kind].remind for day in missed):
            told.update(find(deadline))
    return sum(queue(user_id, "task", f"{REMINDER}{today.isoformat()}") for user_id in sorted(told))


def _days_since_last_run(today: date) -> int:
    last = Outbox.objects.filter(reason__startswith=REMINDER).aggregate(last=Max("reason"))["last"]
    if last is None:
        return 1
    return min(max((today - date.fromisoformat(last.removeprefix(REMINDER))).days, 1), CATCH_UP)


def holders() -> Any:
    """``find(deadline)``: everyone who holds its role in its organisation or, for the State, in its department."""
    known: dict[tuple[str, str], list[str]] = {}

    def find(deadline: Deadline) -> list[str]:
        state = deadline.role in {"SEC", "PRE", "ETR", "MEM"}
        place = deadline.department if state else deadline.organisation_id
        if (deadline.role, place) not in known:
            if state:
                users = [row.user_id for row in directory.holders(deadline.role, place)]
            else:
                users = [user.pk for user in directory.people_in(place, deadline.role)]
            known[deadline.role, place] = users
        return known[deadline.role, place]

    return find
