"""States of an accreditation. None is stored: the dates of what was done and the law give the state of a day.

Time alone moves three of them: the file deemed complete (AGR-1), the tacit approval (AGR-2), the end of three years
(AGR-3). A verb is judged on the state of its day.
"""

from datetime import date
from typing import Protocol

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from jalon.access.machine import Machine, step
from jalon.law.accreditation import Accreditation as Computed


class AppealKind(TextChoices):
    GRACIOUS = "gracious", _("gracieux")
    HIERARCHICAL = "hierarchical", _("hiérarchique")
    COURT = "court", _("contentieux")


class AppealOutcome(TextChoices):
    REJECTED = "rejected", _("rejeté")
    GRANTED = "granted", _("accueilli")
    WITHDRAWN = "withdrawn", _("désistement")


class AccreditationState(TextChoices):
    DRAFT = "draft", _("en préparation")
    REQUESTED = "requested", _("envoyée")
    RECEIVED = "received", _("reçue")
    INCOMPLETE = "incomplete", _("à compléter")
    COMPLETE = "complete", _("complète")
    IN_FORCE = "in_force", _("en vigueur")
    OBSERVATIONS = "observations", _("retrait envisagé")
    ENDED = "ended", _("échu")
    REFUSED = "refused", _("refusé")
    WITHDRAWN = "withdrawn", _("agrément retiré")
    ABANDONED = "abandoned", _("abandonnée")


S = AccreditationState

ACCREDITATION = Machine(
    dict(S.choices),
    # The association prepares and sends.
    step("edit_accreditation_request", [S.DRAFT], None, "MGR"),
    step("add_accreditation_piece", [S.DRAFT], None, "MGR"),
    step("remove_accreditation_piece", [S.DRAFT], None, "MGR"),
    step("request_accreditation", [S.DRAFT], S.REQUESTED, "MGR", requires="who signs, the pieces of the text, step-up"),
    step("answer_accreditation_piece", [S.INCOMPLETE], None, "MGR"),
    step("finish_answers", [S.INCOMPLETE], S.RECEIVED, "MGR", requires="the last piece that was asked has come"),
    step(
        "abandon_accreditation_request",
        [S.DRAFT, S.REQUESTED, S.RECEIVED, S.INCOMPLETE, S.COMPLETE],
        S.ABANDONED,
        "MGR",
    ),
    # The secretariat receives and completes.
    step("receive_accreditation", [S.REQUESTED], S.RECEIVED, "SEC"),
    step("ask_for_accreditation_piece", [S.RECEIVED, S.INCOMPLETE], S.INCOMPLETE, "SEC"),
    step("declare_accreditation_complete", [S.RECEIVED, S.INCOMPLETE], S.COMPLETE, "SEC"),
    step("draft_accreditation_decision", [S.COMPLETE, S.INCOMPLETE, S.OBSERVATIONS], None, "SEC", "PRE"),
    # The préfet decides.
    step("grant_accreditation", [S.COMPLETE], S.IN_FORCE, "PRE", requires="step-up"),
    step(
        "refuse_accreditation",
        [S.COMPLETE, S.INCOMPLETE],
        S.REFUSED,
        "PRE",
        requires="written reasons, step-up; an incomplete file once the day to complete it has passed",
    ),
    step("invite_observations", [S.IN_FORCE], S.OBSERVATIONS, "SEC", "PRE", requires="written grounds"),
    step("present_observations", [S.OBSERVATIONS], None, "MGR"),
    step("keep_accreditation", [S.OBSERVATIONS], S.IN_FORCE, "PRE"),
    step(
        "withdraw_accreditation",
        [S.OBSERVATIONS],
        S.WITHDRAWN,
        "PRE",
        requires="written reasons, step-up, observations given or their day passed",
    ),
    # What follows a decision against the association.
    step("notify_accreditation_decision", [S.REFUSED, S.WITHDRAWN], None, "SEC"),
    step("file_accreditation_appeal", [S.REFUSED, S.WITHDRAWN], None, "MGR", "SEC", requires="the notification"),
    step("answer_accreditation_appeal", [S.REFUSED, S.WITHDRAWN], None, "SEC", requires="an appeal that waits"),
    # Time does the rest: nobody's verb.
    step("deem_complete", [S.REQUESTED, S.RECEIVED], S.COMPLETE),
    step("approve_tacitly", [S.REQUESTED, S.RECEIVED, S.COMPLETE], S.IN_FORCE),
    step("lapse", [S.IN_FORCE, S.OBSERVATIONS], S.ENDED),
)

# Decided against the association: it may be challenged once notified.
ADVERSE = frozenset({S.REFUSED, S.WITHDRAWN})
APPROVED = frozenset({S.IN_FORCE, S.OBSERVATIONS})
# What anybody may know: an approval that exists or existed. A request, a refusal, a planned withdrawal are not public.
PUBLIC = APPROVED | {S.ENDED, S.WITHDRAWN}
# A request that waits for something; an association has one of them at a time in a department.
PENDING = frozenset({S.DRAFT, S.REQUESTED, S.RECEIVED, S.INCOMPLETE, S.COMPLETE})
CLOSED = frozenset({S.REFUSED, S.ABANDONED, S.WITHDRAWN, S.ENDED})
TONES = {
    S.DRAFT: "neutral",
    S.REQUESTED: "info",
    S.RECEIVED: "info",
    S.INCOMPLETE: "warn",
    S.COMPLETE: "info",
    S.IN_FORCE: "ok",
    S.OBSERVATIONS: "warn",
    S.ENDED: "danger",
    S.REFUSED: "plum",
    S.WITHDRAWN: "danger",
    S.ABANDONED: "neutral",
}


class Verdict(TextChoices):
    """What a decision on an accreditation says."""

    GRANT = "grant", _("accorder l'agrément")
    REFUSE = "refuse", _("refuser l'agrément")
    WITHDRAW = "withdraw", _("retirer l'agrément")


VERDICTS = {
    S.COMPLETE: (Verdict.GRANT, Verdict.REFUSE),
    S.INCOMPLETE: (Verdict.REFUSE,),
    S.OBSERVATIONS: (Verdict.WITHDRAW,),
}


class Dates(Protocol):
    """What the state is made of."""

    receipt_on: date | None
    completed_on: date | None
    declared_complete_on: date | None
    refused_on: date | None
    observations_asked_on: date | None
    withdrawn_on: date | None
    abandoned_on: date | None


def state_of(dates: Dates, law: Computed | None, day: date) -> AccreditationState:
    """The state on a day. ``law`` is what the law makes of the dates; None before the request was sent."""

    def past(on: date | None) -> bool:
        return on is not None and on <= day

    if past(dates.abandoned_on):
        return S.ABANDONED
    if law is None:
        return S.DRAFT
    if past(dates.refused_on):
        return S.REFUSED
    if past(law.valid_from):
        if past(dates.withdrawn_on):
            return S.WITHDRAWN
        if law.valid_to is not None and law.valid_to < day:
            return S.ENDED
        return S.OBSERVATIONS if past(dates.observations_asked_on) else S.IN_FORCE
    if past(dates.declared_complete_on) or past(law.deemed_complete_on):
        return S.COMPLETE
    if law.deemed_complete_on is None and dates.completed_on is None:
        return S.INCOMPLETE  # asked in time, not answered yet
    return S.RECEIVED if dates.receipt_on else S.REQUESTED
