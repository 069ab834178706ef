"""What the end of an accreditation leaves behind: running pathways by number, for who may know them."""

from datetime import timedelta

import pytest
from django.urls import reverse

from jalon.access import Refused
from jalon.config import clock
from jalon.directory import actions
from jalon.directory.tests import accreditation_cases as cases
from jalon.directory.tests.accreditation_cases import REASONS, SIGNATORY
from jalon.dossiers import actions as dossiers
from jalon.dossiers.tests.factories import accredit, make_signed
from jalon.journal.models import Entry
from jalon.people.tests.factories import make_team

from .factories import make_notified, on

pytestmark = pytest.mark.django_db


@pytest.fixture
def team():
    return make_team()


def people_of(team):
    return cases.Parties.among(team.organisation, *(team.actor(role) for role in ("MGR", "SEC", "PRE")))


def page_of(team):
    return reverse("journeys:successors", args=[team.organisation.accreditations.get().pk])


def text(response):
    return response.content.decode()


def test_the_pathways_are_named_by_number_for_who_may_know_them(team, django_assert_max_num_queries):
    decision = make_notified(team)
    other = make_team("31", "Association Voisine")
    accredit(other)
    neighbour = make_notified(other)
    with on(decision.signed_on + timedelta(days=20)):
        address = page_of(team)
        for role in ("MGR", "SEC"):
            client = team.browser(role)
            with django_assert_max_num_queries(14):
                page = client.get(address)
            assert page.status_code == 200
            assert decision.dossier.number in text(page)
            assert neighbour.dossier.number not in text(page)
            assert "Association Voisine" in text(page)
            assert "Capucine" not in text(page)
            moving = reverse("journeys:transfer", args=[decision.dossier_id])
            assert (moving in text(page)) is (role == "MGR")
        assert Entry.objects.filter(verb="list", compartment="C14").latest("seq").count == 1
        for stranger in (
            other.browser("MGR"),
            make_team("13").browser("SEC"),
            team.browser("REF"),
            team.browser("PRE"),
        ):
            assert stranger.get(address).status_code == 404


def test_it_says_until_when_the_association_is_approved(team):
    decision = make_notified(team)
    with on(decision.signed_on):
        address = page_of(team)
        assert "est agréée ici jusqu" in text(team.browser("SEC").get(address))
    with on(team.organisation.accreditations.get().valid_to + timedelta(days=1)):
        page = text(team.browser("SEC").get(address))
        assert "n'est plus agréée ici" in page.replace("&#x27;", "'")
        assert decision.dossier.number in page


def test_a_withdrawal_between_the_form_and_the_sending_stops_the_request(team):
    """One effect, nothing lost: the signed request stays, the page and the refusal say why."""
    application = make_signed(team)
    parties = people_of(team)
    row = cases.heard(parties)
    review = reverse("dossiers:review", args=[application.pk])
    referent = team.browser("REF")
    assert "Envoyer au secrétariat" in text(referent.get(review))
    row = actions.present_observations(parties.manager, row, text="Nous répondons.")
    actions.withdraw_accreditation(parties.prefect, row, **SIGNATORY, **REASONS)
    with pytest.raises(Refused) as refused:
        dossiers.submit_application(team.actor("REF"), application)
    assert "a été retiré ici" in refused.value.why
    sent = referent.post(reverse("dossiers:submit", args=[application.pk]))
    assert sent.status_code == 403
    page = text(referent.get(review))
    assert "a été retiré ici" in page
    assert "Envoyer au secrétariat" not in page
    application.refresh_from_db()
    assert application.state == "signed"


def test_a_tacit_approval_lets_requests_leave(team):
    application = make_signed(team)
    parties = people_of(team)
    with clock.at(clock.today() - timedelta(days=130)):
        cases.requested(parties)
    assert dossiers.submit_application(team.actor("REF"), application).state == "submitted"
