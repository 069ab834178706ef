"""What the sealed records of this room hold: their keys, their types, what is proposed, what is never assumed.

The records are checked here for whoever writes them (form, loader, another room): an unknown key or a wrong type is a
programming error (ValueError), not a sentence for the screen; the forms give the sentences.
"""

from collections.abc import Collection, Iterable, Mapping
from datetime import date, timedelta
from typing import Any

from jalon.config import clock
from jalon.law.retention import retention

from . import countries
from .models import Dossier, SafeContact

# Agreement and information texts shown on the day; kept with each agreement.
WORDING = "2026-1"
# NNEDV Safety Net: a way to reach her that was not checked again in 90 days is no longer safe.
CONTACT_DAYS = 90

GENDERS = ("F", "M", "X", "")
IDENTITY_KEYS = (
    "alias", "usual_name", "given_name", "family_name", "birth_name", "civil_given_name", "birth_date", "birth_place",
    "gender", "nationality", "languages", "french_level",
)  # fmt: skip
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
}
CHANNELS = {"sms": ("sms_ok", "phone"), "call": ("call_ok", "phone"), "email": ("email_ok", "email")}


def identity(given: Mapping[str, Any], languages: Iterable[str] = ()) -> dict[str, Any]:
    """The whole record from what is known; ``languages`` are codes when nothing more is known of them."""
    _only(given, IDENTITY_KEYS)
    record: dict[str, Any] = dict.fromkeys(IDENTITY_KEYS, "")
    record |= {key: value if value is not None else "" for key, value in given.items()}
    spoken = list(record["languages"] or [])
    known = {item["code"] for item in spoken}
    record["languages"] = [language(item) for item in spoken]
    record["languages"] += [language({"code": code}) for code in languages if code not in known]
    if not str(record["alias"]).strip():
        raise ValueError("an alias is needed")
    record["nationality"] = countries.known(record["nationality"]) if record["nationality"] else ""
    if isinstance(record["birth_date"], date):
        record["birth_date"] = record["birth_date"].isoformat()
    if record["gender"] not in GENDERS:
        raise ValueError("unknown gender code")
    return record


def language(given: Mapping[str, Any]) -> dict[str, Any]:
    """One language: its code, how she speaks it, whether she reads it."""
    _only(given, ("code", "spoken", "reads"))
    return {"code": given["code"], "spoken": given.get("spoken", ""), "reads": given.get("reads")}


def safe_contact(given: Mapping[str, Any], languages: Collection[str] = ()) -> dict[str, Any]:
    """The whole record: what is not said is off."""
    _only(given, NO_CONTACT)
    record = {**NO_CONTACT, **{key: value for key, value in given.items() if value is not None}}
    for key, off in NO_CONTACT.items():
        if isinstance(off, bool) and not isinstance(record[key], bool):
            raise ValueError(f"{key} is yes or no")
    record["do_not"] = list(record["do_not"])
    record["language"] = record["language"] or next(iter(languages), "")
    return record


def _only(given: Iterable[str], allowed: Collection[str]) -> None:
    if strangers := set(given) - set(allowed):
        raise ValueError(f"unknown keys: {sorted(strangers)}")


def check_due_on(contact: SafeContact) -> date:
    """The last day on which this safe contact still holds."""
    return contact.reviewed_on + timedelta(days=CONTACT_DAYS)


def channels(contact: SafeContact, record: Mapping[str, Any]) -> frozenset[str]:
    """By which channels a message may leave today: none when stopped, none when not checked in 90 days."""
    if contact.messages_stopped or clock.today() > check_due_on(contact):
        return frozenset()
    return frozenset(name for name, (allowed, where) in CHANNELS.items() if record.get(allowed) and record.get(where))


def review_on(dossier: Dossier) -> date:
    """The day on which keeping this file is looked at again (DAT-1)."""
    return retention(dossier.last_contact_on).review_on
