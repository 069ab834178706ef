"""Quorum and votes: what the law says of what was recorded."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from django.utils.translation import gettext as _

from jalon.commissions import access
from jalon.commissions.models import AgendaItem, Attendance, Meeting
from jalon.commissions.states import ItemState, Presence
from jalon.law import commission
from jalon.ui import html
from jalon.ui.html import Rule
from jalon.ui.rules import why

SITTING = (Presence.PRESENT, Presence.REMOTE)


def quorum(meeting: Meeting, rows: Sequence[Attendance] | None = None, *, members: int = 0) -> commission.Quorum:
    """What the law says of the attendance as it is recorded; before the convocation, of the seats in force."""
    listed = list(meeting.attendances.all()) if rows is None else list(rows)
    held: dict[str, int] = {}
    for row in listed:
        if row.presence == Presence.PROXY and row.proxy_to_id:
            held[row.proxy_to_id] = held.get(row.proxy_to_id, 0) + 1
    return commission.quorum(
        members=max(len(listed) or members, 1),
        present=sum(row.presence == Presence.PRESENT for row in listed),
        remote=sum(row.presence in (Presence.REMOTE, Presence.WRITTEN) for row in listed),
        proxies=list(held.values()),
        second_convocation=meeting.second_convocation,
        same_agenda=meeting.second_convocation and same_agenda(meeting),
        states_no_quorum=meeting.second_convocation,
    )


def same_agenda(meeting: Meeting) -> bool:
    """Does the second convocation carry the agenda of the meeting that it replaces?"""
    first = Meeting.objects.filter(replaced_by=meeting).first()
    if first is None:
        return False
    before = set(
        first.items.filter(application__isnull=False).exclude(state=ItemState.REMOVED).values_list("application")
    )
    now = set(
        meeting.items.filter(application__isnull=False).exclude(state=ItemState.REMOVED).values_list("application")
    )
    return before == now


def quorum_rules(meeting: Meeting, members: int, counted: int | None = None) -> list[Rule]:
    """Why so many members make the quorum."""
    used: dict[str, Any] = {_("Membres"): members, _("Séance du"): html.day(meeting.on)}
    if counted is not None:
        used[_("Présents ou représentés")] = counted
    ids = ("COM-2", *(["COM-3"] if meeting.second_convocation else []), "COM-6")
    return why(*ids, on=meeting.on, inputs=used)


def convocation_rules(meeting: Meeting) -> list[Rule]:
    """Why the convocation must be received by that day."""
    return why("COM-1", on=meeting.on, inputs={_("Séance du"): html.day(meeting.on)})


class VotingBase(NamedTuple):
    """Who counts on one point (COM-10): the recused stay members and take no part."""

    members: int
    present: int
    recused: int
    quorum_waived: bool

    @property
    def taking_part(self) -> int:
        return self.present - self.recused

    @property
    def rules(self) -> list[Rule]:
        """How the votes are counted."""
        used = {_("Membres"): self.members, _("Présents ou représentés"): self.present, _("Déports"): self.recused}
        return why("COM-4", "COM-5", "COM-10", "COM-11", inputs=used)


def voting_base(item: AgendaItem) -> VotingBase:
    """Members, those present or represented, those of them who are recused on this point."""
    rows = list(item.meeting.attendances.select_related("seat"))
    there = [row for row in rows if row.presence in (*SITTING, Presence.PROXY, Presence.WRITTEN)]
    recusals = list(access.in_force(item.recusals.all()))
    recused = [row for row in there if access.set_aside(item, row.seat, recusals)]
    waived = quorum(item.meeting, rows).quorum_waived
    return VotingBase(max(len(rows), 1), len(there), len(recused), waived)
