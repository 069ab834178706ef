"""Readings: one batch before the page leaves, or no page."""

import pytest
from django.db import DatabaseError
from django.http import HttpResponse, StreamingHttpResponse
from django.test import RequestFactory

from jalon import journal
from jalon.journal import trail
from jalon.journal.middleware import ReadingsMiddleware
from jalon.journal.models import Entry
from jalon.vault import keys

from .factories import Actor, Dossier

pytestmark = pytest.mark.django_db


def page(request):
    dossier = Dossier()
    journal.reading(request, "read", dossier, "C1", relation="assigned", conditions=["agreement"])
    journal.reading(request, "list", count=3, objects=["a", "b", dossier])
    journal.refusal(request, "export", dossier, "C11", "stepup")
    return HttpResponse("words")


def answer(view=page, actor=True):
    request = RequestFactory().get("/")
    if actor:
        request.actor = Actor()
    return ReadingsMiddleware(view)(request)


def test_readings_and_refusals_are_written_before_the_page_leaves():
    assert answer().content == b"words"
    entries = list(Entry.objects.order_by("seq"))
    assert [(e.verb, e.decision, e.compartment, e.conditions) for e in entries] == [
        ("read", "allowed", "C1", "agreement"),
        ("list", "allowed", "", ""),
        ("export", "refused", "C11", "stepup"),
    ]
    assert len({entry.request for entry in entries}) == 1
    assert len(entries[0].request) == 22
    assert entries[1].count == 3


def test_a_batch_costs_one_select_and_one_insert(django_assert_num_queries):
    # Two more open and close the transaction, which is a savepoint under a test.
    with django_assert_num_queries(4) as captured:
        answer()
    work = [q["sql"] for q in captured if "SAVEPOINT" not in q["sql"]]
    assert len(work) == 2


def test_a_page_that_reads_nothing_costs_nothing(django_assert_num_queries):
    with django_assert_num_queries(0):
        assert answer(lambda request: HttpResponse("calm")).content == b"calm"


@pytest.mark.parametrize("error", [DatabaseError("locked"), OSError("disk"), RuntimeError("any")])
@pytest.mark.parametrize("failing", ["_insert", "_locked_head"])
def test_a_reading_that_cannot_be_journaled_is_not_shown(monkeypatch, caplog, failing, error):
    def refuse(*args):
        raise error

    monkeypatch.setattr(trail, failing, refuse)
    response = answer()
    assert response.status_code == 503
    assert b"words" not in response.content
    assert "Service indisponible" in response.content.decode()
    assert response["Cache-Control"] == "no-store"
    assert not Entry.objects.exists()
    (line,) = caplog.messages
    assert line.split()[-1] in response.content.decode()
    assert str(error) not in line


def test_without_the_key_no_page(settings, tmp_path):
    def view(request):
        settings.KEY_DIR = tmp_path / "nowhere"
        keys.forget()
        try:
            return page(request)
        except Exception:
            return HttpResponse(status=500)

    assert answer(view).status_code == 500
    keys.forget()


def test_nothing_can_be_read_once_the_answer_has_left():
    def streaming(request):
        def rows():
            yield "first"
            journal.reading(request, "late")
            yield "second"

        return StreamingHttpResponse(rows())

    response = answer(streaming)
    with pytest.raises(RuntimeError, match="has left"):
        list(response)


def test_a_view_outside_the_middleware_cannot_read():
    with pytest.raises(RuntimeError, match="ReadingsMiddleware"):
        journal.reading(RequestFactory().get("/"), "read")


def test_nobody_is_somebody():
    answer(actor=False)
    entry = Entry.objects.order_by("seq").first()
    assert (entry.actor, entry.role, entry.organisation, entry.session) == ("", "", "", "")


def test_one_request_does_not_see_the_queue_of_another():
    seen = []

    def outer(request):
        journal.reading(request, "outer")
        answer(lambda inner: (journal.reading(inner, "inner"), HttpResponse())[1])
        seen.extend(event.verb for event in request.journal.events)
        return HttpResponse()

    answer(outer)
    assert seen == ["outer"]
    assert list(Entry.objects.order_by("seq").values_list("verb", flat=True)) == ["inner", "outer"]
    assert len(set(Entry.objects.values_list("request", flat=True))) == 2
