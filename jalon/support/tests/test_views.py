"""The pages: what each role finds, in how many statements, and how a form refuses."""

import re
from datetime import UTC, date, datetime, timedelta
from itertools import product

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from jalon.config import clock
from jalon.directory.tests.factories import actor_of, browser, make_membership
from jalon.dossiers import actions as requests
from jalon.dossiers.models import Package
from jalon.journal import subject_ref
from jalon.journal.models import Entry
from jalon.notices import actions as notices
from jalon.people import actions as people_actions
from jalon.people.access import active_assignments
from jalon.people.models import Dossier
from jalon.people.states import AssignmentKind
from jalon.support import actions
from jalon.support.models import Appointment, LiaisonMessage, Note, Placement, PlanStep, ProgressScale

from .factories import in_pathway, make_person, make_world, pay, permit, share

pytestmark = pytest.mark.django_db
TODAY = date(2026, 3, 10)
HTMX = {"HTTP_HX_REQUEST": "true"}


@pytest.fixture(autouse=True)
def day():
    with clock.at(TODAY):
        yield


@pytest.fixture
def world():
    return make_world()


@pytest.fixture
def worker(world):
    return browser(world.worker)


@pytest.fixture
def person(world):
    return in_pathway(world)


@pytest.fixture
def shared(world, person):
    share(world, person)
    return person


def body(response):
    return response.content.decode()


def statements(act):
    """What the request asks of the database, transaction marks aside."""
    with CaptureQueriesContext(connection) as queries:
        response = act()
    marks = ("SAVEPOINT", "RELEASE", "BEGIN", "COMMIT", "ROLLBACK")
    return response, [q["sql"] for q in queries if not q["sql"].startswith(marks)]


def file_of(dossier):
    return reverse("support:dossier", args=[dossier.pk])


# --- the worker's home page ---------------------------------------------------------------------------------------
def test_the_day_of_a_worker(world, worker):
    first = in_pathway(world, "Bruyère", left=46)
    second = in_pathway(world, "Garance", left=116)
    make_person(world, "Muguet", stage="S0")
    pay(first, TODAY - timedelta(days=5))
    pay(second, TODAY - timedelta(days=5), TODAY)
    permit(second, TODAY - timedelta(days=100), TODAY + timedelta(days=40))
    text = body(worker.get("/"))
    assert text.index("Bruyère") < text.index("Garance")
    for said in ("J-46", "J-116", "AFIS en retard", "AFIS ok", "titre J-40", "aucun titre", "premier contact"):
        assert said in text
    assert "mois 5 sur 24" in text
    assert f"/journeys/{first.pk}/renew/" in text
    assert f"/journeys/{second.pk}/renew/" not in text
    assert "1 période de parcours se termine dans les 60 jours" in text
    assert "mardi 10 mars 2026" in text.lower()


def test_the_dates_shown_follow_the_order_of_the_list(world, worker):
    """A hint never orders a list, so it is not shown as a date; the first late date is the one that orders."""
    dates = {"Alizé": [-3, 2], "Garance": [-20, -1], "Muguet": [5], "Iris": []}
    for alias, days in dates.items():
        dossier = make_person(world, alias)
        notices.cancel(dossier)
        notices.plan(dossier, "renewal_remind", TODAY - timedelta(days=30), role="REF")
        for number, left in enumerate(days):
            notices.plan(dossier, "plan_step", TODAY + timedelta(days=left), role="REF", key=str(number))
        people_actions.refresh_next_due(dossier)
    text = body(worker.get("/"))
    aliases = re.findall(r'<th scope="row"><a [^>]*>(\w+)<', text)
    assert aliases == ["Garance", "Alizé", "Muguet", "Iris"]
    assert re.findall(r"\d{2}/\d{2}/2026", text[text.index("<tbody>") : text.index("</tbody>")]) == [
        "18/02/2026",
        "07/03/2026",
        "15/03/2026",
    ]
    assert "Penser au renouvellement" not in text


def test_home_in_five_statements_whatever_the_number(world, worker):
    for number in range(12):
        in_pathway(world, f"Alias{number}", left=20 + number)
    response, asked = statements(lambda: worker.get("/"))
    assert response.status_code == 200
    assert len(asked) <= 5, asked
    fragment, asked = statements(lambda: worker.get("/?stage=S5", **HTMX))
    assert len(asked) <= 5, asked
    assert "<html" not in body(fragment)
    assert body(fragment).count('class="slot"') == 12
    found, asked = statements(lambda: worker.post("/search/", {"q": "alias1"}, **HTMX))
    assert len(asked) <= 5, asked
    assert body(found).count('class="slot"') == 3


def test_a_full_page_stays_light(world, worker):
    for number in range(51):
        dossier = in_pathway(world, f"Alias{number}", left=20 + number)
        pay(dossier, TODAY - timedelta(days=5))
        permit(dossier, TODAY - timedelta(days=100), TODAY + timedelta(days=40))
    response = worker.get("/")
    assert body(response).count('class="slot"') == 50
    assert len(response.content) <= 40_000
    assert "Page suivante" in body(response)
    after = body(worker.get("/?page=2"))
    assert after.count('class="slot"') == 1
    assert "Page précédente" in after


def test_only_one_s_own(world, worker, person):
    make_person(make_world(name="Voisine"), "Lointaine")
    text = body(worker.get("/"))
    assert "Alizé" in text
    assert "Lointaine" not in text
    assert "Alizé" not in body(browser(world.colleague).get("/"))


@pytest.mark.parametrize("query", ["?stage=S9", "?page=0", "?page=x", "?page=99999", "?note=nobody", "?stage=%00"])
def test_a_strange_query_changes_nothing(worker, person, query):
    assert worker.get("/" + query).status_code == 200


def test_filter_and_its_empty_state(worker, person):
    assert "Alizé" in body(worker.get("/?stage=S5"))
    assert "Aucun dossier à cette étape." in body(worker.get("/?stage=S1"))


def test_an_empty_caseload(worker):
    assert "Aucun dossier ne vous est encore confié." in body(worker.get("/"))


def test_the_reading_of_the_list_is_in_the_trail(worker, person):
    worker.get("/")
    entry = Entry.objects.get(verb="caseload")
    assert (entry.count, entry.compartment) == (1, "C1")


# --- the quick note -----------------------------------------------------------------------------------------------
def test_a_note_from_the_home_page_without_a_script(worker, person):
    opened = body(worker.get(f"/?note={person.pk}"))
    assert f'action="/notes/{person.pk}/"' in opened
    data = {"text": "Rendez-vous confirmé mardi", "visibility": "team", "kind": "interview", "from": "home"}
    answer = worker.post(f"/notes/{person.pk}/", data)
    assert (answer.status_code, answer["Location"]) == (303, "/")
    assert "Note enregistrée" in body(worker.get("/"))
    assert "Rendez-vous confirmé mardi" in body(worker.get(file_of(person)))
    assert Note.objects.get().visibility == "team"


def test_a_note_with_htmx(worker, person):
    form = worker.get(f"/?note={person.pk}", **HTMX)
    assert body(form).lstrip().startswith("<tr")
    data = {"text": "Vue ce matin", "visibility": "team", "kind": "interview", "from": "home"}
    saved, asked = statements(lambda: worker.post(f"/notes/{person.pk}/", data, **HTMX))
    assert saved.status_code == 200
    assert len(asked) <= 8, asked
    assert "Note enregistrée" in body(saved)
    assert 'id="annonce"' in body(saved)


def test_an_empty_note_is_told_and_nothing_is_written(worker, person):
    data = {"text": "", "visibility": "private", "kind": "phone", "from": "home"}
    for extra in ({}, HTMX):
        answer = worker.post(f"/notes/{person.pk}/", data, **extra)
        assert answer.status_code == 422
        assert "Ce champ est obligatoire" in body(answer)
        assert 'value="private" selected' in body(answer)
    long = worker.post(f"/notes/{person.pk}/", {**data, "text": "mot " * 2_001})
    assert long.status_code == 422
    assert "enlevez-en" in body(long)
    assert "mot mot" in body(long)
    assert not Note.objects.exists()


@pytest.mark.parametrize("extra", [{"visibility": "shared"}, {"visibility": "all"}, {"kind": "poem"}])
def test_a_choice_that_is_not_offered(worker, person, extra):
    data = {"text": "x", "visibility": "team", "kind": "phone", "from": "home", **extra}
    assert worker.post(f"/notes/{person.pk}/", data).status_code == 422
    assert not Note.objects.exists()


def test_a_field_of_another_form_is_malformed(worker, person):
    data = {"text": "x", "visibility": "team", "kind": "phone", "author": "somebody"}
    assert worker.post(f"/notes/{person.pk}/", data).status_code == 400


def test_nobody_else_writes_here(world, person):
    data = {"text": "x", "visibility": "team", "kind": "phone"}
    for member in (world.colleague, world.manager, world.adviser, make_world(name="Voisine").worker):
        assert browser(member).post(f"/notes/{person.pk}/", data).status_code == 404
    assert not Note.objects.exists()


# --- the file page --------------------------------------------------------------------------------------------------
CANARY = "SERIN-C11-7f3a"


def filled(world, dossier):
    """A file with something in every part."""
    share(world, dossier)
    actions.write_note(world.ref, dossier, text=CANARY, visibility="team")
    actions.write_note(world.ref, dossier, text="SERIN-PRIVE", visibility="private")
    actions.write_note(world.ref, dossier, text="Disponible le matin", visibility="shared")
    actions.add_plan_step(world.ref, dossier, text="Français A2", holder="person", due_on=TODAY + timedelta(days=9))
    at = datetime(2026, 3, 12, 12, 30, tzinfo=UTC)
    actions.make_appointment(world.ref, dossier, at=at, title="Rendez-vous avec Marie", place="Bureau")
    actions.make_appointment(world.ref, dossier, at=at, title="Entretien à trois", place="Agence", with_adviser=True)
    actions.send_message(world.ref, dossier, text="Une place au printemps ?", answer_due_on=TODAY)
    actions.send_message(world.emp, dossier, text="Diagnostic fait.", answer_due_on=TODAY)
    actions.record_placement(world.ref, dossier, title="Cours de français", starts_on=TODAY)
    actions.fill_scale(world.ref, dossier, values={"housing": 2, "french": 3}, by="person")
    pay(dossier, TODAY - timedelta(days=5))
    permit(dossier, TODAY - timedelta(days=100), TODAY + timedelta(days=40))


def test_the_file_in_seven_statements(world, worker, person):
    filled(world, person)
    response, asked = statements(lambda: worker.get(file_of(person)))
    assert len(asked) <= 7, asked
    text = body(response)
    for said in (
        CANARY, "SERIN-PRIVE", "Disponible le matin", "Français A2", "Rendez-vous avec Marie", "Diagnostic fait.",
        "Cours de français", "J-46", "mois 5 sur 24", "jusqu'au 19/04/2026", "1 versement en retard",
        '<svg class="clock"',
        world.adviser.user.name,
    ):  # fmt: skip
        assert said in text, said
    assert "<title>Alizé · Fiche · Jalon</title>" in text
    read = set(Entry.objects.filter(verb="read").values_list("compartment", flat=True))
    assert {"C1", "C2", "C7", "C8", "C10", "C11", "C14", "C15", "C16"} <= read


def test_an_empty_file_says_where_to_begin(world, worker):
    assert "Commencez par le contact sûr." in body(worker.get(file_of(make_person(world, stage="S0"))))


def test_the_adviser_finds_what_is_shared_and_no_more(world, person):
    filled(world, person)
    client = browser(world.adviser)
    response, asked = statements(lambda: client.get(file_of(person)))
    assert len(asked) <= 8, asked
    text = body(response)
    for said in (
        "Alizé",
        "Disponible le matin",
        "Français A2",
        "Entretien à trois",
        "Une place au printemps",
        "projet",
    ):
        assert said in text, said
    for kept in (
        CANARY,
        "SERIN-PRIVE",
        "Rendez-vous avec Marie",
        "AFIS",
        "versement",
        "titre",
        "J-46",
        "46 jours",
        "en parcours",
    ):
        assert kept not in text, kept
    assert "Le reste du dossier n'est pas partagé." in text


@pytest.mark.parametrize("name", ["dossier", "history", "thread", "plan", "appointments", "scale", "placements"])
def test_the_canary_never_reaches_the_employment_side(world, person, name):
    filled(world, person)
    text = body(browser(world.adviser).get(reverse(f"support:{name}", args=[person.pk])))
    assert CANARY not in text
    assert "SERIN-PRIVE" not in text
    assert CANARY not in body(browser(world.adviser).get("/"))


def test_without_her_first_name_the_adviser_sees_a_number(world, person):
    share(world, person, what=["projet"])
    client = browser(world.adviser)
    for path in ("/", file_of(person), reverse("support:thread", args=[person.pk])):
        assert person.number in body(client.get(path))
        assert "Alizé" not in body(client.get(path))


def test_her_phone_only_if_she_shares_it(world):
    dossier = make_person(world, phone="+33639980011", call_ok=True, safe_hours="9 h – 15 h")
    share(world, dossier, what=["prénom", "contact"])
    assert "06 39 98 00 11" in body(browser(world.adviser).get(file_of(dossier)))
    other = make_person(world, "Bruyère", phone="+33639980012", call_ok=True)
    share(world, other, what=["prénom"])
    assert "06 39 98 00 12" not in body(browser(world.adviser).get(file_of(other)))


def test_the_manager_finds_dates_and_no_name(world, person):
    filled(world, person)
    text = body(browser(world.manager).get(file_of(person)))
    assert person.number in text
    assert "réservés à la personne référente" in text
    for kept in ("Alizé", CANARY, "SERIN-PRIVE", "Disponible le matin", "Français A2", "Diagnostic fait."):
        assert kept not in text, kept


def test_withdrawn_at_the_next_request(world, person):
    filled(world, person)
    client = browser(world.adviser)
    assert client.get(file_of(person)).status_code == 200
    people_actions.revoke_share(world.ref, person.shares.get())
    assert client.get(file_of(person)).status_code == 404
    assert "Alizé" not in body(client.get("/"))
    thread = reverse("support:thread", args=[person.pk])
    assert client.get(thread).status_code == 404
    worker = browser(world.worker)
    text = body(worker.get(thread))
    assert "Accord retiré le 10/03/2026 : fil en lecture seule" in text
    assert "Diagnostic fait." in text
    assert "Envoyer" not in text
    assert worker.post(thread, {"text": "x", "answers": "", "answer_due_on": ""}).status_code == 403


ROOM = ["dossier", "history", "note", "thread", "plan", "appointments", "scale", "placements"]


@pytest.mark.parametrize("name", ROOM)
def test_the_neighbour_gets_the_stranger_s_page(world, shared, name):
    other = make_world(name="Voisine")
    for member in (other.worker, other.manager, other.adviser, world.colleague):
        client = browser(member)
        mine = client.get(reverse(f"support:{name}", args=[shared.pk]))
        none = client.get(reverse(f"support:{name}", args=["A" * 22]))
        assert (mine.status_code, none.status_code) == (404, 404)
        assert re.sub(r'value="[^"]*"', "", body(mine)) == re.sub(r'value="[^"]*"', "", body(none))


def test_history_by_page_and_kind(world, worker, person):
    for number in range(25):
        actions.write_note(world.ref, person, text=f"note {number:02d}", kind="errand" if number % 5 else "phone")
    address = reverse("support:history", args=[person.pk])
    assert body(worker.get(address)).count("note ") == 20
    assert body(worker.get(f"{address}?page=2")).count("note ") == 5
    assert body(worker.get(f"{address}?kind=phone")).count("note ") == 5
    assert worker.get(f"{address}?kind=x&page=x").status_code == 200


# --- thread, plan, appointments, scale, placements -------------------------------------------------------------------
def test_the_thread_between_two_sides(world, worker, shared):
    address = reverse("support:thread", args=[shared.pk])
    text = body(worker.get(address))
    assert "Elle accepte de partager avec Agence Calandre" in text
    assert "Ne sont jamais partagés ici : parcours de vie, santé." in text
    assert "accord du 10/03/2026, en anglais" in text
    sent = {"text": "Une place ?", "expects": "on", "answer_due_on": "", "answers": ""}
    assert worker.post(address, sent).status_code == 303
    message = LiaisonMessage.objects.get()
    assert message.answer_due_on == date(2026, 3, 12)
    adviser = browser(world.adviser)
    text = body(adviser.get(address))
    assert "répondre avant le 12/03/2026" in text
    assert f'value="{message.pk}"' in text
    assert adviser.post(reverse("support:seen", args=[shared.pk])).status_code == 303
    answer = {"text": "Oui, le 3.", "answer_due_on": "", "answers": message.pk}
    assert adviser.post(address, answer).status_code == 303
    assert "répondu le 10/03/2026" in body(worker.get(address))


def test_an_answer_in_two_gestures_from_home(world, shared):
    message = actions.send_message(world.ref, shared, text="Une place ?", answer_due_on=TODAY)
    client = browser(world.adviser)
    text = body(client.get("/"))
    assert "Une place ?" in text
    assert f'value="{message.pk}"' in text
    address = reverse("support:thread", args=[shared.pk])
    answer = client.post(address, {"text": "Oui", "answers": message.pk, "from": "home"})
    assert (answer.status_code, answer["Location"]) == (303, "/")
    message.refresh_from_db()
    assert message.answered_by is not None
    wrong = client.post(address, {"text": "", "answers": message.pk, "from": "home"})
    assert wrong.status_code == 422
    assert "Ce champ est obligatoire" in body(wrong)


def test_a_bad_message_is_told(worker, shared):
    address = reverse("support:thread", args=[shared.pk])
    for given, said in (
        ({"text": ""}, "Ce champ est obligatoire"),
        ({"answer_due_on": "01/01/2020"}, "trop tôt"),
        ({"answers": "A" * 22}, "pas votre réponse"),
        ({"answers": "x"}, "liste"),
    ):
        answer = worker.post(address, {"text": "Bonjour", "answer_due_on": "", "answers": "", **given})
        assert answer.status_code == 422
        assert said in body(answer)
        assert given.get("text", "Bonjour") in body(answer)
    assert not LiaisonMessage.objects.exists()


def test_no_share_no_thread(worker, person):
    address = reverse("support:thread", args=[person.pk])
    assert "Aucun partage : personne d'autre ne voit ce dossier." in body(worker.get(address))
    assert worker.post(address, {"text": "x", "answers": "", "answer_due_on": ""}).status_code == 403


def test_the_plan(world, worker, shared):
    address = reverse("support:plan", args=[shared.pk])
    step = {"text": "Français A2", "holder": "person", "due_on": "30/06/2026"}
    assert worker.post(address, step).status_code == 303
    for given, said in (
        ({"text": ""}, "obligatoire"),
        ({"holder": "x"}, "liste"),
        ({"due_on": "1/1/2020"}, "trop tôt"),
    ):
        answer = worker.post(address, {**step, **given})
        assert answer.status_code == 422
        assert said in body(answer)
    row = PlanStep.objects.get()
    finish = reverse("support:plan_step", args=[row.pk, "finish"])
    assert worker.post(finish, {"done_on": "11/03/2026"}).status_code == 422
    assert worker.post(finish).status_code == 303
    assert worker.post(finish).status_code == 403
    assert browser(world.adviser).post(reverse("support:plan_step", args=[row.pk, "reopen"])).status_code == 303
    assert worker.post(reverse("support:plan_step", args=[row.pk, "burn"])).status_code == 404
    assert browser(make_world(name="Voisine").worker).post(finish).status_code == 404
    assert "Français A2" in body(browser(world.adviser).get(address))


def test_appointments(world, worker, shared):
    address = reverse("support:appointments", args=[shared.pk])
    data = {"at_0": "10/03/2026", "at_1": "08:30", "title": "Rendez-vous avec Marie", "place": "Bureau"}
    assert worker.post(address, data).status_code == 303
    for given, said in (
        ({"title": "Police"}, "retirez"),
        ({"at_0": "30/02/2026"}, "30 février"),
        ({"at_1": ""}, "heure"),
    ):
        answer = worker.post(address, {**data, **given})
        assert answer.status_code == 422
        assert said in body(answer)
        assert "Bureau" in body(answer)
    row = Appointment.objects.get()
    assert "Rendez-vous avec Marie" in body(worker.get("/today/"))
    attendance = reverse("support:appointment", args=[row.pk, "attendance"])
    assert worker.post(attendance, {"attended": ""}).status_code == 422
    answer = worker.post(attendance, {"attended": "oui", "from": "home"})
    assert (answer.status_code, answer["Location"]) == (303, "/")
    assert worker.post(reverse("support:appointment", args=[row.pk, "cancel"])).status_code == 409
    assert browser(world.adviser).post(attendance, {"attended": "non"}).status_code == 404
    assert "10/03/2026 à 08:30" not in body(browser(world.adviser).get(address))


def test_the_scale(world, worker, shared):
    address = reverse("support:scale", args=[shared.pk])
    assert "Première fois" in body(worker.get(address))
    for wrong in ({"housing": "5"}, {"housing": ""}, {"housing": "2", "by": ""}):
        assert worker.post(address, {"by": "person", **wrong}).status_code == 422
    assert not ProgressScale.objects.exists()
    assert worker.post(address, {"by": "person", "housing": "2", "french": "3"}).status_code == 303
    assert ProgressScale.objects.get().unseal()["values"] == {"housing": 2, "french": 3}
    assert worker.post(address, {"by": "worker", "housing": "1", "french": "3"}).status_code == 303
    own, theirs = body(worker.get(address)), body(browser(world.adviser).get(address))
    assert "Elle se voit plus haut" in own
    assert "Même regard" in own
    assert "moyenne" not in own
    assert "Français" in theirs
    assert "Logement" not in theirs
    assert browser(world.adviser).post(address, {"by": "person", "french": "3"}).status_code == 403


def test_placements(world, worker, shared):
    address = reverse("support:placements", args=[shared.pk])
    data = {"title": "CQP employée d'étage", "organisation": "", "starts_on": "13/07/2025", "ends_on": "", "result": ""}
    data |= {"rncp": "", "late_reason": ""}
    new = reverse("support:new_placement", args=[shared.pk, "training"])
    assert "Dernier jour pour commencer" in body(worker.get(new))
    assert worker.post(new, data).status_code == 303
    assert worker.post(new.replace("training", "vacances"), data).status_code == 404
    late = worker.post(new, {**data, "ends_on": "01/01/2031"})
    assert late.status_code == 422
    assert "au plus tard" in body(late)
    assert worker.post(new.replace("training", "immersion"), {**data, "purpose": ""}).status_code == 400
    wrong = worker.post(new, {**data, "ends_on": "01/01/2025"})
    assert wrong.status_code == 422
    assert "ne peut pas précéder" in body(wrong)
    row = Placement.objects.get()
    end = reverse("support:end_placement", args=[row.pk])
    assert browser(world.adviser).post(end, {"ends_on": "06/11/2025", "result": "CQP obtenu"}).status_code == 303
    assert "CQP obtenu" in body(worker.get(address))
    assert "formation" in body(worker.get(address))
    assert browser(make_world(name="Voisine").worker).get(end).status_code == 404


# --- search, today, adviser's and manager's homes -----------------------------------------------------------------
def test_search_in_one_s_own(world, worker, person):
    in_pathway(world, "Bruyère")
    make_person(make_world(name="Voisine"), "Alizée")
    answer = worker.post("/search/", {"q": "alize"})
    assert (answer.status_code, answer["Location"]) == (303, file_of(person))
    straight = worker.post("/search/", {"q": person.number}, **HTMX)
    assert (straight.status_code, straight["HX-Redirect"]) == (204, file_of(person))
    in_pathway(world, "Alizarine")
    several = worker.post("/search/", {"q": "aliz"}, **HTMX)
    assert several.status_code == 200
    assert "Alizarine" in body(several)
    assert "Aucun résultat dans votre périmètre." in body(worker.post("/search/", {"q": "zzz"}))
    assert worker.post("/search/", {"q": "a"}).status_code == 422
    assert worker.get("/search/").status_code == 200


def test_search_of_the_others(world, shared):
    manager = browser(world.manager)
    assert manager.post("/search/", {"q": shared.number})["Location"] == file_of(shared)
    assert "Aucun résultat" in body(manager.post("/search/", {"q": "Alizé"}))
    assert browser(world.adviser).post("/search/", {"q": "aliz"})["Location"] == file_of(shared)


def test_today(world, worker, shared):
    actions.send_message(world.emp, shared, text="À trois mardi ?", answer_due_on=TODAY)
    text = body(worker.get("/today/"))
    assert "À trois mardi ?" in text
    assert "Répondre" in text
    assert "<html" not in body(worker.get("/today/", **HTMX))


def test_a_request_to_finish_counts_its_parts_as_its_own_page(world, worker):
    page = begun(world, "Bruyère")
    _before, asked = statements(lambda: worker.get("/today/"))
    said = re.search(r"\d+ parties terminées sur \d+", body(worker.get("/today/"))).group()
    assert said in body(worker.get(reverse("dossiers:application", args=[page.pk])))
    assert not said.startswith("0 ")  # her identity is known: it counts
    begun(world, "Garance")
    _after, more = statements(lambda: worker.get("/today/"))
    assert len(more) == len(asked)


def begun(world, alias):
    application = requests.open_application(world.ref, make_person(world, alias))
    requests.save_part(world.ref, application, "family", data={"children_situation": "none"}, state="done")
    return application


def test_adviser_s_home(world, person):
    client = browser(world.adviser)
    assert "Aucune situation ne vous est encore partagée." in body(client.get("/"))
    filled(world, person)
    response, asked = statements(lambda: client.get("/"))
    assert len(asked) <= 10, asked
    text = body(response)
    assert "Cours de français" in text
    assert "Une place au printemps ?" in text
    assert "prénom d'usage, projet professionnel, disponibilités" in text.replace("&#x27;", "'")


def test_team(world, person):
    other = make_person(world, "Bruyère")
    active_assignments(world.worker.user_id, AssignmentKind.REFERENT).filter(dossier=other).delete()
    client = browser(world.manager)
    response, asked = statements(lambda: client.get("/"))
    assert len(asked) <= 11, asked
    text = body(response)
    assert other.number in text
    assert world.worker.user.name in text
    assert "Alizé" not in text


def test_reassign(world, person):
    client = browser(world.manager)
    address = reverse("support:reassign", args=[person.pk])
    assert world.colleague.user.name in body(client.get(address))
    data = {"user": world.colleague.user_id, "before": world.worker.user_id}
    assert client.post(address, {**data, "user": ""}).status_code == 422
    assert client.post(address, data).status_code == 303
    assert "Alizé" in body(browser(world.colleague).get("/"))
    assert client.post(address, {**data, "user": world.worker.user_id}).status_code == 409
    assert browser(world.worker).get(address).status_code == 404
    assert browser(make_world(name="Voisine").manager).get(address).status_code == 404
    assert actor_of(world.manager).role == "MGR"


# --- the box of the header, what opens, what is told --------------------------------------------------------------
def test_the_search_box_is_on_every_page_of_a_worker_and_posts(world, worker, person):
    for address in (file_of(person), reverse("support:plan", args=[person.pk]), reverse("people:dossiers")):
        text = body(worker.get(address))
        (box,) = re.findall(r'<form class="search".*?</form>', text, re.S)
        for said in ('method="post"', 'action="/search/"', "csrfmiddlewaretoken", 'data-shortcut="/"'):
            assert said in box
    for address in ("/", "/search/"):
        assert body(worker.get(address)).count('data-shortcut="/"') <= 1
        assert '<form class="search"' not in body(worker.get(address))
    for member in (world.manager, world.adviser):
        assert '<form class="search"' not in body(browser(member).get("/"))


def test_lists_are_told_by_the_salt_of_each_file(world, worker, shared):
    actions.send_message(world.emp, shared, text="À trois mardi ?", answer_due_on=TODAY)
    second = make_person(world, "Bruyère")
    application = requests.open_application(world.ref, second)
    row = Package(application=application, dossier=second, version=1, read_back_on=TODAY)
    row.seal({})
    row.save()
    manager, adviser = browser(world.manager), browser(world.adviser)
    for verb, act, told in (
        ("caseload", lambda: worker.get("/"), (shared, second)),
        ("today", lambda: worker.get("/today/"), (shared, second)),
        ("search", lambda: worker.post("/search/", {"q": "aliz"}), (shared,)),
        ("team", lambda: manager.get("/"), (second,)),
        ("adviser_home", lambda: adviser.get("/"), (shared,)),
    ):
        act()
        entry = Entry.objects.filter(verb=verb).latest("seq")
        assert entry.count == len(told), verb
        for dossier in told:
            assert subject_ref(dossier) in entry.objects_seen, verb
    manager.post("/search/", {"q": shared.number})
    adviser.post("/search/", {"q": "aliz"})
    for entry in Entry.objects.filter(verb="search"):
        assert subject_ref(shared) in entry.objects_seen


def delegate(world, dossier, member):
    people_actions.assign(
        world.ref,
        dossier,
        user=member.user,
        organisation=world.association,
        kind=AssignmentKind.DELEGATE,
        ends_on=TODAY + timedelta(days=9),
    )
    return browser(member, stepped_up=True)


def test_a_colleague_has_a_home_and_works_with_her_delegations(world, shared):
    member = make_membership("COL", organisation=world.association, department="31")
    client = browser(member)
    assert "Aucun dossier ne vous est encore confié." in body(client.get("/"))
    make_person(world, "Bruyère")
    client = delegate(world, shared, member)
    text = body(client.get("/"))
    assert "Alizé" in text
    assert "Bruyère" not in text
    assert reverse("people:new") not in text
    assert client.get("/today/").status_code == 200
    assert client.post("/search/", {"q": "aliz"})["Location"] == file_of(shared)
    assert Entry.objects.filter(verb="search").latest("seq").compartment == "C1"
    page = body(client.get(file_of(shared)))
    for name in ("people:identity", "people:contact", "support:thread", "support:plan"):
        assert reverse(name, args=[shared.pk]) in page
    assert reverse("people:agreements", args=[shared.pk]) not in page
    thread = client.get(reverse("support:thread", args=[shared.pk]))
    assert reverse("people:agreements", args=[shared.pk]) not in body(thread)
    step = {"text": "Visite du centre", "holder": "association", "due_on": "30/06/2026"}
    assert client.post(reverse("support:plan", args=[shared.pk]), step).status_code in (303, 403)


def links_of(text):
    """The addresses that a page offers, of every room."""
    return {
        path for path in re.findall(r'href="(/[a-z]+/[^"#?]*)', text) if not path.startswith(("/static/", "/accounts/"))
    }


STAGES, READERS = ("S1", "S2", "S3", "S4", "S5", "S6"), ("worker", "delegate", "colleague", "manager", "adviser")
# Each reader and each stage by day, every pair of them in the slow proofs.
BY_DAY = {("S1", "adviser"), ("S2", "colleague"), ("S3", "delegate"), ("S4", "manager"), ("S5", "worker")}
BY_DAY |= {("S6", reader) for reader in ("colleague", "adviser", "manager")}


@pytest.mark.parametrize(
    ("stage", "who"),
    [
        pytest.param(*pair, marks=() if pair in BY_DAY else pytest.mark.proof, id="-".join(pair))
        for pair in product(STAGES, READERS)
    ],
)
def test_the_file_page_leads_to_no_refusal(world, stage, who):
    dossier = in_pathway(world) if stage == "S5" else make_person(world, "Alizé", stage="S1")
    share(world, dossier)
    actions.write_note(world.ref, dossier, text="Point du mois.", visibility="shared")
    if stage != "S5":
        requests.open_application(world.ref, dossier)
        Dossier.objects.filter(pk=dossier.pk).update(stage=stage)
    if who == "delegate":
        client = delegate(world, dossier, world.colleague) if stage != "S6" else browser(world.colleague)
    elif who == "colleague":
        member = make_membership("COL", organisation=world.association, department="31")
        client = delegate(world, dossier, member) if stage != "S6" else browser(member)
    else:
        client = browser(getattr(world, who), stepped_up=True)
    answer = client.get(file_of(dossier))
    if stage == "S6" and who in ("delegate", "colleague", "adviser"):
        assert answer.status_code == 404
        return
    for path in sorted(links_of(body(answer))):
        assert client.get(path).status_code in (200, 302), (who, stage, path)


def test_a_request_is_begun_from_the_file(world, worker):
    dossier = make_person(world, "Alizé", stage="S1")
    start = reverse("dossiers:start", args=[dossier.pk])
    page = body(worker.get(file_of(dossier)))
    assert f'href="{start}">Ouvrir une demande' in page
    requests.open_application(world.ref, dossier)
    assert "Ouvrir une demande" not in body(worker.get(file_of(dossier)))
    people_actions.withdraw_agreement(world.ref, dossier)
    assert "Ouvrir une demande" not in body(worker.get(file_of(dossier)))
