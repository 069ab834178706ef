"""Records of a file written over: one version kept for each hand, in the trail, gone with its item."""

from datetime import timedelta

import pytest
from django.db import transaction

from jalon import journal
from jalon.access import Refused
from jalon.config import clock
from jalon.journal.models import Entry
from jalon.journal.verify import verify
from jalon.people import actions, formers
from jalon.people.models import Dossier, Identity
from jalon.people.tests.factories import make_closed, make_prepared, make_team
from jalon.vault import classification, crypto, keys, reencryption
from jalon.vault.formers import TYPING, said
from jalon.vault.models import Former

pytestmark = pytest.mark.django_db
# Records that are kept when written over and that no verb writes over today: written once, or only added to.
ADDED_TO = {
    "access.BreakGlass",
    "commissions.CopyHold",
    "commissions.Minutes",  # a draft until it is signed, then it does not change
    "dossiers.ComplementRequest",
    "dossiers.Package",  # a draft until it is frozen
    "journeys.Appeal",
    "journeys.Hearing",
    "journeys.PayerLine",
    "journeys.Transfer",
    "people.Agreement",
    "people.Information",
    "people.LegalHold",
    "people.Share",
    "people.Statement",
    "space.PersonRequest",
    "support.Appointment",
    "support.LiaisonMessage",
    "support.Note",
}


@pytest.fixture
def team():
    return make_team()


def renamed(team, dossier, alias):
    return actions.update_identity(team.actor("REF"), dossier, data={"alias": alias})


def kept(about):
    return [said(row) for row in Former.objects.filter(about=about).order_by("number")]


def test_each_record_that_keeps_what_it_said_has_readers_or_is_only_added_to():
    declared = {label for label, why in classification.FORMER.items() if not why}
    assert declared == set(formers.RECORDS) | ADDED_TO
    assert not set(formers.RECORDS) & ADDED_TO
    assert len(formers.BY_WORD) == len(formers.RECORDS)


def test_a_correction_keeps_what_was_said_by_whom_and_until_when(team):
    dossier = make_prepared(team)
    row = renamed(team, dossier, "Bleuet")
    (one,) = Former.objects.filter(about=row.pk)
    assert said(one)["alias"] == "Capucine"
    assert (one.owner, one.group, one.part, one.model) == (dossier.pk, "G1", "C1", "people.Identity")
    assert (one.replaced_by, one.replaced_at.date()) == (team.ref.user_id, clock.now().date())
    assert Identity.objects.get(dossier=dossier).unseal()["alias"] == "Bleuet"
    last = Entry.objects.filter(verb="update_identity").latest("seq")
    assert journal.trail.record_ref("vault_former", one.pk) in last.records
    assert verify(records=True).status == 0
    Former.objects.filter(pk=one.pk).update(sealed=b"x" * 300)
    assert verify(records=True).changed == [("vault_former", last.seq)]


def test_one_hand_that_types_keeps_one_version_another_hand_its_own(team):
    dossier = make_prepared(team)
    row = renamed(team, dossier, "B")
    renamed(team, dossier, "C")
    renamed(team, dossier, "D")
    assert [words["alias"] for words in kept(row.pk)] == ["Capucine"]
    Former.objects.filter(about=row.pk).update(replaced_by=team.mgr.user_id)  # the last words are another's
    renamed(team, dossier, "E")
    assert [words["alias"] for words in kept(row.pk)] == ["Capucine", "D"]
    with clock.at(clock.now() + TYPING):
        renamed(team, dossier, "F")
    assert [words["alias"] for words in kept(row.pk)] == ["Capucine", "D", "E"]
    numbers = list(Former.objects.filter(about=row.pk).order_by("number").values_list("number", "followed_by"))
    assert all(before[1] == after[0] for before, after in zip(numbers, numbers[1:], strict=False))


def test_what_only_adds_keeps_nothing(team):
    ref, dossier = team.actor("REF"), make_prepared(team)
    row = actions.record_request(ref, dossier, right="access")
    actions.extend_request(team.actor("DPO"), row, reason="Recherche longue")
    actions.answer_request(team.actor("DPO"), row, outcome="granted", answer="Remise au bureau")
    assert not Former.objects.exists()


def test_it_follows_its_record_under_a_new_key(team):
    dossier = make_prepared(team)
    row = renamed(team, dossier, "Bleuet")
    with clock.at(clock.today() + timedelta(days=1)):
        reencryption.run(clock.today())
    with clock.at(clock.today() + timedelta(days=3)):
        report = reencryption.run(clock.today() - timedelta(days=2))
        assert report.retired
        renamed(team, dossier, "Coquelicot")
    assert {crypto.record_key_version(bytes(one.sealed)) for one in Former.objects.filter(about=row.pk)} == {2}
    assert [words["alias"] for words in kept(row.pk)] == ["Capucine", "Bleuet"]
    assert verify(records=True).status == 0


@pytest.mark.parametrize("emptied", [False, True])
def test_they_go_with_their_record_deleted_or_emptied(team, emptied):
    dossier = make_prepared(team)
    row = renamed(team, dossier, "Bleuet")
    (one,) = Former.objects.filter(about=row.pk)
    with transaction.atomic():
        if emptied:
            row.blank()
            row.save()
        entry = journal.record(None, "test", dossier, **{"sealed" if emptied else "gone": [row]})
        if not emptied:
            row.delete()
    assert not Former.objects.exists()
    assert f"{journal.trail.record_ref('vault_former', one.pk)}:-" in entry.records
    assert verify(records=True).status == 0


def test_a_refused_write_keeps_nothing(team):
    dossier = make_prepared(team)
    with pytest.raises(Refused):
        actions.update_identity(team.actor("DPO"), dossier, data={"alias": "X"})
    with pytest.raises(ValueError, match="alias"):
        renamed(team, dossier, "")
    assert not Former.objects.exists()


def test_they_go_with_the_whole_file(team):
    dossier = make_prepared(team)
    renamed(team, dossier, "Bleuet")
    actions.update_safe_contact(team.actor("REF"), dossier, data={"phone": "+33612345678"})
    actions.update_safe_contact(team.actor("REF"), dossier, data={"phone": "+33687654321"})
    assert set(Former.objects.values_list("model", flat=True)) == {"people.Identity", "people.SafeContact"}
    Dossier.objects.filter(pk=dossier.pk).update(stage="S6", closed_on=clock.today())
    actions.consent_to_erasure(team.actor("MGR"), dossier)
    actions.erase_dossier(team.actor("DPO"), dossier, second_user=team.mgr.user, reason="mistake")
    assert not Former.objects.exists()
    assert verify(records=True).status == 0


def test_a_part_that_goes_takes_its_own_and_leaves_the_others(team):
    dossier = make_closed(team)
    for group, part in (("G1", "C1"), ("G3", "C3"), ("G4", "C11")):
        _made(dossier, group, part)
    Dossier.objects.filter(pk=dossier.pk).update(closed_on=clock.today() - timedelta(days=40))
    dossier.refresh_from_db()
    actions.propose_erasures()
    with clock.at(clock.today() + timedelta(days=30)):
        actions.consent_to_erasure(team.actor("MGR"), dossier, "places")
        done = {"second_user": team.mgr.user, "reason": "retention", "part": "places"}
        actions.erase_dossier(team.actor("DPO"), dossier, **done)
    assert set(Former.objects.values_list("part", flat=True)) == {"C1", "C11"}
    assert verify(records=True).status == 0


@pytest.mark.parametrize(("days", "held", "gone"), [(29, False, 0), (30, False, 1), (30, True, 0)])
def test_a_place_that_she_has_left_goes_thirty_days_after_it_was_replaced(team, days, held, gone):
    dossier = make_prepared(team)
    _made(dossier, "G3", "C3")
    _made(dossier, "G4", "C11")
    with clock.at(clock.today() + timedelta(days=days)):
        if held:
            end = clock.today() + timedelta(days=9)
            actions.place_hold(team.actor("MGR"), dossier, kind="appeal", ends_on=end, reason="Procès")
        assert actions.forget_left_places(dry=True) == gone
        assert Former.objects.count() == 2
        assert actions.forget_left_places() == gone
        assert Former.objects.count() == 2 - gone
        told = Entry.objects.filter(verb="forget_places", compartment="C3", purpose="retention")
        assert [entry.count for entry in told] == [1] * gone
    assert verify(records=True).status == 0


def _made(dossier, group, part):
    row = Former(owner=dossier.pk, group=group, part=part, model="dossiers.Part", about=f"{part}-x")
    row.number, row.followed_by, row.replaced_at = 1, 2, clock.now()
    row.seal({"schema": 1, "said": {"words": "x"}}, keys.ensure(dossier.pk, group)[group])
    row.save()
    with transaction.atomic():
        journal.record(None, "test", sealed=[row])
    return row
