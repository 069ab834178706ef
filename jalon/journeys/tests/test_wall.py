"""Behind the wall on PostgreSQL: what a department keeps of a file that has left it. Runs under ``make wall``."""

from datetime import timedelta

import pytest
from django.urls import reverse

from jalon.commissions import actions as commissions
from jalon.commissions.actions.windows import refused_from
from jalon.config import clock
from jalon.dossiers.tests.factories import accredit
from jalon.journeys import actions as journeys
from jalon.people import wall
from jalon.people.tests.factories import make_team
from jalon.people.tests.test_wall import behind, groups, postgresql, up  # noqa: F401  (a fixture)
from jalon.vault.models import KeySlot

from .factories import SIGNATORY, make_opined, mine

pytestmark = pytest.mark.django_db


@postgresql
@pytest.mark.usefixtures("up")
def test_a_held_copy_stays_with_who_holds_it_after_the_file_has_left(settings):
    """Transferred, decided and notified: the department has no key of the file, but of the copy that two of it hold."""
    team = make_team()
    application = make_opined(team)
    dossier, item = application.dossier, application.agenda_items.select_related("meeting").get()
    other, third = make_team("13", "Association Calanque"), make_team("69", "Association Traboule")
    accredit(other)
    behind(settings)
    page, reading = (reverse(f"commissions:{name}", args=[item.pk]) for name in ("hold", "read_held"))
    with clock.at(item.meeting.on):
        commissions.hold_copy(
            team.actor("SEC"), item, ends_on=item.meeting.on + timedelta(days=90), reason="Recours 17"
        )
        commissions.confirm_hold(team.actor("PRE"), item)
        decision = journeys.draft_decision(team.actor("SEC"), application, kind="authorise")
        decision = journeys.sign_decision(team.actor("PRE"), decision, **SIGNATORY)
        journeys.notify_decision(team.actor("SEC"), decision)
        here = mine(team, dossier)
        journeys.transfer(
            team.actor("REF"), here, to_organisation=other.organisation, to_department="13",
            new_referent=other.ref.user, reason="Elle déménage.",
        )  # fmt: skip
        for role in ("SEC", "PRE"):
            assert groups(team.actor(role), dossier) == {"G5s"}
        for actor in (team.actor("REF"), team.actor("MEM"), team.actor("ETR"), third.actor("SEC"), third.actor("PRE")):
            assert groups(actor, dossier) == set()
        keeper = team.browser("SEC", stepped_up=True)
        assert "Recours 17" in keeper.get(page).content.decode()
        shown = keeper.post(reading)
        assert shown.status_code == 200
        assert shown.context["sheet"].package["digest"]
        for stranger in (third, other):
            client = stranger.browser("SEC", stepped_up=True)
            assert client.get(page).status_code == client.post(reading).status_code == 404
        assert keeper.post(page, {"act": "lift"}).status_code == 303
        assert groups(team.actor("SEC"), dossier) == set()
    wall.say(("", wall.SYSTEM, "", ""))
    assert KeySlot.objects.get(owner=dossier.pk, group="G5s").expires_at == refused_from(item.meeting.window_ends_on)
