"""Meetings moved, without quorum, in writing; who is heard, who is set aside; what the screens say of it."""

from datetime import time, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse

from jalon.access import Hidden, Refused
from jalon.commissions import access, actions, papers, reads
from jalon.commissions.models import Meeting, Minutes, Opinion, Recusal, Seat, WrittenOpinion
from jalon.config import clock
from jalon.directory.tests.factories import actor_of, browser
from jalon.dossiers.models import Application, ComplementRequest
from jalon.dossiers.tests.factories import make_complete, make_submitted
from jalon.journal.models import Entry
from jalon.notices.models import Deadline, Outbox
from jalon.papers.tests.reading import read
from jalon.people.tests.factories import make_team
from jalon.vault.models import KeySlot

from .factories import make_commission, make_convened, make_meeting, make_open, make_scheduled, on, seat_all

pytestmark = pytest.mark.django_db


@pytest.fixture
def team():
    return make_team()


def url(name, *args):
    return reverse(f"commissions:{name}", args=args)


def text(response):
    return response.content.decode()


def entries():
    return list(Entry.objects.order_by("seq").values_list("verb", flat=True))


# --- moved ---
def test_a_convened_meeting_moves_with_its_window_and_its_members_are_told(team):
    make_commission(team)
    meeting, items = make_scheduled(team, starts_at=time(14))
    sec = team.actor("SEC")
    actions.convene(sec, meeting)
    meeting.refresh_from_db()
    first, later = meeting.on, meeting.on + timedelta(days=20)
    Outbox.objects.all().delete()
    actions.move_meeting(sec, meeting, on=later, starts_at=time(9, 30))
    meeting.refresh_from_db()
    assert (meeting.on, meeting.moved_from, meeting.state) == (later, first, "convened")
    assert meeting.window_ends_on == later + timedelta(days=15)
    with on(later + timedelta(days=15)):
        assert access.can(team.actor("MEM"), items[0], "C12", "read")
    dossier = items[0].application.dossier_id
    assert KeySlot.objects.filter(owner=dossier, group="G5s").first().expires_at.date() == later + timedelta(days=15)
    assert Deadline.objects.get(kind="meeting", dossier=dossier).on == later
    assert Outbox.objects.filter(recipient_id=team.mem.user_id, reason__startswith="moved:").count() == 1
    assert "move_meeting" in entries()
    sheet = read(papers.convocations(sec, meeting).content).text
    assert f"devait se tenir le {first.day}" in sheet or f"{first:%d/%m/%Y}" in sheet
    assert "9 h 30" in sheet.replace("09 h 30", "9 h 30")


def test_five_days_are_kept_when_a_meeting_moves(team):
    meeting, _items = make_convened(team)
    sec, soon = team.actor("SEC"), clock.today() + timedelta(days=4)
    with pytest.raises(ValidationError) as refusal:
        actions.move_meeting(sec, meeting, on=soon)
    assert "urgent" in refusal.value.message_dict
    meeting.refresh_from_db()
    assert meeting.moved_from is None
    assert actions.move_meeting(sec, meeting, on=soon, urgent=True).urgent


def test_a_meeting_does_not_move_to_a_day_that_is_taken(team):
    meeting, other = make_meeting(team), make_meeting(team, days=40)
    sec = team.actor("SEC")
    for day in (other.on, meeting.on, clock.today() - timedelta(days=1)):
        with pytest.raises(ValidationError) as refusal:
            actions.move_meeting(sec, meeting, on=day)
        assert "on" in refusal.value.message_dict
    actions.move_meeting(sec, meeting, on=clock.today() + timedelta(days=60))
    meeting.refresh_from_db()
    assert meeting.moved_from is None  # nobody was convoked for the first day
    assert Deadline.objects.get(kind="convocation", key=meeting.pk).on == clock.today() + timedelta(days=55)
    with pytest.raises(Hidden):
        actions.move_meeting(make_team("13").actor("SEC"), meeting, on=clock.today() + timedelta(days=70))


def test_moved_and_shown_in_the_year(team):
    meeting, _items = make_convened(team)
    client = team.browser("SEC")
    day = meeting.on + timedelta(days=9)
    form = {"on": f"{day:%d/%m/%Y}", "starts_at": "9 h 30", "place": "Salle verte"}
    assert client.post(url("move", meeting.pk), {**form, "on": "31/02/2027"}).status_code == 422
    assert client.post(url("move", meeting.pk), form).status_code == 303
    page = text(client.get(url("meeting", meeting.pk)))
    assert "elle devait se tenir le" in page
    assert "09:30" in page
    calendar = text(client.get(url("meetings"), {"annee": day.year}))
    assert calendar.count('class="month"') == 12
    assert client.get(url("meetings"), {"annee": "mille"}).status_code == 200


# --- a member who reads while it changes ---
@pytest.mark.parametrize("act", [
    lambda sec, meeting, item: actions.cancel_meeting(sec, meeting),
    lambda sec, meeting, item: actions.postpone_item(sec, item),
])  # fmt: skip
def test_the_reader_of_what_left_gets_one_clear_page_and_her_words(team, act):
    meeting, items = make_convened(team)
    recused = browser(_other_member(team, items[0]))
    member = team.browser("MEM")
    assert member.get(url("item", items[0].pk)).status_code == 200
    act(team.actor("SEC"), meeting, items[0])
    answer = member.post(url("note", items[0].pk), {"note": "À revoir ensemble", "wish": ""})
    assert answer.status_code == 410
    assert "À revoir ensemble" in text(answer)
    assert items[0].application.dossier.number not in text(answer)
    assert member.get(url("item", items[0].pk)).status_code == 410
    assert recused.get(url("item", items[0].pk)).status_code == 404
    assert team.browser("MEM").get(url("item", "A" * 22)).status_code == 404
    meeting.refresh_from_db()
    with on(meeting.window_ends_on + timedelta(days=1)):
        assert team.browser("MEM").get(url("item", items[0].pk)).status_code == 404


def _other_member(team, item):
    from jalon.directory.models import Membership

    row = Seat.objects.exclude(user=team.mem.user).filter(user__isnull=False, is_chair=False).order_by("pk").first()
    membership = Membership.objects.get(user=row.user, role="MEM")
    actions.declare_conflict(actor_of(membership), item)
    return membership


# --- no quorum ---
def test_a_meeting_without_quorum_has_minutes_that_are_signed(team):
    meeting, items = make_convened(team)
    sec = team.actor("SEC", stepped_up=True)
    with pytest.raises(Refused):  # not before its day
        actions.record_failure(sec, meeting)
    with on(meeting.on):
        seat_all(team, meeting, "absent")
        actions.record_failure(sec, meeting)
        assert Application.objects.get().state == "complete"
        assert reads.package_of(items[0]) == {}
        assert "n'a pas délibéré" in Minutes.objects.get().unseal()["paragraphs"][0]["text"]
        actions.sign_failure(sec, meeting)
        for again in (actions.sign_failure, actions.generate_minutes):
            with pytest.raises(Refused):
                again(sec, meeting)
        following = actions.convene_again(sec, meeting, on=meeting.on + timedelta(days=8))
        with pytest.raises(Refused):  # once
            actions.convene_again(sec, meeting, on=meeting.on + timedelta(days=9))
    assert following.items.get().application == items[0].application
    assert reads.held("31") == []
    assert team.browser("MEM").get(url("minutes", meeting.pk)).status_code == 200


# --- in writing ---
def test_a_written_consultation_counts_who_answered(team):
    commission = make_commission(team)
    meeting, items = make_scheduled(team, kind="written")
    sec, item = team.actor("SEC"), items[0]
    actions.convene(sec, meeting)
    meeting.refresh_from_db()
    client = team.browser("MEM")
    assert "Consultation écrite" in text(client.get(url("item", item.pk)))
    assert client.post(url("written", item.pk), {"written-sense": ""}).status_code == 422
    sent = client.post(url("written", item.pk), {"written-sense": "against", "written-reasons": "Trop tôt"})
    assert sent.status_code == 303
    actions.give_written_opinion(team.actor("MEM"), item, sense="for")  # changed before the end
    actions.give_written_opinion(actor_of(commission.members[1]), item, sense="against", reasons="Trop tôt")
    assert WrittenOpinion.objects.count() == 2
    assert reads.own_answer(team.actor("MEM"), item)["sense"] == "for"
    seat = WrittenOpinion.objects.get(user=team.mem.user_id).seat
    Seat.objects.filter(pk=seat.pk).update(user=commission.members[1].user)  # whoever holds it: not her words
    assert reads.own_answer(actor_of(commission.members[1]), item)["reasons"] == "Trop tôt"
    Seat.objects.filter(pk=seat.pk).update(user=team.pre.user)
    assert reads.own_answer(team.actor("PRE"), item) == {}
    Seat.objects.filter(pk=seat.pk).update(user=team.mem.user)
    assert not WrittenOpinion.objects.filter(sealed__contains=b"Trop").exists()
    with on(meeting.on + timedelta(days=1)), pytest.raises(Refused):
        actions.give_written_opinion(team.actor("MEM"), item, sense="for")
    with on(meeting.on):
        actions.open_meeting(sec, meeting)
        with pytest.raises(Refused):
            actions.give_written_opinion(team.actor("MEM"), item, sense="for")
        row = access.items_visible_to(sec).select_related("application__dossier", "meeting").get(pk=item.pk)
        answers = reads.written(row)
        assert reads.tally(answers) == {"votes_for": 1, "votes_against": 1, "abstentions": 0}
        assert len(answers) == 4  # those who were asked, without the association that prepared it
        room = text(team.browser("SEC").get(url("item", item.pk)))
        assert "Trop tôt" in room
        assert "pas de réponse" in room
        form = {"votes_for": "1", "votes_against": "1", "chair_vote": "none"}
        assert team.browser("SEC").post(url("opinion", item.pk), form).status_code == 303
    assert Opinion.objects.get().outcome == "none"
    assert sorted(meeting.attendances.values_list("presence", flat=True)) == ["absent"] * 3 + ["written"] * 2


def test_no_written_opinion_in_an_ordinary_meeting(team):
    _meeting, items = make_convened(team)
    with pytest.raises(Refused):
        actions.give_written_opinion(team.actor("MEM"), items[0], sense="for")
    with pytest.raises(Hidden):
        actions.give_written_opinion(make_team("13").actor("MEM"), items[0], sense="for")


# --- set aside, heard ---
def test_a_conflict_declared_by_mistake_is_lifted_and_the_one_by_rule_never(team):
    meeting, items = make_convened(team)
    actions.declare_conflict(team.actor("MEM"), items[0])
    declared, rule = Recusal.objects.get(by_rule=False), Recusal.objects.get(by_rule=True)
    sec = team.browser("SEC")
    assert team.browser("MEM").get(url("item", items[0].pk)).status_code == 404
    assert make_team("13").browser("SEC").post(url("lift_conflict", declared.pk)).status_code == 404
    assert sec.post(url("lift_conflict", rule.pk)).status_code == 403
    assert sec.post(url("lift_conflict", declared.pk)).status_code == 303
    assert team.browser("MEM").get(url("item", items[0].pk)).status_code == 200
    declared.refresh_from_db()
    assert declared.lifted_at is not None
    assert entries().count("lift_conflict") == 1
    with on(meeting.on):
        seat_all(team, meeting)
        assert reads.voting_base(items[0]).recused == 1
    assert sec.post(url("lift_conflict", declared.pk)).status_code == 303
    assert entries().count("lift_conflict") == 1


def test_the_secretariat_notes_a_conflict_told_at_the_table(team):
    meeting, items = make_open(team)
    seat = Seat.objects.get(user=team.mem.user)
    client = team.browser("SEC")
    with on(meeting.on):
        assert client.post(url("note_conflict", items[0].pk), {"conflict-seat": "A" * 22}).status_code == 422
        assert client.post(url("note_conflict", items[0].pk), {"conflict-seat": seat.pk}).status_code == 303
        assert reads.voting_base(items[0]).taking_part == 3


def test_who_is_heard_is_sealed_and_the_minutes_name_nobody(team):
    meeting, items = make_open(team)
    client = team.browser("SEC")
    form = {"heard-person": "on", "heard-others": "Mme Experte, logement"}
    with on(meeting.on):
        assert client.post(url("hear", items[0].pk), form).status_code == 303
        assert client.post(url("hear", items[0].pk), form).status_code == 303
        assert entries().count("record_hearing") == 1
        assert "Mme Experte" in text(client.get(url("item", items[0].pk)))
        assert "Mme Experte" not in text(team.browser("MEM").get(url("item", items[0].pk)))
        actions.postpone_item(team.actor("SEC"), items[0], reason="Pièce attendue")
        actions.close_meeting(team.actor("SEC"), meeting)
        minutes = " ".join(row["text"] for row in reads.minutes_text(meeting)["paragraphs"])
    assert "la personne, à sa demande" in minutes
    assert "personnes extérieures" in minutes
    assert "Experte" not in minutes
    assert team.browser("MEM").post(url("hear", items[0].pk), form).status_code == 404


# --- completeness ---
def test_a_missing_piece_is_asked_in_two_gestures(team):
    """From the list: open, send; what did not come is ticked already."""
    application = make_submitted(team)
    client = team.browser("SEC")
    assert url("missing", application.pk) in text(client.get(url("received")))
    page = text(client.get(url("missing", application.pk)))
    due = f"{clock.today() + timedelta(days=15):%d/%m/%Y}"
    assert due in page
    code = reads.expected_pieces(application)[0][0][0]
    assert client.post(url("missing", application.pk), {"text": "", "due_on": due}).status_code == 422
    assert not ComplementRequest.objects.exists()
    assert client.post(url("missing", application.pk), {"pieces": [code], "due_on": due}).status_code == 303
    assert "Pièces manquantes" in ComplementRequest.objects.get().unseal()["text"]
    assert "réponse attendue le" in text(client.get(url("received")))
    again = client.post(url("missing", application.pk), {"pieces": [code], "due_on": due})
    assert again.status_code == 403
    assert "à compléter" in text(again)
    with on(clock.today() + timedelta(days=16)):
        assert "sans réponse le" in text(team.browser("SEC").get(url("received")))
    assert make_team("13").browser("SEC").get(url("missing", application.pk)).status_code == 404
    assert team.browser("REF").get(url("missing", application.pk)).status_code == 404


# --- the sheet, the same form twice ---
def test_the_reading_sheet_is_marked_without_a_name(team):
    _meeting, items = make_convened(team)
    page = text(team.browser("MEM").get(url("item", items[0].pk)))
    mark = page[page.index('class="watermark"') : page.index("</div>", page.index('class="watermark"'))]
    assert mark.count("<span>") == 12
    assert f"Membre · {clock.today():%d/%m/%Y}" in mark
    assert team.mem.user.initials not in mark.replace("Membre", "")
    assert 'class="watermark"' not in text(team.browser("SEC").get(url("item", items[0].pk)))


def test_the_same_form_sent_again_changes_nothing(team):
    meeting, items = make_scheduled(team, make_complete(team), make_complete(team, alias="Bleuet"))
    client = team.browser("SEC")
    for _n in range(3):
        assert client.post(url("point", meeting.pk), {"point-title": "Bilan", "point-minutes": "5"}).status_code == 303
        assert client.post(url("move_down", items[0].pk), {"place": "1"}).status_code == 303
    assert [row.application_id for row in meeting.items.order_by("position")] == [
        items[1].application_id,
        items[0].application_id,
        None,
    ]
    today = clock.today()
    seat = {
        "college": "Médecin", "organisation": team.sec.organisation_id, "place": "doctor",
        "starts_on": f"{today:%d/%m/%Y}", "ends_on": f"{today + timedelta(days=30):%d/%m/%Y}",
    }  # fmt: skip
    for _n in range(2):
        assert client.post(url("members"), seat).status_code == 303
    assert Seat.objects.count() == 1
    day = f"{today + timedelta(days=50):%d/%m/%Y}"
    assert [client.post(url("new_meeting"), {"on": day, "kind": "ordinary"}).status_code for _n in range(2)] == [
        303,
        422,
    ]
    assert Meeting.objects.count() == 2
