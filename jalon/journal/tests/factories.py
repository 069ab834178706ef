"""Actors and dossiers for the tests of the journal: it knows neither room, only their shape."""

from dataclasses import dataclass, field

from django.db import connection, transaction

from jalon import journal
from jalon.journal import triggers
from jalon.vault.ids import new_id


@dataclass
class Actor:
    user_id: str = "user-1"
    role: str = "REF"
    organisation_id: str = "organisation-1"
    session_ref: str = "session-1"


@dataclass
class Dossier:
    id: str = field(default_factory=new_id)
    audit_salt: bytes = b"0123456789abcdef"


def events(count, dossier=None):
    """Write some acts."""
    dossier = dossier or Dossier()
    for number in range(count):
        with transaction.atomic():
            journal.record(Actor(), f"act_{number}", dossier, compartment="C11", objects=[str(number)])


def forge(query, params=()):
    """What somebody with the database in hand can do: without the triggers."""
    triggers.drop(connection)
    with connection.cursor() as cursor:
        cursor.execute(query, params)
    triggers.create(connection)
