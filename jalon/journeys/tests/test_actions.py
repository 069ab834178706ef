"""What each verb of the pathway changes, what it writes in the trail, what it refuses."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import QuerySet

from jalon.access import Hidden, Refused
from jalon.config import clock
from jalon.directory.tests.factories import actor_of, make_membership, make_organisation
from jalon.dossiers.models import Application
from jalon.dossiers.tests.factories import accredit, make_complete
from jalon.journal.models import Entry
from jalon.journal.verify import verify
from jalon.journeys import actions, reads
from jalon.journeys.models import AfisGrant, AfisMonth, Appeal, Decision, Journey, Period, Permit, Transfer
from jalon.law.dates import add_months, period_end
from jalon.notices.models import Deadline
from jalon.people import access as people_access
from jalon.people import actions as people
from jalon.people.models import Assignment, Dossier
from jalon.people.tests.factories import make_team, share_with_agency
from jalon.ui.errors import Conflict

from .factories import (
    REASONS,
    REFUSAL,
    SIGNATORY,
    make_complete_renewal,
    make_draft,
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

pytestmark = pytest.mark.django_db


@pytest.fixture
def team():
    return make_team()


def verbs():
    return list(Entry.objects.order_by("seq").values_list("verb", flat=True))


def errors(refusal):
    return refusal.value.message_dict


# --- draft and signature --------------------------------------------------------------------------------------
def test_a_decision_is_drafted_by_either_side_and_written_again(team):
    application = make_opined(team)
    with on(meeting_day(application)):
        first = actions.draft_decision(team.actor("SEC"), application, kind="refuse", **REFUSAL)
        again = actions.draft_decision(team.actor("PRE"), application, kind="authorise")
    assert first.pk == again.pk
    decision = Decision.objects.get()
    assert (decision.kind, decision.state, decision.department) == ("authorise", "draft", "31")
    assert decision.unseal()["reasons_of_fact"] == ""
    assert b"projet" not in bytes(decision.sealed)
    assert [verb for verb in verbs() if verb == "draft_decision"] == ["draft_decision"] * 2


def test_a_stale_draft_is_a_conflict(team):
    decision = make_draft(team)
    with on(decision.drafted_on), pytest.raises(Conflict):
        actions.draft_decision(team.actor("SEC"), decision.application, kind="authorise", revision=99)


def test_a_draft_answers_the_request_after_the_opinion(team):
    application = make_opined(team)
    with on(meeting_day(application)):
        with pytest.raises(ValidationError) as refusal:
            actions.draft_decision(team.actor("SEC"), application, kind="renew")
        assert "kind" in errors(refusal)
    waiting = make_complete(team, alias="Bleuet")
    with pytest.raises(Refused):
        actions.draft_decision(team.actor("SEC"), waiting, kind="authorise")
    assert not Decision.objects.exists()


def test_an_authorisation_opens_the_pathway(team):
    decision = make_signed(team)
    day = decision.signed_on
    dossier = Dossier.objects.get()
    journey, period = Journey.objects.get(), Period.objects.get()
    assert (decision.state, decision.follows_opinion, decision.signed_by_id) == ("signed", True, team.pre.user_id)
    assert (dossier.stage, Application.objects.get().state) == ("S5", "decided")
    assert (period.number, period.starts_on, period.ends_on) == (1, day, period_end(day, 6))
    assert (journey.starts_on, journey.ends_on, journey.cap_on) == (day, period.ends_on, period_end(day, 24))
    assert decision.unseal()["capacity"] == "Préfète"
    entry = Entry.objects.filter(verb="sign_decision").get()
    assert entry.compartment == "C14"
    assert "stepup" in entry.conditions


def test_renewal_deadlines_are_planned(team):
    decision = make_signed(team)
    end = Period.objects.get().ends_on
    due = {row.kind: row.on for row in Deadline.objects.filter(key="1")}
    assert due["period_end"] == end
    assert due["renewal_open"] == end - timedelta(days=90)
    assert due["renewal_session"] == end - timedelta(days=30)
    assert Deadline.objects.get(kind="journey_cap").on == period_end(decision.signed_on, 24)
    assert Deadline.objects.get(kind="notification").role == "SEC"
    assert Dossier.objects.get().next_due_on == decision.signed_on  # to notify: before all the others


def test_printed_dates_win(team):
    decision = make_draft(team)
    day = decision.drafted_on
    start, end = day + timedelta(days=4), day + timedelta(days=100)
    with on(day):
        actions.sign_decision(team.actor("PRE"), decision, effective_on=start, ends_on=end, **SIGNATORY)
    period = Period.objects.get()
    assert (period.starts_on, period.ends_on, period.end_reason) == (start, end, "printed")
    assert period.computed_end_on == period_end(start, 6)


@pytest.mark.parametrize("missing", ["reasons_of_law", "reasons_of_fact", "appeal_routes"])
def test_a_refusal_is_impossible_without_its_reasons(team, missing):
    application = make_opined(team, outcome="unfavourable")
    with pytest.raises(ValidationError) as refusal:  # not even a draft
        make_draft(team, application, kind="refuse", **{**REFUSAL, missing: ""})
    assert set(errors(refusal)) == {missing}
    assert not Decision.objects.exists()
    decision = make_draft(team, application, kind="refuse", **REFUSAL)
    decision.seal({**decision.unseal(), missing: ""})  # a draft of another hand
    decision.save()
    with on(decision.drafted_on), pytest.raises(ValidationError) as refusal:
        actions.sign_decision(team.actor("PRE"), decision, **SIGNATORY)
    assert set(errors(refusal)) == {missing}
    decision.refresh_from_db()
    assert (decision.state, decision.signed_on) == ("draft", None)
    assert Application.objects.get().state == "opined"


def test_a_refusal_opens_nothing(team):
    decision = make_refused(team)
    assert (decision.state, decision.follows_opinion) == ("notified", True)
    assert not Journey.objects.exists()
    assert Dossier.objects.get().stage == "S4"


def test_a_decision_against_the_opinion_is_possible_and_shown(team):
    application = make_opined(team, outcome="unfavourable")
    with pytest.raises(ValidationError) as refusal:
        make_draft(team, application)
    assert "s'écarte de l'avis" in str(errors(refusal)["reasons_of_fact"])
    assert make_signed(team, application, reasons_of_fact="Le projet a mûri.").follows_opinion is False


def test_a_tie_is_no_opinion(team):
    assert make_signed(team, make_opined(team, outcome="none")).follows_opinion is None


@pytest.mark.parametrize("field", ["capacity", "service"])
def test_a_signature_says_in_what_capacity(team, field):
    decision = make_draft(team)
    with on(decision.drafted_on), pytest.raises(ValidationError) as refusal:
        actions.sign_decision(team.actor("PRE"), decision, **{**SIGNATORY, field: " "})
    assert field in errors(refusal)


def test_only_the_prefet_signs_and_only_after_a_step_up(team):
    decision = make_draft(team)
    with on(decision.drafted_on):
        for role in ("SEC", "REF", "MGR", "MEM"):
            with pytest.raises((Refused, Hidden)):
                actions.sign_decision(team.actor(role), decision, **SIGNATORY)
        with pytest.raises(Refused) as refusal:
            actions.sign_decision(team.actor("PRE", stepped_up=False), decision, **SIGNATORY)
        assert refusal.value.missing == {"stepup"}
        with pytest.raises(Hidden):
            actions.sign_decision(make_team("13").actor("PRE"), decision, **SIGNATORY)
    assert Decision.objects.get().state == "draft"


def test_the_prefet_may_decide_late(team):
    """Long after the window of the meeting: the window of the signature runs until the notification."""
    decision = make_draft(team)
    with on(decision.drafted_on + timedelta(days=90)):
        actions.sign_decision(team.actor("PRE"), decision, **SIGNATORY)
    assert Decision.objects.get().state == "signed"


# --- notification and explanation -----------------------------------------------------------------------------
def test_a_notification_opens_the_delay_and_is_explained(team):
    decision = make_refused(team)
    limit = reads.decision_page(Decision.objects.get()).limits.court_limit
    due = Deadline.objects.get(kind="appeal")
    assert (due.on, due.role) == (limit, "REF")
    assert limit >= add_months(decision.notified_on, 2)
    assert Deadline.objects.get(kind="notification").done_on == decision.notified_on
    with on(decision.notified_on):
        told = actions.explain_decision(team.actor("REF"), decision, language="bg", interpreter="Interprète")
    assert told.explained_on == decision.notified_on
    assert told.unseal()["explained"] == {
        "language": "bg", "interpreter": "Interprète", "on": decision.notified_on.isoformat(),
    }  # fmt: skip
    assert verbs()[-1] == "explain_decision"


def test_notifying_is_the_secretariats_after_a_step_up(team):
    decision = make_signed(team)
    with on(decision.signed_on):
        with pytest.raises(Refused) as refusal:
            actions.notify_decision(team.actor("SEC", stepped_up=False), decision)
        assert refusal.value.missing == {"stepup"}
        for role in ("REF", "PRE"):
            with pytest.raises(Refused):
                actions.notify_decision(team.actor(role), decision)
        with pytest.raises(ValidationError):
            actions.notify_decision(team.actor("SEC"), decision, language=" ")
        with pytest.raises(ValidationError):
            actions.explain_decision(team.actor("REF"), decision, language="")
        with pytest.raises(Refused):
            actions.explain_decision(team.actor("SEC"), decision, language="bg")


# --- renewal, cap ---------------------------------------------------------------------------------------------
def test_a_renewal_makes_the_next_period(team):
    first = make_notified(team)
    second = make_renewed(team, first)
    rows = list(Period.objects.order_by("number"))
    assert [row.number for row in rows] == [1, 2]
    assert rows[1].starts_on == rows[0].ends_on + timedelta(days=1)
    assert rows[1].ends_on == period_end(rows[1].starts_on, 6)
    assert rows[1].decision == second
    assert Dossier.objects.get().stage == "S5"
    assert Journey.objects.get().ends_on == rows[1].ends_on
    assert not Deadline.objects.filter(key="1", kind="period_end", done_on=None).exists()
    assert Deadline.objects.get(kind="period_end", key="2").on == rows[1].ends_on
    assert verbs().count("prepare_renewal") == 1


def test_beyond_24_months_it_is_blocked_and_explained(team):
    decision = make_draft(team)
    day = decision.drafted_on
    with on(day):
        actions.sign_decision(team.actor("PRE"), decision, ends_on=period_end(day, 24), **SIGNATORY)
    with on(day + timedelta(days=600)), pytest.raises(Refused) as refusal:
        actions.prepare_renewal(team.actor("REF"), mine(team, decision.dossier))
    assert "24 mois" in refusal.value.why
    assert Application.objects.count() == 1


def test_a_printed_end_does_not_pass_the_cap(team):
    decision = make_draft(team)
    day = decision.drafted_on
    end = period_end(day, 24) + timedelta(days=1)
    with on(day), pytest.raises(ValidationError) as refusal:
        actions.sign_decision(team.actor("PRE"), decision, ends_on=end, **SIGNATORY)
    assert "ends_on" in errors(refusal)
    assert not Journey.objects.exists()


def test_a_start_inside_the_running_period_is_told_at_its_field(team):
    first = make_notified(team)
    end = Period.objects.get().ends_on
    second = make_renewed(team, first)
    assert second.signed_on < end
    other = Decision(kind="renew", signed_on=end, effective_on=end, dossier=first.dossier)
    from jalon.journeys.actions.common import lawful_journey

    with pytest.raises(ValidationError) as refusal:
        lawful_journey([first, other])
    assert "effective_on" in errors(refusal)


def test_no_renewal_without_a_pathway(team):
    make_opined(team)
    with pytest.raises(Refused):
        actions.prepare_renewal(team.actor("REF"), mine(team, Dossier.objects.get()))


# --- early end ------------------------------------------------------------------------------------------------
def end_early(team, dossier, **given):
    return actions.end_early(team.actor("PRE"), mine(team, dossier, "PRE"), **{**REASONS, **SIGNATORY, **given})


def test_an_early_end_is_heard_reasoned_and_cuts_the_period(team):
    decision = make_notified(team)
    day = decision.signed_on + timedelta(days=60)
    with on(day):
        for given, field in (
            ({}, "requested_by_person"),
            ({"requested_by_person": True, "reasons_of_fact": ""}, "reasons_of_fact"),
            ({"requested_by_person": True, "ends_on": day + timedelta(days=999)}, "ends_on"),
        ):
            with pytest.raises(ValidationError) as refusal:
                end_early(team, decision.dossier, **given)
            assert set(errors(refusal)) == {field}
        assert Decision.objects.count() == 1
        make_heard(team, decision.dossier, day)
        ended = end_early(team, decision.dossier, ends_on=day)
    period = Period.objects.get()
    assert (period.ends_on, period.end_reason) == (day, "early_end")
    assert ended.kind == "end_early"
    assert "sign_decision" in verbs()


def test_an_early_end_without_a_day_falls_on_its_notification(team):
    decision = make_notified(team)
    end = Period.objects.get().ends_on
    day = decision.signed_on + timedelta(days=60)
    with on(day):
        ended = end_early(team, decision.dossier, requested_by_person=True)
    assert Period.objects.get().ends_on == end
    with on(day + timedelta(days=3)):
        actions.notify_decision(team.actor("SEC"), ended)
    assert Period.objects.get().ends_on == day + timedelta(days=3)


def test_only_the_prefet_ends_early(team):
    decision = make_notified(team)
    with on(decision.signed_on + timedelta(days=10)):
        for actor in (team.actor("SEC"), team.actor("REF"), make_team("13").actor("PRE")):
            with pytest.raises((Refused, Hidden)):
                actions.end_early(actor, decision.dossier, **REASONS, **SIGNATORY, requested_by_person=True)


# --- AFIS -----------------------------------------------------------------------------------------------------
def grant(team, decision, children=0):
    with on(decision.signed_on + timedelta(days=1)):
        return actions.decide_afis(
            team.actor("PRE"),
            mine(team, decision.dossier, "PRE"),
            granted=True,
            children=children,
            reason="Conditions.",
        )


def test_the_aid_makes_six_months_due_on_the_fifth(team):
    decision = make_notified(team)
    grant(team, decision, children=1)
    months = list(AfisMonth.objects.order_by("month"))
    assert len(months) == 6
    first = months[0]
    assert first.month == decision.signed_on.replace(day=1)
    assert first.due_on == add_months(first.month, 1).replace(day=5)
    assert Decimal(first.unseal()["amount"]) == Decimal("449.28")
    assert b"449" not in bytes(first.sealed)
    assert AfisGrant.objects.get().ends_on == Period.objects.get().ends_on
    entry = Entry.objects.filter(verb="decide_afis").get()
    assert entry.records.count(":") == 8


def test_the_aid_is_refused_with_a_reason_and_granted_once(team):
    decision = make_notified(team)
    prefect = team.actor("PRE")
    with on(decision.signed_on):
        dossier = mine(team, decision.dossier, "PRE")
        with pytest.raises(ValidationError) as refusal:
            actions.decide_afis(prefect, dossier, granted=False)
        assert "reason" in errors(refusal)
        with pytest.raises(ValidationError):
            actions.decide_afis(prefect, dossier, granted=True, children=99)
        actions.decide_afis(prefect, dossier, granted=False, reason="Perçoit le RSA.")
        assert not AfisMonth.objects.exists()
        actions.decide_afis(prefect, dossier, granted=True)
        with pytest.raises(Refused):
            actions.decide_afis(prefect, dossier, granted=True)


def test_a_second_signature_of_the_aid_waits_for_the_first(team, monkeypatch):
    """The file is locked before the look for a running aid, and the table holds one whatever happens."""
    decision = make_notified(team)
    with on(decision.signed_on):
        dossier = mine(team, decision.dossier, "PRE")
        locks = []
        plain = QuerySet.select_for_update

        def seen(rows, *args, **given):
            locks.append(rows.model)
            return plain(rows, *args, **given)

        monkeypatch.setattr(QuerySet, "select_for_update", seen)
        first = actions.decide_afis(team.actor("PRE"), dossier, granted=True)
        assert locks[0] is Dossier
        with pytest.raises(Refused):
            actions.decide_afis(team.actor("PRE"), dossier, granted=True)
    assert AfisGrant.objects.get() == first
    with pytest.raises(IntegrityError), transaction.atomic():
        AfisGrant.objects.create(dossier=dossier, state="granted", decided_on=first.decided_on)


def test_the_months_that_an_end_drops_are_told(team):
    decision = make_notified(team)
    grant(team, decision)
    with on(decision.signed_on + timedelta(days=40)):
        dossier = mine(team, decision.dossier)
        before = AfisMonth.objects.count()
        actions.end_afis(team.actor("REF"), dossier, ended_on=clock.today(), reason="Elle travaille.")
    dropped = before - AfisMonth.objects.count()
    assert dropped > 0
    assert Entry.objects.get(verb="end_afis").records.count(":-") == dropped
    report = verify(records=True)
    assert (report.vanished, report.changed, report.untraced) == (0, [], 0)


def test_the_months_that_the_exit_drops_are_told(team):
    decision = make_notified(team)
    grant(team, decision)
    with on(decision.signed_on + timedelta(days=40)):
        dossier = mine(team, decision.dossier)
        actions.exit_journey(team.actor("REF"), dossier, reason="voluntary_stop", exit_kind="stopped")
    assert ":-" in Entry.objects.get(verb="exit_journey").records
    assert verify(records=True).vanished == 0


def test_the_months_that_an_early_end_drops_are_told(team):
    decision = make_notified(team)
    grant(team, decision)
    with on(decision.signed_on + timedelta(days=40)):
        make_heard(team, decision.dossier, clock.today())
        given = {"ends_on": clock.today() + timedelta(days=1)}
        actions.end_early(team.actor("PRE"), mine(team, decision.dossier, "PRE"), **REASONS, **SIGNATORY, **given)
    assert ":-" in Entry.objects.get(verb="follow_periods").records
    assert verify(records=True).vanished == 0


def test_no_aid_once_the_pathway_is_left(team):
    decision = make_notified(team)
    with on(decision.signed_on + timedelta(days=40)):
        dossier = mine(team, decision.dossier)
        actions.exit_journey(team.actor("REF"), dossier, reason="voluntary_stop", exit_kind="stopped")
        with pytest.raises(Refused):
            actions.decide_afis(team.actor("PRE"), mine(team, decision.dossier, "PRE"), granted=True)


def test_the_aid_is_the_prefets_decision(team):
    decision = make_notified(team)
    with on(decision.signed_on):
        for actor in (team.actor("REF"), team.actor("SEC"), make_team("13").actor("PRE")):
            with pytest.raises((Refused, Hidden)):
                actions.decide_afis(actor, decision.dossier, granted=True)
        with pytest.raises(Refused):
            actions.decide_afis(team.actor("PRE", stepped_up=False), decision.dossier, granted=True)
    assert not AfisGrant.objects.exists()


def test_a_renewal_extends_a_running_aid(team):
    first = make_notified(team)
    grant(team, first)
    make_renewed(team, first)
    assert AfisMonth.objects.count() == 12
    assert AfisGrant.objects.get().ends_on == Period.objects.get(number=2).ends_on


def test_another_child_counts_from_the_month_after(team):
    decision = make_notified(team)
    grant(team, decision)
    born = add_months(decision.signed_on, 2)
    with on(born):
        actions.change_children(team.actor("REF"), mine(team, decision.dossier), on=born, children=1)
    amounts = [Decimal(row.unseal()["amount"]) for row in AfisMonth.objects.order_by("month")]
    assert amounts == [Decimal("343.20")] * 3 + [Decimal("449.28")] * 3
    assert verbs()[-1] == "change_children"
    with pytest.raises(ValidationError):
        actions.change_children(team.actor("REF"), mine(team, decision.dossier), on=born, children=-1)


def test_the_aid_ends_after_the_month_of_the_decision(team):
    decision = make_notified(team)
    grant(team, decision)
    day = add_months(decision.signed_on, 2)
    with on(day):
        with pytest.raises(ValidationError):
            actions.end_afis(team.actor("REF"), mine(team, decision.dossier), ended_on=day, reason="")
        before = decision.signed_on - timedelta(days=90)
        with pytest.raises(ValidationError):
            actions.end_afis(team.actor("REF"), mine(team, decision.dossier), ended_on=before, reason="Emploi")
        actions.end_afis(team.actor("REF"), mine(team, decision.dossier), ended_on=day, reason="Emploi")
        with pytest.raises(Refused):
            actions.end_afis(team.actor("REF"), mine(team, decision.dossier), ended_on=day, reason="Emploi")
    assert AfisMonth.objects.count() == 3
    assert AfisGrant.objects.get().state == "ended"
    assert verbs()[-1] == "end_afis"


def test_the_trail_says_in_what_relation(team):
    decision = make_notified(team)
    grant(team, decision)
    month = AfisMonth.objects.order_by("month").first()
    with on(month.due_on):
        actions.record_payment(team.actor("REF"), month, paid_on=clock.today())
    assert Entry.objects.filter(verb="record_payment").get().relation == "assigned"
    assert Entry.objects.filter(verb="decide_afis").get().relation == "same_dept"


def test_a_payment_is_marked_once_and_undone_with_a_reason(team):
    decision = make_notified(team)
    grant(team, decision)
    month = AfisMonth.objects.order_by("month").first()
    referent = team.actor("REF")
    with on(month.due_on + timedelta(days=20)):
        today = clock.today()
        for day in (today + timedelta(days=1), month.month - timedelta(days=1)):
            with pytest.raises(ValidationError) as refusal:
                actions.record_payment(referent, month, paid_on=day)
            assert "paid_on" in errors(refusal)
        actions.record_payment(referent, month, paid_on=today)
        with pytest.raises(Refused):
            actions.record_payment(referent, month, paid_on=today)
        shown = reads.afis(decision.dossier, today)
        assert (shown.received, shown.months[0].state, shown.months[0].late_days) == (
            Decimal("343.20"),
            "paid_late",
            20,
        )
        with pytest.raises(ValidationError):
            actions.cancel_payment(referent, month, reason="")
        actions.cancel_payment(referent, month, reason="Virement rejeté")
        assert reads.afis(decision.dossier, today).months[0].state == "late"
        with pytest.raises(Refused):
            actions.cancel_payment(referent, month, reason="Encore")
    assert verbs()[-2:] == ["record_payment", "cancel_payment"]


def test_what_was_paid_is_never_touched(team):
    decision = make_notified(team)
    grant(team, decision)
    month = AfisMonth.objects.order_by("month").last()
    with on(month.due_on):
        actions.record_payment(team.actor("REF"), month, paid_on=clock.today())
    day = decision.signed_on + timedelta(days=40)
    with on(day):
        actions.end_afis(team.actor("REF"), mine(team, decision.dossier), ended_on=day, reason="Emploi")
    assert AfisMonth.objects.filter(pk=month.pk).exists()


# --- permits --------------------------------------------------------------------------------------------------
def record(team, dossier, **given):
    defaults = {"kind": "aps_l425_4", "issued_on": clock.today(), "number": "APS-1"}
    return actions.record_permit(team.actor("REF"), mine(team, dossier), **{**defaults, **given})


def test_a_permit_without_an_end_lasts_what_the_law_says(team):
    decision = make_notified(team)
    with on(decision.signed_on + timedelta(days=9)):
        permit = record(team, decision.dossier)
        assert permit.valid_to == period_end(clock.today(), 6)
    assert permit.unseal() == {"number": "APS-1", "computed_end": True}
    due = {row.kind: row.on for row in Deadline.objects.filter(key=permit.pk)}
    assert due == {
        "permit_end": permit.valid_to,
        "aps_request": permit.valid_to - timedelta(days=60),
        "permit_continuity": permit.valid_to - timedelta(days=45),
    }
    assert "record_permit" in verbs()


def test_a_later_permit_replaces_the_deadlines(team):
    decision = make_notified(team)
    with on(decision.signed_on):
        first = record(team, decision.dossier)
        second = record(team, decision.dossier, valid_to=add_months(decision.signed_on, 10))
    assert not Deadline.objects.filter(key=first.pk, done_on=None).exists()
    assert Deadline.objects.filter(key=second.pk, done_on=None).count() == 3


def test_bad_permits_are_told_at_their_field(team):
    decision = make_notified(team)
    with on(decision.signed_on):
        today = clock.today()
        for given, field in (
            ({"kind": "passeport"}, "kind"),
            ({"issued_on": None}, "issued_on"),
            ({"issued_on": today + timedelta(days=1)}, "issued_on"),
            ({"valid_to": today - timedelta(days=1)}, "valid_to"),
            ({"requested_on": today + timedelta(days=1)}, "requested_on"),
            ({"kind": "renewal_receipt"}, "valid_to"),
        ):
            with pytest.raises(ValidationError) as refusal:
                record(team, decision.dossier, **given)
            assert field in errors(refusal)
        record(team, decision.dossier, issued_on=None, requested_on=today)
    assert Permit.objects.get().valid_to is None


def test_a_permit_is_extended_with_a_reason(team):
    decision = make_notified(team)
    with on(decision.signed_on):
        permit = record(team, decision.dossier)
        referent = team.actor("REF")
        for given in (
            {"extended_to": permit.valid_to, "reason": "x"},
            {"extended_to": date(2099, 1, 1), "reason": " "},
        ):
            with pytest.raises(ValidationError):
                actions.extend_permit(referent, permit, **given)
        later = permit.valid_to + timedelta(days=180)
        actions.extend_permit(referent, permit, extended_to=later, reason="Prolongation générale")
    assert Permit.objects.get().extended_to == later
    assert Deadline.objects.get(kind="permit_end").on == later


def shared_with(team, dossier, organisation, days=200):
    with on(clock.today()):
        people.grant_share(
            team.actor("REF"), mine(team, dossier), organisation=organisation, what=["séjour"], language="bg",
            ends_on=clock.today() + timedelta(days=days),
        )  # fmt: skip


def test_the_residence_desk_answers_what_is_shared(team):
    decision = make_notified(team)
    desk = team.actor("ETR")
    with on(decision.signed_on):
        with pytest.raises(Hidden):
            actions.record_permit(desk, decision.dossier, kind="aps_l425_4", issued_on=clock.today())
        shared_with(team, decision.dossier, team.etr.organisation)
        permit = actions.record_permit(
            desk, mine(team, decision.dossier, "ETR"), kind="aps_l425_4", issued_on=clock.today()
        )
    assert Permit.objects.get() == permit


def test_the_others_write_no_permit(team):
    decision = make_notified(team)
    with on(decision.signed_on):
        for role in ("SEC", "PRE", "MGR", "EMP"):
            with pytest.raises((Refused, Hidden)):
                actions.record_permit(team.actor(role), decision.dossier, kind="aps_l425_4", issued_on=clock.today())


# --- appeals --------------------------------------------------------------------------------------------------
def test_an_appeal_moves_the_limit_and_its_answer_too(team):
    decision = make_refused(team)
    start = reads.decision_page(decision).limits.court_limit
    day = decision.notified_on + timedelta(days=30)
    with on(day):
        filed = actions.file_appeal(team.actor("REF"), decision, kind="gracious", filed_on=day)
    assert Deadline.objects.get(kind="appeal_answer").on == add_months(day, 2)
    moved = Deadline.objects.get(kind="appeal").on
    assert moved > start
    with on(day + timedelta(days=10)):
        actions.answer_appeal(team.actor("SEC"), filed, outcome="rejected", text="Sans élément nouveau")
        with pytest.raises(Refused):
            actions.answer_appeal(team.actor("SEC"), filed, outcome="rejected")
    assert Appeal.objects.get().unseal() == {"answer": "Sans élément nouveau"}
    assert Deadline.objects.get(kind="appeal").on < moved
    assert Deadline.objects.get(kind="appeal_answer").done_on
    assert [verb for verb in verbs() if "appeal" in verb] == ["file_appeal", "answer_appeal"]


def test_appeals_are_dated_after_the_notification(team):
    signed = make_signed(team)
    with on(signed.signed_on), pytest.raises(Refused):
        actions.file_appeal(team.actor("REF"), signed, kind="gracious", filed_on=signed.signed_on)
    with on(signed.signed_on):
        decision = actions.notify_decision(team.actor("SEC"), signed)
    day = decision.notified_on
    with on(day + timedelta(days=5)):
        for given in (
            {"kind": "gracious", "filed_on": day - timedelta(days=1)},
            {"kind": "gracious", "filed_on": day + timedelta(days=6)},
            {"kind": "poli", "filed_on": day},
        ):
            with pytest.raises(ValidationError):
                actions.file_appeal(team.actor("REF"), decision, **given)
        for role in ("PRE", "MEM", "EMP"):
            with pytest.raises((Refused, Hidden)):
                actions.file_appeal(team.actor(role), decision, kind="gracious", filed_on=day)
        filed = actions.file_appeal(team.actor("REF"), decision, kind="gracious", filed_on=day)
        with pytest.raises(ValidationError):
            actions.answer_appeal(team.actor("SEC"), filed, outcome="peut-être")
        with pytest.raises(ValidationError):
            actions.answer_appeal(team.actor("SEC"), filed, outcome="rejected", answered_on=day - timedelta(days=1))


@pytest.mark.parametrize("role", ["REF", "MGR"])
def test_the_association_does_not_answer_its_own_appeal(team, role):
    decision = make_refused(team)
    with on(decision.notified_on):
        filed = actions.file_appeal(team.actor("REF"), decision, kind="gracious", filed_on=decision.notified_on)
        with pytest.raises(Refused):
            actions.answer_appeal(team.actor(role), filed, outcome="granted")
    assert Appeal.objects.get().answered_on is None


@pytest.mark.parametrize("role", ["SEC", "PRE"])
def test_an_answer_is_an_act_of_the_state(team, role):
    """A cell that writes, with its fresh proof; and the préfet answers although no period runs."""
    decision = make_refused(team)
    with on(decision.notified_on):
        filed = actions.file_appeal(team.actor("REF"), decision, kind="gracious", filed_on=decision.notified_on)
        with pytest.raises(Refused) as refusal:
            actions.answer_appeal(team.actor(role, stepped_up=False), filed, outcome="granted")
        assert refusal.value.missing == {"stepup"}
        with pytest.raises(Hidden):
            actions.answer_appeal(make_team("13").actor(role), filed, outcome="granted")
        actions.answer_appeal(team.actor(role), filed, outcome="granted")
    assert Appeal.objects.get().outcome == "granted"


# --- a colleague in delegation ----------------------------------------------------------------------------------
def delegate_of(team, dossier):
    colleague = team.member("REF")
    people.assign(
        team.actor("REF"), mine(team, dossier), user=colleague.user, organisation=team.organisation, kind="delegate",
        ends_on=clock.today() + timedelta(days=10),
    )  # fmt: skip
    return actor_of(colleague, stepped_up=True)


def test_a_delegate_does_not_decide_for_the_whole_file(team):
    decision = make_notified(team)
    other = elsewhere()
    with on(decision.signed_on):
        actions.decide_afis(team.actor("PRE"), mine(team, decision.dossier, "PRE"), granted=True)
        colleague = delegate_of(team, decision.dossier)
        dossier = people_access.dossiers_visible_to(colleague).get(pk=decision.dossier_id)
        before = len(verbs())
        for act in (
            lambda: actions.transfer(
                colleague, dossier, to_organisation=other.organisation, to_department="13",
                new_referent=other.ref.user, reason="Elle déménage.",
            ),
            lambda: actions.exit_journey(colleague, dossier, reason="voluntary_stop", exit_kind="stopped"),
            lambda: actions.file_appeal(colleague, decision, kind="gracious", filed_on=clock.today()),
            lambda: actions.explain_decision(colleague, decision, language="bg"),
            lambda: actions.end_afis(colleague, dossier, ended_on=clock.today(), reason="Fin."),
            lambda: actions.change_children(colleague, dossier, on=clock.today(), children=3),
        ):  # fmt: skip
            with pytest.raises(Refused):
                act()
    assert not {"transfer", "exit_journey", "file_appeal", "explain_decision", "end_afis"} & set(verbs()[before:])
    assert Dossier.objects.get().department == "31"


# --- transfer and exit ----------------------------------------------------------------------------------------
def elsewhere():
    other = make_team("13", "Association Calanque")
    accredit(other)
    return other


def move(team, decision, other, **given):
    defaults = {
        "to_organisation": other.organisation, "to_department": "13", "new_referent": other.ref.user,
        "reason": "Elle déménage.",
    }  # fmt: skip
    return actions.transfer(team.actor("REF"), mine(team, decision.dossier), **{**defaults, **given})


def test_a_notification_stays_with_the_department_of_the_decision(team):
    """After a transfer the secretariat that may notify is the one that has it on its list."""
    from jalon.commissions.reads import to_notify

    decision = make_signed(team)
    other = elsewhere()
    with on(decision.signed_on):
        move(team, decision, other)
        assert [row.decision_id for row in to_notify("31")] == [decision.pk]
        assert len(to_notify("13")) == 0
        actions.notify_decision(team.actor("SEC"), decision, language="bg")
        assert len(to_notify("31")) == 0


def test_a_decision_signed_after_the_transfer_is_notified_where_it_was_asked(team):
    from jalon.commissions.reads import to_notify

    first = make_notified(team)
    other = elsewhere()
    second = renewal_opined(team, first)
    with on(meeting_day(second)):
        move(team, first, other)
        draft = actions.draft_decision(team.actor("SEC"), second, kind="renew")
        actions.sign_decision(team.actor("PRE"), draft, **SIGNATORY)
        assert [row.decision_id for row in to_notify("31")] == [draft.pk]
        assert len(to_notify("13")) == 0


def renewal_opined(team, first):
    end = period_end(first.effective_on or first.signed_on, 6)
    with on(end - timedelta(days=40)):
        return make_opined(team, make_complete_renewal(team, first))


def test_a_transfer_keeps_the_clock_and_the_orders(team):
    decision = make_notified(team)
    other = elsewhere()
    before = Period.objects.values_list("starts_on", "ends_on").get()
    with on(decision.signed_on + timedelta(days=20)):
        row = move(team, decision, other)
        dossier = Dossier.objects.get()
        assert (dossier.department, dossier.organisation_id) == ("13", other.organisation.pk)
        assert Period.objects.values_list("starts_on", "ends_on").get() == before
        assert row.unseal()["reason"] == "Elle déménage."
        assert not Deadline.objects.filter(done_on=None, cancelled_on=None, department="31", role="REF").exists()
        assert Assignment.objects.filter(user=other.ref.user, ends_on=None).exists()
        assert mine(other, dossier).number == dossier.number
        assert reads.clock(dossier).computed.periods[0].start == before[0]
    assert "transfer" in verbs()


def test_a_transfer_goes_to_an_approved_association(team):
    decision = make_notified(team)
    other = elsewhere()
    with on(decision.signed_on + timedelta(days=20)):
        for given, field in (
            ({"to_department": "971x"}, "to_department"),
            ({"to_department": "69"}, "to_organisation"),
            ({"to_organisation": make_organisation("association", "Sans agrément", "13")}, "to_organisation"),
            ({"reason": " "}, "reason"),
            ({"to_organisation": team.organisation, "to_department": "31"}, "to_department"),
        ):
            with pytest.raises(ValidationError) as refusal:
                move(team, decision, other, **given)
            assert field in errors(refusal)
        for role in ("SEC", "PRE", "EMP"):
            with pytest.raises((Refused, Hidden)):
                actions.transfer(
                    team.actor(role), decision.dossier, to_organisation=other.organisation, to_department="13",
                    new_referent=other.ref.user, reason="x",
                )  # fmt: skip
    assert not Transfer.objects.exists()


def test_an_exit_closes_the_dossier_and_stops_the_aid(team):
    decision = make_notified(team)
    grant(team, decision)
    day = decision.signed_on + timedelta(days=75)
    referent = team.actor("REF")
    with on(day):
        dossier = mine(team, decision.dossier)
        given = {"reason": "employment_permanent", "exit_kind": "durable_job"}
        for wrong, field in (
            ({"reason": "ennui"}, "reason"),
            ({"exit_kind": "riche"}, "exit_kind"),
            ({"on": day + timedelta(days=1)}, "on"),
            ({"on": decision.signed_on - timedelta(days=1)}, "on"),
        ):
            with pytest.raises(ValidationError) as refusal:
                actions.exit_journey(referent, dossier, **{**given, **wrong})
            assert field in errors(refusal)
        actions.exit_journey(referent, dossier, **given, note="CDI signé.")
    journey = Journey.objects.get()
    assert (journey.exited_on, journey.exit_reason, journey.exit_kind) == (
        day, "employment_permanent", "durable_job",
    )  # fmt: skip
    assert journey.unseal()["note"] == "CDI signé."
    assert Dossier.objects.get().stage == "S6"
    assert AfisGrant.objects.get().state == "ended"
    assert AfisMonth.objects.filter(month__gt=day).count() == 0
    left = Deadline.objects.filter(dossier=dossier.pk, done_on=None, cancelled_on=None)
    assert set(left.values_list("kind", flat=True)) == {"retention", "afis_stop"}
    assert "exit_journey" in verbs()


def test_only_the_association_writes_the_end(team):
    decision = make_notified(team)
    with on(decision.signed_on):
        for role in ("SEC", "PRE", "MEM", "EMP"):
            with pytest.raises((Refused, Hidden)):
                actions.exit_journey(team.actor(role), decision.dossier, reason="training", exit_kind="in_training")
    waiting = make_opined(team, make_complete(team, alias="Bleuet"))
    with pytest.raises(Refused):
        actions.exit_journey(team.actor("REF"), mine(team, waiting.dossier), reason="training", exit_kind="in_training")


def test_the_adviser_touches_nothing_of_a_pathway(team):
    decision = make_notified(team)
    with on(decision.signed_on):
        share_with_agency(team, mine(team, decision.dossier))
        grant(team, decision)
        adviser = team.actor("EMP")
        dossier = mine(team, decision.dossier, "EMP")
        for act in (
            lambda: actions.record_payment(adviser, AfisMonth.objects.first(), paid_on=clock.today()),
            lambda: actions.record_permit(adviser, dossier, kind="aps_l425_4", issued_on=clock.today()),
            lambda: actions.file_appeal(adviser, decision, kind="gracious", filed_on=clock.today()),
            lambda: actions.prepare_renewal(adviser, dossier),
        ):
            with pytest.raises((Refused, Hidden)):
                act()


def test_the_neighbour_association_touches_nothing(team):
    decision = make_notified(team)
    neighbour = make_membership("REF", organisation=make_organisation("association", "Voisine", "31"))
    with on(decision.signed_on):
        actor = actor_of(neighbour, stepped_up=True)
        for act in (
            lambda: actions.explain_decision(actor, decision, language="bg"),
            lambda: actions.record_permit(actor, decision.dossier, kind="aps_l425_4", issued_on=clock.today()),
            lambda: actions.exit_journey(actor, decision.dossier, reason="training", exit_kind="in_training"),
        ):
            with pytest.raises(Hidden):
                act()
