"""An account: its compulsory end, its profile, its password; suspended, resumed, closed."""

from datetime import date
from secrets import token_urlsafe

from allauth.mfa.models import Authenticator
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from jalon import journal
from jalon.access import SYSTEM, Actor, Refused
from jalon.config import clock

from .. import streets, totp
from ..logins import login_hash
from ..models import Invitation, User, WebSession
from ..signals import closed
from .common import require_keeper, require_self
from .texts import drop_form


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
    require_keeper(actor)
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
    require_keeper(actor)
    if user.ends_on < ends_on:
        user.ends_on = ends_on
        user.save(update_fields=["ends_on"])
        journal.record(actor, "prolong_account", objects=[user.pk])


@transaction.atomic
def update_profile(actor: Actor, user: User, *, name: str, phone: str, language: str, density: str) -> User:
    """The name shown, the professional phone, the language and the density of the screens."""
    require_self(actor, user)
    user = User.objects.select_for_update().get(pk=user.pk)
    user.seal({**user.unseal(), "name": name, "phone": phone})
    user.language, user.density = language, density
    user.save(update_fields=["sealed", "revision", "language", "density"])
    journal.record(actor, "update_profile", objects=[user.pk], sealed=[user])
    return user


@transaction.atomic
def keep_street(actor: Actor, user: User, *, street: str, postcode: str, town: str) -> None:
    """The street of who works here, if she wishes: the officer is told when she opens the file of a neighbour.

    Keyed hashes alone are kept (``streets``); nothing shows them, and no act of another person writes them. It counts
    from now on: the instant of this event is what the officer's month compares with (``people.oversight``).
    """
    require_self(actor, user)
    user.street = streets.marks(user.pk, street, postcode, town)
    user.save(update_fields=["street"])
    journal.record(actor, "keep_street", objects=[user.pk])


@transaction.atomic
def withdraw_street(actor: Actor, user: User) -> None:
    """What was kept of her street goes at once."""
    require_self(actor, user)
    user.street = ""
    user.save(update_fields=["street"])
    journal.record(actor, "withdraw_street", objects=[user.pk])


@transaction.atomic
def change_password(actor: Actor, user: User, *, new: str, keep_session: str = "") -> User:
    """A new password; every other session of the account ends."""
    require_self(actor, user)
    user.set_password(new)
    user.save(update_fields=["password"])
    ended, _models = WebSession.objects.filter(user_id=user.pk).exclude(pk=keep_session).delete()
    journal.record(actor, "change_password", objects=[user.pk], count=ended)
    return user


@transaction.atomic
def close_account(actor: Actor, user: User) -> User:
    """The account stops at once: sessions, links, second factors, kept texts and waiting messages go with it."""
    require_keeper(actor)
    user.is_active, user.street = False, ""
    user.save(update_fields=["is_active", "street"])
    ended, _models = WebSession.objects.filter(user_id=user.pk).delete()
    Invitation.objects.filter(user=user).delete()
    Authenticator.objects.filter(user=user).delete()
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
