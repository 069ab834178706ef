"""The verbs of her space: opened and stopped at the desk, used by her."""

import secrets
from datetime import date, timedelta
from typing import NamedTuple

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from jalon import journal
from jalon.access import SYSTEM, Actor, Refused, Role
from jalon.accounts import actions as accounts
from jalon.accounts.logins import login_hash
from jalon.accounts.models import User
from jalon.config import clock
from jalon.directory import actions as directory
from jalon.notices import actions as notices
from jalon.people import access as people
from jalon.people import actions as persons
from jalon.people.models import Agreement, Dossier, RightsRequest, SafeContact, Share
from jalon.people.states import AssignmentKind
from jalon.support.models import Appointment
from jalon.ui.errors import Conflict, at_field

from .access import require_desk
from .models import PersonRequest, Space
from .states import RIGHTS, SPACE, WITH_WORDS, RequestKind, state_of

UNUSED = timedelta(days=60)  # not used for so long, it closes by itself
LASTS = timedelta(days=3 * 365)  # the compulsory end of what holds it, longer than a pathway and its appeals
# What the trail shows of her account to those who may read it: never a name.
NAME = gettext_lazy("La personne accompagnée")


class Card(NamedTuple):
    """What is handed to her, once: the number to type and the code that chooses her phrase, on paper.

    ``passkey``: the code alone, for her own telephone, which is all that she will need.
    """

    number: str
    code: str
    passkey: bool = False


def _of(dossier: Dossier) -> Space | None:
    return Space.objects.select_related("user").select_for_update(of=("self",)).filter(dossier=dossier).first()


def _may(dossier: Dossier, verb: str) -> Space:
    """Her space, when its state allows the verb; Refused with a sentence otherwise."""
    space = _of(dossier)
    SPACE.target(state_of(space.user if space else None), verb)
    assert space is not None
    return space


def _unused() -> date:
    """The day on which it closes if she does not come. Counted from the machine's day when a demonstration lives in the
    past: she signs in before anybody knows on which day she lives.
    """
    return max(clock.today(), clock.machine().astimezone(clock.PARIS).date()) + UNUSED


def _new_number() -> str:
    """Eight digits that say nothing: no name, no e-mail, no phone."""
    while True:
        number = f"{secrets.randbelow(10**8):08d}"
        if not User.objects.filter(login=login_hash(number, hers=True)).exists():
            return number


@transaction.atomic
def open_space(actor: Actor, dossier: Dossier, *, number: str = "", passkey: bool = False) -> Card:
    """With her, at the desk: her account, which opens this file alone, and the card that she takes. Nothing is sent.

    ``passkey``: she chose a passkey, because her telephone is hers alone; else a phrase.
    """
    require_desk(actor, dossier, proved=True)
    if not settings.SPACE_URL:
        raise Refused(_("Cette installation n'a pas d'adresse pour les personnes."))
    space = _of(dossier)
    SPACE.target(state_of(space.user if space else None), "open_space")
    number, today = number or _new_number(), clock.today()
    user = accounts.create_account(SYSTEM, login=number, name=str(NAME), ends_on=_unused(), hers=True)
    directory.grant_membership(
        SYSTEM,
        user=user,
        organisation=dossier.organisation,
        role=Role.PER,
        department=dossier.department,
        ends_on=today + LASTS,
    )
    persons.assign(actor, dossier, user=user, organisation=dossier.organisation, kind=AssignmentKind.PERSON)
    opened = {"user": user, "opened_on": today, "shows_dates": False}
    Space.objects.update_or_create(dossier=dossier, defaults=opened)
    journal.record(actor, "open_space", dossier, compartment="C15", relation="assigned", objects=[user.pk])
    return Card(number, accounts.hand_code(SYSTEM, user, passkey=passkey), passkey)


@transaction.atomic
def hand_new_code(actor: Actor, dossier: Dossier, *, passkey: bool = False) -> Card:
    """She lost her phrase, her paper or her telephone, or changes her way in: what she had opens nothing more.

    From a frozen space too, so that what somebody may have taken never opens again, not even for a moment.
    """
    require_desk(actor, dossier, proved=True)
    space = _may(dossier, "hand_new_code")
    accounts.prolong_account(SYSTEM, space.user, ends_on=_unused())
    code = accounts.hand_code(SYSTEM, space.user, passkey=passkey)
    if space.user.suspended_at is not None:
        accounts.resume(SYSTEM, space.user)
    journal.record(actor, "hand_new_code", dossier, compartment="C15", relation="assigned", objects=[space.user_id])
    return Card(space.user.profile["login"], code, passkey)


@transaction.atomic
def freeze_space(actor: Actor, dossier: Dossier) -> None:
    """At once, in one click: somebody may be holding her phone."""
    require_desk(actor, dossier)
    space = _may(dossier, "freeze_space")
    accounts.suspend(SYSTEM, space.user)
    journal.record(actor, "freeze_space", dossier, compartment="C15", relation="assigned", objects=[space.user_id])


@transaction.atomic
def thaw_space(actor: Actor, dossier: Dossier) -> None:
    """It opens again, with the same phrase."""
    require_desk(actor, dossier, proved=True)
    space = _may(dossier, "thaw_space")
    accounts.resume(SYSTEM, space.user)
    journal.record(actor, "thaw_space", dossier, compartment="C15", relation="assigned", objects=[space.user_id])


@transaction.atomic
def close_space(actor: Actor, dossier: Dossier) -> None:
    """For good: another one is opened with her if she wants it."""
    require_desk(actor, dossier)
    space = _may(dossier, "close_space")
    persons.close_own_access(actor, dossier)
    journal.record(actor, "close_space", dossier, compartment="C15", relation="assigned", objects=[space.user_id])


@transaction.atomic
def answer_request(actor: Actor, request: PersonRequest) -> PersonRequest:
    """Her referent has answered her, in person. What was said is not written here."""
    row = PersonRequest.objects.select_for_update().get(pk=request.pk)
    people.require(actor, request.dossier, "C15", "edit")
    if row.answered_on is not None:
        raise Conflict(_("Cette demande a déjà sa réponse."))
    row.answered_on, row.answered_by_id = clock.today(), actor.user_id
    row.save(update_fields=["answered_on", "answered_by"])
    journal.record(actor, "answer_request", request.dossier, compartment="C15", relation="assigned", objects=[row.pk])
    notices.complete(request.dossier, "person_request", key=row.pk, actor=actor)
    persons.refresh_next_due(request.dossier)
    return row


# --- hers ---------------------------------------------------------------------------------------------------------
@transaction.atomic
def visit(actor: Actor, user: User) -> None:
    """She came: her account lasts sixty days more."""
    accounts.prolong_account(SYSTEM, user, ends_on=_unused())
    journal.record(actor, "visit_space", objects=[user.pk])


@transaction.atomic
def choose_dates(actor: Actor, space: Space, *, shown: bool) -> Space:
    """Her dates and her steps are shown in her space, or not: as she wants."""
    people.require(actor, space.dossier, "C15", "edit")
    space.shows_dates = shown
    space.save(update_fields=["shows_dates"])
    verb = "show_dates" if shown else "hide_dates"
    journal.record(actor, verb, space.dossier, compartment="C15", relation="assigned", objects=[space.pk])
    return space


@transaction.atomic
def ask(actor: Actor, dossier: Dossier, *, kind: str, text: str = "", about: str = "") -> PersonRequest | RightsRequest:
    """She asks: a right over her data, or something of her referent. Asked twice, what needs no word is one request."""
    people.require(actor, dossier, "C15", "create")
    if kind in WITH_WORDS and not text.strip():
        raise at_field("text", _("Écrivez quelques mots."))
    if kind in RIGHTS:
        return persons.record_request(actor, dossier, right=kind, words=text)
    kind = RequestKind(kind)
    known = PersonRequest.objects.filter(dossier=dossier, kind=kind, answered_on=None)
    if kind == RequestKind.NOT_COMING and (row := next((r for r in known if r.unseal().get("about") == about), None)):
        return row
    return _tell(actor, dossier, kind, text=text, about=about)


def _tell(actor: Actor, dossier: Dossier, kind: RequestKind, *, text: str = "", about: str = "") -> PersonRequest:
    row = PersonRequest(dossier=dossier, kind=kind, made_at=clock.now(), answer_by=clock.today())
    row.seal({"text": text, "about": about})
    row.save(force_insert=True)
    journal.record(actor, f"ask_{kind}", dossier, compartment="C15", relation="assigned", sealed=[row])
    notices.plan(dossier, "person_request", row.answer_by, role="REF", key=row.pk)
    persons.refresh_next_due(dossier)
    return row


@transaction.atomic
def take_back_share(actor: Actor, share: Share) -> Share:
    """Effective at the next request of whoever had it; her referent learns it."""
    row = persons.revoke_share(actor, share)
    _tell(actor, share.dossier, RequestKind.REVOKED, about=share.pk)
    return row


@transaction.atomic
def take_back_agreement(actor: Actor, dossier: Dossier) -> Agreement:
    row = persons.withdraw_agreement(actor, dossier)
    _tell(actor, dossier, RequestKind.WITHDRAWN, about=row.pk)
    return row


@transaction.atomic
def stop_writing(actor: Actor, dossier: Dossier) -> SafeContact:
    """« Ne m'écrivez plus » : every channel at once. Said twice, it is once."""
    row = SafeContact.objects.select_for_update().get(dossier=dossier)
    if row.messages_stopped:
        return row
    row = persons.stop_messages(actor, dossier)
    _tell(actor, dossier, RequestKind.STOPPED)
    return row


@transaction.atomic
def cannot_come(actor: Actor, appointment: Appointment) -> PersonRequest | RightsRequest:
    return ask(actor, appointment.dossier, kind=RequestKind.NOT_COMING, about=appointment.pk)
