"""The written answer to what she asked of her data: handed over, never sent."""

from datetime import date
from pathlib import Path

from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from jalon import journal, papers
from jalon.access import Actor, Refused
from jalon.papers.actions import Made, make_paper

from .access import require_rights
from .models import Dossier, RightsRequest
from .states import RequestState, Right

ANSWER = papers.register(
    "answer",
    1,
    Path(__file__).parent / "templates/people/papers/answer-1.typ",
    {
        "dossier": str,
        "association": str,
        "right": str,
        "asked_on": date,
        "answered_on": date,
        "granted": bool,
        "answer": str,
    },
)


@transaction.atomic
def rights_answer(actor: Actor, dossier: Dossier, row: RightsRequest) -> Made:
    """One page: what she asked, what is answered, where she may turn. By whoever answers, identity just confirmed."""
    used = require_rights(actor, dossier)
    if row.state == RequestState.OPEN or row.answered_on is None:
        raise Refused(_("Répondez d'abord à la demande."))
    if not actor.stepped_up:
        raise Refused(_("Confirmez d'abord votre identité."), frozenset({"stepup"}))
    with translation.override("fr"):  # the language of the paper, whatever that of the screen
        context = {
            "dossier": dossier.number,
            "association": dossier.organisation.name,
            "right": str(Right(row.right).label),
            "asked_on": row.asked_on,
            "answered_on": row.answered_on,
            "granted": row.state == RequestState.GRANTED,
            "answer": row.unseal()["answer"],
        }
    journal.record(actor, "make_answer", dossier, compartment="C15", conditions=used, objects=[row.pk])
    return make_paper(actor, ANSWER.code, ANSWER.version, context, about=row.pk, dossier=dossier)
