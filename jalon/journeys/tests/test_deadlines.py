"""A fact changes: which deadlines it plans, moves, closes or opens again. What is closed reminds nobody."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError

from jalon.access import Hidden, Refused
from jalon.commissions import actions as commissions
from jalon.commissions.tests.factories import make_convened
from jalon.config import clock
from jalon.dossiers import actions as dossiers
from jalon.dossiers.models import Application
from jalon.dossiers.tests.factories import accredit, draft, make_filled, make_submitted
from jalon.journal.models import Entry
from jalon.journeys import actions
from jalon.journeys.models import AfisMonth, Period, ReasonsRequest
from jalon.law.appeal import court_limit
from jalon.law.dates import add_months, period_end
from jalon.notices import actions as notices
from jalon.notices import reads as due
from jalon.notices.kinds import RENEWAL
from jalon.notices.models import Deadline
from jalon.people.models import Dossier
from jalon.people.tests.factories import make_team

from .factories import (
    REASONS,
    SIGNATORY,
    make_complete_renewal,
    make_heard,
    make_notified,
    make_opined,
    make_refused,
    make_renewed,
    make_signed,
    meeting_day,
    mine,
    on,
)
from .test_actions import elsewhere, end_early, grant, move, record

pytestmark = pytest.mark.django_db


@pytest.fixture
def team():
    return make_team()


def open_kinds(**given):
    return set(due.opened().filter(**given).exclude(dossier="").values_list("kind", flat=True))


def day_of(kind, **given):
    return due.opened().get(kind=kind, **given).on


# --- the pathway ----------------------------------------------------------------------------------------------
def test_an_early_end_leaves_no_renewal_to_prepare(team):
    decision = make_notified(team)
    day = decision.signed_on + timedelta(days=60)
    assert set(RENEWAL) | {"period_end", "journey_cap"} <= open_kinds()
    with on(day):
        make_heard(team, decision.dossier, day)
        end_early(team, decision.dossier, ends_on=day)
    assert day_of("period_end") == day
    assert not open_kinds() & {*RENEWAL, "journey_cap"}
    assert due.opened().get(kind="period_end").rule == "DUR-6"


def test_an_early_end_drops_the_period_that_was_to_come(team):
    first = make_notified(team)
    renewed = make_renewed(team, first)
    with on(renewed.signed_on):
        actions.notify_decision(team.actor("SEC"), renewed)
    assert set(RENEWAL) <= open_kinds(key="2")
    day = renewed.signed_on + timedelta(days=5)
    with on(day):
        end_early(team, first.dossier, requested_by_person=True, ends_on=day)
    assert Period.objects.count() == 1
    assert open_kinds(key="2") == set()
    assert day_of("period_end", key="1") == day


def test_an_early_end_without_a_day_moves_everything_at_its_notification(team):
    decision = make_notified(team)
    day = decision.signed_on + timedelta(days=60)
    with on(day):
        ended = end_early(team, decision.dossier, requested_by_person=True)
    assert "renewal_session" in open_kinds()
    with on(day + timedelta(days=3)):
        actions.notify_decision(team.actor("SEC"), ended)
    assert day_of("period_end") == day + timedelta(days=3)
    assert "renewal_session" not in open_kinds()
    assert day_of("appeal", key=ended.pk) == court_limit(day + timedelta(days=3), 2, "metropole")


def test_a_renewal_moves_the_end_the_targets_and_keeps_the_term(team):
    first = make_notified(team)
    cap = day_of("journey_cap")
    renewed = make_renewed(team, first)
    end = Period.objects.get(number=2).ends_on
    assert open_kinds(key="1") == set()
    assert day_of("period_end", key="2") == end
    assert day_of("renewal_session", key="2") == end - timedelta(days=30)
    assert day_of("journey_cap") == cap == period_end(first.signed_on, 24)
    assert Deadline.objects.get(kind="silence_2m", key=renewed.application_id).done_on


def refused_renewal(team, first):
    end = period_end(first.signed_on, 6)
    with on(end - timedelta(days=40)):
        application = make_opined(team, make_complete_renewal(team, first), outcome="unfavourable")
    with on(meeting_day(application)):
        decision = actions.draft_decision(
            team.actor("SEC"), application, kind="refuse_renewal", **{**REASONS, "coded": ["R10"]}
        )
        return actions.sign_decision(team.actor("PRE"), decision, **SIGNATORY)


def test_a_refusal_to_renew_leaves_the_end_and_no_target(team):
    first = make_notified(team)
    end = day_of("period_end")
    refused_renewal(team, first)
    assert day_of("period_end") == end
    assert not open_kinds() & set(RENEWAL)


def test_a_renewal_withdrawn_is_to_be_prepared_again(team):
    first = make_notified(team)
    end = Period.objects.get().ends_on
    with on(end - timedelta(days=70)):
        application = make_complete_renewal(team, first)
        assert not open_kinds() & {"renewal_open", "renewal_file"}
        assert "silence_2m" in open_kinds(key=application.pk)
        dossiers.withdraw_application(team.actor("REF"), application)
        assert {"renewal_open", "renewal_file", "renewal_session"} <= open_kinds(key="1")
        assert open_kinds(key=application.pk) == set()


@pytest.mark.parametrize("act", ["cancel", "postpone"])
def test_a_meeting_that_falls_through_is_to_be_found_again(team, act):
    """The file was convened: its session is found. Cancelled or put off, the last useful session is due again."""
    first = make_notified(team)
    end = Period.objects.get().ends_on
    with on(end - timedelta(days=60)):
        meeting, items = make_convened(team, make_complete_renewal(team, first))
        assert "renewal_session" not in open_kinds(key="1")
        assert day_of("meeting", key=meeting.pk) == meeting.on
        if act == "cancel":
            commissions.cancel_meeting(team.actor("SEC"), meeting)
        else:
            commissions.postpone_item(team.actor("SEC"), items[0])
        assert "meeting" not in open_kinds()
        assert day_of("renewal_session", key="1") == end - timedelta(days=30)
        application = Application.objects.get(pk=items[0].application_id)
        make_convened(team, application, days=20)
        assert "renewal_session" not in open_kinds(key="1")


def test_a_transfer_takes_along_what_the_referent_owes_and_leaves_what_the_state_owes(team):
    decision = make_refused(team)
    with on(decision.notified_on + timedelta(days=5)):
        actions.file_appeal(team.actor("REF"), decision, kind="gracious", filed_on=clock.today())
    other = elsewhere()
    with on(decision.notified_on + timedelta(days=6)):
        move(team, decision, other)
    rows = {row.kind: row for row in due.opened()}
    assert rows["appeal_answer"].department == "31"
    assert (rows["appeal"].department, rows["appeal"].organisation_id) == ("13", other.organisation.pk)


def test_after_the_exit_nothing_of_the_path_falls_due_and_rights_stay(team):
    """The early end is signed, she leaves before its notification: it is still notified, its delay told."""
    decision = make_notified(team)
    grant(team, decision)
    day = decision.signed_on + timedelta(days=60)
    with on(day):
        ended = end_early(team, decision.dossier, requested_by_person=True)
        given = {"reason": "commitments_not_kept", "exit_kind": "other_step"}
        actions.exit_journey(team.actor("REF"), mine(team, decision.dossier), **given)
        assert open_kinds() == {"notification", "retention", "afis_stop"}
    with on(day + timedelta(days=2)):
        actions.notify_decision(team.actor("SEC"), ended)
    assert open_kinds() == {"appeal", "retention", "afis_stop"}
    assert Dossier.objects.get().next_due_on == day_of("afis_stop")


# --- AFIS -----------------------------------------------------------------------------------------------------
def test_the_end_of_the_aid_is_told_before_the_payments_stop(team):
    """Decided in a month, paid to the end of it (AFIS-4)."""
    decision = make_notified(team)
    grant(team, decision)
    day = decision.signed_on + timedelta(days=75)
    with on(day):
        actions.end_afis(team.actor("REF"), mine(team, decision.dossier), ended_on=day, reason="Emploi")
    first_of_next = add_months(day.replace(day=1), 1)
    assert day_of("afis_stop") == first_of_next
    assert not AfisMonth.objects.filter(month__gte=first_of_next).exists()


def test_an_early_end_of_the_path_tells_the_stop_of_the_aid(team):
    decision = make_notified(team)
    grant(team, decision)
    day = decision.signed_on + timedelta(days=60)
    assert "afis_stop" not in open_kinds()
    with on(day):
        end_early(team, decision.dossier, requested_by_person=True, ends_on=day)
    last = AfisMonth.objects.order_by("-month").first().month
    assert day_of("afis_stop") == add_months(last, 1)


def test_silence_on_the_aid_ends_with_its_decision(team):
    decision = make_notified(team)
    asked = decision.application
    assert day_of("afis_silence") == add_months(asked.submitted_on, 2)
    assert day_of("silence_appeal") == court_limit(add_months(asked.submitted_on, 2), 2, "metropole")
    grant(team, decision)
    assert not open_kinds() & {"afis_silence", "silence_appeal"}


def test_a_renewal_that_extends_the_aid_answers_its_request(team):
    first = make_notified(team)
    grant(team, first)
    renewed = make_renewed(team, first)
    assert Deadline.objects.get(kind="afis_silence", key=renewed.application_id).done_on
    assert "silence_appeal" not in open_kinds()


def test_a_refusal_of_the_path_answers_the_request_for_the_aid(team):
    make_refused(team)
    assert not open_kinds() & {"afis_silence", "silence_appeal"}


# --- permits --------------------------------------------------------------------------------------------------
END = ("permit_end", "aps_request", "permit_continuity")


def test_an_extension_moves_the_three_dates(team):
    decision = make_notified(team)
    with on(decision.signed_on):
        permit = record(team, decision.dossier)
        before = {kind: day_of(kind) for kind in END}
        later = permit.valid_to + timedelta(days=90)
        actions.extend_permit(team.actor("REF"), permit, extended_to=later, reason="Prolongation")
    assert {kind: day_of(kind) - before[kind] for kind in END} == dict.fromkeys(END, timedelta(days=90))


def test_asking_for_the_next_one_answers_the_reminder_and_opens_a_silence(team):
    decision = make_notified(team)
    with on(decision.signed_on):
        record(team, decision.dossier)
    day = decision.signed_on + timedelta(days=110)
    with on(day):
        asked = record(team, decision.dossier, issued_on=None, requested_on=day)
    assert "aps_request" not in open_kinds()
    assert {"permit_end", "permit_continuity"} <= open_kinds()
    assert day_of("aps_silence", key=asked.pk) == add_months(day, 4)
    assert day_of("silence_appeal", key=asked.pk) == court_limit(add_months(day, 4), 2, "metropole")


def test_the_document_answers_the_request_and_replaces_the_former(team):
    decision = make_notified(team)
    with on(decision.signed_on):
        first = record(team, decision.dossier)
        asked = record(team, decision.dossier, issued_on=None, requested_on=decision.signed_on)
    with on(decision.signed_on + timedelta(days=100)):
        second = record(team, decision.dossier)
    assert open_kinds(key=asked.pk) == set()
    assert open_kinds(key=first.pk) == set()
    assert open_kinds(key=second.pk) == set(END)


def test_the_reflection_receipt_is_not_renewed(team):
    decision = make_notified(team)
    with on(decision.signed_on):
        permit = record(team, decision.dossier, kind="reflection_receipt")
    rows = due.opened().filter(key=permit.pk)
    assert [(row.kind, row.on, row.rule) for row in rows] == [
        ("reflection_end", decision.signed_on + timedelta(days=30), "PER-2")
    ]


# --- appeals --------------------------------------------------------------------------------------------------
def test_each_appeal_moves_the_limit(team):
    """L7, L8, L9: the limit, the answers, a rejection, the court."""
    decision = make_refused(team)
    told = decision.notified_on
    assert day_of("appeal") == court_limit(told, 2, "metropole")
    with on(told + timedelta(days=20)):
        gracious = actions.file_appeal(team.actor("REF"), decision, kind="gracious", filed_on=clock.today())
    silent = add_months(told + timedelta(days=20), 2)
    assert day_of("appeal_answer") == silent
    assert day_of("appeal") == court_limit(silent, 2, "metropole")
    with on(told + timedelta(days=40)):
        actions.file_appeal(team.actor("REF"), decision, kind="hierarchical", filed_on=clock.today())
    later = add_months(told + timedelta(days=40), 2)
    assert {row.on for row in due.opened().filter(kind="appeal_answer")} == {silent, later}
    assert day_of("appeal") == court_limit(later, 2, "metropole")
    with on(told + timedelta(days=50)):
        actions.answer_appeal(team.actor("SEC"), gracious, outcome="rejected")
    assert day_of("appeal_answer") == later
    with on(told + timedelta(days=60)):
        actions.file_appeal(team.actor("REF"), decision, kind="court", filed_on=clock.today())
    assert "appeal" not in open_kinds()


def test_an_appeal_granted_leaves_no_delay(team):
    decision = make_refused(team)
    with on(decision.notified_on + timedelta(days=20)):
        filed = actions.file_appeal(team.actor("REF"), decision, kind="gracious", filed_on=clock.today())
        actions.answer_appeal(team.actor("SEC"), filed, outcome="granted")
    assert not open_kinds() & {"appeal", "appeal_answer"}


def test_reminders_leave_on_the_days_of_the_targets(team):
    """REN-1: 120, 90, 60, 30 and 15 days before the end; the same days for the period that runs and its targets."""
    decision = make_signed(team)
    end = period_end(decision.signed_on, 6)
    told = {}
    for target in (121, 120, 90, 60, 30, 15, 1):
        with on(end - timedelta(days=target)):
            notices.remind(lambda deadline, day=target: told.setdefault(day, set()).add(deadline.kind) or [])
    assert "period_end" not in told.get(121, set()) | told.get(1, set())
    assert all("period_end" in told[day] for day in (120, 90, 60, 30, 15))
    assert {"renewal_remind"} <= told[120]
    assert {"renewal_open"} <= told[90]
    assert {"renewal_file", "renewal_session"} <= told[60]  # the session, thirty days before its target
    assert {"renewal_session"} <= told[30]
    assert {"renewal_decision"} <= told[15]


# --- no stale reminder ----------------------------------------------------------------------------------------
def test_what_no_longer_falls_due_reminds_nobody(team):
    decision = make_notified(team)
    day = decision.signed_on + timedelta(days=20)
    with on(day):
        end_early(team, decision.dossier, requested_by_person=True, ends_on=day)
    former = period_end(decision.signed_on, 6)
    told = []
    for target in (120, 90, 60, 30, 15, 0):
        with on(former - timedelta(days=target)):
            notices.remind(lambda deadline: told.append(deadline.kind) or [])
    assert not set(told) & {*RENEWAL, "period_end"}


# --- requests -------------------------------------------------------------------------------------------------
def test_papers_asked_for_suspend_the_silence_on_the_aid(team):
    """SIL-1: the delay waits for the papers, to their day at most; the alert on the pathway does not move."""
    application = make_submitted(team)
    first, alert = day_of("afis_silence"), day_of("silence_2m")
    assert first == alert == add_months(application.submitted_on, 2)
    day = application.submitted_on + timedelta(days=10)
    with on(day):
        asked = {"text": "Justificatif de domicile.", "due_on": day + timedelta(days=15)}
        dossiers.ask_for_complement(team.actor("SEC"), application, **asked)
    assert day_of("afis_silence") == first + timedelta(days=15)
    with on(day + timedelta(days=4)):
        dossiers.answer_complement(team.actor("REF"), Application.objects.get(), text="Joint.")
    assert day_of("afis_silence") == first + timedelta(days=4)
    assert day_of("silence_2m") == alert
    with on(day + timedelta(days=5)):
        dossiers.withdraw_application(team.actor("REF"), Application.objects.select_related("dossier").get())
    assert not open_kinds() & {"afis_silence", "silence_2m", "silence_appeal", "complement"}


def test_without_a_request_for_the_aid_its_silence_means_nothing(team):
    application = make_filled(team)
    accredit(team)
    package = draft(team.actor("REF"), application, requests={"aps": True, "afis": False})
    dossiers.record_read_back(team.actor("REF"), package, language="bg", interpreter="")
    dossiers.sign_package(team.actor("MGR"), application)
    dossiers.submit_application(team.actor("REF"), application)
    assert "silence_2m" in open_kinds()
    assert not open_kinds() & {"afis_silence", "silence_appeal"}


# --- silence that refused (L10) ---------------------------------------------------------------------------------
def unanswered(team):
    """The path is authorised, the aid that was asked for is not decided: refused by silence after two months."""
    decision = make_notified(team)
    return decision, day_of("afis_silence")


def ask(team, dossier, day, about="afis"):
    return actions.ask_reasons(team.actor("REF"), mine(team, dossier), about=about, asked_on=day)


def test_reasons_are_due_in_a_month_and_the_delay_waits_for_them(team):
    decision, born = unanswered(team)
    day = born + timedelta(days=30)
    with on(day):
        row = ask(team, decision.dossier, day)
    assert (row.about, row.request) == ("afis", decision.application_id)
    answer = due.opened().get(kind="reasons_answer")
    assert (answer.on, answer.role, answer.rule) == (add_months(day, 1), "SEC", "SIL-2")
    assert "silence_appeal" not in open_kinds()
    given = day + timedelta(days=20)
    with on(given):
        actions.receive_reasons(team.actor("REF"), mine(team, decision.dossier), about="afis", given_on=given)
    assert "reasons_answer" not in open_kinds()
    assert day_of("silence_appeal") == court_limit(given, 2, "metropole")
    assert [one.verb for one in Entry.objects.filter(verb__contains="reasons")] == ["ask_reasons", "receive_reasons"]


def test_reasons_come_after_the_silence_and_before_the_end_of_the_delay(team):
    decision, born = unanswered(team)
    limit = day_of("silence_appeal")
    for day, said in ((born - timedelta(days=1), "à partir du"), (limit + timedelta(days=1), "délai de recours")):
        with on(limit + timedelta(days=9)), pytest.raises(ValidationError) as refusal:
            ask(team, decision.dossier, day)
        assert said in refusal.value.message_dict["asked_on"][0]
    with on(born), pytest.raises(ValidationError):
        ask(team, decision.dossier, born + timedelta(days=1))
    assert not ReasonsRequest.objects.exists()
    assert day_of("silence_appeal") == limit
    with on(limit):
        ask(team, decision.dossier, limit)
        with pytest.raises(Refused):
            ask(team, decision.dossier, limit)
        for given in (limit - timedelta(days=1), limit + timedelta(days=1)):
            with pytest.raises(ValidationError):
                actions.receive_reasons(team.actor("REF"), mine(team, decision.dossier), about="afis", given_on=given)


def test_without_a_silence_there_are_no_reasons_to_ask(team):
    decision, born = unanswered(team)
    grant(team, decision)
    with on(born):
        dossier = mine(team, decision.dossier)
        for act in (
            lambda: ask(team, decision.dossier, born),
            lambda: ask(team, decision.dossier, born, "aps"),
            lambda: actions.receive_reasons(team.actor("REF"), dossier, about="afis", given_on=born),
        ):
            with pytest.raises(Refused):
                act()
        with pytest.raises(ValidationError):
            ask(team, decision.dossier, born, "rsa")


def test_reasons_of_a_silence_on_a_permit(team):
    decision = make_notified(team)
    with on(decision.signed_on):
        asked = record(team, decision.dossier, issued_on=None, requested_on=decision.signed_on)
    born = day_of("aps_silence")
    with on(born):
        ask(team, decision.dossier, born, "aps")
        assert day_of("reasons_answer", key=asked.pk) == add_months(born, 1)
    with on(born + timedelta(days=10)):
        record(team, decision.dossier)
    assert open_kinds(key=asked.pk) == set()


def test_only_the_referent_asks(team):
    decision, born = unanswered(team)
    with on(born):
        for role in ("SEC", "PRE", "MGR", "EMP"):
            with pytest.raises((Refused, Hidden)):
                actions.ask_reasons(team.actor(role), decision.dossier, about="afis", asked_on=born)
        with pytest.raises(Hidden):
            actions.ask_reasons(elsewhere().actor("REF"), decision.dossier, about="afis", asked_on=born)
    assert not ReasonsRequest.objects.exists()


# --- changes while the aid is paid (L24) ------------------------------------------------------------------------
def change(team, decision, day, **given):
    given = given or {"on": day, "children": 2}
    return actions.change_children(team.actor("REF"), mine(team, decision.dossier), **given)


def test_a_change_is_to_be_reported_at_once_then_is(team):
    decision = make_notified(team)
    grant(team, decision)
    day = decision.signed_on + timedelta(days=30)
    with on(day):
        change(team, decision, day)
        assert day_of("situation_report") == day
        assert actions.report_change(team.actor("REF"), mine(team, decision.dossier)) == 1
        assert "situation_report" not in open_kinds()
        change(team, decision, day, on=day, children=3)  # another change on the same day
        assert day_of("situation_report") == day
        actions.report_change(team.actor("REF"), mine(team, decision.dossier))
        with pytest.raises(Refused):
            actions.report_change(team.actor("REF"), mine(team, decision.dossier))
    assert "report_change" in set(Entry.objects.values_list("verb", flat=True))


def test_what_changes_the_aid_is_told_only_while_it_is_paid(team):
    decision = make_notified(team)
    with on(decision.signed_on):
        record(team, decision.dossier, kind="card_l425_1")
    assert "situation_report" not in open_kinds()
    grant(team, decision)
    with on(decision.signed_on + timedelta(days=2)):
        record(team, decision.dossier)  # the permit of the path changes nothing
        assert "situation_report" not in open_kinds()
        card = record(team, decision.dossier, kind="card_l425_1", valid_to=add_months(clock.today(), 14))
        assert day_of("situation_report", key=f"permit:{card.pk}") == clock.today()


def test_another_department_is_told_to_the_payer_by_the_new_referent(team):
    decision = make_notified(team)
    grant(team, decision)
    other = elsewhere()
    with on(decision.signed_on + timedelta(days=20)):
        move(team, decision, other)
    row = due.opened().get(kind="situation_report")
    assert (row.organisation_id, row.department) == (other.organisation.pk, "13")


def test_the_others_report_nothing(team):
    decision = make_notified(team)
    grant(team, decision)
    day = decision.signed_on + timedelta(days=30)
    with on(day):
        change(team, decision, day)
        for role in ("SEC", "MGR", "EMP", "MEM"):
            with pytest.raises((Refused, Hidden)):
                actions.report_change(team.actor(role), decision.dossier)
    assert "situation_report" in open_kinds()
