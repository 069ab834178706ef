"""One person's matching: what is shown and why, what is unknown, what is set aside, her « no », who reads what."""

import json
import re
from datetime import date, timedelta

import pytest
from django.core.exceptions import ValidationError

from jalon.access import SYSTEM, Hidden, Refused
from jalon.config import clock
from jalon.directory.tests.factories import browser, make_actor
from jalon.journal.models import Entry
from jalon.journal.tests.replay import replayed
from jalon.law import work
from jalon.notices.models import Deadline
from jalon.offers import access, actions, wishes
from jalon.offers.matching import compute
from jalon.offers.matching import profile as profiles
from jalon.offers.models import Offer, Proposal, Training
from jalon.offers.reads import matches as matching
from jalon.offers.reads import proposals as proposed
from jalon.offers.reads import subjects
from jalon.offers.states import PROPOSAL, ProposalState
from jalon.people import access as people
from jalon.people.actions import update_identity
from jalon.people.tests.factories import IDENTITY, make_prepared, make_team, share_with_agency
from jalon.support.models import Placement

from .factories import DATA, keep_offers, keep_services, keep_trainings

DAY = date(2026, 11, 23)
# A mother of Nîmes, by day, without a car, who sews and accepts cleaning: in the words of the form.
LINES = {
    "accepts": ["blanchisserie"], "rome": ["B1803", "K2204"], "training": True, "oral": "A2", "written": "A1", "leave": "08:15", "back": "16:45",
    "saturday": False, "sunday": False, "split": False, "night": False, "least": 20, "most": 30, "start": "30189",
    "longest": 60, "car": False, "licence": False, "move": False, "lone": True, "home": False, "public": False,
    "exposure": True, "zones": [], "avoid": ["none"], "diplomas": [], "school": "1", "experience": ["none"],
    "iae": True, "digital": "1",
}  # fmt: skip


@replayed
def make_market(team):
    """The offers, trainings, services and travel times of the Gard."""
    keep_offers()
    keep_trainings()
    keep_services()
    actions.import_travel(SYSTEM, "30", json.loads((DATA / "offers.json").read_text(encoding="utf-8"))["travel"])


@pytest.fixture
def world(db):
    with clock.at(DAY):
        team = make_team("30")
        dossier = make_prepared(team)
        make_market(team)
        yield team, dossier


def mine(team, dossier, role="REF"):
    return people.seen(team.actor(role), dossier.pk)


def noted(team, dossier, **changed):
    actions.note_wishes(team.actor("REF"), mine(team, dossier), {**LINES, **changed})


def every(actor, dossier):
    """The jobs set aside, page after page."""
    first = matching.set_aside(actor, dossier, "job")
    pages = range(2, first.paginator.num_pages + 1)
    return [*first, *(row for page in pages for row in matching.set_aside(actor, dossier, "job", number=str(page)))]


def titles(rows):
    return [row.title for row in rows]


# --- what is shown -----------------------------------------------------------------------------------------------------
def test_the_same_answer_as_the_command(world):
    """What the page shows and sets aside is what ``jalon match`` answers on the same profile and offers."""
    team, dossier = world
    noted(team, dossier)
    actor, here = team.actor("REF"), mine(team, dossier)
    data = json.loads((DATA / "offers.json").read_text(encoding="utf-8"))
    profile = subjects.subject(actor, here).profile
    question = {"reference_date": DAY.isoformat(), "profiles": [profile], **data}
    told = compute.answer(question)["profiles"][dossier.pk]
    found = matching.matches(actor, here)
    assert [row.number for row in found.jobs] == told["jobs_ranked"][:20]
    assert "201AAAU" in told["jobs_ranked"]
    aside = every(actor, here)
    never = {"201AABB", "201AABC", "201AABD"}
    rejected = {number for number, one in told["jobs"].items() if one["verdict"] == "reject"}
    assert {row.number for row in aside} == rejected - never, "level 0 is nowhere, not even among those set aside"
    assert found.hidden == len(never)
    for row in aside:
        assert [line.code for line in row.reasons] == told["jobs"][row.number]["reasons"]
        assert all(line.quote for line in row.reasons), row.title
    assert found.counts["training"] == len(told["trainings_ranked"])


def test_who_she_is_moves_nothing(world):
    """Her nationality, her age, her story are not read; only the right to work follows from her documents."""
    team, dossier = world
    noted(team, dossier)
    actor = team.actor("REF")
    before = matching.matches(actor, mine(team, dossier))
    for identity in ({"nationality": "FRA", "gender": "M"}, {"birth_date": "1961-01-01", "given_name": "Zoé"}):
        update_identity(actor, mine(team, dossier), data={**IDENTITY, **identity})
        after = matching.matches(actor, mine(team, dossier))
        assert after.jobs == before.jobs
        assert after.aside == before.aside


def test_what_nobody_asked_is_a_question_and_never_a_guess(world):
    team, dossier = world
    actor = team.actor("REF")
    empty = matching.matches(actor, mine(team, dossier))
    assert set(wishes.unknown(empty.subject.lines)) == set(wishes.LINES)
    assert not [row for row in (*empty.jobs, *empty.trainings) if row.verdict == "accept"]
    noted(team, dossier, zones=None)
    found = matching.matches(actor, mine(team, dossier))
    assert wishes.unknown(found.subject.lines) == ["zones"]
    asked = [line for row in found.jobs for line in row.questions]
    assert any(line.hers and "Communes à éviter" in line.quote for line in asked)
    text = team.browser("REF").get(f"/matches/{dossier.pk}/").content.decode()
    assert "Ce qu&#x27;on ne sait pas" in text or "Ce qu'on ne sait pas" in text
    assert f"/matches/{dossier.pk}/wishes/" in text


def test_the_profile_of_the_form_is_that_of_the_contract():
    lines = {**LINES, "avoid": ["charges", "bruit"], "accepts": ["couture"], "experience": ["cuisine"]}
    given = wishes.profile("x", lines, until=date(2028, 5, 31), right={"statut": "oui", "jusqu_au": None})
    person = profiles.read(given, "profile", profiles.Places({}, {}, {}, None))
    assert (person.oral, person.written, person.leave, person.back) == (2, 1, 495, 1005)
    assert (person.alone, person.home, person.exposure, person.night) == (True, False, True, False)
    assert person.avoid == {"charges", "bruit"}
    assert not person.avoid_unknown
    assert person.accepts >= {"couture"}
    assert "cuisine" in person.experience
    assert person.zones == frozenset()
    assert person.diplomas == ()
    for key in wishes.AVOID:
        assert profiles.read(
            {"id": "x", "sante_contre_indications": [key]}, "p", profiles.Places({}, {}, {}, None)
        ).avoid


def test_each_training_says_its_last_start(world):
    assert work.last_start(date(2028, 5, 31), date(2027, 1, 1), date(2027, 6, 30)) == date(2027, 12, 3)
    assert work.last_start(date(2028, 5, 31), date(2027, 1, 1), date(2027, 6, 30), certifying=True) == date(2027, 11, 2)
    team, dossier = world
    noted(team, dossier)
    one = subjects.subject(team.actor("REF"), mine(team, dossier))
    row = Training.objects.filter(record__formation__certifiante=True, ends_on__isnull=False).first()
    assert matching._last_start(one, "training", row) is None, "no pathway yet: no clock"
    clocked = one._replace(cap_on=date(2028, 5, 31))
    assert matching._last_start(clocked, "training", row) == date(2028, 4, 30) - (row.ends_on - row.starts_on)


def test_the_age_of_the_list_and_no_offer_are_two_sentences(world):
    team, dossier = world
    noted(team, dossier)
    client, path = team.browser("REF"), f"/matches/{dossier.pk}/"
    assert "France Travail, interrogé le 23/11/2026" in client.get(path).content.decode()
    from jalon.offers.states import CouldNotAsk, Reason

    with clock.at(DAY + timedelta(days=1)):
        actions.record_failure(SYSTEM, "offers", "30", CouldNotAsk(Reason.SERVER))
        text = team.browser("REF").get(path).content.decode()
    assert "pas pu interroger" in text
    assert "La liste est celle du 23/11/2026" in text


def test_what_would_open_the_way(world):
    team, dossier = world
    noted(team, dossier, rome=["D1505", "D1106", "D1507"], oral="A1", written="none")
    found = matching.matches(team.actor("REF"), mine(team, dossier))
    assert found.openers
    assert all(one.offers > 0 for one in found.openers)


# --- proposals ---------------------------------------------------------------------------------------------------------
STEPS = {
    ("proposed", "agree"), ("declined", "agree"), ("proposed", "decline"), ("agreed", "decline"), ("agreed", "apply"),
    ("applied", "welcome"), ("silent", "welcome"), ("applied", "refuse"), ("silent", "refuse"), ("welcomed", "refuse"),
    ("applied", "silence"), ("welcomed", "start"),
    *((state, "drop") for state in ("proposed", "agreed", "applied", "silent", "welcomed")),
}  # fmt: skip


@pytest.mark.parametrize("state", ProposalState.values)
@pytest.mark.parametrize("verb", PROPOSAL.transitions)
def test_each_state_and_verb(state, verb):
    assert PROPOSAL.allows(state, verb) == ((state, verb) in STEPS)


def test_from_a_proposal_to_the_first_day(world):
    team, dossier = world
    noted(team, dossier)
    actor = team.actor("REF")
    row = actions.propose_offer(actor, mine(team, dossier), "job", "201AAAU")
    with pytest.raises(ValidationError):
        actions.propose_offer(actor, mine(team, dossier), "job", "201AAAU")
    with pytest.raises(Refused):
        actions.apply_proposal(actor, row, on=DAY, sender="her")
    row = actions.agree_proposal(actor, row)
    with pytest.raises(ValidationError):
        actions.apply_proposal(actor, row, on=DAY, sender="association")
    row = actions.apply_proposal(actor, row, on=DAY, sender="agency")
    assert list(Deadline.objects.filter(kind="application").values_list("on", "done_on")) == [(date(2026, 12, 8), None)]
    assert row.unseal()["knows"] == "nothing", "nothing, unless she decides otherwise"
    assert row.unseal()["decided_by"] == actor.user_id
    with clock.at(DAY + timedelta(days=20)):
        row = actions.answer_proposal(actor, row, "silence", on=clock.today())
        assert not Deadline.objects.filter(kind="application", done_on=None).exists()
        row = actions.answer_proposal(actor, row, "welcome", on=clock.today())
        row = actions.start_proposal(actor, row, on=clock.today())
        begun = Placement.objects.get(dossier=dossier)
        assert (begun.kind, begun.starts_on) == ("integration", clock.today()), "an insertion contract, noted once"
    verbs = [
        verb for verb in Entry.objects.order_by("seq").values_list("verb", flat=True) if verb.endswith("_proposal")
    ]
    assert verbs == ["agree_proposal", "apply_proposal", "silence_proposal", "welcome_proposal", "start_proposal"]
    assert Entry.objects.filter(verb="propose_offer", compartment="C10").count() == 1
    assert b"couture" not in bytes(row.sealed).lower()


def test_her_no_is_hers_and_changes_nothing_else(world):
    team, dossier = world
    noted(team, dossier)
    share_with_agency(team, dossier)
    actor = team.actor("REF")
    before = matching.matches(actor, mine(team, dossier))
    first = before.jobs[0]
    row = actions.propose_offer(actor, mine(team, dossier), "job", first.number)
    during = matching.matches(actor, mine(team, dossier))
    assert titles(during.jobs) == titles(before.jobs[1:]), "what is proposed is not proposed again"
    row = actions.decline_proposal(actor, row, words="C'est trop loin de l'école.")
    after = matching.matches(actor, mine(team, dossier))
    assert [(row.number, row.terms) for row in after.jobs] == [(row.number, row.terms) for row in before.jobs]
    assert proposed.proposal(actor, row, mine(team, dossier)).words == "C'est trop loin de l'école."
    adviser = mine(team, dossier, "EMP")
    assert proposed.proposal(team.actor("EMP"), row, adviser).words == ""
    page = team.browser("EMP").get(f"/proposals/{row.pk}/").content.decode()
    assert "trop loin" not in page
    assert "elle a dit non" in page
    row = actions.agree_proposal(actor, row)
    row = actions.decline_proposal(actor, row, words="C'est trop loin.", shared=True)
    assert proposed.proposal(team.actor("EMP"), row, adviser).words == "C'est trop loin."


def test_a_filter_is_lifted_by_a_written_reason_for_each(world):
    team, dossier = world
    noted(team, dossier)
    actor = team.actor("REF")
    set_aside = {row.number: row for row in every(actor, mine(team, dossier))}
    one = set_aside["201AAAC"]
    codes = [line.code for line in one.reasons]
    for lifted in ({}, dict.fromkeys(codes, "court"), dict.fromkeys(codes[1:], "Elle garde le samedi libre en mars.")):
        with pytest.raises(ValidationError):
            actions.propose_offer(actor, mine(team, dossier), "job", "201AAAC", lifted=lifted)
    assert not Proposal.objects.exists()
    row = actions.propose_offer(
        actor, mine(team, dossier), "job", "201AAAC", lifted=dict.fromkeys(codes, "La grand-mère garde le samedi.")
    )
    assert [code for code, *_rest in row.unseal()["lifted"]] == codes
    assert "La grand-mère" in team.browser("REF").get(f"/proposals/{row.pk}/").content.decode()
    for never in ("201AABB", "201AABC", "201AABD"):
        with pytest.raises(Hidden):
            actions.propose_offer(
                actor, mine(team, dossier), "job", never, lifted=dict.fromkeys(codes, "Elle le veut, dit-elle.")
            )


# --- who ---------------------------------------------------------------------------------------------------------------
def test_the_agency_reads_what_she_shares_and_no_place_that_she_avoids(world):
    team, dossier = world
    noted(team, dossier, zones=["ALES"], rome=["G1607"])
    share_with_agency(team, dossier)
    shown = subjects.subject(team.actor("EMP"), mine(team, dossier, "EMP"))
    assert shown.lines["oral"] == "A2"
    assert "droit_travail" not in shown.profile, "« séjour » is not among what she shares"
    client = team.browser("EMP")
    assert client.get(f"/matches/{dossier.pk}/").status_code == 200
    text = client.get(f"/matches/{dossier.pk}/aside/?reason=R_ZONE").content.decode()
    assert "Écartée avec elle" in text
    assert '<q lang="fr">30 - ALES</q>' not in text
    assert (
        '<q lang="fr">30 - ALES</q>'
        in team.browser("REF").get(f"/matches/{dossier.pk}/aside/?reason=R_ZONE").content.decode()
    )
    assert client.get(f"/matches/{dossier.pk}/wishes/").status_code == 404
    assert client.get(f"/matches/{dossier.pk}/cv/").status_code == 404
    actor = team.actor("EMP")
    row = next(row for row in matching.matches(actor, mine(team, dossier, "EMP")).jobs)
    made = actions.propose_offer(actor, mine(team, dossier, "EMP"), "job", row.number)
    assert made.state == "proposed"
    other = next(row for row in matching.set_aside(actor, mine(team, dossier, "EMP"), "job") if row.number != row.id)
    with pytest.raises(Refused):
        actions.propose_offer(actor, mine(team, dossier, "EMP"), "job", other.number, lifted={})


def test_only_what_is_shared_reaches_the_agency():
    project = {"goal": "hôtel", "rome": "G1501", "cefr_oral": "A2"}
    found = wishes.known(project, LINES, ["disponibilités"])
    assert {wishes.LINES[name][1] for name in found} == {"disponibilités"}
    assert wishes.known(project, {}, ["niveau de français"]) == {"oral": "A2"}


def test_the_neighbour_knows_nothing(world):
    team, dossier = world
    noted(team, dossier)
    row = actions.propose_offer(team.actor("REF"), mine(team, dossier), "job", "201AAAU")
    from jalon.directory.tests.factories import make_membership

    neighbour = browser(make_membership("REF", organisation=team.organisation, department="30"))
    pages = [f"/matches/{dossier.pk}/{part}" for part in ("", "aside/", "wishes/", "cv/", "rights/", "integration/")]
    offer = Offer.objects.get(number="201AAAU").pk
    for path in (*pages, f"/matches/{dossier.pk}/job/{offer}/", f"/proposals/{row.pk}/"):
        assert neighbour.get(path).status_code == 404, path
    assert neighbour.post(f"/proposals/{row.pk}/agree/").status_code == 404
    stranger = make_actor("REF", team.organisation, "30")
    for act in (actions.agree_proposal, actions.drop_proposal):
        with pytest.raises(Hidden):
            act(stranger, row)
    assert not access.proposals_visible_to(stranger).exists()


# --- the pages ---------------------------------------------------------------------------------------------------------
def test_the_pages(world, django_assert_max_num_queries):
    team, dossier = world
    client = team.browser("REF")
    path = f"/matches/{dossier.pk}/"
    typed = {
        "rome": "G1501, K2204", "oral": "A2", "written": "A1", "leave": "8:15", "back": "16h45", "start": "30189",
        "zones": "aucune", "diplomas": "aucun", "avoid": ["none"], "car": "non", "licence": "non", "longest": "60",
        "saturday": "non", "sunday": "non", "split": "non", "night": "non", "lone": "oui", "home": "non",
        "public": "non", "exposure": "oui", "least": "20", "most": "30", "iae": "oui", "training": "oui",
        "experience": ["none"], "school": "1", "digital": "1", "move": "non", "revision": "0",
    }  # fmt: skip
    wrong = client.post(f"{path}wishes/", {**typed, "rome": "hôtel", "most": "10"})
    assert wrong.status_code == 422
    assert "est pas un code ROME" in wrong.content.decode()
    assert client.post(f"{path}wishes/", typed).status_code == 303
    assert subjects.wishes_of(dossier).unseal()["zones"] == []
    assert client.post(f"{path}wishes/", typed).status_code == 409, "somebody saved in between"
    assert "16:45" in client.get(f"{path}wishes/").content.decode()
    client.get(path)
    with django_assert_max_num_queries(32):
        text = client.get(path).content.decode()
    assert "Proposer" in text
    assert "Pourquoi à cette place" in text
    match = matching.matches(team.actor("REF"), mine(team, dossier)).jobs[0]
    answer = client.post(f"{path}job/{match.id}/")
    assert answer.status_code == 303
    page = answer.headers["Location"]
    assert client.post(f"{page}apply/", {"apply-on": "23/11/2026", "apply-sender": "her"}).status_code == 403
    assert client.post(f"{page}agree/").status_code == 303
    late = client.post(f"{page}apply/", {"apply-on": "24/11/2026", "apply-sender": "her", "apply-knows": "nothing"})
    assert late.status_code == 422
    good = client.post(f"{page}apply/", {"apply-on": "23/11/2026", "apply-sender": "her", "apply-knows": "nothing"})
    assert good.status_code == 303
    assert client.post(f"{page}nothing/").status_code == 404
    assert "rien (noté le 23/11/2026 par" in client.get(page).content.decode()
    aside = client.get(f"{path}aside/?reason=R_NUIT").content.decode()
    assert "Lever le filtre" in aside
    assert client.get(f"{path}aside/?reason=zzz").status_code == 422
    hotel = Offer.objects.get(number="201AAAC")
    assert client.post(f"{path}job/{hotel.pk}/").status_code == 422, "each filter asks its reason"
    assert path in client.get(f"/dossiers/{dossier.pk}/").content.decode()
    read = Entry.objects.filter(verb="match", compartment="C10")
    assert read.count() >= 2


def test_the_insertion_page_keeps_nothing(world):
    team, dossier = world
    client, path = team.browser("REF"), f"/matches/{dossier.pk}/integration/"
    before = Entry.objects.exclude(verb="read").count()
    text = client.post(path, {"criteria": ["no_home", "french_below_a1"]}).content.decode()
    rows = re.findall(r'<th scope="row">(\w+)</th><td>(.*?)</td>', text)
    assert {kind: "oui" in said for kind, said in rows} == {
        "ACI": False, "AI": True, "EI": False, "EITI": False, "ETTI": True
    }  # fmt: skip
    assert client.post(path, {"criteria": ["under_26", "over_50"]}).status_code == 422
    assert Entry.objects.exclude(verb="read").count() == before
