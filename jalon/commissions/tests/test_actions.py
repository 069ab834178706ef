"""What each verb of the commission changes, what it writes in the trail, what it refuses."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.core.management import call_command

from jalon.access import Hidden, Refused
from jalon.commissions import access, actions, reads
from jalon.commissions.models import AgendaItem, Attendance, Meeting, Minutes, Opinion, Reading, Recusal, Seat
from jalon.commissions.states import ItemState
from jalon.config import clock
from jalon.directory.tests.factories import actor_of, make_membership, make_organisation
from jalon.dossiers.actions import withdraw_application
from jalon.dossiers.models import Application, SessionCopy
from jalon.dossiers.tests.factories import make_complete, make_submitted
from jalon.journal.anchors import short_code
from jalon.journal.models import Entry
from jalon.journal.verify import verify
from jalon.law.dates import add_months, period_end
from jalon.notices.models import Deadline, Outbox
from jalon.people.models import Dossier
from jalon.people.tests.factories import make_team
from jalon.vault.errors import KeyMissing
from jalon.vault.models import KeySlot

from .factories import (
    make_commission,
    make_convened,
    make_held,
    make_meeting,
    make_open,
    make_opined,
    make_scheduled,
    make_seat,
    on,
    seat_all,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def team():
    return make_team()


def verbs():
    return list(Entry.objects.order_by("seq").values_list("verb", flat=True))


def errors(refusal):
    return refusal.value.message_dict


# --- seats ----------------------------------------------------------------------------------------------------
def test_a_seat_is_named(team):
    seat = make_seat(team, "Ordre des médecins")
    assert Seat.objects.get(pk=seat.pk).department == "31"
    assert verbs()[-1] == "name_seat"


def test_a_seat_belongs_to_the_secretariat_of_its_department(team):
    for actor in (team.actor("REF"), team.actor("MEM"), make_team("13").actor("SEC")):
        with pytest.raises(Refused):
            actions.name_seat(
                actor,
                department="31",
                college="Ordre des médecins",
                organisation=team.organisation,
                starts_on=clock.today(),
                ends_on=clock.today(),
            )


def test_a_seat_ends_after_it_starts(team):
    with pytest.raises(ValidationError) as refusal:
        make_seat(team, "Médecin", ends_on=clock.today() - timedelta(days=900))
    assert "ends_on" in errors(refusal)


def test_a_mandate_lasts_three_years_at_most_and_its_end_is_watched(team):
    start = clock.today()
    with pytest.raises(ValidationError) as refusal:
        make_seat(team, "Médecin", starts_on=start, ends_on=add_months(start, 36))
    assert "trois ans au plus" in str(errors(refusal)["ends_on"])
    seat = make_seat(team, "Médecin", starts_on=start, ends_on=period_end(start, 36))
    due = Deadline.objects.get(kind="mandate_end", key=seat.pk)
    assert (due.on, due.role, due.department, due.rule) == (period_end(start, 36), "SEC", "31", "COM-14")
    follows = {"organisation": seat.organisation, "starts_on": seat.ends_on + timedelta(days=1)}
    again = make_seat(team, "médecin", ends_on=follows["starts_on"] + timedelta(days=900), **follows)
    assert [row.key for row in Deadline.objects.filter(kind="mandate_end", done_on=None)] == [again.pk]


# --- planning -------------------------------------------------------------------------------------------------
def test_a_meeting_is_created(team):
    meeting = make_meeting(team, files_due_on=clock.today() + timedelta(days=3))
    assert (meeting.department, meeting.state, meeting.place) == ("31", "planned", "Préfecture")
    assert "create_meeting" in verbs()


@pytest.mark.parametrize("days", [-1, -300])
def test_a_meeting_is_not_in_the_past(team, days):
    with pytest.raises(ValidationError) as refusal:
        make_meeting(team, days=days)
    assert "on" in errors(refusal)
    assert not Meeting.objects.exists()


def test_one_meeting_a_day_and_files_before_it(team):
    make_meeting(team)
    with pytest.raises(ValidationError) as refusal:
        make_meeting(team)
    assert "on" in errors(refusal)
    with pytest.raises(ValidationError) as refusal:
        make_meeting(team, days=20, files_due_on=clock.today() + timedelta(days=21))
    assert "files_due_on" in errors(refusal)


def test_only_a_secretariat_creates(team):
    for role in ("REF", "MGR", "MEM", "PRE", "ETR"):
        with pytest.raises(Refused):
            actions.create_meeting(team.actor(role), on=clock.today())


def test_the_agenda_takes_complete_files_in_order(team):
    first, second = make_complete(team), make_complete(team, alias="Bleuet")
    meeting, items = make_scheduled(team, second, first)
    assert [item.application_id for item in items] == [second.pk, first.pk]
    assert {row.state for row in Application.objects.all()} == {"scheduled"}
    actions.set_agenda(team.actor("SEC"), meeting, applications=[first], minutes={first.pk: 25})
    left = meeting.items.exclude(state=ItemState.REMOVED).get()
    assert (left.application_id, left.position, left.minutes_planned) == (first.pk, 1, 25)
    second.refresh_from_db()
    assert second.state == "complete"
    assert verbs()[-1] == "set_agenda"


def test_the_agenda_refuses_what_is_not_complete(team):
    meeting = make_meeting(team)
    with pytest.raises(ValidationError) as refusal:
        actions.set_agenda(team.actor("SEC"), meeting, applications=[make_submitted(team)])
    assert "applications" in errors(refusal)
    assert not AgendaItem.objects.exists()


def test_the_agenda_refuses_another_department(team):
    other = make_team("13")
    with pytest.raises(ValidationError):
        actions.set_agenda(team.actor("SEC"), make_meeting(team), applications=[make_complete(other)])


def test_the_agenda_refuses_the_same_file_twice_and_mad_minutes(team):
    application = make_complete(team)
    meeting = make_meeting(team)
    with pytest.raises(ValidationError):
        actions.set_agenda(team.actor("SEC"), meeting, applications=[application, application])
    with pytest.raises(ValidationError):
        actions.set_agenda(team.actor("SEC"), meeting, applications=[application], minutes={application.pk: 0})
    assert not AgendaItem.objects.exists()


def test_a_plain_point(team):
    meeting, _items = make_scheduled(team)
    point = actions.add_point(team.actor("SEC"), meeting, title=" Calendrier ", minutes=30)
    assert (point.title, point.position, point.minutes_planned) == ("Calendrier", 2, 30)
    with pytest.raises(ValidationError):
        actions.add_point(team.actor("SEC"), meeting, title=" ")
    with pytest.raises(ValidationError):
        actions.add_point(team.actor("SEC"), meeting, title="Long", minutes=999)


def test_points_move_up_and_down(team):
    meeting, items = make_scheduled(team, make_complete(team), make_complete(team, alias="Bleuet"))
    sec = team.actor("SEC")
    actions.move_item(sec, items[1], up=True)
    assert [row.pk for row in meeting.items.order_by("position")] == [items[1].pk, items[0].pk]
    actions.move_item(sec, items[1], up=True)  # already first
    actions.move_item(sec, items[1], up=False)
    assert [row.pk for row in meeting.items.order_by("position")] == [items[0].pk, items[1].pk]
    assert verbs()[-1] == "move_item"


# --- convocation ----------------------------------------------------------------------------------------------
def test_convening_opens_the_window_recuses_and_copies(team):
    meeting, items = make_convened(team)
    item = items[0]
    assert (meeting.state, meeting.convened_on, meeting.urgent) == ("convened", clock.today(), False)
    assert Attendance.objects.filter(meeting=meeting, convoked_on=clock.today()).count() == 5
    recusal = Recusal.objects.get(item=item)
    assert (recusal.organisation_id, recusal.by_rule) == (team.organisation.pk, True)
    assert Application.objects.get().state == "convened"
    assert Dossier.objects.get().stage == "S3"
    assert SessionCopy.objects.get().destroyed_on is None
    assert reads.package_of(item)["number"] == item.application.dossier.number
    entry = Entry.objects.filter(verb="convene").get()
    assert entry.subject
    assert entry.compartment == "C13"


def test_the_copies_are_told_when_made_and_when_destroyed(team):
    """At the convocation, a postponement, a cancellation, the end of the window: the trail matches the rows."""
    meeting, items = make_open(team)
    assert Entry.objects.get(verb="convene").records.count(":") == 1
    with on(meeting.on):
        actions.postpone_item(team.actor("SEC"), items[0])
        assert ":-" in Entry.objects.get(verb="postpone_item").records
        assert sound()
        again, _new = make_convened(team, Application.objects.select_related("dossier").get())
        assert sound()
        actions.cancel_meeting(team.actor("SEC"), again)
        assert ":-" in Entry.objects.get(verb="cancel_meeting").records
        assert sound()
        last, _items = make_convened(team, Application.objects.select_related("dossier").get(), days=20)
    with on(last.window_ends_on + timedelta(days=1)):
        assert actions.close_windows() == 1
    assert ":-" in Entry.objects.get(verb="close_window").records
    assert sound()


def sound():
    report = verify(records=True)
    return (report.vanished, report.changed, report.untraced) == (0, [], 0)


def test_the_key_of_the_copy_has_an_end(team):
    meeting, items = make_convened(team)
    with on(meeting.window_ends_on):
        assert reads.package_of(items[0])
    with on(meeting.window_ends_on + timedelta(days=1)):
        assert reads.package_of(items[0]) == {}
        with pytest.raises(KeyMissing):
            SessionCopy.objects.get().unseal()


def test_five_days_or_urgency(team):
    make_commission(team)
    meeting, _items = make_scheduled(team, days=4)
    with pytest.raises(ValidationError) as refusal:
        actions.convene(team.actor("SEC"), meeting)
    assert "urgent" in errors(refusal)
    assert not Attendance.objects.exists()
    assert actions.convene(team.actor("SEC"), meeting, urgent=True).urgent


def test_five_days_exactly_is_regular(team):
    make_commission(team)
    meeting, _items = make_scheduled(team, days=5)
    assert not actions.convene(team.actor("SEC"), meeting).urgent


def test_nothing_to_convene(team):
    make_commission(team)
    with pytest.raises(Refused):
        actions.convene(team.actor("SEC"), make_meeting(team))


def test_no_member_to_convene(team):
    meeting, _items = make_scheduled(team)
    with pytest.raises(Refused):
        actions.convene(team.actor("SEC"), meeting)


def test_only_seats_in_force_on_the_day_are_convoked(team):
    commission = make_commission(team)
    make_seat(team, "Ancien", ends_on=clock.today() + timedelta(days=2))
    meeting, _items = make_convened(team)
    assert {row.seat_id for row in meeting.attendances.all()} == {seat.pk for seat in commission.all}


# --- members --------------------------------------------------------------------------------------------------
def test_a_member_reads_notes_and_wishes(team):
    _meeting, items = make_convened(team)
    actor = team.actor("MEM")
    actions.mark_read(actor, items[0], note="Demander le mode de garde.")
    actions.record_wish(actor, items[0], wish="favourable")
    reading = Reading.objects.get()
    assert reading.unseal() == {"note": "Demander le mode de garde.", "wish": "favourable"}
    assert b"garde" not in bytes(reading.sealed)
    actions.mark_read(actor, items[0])  # read again: the note stays
    assert Reading.objects.get().unseal()["note"] == "Demander le mode de garde."
    assert verbs()[-3:] == ["mark_read", "record_wish", "mark_read"]
    with pytest.raises(ValidationError):
        actions.record_wish(actor, items[0], wish="peut-être")


def test_only_a_member_reads_so(team):
    _meeting, items = make_convened(team)
    for role in ("SEC", "PRE", "REF"):
        with pytest.raises((Refused, Hidden)):
            actions.mark_read(team.actor(role), items[0])
    assert not Reading.objects.exists()


def test_a_conflict_hides_the_point(team):
    _meeting, items = make_convened(team)
    actor = team.actor("MEM")
    actions.declare_conflict(actor, items[0])
    assert Recusal.objects.filter(by_rule=False, seat__user=team.mem.user).count() == 1
    assert verbs()[-1] == "declare_conflict"
    with pytest.raises(Hidden):
        actions.mark_read(actor, items[0])
    with pytest.raises(Hidden):
        actions.declare_conflict(actor, items[0])


# --- the session ----------------------------------------------------------------------------------------------
def test_attendance_quorum_and_opening(team):
    meeting, _items = make_convened(team)  # five seats: the quorum is three
    sec = team.actor("SEC")
    rows = list(meeting.attendances.order_by("seat__college"))
    presences = {row.pk: "absent" for row in rows} | {rows[1].pk: "present", rows[2].pk: "remote"}
    with on(meeting.on):
        actions.record_attendance(sec, meeting, presences=presences)
        with pytest.raises(Refused, match="refused"):
            actions.open_meeting(sec, meeting)
        actions.record_attendance(sec, meeting, presences=presences, proxies={rows[3].pk: rows[1].pk})
        opened = actions.open_meeting(sec, meeting)
    assert (opened.state, opened.quorum_reached) == ("open", True)
    assert verbs()[-2:] == ["record_attendance", "open_meeting"]


def test_one_proxy_for_a_holder(team):
    meeting, _items = make_convened(team)
    rows = list(meeting.attendances.order_by("seat__college"))
    given = {rows[0].pk: rows[1].pk, rows[2].pk: rows[1].pk}
    absent = {row.pk: "absent" for row in rows}
    with pytest.raises(ValidationError) as refusal:
        actions.record_attendance(
            team.actor("SEC"), meeting, presences={**absent, rows[1].pk: "present"}, proxies=given
        )
    assert "ne porte qu'un mandat" in str(errors(refusal))
    assert not meeting.attendances.exclude(presence="expected").exists()


def test_attendance_is_about_the_members_convoked(team):
    meeting, _items = make_convened(team)
    sec = team.actor("SEC")
    row = meeting.attendances.first()
    for given in (
        {"presences": {"x" * 22: "present"}},
        {"presences": {row.pk: "là"}},
        {"presences": {row.pk: "proxy"}},
        {"presences": {row.pk: "present"}, "proxies": {row.pk: row.pk}},
    ):
        with pytest.raises(ValidationError):
            actions.record_attendance(sec, meeting, **given)
    assert set(meeting.attendances.values_list("presence", flat=True)) == {"expected"}


def test_no_opening_before_the_day(team):
    meeting, _items = make_convened(team)
    seat_all(team, meeting)
    with pytest.raises(Refused):
        actions.open_meeting(team.actor("SEC"), meeting)


def test_an_opinion_from_the_votes(team):
    meeting, items = make_open(team)  # five present, one recused by rule
    with on(meeting.on):
        opinion = actions.record_opinion(
            team.actor("SEC"), items[0], votes_for=3, votes_against=1, abstentions=0, reasons="Projet concret."
        )
    assert (opinion.outcome, opinion.votes_for, opinion.casting_vote) == ("favourable", 3, False)
    assert Opinion.objects.get().unseal()["reasons"] == "Projet concret."
    assert (AgendaItem.objects.get().state, Application.objects.get().state) == ("opined", "opined")
    assert Dossier.objects.get().stage == "S4"
    entry = Entry.objects.filter(verb="record_opinion").get()
    assert entry.subject
    assert entry.records != "[]"


def test_a_tie_and_the_chair(team):
    meeting, items = make_open(team, make_complete(team), make_complete(team, alias="Bleuet"))
    sec = team.actor("SEC")
    with on(meeting.on):
        tied = actions.record_opinion(sec, items[0], votes_for=2, votes_against=2, chair_vote="for")
        none = actions.record_opinion(sec, items[1], votes_for=2, votes_against=2)
    assert (tied.outcome, tied.casting_vote) == ("favourable", True)
    assert (none.outcome, none.casting_vote) == ("none", False)


def test_an_opinion_refuses_what_does_not_add_up(team):
    meeting, items = make_open(team)
    sec = team.actor("SEC")
    with on(meeting.on):
        for given, field in (
            ({"votes_for": 5, "votes_against": 1}, "votes_for"),
            ({}, "outcome"),
            ({"outcome": "peut-être"}, "outcome"),
            ({"votes_for": 3, "votes_against": 0, "outcome": "unfavourable"}, "outcome"),
            ({"votes_for": 3, "votes_against": 0, "chair_vote": "oui"}, "chair_vote"),
            ({"outcome": "unfavourable"}, "reasons"),
        ):
            with pytest.raises(ValidationError) as refusal:
                actions.record_opinion(sec, items[0], **given)
            assert field in errors(refusal)
    assert not Opinion.objects.exists()
    assert AgendaItem.objects.get().state == "scheduled"


def test_an_opinion_is_corrected_with_a_reason(team):
    item = make_opined(team)[0]
    sec = team.actor("SEC")
    with on(item.meeting.on):
        with pytest.raises(ValidationError) as refusal:
            actions.correct_opinion(sec, item, why=" ", outcome="favourable")
        assert "why" in errors(refusal)
        actions.correct_opinion(sec, item, why="Voix mal comptées", votes_for=1, votes_against=3, reasons="À préparer.")
    opinion = Opinion.objects.get()
    assert (opinion.outcome, opinion.unseal()["corrections"]) == ("unfavourable", ["Voix mal comptées"])
    assert verbs()[-1] == "correct_opinion"


def test_a_postponed_point_waits_again_and_its_copy_is_gone(team):
    meeting, items = make_open(team)
    later = meeting.on + timedelta(days=30)
    with on(meeting.on):
        with pytest.raises(ValidationError):
            actions.postpone_item(team.actor("SEC"), items[0], to=meeting.on)
        actions.postpone_item(team.actor("SEC"), items[0], to=later, reason="Il manque l'attestation.")
    item = AgendaItem.objects.get()
    assert (item.state, item.postponed_to, item.unseal()["reason"]) == ("postponed", later, "Il manque l'attestation.")
    assert Application.objects.get().state == "complete"
    assert Dossier.objects.get().stage == "S2"
    assert SessionCopy.objects.get().destroyed_on
    assert verbs()[-1] == "postpone_item"


def test_a_postponed_file_is_convened_again_with_a_new_copy(team):
    meeting, items = make_open(team)
    with on(meeting.on):
        actions.postpone_item(team.actor("SEC"), items[0])
        application = Application.objects.select_related("dossier").get()
        again, new = make_convened(team, application)
        assert reads.package_of(new[0])["number"] == application.dossier.number
        assert SessionCopy.objects.get().destroyed_on is None
    with on(meeting.window_ends_on + timedelta(days=1)):
        actions.close_windows()  # the first window is over, the second is open
        assert SessionCopy.objects.get().destroyed_on is None
        assert reads.package_of(new[0])
    assert again.state == "convened"


def test_close_needs_every_outcome(team):
    meeting, items = make_open(team)
    sec = team.actor("SEC")
    with on(meeting.on):
        with pytest.raises(Refused):
            actions.close_meeting(sec, meeting)
        actions.record_opinion(sec, items[0], outcome="favourable")
        assert actions.close_meeting(sec, meeting).state == "held"
    assert verbs()[-1] == "close_meeting"


def test_a_withdrawn_request_leaves_the_agenda(team):
    kept, left = make_complete(team), make_complete(team, alias="Bleuet")
    meeting, items = make_open(team, kept, left)
    left.refresh_from_db()
    withdraw_application(team.actor("REF"), left)
    assert list(access.items_visible_to(team.actor("MEM"))) == [items[0]]
    assert [line.item.pk for line in reads.agenda(team.actor("SEC"), meeting)] == [items[0].pk]
    with on(meeting.on):
        actions.record_opinion(team.actor("SEC"), items[0], outcome="favourable")
        assert actions.close_meeting(team.actor("SEC"), meeting).state == "held"
    assert AgendaItem.objects.get(application=left).state == "removed"


@pytest.mark.parametrize("verb", ["convene", "cancel_meeting", "set_agenda"])
def test_a_withdrawal_before_the_convocation_blocks_nothing(team, verb):
    make_commission(team)
    application = make_complete(team)
    meeting, _items = make_scheduled(team, application, make_complete(team, alias="Bleuet"))
    application.refresh_from_db()
    withdraw_application(team.actor("REF"), application)
    given = {"applications": []} if verb == "set_agenda" else {}
    getattr(actions, verb)(team.actor("SEC"), meeting, **given)
    assert AgendaItem.objects.get(application=application).state == "removed"
    application.refresh_from_db()
    assert application.state == "withdrawn"


def test_a_second_convocation_needs_no_quorum(team):
    meeting, items = make_convened(team)
    sec = team.actor("SEC")
    with on(meeting.on):
        absent = {row.pk: "absent" for row in meeting.attendances.all()}
        with pytest.raises(Refused):  # the roll is not called
            actions.record_failure(sec, meeting)
        actions.record_attendance(sec, meeting, presences=absent)
        actions.record_failure(sec, meeting)
        again = actions.convene_again(sec, meeting, on=meeting.on + timedelta(days=10))
        assert (again.second_convocation, again.state) == (True, "planned")
        assert Meeting.objects.get(pk=meeting.pk).replaced_by == again
        assert again.items.get().application_id == items[0].application_id
        actions.convene(sec, again)
    with on(again.on):
        rows = list(again.attendances.all())
        presences = {row.pk: "absent" for row in rows} | {rows[0].pk: "present"}
        actions.record_attendance(sec, again, presences=presences)
        opened = actions.open_meeting(sec, again)
    assert (opened.state, opened.quorum_reached) == ("open", False)


def test_a_second_convocation_with_another_agenda_needs_the_quorum(team):
    make_commission(team)
    meeting, _items = make_scheduled(team, second_convocation=True)
    actions.convene(team.actor("SEC"), meeting)
    assert not reads.quorum(meeting).may_sit


def test_no_second_convocation_while_the_quorum_holds(team):
    meeting, _items = make_convened(team)
    with on(meeting.on):
        seat_all(team, meeting)
        with pytest.raises(Refused):
            actions.record_failure(team.actor("SEC"), meeting)


def test_a_written_consultation_opens_without_quorum(team):
    make_commission(team)
    meeting, items = make_scheduled(team, kind="written")
    sec = team.actor("SEC")
    actions.convene(sec, meeting)
    with on(meeting.on):
        opened = actions.open_meeting(sec, meeting)
        actions.record_opinion(sec, items[0], outcome="favourable")
    assert (opened.quorum_reached, Opinion.objects.get().votes_for) == (None, None)


def test_cancelling_frees_the_files_and_closes_the_window(team):
    meeting, items = make_convened(team)
    other = make_meeting(team, days=40)
    sec = team.actor("SEC")
    with pytest.raises(ValidationError):
        actions.cancel_meeting(sec, meeting, replaced_by=meeting)
    actions.cancel_meeting(sec, meeting, replaced_by=other)
    meeting.refresh_from_db()
    assert (meeting.state, meeting.replaced_by) == ("cancelled", other)
    assert Application.objects.get().state == "complete"
    assert reads.package_of(items[0]) == {}
    assert verbs()[-1] == "cancel_meeting"


# --- windows --------------------------------------------------------------------------------------------------
def test_windows_close_and_the_copies_are_destroyed(team):
    item = make_opined(team)[0]
    meeting = item.meeting
    with on(meeting.window_ends_on):
        assert actions.close_windows() == 0
    with on(meeting.window_ends_on + timedelta(days=1)):
        assert actions.close_windows() == 1
        assert actions.close_windows() == 0
    copy = SessionCopy.objects.get()
    assert copy.destroyed_on == meeting.window_ends_on + timedelta(days=1)
    assert not KeySlot.objects.filter(owner=copy.dossier_id, group="G5s").exists()
    entry = Entry.objects.filter(verb="close_window").get()
    assert (entry.actor, entry.compartment) == ("system", "C12")
    assert entry.subject


# --- minutes --------------------------------------------------------------------------------------------------
def test_minutes_hold_numbers_and_outcomes_only(team):
    meeting = make_held(team)
    minutes = actions.generate_minutes(team.actor("SEC"), meeting)
    text = "\n".join(paragraph["text"] for paragraph in minutes.unseal()["paragraphs"])
    number = Dossier.objects.get().number
    assert number in text
    assert "Avis favorable" in text
    assert "quorum : 3" in text
    assert "Association Essai" in text  # who took no part
    for secret in ("Capucine", "Zelenkova", "Projet à préparer."):
        assert secret not in text
    assert verbs()[-1] == "generate_minutes"


def test_minutes_are_corrected_then_signed(team):
    meeting = make_held(team)
    sec = team.actor("SEC")
    actions.generate_minutes(sec, meeting)
    key = Minutes.objects.get().unseal()["paragraphs"][1]["key"]
    with pytest.raises(ValidationError):
        actions.edit_minutes(sec, meeting, paragraphs={key: " "})
    with pytest.raises(ValidationError):
        actions.edit_minutes(sec, meeting, paragraphs={"ailleurs": "texte"})
    actions.edit_minutes(sec, meeting, paragraphs={key: "Point 1 corrigé."})
    signed = actions.sign_minutes(sec, meeting)
    data = signed.unseal()
    assert data["paragraphs"][1]["text"] == "Point 1 corrigé."
    sequence = int(data["anchor"].split("-")[0])
    head = Entry.objects.get(seq=sequence).hash
    assert data["anchor"] == short_code(sequence, head)  # what ``jalon journal verify --code`` checks
    assert len(signed.digest) == 64
    assert Meeting.objects.get().state == "signed"
    assert verbs()[-1] == "sign_minutes"


def test_a_stale_correction_is_a_conflict(team):
    from jalon.ui.errors import Conflict

    meeting = make_held(team)
    sec = team.actor("SEC")
    minutes = actions.generate_minutes(sec, meeting)
    with pytest.raises(Conflict):
        actions.edit_minutes(sec, meeting, paragraphs={"head": "Autre"}, revision=minutes.revision + 1)


def test_signing_needs_a_step_up(team):
    meeting = make_held(team)
    with pytest.raises(Refused) as refusal:
        actions.sign_minutes(team.actor("SEC", stepped_up=False), meeting)
    assert refusal.value.missing == {"stepup"}
    assert Meeting.objects.get().state == "held"


# --- whose act it is ------------------------------------------------------------------------------------------
def test_another_department_finds_nothing(team):
    meeting, items = make_convened(team)
    stranger = make_team("13").actor("SEC")
    for act in (
        lambda: actions.set_agenda(stranger, meeting, applications=[]),
        lambda: actions.convene(stranger, meeting),
        lambda: actions.record_attendance(stranger, meeting, presences={}),
        lambda: actions.open_meeting(stranger, meeting),
        lambda: actions.record_opinion(stranger, items[0], outcome="favourable"),
        lambda: actions.postpone_item(stranger, items[0]),
        lambda: actions.cancel_meeting(stranger, meeting),
        lambda: actions.generate_minutes(stranger, meeting),
    ):
        with pytest.raises(Hidden):
            act()


def test_the_prefet_and_the_members_do_not_keep_the_session(team):
    meeting, items = make_convened(team)
    for role in ("PRE", "MEM"):
        actor = team.actor(role)
        for act in (
            lambda actor=actor: actions.convene(actor, meeting),
            lambda actor=actor: actions.record_opinion(actor, items[0], outcome="favourable"),
            lambda actor=actor: actions.sign_minutes(actor, meeting),
        ):
            with pytest.raises(Refused):
                act()


def test_the_last_day_to_convene_is_watched_then_done(team):
    make_commission(team)
    meeting, _items = make_scheduled(team)
    due = Deadline.objects.get(kind="convocation", key=meeting.id)
    assert (due.on, due.role, due.department) == (meeting.on - timedelta(days=5), "SEC", "31")
    actions.convene(team.actor("SEC"), meeting)
    due.refresh_from_db()
    assert due.done_on == clock.today()


def test_another_secretary_of_the_department_closes_what_the_first_planned(team):
    make_commission(team)
    meeting, _items = make_scheduled(team)
    colleague = make_membership("SEC", organisation=make_organisation("ddets", "DDETS", "31"), department="31")
    actions.cancel_meeting(actor_of(colleague), meeting)
    assert Deadline.objects.get(kind="convocation").cancelled_on


def test_a_meeting_held_says_when_the_next_is_due(team):
    """Once a year at least (COM-15): each meeting moves the day, an older one does not take it back."""
    held = make_held(team)
    due = Deadline.objects.get(kind="yearly_meeting")
    assert (due.on, due.role, due.department) == (add_months(held.on, 12), "SEC", "31")
    with on(held.on + timedelta(days=40)):
        later = make_held(team, make_complete(team, alias="Bleuet"))
    due.refresh_from_db()
    assert (due.on, due.open) == (add_months(later.on, 12), True)
    assert Deadline.objects.filter(kind="yearly_meeting").count() == 1


def test_members_are_told_and_the_referent_knows_the_day(team):
    meeting, _items = make_convened(team)
    told = set(Outbox.objects.filter(reason=f"convocation:{meeting.id}").values_list("recipient_id", flat=True))
    assert told == {seat.user_id for seat in Seat.objects.filter(user__isnull=False)}
    due = Deadline.objects.get(kind="meeting")
    assert (due.on, due.role) == (meeting.on, "REF")
    with on(meeting.on):
        actions.cancel_meeting(team.actor("SEC"), meeting)
    due.refresh_from_db()
    assert due.cancelled_on


def test_the_day_of_the_meeting_is_done_with_the_opinion(team):
    make_held(team)
    assert Deadline.objects.get(kind="meeting").done_on


def test_the_nightly_command_closes_windows(team, capsys):
    item = make_opined(team)[0]
    with on(item.meeting.window_ends_on + timedelta(days=1)):
        call_command("close_windows")
    assert "closes : 1" in capsys.readouterr().out
    assert SessionCopy.objects.get().destroyed_on
