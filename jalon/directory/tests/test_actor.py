"""The actor of a request: one query, the right membership, the demonstration's day."""

from datetime import date

import pytest
from django.conf import settings as real
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from jalon.access import SYSTEM
from jalon.accounts.models import User
from jalon.accounts.tests.factories import make_user, sign_in
from jalon.config import clock, prepared
from jalon.directory import actions
from jalon.directory.middleware import demo_day
from jalon.directory.models import Membership
from jalon.directory.tests.factories import actor_of, browser, make_membership, make_organisation
from jalon.journal.models import Entry

pytestmark = pytest.mark.django_db


def test_session_and_actor_take_one_query_each():
    member = make_membership("REF", department="31")
    client = browser(member)
    client.get(reverse("directory:functions"))
    with CaptureQueriesContext(connection) as queries:
        answer = client.get(reverse("directory:functions"))
    assert len(queries) == 2, [q["sql"] for q in queries]
    actor = answer.wsgi_request.actor
    assert (actor.user_id, actor.role, actor.organisation_id) == (member.user_id, "REF", member.organisation_id)
    assert (actor.department, actor.membership_id, actor.stepped_up) == ("31", member.pk, False)
    page = answer.content.decode()
    assert member.user.name in page
    assert "Organisme REF" in page


def test_anonymous_costs_nothing():
    with CaptureQueriesContext(connection) as queries:
        answer = Client().get(reverse("directory:functions"))
    assert len(queries) == 0
    assert answer.status_code == 302
    assert answer.wsgi_request.actor is None


def test_the_prepared_query_answers_like_the_queryset():
    from jalon.directory.reads import members as reads

    first, second = make_membership("REF"), make_membership("MGR")
    actions.rename_organisation(SYSTEM, first.organisation, name="Autre nom", starts_on=date(2026, 1, 1))
    for day, name in ((date(2025, 12, 31), "Organisme REF"), (date(2026, 1, 1), "Autre nom")):
        with clock.at(day):
            (row,) = reads.memberships_of(first.user_id)
            (plain,) = reads._labelled(list(reads._held(first.user_id)))
        assert row == plain
        assert row.organisation.name == plain.organisation.name == name
        assert (row.user, row.user.name) == (first.user, first.user.name)
        assert bytes(row.key_GS) == bytes(plain.key_GS)
        assert (row.starts_on, row.ends_on, bytes(row.sealed)) == (plain.starts_on, plain.ends_on, bytes(plain.sealed))
    assert [m.pk for m in reads.memberships_of(second.user_id)] == [second.pk]
    assert reads.memberships_of("<user>") == []


def test_the_prepared_query_obeys_an_expired_key():
    from jalon.directory import reads
    from jalon.vault import keys

    member = make_membership("REF")
    assert reads.memberships_of(member.user_id)[0].key_GS
    keys.expire(keys.STAFF, "GS", clock.now())
    assert reads.memberships_of(member.user_id)[0].key_GS is None


def test_a_prepared_query_keeps_no_day_but_the_present_one(monkeypatch):
    days = iter([date(2026, 3, 1), date(2026, 3, 2)])  # midnight passes while it is composed
    today = [date(2026, 3, 1)]

    def build(user_id):
        today[0] = next(days, today[0])
        return Membership.objects.filter(user_id=user_id, ends_on__gte=today[0])

    def late(user_id):
        return Membership.objects.filter(user_id=user_id, ends_on__gte=date(2026, 2, 1))

    monkeypatch.setattr(prepared, "_kept", dict.fromkeys(range(prepared.MOST)))
    with monkeypatch.context() as frozen:
        frozen.setattr(clock, "today", lambda: today[0])
        today[0] = date(2026, 2, 28)
        assert prepared.run("midnight", build, user_id="x") == []
        (kept,) = prepared._kept.values()  # nor is every query ever asked kept for ever
        assert {which for _position, which in kept.places} == {0, prepared.TODAY}
        with pytest.raises(RuntimeError):
            prepared.run("late", late, user_id="x")


def test_the_values_of_a_prepared_query_are_those_of_their_names():
    first, second = make_membership("REF"), make_membership("MGR")

    def build(user_id, role):
        return Membership.objects.filter(user_id=user_id, role=role)

    assert prepared.run("names", build, user_id=first.user_id, role="REF") == [first]
    assert prepared.run("names", build, role="MGR", user_id=second.user_id) == [second]


def test_an_ended_membership_or_account_ends_the_session():
    for end in ("membership", "account", "inactive"):
        member = make_membership("REF")
        client = browser(member)
        assert client.get(reverse("directory:functions")).status_code == 200
        if end == "membership":
            member.ends_on = date(2020, 1, 1)
            member.save()
        else:
            User.objects.filter(pk=member.user_id).update(
                **({"ends_on": date(2020, 1, 1)} if end == "account" else {"is_active": False})
            )
        assert client.get(reverse("directory:functions")).status_code == 302
        assert "_auth_user_id" not in client.session


def test_switch_between_own_functions_only():
    user = make_user()
    first = make_membership("REF", user=user, ends_on=date(2099, 12, 31))
    second = make_membership("MGR", user=user, ends_on=date(2098, 12, 31))
    stranger = make_membership("SEC")
    client = browser(first)
    assert client.get(reverse("directory:functions")).wsgi_request.actor.role == "REF"
    assert client.post(reverse("directory:switch", args=[stranger.pk])).status_code == 404
    assert client.post(reverse("directory:switch", args=[second.pk])).status_code == 302
    assert client.get(reverse("directory:functions")).wsgi_request.actor.role == "MGR"
    assert Entry.objects.filter(verb="choose_membership").count() == 1
    assert client.get(reverse("directory:switch", args=[second.pk])).status_code == 405


def test_one_factor_is_nobody():
    member = make_membership("REF")
    client = sign_in(Client(), member.user, second_factor=False)
    answer = client.get(reverse("directory:functions"))
    assert answer.url == reverse("mfa_activate_totp")
    assert answer.wsgi_request.actor is None


def test_a_session_of_another_backend_is_nobody(settings):
    client = browser(make_membership("REF"))
    session = client.session
    session["_auth_user_backend"] = "django.contrib.auth.backends.ModelBackend"
    session.save()
    assert client.get(reverse("directory:functions")).status_code == 302


@pytest.fixture
def demonstration(monkeypatch):
    """The middleware believes itself in a demonstration; the rest of the program keeps the tests' keys."""

    class Demo:
        DEMO = True
        DEMO_CLOCK: object = {"30": "2020-02-20", "*": "2026-11-23"}

        def __getattr__(self, name):
            return getattr(real, name)

    monkeypatch.setattr("jalon.directory.middleware.settings", Demo())
    return Demo


def test_the_demonstration_freezes_the_clock_by_department(demonstration):
    seen = {}
    for department in ("30", "34"):
        agency = make_organisation("employment_agency", "Pôle emploi", department)
        with clock.at(date(2024, 1, 1)):
            actions.rename_organisation(
                actor_of(make_membership("OPS", department="")),
                agency,
                name="France Travail",
                starts_on=date(2024, 1, 1),
            )
        member = make_membership("EMP", organisation=agency, department=department)
        seen[department] = browser(member).get(reverse("directory:functions")).content.decode()
    assert "Pôle emploi" in seen["30"]
    assert "20/02/2020" in seen["30"]
    assert "France Travail" in seen["34"]
    assert clock.today() != date(2020, 2, 20)


def test_demo_clock_may_be_a_path_and_is_ignored_elsewhere(demonstration):
    demonstration.DEMO_CLOCK = "jalon.directory.tests.test_actor.days"
    demonstration.DEMO = False
    assert demo_day("30") is None
    demonstration.DEMO = True
    assert demo_day("30") == date(2020, 2, 20)
    assert demo_day("31") is None


def days():
    return {"30": "2020-02-20"}
