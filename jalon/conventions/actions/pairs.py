"""The named pair of one person: who answers for her on each side."""

from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from jalon import journal
from jalon.access import Actor, Refused
from jalon.config import clock
from jalon.directory.models import Membership, on_day
from jalon.people import access as people
from jalon.people.access import active_assignments
from jalon.people.models import Assignment, Dossier
from jalon.people.states import AssignmentKind
from jalon.ui.errors import Conflict

from .. import access
from ..models import Convention, Pair
from ..states import ConventionState


@transaction.atomic
def name_pair(
    actor: Actor,
    dossier: Dossier,
    *,
    referent: Any,
    adviser: Any,
    convention: Convention | None = None,
    deputy: Any = None,
) -> Pair:
    """Name the referent and the adviser who answer for one person. Both already work with her."""
    people.require(actor, dossier, "C16", "create")
    people.require_lead(actor, dossier)
    referent_id, adviser_id = str(getattr(referent, "pk", referent)), str(getattr(adviser, "pk", adviser))
    deputy_id = str(getattr(deputy, "pk", deputy)) if deputy else None
    if not active_assignments(referent_id, AssignmentKind.REFERENT).filter(dossier=dossier).exists():
        raise ValidationError({"referent": _("Cette personne n'est pas référente du dossier.")})
    assignment = active_assignments(adviser_id, AssignmentKind.ADVISER).filter(dossier=dossier).first()
    if assignment is None:
        raise ValidationError({"adviser": _("Nommez d'abord cette personne sur le dossier.")})
    if not _shared(dossier, assignment):
        raise Refused(_("La personne n'a pas donné son accord à ce partage, ou l'a retiré."))
    _check_pair_convention(convention, dossier, assignment)
    _check_deputy(deputy_id, (referent_id, adviser_id), (dossier.organisation_id, assignment.organisation_id))
    if access.pair_of(dossier) is not None:
        raise Conflict(_("Un binôme est déjà nommé pour cette personne."))
    # One whose share ended, or that another structure named, answers no more: it leaves its place.
    Pair.objects.filter(dossier=dossier, ended_on=None).update(ended_on=clock.today())
    pair = Pair.objects.create(
        dossier=dossier,
        convention=convention,
        referent_id=referent_id,
        adviser_id=adviser_id,
        deputy_id=deputy_id,
        named_on=clock.today(),
    )
    journal.record(actor, "name_pair", dossier, compartment="C16", objects=[pair.pk])
    return pair


def _shared(dossier: Dossier, assignment: Assignment) -> bool:
    shares: Any = people.shares_in_force(assignment.organisation_id)
    return bool(shares.filter(dossier=dossier).exists())


def _check_pair_convention(convention: Convention | None, dossier: Dossier, assignment: Assignment) -> None:
    if convention is None:
        return
    if (convention.association_id, convention.agency_id) != (dossier.organisation_id, assignment.organisation_id):
        raise ValidationError({"convention": _("Cette convention ne lie pas ces deux structures.")})
    if convention.state != ConventionState.SIGNED or convention.ends_on < clock.today():
        raise ValidationError({"convention": _("Cette convention n'est pas en vigueur.")})
    Convention.objects.select_for_update().get(pk=convention.pk)  # two pairs may be named for the last place
    taken = access.pairs_in_force().filter(convention=convention).count()
    if convention.places is not None and taken >= convention.places:
        raise ValidationError(
            {
                "convention": _("Les %(n)d places de la convention sont prises : la personne attend.")
                % {"n": convention.places}
            }
        )


def _check_deputy(deputy_id: str | None, pair: tuple[str, str], parties: tuple[str, str]) -> None:
    if deputy_id is None:
        return
    if deputy_id in pair:
        raise ValidationError({"deputy": _("La suppléance revient à une autre personne.")})
    here = Membership.objects.filter(on_day(clock.today()), user_id=deputy_id, organisation_id__in=parties)
    if not here.exists():
        raise ValidationError({"deputy": _("Choisissez une personne de l'une des deux structures.")})


@transaction.atomic
def end_pair(actor: Actor, pair: Pair) -> Pair:
    """The pair no longer answers for her: one of the two leaves, or the share ends."""
    people.require(actor, pair.dossier, "C16", "edit")
    people.require_lead(actor, pair.dossier)
    if pair.ended_on is not None:
        raise Conflict(_("Ce binôme est déjà terminé."))
    pair.ended_on = clock.today()
    pair.save(update_fields=["ended_on"])
    journal.record(actor, "end_pair", pair.dossier, compartment="C16", objects=[pair.pk])
    return pair
