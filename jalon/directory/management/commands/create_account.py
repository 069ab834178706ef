"""The first accounts of an installation: organisation when new, account, membership with its end."""

import getpass
from argparse import ArgumentParser
from datetime import date
from typing import Any

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from jalon.access import SYSTEM, Refused
from jalon.accounts.actions import create_account
from jalon.directory.actions import grant_membership, register_organisation
from jalon.directory.models import OF_STAFF, Kind, Organisation


class Command(BaseCommand):
    help = "Ouvre un compte avec sa date de fin. Le second facteur se règle à la première connexion."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("login", help="adresse de connexion")
        parser.add_argument("--name", required=True, help="nom affiché")
        parser.add_argument("--role", required=True, choices=[*map(str, OF_STAFF)])
        parser.add_argument("--ends-on", required=True, type=date.fromisoformat, help="dernier jour, AAAA-MM-JJ")
        parser.add_argument("--department", default="")
        parser.add_argument("--organisation", default="", help="identifiant d'une organisation déjà enregistrée")
        parser.add_argument("--organisation-name", default="", help="nom d'une organisation nouvelle")
        parser.add_argument("--organisation-kind", default="", choices=["", *Kind.values])

    def handle(self, **given: Any) -> None:
        password = getpass.getpass("Mot de passe (15 caractères au moins) : ")
        try:
            validate_password(password)
            with transaction.atomic():
                organisation = _organisation(given)
                user = create_account(
                    SYSTEM, login=given["login"], name=given["name"], ends_on=given["ends_on"], password=password
                )
                grant_membership(
                    SYSTEM,
                    user=user,
                    organisation=organisation,
                    role=given["role"],
                    department=given["department"],
                    ends_on=given["ends_on"],
                )
        except ValidationError as error:
            raise CommandError(" ".join(error.messages)) from None
        except Refused as refusal:
            raise CommandError(refusal.why) from None
        self.stdout.write(f"compte {user.pk} ouvert, organisation {organisation.pk}")


def _organisation(given: dict[str, Any]) -> Organisation:
    if given["organisation"]:
        found = Organisation.objects.filter(pk=given["organisation"]).first()
        if found is None:
            raise CommandError("Cette organisation n'existe pas.")
        return found
    if not (given["organisation_name"] and given["organisation_kind"]):
        raise CommandError("Indiquez --organisation, ou --organisation-name et --organisation-kind.")
    return register_organisation(
        SYSTEM, kind=given["organisation_kind"], name=given["organisation_name"], department=given["department"]
    )
