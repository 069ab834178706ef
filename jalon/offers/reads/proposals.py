"""What was proposed to one person, and one proposal with the next steps."""

from datetime import date
from typing import Any, NamedTuple

from django.utils.translation import gettext as _

from jalon.access import Actor, Role
from jalon.config import clock
from jalon.directory import reads as directory
from jalon.people.models import Dossier
from jalon.ui import html
from jalon.vault import keys

from .. import access
from ..models import Proposal
from ..states import EMPLOYER_REFUSALS, KNOWLEDGE, PROPOSAL, SENDERS, OfferKind, ProposalState

TONES = {"proposed": "info", "agreed": "info", "applied": "info", "welcomed": "ok", "started": "ok", "silent": "warn"}
# The order in which the forms are offered.
VERBS = ("agree", "decline", "apply", "welcome", "refuse", "silence", "start", "drop")


class ProposalRow(NamedTuple):
    id: str
    kind: str
    title: str
    who: str
    state: Any
    proposed_on: date
    words: str


class ProposalPage(NamedTuple):
    row: Proposal
    title: str
    state: Any
    lines: list[html.Row]
    words: str
    lifted: list[tuple[str, str, str]]
    questions: list[tuple[str, str]]
    verbs: list[str]
    training: bool


def proposals(actor: Actor, dossier: Dossier) -> list[ProposalRow]:
    """The running ones first, then the others, the latest first. One statement."""
    rows = keys.with_key(
        Proposal.objects.filter(dossier=dossier).order_by("-proposed_on", "pk"), "G1", owner="dossier_id"
    )
    found = []
    for row in rows:
        data = row.unseal(row.key_G1)  # type: ignore[attr-defined]
        words = data.get("words", "") if _reads_words(actor, row) else ""
        found.append(
            ProposalRow(
                row.pk,
                str(OfferKind(row.kind).label),
                data["title"],
                data["who"],
                standing(row),
                row.proposed_on,
                words,
            )
        )
    return found


def standing(row: Proposal) -> Any:
    return html.state(TONES.get(row.state, "neutral"), ProposalState(row.state).label)


def _reads_words(actor: Actor, row: Proposal) -> bool:
    """Her words are hers: the employment side reads them when she says so."""
    return actor.role != Role.EMP or row.shared_words


def proposal(actor: Actor, row: Proposal, dossier: Dossier) -> ProposalPage:
    """One proposal with what may be done next."""
    data = row.unseal()
    decided = data.get("decided_by")
    by = directory.users_named([decided]) if decided else {}
    knows = str(KNOWLEDGE.get(data.get("knows", ""), ""))
    if knows and decided in by:
        knows = _("%(what)s (noté le %(day)s par %(name)s)") % {
            "what": knows,
            "day": html.day(date.fromisoformat(data["decided_on"])),
            "name": by[decided].name,
        }
    days = (clock.today() - row.applied_on).days if row.applied_on and row.state == ProposalState.APPLIED else 0
    lines = (
        (_("Chez"), data["who"]),
        (_("Lieu"), data["place"]),
        (_("Proposée le"), html.day(row.proposed_on)),
        (_("Candidature du"), html.day(row.applied_on)),
        (_("Sans réponse depuis"), html.days_in_words(days) if days else ""),
        (_("Envoyée par"), str(SENDERS.get(data.get("sender", ""), ""))),
        (_("Ce que l'employeur ou l'organisme sait"), knows),
        (_("Réponse du"), html.day(row.answered_on)),
        (_("Raison"), str(EMPLOYER_REFUSALS.get(data.get("reason", ""), ""))),
        (_("Ce qui rendrait possible"), data.get("possible_if", "")),
        (_("Fin de la formation"), html.day(date.fromisoformat(data["ends_on"])) if data.get("ends_on") else ""),
    )
    return ProposalPage(
        row=row,
        title=data["title"],
        state=standing(row),
        lines=[html.Row(label, value) for label, value in lines if value],
        words=data.get("words", "") if _reads_words(actor, row) else "",
        lifted=[(label, quote, why) for _code, label, quote, why in data.get("lifted", ())],
        questions=[(label, quote) for label, quote in data.get("questions", ())],
        verbs=[verb for verb in VERBS if access.can_together(actor, dossier) and PROPOSAL.allows(row.state, verb)],
        training=row.kind == OfferKind.TRAINING,
    )
