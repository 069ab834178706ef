"""The orientations of a worker's persons, and one of them: unsealed for who reads the follow-up (C11)."""

from typing import Any, NamedTuple

from django.core.paginator import Page
from django.utils.translation import gettext as _

from jalon.access import Actor
from jalon.config import clock
from jalon.people import access as people
from jalon.people import reads as persons
from jalon.people.models import Dossier
from jalon.ui import html, paging
from jalon.vault import keys

from .. import access
from ..models import Orientation, Service
from ..states import OPEN, ORIENTATION, REFUSALS, STOPS, TELLABLE, OrientationState

MOST = 200  # choices of a list to choose from
REMIND, EXPIRE = 10, 30  # days after sending
TONES = {"sent": "info", "waiting": "warn", "accepted": "ok", "attended": "ok"}
# The order in which the forms are offered.
VERBS = ("agree", "send", "accept", "wait", "refuse", "attend", "drop")


class OrientationPage(NamedTuple):
    row: Orientation
    who: str
    service: Service | None
    name: str
    state: Any
    lines: list[html.Row]
    verbs: list[str]
    late: bool


def chosen(actor: Actor) -> list[tuple[str, str]]:
    """The persons to whom this actor may propose a service: id and the word for each on her screen."""
    rows = persons.scope(actor).order_by("number")[:MOST]
    mine = [row for row in rows if people.can(actor, row, "C11", "create")]
    return [(row.pk, persons.name(actor, row)) for row in mine]


def orientations(actor: Actor, dossier_id: str = "", number: int = 1) -> Page:
    """What runs for the persons of this actor, the oldest first, a page; of one of them, what has ended too."""
    scope = persons.scope(actor).filter(pk=dossier_id) if dossier_id else persons.scope(actor)
    mine = {row.pk: row for row in scope if people.can(actor, row, "C11", "read")}
    rows = Orientation.objects.filter(dossier__in=list(mine))
    if not dossier_id:
        rows = rows.filter(state__in=OPEN)

    def shape(row: Any) -> dict[str, Any]:
        return {
            "id": row.pk,
            "dossier": mine[row.dossier_id],
            "who": persons.name(actor, mine[row.dossier_id]),
            "name": row.unseal(row.key_G4).get("name", ""),
            "state": standing(row),
            "prepared_on": row.prepared_on,
            "sent_on": row.sent_on,
        }

    return paging.page(keys.with_key(rows.order_by("prepared_on", "pk"), "G4", owner="dossier_id"), number, shape)


def waited(row: Orientation) -> int:
    """Days without an answer; 0 when none is waited for."""
    if row.state != OrientationState.SENT or row.sent_on is None:
        return 0
    return (clock.today() - row.sent_on).days


def standing(row: Orientation) -> Any:
    """Its state, and whether the structure is to be asked again: computed, never stored."""
    days = waited(row)
    if days >= EXPIRE:
        return html.state("danger", _("sans réponse depuis %(days)d jours") % {"days": days})
    if days >= REMIND:
        return html.state("warn", _("à relancer : %(days)d jours") % {"days": days})
    return html.state(TONES.get(row.state, "neutral"), OrientationState(row.state).label)


def orientation(actor: Actor, row: Orientation, dossier: Dossier) -> OrientationPage:
    """One orientation with what may be done next."""
    data = row.unseal()
    told = ", ".join(str(TELLABLE[code]) for code in data.get("told", ()) if code in TELLABLE)
    reason = REFUSALS.get(data.get("reason", "")) or STOPS.get(data.get("reason", ""))
    lines = (
        (_("Préparée le"), html.day(row.prepared_on)),
        (_("La structure sait"), told or (_("rien d'elle") if row.state != OrientationState.PREPARED else "")),
        (_("Envoyée le"), html.day(row.sent_on)),
        (_("Réponse le"), html.day(row.answered_on)),
        (_("Rendez-vous ou attente jusqu'au"), html.day(row.next_on)),
        (_("Raison"), str(reason or "")),
        (_("Ce qui rendrait possible"), data.get("possible_if", "")),
        (_("À retenir"), data.get("note", "")),
    )
    can = people.can(actor, dossier, "C11", "edit")
    named = persons.scope(actor).filter(pk=dossier.pk).first()
    return OrientationPage(
        row=row,
        who=persons.name(actor, named) if named else dossier.number,
        service=access.services_visible_to(actor).filter(pk=data.get("service", "")).first(),
        name=data.get("name", ""),
        state=standing(row),
        lines=[html.Row(label, value) for label, value in lines if value],
        verbs=[verb for verb in VERBS if can and ORIENTATION.allows(row.state, verb)],
        late=waited(row) >= EXPIRE,
    )


def need_of(service: Service | None) -> str:
    """The first need of a service, to look for the next one."""
    return service.needs.strip("|").split("|")[0].split("--")[0] if service else ""
