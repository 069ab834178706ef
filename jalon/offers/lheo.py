"""Trainings from a file of a catalogue: LHEO in XML (2.x), or the same words as JSON keys.

Both become ``{"formation": …, "action": …, "session": …}``, one for each dated session, checked by one table. What is
wrong is told with the place and the name of the element; nothing is guessed. ``langue`` and ``stage-entreprise`` are no
elements of LHEO: they are what a person read in the free text (``READ_BY_A_PERSON``).

Source: LHEO, langage harmonisé d'échange d'informations sur l'offre de formation, 2.2 and 2.3 (lheo.gouv.fr).
"""

import json
import re
from collections.abc import Callable, Iterator
from datetime import date
from typing import TYPE_CHECKING, Any

from .plan import Problem, Record

if TYPE_CHECKING:
    from xml.etree import ElementTree

# Not of LHEO: (part, element).
READ_BY_A_PERSON = (("formation", "langue"), ("action", "stage-entreprise"))
MOST_BYTES = 200 * 1024 * 1024
UNKNOWN_DAYS = {"00000000", "99999999"}  # LHEO's way to say: no date
DECLARATION = re.compile(rb"<!\s*(DOCTYPE|ENTITY)", re.IGNORECASE)

Check = Callable[[Any], str]  # "" or a sentence


class Unreadable(Exception):
    """The file as a whole cannot be read; the sentence says why."""


def read(content: bytes) -> tuple[dict[str, Record], list[Problem]]:
    """The trainings by session number, and what is wrong. Raises Unreadable when the file is neither XML nor JSON."""
    if len(content) > MOST_BYTES:
        raise Unreadable("Le fichier est trop gros.")
    start = content.lstrip(b"\xef\xbb\xbf \t\r\n")[:1]
    found = list(_from_xml(content) if start == b"<" else _from_json(content))
    records: dict[str, Record] = {}
    problems: list[Problem] = []
    for rank, (record, wrong) in enumerate(found, start=1):
        where = _where(record, rank)
        mine = [Problem(where, field, said) for field, said in wrong] or list(_checked(record, where))
        number = str(_at(record, "session.numero") or "")
        if not mine and number in records:
            mine = [Problem(where, "session.numero", "déjà lu plus haut dans ce fichier")]
        problems += mine
        if not mine:
            records[number] = record
    return records, problems


def _where(record: Record, rank: int) -> str:
    named = [str(_at(record, f"{part}.numero") or "?") for part in ("formation", "action", "session")]
    return f"n° {rank} ({' › '.join(named)})"


def _at(record: Any, path: str) -> Any:
    for name in path.split("."):
        record = record.get(name) if isinstance(record, dict) else None
    return record


# --- JSON ---------------------------------------------------------------------------------------------------------
def _from_json(content: bytes) -> Iterator[tuple[Record, list[tuple[str, str]]]]:
    try:
        body = json.loads(content)
    except (ValueError, RecursionError):
        raise Unreadable("Ce fichier n'est ni du XML LHÉO, ni du JSON.") from None
    rows = body.get("formations") if isinstance(body, dict) else None
    if not isinstance(rows, list):
        raise Unreadable("Une liste est attendue sous la clé « formations ».")
    for row in rows:
        parts = row if isinstance(row, dict) else {}
        wrong = [
            (part, "attendu : un objet")
            for part in ("formation", "action", "session")
            if not isinstance(parts.get(part), dict)
        ]
        yield parts, wrong


# --- XML ----------------------------------------------------------------------------------------------------------
def _from_xml(content: bytes) -> Iterator[tuple[Record, list[tuple[str, str]]]]:
    if b"\x00" in content or DECLARATION.search(content):
        # Entities are how a small file fills a memory; LHEO declares none.
        raise Unreadable("Le fichier déclare un type de document ou n'est pas en UTF-8 : il n'est pas lu.")
    from xml.etree import ElementTree  # only a command reads XML: a server starts without it

    try:
        root = ElementTree.fromstring(content)  # noqa: S314 (no declaration: nothing to expand)
    except ElementTree.ParseError as error:
        line, column = error.position
        raise Unreadable(f"Le XML est mal formé, ligne {line}, caractère {column}.") from None
    for element in root.iter():
        element.tag = element.tag.rpartition("}")[2]  # whatever the version's namespace
    for formation in root.iter("formation"):
        actions = formation.findall("action")
        if not actions:
            yield {"formation": _formation(formation, None)}, [("action", "élément absent")]
        for action in actions:
            sessions = action.findall("session")
            record = {"formation": _formation(formation, action), "action": _action(action)}
            if not sessions:
                yield record, [("session", "élément absent")]
            for session in sessions:
                yield {**record, "session": _session(session)}, []


def _text(element: "ElementTree.Element | None", path: str) -> str | None:
    found = element.find(path) if element is not None else None
    text = " ".join("".join(found.itertext()).split()) if found is not None else ""
    return text or None


def _formation(formation: "ElementTree.Element", action: "ElementTree.Element | None") -> Record:
    rncp = _text(formation, "certification/code-RNCP")
    certification = None
    if formation.find("certification") is not None:
        certification = {
            "code-RNCP": f"RNCP{rncp.upper().removeprefix('RNCP')}" if rncp else None,
            "code-CERTIFINFO": _text(formation, "certification/code-CERTIFINFO"),
            "code-niveau-sortie": _text(formation, "code-niveau-sortie"),
        }
    return {
        "numero": formation.get("numero"),
        "intitule-formation": _text(formation, "intitule-formation"),
        "objectif-formation": _text(formation, "objectif-formation"),
        "contenu-formation": _text(formation, "contenu-formation"),
        "certifiante": {"1": True, "0": False}.get(_text(formation, "certifiante") or ""),
        "objectif-general-formation": _text(formation, "objectif-general-formation"),
        "domaine-formation": {
            "code-FORMACODE": _text(formation, "domaine-formation/code-FORMACODE"),
            "code-ROME": [code.text.strip() for code in formation.findall("domaine-formation/code-ROME") if code.text],
        },
        "certification": certification,
        "code-niveau-entree": _text(formation, "code-niveau-entree"),
        "prerequis": _text(action, "conditions-specifiques"),
        "organisme-formation": {"nom": _text(formation, "organisme-formation-responsable/nom-organisme")},
    }


def _action(action: "ElementTree.Element") -> Record:
    place = action.find("lieu-de-formation/coordonnees")
    hours = _text(action, "nombre-heures-total")
    position = "adresse/geolocalisation"
    return {
        "numero": action.get("numero"),
        "rythme-formation": _text(action, "rythme-formation"),
        "modalites-enseignement": _text(action, "modalites-enseignement"),
        "duree-heures": _number(hours),
        "public-vise": [code.text.strip() for code in action.findall("code-public-vise") if code.text],
        "prise-en-charge": {
            "financeur": _text(action, "organisme-financeur/code-financeur"),
            "frais-restants": _text(action, "frais-restants"),
        },
        "lieu-de-formation": {
            "nom": _text(place, "nom") or _text(place, "denomination"),
            "commune": _text(place, "adresse/ville"),
            "code-INSEE-commune": _text(place, "adresse/code-INSEE-commune"),
            "codepostal": _text(place, "adresse/codepostal"),
            "departement": _text(place, "adresse/departement"),
            "latitude": _number(_text(place, f"{position}/latitude")),
            "longitude": _number(_text(place, f"{position}/longitude")),
        },
    }


def _session(session: "ElementTree.Element") -> Record:
    return {
        "numero": session.get("numero"),
        "periode": {"debut": _iso(_text(session, "periode/debut")), "fin": _iso(_text(session, "periode/fin"))},
        "periode-inscription": {"fin": _iso(_text(session, "periode-inscription/periode/fin"))},
        "etat-recrutement": _text(session, "etat-recrutement"),
        "places-restantes": None,
    }


def _number(text: str | None) -> Any:
    """The number that a text is, else the text itself: the table tells what is wrong with it."""
    try:
        value = float((text or "").replace(",", "."))
    except ValueError:
        return text
    return int(value) if value == int(value) and abs(value) < 1e9 else value


def _iso(text: str | None) -> str | None:
    if text is None or text in UNKNOWN_DAYS:
        return None
    return f"{text[:4]}-{text[4:6]}-{text[6:]}" if re.fullmatch(r"[0-9]{8}", text) else text


# --- the table ----------------------------------------------------------------------------------------------------
def _words(most: int) -> Check:
    def check(value: Any) -> str:
        if not isinstance(value, str):
            return "attendu : un texte"
        return f"trop long : {most} caractères au plus" if len(value) > most else ""

    return check


def _coded(shape: str, example: str) -> Check:
    def check(value: Any) -> str:
        if isinstance(value, str) and re.fullmatch(shape, value, re.ASCII):
            return ""
        return f"« {_short(value)} » : attendu comme {example}"

    return check


def _between(low: float, high: float) -> Check:
    def check(value: Any) -> str:
        if not isinstance(value, bool) and isinstance(value, int | float) and low <= value <= high:
            return ""
        return f"« {_short(value)} » : attendu un nombre entre {low:g} et {high:g}"

    return check


def _flag(value: Any) -> str:
    return "" if isinstance(value, bool) else "attendu : oui ou non"


def _day(value: Any) -> str:
    try:
        date.fromisoformat(value if re.fullmatch(r"\d{4}-\d\d-\d\d", value, re.ASCII) else "")
    except (ValueError, TypeError):
        return f"« {_short(value)} » : attendu une date qui existe"
    return ""


def _each(check: Check) -> Check:
    def checked(value: Any) -> str:
        if not isinstance(value, list):
            return "attendu : une liste"
        return next((said for said in map(check, value) if said), "")

    return checked


def _short(value: Any) -> str:
    return str(value)[:40]


LEVEL = _coded(r"[0-9]", "3")
CEFR = _coded(r"A0|A1|A2|B1|B2|C1|C2", "A2")
NUMBER = _words(60)
TABLE: dict[str, Check] = {
    "formation.numero": NUMBER,
    "formation.intitule-formation": _words(255),
    "formation.objectif-formation": _words(10_000),
    "formation.contenu-formation": _words(10_000),
    "formation.certifiante": _flag,
    "formation.objectif-general-formation": LEVEL,
    "formation.domaine-formation.code-FORMACODE": _coded(r"\d{5}", "15235"),
    "formation.domaine-formation.code-ROME": _each(_coded(r"[A-Z]\d{4}", "K1304")),
    "formation.certification.code-RNCP": _coded(r"RNCP\d{1,6}", "RNCP37715"),
    "formation.certification.code-CERTIFINFO": _coded(r"\d{1,7}", "85556"),
    "formation.certification.intitule": _words(255),
    "formation.certification.code-niveau-sortie": LEVEL,
    "formation.code-niveau-entree": LEVEL,
    "formation.prerequis": _words(10_000),
    "formation.langue.cecrl-oral-min": CEFR,
    "formation.langue.cecrl-ecrit-min": CEFR,
    "formation.organisme-formation.nom": _words(255),
    "action.numero": NUMBER,
    "action.rythme-formation": _words(3000),
    "action.modalites-enseignement": _coded(r"[0-2]", "0"),
    "action.duree-heures": _between(0, 10_000),
    "action.horaires": _words(1000),
    "action.stage-entreprise": _words(1000),
    "action.public-vise": _each(_words(100)),
    "action.prise-en-charge.financeur": _words(255),
    "action.prise-en-charge.reste-a-charge-euros": _between(0, 100_000),
    "action.prise-en-charge.remuneration-stagiaire": _words(255),
    "action.prise-en-charge.frais-restants": _words(255),
    "action.lieu-de-formation.nom": _words(255),
    "action.lieu-de-formation.commune": _words(100),
    "action.lieu-de-formation.code-INSEE-commune": _coded(r"\d[\dAB]\d{3}", "30189"),
    "action.lieu-de-formation.codepostal": _coded(r"\d{5}", "30000"),
    "action.lieu-de-formation.departement": _coded(r"\d[\dAB]|9[78]\d", "30"),
    "action.lieu-de-formation.latitude": _between(-90, 90),
    "action.lieu-de-formation.longitude": _between(-180, 180),
    "session.numero": NUMBER,
    "session.periode.debut": _day,
    "session.periode.fin": _day,
    "session.periode-inscription.debut": _day,
    "session.periode-inscription.fin": _day,
    "session.etat-recrutement": _coded(r"[1-3]", "1"),
    "session.places-restantes": _between(0, 1000),
}
REQUIRED = ("formation.numero", "formation.intitule-formation", "action.numero", "session.numero")
BRANCHES = {path.rpartition(".")[0] for path in TABLE} | {"formation", "action", "session"}


def _checked(record: Record, where: str) -> Iterator[Problem]:
    for path in REQUIRED:
        if not _at(record, path):
            yield Problem(where, path, "élément absent")
    yield from _branch(record, "", where)
    start, end = _at(record, "session.periode.debut"), _at(record, "session.periode.fin")
    if start and end and not _day(start) and not _day(end) and end < start:
        yield Problem(where, "session.periode.fin", "la fin précède le début")


def _branch(value: Record, path: str, where: str) -> Iterator[Problem]:
    """What is absent or null is unknown, and right; what is not in the table is a typing mistake."""
    for name, inner in value.items():
        at = f"{path}.{name}" if path else name
        if inner is None:
            continue
        if at in TABLE:
            if said := TABLE[at](inner) if inner != "" else "":
                yield Problem(where, at, said)
        elif at not in BRANCHES:
            yield Problem(where, at, "élément inconnu")
        elif not isinstance(inner, dict):
            yield Problem(where, at, "attendu : un objet")
        else:
            yield from _branch(inner, at, where)
