"""What is typed and not saved: kept sealed, found again, told by its place when it may not leave."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from jalon.access import Hidden, Refused
from jalon.dossiers import actions, redlist
from jalon.dossiers import parts as form
from jalon.dossiers.models import Draft, Part
from jalon.dossiers.tests import factories as make
from jalon.dossiers.tests.test_views import delegate_browser
from jalon.journal.models import Entry
from jalon.people.actions import withdraw_agreement
from jalon.people.reads import trail
from jalon.people.tests.factories import make_team
from jalon.vault.models import Former

pytestmark = pytest.mark.django_db


@pytest.fixture
def team():
    return make_team()


@pytest.fixture
def client(team):
    return team.browser("REF", stepped_up=True)


def text(answer):
    return answer.content.decode().replace("\u202f", " ").replace("&#x27;", "'")


def url(name, application, code):
    return reverse(f"dossiers:{name}", args=[application.pk, code])


def test_what_is_typed_over_is_no_version_and_goes_when_it_is_saved(team):
    application, ref = make.make_application(team), team.actor("REF")
    for goal in ("Couture", "Coiffure"):
        actions.keep_draft(ref, application, "project", typed={"goal": [goal]}, based_on=0)
    assert Draft.objects.get().revision == 2
    for goal in ("Couture", "Coiffure"):
        actions.save_part(ref, application, "project", data={"goal": goal}, state="in_progress")
    assert not Draft.objects.exists()
    assert Former.objects.get().model == "dossiers.Part"


def test_what_is_typed_is_kept_sealed_and_found_again(team, client):
    """Right or wrong, on the screen or not: the draft comes back as it was typed, then goes with the saving."""
    application = make.make_application(team)
    typed = {"goal": "Couture", "steps_0_what": "Stage", "steps_0_by": "31/02/2027", "revision": "0"}
    answer = client.post(url("keep", application, "project"), typed)
    assert answer.status_code == 200
    assert "Texte gardé" in text(answer)
    draft, row = Draft.objects.get(), Part.objects.get(application=application, code="project")
    assert (row.revision, row.state) == (0, "todo")
    assert b"Couture" not in bytes(draft.sealed)
    assert Entry.objects.filter(verb="keep_draft", purpose="project").count() == 1
    listed = trail(team.actor("MGR"), application.dossier)[1]
    assert "open_application" in [line.verb for line in listed]
    assert "keep_draft" not in [line.verb for line in listed]
    # Another browser, the next day: the same words, with the wrong day still there and its sentence.
    page = text(team.browser("REF", stepped_up=True).get(url("part", application, "project")))
    assert "pas encore enregistré" in page
    assert 'value="Couture"' in page
    assert 'value="31/02/2027"' in page
    # A colleague's screen shows what is saved: a draft is its author's.
    assert "Couture" not in text(delegate_browser(team, application.dossier).get(url("part", application, "project")))
    saved = {**typed, "steps_0_by": "28/02/2027", "state": "in_progress"}
    assert client.post(url("part", application, "project"), saved).status_code == 303
    assert not Draft.objects.exists()
    row.refresh_from_db()
    assert row.unseal()["goal"] == "Couture"


def test_a_draft_can_be_abandoned(team, client):
    application = make.make_application(team)
    actions.save_part(team.actor("REF"), application, "project", data={"goal": "Cuisine"}, state="in_progress")
    client.post(url("keep", application, "project"), {"goal": "Couture", "revision": "1"})
    assert client.post(url("forget", application, "project")).status_code == 303
    assert not Draft.objects.exists()
    assert 'value="Cuisine"' in text(client.get(url("part", application, "project")))


def test_two_people_write_the_same_part(team, client):
    """The quiet save says it at once; the draft, taken up later, still meets the page of the two versions."""
    application = make.make_application(team)
    actions.save_part(team.actor("REF"), application, "project", data={"goal": "Cuisine"}, state="in_progress")
    answer = client.post(url("keep", application, "project"), {"goal": "Couture", "revision": "0"})
    assert "Quelqu'un a enregistré une autre version" in text(answer)
    page = client.get(url("part", application, "project"))
    assert "Quelqu'un a enregistré une autre version" in text(page)
    assert page.context["form"]["revision"].value() == "0"
    answer = client.post(
        url("part", application, "project"), {"goal": "Couture", "revision": "0", "state": "in_progress"}
    )
    assert answer.status_code == 409
    assert "Cuisine" in text(answer)
    assert "Couture" in text(answer)
    assert Draft.objects.exists()


def test_a_proof_of_identity_that_lapsed_loses_nothing(team):
    """Five minutes have passed in the life path: what was typed is sealed, and read again only with the proof."""
    application = make.make_application(team)
    plain = team.browser("REF", stepped_up=False)
    typed = {"story": "Elle est venue seule.", "revision": "0", "state": "in_progress"}
    answer = plain.post(url("part", application, "life_path"), typed)
    assert answer.status_code == 403
    assert "Ce que vous avez écrit est gardé" in text(answer)
    assert "venue seule" not in text(answer)
    assert plain.get(url("part", application, "life_path")).status_code == 403
    page = text(team.browser("REF", stepped_up=True).get(url("part", application, "life_path")))
    assert "Elle est venue seule." in page
    assert Part.objects.get(application=application, code="life_path").revision == 0


def test_nothing_is_kept_after_she_withdrew_nor_for_a_neighbour(team, client):
    application = make.make_application(team)
    elsewhere = make_team(name="Association voisine")
    path = url("keep", application, "project")
    unknown = reverse("dossiers:keep", args=["A" * 22, "project"])
    for other in (elsewhere.browser("REF", stepped_up=True), team.browser("SEC")):
        assert other.post(path, {"goal": "x"}).content == other.post(unknown, {"goal": "x"}).content
    with pytest.raises(Hidden):
        actions.keep_draft(elsewhere.actor("REF"), application, "project", typed={}, based_on=0)
    withdraw_agreement(team.actor("REF"), application.dossier)
    answer = client.post(path, {"goal": "Couture", "revision": "0"})
    assert "retiré son accord" in text(answer)
    assert "n'est pas gardé" in text(answer)
    typed = {"goal": "Couture", "revision": "0", "state": "done"}
    answer = client.post(url("part", application, "project"), typed)
    assert answer.status_code == 409
    assert "retiré son accord" in text(answer)
    assert "Couture" in text(answer)
    assert "Ce n'est plus possible" in text(answer)
    assert Part.objects.get(application=application, code="project").revision == 0
    assert not Draft.objects.exists()


def test_drafts_are_bounded_and_strict(team, client):
    application = make.make_application(team)
    assert client.post(url("keep", application, "project"), {"nothing": "x"}).status_code == 400
    assert client.post(url("keep", application, "identity"), {}).status_code == 404
    with pytest.raises(Refused):
        actions.keep_draft(team.actor("REF"), application, "project", typed={"goal": ["x" * 60_001]}, based_on=0)
    sent = make.sign(team, make.fill(team.actor("REF"), application))
    assert "signée" in text(client.post(url("keep", sent, "project"), {"goal": "Trop tard"}))
    assert not Draft.objects.exists()


def test_a_draft_says_by_its_place_what_may_not_leave(team, client):
    """Her street, her town, a relative's name: the place is told as it is typed, at the saving, never the word."""
    application = make.make_application(team)
    for code in ("housing", "family"):
        actions.save_part(team.actor("REF"), application, code, data=make.ANSWERS[code], state="done")
    typed = {"summary": "Vit à Colomiers avec Boyan, rue du Micocoulier.", "revision": "0"}
    answer = text(client.post(url("keep", application, "summary"), typed))
    assert "Résumé : des noms, adresses ou lieux sont à retirer (mots 3, 5, 8)." in answer
    assert "Colomiers" not in answer
    answer = client.post(url("part", application, "summary"), {**typed, "state": "in_progress"})
    assert "(mots 3, 5, 8)" in text(client.get(answer["Location"]))
    # Without a fresh proof of identity nothing is told: streets and names could be tried one by one.
    unproved = team.browser("REF")
    answer = text(unproved.post(url("keep", application, "summary"), {**typed, "revision": "1"}))
    assert "Texte gardé" in answer
    assert "à retirer" not in answer
    assert Entry.objects.filter(verb="check_red_list", compartment="C3").count() == 2
    # A colleague who may not draft the package is told nothing: no name can be guessed by trying.
    typed = {"goal": "Rue du Micocoulier", "revision": "0"}
    assert "(mots 3)" in text(client.post(url("keep", application, "project"), typed)).replace("mot ", "mots ")
    answer = text(delegate_browser(team, application.dossier).post(url("keep", application, "project"), typed))
    assert "Texte gardé" in answer
    assert "à retirer" not in answer


@pytest.mark.parametrize(
    ("code", "record", "places"),
    [
        ("project", {"goal": "Travailler à Colomiers", "steps": [{"what": "Avec Radka Zelenkova"}]}, {"goal": [3]}),
        ("project", {"steps": [{"what": "A2", "by": "2027-06-30"}, {"what": "À Colomiers"}]}, {"steps": [3]}),
        ("report", {"difficulties": "Capucine dort mal"}, {"difficulties": [1]}),
        (
            "report",
            {"commitments": [{"text": "Venir", "outcome": "not", "reasons": "À Colomiers"}]},
            {"commitments": [3]},
        ),
        ("opinion", {"reasons": "Projet solide"}, {}),
        ("life_path", {"story": "Colomiers"}, {}),
        ("needs", {"first": "Colomiers"}, {}),
    ],
)
def test_what_a_role_replaces_is_not_red(code, record, places):
    identity = {"given_name": "Capucine"}
    assert redlist.red_places(form.BY_CODE[code], record, make.ANSWERS, identity) == places


def test_number_of_queries(team, client):
    """Typing is the most frequent request of all: it opens the part, the draft and, for what leaves, the red list."""
    application = make.make_filled(team)
    typed = {"summary": "Souhaite travailler.", "revision": "1"}
    client.post(url("keep", application, "summary"), typed)
    with CaptureQueriesContext(connection) as kept:
        client.post(url("keep", application, "summary"), typed)
    with CaptureQueriesContext(connection) as shown:
        client.get(url("part", application, "summary"))
    assert len(kept) <= 24
    assert len(shown) <= 17
