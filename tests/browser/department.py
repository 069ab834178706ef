"""Run apart (``python -m tests.browser.department WORLD``): makes a world to be served, prints its accounts as JSON.

``empty``: a department where nothing has happened yet. Organisations, accreditations and accounts exist, nothing else:
no seat, no convention, no person. ``bare``: the same before any accreditation. ``gard``: the first in the Gard of
2018. ``story`` and ``proof`` are the worlds of ``jalon demo``.
"""

import json
import os
import sys
from datetime import date
from pathlib import Path
from typing import Any

from jalon.demo.folder import DATABASE
from tests.browser.serving import DAY_FILE, NOTHING_YET

FIRST_DAY = "2026-01-12"

# name → kind, name on screen, department
ORGANISATIONS = {
    "roseraie": ("association", "Association La Roseraie", "31"),
    "autre": ("association", "Association Les Tilleuls", "31"),
    "garonne": ("employment_agency", "Agence pour l'emploi de Toulouse", "31"),
    "pref-31": ("prefecture", "Préfecture de la Haute-Garonne", "31"),
    "ddets-31": ("ddets", "DDETS de la Haute-Garonne", "31"),
    "conseil-31": ("department_council", "Conseil départemental de la Haute-Garonne", "31"),
    "mer": ("association", "Association du Rivage", "34"),
    "pref-34": ("prefecture", "Préfecture de l'Hérault", "34"),
    "ddets-34": ("ddets", "DDETS de l'Hérault", "34"),
}
# id, name, role, organisation, department, college
ACCOUNTS = (
    ("ref", "Camille Ourliac", "REF", "roseraie", "31", ""),
    ("col", "Sacha Vidal", "COL", "roseraie", "31", ""),
    ("mgr", "Dominique Astruc", "MGR", "roseraie", "31", ""),
    ("adm", "Claude Bonnafous", "ADM", "roseraie", "31", ""),
    ("dpo", "Andréa Cazals", "DPO", "roseraie", "31", ""),
    ("ref2", "Noa Delpech", "REF", "autre", "31", ""),
    ("mgr2", "Lou Escande", "MGR", "autre", "31", ""),
    ("emp", "Maxence Fabre", "EMP", "garonne", "31", ""),
    ("dir", "Alix Gineste", "EMP", "garonne", "31", ""),
    ("sec", "Charlie Hébrard", "SEC", "ddets-31", "31", ""),
    ("mem1", "Eden Izard", "MEM", "conseil-31", "31", "conseil départemental"),
    ("mem2", "Morgan Jalabert", "MEM", "pref-31", "31", "magistrat judiciaire"),
    ("mem3", "Swann Lacombe", "MEM", "autre", "31", "association agréée"),
    ("memr", "Yaël Noguès", "MEM", "roseraie", "31", "association agréée"),
    ("pre", "Ange Mazars", "PRE", "pref-31", "31", ""),
    ("etr", "Lilian Naudy", "ETR", "pref-31", "31", ""),
    ("ref34", "Jessy Olmières", "REF", "mer", "34", ""),
    ("mgr34", "Kelly Pradal", "MGR", "mer", "34", ""),
    ("sec34", "Robin Quint", "SEC", "ddets-34", "34", ""),
    ("sta", "Sasha Roques", "STA", "ddets-31", "", ""),
    ("ops", "Valéry Sudre", "OPS", "ddets-31", "", ""),
)


# The Gard of 2018, where the first convention is signed.
GARD_DAY = "2018-11-22"
GARD = {
    "calandre": ("association", "Association Calandre", "30"),
    "pe-30": ("employment_agency", "Pôle emploi Gard", "30"),
    "pref-30": ("prefecture", "Préfecture du Gard", "30"),
    "ddcs-30": ("ddets", "DDCS du Gard", "30"),
}
GARD_ACCOUNTS = (
    ("ref", "Maïwenn Ourliac", "REF", "calandre", "30", ""),
    ("ref2", "Idris Vidal", "REF", "calandre", "30", ""),
    ("mgr", "Odile Astruc", "MGR", "calandre", "30", ""),
    ("emp", "Clément Fabre", "EMP", "pe-30", "30", ""),
    ("dir", "Alix Gineste", "EMP", "pe-30", "30", ""),
    ("sec", "Anouk Hébrard", "SEC", "ddcs-30", "30", ""),
    ("pre", "Ange Mazars", "PRE", "pref-30", "30", ""),
)


def main(world: str) -> None:
    import django

    data = Path(os.environ["JALON_DATA_DIR"])
    from jalon.vault.providers import create_keys

    create_keys(Path(os.environ["JALON_KEY_DIR"]), demo=True)
    day = data / DAY_FILE
    day.write_text(GARD_DAY if world == "gard" else FIRST_DAY, encoding="ascii")
    django.setup()
    if world in NOTHING_YET:
        if not (data / DATABASE).exists():
            from jalon.demo.loading import migrate

            migrate()
        found = _gard() if world == "gard" else _empty(accredited=world == "empty")
    else:
        found = _demonstration(data, world, day)
    json.dump(found, sys.stdout, ensure_ascii=False)


def _empty(accredited: bool) -> dict[str, object]:
    granted = (("roseraie", "31"), ("autre", "31"), ("mer", "34")) if accredited else ()
    return _department(ORGANISATIONS, ACCOUNTS, granted, date(2024, 1, 8), date(2025, 3, 3))


def _gard() -> dict[str, object]:
    return _department(GARD, GARD_ACCOUNTS, (("calandre", "30"),), date(2018, 1, 8), date(2018, 3, 5))


def _department(
    organisations: Any, who: Any, granted: tuple[tuple[str, str], ...], opened: date, approved: date
) -> dict[str, object]:
    """Organisations and accounts from a day, associations approved on another."""
    from jalon.access import SYSTEM
    from jalon.config import clock
    from jalon.demo import accounts
    from jalon.directory import actions as directory

    with clock.at(opened):
        made = {
            key: directory.register_organisation(SYSTEM, kind=kind, name=name, department=department, id=key)
            for key, (kind, name, department) in organisations.items()
        }
        listed = []
        for identifier, name, role, organisation, department, college in who:
            account = accounts.Account(identifier, name, role, organisation, department, college=college)
            user, membership = accounts.create(account, made[organisation])
            listed.append(
                {
                    "id": identifier,
                    "name": name,
                    "role": role,
                    "organisation": organisation,
                    "department": department,
                    "user_id": user.pk,
                    "membership_id": membership.pk,
                    "login": account.typed_login,
                    "password": accounts.password(account.typed_login),
                    "totp_secret": accounts.totp_secret(account.typed_login),
                }
            )
    for key, department in granted:
        with clock.at(approved):
            directory.record_accreditation(
                SYSTEM,
                organisation=made[key],
                department=department,
                received_on=approved.replace(month=1, day=6),
                granted_on=approved,
                order_number=f"{department}-{approved.year}-{key}",
            )
    return {"accounts": listed, "dossiers": [], "meetings": [], "canaries": {}}


def _demonstration(data: Path, world: str, day: Path) -> dict[str, object]:
    from jalon.demo import cli, folder, listing
    from jalon.demo.folder import Mark

    now = folder.DEFAULT_NOW
    known = folder.read_mark(data)  # of the copied world; none on PostgreSQL
    mark = Mark(
        world=world,
        days=folder.STORY_DAYS if world == "story" else {"*": now[:10]},
        now="" if world == "story" else now,
        base_url=os.environ["JALON_BASE_URL"],
        loaded=known is not None and known.loaded,
        ids=known.ids if known else {},
    )
    mark = cli.ensure(data, mark)
    day.write_text("\n".join(f"{place} {when}" for place, when in mark.days.items()), encoding="ascii")
    return listing.listing(data, mark)


if __name__ == "__main__":
    main(sys.argv[1])
