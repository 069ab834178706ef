"""Her host, over HTTP without a script: what opens, what never does, what each answer tells."""

import re
from datetime import timedelta

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import Resolver404, URLPattern, URLResolver, get_resolver, resolve, reverse

from jalon.access import Role
from jalon.access.policy import matrix
from jalon.access.roles import STAGES
from jalon.accounts.models import User, WebSession
from jalon.accounts.tests.factories import sign_in
from jalon.accounts.totp import current_code
from jalon.config import clock
from jalon.directory.tests.factories import browser
from jalon.journal.models import Entry
from jalon.people import access as people
from jalon.people import actions as persons
from jalon.people.models import Dossier, RightsRequest, Share
from jalon.people.tests.factories import make_team
from jalon.space import actions, host
from jalon.space.models import PersonRequest
from jalon.space.tests.factories import COOKIE, HOST, PHRASE, SECRET, at_her_host, make_hers
from jalon.space.tests.test_words import leaks
from jalon.space.views.acts import ACTS
from jalon.space.views.screens import MENU, SCREENS
from jalon.support import actions as support

pytestmark = pytest.mark.django_db


@pytest.fixture
def team():
    cache.clear()
    return make_team()


def text(response):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode()))


def said(response):
    return text(response).replace("&#x27;", "'")


def follow(client, data):
    sent = client.post("/", data)
    assert sent.status_code in (302, 303), sent.content.decode()
    assert sent["Location"] == "/"
    return client.get("/")


def enter(hers, code):
    client = Client(HTTP_HOST=HOST)
    client.get("/")
    follow(client, {"login": hers.number, "password": PHRASE})
    return client, follow(client, {"code": code})


# --- the two hosts ------------------------------------------------------------------------------------------------
def paths(resolver, before="/"):
    for entry in resolver.url_patterns:
        if isinstance(entry, URLResolver):
            yield from paths(entry, before + str(entry.pattern))
        elif isinstance(entry, URLPattern):
            yield re.sub(r"<[^>]+>", "AAAAAAAAAAAAAAAAAAAAAA", before + str(entry.pattern))


def test_no_address_of_the_professionals_is_at_her_host():
    theirs = set(paths(get_resolver())) - {"/", "/robots.txt"}
    assert len(theirs) > 100
    for path in theirs:
        with pytest.raises(Resolver404):
            resolve(path, host.__name__)


def test_what_is_not_there_is_one_page(team):
    hers = make_hers(team)
    inside, outside, dotted = hers.browser(), Client(HTTP_HOST=HOST), Client(HTTP_HOST=f"{HOST}.")
    theirs = (reverse("account_login"), reverse("support:dossier", args=[hers.dossier.pk]), "/static/ui/jalon.css")
    for client in (inside, outside, dotted):
        bodies = set()
        for path in (*theirs, "/rien/"):
            for answer in (client.get(path), client.post(path, {"login": "x"})):
                assert answer.status_code == 404, path
                bodies.add(re.sub(rb'value="[^"]{64}"', b"", answer.content))
        assert len(bodies) == 1
        for path in ("/static/agenda/agenda.css", "/static/accounts/passkey.js"):
            assert client.get(path).status_code == 200
    assert Client().get("/static/agenda/agenda.css").status_code == 404
    assert Client().get("/static/accounts/passkey.js").status_code == 200  # the one file of both


def test_each_file_that_her_pages_ask_for_is_at_her_host(team):
    inside, outside, first = make_hers(team).browser(), Client(HTTP_HOST=HOST), Client(HTTP_HOST=HOST)
    follow(first, {"go": "first"})
    for client in (inside, outside, first):
        body = client.get("/").content.decode()
        asked = set(re.findall(r'(?:href|src)="(/static/[^"#]+)', body))
        assert asked
        assert {path for path in asked if client.get(path).status_code != 200} == set()
        assert "<path" in body  # an icon is drawn in the page


def test_her_host_has_one_address():
    assert {str(entry.pattern) for entry in host.urlpatterns} == {"", "robots.txt"}
    assert all(entry.callback.policy for entry in host.urlpatterns)


def test_a_professional_has_no_account_at_her_host_nor_she_at_theirs(team):
    hers = make_hers(team)
    there = Client()
    there.get(reverse("account_login"))
    unknown = there.post(reverse("account_login"), {"login": "nobody", "password": PHRASE})
    answer = there.post(reverse("account_login"), {"login": hers.number, "password": PHRASE})
    assert (answer.status_code, said(answer)) == (unknown.status_code, said(unknown)) == (422, said(unknown))
    here = Client(HTTP_HOST=HOST)
    login = team.ref.user.profile["login"]
    team.ref.user.set_password(PHRASE)
    team.ref.user.save()
    assert here.post("/", {"login": login, "password": PHRASE}).status_code == 422


@pytest.mark.parametrize("name", [COOKIE, "jalon"])
def test_a_session_of_one_host_is_worth_nothing_at_the_other(team, name):
    hers = make_hers(team)
    client = Client(HTTP_HOST=HOST)
    client.cookies[name] = browser(team.ref).cookies["jalon"].value
    assert "Votre numéro" in said(client.get("/"))
    there = Client()
    there.cookies["jalon"] = hers.browser().cookies[COOKIE].value
    assert there.get("/").status_code == 302
    assert there.get("/")["Location"].startswith(reverse("account_login"))


def test_nothing_of_a_page_tells_the_programme(team):
    hers = make_hers(team, shared=True)
    Dossier.objects.filter(pk=hers.dossier.pk).update(stage="S5")
    client = hers.browser(stepped_up=True)
    for page in SCREENS:
        answer = follow(client, {"go": page})
        assert "<title>Agenda</title>" in answer.content.decode()
        assert leaks(text(answer)) == [], page
        assert hers.dossier.number not in answer.content.decode()
        assert hers.dossier.pk not in answer.content.decode()
        assert answer["Cache-Control"] == "no-store"
        assert set(answer.cookies) <= {COOKIE, "csrf"}
        for name in ("Capucine", "Miroslava", "Zelenkova", "Association Essai"):
            assert name not in answer.content.decode(), page


# --- sign-in --------------------------------------------------------------------------------------------------------
def test_number_phrase_then_a_code(team):
    hers = make_hers(team)
    client, home = enter(hers, current_code(SECRET))
    assert "Mon agenda" in said(home)
    assert COOKIE in client.cookies
    assert "jalon" not in client.cookies
    assert WebSession.objects.filter(user_id=hers.user.pk).count() == 1
    assert Entry.objects.filter(verb="visit_space", actor=hers.user.pk).count() == 1


def test_her_cookie_is_as_closed_as_the_other(team):
    hers = make_hers(team)
    client = Client(HTTP_HOST=HOST)
    assert client.get("/").cookies["csrf"]["max-age"] == ""  # her browser forgets both when it closes
    morsel = client.post("/", {"login": hers.number, "password": PHRASE}).cookies[COOKIE]
    assert (morsel["httponly"], morsel["samesite"], morsel["path"], morsel["max-age"]) == (True, "Strict", "/", "")


@pytest.mark.parametrize(
    ("page", "opened"),
    [
        ("home", {"C2", "C16"}),
        ("agreements", {"C2", "C15"}),
        ("safety", {"C2"}),
        ("readers", {"C2", "C17"}),
        ("answers", {"C2", "C14"}),
        ("requests", {"C2", "C15"}),
    ],
)
def test_what_she_reads_is_in_the_trail_and_nothing_else_is_opened(team, page, opened):
    hers = make_hers(team)
    Dossier.objects.filter(pk=hers.dossier.pk).update(stage="S5")
    client = hers.browser(stepped_up=True)
    client.post("/", {"go": page})
    before = Entry.objects.order_by("-seq").values_list("seq", flat=True)[0]
    assert client.get("/").status_code == 200
    new = Entry.objects.filter(seq__gt=before)
    assert set(new.values_list("compartment", flat=True)) == opened
    assert set(new.values_list("actor", "role", "verb")) == {(hers.user.pk, "PER", "read")}


def test_a_code_of_her_paper_serves_once(team):
    hers = make_hers(team)
    _client, home = enter(hers, hers.codes[0])
    assert "Mon agenda" in said(home)
    client = Client(HTTP_HOST=HOST)
    client.get("/")
    follow(client, {"login": hers.number, "password": PHRASE})
    assert client.post("/", {"code": hers.codes[0]}).status_code == 422


def test_sign_in_tells_nothing_of_an_account(team):
    """Unknown, wrong, frozen, closed, never activated: one answer."""
    hers, frozen, closed = (make_hers(team) for _ in range(3))
    actions.freeze_space(team.actor("REF"), frozen.dossier)
    actions.close_space(team.actor("REF"), closed.dossier)
    answers = set()
    for number, phrase in (
        ("12345678", PHRASE),
        (hers.number, "une autre phrase inventée"),
        (frozen.number, PHRASE),
        (closed.number, PHRASE),
    ):
        client = Client(HTTP_HOST=HOST)
        client.get("/")
        answer = client.post("/", {"login": number, "password": phrase})
        shown = re.sub(r'value="[^"]*"', "", answer.content.decode())
        answers.add((answer.status_code, shown))
    assert len(answers) == 1
    assert answers.pop()[0] == 422


def test_activation_over_her_host_and_one_sentence_for_all_that_is_wrong(team):
    dossier = make_hers(team).dossier
    card = actions.hand_new_code(team.actor("REF"), dossier)
    client = Client(HTTP_HOST=HOST)
    assert "Choisissez votre phrase" in said(follow(client, {"go": "first"}))
    given = {"number": card.number, "paper_code": card.code, "new_phrase": PHRASE}
    shown = set()
    for wrong in ({"number": "12345678"}, {"paper_code": "aaaa-bbbb-cccc"}):
        answer = client.post("/", {**given, **wrong})
        assert answer.status_code == 422
        shown.add("Cela n'a pas marché" in said(answer))
    assert shown == {True}
    assert client.post("/", {**given, "new_phrase": "court"}).status_code == 422
    made = client.post("/", given)
    assert made.status_code == 200
    codes = re.findall(r"<code>([a-z0-9]{4}-[a-z0-9]{4}-[a-z0-9]{4})</code>", made.content.decode())
    assert len(codes) == 10
    follow(client, {"login": card.number, "password": PHRASE})
    assert "Mon agenda" in said(follow(client, {"code": codes[3]}))


def test_a_new_card_ends_what_was_half_opened_with_the_former_phrase(team):
    """Who knows the phrase and waits at the code when her referent hands her another card."""
    hers, client = make_hers(team), Client(HTTP_HOST=HOST)
    assert 'name="code"' in follow(client, {"login": hers.number, "password": PHRASE}).content.decode()
    actions.hand_new_code(team.actor("REF"), hers.dossier)
    assert "Votre numéro" in said(follow(client, {"code": hers.codes[0]}))
    assert not WebSession.objects.filter(user_id=hers.user.pk).exists()


def test_a_trial_too_many_shuts_the_activation(team):
    card = actions.hand_new_code(team.actor("REF"), make_hers(team).dossier)
    client = Client(HTTP_HOST=HOST)
    for _ in range(20):
        client.post("/", {"number": "12345678", "paper_code": "aaaa-bbbb-cccc", "new_phrase": PHRASE})
    given = {"number": card.number, "paper_code": card.code, "new_phrase": PHRASE}
    assert client.post("/", given).status_code == 422


# --- out ------------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("signed_in", [True, False])
def test_quitter_ends_the_session_and_leads_to_the_weather(team, signed_in):
    client = make_hers(team).browser() if signed_in else Client(HTTP_HOST=HOST)
    client.get("/")
    answer = client.post("/", {"leave": "1"})
    assert (answer.status_code, answer["Location"]) == (303, "https://meteofrance.com/")
    assert answer["Clear-Site-Data"] == '"cache", "cookies", "storage"'
    assert "form-action 'self' https://meteofrance.com" in answer["Content-Security-Policy"]
    assert not WebSession.objects.exclude(user_id="").exists()
    assert "Votre numéro" in said(client.get("/"))


def test_quitter_works_when_the_page_is_too_old(team):
    hers = make_hers(team)
    client = at_her_host(sign_in(Client(HTTP_HOST=HOST, enforce_csrf_checks=True), hers.user))
    assert client.post("/", {"go": "safety"}).status_code == 403
    assert client.post("/", {"leave": "1"})["Location"] == "https://meteofrance.com/"
    assert not WebSession.objects.filter(user_id=hers.user.pk).exists()


def test_quitter_is_the_first_button_of_every_page(team):
    hers = make_hers(team)
    Dossier.objects.filter(pk=hers.dossier.pk).update(stage="S5")
    client = hers.browser(stepped_up=True)
    pages = [follow(client, {"go": page}) for page in SCREENS] + [client.get("/rien/")]
    pages += [Client(HTTP_HOST=HOST).get("/"), follow(Client(HTTP_HOST=HOST), {"go": "first"})]
    for page in pages:
        first = re.search(r"<(?:button|a|input(?! type=\"hidden\"))[^>]*>", page.content.decode())
        assert first is not None
        assert 'name="leave"' in first[0]


# --- inside ---------------------------------------------------------------------------------------------------------
def test_every_screen_and_act_declares_what_it_opens():
    for name, view in {**SCREENS, **ACTS}.items():
        policy = view.policy
        assert policy.roles == (Role.PER,), name
        if name != "home":
            assert policy.kind == "screen"
            cells = [(Role.PER, "assigned", stage, policy.compartment, policy.action) for stage in STAGES]
            assert any(cell in matrix() for cell in cells), f"{name} opens at no stage"
    assert {c for _name, c, _action in MENU} <= {"C2", "C14", "C15", "C16", "C17"}


@pytest.mark.parametrize("stage", STAGES[:7])
def test_each_screen_opens_at_the_stages_of_the_matrix(team, stage):
    hers = make_hers(team)
    Dossier.objects.filter(pk=hers.dossier.pk).update(stage=stage)
    client = hers.browser(stepped_up=True)
    for page in set(SCREENS) - {"home"}:
        policy = SCREENS[page].policy
        allowed = (Role.PER, "assigned", stage, policy.compartment, policy.action) in matrix()
        client.post("/", {"go": page})
        answer = client.get("/")
        assert answer.status_code == (200 if allowed else 303), page
        assert allowed or "Cela n'a pas marché" in said(client.get("/"))


@pytest.mark.parametrize("page", ["readers", "answers"])
def test_who_read_and_the_answers_ask_for_a_code_again(team, page):
    hers = make_hers(team)
    Dossier.objects.filter(pk=hers.dossier.pk).update(stage="S5")
    client = hers.browser()
    client.post("/", {"go": page})
    asked = client.get("/")
    assert asked.status_code == 403
    assert "Un code, pour cette page" in said(asked)
    assert Entry.objects.filter(verb=f"space.{page}", decision="refused").exists()
    assert client.post("/", {"code": "000000"}).status_code == 422
    assert follow(client, {"code": hers.codes[0]}).status_code == 200


def test_the_neighbour_s_things_are_nobody_s(team):
    hers, neighbour = make_hers(team, shared=True), make_hers(make_team(name="Association voisine"), shared=True)
    theirs = Share.objects.get(dossier=neighbour.dossier).pk
    client = hers.browser(stepped_up=True)
    client.get("/")
    answers = set()
    for pk in (theirs, "A" * 22, "../../etc", neighbour.dossier.pk):
        answer = client.post("/", {"do": "take_back_share", "id": pk})
        answers.add((answer.status_code, re.sub(rb'value="[^"]{64}"', b"", answer.content)))
        client.post("/", {"go": "take_back", "id": pk})
        assert "sure" not in said(client.get("/"))
    assert len(answers) == 1
    assert answers.pop()[0] == 404
    assert Share.objects.get(pk=theirs).revoked_at is None
    assert people.seen(hers.actor(), neighbour.dossier.pk) is None


@pytest.mark.parametrize("do", [*ACTS, "open_space", "stage", ""])
def test_a_field_that_no_page_of_hers_sends_writes_nothing(team, do):
    hers = make_hers(team, shared=True)
    client = hers.browser(stepped_up=True)
    answer = client.post("/", {"do": do, "role": "REF", "stage": "S6", "kind": "access", "text": "x"})
    assert answer.status_code in (400, 404)
    assert not PersonRequest.objects.exists()
    assert Share.objects.get().revoked_at is None


def test_appointments_say_when_and_neither_where_nor_what(team):
    hers = make_hers(team, contact={"sender_label": "Marie", "language": "en"})
    at = clock.now() + timedelta(days=6)
    support.make_appointment(team.actor("REF"), hers.dossier, at=at, title="Point emploi", place="12 rue des Lilas")
    page = hers.browser().get("/")
    assert "avec Marie" in said(page)
    assert 'lang="en"' in page.content.decode()
    assert "with Marie" in said(page)
    assert "Point emploi" not in said(page)
    assert "Lilas" not in said(page)
    client = hers.browser()
    ids = re.findall(r'name="id" value="([^"]+)"', client.get("/").content.decode())
    assert "C'est envoyé" in said(follow(client, {"do": "cannot_come", "id": ids[0]}))
    assert "Vous avez dit que vous ne venez pas" in said(client.get("/"))
    assert PersonRequest.objects.get().kind == "not_coming"


def test_agreements_taken_back_from_her_screen(team):
    hers = make_hers(team, shared=True)
    client = hers.browser()
    page = follow(client, {"go": "agreements"})
    assert "Le service de l'emploi" in said(page)
    share = Share.objects.get()
    sure = follow(client, {"go": "take_back", "id": share.pk})
    assert "Ils ne verront plus rien" in said(sure)
    assert "C'est fait" in said(follow(client, {"do": "take_back_share", "id": share.pk}))
    assert people.seen(team.actor("EMP"), hers.dossier.pk) is None
    follow(client, {"do": "take_back_agreement"})
    assert "Vous n'avez pas dit oui" in said(follow(client, {"go": "agreements"}))


def test_her_dates_are_shown_when_she_wants_them(team):
    hers = make_hers(team)
    client = hers.browser()
    assert "Mes dates" not in said(client.get("/"))
    follow(client, {"do": "choose_dates", "shown": "yes"})
    assert "Parler de vos messages avant" in said(follow(client, {"go": "home"}))
    follow(client, {"do": "choose_dates", "shown": "no"})
    assert "Mes dates" not in said(follow(client, {"go": "home"}))


@pytest.mark.parametrize(
    ("contact", "days", "sentence"),
    [
        ({"phone": "0639980101", "sms_ok": True}, 0, "Nous pouvons vous envoyer un SMS."),
        ({"phone": "0639980101", "sms_ok": True}, 91, "À revoir ensemble. Aucun message ne part avant."),
        ({"do_not": ["sms", "appel"]}, 0, "Nous ne vous envoyons aucun message."),
    ],
)
def test_how_she_is_written_to(team, contact, days, sentence):
    hers = make_hers(team, contact=contact)
    with clock.at(clock.today() + timedelta(days=days)):
        User.objects.filter(pk=hers.user.pk).update(ends_on=clock.today())
        page = follow(hers.browser(), {"go": "safety"})
        assert sentence in said(page)
        assert "0639980101" not in page.content.decode()


def test_what_is_wrong_in_a_request_is_said_at_its_field_and_kept(team):
    hers = make_hers(team)
    client = hers.browser()
    empty = client.post("/", {"do": "ask", "kind": "message", "text": " "})
    assert empty.status_code == 422
    assert "Écrivez quelques mots." in said(empty)
    long = client.post("/", {"do": "ask", "kind": "message", "text": "a" * 501})
    assert long.status_code == 422
    assert "a" * 501 in long.content.decode()
    assert not PersonRequest.objects.exists()


def test_who_read_is_counted_by_side_and_never_named(team):
    hers = make_hers(team, shared=True)
    browser(team.ref).get(reverse("people:contact", args=[hers.dossier.pk]))
    browser(team.ref).get(reverse("people:agreements", args=[hers.dossier.pk]))
    browser(team.emp).get(reverse("support:dossier", args=[hers.dossier.pk]))
    page = follow(hers.browser(stepped_up=True), {"go": "readers"})
    assert "Votre équipe : 1" in said(page)
    assert "Le service de l'emploi : 1" in said(page)
    for user in (team.ref.user, team.emp.user):
        assert user.name not in said(page)


def test_an_exceptional_reading_is_told_by_its_day(team):
    hers = make_hers(team)
    manager = team.actor("MGR")
    theirs = people.dossiers_visible_to(manager).get(pk=hers.dossier.pk)
    persons.open_exceptionally(
        manager, theirs, category="absence", reason="La référente est absente et une audience a lieu."
    )
    page = follow(hers.browser(stepped_up=True), {"go": "readers"})
    assert "Une lecture exceptionnelle" in said(page)
    assert "audience" not in said(page)
    assert "Vous pouvez savoir qui, quand et pourquoi" in said(page)
    follow(hers.browser(), {"do": "ask", "kind": "readers"})
    assert RightsRequest.objects.get().right == "readers"


def test_one_session_and_ten_minutes(team):
    hers = make_hers(team)
    first, _home = enter(hers, hers.codes[0])
    second, _home = enter(hers, hers.codes[1])
    assert "Votre numéro" in said(first.get("/"))
    assert "Mon agenda" in said(second.get("/"))
    WebSession.objects.filter(user_id=hers.user.pk).update(seen_at=clock.machine() - timedelta(minutes=10, seconds=5))
    assert "Votre numéro" in said(second.get("/"))


def test_the_desk(team):
    hers = make_hers(team)
    row = actions.ask(hers.actor(), hers.file, kind="message", text="Appelez-moi lundi.")
    desk = reverse("space:desk", args=[hers.dossier.pk])
    referent = browser(team.ref, stepped_up=True)
    assert "Appelez-moi lundi." in said(referent.get(desk))
    assert "Appelez-moi lundi." not in said(referent.get(reverse("space:requests")))
    assert "Message" in said(referent.get(reverse("space:requests")))
    assert referent.post(reverse("space:answer", args=[row.pk])).status_code == 303
    card = referent.post(reverse("space:act", args=[hers.dossier.pk, "code"]))
    assert card.status_code == 200
    assert hers.number in said(card)
    assert referent.post(reverse("space:act", args=[hers.dossier.pk, "freeze"])).status_code == 303
    assert "gelé" in said(referent.get(desk))


def test_the_desk_of_a_neighbour_is_the_404_of_a_stranger(team):
    hers = make_hers(team)
    row = actions.ask(hers.actor(), hers.file, kind="message", text="Appelez-moi.")
    other = browser(team.member("REF"), stepped_up=True)
    stranger = other.get(reverse("space:desk", args=["A" * 22]))
    assert other.get(reverse("space:desk", args=[hers.dossier.pk])).content == stranger.content
    for verb in ("open", "code", "freeze", "thaw", "close"):
        assert other.post(reverse("space:act", args=[hers.dossier.pk, verb])).status_code == 404
    assert other.post(reverse("space:answer", args=[row.pk])).status_code == 404
    assert said(other.get(reverse("space:requests"))).count("Message") == 0


def test_a_right_reaches_the_page_of_rights_and_not_the_messages(team):
    hers = make_hers(team)
    actions.ask(hers.actor(), hers.file, kind="rectification", text="Ma date est fausse.")
    where = reverse("people:requests", args=[hers.dossier.pk])
    for member in (team.ref, team.dpo):
        assert "Ma date est fausse." in said(browser(member, stepped_up=True).get(where))
    assert "fausse" not in said(browser(team.ref, stepped_up=True).get(reverse("space:desk", args=[hers.dossier.pk])))
    assert browser(team.dpo, stepped_up=True).get(reverse("space:requests")).status_code == 404


def test_without_a_file_the_door_shuts(team):
    hers = make_hers(team)
    client = hers.browser()
    Dossier.objects.filter(pk=hers.dossier.pk).update(stage="S7")
    client.get("/")
    assert "Votre numéro" in said(client.get("/"))
