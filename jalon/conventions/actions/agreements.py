"""The convention: drafted, edited, signed. Bad data raises ValidationError, a forbidden verb Refused."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from jalon import journal
from jalon.access import Actor, Refused, Role
from jalon.config import clock
from jalon.directory.models import Kind, Organisation
from jalon.notices import actions as notices
from jalon.notices.actions import Due
from jalon.papers import vocabulary
from jalon.people import wall
from jalon.ui.errors import Conflict, at_field

from .. import access
from ..models import Axis, Commitment, Convention, ConventionSignature, Indicator
from ..states import CONVENTION, CommitmentState, ConventionState
from .common import check_revision, decimal, locked, member, require, touch_draft
from .measures import take_measures

MOST_AXES = 6
CLAUSES = {"places", "neutral_label", "immersion_delegation", "prescriber_authorisation", "data_annex"}


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
        owner = member(convention, commitment.get("owner"))
        Commitment.objects.create(axis=axis, title=commitment["title"], owner_id=owner, due_on=commitment.get("due_on"))
    for indicator in given.get("indicators", ()):
        Indicator.objects.create(axis=axis, measure=indicator["measure"], target=decimal(indicator.get("target")))
    return axis


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
    convention = locked(convention)
    require(actor, convention, "edit")
    theirs = {"title": convention.title, "starts_on": convention.starts_on, "ends_on": convention.ends_on}
    check_revision(convention, revision, theirs)
    convention.title, convention.starts_on, convention.ends_on = title, starts_on, ends_on
    convention.next_committee_on = next_committee_on
    for name, value in _clauses(clauses).items():
        setattr(convention, name, value)
    _lock_parties(convention)
    _check_dates(convention)
    _check_predecessor(convention)
    touch_draft(convention)
    journal.record(actor, "edit_convention", objects=[convention.pk])
    return convention


@transaction.atomic
def sign_convention(actor: Actor, convention: Convention, *, revision: int | None = None) -> Convention:
    """Sign for one's structure. With both signatures it is signed, and its predecessor ends.

    ``revision``: that of the text that was on the page.
    """
    convention = locked(convention)
    require(actor, convention, "sign")
    if not actor.stepped_up:
        raise Refused(_("Confirmez d'abord votre identité."), frozenset({"stepup"}))
    if actor.role == Role.EMP and access.follows_persons(actor):
        raise Refused(_("La convention est signée par la direction de l'agence."))
    if convention.signatures.filter(organisation=actor.organisation_id).exists():
        raise Conflict(_("Votre structure a déjà signé."))
    if revision is not None and revision != convention.revision:
        raise Conflict(
            _("La convention a changé depuis que cette page est ouverte : relisez-la avant de signer."),
            back=reverse("conventions:convention", args=[convention.pk]),
        )
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
    if convention.state == ConventionState.SIGNED:
        take_measures(actor, convention)  # where the two structures start from
    for verb in verbs:
        journal.record(actor, verb, objects=[convention.pk])
    return convention


def _plan_dates(actor: Actor, convention: Convention) -> None:
    """What falls due once it is signed: its end, and each commitment with a day."""
    dues = [Due("convention_end", convention.ends_on, Role.MGR, key=convention.pk)]
    rows = Commitment.objects.filter(axis__convention=convention, due_on__isnull=False)
    dues += [Due("commitment", row.due_on, Role.MGR, key=row.pk) for row in rows if row.state != CommitmentState.DONE]
    place = {"organisation_id": convention.association_id, "department": convention.department}
    with wall.beyond():  # whichever house signs last, the association holds the dates
        notices.plan_many(None, dues, actor=actor, **place)


def _succeed(before: Convention) -> None:
    before.state = ConventionState(CONVENTION.target(before.state, "succeed"))
    before.revision += 1
    before.save()
