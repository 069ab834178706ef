"""A file that left with no request: told a month before, then erased; sent or held, it stays."""

from datetime import timedelta

import pytest
from django.core.management import call_command

from jalon.config import clock
from jalon.dossiers import actions
from jalon.dossiers.models import Piece
from jalon.journal.models import Entry
from jalon.journal.verify import verify
from jalon.law.dates import add_months
from jalon.notices.models import Deadline
from jalon.people import actions as people
from jalon.people.tests.factories import make_team
from jalon.ui.files import Clean
from jalon.vault.models import SealedFile

from . import factories as make

pytestmark = pytest.mark.django_db


@pytest.fixture
def team():
    return make_team()


def received(team, code="identity_document"):
    application = make.make_application(team)
    file = Clean(make.PNG, "image/png")
    return actions.add_piece(team.actor("REF"), application, code=code, file=file)


def after(piece, days=0):
    return clock.at(add_months(piece.file.created_on, 12) + timedelta(days=days))


def counts(found):
    return (found.told, found.erased, found.withdrawn, found.held)


def test_it_is_told_a_month_before_and_erased_once(team, capsys):
    piece = received(team)
    with after(piece, -1):
        assert counts(actions.erase_unused()) == (0, 0, 0, 0)
    with after(piece):
        call_command("unused_files", "--dry-run")
        assert "annoncés : 1" in capsys.readouterr().out
        assert not Entry.objects.filter(verb="propose_unused").exists()
        assert counts(actions.erase_unused()) == (1, 0, 0, 0)
        assert counts(actions.erase_unused()) == (0, 0, 0, 0)
        day = clock.today() + timedelta(days=30)
        told = Deadline.objects.filter(rule="DAT-4", cancelled_on=None)
        assert set(told.values_list("role", "on")) == {("DPO", day), ("REF", day)}
    with after(piece, 29):
        assert actions.erase_unused().erased == 0
        page = team.browser("REF").get(f"/applications/{piece.application_id}/pieces/").content.decode()
        assert f"effacé le {day:%d/%m/%Y}" in page
    with after(piece, 30):
        assert actions.erase_unused().erased == 1
        assert actions.erase_unused().erased == 0
    piece.refresh_from_db()
    assert (piece.file, piece.state, piece.erasable_on) == (None, "received", day)
    assert not SealedFile.objects.filter(owner=piece.dossier_id).exists()
    assert not Deadline.objects.filter(rule="DAT-4", cancelled_on=None).exists()
    assert Entry.objects.get(verb="erase_unused").count == 1
    assert verify(records=True).status == 0


def test_what_left_with_a_request_stays_even_once_it_was_told(team):
    sent, late = make.make_submitted(team), make.make_signed(team)
    paper = late.pieces.filter(file__isnull=False).first()
    with after(paper):
        assert actions.erase_unused().told == late.pieces.filter(file__isnull=False).count()
        Piece.objects.filter(pk=paper.pk).update(sent=sent.pieces.filter(sent__isnull=False).first().file)
        assert actions.erase_unused().withdrawn == 1
    with after(paper, 30):
        assert actions.erase_unused().erased > 0
    assert sent.pieces.filter(sent__isnull=False, file=None).count() == 0
    paper.refresh_from_db()
    assert (paper.file is None, paper.erasable_on) == (False, None)


def test_a_hold_or_a_freeze_keeps_it(team):
    held, frozen = received(team), received(team)
    end = add_months(clock.today(), 18)
    people.place_hold(team.actor("MGR"), held.dossier, kind="appeal", ends_on=end, reason="")
    people.record_request(team.actor("REF"), frozen.dossier, right="restriction", parts=[frozen.compartment])
    with after(held, 40):
        assert counts(actions.erase_unused()) == (0, 0, 0, 2)
    with clock.at(end + timedelta(days=1)):
        assert counts(actions.erase_unused()) == (1, 0, 0, 1)
