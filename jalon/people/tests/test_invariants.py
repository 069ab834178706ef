"""Rules of access that the matrix cannot show, each tried from both ends (the numbered list: docs/policy.md)."""

from datetime import timedelta

import pytest
from django.urls import reverse

from jalon.access import SYSTEM
from jalon.accounts import actions as accounts
from jalon.accounts.models import Invitation, KeptForm, User, WebSession
from jalon.config import clock
from jalon.directory.tests.factories import actor_of, browser, make_membership
from jalon.notices import actions as notices
from jalon.notices.models import Deadline, Outbox
from jalon.people import access, actions, forms
from jalon.people.models import Agreement, Identity, Information, Share
from jalon.ui import fields
from jalon.vault import keys
from jalon.vault.errors import Tampered
from jalon.vault.models import Opener

from .factories import make_dossier, make_prepared, make_team, share_with_agency

pytestmark = pytest.mark.django_db


@pytest.fixture
def team():
    return make_team()


def test_agreement_share_and_information_are_three_records_that_do_not_stand_for_each_other(team):
    dossier = make_dossier(team)
    actions.record_information(team.actor("REF"), dossier, language="bg", presence=["relative"])
    assert not access.can(team.actor("REF"), access.seen(team.actor("REF"), dossier.pk), "C10", "read")
    assert not Agreement.objects.exists()
    actions.record_agreement(team.actor("REF"), dossier, language="bg")
    assert not Share.objects.exists()  # agreeing to apply shares nothing with anybody
    share_with_agency(team, dossier)
    actions.withdraw_agreement(team.actor("REF"), dossier)
    assert (Share.objects.get().revoked_at, Information.objects.count()) == (None, 2)
    assert access.seen(team.actor("EMP"), dossier.pk) is None  # the share alone opens nothing
    actions.record_agreement(team.actor("REF"), dossier, language="bg")
    assert access.seen(team.actor("EMP"), dossier.pk) is not None
    actions.revoke_share(team.actor("REF"), Share.objects.get())
    assert Agreement.objects.filter(withdrawn_at=None).count() == 1


def test_what_the_law_makes_compulsory_has_nothing_to_tick():
    ticks = (fields.FlagField, fields.YesNoField)
    assert not [name for name, field in forms.InformationForm().fields.items() if isinstance(field, ticks)]


def test_who_was_there_when_it_was_read_to_her_is_kept_with_both_records(team):
    dossier = make_dossier(team)
    actions.record_agreement(team.actor("REF"), dossier, language="bg", presence=["relative"])
    assert Agreement.objects.get().unseal()["presence"] == ["relative"]
    assert Information.objects.get().unseal()["presence"] == ["relative"]
    page = team.browser("REF").get(reverse("people:agreements", args=[dossier.pk])).content.decode()
    assert "une personne de son entourage" in page


def test_a_closed_account_is_stopped_with_all_that_waited_for_it_in_the_same_act(team):
    dossier, member, other = make_prepared(team), team.member("REF"), team.ref
    client = browser(member, stepped_up=True)
    assert client.get("/").status_code == 200
    for held in (member, other):
        notices.queue(held.user_id, "task", f"r:{held.pk}")
        form = {"path": "/", "back": "/", "fields": [("a", "b")], "files": False}
        accounts.keep_form(held.user_id, browser=held.user_id, form=form)
    accounts.invite(SYSTEM, other.user)
    Invitation.objects.update(user=member.user)
    due = Deadline.objects.filter(dossier=dossier.pk, done_on=None, cancelled_on=None).count()
    accounts.close_account(SYSTEM, User.objects.get(pk=member.user_id))
    assert not WebSession.objects.filter(user_id=member.user_id).exists()
    assert not Invitation.objects.exists()
    assert list(KeptForm.objects.values_list("user", flat=True)) == [other.user_id]
    assert list(Outbox.objects.values_list("recipient", flat=True)) == [other.user_id]
    assert client.get("/").status_code == 302  # the very next request
    assert Deadline.objects.filter(dossier=dossier.pk, done_on=None, cancelled_on=None).count() == due


def test_a_withdrawal_between_the_page_and_its_sending_is_what_counts(team):
    dossier = make_prepared(team)
    client = team.browser("REF", stepped_up=True)
    place = reverse("support:note", args=[dossier.pk])
    share_with_agency(team, dossier)
    assert client.get(place).status_code == 200
    actions.withdraw_agreement(team.actor("REF"), dossier)
    answer = client.post(place, {"text": "Écrit avant", "visibility": "shared", "kind": "event"})
    assert answer.status_code in (403, 422)
    assert not dossier.notes.exists()


def test_a_delegation_ends_with_its_last_day(team):
    dossier, colleague = make_prepared(team), team.member("COL")

    last = clock.today() + timedelta(days=3)
    actions.assign(
        team.actor("REF"), dossier, user=colleague.user, organisation=team.organisation, kind="delegate", ends_on=last
    )
    for days, seen in ((0, True), (3, True), (4, False)):
        with clock.at(clock.today() + timedelta(days=days)):
            assert (access.seen(actor_of(colleague), dossier.pk) is not None) is seen


def test_rows_read_as_tuples_unseal_as_the_rows_themselves_or_not_at_all(team):
    """``vault.models.Opener``: the same words and the same refusals as ``unseal``."""
    first, second = make_dossier(team), make_dossier(team)
    rows = {
        d.pk: keys.with_key(Identity.objects.filter(dossier=d), "G1", owner="dossier_id").get() for d in (first, second)
    }
    opener, one, other = Opener(Identity), rows[first.pk], rows[second.pk]

    def opened(owner=first.pk, pk=one.pk, sealed=one.sealed, revision=one.revision, wrapped=one.key_G1):
        return opener(owner, pk, sealed, revision, wrapped)

    assert opened() == one.unseal(one.key_G1) == opened(wrapped=None)
    assert opener(second.pk, other.pk, other.sealed, other.revision, other.key_G1) == other.unseal(other.key_G1)
    assert opened(sealed=b"", revision=0) == {}
    flipped = bytes(one.sealed)[:-1] + bytes([bytes(one.sealed)[-1] ^ 1])
    moved = [{"owner": second.pk}, {"pk": other.pk}, {"sealed": other.sealed}, {"wrapped": other.key_G1}]
    for change in [*moved, {"revision": one.revision + 1}, {"sealed": b""}, {"sealed": flipped}]:
        with pytest.raises(Tampered):
            opened(**change)


def test_an_identity_sealed_under_an_older_schema_or_key_still_opens(team, monkeypatch):
    dossier = make_dossier(team)
    row = keys.with_key(Identity.objects.filter(dossier=dossier), "G1", owner="dossier_id").get()
    words = row.unseal(row.key_G1)
    monkeypatch.setattr(Identity, "SCHEMA", Identity.SCHEMA + 1)
    monkeypatch.setattr(Identity, "upgrade", lambda self, data, schema: {**data, "since": schema})
    opened = Opener(Identity)(dossier.pk, row.pk, row.sealed, row.revision, row.key_G1)
    assert opened == {**words, "since": Identity.SCHEMA - 1}


def test_an_adviser_who_works_for_two_agencies_opens_what_the_one_that_named_him_was_given(team):
    """Named by one agency, he does not open under the other what she shares with that one."""
    dossier = make_prepared(team)
    share_with_agency(team, dossier)
    second = make_membership("EMP", user=team.emp.user)
    mine = access.dossiers_visible_to(team.actor("REF")).get(pk=dossier.pk)
    actions.grant_share(team.actor("REF"), mine, organisation=second.organisation, what=["projet"], language="bg")
    assert access.seen(team.actor("EMP"), dossier.pk) is not None
    assert access.seen(actor_of(second), dossier.pk) is None
