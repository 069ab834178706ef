"""Who sees which decision, permit, payment: windows of the préfet, neighbours, transfer, shares."""

from datetime import timedelta

import pytest

from jalon.access import Hidden
from jalon.config import clock
from jalon.directory.tests.factories import actor_of, make_actor, make_membership, make_organisation
from jalon.dossiers.tests.factories import accredit
from jalon.journeys import access, actions, reads
from jalon.journeys.models import Decision
from jalon.people import actions as people
from jalon.people.models import Dossier
from jalon.people.tests.factories import make_team, share_with_agency

from .factories import SIGNATORY, make_draft, make_notified, make_opined, make_refused, make_signed, mine, on

pytestmark = pytest.mark.django_db


@pytest.fixture
def team():
    return make_team()


def seen(actor):
    return set(access.decisions_visible_to(actor).values_list("pk", flat=True))


def may(actor, decision, action="read"):
    row = Decision.objects.select_related("dossier", "application").get(pk=decision.pk)
    return access.verdict(actor, row, action).allowed


def test_a_draft_is_the_state_sides(team):
    decision = make_draft(team)
    with on(decision.drafted_on):
        for role in ("SEC", "PRE"):
            assert seen(team.actor(role)) == {decision.pk}
            assert may(team.actor(role), decision)
        for role in ("REF", "MGR", "MEM", "EMP", "ETR", "DPO", "ADM", "OPS", "STA"):
            assert seen(team.actor(role)) == set()


def test_the_association_reads_what_is_signed(team):
    decision = make_signed(team)
    with on(decision.signed_on):
        for role in ("REF", "MGR"):
            assert seen(team.actor(role)) == {decision.pk}
            assert may(team.actor(role), decision)
        colleague = make_actor("REF", team.organisation)
        assert seen(colleague) == set()
        assert not may(colleague, decision)


@pytest.mark.parametrize("make", [make_signed, make_notified, make_refused])
def test_the_department_reads_its_decisions(team, make):
    decision = make(team)
    with on(decision.signed_on):
        assert may(team.actor("SEC"), decision)
        assert may(team.actor("PRE"), decision)
        neighbour = make_team("13")
        for role in ("SEC", "PRE", "REF", "MGR"):
            actor = neighbour.actor(role)
            assert seen(actor) == set()
            assert not may(actor, decision)
            with pytest.raises(Hidden):
                access.require(actor, decision, "read")


def test_the_window_of_the_signature(team):
    """From the opinion, however long after, until the notification."""
    application = make_opined(team)
    prefect, later = team.actor("PRE"), clock.today() + timedelta(days=200)
    with on(later):
        assert access.can_draft(prefect, application)
        decision = actions.draft_decision(team.actor("SEC"), application, kind="authorise")
        assert may(prefect, decision, "sign")
        assert not may(team.actor("PRE", stepped_up=False), decision, "sign")
        assert not may(team.actor("SEC"), decision, "sign")
        signed = actions.sign_decision(prefect, decision, **SIGNATORY)
        actions.notify_decision(team.actor("SEC"), signed)
        assert not may(prefect, signed, "sign")
        assert may(prefect, signed)


def test_who_drafts(team):
    application = make_opined(team)
    with on(application.agenda_items.get().meeting.on):
        assert access.can_draft(team.actor("SEC"), application)
        assert access.can_draft(team.actor("PRE"), application)
        assert not access.can_draft(team.actor("PRE", stepped_up=False), application)
        for role in ("MEM", "EMP", "ETR"):
            assert not access.can_draft(team.actor(role), application)
        assert not access.can_draft(make_team("13").actor("SEC"), application)


def test_the_acts_that_follow_last_as_long_as_a_period(team):
    decision = make_notified(team)
    dossier, prefect = decision.dossier, team.actor("PRE")
    with on(decision.signed_on + timedelta(days=100)):
        assert access.act_verdict(prefect, dossier).allowed
        assert access.may_act(team.actor("PRE", stepped_up=False), dossier)
        assert not access.may_act(team.actor("SEC"), dossier)
        assert not access.may_act(make_team("13").actor("PRE"), dossier)
    with on(decision.signed_on + timedelta(days=300)):
        assert not access.may_act(prefect, dossier)


def test_after_a_transfer_the_former_unit_sees_nothing(team):
    decision = make_notified(team)
    other = make_team("13", "Association Calanque")
    accredit(other)
    with on(decision.signed_on + timedelta(days=20)):
        actions.transfer(
            team.actor("REF"), mine(team, decision.dossier), to_organisation=other.organisation, to_department="13",
            new_referent=other.ref.user, reason="Elle déménage.",
        )  # fmt: skip
        for role in ("REF", "MGR", "SEC", "PRE"):
            assert seen(team.actor(role)) == set()
            assert not may(team.actor(role), decision)
        for role in ("REF", "MGR", "SEC", "PRE"):
            assert seen(other.actor(role)) == {decision.pk}
            assert may(other.actor(role), decision)


def test_a_request_lodged_before_the_transfer_stays_where_it_was(team):
    application = make_opined(team)
    other = make_team("13", "Association Calanque")
    accredit(other)
    with on(application.agenda_items.get().meeting.on):
        actions.transfer(
            team.actor("REF"), mine(team, application.dossier), to_organisation=other.organisation, to_department="13",
            new_referent=other.ref.user, reason="Elle déménage.",
        )  # fmt: skip
        decision = actions.draft_decision(team.actor("SEC"), application, kind="authorise")
        assert may(team.actor("PRE"), decision, "sign")
        assert not may(other.actor("PRE"), decision, "sign")
        signed = actions.sign_decision(team.actor("PRE"), decision, **SIGNATORY)
        actions.notify_decision(team.actor("SEC"), signed)
        assert seen(team.actor("PRE")) == set()
        assert seen(other.actor("PRE")) == {decision.pk}


def test_the_residence_desk_sees_what_is_shared_until_its_end(team):
    decision = make_notified(team)
    desk = team.actor("ETR")
    assert len(reads.residence_home(desk)) == 0
    with on(decision.signed_on):
        people.grant_share(
            team.actor("REF"), mine(team, decision.dossier), organisation=team.etr.organisation, what=["séjour"],
            language="bg", ends_on=decision.signed_on + timedelta(days=90),
        )  # fmt: skip
        row = reads.residence_home(desk)[0]
        assert (row.opened, row.writable, row.to_do, row.end) == (True, True, True, None)
        assert may(desk, decision)
        neighbour = make_membership("ETR", organisation=make_organisation("prefecture", "Autre", "31"))
        assert len(reads.residence_home(actor_of(neighbour))) == 0
        assert seen(actor_of(neighbour)) == set()
    with on(decision.signed_on + timedelta(days=91)):
        assert len(reads.residence_home(desk)) == 0
        assert seen(desk) == set()


def test_a_share_without_an_end_opens_the_decision_only(team):
    decision = make_notified(team)
    desk = team.actor("ETR")
    with on(decision.signed_on):
        people.grant_share(
            team.actor("REF"), mine(team, decision.dossier), organisation=team.etr.organisation, what=["décision"],
            language="bg",
        )  # fmt: skip
        row = reads.residence_home(desk)[0]
        assert (row.opened, row.writable, row.permit) == (False, False, None)
        assert may(desk, decision)


def test_rights_show_only_what_the_matrix_opens(team):
    decision = make_notified(team)
    with on(decision.signed_on):
        shown = reads.rights(mine(team, decision.dossier), team.actor("REF"))
        assert shown.afis is not None
        assert shown.residence is not None
        for role in ("MGR", "SEC", "PRE"):
            hidden = reads.rights(mine(team, decision.dossier, role), team.actor(role))
            assert (hidden.afis, hidden.residence) == (None, None)
        share_with_agency(team, mine(team, decision.dossier))
        adviser = reads.rights(mine(team, decision.dossier, "EMP"), team.actor("EMP"))
        assert (adviser.afis, adviser.residence) == (None, None)


def test_nothing_of_a_purged_dossier(team):
    decision = make_notified(team)
    Dossier.objects.update(stage="S7")
    for role in ("REF", "MGR", "SEC", "PRE"):
        assert decision.pk not in seen(team.actor(role))
