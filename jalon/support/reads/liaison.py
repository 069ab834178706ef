"""The thread of one person: messages under what she agreed to share, and what they point to."""

from collections.abc import Iterable
from typing import Any, NamedTuple

from django.core.paginator import Page
from django.urls import reverse
from django.utils.translation import gettext as _

from jalon.access import Actor, Role
from jalon.config import clock
from jalon.conventions import exchange
from jalon.people import access as people
from jalon.people.models import Dossier
from jalon.ui import html, paging

from .. import access
from ..models import Appointment, LiaisonMessage, Placement, PlanStep
from ..states import PlanStepState
from .joint import Banner, banner, named

MOST = 40


class Thread(NamedTuple):
    banner: Banner
    messages: Page
    waiting: list[str]
    unseen: int
    open: bool
    # What a message may point to, for who may write: (reference, words).
    references: list[tuple[str, str]]


class Reference(NamedTuple):
    """Something that both sides already read, pointed to instead of copied."""

    key: str
    words: str
    url: str
    # Still under way: a new message may point to it. What is over is only shown where it was pointed to.
    current: bool


def references(actor: Actor, dossier: Dossier) -> dict[str, Reference]:
    """What this actor may point to, and still reads, by its key: shared steps, meetings of three, placements.

    Three statements; none for who does not read her project.
    """
    if not people.can(actor, dossier, "C10", "read") or not access.shares_project(actor, dossier):
        return {}
    key = dossier.key_G1  # type: ignore[attr-defined]
    found: list[Reference] = []
    coming = Appointment.objects.filter(dossier=dossier, with_adviser=True, cancelled_at=None).order_by("-at")[:MOST]
    for meeting in coming:
        words = f"{meeting.unseal(key).get('title', '')}, {html.moment(meeting.at)}"
        here = meeting.at >= clock.now()
        found.append(Reference(f"a:{meeting.pk}", words, reverse("support:appointments", args=[dossier.pk]), here))
    steps = PlanStep.objects.filter(dossier=dossier, shared=True).exclude(state=PlanStepState.DROPPED)[:MOST]
    for step in steps:
        words = _("Étape : %(text)s") % {"text": step.unseal(key).get("text", "")}
        here = step.state == PlanStepState.TODO
        found.append(Reference(f"s:{step.pk}", words, reverse("support:plan", args=[dossier.pk]), here))
    for placement in Placement.objects.filter(dossier=dossier).order_by("-starts_on")[:MOST]:
        words = f"{placement.get_kind_display().capitalize()} : {placement.unseal(key).get('title', '')}"
        here = placement.ends_on is None or placement.ends_on >= clock.today()
        found.append(Reference(f"p:{placement.pk}", words, reverse("support:placements", args=[dossier.pk]), here))
    return {one.key: one for one in found}


def messages(actor: Actor, dossier: Dossier, known: dict[str, Reference], number: int = 1) -> Page:
    """A page of messages, the oldest first, each with where it stands; the last ones are the first page."""
    rows = LiaisonMessage.objects.filter(dossier=dossier).select_related("author", "answered_by")
    own, today = actor.role == Role.EMP, clock.today()

    def shape(row: LiaisonMessage) -> dict[str, Any]:
        mine = row.from_agency == own
        data = row.unseal(dossier.key_G1)  # type: ignore[attr-defined]
        return {
            "id": row.pk,
            "text": data.get("text", ""),
            "references": _pointed(data.get("references", []), known),
            "author": named(dossier, row.author),
            "at": row.sent_at,
            "mine": mine,
            "state": exchange.where(row, mine, today),
            "can_close": mine and row.answered_by_id is not None and row.closed_at is None,
        }

    found = paging.page(rows.order_by("-sent_at", "-pk"), number, shape)
    found.object_list.reverse()
    return found


def _pointed(keys: Iterable[str], known: dict[str, Reference]) -> list[Reference]:
    """What the reader may still read of what a message points to."""
    return [known[key] for key in keys if key in known]


def thread(actor: Actor, dossier: Dossier, number: int = 1) -> Thread:
    """The thread under its banner. Without a share in force it is read only."""
    about = banner(actor, dossier)
    known = references(actor, dossier)
    listed = messages(actor, dossier, known, number)
    waiting, unseen = exchange.owed(LiaisonMessage.objects.filter(dossier=dossier), actor.role != Role.EMP)
    running = about.share is not None and about.withdrawn_on is None
    offered = [(one.key, one.words) for one in known.values() if one.current]
    return Thread(about, listed, waiting, unseen, running, offered)
