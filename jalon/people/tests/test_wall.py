"""The second wall on PostgreSQL: what a page forgot to check, the database refuses."""

import itertools
from datetime import timedelta
from time import perf_counter

import pytest
from django.apps import apps
from django.core.management import CommandError, call_command
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.urls import reverse

from jalon.access import Actor
from jalon.access.models import ReadingAlert
from jalon.config import clock
from jalon.config.settings import WALL
from jalon.papers import actions as papers
from jalon.papers.tests.test_engine import given as sample
from jalon.people import wall
from jalon.people.models import Agreement, Assignment, Dossier, Identity, SafeContact, Share
from jalon.vault import keys
from jalon.vault.errors import KeyMissing, Misplaced
from jalon.vault.models import Former, KeySlot

from .factories import make_dossier, make_prepared, make_team

postgresql = pytest.mark.skipif(connection.vendor != "postgresql", reason="row-level security is PostgreSQL's")
pytestmark = pytest.mark.django_db
OF_FILE = ("G1", "G2", "G3", "G4", "G5a", "G6")
# Every table that the wall leaves open, and why. A new model is behind the wall or here.
OPEN = {
    "accounts and their browsers: no person, and read before anybody is known": "accounts",
    "the commission: seats, meetings, minutes with numbers and outcomes; what hangs to a request is behind the wall": (
        "commissions.Attendance commissions.Meeting commissions.Minutes commissions.Seat"
    ),
    "conventions between houses; a pair, which hangs to a file, is behind the wall": (
        "conventions.Axis conventions.Commitment conventions.Convention conventions.ConventionSignature"
        " conventions.ConventionMessage conventions.Indicator conventions.IndicatorValue conventions.SteeringMeeting"
    ),
    "houses, their names, approvals and functions: every page names them": "directory",
    "the trail: subjects are keyed hashes, and what it holds nobody changes": "journal",
    "messages without content, to one account": "notices.Outbox",
    "the catalogue: no person; an orientation is behind the wall": (
        "offers.Occupation offers.Offer offers.RomeVersion offers.Service offers.ServiceFact offers.SourceFetch"
        " offers.Structure offers.Training offers.TravelTable"
    ),
    "the secret address of one account's calendar: hours and « Réunion »": "support.CalendarFeed",
    "the framework's own": "auth contenttypes sessions mfa account",
}


@pytest.fixture
def up():
    """Up, and the test itself is the system outside ``asking``. The tests' role owns the tables: FORCE binds it too."""
    wall.install()
    wall.say(("", wall.SYSTEM, "", ""))


@pytest.fixture
def team():
    return make_team()


def as_before():
    """After a test whose wall outlives its transaction: down, unless the whole suite runs behind it."""
    if not WALL:
        wall.remove()


def behind(settings):
    """The pages run behind the wall, as those of a server do."""
    if not settings.WALL:
        at = settings.MIDDLEWARE.index("jalon.accounts.kept.SignInMiddleware") + 1
        middleware = "jalon.people.middleware.WallMiddleware"
        settings.MIDDLEWARE = [*settings.MIDDLEWARE[:at], middleware, *settings.MIDDLEWARE[at:]]
        settings.WALL = True


def groups(actor, dossier):
    """The key groups of this file that this actor's requests can fetch."""
    with wall.asking(actor):
        return set(KeySlot.objects.filter(owner=dossier.pk).values_list("group", flat=True))


def reaches(actor, dossier, *models):
    """Which of these models show this actor's requests a row of this file."""
    with wall.asking(actor):
        found = {Dossier} if Dossier.objects.filter(pk=dossier.pk).exists() else set()
        return found | {model for model in models if model.objects.filter(dossier=dossier).exists()}


# --- the declaration --------------------------------------------------------------------------------------------
def test_each_table_is_behind_the_wall_or_open_for_a_reason():
    named = set(itertools.chain.from_iterable(codes.split() for codes in OPEN.values()))
    walled = {model._meta.label for model in wall.walled()}
    for model in apps.get_models():
        label, room = model._meta.label, model._meta.app_label
        assert (label in walled) != (label in named or room in named), label
    assert walled >= {"people.Identity", "journeys.Period", "commissions.Recusal", "support.LiaisonMessage"}


def test_no_open_table_has_a_column_that_names_a_file():
    walled = set(wall.walled())
    for model in set(apps.get_models()) - walled:
        for field in model._meta.concrete_fields:
            assert not field.name.startswith("dossier"), field
            assert field.related_model not in walled or field.related_model._meta.label == "vault.SealedFile", field


# --- who reaches what -------------------------------------------------------------------------------------------
@postgresql
def test_a_person_reaches_her_own_file_and_its_first_key_alone(up, team):
    mine, other = make_prepared(team), make_prepared(team, alias="Bleuet")
    for dossier in (mine, other):
        keys.ensure(dossier.pk, *OF_FILE)
    her = team.actor("PER")
    assert (groups(her, mine), reaches(her, mine, Identity)) == (set(), set())
    Assignment.objects.create(
        dossier=mine, user_id=her.user_id, organisation=team.organisation, kind="person", starts_on=clock.today()
    )
    assert (groups(her, mine), reaches(her, mine, Identity)) == ({"G1"}, {Dossier, Identity})
    assert (groups(her, other), reaches(her, other, Identity)) == (set(), set())


@postgresql
def test_what_was_written_over_is_reached_as_the_key_that_opens_it(up, team):
    dossier, neighbour, far = make_prepared(team), make_team("31", "Association voisine"), make_team("13", "Ailleurs")
    slots = keys.ensure(dossier.pk, *OF_FILE)
    for group, slot in slots.items():
        row = Former(owner=dossier.pk, group=group, part="C1", model="people.Identity", about=dossier.pk)
        row.number, row.followed_by, row.replaced_at = 1, 2, clock.now()
        row.seal({"schema": 1, "said": {}}, slot)
        row.save()
    houses = [(team, role) for role in ("REF", "MGR", "SEC", "EMP")] + [(neighbour, "REF"), (far, "SEC")]
    for actor in (*(house.actor(role) for house, role in houses), None):
        with wall.asking(actor):
            found = set(Former.objects.filter(owner=dossier.pk).values_list("group", flat=True))
        assert found == groups(actor, dossier)
    assert groups(team.actor("REF"), dossier) == set(OF_FILE)


@postgresql
def test_each_house_fetches_its_keys_and_no_other(up, team):
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
            assert bool(reaches(adviser, dossier, Identity)) == bool(opened)
    Share.objects.update(revoked_at=clock.now())
    assert groups(adviser, dossier) == set()


@postgresql
def test_the_columns_in_clear_are_those_of_ones_own_house(up, team):
    first, later = make_dossier(team), make_prepared(team)
    neighbour, far = make_team("31", "Association voisine"), make_team("13", "Ailleurs")
    hers = (Assignment, Identity, SafeContact)
    for role in ("REF", "MGR", "DPO"):
        assert reaches(team.actor(role), later, *hers, Agreement) == {Dossier, *hers, Agreement}
        assert reaches(neighbour.actor(role), later, *hers, Agreement) == set()
    assert reaches(team.actor("SEC"), later, *hers) == {Dossier, *hers}
    assert reaches(team.actor("SEC"), first, *hers) == set()  # before her agreement the State knows nothing
    for nobody in (far.actor("SEC"), team.actor("EMP"), None):
        assert reaches(nobody, later, *hers) == set()
    Assignment.objects.create(
        dossier=later, user=team.col.user, organisation=team.organisation, kind="person",
        starts_on=clock.today(), ends_on=clock.today(),
    )  # fmt: skip
    herself = Actor(team.col.user_id, "PER", team.organisation.pk, "31")
    assert reaches(herself, later, Identity) == {Dossier, Identity}
    assert groups(herself, later) == {"G1"}
    assert reaches(herself, first, Identity) == set()  # of the same house, and not hers
    ReadingAlert.objects.create(user="u", organisation_id=team.organisation.pk, span="day", on=clock.today(), files=9)
    with wall.asking(neighbour.actor("DPO")):
        assert not ReadingAlert.objects.exists()


@postgresql
def test_a_page_that_forgot_to_check_reads_bytes_only_and_writes_nothing(up, team):
    dossier, neighbour = make_prepared(team), make_team("31", "Association voisine")
    identity = Identity.objects.get(dossier=dossier)
    with wall.asking(team.actor("REF")):
        assert identity.unseal()["alias"]
    with wall.asking(neighbour.actor("REF")):
        with pytest.raises(KeyMissing):
            identity.unseal()
        with pytest.raises(KeyMissing):
            identity.seal({"alias": "x"})
        assert not KeySlot.objects.filter(owner=dossier.pk).delete()[0]
        assert Dossier.objects.filter(pk=dossier.pk).update(stage="S6") == 0
        with pytest.raises(DatabaseError), transaction.atomic():
            KeySlot(owner=dossier.pk, group="G3", key_version=9, wrapped=b"x", created_on=clock.today()).save()
    assert KeySlot.objects.filter(owner=dossier.pk).exists()
    dossier.refresh_from_db()
    assert dossier.stage == "S1"


@postgresql
def test_the_pages_stand_behind_the_wall(up, team, settings):
    dossier, neighbour = make_prepared(team), make_team("31", "Association voisine")
    behind(settings)
    referent = team.browser("REF", stepped_up=True)
    for name in ("people:identity", "people:contact", "people:agreements", "support:dossier"):
        assert referent.get(reverse(name, args=[dossier.pk])).status_code == 200
        assert neighbour.browser("REF").get(reverse(name, args=[dossier.pk])).status_code == 404
    assert referent.post(reverse("people:stop", args=[dossier.pk])).status_code == 303
    assert referent.get("/").status_code == 200
    assert referent.get("/dossiers/").status_code == 200


# --- the traps --------------------------------------------------------------------------------------------------
@postgresql
def test_what_a_statement_returns_or_copies_is_behind_the_wall_too(up, team):
    from psycopg.errors import FeatureNotSupported

    dossier, neighbour = make_prepared(team), make_team("31", "Association voisine")
    with wall.asking(neighbour.actor("MGR")), connection.cursor() as cursor:
        cursor.execute("UPDATE people_dossier SET revision = revision RETURNING number")
        assert cursor.fetchall() == []
        cursor.execute("DELETE FROM people_identity RETURNING id")
        assert cursor.fetchall() == []
        with cursor.copy("COPY people_dossier (number) TO STDOUT") as copied:
            assert b"".join(bytes(piece) for piece in copied) == b""
        with pytest.raises(FeatureNotSupported), transaction.atomic(), cursor.copy("COPY people_dossier FROM STDIN"):
            pass
        # a row put in another's house is refused, and so is one's own row given away
        row = {"department": "31", "opened_on": clock.today(), "last_contact_on": clock.today()}
        with pytest.raises(DatabaseError), transaction.atomic():
            Dossier.objects.create(organisation=team.organisation, number="31-2026-900", **row)
    with wall.asking(team.actor("MGR")), pytest.raises(DatabaseError), transaction.atomic():
        Dossier.objects.filter(pk=dossier.pk).update(organisation=neighbour.organisation)


@postgresql
def test_a_number_that_is_taken_says_so_without_saying_by_whom(up, team, settings):
    """A unique column answers whatever the policies: it must name no row. Numbers are drawn (``beyond``)."""
    settings.WALL = True
    dossier, neighbour = make_prepared(team), make_team("31", "Association voisine")
    given = {"department": "31", "opened_on": clock.today(), "last_contact_on": clock.today()}
    with wall.asking(neighbour.actor("REF")):
        with pytest.raises(IntegrityError) as refused, transaction.atomic():
            Dossier.objects.create(organisation=neighbour.organisation, number=dossier.number, **given)
        assert dossier.number not in str(refused.value)
        assert make_dossier(neighbour).number != dossier.number


@postgresql
def test_papers_of_a_department_are_one_sequence_for_all_its_houses(up, team, settings):
    """Each house prints; the State's are forgotten with the file by the association's officer."""
    settings.WALL = True
    neighbour = make_team("31", "Association voisine")
    files = [(team, make_prepared(team)), (neighbour, make_prepared(neighbour, alias="Bleuet"))]
    numbers = []
    for house, dossier in files:
        for role in ("REF", "SEC"):
            with wall.asking(house.actor(role)):
                given = {"about": f"{dossier.pk}{role}", "dossier": dossier, "department": "31"}
                numbers.append(papers.make_paper(house.actor(role), "sample", 1, sample(), **given).paper.number)
    assert numbers == [1, 2, 3, 4]
    with wall.asking(team.actor("DPO")):
        assert papers.forget_papers(team.actor("DPO"), files[0][1]) == 2


@postgresql
def test_a_prepared_statement_asks_for_whoever_runs_it(up, team):
    dossier, neighbour = make_prepared(team), make_team("31", "Association voisine")
    count = "SELECT count(*) FROM people_dossier WHERE id = %s"
    with connection.cursor() as cursor:
        for actor, found in [(team.actor("REF"), 1), (neighbour.actor("REF"), 0)] * 4:
            with wall.asking(actor):
                cursor.cursor.execute(count, [dossier.pk], prepare=True)
                assert cursor.fetchone()[0] == found


@postgresql
def test_no_view_nor_function_is_a_door(up, team, settings):
    settings.WALL = True
    doors = (
        "CREATE VIEW door AS SELECT * FROM people_dossier",
        "CREATE FUNCTION door() RETURNS bigint LANGUAGE sql SECURITY DEFINER AS 'SELECT count(*) FROM people_dossier'",
    )
    for door in (*doors, None):
        with transaction.atomic(), connection.cursor() as cursor:
            # as a server: not the owner, as far as the check may tell
            if door:
                cursor.execute(door)
            cursor.execute(wall.DOORS)
            assert cursor.fetchone()[0] is bool(door)
            transaction.set_rollback(True)


@postgresql
def test_nothing_stands_in_for_the_wall(up, team, settings):
    settings.WALL = True
    with pytest.raises(Misplaced, match="se connecte avec un rôle qui passe le mur"):
        wall.verify()  # the tests own the tables: a server never does
    # pg_dump under an ordinary role fails rather than leave rows out
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL row_security = off")
    for model in (KeySlot, Dossier, Identity):
        with pytest.raises(DatabaseError), transaction.atomic():
            model.objects.count()
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL row_security = on")
        cursor.execute("ALTER TABLE people_identity NO FORCE ROW LEVEL SECURITY")
    with pytest.raises(CommandError, match="pas en place"):
        call_command("wall", "check")
    wall.remove()
    with pytest.raises(CommandError, match="pas en place"):
        call_command("wall", "check")


@postgresql
@pytest.mark.django_db(transaction=True)
def test_who_asks_is_forgotten_with_the_transaction(settings):
    wall.install()
    try:
        with connection.cursor() as cursor:  # the session of the suite may be the system's: here nothing is said
            cursor.execute("SET jalon.role = 'system'")
        team = make_team()
        dossier = make_prepared(team)
        with connection.cursor() as cursor:
            cursor.execute("SET jalon.role = ''")
        with pytest.raises(RuntimeError):
            wall.say(("", wall.SYSTEM, "", ""))
        assert groups(team.actor("REF"), dossier)
        for model in (Dossier, Identity):
            assert not model.objects.exists()  # the same connection, a moment later
        assert not KeySlot.objects.exclude(owner="staff").exists()
        with pytest.raises(ZeroDivisionError), wall.asking(team.actor("REF")):
            raise ZeroDivisionError
        assert not Dossier.objects.exists()
        with wall.asking(team.actor("REF")):
            settings.WALL = True
            with wall.beyond():
                assert Dossier.objects.exists()
            with pytest.raises(ZeroDivisionError), wall.beyond():
                raise ZeroDivisionError
            with connection.cursor() as cursor:
                cursor.execute("SELECT current_setting('jalon.role')")
                assert cursor.fetchone()[0] == "REF"
    finally:
        as_before()
        with connection.cursor() as cursor:
            cursor.execute("RESET jalon.role")


def test_the_wall_is_asked_of_postgresql_only(settings):
    settings.WALL = False
    wall.verify()
    with wall.beyond():
        assert not Dossier.objects.exists()
    if connection.vendor != "postgresql":
        settings.WALL = True
        with pytest.raises(Misplaced, match="PostgreSQL"):
            wall.verify()
        with pytest.raises(CommandError):
            call_command("wall", "install")


@postgresql
@pytest.mark.proof
def test_what_the_wall_costs(team, capsys):
    """A thousand files of two houses: the list, one file, its rows, a key; printed, and within three times."""
    other = make_team("31", "Association voisine")
    day = clock.today()
    rows = [
        Dossier(
            organisation=(team, other)[n % 2].organisation, department="31", number=f"31-2020-{n:04d}", opened_on=day,
            last_contact_on=day, stage="S1",
        )
        for n in range(1000)
    ]  # fmt: skip
    Dossier.objects.bulk_create(rows)
    SafeContact.objects.bulk_create([SafeContact(dossier=row, reviewed_on=day) for row in rows])
    KeySlot.objects.bulk_create([KeySlot(owner=row.pk, group="G1", wrapped=b"x" * 60, created_on=day) for row in rows])
    statements = {
        "list": lambda: list(Dossier.objects.filter(organisation=team.organisation).order_by("next_due_on")[:50]),
        "file": lambda: Dossier.objects.get(pk=rows[0].pk),
        "rows": lambda: list(SafeContact.objects.filter(dossier__organisation=team.organisation)),
        "key": lambda: list(KeySlot.objects.filter(owner=rows[0].pk)),
    }
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    wall.remove()
    without = {name: timed(ask) for name, ask in statements.items()}
    wall.install()
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE people_dossier; ANALYZE people_safecontact; ANALYZE vault_keyslot")
    for role in ("REF", "SEC"):
        with wall.asking(team.actor(role)):
            behind = {name: timed(ask) for name, ask in statements.items()}
        with capsys.disabled():
            print(f"\nwall, {role}:", *(f"{n} {without[n]:.2f} → {behind[n]:.2f} ms" for n in statements), sep="  ")
        assert all(behind[name] < 3 * without[name] + 5 for name in statements)


def timed(ask, times=15):
    """The median of fifteen, in milliseconds."""
    took = []
    for _each in range(times):
        begun = perf_counter()
        ask()
        took.append((perf_counter() - begun) * 1000)
    return sorted(took)[times // 2]


FORBIDDEN = (
    "ALTER TABLE vault_keyslot DISABLE ROW LEVEL SECURITY",
    "DROP POLICY house ON vault_keyslot",
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
    wall.install(role)
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
            tables = [model._meta.db_table for model in wall.walled()]
            standing = link.execute(wall.STANDING, [tables]).fetchall()
            assert len(standing) == len(tables)
            assert all(stands and not owned for _name, stands, owned in standing)
            assert link.execute(wall.DOORS).fetchone() == (False, False, "")
            link.execute("SET row_security = off")
            with pytest.raises(psycopg.Error):
                link.execute(count, [dossier.pk])
        # an address that says a role for the whole session opens everything: a server refuses to start with it
        with psycopg.connect(user=role, password="x", options=f"-c jalon.role={wall.SYSTEM}", **where) as link:
            assert link.execute(count, [dossier.pk]).fetchone()[0] > 0
            assert link.execute(wall.DOORS).fetchone() == (False, False, wall.SYSTEM)
    finally:
        as_before()
        with connection.cursor() as cursor:
            for what in ("ALL TABLES IN SCHEMA public", "ALL SEQUENCES IN SCHEMA public", "SCHEMA public"):
                cursor.execute(f"REVOKE ALL ON {what} FROM {role}")
            cursor.execute(f"DROP ROLE {role}")
