"""The pages of accreditations: status, what they show and hide, queries, bad input, neighbours, gestures."""

import io
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from PIL import Image

from jalon.config import clock
from jalon.directory import actions
from jalon.directory.models import Accreditation, AccreditationPiece
from jalon.directory.tests import accreditation_cases as cases
from jalon.directory.tests.accreditation_cases import DAY, REASONS, SIGNATORY, Parties
from jalon.directory.tests.factories import browser, make_membership
from jalon.journal.models import Entry

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _day():
    with clock.at(DAY):
        yield


@pytest.fixture
def parties():
    return Parties(name="Association Calandre")


def client(parties, role, **given):
    organisation = {"organisation": parties.association} if role in {"MGR", "REF"} else {}
    return browser(make_membership(role, **organisation, **given), stepped_up=True)


def url(name, *args):
    return reverse(f"directory:{name}", args=args)


def text(response):
    return response.content.decode()


def again(row):
    return Accreditation.objects.get(pk=row.pk)


def short(day):
    return f"{day:%d/%m/%Y}"


# --- lists ------------------------------------------------------------------------------------------------------
def test_the_list_is_one_s_own(parties, django_assert_max_num_queries):
    cases.granted(parties)
    cases.received(Parties("34", "Association Ailleurs"))
    for role in ("SEC", "MGR", "PRE"):
        reader = client(parties, role)
        with django_assert_max_num_queries(6):
            page = reader.get(url("accreditations"))
        assert "en vigueur" in text(page)
        assert "Ailleurs" not in text(page)
    for role in ("REF", "EMP", "MEM", "OPS"):
        assert client(parties, role).get(url("accreditations")).status_code == 404


def test_a_draft_is_seen_by_its_association_alone(parties):
    row = cases.draft(parties)
    assert client(parties, "MGR").get(url("accreditation", row.pk)).status_code == 200
    for role in ("SEC", "PRE"):
        reader = client(parties, role)
        assert reader.get(url("accreditation", row.pk)).status_code == 404
        assert row.pk not in text(reader.get(url("accreditations")))


def test_the_card_shows_public_facts_only(parties):
    row = cases.heard(parties)
    with clock.at(DAY + timedelta(days=900)):
        cases.received(Parties(name="Association Demande"))
    page = text(client(parties, "EMP").get(url("organisation", parties.association.pk)))
    assert "31-2026-01" in page
    assert "en vigueur" in page
    assert "retrait envisagé" not in page
    actions.present_observations(parties.manager, row, text="Nous répondons.")
    actions.withdraw_accreditation(parties.prefect, again(row), **SIGNATORY, **REASONS)
    with clock.at(DAY + timedelta(days=1)):
        assert "retiré" in text(client(parties, "EMP").get(url("organisation", parties.association.pk)))


def test_a_request_is_no_public_fact(parties):
    cases.received(parties)
    page = text(client(parties, "EMP").get(url("organisation", parties.association.pk)))
    assert "Agréments" not in page


# --- one file ---------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("state", sorted(cases.IN_STATE))
@pytest.mark.parametrize("role", ["MGR", "SEC", "PRE"])
def test_the_page_opens_in_every_state(parties, state, role, django_assert_max_num_queries):
    row = cases.IN_STATE[state](parties)
    reader = client(parties, role)
    with django_assert_max_num_queries(16):
        page = reader.get(url("accreditation", row.pk))
    if state == "draft" and role != "MGR":
        assert page.status_code == 404
        return
    assert page.status_code == 200
    assert "Association Calandre" in text(page)
    reading = Entry.objects.filter(verb="read_accreditation").latest("seq")
    assert reading.decision == "allowed"


def test_each_date_says_why(parties):
    row = cases.received(parties)
    page = text(client(parties, "MGR").get(url("accreditation", row.pk)))
    assert "Réputée complète" in page
    assert "12/03/2026" in page
    assert "12/05/2026" in page
    for rule in ("AGR-1", "AGR-2"):
        assert rule in page


def test_neighbours_get_the_same_404(parties):
    row = cases.granted(parties)
    piece = row.pieces.first()
    others = [Parties(name="Association Voisine"), Parties("13", "Association Lointaine")]
    strangers = [browser(make_membership("MGR", organisation=other.association)) for other in others]
    strangers += [browser(make_membership(role, department="13")) for role in ("SEC", "PRE")]
    strangers += [client(parties, role) for role in ("REF", "EMP", "MEM", "ETR")]
    for stranger in strangers:
        for path in (
            url("accreditation", row.pk),
            url("accreditation_piece", piece.pk),
            url("invite_observations", row.pk),
            url("edit_accreditation", row.pk),
            reverse("journeys:successors", args=[row.pk]),
        ):
            assert stranger.get(path).status_code == 404
        for name in ("receive_accreditation", "sign_decision", "keep_accreditation", "send_accreditation"):
            assert stranger.post(url(name, row.pk)).status_code == 404


# --- the association: from nothing to the sending ---------------------------------------------------------------
def picture():
    out = io.BytesIO()
    Image.new("RGB", (20, 20), "white").save(out, "PNG")
    return SimpleUploadedFile("bilan.png", out.getvalue(), content_type="image/png")


def test_the_manager_asks(parties):
    manager = client(parties, "MGR")
    assert manager.get(url("prepare_accreditation")).status_code == 200
    opened = manager.post(url("prepare_accreditation"), {"department": "31"})
    row = Accreditation.objects.get()
    assert opened["Location"] == url("accreditation", row.pk)
    assert manager.post(url("prepare_accreditation"), {"department": "31"}).status_code == 422
    page = text(manager.get(url("accreditation", row.pk)))
    assert "Ce qui empêche d&#x27;envoyer" in page or "Ce qui empêche d'envoyer" in page
    assert "Signer et envoyer" not in page
    assert manager.post(url("send_accreditation", row.pk)).status_code == 403

    words = {"representative": "Rosa Présidente", "capacity": "Présidente", "declared_on": "02/03/2015"}
    words |= {"siret": "", "rna": "W313000001", "means": "Une équipe", "partners": "", "training": ""}
    form = {**words, "revision": again(row).revision}
    assert manager.get(url("edit_accreditation", row.pk)).status_code == 200
    assert manager.post(url("edit_accreditation", row.pk), form).status_code == 303
    assert manager.post(url("edit_accreditation", row.pk), form).status_code == 409  # somebody saved in between

    for code in ("commitment", "means", "training"):
        data = {"what": code, "label": ""}
        assert manager.post(url("give_piece", row.pk), data).status_code == 303
    sent = manager.post(url("give_piece", row.pk), {"what": "registration", "label": "RNA", "file": picture()})
    assert sent.status_code == 303
    page = text(manager.get(url("accreditation", row.pk)))
    assert "Signer et envoyer" in page
    assert manager.post(url("send_accreditation", row.pk)).status_code == 303
    assert again(row).received_on == DAY
    assert manager.post(url("send_accreditation", row.pk)).status_code == 403
    assert manager.get(url("edit_accreditation", row.pk)).status_code == 403
    assert manager.get(url("give_piece", row.pk)).status_code == 403

    piece = AccreditationPiece.objects.get(code="registration")
    for role in ("MGR", "SEC", "PRE"):
        file = client(parties, role).get(url("accreditation_piece", piece.pk))
        assert file.status_code == 200
        assert file.content.startswith(b"\x89PNG")
        assert file["Content-Disposition"] == f'attachment; filename="piece-{piece.pk[:6].lower()}.png"'
    paper = AccreditationPiece.objects.get(code="means")
    assert client(parties, "SEC").get(url("accreditation_piece", paper.pk)).status_code == 404
    assert Entry.objects.filter(verb="read_accreditation_piece").count() == 3


def test_sending_asks_who_one_is(parties):
    row = cases.draft(parties)
    manager = browser(make_membership("MGR", organisation=parties.association))
    answer = manager.post(url("send_accreditation", row.pk))
    assert answer.status_code == 403
    assert "identité" in text(answer)


def test_a_piece_is_taken_back(parties):
    row = cases.draft(parties)
    manager = client(parties, "MGR")
    piece = row.pieces.first()
    assert manager.post(url("remove_piece", piece.pk)).status_code == 303
    assert manager.post(url("remove_piece", piece.pk)).status_code == 404
    assert row.pieces.count() == 3


def test_abandoning_asks_first(parties):
    row = cases.requested(parties)
    manager = client(parties, "MGR")
    assert "Abandonner la demande" in text(manager.get(url("abandon_accreditation", row.pk)))
    assert manager.post(url("abandon_accreditation", row.pk)).status_code == 303
    assert again(row).state_on(DAY) == "abandoned"
    assert manager.get(url("abandon_accreditation", row.pk)).status_code == 403


BAD = [
    ("prepare_accreditation", "MGR", None, {"department": "20"}, ""),
    ("edit_accreditation", "MGR", "draft", {"declared_on": "31/02/2020", "representative": "Rosa"}, "31/02/2020"),
    ("edit_accreditation", "MGR", "draft", {"declared_on": "13/01/2026"}, "13/01/2026"),
    ("give_piece", "MGR", "draft", {"what": "passport", "label": "Gardé tel quel"}, "Gardé tel quel"),
    ("give_piece", "MGR", "incomplete", {"what": "accounts", "label": "Gardé tel quel"}, "Gardé tel quel"),
    ("present_observations", "MGR", "observations", {"text": " "}, ""),
    ("ask_piece", "SEC", "received", {"code": "x", "why": "Le bilan", "due_on": "demain"}, "Le bilan"),
    ("ask_piece", "SEC", "received", {"code": "accounts", "why": "Le bilan", "due_on": "12/01/2026"}, "Le bilan"),
    ("draft_decision", "SEC", "complete", {"verdict": "refuse", "reasons_of_fact": "Aucun moyen"}, "Aucun moyen"),
    ("draft_decision", "PRE", "observations", {"verdict": "grant", "reasons_of_fact": "Aucun moyen"}, "Aucun moyen"),
    ("invite_observations", "SEC", "in_force", {"reasons_of_law": "Article 1", "due_on": "13/01/2026"}, "Article 1"),
    ("record_accreditation", "SEC", None, {"organisation": "x", "received_on": "2026-02-31"}, "2026-02-31"),
]


@pytest.mark.parametrize(("name", "role", "state", "data", "kept"), BAD)
def test_bad_input_keeps_what_was_typed_and_writes_nothing(parties, name, role, state, data, kept):
    row = cases.IN_STATE[state](parties) if state else None
    before = (row.revision, row.state_on(DAY), row.pieces.count()) if row else Accreditation.objects.count()
    typist = client(parties, role)
    path = url(name, row.pk) if row else url(name)
    answer = typist.post(path, data)
    assert answer.status_code == 422
    assert kept in text(answer)
    found = again(row) if row else None
    after = (found.revision, found.state_on(DAY), found.pieces.count()) if found else Accreditation.objects.count()
    assert after == before
    assert typist.post(path, {**data, "intrus": "1"}).status_code == 400


# --- the secretariat and the préfet -----------------------------------------------------------------------------
def test_instruction_in_few_gestures(parties):
    row = cases.requested(parties)
    secretariat = client(parties, "SEC")
    assert "Accuser réception" in text(secretariat.get(url("accreditation", row.pk)))
    assert secretariat.post(url("receive_accreditation", row.pk)).status_code == 303
    assert secretariat.get(url("ask_piece", row.pk)).status_code == 200
    data = {"code": "accounts", "why": "Le bilan signé.", "due_on": "30/01/2026"}
    assert secretariat.post(url("ask_piece", row.pk), data).status_code == 303
    manager = client(parties, "MGR")
    page = text(manager.get(url("accreditation", row.pk)))
    assert "Le bilan signé." in page
    piece = AccreditationPiece.objects.get(received_on=None)
    assert (
        manager.post(url("give_piece", row.pk), {"what": piece.pk, "label": "", "file": picture()}).status_code == 303
    )
    assert again(row).completed_on == DAY
    assert secretariat.post(url("complete_accreditation", row.pk)).status_code == 303
    assert secretariat.post(url("complete_accreditation", row.pk)).status_code == 403
    assert again(row).state_on(DAY) == "complete"


@pytest.mark.parametrize(
    ("state", "verdict", "after"),
    [("complete", "grant", "in_force"), ("complete", "refuse", "refused"), ("observations", "withdraw", "withdrawn")],
)
def test_the_secretariat_drafts_and_the_prefet_signs(parties, state, verdict, after):
    row = cases.IN_STATE[state](parties)
    if state == "observations":
        actions.present_observations(parties.manager, row, text="Nous répondons.")
    secretariat, prefect = client(parties, "SEC"), client(parties, "PRE")
    assert prefect.post(url("sign_decision", row.pk), SIGNATORY).status_code == 403  # nothing is drafted
    draft = {"verdict": verdict, "order_number": "31-2026-07", **REASONS}
    assert secretariat.get(url("draft_decision", row.pk)).status_code == 200
    assert secretariat.post(url("draft_decision", row.pk), draft).status_code == 303
    assert secretariat.post(url("sign_decision", row.pk), SIGNATORY).status_code == 404
    page = text(prefect.get(url("accreditation", row.pk)))
    assert REASONS["reasons_of_fact"].split("'")[0] in page
    assert "Signer la décision" in page
    assert prefect.post(url("sign_decision", row.pk), {**SIGNATORY, "capacity": ""}).status_code == 422
    row.refresh_from_db()
    for unread in ({}, {"revision": row.revision - 1}):
        assert prefect.post(url("sign_decision", row.pk), {**SIGNATORY, **unread}).status_code == 409
    read = {**SIGNATORY, "revision": row.revision}
    assert prefect.post(url("sign_decision", row.pk), read).status_code == 303
    row = again(row)
    assert row.state_on(DAY) == after
    assert row.unseal()["draft"] == {}
    page = text(client(parties, "MGR").get(url("accreditation", row.pk)))
    assert "Préfète, Préfecture" in page
    assert prefect.post(url("sign_decision", row.pk), SIGNATORY).status_code == 403


def test_two_drafts_at_once(parties):
    row = cases.complete(parties)
    secretariat = client(parties, "SEC")
    first = {"verdict": "grant", "revision": again(row).revision, **REASONS}
    assert secretariat.post(url("draft_decision", row.pk), first).status_code == 303
    answer = secretariat.post(url("draft_decision", row.pk), {**first, "reasons_of_fact": "Autre texte"})
    assert answer.status_code == 409
    assert "Autre texte" in text(answer)


def test_a_withdrawal_is_prepared_answered_and_dropped(parties):
    row = cases.granted(parties)
    secretariat, manager, prefect = (client(parties, role) for role in ("SEC", "MGR", "PRE"))
    data = {"reasons_of_law": "R. 121-12-2", "reasons_of_fact": "Plus de formation", "due_on": "30/01/2026"}
    assert secretariat.get(url("invite_observations", row.pk)).status_code == 200
    assert secretariat.post(url("invite_observations", row.pk), data).status_code == 303
    page = text(manager.get(url("accreditation", row.pk)))
    assert "Plus de formation" in page
    assert manager.get(url("present_observations", row.pk)).status_code == 200
    answer = {"text": "Une session a lieu en mars"}
    assert manager.post(url("present_observations", row.pk), answer).status_code == 303
    assert "Une session a lieu en mars" in text(prefect.get(url("accreditation", row.pk)))
    assert prefect.post(url("keep_accreditation", row.pk)).status_code == 303
    page = text(manager.get(url("accreditation", row.pk)))
    assert "agrément maintenu" in page
    assert again(row).state_on(DAY) == "in_force"


def test_a_past_order_is_noted(parties):
    secretariat = client(parties, "SEC")
    assert secretariat.get(url("record_accreditation")).status_code == 200
    data = {"organisation": parties.association.pk, "order_number": "A-1", "received_on": "02/01/2024"}
    data["granted_on"] = "01/01/2024"
    assert secretariat.post(url("record_accreditation"), data).status_code == 422
    data["granted_on"] = "02/02/2024"
    answer = secretariat.post(url("record_accreditation"), data)
    assert answer.status_code == 303
    page = text(secretariat.get(answer["Location"]))
    assert "01/02/2027" in page
    assert client(parties, "MGR").get(url("record_accreditation")).status_code == 404


# --- the homes --------------------------------------------------------------------------------------------------
def test_the_home_pages_say_what_is_due(parties):
    row = cases.received(parties)
    link = url("accreditation", row.pk)
    assert link in text(client(parties, "SEC").get("/"))
    assert link not in text(client(parties, "MGR").get("/"))
    assert link not in text(client(parties, "PRE").get("/"))
    actions.declare_accreditation_complete(parties.secretariat, again(row))
    assert link in text(client(parties, "PRE").get("/"))
    actions.grant_accreditation(parties.prefect, again(row), **SIGNATORY)
    with clock.at(DAY + timedelta(days=900)):
        page = text(client(parties, "MGR").get("/"))
        assert link in page
        assert "Demander le renouvellement" in page
