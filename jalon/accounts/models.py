"""Accounts and their web sessions. A dump of these tables names nobody."""

from datetime import timedelta
from typing import Any

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.sessions.base_session import BaseSessionManager
from django.db import models
from django.utils.translation import gettext_lazy as _

from jalon.config import clock
from jalon.vault import keys
from jalon.vault.models import IdField, Sealed

from .logins import login_hash

KEPT_FOR = timedelta(days=1)
MOST_KEPT = 3  # browsers of one account whose text waits
INVITATION_LASTS = timedelta(days=1)
INVITATION_TRIES = 5
PASSKEY_CODE_LASTS = timedelta(minutes=15)


class Density(models.TextChoices):
    COMFORTABLE = "confort", _("Aérées")
    COMPACT = "compact", _("Serrées")


class UserManager(BaseUserManager["User"]):
    def create_user(
        self, login: str, password: str | None = None, *, profile: dict[str, str], hers: bool = False, **fields: Any
    ) -> "User":
        """Insert one account: the login as a keyed hash, the profile sealed, the password as an Argon2id hash."""
        user = self.model(login=login_hash(login, hers=hers), **fields)
        user.set_password(password)
        keys.ensure(keys.STAFF, "GS")
        user.seal({**profile, "login": login})
        user.save(force_insert=True)
        return user

    def get_by_natural_key(self, username: str) -> "User":
        return self.get(login=login_hash(username))


class User(Sealed, AbstractBaseUser):
    """One account. Name, e-mail, phone and login are in the sealed profile; a person's own has no e-mail."""

    COMPARTMENT = "GS"
    key_owner = keys.STAFF

    id = IdField()
    login = models.CharField(max_length=64, unique=True, editable=False)
    is_active = models.BooleanField(default=True)
    # Stopped until somebody reviews what was done with it; a closed account (``is_active``) does not come back.
    suspended_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(default=clock.now, editable=False)
    ends_on = models.DateField()
    # The keyed hash of who ProConnect says it is (``accounts.proconnect``); null: not linked.
    proconnect = models.CharField(max_length=64, unique=True, null=True, editable=False)  # noqa: DJ001
    # Keyed hashes of the street that she gave, if she did (``accounts.streets``): compared, never read back.
    street = models.CharField(max_length=129, blank=True, default="", editable=False)
    language = models.CharField(max_length=2, choices=[("fr", "Français"), ("en", "English")], default="fr")
    density = models.CharField(max_length=12, choices=Density.choices, default=Density.COMFORTABLE)

    USERNAME_FIELD = "login"
    REQUIRED_FIELDS: list[str] = []

    objects = UserManager()

    class Meta:
        verbose_name = _("compte")
        verbose_name_plural = _("comptes")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(language__in=["fr", "en"]),
                name="accounts_user_language",
                violation_error_message=_("Choisissez le français ou l'anglais."),
            )
        ]

    def __str__(self) -> str:
        return f"user {self.id}"

    # The wrapped key of the profiles, when the caller's own query has already brought it (``keys.with_key``).
    profile_key: bytes | None = None

    @property
    def profile(self) -> dict[str, Any]:
        """Name, e-mail, phone and login, unsealed once per instance and revision."""
        cached = self.__dict__.get("_profile")
        if cached is None or cached[0] != self.revision:
            cached = self.__dict__["_profile"] = (self.revision, self.unseal(self.profile_key))
        return cached[1]

    @property
    def name(self) -> str:
        return str(self.profile.get("name", ""))

    @property
    def email(self) -> str:
        return str(self.profile.get("email", ""))

    @property
    def initials(self) -> str:
        words = [word for word in self.name.replace("-", " ").split() if word[0].isalpha() and not word.endswith(".")]
        return (words[0][0] + words[-1][0] if len(words) > 1 else self.name[:2]).upper()

    def is_open(self) -> bool:
        """May this account be used today?"""
        return self.is_active and self.suspended_at is None and self.ends_on >= clock.today()


class KeptForm(Sealed):
    """What one person was typing when her session, or her proof of identity, had lapsed: sealed, a day at most.

    The sealed record holds the address, the page that held the form, and the fields. One for each browser: the value of
    its cookie is kept only as a keyed hash, and nothing is shown to another browser (whoever sent from a stolen one
    would make the owner send what she never wrote). What a dossier seals by itself is sealed once more inside, under
    that dossier's key, and goes with it; no column says which.
    """

    COMPARTMENT = "GS"
    key_owner = keys.STAFF

    id = IdField()
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    browser = models.CharField(max_length=64)
    kept_at = models.DateTimeField()

    class Meta:
        verbose_name = _("texte gardé")
        constraints = [models.UniqueConstraint(fields=["user", "browser"], name="accounts_keptform_browser")]

    def __str__(self) -> str:
        return f"kept form {self.id}"


class Invitation(models.Model):
    """A link or a code that gives an account its first password or passkey, once; kept only as a keyed hash."""

    token = models.CharField(max_length=64, primary_key=True)
    user = models.OneToOneField(User, on_delete=models.CASCADE, related_name="+")
    expires_at = models.DateTimeField()
    tries = models.PositiveSmallIntegerField(default=0)

    class Meta:
        verbose_name = _("invitation")

    def __str__(self) -> str:
        return "invitation"

    def usable(self) -> bool:
        """Not too old, not tried too often, for an account that is open."""
        return self.tries < INVITATION_TRIES and self.expires_at > clock.machine() and self.user.is_open()


def token_hash(secret: str, *, passkey: bool = False) -> str:
    """The only form under which a link's secret is kept. A code handed for a passkey chooses no phrase."""
    return keys.mac("invitation of a passkey" if passkey else "invitation", secret).hex()


class WebSession(models.Model):
    """A signed-in browser. The cookie's value is kept only as a keyed hash: a dump opens no session."""

    session_key = models.CharField(max_length=64, primary_key=True)
    session_data = models.TextField()
    expire_date = models.DateTimeField(db_index=True)
    user_id = models.CharField(max_length=22, blank=True, default="", db_index=True)
    started_at = models.DateTimeField()
    seen_at = models.DateTimeField()

    objects = BaseSessionManager()

    def __str__(self) -> str:
        return "web session"
