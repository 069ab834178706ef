"""The main job from an empty department, through pages only: the convention, the meeting, the request, the commission.

Each test is a chapter; they share one department and are told in this order.
"""

import re
from datetime import date, timedelta

from playwright.sync_api import expect

from tests.browser.visitor import Visitor, read
from tests.hostile.secrets import found

# Words written nowhere else: they must be found on the pages of those who may read them, and in no file of the server.
STORY = "rubanthe récit qu'elle a choisi de dire"
PLACE = "sablierne près du vieux moulin"
PROJECT = "couturière en atelier, verdemoire"
SECRETS = ("rubanthe", "sablierne", "verdemoire", "Zalvandre", "Osarumwense", "0639980142", "39980142", "grenadoux")
SUMMARY = "Accompagnée chaque semaine depuis l'automne. Elle apprend le français et veut travailler de ses mains."


def link_to(desk, pattern):
    """The address of the first link of the page that looks like this."""
    for link in desk.main.get_by_role("link").all():
        target = link.get_attribute("href") or ""
        if re.search(pattern, target):
            return target
    raise AssertionError(f"no link like {pattern} at {desk.path}")


# --- the convention --------------------------------------------------------------------------------
def draft_convention(desk, title, starts, ends, after=""):
    desk.go("/conventions/").follow("Préparer une convention")
    desk.fill({"Titre": title, "Début": starts, "Fin": ends})
    desk.check("Agence pour l'emploi de Toulouse")
    if after:
        desk.choose("Après la convention", after)
    desk.fill({"Engagements de l'axe 1": "Nommer un binôme pour chaque personne\nSe réunir chaque trimestre"})
    desk.fill({"Engagements de l'axe 2": "Former les équipes"})
    desk.press("Préparer").told("Convention préparée")
    return desk.path


def test_two_structures_sign_a_convention_after_another(desks):
    manager, director = desks("mgr"), desks("dir")
    first = draft_convention(manager, "Convention 2025", "01/02/2025", "31/01/2026")
    sign(manager, first)
    manager.sees("Association La Roseraie", "Axe 1", "Former les équipes")
    director.go(first)
    sign(director, first)
    second = draft_convention(manager, "Convention 2026", "01/02/2026", "31/01/2027", after="Convention 2025")
    manager.press("Signer pour ma structure")
    manager.sees("Convention signée" if manager.path == second else "identité")
    manager.go(second).sees("après la convention de 2025")
    director.go("/conventions/").follow("Convention 2026").sees("Dominique Astruc")
    sign(director, second)
    director.sees("signée le 12/01/2026", "Alix Gineste")
    desks("ref2").go(second, status=404)


def sign(desk, convention):
    """The first gesture asks for a proof of identity; then it signs."""
    desk.go(convention)
    if not desk.confirmed_at:
        desk.page.get_by_role("button", name="Signer pour ma structure").click()
        desk.sees("Confirmez votre identité")
        desk.go(convention).confirm()
    desk.press("Signer pour ma structure").told("Convention signée pour votre structure")


# --- the person, before anything else her safety ---------------------------------------------------
def test_a_person_is_met_safe_contact_first(desks, told):
    worker = desks("ref")
    worker.go("/")
    with worker.within(4, "4. Start a new file, to the task list"):
        worker.follow("Nouvelle personne")
        worker.main.get_by_label("Langue de la personne").select_option(label="edo")
        worker.press("Créer")
    assert "/dossiers/" in worker.path
    worker.sees("Recueillir son accord")
    told["dossier"] = re.search(r"/dossiers/([\w-]{22})/", worker.path)[1]
    worker.does_not_see("checked")
    worker.go(f"/dossiers/{told['dossier']}/contact/")
    worker.fill({"Téléphone": "06 39 98 01 42", "Heures sûres": "14:00-16:00", "Mot convenu avec elle": "grenadoux"})
    worker.check("Elle accepte des SMS")
    worker.fill({"Nom qui s'affiche sur nos messages": "Marie", "À ne jamais faire": "courrier à domicile"})
    worker.press("Enregistrer : vérifié avec elle aujourd'hui").told("Contact")


# --- the request -----------------------------------------------------------------------------------
def fill_part(desk, application, part, *, done=True, **gestures):
    """Open one part from the list, answer, say whether it is finished."""
    desk.go(f"/applications/{application}/").follow(part)
    for question, options in gestures.pop("picks", {}).items():
        desk.pick(question, *([options] if isinstance(options, str) else options))
    for label, option in gestures.pop("choices", {}).items():
        desk.choose(label, option)
    desk.fill(gestures.pop("texts", {}))
    button = gestures.pop("button", "Oui, c'est terminé" if done else "Non, j'y reviendrai")
    assert not gestures
    desk.press(button)


def test_nothing_is_written_before_her_agreement(desks, told):
    worker = desks("ref")
    worker.go(f"/dossiers/{told['dossier']}/application/").sees("Avant son accord")
    worker.follow("Recueillir son accord")
    for subject in ("Ce que vous demandez", "Qui va la lire", "Ce qui part", "Ce qui ne part pas", "changer d'avis"):
        worker.sees(subject, "lisez-la avec une ou un interprète").follow("Oui : continuer")
    worker.sees("Ce que la loi impose").follow("C'est dit : continuer")
    worker.choose("Expliqué et relu en", "edo")
    worker.press("Enregistrer son accord")
    worker.sees("Relisez les pages avec elle, puis cochez.")
    worker.check("Je lui ai relu ces pages et elle est d'accord")
    worker.press("Enregistrer son accord")
    worker.go(f"/dossiers/{told['dossier']}/application/").press("Commencer la demande")
    told["application"] = re.search(r"/applications/([\w-]{22})/", worker.path)[1]
    worker.sees(" sur 15")


def test_the_task_list_is_filled_in_any_order(desks, told):
    worker, application = desks("ref"), told["application"]
    worker.confirm()
    with worker.within(60, "6. Build an entry file"):
        fill_part(
            worker,
            application,
            "Projet social et professionnel",
            texts={"Ce qu'elle vise": PROJECT},
            picks={"Il s'agit": "d'un emploi"},
        )
        fill_part(worker, application, "Parcours de vie", texts={"Ce qu'elle veut dire de son parcours": STORY})
        fill_part(worker, application, "Hébergement", choices={"Où elle vit": "hébergée chez un tiers"},
                  texts={"Lieux à éviter": PLACE})  # fmt: skip
        fill_part(
            worker,
            application,
            "Identité et prénom d'usage",
            texts={"Prénoms": "Osarumwense", "Nom": "Zalvandre", "Date de naissance": "1996"},
            choices={"Nationalité": "Nigeria", "Langue": "edo"},
            picks={"Niveau de français à l'entrée": "A2 : conversation simple"},
            button="Enregistrer et revenir",
        )
        fill_part(worker, application, "Séjour et papiers", choices={"Titre de séjour aujourd'hui": "aucun titre"})
        fill_part(worker, application, "Enfants et proches", picks={"Enfants": "aucun"})
        fill_part(worker, application, "Santé et droits", picks={"Couverture santé": "aide médicale de l'État"})
        fill_part(worker, application, "Ressources", texts={"Ressources du mois dernier": "1 234,50"})
        fill_part(worker, application, "Engagements", texts={"Engagement": "Venir aux rendez-vous fixés ensemble"})
        fill_part(
            worker,
            application,
            "Demandes liées",
            picks={
                "Demande une autorisation provisoire de séjour": "Oui",
                "Demande l'aide financière (AFIS)": "Oui",
            },
            texts={"Enfants à sa charge en France": "0"},
        )
        fill_part(worker, application, "Résumé pour la commission", texts={"Résumé": SUMMARY}, done=False)
    worker.go(f"/applications/{application}/")
    with worker.within(1, "5. Know exactly what is missing"):
        worker.follow("Voir ce qui manque")
    worker.sees("Ce qui manque", "Avis de l'association", "Motifs")
    told["interactions of an entry file"] = worker.gestures
    fill_part(worker, application, "Résumé pour la commission")
    fill_part(
        worker,
        application,
        "Avis de l'association",
        picks={"Avis": "favorable"},
        texts={"Motifs": "Projet travaillé avec elle, pas à pas."},
    )


def test_the_package_is_read_back_signed_and_sent(desks, told):
    worker, manager, application = desks("ref"), desks("mgr"), told["application"]
    worker.go(f"/applications/{application}/pieces/")
    for paper in ("Demande signée, avec le projet et les engagements", "Arrêté d'agrément de l'association"):
        worker.choose("Quelle pièce", paper).press("Enregistrer la pièce").sees(paper)
    worker.main.get_by_label("Ou choisir un fichier").set_input_files(
        {"name": "photo de Zalvandre.png", "mimeType": "image/png", "buffer": picture()}
    )
    worker.choose("Quelle pièce", "Pièce d'identité ou attestation").press("Enregistrer la pièce")
    worker.sees("Il manque 1 pièce").does_not_see("photo de")
    worker.go(f"/applications/{application}/review/").press("Préparer le dossier à relire")
    worker.sees("Ce qui part, et rien d'autre", SUMMARY, PROJECT).does_not_see("Zalvandre", STORY, PLACE, "Osarumwense")
    manager.go("/").sees("Aucun dossier à signer")
    worker.choose("Relu avec elle en", "edo").check("Elle a tout entendu et elle est d'accord")
    worker.press("Enregistrer la relecture").sees("La personne responsable peut signer")
    manager.go("/").follow(told_number(worker), exact=False)
    manager.go(f"/applications/{application}/review/").confirm().does_not_see("Zalvandre", STORY)
    manager.press("Signer")
    worker.go(f"/applications/{application}/").confirm()
    with worker.within(3, "8. Send the file to the secretariat"):
        worker.follow("Relire et envoyer").press("Envoyer au secrétariat")
    worker.sees("Récépissé de dépôt", "Reçu le lundi 12 janvier 2026 sous le n°")
    told["number"] = told_number(worker)


def told_number(desk):
    return re.search(r"(?<!R-)31-2026-\d{4}(?!\d)", desk.text)[0]


def picture():
    """A small photograph, as a telephone would send it."""
    import io

    from PIL import Image

    file = io.BytesIO()
    Image.new("RGB", (640, 480), (120, 90, 60)).save(file, "PNG")
    return file.getvalue()


# --- the commission --------------------------------------------------------------------------------
SEATS = (
    ("préfet, présidence", "Préfecture de la Haute-Garonne", "Ange Mazars", True),
    ("magistrat judiciaire", "Préfecture de la Haute-Garonne", "Morgan Jalabert", False),
    ("conseil départemental", "Conseil départemental de la Haute-Garonne", "Eden Izard", False),
    ("association agréée", "Association Les Tilleuls", "Swann Lacombe", False),
    ("association agréée", "Association La Roseraie", "Yaël Noguès", False),
)


def test_the_secretariat_receives_and_convenes(desks, told):
    secretary, worker = desks("sec"), desks("ref")
    secretary.server.day("2026-01-14")
    secretary.go("/meetings/members/")
    for college, organisation, person, chair in SEATS:
        secretary.fill({"Collège ou fonction": college})
        secretary.choose("Organisme", organisation).choose("Personne qui siège", person)
        if chair:
            secretary.check("Préside la commission")
        secretary.press("Ajouter le membre").told("Membre ajouté")
    secretary.go("/").sees("Demandes reçues 1")
    secretary.follow(told["number"])
    secretary.sees("Agrément en vigueur au dépôt", "Relu avec la personne", SUMMARY)
    secretary.does_not_see("Zalvandre", "Osarumwense", STORY, PLACE, *ALIASES(worker))
    secretary.fill({"Ce qui manque": "L'attestation sur l'honneur."}).press("Demander à l'association")
    worker.go(f"/applications/{told['application']}/review/").sees("L'attestation sur l'honneur.")
    worker.follow("Ajouter la pièce demandée").choose("Quelle pièce", "Attestation sur l'honneur")
    worker.press("Enregistrer la pièce")
    worker.go(f"/applications/{told['application']}/review/").press("Répondre au secrétariat")
    secretary.go("/")
    with secretary.within(4, "9. Accept a received file"):
        secretary.follow(told["number"]).press("Déclarer complet")
    secretary.go("/")
    with secretary.within(8, "10. Create a meeting, its agenda, its convocations"):
        secretary.follow("Créer une séance")
        secretary.fill({"Date de la séance": "12/02/2026", "Lieu": "Salle des fêtes"}).press("Créer la séance")
        secretary.press("Enregistrer l'ordre du jour").told("Ordre du jour enregistré")
        secretary.press("Convoquer les membres").told("Convocations envoyées")
    told["meeting"] = secretary.path.split("#")[0]
    worker.go(told["meeting"]).sees("12 février 2026")


def ALIASES(worker):
    """The alias that the worker uses for her."""
    worker.go("/")
    return [worker.main.locator("tbody th a").first.inner_text()]


def test_members_read_inside_the_window_only(desks, told):
    member, recused, other = desks("mem1"), desks("memr"), desks("mem3")
    member.go("/").sees("12 février 2026")
    member.go(told["meeting"]).follow("Lire les dossiers")
    told["item"] = member.path
    member.sees(told["number"], SUMMARY, PROJECT, "Lisible ici seulement").does_not_see("Zalvandre", STORY, PLACE)
    with member.within(2, "11. Read one file, and go on"):
        member.press("Lu, terminer")
    other.go(told["item"]).sees(SUMMARY)
    recused.go("/").does_not_see(told["number"])
    recused.go(told["item"], status=404)
    recused.go(told["meeting"]).does_not_see(told["number"])
    member.server.day("2026-01-13")  # the day before the convocation: the window is closed
    assert member.status(told["item"]) == 404
    member.server.day("2026-03-20")  # long after the meeting
    assert member.status(told["item"]) == 404
    member.server.day("2026-02-12")


def test_the_session_votes_and_its_minutes_are_signed(desks, told):
    secretary = desks("sec").go(told["meeting"])
    secretary.follow("Faire l'appel").press("Enregistrer les présences")
    secretary.press("Ouvrir la séance").sees(told["number"], SUMMARY, "Quorum")
    secretary.press("Enregistrer l'avis").sees("Écrivez les voix")
    with secretary.within(3, "12. Record an opinion"):
        secretary.fill({"Pour": "3", "Contre": "1"}).press("Enregistrer l'avis")
    secretary.sees("Avis enregistré", "favorable")
    secretary.go(told["meeting"]).press("Clore la séance").confirm()
    secretary.go(told["meeting"])
    with secretary.within(2, "13. Minutes ready to sign"):
        secretary.follow("Procès-verbal")
        if secretary.main.get_by_role("button", name="Écrire le procès-verbal").count():
            secretary.press("Écrire le procès-verbal")
    secretary.sees(told["number"]).does_not_see("Zalvandre", SUMMARY)
    secretary.confirm().press("Valider et signer").sees("signé")


# --- the decision, and what it opens ---------------------------------------------------------------
def test_the_prefect_decides_and_never_refuses_without_reasons(desks, told):
    prefect, secretary, worker = desks("pre"), desks("sec"), desks("ref")
    prefect.server.day("2026-02-16")
    prefect.go("/").sees(told["number"], "favorable").follow("Préparer " + told["number"]).confirm()
    prefect.pick("Décision", "refus d'engagement").press("Enregistrer le projet")
    prefect.sees("Écrivez le motif : un refus sans motif ne peut pas être enregistré.")
    prefect.main.get_by_role("group", name="Décision").get_by_label("autorisation d'engagement").check()
    prefect.press("Enregistrer le projet").told("Projet de décision enregistré")
    prefect.confirm().press("Signer la décision").told("Décision signée")
    told["decision"] = prefect.path
    prefect.sees("Période 1, du 16/02/2026 au 15/08/2026")
    prefect.pick("L'aide est accordée", "Oui").press("Enregistrer la décision").told("Décision sur l'aide enregistrée")
    secretary.go("/").follow("Notifier " + told["number"]).confirm()
    secretary.choose("Langue", "edo").press("Notifiée aujourd'hui").told("le délai de recours est ouvert")
    worker.go(told["decision"]).sees("du 16/02/2026 au 15/08/2026", "Recours possible")
    with worker.within(3, "15. Tell the person the decision, in her language"):
        worker.choose("Expliquée en", "edo").press("J'ai expliqué la décision")
    worker.sees("en edo, le 16/02/2026")


def test_the_year_is_told_without_counting_by_hand(desks):
    secretary, manager = desks("sec").go("/"), desks("mgr").go("/")
    with secretary.within(3, "22. Yearly national survey"):
        secretary.follow("Pilotage", within=secretary.page).follow("Enquête annuelle")
        answers = secretary.saves(lambda: secretary.main.get_by_role("link", name="CSV").click())
    assert "Demandes d'entrée transmises" in answers.read_text(encoding="utf-8-sig")
    with manager.within(4, "23. Activity report"):
        manager.follow("Pilotage", within=manager.page)
        report = manager.saves(lambda: manager.main.get_by_role("button", name="Rapport d'activité (PDF)").click())
    assert report.read_bytes().startswith(b"%PDF")


def test_dates_and_amounts_show_their_rule(desks, told):
    worker = desks("ref").go(f"/journeys/{told['dossier']}/")
    worker.sees("Mois 1 sur 24", "15/02/2028", "1re période", "terme de six mois")
    worker.go(f"/journeys/{told['dossier']}/rights/").sees("343,20 €", "par mois", "Prochain attendu")
    worker.main.get_by_text("Pourquoi ce montant ?").click()
    worker.sees("AFIS-")


# --- working together ------------------------------------------------------------------------------
QUESTION = "Peut-elle visiter un atelier ce mois-ci ?"
ANSWER = "Oui, mardi matin, à Blagnac."


def test_the_adviser_sees_what_is_shared_and_only_that(desks, told):
    worker, adviser, dossier = desks("ref"), desks("emp"), told["dossier"]
    worker.server.day("2026-02-20")
    adviser.go("/").sees("Aucune situation ne vous est encore partagée.")
    adviser.go(f"/dossiers/{dossier}/", status=404)
    worker.go(f"/dossiers/{dossier}/shares/new/").confirm()
    worker.choose("Avec quel organisme", "Agence pour l'emploi de Toulouse")
    worker.check("prénom d'usage", "projet professionnel").choose("Expliqué en", "edo")
    worker.press("Enregistrer le partage")
    adviser.go(f"/dossiers/{dossier}/", status=404)
    worker.go(f"/dossiers/{dossier}/workers/").follow("Nommer à l'agence emploi")
    worker.main.get_by_role("combobox").select_option(label="Maxence Fabre")
    worker.press("Nommer").sees("Maxence Fabre")
    worker.go(f"/conventions/pairs/{dossier}/").choose("Dans la convention", "Convention 2026")
    worker.press("Nommer le binôme").told("Binôme nommé")
    adviser.go(f"/dossiers/{dossier}/").sees("Ce qu'elle accepte de partager avec vous", "prénom", "projet")
    adviser.does_not_see("Zalvandre", STORY, PLACE, SUMMARY, "14:00-16:00", "APS", "343,20", "préfet")
    desks("dir").go(f"/dossiers/{dossier}/", status=404)


def test_the_adviser_has_no_page_beyond_what_is_shared(desks, told):
    adviser, dossier = desks("emp"), told["dossier"]
    for page in ("identity", "contact", "agreements", "trail"):
        assert adviser.status(f"/dossiers/{dossier}/{page}/") in (403, 404)
    for page in (f"/journeys/{dossier}/", f"/journeys/{dossier}/rights/", f"/applications/{told['application']}/"):
        assert adviser.status(page) in (403, 404)


def test_they_write_to_each_other_and_plan_together(desks, told):
    worker, adviser, dossier = desks("ref"), desks("emp"), told["dossier"]
    worker.go(f"/liaison/{dossier}/").fill({"Votre message": QUESTION}).check("Attend une réponse").press("Envoyer")
    adviser.go("/").sees(QUESTION)
    with adviser.within(2, "18. Answer a liaison message, from home"):
        adviser.fill({"Votre réponse": ANSWER}).press("Répondre", exact=False)
    worker.go(f"/liaison/{dossier}/").sees(ANSWER)
    adviser.go(f"/plan/{dossier}/").fill({"Quoi": "Visiter l'atelier", "Pour le": "10/03/2026"})
    adviser.pick("Qui s'en charge", "l'agence").press("Ajouter l'action").sees("Visiter l'atelier")
    french = "Apprendre / Améliorer ses capacités en français"
    worker.go(f"/plan/{dossier}/").choose("Objectif", french).fill({"Comment elle le dit": "Parler au travail"})
    worker.press("Ajouter l'objectif").fill({"Quoi": "Cours de français", "Pour le": "20/02/2026"})
    worker.choose("Pour quel objectif", french).pick("Qui s'en charge", "la personne").press("Ajouter l'action")
    worker.sees("Visiter l'atelier", "Cours de français", "Parler au travail")
    worker.press("Terminer Cours de français").sees("20/02/2026")
    worker.choose("Objectif", "Déposer plainte").pick("Qui lit ?", "L'association seulement")
    worker.press("Ajouter l'objectif").sees("Déposer plainte")
    adviser.go(f"/plan/{dossier}/").sees("Parler au travail").does_not_see("Déposer plainte")
    worker.go(f"/appointments/{dossier}/")
    moment = worker.main.get_by_role("group", name="Jour et heure").get_by_role("textbox")
    moment.nth(0).fill("24/02/2026")
    moment.nth(1).fill("14:30")
    worker.check("Avec l'agence emploi (entretien à trois)").press("Noter le rendez-vous")
    worker.sees("24/02/2026 à 14:30")
    adviser.go(f"/dossiers/{dossier}/").sees("24/02/2026 à 14:30")


def test_the_three_of_them_meet(desks, told):
    worker, adviser, dossier = desks("ref"), desks("emp"), told["dossier"]
    worker.go(f"/meetings-of-three/{dossier}/")
    moment = worker.main.get_by_role("group", name="Jour et heure").get_by_role("textbox")
    moment.nth(0).fill("20/02/2026")
    moment.nth(1).fill("16:30")
    worker.press("Prévoir l'entretien").told("Entretien prévu").follow("20/02/2026 à 16:30")
    worker.sees("Visiter l'atelier").does_not_see("Déposer plainte")
    adviser.go(f"/meetings-of-three/{dossier}/").follow("20/02/2026 à 16:30")
    adviser.fill({"Ce que nous apportons": "Une place en avril"}).press("Ajouter à l'ordre du jour")
    worker.go(worker.path).sees("Une place en avril")
    worker.pick("Visiter l'atelier", "Fait").fill({"Ce qui est décidé": "Elle prend la place d'avril."})
    worker.check("Relu avec elle").press("Enregistrer l'entretien").sees(
        "Elle prend la place d'avril.", "relu avec elle"
    )
    adviser.go(f"/plan/{dossier}/")
    worker.go(f"/scale/{dossier}/").pick("Qui répond ?", "Elle")
    worker.pick("Français", "1 – Oral A1 : se présente, comprend une consigne courte.").press("Enregistrer")
    worker.go("/calendar/")


def test_a_note_takes_three_gestures_from_home(desks, told):
    worker = desks("ref").go("/")
    with worker.within(3, "1. Record a follow-up note from the dashboard"):
        worker.follow("Note", exact=False)
        worker.main.locator("textarea").fill("Venue à l'heure. rubanthe. Suite : l'atelier de mardi.")
        worker.press("Enregistrer")
        expect(worker.page.locator("#annonce")).to_have_text("Note enregistrée")
    assert worker.path == "/", "no change of page"
    worker.go(f"/dossiers/{told['dossier']}/").sees("Suite : l'atelier de mardi.")
    desks("emp").go(f"/dossiers/{told['dossier']}/").does_not_see("atelier de mardi")


def test_due_dates_and_one_file_are_at_hand(desks, told):
    worker = desks("ref")
    worker.server.day("2026-07-01")
    with worker.within(0, "2. See who falls due within 60 days"):
        worker.go("/").sees("J-45", "échéance")
    alias = ALIASES(worker)[0]
    worker.go("/conventions/")
    with worker.within(2, "3. Open one person's file from anywhere"):
        worker.page.keyboard.press("/")
        worker.page.keyboard.type(alias)
        worker.page.keyboard.press("Enter")
        expect(worker.page).to_have_url(f"{worker.server.base_url}/dossiers/{told['dossier']}/")


# --- permits and payments --------------------------------------------------------------------------
def test_permits_and_payments_are_followed(desks, told):
    worker, desk, dossier = desks("ref"), desks("etr"), told["dossier"]
    worker.server.day("2026-03-02")
    desk.go("/").sees("Aucune décision en attente.")
    worker.go(f"/dossiers/{dossier}/shares/new/").confirm()
    worker.choose("Avec quel organisme", "Préfecture de la Haute-Garonne").check("document de séjour")
    worker.choose("Expliqué en", "edo").fill({"Jusqu'au": "31/12/2026"}).press("Enregistrer le partage")
    desk.go("/").sees(told["number"]).does_not_see("Zalvandre")
    with desk.within(4, "16. Record an issued permit"):
        desk.field("Numéro, dossier " + told["number"]).fill("3103-774")
        desk.press("Document délivré")
    desk.told("Document enregistré").sees("Autorisation provisoire de séjour (APS)")
    worker.go(f"/journeys/{dossier}/rights/").sees("Autorisation provisoire de séjour", "3103-774", "02/03/2026")
    worker.server.day("2026-05-20")
    worker.go(f"/journeys/{dossier}/rights/").sees("mois en retard")
    with worker.within(1, "17. Mark a monthly payment received"):
        worker.press("Marquer reçu").told("Versement marqué comme reçu")
    worker.sees("343,20 €")
    worker.go(f"/dossiers/{dossier}/").sees("versements en retard" if "versements" in worker.text else "en retard")


# --- the second period -----------------------------------------------------------------------------
def test_a_renewal_starts_from_what_is_known(desks, told):
    worker, dossier = desks("ref"), told["dossier"]
    worker.server.day("2026-06-15")
    worker.go(f"/journeys/{dossier}/").confirm()
    with worker.within(12, "7. Prepare a renewal from the previous period"):
        worker.follow("Préparer la suite").sees("16/08/2026", "15/02/2027")
        worker.press("Ouvrir le renouvellement").told("Renouvellement ouvert")
        told["renewal"] = re.search(r"/applications/([\w-]{22})/", worker.path)[1]
        worker.follow("Bilan des six mois")
        assert worker.field("Engagement 1").input_value() == "Venir aux rendez-vous fixés ensemble"
        worker.choose("Résultat", "tenu").fill({"Difficultés rencontrées": "Les transports."})
        worker.press("Oui, c'est terminé").follow("Avis de l'association")
        worker.pick("Avis", "favorable").fill({"Motifs": "Elle tient ses engagements."}).press("Oui, c'est terminé")
    kept, known = prefilled(worker, told["application"], told["renewal"])
    assert kept / known >= 0.7, f"{kept} of {known} fields"
    worker.go(f"/applications/{told['renewal']}/").sees("13 parties terminées")


def prefilled(desk, first, second):
    """How many of the fields answered in the first request hold the same answer in the second."""
    visitor = Visitor.beside(desk)
    kept = known = 0
    parts = "residence family housing health_rights resources life_path summary project commitments related_requests"
    for part in (*parts.split(), "opinion"):
        pages = [visitor.get(f"/applications/{one}/parts/{part}/") for one in (first, second)]
        before, after = ({*max((f.fields for f in read(page.text).forms), key=len)} for page in pages)
        answers = {(name, value) for name, value in before if value and name not in {"csrfmiddlewaretoken", "revision"}}
        known += len(answers)
        kept += len(answers & after)
    return kept, known


SECOND, THIRD, FOURTH = (
    # prepared, meeting, decision
    ("2026-06-15", "2026-07-09", "2026-07-15"),
    ("2026-12-14", "2027-01-14", "2027-01-20"),
    ("2027-06-14", "2027-07-08", "2027-07-15"),
)


def renew(desks, told, renewal, days):
    """One renewal from its last parts to its notification, in the pages without any script: forms and links only."""
    prepared, meeting_on, decided = days
    server = desks("ref").server
    server.day(prepared)
    visit = {name: Visitor.beside(desks(name).go("/").confirm()) for name in ("ref", "mgr", "sec", "pre")}
    worker, manager, secretary, prefect = visit.values()
    request = f"/applications/{renewal}/"
    worker.send(f"{request}parts/summary/", {"summary": "Six mois suivis. Elle continue.", "state": "done"})
    for code in ("signed_request", "accreditation_order"):
        worker.send(f"{request}pieces/", {"code": code})
    worker.send(f"{request}review/")
    worker.send(f"{request}review/", {"language": "bin", "sure": "on"}, "read-back")
    manager.send(f"{request}review/", action="/sign/")
    worker.send(f"{request}review/", action="/submit/")
    secretary.send(f"{request}received/", action="/complete/")
    day = date.fromisoformat(meeting_on)
    meeting = secretary.send("/meetings/new/", {"on": f"{day:%d/%m/%Y}"})
    secretary.send(meeting, action="/agenda/")
    server.day((day - timedelta(days=12)).isoformat())
    secretary.send(meeting, action="/convene/")
    server.day(meeting_on)
    secretary.send(f"{meeting}attendance/")
    item = secretary.send(meeting, action="/open/")
    secretary.send(item, {"votes_for": "4", "votes_against": "0"}, "/opinion/")
    secretary.send(meeting, action="/close/")
    server.day(decided)
    decision = prefect.send(f"/decisions/requests/{application_of(prefect, renewal)}/", {"kind": "renew"})
    prefect.send(decision, action="/sign/")
    secretary.send(decision, action="/notify/")
    return decision


def application_of(prefect, renewal):
    assert f"/decisions/requests/{renewal}/" in prefect.get("/decisions/").text
    return renewal


def test_a_second_period_follows_without_any_script(desks, told):
    renew(desks, told, told["renewal"], SECOND)
    worker = desks("ref").go(f"/journeys/{told['dossier']}/")
    worker.sees("2e période", "16/08/2026", "15/02/2027", "15/02/2028")
    worker.go(f"/journeys/{told['dossier']}/rights/").sees("343,20 €")


# --- leaving ---------------------------------------------------------------------------------------
def test_no_fifth_period(desks, told):
    for days in (THIRD, FOURTH):
        desks("ref").server.day(days[0])
        worker = Visitor.beside(desks("ref").go("/").confirm())
        opened = worker.send(f"/journeys/{told['dossier']}/renew/")
        renewal = re.search(r"/applications/([\w-]{22})/", opened)[1]
        outcome = {"commitments_0_outcome": "kept", "difficulties": "Aucune.", "state": "done"}
        worker.send(f"{opened}parts/report/", outcome)
        worker.send(f"{opened}parts/opinion/", {"sense": "favourable", "reasons": "Elle avance.", "state": "done"})
        renew(desks, told, renewal, days)
    worker = desks("ref")
    worker.server.day("2027-11-02")
    worker.go(f"/journeys/{told['dossier']}/").sees("4e période", "15/02/2028", "Aucun renouvellement n'est possible.")
    worker.go(f"/journeys/{told['dossier']}/renew/").sees("24 mois", "aucun renouvellement n'est possible")
    assert worker.main.get_by_role("button").count() == 0


def test_no_end_is_signed_before_she_could_answer(desks, told):
    prefect, secretary, worker = desks("pre"), desks("sec"), desks("ref")
    page = f"/journeys/{told['dossier']}/hearing/"
    prefect.go(page).confirm().follow("Inviter à répondre")
    prefect.fill({"Motifs de droit": "Article L. 121-9.", "Ce qui est envisagé, et pourquoi": "Des absences répétées."})
    prefect.press("Signer la lettre").told("Lettre signée").sees("17/11/2027")
    worker.go(page).sees("Des absences répétées.", "aucune à ce jour")
    secretary.go(page).confirm().fill({"Ce que la personne répond": "Elle était malade."})
    secretary.press("Enregistrer les observations").told("Observations enregistrées").sees("Elle était malade.")
    prefect.go(page).follow("Fin anticipée")
    prefect.fill({"Motifs de droit": "Article L. 121-9.", "Motifs de fait": "Des absences répétées."})
    prefect.press("Signer la fin anticipée").sees("La personne peut répondre jusqu'au 17/11/2027")
    prefect.go(page).press("Renoncer à cette fin").told("le parcours continue")


def test_a_misprint_is_corrected_by_another_order(desks, told):
    prefect, worker = desks("pre"), desks("ref")
    prefect.go(told["decision"]).confirm().follow("Rectifier une erreur")
    prefect.pick("L'erreur porte sur", "une autre mention (nom d'un service, article, numéro…)")
    prefect.fill({"Ce qui est écrit": "Préfecure", "Ce qu'il faut lire": "Préfecture"})
    prefect.fill({"Pourquoi c'est une erreur matérielle": "Une lettre manque."})
    prefect.press("Signer la rectification").told("Rectification signée").sees("Au lieu de", "Préfecure")
    worker.go(told["decision"]).sees("est rectifiée par celui du 02/11/2027").follow("Voir la rectification")
    worker.sees("Il faut lire")


def test_she_moves_and_her_clock_goes_on(desks, told):
    worker, there, dossier = desks("ref"), desks("ref34"), told["dossier"]
    there.go(f"/dossiers/{dossier}/", status=404)
    worker.go(f"/journeys/{dossier}/").confirm()
    with worker.within(6, "24. Move a person to another department"):
        worker.follow("Transférer dans un autre département")
        worker.main.get_by_role("combobox").select_option(label="34 · Association du Rivage")
        worker.press("Continuer").choose("Nouvelle personne référente", "Jessy Olmières")
        worker.fill({"Raison du transfert": "Elle a trouvé un logement."}).press("Transférer le dossier")
    worker.told("Dossier transféré")
    worker.go(f"/dossiers/{dossier}/", status=404).go(f"/journeys/{dossier}/", status=404)
    desks("mgr").go(f"/dossiers/{dossier}/", status=404)
    desks("emp").go(f"/dossiers/{dossier}/", status=404)
    there.go(f"/journeys/{dossier}/").sees("Mois 21 sur 24", "15/02/2028", "Transfert du 31 au 34")


def test_she_leaves_with_an_outcome(desks, told):
    there, dossier = desks("ref34"), told["dossier"]
    there.server.day("2028-01-10")
    there.go(f"/journeys/{dossier}/").follow("Enregistrer la fin du parcours")
    there.fill({"Fin du parcours le": "10/01/2028"})
    there.choose("Raison", "emploi durable").choose("Où elle va", "emploi durable (sans terme, ou six mois et plus)")
    there.press("Enregistrer la fin du parcours").told("Fin du parcours enregistrée")
    there.confirm().go(f"/journeys/{dossier}/").sees("Parcours terminé le 10/01/2028", "Emploi durable")


# --- what is left of her words on the machine -----------------------------------------------------------------------
def test_no_word_of_hers_is_readable_on_the_server(desks, told):
    server = desks.server
    assert found(server, SECRETS) == []
    assert list((server.data / "media").rglob("*")), "her paper was kept, sealed"
    assert found(server, [told["number"]]), "the search finds what is in clear by design"
    verified = server.run("-m", "jalon.cli", "journal", "verify", "--records", check=False)
    assert verified.returncode == 0, verified.stdout
