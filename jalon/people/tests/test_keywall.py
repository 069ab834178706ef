"""The second wall on PostgreSQL: what a page forgot to check, the database refuses."""

from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction
from django.urls import reverse

from jalon.config import clock
from jalon.people import keywall
from jalon.people.models import Identity, Share
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


FORBIDDEN = (
    "ALTER TABLE vault_keyslot DISABLE ROW LEVEL SECURITY",
    "DROP POLICY key_wall ON vault_keyslot",
    "CREATE TABLE mine (x int)",
    "DROP TABLE journal_entry",
    "TRUNCATE vault_keyslot",
    "DELETE FROM journal_entry",
    "UPDATE journal_entry SET verb = 'x'",
    "SET ROLE pg_read_all_data",
    "ALTER ROLE CURRENT_USER BYPASSRLS",
)


@postgresql
@pytest.mark.django_db(transaction=True)
def test_a_role_that_owns_nothing_is_bound_and_may_not_change_the_tables():
    """The traps, on a connection of a server's own role: nothing said, nothing given; nothing said outlives its
    transaction, even on a connection that a pool lends again; the trail and the tables are out of its hands.

    The role of the tests needs CREATEROLE (``.ci/run`` gives it).
    """
    import psycopg

    team = make_team()
    dossier = make_prepared(team)
    role, found = "jalon_tests_server", connection.settings_dict
    with connection.cursor() as cursor:
        cursor.execute(f"DROP ROLE IF EXISTS {role}")
        cursor.execute(f"CREATE ROLE {role} LOGIN PASSWORD 'x'")
    keywall.install(role)
    where = {name: found[key] for name, key in (("host", "HOST"), ("dbname", "NAME"), ("port", "PORT")) if found[key]}
    count = "SELECT count(*) FROM vault_keyslot WHERE owner = %s"
    referent = team.actor("REF")
    try:
        with psycopg.connect(user=role, password="x", autocommit=True, **where) as link:
            assert link.execute(count, [dossier.pk]).fetchone() == (0,), "permissive when unset"
            said = "SELECT set_config('jalon.role', %s, true), set_config('jalon.organisation', %s, true)"
            asked = [str(referent.role), referent.organisation_id]
            link.execute(said, asked)  # outside a transaction: lost at once
            assert link.execute(count, [dossier.pk]).fetchone() == (0,)
            with link.transaction():
                link.execute(said, asked)
                assert link.execute(count, [dossier.pk]).fetchone()[0] > 0
            assert link.execute(count, [dossier.pk]).fetchone() == (0,), "lent again, it has forgotten"
            for forbidden in FORBIDDEN:
                with pytest.raises(psycopg.Error):
                    link.execute(forbidden)
            link.execute("SET row_security = off")
            with pytest.raises(psycopg.Error):
                link.execute(count, [dossier.pk])
    finally:
        keywall.remove()
        with connection.cursor() as cursor:
            for what in ("ALL TABLES IN SCHEMA public", "ALL SEQUENCES IN SCHEMA public", "SCHEMA public"):
                cursor.execute(f"REVOKE ALL ON {what} FROM {role}")
            cursor.execute(f"DROP ROLE {role}")
