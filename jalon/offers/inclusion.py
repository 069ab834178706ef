"""Structures and services in the national standard data·inclusion v1, read strictly.

The standard's own package checks the values. Ours is stricter where it lets a mistake pass: a key that it does not know
(``thematique`` for ``thematiques``), digits that are not ours, a point off the globe, « france » beside a department.

Source: data-inclusion-schema 1.0 (Licence Ouverte 2.0).
"""

import csv
import json
from collections.abc import Collection, Iterable
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from .plan import Problem, Record

SETS = (
    "thematiques", "publics", "modes_accueil", "modes_mobilisation", "mobilisable_par", "reseaux_porteurs",
    "zone_eligibilite",
)  # fmt: skip
DIGITS = ("code_postal", "code_insee", "siret")
SENTENCES = {
    "missing": "champ absent",
    "extra_forbidden": "champ inconnu du standard",
    "enum": "« {given} » n'est pas dans la liste du standard",
    "string_too_short": "trop court",
    "string_too_long": "trop long",
    "string_pattern_mismatch": "« {given} » n'a pas la forme attendue",
    "too_short": "liste vide : retirez le champ",
    "date_from_datetime_parsing": "« {given} » : attendu une date, AAAA-MM-JJ",
    "float_parsing": "« {given} » : attendu un nombre",
}


class Catalogue(NamedTuple):
    """What a file or a mirror holds, by identifier, and what was wrong in it: ``refused`` records are left out."""

    structures: dict[str, Record]
    services: dict[str, Record]
    problems: list[Problem]
    refused: frozenset[str] = frozenset()


class Unreadable(Exception):
    """The file as a whole cannot be read; the sentence says why."""


WORDS_FILE = Path(__file__).parent / "data" / "inclusion-words.csv"


@cache
def words() -> dict[str, dict[str, str]]:
    """The labels of the standard's lists: list → code → label. A copy, so that a page does not load the package."""
    found: dict[str, dict[str, str]] = {}
    with WORDS_FILE.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            found.setdefault(row["list"], {})[row["code"]] = row["label"]
    return found


def said(kind: str, codes: Iterable[str] | str | None) -> str:
    """Codes of one of the standard's lists, in words."""
    listed = [codes] if isinstance(codes, str) else codes or ()
    return ", ".join(words()[kind].get(code, code) for code in listed)


@cache
def _schemas() -> tuple[Any, Any]:
    """The standard's models with our refusals. Made when first needed: they are slow to load, and pages never do."""
    from data_inclusion.schema import v1
    from pydantic import ConfigDict, ValidationInfo, field_validator

    class Strict:
        model_config = ConfigDict(extra="forbid")

        @field_validator(*DIGITS, check_fields=False)
        @classmethod
        def _ascii(cls, value: str | None) -> str | None:
            if value and not value.isascii():
                raise ValueError("chiffres attendus")
            return value

        @field_validator("latitude", "longitude", check_fields=False)
        @classmethod
        def _on_the_globe(cls, value: float | None, info: ValidationInfo) -> float | None:
            most = 90 if info.field_name == "latitude" else 180
            if value is not None and not -most <= value <= most:
                raise ValueError(f"attendu entre -{most} et {most}")
            return value

        @field_validator("zone_eligibilite", check_fields=False)
        @classmethod
        def _one_kind(cls, value: list[str] | None) -> list[str] | None:
            if value and "france" in value and len(value) > 1:
                raise ValueError("« france » ne se mêle pas à d'autres codes")
            return value

    class Structure(Strict, v1.Structure):
        pass

    class Service(Strict, v1.Service):
        pass

    return Structure, Service


def load(content: bytes, known_structures: Collection[str] = ()) -> Catalogue:
    """A file ``{"structures": […], "services": […]}``. Raises Unreadable when it is not one."""
    try:
        body = json.loads(content)
    except (ValueError, RecursionError):
        raise Unreadable("Ce fichier n'est pas du JSON.") from None
    lists = [body.get(name, []) if isinstance(body, dict) else None for name in ("structures", "services")]
    if not all(isinstance(rows, list) for rows in lists) or not any(lists):
        raise Unreadable("Des listes sont attendues sous les clés « structures » et « services ».")
    return check(lists[0], lists[1], known_structures)


def check(structures: Iterable[Any], services: Iterable[Any], known_structures: Collection[str] = ()) -> Catalogue:
    """The records that hold, in one stable form, and what is wrong with the others."""
    structure, service = _schemas()
    problems: list[Problem] = []
    structures, services = list(structures), list(services)
    found = _read(structure, structures, "structure", problems)
    offered = _read(service, services, "service", problems)
    for number, record in list(offered.items()):
        if record["structure_id"] not in found and record["structure_id"] not in known_structures:
            problems.append(Problem(f"service {number}", "structure_id", "cette structure n'est pas connue"))
            del offered[number]
    named = {str(row.get("id")) for row in services if isinstance(row, dict)}
    return Catalogue(found, offered, problems, frozenset(named - set(offered)))


def _read(schema: Any, rows: Iterable[Any], kind: str, problems: list[Problem]) -> dict[str, Record]:
    from pydantic import ValidationError

    found: dict[str, Record] = {}
    for rank, row in enumerate(rows, start=1):
        number = str(row.get("id") or "?")[:160] if isinstance(row, dict) else "?"
        where = f"{kind} n° {rank} ({number})"
        try:
            record = schema.model_validate(row).model_dump(mode="json", exclude_none=True)
        except ValidationError as error:
            problems += [Problem(where, _field(each), _said(each)) for each in error.errors()]
            continue
        if number in found:
            problems.append(Problem(where, "id", "déjà lu plus haut"))
        elif len(record["id"]) > 160 or len(record["source"]) > 60:
            problems.append(Problem(where, "id", "trop long"))
        else:
            found[number] = {name: sorted(value) if name in SETS else value for name, value in record.items()}
    return found


def _field(error: Any) -> str:
    return ".".join(str(part) for part in error["loc"][:2] if not str(part).startswith("function")) or "-"


def _said(error: Any) -> str:
    sentence = SENTENCES.get(error["type"])
    if sentence is None:
        return str(error["msg"]).removeprefix("Value error, ")
    return sentence.format(given=str(error["input"])[:60])


def department(record: Record, fallback: str = "") -> str:
    """Where it is: the department of its commune, else the only one that it is for."""
    insee = record.get("code_insee") or ""
    if not insee:
        zone = [code for code in record.get("zone_eligibilite") or () if len(code) in (2, 3)]
        return zone[0] if len(zone) == 1 else fallback
    return insee[:3] if insee.startswith("97") else insee[:2]
