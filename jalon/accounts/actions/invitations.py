"""The link that is sent, the code that is handed on paper: each opens an account once."""

from functools import partial
from secrets import token_urlsafe
from typing import Any, NamedTuple

from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import generate_totp_secret
from django.db import transaction
from django.db.models import F
from django.utils.crypto import constant_time_compare
from django.utils.translation import gettext as _

from jalon import journal
from jalon.access import Actor, Refused
from jalon.config import clock

from .. import mail, recovery, totp
from ..logins import login_hash
from ..models import INVITATION_LASTS, PASSKEY_CODE_LASTS, Invitation, User, WebSession, token_hash
from .common import require_keeper
from .factors import add_passkey


@transaction.atomic
def invite(actor: Actor, user: User) -> None:
    """Send a link that sets the account's password, once, within a day; a former link or password opens nothing more.

    The link leaves after commit, alone in a message that names nobody; nobody else ever sees it.
    """
    require_keeper(actor)
    if not user.is_open():
        raise Refused(_("Ce compte est fermé."))
    secret = token_urlsafe(16)
    user.set_unusable_password()
    user.save(update_fields=["password"])
    Invitation.objects.filter(user=user).delete()
    Invitation.objects.create(token=token_hash(secret), user=user, expires_at=clock.machine() + INVITATION_LASTS)
    WebSession.objects.filter(user_id=user.pk).delete()
    journal.record(actor, "invite", objects=[user.pk])
    twin = User.objects.filter(pk=user.profile.get("twin", "")).first()
    if twin is not None:  # the link opens nothing: it is not sent
        transaction.on_commit(partial(mail.send_notice, twin.email, twin.language))
        return
    transaction.on_commit(partial(mail.send_link, user.email, user.language, secret))


@transaction.atomic
def accept_invitation(secret: str, *, login: str, password: str) -> bool:
    """Set the password of the account that this link was made for; the login must be the one that was given."""
    kept = Invitation.objects.select_for_update().filter(token=token_hash(secret)).first()
    if kept is None or not kept.usable():
        return False
    own = Actor(kept.user_id, "PUB", "")
    if not constant_time_compare(login_hash(login), kept.user.login):
        Invitation.objects.filter(pk=kept.pk).update(tries=F("tries") + 1)
        journal.record(own, "accept_invitation", decision="refused", conditions=["login"], objects=[kept.user_id])
        return False
    kept.user.set_password(password)
    kept.user.save(update_fields=["password"])
    kept.delete()
    journal.record(own, "accept_invitation", objects=[own.user_id])
    return True


@transaction.atomic
def hand_code(actor: Actor, user: User, *, passkey: bool = False) -> str:
    """A code to be handed on paper to a person accompanied, good once, within a day. Nothing is sent to anyone.

    ``passkey``: read from the screen and typed on her own device at once, a quarter of an hour at most. A former code,
    a former phrase, a former passkey and the sessions they opened end at once.
    """
    require_keeper(actor)
    code, lasts = recovery.new_code(), PASSKEY_CODE_LASTS if passkey else INVITATION_LASTS
    user.set_unusable_password()
    user.save(update_fields=["password"])
    Invitation.objects.filter(user=user).delete()
    token = token_hash(recovery.plain(code), passkey=passkey)
    Invitation.objects.create(token=token, user=user, expires_at=clock.machine() + lasts)
    Authenticator.objects.filter(user=user).delete()
    WebSession.objects.filter(user_id=user.pk).delete()
    journal.record(actor, "hand_code", objects=[user.pk], conditions=["passkey"] if passkey else [])
    return code


class Activated(NamedTuple):
    """What she takes away, shown this once: the secret of an application of codes, and ten codes for paper."""

    user: User
    secret: str
    codes: list[str]


@transaction.atomic
def activate(*, number: str, code: str, phrase: str, secret: str = "") -> Activated | None:
    """She chooses her phrase with the code handed on paper; her second factor is made in the same act.

    None, always the same, when the number is nobody's, or the code is wrong, used, or too old; five tries end it.
    """
    kept = Invitation.objects.select_for_update().filter(user__login=login_hash(number, hers=True)).first()
    if kept is None or not kept.usable():
        return None
    own = Actor(kept.user_id, "PUB", "")
    if not constant_time_compare(token_hash(recovery.plain(code)), kept.token):
        Invitation.objects.filter(pk=kept.pk).update(tries=F("tries") + 1)
        journal.record(own, "activate", decision="refused", conditions=["code"], objects=[kept.user_id])
        return None
    user, secret = kept.user, secret or generate_totp_secret()
    user.set_password(phrase)
    user.save(update_fields=["password"])
    kept.delete()
    Authenticator.objects.filter(user=user).delete()
    totp.enrol(user, secret)
    journal.record(own, "activate", objects=[user.pk])
    return Activated(user, secret, recovery.generate(user))


@transaction.atomic
def activate_by_passkey(*, code: str, credential: dict[str, Any]) -> User | None:
    """Her own device opens her account from now on: no number, no phrase. The code is spent.

    None, always the same, when the code is nobody's, used, or too old.
    """
    token = token_hash(recovery.plain(code), passkey=True)
    kept = Invitation.objects.select_for_update().filter(token=token).first()
    if kept is None or not kept.usable():
        return None
    own = Actor(kept.user_id, "PUB", "")
    kept.delete()
    add_passkey(own, kept.user, credential=credential)
    journal.record(own, "activate", objects=[kept.user_id], conditions=["passkey"])
    return kept.user
