"""Writing the trail: in the transaction of the act, chained, without any content."""

import json
from datetime import timedelta

import pytest
from django.db import DatabaseError, connection, transaction
from django.test import RequestFactory

from jalon import journal
from jalon.config import clock
from jalon.journal import trail, triggers
from jalon.journal.models import GENESIS, Entry
from jalon.journal.verify import verify
from jalon.vault import keys
from jalon.vault.errors import VaultError
from jalon.vault.models import KeySlot
from jalon.vault.tests.factories import row

from .factories import Actor, Dossier, events

pytestmark = pytest.mark.django_db


def test_an_act_is_described_by_codes_and_keyed_hashes():
    dossier, record = Dossier(), row()
    keys.ensure("dossier-1", "G1")
    record.seal({"name": "Canari"})
    now = clock.now()
    with clock.at(now):
        entry = journal.record(
            Actor(),
            "edit_identity",
            dossier,
            compartment="C1",
            relation="assigned",
            conditions=["stepup", "agreement"],
            purpose="support",
            count=3,
            objects=["id-1", dossier],
            sealed=[record],
            gone=[record],
        )
    stored = Entry.objects.get()
    assert (stored.seq, stored.prev, stored.hash, stored.at) == (1, GENESIS, entry.hash, now)
    assert (stored.actor, stored.role, stored.organisation) == ("user-1", "REF", "organisation-1")
    assert (stored.verb, stored.compartment, stored.decision) == ("edit_identity", "C1", "allowed")
    assert (stored.relation, stored.conditions, stored.purpose) == ("assigned", "agreement+stepup", "support")
    assert stored.subject == trail.subject_ref(dossier)
    assert json.loads(stored.objects_seen) == [trail.object_ref("id-1"), stored.subject]
    place = trail.record_ref("vault_sealedfile", record.pk)
    assert json.loads(stored.records) == [f"{place}:{record.sealed_hash()}", f"{place}:-"]
    assert stored.session == journal.session_ref("session-1")
    line = " ".join(str(value) for value in trail.values(stored))
    for secret in (dossier.id, "id-1", "session-1", record.pk, "Canari"):
        assert secret not in line


def test_the_subject_s_reference_depends_on_the_salt():
    one, other = Dossier("same", b"a" * 16), Dossier("same", b"b" * 16)
    assert trail.subject_ref(one) != trail.subject_ref(other)
    assert trail.subject_ref(one) == trail.subject_ref(Dossier("same", "a" * 16))
    assert trail.subject_ref(one) == trail.subject_ref(Dossier("same", memoryview(b"a" * 16)))
    for shredded in (b"", "", None):
        with pytest.raises(ValueError, match="salt"):
            trail.subject_ref(Dossier("same", shredded))


def test_the_same_thing_has_unlike_references_by_use():
    assert len({trail.object_ref("x"), trail.session_ref("x"), trail.record_ref("t", "x")}) == 3
    assert trail.record_ref("ab", "c") != trail.record_ref("a", "bc")
    assert trail.session_ref("") == trail.session_ref(None) == ""


@pytest.mark.parametrize(
    "event",
    [
        {"verb": "a phrase with words"},
        {"verb": ""},
        {"verb": "v" * 41},
        {"verb": "v", "relation": "née le 3"},
        {"verb": "v", "conditions": ["agreement", "two words"]},
        {"verb": "v", "conditions": ["c" * 40, "d" * 40, "e" * 40]},
        {"verb": "v", "purpose": "because she said so"},
        {"verb": "v", "compartment": "C18"},
        {"verb": "v", "decision": "maybe"},
    ],
)
def test_a_text_never_enters_the_trail(event):
    with pytest.raises(ValueError, match=r"trail|compartment"):
        journal.record(Actor(), **event)
    assert not Entry.objects.exists()


def test_events_follow_one_another():
    events(5)
    entries = list(Entry.objects.order_by("seq"))
    assert [entry.seq for entry in entries] == [1, 2, 3, 4, 5]
    assert [entry.prev for entry in entries] == [GENESIS, *(entry.hash for entry in entries[:-1])]
    assert journal.head() == (5, entries[-1].hash)


def test_one_act_costs_two_queries(django_assert_num_queries):
    dossier = Dossier()
    with django_assert_num_queries(2):
        journal.record(Actor(), "act", dossier)


@pytest.mark.parametrize(
    "query",
    [
        "UPDATE journal_entry SET verb = 'other' WHERE seq = 2",
        "UPDATE journal_entry SET verb = verb",
        "DELETE FROM journal_entry WHERE seq = 3",
        "DELETE FROM journal_entry",
        "INSERT INTO journal_entry SELECT * FROM journal_entry WHERE seq = 2",
    ],
)
def test_the_database_refuses_to_change_or_delete(query):
    events(3)
    before = list(Entry.objects.order_by("seq").values_list())
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(query)
    assert list(Entry.objects.order_by("seq").values_list()) == before


def test_the_database_refuses_the_other_ways_to_replace():
    events(3)
    before = list(Entry.objects.order_by("seq").values_list())
    columns = ", ".join(connection.ops.quote_name(field.column) for field in Entry._meta.fields)
    copy = f"INTO journal_entry ({columns}) SELECT {columns} FROM journal_entry WHERE seq = 2"
    if connection.vendor == "sqlite":
        queries = [f"INSERT OR REPLACE {copy}", f"INSERT OR IGNORE {copy}", f"REPLACE {copy}"]
    else:
        queries = ["TRUNCATE journal_entry", "TRUNCATE journal_entry CASCADE"]
        queries += [f"INSERT {copy} ON CONFLICT (seq) DO UPDATE SET verb = 'other'"]
    for query in queries:
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(query)
    assert list(Entry.objects.order_by("seq").values_list()) == before


@pytest.mark.parametrize(("seq", "prev"), [(2, "own"), (4, "f" * 64), (5, "own"), (5, GENESIS), (0, GENESIS)])
def test_the_database_takes_an_event_only_at_the_end(seq, prev):
    events(3)
    last = Entry.objects.get(seq=3)
    forged = trail.event(Actor(), "forged")
    forged.seq, forged.prev, forged.hash = seq, last.hash if prev == "own" else prev, "a" * 64
    with pytest.raises(DatabaseError), transaction.atomic():
        forged.save(force_insert=True)
    assert journal.head() == (3, last.hash)


def test_the_first_event_follows_nothing():
    forged = trail.event(Actor(), "forged")
    forged.seq, forged.prev, forged.hash = 1, "f" * 64, "a" * 64
    with pytest.raises(DatabaseError), transaction.atomic():
        forged.save(force_insert=True)


# --- with the act -----------------------------------------------------------------------------------------
@pytest.mark.django_db(transaction=True)
def test_an_act_is_journaled_inside_its_transaction_only():
    with pytest.raises(trail.OutsideTransaction):
        journal.record(Actor(), "act")
    assert not Entry.objects.exists()


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("failing", ["_insert", "_locked_head", "subject_ref"])
def test_an_act_that_cannot_be_journaled_is_rolled_back(monkeypatch, failing):
    def refuse(*args):
        raise DatabaseError("disk full")

    @transaction.atomic
    def act():
        keys.ensure("dossier-1", "G1")
        journal.record(Actor(), "act", Dossier())

    monkeypatch.setattr(trail, failing, refuse)
    with pytest.raises(DatabaseError):
        act()
    assert not KeySlot.objects.exists()
    assert not Entry.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_an_act_that_fails_leaves_no_event_but_its_refusal():
    request = RequestFactory().post("/")
    request.actor = Actor()
    request.journal = queue = trail.Queue()

    @transaction.atomic
    def act():
        journal.record(Actor(), "act")
        journal.refusal(request, "act", None, "C1", {"stepup", "agreement"})
        raise ValueError

    with pytest.raises(ValueError):  # noqa: PT011
        act()
    queue.flush()
    entry = Entry.objects.get()
    assert (entry.verb, entry.decision, entry.conditions) == ("act", "refused", "agreement+stepup")


def test_a_command_collects_its_refusals():
    def command():
        with journal.collecting() as queue:
            journal.record(Actor(), "act")
            journal.refusal(Actor(), "other", Dossier(), "C1", "state", relation="none")
            assert Entry.objects.count() == 1
            assert Entry.objects.get().request == queue.request
            raise KeyError

    with pytest.raises(KeyError):
        command()
    assert list(Entry.objects.order_by("seq").values_list("verb", "decision")) == [
        ("act", "allowed"),
        ("other", "refused"),
    ]
    assert len(set(Entry.objects.values_list("request", flat=True))) == 1


def test_a_refusal_alone_is_written_at_once():
    journal.refusal(Actor(), "act", objects=["a"])
    entry = Entry.objects.get()
    assert (entry.decision, entry.request, entry.objects_seen.count('"')) == ("refused", "", 2)


def test_a_refusal_of_an_unnamed_view_is_kept():
    journal.refusal(None, "")
    journal.refusal(Actor(), "v" * 60)
    assert list(Entry.objects.order_by("seq").values_list("verb", flat=True)) == ["unknown", "v" * 40]


def test_the_key_is_needed_to_write(settings, tmp_path):
    settings.KEY_DIR = tmp_path / "nowhere"
    keys.forget()
    with pytest.raises(VaultError):
        journal.record(Actor(), "act", Dossier())
    keys.forget()


def test_names_of_the_room():
    with pytest.raises(AttributeError):
        _ = journal.other


@pytest.mark.django_db(transaction=True)
def test_emptying_between_tests_puts_the_triggers_back():
    from django.core.management import call_command

    events(2)
    call_command("flush", verbosity=0, interactive=False)
    assert not Entry.objects.exists()
    assert triggers.missing(connection) == []
    events(1)
    assert verify().status == 0


def test_nobody_opens_more_files_in_a_day_than_the_budget_whatever_the_way():
    """One by one, two in a request, refused before, read again, over the edge of a day: two at most in any day."""
    start = clock.now()

    def opened(hours, *names, decision=trail.ALLOWED, who="reader"):
        with clock.at(start + timedelta(hours=hours)), transaction.atomic():
            files = [Dossier(id=name) for name in names]
            entries = [journal.trail.event(Actor(user_id=who), "read", one, decision=decision) for one in files]
            try:
                with transaction.atomic():
                    trail.append(entries, budget=2)
            except trail.OverBudget:
                return False
        return True

    assert opened(0, "a")
    assert opened(0, "c", decision=trail.REFUSED)  # what was refused opened nothing
    assert opened(1, "b", who="another")
    assert not opened(1, "b", "c")
    assert opened(2, "a", "b")
    assert not opened(3, "c")
    assert not opened(3, "a", "c")
    assert opened(23, "a")  # again: still of the day, an hour before the first time leaves it
    assert opened(25, "a", "b")
    assert not opened(26, "c")
    assert opened(50, "c", "a")
    assert not opened(50, "b")
