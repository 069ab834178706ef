"""The partnership at work in the Gard: a convention after another, a pair, a plan, offers, her no, a job, the way out.

Each test is a chapter; they share one department and are told in this order, in pages only but for what other stories
already tell (``partnership_apart``).
"""

import json
import re

import pytest

pytestmark = pytest.mark.proof
QUESTION, ANSWER = "Une place en cours de français au printemps ?", "Oui, dès le 3 mars, le matin."
HER_NO = "Je veux travailler le matin."


@pytest.fixture(scope="module")
def apart(gard):
    """``apart("person", "ref")``: memberships are named by their account."""

    def run(what, *given):
        accounts = gard.server.accounts
        known = [accounts[one]["membership_id"] if one in accounts else one for one in given]
        return json.loads(gard.server.run("-m", "tests.stories.partnership_apart", what, *known).stdout)

    return run


def sign(desk, convention):
    desk.go(convention).confirm()
    desk.press("Signer pour ma structure").told("Convention signée pour votre structure")


# --- two structures ------------------------------------------------------------------------------------------------
def test_the_convention_of_2020_follows_that_of_2018(gard, told):
    manager, director = gard("mgr"), gard("dir")
    manager.go("/conventions/").follow("Préparer une convention")
    manager.fill({"Titre": "Convention de prise de contact", "Début": "22/11/2018", "Fin": "31/12/2019"})
    manager.check("Pôle emploi Gard").press("Préparer").told("Convention préparée")
    first = manager.path
    sign(manager, first)
    sign(director, first)
    manager.server.day("2020-02-20")
    manager.go(first).follow("Préparer la suite")
    assert manager.field("Début").input_value() == "01/01/2020", "the day after the former one"
    manager.fill({"Titre": "Convention d'accompagnement vers l'emploi", "Début": "20/02/2020", "Fin": "19/02/2023"})
    manager.fill({"Places d'accompagnement": "12", "Libellé neutre": "Accompagnement renforcé"})
    manager.fill({"Engagements de l'axe 1": "Nommer un binôme pour chaque personne"})
    manager.press("Préparer").told("Convention préparée").sees("Délai médian de réponse", "cible 2")
    told["convention"] = manager.path
    sign(director, told["convention"])
    sign(manager, told["convention"])
    manager.sees("signée le 20/02/2020", "après la convention de 2018", "Axe 3", "Accompagnement renforcé")
    manager.go(first).sees("terminée", "suivie par la convention de 2020")


# --- a person, before any commission -------------------------------------------------------------------------------
def test_she_shares_while_her_request_is_being_made(gard, told, apart):
    told |= apart("person", "ref")
    worker, adviser, dossier = gard("ref"), gard("emp"), told["dossier"]
    adviser.go("/").sees("Aucune situation ne vous est encore partagée.")
    worker.go(f"/dossiers/{dossier}/shares/new/").confirm()
    worker.choose("Avec quel organisme", "Pôle emploi Gard")
    worker.check("prénom d'usage", "projet professionnel", "disponibilités").choose("Expliqué en", "anglais")
    worker.press("Enregistrer le partage")
    worker.go(f"/dossiers/{dossier}/workers/").follow("Nommer à l'agence emploi")
    worker.main.get_by_role("combobox").select_option(label="Clément Fabre")
    worker.press("Nommer").sees("Clément Fabre")
    worker.go(f"/conventions/pairs/{dossier}/").choose(
        "Dans la convention", "Convention d'accompagnement vers l'emploi"
    )
    worker.choose("Suppléance", "Idris Vidal").press("Nommer le binôme").told("Binôme nommé").sees("Idris Vidal")
    worker.go(f"/dossiers/{dossier}/").sees("préparation")
    adviser.go("/").sees("Alizé")
    gard("mgr").go(told["convention"]).sees("1 sur 12", "Charge par binôme", "Maïwenn Ourliac – Clément Fabre")


def test_they_exchange_and_a_request_is_closed_once_answered(gard, told):
    worker, adviser, thread = gard("ref"), gard("emp"), f"/liaison/{told['dossier']}/"
    worker.go(thread).sees("Elle accepte de partager avec Pôle emploi Gard")
    worker.fill({"Votre message": QUESTION}).check("Attend une réponse").press("Envoyer").told("Message envoyé")
    worker.sees("envoyé", "réponse attendue le 24/02/2020").does_not_see("Clore la demande")
    adviser.go("/").sees(QUESTION)
    with adviser.within(2, "18. Answer a liaison message, from home (Gard)"):
        adviser.fill({"Votre réponse": ANSWER}).press("Répondre", exact=False)
    worker.go(thread).sees(ANSWER, "répondu le 20/02/2020").press("Clore la demande").told("Demande close")
    adviser.go(thread).sees("clos le 20/02/2020")
    director, manager = gard("dir"), gard("mgr")
    director.go(f"{told['convention']}thread/").fill({"Votre message": "Qui reçoit à Alès ?"})
    director.check("Attend une réponse").press("Envoyer").told("Message envoyé")
    manager.go(f"{told['convention']}committees/").sees("Questions sans réponse", "Question de l'agence du 20/02/2020")
    manager.go(f"{told['convention']}thread/").fill({"Votre message": "Idris, le jeudi."}).press("Envoyer")
    manager.go(f"{told['convention']}committees/").does_not_see("Questions sans réponse")


# --- the plan, the meeting of three --------------------------------------------------------------------------------
def test_a_plan_and_a_meeting_of_three(gard, told):
    worker, adviser, dossier = gard("ref"), gard("emp"), told["dossier"]
    worker.go(f"/plan/{dossier}/").fill({"Quoi": "Inscrire aux cours du matin", "Pour le": "03/03/2020"})
    worker.pick("Qui s'en charge", "l'agence").press("Ajouter l'action").sees("Inscrire aux cours du matin")
    adviser.go(f"/plan/{dossier}/").sees("Inscrire aux cours du matin")
    worker.go(f"/meetings-of-three/{dossier}/")
    moment = worker.main.get_by_role("group", name="Jour et heure").get_by_role("textbox")
    moment.nth(0).fill("27/02/2020")
    moment.nth(1).fill("13:30")
    worker.fill({"Lieu": "Agence"}).press("Prévoir l'entretien")
    adviser.go(f"/meetings-of-three/{dossier}/").sees("27/02/2020 à 13:30").follow("27/02/2020 à 13:30")
    adviser.sees("Inscrire aux cours du matin")
    worker.server.day("2020-02-27")
    worker.go(adviser.path).fill({"Ce qui est décidé": "Cours dès mardi. Garde trouvée le matin."})
    worker.check("Relu avec elle").press("Enregistrer l'entretien").sees("Cours dès mardi.")
    adviser.go(worker.path).sees("Cours dès mardi.")


# --- a service answers ---------------------------------------------------------------------------------------------
def test_an_orientation_and_its_answer(gard, told, apart):
    apart("market")
    worker = gard("ref").go("/catalogue/")
    worker.main.locator("a[href*='/catalogue/services/']").first.click()
    worker.page.wait_for_load_state()
    worker.go(f"{worker.path}orient/").choose("Personne", "Alizé").press("Préparer").told("Orientation préparée")
    page = worker.path
    worker.press("Enregistrer", within=panel(worker, "Elle est d'accord"))
    send = panel(worker.go(page), "La structure est contactée")
    worker.fill({"Le": "27/02/2020"}, within=send).press("Enregistrer", within=send)
    worker.server.day("2020-03-02")
    accept = panel(worker.go(page), "La structure accepte")
    worker.fill({"Le": "02/03/2020"}, within=accept).press("Enregistrer", within=accept)
    worker.go(page).sees("acceptée")
    gard("emp").go(page, status=404)


def panel(desk, title):
    """The part of the page under this heading."""
    return desk.main.locator("section", has=desk.page.get_by_role("heading", name=title, exact=True)).first


# --- offers: her no, then a training -------------------------------------------------------------------------------
def test_her_refusal_is_kept_in_her_words(gard, told, apart):
    apart("wishes", "ref", told["dossier"])
    told["starts_on"] = apart("pathway", "ref", "mgr", "sec", "pre", told["dossier"])["starts_on"]
    worker, adviser = gard("ref"), gard("emp")
    worker.server.day("2020-03-20")
    worker.go(f"/matches/{told['dossier']}/").sees("Comment ce classement est fait", "Écartées")
    propose(worker, "jobs")
    refuse = panel(worker, "Elle dit non")
    worker.fill({"Avec ses mots": HER_NO}, within=refuse)
    worker.check("Elle accepte que l'agence lise ces mots", within=refuse)
    worker.press("Enregistrer", within=refuse).sees(HER_NO)
    adviser.go(f"/matches/{told['dossier']}/").sees("Déjà proposées", HER_NO)


def propose(desk, section):
    """The first offer of a section that may be proposed."""
    desk.main.locator(f"section[aria-labelledby={section}] a.btn").first.click()
    desk.page.wait_for_load_state()
    desk.press("Lui proposer").told("Proposition notée")


def test_a_training_is_chosen_with_its_last_start(gard, told):
    worker = gard("ref").go("/")
    with worker.within(3, "19. Find a training that fits, with reasons"):
        worker.follow("Alizé", exact=False).follow("Correspondances")
        worker.main.locator("section[aria-labelledby=trainings] details summary").first.click()
    found = worker.main.locator("section[aria-labelledby=trainings] article.match")
    for one in found.all():
        said = one.inner_text()
        assert "adaptée" in said or "à vérifier" in said
        assert "Pourquoi à cette place" in said, "every verdict has its reasons"
    worker.sees("Dernier début possible")
    propose(worker, "trainings")
    for title, given in STEPS:
        step = panel(worker, title)
        worker.fill(given, within=step)
        if title == "La candidature part":
            worker.check("elle-même", within=step)
        worker.press("Enregistrer", within=step).told("Enregistré")
    gard("emp").go(f"/placements/{told['dossier']}/").sees("20/03/2020", "formation")


STEPS = (
    ("Elle veut essayer", {}),
    ("La candidature part", {"Le": "20/03/2020"}),
    ("Réponse favorable", {"Le": "20/03/2020"}),
    ("Le premier jour", {"Le": "20/03/2020"}),
)


# --- a relay, a meeting of the two structures ----------------------------------------------------------------------
def test_a_relay_is_passed_on_and_access_ends_by_itself(gard, told):
    manager, leaving, arriving = gard("mgr"), gard("ref"), gard("ref2")
    relay = f"/conventions/hand-overs/{told['dossier']}/"
    manager.go(relay).main.get_by_label("Idris Vidal, après Maïwenn Ourliac").check()
    moment = manager.main.get_by_role("group", name="Fin de l'accès de qui part").get_by_role("textbox")
    moment.nth(0).fill("27/03/2020")
    moment.nth(1).fill("17:30")
    manager.press("Passer le relais").told("Relais ouvert").sees("garde l'accès jusqu'au 27/03/2020 à 17:30")
    page = f"/dossiers/{told['dossier']}/"
    leaving.go(page)
    arriving.go(page)
    arriving.go(relay).follow("Cocher ce qui est passé")
    for box in arriving.main.get_by_role("checkbox").all():
        box.check()
    arriving.press("Enregistrer").told("Relais mis à jour").press("Terminer le relais").told("Relais terminé")
    leaving.server.day("2020-03-28")
    leaving.go(page, status=404)
    arriving.go(page)
    arriving.go(f"/conventions/pairs/{told['dossier']}/").sees("Idris Vidal", "Clément Fabre")


def test_the_committee_decides_and_a_decision_is_a_commitment(gard, told):
    manager = gard("mgr")
    manager.server.day("2020-09-17")
    manager.go(f"{told['convention']}committees/").follow("Tenir le comité")
    manager.fill({"Qui était là": "Odile, Clément", "Autres points": "Merci aux deux équipes."})
    manager.press("Enregistrer le comité").told("Comité tenu")
    manager.fill({"Décision": "Visiter l'atelier d'insertion", "Pour le": "15/10/2020"})
    manager.main.get_by_role("group", name="Sur quel axe").get_by_role("radio").nth(1).check()
    manager.press("Noter la décision").told("Décision notée")
    minutes = manager.saves(lambda: manager.press("Compte rendu (PDF)"))
    assert minutes.read_bytes().startswith(b"%PDF")
    gard("emp").go(told["convention"]).sees("Visiter l'atelier d'insertion", "décidé au comité du 17/09/2020")


# --- a job, the way out, what it changed ---------------------------------------------------------------------------
def test_a_job_then_the_way_out(gard, told):
    worker, dossier = gard("ref2"), told["dossier"]
    worker.go(f"/placements/{dossier}/new/job/").fill({"Quoi": "Lingère, temps partiel", "Début": "01/09/2020"})
    worker.press("Noter", exact=False).sees("Lingère, temps partiel")
    worker.go(f"/journeys/{dossier}/").confirm().follow("Enregistrer la fin du parcours")
    worker.fill({"Fin du parcours le": "17/09/2020"}).choose("Raison", "emploi durable")
    worker.choose("Où elle va", "emploi durable (sans terme, ou six mois et plus)")
    worker.press("Enregistrer la fin du parcours").told("Fin du parcours enregistrée")


def test_the_indicators_have_moved(gard, told, apart):
    manager, secretary = gard("mgr"), gard("sec")
    assert apart("measure")["taken"] >= 10
    manager.server.day("2020-10-01")
    manager.go(told["convention"]).sees("Délai médian de réponse")
    text = manager.text
    assert re.search(r"Diagnostic partagé dans les 30 jours\s+100 % cible 80 % tenue", text), text
    assert re.search(r"Personnes en emploi ou en formation \(cumul\)\s+0 → 1 cible 5", text), text
    assert re.search(r"Personnes avec un binôme nommé\s+100 % cible 100 % tenue", text), text
    manager.main.get_by_text("Voir le tracé").first.click()
    assert manager.main.locator("figure svg").first.is_visible()
    secretary.go(told["convention"]).sees("moins de cinq personnes : masqué")
