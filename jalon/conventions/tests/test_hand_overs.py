"""A hand-over: who leaves keeps access to the minute, who arrives has it now, the pair follows, she is told."""

from datetime import date, datetime, timedelta
from html import unescape

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse

from jalon.access import Hidden, Refused
from jalon.config import clock
from jalon.conventions import access, actions, reads
from jalon.conventions.models import HandOver, Pair
from jalon.conventions.states import CHECKLIST
from jalon.directory.tests.factories import actor_of, browser, make_membership
from jalon.journal.models import Entry
from jalon.journal.tests.replay import replayed
from jalon.notices.models import Deadline, Outbox
from jalon.people import access as people
from jalon.people import actions as people_actions
from jalon.people.models import Assignment
from jalon.ui.errors import Conflict

from .factories import make_parties, signed
from .test_actions import _followed

pytestmark = pytest.mark.django_db
TODAY = date(2020, 2, 20)
END = datetime(2020, 3, 5, 17, 30, tzinfo=clock.PARIS)


@pytest.fixture(autouse=True)
def day():
    with clock.at(TODAY):
        yield


@replayed
def made():
    """A person with a pair, a worker and an adviser who may take over."""
    parties = make_parties()
    convention, dossier = signed(parties), _followed(parties)
    pair = actions.name_pair(
        parties.ref,
        dossier,
        referent=parties.worker.user,
        adviser=parties.adviser.user,
        convention=convention,
        deputy=parties.director.user,
    )
    arriving = make_membership("REF", organisation=parties.association, department="30")
    adviser = make_membership("EMP", organisation=parties.agency, department="30")
    return parties, dossier, pair, arriving, adviser


def reads_it(membership, dossier, at):
    """Does her page open for this account at this instant? Asked of the scope and of the page itself."""
    with clock.at(at):
        actor = actor_of(membership)
        seen = people.seen(actor, dossier.pk) is not None
        assert people.dossiers_visible_to(actor).filter(pk=dossier.pk).exists() == seen
        status = browser(membership).get(reverse("support:dossier", args=[dossier.pk])).status_code
        assert (status == 200) == seen
        return seen


@pytest.mark.parametrize("side", ["association", "agency"])
def test_access_ends_at_the_set_minute(side):
    parties, dossier, _pair, arriving, adviser = made()
    leaving, new = (parties.worker, arriving) if side == "association" else (parties.adviser, adviser)
    actions.open_hand_over(parties.mgr, dossier, side=side, arriving=new.user, ends_at=END)
    for member in (leaving, new):
        assert reads_it(member, dossier, TODAY)
        assert reads_it(member, dossier, END - timedelta(seconds=1))
    assert not reads_it(leaving, dossier, END)
    assert not reads_it(leaving, dossier, END + timedelta(minutes=1))
    assert not reads_it(leaving, dossier, END + timedelta(days=1))
    assert reads_it(new, dossier, END + timedelta(days=1))


def test_one_referent_answers_and_the_pair_follows():
    parties, dossier, pair, arriving, adviser = made()
    row = actions.open_hand_over(parties.mgr, dossier, side="association", arriving=arriving.user, ends_at=END)
    assert people.active_referents(dossier) == {arriving.user_id}
    pair.refresh_from_db()
    assert pair.ended_on == TODAY
    now = access.pair_of(dossier)
    assert (now.referent_id, now.adviser_id, now.deputy_id) == (
        arriving.user_id,
        parties.adviser.user_id,
        parties.director.user_id,
    )
    assert now.convention_id == pair.convention_id
    assert (row.leaving_id, row.state) == (parties.worker.user_id, "running")
    assert Deadline.objects.get(kind="hand_over").on == END.date()
    assert Outbox.objects.filter(recipient=arriving.user, reason=f"hand_over:{row.pk}").count() == 1
    assert Entry.objects.filter(verb="open_hand_over", decision="allowed").get().subject
    # The deputy takes the agency's side: a pair has no deputy who is of it.
    actions.open_hand_over(actor_of(arriving), dossier, side="agency", arriving=parties.director.user, ends_at=END)
    assert access.pair_of(dossier).deputy_id is None
    assert Pair.objects.filter(dossier=dossier, ended_on=None).count() == 1


def test_a_hand_over_that_cannot_be():
    parties, dossier, _pair, arriving, adviser = made()
    given = {"side": "association", "arriving": arriving.user, "ends_at": END}
    for wrong in (
        {"side": "both"},
        {"arriving": parties.worker.user},
        {"ends_at": datetime(2020, 2, 19, 12, tzinfo=clock.PARIS)},
    ):
        with pytest.raises(ValidationError):
            actions.open_hand_over(parties.mgr, dossier, **{**given, **wrong})
    # The manager alone changes the referent, and never for somebody of another house.
    for actor, arrives in ((parties.ref, arriving.user), (parties.mgr, adviser.user)):
        with pytest.raises(Refused):
            actions.open_hand_over(actor, dossier, **{**given, "arriving": arrives})
    with pytest.raises(Refused):
        actions.open_hand_over(parties.emp, dossier, **given)
    with pytest.raises(Hidden):
        actions.open_hand_over(make_parties("31", "Loin").mgr, dossier, **given)
    assert not HandOver.objects.exists()
    actions.open_hand_over(parties.mgr, dossier, **given)
    with pytest.raises(Conflict):
        actions.open_hand_over(parties.mgr, dossier, **{**given, "arriving": parties.worker.user})


def test_the_checklist_and_the_end():
    parties, dossier, _pair, arriving, _adviser = made()
    row = actions.open_hand_over(parties.mgr, dossier, side="association", arriving=arriving.user, ends_at=END)
    row.dossier = dossier
    with pytest.raises(Refused):
        actions.finish_hand_over(parties.mgr, row)
    with pytest.raises(ValidationError):
        actions.tick_hand_over(parties.mgr, row, done=["coffee"])
    with pytest.raises(ValidationError):
        actions.tick_hand_over(parties.mgr, row, done=["told"], told_on=TODAY - timedelta(days=1))
    ticked = actions.tick_hand_over(actor_of(arriving), row, done=list(CHECKLIST))
    assert ticked.told_on == TODAY
    assert set(ticked.done) == set(CHECKLIST)
    done = actions.finish_hand_over(actor_of(arriving), row)
    assert (done.state, done.finished_on) == ("done", TODAY)
    assert Deadline.objects.get(kind="hand_over").done_on == TODAY
    # Finished or not, the access lasts until its minute.
    assert reads_it(parties.worker, dossier, END - timedelta(minutes=1))
    assert not reads_it(parties.worker, dossier, END)
    with pytest.raises(Refused):
        actions.tick_hand_over(parties.mgr, row, done=[])


def test_the_access_may_be_closed_at_once():
    parties, dossier, _pair, arriving, _adviser = made()
    row = actions.open_hand_over(parties.mgr, dossier, side="association", arriving=arriving.user, ends_at=END)
    row.dossier = dossier
    row.dossier = people.seen(parties.ref, dossier.pk)
    with pytest.raises(Refused):  # who leaves does not decide of it any more
        actions.end_hand_over_now(parties.ref, row)
    row.dossier = dossier
    noon = datetime(2020, 2, 21, 12, tzinfo=clock.PARIS)
    with clock.at(noon):
        actions.end_hand_over_now(parties.mgr, row)
        with pytest.raises(Conflict):
            actions.end_hand_over_now(parties.mgr, row)
    assert reads_it(parties.worker, dossier, noon - timedelta(minutes=1))
    assert not reads_it(parties.worker, dossier, noon)
    assert reads_it(arriving, dossier, noon)


def test_a_share_taken_back_closes_the_agency_at_once_and_frees_the_place():
    parties, dossier, pair, _arriving, adviser = made()
    actions.open_hand_over(parties.mgr, dossier, side="agency", arriving=adviser.user, ends_at=END)
    assert reads.page(parties.mgr, pair.convention_id).pairs == 1
    people_actions.revoke_share(parties.ref, dossier.shares.get())
    assert access.pair_of(dossier) is None
    assert reads.page(parties.mgr, pair.convention_id).pairs == 0
    for member in (parties.adviser, adviser):
        assert not reads_it(member, dossier, clock.now())


# --- orphans --------------------------------------------------------------------------------------------------
def test_a_pair_without_one_of_its_members_is_told_to_the_manager():
    parties, dossier, _pair, arriving, adviser = made()
    assert len(reads.orphans(parties.mgr)) == 0
    people_actions.end_assignment(parties.mgr, Assignment.objects.get(dossier=dossier, kind="adviser"))
    (alone,) = reads.orphans(parties.mgr)
    assert (alone.dossier.pk, alone.missing) == (dossier.pk, ["l'agence"])
    assert len(reads.orphans(make_parties("30", "Voisine").mgr)) == 0
    text = browser(parties.manager).get("/").content.decode()
    assert "Binômes à compléter" in text
    assert dossier.number in text
    assert "Alizé" not in text


def test_an_account_that_closes_leaves_an_orphan():
    parties, dossier, _pair, _arriving, _adviser = made()
    user = parties.worker.user
    user.is_active = False
    user.save(update_fields=["is_active"])
    assert reads.orphans(parties.mgr)[0].missing == ["l'association"]


# --- the pages ------------------------------------------------------------------------------------------------
def test_the_pages():
    parties, dossier, _pair, arriving, adviser = made()
    address = reverse("conventions:hand_overs", args=[dossier.pk])
    manager, worker = browser(parties.manager), browser(parties.worker)
    assert arriving.user.name in manager.get(address).content.decode()
    mine = worker.get(address).content.decode()
    assert adviser.user.name in mine
    assert arriving.user.name not in mine
    given = {"arriving": f"association:{arriving.user_id}", "ends_at_0": "05/03/2020", "ends_at_1": "17:30"}
    assert manager.post(address, {**given, "ends_at_1": "25:00"}).status_code == 422
    assert manager.post(address, {**given, "arriving": "association:nobody"}).status_code == 422
    assert manager.post(address, given).status_code == 303
    row = HandOver.objects.get()
    assert row.ends_at == END
    text = manager.get(address).content.decode()
    assert "garde l'accès jusqu'au 05/03/2020 à 17:30" in text
    assert "Terminer le relais" not in text
    page = reverse("conventions:hand_over", args=[row.pk])
    new = browser(arriving)
    assert new.post(page, {"done": list(CHECKLIST), "told_on": ""}).status_code == 303
    assert "Terminer le relais" in new.get(address).content.decode()
    assert new.post(f"{page}other/").status_code == 404
    assert new.post(f"{page}finish/").status_code == 303
    assert "Relais terminés" in new.get(address).content.decode()
    for stranger in (browser(make_parties("31", "Loin").manager), browser(parties.adviser)):
        for target in (address, page):
            assert stranger.get(target).status_code == 404


def test_a_relay_that_nobody_can_take_is_not_offered():
    parties, dossier, _pair, arriving, adviser = made()
    address = reverse("conventions:hand_overs", args=[dossier.pk])
    for other in (arriving, adviser, parties.director):
        other.delete()
    page = browser(parties.manager).get(address).content.decode()
    assert "n'a de compte ici pour prendre le relais" in unescape(page)
    assert "Fin de l'accès de qui part" not in unescape(page)
