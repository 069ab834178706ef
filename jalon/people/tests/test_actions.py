"""The verbs of the person's file: what each writes, what each refuses."""

import re
from datetime import date, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.core.management import call_command
from django.db import connection

from jalon.access import Actor, Hidden, Refused
from jalon.access.breakglass import break_glass
from jalon.config import clock
from jalon.directory.actions import end_membership
from jalon.directory.tests.factories import actor_of
from jalon.journal.models import Entry
from jalon.journal.trail import record_ref
from jalon.law.dates import add_months
from jalon.notices import actions as notices
from jalon.notices.models import Deadline, Outbox
from jalon.papers.models import Paper
from jalon.people import access, actions, reads, records
from jalon.people.models import (
    Agreement,
    Assignment,
    Dossier,
    ErasureConsent,
    Identity,
    Information,
    SafeContact,
    Share,
)
from jalon.people.tests.factories import make_closed, make_dossier, make_prepared, make_team, share_with_agency
from jalon.ui.errors import Conflict
from jalon.vault import files, ids
from jalon.vault.errors import KeyMissing
from jalon.vault.models import KeySlot, SealedFile

pytestmark = pytest.mark.django_db


@pytest.fixture
def team():
    return make_team()


@pytest.fixture
def actor(team):
    return team.actor("REF")


def test_a_first_contact_has_every_channel_off_and_a_check_in_ninety_days(team, actor):
    dossier = make_dossier(team)
    assert dossier.stage == "S0"
    assert re.fullmatch(rf"31-{clock.today().year}-[1-9]\d{{3}}", dossier.number)
    record = SafeContact.objects.get().unseal()
    assert record == {**records.NO_CONTACT, "language": "bg"}
    assert records.channels(SafeContact.objects.get(), record) == frozenset()
    due = Deadline.objects.get(kind="safe_contact_check")
    assert due.on == clock.today() + timedelta(days=90) == dossier.next_due_on
    assert Assignment.objects.get().kind == "referent"


def test_a_number_tells_no_association_how_many_files_others_open_and_a_taken_one_is_refused(team, actor, monkeypatch):
    make_dossier(team, number="31-2019-4007")
    drawn = iter([4007, 4007, 2500])
    monkeypatch.setattr(ids, "rank", lambda: next(drawn))
    with clock.at(date(2019, 6, 1)):
        assert make_dossier(team, alias="Sauge").number == "31-2019-2500"
    with pytest.raises(Refused):
        make_dossier(team, alias="Thym", number="31-2019-4007")
    assert Dossier.objects.count() == 2


@pytest.mark.parametrize("role", ["MGR", "SEC", "EMP", "DPO", "MEM", "PRE", "ETR"])
def test_only_a_social_worker_opens_a_file(team, role):
    with pytest.raises(Refused):
        make_dossier(team, actor=team.actor(role))


def test_records_are_strict(team, actor):
    for given in (
        {"contact": {"whatsapp": "x"}},
        {"contact": {"sms_ok": "oui"}},
        {"identity": {"religion": "x"}},
        {"identity": {"nationality": "ZZZ"}},
        {"identity": {"gender": "?"}},
        {"alias": "  "},
    ):
        with pytest.raises(ValueError, match=r"."):
            make_dossier(team, **given)
    assert not Dossier.objects.exists()
    make_dossier(team, identity={"nationality": "ro"})
    assert Identity.objects.get().unseal()["nationality"] == "ROU"


def test_identity_changes_what_is_named_and_conflicts(team, actor):
    dossier = make_dossier(team)
    row = actions.update_identity(actor, dossier, data={"usual_name": "Lina"}, revision=1)
    assert row.unseal()["usual_name"] == "Lina"
    assert row.unseal()["family_name"] == "Zelenkova"
    with pytest.raises(Conflict) as conflict:
        actions.update_identity(actor, dossier, data={"usual_name": "Mia"}, revision=1)
    assert conflict.value.theirs["usual_name"] == "Lina"


def test_safe_contact_is_reviewed_stopped_and_expires(team, actor):
    dossier = make_dossier(team)
    given = {"phone": "+33639980011", "sms_ok": True, "sender_label": "Marie"}
    row = actions.update_safe_contact(actor, dossier, data=given)
    assert records.channels(row, row.unseal()) == {"sms"}
    stopped = actions.stop_messages(actor, dossier)
    assert records.channels(stopped, stopped.unseal()) == frozenset()
    row = actions.update_safe_contact(actor, dossier, data={})
    assert not row.messages_stopped
    with clock.at(clock.today() + timedelta(days=90)):
        assert records.channels(row, row.unseal()) == {"sms"}
    with clock.at(clock.today() + timedelta(days=91)):
        assert records.channels(row, row.unseal()) == frozenset()


# --- agreements -----------------------------------------------------------------------------------------------------


def test_agreement_opens_the_preparation_and_is_taken_back_in_one_act(team, actor):
    dossier = make_dossier(team)
    for bad in ({"language": ""}, {"language": "bg", "read_back": False}):
        with pytest.raises(Refused):
            actions.record_agreement(actor, dossier, **bad)
    with pytest.raises(ValidationError):
        actions.record_agreement(actor, dossier, language="bg", how="oral")  # nobody to say so
    actions.record_agreement(actor, dossier, language="bg", interpreter="Service", presence=["interpreter"])
    assert dossier.stage == "S1"
    assert Agreement.objects.get().unseal()["presence"] == ["interpreter"]
    # What the law makes compulsory is told, in a record of its own, with its own line in the trail.
    assert Information.objects.get(dossier=dossier).unseal()["language"] == "bg"
    assert Entry.objects.filter(verb="record_information").count() == 1
    told = {"language": "bg", "presence": ["interpreter"]}
    actions.record_information(actor, dossier, **told)  # sent twice: noted once
    assert Entry.objects.filter(verb="record_information").count() == Information.objects.count() == 1
    actions.record_information(actor, dossier, language="ro", presence=["interpreter"])
    with clock.at(clock.now() + timedelta(days=1)):
        actions.record_information(actor, dossier, **told)
    assert Entry.objects.filter(verb="record_information").count() == Information.objects.count() == 3
    assert access.can(actor, dossier, "C10", "edit")
    with pytest.raises(Conflict):
        actions.record_agreement(actor, dossier, language="bg")
    actions.withdraw_agreement(actor, dossier)
    assert not access.can(actor, dossier, "C10", "edit")
    with pytest.raises(Conflict):
        actions.withdraw_agreement(actor, dossier)
    actions.record_agreement(actor, dossier, language="fr")
    assert dossier.stage == "S1"
    assert Agreement.objects.filter(withdrawn_at__isnull=True).count() == 1


def test_a_share_opens_and_closes_the_adviser_s_scope_at_once(team, actor):
    dossier = make_prepared(team)
    adviser = team.actor("EMP")
    assert not access.dossiers_visible_to(adviser).exists()
    share_with_agency(team, dossier)
    assert access.dossiers_visible_to(adviser).get() == dossier
    assert access.can(adviser, dossier, "C10", "read")
    assert not access.can(adviser, dossier, "C4", "read")
    share = Share.objects.get()
    with pytest.raises(Conflict):
        actions.grant_share(actor, dossier, organisation=team.agency, what=["projet"], language="bg")
    actions.revoke_share(actor, share)
    assert not access.dossiers_visible_to(adviser).exists()
    with pytest.raises(Hidden):
        access.require(adviser, dossier, "C10", "read")
    with pytest.raises(Conflict):
        actions.revoke_share(actor, share)


def test_a_share_that_ended_leaves_its_place(team, actor):
    dossier = make_prepared(team)
    actions.grant_share(actor, dossier, organisation=team.agency, what=["projet"], language="bg", ends_on=clock.today())
    with clock.at(clock.today() + timedelta(days=2)):
        actions.grant_share(actor, dossier, organisation=team.agency, what=["projet"], language="bg")
    with pytest.raises(Refused):
        actions.grant_share(actor, dossier, organisation=team.organisation, what=["projet"], language="bg")
    with pytest.raises(Refused):
        actions.grant_share(actor, dossier, organisation=team.agency, what=[], language="bg")


# --- assignments ----------------------------------------------------------------------------------------------------


def test_sharing_asks_for_a_proof_of_identity_and_taking_back_does_not(team):
    dossier, plain = make_prepared(team), team.actor("REF", stepped_up=False)
    with pytest.raises(Refused) as refused:
        actions.grant_share(plain, dossier, organisation=team.agency, what=["projet"], language="bg")
    assert refused.value.missing == {"stepup"}
    assert not Share.objects.exists()
    row = actions.grant_share(team.actor("REF"), dossier, organisation=team.agency, what=["projet"], language="bg")
    assert actions.revoke_share(plain, row).revoked_at


def test_a_delegation_has_an_end_and_stops_by_itself(team, actor):
    dossier = make_prepared(team)
    colleague = team.member("REF")
    with pytest.raises(Refused):
        actions.assign(actor, dossier, user=colleague.user, organisation=team.organisation, kind="delegate")
    end = clock.today() + timedelta(days=5)
    actions.assign(actor, dossier, user=colleague.user, organisation=team.organisation, kind="delegate", ends_on=end)
    from jalon.directory.tests.factories import actor_of

    other = actor_of(colleague, stepped_up=True)
    assert access.can(other, dossier, "C10", "edit")
    assert not access.can(other, dossier, "C4", "read")
    with clock.at(end + timedelta(days=1)):
        assert not access.dossiers_visible_to(other).exists()


def test_the_manager_replaces_the_referent(team, actor):
    dossier = make_prepared(team)
    colleague = team.member("REF")
    given = {"user": colleague.user, "organisation": team.organisation, "kind": "referent"}
    with pytest.raises(Refused):
        actions.assign(actor, dossier, **given)
    actions.assign(team.actor("MGR"), dossier, **given)
    assert not access.dossiers_visible_to(actor).exists()
    assert Assignment.objects.filter(dossier=dossier, kind="referent").count() == 1
    with clock.at(clock.today() + timedelta(days=3)):
        actions.assign(team.actor("MGR"), dossier, user=team.ref.user, organisation=team.organisation, kind="referent")
        ended = Assignment.objects.get(user=colleague.user)
        assert ended.ends_on == clock.today() - timedelta(days=1)


def test_nobody_is_named_without_the_function_or_the_organisation(team, actor):
    dossier = make_prepared(team)
    stranger = make_team("31", "Association voisine")
    end = clock.today() + timedelta(days=5)
    for user, organisation, kind in (
        (stranger.ref.user, team.organisation, "delegate"),
        (stranger.ref.user, stranger.organisation, "delegate"),
        (team.mgr.user, team.organisation, "delegate"),
        (team.ref.user, team.agency, "adviser"),
        (team.emp.user, team.organisation, "adviser"),
    ):
        with pytest.raises(Refused):
            actions.assign(actor, dossier, user=user, organisation=organisation, kind=kind, ends_on=end)


def test_ending_an_assignment(team, actor):
    dossier = make_prepared(team)
    share_with_agency(team, dossier)
    row = Assignment.objects.get(kind="adviser")
    actions.end_assignment(actor, row)
    assert not access.dossiers_visible_to(team.actor("EMP")).exists()
    with pytest.raises(Refused):
        actions.end_assignment(actor, Assignment.objects.get(kind="referent"))


# --- life of the file -----------------------------------------------------------------------------------------------


def test_contacted_never_goes_back(team):
    dossier = make_dossier(team)
    today = clock.today()
    actions.contacted(dossier, today - timedelta(days=3))
    assert dossier.last_contact_on == today
    assert Deadline.objects.get(kind="retention").on == add_months(today, 6)  # a first contact
    actions.contacted(dossier, today + timedelta(days=3))
    assert dossier.last_contact_on == today + timedelta(days=3)
    assert Deadline.objects.get(kind="retention").on == add_months(today + timedelta(days=3), 6)


def test_moving_changes_the_holder_and_ends_shares(team, actor):
    dossier = make_prepared(team)
    share_with_agency(team, dossier)
    there = make_team("13", "Association du Sud")
    actions.move_dossier(actor, dossier, organisation=there.organisation, department="13", referent=there.ref.user)
    assert not access.dossiers_visible_to(actor).exists()
    assert access.dossiers_visible_to(there.actor("REF")).get() == dossier
    assert Share.objects.get().revoked_at
    assert Deadline.objects.filter(dossier=dossier.pk, department="13").exists()
    assert not Deadline.objects.exclude(department="13").exists()
    assert dossier.stage == "S1"


def test_a_share_that_a_move_ends_is_no_longer_to_be_renewed(team, actor):
    dossier = make_prepared(team)
    share_with_agency(team, dossier)
    there = make_team("13", "Association du Sud")
    assert Deadline.objects.filter(kind="share_end", cancelled_on=None).exists()
    actions.move_dossier(actor, dossier, organisation=there.organisation, department="13", referent=there.ref.user)
    assert not Deadline.objects.filter(kind="share_end", cancelled_on=None).exists()


def test_closing_plans_retention(team, actor):
    dossier = make_closed(team)
    assert dossier.closed_on == clock.today()
    due = Deadline.objects.get(kind="retention")
    assert (due.on, due.role, due.open) == (records.review_on(dossier), "DPO", True)
    assert not Deadline.objects.filter(kind="safe_contact_check", cancelled_on=None).exists()
    with pytest.raises(Refused):
        actions.close_dossier(actor, dossier)


# --- erasure --------------------------------------------------------------------------------------------------------


def test_erasing_needs_two_different_active_people(team, actor):
    dossier = make_closed(team)
    officer = team.actor("DPO")
    manager = team.mgr
    outsider = make_team("31", "Association voisine").mgr
    for second in (team.dpo.user, outsider.user, team.ref.user):
        with pytest.raises(Refused) as refused:
            actions.erase_dossier(officer, dossier, second_user=second, reason="retention")
        assert "foureyes" in refused.value.missing
    with pytest.raises(Refused):
        actions.erase_dossier(team.actor("DPO", stepped_up=False), dossier, second_user=manager.user, reason="request")
    with pytest.raises(Refused):
        actions.erase_dossier(team.actor("MGR"), dossier, second_user=team.dpo.user, reason="request")
    with pytest.raises(Refused):
        actions.erase_dossier(officer, dossier, second_user=manager.user, reason="pour voir")
    from jalon.access import SYSTEM

    end_membership(SYSTEM, manager, ends_on=clock.today() - timedelta(days=1))
    with pytest.raises(Refused):
        actions.erase_dossier(officer, dossier, second_user=manager.user, reason="retention")
    assert Identity.objects.get().unseal()["family_name"] == "Zelenkova"


def test_erasing_destroys_the_keys_and_leaves_a_tombstone(team, actor):
    dossier = make_closed(team)
    stale, agreement = Identity.objects.get(), Agreement.objects.get()
    reference = Entry.objects.filter(verb="open_dossier").get().subject
    paper = files.store(dossier.pk, "G1", b"%PDF-1.4", {"type": "pdf"})
    actions.consent_to_erasure(team.actor("MGR"), dossier)
    actions.erase_dossier(team.actor("DPO"), dossier, second_user=team.mgr.user, visa="AD31-2026-4", reason="request")
    told = Entry.objects.get(verb="erase").records
    for table, row in (("people_identity", stale.pk), ("vault_sealedfile", paper.pk)):
        assert f"{record_ref(table, row)}:-" in told
    assert not SealedFile.objects.exists()
    dossier.refresh_from_db()
    assert (dossier.stage, dossier.erased_on, bytes(dossier.audit_salt)) == ("S7", clock.today(), b"")
    assert dossier.number
    assert not KeySlot.objects.filter(owner=dossier.pk).exclude(slot_type="erased").exists()
    assert {bytes(row.sealed) for row in (*Identity.objects.all(), *SafeContact.objects.all())} == {b""}
    for row in (stale, agreement):
        with pytest.raises(KeyMissing):
            row.unseal()
    entry = Entry.objects.get(verb="erase")
    assert (entry.subject, entry.purpose, entry.relation) == (reference, "request", "same_org")
    assert "AD31" not in entry.objects_seen
    assert not access.dossiers_visible_to(team.actor("DPO")).exists()


def test_erasing_leaves_the_numbers_of_papers_only(team, actor):
    dossier = make_closed(team)
    given = {"kind": "certificate", "version": 1, "language": "fr", "year": 2026, "place": "31", "about": "x"}
    made = Paper.objects.create(
        **given, number=1, dossier=dossier.pk, sha256="a" * 64, made_on=clock.today(), made_by=team.ref.user
    )
    actions.consent_to_erasure(team.actor("MGR"), dossier)
    actions.erase_dossier(team.actor("DPO"), dossier, second_user=team.mgr.user, reason="request")
    made.refresh_from_db()
    assert (made.number, made.dossier, made.about, made.sha256) == (1, "", "", "")
    assert Entry.objects.filter(verb="forget_papers").exists()


def test_consent_is_given_from_one_s_own_session(team, actor):
    open_file = make_prepared(team)
    manager = team.actor("MGR")
    with pytest.raises(Refused):
        actions.consent_to_erasure(manager, open_file)
    dossier = make_closed(team, alias="Sauge")
    with pytest.raises(Refused):
        actions.consent_to_erasure(team.actor("MGR", stepped_up=False), dossier)
    with pytest.raises(Refused):
        actions.consent_to_erasure(actor, dossier)
    actions.consent_to_erasure(manager, dossier)
    with pytest.raises(Conflict):
        actions.consent_to_erasure(manager, dossier)
    assert [row.user_id for row in reads.consents(dossier)] == [manager.user_id]
    with clock.at(clock.today() + timedelta(days=8)):
        assert reads.consents(dossier) == []
    assert actions.withdraw_consent(manager, dossier) == 1
    assert not ErasureConsent.objects.exists()


# --- exceptional access -----------------------------------------------------------------------------------------------


def test_exceptional_access_opens_reading_for_an_hour(team):
    dossier = make_prepared(team)
    manager = team.actor("MGR")
    assert not access.can(manager, dossier, "C4", "read")
    break_glass(manager, dossier, "danger", "La personne ne répond plus depuis hier soir.")
    assert access.can(manager, dossier, "C4", "read")
    assert not access.can(manager, dossier, "C4", "edit")
    with clock.at(clock.now() + timedelta(minutes=61)):
        assert not access.can(manager, dossier, "C4", "read")


# --- scopes ---------------------------------------------------------------------------------------------------------


def test_facts_are_never_those_of_another_actor(team, actor):
    """A dossier fetched for one actor and handed to another gives the other nothing."""
    fetched = access.dossiers_visible_to(actor).filter(pk=make_prepared(team).pk).get()
    assert access.can(actor, fetched, "C10", "edit")
    others = make_team("31", "Association voisine")
    for role in ("REF", "MGR", "DPO", "EMP"):
        for compartment in ("C1", "C10", "C12", "C15", "C16", "C17"):
            assert not access.can(others.actor(role), fetched, compartment, "read"), (role, compartment)
    assert not access.can(make_team("13").actor("SEC"), fetched, "C12", "read", stage="S2")


@pytest.mark.parametrize("role", ["ADM", "OPS", "STA", "MEM"])
def test_some_roles_see_no_file(team, role):
    make_prepared(team)
    assert not access.dossiers_visible_to(team.actor(role)).exists()


def test_state_side_sees_nothing_before_submission(team):
    make_prepared(team)
    for role in ("SEC", "PRE", "ETR"):
        assert not access.dossiers_visible_to(team.actor(role)).exists()


def test_proposed_aliases_are_free_and_neutral(team, actor):
    seen = set()
    for _turn in range(5):
        alias = reads.free_alias(reads.aliases(actor).used)
        assert alias not in seen
        seen.add(alias)
        make_dossier(team, alias=alias)


def test_a_bare_actor_is_enough_for_the_loader(team):
    plain = Actor(team.ref.user_id, "REF", team.organisation.pk, department="31", stepped_up=True)
    assert make_prepared(team, actor=plain).stage == "S1"


@pytest.mark.django_db(transaction=True)
def test_no_clear_word_of_a_person_in_any_column(team, actor):
    dossier = make_dossier(
        team,
        alias="CanariAlias",
        identity={"family_name": "CanariNom", "birth_place": "CanariVille"},
        contact={"phone": "+33639980077", "code_word": "CanariMot", "sms_ok": True},
    )
    actions.record_agreement(actor, dossier, language="bg", interpreter="CanariInterprete", witness="CanariTemoin")
    actions.grant_share(actor, dossier, organisation=team.agency, what=["CanariPartage"], language="bg")
    break_glass(team.actor("MGR"), dossier, "danger", "CanariRaison longue de vingt caractères")
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")
            for row in cursor.fetchall():
                for value in row:
                    text = bytes(value) if isinstance(value, bytes | memoryview) else str(value).encode()
                    assert b"Canari" not in text, table
                    assert b"39980077" not in text, table


def test_nothing_is_erased_without_the_agreement_of_the_second_person(team):
    dossier = make_closed(team)
    officer, manager = team.actor("DPO"), team.mgr.user
    with pytest.raises(Refused) as refused:
        actions.erase_dossier(officer, dossier, second_user=manager, reason="request")
    assert "foureyes" in refused.value.missing
    actions.consent_to_erasure(team.actor("MGR"), dossier)
    with clock.at(clock.today() + timedelta(days=8)), pytest.raises(Refused):
        actions.erase_dossier(officer, dossier, second_user=manager, reason="request")
    assert actions.erase_dossier(officer, dossier, second_user=manager, reason="request").stage == "S7"


def test_a_delegate_decides_nothing_of_the_whole_file(team, actor):
    dossier = make_prepared(team)
    colleague, third = team.member("REF"), team.member("REF")
    end = clock.today() + timedelta(days=5)
    given = {"organisation": team.organisation, "kind": "delegate", "ends_on": end}
    row = actions.assign(actor, dossier, user=colleague.user, **given)
    delegate = actor_of(colleague, stepped_up=True)
    there = make_team("13", "Association du Sud")
    for act in (
        lambda: actions.assign(delegate, dossier, user=third.user, **given),
        lambda: actions.assign(delegate, dossier, user=team.emp.user, organisation=team.agency, kind="adviser"),
        lambda: actions.end_assignment(delegate, row),
        lambda: actions.close_dossier(delegate, dossier),
        lambda: actions.move_dossier(
            delegate, dossier, organisation=there.organisation, department="13", referent=there.ref.user
        ),
    ):
        with pytest.raises(Refused):
            act()
    dossier.refresh_from_db()
    assert (dossier.stage, dossier.organisation_id) == ("S1", team.organisation.pk)
    assert dossier.assignments.count() == 2


# --- reminders ------------------------------------------------------------------------------------------------------


def test_a_reminder_goes_to_the_referent_of_the_file(team, actor):
    dossier = make_dossier(team)
    team.member("REF")  # a colleague who follows nobody
    due = clock.today() + timedelta(days=7)
    notices.plan(dossier, "complement", due)
    notices.plan(dossier, "silence_2m", clock.today() + timedelta(days=15))
    secretariat = team.sec.user_id
    call_command("send_notices")
    assert set(Outbox.objects.values_list("recipient_id", flat=True)) == {actor.user_id, secretariat}


def test_without_a_referent_the_manager_is_told(team):
    dossier = make_dossier(team)
    notices.plan(dossier, "complement", clock.today() + timedelta(days=7))
    Assignment.objects.filter(dossier=dossier).delete()
    manager = team.mgr.user_id
    assert reads.recipients()(Deadline.objects.get(kind="complement")) == [manager]


def test_what_is_closed_reminds_nobody(team):
    dossier = make_dossier(team)
    notices.plan(dossier, "complement", clock.today() + timedelta(days=7))
    notices.cancel(dossier, "complement")
    assert notices.remind(reads.recipients()) == 0


def test_the_scheduled_run_closes_what_is_past_and_sets_the_next_date(team):
    dossier = make_dossier(team)
    notices.plan(dossier, "appeal", clock.today() - timedelta(days=1))
    actions.refresh_next_due(dossier)
    assert dossier.next_due_on == clock.today() - timedelta(days=1)
    call_command("send_notices")
    dossier.refresh_from_db()
    assert Deadline.objects.get(kind="appeal").done_on == clock.today()
    assert dossier.next_due_on == Deadline.objects.get(kind="safe_contact_check").on


def test_erasing_leaves_nothing_to_do(team):
    dossier = make_closed(team)
    notices.plan(dossier, "appeal", clock.today() + timedelta(days=7))
    agreed = actions.consent_to_erasure(team.actor("MGR"), dossier)
    actions.erase_dossier(team.actor("DPO"), dossier, second_user=agreed.user, reason="request")
    assert not Deadline.objects.filter(done_on=None, cancelled_on=None).exists()
