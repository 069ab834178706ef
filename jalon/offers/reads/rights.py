"""Her right to work, from the residence documents that are noted (C7) and the law room. Nothing is guessed."""

from collections.abc import Iterable
from datetime import date
from typing import Any, NamedTuple

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from jalon.access import Actor
from jalon.config import clock
from jalon.journeys.models import Permit
from jalon.law import right_to_work as law
from jalon.law.residence import Document, next_request_on
from jalon.people import countries
from jalon.people.models import Dossier
from jalon.ui import html


class Right(NamedTuple):
    """``line``: what the matcher reads. ``documents``: those in force on the day."""

    answer: Any
    line: dict[str, Any]
    documents: list[Permit]


def work_right(dossier: Dossier, nationality: str) -> Right:
    """What her documents allow today; « à vérifier » when none says it."""
    rows = list(Permit.objects.filter(dossier=dossier, issued_on__isnull=False).order_by("issued_on"))
    today = clock.today()
    answer = law.right(documents(rows), today, nationality)
    line = {"statut": STATUS[answer.state], "jusqu_au": answer.until.isoformat() if answer.until else None}
    held = [row for row in rows if (row.extended_to or row.valid_to or today) >= today]
    return Right(answer, line, held)


def documents(rows: Iterable[Permit]) -> list[Document]:
    return [Document(row.kind, row.issued_on, end_of(row)) for row in rows if row.issued_on and _dated(row)]


def end_of(row: Permit) -> date | None:
    return row.extended_to or row.valid_to


def _dated(row: Permit) -> bool:
    """Some documents have no length of their own: without a date they say nothing."""
    return end_of(row) is not None or row.kind not in law.DATED


STATUS = {"yes": "oui", "check": "a_verifier", "no": "non"}


CONTRACTS = {
    "permanent": _("CDI"),
    "fixed_term": _("CDD"),
    "temporary": _("intérim"),
    "insertion": _("contrat d'insertion"),
    "work_study": _("alternance : apprentissage, professionnalisation"),
    "immersion": _("immersion (pas un contrat de travail)"),
    "training": _("formation (pas un contrat de travail)"),
    "own_account": _("à son compte"),
}
STATES = {"yes": ("ok", _("oui")), "check": ("warn", _("à vérifier")), "no": ("danger", _("non"))}


class ContractLine(NamedTuple):
    label: Any
    state: str
    shown: Any


class RightPage(NamedTuple):
    """``until``: the last day covered without a hole; None when there is no end, or when nothing says it."""

    state: str
    shown: Any
    until: date | None
    contracts: list[ContractLine]
    documents: list[html.Row]
    next_request_on: date | None


def right_page(actor: Actor, dossier: Dossier) -> RightPage:
    """What the law room says of her documents. The caller has asked C7; her nationality is read for who reads C1."""
    from .subjects import identity_of

    found = work_right(dossier, countries.iso2(identity_of(actor, dossier).get("nationality") or ""))
    answer = found.answer
    return RightPage(
        answer.state,
        _shown(answer.state),
        answer.until,
        [ContractLine(CONTRACTS[kind], state, _shown(state)) for kind, state in answer.contracts.items()],
        [html.Row(str(row.get_kind_display()), _until(end_of(row))) for row in found.documents],
        next_request_on(answer.until) if answer.until and answer.state == "yes" else None,
    )


def _shown(state: str) -> Any:
    return html.state(*STATES[state])


def _until(day: date | None) -> str:
    return gettext("jusqu'au %(day)s") % {"day": html.day(day)} if day else ""
