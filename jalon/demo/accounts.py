"""Invented accounts. Passwords and TOTP secrets are derived from the demonstration's token key: nothing is kept."""

import base64
from dataclasses import dataclass
from datetime import date

from jalon.access import SYSTEM, Actor
from jalon.accounts import actions as accounts
from jalon.accounts.models import User
from jalon.directory import actions as directory
from jalon.directory.models import Membership, Organisation
from jalon.people.models import Dossier
from jalon.space import actions as space
from jalon.vault import keys

DOMAIN = "demo.example"
FROM = date(2017, 1, 2)
UNTIL = date(2030, 12, 31)


@dataclass(frozen=True, slots=True)
class Account:
    """One account of a world: ``id`` is its name there."""

    id: str
    name: str
    role: str
    organisation: str
    department: str = ""
    title: str = ""
    college: str = ""
    login: str = ""
    language: str = "fr"
    dossier: str = ""  # the number of the file that a person's own account opens
    phrase: str = ""

    @property
    def typed_login(self) -> str:
        return self.login or (self.id if self.dossier else f"{self.id}@{DOMAIN}")

    @property
    def typed_password(self) -> str:
        return self.phrase or password(self.typed_login)


def password(login: str) -> str:
    """Fifteen characters at least, easy to copy, different in every demonstration."""
    return f"demo-{base64.b32encode(keys.mac('demo password', login))[:14].decode().lower()}"


def totp_secret(login: str) -> str:
    return base64.b32encode(keys.mac("demo totp", login)[:20]).decode()


def create(account: Account, organisation: Organisation) -> tuple[User, Membership]:
    """Open the account and give it its role, through the actions of accounts and directory."""
    login = account.typed_login
    user = accounts.create_account(
        SYSTEM,
        login=login,
        name=account.name,
        ends_on=UNTIL,
        password=password(login),
        totp_secret=totp_secret(login),
        language=account.language,
    )
    membership = directory.grant_membership(
        SYSTEM,
        user=user,
        organisation=organisation,
        role=account.role,
        department=account.department,
        starts_on=FROM,
        ends_on=UNTIL,
        title=account.title,
        college=account.college,
    )
    return user, membership


def open_space(account: Account, referent: Actor, dossier: Dossier) -> User:
    """A person's own account, opened by her referent and activated with the code of her paper."""
    login = account.typed_login
    card = space.open_space(referent, dossier, number=login)
    made = accounts.activate(number=login, code=card.code, phrase=account.typed_password, secret=totp_secret(login))
    if made is None:
        raise RuntimeError(f"the space of {account.id} did not open")
    accounts.prolong_account(SYSTEM, made.user, ends_on=UNTIL)
    return made.user


def actor(account: Account, user: User, membership: Membership) -> Actor:
    """The account as the loader lets it act: identity confirmed, as after a step-up."""
    return Actor(
        user_id=user.pk,
        role=account.role,
        organisation_id=membership.organisation_id,
        department=account.department,
        membership_id=membership.pk,
        stepped_up=True,
        language=account.language,
    )
