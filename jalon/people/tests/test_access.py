"""The neighbour gets the 404 of a stranger, on every page and every button of the person's file."""

from datetime import timedelta

import pytest
from django.db import connection
from django.urls import reverse

from jalon.access import Refused
from jalon.config import clock
from jalon.directory.tests.factories import actor_of, browser
from jalon.journal.models import Entry
from jalon.people import access, actions, reads
from jalon.people.models import Assignment, Share
from jalon.people.tests.factories import make_closed, make_prepared, make_team, share_with_agency

pytestmark = pytest.mark.django_db

GETS = ["identity", "contact", "agreements", "agree", "share", "assignments", "breakglass", "trail", "consent", "erase"]
POSTS = ["identity", "contact", "stop", "agree", "withdraw", "share", "breakglass", "consent", "erase"]


@pytest.fixture
def team():
    return make_team()


def neighbours(team):
    elsewhere = make_team(name="Association voisine")
    south = make_team("13", "Association du Sud")
    return {
        "same organisation, other referent": team.member("REF"),
        "other organisation, referent": elsewhere.ref,
        "other organisation, manager": elsewhere.mgr,
        "other organisation, officer": elsewhere.dpo,
        "other department, secretariat": south.sec,
        "same department, secretariat before submission": team.sec,
        "same department, préfet": team.pre,
        "member of the commission": team.mem,
        "adviser without a share": team.emp,
        "administrator of accounts": team.adm,
        "operator": team.member("OPS"),
    }


def test_neighbours_and_strangers_get_the_same_404(team):
    dossier = make_prepared(team)
    share_with_agency(team, dossier)
    share, assignment = Share.objects.get(), Assignment.objects.get(kind="adviser")
    actions.revoke_share(team.actor("REF"), share)
    paths = [("get", reverse(f"people:{name}", args=[dossier.pk])) for name in GETS]
    paths += [("post", reverse(f"people:{name}", args=[dossier.pk])) for name in POSTS]
    paths += [("get", reverse("people:assign", args=[dossier.pk, "delegate"]))]
    paths += [("post", reverse("people:revoke", args=[share.pk]))]
    paths += [("post", reverse("people:end_assignment", args=[assignment.pk]))]
    for who, membership in neighbours(team).items():
        client = browser(membership, stepped_up=True)
        for method, path in paths:
            unknown = path.replace(path.split("/")[2], "A" * 22)
            answer, stranger = getattr(client, method)(path), getattr(client, method)(unknown)
            assert answer.status_code == stranger.status_code == 404, (who, path)
            assert answer.content.replace(path.encode(), b"") == stranger.content.replace(unknown.encode(), b"")
            assert answer.headers == stranger.headers


def test_a_refused_reading_is_in_the_trail(team):
    dossier = make_prepared(team)
    browser(team.member("REF")).get(reverse("people:identity", args=[dossier.pk]))
    entry = Entry.objects.order_by("-seq").first()
    assert entry.decision == "refused"
    assert dossier.number not in entry.objects_seen


def test_the_manager_may_not_read_what_is_the_referent_s(team):
    dossier = make_prepared(team)
    manager = team.browser("MGR", stepped_up=True)
    for name in ("identity", "contact"):
        answer = manager.get(reverse(f"people:{name}", args=[dossier.pk]))
        assert answer.status_code == 403
        assert "exceptionnel" in answer.content.decode()
    for name in ("agreements", "assignments", "trail", "breakglass"):
        assert manager.get(reverse(f"people:{name}", args=[dossier.pk])).status_code == 200


def test_the_trail_asks_for_a_proof_of_identity(team):
    dossier = make_prepared(team)
    path = reverse("people:trail", args=[dossier.pk])
    assert team.browser("MGR").get(path).status_code == 403
    assert team.browser("DPO").get(path).status_code == 403
    assert team.browser("DPO", stepped_up=True).get(path).status_code == 200


def test_a_closed_file_opens_only_with_a_proof_of_identity(team):
    dossier = make_closed(team)
    path = reverse("people:identity", args=[dossier.pk])
    assert team.browser("REF").get(path).status_code == 403
    page = team.browser("REF", stepped_up=True).get(path)
    assert page.status_code == 200
    assert "Enregistrer et revenir" not in page.content.decode()


def test_a_delegation_sees_its_compartments_only_until_its_end(team):
    dossier = make_prepared(team)
    colleague = team.member("REF")
    end = clock.today() + timedelta(days=5)
    actions.assign(
        team.actor("REF"),
        dossier,
        user=colleague.user,
        organisation=team.organisation,
        kind="delegate",
        ends_on=end,
    )
    client = browser(colleague, stepped_up=True)
    assert client.get(reverse("people:contact", args=[dossier.pk])).status_code == 200
    assert client.get(reverse("people:agreements", args=[dossier.pk])).status_code == 403
    assert access.dossiers_visible_to(team.actor("REF")).exists()


def test_a_file_closed_before_any_request_does_not_exist_for_the_state(team):
    """Closing leads from a first contact to S6, a stage that the State's side otherwise knows."""
    never_sent, sent = make_closed(team), make_closed(team, alias="Bleuet")
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO dossiers_application (id, dossier_id, kind, rank, state, department, form_version, opened_on,"
            " submitted_on, receipt_number, decided_on, revision)"
            " VALUES (%s, %s, 'engagement', 1, 'decided', '31', '1', %s, %s, 'R-1', %s, 0)",
            ["a" * 22, sent.pk, *[clock.today()] * 3],
        )
    for role in ("SEC", "PRE"):
        seen = access.dossiers_visible_to(team.actor(role))
        assert [row.pk for row in seen] == [sent.pk]
    assert team.browser("SEC").get(f"/journeys/{never_sent.pk}/").status_code == 404


def test_who_answers_for_a_file(team):
    dossier = make_prepared(team)
    colleague = team.member("REF")
    end = clock.today() + timedelta(days=5)
    given = {"user": colleague.user, "organisation": team.organisation, "kind": "delegate", "ends_on": end}
    actions.assign(team.actor("REF"), dossier, **given)
    delegate = actor_of(colleague)
    assert [access.role_on(actor, dossier) for actor in (team.actor("REF"), delegate)] == ["REF", "COL"]
    assert access.leads(team.actor("REF"), dossier)
    assert access.leads(team.actor("MGR"), dossier)
    for actor in (delegate, team.actor("DPO"), actor_of(team.member("REF")), make_team("13", "Sud").actor("MGR")):
        assert not access.leads(actor, dossier)
        with pytest.raises(Refused):
            access.require_lead(actor, dossier)


def test_the_page_of_a_form_is_a_reading_too(team):
    dossier = make_prepared(team)
    client = team.browser("REF", stepped_up=True)
    for name, compartment in (("share", "C15"), ("identity", "C1")):
        before = Entry.objects.order_by("-seq").first().seq
        assert client.get(reverse(f"people:{name}", args=[dossier.pk])).status_code == 200
        read = Entry.objects.filter(seq__gt=before, verb="read", decision="allowed")
        assert [row.compartment for row in read] == [compartment]


def test_her_identity_and_contact_stay_in_the_association(team):
    """Whatever she shares, nobody else opens these pages: the adviser and the residence desk get a stranger's page."""
    dossier = make_prepared(team)
    share_with_agency(team, dossier)
    actions.move_stage(dossier, "submit_application")
    for verb in ("convene", "give_opinion", "open_journey"):
        actions.move_stage(dossier, verb)
    desk = team.etr
    what = ["prénom", "séjour"]
    end = clock.today() + timedelta(days=30)
    given = {"organisation": desk.organisation, "what": what, "language": "bg", "ends_on": end}
    actions.grant_share(team.actor("REF"), dossier, **given)
    for membership in (team.emp, desk):
        client = browser(membership, stepped_up=True)
        assert access.dossiers_visible_to(actor_of(membership)).filter(pk=dossier.pk).exists()
        for name in ("identity", "contact"):
            answer = client.get(reverse(f"people:{name}", args=[dossier.pk]))
            assert answer.status_code == 404
            assert "Zelenkova" not in answer.content.decode()
        assert client.post(reverse("people:stop", args=[dossier.pk])).status_code == 404
        assert client.get(reverse("people:dossiers")).status_code == 404


def test_the_employment_side_knows_a_number_in_this_room(team):
    dossier = make_prepared(team, alias="Ancolie")
    share_with_agency(team, dossier)
    adviser = actor_of(team.emp)
    seen = reads.scope(adviser).get(pk=dossier.pk)
    assert reads.name(adviser, seen) == dossier.number
