"""The French text of the minutes: numbers, votes and outcomes only. Pure functions; the minutes are a French act."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from django.utils import translation
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from .models import AgendaItem, Meeting, Opinion
from .states import ItemState, MeetingKind, MeetingState, Outcome


class Member(NamedTuple):
    """One line of the attendance list."""

    college: str
    organisation: str
    name: str
    presence: str
    holder: str = ""
    deputy: bool = False


def head(meeting: Meeting, members: Sequence[Member], counted: int, required: int, waived: bool) -> str:
    """Date, place, who was there and in what capacity, quorum (CRPA R.133-13)."""
    with translation.override("fr"):
        if meeting.kind == MeetingKind.WRITTEN:
            opening = _("Consultation écrite de la commission, ouverte le %(start)s et close le %(day)s.") % {
                "start": f"{meeting.convened_on or meeting.on:%d/%m/%Y}",
                "day": f"{meeting.on:%d/%m/%Y}",
            }
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
        if meeting.moved_from:
            lines.append(
                _("La séance, d'abord fixée au %(day)s, a été déplacée.") % {"day": f"{meeting.moved_from:%d/%m/%Y}"}
            )
        if meeting.state == MeetingState.FAILED:
            lines.append(_("Le quorum n'est pas atteint : la commission n'a pas délibéré. Ses dossiers sont renvoyés."))
        if waived:
            lines.append(
                _("La deuxième convocation, sur le même ordre du jour, indiquait qu'aucun quorum n'est exigé.")
            )
        return "\n".join(lines)


def _line(member: Member) -> str:
    who = " — ".join(part for part in (member.college, member.organisation, member.name) if part)
    aside = [_("en suppléance") if member.deputy else "", member.holder]
    more = ", ".join(filter(None, aside))
    return f"{capfirst(who)} : {member.presence}{f' ({more})' if more else ''}"


def paragraph(
    item: AgendaItem, opinion: Opinion | None, recused: Sequence[str], heard: Mapping[str, Any] | None = None
) -> str:
    """One point: its number, who was heard (in general words), its outcome, the votes, who took no part."""
    with translation.override("fr"):
        if item.application is None:
            return _("Point %(n)d. %(title)s.") % {"n": item.position, "title": item.title.rstrip(".")}
        number = item.application.dossier.number
        start = _("Point %(n)d, dossier %(number)s.") % {"n": item.position, "number": number}
        aside = ngettext(
            " N'a pas pris part à la délibération : %(names)s.",
            " N'ont pas pris part à la délibération : %(names)s.",
            len(recused),
        ) % {"names": ", ".join(recused)}
        return f"{start} {_heard(heard or {})}{_outcome(item, opinion)}{aside if recused else ''}"


def _heard(heard: Mapping[str, Any]) -> str:
    """Nobody is named here: the words about others stay with the secretariat."""
    listed = [
        _("l'association qui a préparé la demande") if heard.get("association") else "",
        _("la personne, à sa demande") if heard.get("person") else "",
        _("des personnes extérieures, sur décision de la présidence") if heard.get("others") else "",
    ]
    who = " ; ".join(filter(None, listed))
    return _("Entendus sans prendre part au vote : %(who)s. ") % {"who": who} if who else ""


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
