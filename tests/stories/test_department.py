"""The procedure of a department, from an association without accreditation to its decisions, through pages only.

Each actor acts with her own account. What a chapter is about is done in the browser; the rest of it by the forms of the
pages without any script (``Visitor.send``), on the same server. Chapters share one department and are told in order.
"""

import csv
import io
import re
import zipfile

import pytest

from tests.browser.serving import serve
from tests.browser.test_look import accessible
from tests.stories.steps import (
    LAW,
    SEATS,
    by_forms,
    decide,
    dossier_of,
    finish,
    hold,
    notify,
    points,
    post,
    prepare,
    roll_call,
    sent,
    submit,
)

pytestmark = pytest.mark.proof
# Nine persons, by an alias that only their association reads.
ALIASES = ("Aster", "Bleuet", "Cosmos", "Dahlia", "Freesia", "Gentiane", "Héliotrope", "Iberis", "Jacinthe")
GRANTED = ("Aster", "Bleuet", "Cosmos", "Dahlia", "Iberis", "Jacinthe")
REFUSED, AGAINST, POSTPONED = "Freesia", "Gentiane", "Héliotrope"
THERE = ("chair", "magistrate", "local_authority", "association", "")  # five of eleven: no quorum


@pytest.fixture(scope="module")
def empty_department(tmp_path_factory):
    with serve("bare", tmp_path_factory.mktemp("bare")) as server:
        yield server


# --- the association is approved ---------------------------------------------------------------------------------
def test_an_association_asks_for_its_accreditation(desks, told):
    manager = desks("mgr").go("/").confirm()
    manager.go("/accreditations/").follow("Demander un agrément")
    manager.press("Ouvrir la demande").told("Demande ouverte")
    told["accreditation"] = manager.path
    manager.sees("Ce qui empêche d'envoyer", "la personne qui signe").follow("Modifier")
    manager.fill({"Représentante ou représentant légal": "Dominique Astruc", "Qualité": "présidente"})
    manager.fill(
        {"Association déclarée le": "03/02/2015", "Moyens humains et matériels": "Six personnes, deux bureaux."}
    )
    manager.press("Enregistrer").told("La demande est enregistrée")
    (by_form,) = by_forms(desks, "mgr")
    for piece in ("commitment", "means", "training", "registration"):
        by_form.send(f"{told['accreditation']}pieces/", {"what": piece})
    manager.go(told["accreditation"]).press("Signer et envoyer").told("La demande est envoyée")


def test_nothing_leaves_before_it_is_approved(desks, told):
    """A whole request is prepared, read back to her and signed: it waits, and says for what."""
    prepare(*by_forms(desks, "ref", "mgr"), told, ALIASES[0])
    worker = desks("ref").go(f"/applications/{told[ALIASES[0]]['request']}/review/")
    worker.sees("agrément")
    assert worker.main.get_by_role("button", name="Envoyer au secrétariat").count() == 0
    (by_form,) = by_forms(desks, "ref")
    answer = by_form.post(f"/applications/{told[ALIASES[0]]['request']}/submit/")
    assert answer.status == 403
    assert "agrément" in answer.text


def test_the_prefect_approves_after_a_piece_was_asked(desks, told):
    page, secretary, prefect = told["accreditation"], desks("sec"), desks("pre")
    secretary.server.day("2026-01-13")
    secretary.go("/").follow("Association La Roseraie", exact=False).press("Accuser réception").told(
        "accusé de réception"
    )
    secretary.follow("Demander une pièce").choose("Quelle pièce", "Statuts : l'objet y figure")
    secretary.fill({"Ce qui manque": "Les statuts à jour."}).press("Demander la pièce").told("La pièce est demandée")
    manager = desks("mgr").go(page).sees("Les statuts à jour.").follow("Donner une pièce demandée")
    manager.press("Enregistrer", exact=False).told("La pièce est enregistrée")
    secretary.go(page).press("Déclarer complète").told("déclarée complète").follow("Préparer la décision")
    secretary.pick("Décision", "accorder l'agrément").fill({"Numéro de l'arrêté": "31-2026-01"})
    secretary.press("Enregistrer le projet").told("Le projet de décision est enregistré")
    prefect.go("/").confirm().go(page).press("Signer la décision").told("La décision est signée")
    prefect.sees("en vigueur", "du 13/01/2026 au 12/01/2029")
    (by_form,) = by_forms(desks, "sec")  # the other association was approved before Jalon
    rows = dict(re.findall(r'<option value="([\w-]+)"[^>]*>([^<]+)', by_form.get("/accreditations/record/").text))
    tilleuls = next(key for key, name in rows.items() if "Tilleuls" in name)
    given = {"organisation": tilleuls, "received_on": "06/01/2025", "granted_on": "03/03/2025"}
    by_form.send("/accreditations/record/", given)


def test_the_commission_is_composed_place_by_place(desks, told):
    secretary = desks("sec").go("/meetings/members/").sees("vacant")
    users = {account["id"]: account["user_id"] for account in secretary.server.world["accounts"]}
    (by_form,) = by_forms(desks, "sec")
    for place, college, organisation, account in SEATS:
        seat = {"place": place, "college": college, "organisation": organisation, "user": users.get(account, "")}
        by_form.send("/meetings/members/", {**seat, "is_chair": "on" if place == "chair" else None})
    secretary.go("/meetings/members/").sees("Préfet, présidence", "Ordre des médecins", "sans compte")
    assert "vacant" not in secretary.text


# --- nine requests -----------------------------------------------------------------------------------------------
def test_nine_requests_leave_and_are_complete(desks, told):
    worker, manager, secretary = by_forms(desks, "ref", "mgr", "sec")
    for alias in ALIASES[1:]:
        prepare(worker, manager, told, alias)
    for number, alias in enumerate(ALIASES):  # heard in the order of their days, then by their numbers
        desks("sec").server.day(f"2026-01-{min(13 + number, 15)}")
        (worker,) = by_forms(desks, "ref")
        submit(worker, told, alias)
    desk = desks("sec")
    desk.server.day("2026-01-20")
    accessible(desk, f"/received/{told[ALIASES[0]]['request']}/missing/")
    desk.go("/").sees("Demandes reçues 9")
    with desk.within(3, "9. Ask for a missing piece"):
        desk.follow(f"Demander une pièce {told[ALIASES[0]]['number']}")
        desk.check("Attestation sur l'honneur").press("Demander", exact=False)
    desk.told("C'est demandé à l'association")
    first = f"/applications/{told[ALIASES[0]]['request']}/"
    post(worker, f"{first}pieces/", code="sworn_statement", received_on="20/01/2026")
    post(worker, f"{first}answer/", text="La voici.")
    for alias in ALIASES:
        post(secretary, f"/applications/{told[alias]['request']}/complete/")


# --- a session without quorum, and the second convocation --------------------------------------------------------
def test_a_session_of_nine_files_is_convened(desks, told):
    secretary = desks("sec")
    secretary.server.day("2026-01-26")
    secretary.go("/")
    with secretary.within(8, "10. Create a meeting of nine files, its agenda, its convocations"):
        secretary.follow("Créer une séance")
        secretary.fill({"Date de la séance": "12/02/2026", "Lieu": "Salle Clémence-Isaure"}).press("Créer la séance")
        secretary.press("Enregistrer l'ordre du jour").told("Ordre du jour enregistré")
        secretary.press("Convoquer les membres").told("Convocations envoyées")
    told["first"] = secretary.path.split("#")[0]
    secretary.sees("9. 31-2026-", "14:00")


def test_without_quorum_nothing_opens(desks, told):
    secretary = desks("sec")
    secretary.server.day("2026-02-12")
    roll_call(desks, told["first"], THERE)
    secretary.go(told["first"]).sees("il en faut 6")
    (by_form,) = by_forms(desks, "sec")
    answer = by_form.post(f"{told['first']}open/")
    assert answer.status == 403
    assert "est pas atteint : 5 membres" in answer.text
    secretary.go(told["first"]).press("Constater l'absence de quorum").told("Absence de quorum constatée")
    secretary.follow("Procès-verbal").confirm().press("Valider et signer").sees("quorum")
    secretary.go(told["first"]).follow("Deuxième convocation").sees("aucun quorum")
    secretary.fill({"Date de la deuxième réunion": "26/02/2026"}).press("Créer la deuxième réunion")
    secretary.press("Convoquer les membres").told("Convocations envoyées")
    told["second"] = secretary.path.split("#")[0]


def test_members_read_their_files_and_not_their_own(desks, told):
    member, recused = desks("mem1"), desks("memr")
    member.go("/").go(told["second"]).follow("Lire les dossiers").sees(told["Aster"]["number"])
    with member.within(2, "11. Read one file of nine, and go on"):
        member.press("Lu, dossier suivant")
    member.sees(told["Bleuet"]["number"])
    recused.go(told["second"]).does_not_see(told["Aster"]["number"])


VOTES = {
    "Aster": {"votes_for": "4", "votes_against": "0"},
    "Bleuet": {"votes_for": "3", "votes_against": "1"},
    "Cosmos": {"votes_for": "4", "votes_against": "0"},
    "Dahlia": {"votes_for": "2", "votes_against": "2", "chair_vote": "for"},
    "Freesia": {"votes_for": "0", "votes_against": "4", "reasons": "Le projet est à reprendre."},
    "Gentiane": {"votes_for": "1", "votes_against": "3", "reasons": "Les rendez-vous sont récents."},
    "Iberis": {"votes_for": "4", "votes_against": "0"},
    "Jacinthe": {"votes_for": "3", "votes_against": "0"},
}


def test_the_second_meeting_sits_without_quorum(desks, told):
    secretary, meeting = desks("sec"), told["second"]
    secretary.server.day("2026-02-26")
    roll_call(desks, meeting, THERE)
    # The session room with the keyboard alone: it opens, the first opinion is recorded, the next point comes.
    secretary.go(meeting).key(secretary.main.get_by_role("button", name="Ouvrir la séance"))
    secretary.sees(told["Aster"]["number"]).key(secretary.field("Pour"), "4").key(secretary.field("Contre"), "0")
    secretary.key(secretary.main.get_by_role("button", name="Enregistrer l'avis")).told("Avis enregistré")
    secretary.sees(f"{told['Bleuet']['number']}, dossier 2 sur 9")
    (by_form,) = by_forms(desks, "sec")
    found = points(by_form, meeting)
    assert len(found) == 9
    for alias, votes in VOTES.items():
        if alias not in ("Aster", "Dahlia", "Freesia"):
            by_form.send(found[told[alias]["number"]], votes, "/opinion/")
    secretary.go(found[told["Dahlia"]["number"]]).sees("4 membres prennent part au vote")
    secretary.fill({"Pour": "2", "Contre": "2"}).press("Enregistrer l'avis").sees("indiquez le vote de la présidence")
    secretary.choose("Vote de la présidence, en cas de partage", "pour").press("Enregistrer l'avis").told(
        "Avis enregistré"
    )
    secretary.go(found[told["Dahlia"]["number"]]).sees("voix prépondérante de la présidence", "Avis favorable")
    secretary.go(found[told["Freesia"]["number"]]).fill({"Pour": "0", "Contre": "4"})
    secretary.press("Enregistrer l'avis").sees("un avis défavorable est toujours motivé")
    secretary.fill({"Motif": "Le projet est à reprendre."}).press("Enregistrer l'avis").told("Avis enregistré")
    by_form.get(meeting)
    answer = by_form.post(f"{meeting}close/")
    assert answer.status == 403
    assert "Il reste 1 dossier sans avis" in answer.text


def test_a_point_is_postponed_and_the_minutes_are_signed(desks, told):
    secretary, meeting = desks("sec"), told["second"]
    (by_form,) = by_forms(desks, "sec")
    point = points(by_form, meeting)[told[POSTPONED]["number"]]
    member = desks("mem1").go(point)
    member.fill({"Ma note privée": "Revoir le logement avec elle."})
    secretary.go(point).main.get_by_text("Ajourner ce point").click()
    secretary.fill({"Renvoyé au": "16/04/2026", "Ce qui manque": "Elle veut être entendue."})
    secretary.press("Ajourner").told("Point ajourné")
    # She was reading meanwhile: one clear page, and her words are not lost without a sight of them.
    member.press("Lu, ", exact=False).sees("Ce point a quitté l'ordre du jour", "Revoir le logement avec elle.")
    secretary.go(meeting).sees("ajourné").press("Clore la séance").confirm()
    secretary.go(meeting)
    with secretary.within(2, "13. Minutes of nine points, ready to sign"):
        secretary.follow("Procès-verbal").press("Valider et signer")
    secretary.sees("signé", "la voix de la présidence a été prépondérante", "Point ajourné, renvoyé au 16/04/2026")


# --- the préfet decides --------------------------------------------------------------------------------------------
def test_a_refusal_is_never_without_its_reasons(desks, told):
    secretary = desks("sec")
    secretary.server.day("2026-03-02")
    secretary.go("/decisions/").confirm().go("/decisions/").follow("Séance du 26/02/2026", exact=False)
    panel = secretary.main.get_by_role("region", name=told[REFUSED]["number"])
    against = secretary.main.get_by_role("region", name=told[AGAINST]["number"])
    against.get_by_label("autorisation d'engagement").check()
    secretary.press("Enregistrer les projets")
    secretary.sees(
        "un refus sans motif ne peut pas être enregistré", "Cette décision s'écarte de l'avis : écrivez pourquoi."
    )
    secretary.fill({"Motifs de droit": LAW, "Motifs de fait": "Aucune plainte n'a été déposée."}, within=panel)
    secretary.check("Aucune plainte n'a été déposée", within=panel)
    secretary.fill({"Motifs de fait": "Le projet est tenu depuis un an par l'association."}, within=against)
    secretary.press("Enregistrer les projets").told("Projets enregistrés")
    secretary.sees("Conseil d'État, 19/11/2021, n° 440802", "s'écarte de l'avis")


def test_the_decisions_of_a_session_are_signed_at_once(desks, told):
    prefect = desks("pre").go("/").confirm()
    prefect.go("/").sees("Décisions à signer")
    with prefect.within(6, "14. Decision letters for a session"):
        prefect.press("Signer la sélection").told("Décisions signées : 8")
        letters = prefect.saves(lambda: prefect.press("Les 8 lettres à remettre (PDF)"))
    with zipfile.ZipFile(io.BytesIO(letters.read_bytes())) as bundle:
        names = bundle.namelist()
        assert len(names) == 8
        assert all(re.fullmatch(r"papier-[\w-]+\.pdf", name) for name in names)
        assert all(bundle.read(name).startswith(b"%PDF") for name in names)
    prefect.go("/decisions/").sees("Toutes les décisions sont signées")
    (secretary,) = by_forms(desks, "sec")
    signed = dict(re.findall(r'<a href="(/decisions/[\w-]{22}/)">(31-2026-\d+)', secretary.get("/decisions/").text))
    for alias in ALIASES:
        told[alias]["decision"] = next((url for url, number in signed.items() if number == told[alias]["number"]), "")
    assert not told[POSTPONED]["decision"]
    desks("ref").go(told[AGAINST]["decision"]).sees("s'écarte de l'avis de la commission")


def test_each_decision_is_notified_and_told_in_her_language(desks, told):
    notify(desks, told, *GRANTED, AGAINST)
    secretary, worker = desks("sec"), desks("ref")
    secretary.go("/").confirm().go("/").follow(f"Notifier {told[REFUSED]['number']}")
    assert secretary.field("Langue").input_value() == "bin", "the language in which she heard her request read"
    secretary.press("Notifiée aujourd'hui").told("le délai de recours est ouvert")
    worker.go(told[REFUSED]["decision"]).sees("Aucune plainte n'a été déposée.", "04/05/2026", "440802")
    worker.choose("Expliquée en", "edo").press("J'ai expliqué la décision").sees("en edo, le 02/03/2026")


# --- the refusal is challenged -------------------------------------------------------------------------------------
def test_a_refusal_is_challenged_with_its_kit(desks, told):
    worker, secretary = desks("ref"), desks("sec")
    worker.server.day("2026-03-20")
    worker.go("/").confirm().go(told[REFUSED]["decision"])
    kit = worker.saves(lambda: worker.press("Télécharger le dossier (PDF)"))
    assert kit.read_bytes().startswith(b"%PDF")
    worker.main.get_by_text("Enregistrer un recours").first.click()
    worker.choose("Recours", "gracieux").fill({"Déposé le": "19/03/2026"}).press("Enregistrer le recours")
    worker.told("le délai est recalculé").sees("sans réponse, rejet le 19/05/2026")
    # What is written of her stays current while the appeal runs.
    (by_form,) = by_forms(desks, "ref")
    by_form.send(f"/dossiers/{dossier_of(told, REFUSED)}/identity/", {"french_level": "B1"})
    secretary.server.day("2026-04-10")
    secretary.go("/").confirm().go(told[REFUSED]["decision"])
    secretary.main.get_by_text("Enregistrer la réponse").click()
    secretary.choose("Réponse", "rejeté").press("Enregistrer").told("Réponse enregistrée")
    worker.go(told[REFUSED]["decision"]).sees("rejeté, 10/04/2026", "11/06/2026")


# --- the ninth request ---------------------------------------------------------------------------------------------
def test_the_postponed_request_is_the_ninth_to_be_decided(desks, told):
    hold(desks, told, "2026-04-16", {POSTPONED: {"votes_for": "9", "votes_against": "0"}}, convened="2026-04-02")
    desks("sec").server.day("2026-04-20")
    decide(desks, told, POSTPONED, kind="authorise")
    worker = desks("ref").go(f"/journeys/{dossier_of(told, POSTPONED)}/").sees("1re période", "19/10/2026")
    worker.go(f"/journeys/{dossier_of(told, 'Aster')}/").sees("1re période", "01/09/2026")
    decided = [one for one in ALIASES if told[one]["decision"]]
    assert len(decided) == 9


# --- an end before its term ----------------------------------------------------------------------------------------
def test_an_early_end_comes_after_her_observations(desks, told):
    prefect, secretary, page = desks("pre"), desks("sec"), f"/journeys/{dossier_of(told, 'Cosmos')}/hearing/"
    prefect.server.day("2026-05-04")
    prefect.go("/").confirm().go(page).follow("Fin anticipée")
    prefect.fill({"Motifs de droit": LAW, "Motifs de fait": "Des absences."}).press("Signer la fin anticipée")
    prefect.sees("Invitez d'abord la personne à présenter ses observations.")
    prefect.go(page).follow("Inviter à répondre")
    prefect.fill({"Motifs de droit": LAW, "Ce qui est envisagé, et pourquoi": "Aucune venue depuis deux mois."})
    prefect.press("Signer la lettre").told("Lettre signée").sees("19/05/2026")
    secretary.server.day("2026-05-12")
    secretary.go("/").confirm().go(page).fill({"Ce que la personne répond": "Elle a changé de ville pour un travail."})
    secretary.press("Enregistrer les observations").told("Observations enregistrées")
    prefect.go("/").confirm().go(page).follow("Fin anticipée")
    reasons = {"Motifs de droit": LAW, "Motifs de fait": "Elle a quitté le département et le dit."}
    prefect.fill(reasons).press("Signer la fin anticipée").sees("La personne peut répondre jusqu'au 19/05/2026")
    prefect.server.day("2026-05-20")
    prefect.go(page).follow("Fin anticipée").sees("19/05/2026")
    prefect.fill(reasons).press("Signer la fin anticipée").told("Fin anticipée signée")
    ended = prefect.path
    secretary.go(ended).press("Notifiée aujourd'hui").told("le délai de recours est ouvert")
    desks("ref").go(f"/journeys/{dossier_of(told, 'Cosmos')}/").sees("20/05/2026", "Fin anticipée")


# --- renewed, and not renewed --------------------------------------------------------------------------------------
def test_two_renewals_one_granted_one_refused(desks, told):
    server = desks("ref").server
    server.day("2026-06-22")
    worker, manager, secretary = by_forms(desks, "ref", "mgr", "sec")
    for alias in ("Aster", "Bleuet"):
        page = post(worker, f"/journeys/{dossier_of(told, alias)}/renew/")
        told[alias]["request"] = sent(page)
        report = {"commitments_0_outcome": "kept", "difficulties": "Les transports.", "state": "done"}
        worker.send(f"{page}parts/report/", report)
        finish(worker, manager, sent(page))
        post(worker, f"{page}submit/")
        post(secretary, f"{page}complete/")
    unfavourable = {"votes_for": "0", "votes_against": "9", "reasons": "Le projet n'avance plus."}
    votes = {"Aster": {"votes_for": "9", "votes_against": "0"}, "Bleuet": unfavourable}
    hold(desks, told, "2026-07-23", votes, convened="2026-07-06")
    server.day("2026-07-27")
    decide(desks, told, "Aster", kind="renew")
    reasons = {
        "coded": "R10",
        "reasons_of_law": LAW,
        "reasons_of_fact": "Les engagements ne sont plus suivis depuis mai.",
    }
    refused = decide(desks, told, "Bleuet", kind="refuse_renewal", **reasons)
    worker = desks("ref").go(f"/journeys/{dossier_of(told, 'Aster')}/").sees("2e période", "02/09/2026", "01/03/2027")
    worker.go(f"/journeys/{dossier_of(told, 'Bleuet')}/").sees("1re période", "01/09/2026")
    worker.go(refused).sees("Les engagements ne sont plus suivis depuis mai.", "Recours possible")


def test_the_year_is_counted_and_the_trail_is_whole(desks):
    secretary = desks("sec")
    secretary.server.day("2027-01-11")
    secretary.go("/steering/").follow("Enquête annuelle").sees("2026")
    answers = secretary.saves(lambda: secretary.main.get_by_role("link", name="CSV").click())
    counted = {
        row[0]: row[1] for row in csv.reader(answers.read_text("utf-8-sig").splitlines(), delimiter=";") if row[1:]
    }
    for question, count in YEAR.items():
        assert counted[question] == count, question
    verified = secretary.server.run("-m", "jalon.cli", "journal", "verify", "--records", check=False)
    assert verified.returncode == 0, verified.stdout


YEAR = {
    "Demandes d'entrée transmises": "9",
    "Entrées autorisées": "8",
    "Entrées refusées": "1",
    "Demandes de renouvellement transmises": "2",
    "Renouvellements accordés": "1",
    "Renouvellements refusés": "1",
    "Fins anticipées décidées": "1",
    "Séances tenues": "3",
    "Demandes sans décision au dernier jour": "0",
}
