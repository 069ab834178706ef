"""The end of a file: proposed by the law, told before, held by a right, done by two; and never undone by a backup."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.core.management import CommandError, call_command
from django.urls import reverse

from jalon.access import Hidden, Refused
from jalon.config import clock, start
from jalon.journal.models import Entry
from jalon.journal.verify import verify
from jalon.law.dates import add_months
from jalon.notices.models import Deadline
from jalon.people import actions, reads, records, tombstones
from jalon.people.models import Dossier, Erasure, Identity, LegalHold
from jalon.ui.errors import Conflict
from jalon.vault import keys
from jalon.vault.models import KeySlot

from .factories import make_closed, make_dossier, make_team

pytestmark = pytest.mark.django_db


@pytest.fixture
def team():
    return make_team()


def old(team, years=3):
    """A closed file whose last contact is that old."""
    dossier = make_closed(team)
    past = clock.today() - timedelta(days=365 * years)
    Dossier.objects.filter(pk=dossier.pk).update(last_contact_on=past)
    dossier.refresh_from_db()
    return dossier


def url(name, *args):
    return reverse(f"people:{name}", args=args)


def hold(team, dossier, **given):
    given = {"kind": "appeal", "ends_on": clock.today() + timedelta(days=90), "reason": "Tribunal", **given}
    return actions.place_hold(team.actor("MGR"), dossier, **given)


def erase(team, dossier, reason="retention"):
    actions.consent_to_erasure(team.actor("MGR"), dossier)
    return actions.erase_dossier(team.actor("DPO"), dossier, second_user=team.mgr.user, reason=reason, visa="AD31-4")


# --- proposals and notice ---------------------------------------------------------------------------------------
def test_what_is_due_is_proposed_once_and_told_thirty_days_before(team, capsys):
    due, recent = old(team), make_closed(team)
    call_command("erasures", "propose", "--dry-run")
    assert "proposés : 1" in capsys.readouterr().out
    assert not Erasure.objects.exists()
    found = actions.propose_erasures()
    assert (found.proposed, found.held, found.waiting) == (1, 0, 0)
    row = Erasure.objects.get()
    assert (row.dossier_id, row.erasable_on) == (due.pk, clock.today() + timedelta(days=30))
    told = Deadline.objects.filter(dossier=due.pk, key__startswith="erasure.")
    assert set(told.values_list("role", "on")) == {("DPO", row.erasable_on), ("REF", row.erasable_on)}
    assert Entry.objects.filter(verb="propose_erasure").count() == 1
    again = actions.propose_erasures()
    assert (again.proposed, again.waiting) == (0, 1)
    assert not Erasure.objects.filter(dossier=recent).exists()


def test_nothing_is_erased_for_its_age_before_the_notice_is_over(team):
    recent, due = make_closed(team), old(team)
    with pytest.raises(Refused):
        erase(team, recent)
    with pytest.raises(Refused):
        actions.erase_dossier(team.actor("DPO"), due, second_user=team.mgr.user, reason="retention")
    actions.propose_erasures()
    with clock.at(clock.today() + timedelta(days=29)), pytest.raises(Refused) as refused:
        erase(team, due)
    assert "annoncé" in refused.value.why
    assert KeySlot.objects.filter(owner=due.pk, slot_type="kek").exists()
    with clock.at(clock.today() + timedelta(days=30)):
        actions.withdraw_consent(team.actor("MGR"), due)
        assert erase(team, due).stage == "S7"
        assert Erasure.objects.get(dossier=due).erased_on == clock.today()


def test_a_file_that_lives_again_is_no_longer_proposed(team):
    dossier = old(team)
    actions.propose_erasures()
    Dossier.objects.filter(pk=dossier.pk).update(last_contact_on=clock.today())
    assert actions.propose_erasures().withdrawn == 1
    assert not Erasure.objects.exists()
    assert not Deadline.objects.filter(key__startswith="erasure.", cancelled_on=None).exists()


# --- holds ------------------------------------------------------------------------------------------------------
def test_a_held_file_is_not_erased_for_any_reason_until_it_is_over(team):
    dossier = old(team)
    actions.propose_erasures()
    row = hold(team, dossier)
    assert not Erasure.objects.exists()
    assert b"Tribunal" not in bytes(row.sealed)
    assert actions.propose_erasures().held == 1
    for reason in ("retention", "request", "order"):
        with pytest.raises(Refused) as refused:
            erase(team, dossier, reason)
        assert "retenue" in refused.value.why
        actions.withdraw_consent(team.actor("MGR"), dossier)
    with pytest.raises(Conflict):
        hold(team, dossier)
    with clock.at(row.ends_on + timedelta(days=1)):
        assert actions.propose_erasures().proposed == 1
    actions.lift_hold(team.actor("MGR"), dossier)
    with pytest.raises(Conflict):
        actions.lift_hold(team.actor("MGR"), dossier)
    assert erase(team, dossier, "request").stage == "S7"
    assert bytes(LegalHold.objects.get().sealed) == b""
    assert list(Entry.objects.filter(verb__endswith="_hold").values_list("verb", "compartment")) == [
        ("place_hold", "C16"),
        ("lift_hold", "C16"),
    ]
    assert verify(records=True).status == 0


def test_only_the_manager_of_the_association_holds_a_file(team):
    dossier, neighbour = old(team), make_team("31", "Association voisine")
    for actor in (team.actor("DPO"), team.actor("REF"), neighbour.actor("MGR")):
        with pytest.raises((Hidden, Refused)):
            actions.place_hold(actor, dossier, kind="appeal", ends_on=clock.today() + timedelta(days=9), reason="")
    for wrong in ({"kind": "other"}, {"ends_on": clock.today()}):
        with pytest.raises(ValidationError):
            hold(team, dossier, **wrong)
    assert not LegalHold.objects.exists()


# --- screens ----------------------------------------------------------------------------------------------------
def test_from_the_hold_to_the_list_by_the_pages(team, django_assert_max_num_queries):
    dossier, neighbour = old(team), make_team("31", "Association voisine")
    manager, officer = team.browser("MGR", stepped_up=True), team.browser("DPO", stepped_up=True)
    day = clock.today() + timedelta(days=90)
    assert url("consent", dossier.pk) in manager.get(reverse("support:dossier", args=[dossier.pk])).content.decode()
    assert url("hold", dossier.pk) in manager.get(url("consent", dossier.pk)).content.decode()
    assert manager.get(url("hold", dossier.pk)).status_code == 200
    bad = manager.post(url("hold", dossier.pk), {"kind": "appeal", "ends_on": "31/02/2027", "reason": "Tribunal"})
    assert bad.status_code == 422
    assert "Tribunal" in bad.content.decode()
    sent = {"kind": "appeal", "ends_on": f"{day:%d/%m/%Y}", "reason": "Tribunal"}
    assert manager.post(url("hold", dossier.pk), sent).status_code == 303
    assert "Un recours est en cours" in manager.get(url("hold", dossier.pk)).content.decode()
    home = officer.get("/").content.decode()
    assert f"{day:%d/%m/%Y}" in home
    assert "recours" not in home.split("Accès exceptionnels")[0]
    manager.post(url("consent", dossier.pk))
    refused = officer.post(url("erase", dossier.pk), {"reason": "request", "visa": "AD31-4", "sure": "on"})
    assert refused.status_code == 422
    assert "AD31-4" in refused.content.decode()
    assert manager.post(url("hold", dossier.pk)).status_code == 303
    page = officer.get(url("erase", dossier.pk)).content.decode()
    found = reads.preview(dossier)
    assert (found.keys, found.files) == (KeySlot.objects.filter(owner=dossier.pk).count(), 0)
    assert f"clés {found.keys}, enregistrements {found.records}, fichiers 0" in page
    sent = {"reason": "request", "visa": "AD31-4", "sure": "on"}
    assert officer.post(url("erase", dossier.pk), sent).status_code == 303
    with django_assert_max_num_queries(8):
        listed = officer.get(url("eliminations")).content.decode()
    assert dossier.number in listed
    assert "AD31-4" in listed
    assert dossier.number not in neighbour.browser("DPO").get(url("eliminations")).content.decode()
    unknown = neighbour.browser("MGR").get(url("hold", "nowhere"))
    other = neighbour.browser("MGR").get(url("hold", dossier.pk))
    assert (other.status_code, other.content) == (404, unknown.content)


# --- an older backup put back -----------------------------------------------------------------------------------
def test_an_older_backup_does_not_bring_anybody_back(team, tmp_path, settings, capsys):
    erased, kept = make_closed(team), make_closed(team)
    before = {
        "slots": list(KeySlot.objects.filter(owner=erased.pk)),
        "dossier": Dossier.objects.filter(pk=erased.pk).values().get(),
        "identity": Identity.objects.filter(dossier=erased).values("sealed", "revision").get(),
    }
    erase(team, erased, "request")
    call_command("erasures", "export", str(tmp_path))
    (listed,) = tmp_path.iterdir()
    text = listed.read_text()
    assert not any(word in text for word in (erased.pk, erased.number, kept.pk))
    # the backup of the day before
    KeySlot.objects.filter(owner=erased.pk).delete()
    KeySlot.objects.bulk_create(before["slots"])
    Dossier.objects.filter(pk=erased.pk).update(**{k: v for k, v in before["dossier"].items() if k != "id"})
    Identity.objects.filter(dossier=erased).update(**before["identity"])
    Erasure.objects.all().delete()
    assert Identity.objects.get(dossier=erased).unseal()
    (tmp_path / "data").mkdir()
    settings.DATA_DIR = tmp_path / "data"
    (settings.DATA_DIR / start.RESTORED).touch()
    with pytest.raises(SystemExit, match="erasures replay"):
        start.refuse_forgotten_erasures()
    call_command("erasures", "replay", str(listed))
    assert "de nouveau : 1" in capsys.readouterr().out
    start.refuse_forgotten_erasures()
    row = Dossier.objects.get(pk=erased.pk)
    assert (row.stage, bytes(row.audit_salt)) == ("S7", b"")
    assert not KeySlot.objects.filter(owner=erased.pk, slot_type="kek").exists()
    assert Erasure.objects.get().visa == "AD31-4"
    assert Identity.objects.get(dossier=kept).unseal()
    assert Entry.objects.filter(verb="erase", relation="replay").count() == 1
    call_command("erasures", "replay", str(listed))
    assert "de nouveau : 0" in capsys.readouterr().out


def test_a_list_that_nobody_signed_erases_nothing(team, tmp_path):
    dossier = make_closed(team)
    place = tombstones.write(tmp_path)
    place.write_text(
        place.read_text().replace('\\"erased\\":[]', f'\\"erased\\":[[\\"{tombstones.mark(dossier.pk)}\\"]]')
    )
    assert tombstones.mark(dossier.pk) in place.read_text()
    for wrong in (place, tmp_path / "nothing.json"):
        with pytest.raises(CommandError, match="signée"):
            call_command("erasures", "replay", str(wrong))
    assert keys.fetch(dossier.pk, "G1")


# --- parts ------------------------------------------------------------------------------------------------------
def closed_for(team, days):
    dossier = make_closed(team)
    Dossier.objects.filter(pk=dossier.pk).update(closed_on=clock.today() - timedelta(days=days))
    dossier.refresh_from_db()
    return dossier


@pytest.mark.parametrize(("until", "days", "due"), [(-60, 0, ["places"]), (40, 69, []), (40, 70, ["places"])])
def test_places_count_from_the_end_of_her_accommodation_when_it_is_known(team, until, days, due):
    end = clock.today() + timedelta(days=until)
    dossier = actions.close_dossier(team.actor("REF"), make_dossier(team), housed_until=end)
    Dossier.objects.filter(pk=dossier.pk).update(stage="S6")
    assert records.due_parts(dossier, dossier.closed_on + timedelta(days=days)) == due


@pytest.mark.parametrize(("days", "due"), [(29, []), (30, ["places"]), (364, ["places"]), (366, ["places", "notes"])])
def test_places_go_a_month_after_the_closing_and_notes_a_year_after(team, days, due):
    dossier = closed_for(team, days)
    found = actions.propose_erasures()
    assert found.proposed == len(due)
    assert set(Erasure.objects.values_list("part", flat=True)) == set(due)
    told = Deadline.objects.filter(dossier=dossier.pk, key__startswith="erasure.")
    assert told.count() == 2 * len(due)
    assert set(told.values_list("rule", flat=True)) <= {"DAT-2"}
    assert actions.propose_erasures().proposed == 0


def test_one_part_is_erased_by_two_and_the_rest_is_kept(team):
    dossier = closed_for(team, 40)
    actions.propose_erasures()
    slots = dict(KeySlot.objects.filter(owner=dossier.pk).values_list("group", "wrapped"))
    actions.consent_to_erasure(team.actor("MGR"), dossier)  # to the whole file: not to this part alone
    done = {"second_user": team.mgr.user, "reason": "retention", "part": "places"}
    with clock.at(clock.today() + timedelta(days=30)):
        with pytest.raises(Refused):
            actions.erase_dossier(team.actor("DPO"), dossier, **done)
        actions.consent_to_erasure(team.actor("MGR"), dossier, "places")
        with clock.at(clock.today() - timedelta(days=5)), pytest.raises(Refused):
            actions.erase_dossier(team.actor("DPO"), dossier, **done)
        actions.erase_dossier(team.actor("DPO"), dossier, **done)
        after = dict(KeySlot.objects.filter(owner=dossier.pk).values_list("group", "wrapped"))
        assert {group for group in slots if bytes(slots[group]) != bytes(after[group])} == {"G3"}
        assert Identity.objects.get(dossier=dossier).unseal()
        dossier.refresh_from_db()
        assert dossier.stage == "S6"
        row = Erasure.objects.get(part="places")
        assert (row.erased_on, row.reason) == (clock.today(), "retention")
        assert Entry.objects.filter(verb="erase_part", purpose="retention").count() == 1
        assert actions.propose_erasures().proposed == 0  # gone: not proposed again
    assert verify(records=True).status == 0


def test_a_first_contact_that_nothing_followed_goes_after_six_months(team):
    dossier = make_dossier(team)
    today = clock.today()
    with clock.at(add_months(today, 6) - timedelta(days=1)):
        assert actions.propose_erasures().proposed == 0
    with clock.at(add_months(today, 6)):
        assert actions.propose_erasures().proposed == 1
    with clock.at(add_months(today, 6) + timedelta(days=29)):
        assert actions.propose_erasures().closed == 0
        assert Dossier.objects.get(pk=dossier.pk).stage == "S0"
    with clock.at(add_months(today, 6) + timedelta(days=30)):
        assert actions.propose_erasures(dry=True).closed == 1
        assert actions.propose_erasures().closed == 1
        dossier = Dossier.objects.get(pk=dossier.pk)
        assert dossier.stage == "S6"
        assert erase(team, dossier).stage == "S7"


def test_a_first_contact_met_again_is_kept(team):
    dossier = make_dossier(team)
    with clock.at(add_months(clock.today(), 6)):
        actions.propose_erasures()
        actions.contacted(Dossier.objects.get(pk=dossier.pk), clock.today())
        assert actions.propose_erasures().withdrawn == 1
        assert not Erasure.objects.exists()


def test_a_part_erased_does_not_come_back_with_a_backup(team, tmp_path):
    dossier = closed_for(team, 40)
    actions.propose_erasures()
    before = list(KeySlot.objects.filter(owner=dossier.pk, group="G3"))
    with clock.at(clock.today() + timedelta(days=30)):
        actions.consent_to_erasure(team.actor("MGR"), dossier, "places")
        done = {"second_user": team.mgr.user, "reason": "retention", "part": "places"}
        actions.erase_dossier(team.actor("DPO"), dossier, **done)
        call_command("erasures", "export", str(tmp_path))
        (listed,) = tmp_path.iterdir()
        KeySlot.objects.filter(owner=dossier.pk, group="G3").delete()
        KeySlot.objects.bulk_create(before)
        Erasure.objects.all().delete()
        assert actions.replay_erasures(tombstones.read(listed)) == 1
        assert bytes(KeySlot.objects.get(owner=dossier.pk, group="G3").wrapped) != bytes(before[0].wrapped)
        assert actions.replay_erasures(tombstones.read(listed)) == 0
        assert Identity.objects.get(dossier=dossier).unseal()


def test_a_part_is_erased_by_the_pages(team):
    dossier = closed_for(team, 40)
    actions.propose_erasures()
    with clock.at(clock.today() + timedelta(days=30)):
        manager, officer = team.browser("MGR", stepped_up=True), team.browser("DPO", stepped_up=True)
        assert "lieux de vie" in officer.get("/").content.decode()
        assert "Lieux de vie" in manager.get(url("consent", dossier.pk)).content.decode()
        assert manager.post(url("consent", dossier.pk), {"part": "notes"}).status_code == 404  # not yet told
        assert manager.post(url("consent", dossier.pk), {"part": "places"}).status_code == 303
        place = f"{url('erase', dossier.pk)}?partie=places"
        assert place in officer.get("/").content.decode()
        assert officer.get(f"{url('erase', dossier.pk)}?partie=other").status_code == 404
        assert "lieux de vie" in officer.get(place).content.decode()
        assert officer.post(place, {"reason": "retention", "visa": "", "sure": "on"}).status_code == 303
        assert "lieux de vie" in officer.get(url("eliminations")).content.decode()
    dossier.refresh_from_db()
    assert dossier.stage == "S6"
