"""The world of security checks: a dossier in every stage, canaries in their places only."""

import sqlite3
from contextlib import closing

import pytest

pytestmark = pytest.mark.xdist_group("demo-proof")
NAMES = [
    *("ref.a1", "ref.a2", "col.a", "mgr.a", "adm.a", "dpo.a", "ref.b1", "mgr.b", "ref.c1", "emp.31"),
    *("sec.31", "sec.13", "mem.31.1", "mem.31.2", "mem.31.3", "pre.31", "pre.13", "etr.31", "ops", "sta"),
    *("per.1", "per.2", "per.3"),
]


def rows(database, sql):
    with closing(sqlite3.connect(database)) as connection:
        return connection.execute(sql).fetchall()


def test_accounts(proof):
    assert [account["id"] for account in proof.accounts["accounts"]] == NAMES
    assert {account["today"] for account in proof.accounts["accounts"]} == {"2026-03-16"}


def test_a_dossier_in_every_stage(proof):
    dossiers = proof.accounts["dossiers"]
    stages = {
        org: sorted(d["stage"] for d in dossiers if d["organisation"] == org) for org in ("org-a", "org-b", "org-c")
    }
    assert stages == {"org-a": ["S0", "S1", "S2", "S3", "S4", "S5", "S6"], "org-b": ["S3", "S5"], "org-c": ["S1"]}


def test_three_meetings(proof):
    sql = "SELECT state, window_ends_on < '2026-03-16' FROM commissions_meeting ORDER BY \"on\""
    assert rows(proof.database, sql) == [("signed", 1), ("open", 0), ("planned", 0)]


def test_who_is_recused_and_who_is_not_convoked(proof):
    assert rows(proof.database, "SELECT COUNT(*) FROM commissions_recusal WHERE by_rule = 0") == [(1,)]
    convoked = rows(proof.database, "SELECT meeting_id, COUNT(*) FROM commissions_attendance GROUP BY 1")
    assert [count for _meeting, count in convoked] == [3, 3]  # the chair and two members


def test_contacts(proof):
    """One person asked for silence; the check of another is too old."""
    sql = "SELECT SUM(messages_stopped), SUM(reviewed_on < '2025-12-16') FROM people_safecontact"
    assert rows(proof.database, sql) == [(1, 1)]


def test_one_canary_a_dossier_and_compartment(proof):
    canaries = proof.accounts["canaries"]
    numbers = {dossier["number"] for dossier in proof.accounts["dossiers"]}
    assert {key.split("/")[0] for key in canaries} == numbers
    assert len(set(canaries.values())) == len(canaries) > 100
    assert {f"31-2026-006/C{n}" for n in (1, 2, 3, 4, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16)} <= set(canaries)


def test_no_canary_in_clear(proof):
    kept = proof.bytes()
    assert not [key for key, word in proof.accounts["canaries"].items() if word.encode() in kept]


LOOK = """
import json, sys
import jalon.demo.cli as cli
from pathlib import Path
cli.environment(Path(sys.argv[1]))
import django; django.setup()
from datetime import date
from django.apps import apps
from jalon.config import clock
from jalon.demo.proof import canaries
from jalon.vault.errors import KeyMissing
from jalon.vault.models import Sealed
found = {}
with clock.at(date(2026, 3, 16)):
    for model in apps.get_models():
        if not issubclass(model, Sealed):
            continue
        for row in model.objects.all():
            try:
                text = json.dumps(row.unseal(), ensure_ascii=False)
            except KeyMissing:
                continue
            for key, word in canaries().items():
                if word in text:
                    found.setdefault(key, []).append(row.compartment)
print(json.dumps(found))
"""


def test_each_canary_is_in_its_compartment_and_in_no_other(proof):
    import json
    import os
    import subprocess
    import sys

    env = {k: v for k, v in os.environ.items() if not k.startswith("JALON_") and k != "DATABASE_URL"}
    done = subprocess.run(
        [sys.executable, "-c", LOOK, str(proof.data)], env=env, capture_output=True, text=True, timeout=60
    )
    found = json.loads(done.stdout)
    assert set(found) == set(proof.accounts["canaries"])
    assert {key: set(where) for key, where in found.items()} == {key: {key.split("/")[1]} for key in found}
