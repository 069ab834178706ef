"""What may be done to her space in each of its states, and what she may ask."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from jalon.access.machine import Machine, step
from jalon.accounts import passkeys
from jalon.accounts.models import User
from jalon.people.states import Right


class SpaceState(TextChoices):
    NONE = "none", _("pas ouvert")
    WAITING = "waiting", _("code remis, pas encore utilisé")
    OPEN = "open", _("ouvert")
    FROZEN = "frozen", _("gelé")
    LAPSED = "lapsed", _("fermé, faute d'usage")
    CLOSED = "closed", _("fermé")


class RequestKind(TextChoices):
    """What goes to her referent. A right over her data is a request of ``people``, with its month and its answer."""

    MESSAGE = "message", _("Message")
    NOT_COMING = "not_coming", _("Ne peut pas venir au rendez-vous")
    # Not asked but done: at once, and told to her referent.
    WITHDRAWN = "withdrawn", _("A retiré son accord")
    REVOKED = "revoked", _("A retiré un partage")
    STOPPED = "stopped", _("Ne veut plus de message")


# The rights that are asked from here (GDPR, articles 15 and 16); the others are explained at the desk.
RIGHTS = (Right.ACCESS, Right.RECTIFICATION, Right.READERS)
# What she chooses in a list; the others follow from a button of another page.
ASKED = (*RIGHTS, RequestKind.MESSAGE)
WITH_WORDS = (Right.RECTIFICATION, RequestKind.MESSAGE)

S = SpaceState
SPACE = Machine(
    dict(SpaceState.choices),
    step("open_space", [S.NONE, S.CLOSED], S.WAITING, "REF"),
    step("hand_new_code", [S.WAITING, S.OPEN, S.FROZEN, S.LAPSED], S.WAITING, "REF"),
    step("activate", [S.WAITING], S.OPEN, "PER"),
    step("freeze_space", [S.WAITING, S.OPEN], S.FROZEN, "REF"),
    step("thaw_space", [S.FROZEN], S.OPEN, "REF"),
    step("close_space", [S.WAITING, S.OPEN, S.FROZEN, S.LAPSED], S.CLOSED, "REF"),
)


def state_of(user: User | None) -> SpaceState:
    """The state is that of her account: nothing is stored twice."""
    if user is None:
        return S.NONE
    if not user.is_active:
        return S.CLOSED
    if user.suspended_at is not None:
        return S.FROZEN
    if not user.is_open():
        return S.LAPSED
    return S.OPEN if user.has_usable_password() or passkeys.of(user) else S.WAITING  # a phrase, or her own telephone
