"""The French text of the minutes: numbers, votes and outcomes only. Pure functions; the minutes are a French act."""

from collections.abc import Sequence
from typing import NamedTuple

from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from .models import AgendaItem, Meeting, Opinion
from .states import ItemState, MeetingKind, Outcome


class Member(NamedTuple):
    """One line of the attendance list."""

    college: str
    organisation: str
    name: str
    presence: str
    holder: str = ""


def head(meeting: Meeting, members: Sequence[Member], counted: int, required: int, waived: bool) -> str:
    """Date, place, who was there and in what capacity, quorum (CRPA R.133-13)."""
    with translation.override("fr"):
        if meeting.kind == MeetingKind.WRITTEN:
            opening = _("Consultation écrite de la commission, close le %(day)s.") % {"day": f"{meeting.on:%d/%m/%Y}"}
        else:
            opening = _("Séance du %(day)s%(place)s.") % {
                "day": f"{meeting.on:%d/%m/%Y}",
                "place": f", {meeting.place}" if meeting.place else "",
            }
        lines = [opening, *(_line(member) for member in members)]
        if meeting.kind != MeetingKind.WRITTEN:
            lines.append(
                _("Membres présents ou représentés : %(counted)d ; quorum : %(required)d.")
                % {"counted": counted, "required": required}
            )
        if waived:
            lines.append(
                _("La deuxième convocation, sur le même ordre du jour, indiquait qu'aucun quorum n'est exigé.")
            )
        return "\n".join(lines)


def _line(member: Member) -> str:
    who = " — ".join(part for part in (member.college, member.organisation, member.name) if part)
    holder = f" ({member.holder})" if member.holder else ""
    return f"{who} : {member.presence}{holder}"


def paragraph(item: AgendaItem, opinion: Opinion | None, recused: Sequence[str]) -> str:
    """One point: its number, its outcome, the votes, who took no part."""
    with translation.override("fr"):
        if item.application is None:
            return _("Point %(n)d. %(title)s.") % {"n": item.position, "title": item.title.rstrip(".")}
        number = item.application.dossier.number
        start = _("Point %(n)d, dossier %(number)s.") % {"n": item.position, "number": number}
        aside = (
            _(" N'ont pas pris part à la délibération : %(names)s.") % {"names": ", ".join(recused)} if recused else ""
        )
        return f"{start} {_outcome(item, opinion)}{aside}"


def _outcome(item: AgendaItem, opinion: Opinion | None) -> str:
    if item.state == ItemState.POSTPONED:
        if item.postponed_to:
            return _("Point ajourné, renvoyé au %(day)s.") % {"day": f"{item.postponed_to:%d/%m/%Y}"}
        return _("Point ajourné.")
    if opinion is None:
        return _("L'avis n'a pas été enregistré.")
    sentence = {
        Outcome.FAVOURABLE: _("Avis favorable"),
        Outcome.UNFAVOURABLE: _("Avis défavorable"),
        Outcome.NONE: _("Partage des voix : la commission n'émet pas d'avis"),
    }[Outcome(opinion.outcome)]
    votes = votes_text(opinion)
    casting = _(" ; la voix de la présidence a été prépondérante") if opinion.casting_vote else ""
    return f"{sentence}{', ' + votes if votes else ''}{casting}."


def votes_text(opinion: Opinion) -> str:
    """« 9 pour, 1 abstention »; nothing when the votes were not counted."""
    if opinion.votes_for is None:
        return ""
    pour, contre, abstained = opinion.votes_for, opinion.votes_against or 0, opinion.abstentions or 0
    parts = [_("%(count)d pour") % {"count": pour}]
    if contre:
        parts.append(_("%(count)d contre") % {"count": contre})
    if abstained:
        parts.append(ngettext("%(count)d abstention", "%(count)d abstentions", abstained) % {"count": abstained})
    return ", ".join(parts)


def foot() -> str:
    with translation.override("fr"):
        return _("Ce procès-verbal porte le numéro des dossiers et le sens des avis. Il est envoyé à tous les membres.")
