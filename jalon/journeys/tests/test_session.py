"""All the decisions of a session on one page: each saved on its own, what lacks told and kept."""

import pytest
from django.urls import reverse

from jalon.dossiers.tests.factories import make_complete
from jalon.journal.models import Entry
from jalon.journeys.models import Decision
from jalon.people.tests.factories import make_team

from .factories import REASONS, make_opined, meeting_day, on

pytestmark = pytest.mark.django_db
ROUTES = {"session-appeal_routes": REASONS["appeal_routes"]}


def test_a_session_on_one_page(django_assert_max_num_queries):
    team = make_team()
    requests = [make_complete(team, alias=f"Fleur {n}") for n in range(3)]
    make_opined(team, *requests, outcome="unfavourable")
    meeting = requests[0].agenda_items.get().meeting
    page = reverse("journeys:session", args=[meeting.pk])
    one, two, three = (row.pk for row in requests)
    client = team.browser("SEC")
    with on(meeting_day(requests[0])):
        with django_assert_max_num_queries(30):
            shown = client.get(page).content.decode()
        assert shown.count('value="refuse"') == 3
        assert "Capucine" not in shown
        form = {
            **ROUTES,
            f"{one}-kind": "refuse",
            f"{one}-reasons_of_law": REASONS["reasons_of_law"],
            f"{one}-reasons_of_fact": "Aucune plainte n'a été déposée.",
            f"{one}-coded": "R05",
            f"{two}-kind": "refuse",
            f"{two}-coded": "R02",
            f"{two}-reasons_of_law": "Article L. 121-9, tapé ici.",
            f"{three}-kind": "authorise",
        } | {f"{pk}-revision": "0" for pk in (one, two, three)}
        response = client.post(page, form)
        said = response.content.decode()
        assert response.status_code == 422
        assert [row.application_id for row in Decision.objects.all()] == [one]
        assert "un refus sans motif" in said
        assert "tapé ici" in said
        assert "s&#x27;écarte de l&#x27;avis" in said
        assert "440802" in said
        drafts = Entry.objects.filter(verb="draft_decision").count()
        form |= {f"{two}-reasons_of_fact": "Projet à préparer.", f"{three}-reasons_of_fact": "Le projet a mûri."}
        revision = Decision.objects.get().revision
        assert client.post(page, {**form, f"{one}-revision": str(revision)}).status_code == 303
        assert Decision.objects.filter(kind="refuse").count() == 2
        assert Entry.objects.filter(verb="draft_decision").count() == drafts + 2  # the first was not written again
        authorised = Decision.objects.get(kind="authorise")
        assert authorised.unseal()["appeal_routes"] == REASONS["appeal_routes"]
        listed = client.get(reverse("journeys:decisions")).content.decode()
        assert page in listed
        assert listed.count("s'écarte de l'avis") + listed.count("s&#x27;écarte de l&#x27;avis") >= 1
        # Somebody changed one in between: it is told, the others hold.
        stale = client.post(page, {**form, f"{two}-reasons_of_fact": "Autre.", f"{two}-revision": "77"})
        assert stale.status_code == 422
        assert "entre-temps" in stale.content.decode()
        assert client.post(page, {**form, "session-appeal_routes": ""}).status_code == 422
        for stranger in (make_team("13").browser("SEC"), team.browser("REF")):
            assert stranger.get(page).status_code == 404
