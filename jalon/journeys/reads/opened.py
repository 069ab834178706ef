"""What one actor may see of a dossier's rights, and the lanes that they draw."""

from typing import NamedTuple

from django.utils.translation import gettext as _

from jalon.access import Actor
from jalon.journeys import wording
from jalon.people import access as people
from jalon.people.models import Dossier
from jalon.ui import timeline

from .aid import Afis, afis
from .pathway import Pathway, clock
from .stay import Residence, nationality, residence_of


class Rights(NamedTuple):
    """What one actor may see of a dossier's rights: None for a part that is hidden by the rules of access."""

    pathway: Pathway
    afis: Afis | None
    residence: Residence | None


def rights(dossier: Dossier, actor: Actor) -> Rights:
    """Periods, permits and aid, each only when the matrix opens its compartment to the actor."""
    pathway = clock(dossier)
    aid = afis(dossier, pathway.today) if people.can(actor, dossier, "C8", "read") else None
    stay = None
    if people.can(actor, dossier, "C7", "read"):
        known = people.can(actor, dossier, "C1", "read")
        stay = residence_of(pathway, nationality(dossier) if known else "")
    return Rights(pathway, aid, stay)


def lanes(shown: Rights) -> list[timeline.Lane]:
    """The lanes séjour and AFIS of the clock; the caller adds its own (emploi, hébergement…)."""
    found = []
    if shown.residence is not None:
        bars = [
            timeline.Bar(one.row.issued_on, one.end, wording.short_kind(one.row.kind))
            for one in shown.residence.documents
            if one.row.issued_on and one.end
        ]
        law = shown.residence.law
        holes = [timeline.Bar(hole.start, hole.end, "", "gap") for hole in law.cover_holes] if law else []
        found.append(timeline.Lane(_("Séjour"), [*bars, *holes]))
    if shown.afis is not None and shown.afis.months:
        points = [
            timeline.Point(month.paid_on or month.row.due_on, "", "full" if month.paid_on else "hollow")
            for month in shown.afis.months
        ]
        found.append(timeline.Lane(_("AFIS"), (), points))
    return found
