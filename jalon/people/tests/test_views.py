"""The pages of the person's file: status, words, errors at the field, conflicts, number of queries."""

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import translation

from jalon.config import clock
from jalon.directory.tests.factories import browser
from jalon.journal import subject_ref
from jalon.journal.models import Entry
from jalon.people import actions, agreement, reads, records
from jalon.people.models import Agreement, Assignment, Dossier, Identity, SafeContact, Share
from jalon.people.tests.factories import make_closed, make_dossier, make_prepared, make_team, share_with_agency

pytestmark = pytest.mark.django_db


@pytest.fixture
def team():
    return make_team()


@pytest.fixture
def client(team):
    return team.browser("REF", stepped_up=True)


def text(answer):
    return answer.content.decode()


def url(name, *args):
    return reverse(f"people:{name}", args=[getattr(arg, "pk", arg) for arg in args])


# --- list, search, new ------------------------------------------------------------------------------------------------


def test_aliases_for_the_referent_and_numbers_for_the_others(team, client):
    dossier = make_dossier(team, alias="Ancolie")
    page = text(client.get("/dossiers/"))
    assert "Ancolie" in page
    assert dossier.number in page
    for role in ("MGR", "DPO"):
        page = text(team.browser(role).get("/dossiers/"))
        assert "Ancolie" not in page
        assert dossier.number in page
    assert team.browser("SEC").get("/dossiers/").status_code == 404


def test_search_stays_in_the_scope_and_out_of_the_address(team, client):
    make_dossier(team, alias="Églantine")
    make_dossier(team, actor=make_actor_of(team.member("REF")), alias="Églantine 2")
    answer = client.post("/dossiers/", {"q": "eglan"})
    assert answer.status_code == 200
    assert text(answer).count("Églantine") == 1
    fragment = client.post("/dossiers/", {"q": "eglan"}, headers={"HX-Request": "true"})
    assert "<html" not in text(fragment)
    assert text(fragment).count("Églantine") == 1
    assert "Aucun résultat" in text(client.post("/dossiers/", {"q": "zzz"}))
    answer = client.post("/dossiers/", {"q": "x"})
    assert answer.status_code == 422
    assert "au moins 2" in text(answer)


def make_actor_of(membership):
    from jalon.directory.tests.factories import actor_of

    return actor_of(membership, stepped_up=True)


def test_a_filter_is_strict_and_a_strange_page_is_the_first(client):
    assert client.get("/dossiers/?stage=S1").status_code == 200
    assert client.get("/dossiers/?stage=S7").status_code == 404
    assert client.get("/dossiers/?page=0").status_code == 200


def test_list_does_not_grow_with_the_number_of_persons(team, client):
    make_dossier(team, alias="Sauge")
    client.get("/dossiers/")
    with CaptureQueriesContext(connection) as one:
        client.get("/dossiers/")
    for rank in range(20):
        make_dossier(team, alias=f"Lilas {rank}")
    with CaptureQueriesContext(connection) as many:
        assert client.get("/dossiers/").status_code == 200
    assert len(many) == len(one) <= 12


def test_new_person_in_three_interactions_with_everything_off(team, client):
    page = client.get(url("new"))
    assert page.status_code == 200
    assert "checked" not in text(page)
    answer = client.post(url("new"), {"language": "bg", "alias": page.context["form"]["alias"].value()})
    assert answer.status_code == 303
    dossier = Dossier.objects.get()
    assert answer["Location"] == f"/dossiers/{dossier.pk}/application/"
    record = SafeContact.objects.get().unseal()
    assert not any(record[key] for key in ("sms_ok", "call_ok", "voicemail_ok", "email_ok", "phone_shared"))
    assert record["language"] == "bg"


def test_the_same_page_sent_twice_opens_one_file(team, client):
    once = client.get(url("new")).context["form"]["once"].value()
    given = {"language": "bg", "alias": "Sorbier", "once": once}
    answers = [client.post(url("new"), given) for _time in range(2)]
    assert len({answer["Location"] for answer in answers}) == 1
    assert Dossier.objects.count() == 1
    # The page of somebody else promises nothing here, nor does an invented one.
    other = team.member("REF")
    for wrong in (once, "invented"):
        from_other = {**given, "alias": f"Aulne {len(wrong)}", "once": wrong}
        assert browser(other).post(url("new"), from_other)["Location"] != answers[0]["Location"]
    assert Dossier.objects.count() == 3


@pytest.mark.parametrize(
    ("typed", "kept", "said"),
    [
        ({"alias": "Sauge", "language": ""}, "Sauge", "Choisissez une réponse"),
        ({"alias": "", "language": "bg"}, "", "obligatoire"),
        ({"alias": "Lilas", "language": "bg", "call_ok": "on"}, "Lilas", "Écrivez le numéro"),
        ({"alias": "Lilas", "language": "bg", "phone": "12"}, "12", "numéro complet"),
        ({"alias": "A\u202eB", "language": "bg"}, "A\u202eB", "sens de lecture"),
        ({"alias": "Ancolie", "language": "bg"}, "Ancolie", "déjà celui"),
        ({"alias": "Lilas", "language": "klingon"}, "Lilas", "de la liste"),
    ],
)
def test_bad_new_person(team, client, typed, kept, said):
    make_dossier(team, alias="Ancolie")
    answer = client.post(url("new"), typed)
    assert answer.status_code == 422
    assert kept in text(answer)
    assert said in text(answer)
    assert Dossier.objects.count() == 1


# --- identity and contact -------------------------------------------------------------------------------------------


def test_identity_saves_rows_and_what_she_prefers_not_to_say(team, client):
    dossier = make_dossier(team)
    page = client.get(url("identity", dossier))
    assert page.status_code == 200
    form = page.context["form"]
    sent = {
        name: {True: "oui", False: "non"}.get(value, value) if isinstance(value, bool) else value
        for name in form.fields
        if (value := form[name].value()) not in (None, "", [])
    }
    sent |= {"languages_1_code": "en", "languages_1_reads": "non", "declined": "birth_place"}
    sent["birth_place"] = ""
    answer = client.post(url("identity", dossier) + "?suite=/dossiers/", sent)
    assert answer.status_code == 303, answer.context["form"].errors
    assert answer["Location"] == "/dossiers/"
    record = Identity.objects.get().unseal()
    assert [row["code"] for row in record["languages"]] == ["bg", "en"]
    assert record["languages"][1]["reads"] is False
    assert record["declined"] == ["birth_place"]
    assert record["birth_place"] == ""
    assert client.post(url("identity", dossier) + "?suite=https://ailleurs.example/", sent).status_code == 409


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ({"alias": ""}, ""),
        ({"alias": "Lilas", "birth_date": "31/02/1990"}, "31/02/1990"),
        ({"alias": "Lilas", "nationality": "ZZZ"}, "Lilas"),
        ({"alias": "Lilas", "family_name": "x" * 121}, "x" * 121),
        ({"alias": "Lilas", "languages_0_code": "xx"}, "Lilas"),
    ],
)
def test_bad_identity(team, client, typed, kept):
    dossier = make_dossier(team)
    answer = client.post(url("identity", dossier), {**typed, "revision": "1"})
    assert answer.status_code == 422
    assert "field-error" in text(answer)
    assert kept in text(answer)
    assert Identity.objects.get().revision == 1


def test_stale_identity_shows_both_versions(team, client):
    dossier = make_dossier(team)
    actions.update_identity(team.actor("REF"), dossier, data={"usual_name": "Lina"})
    answer = client.post(url("identity", dossier), {"alias": "Capucine", "usual_name": "Mia", "revision": "1"})
    assert answer.status_code == 409
    assert "Lina" in text(answer)
    assert "Mia" in text(answer)
    assert Identity.objects.get().unseal()["usual_name"] == "Lina"


def test_contact_is_saved_stopped_and_shown(team, client):
    dossier = make_dossier(team)
    sent = {"language": "bg", "phone": "06 12 34 56 78", "sms_ok": "on", "sender_label": "Marie", "revision": "1"}
    sent["do_not"] = "courrier à domicile\nappel le soir"
    assert client.post(url("contact", dossier), sent).status_code == 303
    record = SafeContact.objects.get().unseal()
    assert record["phone"] == "+33612345678"
    assert record["do_not"] == ["courrier à domicile", "appel le soir"]
    assert "des SMS" in text(client.get(url("contact", dossier)))
    assert client.post(url("stop", dossier)).status_code == 303
    assert "Aucun message ne partira" in text(client.get(url("contact", dossier)))
    with clock.at(clock.today() + timedelta(days=95)):
        actions.update_safe_contact(team.actor("REF"), dossier, data={})
    assert client.get(url("stop", dossier)).status_code == 405


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"language": "bg", "email_ok": "on"}, "Écrivez l&#x27;adresse électronique"),
        ({"language": "bg", "phone": "abc"}, "numéro complet"),
        ({"language": ""}, "Choisissez une réponse"),
        ({"language": "bg", "voicemail_ok": "on"}, "Écrivez le numéro"),
        ({"language": "bg", "email": "pas une adresse"}, "adresse complète"),
    ],
)
def test_bad_contact(team, client, typed, said):
    dossier = make_dossier(team)
    answer = client.post(url("contact", dossier), {**typed, "revision": "1"})
    assert answer.status_code == 422
    assert said in text(answer)
    assert SafeContact.objects.get().revision == 1


def test_stale_contact_is_a_conflict(team, client):
    dossier = make_dossier(team)
    actions.update_safe_contact(team.actor("REF"), dossier, data={"sender_label": "Anne"})
    answer = client.post(url("contact", dossier), {"language": "bg", "sender_label": "Zoé", "revision": "1"})
    assert answer.status_code == 409
    assert "Anne" in text(answer)
    assert "Zoé" in text(answer)


# --- agreements -------------------------------------------------------------------------------------------------------


def test_a_closed_file_is_read_and_has_no_field_to_type_in(team):
    open_file, closed = make_prepared(team), make_closed(team, alias="Bleuet")
    referent = team.browser("REF", stepped_up=True)
    for page in ("people:identity", "people:contact"):
        for dossier, typed in ((open_file, True), (closed, False)):
            answer = referent.get(reverse(page, args=[dossier.pk]))
            assert answer.status_code == 200
            assert {not field.disabled for field in answer.context["form"].fields.values()} == {typed}
            assert ('type="submit" class="btn btn-primary"' in answer.content.decode()) is typed


def test_agreement_page_says_who_reads_and_ticks_nothing(team, client, monkeypatch):
    """One question a page, in French and in her language; nothing is ticked; what was typed comes back."""
    read = records.WORDING
    dossier = make_dossier(team)
    pages = [text(client.get(f"{url('agree', dossier)}?page={code}&langue=ar")) for code in agreement.BY_CODE]
    for page, french in zip(pages, agreement.PAGES, strict=True):
        assert str(french.ask).replace("'", "&#x27;") in page
        assert 'lang="fr" data-read' in page
        assert 'lang="ar" dir="rtl" data-read' in page
        for listen, stop in (("Écouter", "Arrêter"), ("استماع", "إيقاف")):
            assert f'data-listen="{listen}" data-stop="{stop}" hidden>' in page
        assert '<form method="post"' not in page.split("<main")[1].split("</main")[0]
    assert "la police" in pages[1]
    assert "service des étrangers" in pages[1]
    assert "MSA" in pages[5]
    assert "interprète" in text(client.get(f"{url('agree', dossier)}?langue=bin"))
    assert "checked" not in text(client.get(f"{url('agree', dossier)}?page=answer"))
    oral = {"language": "bg", "read_back": "on", "how": "oral"}
    assert "Écrivez qui est témoin" in text(client.post(url("agree", dossier), oral))
    answer = client.post(url("agree", dossier), {"language": "bg", "interpreter": "Service"})
    assert answer.status_code == 422
    assert "Relisez les pages avec elle" in text(answer)
    assert "Service" in text(answer)
    assert not Agreement.objects.exists()
    given = {"language": "bg", "read_back": "on", "presence": ["interpreter", "relative"]}
    assert client.post(url("agree", dossier), given).status_code == 303
    page = text(client.get(url("agreements", dossier)))
    assert "en vigueur" in page
    assert "Lu en présence de : une ou un interprète, une personne de son entourage." in page
    assert "Information donnée le" in page
    assert "Ce qui lui a été lu" in page
    with monkeypatch.context() as later:
        later.setattr(records, "WORDING", "2099-1")
        assert f"version {read} du texte" in text(client.get(url("agreements", dossier)))
    assert client.post(url("inform", dossier), {"language": "fr"}).status_code == 303
    assert "en français" in text(client.get(url("agreements", dossier)))
    assert client.post(url("withdraw", dossier)).status_code == 303
    assert "Aucun accord en vigueur" in text(client.get(url("agreements", dossier)))


def test_share_given_and_revoked(team, client):
    dossier = make_prepared(team)
    agency = team.agency
    page = client.get(url("share", dossier))
    assert "checked" not in text(page)
    day = (clock.today() - timedelta(days=1)).strftime("%d/%m/%Y")
    bad = client.post(url("share", dossier), {"organisation": agency.pk, "language": "bg", "ends_on": day})
    assert bad.status_code == 422
    assert "Cochez au moins une réponse" in text(bad)
    assert day in text(bad)
    assert not Share.objects.exists()
    given = {"organisation": agency.pk, "language": "bg", "what": ["prénom", "projet"]}
    assert client.post(url("share", dossier), given).status_code == 303
    page = text(client.get(url("agreements", dossier))).replace("&#x27;", "'")
    assert "Elle accepte de partager : prénom d'usage, projet professionnel." in page
    assert client.post(url("revoke", Share.objects.get())).status_code == 303
    assert Share.objects.get().revoked_at


# --- who works with her -----------------------------------------------------------------------------------------------


def test_naming_and_ending(team, client):
    dossier = make_prepared(team)
    colleague = team.member("REF")
    path = url("assign", dossier, "delegate")
    answer = client.post(path, {"user": colleague.user_id, "ends_on": ""})
    assert answer.status_code == 422
    day = (clock.today() + timedelta(days=7)).strftime("%d/%m/%Y")
    assert client.post(path, {"user": "x", "ends_on": day}).status_code == 422
    assert client.post(path, {"user": colleague.user_id, "ends_on": day}).status_code == 303
    assert colleague.user.name in text(client.get(url("assignments", dossier)))
    row = Assignment.objects.get(kind="delegate")
    assert client.post(url("end_assignment", row)).status_code == 303
    assert client.get(url("assign", dossier, "autre")).status_code == 404
    assert client.post(url("assign", dossier, "referent"), {"user": colleague.user_id}).status_code == 403
    manager = team.browser("MGR")
    assert manager.post(url("assign", dossier, "referent"), {"user": colleague.user_id}).status_code == 303
    assert client.get(url("assignments", dossier)).status_code == 404


# --- exceptional access, trail, erasure ---


def test_exceptional_access_from_the_page(team):
    dossier = make_prepared(team, alias="Ancolie")
    manager = team.browser("MGR", stepped_up=True)
    path = url("breakglass", dossier)
    short = manager.post(path, {"category": "danger", "reason": "vite"})
    assert short.status_code == 422
    assert "vite" in text(short)
    reason = "Elle ne répond plus depuis hier soir."
    assert team.browser("MGR").post(path, {"category": "danger", "reason": reason}).status_code == 403
    assert manager.post(path, {"category": "danger", "reason": reason}).status_code == 303
    assert manager.get(url("identity", dossier)).status_code == 200
    page = text(team.browser("DPO").get("/"))
    assert dossier.number in page
    assert "Ancolie" not in page


def test_trail_in_words_with_own_names_only(team, client):
    dossier = make_prepared(team)
    client.get(url("identity", dossier))
    page = team.browser("MGR", stepped_up=True).get(url("trail", dossier))
    assert team.ref.user.name in text(page)
    assert "accord recueilli" in text(page)
    assert "lecture" in text(page)


def test_erasure_by_two_sessions(team):
    dossier = make_closed(team)
    officer, manager = team.browser("DPO", stepped_up=True), team.browser("MGR", stepped_up=True)
    assert dossier.number in text(officer.get("/"))
    page = officer.get(url("erase", dossier))
    assert "doit d'abord donner son accord" in text(page).replace("&#x27;", "'")
    sent = {"reason": "request", "sure": "on"}
    assert officer.post(url("erase", dossier), sent).status_code == 409
    assert manager.get(url("consent", dossier)).status_code == 200
    assert manager.post(url("consent", dossier)).status_code == 303
    bad = officer.post(url("erase", dossier), {"reason": "retention", "visa": "AD-1"})
    assert bad.status_code == 422
    assert "AD-1" in text(bad)
    assert officer.post(url("erase", dossier), sent).status_code == 303
    dossier.refresh_from_db()
    assert dossier.stage == "S7"
    for client in (officer, manager):
        assert client.get(url("trail", dossier)).status_code == 404


def test_reading_a_page_leaves_its_trace(team, client):
    dossier = make_prepared(team)
    before = Entry.objects.count()
    client.get(url("contact", dossier))
    last = Entry.objects.order_by("-seq").first()
    assert Entry.objects.count() == before + 1
    assert (last.verb, last.compartment, last.actor) == ("read", "C2", team.ref.user_id)


@pytest.mark.parametrize(
    ("name", "most"),
    [("identity", 8), ("contact", 8), ("agreements", 11), ("agree", 8), ("share", 9), ("assignments", 11)],
)
def test_number_of_queries(team, client, name, most):
    dossier = make_prepared(team)
    share_with_agency(team, dossier)
    client.get(url(name, dossier))
    with CaptureQueriesContext(connection) as captured:
        assert client.get(url(name, dossier)).status_code == 200
    assert len(captured) <= most, [q["sql"][:90] for q in captured]


def test_what_is_shared_is_said_in_the_language_of_the_screen():
    with translation.override("en"):
        (words,) = reads.shared_words(["niveau de français"])
    assert "French" in words
    assert reads.shared_words(["prénom", "ancien mot"]) == ["prénom d'usage", "ancien mot"]


def test_opening_a_file_shows_that_aliases_were_read(team, client):
    dossier = make_dossier(team)
    assert client.get(url("new")).status_code == 200
    entry = Entry.objects.get(verb="aliases")
    assert (entry.compartment, entry.count) == ("C1", 1)
    assert subject_ref(dossier) in entry.objects_seen


def test_a_colleague_by_delegations_opens_no_file(team):
    client = team.browser("COL")
    assert client.get(url("new")).status_code == 403
    assert client.post(url("new"), {"language": "bg", "alias": "Sauge"}).status_code == 403
    page = text(client.get("/dossiers/"))
    assert url("new") not in page
    assert not Dossier.objects.exists()


def delegate_of(team, dossier):
    colleague = team.member("REF")
    actions.assign(
        team.actor("REF"),
        dossier,
        user=colleague.user,
        organisation=team.organisation,
        kind="delegate",
        ends_on=clock.today() + timedelta(days=5),
    )
    return colleague


def test_a_delegate_is_offered_no_naming(team):
    dossier = make_prepared(team)
    colleague = delegate_of(team, dossier)
    row = Assignment.objects.get(kind="delegate")
    client = browser(colleague, stepped_up=True)
    page = text(client.get(url("assignments", dossier)))
    for kind in ("adviser", "delegate", "referent"):
        path = url("assign", dossier, kind)
        assert path not in page
        assert client.get(path).status_code == 403
    assert url("end_assignment", row) not in page
    assert client.post(url("end_assignment", row)).status_code == 403
    assert Assignment.objects.get(pk=row.pk).ends_on == row.ends_on


def test_the_officer_is_offered_only_what_opens(team):
    """A list of numbers, without a link to files whose content is not hers."""
    dossier = make_prepared(team)
    client = team.browser("DPO", stepped_up=True)
    page = text(client.get("/dossiers/"))
    assert dossier.number in page
    for path in re.findall(r'href="(/dossiers/[^"?]+)"', page):
        assert client.get(path).status_code == 200, path
    assert url("trail", dossier) in page
