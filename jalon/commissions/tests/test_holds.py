"""A session's copy kept past its window for a challenge: two persons, an end, every reading told; then it goes."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse

from jalon.access import Hidden, Refused
from jalon.commissions import actions, reads
from jalon.commissions.actions.windows import refused_from
from jalon.commissions.models import AgendaItem, CopyHold, Meeting
from jalon.directory.tests.factories import actor_of, browser, make_membership
from jalon.dossiers.models import SessionCopy
from jalon.journal.models import Entry
from jalon.journal.verify import verify
from jalon.notices.models import Outbox
from jalon.people.actions.retention import why_not
from jalon.people.tests.factories import make_team
from jalon.ui.errors import Conflict
from jalon.vault.models import KeySlot

from .factories import make_convened, make_opined, on

pytestmark = pytest.mark.django_db


@pytest.fixture
def team():
    return make_team()


def held(team, item, days=200, confirmed=True):
    """Asked by the secretariat on the day of the meeting, confirmed by the préfet."""
    end = item.meeting.on + timedelta(days=days)
    hold = actions.hold_copy(team.actor("SEC"), item, ends_on=end, reason="Recours 2026-17")
    return actions.confirm_hold(team.actor("PRE"), item) if confirmed else hold


def url(name, item):
    return reverse(f"commissions:{name}", args=[item.pk])


def test_a_held_copy_outlives_its_window_and_goes_with_the_hold(team):
    item, other = make_opined(team), make_opined(team)
    item, other = item[0], other[0]
    with on(item.meeting.on):
        row = held(team, item)
        assert b"Recours" not in bytes(row.sealed)
    with on(other.meeting.window_ends_on + timedelta(days=1)):
        assert actions.close_windows() == 1  # the neighbour's, which nothing holds
        assert reads.package_of(item)["digest"]
        assert reads.package_of(other) == {}
        assert why_not(item.application.dossier, "request") != ""
        assert why_not(other.application.dossier, "request") == ""
    with on(row.ends_on):
        assert actions.close_windows() == 0
    with on(row.ends_on + timedelta(days=1)):
        assert actions.close_windows() == 1
        assert why_not(item.application.dossier, "request") == ""
    assert not KeySlot.objects.filter(owner=row.dossier_id, group="G5s").exists()
    assert list(Entry.objects.filter(verb__endswith="hold_copy").values_list("role", "compartment")) == [("SEC", "C13")]
    assert Entry.objects.get(verb="confirm_hold").role == "PRE"
    assert verify(records=True).status == 0


def test_without_a_second_person_nothing_is_kept(team):
    item = make_opined(team)[0]
    second = make_membership("SEC", organisation=team.sec.organisation, department=team.department)
    with on(item.meeting.on):
        row = held(team, item, confirmed=False)
        assert set(Outbox.objects.filter(reason=f"hold:{row.pk}").values_list("recipient_id", flat=True)) == {
            second.user_id,
            team.pre.user_id,
        }
        with pytest.raises(Refused):
            actions.confirm_hold(team.actor("SEC"), item)
        with pytest.raises(Conflict):
            held(team, item)
    with on(item.meeting.window_ends_on + timedelta(days=1)):
        with pytest.raises(Conflict):  # too late: the key is refused whether the night has passed or not
            actions.confirm_hold(actor_of(second, stepped_up=True), item)
        assert actions.close_windows() == 1
        with pytest.raises(Conflict):
            held(team, item)
    assert SessionCopy.objects.get().destroyed_on is not None


def test_a_hold_that_is_lifted_keeps_nothing_more(team):
    item = make_opined(team)[0]
    with on(item.meeting.on):
        held(team, item)
        actions.lift_copy_hold(team.actor("SEC"), item)
        assert reads.package_of(item)["digest"]  # its window is open still
        held(team, item)
    with on(item.meeting.window_ends_on + timedelta(days=1)):
        actions.lift_copy_hold(team.actor("PRE"), item)
        assert reads.package_of(item) == {}
        assert actions.close_windows() == 1
        with pytest.raises(Conflict):
            actions.lift_copy_hold(team.actor("SEC"), item)


def test_a_hold_that_is_lifted_leaves_the_next_window_open(team):
    """A later meeting reads the same file under the same key: lifting what an earlier one kept closes nothing of it."""
    item = make_opined(team)[0]
    with on(item.meeting.on):
        held(team, item)
    first = item.meeting.window_ends_on
    later = Meeting(department="31", on=first + timedelta(days=20), convened_on=first + timedelta(days=2))
    later.starts_at, later.place = item.meeting.starts_at, item.meeting.place
    later.save()
    AgendaItem.objects.create(meeting=later, application=item.application, position=1)
    with on(later.on):
        actions.lift_copy_hold(team.actor("SEC"), item)
        slot = KeySlot.objects.get(owner=item.application.dossier_id, group="G5s")
        assert slot.expires_at == refused_from(later.window_ends_on)


@pytest.mark.parametrize("wrong", [{"reason": "  "}, {"days": 15}, {"days": 800}])
def test_a_reason_and_an_end_that_means_something(team, wrong):
    item = make_opined(team)[0]
    given = {"days": 200, "reason": "Recours", **wrong}
    end = item.meeting.on + timedelta(days=given["days"])
    with on(item.meeting.on), pytest.raises(ValidationError):
        actions.hold_copy(team.actor("SEC"), item, ends_on=end, reason=given["reason"])
    assert not CopyHold.objects.exists()


def test_only_the_department_s_own_side_of_the_state(team):
    item, waiting = make_opined(team)[0], make_convened(team)[1][0]
    neighbour = make_team("13", "Association d'ailleurs")
    end = item.meeting.on + timedelta(days=200)
    with on(item.meeting.on):
        for actor in (neighbour.actor("SEC"), team.actor("MEM"), team.actor("REF"), team.actor("MGR")):
            with pytest.raises(Hidden):
                actions.hold_copy(actor, item, ends_on=end, reason="Recours")
        with pytest.raises(Hidden):  # no opinion yet: nothing to challenge
            actions.hold_copy(team.actor("SEC"), waiting, ends_on=end, reason="Recours")
        with pytest.raises(Refused):
            actions.hold_copy(team.actor("PRE"), item, ends_on=end, reason="Recours")
        with pytest.raises(Refused):
            actions.hold_copy(team.actor("SEC", stepped_up=False), item, ends_on=end, reason="Recours")
        held(team, item)
    with on(item.meeting.window_ends_on + timedelta(days=1)):
        assert team.browser("MEM").get(url("item", item)).status_code == 404
        assert team.browser("SEC").get(url("item", item)).status_code == 403
        for client in (team.browser("MEM"), team.browser("REF"), neighbour.browser("SEC"), neighbour.browser("PRE")):
            assert client.get(url("hold", item)).status_code == 404
            assert client.post(url("read_held", item)).status_code == 404


def test_every_reading_is_recognised_written_and_told(team):
    item = make_opined(team)[0]
    second = make_membership("SEC", organisation=team.sec.organisation, department=team.department)
    with on(item.meeting.on):
        held(team, item)
    with on(item.meeting.window_ends_on + timedelta(days=3)):
        assert team.browser("SEC", stepped_up=False).post(url("read_held", item)).status_code == 403
        assert not Entry.objects.filter(verb="read_held_copy").exists()
        page = browser(second, stepped_up=True).post(url("read_held", item))
        assert page.status_code == 200
        assert item.application.dossier.number in page.content.decode()
        told = Outbox.objects.filter(reason__startswith="held:").values_list("recipient_id", flat=True)
        assert set(told) == {team.sec.user_id, team.pre.user_id}
        browser(second, stepped_up=True).post(url("read_held", item))
        assert Outbox.objects.filter(reason__startswith="held:").count() == 4
        assert second.user.name in team.browser("PRE").get(url("hold", item)).content.decode()


def test_from_the_room_to_the_second_person_by_the_pages(team, django_assert_max_num_queries):
    item = make_opined(team)[0]
    with on(item.meeting.on):
        first, second = team.browser("SEC", stepped_up=True), team.browser("PRE", stepped_up=True)
        assert url("hold", item) in first.get(url("item", item)).content.decode()
        assert first.post(url("hold", item), {"ends_on": "", "reason": ""}).status_code == 422
        end = item.meeting.on + timedelta(days=90)
        given = {"ends_on": f"{end:%d/%m/%Y}", "reason": "Recours 2026-17"}
        assert first.post(url("hold", item), given).status_code == 303
        for client in (first, second):
            assert url("hold", item) in client.get("/").content.decode()
        assert "Confirmer la retenue" not in first.get(url("hold", item)).content.decode()
        with django_assert_max_num_queries(20):
            page = second.get(url("hold", item)).content.decode()
        assert "Recours 2026-17" in page
        assert "Confirmer la retenue" in page
        assert second.post(url("hold", item), {"act": "confirm"}).status_code == 303
    assert CopyHold.objects.get().confirmed_by_id == team.pre.user_id
