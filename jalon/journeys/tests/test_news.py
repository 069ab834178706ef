"""News after the exit: only if she agreed, at three dates, in a code, and no longer once she says no."""

from datetime import date, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse

from jalon.access import Hidden, Refused
from jalon.journal.models import Entry
from jalon.journeys import actions
from jalon.journeys.models import FollowUp, Journey
from jalon.journeys.tests.factories import make_notified, make_renewed, mine, on
from jalon.law.landmarks import LANDMARKS, landmarks
from jalon.notices.models import Deadline
from jalon.people.tests.factories import make_team
from jalon.ui.errors import Conflict

pytestmark = pytest.mark.django_db


@pytest.fixture
def team():
    return make_team()


def left(team, follow_up=True):
    """She has left for a job, on the day that is returned."""
    decision = make_notified(team)
    day = decision.signed_on + timedelta(days=75)
    with on(day):
        given = {"reason": "employment_permanent", "exit_kind": "durable_job"}
        actions.exit_journey(team.actor("REF"), mine(team, decision.dossier), **given, follow_up=follow_up)
    return decision.dossier, day


def opened(dossier):
    return Deadline.objects.filter(dossier=dossier.pk, done_on=None, cancelled_on=None)


def test_the_landmarks_are_planned_with_the_pathway_and_fall_with_it(team):
    decision = make_notified(team)
    journey = Journey.objects.get()
    rows = opened(decision.dossier).filter(kind__in=LANDMARKS)
    assert dict(rows.values_list("kind", "on")) == landmarks(journey.starts_on, journey.cap_on)
    assert dict(rows.values_list("kind", "role"))["clock_day150"] == "EMP"
    with on(decision.signed_on + timedelta(days=10)):
        given = {"reason": "voluntary_stop", "exit_kind": "stopped"}
        actions.exit_journey(team.actor("REF"), mine(team, decision.dossier), **given)
    assert not rows.exists()


def test_a_renewal_closes_the_landmark_of_its_period(team):
    decision = make_notified(team)
    renewed = make_renewed(team, decision)
    rows = {row.kind: row for row in Deadline.objects.filter(dossier=decision.dossier.pk, kind__in=LANDMARKS)}
    assert rows["clock_month5"].done_on == renewed.signed_on
    assert rows["clock_month11"].done_on is None


def test_nothing_is_asked_without_her_agreement(team):
    dossier, day = left(team, follow_up=False)
    assert not FollowUp.objects.exists()
    assert not opened(dossier).filter(kind="after_exit").exists()
    with on(day):
        for act in (
            lambda: actions.record_news(team.actor("MGR"), dossier, follow_up="x", news="working"),
            lambda: actions.withdraw_news(team.actor("MGR"), dossier),
        ):
            with pytest.raises(Refused):
                act()


def test_three_dates_from_the_exit(team):
    dossier, day = left(team)
    assert day == date(2027, 2, 25)
    due = {3: date(2027, 5, 25), 6: date(2027, 8, 25), 12: date(2028, 2, 25)}
    assert dict(FollowUp.objects.values_list("months", "due_on")) == due
    rows = opened(dossier).filter(kind="after_exit")
    assert set(rows.values_list("on", "role")) == {(on_day, "MGR") for on_day in due.values()}
    assert Journey.objects.get().news_agreed_on == day


def test_the_manager_writes_what_she_says(team):
    dossier, day = left(team)
    row = FollowUp.objects.get(months=3)
    manager = team.actor("MGR")
    with on(row.due_on):
        for wrong, field in (
            ({"news": "rich"}, "news"),
            ({"on": row.due_on + timedelta(days=1)}, "on"),
            ({"on": day - timedelta(days=1)}, "on"),
            ({"follow_up": "none"}, "news"),
        ):
            with pytest.raises(ValidationError) as refusal:
                actions.record_news(manager, dossier, **{"follow_up": row.pk, "news": "working", **wrong})
            assert field in refusal.value.message_dict
        actions.record_news(manager, dossier, follow_up=row.pk, news="working")
        with pytest.raises(Conflict):
            actions.record_news(manager, dossier, follow_up=row.pk, news="other")
    row.refresh_from_db()
    assert (row.news, row.answered_on) == ("working", row.due_on)
    assert opened(dossier).filter(kind="after_exit").count() == 2
    assert Entry.objects.filter(verb="record_news").count() == 1


def test_she_says_no_and_nobody_asks_any_more(team):
    dossier, day = left(team)
    row = FollowUp.objects.get(months=3)
    with on(row.due_on):
        actions.record_news(team.actor("MGR"), dossier, follow_up=row.pk, news="training")
        actions.withdraw_news(team.actor("MGR"), dossier)
        later = FollowUp.objects.get(months=6)
        with pytest.raises(Refused):
            actions.record_news(team.actor("MGR"), dossier, follow_up=later.pk, news="working")
    assert not opened(dossier).filter(kind="after_exit").exists()
    assert FollowUp.objects.get(months=3).news == "training"


def test_nobody_else_asks(team):
    dossier, day = left(team)
    row = FollowUp.objects.get(months=3)
    with on(row.due_on):
        for actor in (team.actor("REF"), team.actor("SEC"), team.actor("PRE"), make_team("13", "Sud").actor("MGR")):
            with pytest.raises((Refused, Hidden)):
                actions.record_news(actor, dossier, follow_up=row.pk, news="working")


def test_the_page(team):
    dossier, day = left(team)
    page, no = (reverse(f"journeys:{name}", args=[dossier.pk]) for name in ("news", "withdraw_news"))
    row = FollowUp.objects.get(months=3)
    with on(row.due_on):
        client = team.browser("MGR")
        text = client.get(page).content.decode()
        assert "3 mois après" in text
        assert "ses nouvelles" in text
        given = {"follow_up": row.pk, "on": f"{row.due_on:%d/%m/%Y}", "news": "working"}
        for wrong in ({"news": ""}, {"on": "31/12/2099"}, {"follow_up": "x"}):
            assert client.post(page, {**given, **wrong}).status_code == 422
        assert client.post(page, given).status_code == 303
        assert "en emploi" in client.get(page).content.decode()
        assert team.browser("SEC").get(page).status_code == 404
        stranger = make_team("13", "Sud").browser("MGR")
        assert [stranger.get(page).status_code, stranger.post(no).status_code] == [404, 404]
        assert client.post(no).status_code == 303
        assert client.post(page, given).status_code in (403, 422)
        assert "ne souhaite plus" in client.get(page).content.decode()
