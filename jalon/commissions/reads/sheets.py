"""The reading sheet: the package of one point, as a member reads it."""

from collections.abc import Mapping
from datetime import date
from typing import Any, NamedTuple

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from jalon.access import Actor, Role
from jalon.commissions import access
from jalon.commissions.models import AgendaItem, Reading
from jalon.commissions.states import ItemState
from jalon.dossiers import package, parts
from jalon.dossiers import reads as dossiers
from jalon.people import countries, languages
from jalon.ui.html import Row
from jalon.vault.errors import KeyMissing


class Sheet(NamedTuple):
    """The reading sheet of one point: the package's words, the member's own note."""

    package: Mapping[str, Any]
    note: str
    wish: str
    read: bool
    previous: AgendaItem | None
    following: AgendaItem | None
    next_unread: AgendaItem | None
    place: int
    total: int

    @property
    def lines(self) -> list[Row]:
        """Who she is in a few facts, and what is asked, in one line each."""
        person, asked = self.package.get("person") or {}, self.package.get("requests") or {}
        age, children = person.get("age"), person.get("children") or 0
        spoken = [languages.name(code) for code in person.get("languages") or ()]
        senses = dict(parts.OPINIONS)
        facts = [
            _("%(age)s ans") % {"age": age} if age else "",
            ngettext("%(count)d enfant", "%(count)d enfants", children) % {"count": children} if children else "",
            countries.name(person.get("nationality") or "") if person.get("nationality") else "",
            _("parle %(languages)s") % {"languages": ", ".join(spoken)} if spoken else "",
            _french(person.get("french_level") or ""),
        ]
        wanted = [
            _("autorisation de séjour") if asked.get("aps") else "",
            _("AFIS") if asked.get("afis") else "",
            _("priorité d'hébergement") if asked.get("housing") else "",
        ]
        if asked.get("afis") and asked.get("children"):
            count = asked["children"]
            wanted[1] = ngettext("AFIS avec %(count)d enfant", "AFIS avec %(count)d enfants", count) % {"count": count}
        return [
            Row(_("La personne"), " · ".join(filter(None, facts))),
            Row(_("Demandes liées"), ", ".join(filter(None, wanted)) or _("aucune")),
            Row(
                _("Avis de l'association"),
                senses.get((self.package.get("opinion") or {}).get("sense", ""), ""),
            ),
        ]

    @property
    def papers(self) -> tuple[int, int]:
        """Papers received, papers expected."""
        listed = [piece for piece in self.package.get("pieces") or () if piece.get("state") != "waived"]
        return sum(piece.get("state") == "received" for piece in listed), len(listed)

    @property
    def steps(self) -> list[dict[str, Any]]:
        """The steps of the project, each with its day when it has one."""
        rows = (self.package.get("project") or {}).get("steps") or ()
        return [{**row, "by": date.fromisoformat(row["by"]) if row.get("by") else None} for row in rows]

    @property
    def sections(self) -> list[dict[str, Any]]:
        """The sentences chosen with the person, by subject; not those that repeat a fact the sheet already gives."""
        listed, already = self.package.get("sentences") or {}, package.repeated(self.package)
        shown = {
            part: [line for line in listed[part.code] if line not in already]
            for part in parts.PARTS
            if part.code in listed
        }
        return [{"title": str(part.label), "sentences": lines} for part, lines in shown.items() if lines]


def _french(level: str) -> str:
    """The level of French in words: « français A2 : conversation simple »."""
    words = str(languages.FRENCH_LEVELS.get(level, level))
    return words if level in ("", "none") else _("français %(level)s") % {"level": words}


def sheet(actor: Actor, item: AgendaItem) -> Sheet:
    """One page: what the association wrote for the commission, and what the member noted for herself."""
    rows = list(
        access.items_visible_to(actor)
        .filter(meeting=item.meeting_id, application__isnull=False)
        .exclude(state=ItemState.POSTPONED)
        .order_by("position", "pk")
    )
    place = next((n for n, row in enumerate(rows) if row.pk == item.pk), 0)
    own = Reading.objects.filter(item=item, user_id=actor.user_id).first() if actor.role == Role.MEM else None
    done = set(Reading.objects.filter(item__in=rows, user_id=actor.user_id).values_list("item_id", flat=True))
    words = own.unseal() if own else {}
    return Sheet(
        package=package_of(item),
        note=words.get("note", ""),
        wish=words.get("wish", ""),
        read=own is not None,
        previous=rows[place - 1] if place else None,
        following=rows[place + 1] if place + 1 < len(rows) else None,
        next_unread=next((row for row in [*rows[place + 1 :], *rows[:place]] if row.pk not in done), None),
        place=place + 1,
        total=len(rows),
    )


def package_of(item: AgendaItem) -> Mapping[str, Any]:
    """The session's copy of the package; empty when its key is gone."""
    try:
        return dossiers.session_copy_for(item.application) if item.application else {}
    except KeyMissing:
        return {}
