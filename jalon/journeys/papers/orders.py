"""Papers of a decision, for the person and whoever helps her: letter, proof, appeal kit, neutral certificate."""

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from jalon import papers
from jalon.access import Actor, Refused
from jalon.commissions.models import Opinion
from jalon.commissions.states import Outcome
from jalon.config import clock
from jalon.directory.authorities import authority
from jalon.journeys import access, reads
from jalon.journeys.forms import METHODS, PLAIN
from jalon.journeys.grounds import BY_CODE, OTHER
from jalon.journeys.models import Decision
from jalon.journeys.states import ADVERSE, OPENING, DecisionKind, DecisionState
from jalon.papers import maybe, one_of
from jalon.papers.actions import Made, make_paper
from jalon.people import access as people
from jalon.people import countries
from jalon.people.models import Dossier

from .facts import association, birth, civil_name, exists, identity, receipt, recipient
from .state import correction

HERE = Path(__file__).parent.parent / "templates/journeys/papers"
MOST_LETTERS = 60  # in one file

GROUNDS = [one_of(frozenset(BY_CODE) - {OTHER})]
PERIOD = {"number": int, "starts_on": date, "ends_on": date}

LETTER = papers.register(
    "decision",
    1,
    HERE / "decision-1.typ",
    {
        "kind": one_of(frozenset(map(str, (*OPENING, *ADVERSE)))),
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
        "period": maybe(PERIOD),
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
        "grounds": GROUNDS,
        "plain": one_of(frozenset(PLAIN)),
    },
    dates_in=PLAIN,
)
CERTIFICATE = papers.register(
    "certificate",
    1,
    HERE / "certificate-1.typ",
    {"starts_on": date, "ends_on": date, "on": date, "tongue": one_of(frozenset(PLAIN))},
    dates_in=PLAIN,
    outward=True,
)
PROOF = papers.register(
    "proof",
    1,
    HERE / "proof-1.typ",
    {
        "kind": one_of(frozenset(map(str, OPENING))),
        "authority": str,
        "association": str,
        "dossier": str,
        "receipt": maybe(str),
        "recipient": maybe(str),
        "birth": str,
        "nationality": str,
        "signed_on": date,
        "notified_on": maybe(date),
        "period": PERIOD,
    },
)
APPEAL_KIT = papers.register(
    "appeal_kit",
    1,
    HERE / "appeal-1.typ",
    {
        "kind": one_of(frozenset(map(str, ADVERSE))),
        "authority": str,
        "dossier": str,
        "receipt": maybe(str),
        "recipient": maybe(str),
        "signed_on": date,
        "notified_on": maybe(date),
        "limit": maybe(date),
        "outer": maybe(date),
        "reasons_of_law": str,
        "reasons_of_fact": str,
        "appeals": [{"kind": str, "filed_on": date, "answered_on": maybe(date), "outcome": str}],
        "period": maybe(PERIOD),
        "ends_on": maybe(date),
        "grounds": GROUNDS,
        "plain": one_of(frozenset(PLAIN)),
    },
    dates_in=PLAIN,
)


# --- the decision letter ----------------------------------------------------------------------------------------
@transaction.atomic
def decision_letter(actor: Actor, decision: Decision, *, language: str = "fr") -> Made:
    """The letter, in French, and a page of simple words in ``language``. A draft says that it is one."""
    if decision.kind == DecisionKind.CORRECT:
        return correction(actor, decision)
    access.refuse(access.letter_verdict(actor, decision), exists(actor, decision))
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
    words, limits = page.words, page.limits
    day = decision.signed_on or clock.today()
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
        "receipt": receipt(decision),
        "recipient": recipient(actor, decision),
        "association": association(decision, day),
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
        "grounds": _grounds(decision),
        "plain": plain_language(language),
    }


def plain_language(code: str) -> str:
    """The language of the simple words: hers when they are written in it, else French."""
    return code if code in PLAIN else "fr"


def proposed_language(words: Mapping[str, Any]) -> str:
    """That of the explanation, else of the notification, else the one in which she heard her request read."""
    told = words.get("explained", {}).get("language", "") or words.get("language", "")
    return plain_language(told or words.get("hers", ""))


@transaction.atomic
def letters_to_hand_over(actor: Actor) -> list[Made]:
    """The letter of each decision that is signed and waits to be notified, its simple words in her language."""
    rows = access.decisions_visible_to(actor).filter(state=DecisionState.SIGNED)
    waiting = rows.select_related("dossier", "application__dossier", "signed_by").order_by("signed_on", "pk")
    return [decision_letter(actor, row, language=proposed_language(row.unseal())) for row in waiting[:MOST_LETTERS]]


def _grounds(decision: Decision) -> list[str]:
    """Those that her page of simple words says; « another » is written in the decision."""
    return [code for code in decision.grounds.split() if code != OTHER]


def _opinion(opinion: Opinion | None) -> dict[str, Any] | None:
    return {"outcome": opinion.outcome, "given_on": opinion.given_on} if opinion else None


def _period(page: reads.DecisionPage) -> dict[str, Any] | None:
    if page.period is None:
        return None
    return {"number": page.period.number, "starts_on": page.period.starts_on, "ends_on": page.period.ends_on}


# --- proof of authorisation, appeal kit -------------------------------------------------------------------------
@transaction.atomic
def proof_of_authorisation(actor: Actor, decision: Decision) -> Made:
    """One page for the residence desk: the decision, its period, what it allows."""
    access.refuse(access.proof_verdict(actor, decision), exists(actor, decision))
    return make_paper(
        actor,
        PROOF.code,
        PROOF.version,
        proof_context(actor, decision),
        about=f"{decision.pk}:{actor.role}",
        dossier=decision.dossier,
        department=decision.department,
        compartment="C14",
    )


def proof_context(actor: Actor, decision: Decision) -> dict[str, Any]:
    page = reads.decision_page(decision)
    day: date = decision.signed_on  # type: ignore[assignment]
    known = identity(actor, decision.dossier)
    return {
        "kind": decision.kind,
        "authority": authority(decision.department, day),
        "association": association(decision, day),
        "dossier": decision.dossier.number,
        "receipt": receipt(decision),
        "recipient": civil_name(known) or None,
        "birth": birth(str(known.get("birth_date") or "")),
        "nationality": countries.name(known["nationality"]) if known.get("nationality") else "",
        "signed_on": day,
        "notified_on": decision.notified_on,
        "period": _period(page),
    }


@transaction.atomic
def appeal_kit(actor: Actor, decision: Decision, *, language: str = "fr") -> Made:
    """What she needs to challenge a decision: delays, two letters to fill in, and simple words."""
    access.refuse(access.appeal_verdict(actor, decision), exists(actor, decision))
    return make_paper(
        actor,
        APPEAL_KIT.code,
        APPEAL_KIT.version,
        appeal_context(actor, decision, language),
        about=f"{decision.pk}:{language}",
        dossier=decision.dossier,
        compartment="C14",
    )


def appeal_context(actor: Actor, decision: Decision, language: str) -> dict[str, Any]:
    page = reads.decision_page(decision)
    day: date = decision.signed_on  # type: ignore[assignment]
    limits = page.limits
    ended = decision.notified_on if decision.kind == DecisionKind.END_EARLY else None
    with translation.override("fr"):
        filed = [
            {
                "kind": str(row.get_kind_display()),
                "filed_on": row.filed_on,
                "answered_on": row.answered_on,
                "outcome": str(row.get_outcome_display()) if row.outcome else "",
            }
            for row in page.appeals
        ]
    return {
        "kind": decision.kind,
        "authority": authority(decision.department, day),
        "dossier": decision.dossier.number,
        "receipt": receipt(decision),
        "recipient": recipient(actor, decision),
        "signed_on": day,
        "notified_on": decision.notified_on,
        "limit": limits.court_limit if limits else None,
        "outer": limits.outer_limit if limits else None,
        "reasons_of_law": page.words.get("reasons_of_law", ""),
        "reasons_of_fact": page.words.get("reasons_of_fact", ""),
        "appeals": filed,
        "period": _period(page),
        "ends_on": decision.ends_on or ended,
        "grounds": _grounds(decision),
        "plain": plain_language(language),
    }


# --- neutral certificate ----------------------------------------------------------------------------------------
@transaction.atomic
def certificate(actor: Actor, dossier: Dossier, *, language: str = "fr") -> Made:
    """Days only, in French and in her language; her name is written by hand, no service is named."""
    answer = access.certificate_verdict(actor, dossier)
    access.refuse(answer, people.seen(actor, dossier.pk) is not None)
    pathway = reads.clock(dossier)
    real = [period for period in pathway.computed.periods if not period.projected]
    if not real:
        raise Refused(_("Aucune période n'est encore ouverte."))
    end = min(real[-1].end, pathway.exited_on) if pathway.exited_on else real[-1].end
    return make_paper(
        actor,
        CERTIFICATE.code,
        CERTIFICATE.version,
        {"starts_on": real[0].start, "ends_on": end, "on": clock.today(), "tongue": plain_language(language)},
        about=f"{dossier.pk}:{language}",
        dossier=dossier,
        compartment="C14",
    )
