"""What the sealed records of this room hold: their keys, their types, what is proposed, what is never assumed.

The records are checked here for whoever writes them (form, loader, another room): an unknown key or a wrong type is a
programming error (ValueError), not a sentence for the screen; the forms give the sentences.
"""

from collections.abc import Collection, Iterable, Mapping
from datetime import date, timedelta
from typing import Any

from django.utils.translation import gettext_lazy as _

from jalon.config import clock
from jalon.law import retention as law

from . import questions
from .languages import FRENCH_LEVELS
from .models import Dossier, SafeContact
from .questions import Choices, Question
from .states import Kept, Stage

# Agreement and information texts shown on the day; kept with each agreement.
WORDING = "2026-3"
# Who was there when something was read to her: what is said in front of a relative is not said freely.
PRESENCE: Choices = (
    ("alone", _("personne d'autre")),
    ("interpreter", _("une ou un interprète")),
    ("professional", _("une autre professionnelle, un autre professionnel")),
    ("relative", _("une personne de son entourage")),
)
# What changes who is there and how it is read to her: noted with her, never guessed. Each with what it asks of the
# worker; who represents a minor or a protected adult is for the law and her own judgment, not for the software.
NEEDS: tuple[tuple[str, Any, Any], ...] = (
    (
        "minor",
        _("elle a moins de dix-huit ans"),
        _("Mineure : son représentant légal, ou l'administrateur que le juge a désigné, doit être là."),
    ),
    (
        "protected",
        _("une mesure la protège (tutelle, curatelle, habilitation)"),
        _("Mesure de protection : lisez le jugement, il dit qui l'assiste ou la représente."),
    ),
    (
        "deaf",
        _("elle est sourde ou entend mal"),
        _("Sourde ou malentendante : une ou un interprète en langue des signes qu'elle accepte, ou un écrit."),
    ),
    (
        "unread",
        _("elle ne lit pas"),
        _("Elle ne lit pas : lisez à voix haute, faites-lui redire avec ses mots. Signer ne prouve pas qu'elle a lu."),
    ),
)
REPRESENTED, READ_OTHERWISE = frozenset({"minor", "protected"}), frozenset({"deaf", "unread"})
READINGS: Choices = (
    ("signs", _("en langue des signes")),
    ("aloud", _("à voix haute, et redit avec ses mots")),
    ("pictures", _("avec des images ou un enregistrement")),
    ("written", _("par écrit, qu'elle a lu elle-même")),
)
# NNEDV Safety Net: a way to reach her that was not checked again in 90 days is no longer safe.
CONTACT_DAYS = 90

# What she may share with another organisation, and what no share ever holds: the codes that are kept, and their words.
SHARED: tuple[tuple[str, Any], ...] = (
    ("prénom", _("prénom d'usage")),
    ("niveau de français", _("niveau de français")),
    ("disponibilités", _("disponibilités")),
    ("projet", _("projet professionnel")),
    ("contact", _("façon de la joindre")),
    ("séjour", _("document de séjour")),
)
NEVER_SHARED: tuple[tuple[str, Any], ...] = (
    ("parcours de vie", _("parcours de vie")),
    ("santé", _("santé")),
    ("justice", _("justice")),
    ("adresse", _("adresse")),
)

LEVELS: Choices = tuple(FRENCH_LEVELS.items())
IDENTITY_QUESTIONS: tuple[Question, ...] = (
    Question("alias", _("Nom d'affichage (alias)"), "name", required=True, most=40),
    Question("usual_name", _("Prénom d'usage"), "name", hint=_("Celui par lequel elle veut être appelée."), most=80),
    Question("given_name", _("Prénoms"), "name", required=True, most=120),
    Question("family_name", _("Nom"), "name", required=True, most=120),
    Question("birth_name", _("Nom de naissance"), "name", hint=_("Seulement s'il est différent."), most=120),
    Question("civil_given_name", _("Prénom à l'état civil"), "name", hint=_("Seulement s'il est différent."), most=120),
    Question("birth_date", _("Date de naissance"), "birth", required=True),
    Question("birth_place", _("Lieu de naissance"), most=120),
    Question("gender", _("Genre"), "choice", choices=(
        ("F", _("femme")), ("M", _("homme")), ("X", _("autre, ou ne souhaite pas le dire")),
    )),
    Question("nationality", _("Nationalité"), "country", required=True),
    Question("languages", _("Langues"), "rows", required=True, rows=(
        Question("code", _("Langue"), "language", required=True),
        Question("spoken", _("Comment elle la parle"), most=60),
        Question("reads", _("La lit"), "yesno"),
    )),
    Question("french_level", _("Niveau de français à l'entrée"), "choice", choices=LEVELS),
)  # fmt: skip
CONTACT_QUESTIONS = (Question("language", _("Langue des messages"), "language", required=True),)
# Every channel is off until she says otherwise.
NO_CONTACT: dict[str, Any] = {
    "phone": "",
    "email": "",
    "phone_shared": False,
    "voicemail_ok": False,
    "sms_ok": False,
    "call_ok": False,
    "email_ok": False,
    "safe_hours": "",
    "sender_label": "",
    "language": "",
    "code_word": "",
    "audio_preferred": False,
    "do_not": [],
    "needs": [],
}
CHANNELS = {"sms": ("sms_ok", "phone"), "call": ("call_ok", "phone"), "email": ("email_ok", "email")}


def identity(given: Mapping[str, Any], languages: Iterable[str] = ()) -> dict[str, Any]:
    """The whole record from what is known; ``languages`` are codes when nothing more is known of them."""
    spoken = list(given.get("languages") or ())
    known = {row["code"] for row in spoken}
    spoken += [{"code": code} for code in languages if code not in known]
    answers = questions.clean(IDENTITY_QUESTIONS, {**given, "languages": spoken})
    if "alias" not in answers:
        raise ValueError("an alias is needed")
    rows = [{"spoken": "", "reads": None, **row} for row in answers.get("languages", ())]
    return {**{question.name: "" for question in IDENTITY_QUESTIONS}, **answers, "languages": rows}


def safe_contact(given: Mapping[str, Any], languages: Collection[str] = ()) -> dict[str, Any]:
    """The whole record: what is not said is off."""
    _only(given, NO_CONTACT)
    record = {**NO_CONTACT, **{key: value for key, value in given.items() if value is not None}}
    for key, off in NO_CONTACT.items():
        if isinstance(off, bool) and not isinstance(record[key], bool):
            raise ValueError(f"{key} is yes or no")
    record["do_not"], record["needs"] = list(record["do_not"]), list(record["needs"])
    _only(record["needs"], [code for code, _said, _asks in NEEDS])
    record["language"] = record["language"] or next(iter(languages), "")
    return record


def _only(given: Iterable[str], allowed: Collection[str]) -> None:
    if strangers := set(given) - set(allowed):
        raise ValueError(f"unknown keys: {sorted(strangers)}")


def check_due_on(contact: SafeContact) -> date:
    """The last day on which this safe contact still holds."""
    return contact_holds_to(contact.reviewed_on)


def contact_holds_to(reviewed_on: date) -> date:
    """How long a safe contact checked on this day holds."""
    return reviewed_on + timedelta(days=CONTACT_DAYS)


def channels(contact: SafeContact, record: Mapping[str, Any]) -> frozenset[str]:
    """By which channels a message may leave today: none when stopped, none when not checked in 90 days."""
    if contact.messages_stopped or clock.today() > check_due_on(contact):
        return frozenset()
    return frozenset(name for name, (allowed, where) in CHANNELS.items() if record.get(allowed) and record.get(where))


def ends(dossier: Dossier) -> dict[str, date]:
    """The day from which each part of this file is no longer kept (``Kept``): the whole, and what goes before it.

    ``dossier.accompanied`` (``access.accompanied``) spares a query.
    """
    known = getattr(dossier, "accompanied", None)
    if known is None:
        known = dossier.stage not in (Stage.CONTACT, Stage.CLOSED) or dossier.agreements.exists()
    whole = (
        law.retention(dossier.last_contact_on).review_on if known else law.first_contact_ends(dossier.last_contact_on)
    )
    found = {str(Kept.FILE): whole}
    if dossier.closed_on and dossier.stage == Stage.CLOSED:
        terms = {part: law.part_ends(part, dossier.closed_on, dossier.housed_until) for part in law.PARTS}
        found |= {part: end for part, end in terms.items() if end < whole}
    return found


def due_parts(dossier: Dossier, day: date) -> list[str]:
    """What is no longer kept on this day: the whole file, or the parts that go before it and are still there."""
    over = [part for part, end in ends(dossier).items() if end <= day]
    if Kept.FILE in over:
        return [str(Kept.FILE)]
    gone = {one.part: one.erased_on for one in dossier.erasures.exclude(erased_on=None)} if over else {}
    return [part for part in over if part not in gone or gone[part] < dossier.closed_on]


def review_on(dossier: Dossier) -> date:
    """The day on which keeping this file is looked at again (DAT-1, DAT-2)."""
    return ends(dossier)[Kept.FILE]
