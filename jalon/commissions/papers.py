"""The papers of the commission: their fields, what fills them, who may have them."""

from collections.abc import Collection, Sequence
from datetime import date, time
from pathlib import Path
from typing import Any

from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from jalon import papers
from jalon.access import Actor, Hidden, Refused, Role
from jalon.directory.authorities import authority, named_on
from jalon.dossiers.models import Application
from jalon.dossiers.papers import open_sections
from jalon.papers import maybe, one_of
from jalon.papers.actions import Made, make_paper
from jalon.vault.errors import KeyMissing

from . import access, reads
from .models import AgendaItem, Attendance, Meeting, Minutes, Opinion, Recusal
from .states import ItemState, MeetingKind, Outcome

HERE = Path(__file__).parent / "templates/commissions/papers"

MINUTES = papers.register(
    "minutes",
    1,
    HERE / "minutes-1.typ",
    {
        "authority": str,
        "on": date,
        "head": str,
        "points": [str],
        "foot": str,
        "signed_on": maybe(date),
        "signatory": str,
        "digest": str,
        "anchor": str,
        "annex": maybe(
            [
                {
                    "position": int,
                    "dossier": str,
                    "request": str,
                    "association": str,
                    "outcome": str,
                    "recused": str,
                    "reasons": str,
                }
            ]
        ),
    },
)
CONVOCATION = papers.register(
    "convocation",
    1,
    HERE / "convocation-1.typ",
    {
        "authority": str,
        "on": date,
        "at": str,
        "moved_from": maybe(date),
        "told_on": date,
        "place": str,
        "kind": one_of(frozenset(MeetingKind.values)),
        "convened_on": date,
        "closes_on": date,
        "urgent": bool,
        "second": bool,
        "recipients": [
            {
                "college": str,
                "organisation": str,
                "deputy": bool,
                "items": [{"position": int, "at": str, "label": str, "minutes": int}],
            }
        ],
    },
)
SHEET = papers.register(
    "reading_sheet",
    1,
    HERE / "sheet-1.typ",
    {
        "on": date,
        "position": int,
        "dossier": str,
        "kind": str,
        "received_on": date,
        "association": str,
        "lines": [{"label": str, "value": str}],
        "papers_received": int,
        "papers_expected": int,
        "summary": str,
        "goal": str,
        "steps": [{"what": str, "by": maybe(date)}],
        "achieved": str,
        "difficulties": str,
        "sections": [{"title": str, "sentences": [str]}],
        "commitments": [str],
        "opinion": str,
    },
)


def _visible(actor: Actor, meeting: Meeting) -> None:
    if not access.meetings_visible_to(actor).filter(pk=meeting.pk).exists():
        raise Hidden


# --- minutes ----------------------------------------------------------------------------------------------------
@transaction.atomic
def minutes_paper(actor: Actor, meeting: Meeting, *, annex: bool = False, copy_for: str = "") -> Made:
    """The minutes as they were signed (a draft says that it is one); with ``annex``, the nominative layer too."""
    _visible(actor, meeting)
    minutes = reads.minutes_of(meeting)
    answer = (access.annex_verdict if annex else access.minutes_verdict)(actor, meeting, minutes)
    if minutes is None or (actor.role == Role.MEM and not answer.allowed):
        raise Hidden
    access.require_answer(answer)
    return make_paper(
        actor,
        MINUTES.code,
        MINUTES.version,
        minutes_context(meeting, minutes, annex),
        about=f"{meeting.pk}:{'annex' if annex else 'text'}",
        department=meeting.department,
        compartment="C13",
        copy_for=copy_for,
    )


def minutes_context(meeting: Meeting, minutes: Minutes, annex: bool) -> dict[str, Any]:
    text = minutes.unseal()
    words = {paragraph["key"]: paragraph["text"] for paragraph in text["paragraphs"]}
    points = [paragraph["text"] for paragraph in text["paragraphs"] if paragraph["key"] not in ("head", "foot")]
    return {
        "authority": authority(meeting.department, meeting.on),
        "on": meeting.on,
        "head": words.get("head", ""),
        "points": points,
        "foot": words.get("foot", ""),
        "signed_on": minutes.signed_at.date() if minutes.signed_at else None,
        "signatory": minutes.signed_by.name if minutes.signed_by else "",
        "digest": minutes.digest,
        "anchor": text.get("anchor", ""),
        "annex": _annex(meeting) if annex else None,
    }


def _annex(meeting: Meeting) -> list[dict[str, Any]]:
    rows = access.on_agenda(meeting.items.filter(application__isnull=False))
    listed = rows.select_related("application__dossier", "application__organisation", "opinion", "meeting")
    return [_annex_row(item, item.application) for item in listed.order_by("position", "pk") if item.application]


def _annex_row(item: AgendaItem, application: Application) -> dict[str, Any]:
    opinion = getattr(item, "opinion", None)
    if opinion is not None:
        outcome = str(Outcome(opinion.outcome).label)
    else:
        outcome = str(ItemState(item.state).label)
    return {
        "position": item.position,
        "dossier": application.dossier.number,
        "request": application.receipt_number,
        "association": named_on(application.prepared_by, item.meeting.on),
        "outcome": outcome,
        "recused": ", ".join(reads.recused_names(item)),
        "reasons": _reasons(opinion),
    }


def _reasons(opinion: Opinion | None) -> str:
    """Empty once the key of the file is destroyed."""
    try:
        return str(opinion.unseal().get("reasons", "")) if opinion is not None else ""
    except KeyMissing:
        return ""


# --- convocation ------------------------------------------------------------------------------------------------
@transaction.atomic
def convocations(actor: Actor, meeting: Meeting) -> Made:
    """One page for each seat convoked; a member has her own page alone."""
    _visible(actor, meeting)
    access.require_answer(access.convocation_verdict(actor, meeting))
    rows = meeting.attendances.filter(convoked_on__isnull=False)
    own = actor.role == Role.MEM
    if own:
        rows = rows.filter(pk__in=access.convoked(actor).values("pk"))
    kept = set(rows.values_list("pk", flat=True))
    listed = [row for row in reads.attendances(meeting) if row.pk in kept]
    return make_paper(
        actor,
        CONVOCATION.code,
        CONVOCATION.version,
        convocation_context(actor, meeting, listed),
        about=f"{meeting.pk}:{actor.user_id if own else 'all'}",
        department=meeting.department,
        compartment="C13",
    )


def convocation_context(actor: Actor, meeting: Meeting, listed: Sequence[Attendance]) -> dict[str, Any]:
    known = set(access.items_visible_to(actor).filter(meeting=meeting).values_list("pk", flat=True))
    rows = access.on_agenda(meeting.items.all()).select_related("application__dossier").order_by("position", "pk")
    items = list(rows)
    recusals = list(access.in_force(Recusal.objects.filter(item__in=items)))
    at = reads.hours(meeting, items)
    return {
        "authority": authority(meeting.department, meeting.on),
        "on": meeting.on,
        "at": _hour(meeting.starts_at),
        "moved_from": meeting.moved_from,
        "told_on": meeting.moved_on or meeting.convened_on,
        "place": meeting.place,
        "kind": meeting.kind,
        "convened_on": meeting.convened_on,
        "closes_on": meeting.window_ends_on,
        "urgent": meeting.urgent,
        "second": meeting.second_convocation,
        "recipients": [
            {
                "college": row.seat.college,
                "organisation": row.organisation_label or "",  # type: ignore[attr-defined]
                "deputy": row.deputy,
                "items": [_point(item, row, recusals, known) | {"at": _hour(at.get(item.pk))} for item in items],
            }
            for row in listed
        ],
    }


def _hour(at: time | None) -> str:
    return f"{at:%H:%M}" if at else ""


def _point(item: AgendaItem, row: Attendance, recusals: Sequence[Recusal], known: Collection[str]) -> dict[str, Any]:
    """Who takes no part in a point, by this seat or by another of hers (``known``), sees no number."""
    if item.application is None:
        label = item.title
    elif item.pk not in known or access.set_aside(item, row.seat, recusals):
        label = "Point auquel vous ne prenez pas part"
    else:
        label = f"Dossier {item.application.dossier.number}"
    return {"position": item.position, "label": label, "minutes": item.minutes_planned}


# --- reading sheet ----------------------------------------------------------------------------------------------
@transaction.atomic
def reading_sheet(actor: Actor, item: AgendaItem, *, seat: str) -> Made:
    """One page for one seat, marked with it. What belongs to C3–C6, C9 and C11 stays on the screen."""
    if not access.items_visible_to(actor).filter(pk=item.pk).exists():
        raise Hidden
    access.require_answer(access.sheet_verdict(actor, item))
    row = item.meeting.attendances.select_related("seat__user", "seat__deputy").filter(seat=seat).first()
    if row is None or seat not in dict(reads.taking_part(item)):
        raise Refused(_("Ce siège ne prend pas part à ce point."))
    reader = row.seat.deputy if row.deputy else row.seat.user
    initials = reader.initials if reader else ""
    application: Application = item.application  # type: ignore[assignment]
    return make_paper(
        actor,
        SHEET.code,
        SHEET.version,
        sheet_context(item, application),
        about=f"{item.pk}:{seat}",
        dossier=application.dossier,
        department=item.meeting.department,
        compartment="C12",
        copy_for=f"MEM {initials or row.seat.college[:12]}",
    )


def sheet_context(item: AgendaItem, application: Application) -> dict[str, Any]:
    package = reads.package_of(item)
    sheet = reads.Sheet(package, "", "", False, None, None, None, 0, 0)
    report = package.get("report") or {}
    with translation.override("fr"):
        received, expected = sheet.papers
        lines = [{"label": str(row.label), "value": str(row.value)} for row in sheet.lines]
        return {
            "on": item.meeting.on,
            "position": item.position,
            "dossier": application.dossier.number,
            "kind": str(application.get_kind_display()),
            "received_on": application.submitted_on,
            "association": str(package.get("association", "")),
            "lines": lines,
            "papers_received": received,
            "papers_expected": expected,
            "summary": str(package.get("summary", "")),
            "goal": str((package.get("project") or {}).get("goal", "")),
            "steps": [{"what": str(step["what"]), "by": step["by"]} for step in sheet.steps],
            "achieved": str(report.get("achieved", "")),
            "difficulties": str(report.get("difficulties", "")),
            "sections": open_sections(package),
            "commitments": [str(text) for text in package.get("commitments") or ()],
            "opinion": str((package.get("opinion") or {}).get("reasons", "")),
        }
