"""The exceptional access after it was opened: who is told, reviewed in seven days or suspended, said to the person."""

from datetime import UTC, datetime, timedelta

import pytest
from django.urls import reverse

from jalon.access import Hidden, Refused, breakglass
from jalon.access.models import BreakGlass
from jalon.accounts.models import User, WebSession
from jalon.config import clock
from jalon.journal.models import Entry
from jalon.notices.models import Outbox
from jalon.people import actions
from jalon.people.tests.factories import make_prepared, make_team

pytestmark = pytest.mark.django_db
REASON = "Elle ne répond plus depuis hier soir."


@pytest.fixture
def team():
    return make_team()


def opened(team, dossier):
    return actions.open_exceptionally(team.actor("MGR"), dossier, category="danger", reason=REASON)


def page(client, name, dossier):
    return client.get(reverse(f"people:{name}", args=[dossier.pk])).content.decode()


def test_the_referent_and_the_officer_are_told_in_the_act(team):
    dossier = make_prepared(team)
    officer = team.member("DPO")
    opened(team, dossier)
    assert set(Outbox.objects.values_list("recipient", flat=True)) == {team.ref.user_id, officer.user_id}
    opened(team, dossier)  # the second click
    assert Entry.objects.filter(verb="break_glass").count() == BreakGlass.objects.count() == 1
    assert Outbox.objects.count() == 2
    with pytest.raises(Refused):
        actions.open_exceptionally(team.actor("MGR"), dossier, category="danger", reason="court")
    assert Outbox.objects.count() == 2


def test_reviewed_by_the_officer_from_the_page_and_told_to_the_person(team):
    dossier = make_prepared(team)
    opening = opened(team, dossier)
    officer, worker = team.browser("DPO", stepped_up=True), team.browser("REF")
    assert REASON in page(officer, "review_openings", dossier)
    assert REASON not in page(worker, "assignments", dossier)
    assert "Je le lui ai dit" in page(worker, "assignments", dossier)
    where = reverse("people:tell_opening", args=[dossier.pk])
    assert worker.post(where, {"opening": "x" * 22}).status_code == 404
    assert worker.post(where, {"opening": opening.pk}).status_code == 303
    assert "dit à la personne le" in page(worker, "assignments", dossier)
    where = reverse("people:review_openings", args=[dossier.pk])
    assert team.browser("DPO").post(where, {"opening": opening.pk, "verdict": "justified"}).status_code == 403
    assert officer.post(where, {"opening": opening.pk, "verdict": "lovely"}).status_code == 403
    assert officer.post(where, {"opening": opening.pk, "verdict": "justified"}).status_code == 303
    opening.refresh_from_db()
    assert (opening.verdict, opening.told_on) == ("justified", clock.today())
    assert officer.post(where, {"opening": opening.pk, "verdict": "unjustified"}).status_code == 403
    verbs = Entry.objects.filter(verb__in=["review_break_glass", "tell_break_glass"]).values_list("verb", flat=True)
    assert sorted(verbs) == ["review_break_glass", "tell_break_glass"]
    neighbours = make_team(name="Association voisine")
    for role in ("DPO", "MGR", "REF"):
        stranger = neighbours.browser(role, stepped_up=True)
        for name in ("review_openings", "tell_opening"):
            assert stranger.post(reverse(f"people:{name}", args=[dossier.pk])).status_code == 404


def test_seven_days_without_review_suspend_the_account_until_it_is_reviewed(team):
    dossier, manager = make_prepared(team), team.actor("MGR")
    opening = opened(team, dossier)
    client = team.browser("MGR")
    with clock.at(clock.now() + timedelta(days=6)):
        assert actions.suspend_unreviewed() == 0
    with clock.at(clock.now() + timedelta(days=7, minutes=1)):
        with pytest.raises(Refused, match="refused"):
            opened(team, dossier)
        assert actions.suspend_unreviewed() == 1
        assert actions.suspend_unreviewed() == 0
        assert not User.objects.get(pk=manager.user_id).is_open()
        assert not WebSession.objects.filter(user_id=manager.user_id).exists()
        assert client.get("/functions/").status_code == 302
        with pytest.raises(Refused):  # nobody reviews in the officer's place
            actions.review_opening(manager, dossier, opening.pk, verdict="justified")
        actions.review_opening(team.actor("DPO"), dossier, opening.pk, verdict="justified")
        assert User.objects.get(pk=manager.user_id).is_open()
    assert Entry.objects.filter(verb__in=["suspend_account", "resume_account"]).count() == 2


def test_the_officer_gives_the_month_back_once_all_is_reviewed(team):
    dossier, officer = make_prepared(team), team.actor("DPO")
    rows = []
    for _ in range(3):
        rows.append(opened(team, dossier))
        BreakGlass.objects.update(expires_at=clock.now())  # each after the end of the other
    with pytest.raises(Refused):
        opened(team, dossier)
    with pytest.raises(Refused):
        actions.give_openings_back(officer, dossier, rows[0].pk)
    for row in rows:
        actions.review_opening(officer, dossier, row.pk, verdict="justified")
    with pytest.raises(Refused):
        actions.give_openings_back(team.actor("MGR"), dossier, rows[0].pk)
    with pytest.raises(Hidden):
        actions.give_openings_back(officer, make_prepared(team), rows[0].pk)
    assert actions.give_openings_back(officer, dossier, rows[0].pk) == 3
    assert breakglass.left(team.actor("MGR").user_id) == 3
    opened(team, dossier)
    assert BreakGlass.objects.count() == 4


def test_opening_too_many_files_is_told_once_to_who_answers_for_it(team, settings):
    settings.READING_BUDGET = {"hour": 2, "day": 3}
    told = {team.member("DPO").user_id, team.mgr.user_id}
    day = datetime(2026, 3, 16, 9, 30, tzinfo=UTC)
    with clock.at(day):
        files, client = [make_prepared(team) for _ in range(3)], team.browser("REF")
        for dossier in (files[0], files[0], files[1]):
            page(client, "assignments", dossier)
        assert actions.alert_readings() == 0  # twice the same file is one file
        page(client, "assignments", files[2])
        assert [actions.alert_readings(), actions.alert_readings()] == [1, 0]
        assert set(Outbox.objects.values_list("recipient", flat=True)) == told
        shown = team.browser("DPO").get("/").content.decode()
    assert "3 dossiers en une heure" in shown
    assert "dossiers en une" not in make_team(name="Association voisine").browser("DPO").get("/").content.decode()
    assert Entry.objects.filter(verb="alert_readings").count() == 1
