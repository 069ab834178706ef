"""A minor, a protected adult, a person who does not hear or read: said where her agreement is taken, never guessed."""

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse

from jalon.journal.models import Entry
from jalon.people import actions
from jalon.people.models import Agreement, SafeContact

from .factories import make_dossier, make_team

pytestmark = pytest.mark.django_db


@pytest.fixture
def team():
    return make_team()


def noted(team, *needs):
    dossier = make_dossier(team)
    actions.update_safe_contact(team.actor("REF"), dossier, data={"needs": list(needs)})
    return dossier


def agree(team, dossier, **given):
    return actions.record_agreement(team.actor("REF"), dossier, language="bg", **given)


@pytest.mark.parametrize(("need", "field", "given"), [
    ("minor", "representative", "Administratrice désignée, présente"),
    ("protected", "representative", "Personne : le jugement ne le demande pas"),
    ("deaf", "read_how", "signs"),
    ("unread", "read_how", "aloud"),
])  # fmt: skip
def test_the_agreement_says_who_was_there_and_how_it_was_read(team, need, field, given):
    dossier = noted(team, need)
    for wrong in ("", "  ") if field == "representative" else ("", "loud"):
        with pytest.raises(ValidationError) as refused:
            agree(team, dossier, **{field: wrong})
        assert list(refused.value.message_dict) == [field]
    assert not Agreement.objects.exists()
    row = agree(team, dossier, **{field: given})
    record = row.unseal()
    assert (record["needs"], record[field]) == ([need], given)
    assert given.encode() not in bytes(row.sealed)
    assert Entry.objects.filter(verb="record_agreement", compartment="C15").count() == 1
    with pytest.raises(ValidationError):  # the neighbour: her own need, not that of another file
        agree(team, noted(team, "deaf"))
    agree(team, make_dossier(team))


def test_an_unknown_need_is_not_kept(team):
    dossier = make_dossier(team)
    with pytest.raises(ValueError, match="unknown"):
        actions.update_safe_contact(team.actor("REF"), dossier, data={"needs": ["other"]})
    assert SafeContact.objects.get(dossier=dossier).unseal()["needs"] == []


def test_every_page_where_something_is_read_to_her_says_it(team):
    dossier, client = noted(team, "minor", "unread"), team.browser("REF", stepped_up=True)
    for name in ("agree", "inform", "share"):
        page = client.get(reverse(f"people:{name}", args=[dossier.pk])).content.decode()
        assert "son représentant légal" in page
        assert "lisez à voix haute" in page
    url = reverse("people:agree", args=[dossier.pk])
    assert 'name="representative"' in client.get(url, {"page": "answer"}).content.decode()
    form = {"language": "bg", "read_back": "on", "how": "signed"}
    answer = client.post(url, form)
    assert answer.status_code == 422
    assert "read_how" in answer.content.decode()
    assert client.post(url, {**form, "representative": "Sa tutrice", "read_how": "aloud"}).status_code == 303
    page = client.get(reverse("people:agreements", args=[dossier.pk])).content.decode()
    assert "Sa tutrice" in page
    assert "à voix haute" in page


def test_nothing_more_is_asked_of_the_others(team):
    dossier, client = make_dossier(team), team.browser("REF")
    page = client.get(reverse("people:agree", args=[dossier.pk]), {"page": "answer"}).content.decode()
    assert 'name="representative"' not in page
    assert 'name="read_how"' not in page
