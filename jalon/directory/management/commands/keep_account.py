"""What only the operator does for managers, officers, secretariats and préfets: a new link, more time, an end."""

from argparse import ArgumentParser
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from jalon.access import SYSTEM, Refused
from jalon.accounts.logins import login_hash
from jalon.accounts.models import User
from jalon.directory import actions
from jalon.directory.models import OF_STAFF, Membership


class Command(BaseCommand):
    help = "S'occupe d'un compte, la personne vue : nouveau lien par courriel, fin d'une fonction, fermeture."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("login", help="adresse de connexion")
        what = parser.add_mutually_exclusive_group(required=True)
        what.add_argument("--link", action="store_true", help="tout recommence d'un lien envoyé à son adresse")
        what.add_argument("--until", type=date.fromisoformat, help="dernier jour de la fonction, AAAA-MM-JJ")
        what.add_argument("--close", action="store_true", help="ferme le compte tout de suite")
        parser.add_argument("--role", default="", choices=["", *map(str, OF_STAFF)], help="avec --until")

    def handle(self, **given: Any) -> None:
        user = User.objects.filter(login=login_hash(given["login"])).first()
        if user is None:
            raise CommandError("Ce compte n'existe pas.")
        try:
            with transaction.atomic():
                if given["link"]:
                    actions.invite_again(SYSTEM, user)
                elif given["close"]:
                    actions.close_account(SYSTEM, user)
                else:
                    actions.end_membership(SYSTEM, _membership(user, given["role"]), ends_on=given["until"])
        except ValidationError as error:
            raise CommandError(" ".join(error.messages)) from None
        except Refused as refusal:
            raise CommandError(refusal.why) from None
        self.stdout.write(f"compte {user.pk} : c'est fait")


def _membership(user: User, role: str) -> Membership:
    """The last membership of this role, among those of an account that may hold several."""
    found = Membership.objects.filter(user=user, role=role).order_by("-ends_on", "-starts_on", "pk").first()
    if found is None:
        raise CommandError("Indiquez --role : une fonction que ce compte tient ou a tenue.")
    return found
