"""The file of an accreditation on paper: about an association, never about a person accompanied."""

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from jalon import papers
from jalon.access import Actor
from jalon.config import clock
from jalon.papers import maybe
from jalon.papers.actions import Made, make_paper

from . import access, reads
from .authorities import authority
from .models import Accreditation
from .reads.accreditations import PieceLine

HERE = Path(__file__).parent / "templates/directory/papers"
LINE = {"label": str, "value": str}

FILE = papers.register(
    "accreditation_file",
    1,
    HERE / "accreditation-1.typ",
    {
        "authority": str,
        "department": str,
        "association": str,
        "number": str,
        "state": str,
        "valid_from": maybe(date),
        "valid_to": maybe(date),
        "request": [LINE],
        "texts": [LINE],
        "pieces": [{"label": str, "source": str, "received_on": maybe(date), "asked": bool}],
        "dates": [{"label": str, "on": date, "to_come": bool}],
        "orders": [
            {
                "title": str,
                "on": date,
                "name": str,
                "capacity": str,
                "service": str,
                "reasons_of_law": str,
                "reasons_of_fact": str,
                "appeal_routes": str,
            }
        ],
    },
)


@transaction.atomic
def accreditation_file(actor: Actor, row: Accreditation) -> Made:
    """What the page shows to this actor, but the draft of a decision. Hidden outside the scope."""
    row = access.accreditation(actor, row.pk)
    return make_paper(
        actor,
        FILE.code,
        FILE.version,
        file_context(actor, row),
        about=f"{row.pk}:{actor.role}",
        organisation_id=row.organisation_id,
        department=row.department,
    )


def file_context(actor: Actor, row: Accreditation) -> dict[str, Any]:
    with translation.override("fr"):
        file = reads.accreditation_file(actor, row)
        day = row.granted_on or row.refused_on or row.received_on or clock.today()
        orders = (file.decision, _("La décision")), (file.withdrawal_decision, _("Le retrait"))
        return {
            "authority": authority(row.department, day),
            "department": file.department,
            "association": row.organisation.name_on(day),
            "number": row.order_number,
            "state": str(file.line.label).capitalize(),
            "valid_from": file.line.valid_from,
            "valid_to": file.line.valid_to,
            "request": _request(file.request, row.declared_on),
            "texts": _texts(file.request),
            "pieces": [_piece(line) for line in file.pieces],
            "dates": [{"label": str(one.label), "on": one.on, "to_come": one.to_come} for one in file.dates],
            "orders": [_order(words, str(title), file.names) for words, title in orders if words],
        }


def _request(words: Mapping[str, Any], declared_on: date | None) -> list[dict[str, str]]:
    who = ", ".join(filter(None, (words.get("representative", ""), words.get("capacity", ""))))
    declared = f"{declared_on:%d/%m/%Y}" if declared_on else ""
    rows = [
        (_("Représentante ou représentant légal"), who),
        (_("Association déclarée le"), declared),
        (_("SIRET"), words.get("siret", "")),
        (_("Numéro RNA"), words.get("rna", "")),
    ]
    return [{"label": str(label), "value": str(value)} for label, value in rows if value]


def _texts(words: Mapping[str, Any]) -> list[dict[str, str]]:
    rows = [
        (_("Moyens humains et matériels"), "means"),
        (_("Réseau de partenaires"), "partners"),
        (_("Formation du personnel et des bénévoles"), "training"),
    ]
    return [{"label": str(label), "value": str(words[key])} for label, key in rows if words.get(key)]


def _piece(line: PieceLine) -> dict[str, Any]:
    label = f"{line.label} ({line.detail})" if line.detail else str(line.label)
    received = line.piece.received_on if line.piece else None
    return {"label": label, "source": str(line.source), "received_on": received, "asked": line.piece is not None}


def _order(words: Mapping[str, Any], title: str, names: Mapping[str, str]) -> dict[str, Any]:
    texts = {name: str(words.get(name, "")) for name in ("reasons_of_law", "reasons_of_fact", "appeal_routes")}
    return {
        "title": title,
        "on": date.fromisoformat(words["on"]),
        "name": names.get(words.get("signed_by", ""), ""),
        "capacity": str(words.get("capacity", "")),
        "service": str(words.get("service", "")),
        **texts,
    }
