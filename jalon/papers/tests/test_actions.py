"""A paper made: numbered, fingerprinted, journaled, never kept."""

import hashlib
from types import SimpleNamespace

import pytest

from jalon.access import Actor, Refused
from jalon.accounts.tests.factories import make_user
from jalon.config import clock
from jalon.journal.models import Entry
from jalon.papers import actions, engine
from jalon.papers.models import Paper
from jalon.papers.views import answer
from jalon.vault.ids import new_id

from .reading import read
from .test_engine import given

pytestmark = pytest.mark.django_db


ORGANISATION = new_id()


def make_actor():
    return Actor(make_user().pk, "SEC", ORGANISATION, "31")


@pytest.fixture
def actor():
    return make_actor()


def made(actor, about="", **more):
    return actions.make_paper(actor, "sample", 1, given(**more.pop("context", {})), about=about, **more)


def test_numbered_hashed_journaled(actor):
    paper, content = made(actor, "A1", department="31")
    assert (paper.number, paper.year) == (1, clock.today().year)
    assert paper.sha256 == hashlib.sha256(content).hexdigest()
    assert paper.label in read(content).text
    entry = Entry.objects.latest("seq")
    assert (entry.verb, entry.purpose) == ("make_paper", "sample")
    assert Paper.objects.get() == paper


def test_one_sequence_for_each_place_and_year(actor):
    numbers = [
        made(actor, about, department=place)[0].number for about, place in [("a", "31"), ("b", "31"), ("a", "33")]
    ]
    assert numbers == [1, 2, 1]
    assert made(actor, "a", organisation_id="o" * 22)[0].number == 1


def test_the_same_facts_give_the_same_paper_even_later(actor):
    first = made(actor, "A1", department="31")
    with clock.at(clock.today().replace(year=clock.today().year + 1)):
        again = made(actor, "A1", department="31")
    assert again == first
    assert Paper.objects.count() == 1
    assert Entry.objects.filter(verb="make_paper").count() == 2


def test_changed_facts_give_a_new_number(actor):
    first = made(actor, "A1", department="31")
    second = made(actor, "A1", department="31", context={"words": "Rectifié."})
    assert second.paper.number == first.paper.number + 1


def test_a_marked_copy_belongs_to_its_reader(actor):
    first = made(actor, "A1", department="31", copy_for="SEC A. B.")
    other = made(make_actor(), "A1", department="31", copy_for="SEC C. D.")
    assert other.paper.number == 2
    assert "exemplaire SEC A. B." in read(first.content).text


def test_a_letter_without_glyph_is_a_french_sentence_and_writes_nothing(actor):
    with pytest.raises(Refused) as raised:
        made(actor, "A1", context={"words": "龘"})
    assert "lettres latines" in raised.value.why
    assert not Paper.objects.exists()


def test_the_file_has_a_neutral_name_and_is_kept_nowhere(actor):
    result = made(actor, "A1", department="31")
    response = answer(result)
    assert response["Content-Disposition"] == f'attachment; filename="papier-{result.paper.label}.pdf"'
    assert response["Cache-Control"] == "no-store"
    assert response["Content-Type"] == "application/pdf"
    assert response.content == result.content


def test_taken_numbers_are_tried_again(actor, monkeypatch):
    made(actor, "A1", department="31")
    real, seen = engine.render, []

    def slow(*args, **kwargs):
        if not seen:
            seen.append(1)
            made(actor, "A2", department="31")  # somebody else's paper, made meanwhile
        return real(*args, **kwargs)

    monkeypatch.setattr(engine, "render", slow)
    paper, content = made(actor, "A3", department="31")
    assert paper.number == 3
    assert paper.label in read(content).text


def test_no_person_in_the_row(actor):
    paper, _ = made(actor, "A1", department="31")
    assert str(paper) == f"paper {paper.id}"


def test_when_a_file_is_erased_only_the_number_stays(actor):
    first, other = SimpleNamespace(pk=new_id(), id="", audit_salt=b"s"), SimpleNamespace(pk=new_id(), audit_salt=b"s")
    mine, _ = actions.make_paper(actor, "sample", 1, given(), about="A1", department="31")
    Paper.objects.filter(pk=mine.pk).update(dossier=first.pk)
    kept, _ = actions.make_paper(actor, "sample", 1, given(), about="A2", department="31")
    Paper.objects.filter(pk=kept.pk).update(dossier=other.pk)
    assert actions.forget_papers(actor, SimpleNamespace(pk=new_id())) == 0
    with pytest.MonkeyPatch.context() as patched:
        seen = []
        patched.setattr(actions.journal, "record", lambda *args, **more: seen.append((args[1], more["count"])))
        assert actions.forget_papers(actor, first) == 1
    assert seen == [("forget_papers", 1)]
    mine.refresh_from_db()
    assert (mine.number, mine.dossier, mine.about, mine.sha256) == (1, "", "", "")
    assert Paper.objects.get(pk=kept.pk).sha256
