"""The thread of a convention: sent, seen, answered, closed; never closed without its answer."""

from datetime import date

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction
from django.urls import reverse

from jalon.access import Hidden, Refused
from jalon.config import clock
from jalon.conventions import actions, exchange
from jalon.conventions.models import ConventionMessage
from jalon.directory.tests.factories import browser, make_membership
from jalon.notices.kinds import OF_ANSWER
from jalon.notices.models import Deadline, Outbox
from jalon.ui.errors import Conflict

from .factories import make_parties, signed

pytestmark = pytest.mark.django_db
TODAY = date(2020, 2, 20)


@pytest.fixture(autouse=True)
def day():
    with clock.at(TODAY):
        yield


@pytest.fixture
def parties():
    return make_parties()


@pytest.mark.parametrize(
    ("start", "end", "days"),
    [
        (date(2020, 2, 20), date(2020, 2, 20), 0),
        (date(2020, 2, 20), date(2020, 2, 21), 1),
        (date(2020, 2, 21), date(2020, 2, 24), 1),
        (date(2020, 4, 30), date(2020, 5, 4), 1),  # the first of May
        (date(2020, 2, 24), date(2020, 2, 21), 0),
    ],
)
def test_working_days(start, end, days):
    assert exchange.working_days(start, end) == days


def test_a_question_without_an_answer_is_not_let_drop(parties):
    convention = signed(parties)
    asked = actions.write_to_party(parties.ref, convention, text="Quelles places ?", answer_due_on=date(2020, 2, 24))
    agency, association = convention.agency_id, convention.association_id
    rows = Deadline.objects.filter(kind__in=OF_ANSWER, key=asked.pk)
    assert set(rows.values_list("kind", "on", "role", "organisation_id")) == {
        ("answer", date(2020, 2, 24), "EMP", agency),
        ("answer_again", date(2020, 2, 27), "EMP", agency),
        ("answer_alert", date(2020, 3, 5), "MGR", association),
        ("answer_path", date(2020, 4, 2), "MGR", association),
    }
    back = actions.write_to_party(parties.emp, convention, text="Deux.", answers=asked, answer_due_on=TODAY)
    assert not rows.filter(done_on=None).exists()
    waiting = Deadline.objects.filter(key=back.pk, kind="answer_alert")
    assert list(waiting.values_list("role", "organisation_id")) == [("EMP", agency)]


def test_sent_seen_answered_closed(parties):
    convention = signed(parties)
    asked = actions.write_to_party(parties.ref, convention, text="Quelles places ?", answer_due_on=date(2020, 2, 24))
    assert set(Outbox.objects.values_list("recipient", flat=True)) == {parties.director.user_id}
    assert (asked.from_agency, asked.waits) == (False, True)
    with pytest.raises(Refused):
        actions.close_question(parties.ref, asked)
    with pytest.raises(IntegrityError), transaction.atomic():
        ConventionMessage.objects.filter(pk=asked.pk).update(closed_at=clock.now())
    assert actions.mark_read(parties.emp, convention) == 1
    assert actions.mark_read(parties.emp, convention) == 0
    with pytest.raises(ValidationError):
        actions.write_to_party(parties.mgr, convention, text="moi", answers=asked)
    answer = actions.write_to_party(parties.emp, convention, text="Douze.", answers=asked)
    with pytest.raises(Conflict):
        actions.write_to_party(parties.head, convention, text="Douze !", answers=asked)
    asked.refresh_from_db()
    assert (asked.answered_by_id, asked.waits, asked.seen_at is not None) == (answer.pk, False, True)
    # Who signed is told, and who asked.
    told = Outbox.objects.filter(reason=f"convention:{answer.pk}").values_list("recipient", flat=True)
    assert set(told) == {parties.manager.user_id, parties.worker.user_id}
    with pytest.raises(Refused):
        actions.close_question(parties.emp, asked)
    assert actions.close_question(parties.mgr, asked).closed_at == clock.now()
    with pytest.raises(Conflict):
        actions.close_question(parties.ref, asked)


def test_the_words_are_sealed_and_the_mail_is_empty(parties):
    actions.write_to_party(parties.ref, signed(parties), text="Zinzolin")
    with connection.cursor() as cursor:
        cursor.execute("SELECT sealed FROM conventions_conventionmessage")
        assert b"Zinzolin" not in bytes(cursor.fetchone()[0])
    row = Outbox.objects.get()
    assert row.template == "task"


def test_who_writes(parties):
    convention = signed(parties)
    colleague = make_membership("COL", organisation=parties.association, department="30")
    for actor, refusal in ((parties.sec, Refused), (make_parties("31", "Loin").ref, Hidden)):
        with pytest.raises(refusal):
            actions.write_to_party(actor, convention, text="x")
    for text, due in ((" ", None), ("x", date(2020, 2, 19))):
        with pytest.raises(ValidationError):
            actions.write_to_party(parties.ref, convention, text=text, answer_due_on=due)
    assert "Envoyer" not in browser(colleague).get(thread_of(convention)).content.decode()
    assert browser(parties.secretariat).get(thread_of(convention)).status_code == 404


def thread_of(convention):
    return reverse("conventions:thread", args=[convention.pk])


def test_the_page(parties, django_assert_max_num_queries):
    convention = signed(parties)
    worker, adviser = browser(parties.worker), browser(parties.adviser)
    asked = {"text": "Quelles places ?", "expects": "on", "answer_due_on": "", "answers": ""}
    assert worker.post(thread_of(convention), {**asked, "text": ""}).status_code == 422
    assert worker.post(thread_of(convention), {**asked, "answers": "A" * 22}).status_code == 422
    assert worker.post(thread_of(convention), asked).status_code == 303
    row = ConventionMessage.objects.get()
    assert row.answer_due_on == date(2020, 2, 24)
    with django_assert_max_num_queries(7):
        text = adviser.get(thread_of(convention)).content.decode()
    assert "répondre avant le 24/02/2020" in text
    assert "Clore la question" not in text
    seen = reverse("conventions:seen", args=[convention.pk])
    assert adviser.post(seen).status_code == 303
    assert adviser.post(seen, headers={"HX-Request": "true"}).content == b"<span hidden></span>"
    text = worker.get(thread_of(convention)).content.decode()
    assert "lu" in text
    assert "réponse attendue le 24/02/2020" in text
    close = reverse("conventions:close", args=[row.pk])
    assert worker.post(close).status_code == 403
    assert adviser.post(thread_of(convention), {**asked, "expects": "", "answers": row.pk}).status_code == 303
    assert worker.post(close).status_code == 303
    assert "clos le 20/02/2020" in worker.get(thread_of(convention)).content.decode()
    assert browser(make_parties("31", "Loin").worker).post(close).status_code == 404
