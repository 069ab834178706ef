"""The screens of the commission: what they show and hide, how many queries they cost, what bad input becomes."""

from datetime import timedelta
from html import unescape

import pytest
from django.urls import reverse

from jalon.commissions import actions, reads
from jalon.commissions.models import AgendaItem, Meeting, Minutes, Opinion, Reading, Seat
from jalon.config import clock
from jalon.directory.tests.factories import browser, make_membership
from jalon.dossiers.actions import withdraw_application
from jalon.dossiers.tests.factories import make_complete
from jalon.journal.models import Entry
from jalon.notices import actions as notices
from jalon.people.tests.factories import make_team
from jalon.ui import paging

from .factories import (
    make_commission,
    make_convened,
    make_held,
    make_meeting,
    make_open,
    make_opined,
    make_scheduled,
    on,
    seat_all,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def team():
    return make_team()


def url(name, *args):
    return reverse(f"commissions:{name}", args=args)


def text(response):
    return response.content.decode()


# --- home pages and lists ---------------------------------------------------------------------------------------
def test_the_secretariat_starts_with_what_waits(team, django_assert_max_num_queries):
    make_complete(team)
    client = team.browser("SEC")
    with django_assert_max_num_queries(22):
        page = client.get("/")
    assert page.status_code == 200
    assert "1 dossier complet attend" in text(page)
    assert "Créer une séance" in text(page)


def test_ends_of_period_without_a_meeting_are_told(team):
    """REN-2: the number of persons, the list; each meeting planned, moved or cancelled changes it."""
    first, second = make_complete(team), make_complete(team, alias="Bleuet")
    notices.plan_renewal(first.dossier, clock.today() + timedelta(days=40), key="1")
    notices.plan_renewal(second.dossier, clock.today() + timedelta(days=60), key="1")
    client = team.browser("SEC")
    page = text(client.get("/"))
    assert "2 parcours finissent sans séance assez tôt" in page
    assert 'href="#echeances"' in page
    listed = page.split('id="echeances"')[1]
    assert first.dossier.number in listed
    assert second.dossier.number in listed
    meeting = make_meeting(team, days=26)  # fifteen days before the end at the latest: too late for the first
    page = text(client.get("/"))
    assert "1 parcours finit sans séance assez tôt" in page
    assert second.dossier.number not in page.split('id="echeances"')[1]
    early = make_meeting(team, days=25)
    assert "sans séance assez tôt :" not in text(client.get("/"))
    actions.cancel_meeting(team.actor("SEC"), early)
    assert "1 parcours finit sans séance assez tôt" in text(client.get("/"))
    actions.cancel_meeting(team.actor("SEC"), meeting)
    assert "2 parcours finissent sans séance assez tôt" in text(client.get("/"))


def end_in(dossier, days, *closed):
    notices.plan_renewal(dossier, clock.today() + timedelta(days=days), key="1")
    for kind in closed:
        notices.cancel(dossier, kind)


@pytest.mark.parametrize(("days", "closed", "persons"), [
    (0, (), 1), (150, (), 1), (151, (), 0), (-1, (), 0),
    (40, ("renewal_session",), 0),  # an early end, a refusal, the term of 24 months: nothing to renew
    (40, ("period_end",), 0),
])  # fmt: skip
def test_who_is_at_risk_without_any_meeting(team, days, closed, persons):
    end_in(make_complete(team).dossier, days, *closed)
    assert reads.secretariat_home(team.actor("SEC")).persons_at_risk == persons


def test_an_opinion_that_is_given_needs_no_other_meeting(team):
    item = make_opined(team)[0]
    end_in(item.application.dossier, 40)
    assert reads.secretariat_home(team.actor("SEC")).persons_at_risk == 0


def test_another_department_is_not_counted(team):
    end_in(make_complete(make_team("13")).dossier, 40)
    assert reads.secretariat_home(team.actor("SEC")).persons_at_risk == 0


def test_the_home_says_when_the_commission_has_not_met_for_a_year(team):
    held = make_held(team)
    for after, said in ((365, False), (366, True)):
        with clock.at(held.on + timedelta(days=after)):
            page = text(team.browser("SEC").get("/"))
            assert ("ne s'est pas réunie depuis un an" in unescape(page)) is said
            assert ("Suivante au plus tard le" in page) is said
            assert "COM-15" in page  # its date, among those to keep
    with clock.at(held.on + timedelta(days=370)):
        make_held(team, make_complete(team, alias="Bleuet"))
        assert reads.secretariat_home(team.actor("SEC")).last_held > held.on
        assert not reads.secretariat_home(team.actor("SEC")).no_meeting_for_a_year


def test_a_commission_that_never_met_is_not_said_late(team):
    make_meeting(team)
    assert not reads.secretariat_home(team.actor("SEC")).no_meeting_for_a_year


def test_the_dates_that_the_secretariat_owes_are_on_its_home(team, django_assert_max_num_queries):
    application = make_complete(team)
    client = team.browser("SEC")
    assert "Dates à tenir" not in text(client.get("/"))
    with clock.at(application.submitted_on + timedelta(days=45)):
        client = team.browser("SEC")
        with django_assert_max_num_queries(22):
            page = text(client.get("/"))
        listed = page.split("Dates à tenir")[1]
        assert "Deux mois depuis la demande" in listed
        assert application.dossier.number in listed


def test_lists_cost_the_same_for_one_and_for_ten(team, django_assert_max_num_queries):
    make_commission(team)
    for n in range(5):
        make_scheduled(team, make_complete(team, alias=f"Fleur {n}"), days=12 + n)
    client = team.browser("SEC")
    for name in ("received", "meetings", "members"):
        with django_assert_max_num_queries(20):
            assert client.get(url(name)).status_code == 200


def test_a_member_without_a_meeting(team):
    page = team.browser("MEM").get("/")
    assert page.status_code == 200
    assert "Pas de séance à préparer." in text(page)


def test_a_member_sees_how_far_she_is(team, django_assert_max_num_queries):
    _meeting, items = make_convened(team, make_complete(team), make_complete(team, alias="Bleuet"))
    actions.mark_read(team.actor("MEM"), items[0])
    client = team.browser("MEM")
    with django_assert_max_num_queries(20):
        page = client.get("/")
    assert "1 dossier lu sur 2" in text(page)
    assert url("item", items[1].id) in text(page)


@pytest.mark.parametrize(("role", "status"), [
    ("REF", 200), ("MGR", 200), ("SEC", 200), ("MEM", 200), ("PRE", 200), ("EMP", 404), ("ETR", 404), ("STA", 404),
])  # fmt: skip
def test_who_opens_the_calendar(team, role, status):
    assert team.browser(role).get(url("meetings")).status_code == status


# --- making a meeting in few gestures ---------------------------------------------------------------------------
def test_nine_files_in_four_gestures(team):
    """Date and create, save the agenda already ticked, convene: well under eight."""
    make_commission(team)
    listed = [make_complete(team, alias=f"Fleur {n}") for n in range(9)]
    client = team.browser("SEC")
    day = clock.today() + timedelta(days=15)
    made = client.post(url("new_meeting"), {"on": f"{day:%d/%m/%Y}", "place": "Préfecture", "kind": "ordinary"})
    assert made.status_code == 303
    page = text(client.get(made["Location"]))
    assert page.count('name="applications"') == 9
    assert page.count("checked") >= 9
    meeting = Meeting.objects.get()
    form = {"applications": [row.pk for row in listed]} | {f"minutes_{row.pk}": "10" for row in listed}
    assert client.post(url("agenda", meeting.id), form).status_code == 303
    assert client.post(url("convene", meeting.id), {}).status_code == 303
    meeting.refresh_from_db()
    assert (meeting.state, meeting.items.count()) == ("convened", 9)


@pytest.mark.parametrize(("given", "said"), [
    ({"on": "31/02/2027"}, "n&#x27;existe pas"),
    ({"on": ""}, "Écrivez la date"),
    ({"on": "01/01/2020"}, "trop tôt"),
    ({"on": "demain"}, "Écrivez la date en chiffres"),
    ({"on": "01/03/2099", "files_due_on": "02/03/2099"}, "au plus tard le jour de la séance"),
    ({"on": "01/03/2099", "kind": "secrète"}, "Choisissez une réponse de la liste"),
])  # fmt: skip
def test_a_bad_meeting_is_told_and_kept(team, given, said):
    response = team.browser("SEC").post(url("new_meeting"), {"kind": "ordinary", "place": "Salle bleue", **given})
    assert response.status_code == 422
    assert said in text(response)
    assert "Salle bleue" in text(response)
    assert not Meeting.objects.exists()


def test_an_unknown_field_is_malformed(team):
    assert team.browser("SEC").post(url("new_meeting"), {"on": "01/03/2099", "department": "75"}).status_code == 400
    assert not Meeting.objects.exists()


def test_a_bad_agenda_is_told(team):
    application = make_complete(team)
    meeting = make_meeting(team)
    client = team.browser("SEC")
    response = client.post(
        url("agenda", meeting.id), {"applications": [application.pk], f"minutes_{application.pk}": "zéro"}
    )
    assert response.status_code == 422
    assert "nombre entier" in text(response)
    assert not AgendaItem.objects.exists()
    assert Entry.objects.filter(verb="list", count=1).exists()  # whose numbers are shown


def test_the_agenda_takes_files_from_each_page(team, monkeypatch):
    """Pages of one line: what is on the agenda stays, what is ticked on another page joins it."""
    monkeypatch.setattr(paging.page, "__defaults__", (None, 1))
    meeting, (first,) = make_scheduled(team)
    second, third = make_complete(team, alias="Bleuet"), make_complete(team, alias="Camomille")
    client = team.browser("SEC")
    shown = text(client.get(url("meeting", meeting.pk), {"page": 2}))
    assert first.application.dossier.number in shown
    assert third.dossier.number in shown
    assert second.dossier.number not in shown
    ticked = [first.application_id, third.pk]
    form = {"applications": ticked, **{f"minutes_{pk}": "15" for pk in ticked}}
    late = client.post(url("agenda", meeting.pk), {**form, f"minutes_{third.pk}": "500"})
    assert late.status_code == 422
    assert third.dossier.number in text(late)  # the page that was sent, not the first one
    assert second.dossier.number not in text(late)
    assert 'class="pager"' not in text(late)  # the address of a form shows nothing by itself
    assert client.post(url("agenda", meeting.pk), {**form, "minutes_\0": "15"}).status_code == 400
    assert client.post(url("agenda", meeting.pk), form).status_code == 303
    assert list(meeting.items.order_by("position").values_list("application_id", flat=True)) == ticked


def test_an_agenda_that_moved_is_told_in_numbers(team):
    """One of the files left since the page was shown: numbers, never the identifiers that the form sends."""
    kept, left = make_complete(team), make_complete(team, alias="Bleuet")
    meeting, client = make_meeting(team), team.browser("SEC")
    form = {"applications": [kept.pk, left.pk], f"minutes_{kept.pk}": "15", f"minutes_{left.pk}": "15"}
    withdraw_application(team.actor("REF"), left)
    answer = client.post(url("agenda", meeting.id), form)
    assert answer.status_code == 409
    table = text(answer).partition("<tbody>")[2].partition("</tbody>")[0]
    assert kept.dossier.number in table
    assert "un dossier qui n'attend plus" in table.replace("&#x27;", "'")
    assert kept.pk not in table
    assert left.pk not in table


def test_points_and_order_from_the_page(team):
    meeting, items = make_scheduled(team, make_complete(team), make_complete(team, alias="Bleuet"))
    client = team.browser("SEC")
    assert client.post(url("move_down", items[0].id), {"applications": "x"}).status_code == 303
    assert [row.pk for row in meeting.items.order_by("position")] == [items[1].pk, items[0].pk]
    assert client.post(url("move_up", items[0].id)).status_code == 303
    assert client.post(url("point", meeting.id), {"point-title": "Bilan", "point-minutes": "5"}).status_code == 303
    bad = client.post(url("point", meeting.id), {"point-title": "", "point-minutes": "5"})
    assert bad.status_code == 422
    assert "Bilan" in text(client.get(url("meeting", meeting.id)))


def test_late_convocation_needs_the_box(team):
    make_commission(team)
    meeting, _items = make_scheduled(team, days=3)
    client = team.browser("SEC")
    page = text(client.get(url("meeting", meeting.id)))
    assert "La convocation devait être reçue au plus tard" in page
    refused = client.post(url("convene", meeting.id), {})
    assert refused.status_code == 422
    assert "Cochez l&#x27;urgence" in text(refused)
    assert client.post(url("convene", meeting.id), {"convene-urgent": "on"}).status_code == 303


def test_a_seat_from_the_page(team):
    client = team.browser("SEC")
    form = {"college": "Médecin", "organisation": team.sec.organisation_id, "user": "", "starts_on": "01/01/2026",
            "ends_on": "31/12/2028"}  # fmt: skip
    assert client.post(url("members"), form).status_code == 303
    assert Seat.objects.get().college == "Médecin"
    assert client.post(url("members"), {**form, "ends_on": "31/12/2020"}).status_code == 422
    assert client.post(url("members"), {**form, "college": ""}).status_code == 422
    assert Seat.objects.count() == 1


# --- reading ----------------------------------------------------------------------------------------------------
def test_the_reading_sheet(team, django_assert_max_num_queries):
    _meeting, items = make_convened(team)
    client = team.browser("MEM")
    with django_assert_max_num_queries(24):
        page = client.get(url("item", items[0].id))
    shown = text(page)
    assert page.status_code == 200
    for word in ("Mère d", "Employée d", "Suivre le cours de français", "AFIS avec 1 enfant", "français A1"):
        assert word in shown
    assert shown.count("Employée d") == 1  # the project, not again among the needs
    assert "Identité et prénom" not in shown
    assert shown.count("parle bulgare") == 1
    assert "Parle : bulgare" not in shown
    for secret in ("Capucine", "Zelenkova", "Micocoulier", "Boyan", "Elle est venue seule"):
        assert secret not in shown
    entry = Entry.objects.filter(verb="read", compartment="C12").get()
    assert entry.subject


def test_read_with_a_note_then_the_next(team):
    _meeting, items = make_convened(team, make_complete(team), make_complete(team, alias="Bleuet"))
    client = team.browser("MEM")
    response = client.post(url("note", items[0].id), {"note": "Voir la garde", "wish": "favourable"})
    assert (response.status_code, response["Location"]) == (303, url("item", items[1].id))
    reading = Reading.objects.get()
    assert reading.unseal() == {"note": "Voir la garde", "wish": "favourable"}
    assert "Voir la garde" in text(client.get(url("item", items[0].id)))
    response = client.post(url("note", items[1].id), {"note": "", "wish": ""})
    assert response["Location"] == "/"


def test_the_private_note_is_nobody_elses(team):
    _meeting, items = make_convened(team)
    other = make_commission_member(team, items)
    actions.mark_read(team.actor("MEM"), items[0], note="Garde le matin")
    for client in (browser(other), team.browser("SEC"), team.browser("PRE")):
        assert "Garde le matin" not in text(client.get(url("item", items[0].id)))


def make_commission_member(team, items):
    return next(
        row.seat.user.memberships.first()
        for row in items[0].meeting.attendances.all()
        if row.seat.user and row.seat.user_id not in (team.mem.user_id, team.pre.user_id)
    )


def test_too_long_a_note_is_told_and_kept(team):
    _meeting, items = make_convened(team)
    response = team.browser("MEM").post(url("note", items[0].id), {"note": "a" * 4001, "wish": ""})
    assert response.status_code == 422
    assert "aaaa" in text(response)
    assert not Reading.objects.exists()


def test_a_recused_member_sees_neither_number_nor_title(team):
    meeting, items = make_convened(team, make_complete(team), make_complete(team, alias="Bleuet"))
    client = team.browser("MEM")
    assert client.get(url("conflict", items[0].id)).status_code == 200
    assert client.post(url("conflict", items[0].id)).status_code == 303
    page = text(client.get(url("meeting", meeting.id)))
    assert "Point 1 : vous ne prenez pas part à ce point" in page
    assert items[0].application.dossier.number not in page
    assert items[1].application.dossier.number in page


def test_strangers_and_neighbours_get_one_page(team):
    """A member convoked elsewhere, recused, after the window; another department; a number that does not exist."""
    meeting, items = make_convened(team)
    neighbour = make_team("13")
    make_convened(neighbour)
    recused = make_commission_member(team, items)
    from jalon.directory.tests.factories import actor_of

    actions.declare_conflict(actor_of(recused), items[0])
    stranger = text(team.browser("MEM").get(url("item", "A" * 22)))
    for client in (
        neighbour.browser("MEM"),
        neighbour.browser("SEC"),
        neighbour.browser("PRE"),
        browser(make_membership("MEM")),
        browser(recused),
        team.browser("EMP"),
        team.browser("ETR"),
    ):
        response = client.get(url("item", items[0].id))
        assert response.status_code == 404
        assert text(response).replace(items[0].id, "A" * 22) == stranger
    member = team.browser("MEM")
    with on(meeting.window_ends_on + timedelta(days=1)):
        late = member.get(url("item", items[0].id))
        assert late.status_code == 404
        assert "La période de lecture est close" in text(member.get(url("meeting", meeting.id)))
    for name in ("meeting", "minutes", "attendance"):
        assert neighbour.browser("SEC").get(url(name, meeting.id)).status_code == 404


def test_refusals_are_journaled(team):
    _meeting, items = make_convened(team)
    make_team("13").browser("SEC").get(url("item", items[0].id))
    assert Entry.objects.filter(decision="refused", verb="commissions:item").exists()


# --- the session ------------------------------------------------------------------------------------------------
def test_from_the_roll_call_to_the_signature(team):
    meeting, items = make_convened(team, make_complete(team), make_complete(team, alias="Bleuet"))
    client = team.browser("SEC", stepped_up=True)
    with on(meeting.on):
        assert client.get(url("attendance", meeting.id)).status_code == 200
        rows = list(meeting.attendances.all())
        form = {f"presence_{row.pk}": "present" for row in rows} | {f"proxy_{row.pk}": "" for row in rows}
        assert client.post(url("attendance", meeting.id), form).status_code == 303
        opened = client.post(url("open", meeting.id))
        assert (opened.status_code, opened["Location"]) == (303, url("item", items[0].id))
        assert "Enregistrer l'avis" in text(client.get(url("item", items[0].id)))
        # Three gestures: for, against, save; the abstention counts itself.
        given = client.post(url("opinion", items[0].id), {"votes_for": "3", "votes_against": "0"})
        assert (given.status_code, given["Location"]) == (303, url("item", items[1].id))
        assert Opinion.objects.get().abstentions == 1
        # One gesture without a count.
        given = client.post(url("opinion", items[1].id), {"outcome": "favourable"})
        assert given["Location"] == url("meeting", meeting.id)
        page = text(client.get(url("meeting", meeting.id)))
        assert "Clore la séance" in page
        closed = client.post(url("close", meeting.id))
        assert closed["Location"] == url("minutes", meeting.id)
        assert "Valider et signer" in text(client.get(url("minutes", meeting.id)))
        assert client.post(url("sign_minutes", meeting.id)).status_code == 303
    assert "Ancre du journal" in text(client.get(url("minutes", meeting.id)))


@pytest.mark.parametrize(("given", "said"), [
    ({"votes_for": "9", "votes_against": "0"}, "vérifiez le décompte"),
    ({"votes_for": "-1"}, "ne peut pas être négatif"),
    ({"votes_for": "trois"}, "nombre entier"),
    ({}, "Écrivez les voix"),
    ({"abstentions": "2"}, "Écrivez aussi le nombre de voix pour"),
    ({"votes_for": "2", "votes_against": "2"}, "Partage des voix"),
    ({"votes_for": "1", "votes_against": "3", "reasons": ""}, "Écrivez le motif"),
])  # fmt: skip
def test_a_bad_opinion_is_told_and_kept(team, given, said):
    meeting, items = make_open(team)
    with on(meeting.on):
        response = team.browser("SEC").post(url("opinion", items[0].id), {"reasons": "Motif écrit", **given})
    assert response.status_code == 422
    assert said in text(response)
    if given.get("reasons") is None:
        assert "Motif écrit" in text(response)
    assert not Opinion.objects.exists()


def test_a_bad_proxy_is_told(team):
    meeting, _items = make_convened(team)
    rows = list(meeting.attendances.all())
    form = {f"presence_{row.pk}": "absent" for row in rows} | {f"proxy_{row.pk}": "" for row in rows}
    client = team.browser("SEC")
    response = client.post(url("attendance", meeting.id), {**form, f"presence_{rows[0].pk}": "proxy"})
    assert response.status_code == 422
    assert "Choisissez le membre qui a reçu le mandat" in text(response)
    given = {f"presence_{rows[0].pk}": "proxy", f"proxy_{rows[0].pk}": rows[1].pk}
    assert "à un membre qui siège" in text(client.post(url("attendance", meeting.id), {**form, **given}))


def test_an_opinion_is_corrected_and_a_point_postponed(team):
    meeting, items = make_open(team, make_complete(team), make_complete(team, alias="Bleuet"))
    client = team.browser("SEC")
    with on(meeting.on):
        client.post(url("opinion", items[0].id), {"outcome": "favourable"})
        assert client.get(url("correct", items[0].id)).status_code == 200
        refused = client.post(url("correct", items[0].id), {"outcome": "unfavourable", "reasons": "x", "why": ""})
        assert refused.status_code == 422
        form = {"votes_for": "1", "votes_against": "3", "reasons": "À préparer", "why": "Erreur"}
        assert client.post(url("correct", items[0].id), form).status_code == 303
        bad = client.post(url("postpone", items[1].id), {"postpone-to": "01/01/2020"})
        assert bad.status_code == 422
        assert client.post(url("postpone", items[1].id), {"postpone-reason": "Pièce"}).status_code == 303
    assert Opinion.objects.get().outcome == "unfavourable"


def test_the_prefet_knows_only_the_date_before_the_convocation(team):
    make_commission(team)
    meeting, items = make_scheduled(team)
    number = items[0].application.dossier.number
    client = team.browser("PRE")
    for name in ("meeting", "minutes"):
        answer = client.get(url(name, meeting.pk))
        assert number not in text(answer)
        assert answer.status_code == (200 if name == "meeting" else 404)
    listed = text(client.get(url("meetings")))
    assert f"{meeting.on:%d/%m/%Y}" in listed
    assert '<td class="num" data-label="Dossiers">—</td>' in listed
    assert number in text(team.browser("SEC").get(url("meeting", meeting.pk)))
    actions.convene(team.actor("SEC"), meeting)
    assert number in text(client.get(url("meeting", meeting.pk)))


@pytest.mark.parametrize("role", ["SEC", "PRE"])
def test_a_point_is_no_link_once_the_window_is_closed(team, role):
    meeting = make_held(team)
    item = meeting.items.get()
    link, number = url("item", item.pk), item.application.dossier.number
    with on(meeting.window_ends_on):
        assert link in text(team.browser(role).get(url("meeting", meeting.pk)))
        assert team.browser(role).get(link).status_code == 200
    with on(meeting.window_ends_on + timedelta(days=1)):
        page = text(team.browser(role).get(url("meeting", meeting.pk)))
        assert team.browser(role).get(link).status_code == 403
    assert link not in page
    assert number in page


def test_the_session_room_shows_numbers_only(team, django_assert_max_num_queries):
    meeting, items = make_open(team, make_complete(team), make_complete(team, alias="Bleuet"))
    client = team.browser("SEC")
    with on(meeting.on), django_assert_max_num_queries(34):
        page = text(client.get(url("item", items[0].id)))
    for number in (items[0].application.dossier.number, items[1].application.dossier.number):
        assert number in page
    for secret in ("Capucine", "Bleuet", "Zelenkova"):
        assert secret not in page
    assert "Ne prend pas part à ce point : Association Essai" in page
    assert "atteint (5, il en faut 3)" in page


def test_no_quorum_no_opening_but_a_second_convocation(team):
    meeting, _items = make_convened(team)
    client = team.browser("SEC")
    with on(meeting.on):
        seat_all(team, meeting, "absent")
        assert client.post(url("open", meeting.id)).status_code == 403
        assert "Constater l'absence de quorum" in text(client.get(url("meeting", meeting.id)))
        assert client.post(url("failure", meeting.id)).status_code == 303
        assert "Deuxième convocation" in text(client.get(url("meeting", meeting.id)))
        assert client.get(url("again", meeting.id)).status_code == 200
        assert client.post(url("again", meeting.id), {"on": "01/01/2020", "place": ""}).status_code == 422
        day = meeting.on + timedelta(days=9)
        assert client.post(url("again", meeting.id), {"on": f"{day:%d/%m/%Y}", "place": ""}).status_code == 303
    assert Meeting.objects.filter(second_convocation=True).exists()


def test_a_meeting_is_cancelled_from_its_page(team):
    meeting, _items = make_convened(team)
    client = team.browser("SEC")
    assert client.get(url("cancel", meeting.id)).status_code == 200
    assert client.post(url("cancel", meeting.id), {"replaced_by": ""}).status_code == 303
    meeting.refresh_from_db()
    assert meeting.state == "cancelled"


# --- minutes ----------------------------------------------------------------------------------------------------
def test_minutes_are_corrected_and_need_a_step_up(team):
    meeting = make_held(team)
    client = team.browser("SEC")
    assert client.post(url("generate", meeting.id)).status_code == 303
    page = client.get(url("edit_minutes", meeting.id))
    assert page.status_code == 200
    minutes = Minutes.objects.get()
    form = {row["key"]: row["text"] for row in minutes.unseal()["paragraphs"]} | {"revision": str(minutes.revision)}
    key = minutes.unseal()["paragraphs"][1]["key"]
    assert client.post(url("edit_minutes", meeting.id), {**form, key: ""}).status_code == 422
    assert client.post(url("edit_minutes", meeting.id), {**form, key: "Point 1 revu."}).status_code == 303
    late = client.post(url("edit_minutes", meeting.id), {**form, key: "Trop tard."})
    assert late.status_code == 409
    for said in ("Paragraphe 2", "Trop tard.", "Point 1 revu."):
        assert said in text(late)
    refused = client.post(url("sign_minutes", meeting.id))
    assert refused.status_code == 403
    assert "Confirm" in text(refused)
    assert Minutes.objects.get().signed_at is None
    signs = team.browser("SEC", stepped_up=True)
    assert signs.post(url("sign_minutes", meeting.id), {"revision": minutes.revision}).status_code == 409
    shown = text(signs.get(url("minutes", meeting.id)))
    assert "Valider et signer" in shown
    assert signs.post(url("sign_minutes", meeting.id), {"revision": minutes.revision + 1}).status_code == 303


def test_members_read_signed_minutes_only(team):
    meeting = make_held(team)
    sec = team.actor("SEC")
    actions.generate_minutes(sec, meeting)
    client = team.browser("MEM")
    assert client.get(url("minutes", meeting.id)).status_code == 404
    actions.sign_minutes(sec, meeting)
    assert client.get(url("minutes", meeting.id)).status_code == 200
    assert team.browser("REF").get(url("minutes", meeting.id)).status_code == 404


@pytest.mark.parametrize("role", ["REF", "MGR", "MEM", "PRE", "EMP"])
def test_the_acts_of_the_session_are_the_secretariats(team, role):
    meeting, items = make_convened(team)
    client = team.browser(role, stepped_up=True)
    for name, key in [
        ("agenda", meeting.id), ("convene", meeting.id), ("open", meeting.id), ("close", meeting.id),
        ("generate", meeting.id), ("sign_minutes", meeting.id), ("opinion", items[0].id), ("postpone", items[0].id),
        ("move_up", items[0].id),
    ]:  # fmt: skip
        assert client.post(url(name, key)).status_code == 404, name
    assert client.get(url("new_meeting")).status_code == 404
