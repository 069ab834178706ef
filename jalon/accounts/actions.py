"""The verbs of accounts. Nothing else writes the tables of this room."""

import json
from collections.abc import Iterable
from datetime import date
from functools import partial
from secrets import token_urlsafe
from typing import Any, NamedTuple

from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import generate_totp_secret
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import F
from django.utils.crypto import constant_time_compare
from django.utils.translation import gettext as _

from jalon import journal
from jalon.access import SYSTEM, Actor, Refused
from jalon.config import clock
from jalon.vault import keys
from jalon.vault.classification import GROUP_OF

from . import mail, recovery, seals, totp
from .logins import login_hash
from .models import INVITATION_LASTS, KEPT_FOR, MOST_KEPT, Invitation, KeptForm, User, WebSession, token_hash
from .signals import closed

# Who opens and closes the accounts of an organisation (which one is checked by ``directory``).
KEEPERS = {"ADM", "MGR", "SEC", "OPS"}


class Under(NamedTuple):
    """Whose key seals what is kept: the staff's, and inside it a dossier's of this compartment, with the slot of it."""

    dossier_id: str = ""
    compartment: str = ""
    slot: bytes = b""


STAFF = Under()
KEPT = "kept form"


def _require_keeper(actor: Actor) -> None:
    if actor != SYSTEM and actor.role not in KEEPERS:
        raise Refused(_("Seule la personne qui gère les comptes peut faire cela."))


def _require_self(actor: Actor, user: User) -> None:
    if actor.user_id != user.pk:
        raise Refused(_("Chacun ne change que son propre compte."))


@transaction.atomic
def create_account(
    actor: Actor,
    *,
    login: str,
    name: str,
    ends_on: date,
    email: str = "",
    phone: str = "",
    password: str | None = None,
    totp_secret: str | None = None,
    language: str = "fr",
    hers: bool = False,
) -> User:
    """Open an account with its compulsory end. Without ``totp_secret``, the second factor is set at first sign-in.

    ``hers``: the account of a person accompanied. It opens her own host only, and has no address to write to.
    """
    _require_keeper(actor)
    if ends_on < clock.today():
        raise ValidationError({"ends_on": _("La fin du compte est déjà passée. Indiquez une date à venir.")})
    if not login.strip():
        raise ValidationError({"login": _("Indiquez une adresse de connexion.")})
    profile = {"name": name, "email": "" if hers else email or login, "phone": phone}
    known = login
    if taken := list(User.objects.filter(login=login_hash(login, hers=hers)).values_list("pk", flat=True)):
        # Whoever tries addresses leaves a trace of each, and learns nothing: this account is like any other that waits,
        # but nobody signs in to it, and it is the holder of the address who is told (``invite``).
        journal.refusal(actor, "create_account", why="taken", objects=taken)
        if actor == SYSTEM:
            raise ValidationError({"login": _("Cette adresse ne peut pas être prise. Choisissez-en une autre.")})
        profile["twin"], known = taken[0], token_urlsafe(32)
    user = User.objects.create_user(
        known,
        password,
        profile=profile,
        hers=hers,
        ends_on=ends_on,
        language=language,
        created_at=clock.now(),
    )
    if totp_secret:
        totp.enrol(user, totp_secret)
    journal.record(actor, "create_account", objects=[user.pk], sealed=[user])
    return user


@transaction.atomic
def prolong_account(actor: Actor, user: User, *, ends_on: date) -> None:
    """The account lasts as long as what it holds: never less than this day."""
    _require_keeper(actor)
    if user.ends_on < ends_on:
        user.ends_on = ends_on
        user.save(update_fields=["ends_on"])
        journal.record(actor, "prolong_account", objects=[user.pk])


@transaction.atomic
def invite(actor: Actor, user: User) -> None:
    """Send a link that sets the account's password, once, within a day; a former link or password opens nothing more.

    The link leaves after commit, alone in a message that names nobody; nobody else ever sees it.
    """
    _require_keeper(actor)
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
def hand_code(actor: Actor, user: User) -> str:
    """A code to be handed on paper to a person accompanied, good once, within a day. Nothing is sent to anyone.

    A former code, a former phrase and the sessions they opened end at once.
    """
    _require_keeper(actor)
    code = recovery.new_code()
    user.set_unusable_password()
    user.save(update_fields=["password"])
    Invitation.objects.filter(user=user).delete()
    token = token_hash(recovery.plain(code))
    Invitation.objects.create(token=token, user=user, expires_at=clock.machine() + INVITATION_LASTS)
    WebSession.objects.filter(user_id=user.pk).delete()
    journal.record(actor, "hand_code", objects=[user.pk])
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
def update_profile(actor: Actor, user: User, *, name: str, phone: str, language: str, density: str) -> User:
    """The name shown, the professional phone, the language and the density of the screens."""
    _require_self(actor, user)
    user = User.objects.select_for_update().get(pk=user.pk)
    user.seal({**user.unseal(), "name": name, "phone": phone})
    user.language, user.density = language, density
    user.save(update_fields=["sealed", "revision", "language", "density"])
    journal.record(actor, "update_profile", objects=[user.pk], sealed=[user])
    return user


@transaction.atomic
def change_password(actor: Actor, user: User, *, new: str, keep_session: str = "") -> User:
    """A new password; every other session of the account ends."""
    _require_self(actor, user)
    user.set_password(new)
    user.save(update_fields=["password"])
    ended, _models = WebSession.objects.filter(user_id=user.pk).exclude(pk=keep_session).delete()
    journal.record(actor, "change_password", objects=[user.pk], count=ended)
    return user


@transaction.atomic
def enrol_second_factor(actor: Actor, user: User, *, secret: str, step: int) -> Authenticator:
    """Keep the secret of the person's application, in place of a former one.

    ``step`` is that of the code just typed, which is used up.
    """
    _require_self(actor, user)
    Authenticator.objects.filter(user=user, type=Authenticator.Type.TOTP).delete()
    authenticator = totp.enrol(user, secret, last_step=step)
    journal.record(actor, "enrol_second_factor", objects=[user.pk])
    return authenticator


@transaction.atomic
def add_passkey(actor: Actor, user: User, *, credential: dict[str, Any]) -> Authenticator:
    """Keep the public half of a passkey that this very session has just made (``passkeys.NewPasskeyForm``)."""
    _require_self(actor, user)
    kept = Authenticator.objects.create(
        user=user, type=Authenticator.Type.WEBAUTHN, data={"name": "", "credential": credential}
    )
    journal.record(actor, "add_passkey", objects=[user.pk])
    return kept


@transaction.atomic
def replace_passkeys(actor: Actor, user: User, *, credential: dict[str, Any], keep_session: str) -> Authenticator:
    """The device of the former passkeys is lost: only the new one opens this account, and only in this browser."""
    _require_self(actor, user)
    lost, _models = Authenticator.objects.filter(user=user, type=Authenticator.Type.WEBAUTHN).delete()
    ended, _models = WebSession.objects.filter(user_id=user.pk).exclude(pk=keep_session).delete()
    journal.record(actor, "replace_passkeys", objects=[user.pk], count=lost + ended)
    return add_passkey(actor, user, credential=credential)


@transaction.atomic
def remove_passkey(actor: Actor, user: User, *, passkey: str) -> None:
    """Forget one passkey, but never the last way to prove one's identity."""
    _require_self(actor, user)
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
    _require_self(actor, user)
    if key and User.objects.filter(proconnect=key).exclude(pk=user.pk).exists():
        raise Refused(_("Ce compte ProConnect est déjà relié à un autre compte."))
    user.proconnect = key
    user.save(update_fields=["proconnect"])
    journal.record(actor, "link_proconnect" if key else "unlink_proconnect", objects=[user.pk])


@transaction.atomic
def renew_recovery_codes(actor: Actor, user: User) -> list[str]:
    """Ten new codes, to be shown once; the former ones stop working."""
    _require_self(actor, user)
    codes = recovery.generate(user)
    journal.record(actor, "renew_recovery_codes", objects=[user.pk])
    return codes


@transaction.atomic
def reset_second_factor(actor: Actor, user: User) -> None:
    """A lost phone, checked face to face: the next sign-in sets up a new application. Sessions end."""
    _require_keeper(actor)
    Authenticator.objects.filter(user=user).delete()
    User.objects.filter(pk=user.pk).update(proconnect=None)
    ended, _models = WebSession.objects.filter(user_id=user.pk).delete()
    journal.record(actor, "reset_second_factor", objects=[user.pk], count=ended)


@transaction.atomic
def keep_form(user_id: str, *, browser: str, form: dict[str, Any], under: Under = STAFF) -> KeptForm | None:
    """Seal what was sent by somebody who may not send it at this instant; ``browser``: ``kept.hashed`` of its cookie.

    It takes the place of what the same browser had left, never of another's. None when enough browsers wait already.
    """
    User.objects.select_for_update().get(pk=user_id)  # two browsers of one account take turns
    held = list(KeptForm.objects.filter(user_id=user_id))
    oldest = clock.machine() - KEPT_FOR
    gone = [row for row in held if row.browser == browser or row.kept_at <= oldest]
    if len(held) - len(gone) >= MOST_KEPT:
        return None
    KeptForm.objects.filter(pk__in=[row.pk for row in gone]).delete()
    kept = KeptForm(user_id=user_id, browser=browser, kept_at=clock.machine())
    if under != STAFF:
        owner, group = under.dossier_id, GROUP_OF[under.compartment]
        inside = seals.seal(user_id, KEPT, json.dumps(form), owner, group, under.slot)
        form = {"under": [owner, under.compartment], "form": inside}
    kept.seal(form, keys.ensure(keys.STAFF, "GS")["GS"])
    kept.save(force_insert=True)
    journal.record(Actor(user_id, "PUB", ""), "keep_form", objects=[user_id], sealed=[kept], gone=gone)
    return kept


@transaction.atomic
def drop_form(user_id: str, *, browser: str | None = None) -> None:
    """What this browser had left (every browser of the account: None) was sent, or is not wanted any more."""
    held = KeptForm.objects.filter(user_id=user_id)
    gone = list(held if browser is None else held.filter(browser=browser))
    if gone:
        journal.record(Actor(user_id, "PUB", ""), "drop_form", objects=[user_id], gone=gone)
        KeptForm.objects.filter(pk__in=[row.pk for row in gone]).delete()


@transaction.atomic
def drop_forms_of(user_ids: Iterable[str]) -> int:
    """Whatever these accounts had left is gone, in every browser; return how many texts."""
    gone = list(KeptForm.objects.filter(user__in=list(user_ids)))
    if gone:
        journal.record(SYSTEM, "drop_form", objects=sorted({row.user_id for row in gone}), count=len(gone), gone=gone)
        KeptForm.objects.filter(pk__in=[row.pk for row in gone]).delete()
    return len(gone)


@transaction.atomic
def sweep() -> int:
    """Destroy what is past: ended sessions, kept texts and links too old. Run with the reminders; return how many."""
    now = clock.machine()
    old = list(KeptForm.objects.filter(kept_at__lt=now - KEPT_FOR))
    KeptForm.objects.filter(pk__in=[row.pk for row in old]).delete()
    ended, _models = WebSession.objects.filter(expire_date__lt=now).delete()
    over, _models = Invitation.objects.filter(expires_at__lt=now).delete()
    if old or ended or over:
        journal.record(SYSTEM, "sweep_accounts", count=len(old) + ended + over, gone=old)
    return len(old) + ended + over


@transaction.atomic
def close_account(actor: Actor, user: User) -> User:
    """The account stops at once: sessions, links, kept texts and messages that wait go in the same transaction."""
    _require_keeper(actor)
    user.is_active = False
    user.save(update_fields=["is_active"])
    ended, _models = WebSession.objects.filter(user_id=user.pk).delete()
    Invitation.objects.filter(user=user).delete()
    drop_form(user.pk)
    closed.send(type(user), user=user)
    journal.record(actor, "close_account", objects=[user.pk], count=ended)
    return user


@transaction.atomic
def suspend(actor: Actor, user: User) -> None:
    """Stop an account until what was done with it is reviewed (an exceptional access left without review)."""
    if actor != SYSTEM:
        raise Refused(_("Seule la personne qui gère les comptes peut faire cela."))
    user.suspended_at = clock.now()
    user.save(update_fields=["suspended_at"])
    ended, _models = WebSession.objects.filter(user_id=user.pk).delete()
    journal.record(actor, "suspend_account", objects=[user.pk], count=ended)


@transaction.atomic
def resume(actor: Actor, user: User) -> None:
    """The officer has reviewed: the account opens again."""
    if actor != SYSTEM and actor.role != "DPO":
        raise Refused(_("Seule la personne chargée de la protection des données peut faire cela."))
    user.suspended_at = None
    user.save(update_fields=["suspended_at"])
    journal.record(actor, "resume_account", objects=[user.pk])


@transaction.atomic
def end_sessions_of(actor: Actor, user: User) -> int:
    """Sign somebody out everywhere: a lost computer."""
    _require_keeper(actor)
    ended, _models = WebSession.objects.filter(user_id=user.pk).delete()
    journal.record(actor, "end_sessions_of", objects=[user.pk], count=ended)
    return ended


@transaction.atomic
def end_session(actor: Actor, user: User, *, session: str) -> bool:
    """Sign out one of one's browsers."""
    _require_self(actor, user)
    ended, _models = WebSession.objects.filter(pk=session, user_id=user.pk).delete()
    if ended:
        journal.record(actor, "end_session", objects=[user.pk], count=ended)
    return bool(ended)


@transaction.atomic
def end_other_sessions(actor: Actor, user: User, *, keep_session: str) -> int:
    """Sign out every other browser of one's own."""
    _require_self(actor, user)
    ended, _models = WebSession.objects.filter(user_id=user.pk).exclude(pk=keep_session).delete()
    journal.record(actor, "end_other_sessions", objects=[user.pk], count=ended)
    return ended
