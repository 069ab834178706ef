"""The text of the minutes, from what was recorded."""

from collections.abc import Iterable, Sequence
from typing import Any

from django.db.models import OuterRef

from jalon.accounts.models import User
from jalon.commissions import access, wording
from jalon.commissions.models import AgendaItem, Attendance, Meeting, Minutes, Recusal
from jalon.commissions.states import Presence
from jalon.directory.models import name_subquery
from jalon.vault import keys
from jalon.vault.errors import KeyMissing

from .sessions import agenda_rows, attendances
from .votes import quorum


def minutes_text(meeting: Meeting) -> dict[str, Any]:
    """The text of the minutes, made from what was recorded."""
    rows = attendances(meeting)
    found = quorum(meeting, rows)
    members = _members(rows)
    items = list(agenda_rows(meeting))
    recused = _recusals(items)
    paragraphs = [
        {"key": "head", "text": wording.head(meeting, members, found.counted, found.required, found.quorum_waived)}
    ]
    for item in items:
        text = wording.paragraph(item, getattr(item, "opinion", None), recused.get(item.pk, ()), heard(item))
        paragraphs.append({"key": item.pk, "text": text})
    paragraphs.append({"key": "foot", "text": wording.foot()})
    return {"paragraphs": paragraphs, "anchor": ""}


def _members(rows: Iterable[Attendance]) -> list[wording.Member]:
    """The names and capacities that the minutes must give (CRPA R.133-13), the chair first."""
    listed = list(rows)
    there = {row.seat_id: row.reader_id for row in listed if row.reader_id}
    users = User.objects.in_bulk(set(there.values()))
    slot = keys.fetch(keys.STAFF, "GS") if users else b""
    for user in users.values():
        user.profile_key = slot
    names = {seat: users[reader].name for seat, reader in there.items()}
    return [
        wording.Member(
            college=row.seat.college,
            organisation=row.organisation_label or "",  # type: ignore[attr-defined]
            name=names.get(row.seat_id, ""),
            presence=str(Presence(row.presence).label),
            holder=row.proxy_to.seat.college if row.proxy_to else "",
            deputy=row.deputy,
        )
        for row in listed
    ]


def heard(item: AgendaItem) -> dict[str, Any]:
    """Who was heard on a point; empty when nobody was, or once the key of the file is destroyed."""
    try:
        return item.unseal().get("heard", {}) if item.revision else {}
    except KeyMissing:
        return {}


def _recusals(items: Sequence[AgendaItem]) -> dict[str, list[str]]:
    if not items:
        return {}
    on = items[0].meeting.on
    rows = access.in_force(Recusal.objects.filter(item__in=items)).annotate(
        own=name_subquery(OuterRef("organisation_id"), on), of_seat=name_subquery(OuterRef("seat__organisation_id"), on)
    )
    found: dict[str, set[str]] = {}
    for row in rows:
        if name := row.own or row.of_seat:
            found.setdefault(row.item_id, set()).add(name)
    return {key: sorted(names) for key, names in found.items()}


def minutes_of(meeting: Meeting) -> Minutes | None:
    return Minutes.objects.filter(meeting=meeting).select_related("signed_by").first()
