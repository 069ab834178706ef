"""A replayed world is the built one, and nothing is replayed where it would not be."""

from contextlib import contextmanager
from datetime import date

import pytest
from django.db import connection, transaction

from jalon.config import clock
from jalon.directory.tests.factories import make_organisation
from jalon.dossiers.tests.factories import make_complete
from jalon.journal.tests import replay
from jalon.journal.verify import verify
from jalon.journeys.tests.factories import make_notified
from jalon.people.tests.factories import make_team
from jalon.vault import files
from jalon.vault.models import SealedFile

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif("connection.vendor != 'sqlite'", reason="factories just run elsewhere"),
]


@pytest.fixture
def worlds():
    """Nothing kept yet, and nothing kept here for the other tests."""
    kept, replay.worlds.kept = replay.worlds.kept, {}
    yield replay.worlds
    replay.worlds.kept = kept


@contextmanager
def beginning(worlds):
    """As a test begins, and as it ends: nothing of it stays."""
    with transaction.atomic():
        worlds.begin(True, depth=len(connection.savepoint_ids))
        yield
        transaction.set_rollback(True)


def rows():
    with connection.cursor() as cursor:
        tables = connection.introspection.table_names(cursor)
        return {table: cursor.execute(f'SELECT * FROM "{table}"').fetchall() for table in [*tables, "sqlite_sequence"]}


def words(rows):
    return [(row._meta.label, row.pk, row.unseal()) for row in rows]


def test_a_replayed_world_is_the_built_one(worlds):
    def live():
        with beginning(worlds):
            team = make_team()
            held = team.pre
            decision = make_notified(team)
            assert team.pre is held
            assert decision.application.dossier == decision.dossier
            report = verify(records=True)
            assert report.status == 0
            sealed = words([decision, held, decision.application.parts.first()])
            content = [files.read(file) for file in SealedFile.objects.order_by("pk")]
            return (
                rows(),
                report,
                sealed,
                content,
                {name: value for name, value in vars(decision).items() if name[0] != "_"},
            )

    built, replays = live(), worlds.replays
    replayed, more = live(), worlds.replays - replays
    assert more == 3  # the team, its prefect, the decision: nothing more was run
    assert replayed[0].keys() == built[0].keys()
    for table, lines in built[0].items():
        assert replayed[0][table] == lines, table
    assert len(built[0]["journal_entry"]) > 50
    assert replayed[1:] == built[1:]


def count(worlds, act):
    before = worlds.replays
    act()
    return worlds.replays - before


def test_from_another_state_it_runs(worlds):
    for _twice in range(2):  # built, then replayed
        with beginning(worlds):
            seen = count(worlds, make_team)
    assert seen == 1
    with beginning(worlds), clock.at(date(2026, 1, 5)):
        assert count(worlds, make_team) == 0
    with beginning(worlds), transaction.atomic():
        assert count(worlds, make_team) == 0
    with beginning(worlds), connection.cursor() as cursor:
        cursor.execute("DELETE FROM directory_organisation")
        make_organisation(name="Une autre")
        cursor.execute("UPDATE directory_organisation SET department = '33'")
        assert count(worlds, make_team) == 0
    with beginning(worlds):
        first, second = make_team(), make_team()
        assert first.organisation != second.organisation


def test_a_lost_file_is_built_again(worlds):
    with beginning(worlds):
        make_complete(make_team())
    with beginning(worlds):
        make_complete(make_team())
        files.location(SealedFile.objects.first()).unlink()
    with beginning(worlds):
        make_complete(make_team())
        assert all(files.location(file).exists() for file in SealedFile.objects.all())


@pytest.mark.usefixtures("monkeypatch")
def test_where_the_program_is_patched_it_runs():
    for _twice in range(2):
        with transaction.atomic():
            assert count(replay.worlds, make_team) == 0
            transaction.set_rollback(True)
