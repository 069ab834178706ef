"""What the verbs of a convention share: the locked row, who may, whether somebody else saved in between."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from jalon.access import Actor, Hidden, Refused
from jalon.config import clock
from jalon.directory.models import Membership, on_day
from jalon.ui.errors import Conflict

from .. import access
from ..models import Convention
from ..states import CONVENTION


def decimal(value: Any) -> Decimal | None:
    return None if value is None else Decimal(str(value))


def member(convention: Convention, user: Any) -> str | None:
    """The id of somebody who works for one of the parties today."""
    if user is None:
        return None
    user_id = str(getattr(user, "pk", user))
    parties = [convention.association_id, convention.agency_id]
    here = Membership.objects.filter(on_day(clock.today()), user_id=user_id, organisation_id__in=parties)
    if not here.exists():
        raise ValidationError({"owner": _("Choisissez une personne de l'une des deux structures.")})
    return user_id


def locked(convention: Convention) -> Convention:
    return Convention.objects.select_for_update(of=("self",)).get(pk=convention.pk)


def require(actor: Actor, convention: Convention, verb: str) -> None:
    """The actor's structure is a party, her role may, and the state allows the verb."""
    if not access.visible_to(actor).filter(pk=convention.pk).exists():
        raise Hidden
    if not access.is_party(actor, convention) or actor.role not in CONVENTION.transitions[verb].who:
        raise Refused(_("Votre rôle ne permet pas cette action sur la convention."))
    CONVENTION.target(convention.state, verb)


def touch_draft(convention: Convention) -> None:
    convention.revision += 1
    convention.save()
    convention.signatures.all().delete()


def check_revision(row: Any, revision: int | None, theirs: Mapping[str, Any]) -> None:
    if revision is not None and revision != row.revision:
        why = _("Quelqu'un a enregistré une autre version pendant que vous écriviez.")
        raise Conflict(why, theirs=theirs, revision=row.revision)
