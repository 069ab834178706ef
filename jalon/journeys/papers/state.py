"""Papers that the State's side sends: the rectification, the letter before an end, the payer's sheet."""

from datetime import date
from decimal import Decimal
from pathlib import Path

from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from jalon import papers
from jalon.access import Actor, Refused
from jalon.accounts.models import User
from jalon.config import clock
from jalon.directory.authorities import authority
from jalon.journeys import access, reads
from jalon.journeys.models import Decision, Hearing, PayerSheet
from jalon.journeys.states import DecisionState, SheetState
from jalon.papers import maybe
from jalon.papers.actions import Made, make_paper
from jalon.people import access as people

from .facts import association, civil_name, exists, identity, recipient

HERE = Path(__file__).parent.parent / "templates/journeys/papers"
SIGNED = {"authority": str, "service": str, "capacity": str, "signatory": str}

CORRECTION = papers.register(
    "correction",
    1,
    HERE / "correction-1.typ",
    {
        **SIGNED,
        "signed_on": maybe(date),
        "dossier": str,
        "recipient": maybe(str),
        "association": str,
        "corrected": str,
        "corrected_on": date,
        "misprint": str,
        "wrong": str,
        "right": str,
        "reason": str,
        "period": maybe({"starts_on": date, "ends_on": date}),
        "appeal_routes": str,
        "notified_on": maybe(date),
        "draft": bool,
    },
)
INVITATION = papers.register(
    "invitation",
    1,
    HERE / "invitation-1.typ",
    {
        **SIGNED,
        "sent_on": date,
        "reply_by": date,
        "dossier": str,
        "recipient": maybe(str),
        "reasons_of_law": str,
        "reasons_of_fact": str,
    },
)
LINE = {
    "dossier": str,
    "event": str,
    "on": date,
    "starts_on": maybe(date),
    "ends_on": maybe(date),
    "children": int,
    "amount": maybe(Decimal),
}
PAYER = papers.register(
    "payer",
    1,
    HERE / "payer-1.typ",
    {
        "authority": str,
        "department": str,
        "prepared_by": str,
        "released_by": str,
        "released_on": date,
        "lines": [LINE],
    },
)


@transaction.atomic
def correction(actor: Actor, decision: Decision) -> Made:
    """The order that corrects another one: what was written, what must be read."""
    access.refuse(access.letter_verdict(actor, decision), exists(actor, decision))
    page = reads.decision_page(decision)
    target: Decision = decision.corrects  # type: ignore[assignment]
    period = target.periods.order_by("number").first()
    day = decision.signed_on or clock.today()
    with translation.override("fr"):
        context = {
            "authority": authority(decision.department, day),
            "service": page.words.get("service", ""),
            "capacity": page.words.get("capacity", ""),
            "signatory": decision.signed_by.name if decision.signed_by else "",
            "signed_on": decision.signed_on,
            "dossier": decision.dossier.number,
            "recipient": recipient(actor, decision),
            "association": association(target, day),
            "corrected": str(target.get_kind_display()),
            "corrected_on": target.signed_on,
            "misprint": page.misprint,
            "wrong": page.words["wrong"],
            "right": page.words["right"],
            "reason": page.words["reasons_of_fact"],
            "period": {"starts_on": period.starts_on, "ends_on": period.ends_on} if period else None,
            "appeal_routes": page.words["appeal_routes"],
            "notified_on": decision.notified_on,
            "draft": decision.state == DecisionState.DRAFT,
        }
    return make_paper(
        actor,
        CORRECTION.code,
        CORRECTION.version,
        context,
        about=f"{decision.pk}:{actor.role in access.STATE_SIDE}",
        dossier=decision.dossier,
        department=decision.department,
        compartment="C14",
    )


@transaction.atomic
def invitation(actor: Actor, hearing: Hearing) -> Made:
    """The letter before an end: what is considered, how and until when she may answer."""
    dossier = hearing.dossier
    answer = access.hearing_letter_verdict(actor, dossier)
    access.refuse(answer, people.seen(actor, dossier.pk) is not None)
    words = hearing.unseal()
    context = {
        "authority": authority(hearing.department, hearing.sent_on),
        "service": words["service"],
        "capacity": words["capacity"],
        "signatory": User.objects.get(pk=words["signed_by"]).name,
        "sent_on": hearing.sent_on,
        "reply_by": hearing.reply_by,
        "dossier": dossier.number,
        "recipient": civil_name(identity(actor, dossier)) or None,
        "reasons_of_law": words["reasons_of_law"],
        "reasons_of_fact": words["reasons_of_fact"],
    }
    return make_paper(
        actor,
        INVITATION.code,
        INVITATION.version,
        context,
        about=f"{hearing.pk}:{actor.role in access.STATE_SIDE}",
        dossier=dossier,
        department=hearing.department,
        compartment="C14",
    )


@transaction.atomic
def payer_sheet(actor: Actor, sheet: PayerSheet) -> Made:
    """What the payer needs of each aid, once the list is released; the names are written by hand."""
    access.require_payer(actor, sheet)
    if sheet.state != SheetState.RELEASED or sheet.released_on is None or sheet.released_by is None:
        raise Refused(_("Une autre personne de votre service valide d'abord la liste."))
    with translation.override("fr"):
        lines = [{**one._asdict(), "dossier": one.dossier.number} for one in reads.payer_lines(actor, sheet)]
    context = {
        "authority": authority(sheet.department, sheet.released_on),
        "department": sheet.department,
        "prepared_by": sheet.prepared_by.name,
        "released_by": sheet.released_by.name,
        "released_on": sheet.released_on,
        "lines": lines,
    }
    return make_paper(
        actor,
        PAYER.code,
        PAYER.version,
        context,
        about=sheet.pk,
        department=sheet.department,
        compartment="C14",
    )
