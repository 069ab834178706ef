"""What ``--accounts`` prints: who may sign in, what there is to look at, where."""

from pathlib import Path
from typing import Any

from django.urls import NoReverseMatch, reverse

from jalon.commissions.models import Meeting
from jalon.dossiers.models import Application
from jalon.people.models import Dossier

from . import accounts, folder
from .figures import aliases
from .folder import Mark


def known_accounts(mark: Mark) -> list[accounts.Account]:
    if mark.world == "story":
        from .story.world import World

        world = World(mark.ids)
        return [*world.accounts, *world.persons]
    from .proof import ACCOUNTS, PERSONS

    return [*ACCOUNTS, *PERSONS]


def listing(data: Path, mark: Mark) -> dict[str, Any]:
    """The whole document of ``--accounts``."""
    from .proof import canaries

    return {
        "base_url": mark.base_url,
        "space_url": folder.space_url(mark.base_url),
        "mail_sink": mark.mail_sink,
        "sms_sink": mark.sms_sink,
        "accounts": [_account(mark, account) for account in known_accounts(mark)],
        "dossiers": _dossiers(),
        "meetings": _meetings(),
        "canaries": canaries() if mark.world == "proof" else {},
    }


def _account(mark: Mark, account: accounts.Account) -> dict[str, Any]:
    login = account.typed_login
    return {
        "login": login,
        "id": account.id,
        "role": account.role,
        "organisation": account.organisation,
        "department": account.department or None,
        "password": account.typed_password,
        "totp_secret": accounts.totp_secret(login),
        "today": folder.day_of(mark, account.department),
    }


def _dossiers() -> list[dict[str, Any]]:
    rows = list(Dossier.objects.order_by("number"))
    names = aliases(rows)
    last = dict(Application.objects.order_by("rank").values_list("dossier", "pk"))
    return [
        {
            "number": row.number,
            "alias": names.get(row.pk, ""),
            "id": row.pk,
            "stage": row.stage,
            "organisation": row.organisation_id,
            "urls": {
                "dossier": url("support:dossier", row.pk),
                "application": url("dossiers:application", last[row.pk]) if row.pk in last else "",
                "journey": url("journeys:journey", row.pk),
            },
        }
        for row in rows
    ]


def _meetings() -> list[dict[str, Any]]:
    rows = Meeting.objects.order_by("department", "on")
    return [
        {
            "id": row.pk,
            "on": row.on.isoformat(),
            "department": row.department,
            "url": url("commissions:meeting", row.pk),
        }
        for row in rows
    ]


def url(name: str, *args: str) -> str:
    try:
        return reverse(name, args=args)
    except NoReverseMatch:
        return ""


def table(data: Path, mark: Mark) -> str:
    """The accounts, for whoever reads the terminal."""
    heads = ("rôle", "identifiant", "mot de passe", "secret TOTP", "jour")
    rows = [heads]
    for account in known_accounts(mark):
        shown = _account(mark, account)
        rows.append((shown["role"], shown["login"], shown["password"], shown["totp_secret"], shown["today"]))
    widths = [max(len(row[at]) for row in rows) for at in range(len(heads))]
    return "\n".join("  ".join(f"{cell:<{width}}" for cell, width in zip(row, widths, strict=True)) for row in rows)
