"""The papers of the pathway: their fields, what fills them, who may have them."""

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

from django.db import transaction

from jalon import papers
from jalon.access import Actor, Verdict
from jalon.commissions.models import Opinion
from jalon.commissions.states import Outcome
from jalon.config import clock
from jalon.directory.authorities import authority, named_on
from jalon.papers import maybe, one_of
from jalon.papers.actions import Made, make_paper
from jalon.papers.rights import confirmed
from jalon.people import access as people
from jalon.people.models import Identity

from . import access, reads
from .forms import METHODS, PLAIN
from .models import Decision
from .states import DecisionKind, DecisionState

HERE = Path(__file__).parent / "templates/journeys/papers"

LETTER = papers.register(
    "decision",
    1,
    HERE / "decision-1.typ",
    {
        "kind": one_of(frozenset(DecisionKind.values)),
        "draft": bool,
        "authority": str,
        "service": str,
        "capacity": str,
        "signatory": str,
        "signed_on": maybe(date),
        "dossier": str,
        "receipt": maybe(str),
        "recipient": maybe(str),
        "association": str,
        "opinion": maybe({"outcome": one_of(frozenset(Outcome.values)), "given_on": date}),
        "period": maybe({"number": int, "starts_on": date, "ends_on": date}),
        "ends_on": maybe(date),
        "reasons_of_law": str,
        "reasons_of_fact": str,
        "appeal_routes": str,
        "requested_by_person": bool,
        "observations_invited_on": maybe(date),
        "notified_on": maybe(date),
        "notified_in": maybe(str),
        "method": maybe(str),
        "limit": maybe(date),
        "plain": one_of(frozenset(PLAIN)),
    },
    dates_in=PLAIN,
)


# --- who ------------------------------------------------------------------------------------------------------------
def letter_verdict(actor: Actor, decision: Decision) -> Verdict:
    """The State's side prints what it reads; the association exports (C14)."""
    if actor.role in access.STATE_SIDE:
        return confirmed(actor, access.verdict(actor, decision, "read"))
    return access.verdict(actor, decision, "export")


# --- the decision letter ----------------------------------------------------------------------------------------
@transaction.atomic
def decision_letter(actor: Actor, decision: Decision, *, language: str = "fr") -> Made:
    """The letter, in French, and a page of simple words in ``language``. A draft says that it is one."""
    visible = access.decisions_visible_to(actor).filter(pk=decision.pk).exists()
    access.refuse(letter_verdict(actor, decision), visible)
    return make_paper(
        actor,
        LETTER.code,
        LETTER.version,
        letter_context(actor, decision, language),
        about=f"{decision.pk}:{language}:{actor.role in access.STATE_SIDE}",
        dossier=decision.dossier,
        department=decision.department,
        compartment="C14",
    )


def letter_context(actor: Actor, decision: Decision, language: str) -> dict[str, Any]:
    page = reads.decision_page(decision)
    words, application, limits = page.words, decision.application, page.limits
    day = decision.signed_on or clock.today()
    holder = application.prepared_by if application else decision.dossier.organisation_id
    invited = words.get("observations_invited_on")
    return {
        "kind": decision.kind,
        "draft": decision.state == DecisionState.DRAFT,
        "authority": authority(decision.department, day),
        "service": words.get("service", ""),
        "capacity": words.get("capacity", ""),
        "signatory": decision.signed_by.name if decision.signed_by else "",
        "signed_on": decision.signed_on,
        "dossier": decision.dossier.number,
        "receipt": (application.receipt_number or None) if application else None,
        "recipient": recipient(actor, decision),
        "association": named_on(holder, day),
        "opinion": _opinion(page.opinion),
        "period": _period(page),
        "ends_on": decision.ends_on or (decision.notified_on if decision.kind == DecisionKind.END_EARLY else None),
        "reasons_of_law": words.get("reasons_of_law", ""),
        "reasons_of_fact": words.get("reasons_of_fact", ""),
        "appeal_routes": words.get("appeal_routes", ""),
        "requested_by_person": bool(words.get("requested_by_person")),
        "observations_invited_on": date.fromisoformat(invited) if invited else None,
        "notified_on": decision.notified_on,
        "notified_in": page.language or None,
        "method": str(dict(METHODS).get(words.get("method", ""), "")) or None,
        "limit": limits.court_limit if limits else None,
        "plain": plain_language(language),
    }


def plain_language(code: str) -> str:
    """The language of the simple words: hers when they are written in it, else French."""
    return code if code in PLAIN else "fr"


def proposed_language(words: Mapping[str, Any]) -> str:
    """That of the explanation, else of the notification."""
    return plain_language(words.get("explained", {}).get("language", "") or words.get("language", ""))


def recipient(actor: Actor, decision: Decision) -> str | None:
    """Her civil name, for who may take it out of the file. The State's side does not read it: a line is left."""
    if actor.role in access.STATE_SIDE or not people.can(actor, decision.dossier, "C1", "export"):
        return None
    identity = Identity.objects.filter(dossier=decision.dossier_id).first()
    return civil_name(identity.unseal() if identity else {}) or None


def civil_name(data: Mapping[str, Any]) -> str:
    given = data.get("civil_given_name") or data.get("given_name") or ""
    return f"{given} {str(data.get('family_name') or '').upper()}".strip()


def _opinion(opinion: Opinion | None) -> dict[str, Any] | None:
    return {"outcome": opinion.outcome, "given_on": opinion.given_on} if opinion else None


def _period(page: reads.DecisionPage) -> dict[str, Any] | None:
    if page.period is None:
        return None
    return {"number": page.period.number, "starts_on": page.period.starts_on, "ends_on": page.period.ends_on}
