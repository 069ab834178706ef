"""ROME 4.0: the official open-data zip, and finding an occupation by the words that people use.

The version goes with the code wherever one is kept: codes change meaning between releases (two a year). The project
ships the few codes of its demonstration (``data/rome-460.csv``); the rest is imported from France Travail's zip.

Source: France Travail, « Répertoire opérationnel des métiers et des emplois », ROME 4.0 version 60 of 18 September 2025
(data.gouv.fr, Licence Ouverte). The synonyms are ours, to be checked by those who speak the languages.
"""

import csv
import io
import re
import unicodedata
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from pathlib import Path
from typing import NamedTuple

DATA = Path(__file__).parent / "data"
SHIPPED = ("460", date(2025, 9, 18), DATA / "rome-460.csv")
SYNONYMS = DATA / "synonyms.csv"
MOST_BYTES = 400 * 1024 * 1024
CODE = re.compile(r"[A-Z]\d{4}")
PUBLISHED = re.compile(r"^date de publication\s*:\s*(\d{2})/(\d{2})/(\d{4})", re.IGNORECASE | re.MULTILINE)
# File of the archive → the columns that are read.
FILES = {
    "referentiel_code_rome": ("code_rome", "libelle_rome", "emploi_reglemente", "code_rome_parent"),
    "referentiel_appellation": ("code_rome", "libelle_appellation_long"),
    "rubrique_mobilite": ("code_rome", "code_rome_cible", "numero_ordre"),
}
# The fourteen grand domaines, as ROME calls them.
SECTORS = {
    "A": "Agriculture et pêche, espaces naturels et espaces verts, soins aux animaux",
    "B": "Arts et façonnage d'ouvrages d'art",
    "C": "Banque, assurance, immobilier",
    "D": "Commerce, vente et grande distribution",
    "E": "Communication, média et multimédia",
    "F": "Construction, bâtiment et travaux publics",
    "G": "Hôtellerie-restauration, tourisme, loisirs et animation",
    "H": "Industrie",
    "I": "Installation et maintenance",
    "J": "Santé",
    "K": "Services à la personne et à la collectivité",
    "L": "Spectacle",
    "M": "Support à l'entreprise",
    "N": "Transport et logistique",
}
LITTLE = frozenset("a au aux avec chez d de des du en et l la le les un une".split())  # noqa: SIM905


class Unreadable(Exception):
    """The archive is not the official one; the sentence names the file, the line, the column."""


@dataclass
class Entry:
    """One occupation: ``moves`` are the codes one goes to from it, the nearest first."""

    code: str
    label: str
    parent: str = ""
    regulated: str = ""
    names: list[str] = field(default_factory=list)
    moves: list[str] = field(default_factory=list)


class Release(NamedTuple):
    version: str
    published_on: date | None
    entries: dict[str, Entry]


# --- the official zip -----------------------------------------------------------------------------------------
def read(path: Path) -> Release:
    """The release that the zip holds. Raises Unreadable; nothing is unpacked on the disk."""
    try:
        with zipfile.ZipFile(path) as archive:
            return _release(archive)
    except (zipfile.BadZipFile, OSError):
        raise Unreadable("Ce fichier n'est pas une archive zip lisible.") from None


def _release(archive: zipfile.ZipFile) -> Release:
    named: dict[str, zipfile.ZipInfo] = {}
    versions = set()
    for info in archive.infolist():
        found = re.fullmatch(r"unix_(\w+?)_v(\d+)_utf8\.csv", info.filename.rpartition("/")[2])
        if found and found[1] in FILES:
            named[found[1]] = info
            versions.add(found[2])
        elif info.filename.rpartition("/")[2].lower() == "version.txt":
            named["version"] = info
    if missing := [name for name in FILES if name not in named]:
        raise Unreadable(f"Il manque dans l'archive : unix_{missing[0]}_v…_utf8.csv.")
    if len(versions) != 1:
        raise Unreadable(f"Les fichiers sont de plusieurs versions : {', '.join(sorted(versions))}.")
    if sum(info.file_size for info in named.values()) > MOST_BYTES:
        raise Unreadable("L'archive est trop grosse une fois dépliée.")
    return Release(versions.pop(), _published(archive, named.get("version")), _entries(archive, named))


def _published(archive: zipfile.ZipFile, info: zipfile.ZipInfo | None) -> date | None:
    said = PUBLISHED.search(archive.read(info).decode("utf-8", "replace")) if info else None
    return date(int(said[3]), int(said[2]), int(said[1])) if said else None


def _entries(archive: zipfile.ZipFile, named: dict[str, zipfile.ZipInfo]) -> dict[str, Entry]:
    entries: dict[str, Entry] = {}
    for where, row in _rows(archive, named["referentiel_code_rome"], FILES["referentiel_code_rome"]):
        code, label = row["code_rome"], row["libelle_rome"].strip()
        if not CODE.fullmatch(code) or code in entries:
            raise Unreadable(f"{where}, code_rome : « {code[:10]} » n'est pas un code, ou il est là deux fois.")
        if not label:
            raise Unreadable(f"{where}, libelle_rome : vide.")
        entries[code] = Entry(code, label[:200], row["code_rome_parent"][:5], row["emploi_reglemente"][:1])
    for where, row in _rows(archive, named["referentiel_appellation"], FILES["referentiel_appellation"]):
        entry = _known(entries, where, "code_rome", row["code_rome"])
        name = row["libelle_appellation_long"].strip()
        if name and name != entry.label:
            entry.names.append(name)
    moves: dict[str, list[tuple[int, str]]] = {}
    for where, row in _rows(archive, named["rubrique_mobilite"], FILES["rubrique_mobilite"]):
        entry = _known(entries, where, "code_rome", row["code_rome"])
        target = _known(entries, where, "code_rome_cible", row["code_rome_cible"])
        if not row["numero_ordre"].isdecimal():
            raise Unreadable(f"{where}, numero_ordre : un nombre est attendu.")
        moves.setdefault(entry.code, []).append((int(row["numero_ordre"]), target.code))
    for code, ranked in moves.items():
        entries[code].moves = [target for _, target in sorted(ranked)]
    return entries


def _known(entries: dict[str, Entry], where: str, column: str, code: str) -> Entry:
    if code not in entries:
        raise Unreadable(f"{where}, {column} : « {code[:10]} » n'est pas dans la liste des codes.")
    return entries[code]


def _rows(
    archive: zipfile.ZipFile, info: zipfile.ZipInfo, columns: tuple[str, ...]
) -> Iterator[tuple[str, dict[str, str]]]:
    name = info.filename.rpartition("/")[2]
    with archive.open(info) as raw:
        reader = csv.DictReader(io.TextIOWrapper(raw, "utf-8-sig", newline=""))
        try:
            if absent := set(columns) - set(reader.fieldnames or ()):
                raise Unreadable(f"{name}, ligne 1 : il manque la colonne {sorted(absent)[0]}.")
            for row in reader:
                yield f"{name}, ligne {reader.line_num}", {column: row[column] or "" for column in columns}
        except UnicodeDecodeError:
            raise Unreadable(f"{name} : ce fichier n'est pas en UTF-8.") from None


@cache
def shipped() -> Release:
    """The codes of the demonstration, used as long as nothing was imported."""
    version, published_on, path = SHIPPED
    with path.open(encoding="utf-8", newline="") as file:
        entries = {
            row["code"]: Entry(
                row["code"],
                row["label"],
                row["parent"],
                row["regulated"],
                [name for name in row["names"].split("|") if name],
                [code for code in row["moves"].split("|") if code],
            )
            for row in csv.DictReader(file)
        }
    return Release(version, published_on, entries)


# --- finding --------------------------------------------------------------------------------------------------
def folded(text: str) -> list[str]:
    """The words of a text, without case, accents and little words: « Agent d'entretien » → agent, entretien."""
    plain = "".join(c for c in unicodedata.normalize("NFKD", text.lower()) if not unicodedata.combining(c))
    return [word for word in re.findall(r"\w+", plain) if word not in LITTLE]


@cache
def synonyms() -> dict[tuple[str, ...], tuple[str, ...]]:
    """Everyday words, in several languages → codes."""
    found: dict[tuple[str, ...], tuple[str, ...]] = {}
    with SYNONYMS.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            found[tuple(folded(row["words"]))] = tuple(row["codes"].split())
    return found


def find(text: str, entries: Iterable[Entry], most: int = 20) -> list[Entry]:
    """The occupations that the words may name: by a synonym first, then by the label, then by another name.

    Every word typed must begin a word of the same label or name.
    """
    words = folded(text)
    if not words:
        return []
    by_synonym = synonyms().get(tuple(words), ())
    ranked = []
    for entry in entries:
        if entry.code in by_synonym:
            ranked.append(((0, by_synonym.index(entry.code)), entry))
        elif _begins(words, entry.label):
            ranked.append(((1, len(entry.label)), entry))
        elif any(_begins(words, name) for name in entry.names):
            ranked.append(((2, len(entry.label)), entry))
    ranked.sort(key=lambda each: (each[0], each[1].code))
    return [entry for _, entry in ranked[:most]]


def _begins(words: list[str], label: str) -> bool:
    there = folded(label)
    return all(any(word.startswith(start) for word in there) for start in words)
