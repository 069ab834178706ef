"""Residence documents: recorded by the referent or by the residence desk, extended."""

from datetime import date

from django.db import transaction
from django.utils.translation import gettext as _

from jalon import journal
from jalon.access import Actor, Role
from jalon.config import clock
from jalon.journeys import lawful
from jalon.journeys.models import Permit
from jalon.journeys.states import PermitKind
from jalon.law import residence
from jalon.law.errors import LawError
from jalon.law.silence import silence
from jalon.law.territories import holidays_of
from jalon.notices import actions as notices
from jalon.people import access as people
from jalon.people import actions as people_actions
from jalon.people.models import Dossier
from jalon.ui.errors import at_field

from .common import with_facts
from .reports import plan_report


def _require(actor: Actor, dossier: Dossier, action: str) -> None:
    """The residence desk answers (``comment``), the referent writes."""
    people.require(actor, dossier, "C7", "comment" if actor.role == Role.ETR else action)


@transaction.atomic
def record_permit(
    actor: Actor,
    dossier: Dossier,
    *,
    kind: str,
    issued_on: date | None,
    valid_to: date | None = None,
    requested_on: date | None = None,
    number: str = "",
) -> Permit:
    """A document was asked for, or issued. Without a printed end, the law's length for its kind (APS-2, PER-2).

    The same document recorded again is the same document.
    """
    dossier = with_facts(actor, dossier)
    _require(actor, dossier, "create")
    if kind not in PermitKind.values:
        raise at_field("kind", _("Choisissez une réponse de la liste."))
    if issued_on is None and requested_on is None:
        raise at_field("issued_on", _("Écrivez la date de la demande ou celle de la délivrance."))
    if issued_on and issued_on > clock.today():
        raise at_field("issued_on", _("La délivrance ne peut pas être à venir."))
    if issued_on and requested_on and requested_on > issued_on:
        raise at_field("requested_on", _("La demande ne peut pas suivre la délivrance."))
    if issued_on and valid_to and valid_to < issued_on:
        raise at_field("valid_to", _("La fin de validité ne peut pas précéder la délivrance."))
    computed = valid_to is None and issued_on is not None
    if computed:
        valid_to = lawful.last_day(kind, issued_on)  # type: ignore[arg-type]
        if valid_to is None:
            raise at_field("valid_to", _("Écrivez la fin de validité : ce document n'a pas de durée fixe."))
    Dossier.objects.select_for_update().get(pk=dossier.pk)
    dates = {"kind": kind, "requested_on": requested_on, "issued_on": issued_on, "valid_to": valid_to}
    for known in Permit.objects.filter(dossier=dossier, **dates):
        if known.unseal().get("number") == number.strip():
            return known
    permit = Permit(dossier=dossier, **dates)
    permit.seal({"number": number.strip(), "computed_end": computed})
    permit.save(force_insert=True)
    _plan(actor, dossier, permit)
    if issued_on and kind in OTHER_RIGHT:
        plan_report(dossier, f"permit:{permit.pk}", actor=actor)
    _trace(actor, "record_permit", dossier, permit)
    return permit


@transaction.atomic
def extend_permit(actor: Actor, permit: Permit, *, extended_to: date, reason: str) -> Permit:
    """The end of validity was moved by a decision; the reason is sealed."""
    row = Permit.objects.select_for_update(of=("self",)).select_related("dossier").get(pk=permit.pk)
    row.dossier = with_facts(actor, row.dossier)
    _require(actor, row.dossier, "edit")
    if row.valid_to is None or extended_to <= (row.extended_to or row.valid_to):
        raise at_field("extended_to", _("Choisissez une date après la fin de validité."))
    if not reason.strip():
        raise at_field("reason", _("Écrivez le motif de la prolongation."))
    row.extended_to = extended_to
    row.seal({**row.unseal(), "extension_reason": reason.strip()})
    row.save()
    _plan(actor, row.dossier, row)
    _trace(actor, "extend_permit", row.dossier, row)
    return row


# The rule that gives the length of a document, for the « Pourquoi ? » of its end.
RULE_OF = {
    PermitKind.APS: "APS-2",
    PermitKind.FIRST_RECEIPT: "PER-1",
    PermitKind.CARD: "PER-1",
    PermitKind.RESIDENT: "PER-1",
    PermitKind.REFLECTION: "PER-2",
}
# Another right to stay than the pathway's: it may open other resources, which the payer of the aid must know.
OTHER_RIGHT = (PermitKind.CARD, PermitKind.RESIDENT)
OF_DOCUMENT = ("permit_end", "reflection_end", "aps_request", "permit_continuity")


def _plan(actor: Actor, dossier: Dossier, permit: Permit) -> None:
    """The answer to a request, the end of a document, the day to ask for the next one; the latest replaces the others.

    A receipt of reflection gives no right that would be renewed (PER-2): only its end is told.
    """
    permits = list(Permit.objects.filter(dossier=dossier))
    waiting = [one for one in permits if one.issued_on is None]
    if permit.issued_on is None:
        _plan_answer(actor, dossier, permit)
        notices.complete(dossier, "aps_request", actor=actor)
    else:
        asked = [one.pk for one in waiting if one.kind == permit.kind] + [permit.pk]
        _close_answers(actor, dossier, asked)
        _plan_end(actor, dossier, permit, [one for one in permits if one.issued_on])
    people_actions.refresh_next_due(dossier)


def _plan_answer(actor: Actor, dossier: Dossier, permit: Permit) -> None:
    """Silence on a request is a refusal after four months (DEC-3), which the court may hear for two more.

    Before the first dated value of that delay nothing is known, and nothing is planned.
    """
    try:
        law = silence("aps", permit.requested_on, holidays=holidays_of(dossier.department))  # type: ignore[arg-type]
    except LawError as error:
        if error.code != "out_of_parameter_range":
            raise
        return
    dues = [notices.Due("aps_silence", law.implicit_refusal_on, rule="DEC-3", key=permit.pk)]  # type: ignore[arg-type]
    dues.append(notices.Due("silence_appeal", law.court_limit, rule="APP-1", key=permit.pk))  # type: ignore[arg-type]
    notices.plan_many(dossier, dues, actor=actor)


def _close_answers(actor: Actor, dossier: Dossier, asked: list[str]) -> None:
    notices.complete(dossier, "aps_silence", "reasons_answer", key=asked, actor=actor)
    notices.cancel(dossier, "silence_appeal", key=asked, actor=actor)


def _plan_end(actor: Actor, dossier: Dossier, permit: Permit, issued: list[Permit]) -> None:
    latest = max(issued, key=_end)
    if latest.pk != permit.pk:
        return
    if older := [one.pk for one in issued if one.pk != permit.pk]:
        notices.complete(dossier, *OF_DOCUMENT, key=older, actor=actor)
    end, rule, key = _end(permit), RULE_OF.get(PermitKind(permit.kind), ""), permit.pk
    if permit.kind == PermitKind.REFLECTION:
        dues = [notices.Due("reflection_end", end, rule=rule, key=key)]
    else:
        dues = [
            notices.Due("permit_end", end, rule=rule, key=key),
            notices.Due("aps_request", residence.next_request_on(end), rule="APS-4", key=key),
            notices.Due("permit_continuity", residence.registration_alert_on(end), rule="APS-4", key=key),
        ]
    notices.plan_many(dossier, dues, actor=actor)


def _end(permit: Permit) -> date:
    return permit.extended_to or permit.valid_to or date.min


def _trace(actor: Actor, verb: str, dossier: Dossier, permit: Permit) -> None:
    journal.record(
        actor,
        verb,
        dossier,
        compartment="C7",
        relation=people.facts(actor, dossier).relation,
        conditions=["agreement"],
        sealed=[permit],
    )
