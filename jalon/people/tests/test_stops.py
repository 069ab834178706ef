"""Too many files in a day: no further one opens to the account until somebody who answers for it has looked."""

from datetime import UTC, datetime, timedelta

import pytest
from django.urls import reverse

from jalon.access import Hidden, Refused
from jalon.access.models import ReadingAlert
from jalon.config import clock
from jalon.directory.tests.factories import actor_of, browser
from jalon.journal.models import Entry
from jalon.notices.models import Outbox
from jalon.people import actions

from .factories import make_prepared, make_team

pytestmark = pytest.mark.django_db
DAY = datetime(2026, 3, 16, 9, 30, tzinfo=UTC)


@pytest.fixture
def team(settings):
    settings.READING_BUDGET = {"hour": 50, "day": 3}
    return make_team()


def workers(client, dossier):
    return client.get(reverse("people:assignments", args=[dossier.pk]))


def recognised(team):
    return team.browser("REF", stepped_up=True)


def spent(team):
    """A referent who has opened the three files of her day; the fourth waits."""
    files, client = [make_prepared(team) for _ in range(4)], team.browser("REF")
    assert [workers(client, dossier).status_code for dossier in (*files[:3], files[0])] == [200] * 4
    return files, client


def test_the_file_too_many_does_not_open_and_those_of_the_day_stay(team):
    told = {team.dpo.user_id, team.mgr.user_id}
    with clock.at(DAY):
        files, client = spent(team)
        before = Entry.objects.filter(verb="read", decision="allowed").count()
        page = workers(client, files[3])
        assert page.status_code == 403
        assert "Vous avez ouvert 3 dossiers" in page.content.decode()
        assert files[3].number not in page.content.decode()
        assert Entry.objects.filter(verb="read", decision="allowed").count() == before
        refusal = Entry.objects.get(verb="read", decision="refused")
        assert refusal.conditions == "budget"
        assert refusal.subject
        assert workers(client, files[1]).status_code == 200  # what is under way goes on
        assert client.get("/").status_code == 200
        for _again in range(2):
            assert workers(client, files[3]).status_code == 403
        assert set(Outbox.objects.values_list("recipient", flat=True)) == told
        assert Entry.objects.filter(verb="stop_reading").count() == 1
        # by a button that makes a paper, by a form that comes back
        for name in ("support:copy", "people:identity", "support:note"):
            assert recognised(team).post(reverse(name, args=[files[3].pk])).status_code == 403, name
            assert workers(client, files[3]).status_code == 403  # what was read to refuse it opened nothing
        # by any other page, too
        assert client.get(reverse("support:dossier", args=[files[3].pk])).status_code == 403
    with clock.at(DAY + timedelta(days=1, minutes=1)):
        assert workers(client, files[3]).status_code == 200


def test_the_neighbour_and_an_ordinary_day_are_not_touched(team):
    neighbour = make_team("31", "Association voisine")
    with clock.at(DAY):
        files, _client = spent(team)
        assert workers(browser(team.member("MGR")), files[3]).status_code == 200
        assert workers(neighbour.browser("REF"), make_prepared(neighbour)).status_code == 200
        assert not ReadingAlert.objects.filter(span="stop").exists()


def test_the_stop_is_lifted_by_who_answers_for_the_account_for_one_more_budget(team):
    neighbour = make_team("31", "Association voisine")
    with clock.at(DAY):
        files, client = spent(team)
        workers(client, files[3])
        row = ReadingAlert.objects.get(span="stop")
        for actor in (neighbour.actor("MGR"), actor_of(team.member("REF"))):
            with pytest.raises(Hidden):
                actions.lift_stop(actor, row.pk)
        assert team.dpo
        with pytest.raises(Refused):
            actions.lift_stop(team.actor("REF"), row.pk)  # nobody lifts her own while another can
        with pytest.raises(Refused) as refused:
            actions.lift_stop(team.actor("MGR", stepped_up=False), row.pk)
        assert refused.value.missing == {"stepup"}
        manager = team.browser("MGR", stepped_up=True)
        assert row.pk in manager.get(reverse("people:stops")).content.decode()
        assert manager.post(reverse("people:stops"), {"stop": row.pk}).status_code == 303
        assert workers(client, files[3]).status_code == 200
        more = [make_prepared(team) for _ in range(3)]
        assert [workers(client, dossier).status_code for dossier in more] == [200, 200, 403]
        assert Entry.objects.filter(verb="stop_reading").count() == 2
        row.refresh_from_db()
        assert (row.lifted_at, row.files) == (None, 6)
        assert Entry.objects.filter(verb="lift_stop").count() == 1
    assert neighbour.browser("MGR", stepped_up=True).post(reverse("people:stops"), {"stop": row.pk}).status_code == 404


def test_where_nobody_else_can_she_lifts_it_herself_once_recognised(team):
    with clock.at(DAY):
        files, client = spent(team)
        workers(client, files[3])
        row = ReadingAlert.objects.get()
        assert workers(client, files[3]).status_code == 403
        with pytest.raises(Refused):
            actions.lift_stop(team.actor("REF", stepped_up=False), row.pk)
        actions.lift_stop(team.actor("REF"), row.pk)
        assert workers(client, files[3]).status_code == 200
