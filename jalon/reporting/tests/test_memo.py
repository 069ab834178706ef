import pytest
from django.db import transaction

from jalon.access import SYSTEM
from jalon.journal.trail import append, event
from jalon.reporting.memo import Memo


def act(verb="sign_decision", **given):
    with transaction.atomic():
        append([event(SYSTEM, verb, **given)])


@pytest.fixture
def counted():
    memo, calls = Memo(), []

    def figures(key="a"):
        return memo.get(key, lambda: calls.append(key) or len(calls))

    figures.calls = calls
    return figures


@pytest.mark.django_db(transaction=True)
def test_kept_until_somebody_acts(counted):
    act()
    assert [counted(), counted()] == [1, 1]
    act("read")
    act("export_figures")
    assert counted() == 1
    act("sign_decision", decision="refused")
    assert counted() == 1
    act()
    assert [counted(), counted()] == [2, 2]


@pytest.mark.django_db(transaction=True)
def test_an_unknown_verb_counts_as_an_act(counted):
    assert counted() == 1
    act("a_verb_of_next_year")
    assert counted() == 2


@pytest.mark.django_db(transaction=True)
def test_a_key_is_not_another(counted):
    act()
    assert (counted("a"), counted("b"), counted("a")) == (1, 2, 1)


@pytest.mark.django_db(transaction=True)
def test_one_statement_when_nothing_happened(counted, django_assert_num_queries):
    act()
    counted()
    with django_assert_num_queries(1):
        counted()


@pytest.mark.django_db
def test_nothing_is_kept_inside_a_transaction(counted):
    assert (counted(), counted()) == (1, 2)


@pytest.mark.django_db(transaction=True)
def test_another_journal_starts_anew():
    """As after a restore: the sequence goes on, the hashes are not the same."""
    act()
    memo = Memo()
    assert memo.get("a", lambda: "old") == "old"
    foreign = (1, "f" * 64)
    memo._seen = memo._act = foreign
    memo._values["a"] = (foreign, "old")
    assert memo.get("a", lambda: "new") == "new"
