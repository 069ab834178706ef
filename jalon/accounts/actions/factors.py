"""What proves an identity: application of codes, passkeys, ProConnect, recovery codes."""

from typing import Any

from allauth.mfa.models import Authenticator
from django.db import transaction
from django.utils.translation import gettext as _

from jalon import journal
from jalon.access import Actor, Refused

from .. import recovery, totp
from ..models import User, WebSession
from .common import require_keeper, require_self


@transaction.atomic
def enrol_second_factor(actor: Actor, user: User, *, secret: str, step: int) -> Authenticator:
    """Keep the secret of the person's application, in place of a former one.

    ``step`` is that of the code just typed, which is used up.
    """
    require_self(actor, user)
    Authenticator.objects.filter(user=user, type=Authenticator.Type.TOTP).delete()
    authenticator = totp.enrol(user, secret, last_step=step)
    journal.record(actor, "enrol_second_factor", objects=[user.pk])
    return authenticator


@transaction.atomic
def add_passkey(actor: Actor, user: User, *, credential: dict[str, Any]) -> Authenticator:
    """Keep the public half of a passkey that this very session has just made (``passkeys.NewPasskeyForm``)."""
    require_self(actor, user)
    kept = Authenticator.objects.create(
        user=user, type=Authenticator.Type.WEBAUTHN, data={"name": "", "credential": credential}
    )
    journal.record(actor, "add_passkey", objects=[user.pk])
    return kept


@transaction.atomic
def replace_passkeys(actor: Actor, user: User, *, credential: dict[str, Any], keep_session: str) -> Authenticator:
    """The device of the former passkeys is lost: only the new one opens this account, and only in this browser."""
    require_self(actor, user)
    lost, _models = Authenticator.objects.filter(user=user, type=Authenticator.Type.WEBAUTHN).delete()
    ended, _models = WebSession.objects.filter(user_id=user.pk).exclude(pk=keep_session).delete()
    journal.record(actor, "replace_passkeys", objects=[user.pk], count=lost + ended)
    return add_passkey(actor, user, credential=credential)


@transaction.atomic
def remove_passkey(actor: Actor, user: User, *, passkey: str) -> None:
    """Forget one passkey, but never the last way to prove one's identity."""
    require_self(actor, user)
    held = Authenticator.objects.select_for_update().filter(user=user)
    others = [row for row in held if str(row.pk) != passkey and row.type != Authenticator.Type.RECOVERY_CODES]
    if not others:
        raise Refused(_("C'est votre dernier moyen de confirmer votre identité. Ajoutez-en un autre d'abord."))
    for row in held:
        if str(row.pk) == passkey and row.type == Authenticator.Type.WEBAUTHN:
            row.delete()
            journal.record(actor, "remove_passkey", objects=[user.pk])


@transaction.atomic
def link_proconnect(actor: Actor, user: User, *, key: str | None) -> None:
    """Let ProConnect stand for this account's password (``key``: ``proconnect.identify``), or no longer (None)."""
    require_self(actor, user)
    if key and User.objects.filter(proconnect=key).exclude(pk=user.pk).exists():
        raise Refused(_("Ce compte ProConnect est déjà relié à un autre compte."))
    user.proconnect = key
    user.save(update_fields=["proconnect"])
    journal.record(actor, "link_proconnect" if key else "unlink_proconnect", objects=[user.pk])


@transaction.atomic
def renew_recovery_codes(actor: Actor, user: User) -> list[str]:
    """Ten new codes, to be shown once; the former ones stop working."""
    require_self(actor, user)
    codes = recovery.generate(user)
    journal.record(actor, "renew_recovery_codes", objects=[user.pk])
    return codes


@transaction.atomic
def reset_second_factor(actor: Actor, user: User) -> None:
    """A lost phone, checked face to face: the next sign-in sets up a new application. Sessions end."""
    require_keeper(actor)
    Authenticator.objects.filter(user=user).delete()
    User.objects.filter(pk=user.pk).update(proconnect=None)
    ended, _models = WebSession.objects.filter(user_id=user.pk).delete()
    journal.record(actor, "reset_second_factor", objects=[user.pk], count=ended)
