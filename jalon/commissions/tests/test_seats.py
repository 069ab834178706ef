"""Seats renewed, taken over, ended; deputies, and what each may read."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError

from jalon.access import Hidden, Refused
from jalon.commissions import access, actions, reads
from jalon.commissions.models import Reading, Seat
from jalon.config import clock
from jalon.directory.tests.factories import actor_of, browser, make_membership
from jalon.journal.models import Entry
from jalon.law.commission import term_end
from jalon.notices.models import Deadline, Outbox
from jalon.people.tests.factories import make_team

from .factories import make_commission, make_convened, make_seat, on

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture
def team():
    return make_team()


def url(name, *args):
    from django.urls import reverse

    return reverse(f"commissions:{name}", args=args)


def held(team, **given):
    return make_seat(team, "Gendarmerie", user=team.mem.user, organisation=team.mem.organisation, **given)


def last():
    return Entry.objects.order_by("-seq").values_list("verb", flat=True)[0]


def test_a_mandate_is_renewed_once(team):
    seat, sec = held(team, place="gendarmerie"), team.actor("SEC")
    again = actions.renew_seat(sec, seat, ends_on=term_end(seat.ends_on + DAY))
    assert (again.starts_on, again.user_id, again.place) == (seat.ends_on + DAY, seat.user_id, "gendarmerie")
    assert last() == "renew_seat"
    watched = Deadline.objects.filter(kind="mandate_end", done_on=None).values_list("key", flat=True)
    assert list(watched) == [again.pk]
    with pytest.raises(Refused):
        actions.renew_seat(sec, seat, ends_on=again.ends_on)
    with pytest.raises(ValidationError):
        actions.renew_seat(sec, again, ends_on=again.ends_on + timedelta(days=1200))


def test_a_seat_is_taken_over_until_the_end_of_its_mandate(team):
    """CRPA R.133-4; the meeting already convened is the new holder's."""
    make_commission(team)
    meeting, items = make_convened(team)
    seat, sec = Seat.objects.get(user=team.mem.user), team.actor("SEC")
    other = make_membership("MEM", department="31")
    for wrong in (seat.starts_on, seat.ends_on + DAY):
        with pytest.raises(ValidationError):
            actions.take_over_seat(sec, seat, starts_on=wrong, user=other.user)
    following = actions.take_over_seat(sec, seat, starts_on=clock.today(), user=other.user)
    seat.refresh_from_db()
    assert (seat.ends_on, following.ends_on) == (clock.today() - DAY, clock.today() + timedelta(days=600))
    assert set(access.items_visible_to(actor_of(other))) == set(items)
    assert not access.items_visible_to(team.actor("MEM")).exists()
    assert Outbox.objects.filter(recipient_id=other.user_id).exists()


def test_an_ended_seat_is_vacant(team):
    seat, sec = held(team, place="gendarmerie"), team.actor("SEC")
    actions.end_seat(sec, seat, ends_on=clock.today() - DAY)
    rows = {row.place.code: row for row in reads.composed("31") if row.place}
    assert rows["gendarmerie"].missing == 1
    assert last() == "end_seat"
    with pytest.raises(ValidationError):
        actions.end_seat(sec, seat, ends_on=clock.today() + DAY)


def test_the_seats_of_another_department_do_not_exist(team):
    seat, neighbour = held(team), make_team("13")
    for act in (
        lambda who: actions.renew_seat(who, seat, ends_on=seat.ends_on),
        lambda who: actions.end_seat(who, seat, ends_on=clock.today()),
        lambda who: actions.name_deputy(who, seat, user=None),
        lambda who: actions.take_over_seat(who, seat, starts_on=clock.today()),
    ):
        with pytest.raises(Hidden):
            act(neighbour.actor("SEC"))
        with pytest.raises(Refused):
            act(team.actor("MEM"))
    assert neighbour.browser("SEC").get(url("seat", seat.pk)).status_code == 404
    assert neighbour.browser("SEC").post(url("end_seat", seat.pk)).status_code == 404


def test_who_is_named_for_herself_has_no_deputy(team):
    seat = make_seat(team, "Médecin", place="doctor", user=team.mem.user)
    with pytest.raises(ValidationError) as refusal:
        actions.name_deputy(team.actor("SEC"), seat, user=team.pre.user)
    assert "R. 133-3" in str(refusal.value)


def test_for_one_seat_one_person_reads(team):
    meeting, items = make_convened(team)
    sec, holder = team.actor("SEC"), team.actor("MEM")
    other = make_membership("MEM", department="31")
    deputy = actor_of(other)
    seat = actions.name_deputy(sec, Seat.objects.get(user=team.mem.user), user=other.user)
    row = meeting.attendances.get(seat=seat)
    assert set(access.items_visible_to(holder)) == set(items)
    assert not access.items_visible_to(deputy).exists()

    actions.call_deputies(sec, meeting, attendances={row.pk})
    assert set(access.items_visible_to(deputy)) == set(items)
    assert not access.items_visible_to(holder).exists()
    page = team.browser("MEM").get(url("meeting", meeting.pk)).content.decode()
    assert "votre siège est tenu par" in page
    assert items[0].application.dossier.number not in page
    actions.declare_conflict(deputy, items[0])  # the seat takes no part, whoever holds it
    actions.call_deputies(sec, meeting, attendances=set())
    assert not access.items_visible_to(holder).filter(pk=items[0].pk).exists()
    vacant = next(one for one in meeting.attendances.all() if not one.seat.deputy_id)
    with pytest.raises(ValidationError):
        actions.call_deputies(sec, meeting, attendances={vacant.pk})


def test_who_holds_a_seat_changes_no_more_once_she_has_read(team):
    meeting, items = make_convened(team)
    sec, holder = team.actor("SEC"), team.actor("MEM")
    other, third = (make_membership("MEM", department="31") for _ in range(2))
    seat = actions.name_deputy(sec, Seat.objects.get(user=team.mem.user), user=other.user)
    row = meeting.attendances.get(seat=seat)
    actions.mark_read(holder, items[0], note="Ma note")
    before = last()
    refused = team.browser("SEC").post(url("deputies", meeting.pk), {"deputies": [row.pk]})
    assert refused.status_code == 422
    assert "ne change plus" in refused.content.decode()
    assert actions.name_deputy(sec, seat, user=third.user).deputy_id == third.user_id  # not called: she reads nothing
    assert (last(), before) == ("name_deputy", "mark_read")

    meeting.attendances.filter(pk=row.pk).update(deputy=True)  # even so, neither reads the other's note
    assert reads.sheet(actor_of(third), items[0]).note == ""
    actions.mark_read(actor_of(third), items[0], note="La sienne")
    assert Reading.objects.filter(item=items[0]).count() == 2
    for user in (None, other.user):
        with pytest.raises(ValidationError):
            actions.name_deputy(sec, seat, user=user)
    seat.refresh_from_db()
    assert seat.deputy_id == third.user_id
    meeting.refresh_from_db()
    with on(meeting.window_ends_on + DAY):
        assert actions.name_deputy(sec, seat, user=other.user).deputy_id == other.user_id


def test_seats_from_the_pages(team, django_assert_max_num_queries):
    seat = held(team, place="gendarmerie", ends_on=clock.today() + timedelta(days=10))
    other = make_membership("MEM", department="31")
    client = team.browser("SEC")
    with django_assert_max_num_queries(16):
        page = client.get(url("members")).content.decode()
    assert "vacant" in page
    assert page.count(url("seat", seat.pk)) == 1
    assert client.get(url("seat", seat.pk)).status_code == 200
    wrong = client.post(url("end_seat", seat.pk), {"end-ends_on": "01/01/2099"})
    assert wrong.status_code == 422
    assert "01/01/2099" in wrong.content.decode()
    assert client.post(url("name_deputy", seat.pk), {"deputy-user": other.user_id}).status_code == 303
    assert client.post(url("place_seat", seat.pk), {"place-place": "judicial_police"}).status_code == 422
    assert client.post(url("place_seat", seat.pk), {"place-place": ""}).status_code == 303
    assert "hors de la composition" in client.get(url("members")).content.decode()
    until = term_end(seat.ends_on + DAY)
    made = client.post(url("renew_seat", seat.pk), {"renew-ends_on": f"{until:%d/%m/%Y}"})
    assert made["Location"] == url("seat", Seat.objects.latest("starts_on").pk)
    today = f"{clock.today():%d/%m/%Y}"
    take = client.post(url("take_over_seat", seat.pk), {"take-user": other.user_id, "take-starts_on": today})
    assert take.status_code == 303
    assert browser(other).get(url("members")).status_code == 404


def test_the_deputy_has_her_own_page_in_the_convocation(team):
    from jalon.commissions import papers
    from jalon.papers.tests.reading import read

    meeting, _items = make_convened(team)
    other = make_membership("MEM", department="31")
    seat = actions.name_deputy(team.actor("SEC"), Seat.objects.get(user=team.mem.user), user=other.user)
    actions.call_deputies(team.actor("SEC"), meeting, attendances={meeting.attendances.get(seat=seat).pk})
    meeting.refresh_from_db()
    sheet = read(papers.convocations(actor_of(other), meeting).content)
    assert len(sheet.pages) == 1
    assert "En suppléance" in sheet.text
    with on(meeting.on):
        assert not access.convoked(team.actor("MEM")).filter(meeting=meeting).exists()
