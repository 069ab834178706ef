"""The minutes: generated from what was recorded, corrected paragraph by paragraph, signed."""

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from jalon import journal
from jalon.access import Actor, Refused
from jalon.commissions import access, reads
from jalon.commissions.models import Meeting, Minutes
from jalon.config import clock
from jalon.journal.anchors import paper_code
from jalon.ui.errors import Conflict, at_field

from .common import locked, save_meeting, state_key


@transaction.atomic
def generate_minutes(actor: Actor, meeting: Meeting) -> Minutes:
    """Write the text again from attendance, opinions and postponements: numbers and outcomes only, no reason, no name
    of a person accompanied. What was corrected by hand is replaced."""
    meeting = locked(actor, meeting, "generate_minutes")
    minutes = Minutes.objects.select_for_update().filter(meeting=meeting).first() or Minutes(meeting=meeting)
    _unsigned(minutes)
    minutes.generated_at = clock.now()
    minutes.seal(reads.minutes_text(meeting), state_key(meeting.id))
    minutes.save()
    _trace(actor, "generate_minutes", meeting, minutes)
    return minutes


@transaction.atomic
def edit_minutes(
    actor: Actor, meeting: Meeting, *, paragraphs: Mapping[str, str], revision: int | None = None
) -> Minutes:
    """Correct paragraphs, by key (``head``, ``foot``, or the id of a point)."""
    meeting = locked(actor, meeting, "edit_minutes")
    minutes = Minutes.objects.select_for_update().filter(meeting=meeting).first()
    if minutes is None:
        raise Refused(_("Écrivez d'abord le procès-verbal."))
    _unsigned(minutes)
    data = minutes.unseal()
    if revision is not None and revision != minutes.revision:
        theirs = {paragraph["key"]: paragraph["text"] for paragraph in data["paragraphs"]}
        raise Conflict(_("Le procès-verbal a été modifié entre-temps."), theirs=theirs, revision=minutes.revision)
    known = {paragraph["key"] for paragraph in data["paragraphs"]}
    for key, text in paragraphs.items():
        if key not in known:
            raise at_field("paragraphs", _("Ce paragraphe n'existe pas."))
        if not text.strip():
            raise at_field(key, _("Ce paragraphe ne peut pas être vide."))
    for paragraph in data["paragraphs"]:
        paragraph["text"] = paragraphs.get(paragraph["key"], paragraph["text"]).strip()
    minutes.seal(data, state_key(meeting.id))
    minutes.save()
    _trace(actor, "edit_minutes", meeting, minutes)
    return minutes


@transaction.atomic
def sign_minutes(actor: Actor, meeting: Meeting, *, revision: int | None = None) -> Minutes:
    """Sign the minutes: their digest is kept, and the trail's anchor of that moment is printed at their foot.

    ``revision``: that of the text that was on the page.
    """
    return _sign(actor, meeting, "sign_minutes", revision)


@transaction.atomic
def sign_failure(actor: Actor, meeting: Meeting, *, revision: int | None = None) -> Minutes:
    """Sign the minutes of a meeting that had no quorum."""
    return _sign(actor, meeting, "sign_failure", revision)


def _unsigned(minutes: Minutes | None) -> None:
    if minutes is not None and minutes.signed_at is not None:
        raise Refused(_("Le procès-verbal est signé : il ne change plus."))


def _sign(actor: Actor, meeting: Meeting, verb: str, revision: int | None) -> Minutes:
    meeting = locked(actor, meeting, verb)
    access.require_step_up(actor)
    minutes = Minutes.objects.select_for_update().filter(meeting=meeting).first()
    _unsigned(minutes)
    if revision is not None and minutes is not None and revision != minutes.revision:
        raise Conflict(
            _("Le procès-verbal a été modifié entre-temps : relisez-le avant de signer."),
            back=reverse("commissions:minutes", args=[meeting.id]),
        )
    if minutes is None:
        minutes = generate_minutes(actor, meeting)
    data = minutes.unseal()
    data["anchor"] = paper_code()
    minutes.seal(data, state_key(meeting.id))
    minutes.digest = digest(data)
    minutes.signed_at = clock.now()
    minutes.signed_by_id = actor.user_id
    minutes.save()
    save_meeting(meeting, verb)
    _trace(actor, verb, meeting, minutes, conditions=["stepup"])
    return minutes


def digest(data: Mapping[str, Any]) -> str:
    """SHA-256 of the text as it was signed."""
    text = json.dumps(data, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def _trace(
    actor: Actor, verb: str, meeting: Meeting, minutes: Minutes, conditions: tuple[str, ...] | list[str] = ()
) -> None:
    journal.record(
        actor,
        verb,
        compartment="C13",
        relation="same_dept",
        conditions=conditions,
        objects=[meeting.id],
        sealed=[minutes],
    )
