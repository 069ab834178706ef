"""The second wall on PostgreSQL: what a page forgot to check, the database refuses."""

from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction
from django.urls import reverse

from jalon.config import clock
from jalon.people import keywall
from jalon.people.models import Assignment, Identity, Share
from jalon.vault import keys
from jalon.vault.errors import KeyMissing, Misplaced
from jalon.vault.models import KeySlot

from .factories import make_prepared, make_team

postgresql = pytest.mark.skipif(connection.vendor != "postgresql", reason="row-level security is PostgreSQL's")
pytestmark = pytest.mark.django_db
OF_FILE = ("G1", "G2", "G3", "G4", "G5a", "G6")


@pytest.fixture
def wall():
    """Up, and the test itself is the system outside ``asking``. The tests' role owns the tables: FORCE binds it too."""
    keywall.install()
    keywall.say(("", keywall.SYSTEM, "", ""))


@pytest.fixture
def team():
    return make_team()


def groups(actor, dossier):
    """The key groups of this file that this actor's requests can fetch."""
    with keywall.asking(actor):
        return set(KeySlot.objects.filter(owner=dossier.pk).values_list("group", flat=True))


@postgresql
def test_a_person_fetches_the_first_group_of_her_own_file_alone(wall, team):
    mine, other = make_prepared(team), make_prepared(team, alias="Bleuet")
    for dossier in (mine, other):
        keys.ensure(dossier.pk, *OF_FILE)
    her = team.actor("PER")
    assert groups(her, mine) == set()
    Assignment.objects.create(
        dossier=mine, user_id=her.user_id, organisation=team.organisation, kind="person", starts_on=clock.today()
    )
    assert groups(her, mine) == {"G1"}
    assert groups(her, other) == set()


@postgresql
def test_each_house_fetches_its_keys_and_no_other(wall, team):
    dossier, neighbour, far = make_prepared(team), make_team("31", "Association voisine"), make_team("13", "Ailleurs")
    keys.ensure(dossier.pk, *OF_FILE)
    for role in ("REF", "MGR", "DPO"):
        assert groups(team.actor(role), dossier) == set(OF_FILE)
        assert groups(neighbour.actor(role), dossier) == set()
    assert groups(team.actor("SEC"), dossier) == {"G1", "G5a", "G6"}
    assert groups(far.actor("SEC"), dossier) == set()
    assert groups(None, dossier) == set()
    adviser = team.actor("EMP")
    assert groups(adviser, dossier) == set()
    given = {"organisation_id": adviser.organisation_id, "given_on": clock.today(), "recorded_by": team.ref.user}
    share = Share(dossier=dossier, **given)
    share.seal({})
    share.save()
    assert groups(adviser, dossier) == {"G1", "G5a", "G6"}
    Share.objects.update(ends_on=clock.today())  # its last day, inclusive
    for days, opened in ((-1, set()), (0, {"G1", "G5a", "G6"}), (1, set())):
        with clock.at(clock.today() + timedelta(days=days)):
            assert groups(adviser, dossier) == opened
    Share.objects.update(revoked_at=clock.now())
    assert groups(adviser, dossier) == set()


@postgresql
def test_a_page_that_forgot_to_check_reads_bytes_only_and_writes_nothing(wall, team):
    dossier, neighbour = make_prepared(team), make_team("31", "Association voisine")
    identity = Identity.objects.get(dossier=dossier)
    with keywall.asking(team.actor("REF")):
        assert identity.unseal()["alias"]
    with keywall.asking(neighbour.actor("REF")):
        with pytest.raises(KeyMissing):
            identity.unseal()
        with pytest.raises(KeyMissing):
            identity.seal({"alias": "x"})
        assert not KeySlot.objects.filter(owner=dossier.pk).delete()[0]
        with pytest.raises(DatabaseError), transaction.atomic():
            KeySlot(owner=dossier.pk, group="G3", key_version=9, wrapped=b"x", created_on=clock.today()).save()
    assert KeySlot.objects.filter(owner=dossier.pk).exists()


@postgresql
def test_the_pages_stand_behind_the_wall(wall, team, settings):
    dossier, neighbour = make_prepared(team), make_team("31", "Association voisine")
    at = settings.MIDDLEWARE.index("jalon.accounts.kept.SignInMiddleware") + 1
    wall = "jalon.people.middleware.KeyWallMiddleware"
    settings.MIDDLEWARE = [*settings.MIDDLEWARE[:at], wall, *settings.MIDDLEWARE[at:]]
    referent = team.browser("REF", stepped_up=True)
    for name in ("people:identity", "people:contact", "people:agreements", "support:dossier"):
        assert referent.get(reverse(name, args=[dossier.pk])).status_code == 200
        assert neighbour.browser("REF").get(reverse(name, args=[dossier.pk])).status_code == 404
    assert referent.post(reverse("people:stop", args=[dossier.pk])).status_code == 303
    assert referent.get("/").status_code == 200
    assert referent.get("/dossiers/").status_code == 200


@postgresql
def test_nothing_stands_in_for_the_wall(wall, team, settings):
    settings.KEY_WALL = True
    with pytest.raises(Misplaced, match="rôle"):
        keywall.verify()  # the tests own the tables: a server never does
    # pg_dump under an ordinary role fails rather than leave rows out
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL row_security = off")
    with pytest.raises(DatabaseError), transaction.atomic():
        KeySlot.objects.count()
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL row_security = on")
    keywall.remove()
    with pytest.raises(CommandError, match="pas en place"):
        call_command("key_wall", "check")


@postgresql
@pytest.mark.django_db(transaction=True)
def test_who_asks_is_forgotten_with_the_transaction():
    team = make_team()
    dossier = make_prepared(team)
    keywall.install()
    try:
        with pytest.raises(RuntimeError):
            keywall.say(("", keywall.SYSTEM, "", ""))
        assert groups(team.actor("REF"), dossier)
        assert not KeySlot.objects.filter(owner=dossier.pk).exists()  # the same connection, a moment later
        with pytest.raises(ZeroDivisionError), keywall.asking(team.actor("REF")):
            raise ZeroDivisionError
        assert not KeySlot.objects.filter(owner=dossier.pk).exists()
    finally:
        keywall.remove()


def test_the_wall_is_asked_of_postgresql_only(settings):
    settings.KEY_WALL = False
    keywall.verify()
    if connection.vendor != "postgresql":
        settings.KEY_WALL = True
        with pytest.raises(Misplaced, match="PostgreSQL"):
            keywall.verify()
        with pytest.raises(CommandError):
            call_command("key_wall", "install")
