"""What each field of each table is: the map of what is in clear, sealed, kept or erased.

A field is one of these classes:

    id         a random identifier               reference  a link to another row
    route      in clear because a rule of access or a list needs it (organisation, department, stage, revision)
    date       a day or an instant that a deadline needs       state   a code of a closed list
    sealed     encrypted bytes                   staff      about a member of staff or an organisation, not a person
    trail      the journal's own fields          technical  wrapped keys, counters, file paths

A test walks all models and fails on a field that is not listed here: nothing about a person gets a clear column by
accident. Each room's author appends the room's block, rooms in alphabetical order.
"""

from django.apps.registry import Apps
from django.utils.translation import gettext_lazy as _

COMPARTMENTS = {
    "C1": _("Identité"),
    "C2": _("Contact sûr"),
    "C3": _("Lieux de vie"),
    "C4": _("Récit"),
    "C5": _("Santé"),
    "C6": _("Justice"),
    "C7": _("Séjour"),
    "C8": _("Ressources"),
    "C9": _("Famille et enfants"),
    "C10": _("Projet professionnel"),
    "C11": _("Notes de suivi"),
    "C12": _("Dossier de présentation"),
    "C13": _("Commission"),
    "C14": _("Décision"),
    "C15": _("Accords et partages"),
    "C16": _("Tâches et échéances"),
    "C17": _("Trace des accès"),
}

# The unit of sharing and of destruction. C12 has two copies (G5a the association's, G5s the session's); the
# association's copy of C14 is in G1: those rows name their group themselves. C17 is the journal: it has its own keys.
GROUP_OF = {
    "C1": "G1",
    "C2": "G1",
    "C3": "G3",
    "C4": "G2",
    "C5": "G2",
    "C6": "G2",
    "C7": "G1",
    "C8": "G1",
    "C9": "G2",
    "C10": "G1",
    "C11": "G4",
    "C12": "G5a",
    "C13": "G6",
    "C14": "G6",
    "C15": "G1",
    "C16": "G1",
    "GS": "GS",
}
GROUPS = frozenset({"G1", "G2", "G3", "G4", "G5a", "G5s", "G6", "GS"})
DOSSIER_GROUPS = ("G1", "G2", "G3", "G4")
STAFF_GROUP = "GS"

CLASSES = frozenset({"id", "route", "date", "state", "sealed", "reference", "staff", "trail", "technical"})

FIELDS: dict[str, dict[str, str]] = {
    # accounts
    "accounts.User": {
        "id": "id",
        "login": "staff",
        "password": "staff",
        "last_login": "date",
        "sealed": "sealed",
        "revision": "route",
        "is_active": "state",
        "created_at": "date",
        "ends_on": "date",
        "language": "staff",
        "density": "staff",
    },
    "accounts.WebSession": {
        "session_key": "technical",
        "session_data": "technical",
        "expire_date": "date",
        "user_id": "reference",
        "started_at": "date",
        "seen_at": "date",
    },
    # conventions
    "conventions.Axis": {
        "id": "id",
        "convention": "reference",
        "number": "route",
        "title": "staff",
        "objective": "staff",
    },
    "conventions.Commitment": {
        "id": "id",
        "axis": "reference",
        "title": "staff",
        "owner": "reference",
        "due_on": "date",
        "state": "state",
        "done_on": "date",
        "evidence": "staff",
        "revision": "route",
    },
    "conventions.Convention": {
        "id": "id",
        "department": "route",
        "title": "staff",
        "association": "reference",
        "agency": "reference",
        "predecessor": "reference",
        "state": "state",
        "starts_on": "date",
        "ends_on": "date",
        "signed_on": "date",
        "next_committee_on": "date",
        "revision": "route",
    },
    "conventions.ConventionSignature": {
        "id": "id",
        "convention": "reference",
        "organisation": "reference",
        "user": "reference",
        "signed_on": "date",
    },
    "conventions.Indicator": {
        "id": "id",
        "axis": "reference",
        "code": "state",
        "label": "staff",
        "target": "staff",
    },
    "conventions.IndicatorValue": {
        "id": "id",
        "indicator": "reference",
        "month": "date",
        "value": "staff",
    },
    "conventions.Pair": {
        "id": "id",
        "dossier": "reference",
        "convention": "reference",
        "referent": "reference",
        "adviser": "reference",
        "deputy": "reference",
        "named_on": "date",
        "ended_on": "date",
    },
    # directory
    "directory.Accreditation": {
        "id": "id",
        "organisation": "reference",
        "department": "route",
        "order_number": "staff",
        "received_on": "date",
        "missing_asked_on": "date",
        "completed_on": "date",
        "granted_on": "date",
        "valid_from": "date",
        "valid_to": "date",
    },
    "directory.Membership": {
        "id": "id",
        "user": "reference",
        "organisation": "reference",
        "role": "route",
        "department": "route",
        "college": "staff",
        "starts_on": "date",
        "ends_on": "date",
        "granted_by": "reference",
        "sealed": "sealed",
        "revision": "route",
    },
    "directory.Organisation": {
        "id": "id",
        "kind": "staff",
        "department": "route",
        "created_at": "date",
    },
    "directory.OrganisationName": {
        "id": "id",
        "organisation": "reference",
        "name": "staff",
        "starts_on": "date",
        "ends_on": "date",
    },
    # dossiers
    "dossiers.Application": {
        "id": "id",
        "dossier": "reference",
        "kind": "state",
        "rank": "route",
        "state": "state",
        "previous": "reference",
        "department": "route",
        "form_version": "technical",
        "opened_on": "date",
        "submitted_on": "date",
        "receipt_number": "route",
        "complete_on": "date",
        "decided_on": "date",
        "withdrawn_on": "date",
        "revision": "route",
    },
    "dossiers.ComplementRequest": {
        "sealed": "sealed",
        "revision": "route",
        "id": "id",
        "application": "reference",
        "dossier": "reference",
        "asked_on": "date",
        "due_on": "date",
        "answered_on": "date",
    },
    "dossiers.Package": {
        "sealed": "sealed",
        "revision": "route",
        "id": "id",
        "application": "reference",
        "dossier": "reference",
        "version": "route",
        "state": "state",
        "digest": "technical",
        "read_back_on": "date",
        "signed_by": "reference",
        "signed_at": "date",
    },
    "dossiers.Part": {
        "sealed": "sealed",
        "revision": "route",
        "id": "id",
        "application": "reference",
        "dossier": "reference",
        "code": "state",
        "compartment": "route",
        "state": "state",
        "missing": "state",
        "updated_on": "date",
        "updated_by": "reference",
    },
    "dossiers.Piece": {
        "sealed": "sealed",
        "revision": "route",
        "id": "id",
        "application": "reference",
        "dossier": "reference",
        "code": "state",
        "compartment": "route",
        "state": "state",
        "received_on": "date",
        "file": "reference",
        "sent": "reference",
    },
    "dossiers.SessionCopy": {
        "sealed": "sealed",
        "revision": "route",
        "id": "id",
        "package": "reference",
        "dossier": "reference",
        "destroyed_on": "date",
    },
    # journal
    "journal.Entry": {
        "seq": "id",
        "at": "trail",
        "actor": "trail",
        "role": "trail",
        "organisation": "trail",
        "relation": "trail",
        "subject": "trail",
        "compartment": "trail",
        "verb": "trail",
        "decision": "trail",
        "conditions": "trail",
        "purpose": "trail",
        "session": "trail",
        "request": "trail",
        "count": "trail",
        "objects_seen": "trail",
        "records": "trail",
        "prev": "trail",
        "hash": "trail",
    },
    # notices
    "notices.Deadline": {
        "id": "id",
        "dossier": "reference",
        "organisation": "reference",
        "department": "route",
        "kind": "state",
        "key": "state",
        "on": "date",
        "rule": "state",
        "role": "route",
        "created_at": "date",
        "done_on": "date",
        "cancelled_on": "date",
        "sealed": "sealed",
        "revision": "route",
    },
    "notices.Outbox": {
        "id": "id",
        "recipient": "reference",
        "template": "state",
        "reason": "technical",
        "queued_at": "date",
        "sent_at": "date",
        "attempts": "technical",
        "next_try_at": "date",
    },
    # people
    "people.Agreement": {
        "sealed": "sealed",
        "revision": "route",
        "id": "id",
        "dossier": "reference",
        "given_on": "date",
        "withdrawn_at": "date",
        "recorded_by": "reference",
    },
    "people.Assignment": {
        "id": "id",
        "dossier": "reference",
        "user": "reference",
        "organisation": "reference",
        "kind": "state",
        "starts_on": "date",
        "ends_on": "date",
    },
    "people.Dossier": {
        "id": "id",
        "organisation": "reference",
        "department": "route",
        "number": "route",
        "stage": "state",
        "opened_on": "date",
        "last_contact_on": "date",
        "next_due_on": "date",
        "closed_on": "date",
        "erased_on": "date",
        "revision": "route",
        "audit_salt": "technical",
    },
    "people.ErasureConsent": {
        "id": "id",
        "dossier": "reference",
        "user": "reference",
        "given_at": "date",
        "expires_on": "date",
    },
    "people.Identity": {
        "sealed": "sealed",
        "revision": "route",
        "id": "id",
        "dossier": "reference",
    },
    "people.SafeContact": {
        "sealed": "sealed",
        "revision": "route",
        "id": "id",
        "dossier": "reference",
        "reviewed_on": "date",
        "messages_stopped": "state",
    },
    "people.Share": {
        "sealed": "sealed",
        "revision": "route",
        "id": "id",
        "dossier": "reference",
        "organisation": "reference",
        "given_on": "date",
        "ends_on": "date",
        "revoked_at": "date",
        "recorded_by": "reference",
    },
    # support
    "support.Appointment": {
        "id": "id",
        "dossier": "reference",
        "author": "reference",
        "at": "date",
        "with_adviser": "state",
        "attended": "state",
        "cancelled_at": "date",
        "sealed": "sealed",
        "revision": "route",
    },
    "support.LiaisonMessage": {
        "id": "id",
        "thread": "reference",
        "dossier": "reference",
        "author": "reference",
        "from_agency": "route",
        "sent_at": "date",
        "seen_at": "date",
        "answer_due_on": "date",
        "answered_by": "reference",
        "sealed": "sealed",
        "revision": "route",
    },
    "support.LiaisonThread": {
        "id": "id",
        "dossier": "reference",
        "opened_on": "date",
    },
    "support.Note": {
        "id": "id",
        "dossier": "reference",
        "author": "reference",
        "written_on": "date",
        "written_at": "date",
        "kind": "state",
        "visibility": "route",
        "sealed": "sealed",
        "revision": "route",
    },
    "support.Placement": {
        "id": "id",
        "dossier": "reference",
        "starts_on": "date",
        "ends_on": "date",
        "sealed": "sealed",
        "revision": "route",
    },
    "support.PlanStep": {
        "id": "id",
        "dossier": "reference",
        "author": "reference",
        "holder": "state",
        "state": "state",
        "created_on": "date",
        "due_on": "date",
        "done_on": "date",
        "sealed": "sealed",
        "revision": "route",
    },
    "support.ProgressScale": {
        "id": "id",
        "dossier": "reference",
        "filled_on": "date",
        "with_person": "state",
        "sealed": "sealed",
        "revision": "route",
    },
    # vault
    "vault.KeySlot": {
        "id": "technical",
        "owner": "reference",
        "group": "route",
        "key_version": "technical",
        "slot_type": "technical",
        "recipient": "reference",
        "kek_version": "technical",
        "wrapped": "technical",
        "created_on": "date",
        "expires_at": "date",
    },
    "vault.SealedFile": {
        "id": "id",
        "owner": "reference",
        "group": "route",
        "key_version": "technical",
        "path": "technical",
        "created_on": "date",
        "sealed": "sealed",
        "revision": "route",
    },
}


def all_unclassified(apps: Apps, prefix: str = "jalon.") -> list[str]:
    """What disagrees with the map: fields of our models without a class, unknown classes, entries of no field."""
    wrong = []
    seen: dict[str, set[str]] = {}
    for model in apps.get_models(include_auto_created=True):
        if not model.__module__.startswith(prefix):
            continue
        label = f"{model._meta.app_label}.{model.__name__}"
        classes = FIELDS.get(label, {})
        names = seen[label] = {field.name for field in model._meta.local_fields}
        wrong += [f"{label}.{name}: no class" for name in sorted(names - set(classes))]
        wrong += [f"{label}.{name}: unknown class" for name, kind in classes.items() if kind not in CLASSES]
    for label, classes in FIELDS.items():
        if label in seen:
            wrong += [f"{label}.{name}: no such field" for name in sorted(set(classes) - seen[label])]
    return wrong
