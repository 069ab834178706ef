"""The convention, its commitments and indicators. Bad data raises ValidationError, a forbidden verb Refused."""

from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from jalon import journal
from jalon.access import Actor, Hidden, Refused, Role
from jalon.config import clock
from jalon.directory.models import Kind, Membership, Organisation, on_day
from jalon.notices import actions as notices
from jalon.notices.actions import Due
from jalon.papers import vocabulary
from jalon.ui.errors import Conflict, at_field

from .. import access
from ..models import Axis, Commitment, Convention, ConventionSignature, Indicator, IndicatorValue
from ..states import COMMITMENT, CONVENTION, CommitmentState, ConventionState, verb_to

MOST_AXES = 6
CLAUSES = {"places", "neutral_label", "immersion_delegation", "prescriber_authorisation", "data_annex"}


# --- the convention -----------------------------------------------------------------------------------------
@transaction.atomic
def draft_convention(
    actor: Actor,
    *,
    department: str,
    title: str,
    association: Organisation,
    agency: Organisation,
    starts_on: date,
    ends_on: date,
    predecessor: Convention | None = None,
    axes: Iterable[Mapping[str, Any]] = (),
    next_committee_on: date | None = None,
    **clauses: Any,
) -> Convention:
    """Write a convention to be signed. One of the two parties drafts it; two conventions never overlap.

    ``clauses``: places (None: no limit), neutral_label, immersion_delegation, prescriber_authorisation, data_annex.
    """
    if actor.role not in access.WRITERS or actor.organisation_id not in (association.pk, agency.pk):
        raise Refused(_("Une convention se prépare entre l'association et l'agence qui la signeront."))
    if department != actor.department:
        raise Refused(_("Vous n'agissez pas dans ce département."))
    if association.kind != Kind.ASSOCIATION or agency.kind != Kind.EMPLOYMENT_AGENCY:
        raise ValidationError(_("Une convention lie une association et une agence de l'emploi."))
    convention = Convention(
        department=department,
        title=title,
        association=association,
        agency=agency,
        starts_on=starts_on,
        ends_on=ends_on,
        predecessor=predecessor,
        next_committee_on=next_committee_on,
        **_clauses(clauses),
    )
    _lock_parties(convention)
    _check_dates(convention)
    _check_predecessor(convention)
    convention.save(force_insert=True)
    for number, axis in enumerate(list(axes)[:MOST_AXES], start=1):
        _add_axis(convention, number, axis)
    journal.record(actor, "draft_convention", objects=[convention.pk])
    return convention


def _clauses(given: Mapping[str, Any]) -> Mapping[str, Any]:
    """The clauses that may be written. The neutral label must stay neutral: it will stand in the agency's software."""
    if unknown := set(given) - CLAUSES:
        raise TypeError(f"unknown clauses: {sorted(unknown)}")
    places = given.get("places")
    if places is not None and places < 1:
        raise at_field("places", _("Une convention offre au moins une place."))
    if words := vocabulary.found([given.get("neutral_label") or ""]):
        raise at_field("neutral_label", _("Ce libellé n'est pas neutre : « %(word)s ».") % {"word": words[0]})
    return given


def _lock_parties(convention: Convention) -> None:
    """Two drafts of the same parties take turns, so that their dates are compared."""
    parties = Organisation.objects.filter(pk__in=[convention.association_id, convention.agency_id])
    list(parties.order_by("pk").select_for_update().values_list("pk"))


def _check_dates(convention: Convention) -> None:
    if convention.ends_on < convention.starts_on:
        raise ValidationError({"ends_on": _("La fin de la convention ne peut pas précéder son début.")})
    others = Convention.objects.filter(
        department=convention.department,
        association=convention.association_id,
        agency=convention.agency_id,
        starts_on__lte=convention.ends_on,
        ends_on__gte=convention.starts_on,
    ).exclude(pk=convention.pk)
    other = others.order_by("starts_on").first()
    if other is not None:
        days = {"start": f"{other.starts_on:%d/%m/%Y}", "end": f"{other.ends_on:%d/%m/%Y}"}
        raise ValidationError(
            {"starts_on": _("Une convention lie déjà ces deux structures du %(start)s au %(end)s.") % days}
        )


def _check_predecessor(convention: Convention) -> None:
    before = convention.predecessor
    if before is None:
        return
    if (before.association_id, before.agency_id, before.department) != (
        convention.association_id,
        convention.agency_id,
        convention.department,
    ):
        raise ValidationError({"predecessor": _("La convention précédente lie les deux mêmes structures.")})
    if before.ends_on >= convention.starts_on:
        raise ValidationError({"predecessor": _("La convention précédente se termine avant le début de celle-ci.")})
    CONVENTION.target(before.state, "succeed")
    if Convention.objects.filter(predecessor=before).exclude(pk=convention.pk).exists():
        raise ValidationError({"predecessor": _("Cette convention a déjà une suite.")})


def _add_axis(convention: Convention, number: int, given: Mapping[str, Any]) -> Axis:
    axis = Axis.objects.create(
        convention=convention, number=number, title=given["title"], objective=given.get("objective", "")
    )
    for commitment in given.get("commitments", ()):
        owner = _member(convention, commitment.get("owner"))
        Commitment.objects.create(axis=axis, title=commitment["title"], owner_id=owner, due_on=commitment.get("due_on"))
    for rank, indicator in enumerate(given.get("indicators", ()), start=1):
        code = indicator.get("code") or f"A{number}-{rank}"
        Indicator.objects.create(
            axis=axis, code=code, label=indicator["label"], target=_decimal(indicator.get("target"))
        )
    return axis


def _decimal(value: Any) -> Decimal | None:
    return None if value is None else Decimal(str(value))


def _member(convention: Convention, user: Any) -> str | None:
    """The id of somebody who works for one of the parties today."""
    if user is None:
        return None
    user_id = str(getattr(user, "pk", user))
    parties = [convention.association_id, convention.agency_id]
    here = Membership.objects.filter(on_day(clock.today()), user_id=user_id, organisation_id__in=parties)
    if not here.exists():
        raise ValidationError({"owner": _("Choisissez une personne de l'une des deux structures.")})
    return user_id


def _locked(convention: Convention) -> Convention:
    return Convention.objects.select_for_update(of=("self",)).get(pk=convention.pk)


def _require(actor: Actor, convention: Convention, verb: str) -> None:
    """The actor's structure is a party, her role may, and the state allows the verb."""
    if not access.visible_to(actor).filter(pk=convention.pk).exists():
        raise Hidden
    if not access.is_party(actor, convention) or actor.role not in CONVENTION.transitions[verb].who:
        raise Refused(_("Votre rôle ne permet pas cette action sur la convention."))
    CONVENTION.target(convention.state, verb)


@transaction.atomic
def edit_convention(
    actor: Actor,
    convention: Convention,
    *,
    title: str,
    starts_on: date,
    ends_on: date,
    next_committee_on: date | None = None,
    revision: int | None = None,
    **clauses: Any,
) -> Convention:
    """Change a draft. What was already signed is another text: the signatures fall."""
    convention = _locked(convention)
    _require(actor, convention, "edit")
    theirs = {"title": convention.title, "starts_on": convention.starts_on, "ends_on": convention.ends_on}
    _check_revision(convention, revision, theirs)
    convention.title, convention.starts_on, convention.ends_on = title, starts_on, ends_on
    convention.next_committee_on = next_committee_on
    for name, value in _clauses(clauses).items():
        setattr(convention, name, value)
    _lock_parties(convention)
    _check_dates(convention)
    _check_predecessor(convention)
    _touch_draft(convention)
    journal.record(actor, "edit_convention", objects=[convention.pk])
    return convention


def _touch_draft(convention: Convention) -> None:
    convention.revision += 1
    convention.save()
    convention.signatures.all().delete()


def _check_revision(row: Any, revision: int | None, theirs: Mapping[str, Any]) -> None:
    if revision is not None and revision != row.revision:
        why = _("Quelqu'un a enregistré une autre version pendant que vous écriviez.")
        raise Conflict(why, theirs=theirs, revision=row.revision)


@transaction.atomic
def add_commitment(
    actor: Actor, axis: Axis, *, title: str, owner: Any = None, due_on: date | None = None
) -> Commitment:
    """One more commitment in a draft."""
    convention = _locked(axis.convention)
    _require(actor, convention, "edit")
    owner_id = _member(convention, owner)
    commitment = Commitment.objects.create(axis=axis, title=title, owner_id=owner_id, due_on=due_on)
    _touch_draft(convention)
    journal.record(actor, "add_commitment", objects=[convention.pk, commitment.pk])
    return commitment


@transaction.atomic
def add_indicator(actor: Actor, axis: Axis, *, label: str, target: Any = None, code: str = "") -> Indicator:
    """One more indicator in a draft."""
    convention = _locked(axis.convention)
    _require(actor, convention, "edit")
    rank = axis.indicators.count() + 1
    indicator = Indicator.objects.create(
        axis=axis, code=code or f"A{axis.number}-{rank}", label=label, target=_decimal(target)
    )
    _touch_draft(convention)
    journal.record(actor, "add_indicator", objects=[convention.pk, indicator.pk])
    return indicator


@transaction.atomic
def sign_convention(actor: Actor, convention: Convention) -> Convention:
    """Sign for one's structure. With both signatures it is signed, and its predecessor ends."""
    convention = _locked(convention)
    _require(actor, convention, "sign")
    if not actor.stepped_up:
        raise Refused(_("Confirmez d'abord votre identité."), frozenset({"stepup"}))
    if actor.role == Role.EMP and access.follows_persons(actor):
        raise Refused(_("La convention est signée par la direction de l'agence."))
    if convention.signatures.filter(organisation=actor.organisation_id).exists():
        raise Conflict(_("Votre structure a déjà signé."))
    if not convention.axes.exists():
        raise ValidationError(_("Écrivez au moins un axe avant de signer."))
    today = clock.today()
    ConventionSignature.objects.create(
        convention=convention, organisation_id=actor.organisation_id, user_id=actor.user_id, signed_on=today
    )
    verbs = ["sign_convention"]
    if convention.signatures.count() == 2:
        convention.state = ConventionState(CONVENTION.target(convention.state, "complete_signatures"))
        convention.signed_on = today
        verbs.append("complete_signatures")
        if convention.predecessor is not None:
            _succeed(convention.predecessor)
        _plan_dates(actor, convention)
    convention.revision += 1
    convention.save()
    for verb in verbs:
        journal.record(actor, verb, objects=[convention.pk])
    return convention


def _plan_dates(actor: Actor, convention: Convention) -> None:
    """What falls due once it is signed: its end, and each commitment with a day."""
    dues = [Due("convention_end", convention.ends_on, Role.MGR, key=convention.pk)]
    rows = Commitment.objects.filter(axis__convention=convention, due_on__isnull=False)
    dues += [Due("commitment", row.due_on, Role.MGR, key=row.pk) for row in rows if row.state != CommitmentState.DONE]
    notices.plan_many(
        None, dues, organisation_id=convention.association_id, department=convention.department, actor=actor
    )


def _succeed(before: Convention) -> None:
    before.state = ConventionState(CONVENTION.target(before.state, "succeed"))
    before.revision += 1
    before.save()


@transaction.atomic
def plan_committee(actor: Actor, convention: Convention, *, on: date | None) -> Convention:
    """The day of the next steering meeting, within the convention and not in the past."""
    convention = _locked(convention)
    _require(actor, convention, "plan_committee")
    if on is not None and not max(clock.today(), convention.starts_on) <= on <= convention.ends_on:
        raise ValidationError({"on": _("Le comité se tient pendant la convention, à une date à venir.")})
    convention.next_committee_on = on
    convention.revision += 1
    convention.save()
    journal.record(actor, "plan_committee", objects=[convention.pk])
    return convention


# --- commitments and indicators -----------------------------------------------------------------------------
@transaction.atomic
def update_commitment(
    actor: Actor,
    commitment: Commitment,
    *,
    state: str,
    done_on: date | None = None,
    evidence: str = "",
    revision: int | None = None,
) -> Commitment:
    """Say where a commitment stands, with its evidence. Its day is never in the future."""
    convention = _locked(commitment.axis.convention)
    _require(actor, convention, "update_commitment")
    commitment = Commitment.objects.select_for_update(of=("self",)).get(pk=commitment.pk)
    _check_revision(commitment, revision, {"state": commitment.get_state_display(), "evidence": commitment.evidence})
    if state not in CommitmentState.values:
        raise ValidationError({"state": _("Choisissez une réponse de la liste.")})
    verb = "mend_evidence" if state == commitment.state else verb_to(commitment.state, state)
    if not verb:
        labels = {"before": commitment.get_state_display(), "after": CommitmentState(state).label}
        raise ValidationError({"state": _("Un engagement « %(before)s » ne peut pas devenir « %(after)s ».") % labels})
    if verb != "mend_evidence":
        commitment.state = CommitmentState(COMMITMENT.target(commitment.state, verb))
    commitment.done_on = _done_day(commitment, done_on)
    commitment.evidence = evidence
    commitment.revision += 1
    commitment.save()
    journal.record(actor, "update_commitment", objects=[convention.pk, commitment.pk])
    if commitment.state == CommitmentState.DONE:
        place = {"organisation_id": convention.association_id}
        notices.complete(None, "commitment", key=commitment.pk, actor=actor, **place)
    return commitment


def _done_day(commitment: Commitment, done_on: date | None) -> date | None:
    if commitment.state != CommitmentState.DONE:
        return None
    day = done_on or commitment.done_on or clock.today()
    if day > clock.today():
        raise ValidationError({"done_on": _("Cette date n'est pas encore passée.")})
    return day


@transaction.atomic
def record_indicator(actor: Actor, indicator: Indicator, *, month: date, value: Decimal) -> IndicatorValue:
    """Note an indicator's value for a month; the last one noted for a month stands."""
    convention = _locked(indicator.axis.convention)
    _require(actor, convention, "record_indicator")
    first = month.replace(day=1)
    if first > clock.today():
        raise ValidationError({"month": _("Ce mois n'a pas commencé.")})
    if first < convention.starts_on.replace(day=1) or first > convention.ends_on:
        raise ValidationError({"month": _("Ce mois est en dehors de la convention.")})
    noted, _new = IndicatorValue.objects.update_or_create(indicator=indicator, month=first, defaults={"value": value})
    journal.record(actor, "record_indicator", objects=[convention.pk, indicator.pk])
    return noted
