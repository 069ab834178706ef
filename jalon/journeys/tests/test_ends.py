"""Before an end on the préfet's own motion: invited, answered or not, and no end before the delay is over."""

from datetime import timedelta
from html import unescape

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse

from jalon.access import Hidden, Refused
from jalon.config import clock
from jalon.journal.models import Entry
from jalon.journal.verify import verify
from jalon.journeys import actions, papers, reads
from jalon.journeys.models import Decision, Hearing
from jalon.journeys.states import HEARING, HearingState
from jalon.notices.reads import opened
from jalon.papers.tests.reading import read
from jalon.people.tests.factories import IDENTITY, make_team

from .factories import REASONS, SIGNATORY, make_heard, make_notified, mine, on, told

WORDS = {name: REASONS[name] for name in ("reasons_of_law", "reasons_of_fact")}
ALLOWED = {"open": {"receive_observations", "drop_hearing", "end_early"}, "used": set(), "dropped": set()}


@pytest.mark.parametrize("state", HearingState.values)
def test_pairs(state):
    assert set(HEARING.verbs(state)) == ALLOWED[state]


def invite(team, dossier, days=15, **given):
    given = {**WORDS, **SIGNATORY, "reply_by": clock.today() + timedelta(days=days), **given}
    return actions.invite_observations(team.actor("PRE"), mine(team, dossier, "PRE"), **given)


def end(team, dossier, **given):
    return actions.end_early(team.actor("PRE"), mine(team, dossier, "PRE"), **REASONS, **SIGNATORY, **given)


@pytest.mark.django_db
def test_the_end_waits_for_the_delay_given():
    team = make_team()
    decision = make_notified(team)
    dossier, day = decision.dossier, decision.signed_on + timedelta(days=30)
    secretary = team.actor("SEC")
    with on(day):
        for given, field in (({"days": 6}, "reply_by"), ({"reasons_of_fact": " "}, "reasons_of_fact")):
            with pytest.raises(ValidationError) as refusal:
                invite(team, dossier, **given)
            assert field in refusal.value.message_dict
        row = invite(team, dossier)
        with told("déjà invitée"):
            invite(team, dossier)
        sheet = read(papers.invitation(secretary, row).content)
        assert "Rien n'est décidé" in sheet.text
        assert IDENTITY["family_name"].lower() not in sheet.text.lower()
    assert opened().get(kind="observations").on == row.reply_by
    said = {"received_on": day + timedelta(days=3), "observations": "Je cherche un logement."}
    with on(day + timedelta(days=4)):
        for actor in (team.actor("REF"), make_team("13").actor("SEC")):
            with pytest.raises((Refused, Hidden)):
                actions.receive_observations(actor, row, **said)
        actions.receive_observations(secretary, row, **said)
        with pytest.raises(Refused):  # sent twice
            actions.receive_observations(secretary, row, **said)
        heard = reads.hearings(dossier)[0]
        assert [one["text"] for one in heard.answers] == ["Je cherche un logement."]
        assert b"logement" not in bytes(heard.row.sealed)
    with on(row.reply_by), pytest.raises(ValidationError, match="peut répondre jusqu'au"):
        end(team, dossier)
    with on(row.reply_by + timedelta(days=1)):
        ended = end(team, dossier, ends_on=clock.today())
        with told("déjà signée"):
            end(team, dossier, requested_by_person=True, ends_on=clock.today())
    row.refresh_from_db()
    assert (row.state, row.decision_id) == ("used", ended.pk)
    assert not opened().filter(kind="observations").exists()
    assert Entry.objects.filter(verb__in=["invite_observations", "receive_observations"]).count() == 2
    assert verify(records=True).vanished == 0
    for act in (
        lambda: actions.receive_observations(secretary, row, **said),
        lambda: actions.drop_hearing(team.actor("PRE"), row),
    ):
        with on(ended.signed_on), pytest.raises(Refused):
            act()


@pytest.mark.django_db
def test_the_page_from_the_letter_to_the_end(django_assert_max_num_queries):
    team = make_team()
    decision = make_notified(team)
    dossier = decision.dossier_id
    prefect, secretary = team.browser("PRE", stepped_up=True), team.browser("SEC", stepped_up=True)
    page = reverse("journeys:hearing", args=[dossier])
    with on(decision.signed_on + timedelta(days=30)):
        form = {**WORDS, **SIGNATORY, "reply_by": f"{clock.today() + timedelta(days=15):%d/%m/%Y}"}
        inviting = reverse("journeys:invite", args=[dossier])
        bad = prefect.post(inviting, {**form, "reply_by": f"{clock.today():%d/%m/%Y}"})
        assert (bad.status_code, "au moins 7 jours" in bad.content.decode()) == (422, True)
        assert prefect.post(inviting, form).status_code == 303
        row = Hearing.objects.get()
        with django_assert_max_num_queries(25):
            assert "Observations reçues" in secretary.get(page).content.decode()
        assert "aucune à ce jour" in team.browser("REF").get(page).content.decode()
        assert team.browser("ETR").get(page).status_code == 404
        assert make_team("13").browser("SEC", stepped_up=True).get(page).status_code == 404
        answering = reverse("journeys:observations", args=[row.pk])
        data = {"observations-received_on": f"{clock.today():%d/%m/%Y}", "observations-observations": ""}
        assert secretary.post(answering, data).status_code == 422
        assert secretary.post(answering, {**data, "observations-observations": "Oui."}).status_code == 303
        assert secretary.post(reverse("journeys:invitation", args=[row.pk]))["Content-Type"] == "application/pdf"
        refused = prefect.post(reverse("journeys:end_early", args=[dossier]), {**REASONS, **SIGNATORY})
        assert (refused.status_code, "peut répondre jusqu" in refused.content.decode()) == (422, True)
        assert REASONS["reasons_of_fact"] in unescape(refused.content.decode())
        assert prefect.post(reverse("journeys:drop_hearing", args=[row.pk])).status_code == 303
        row.refresh_from_db()
        assert row.state == "dropped"
    assert not Decision.objects.filter(kind="end_early").exists()


@pytest.mark.django_db
def test_a_dropped_invitation_allows_no_end():
    team = make_team()
    decision = make_notified(team)
    with on(decision.signed_on + timedelta(days=40)):
        row = make_heard(team, decision.dossier, clock.today())
        actions.drop_hearing(team.actor("PRE"), row)
        with pytest.raises(ValidationError):
            end(team, decision.dossier)
