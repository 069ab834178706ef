"""Who sees what of a meeting: the window, the recusals, the neighbours. Outside the scope, nothing exists."""

from datetime import date, timedelta

import pytest
from django.urls import reverse

from jalon.access import Hidden
from jalon.access.models import ReadingAlert
from jalon.commissions import access, actions, reads
from jalon.commissions.models import Meeting, Recusal
from jalon.config import clock
from jalon.directory.tests.factories import actor_of, browser, make_actor, make_membership, make_organisation
from jalon.dossiers.models import Application
from jalon.dossiers.tests.factories import make_complete
from jalon.journal.models import Entry
from jalon.notices.models import Outbox
from jalon.people import oversight
from jalon.people.models import Dossier
from jalon.people.tests.factories import make_team

from .factories import make_commission, make_convened, make_opined, make_scheduled, make_seat, on

pytestmark = pytest.mark.django_db


@pytest.fixture
def team():
    return make_team()


def seen(actor):
    return set(access.items_visible_to(actor).values_list("pk", flat=True))


def may(actor, item, compartment="C12", action="read"):
    return access.verdict(actor, item, compartment, action).allowed


def test_a_convoked_member_reads_inside_the_window(team):
    meeting, items = make_convened(team)
    actor = team.actor("MEM", stepped_up=False)
    assert seen(actor) == {items[0].pk}
    assert may(actor, items[0])
    assert may(actor, items[0], "C13", "comment")
    assert not may(actor, items[0], "C14")
    with on(meeting.window_ends_on):
        assert may(actor, items[0])
    for day in (meeting.window_ends_on + timedelta(days=1), meeting.window_ends_on + timedelta(days=400)):
        with on(day):
            assert seen(actor) == set()
            assert not may(actor, items[0])


def test_nothing_before_the_convocation(team):
    make_commission(team)
    _meeting, items = make_scheduled(team)
    assert seen(team.actor("MEM")) == set()
    assert seen(team.actor("PRE")) == set()
    assert seen(team.actor("SEC")) == {items[0].pk}


def test_a_member_convoked_elsewhere_sees_nothing(team):
    _meeting, items = make_convened(team)
    neighbour = make_team("13")
    make_convened(neighbour)
    for actor in (neighbour.actor("MEM"), make_actor("MEM", department="31"), make_actor("MEM", department="13")):
        assert items[0].pk not in seen(actor)
        assert not may(actor, items[0])
        assert not access.meetings_visible_to(actor).filter(pk=items[0].meeting_id).exists()
        with pytest.raises(Hidden):
            access.require(actor, items[0], "C12", "read")


def test_the_recusal_is_checked_before_the_title(team):
    _meeting, items = make_convened(team, make_complete(team), make_complete(team, alias="Bleuet"))
    actor = team.actor("MEM")
    actions.declare_conflict(actor, items[0])
    assert seen(actor) == {items[1].pk}
    assert not may(actor, items[0])
    assert not may(actor, items[0], "C13")


def test_the_instructing_association_is_recused_by_rule(team):
    """Its representative sits for the other files, and never sees its own."""
    neighbour = make_team("31", "Association Voisine")
    mine, other = make_complete(team), make_complete(neighbour, alias="Bleuet")
    representative = make_membership("MEM", organisation=team.organisation)
    make_commission(team)
    make_seat(team, "Association agréée", organisation=team.organisation, user=representative.user)
    meeting, items = make_convened(team, mine, other)
    actor = actor_of(representative)
    assert seen(actor) == {items[1].pk}
    assert not may(actor, items[0])
    assert may(actor, items[1])
    # Even if the rows of the recusal were lost.
    Recusal.objects.filter(item__meeting=meeting).delete()
    assert seen(actor) == {items[1].pk}


def test_after_a_transfer_the_recusal_stays_with_who_prepared(team):
    """The association that sent the request is the one that takes no part, whoever holds the file since."""
    application = make_complete(team)
    preparing = make_membership("MEM", organisation=team.organisation)
    heir = make_team("31", "Association Voisine")
    holding = make_membership("MEM", organisation=heir.organisation)
    make_commission(team)
    make_seat(team, "Association agréée", organisation=team.organisation, user=preparing.user)
    make_seat(team, "Association voisine", organisation=heir.organisation, user=holding.user)
    Dossier.objects.filter(pk=application.dossier_id).update(organisation=heir.organisation)
    meeting, items = make_convened(team, Application.objects.select_related("dossier").get())
    assert Recusal.objects.get(item=items[0]).organisation_id == team.organisation.pk
    for kept in (True, False):
        assert seen(actor_of(preparing)) == set(), kept
        assert seen(actor_of(holding)) == {items[0].pk}, kept
        Recusal.objects.filter(item__meeting=meeting).delete()


def test_a_seat_of_another_organisation_of_hers_counts_too(team):
    """The mandate may be held for the association by somebody whose account is elsewhere."""
    elsewhere = make_organisation("town", "Commune", "31")
    member = make_membership("MEM", organisation=elsewhere)
    make_commission(team)
    make_seat(team, "Association agréée", organisation=team.organisation, user=member.user)
    _meeting, items = make_convened(team)
    assert items[0].pk not in seen(actor_of(member))


def test_an_ended_mandate_reads_nothing(team):
    make_commission(team)
    member = make_membership("MEM")
    meeting_day = clock.today() + timedelta(days=12)
    make_seat(team, "Médecin", user=member.user, organisation=member.organisation, ends_on=meeting_day)
    meeting, items = make_convened(team)
    actor = actor_of(member)
    assert seen(actor) == {items[0].pk}
    with on(meeting.on + timedelta(days=1)):
        assert seen(actor) == set()


def test_the_state_side_of_another_department_sees_nothing(team):
    _meeting, items = make_convened(team)
    neighbour = make_team("13")
    for role in ("SEC", "PRE"):
        actor = neighbour.actor(role)
        assert seen(actor) == set()
        assert not may(actor, items[0])
        assert not access.applications_visible_to(actor).exists()
        assert not access.meetings_visible_to(actor).exists()


def test_the_secretariat_reads_the_package_at_s4_only_inside_the_window(team):
    item = make_opined(team)[0]
    actor = team.actor("SEC")
    with on(item.meeting.window_ends_on):
        assert may(actor, item)
    with on(item.meeting.window_ends_on + timedelta(days=1)):
        assert not may(actor, item)
        assert may(actor, item, "C13")  # the proceedings stay


def test_the_prefet_reads_inside_the_window(team):
    meeting, items = make_convened(team)
    actor = team.actor("PRE")
    assert may(actor, items[0])
    assert may(actor, items[0], "C13")
    with on(meeting.window_ends_on + timedelta(days=1)):
        assert not may(actor, items[0])
        assert not may(actor, items[0], "C13")


def test_the_prefet_knows_a_request_from_its_convocation(team):
    make_commission(team)
    _meeting, items = make_scheduled(team)
    assert not access.applications_visible_to(team.actor("PRE")).exists()
    assert access.applications_visible_to(team.actor("SEC")).get() == items[0].application


def test_a_cancelled_meeting_closes_its_window(team):
    meeting, items = make_convened(team)
    actions.cancel_meeting(team.actor("SEC"), meeting)
    assert seen(team.actor("MEM")) == set()
    assert not may(team.actor("PRE"), items[0])


def test_a_postponed_point_is_read_no_more(team):
    _meeting, items = make_convened(team)
    actions.postpone_item(team.actor("SEC"), items[0])
    assert not may(team.actor("MEM"), items[0])


@pytest.mark.parametrize("role", ["EMP", "ETR", "ADM", "DPO", "OPS", "STA", "COL"])
def test_other_roles_know_no_point(team, role):
    make_convened(team)
    actor = team.actor(role)
    assert seen(actor) == set()
    assert not access.meetings_visible_to(actor).exists()


def test_the_referent_sees_the_proceedings_of_her_own_file(team):
    _meeting, items = make_convened(team)
    assert seen(team.actor("REF")) == {items[0].pk}
    assert may(team.actor("REF"), items[0], "C13")
    colleague = make_actor("REF", team.organisation)
    assert seen(colleague) == set()


def test_the_agenda_of_an_association_does_not_say_how_many_others_are_on_it(team):
    meeting, items = make_convened(team, make_complete(team, alias="Thym"), make_complete(team, alias="Sauge"))
    elsewhere = make_organisation("association", "Voisine", "31")
    Dossier.objects.filter(pk=items[0].application.dossier_id).update(organisation=elsewhere)
    lines = reads.agenda(team.actor("REF"), meeting)
    assert [(line.position, line.item.pk) for line in lines] == [(1, items[1].pk)]


def test_the_calendar_of_the_association_is_its_department(team):
    make_convened(team)
    make_convened(make_team("13"))
    assert set(access.meetings_visible_to(team.actor("REF"))) == set(Meeting.objects.filter(department="31"))


def test_plain_points_are_everyones(team):
    make_commission(team)
    meeting, _items = make_scheduled(team)
    point = actions.add_point(team.actor("SEC"), meeting, title="Calendrier")
    actions.convene(team.actor("SEC"), meeting)
    point = access.items_visible_to(team.actor("MEM")).select_related("meeting").get(pk=point.pk)
    assert may(team.actor("MEM"), point, "C13")
    assert not may(team.actor("MEM"), point, "C13", "create")
    assert not may(make_team("13").actor("SEC"), point, "C13")


# --- the budget of a member ---------------------------------------------------------------------------------------
def test_a_member_opens_so_many_packages_a_day_then_the_secretariat_lifts_the_stop(settings):
    settings.READING_BUDGET = {"hour": 60, "day": 150, "MEM": 2}
    team = make_team()
    make_commission(team)
    _meeting, items = make_convened(team, *(make_complete(team) for _each in range(3)))
    member, secretariat = team.browser("MEM"), team.browser("SEC", stepped_up=True)
    pages = [reverse("commissions:item", args=[item.pk]) for item in items]
    assert [member.get(page).status_code for page in (*pages[:2], pages[0], pages[2])] == [200, 200, 200, 403]
    assert "Le secrétariat de la commission" in member.get(pages[2]).content.decode()
    assert secretariat.get(pages[2]).status_code == 200  # her own budget is that of the others
    stop = ReadingAlert.objects.get(span="stop")
    assert stop.organisation_id == team.sec.organisation_id
    assert Outbox.objects.filter(recipient=team.sec.user, reason__startswith="stop:").count() == 1
    lift = reverse("people:stops")
    neighbour = make_team("13", "Association d'ailleurs").browser("SEC", stepped_up=True)
    assert [client.post(lift, {"stop": stop.pk}).status_code for client in (member, neighbour)] == [404, 404]
    assert secretariat.post(lift, {"stop": stop.pk}).status_code == 303
    assert member.get(pages[2]).status_code == 200
    assert Entry.objects.filter(verb__in=("stop_reading", "lift_stop")).count() == 2


def test_an_attempt_on_a_point_from_which_she_is_recused_reaches_the_officer_of_the_file():
    with on(date(2026, 10, 6)):
        team = make_team()
        commission = make_commission(team)
        meeting, items = make_convened(team)
        actions.declare_conflict(team.actor("MEM"), access.items_visible_to(team.actor("MEM")).get(pk=items[0].pk))
        page = reverse("commissions:item", args=[items[0].pk])
        assert team.browser("MEM").get(page).status_code == 404
        assert browser(commission.members[1]).get(page).status_code == 200  # the neighbour at the table
    with on(date(2026, 11, 3)):
        hits = oversight.month(team.actor("DPO"), date(2026, 10, 1)).hits
        assert [(hit.rule, hit.count) for hit in hits if hit.rule == "recused"] == [("recused", 1)]
        elsewhere = make_team("31", "Association voisine")
        assert oversight.month(elsewhere.actor("DPO"), date(2026, 10, 1)).hits == []
