"""What both sides share about one person: her agreement, appointments, placements."""

from datetime import date
from typing import Any, NamedTuple

from django.core.paginator import Page
from django.db.models import OuterRef, QuerySet, Value
from django.utils.translation import gettext as _

from jalon.access import Actor, Role
from jalon.accounts.models import User
from jalon.config import clock
from jalon.directory.models import name_subquery
from jalon.journeys.models import Journey
from jalon.law.landmarks import last_starts
from jalon.people import access as people
from jalon.people.models import Dossier, Share
from jalon.ui import html, paging
from jalon.vault import keys

from .. import access
from ..models import Appointment, Placement


def named(dossier: Dossier, user: User) -> str:
    user.profile_key = dossier.key_GS  # type: ignore[attr-defined]
    return user.name


# --- her agreement ----------------------------------------------------------------------------------------------
class Banner(NamedTuple):
    """What she agreed to share, with whom, since when, in which language; or when she withdrew it."""

    share: Share | None
    organisation: str
    what: list[str]
    not_shared: list[str]
    language: str
    withdrawn_on: date | None


def banner(actor: Actor, dossier: Dossier) -> Banner:
    """The latest share with the employment side: the actor's own agency, or any for the association. One statement."""
    rows = Share.objects.filter(dossier=dossier, organisation__kind="employment_agency", given_on__lte=clock.today())
    if actor.role == Role.EMP:
        rows = people.shares_in_force(actor.organisation_id).filter(dossier=dossier)
    rows = rows.annotate(agency=name_subquery(OuterRef("organisation_id"), clock.today()))
    share = rows.order_by("-given_on", "-revoked_at").first()
    if share is None:
        return Banner(None, "", [], [], "", None)
    data = share.unseal(dossier.key_G1)  # type: ignore[attr-defined]
    ended = share.revoked_at.astimezone(clock.PARIS).date() if share.revoked_at else None
    if ended is None and share.ends_on is not None and share.ends_on < clock.today():
        ended = share.ends_on
    return Banner(
        share,
        share.agency or "",
        list(data.get("what", [])),
        list(data.get("not_shared", [])),
        data.get("language", ""),
        ended,
    )


# --- appointments ---------------------------------------------------------------------------------------------
def appointments_of(actor: Actor, dossier: Dossier) -> QuerySet[Appointment]:
    """The employment side knows only the appointments to which it comes."""
    rows = Appointment.objects.filter(dossier=dossier)
    return rows.filter(with_adviser=True) if actor.role == Role.EMP else rows


def appointments(actor: Actor, dossier: Dossier, number: int = 1) -> Page:
    """The next ones first, then the past ones, the latest first: a page, which alone is unsealed. One statement."""
    now, today = clock.now(), clock.today()
    can_edit = people.can(actor, dossier, "C16", "edit")

    def shape(row: Appointment) -> dict[str, Any]:
        data = row.unseal(dossier.key_G1)  # type: ignore[attr-defined]
        on = row.at.astimezone(clock.PARIS).date()
        waiting = row.cancelled_at is None and row.attended is None
        return {
            "id": row.pk,
            "at": row.at,
            "title": data.get("title", ""),
            "place": data.get("place", ""),
            "with_adviser": row.with_adviser,
            "state": _attendance(row),
            "can_record": can_edit and waiting and on <= today,
            "can_cancel": can_edit and waiting,
            "past": row.at < now,
        }

    rows = list(appointments_of(actor, dossier).order_by("-at", "pk"))
    coming = [row for row in reversed(rows) if row.at >= now]
    return paging.page([*coming, *(row for row in rows if row.at < now)], number, shape)


def _attendance(row: Appointment) -> Any:
    if row.cancelled_at is not None:
        return html.state("neutral", _("annulé"), "cross")
    if row.attended is None:
        return ""
    return html.state("ok", _("venue")) if row.attended else html.state("neutral", _("absente"), "dash")


# --- placements -------------------------------------------------------------------------------------------------
def placements(actor: Actor, dossier: Dossier, number: int = 1) -> Page:
    """What began, the latest first: a page."""
    can_edit = people.can(actor, dossier, "C10", "edit")

    def shape(row: Placement) -> dict[str, Any]:
        data = row.unseal(dossier.key_G1)  # type: ignore[attr-defined]
        running = row.ends_on is None or row.ends_on >= clock.today()
        return {
            "id": row.pk,
            "revision": row.revision,
            "title": data.get("title", ""),
            "organisation": data.get("organisation", ""),
            "result": data.get("result", ""),
            "starts_on": row.starts_on,
            "ends_on": row.ends_on,
            "running": running,
            "kind": row.get_kind_display(),
            "can_end": can_edit and (row.ends_on is None or not data.get("result")),
        }

    return paging.page(Placement.objects.filter(dossier=dossier).order_by("-starts_on", "pk"), number, shape)


def training_limits(dossier: Dossier) -> dict[int, date]:
    """Months of a certifying training → the last day on which it may start, in a running pathway. One statement."""
    cap = Journey.objects.filter(dossier=dossier, exited_on=None).values_list("cap_on", flat=True).first()
    return last_starts(cap, clock.today()) if cap else {}


def subject(actor: Actor) -> QuerySet[Dossier]:
    """The scope with the keys and the identity that a page about one person needs."""
    rows = people.dossiers_visible_to(actor).select_related("identity")
    if actor.role != Role.EMP:
        rows = keys.with_key(rows, "G4")
    return keys.with_key(keys.with_key(rows, "G1"), "GS", Value(keys.STAFF))


def label(actor: Actor, dossier: Dossier, what: list[str] | None = None) -> str:
    """The alias where the actor may read it (for the employment side: where she shares it), else the number."""
    if not people.can(actor, dossier, "C1", "read") or not hasattr(dossier, "identity"):
        return dossier.number
    if actor.role == Role.EMP and not access.agreed(what or [], "prénom", "alias"):
        return dossier.number
    return dossier.identity.unseal(dossier.key_G1).get("alias") or dossier.number  # type: ignore[attr-defined]
