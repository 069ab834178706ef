"""Papers for an employer or a training body: CV, letter, right to work. Nothing in them tells who accompanies her.

They bear no number and no mark of ours: a plain page under a plain name. The trail keeps that they were made.
"""

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from jalon import papers
from jalon.access import Actor, Refused
from jalon.config import clock
from jalon.papers import maybe
from jalon.papers.actions import Made, make_paper
from jalon.papers.rights import confirmed
from jalon.papers.rights import offered as may_offer
from jalon.people import access as people
from jalon.people.models import Dossier

from . import reads
from .actions.wishes import silent_names
from .reads import resumes

HERE = Path(__file__).parent / "templates/offers/papers"
NAMES = {"cv": "cv.pdf", "letter": "lettre.pdf", "right": "autorisation-de-travail.pdf"}

CV = papers.register(
    "cv",
    1,
    HERE / "cv-1.typ",
    {
        "name": str, "contact": [str], "title": str, "skills": [str], "experiences": [str], "gap": str,
        "trainings": [str], "languages": [str],
    },
    outward=True,
)  # fmt: skip
LETTER = papers.register(
    "letter",
    1,
    HERE / "letter-1.typ",
    {"name": str, "contact": [str], "town": str, "to": str, "object": str, "body": str, "on": date},
    outward=True,
)
RIGHT = papers.register(
    "right_to_work",
    1,
    HERE / "right-1.typ",
    {"until": maybe(date), "on": date, "contracts": [str]},
    outward=True,
)


def offered(actor: Actor, dossier: Dossier) -> bool:
    """Are the buttons shown? The step-up is asked when the paper is made."""
    return may_offer(people.verdict(actor, dossier, "C10", "export"))


def _require(actor: Actor, dossier: Dossier) -> None:
    answer = confirmed(actor, people.verdict(actor, dossier, "C10", "export"))
    if not answer.allowed:
        raise Refused(people.refusal_sentence(answer.missing), answer.missing)


def _fields(actor: Actor, dossier: Dossier) -> dict[str, str]:
    found = resumes.resume(actor, dossier)
    if not found.written:
        raise Refused(_("Enregistrez d'abord le CV avec elle."))
    return {**dict.fromkeys(("name", "phone", "mail", "town"), ""), **found.fields}


def _lines(text: str) -> list[str]:
    return [line.strip() for line in text.split("\n") if line.strip()]


def _contact(fields: Mapping[str, str]) -> list[str]:
    return [fields[name] for name in ("town", "phone", "mail") if fields.get(name)]


@transaction.atomic
def cv(actor: Actor, dossier: Dossier) -> Made:
    """Her CV from what she wrote, nothing else."""
    _require(actor, dossier)
    fields = _fields(actor, dossier)
    context = {
        "name": fields["name"],
        "contact": _contact(fields),
        "title": fields.get("title", ""),
        "gap": fields.get("gap", ""),
        **{part: _lines(fields.get(part, "")) for part in ("skills", "experiences", "trainings", "languages")},
    }
    return _made(actor, dossier, CV, context)


@transaction.atomic
def letter(actor: Actor, dossier: Dossier) -> Made:
    """Her letter of application."""
    _require(actor, dossier)
    fields = _fields(actor, dossier)
    if not fields.get("letter"):
        raise Refused(_("La lettre est vide : écrivez-la avec elle."))
    context = {
        "name": fields["name"],
        "contact": _contact(fields),
        "town": fields["town"],
        "to": fields.get("letter_to", ""),
        "object": fields.get("letter_object", ""),
        "body": fields["letter"],
        "on": clock.today(),
    }
    return _made(actor, dossier, LETTER, context)


@transaction.atomic
def right_sheet(actor: Actor, dossier: Dossier) -> Made:
    """« Authorised to work until »: what an employer may ask, and no more. Neither the kind of document nor why."""
    _require(actor, dossier)
    people.require(actor, dossier, "C7", "read")
    found = reads.right_page(actor, dossier)
    if found.state != "yes":
        raise Refused(_("Aucun document noté ne dit qu'elle peut travailler : à vérifier avec la préfecture."))
    with translation.override("fr"):
        contracts = [str(line.label) for line in found.contracts if line.state == "yes"]
    context = {"until": found.until, "on": clock.today(), "contracts": contracts}
    return _made(actor, dossier, RIGHT, context)


def _made(actor: Actor, dossier: Dossier, template: papers.Template, context: dict[str, Any]) -> Made:
    return make_paper(
        actor,
        template.code,
        template.version,
        context,
        about=dossier.pk,
        dossier=dossier,
        compartment="C10",
        names=silent_names(dossier),
    )
