"""The screens of the pathway: what they show and hide, how many queries they cost, what bad input becomes."""

from datetime import timedelta
from html import unescape

import pytest
from django.urls import reverse

from jalon.config import clock
from jalon.directory.tests.factories import browser, make_membership, make_organisation
from jalon.dossiers.models import Application
from jalon.dossiers.tests.factories import accredit, make_complete
from jalon.journal.models import Entry
from jalon.journeys import actions, reads
from jalon.journeys.forms import as_read
from jalon.journeys.models import AfisGrant, AfisMonth, Appeal, Decision, Journey, Permit, Transfer
from jalon.law.dates import period_end
from jalon.notices.models import Deadline
from jalon.people import actions as people
from jalon.people.tests.factories import make_team
from jalon.ui import paging

from .factories import (
    REASONS,
    REFUSAL,
    SIGNATORY,
    make_draft,
    make_notified,
    make_opined,
    make_refused,
    make_renewed,
    make_signed,
    meeting_day,
    mine,
    on,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def team():
    return make_team()


def url(name, *args):
    return reverse(f"journeys:{name}", args=args)


def text(response):
    return response.content.decode()


def granted(team, children=1):
    decision = make_notified(team)
    with on(decision.signed_on):
        dossier = mine(team, decision.dossier, "PRE")
        actions.decide_afis(team.actor("PRE"), dossier, granted=True, children=children)
    return decision


# --- the batch --------------------------------------------------------------------------------------------------
def test_the_prefet_starts_with_what_waits(team, django_assert_max_num_queries):
    application = make_opined(team)
    client = team.browser("PRE")
    with on(meeting_day(application) + timedelta(days=12)), django_assert_max_num_queries(20):
        page = client.get("/")
    assert page.status_code == 200
    for word in (application.dossier.number, "12 jours", "favorable", "Préparer"):
        assert word in text(page)
    assert "Capucine" not in text(page)


def test_an_empty_batch(team):
    page = team.browser("PRE").get("/")
    assert "Toutes les décisions sont signées." in text(page)


def test_a_batch_in_few_gestures(team):
    """Prepare the favourable ones, sign the selection already ticked: two gestures, and the step-up."""
    applications = [make_opined(team, make_complete(team, alias=f"Fleur {n}")) for n in range(3)]
    client = team.browser("PRE", stepped_up=True)
    with on(meeting_day(applications[-1])):
        assert client.post(url("prepare_favourable")).status_code == 303
        page = text(client.get(url("decisions")))
        assert page.count('name="selection"') == 3
        form = {"selection": [as_read(row) for row in Decision.objects.all()], **SIGNATORY}
        assert client.post(url("sign_selection"), form).status_code == 303
    assert set(Decision.objects.values_list("state", flat=True)) == {"signed"}
    assert Journey.objects.count() == 3


def test_what_acts_on_a_page_answers_for_what_it_sent(team, monkeypatch):
    """Pages of one line: what is drafted or signed is what was on the page, wherever the pages stand by then."""
    monkeypatch.setattr(paging.page, "__defaults__", (None, 1))
    complete = [make_complete(team, alias=f"Fleur {n}") for n in range(2)]
    one, two = make_opined(team, *complete), complete[1]
    client = team.browser("PRE", stepped_up=True)
    with on(meeting_day(one)):
        address = url("session", one.agenda_items.get().meeting.pk)
        shown = text(client.get(address, {"page": 2}))
        assert two.pk in shown
        assert one.pk not in shown
        form = {f"{two.pk}-kind": "authorise", f"{two.pk}-revision": "0", "session-appeal_routes": "Deux mois."}
        assert client.post(address, {**form, f"{chr(0) * 22}-kind": "authorise"}).status_code == 400
        assert client.post(f"{address}?page=2", form).status_code == 303
        draft = Decision.objects.get()
        assert draft.application_id == two.pk
        listed = client.get(url("decisions"), {"page": 2})
        assert as_read(draft) in text(listed)
        assert as_read(draft) not in text(client.get(url("decisions")))
        assert listed.context["home"].sessions[0][2] == 2  # of the whole session, whatever the page
        refused = client.post(url("sign_selection"), {"selection": [as_read(draft), "\0.1"], **SIGNATORY})
        assert refused.status_code == 422
        assert client.post(url("sign_selection"), {"selection": [as_read(draft)], **SIGNATORY}).status_code == 303
    assert Decision.objects.get().state == "signed"


def test_a_batch_is_signed_whole_or_not_at_all(team):
    first, second = make_draft(team), make_draft(team, make_opined(team, make_complete(team, alias="Bleuet")))
    day = second.drafted_on
    with on(day):
        actions.draft_decision(
            team.actor("SEC"), first.application, kind="authorise", ends_on=period_end(day, 24) + timedelta(days=40)
        )
        client = team.browser("PRE", stepped_up=True)
        first.refresh_from_db()
        form = {"selection": [as_read(first), as_read(second)], **SIGNATORY}
        response = client.post(url("sign_selection"), form)
    assert response.status_code == 422
    assert "Cette fin dépasse les 24 mois" in text(response)
    assert set(Decision.objects.values_list("state", flat=True)) == {"draft"}


def test_what_is_signed_is_what_was_read(team):
    """The secretariat writes again between the page and the signature: nothing is signed, and it is told."""
    rows = [make_draft(team, make_opined(team, make_complete(team, alias=alias))) for alias in ("Bleuet", "Iris")]
    read, other = rows
    with on(read.drafted_on):
        client = team.browser("PRE", stepped_up=True)
        shown = text(client.get(url("decisions")))
        assert all(f'value="{as_read(row)}" checked' in shown for row in rows)
        assert f'name="revision" value="{read.revision}"' in text(client.get(url("decision", read.pk)))
        actions.draft_decision(team.actor("SEC"), read.application, kind="refuse", **REFUSAL)
        for form in ({**SIGNATORY, "revision": read.revision}, SIGNATORY):
            alone = client.post(url("sign", read.pk), form)
            assert alone.status_code == 409
            assert "relisez-le avant de signer" in text(alone)
            assert "Enregistrer ma version" not in text(alone)
        batch = client.post(url("sign_selection"), {"selection": [as_read(row) for row in rows], **SIGNATORY})
        assert batch.status_code == 422
        assert f"{read.dossier.number} : Ce projet a changé" in unescape(text(batch))
        assert text(batch).count("a changé depuis : à relire") == 1
        assert f'value="{as_read(other)}" checked' in text(batch)
        read.refresh_from_db()
        assert f'value="{as_read(read)}">' in text(batch)  # as it now stands, and no longer ticked
        assert set(Decision.objects.values_list("state", flat=True)) == {"draft"}
        assert not Entry.objects.filter(verb="sign_decision").exists()
        again = {"selection": [as_read(row) for row in rows], **SIGNATORY}
        assert client.post(url("sign_selection"), again).status_code == 303
    assert set(Decision.objects.values_list("state", "kind")) == {("signed", "refuse"), ("signed", "authorise")}


@pytest.mark.parametrize(("given", "said"), [
    ({"selection": []}, "Cochez au moins une réponse"),
    ({"capacity": ""}, "Ce champ est obligatoire"),
    ({"selection": ["A" * 22 + ".1"]}, "Choisissez une réponse de la liste"),
])  # fmt: skip
def test_a_bad_selection_is_told(team, given, said):
    decision = make_draft(team)
    form = {"selection": [as_read(decision)], **SIGNATORY, **given}
    with on(decision.drafted_on):
        response = team.browser("PRE", stepped_up=True).post(url("sign_selection"), form)
    assert response.status_code == 422
    assert said in text(response)
    assert Decision.objects.get().state == "draft"


def test_signing_asks_to_confirm_who_signs(team):
    decision = make_draft(team)
    with on(decision.drafted_on):
        response = team.browser("PRE").post(url("sign", decision.pk), SIGNATORY)
    assert response.status_code == 403
    assert "Confirmer mon identité" in text(response)


@pytest.mark.parametrize(("role", "status"), [("PRE", 200), ("SEC", 200), ("REF", 404), ("MEM", 404), ("ETR", 404)])
def test_who_opens_the_batch(team, role, status):
    assert team.browser(role).get(url("decisions")).status_code == status


# --- a draft ----------------------------------------------------------------------------------------------------
def test_a_refusal_without_reasons_is_told_and_kept(team):
    application = make_opined(team, outcome="unfavourable")
    client = team.browser("SEC")
    with on(meeting_day(application)):
        page = client.get(url("draft", application.pk))
        assert "deux mois de sa notification" in text(page)  # the routes are proposed
        response = client.post(
            url("draft", application.pk),
            {"kind": "refuse", "reasons_of_law": "Article L. 121-9", "reasons_of_fact": "", "appeal_routes": ""},
        )
    assert response.status_code == 422
    assert "Écrivez le motif : un refus sans motif ne peut pas être enregistré." in text(response)
    assert "Écrivez les voies et délais de recours" in text(response)
    assert "Article L. 121-9" in text(response)
    assert not Decision.objects.exists()


@pytest.mark.parametrize("ground", [
    "Aucune plainte n'a été déposée.",
    "Niveau de français insuffisant.",
    "L'arrêt de l'activité n'est pas établi.",
    "La cessation n'est pas prouvée.",
])  # fmt: skip
def test_a_contestable_ground_is_hinted_never_blocked(team, ground):
    application = make_opined(team, outcome="unfavourable")
    client = team.browser("SEC")
    form = {"kind": "refuse", **REFUSAL, "reasons_of_fact": ground}
    with on(meeting_day(application)):
        response = client.post(url("draft", application.pk), form)
        assert response.status_code == 303
        page = text(client.get(response["Location"]))
    assert "440802" in page
    with on(meeting_day(application)):
        assert "440802" in text(team.browser("PRE").get("/"))


def test_an_ordinary_ground_has_no_hint(team):
    decision = make_refused(team)
    with on(decision.signed_on):
        assert "440802" not in text(team.browser("SEC").get(url("decision", decision.pk)))


@pytest.mark.parametrize(("given", "said"), [
    ({"kind": ""}, "Choisissez une réponse"),
    ({"kind": "renew"}, "Choisissez une réponse de la liste"),
    ({"effective_on": "30/02/2027"}, "n&#x27;existe pas"),
])  # fmt: skip
def test_a_bad_draft_is_told(team, given, said):
    application = make_opined(team)
    with on(meeting_day(application)):
        response = team.browser("SEC").post(url("draft", application.pk), {"kind": "authorise", **given})
    assert response.status_code == 422
    assert said in text(response)
    assert not Decision.objects.exists()


@pytest.mark.parametrize("revision", ["99", "0"])
def test_a_stale_draft_gets_both_versions(team, revision):
    """Also the first draft of each of two drafters: 0 says that there was none yet."""
    decision = make_draft(team, reasons_of_fact="Leur texte")
    with on(decision.drafted_on):
        response = team.browser("SEC").post(
            url("draft", decision.application_id),
            {"kind": "authorise", "revision": revision, "reasons_of_fact": "Mon texte"},
        )
    assert response.status_code == 409
    assert all(words in text(response) for words in ("Mon texte", "Leur texte", "Motifs de fait"))
    assert text(response).count("differs") == 1  # the same decision, other reasons
    assert Decision.objects.get().unseal()["reasons_of_fact"] == "Leur texte"


def test_two_who_draft_together_do_not_replace_each_other(team, monkeypatch):
    """What the second read before the first wrote: her draft is not replaced, alone or among those to prepare."""
    application = make_opined(team)
    with on(meeting_day(application)):
        stale = reads.pending(team.actor("SEC"))
        actions.draft_decision(team.actor("PRE"), application, kind="refuse", **REFUSAL)
        monkeypatch.setattr(reads, "pending", lambda *_: stale)
        assert team.browser("SEC").post(url("prepare_favourable")).status_code == 303
    assert Decision.objects.get().kind == "refuse"


# --- one decision -----------------------------------------------------------------------------------------------
def test_from_the_signature_to_the_explanation(team, django_assert_max_num_queries):
    decision = make_draft(team)
    with on(decision.drafted_on):
        page = url("decision", decision.pk)
        prefect = team.browser("PRE", stepped_up=True)
        with django_assert_max_num_queries(20):
            shown = text(prefect.get(page))
        assert "Signer la décision" in shown
        assert "ouvrirait une période du" in shown
        form = {**SIGNATORY, "revision": decision.revision}
        assert prefect.post(url("sign", decision.pk), {**form, "capacity": ""}).status_code == 422
        assert prefect.post(url("sign", decision.pk), form).status_code == 303
        secretary = team.browser("SEC", stepped_up=True)
        assert url("decision", decision.pk) in text(secretary.get("/"))
        assert "Notifiée aujourd" in text(secretary.get(page))
        assert secretary.post(url("notify", decision.pk), {"language": "xx", "method": "hand"}).status_code == 422
        assert secretary.post(url("notify", decision.pk), {"language": "bg", "method": "hand"}).status_code == 303
        referent = team.browser("REF")
        shown = text(referent.get(page))
        assert "Recours possible devant le tribunal administratif" in shown
        assert "Capucine" in shown
        assert referent.post(url("explain", decision.pk), {"language": ""}).status_code == 422
        assert referent.post(url("explain", decision.pk), {"language": "bg", "interpreter": "Oui"}).status_code == 303
        assert "en bulgare" in text(referent.get(page))
    decision.refresh_from_db()
    assert (decision.state, decision.explained_on) == ("notified", decision.drafted_on)
    assert Entry.objects.filter(verb="read", compartment="C14").exists()


def test_a_decision_against_the_opinion_says_so(team):
    decision = make_signed(team, make_opined(team, outcome="unfavourable"), reasons_of_fact="Le projet a mûri.")
    with on(decision.signed_on):
        for role in ("PRE", "SEC", "REF"):
            assert "de l'avis de la commission" in text(team.browser(role).get(url("decision", decision.pk)))


def test_appeals_on_the_page(team):
    decision = make_refused(team)
    day = decision.notified_on + timedelta(days=20)
    with on(day):
        client = team.browser("REF")
        bad = client.post(url("appeal", decision.pk), {"appeal-kind": "gracious", "appeal-filed_on": "01/01/2020"})
        assert bad.status_code == 422
        assert "entre la notification et aujourd" in text(bad)
        form = {"appeal-kind": "gracious", "appeal-filed_on": f"{day:%d/%m/%Y}"}
        assert client.post(url("appeal", decision.pk), form).status_code == 303
        filed = Appeal.objects.get()
        assert url("answer", filed.pk) not in text(client.get(url("decision", decision.pk)))
        assert client.post(url("answer", filed.pk), {"answer-outcome": "rejected"}).status_code == 404
        assert url("answer", filed.pk) in text(team.browser("SEC").get(url("decision", decision.pk)))
        assert url("answer", filed.pk) in text(team.browser("PRE").get(url("decision", decision.pk)))
        secretary = team.browser("SEC", stepped_up=True)
        assert secretary.post(url("answer", filed.pk), {"answer-outcome": ""}).status_code == 422
        form = {"answer-outcome": "rejected", "answer-answered_on": f"{day:%d/%m/%Y}"}
        assert secretary.post(url("answer", filed.pk), form).status_code == 303
        assert "rejeté" in text(client.get(url("decision", decision.pk)))
        assert make_team("13").browser("SEC").post(url("answer", filed.pk), form).status_code == 404


# --- the timeline -----------------------------------------------------------------------------------------------
def test_the_timeline_is_a_drawing_and_its_table(team, django_assert_max_num_queries):
    decision = granted(team)
    with on(decision.signed_on + timedelta(days=40)):
        client = team.browser("REF")
        with django_assert_max_num_queries(34):
            response = client.get(url("journey", decision.dossier_id))
        page = text(response)
    assert response.status_code == 200
    assert '<svg class="clock"' in page
    assert page.count('<svg class="clock"') == 1
    assert "Voir le tableau" in page
    assert "Mois 2 sur 24" in page
    assert "DUR-4" in page  # every date can say its rule
    assert "Préparer la suite" in page
    drawing = page[page.index('<svg class="clock"') : page.index("</svg>", page.index('<svg class="clock"'))]
    assert len(drawing.encode()) < 12_000
    assert "Zelenkova" not in page


@pytest.mark.parametrize(("role", "status"), [
    ("REF", 200), ("MGR", 200), ("SEC", 200), ("PRE", 200), ("EMP", 404), ("MEM", 404), ("STA", 404),
])  # fmt: skip
def test_who_reads_the_timeline(team, role, status):
    decision = granted(team)
    with on(decision.signed_on):
        response = team.browser(role).get(url("journey", decision.dossier_id))
    assert response.status_code == status
    if role in ("MGR", "SEC", "PRE"):
        assert "AFIS" not in text(response).split("</main>")[0].split("Pourquoi ces dates")[0]


def test_two_periods_and_the_gap_between_them(team):
    first = make_notified(team)
    second = make_renewed(team, first)
    with on(second.signed_on):
        page = text(team.browser("REF").get(url("journey", first.dossier_id)))
    assert "2e période" in page
    assert page.count("terme de six mois") == 2


# --- rights -----------------------------------------------------------------------------------------------------
def test_rights_and_payments(team, django_assert_max_num_queries):
    decision = granted(team)
    month = AfisMonth.objects.order_by("month").first()
    with on(month.due_on + timedelta(days=9)):
        client = team.browser("REF")
        with django_assert_max_num_queries(32):
            page = text(client.get(url("rights", decision.dossier_id)))
        for word in ("449,28", "343,20", "106,08", "en retard", "9 jours de retard", "AFIS-2", "Pourquoi ce montant"):
            assert word in page
        # One gesture: the day is already there.
        form = {"paid_on": f"{clock.today():%d/%m/%Y}"}
        assert client.post(url("paid", month.pk), form).status_code == 303
        page = text(client.get(url("rights", decision.dossier_id)))
    assert "449,28\xa0€</dd></div>" in page
    month.refresh_from_db()
    assert month.paid_on == month.due_on + timedelta(days=9)


def test_an_unanswered_request_says_so_and_takes_the_reasons(team, django_assert_max_num_queries):
    """The silence, its delay, the reasons asked for, then received; a bad day keeps the page."""
    decision = make_notified(team)
    born = Deadline.objects.get(kind="afis_silence").on
    where, page_url = url("silence_on_aid", decision.dossier_id), url("rights", decision.dossier_id)
    with on(born - timedelta(days=1)):
        assert "Pas de réponse" not in text(team.browser("REF").get(page_url))
    with on(born + timedelta(days=3)):
        client = team.browser("REF")
        with django_assert_max_num_queries(32):
            page = text(client.get(page_url))
        for word in ("Pas de réponse à la demande d'aide", "vaut refus depuis", "SIL-2", "Motifs demandés le"):
            assert word in unescape(page)
        early = client.post(where, {"afis-asked_on": f"{born - timedelta(days=2):%d/%m/%Y}"})
        assert early.status_code == 422
        assert "Le silence ne vaut refus" in text(early)
        assert client.post(where, {"afis-asked_on": "hier"}).status_code == 422
        day = f"{clock.today():%d/%m/%Y}"
        assert client.post(where, {"afis-asked_on": day}).status_code == 303
        assert "le délai de recours attend la réponse" in text(client.get(page_url))
        assert client.post(where, {"afis-given_on": "01/01/2020"}).status_code == 422
        assert client.post(where, {"afis-given_on": day}).status_code == 303
        assert "Motifs reçus le" in text(client.get(page_url))
        assert client.post(url("silence_on_permit", decision.dossier_id), {"aps-asked_on": day}).status_code == 403
        for role in ("SEC", "MGR", "EMP"):
            assert team.browser(role).post(where, {"afis-asked_on": day}).status_code in (403, 404)


def test_a_change_to_report_is_one_button(team):
    decision = granted(team)
    with on(decision.signed_on + timedelta(days=30)):
        actions.change_children(team.actor("REF"), mine(team, decision.dossier), on=clock.today(), children=1)
        client = team.browser("REF")
        assert "Un changement de situation est à signaler" in text(client.get(url("rights", decision.dossier_id)))
        assert client.post(url("reported", decision.dossier_id), {}).status_code == 303
        assert "à signaler" not in text(client.get(url("rights", decision.dossier_id)))
        assert client.post(url("reported", decision.dossier_id), {}).status_code == 403


@pytest.mark.parametrize(("given", "said"), [
    ({"paid_on": "31/02/2027"}, "n&#x27;existe pas"),
    ({"paid_on": "01/01/2099"}, "trop tard"),
    ({"paid_on": "01/01/2000"}, "ne peut pas précéder le mois"),
    ({"paid_on": ""}, "Écrivez la date"),
])  # fmt: skip
def test_a_bad_payment_is_told(team, given, said):
    decision = granted(team)
    month = AfisMonth.objects.order_by("month").first()
    with on(month.due_on):
        response = team.browser("REF").post(url("paid", month.pk), given)
    assert response.status_code == 422
    assert said in text(response)
    assert decision.dossier_id
    assert not AfisMonth.objects.exclude(paid_on=None).exists()


def test_payments_are_undone_children_change_and_the_aid_ends(team):
    decision = granted(team, children=0)
    month = AfisMonth.objects.order_by("month").first()
    with on(month.due_on):
        client = team.browser("REF")
        client.post(url("paid", month.pk), {"paid_on": f"{month.due_on:%d/%m/%Y}"})
        assert client.post(url("undo_payment", month.pk), {"undo-reason": ""}).status_code == 422
        assert client.post(url("undo_payment", month.pk), {"undo-reason": "Rejeté"}).status_code == 303
        day = f"{month.due_on:%d/%m/%Y}"
        bad = {"children-on": day, "children-children": "beaucoup"}
        assert client.post(url("children", decision.dossier_id), bad).status_code == 422
        form = {"children-on": day, "children-children": "2"}
        assert client.post(url("children", decision.dossier_id), form).status_code == 303
        assert client.get(url("end_afis", decision.dossier_id)).status_code == 200
        assert client.post(url("end_afis", decision.dossier_id), {"ended_on": day, "reason": ""}).status_code == 422
        form = {"ended_on": day, "reason": "Emploi"}
        assert client.post(url("end_afis", decision.dossier_id), form).status_code == 303
        assert "Emploi" in text(client.get(url("rights", decision.dossier_id)))
    assert AfisGrant.objects.get().state == "ended"


def test_nobody_else_opens_the_payments(team):
    decision = granted(team)
    month = AfisMonth.objects.first()
    neighbour = make_team("13")
    with on(decision.signed_on):
        for client in (
            neighbour.browser("REF"),
            browser(make_membership("REF", organisation=team.organisation)),
            browser(make_membership("REF", organisation=make_organisation("association", "Voisine", "31"))),
            team.browser("EMP"),
            team.browser("ETR"),
            team.browser("MEM"),
        ):
            assert client.get(url("rights", decision.dossier_id)).status_code == 404
            assert client.post(url("paid", month.pk), {"paid_on": "01/01/2026"}).status_code == 404
        for role in ("MGR", "SEC", "PRE"):
            assert team.browser(role).get(url("rights", decision.dossier_id)).status_code == 403


def test_the_prefet_decides_the_aid(team):
    decision = make_notified(team)
    with on(decision.signed_on):
        client = team.browser("PRE", stepped_up=True)
        assert "Aide financière" in text(client.get(url("decision", decision.pk)))
        bad = client.post(url("decide_afis", decision.dossier_id), {"afis-granted": "non", "afis-children": "0"})
        assert bad.status_code == 422
        assert "Écrivez le motif" in text(bad)
        form = {"afis-granted": "oui", "afis-children": "1"}
        assert client.post(url("decide_afis", decision.dossier_id), form).status_code == 303
        page = text(client.get(url("decision", decision.pk)))
    assert AfisMonth.objects.count() == 6
    assert "449,28" not in page  # the préfet sees no payment


# --- permits ----------------------------------------------------------------------------------------------------
def share(team, decision):
    people.grant_share(
        team.actor("REF"), mine(team, decision.dossier), organisation=team.etr.organisation, what=["séjour"],
        language="bg", ends_on=clock.today() + timedelta(days=200),
    )  # fmt: skip


def test_the_desk_records_a_permit_from_its_list(team, django_assert_max_num_queries):
    decision = make_notified(team)
    with on(decision.signed_on + timedelta(days=3)):
        desk = team.browser("ETR")
        assert "Aucune décision en attente." in text(desk.get("/"))
        share(team, decision)
        with django_assert_max_num_queries(20):
            page = text(desk.get("/"))
        assert decision.dossier.number in page
        assert "Capucine" not in page
        form = {"kind": "first_receipt", "issued_on": f"{clock.today():%d/%m/%Y}", "number": "R-1"}
        response = desk.post(url("new_permit", decision.dossier_id), form)
        assert (response.status_code, response["Location"]) == (303, "/")
        page = text(desk.get("/"))
        assert "3 jours après la décision" in page
        assert "Document délivré" in page  # the receipt ends before the period: the permit is still to come
        desk.post(url("new_permit", decision.dossier_id), {**form, "kind": "aps_l425_4", "number": "APS-9"})
        page = text(desk.get("/"))
        assert "autorisation provisoire de séjour (APS)" in page.lower().replace("aps", "APS")
        assert "Document délivré" not in page
    assert [row.unseal()["number"] for row in Permit.objects.order_by("valid_to")] == ["R-1", "APS-9"]


@pytest.mark.parametrize(("given", "said"), [
    ({"issued_on": "", "kind": "aps_l425_4"}, "Écrivez la date de la demande"),
    ({"issued_on": "31/02/2026", "kind": "aps_l425_4"}, "n&#x27;existe pas"),
    ({"issued_on": "01/01/2099", "kind": "aps_l425_4"}, "trop tard"),
    ({"issued_on": "02/01/2026", "valid_to": "01/01/2026", "kind": "aps_l425_4"}, "ne peut pas précéder"),
    ({"issued_on": "02/01/2026", "kind": "other_permit"}, "pas de durée fixe"),
    ({"issued_on": "02/01/2026", "kind": "passeport"}, "Choisissez une réponse de la liste"),
])  # fmt: skip
def test_a_bad_permit_is_told_and_kept(team, given, said):
    decision = make_notified(team)
    with on(decision.signed_on):
        response = team.browser("REF").post(url("new_permit", decision.dossier_id), {"number": "N-77", **given})
    assert response.status_code == 422
    assert said in text(response)
    assert "N-77" in text(response)
    assert not Permit.objects.exists()


def test_permits_on_the_page_of_rights(team):
    decision = make_notified(team)
    with on(decision.signed_on):
        client = team.browser("REF")
        assert client.get(url("new_permit", decision.dossier_id)).status_code == 200
        form = {"kind": "aps_l425_4", "issued_on": f"{clock.today():%d/%m/%Y}", "number": "N-77"}
        assert client.post(url("new_permit", decision.dossier_id), form).status_code == 303
        page = text(client.get(url("rights", decision.dossier_id)))
        assert "N-77" in page
        assert "durée calculée" in page
        permit = Permit.objects.get()
        assert client.get(url("extend_permit", permit.pk)).status_code == 200
        assert client.post(url("extend_permit", permit.pk), {"extended_to": "", "reason": "x"}).status_code == 422
        form = {"extended_to": f"{permit.valid_to + timedelta(days=30):%d/%m/%Y}", "reason": "Prolongation"}
        assert client.post(url("extend_permit", permit.pk), form).status_code == 303
        assert "Prolongation" in text(client.get(url("rights", decision.dossier_id)))
        neighbour = make_team("13")
        assert neighbour.browser("REF").get(url("extend_permit", permit.pk)).status_code == 404
        assert neighbour.browser("ETR").get(url("new_permit", decision.dossier_id)).status_code == 404


# --- renewal, transfer, exit, early end ---------------------------------------------------------------------------
def test_a_renewal_is_explained_then_opened(team):
    decision = make_notified(team)
    with on(decision.signed_on + timedelta(days=100)):
        client = team.browser("REF")
        page = client.get(url("renew", decision.dossier_id))
        assert "La période demandée irait du" in text(page)
        response = client.post(url("renew", decision.dossier_id))
    assert response.status_code == 303
    assert Application.objects.filter(kind="renewal").exists()


def test_the_cap_is_explained_on_screen(team):
    decision = make_draft(team)
    day = decision.drafted_on
    with on(day):
        actions.sign_decision(team.actor("PRE"), decision, ends_on=period_end(day, 24), **SIGNATORY)
    with on(day + timedelta(days=600)):
        client = team.browser("REF")
        assert "Les 24 mois sont atteints" in text(client.get(url("renew", decision.dossier_id)))
        response = client.post(url("renew", decision.dossier_id))
        assert response.status_code == 403
        assert "24 mois" in text(response)
    assert Application.objects.count() == 1


def test_a_transfer_in_two_steps(team):
    decision = make_notified(team)
    other = make_team("13", "Association Calanque")
    accredit(other)
    place = other.organisation.accreditations.get().pk
    name = other.ref.user.name
    with on(decision.signed_on + timedelta(days=20)):
        client = team.browser("REF")
        page = text(client.get(url("transfer", decision.dossier_id)))
        assert "Association Calanque" in page
        assert name not in page
        assert name in text(client.get(url("transfer", decision.dossier_id), {"place": place}))
        for query in ({"place": ""}, {"place": "nulle-part"}, {"autre": "1"}):
            assert client.get(url("transfer", decision.dossier_id), query).status_code == 200
        form = {"place": place, "new_referent": other.ref.user_id, "reason": ""}
        assert client.post(url("transfer", decision.dossier_id), form).status_code == 422
        form["reason"] = "Elle déménage."
        assert client.post(url("transfer", decision.dossier_id), form).status_code == 303
        assert client.get(url("journey", decision.dossier_id)).status_code == 404
        assert team.browser("SEC").get(url("journey", decision.dossier_id)).status_code == 404
        page = text(other.browser("REF").get(url("journey", decision.dossier_id)))
    assert "le compteur continue" in page
    assert Transfer.objects.count() == 1


def test_the_end_of_the_pathway(team):
    decision = make_notified(team)
    with on(decision.signed_on + timedelta(days=60)):
        client = team.browser("REF")
        assert client.get(url("exit", decision.dossier_id)).status_code == 200
        bad = client.post(url("exit", decision.dossier_id), {"on": "01/01/2099", "reason": "", "exit_kind": ""})
        assert bad.status_code == 422
        form = {
            "on": f"{clock.today():%d/%m/%Y}",
            "reason": "voluntary_stop",
            "exit_kind": "other_step",
            "note": "Son choix",
        }
        assert client.post(url("exit", decision.dossier_id), form).status_code == 303
        assert team.browser("SEC").get(url("exit", decision.dossier_id)).status_code == 404
        for role, shown in (("REF", True), ("MGR", True), ("SEC", False)):
            answer = team.browser(role, stepped_up=True).get(url("journey", decision.dossier_id))
            assert ("Son choix" in answer.content.decode()) is shown
    assert Journey.objects.get().exit_reason == "voluntary_stop"


def test_a_delegate_sees_no_button_of_the_lead(team):
    decision = granted(team)
    refusals = {"transfer", "exit", "renew", "end_afis", "children"}
    with on(decision.signed_on + timedelta(days=20)):
        colleague = team.member("REF")
        people.assign(
            team.actor("REF"), mine(team, decision.dossier), user=colleague.user, organisation=team.organisation,
            kind="delegate", ends_on=clock.today() + timedelta(days=10),
        )  # fmt: skip
        pages = {}
        for name, client in (("lead", team.browser("REF")), ("delegate", browser(colleague))):
            listed = (url("journey", decision.dossier_id), url("decision", decision.pk))
            pages[name] = "".join(text(client.get(page)) for page in listed)
    for name in refusals - {"end_afis", "children"}:
        assert url(name, decision.dossier_id) in pages["lead"], name
    for link in (*(url(name, decision.dossier_id) for name in refusals), url("rights", decision.dossier_id)):
        assert link not in pages["delegate"], link
    for name in ("appeal", "explain"):
        assert url(name, decision.pk) in pages["lead"]
        assert url(name, decision.pk) not in pages["delegate"]


def test_the_way_to_an_early_end_leads_to_no_refusal(team):
    decision = make_notified(team)
    ending = url("end_early", decision.dossier_id)
    with on(decision.signed_on + timedelta(days=20)):
        page = text(team.browser("PRE").get(url("decision", decision.pk)))
        assert f'href="{ending}"' not in page
        assert f"?next={ending}" in page
        fresh = team.browser("PRE", stepped_up=True)
        assert f'href="{ending}"' in text(fresh.get(url("decision", decision.pk)))
        assert fresh.get(ending).status_code == 200
        actions.exit_journey(
            team.actor("REF"), mine(team, decision.dossier), reason="voluntary_stop", exit_kind="stopped"
        )
        assert ending not in text(fresh.get(url("decision", decision.pk)))


def test_an_early_end_on_screen(team):
    decision = make_notified(team)
    with on(decision.signed_on + timedelta(days=30)):
        client = team.browser("PRE", stepped_up=True)
        assert client.get(url("end_early", decision.dossier_id)).status_code == 200
        form = {**REASONS, **SIGNATORY, "ends_on": ""}
        bad = client.post(url("end_early", decision.dossier_id), {**form, "reasons_of_fact": ""})
        assert bad.status_code == 422
        bad = client.post(url("end_early", decision.dossier_id), form)
        assert bad.status_code == 422
        assert "Invitez d&#x27;abord la personne" in text(bad)
        assert (
            client.post(url("end_early", decision.dossier_id), {**form, "requested_by_person": "on"}).status_code == 303
        )
        assert team.browser("SEC").get(url("end_early", decision.dossier_id)).status_code == 404
    assert Decision.objects.filter(kind="end_early", state="signed").count() == 1


def test_the_neighbour_and_the_stranger_get_one_page(team):
    decision = make_notified(team)
    neighbour = make_team("13")
    with on(decision.signed_on):
        stranger = text(team.browser("REF").get(url("decision", "A" * 22)))
        for role in ("REF", "MGR", "SEC", "PRE"):
            response = neighbour.browser(role).get(url("decision", decision.pk))
            assert response.status_code == 404
            assert text(response).replace(decision.pk, "A" * 22) == stranger
        for name in ("journey", "rights", "renew", "exit", "transfer"):
            assert neighbour.browser("REF").get(url(name, decision.dossier_id)).status_code == 404
