"""Who may do what to an account."""

from django.utils.translation import gettext as _

from jalon.access import SYSTEM, Actor, Refused

from ..models import User

# Who opens and closes the accounts of an organisation (which one is checked by ``directory``).
KEEPERS = {"ADM", "MGR", "SEC", "OPS"}


def require_keeper(actor: Actor) -> None:
    if actor != SYSTEM and actor.role not in KEEPERS:
        raise Refused(_("Seule la personne qui gère les comptes peut faire cela."))


def require_self(actor: Actor, user: User) -> None:
    if actor.user_id != user.pk:
        raise Refused(_("Chacun ne change que son propre compte."))
