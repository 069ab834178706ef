"""What each account of the world ``proof`` may know, written by hand: neither the scopes nor ``decide`` are asked.

Only the golden matrix is read, straight from its file.
"""

import csv
from collections.abc import Iterator
from functools import cache
from typing import Any, NamedTuple

import pytest

from tests.browser.serving import ROOT, Server

A1 = ("31-2026-001", "31-2026-002", "31-2026-004", "31-2026-005", "31-2026-006")
A2 = ("31-2026-003", "31-2026-007")
B = ("31-2026-101", "31-2026-102")
C = ("13-2026-001",)
LODGED = ("31-2026-003", "31-2026-004", "31-2026-005", "31-2026-006", "31-2026-007", *B)
IN_SESSION = tuple(number for number in LODGED if number != "31-2026-003")
SHARED = ("31-2026-006",)
OPEN_MEETING = ("31-2026-004", "31-2026-101")  # the only one inside its window
STAGES = {
    "31-2026-001": "S0",
    "31-2026-002": "S1",
    "31-2026-003": "S2",
    "31-2026-004": "S3",
    "31-2026-005": "S4",
    "31-2026-006": "S5",
    "31-2026-007": "S6",
    "31-2026-101": "S3",
    "31-2026-102": "S5",
    "13-2026-001": "S1",
}
ALIASES = {
    "31-2026-001": "Ancolie",
    "31-2026-002": "Bleuet",
    "31-2026-003": "Camomille",
    "31-2026-004": "Euphorbe",
    "31-2026-005": "Ficaire",
    "31-2026-006": "Giroflée",
    "31-2026-007": "Houx",
    "31-2026-101": "Jacinthe",
    "31-2026-102": "Lierre",
    "13-2026-001": "Mélisse",
}


class Known(NamedTuple):
    """The dossiers that exist for an account, with the relation and the conditions that hold there."""

    role: str
    relation: str
    numbers: tuple[str, ...]
    conditions: tuple[str, ...] = ()
    window: tuple[str, ...] = ()  # those inside a running window


KNOWN = {
    "ref.a1": Known("REF", "assigned", A1, ("agreement",)),
    "ref.a2": Known("REF", "assigned", A2, ("agreement",)),
    "col.a": Known("COL", "assigned", SHARED, ("agreement",), SHARED),
    "mgr.a": Known("MGR", "same_org", (*A1, *A2), ("agreement",)),
    "adm.a": Known("ADM", "same_org", ()),
    "dpo.a": Known("DPO", "same_org", (*A1, *A2), ("agreement",)),
    "ref.b1": Known("REF", "assigned", B, ("agreement",)),
    "mgr.b": Known("MGR", "same_org", B, ("agreement",)),
    "ref.c1": Known("REF", "assigned", C, ("agreement",)),
    "emp.31": Known("EMP", "assigned", SHARED, ("agreement", "share")),
    "sec.31": Known("SEC", "same_dept", LODGED, ("agreement",), OPEN_MEETING),
    "sec.13": Known("SEC", "same_dept", ()),
    "mem.31.1": Known("MEM", "assigned", OPEN_MEETING, (), OPEN_MEETING),
    "mem.31.2": Known("MEM", "assigned", ("31-2026-101",), (), ("31-2026-101",)),
    "mem.31.3": Known("MEM", "none", ()),
    "pre.31": Known("PRE", "same_dept", IN_SESSION, ("agreement",), OPEN_MEETING),
    "pre.13": Known("PRE", "same_dept", ()),
    "etr.31": Known("ETR", "same_dept", SHARED, ("agreement", "share"), SHARED),
    "ops": Known("OPS", "none", ()),
    "sta": Known("STA", "none", ()),
    "per.1": Known("PER", "assigned", ("31-2026-006",)),
    "per.2": Known("PER", "assigned", ("31-2026-002",)),
    "per.3": Known("PER", "assigned", ("31-2026-005",)),
}


def in_turn(*also: str, slow: str = "") -> list[Any]:
    """Every account: one of each role (and ``also``) in the daily suite; others, and the role ``slow``, in proofs."""
    roles: set[str] = set()
    chosen = []
    for account, known in KNOWN.items():
        again = known.role == slow or (known.role in roles and account not in also)
        roles.add(known.role)
        chosen.append(pytest.param(account, marks=pytest.mark.proof if again else (), id=account))
    return chosen


# Signed minutes name the files by their number and reach every member who was convoked (CRPA R. 133-13).
MINUTES = {
    "mem.31.1": ("31-2026-005", "31-2026-006", "31-2026-007", "31-2026-102"),
    "mem.31.2": ("31-2026-005", "31-2026-006", "31-2026-007", "31-2026-102"),
}
ORGANISATION = {
    **dict.fromkeys(("ref.a1", "ref.a2", "col.a", "mgr.a", "adm.a", "dpo.a"), "org-a"),
    **dict.fromkeys(("ref.b1", "mgr.b"), "org-b"),
    **dict.fromkeys(("per.1", "per.2", "per.3"), "org-a"),
    "ref.c1": "org-c",
    "emp.31": "pub-ft-31",
}
ASSOCIATION_SIDE = {"ref.a1", "ref.a2", "col.a", "mgr.a", "ref.b1", "mgr.b", "ref.c1"}
READS = ("read", "create", "edit", "sign", "comment")  # who writes or signs a thing reads it


def department(account: str) -> str:
    return "13" if account.endswith((".13", ".c1")) else "31"


@cache
def cells() -> dict[tuple[str, ...], list[frozenset[str]]]:
    """The golden matrix: cell → the sets of conditions that open it."""
    found: dict[tuple[str, ...], list[frozenset[str]]] = {}
    with (ROOT / "jalon" / "access" / "matrix.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            key = (row["role"], row["relation"], row["stage"], row["compartment"], row["action"])
            needed = row["conditions_all_required"]
            found.setdefault(key, []).append(frozenset() if needed == "-" else frozenset(needed.split("+")))
    return found


def allows(
    account: str,
    number: str,
    compartment: str,
    action: str,
    *,
    stepped_up: bool = True,
    opened: str = "",
    stage: str = "",
    window: bool = False,
) -> bool:
    """Does the matrix let this account do this on this file? ``opened``: the file that its manager has broken open."""
    known = KNOWN[account]
    if number not in known.numbers:
        return False
    held = {*known.conditions, *(["stepup"] if stepped_up else [])}
    if window or number in known.window:
        held.add("window")
    if STAGES[number] == "S0":
        held.discard("agreement")
    if number == opened and known.role == "MGR":
        held.add("breakglass")
    needed = cells().get((known.role, known.relation, stage or STAGES[number], compartment, action), [])
    return any(one <= held for one in needed)


def readable(account: str, stepped_up: bool, opened: str = "") -> Iterator[str]:
    """``"<number>/<compartment>"`` that the matrix lets this account read."""
    for number in KNOWN[account].numbers:
        for compartment in (f"C{n}" for n in range(1, 18)):
            if any(allows(account, number, compartment, one, stepped_up=stepped_up, opened=opened) for one in READS):
                yield f"{number}/{compartment}"


def foreign(account: str, thing: dict[str, Any]) -> bool:
    """Is this object outside what the account may know?"""
    if thing["number"]:
        return thing["number"] not in KNOWN[account].numbers
    own = ORGANISATION.get(account)
    if thing["organisations"] and own and own != "pub-ft-31":
        return own not in thing["organisations"]
    return bool(thing["department"]) and thing["department"] != department(account)


def ids_of(server: Server) -> dict[str, str]:
    return {one["number"]: one["id"] for one in server.world["dossiers"]}
