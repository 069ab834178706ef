"""Planning, moving, closing deadlines; reminders."""

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.models import Q
from django.test.utils import CaptureQueriesContext

from jalon.config import clock
from jalon.directory.tests.factories import actor_of, make_membership, make_organisation
from jalon.journal.models import Entry
from jalon.notices import actions, kinds, reads
from jalon.notices.actions import Due
from jalon.notices.models import Deadline, Outbox
from jalon.notices.tests.factories import make_file

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 24)


@pytest.fixture(autouse=True)
def _today():
    with clock.at(TODAY):
        yield


@pytest.fixture
def association():
    return make_organisation()


@pytest.fixture
def file(association):
    return make_file(association)


def test_plan_makes_then_moves_the_same_deadline(file):
    first = actions.plan(file, "complement", date(2026, 12, 1), role="REF", rule="X")
    again = actions.plan(file, "complement", date(2026, 12, 1), role="REF", rule="X")
    assert first.pk == again.pk
    assert Entry.objects.filter(verb="plan_deadlines").count() == 1
    moved = actions.plan(file, "complement", date(2026, 12, 8), role="REF", rule="X")
    assert (moved.pk, moved.on) == (first.pk, date(2026, 12, 8))
    assert Deadline.objects.count() == 1
    other = actions.plan(file, "complement", date(2026, 12, 9), role="REF", key="2")
    assert other.pk != first.pk
    assert reads.next_due(file.id).pk == first.pk
    assert [d.on for d in reads.of_dossier(file.id)] == [date(2026, 12, 8), date(2026, 12, 9)]


def test_done_stays_done_until_the_date_moves(file):
    actions.plan(file, "complement", date(2026, 12, 1), role="REF")
    assert actions.complete(file, "complement") == 1
    assert actions.complete(file, "complement") == 0
    assert reads.next_due(file.id) is None
    assert not actions.plan(file, "complement", date(2026, 12, 1), role="REF").open
    assert actions.plan(file, "complement", date(2026, 12, 2), role="REF").open
    assert actions.cancel(file) == 1
    assert Deadline.objects.get().cancelled_on == TODAY


def test_what_was_cancelled_is_due_again_when_it_is_planned_again(file):
    actions.plan(file, "complement", date(2026, 12, 1))
    actions.cancel(file, "complement")
    assert actions.plan(file, "complement", date(2026, 12, 1)).open
    assert Deadline.objects.get().open


def test_the_kind_says_who_is_told(file):
    rows = actions.plan_many(file, [Due("complement", TODAY), Due("silence_2m", TODAY), Due("answer", TODAY, "EMP")])
    assert [row.role for row in rows] == ["REF", "SEC", "EMP"]


def test_closing_leaves_what_outlives_the_file(file):
    for kind in ("complement", "appeal", "notification", "retention", "period_end"):
        actions.plan(file, kind, date(2026, 12, 1))
    assert actions.cancel(file) == 2
    assert set(reads.opened().values_list("kind", flat=True)) == {"appeal", "notification", "retention"}
    assert actions.cancel(file, *kinds.KINDS) == 3


def test_several_keys_close_at_once(file):
    for key in "123":
        actions.plan(file, "plan_step", date(2026, 12, 1), key=key)
    assert actions.complete(file, "plan_step", key=["1", "3"]) == 2
    assert reads.next_due(file.id).key == "2"


def test_a_deadline_of_nobodys_dossier_is_found_by_its_key(association):
    actions.plan(None, "convocation", TODAY, key="m1", organisation_id=association.pk, department="31")
    actions.plan(None, "convocation", TODAY, key="m2", organisation_id=association.pk, department="31")
    assert actions.complete(None, "convocation", key="m1") == 1
    assert [row.key for row in reads.opened()] == ["m2"]


def test_targets_of_the_running_period_are_due_again(file):
    actions.plan_renewal(file, date(2026, 7, 14), key="1")
    actions.complete(file, "period_end", *kinds.RENEWAL, key="1")
    assert actions.reopen_renewal(file, "renewal_session") == 0  # no period runs
    actions.plan_renewal(file, date(2027, 1, 14), key="2")
    actions.complete(file, "renewal_session", "renewal_file")
    assert actions.reopen_renewal(file, "renewal_session", "renewal_open") == 1
    assert {row.key for row in reads.opened().filter(kind="renewal_session")} == {"2"}
    assert not reads.opened().filter(kind="renewal_file").exists()


def test_renewal_targets_of_the_worked_example(file):
    """A period that ends on 2026-07-14."""
    rows = actions.plan_renewal(file, date(2026, 7, 14), key="1")
    assert {row.kind: row.on for row in rows} == {
        "period_end": date(2026, 7, 14),
        "renewal_remind": date(2026, 3, 16),
        "renewal_open": date(2026, 4, 15),
        "renewal_file": date(2026, 5, 15),
        "renewal_session": date(2026, 6, 14),
        "renewal_decision": date(2026, 6, 29),
    }
    assert {row.rule for row in rows if row.kind != "period_end"} == {"REN-1"}


def test_many_dates_cost_a_bounded_number_of_queries(file):
    dues = [Due("plan_step", date(2026, 1, 5) + timedelta(days=31 * n), key=str(n)) for n in range(24)]
    with CaptureQueriesContext(connection) as queries:
        actions.plan_many(file, dues)
    assert len(queries) <= 8, [q["sql"][:80] for q in queries]
    assert Deadline.objects.count() == 24


def test_a_deadline_of_an_organisation_has_no_dossier(association):
    row = actions.plan(
        None, "accreditation_renewal", date(2026, 12, 1), role="MGR", organisation_id=association.pk, department="31"
    )
    assert row.dossier == ""
    assert actions.complete(None, "accreditation_renewal", organisation_id=association.pk) == 1
    with pytest.raises(ValueError, match="belongs"):
        actions.cancel(None, "accreditation_renewal")


def test_refusals(file):
    with pytest.raises(ValueError, match="unknown"):
        actions.plan(file, "birthday", date(2026, 12, 1), role="REF")
    with pytest.raises(ValueError, match="unknown"):
        actions.complete(file, "birthday")
    row = actions.plan(file, "complement", date(2026, 12, 1), role="REF")
    with pytest.raises(IntegrityError), transaction.atomic():
        Deadline.objects.filter(pk=row.pk).update(done_on=TODAY, cancelled_on=TODAY)
    with pytest.raises(IntegrityError), transaction.atomic():
        Deadline.objects.create(
            dossier=file.id, organisation_id=file.organisation_id, kind="complement", on=TODAY, role="REF"
        )


def test_who_is_told(file, association):
    here, elsewhere = make_file(association), make_file(make_organisation(), "34")
    actions.plan(here, "complement", date(2026, 12, 1), role="REF")
    actions.plan(here, "meeting", date(2026, 12, 2), role="SEC")
    actions.plan(elsewhere, "complement", date(2026, 12, 1), role="REF")
    actions.plan(here, "plan_step", date(2027, 12, 1), role="REF")
    worker = actor_of(make_membership("REF", organisation=association))
    secretariat = actor_of(make_membership("SEC"))
    assert [d.kind for d in reads.told_to(worker)] == ["complement"]
    assert [d.kind for d in reads.told_to(secretariat)] == ["meeting"]
    assert reads.told_to(worker, dossiers=[elsewhere.id]) == []
    assert [reads.days_left(d) for d in reads.told_to(worker)] == [7]


def test_deadlines_follow_a_transfer(file):
    actions.plan(file, "complement", date(2026, 12, 1), role="REF")
    new = make_organisation(department="34")
    file.organisation_id, file.department = new.pk, "34"
    assert actions.moved(file) == 1
    row = actions.plan(file, "complement", date(2026, 12, 3), role="REF")
    assert (row.organisation_id, row.department, Deadline.objects.count()) == (new.pk, "34", 1)


def test_what_the_state_owes_stays_where_it_was_asked(file):
    actions.plan(file, "appeal_answer", date(2026, 12, 1))
    new = make_organisation(department="34")
    file.organisation_id, file.department = new.pk, "34"
    actions.moved(file)
    row = Deadline.objects.get()
    assert (row.organisation_id, row.department) == (new.pk, "31")
    row = actions.plan(file, "appeal_answer", date(2026, 12, 8), department="31")
    assert (row.pk, row.department) == (Deadline.objects.get().pk, "31")


def test_what_only_had_a_day_is_past_and_never_late(file):
    for kind in ("appeal", "complement"):
        actions.plan(file, kind, TODAY - timedelta(days=1), key="past")
        actions.plan(file, kind, TODAY, key="today")
    assert actions.let_pass() == [file.id]
    assert actions.let_pass() == []
    assert {(row.kind, row.key) for row in reads.opened()} == {
        ("appeal", "today"), ("complement", "past"), ("complement", "today"),
    }  # fmt: skip
    assert actions.plan(file, "appeal", TODAY + timedelta(days=60), key="past").open  # moved, it runs again


def test_only_the_rows_in_the_scope_pass(file):
    actions.plan(file, "appeal", TODAY - timedelta(days=1))
    assert actions.let_pass(Q(department="99")) == []
    assert reads.opened().count() == 1


def test_one_reminder_a_person_a_day(file, association):
    worker = make_membership("REF", organisation=association)
    make_membership("REF")
    secretariat = make_membership("SEC")
    for kind, days, role in (
        ("complement", 7, "REF"),
        ("share_end", 7, "REF"),
        ("complement", 6, "EMP"),
        ("meeting", 5, "SEC"),
    ):
        actions.plan(file, kind, TODAY + timedelta(days=days), role=role, key=str(days))
    assert actions.remind() == 2
    assert actions.remind() == 0
    assert {row.recipient_id for row in Outbox.objects.all()} == {worker.user_id, secretariat.user_id}


def test_days_without_a_run_are_caught_up(file, association):
    make_membership("REF", organisation=association)
    actions.plan(file, "complement", TODAY + timedelta(days=7), role="REF", key="first")
    actions.plan(file, "complement", TODAY + timedelta(days=9), role="REF", key="second")
    assert actions.remind() == 1
    with clock.at(TODAY + timedelta(days=1)):
        assert actions.remind() == 0
    with clock.at(TODAY + timedelta(days=3)):
        assert actions.remind() == 1
        assert actions.remind() == 0


def test_a_room_above_may_say_who_is_told(file):
    worker = make_membership("REF")
    actions.plan(file, "complement", TODAY + timedelta(days=7), role="REF")
    assert actions.remind(lambda deadline: [worker.user_id] if deadline.dossier == file.id else []) == 1


def test_every_kind_has_words_and_reminders_before_the_date():
    for kind in kinds.KINDS:
        assert kinds.label(kind)
        assert all(days >= 0 for days in kinds.KINDS[kind].remind)
    assert set(kinds.RENEWAL) <= set(kinds.KINDS)
