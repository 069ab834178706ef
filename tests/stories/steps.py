"""What the stories of a department do by the forms of its pages, without any script: each step by whoever may do it."""

import re

from tests.browser.visitor import Visitor, words

# Every place of the composition, filled by whom; without an account the seat is counted all the same.
SEATS = (
    ("chair", "préfet, présidence", "pref-31", "pre"),
    ("magistrate", "magistrat judiciaire", "pref-31", "mem2"),
    ("social_cohesion", "emploi, travail, solidarités", "ddets-31", ""),
    ("police", "police nationale", "pref-31", ""),
    ("gendarmerie", "gendarmerie", "pref-31", ""),
    ("foreigners", "service des étrangers", "pref-31", ""),
    ("education", "éducation nationale", "pref-31", ""),
    ("doctor", "ordre des médecins", "conseil-31", ""),
    ("local_authority", "conseil départemental", "conseil-31", "mem1"),
    ("association", "association agréée", "autre", "mem3"),
    ("", "association agréée", "roseraie", "memr"),
)
LAW = "Article L. 121-9 du code de l'action sociale et des familles."


def by_forms(desks, *names):
    """The accounts at their pages without any script, their identity confirmed."""
    opened = [Visitor.beside(desks(name).go("/").confirm()) for name in names]
    for visitor in opened:
        visitor.get("/aide/")  # its token
    return opened


def post(visitor, page, **given):
    """One form sent whole to its address, accepted; returns where it leads."""
    answer = visitor.post(page, given)
    assert answer.status in (302, 303), f"{visitor.id}: {page} gave {answer.status}\n{words(answer.text)}"
    return answer.headers["location"]


def sent(address):
    """The identifier that an address holds."""
    return re.search(r"/([\w-]{22})/", address)[1]


def dossier_of(told, alias):
    return told[alias]["dossier"]


ANSWERS = {
    "residence": {"permit_type": "none"},
    "family": {"children_situation": "none"},
    "housing": {"housing_status": "hosted"},
    "health_rights": {"health_cover": "ame"},
    "resources": {"resources_last_month": "120"},
    "project": {"goal": "Couturière en atelier", "goal_kind": "employment"},
    "commitments": {"commitments_0_text": "Venir aux rendez-vous fixés ensemble"},
    "related_requests": {"ask_aps": "oui", "ask_afis": "oui", "children": "0"},
}
OPINION = {"sense": "favourable", "reasons": "Présence régulière."}


def prepare(worker, manager, told, alias):
    """From the first contact to the manager's signature."""
    who = {"given_name": "Invention", "family_name": "Deplume", "birth_date": "1996", "nationality": "NGA"}
    dossier = sent(post(worker, "/dossiers/new/", language="bin", alias=alias))
    here = f"/dossiers/{dossier}/"
    post(worker, f"{here}identity/", alias=alias, **who, languages_0_code="bin", french_level="A2")
    post(worker, f"{here}agreements/new/", language="bin", read_back="on")
    request = sent(post(worker, f"{here}application/"))
    told[alias] = {"dossier": dossier, "request": request}
    for part, answers in ANSWERS.items():
        post(worker, f"/applications/{request}/parts/{part}/", **answers, state="done", revision="0")
    finish(worker, manager, request)


def finish(worker, manager, request):
    """The parts written anew for each request, then read back to her and signed."""
    page = f"/applications/{request}/"
    summary = "Accompagnée chaque semaine. Elle avance dans son projet."
    post(worker, f"{page}parts/summary/", summary=summary, state="done", revision="0")
    post(worker, f"{page}parts/opinion/", **OPINION, state="done", revision="0")
    post(worker, f"{page}pieces/", code="signed_request", received_on="12/01/2026")
    post(worker, f"{page}review/")
    post(worker, f"{page}read-back/", language="bin", sure="on")
    post(manager, f"{page}sign/")


def submit(worker, told, alias):
    page = f"/applications/{told[alias]['request']}/"
    post(worker, f"{page}submit/")
    told[alias]["number"] = re.search(r"(?<!R-)31-2026-\d{4}(?!\d)", worker.get(f"{page}receipt/").text)[0]


def roll_call(desks, meeting, there):
    """Those of these places are present, the others absent."""
    (secretary,) = by_forms(desks, "sec")
    form = secretary.get(f"{meeting}attendance/").text
    rows = re.findall(r'<label class="vh" for="id_presence_([\w-]+)">([^<]+)', form)
    assert len(rows) == len(SEATS)
    colleges = [(college, NAMES[organisation]) for place, college, organisation, _user in SEATS if place in there]
    said = {f"presence_{key}": "present" if any(set(one) <= set(label.split(" — ")) for one in colleges) else "absent"
            for key, label in rows}  # fmt: skip
    assert list(said.values()).count("present") == len(there)
    secretary.send(f"{meeting}attendance/", said)


NAMES = {
    "roseraie": "Association La Roseraie",
    "autre": "Association Les Tilleuls",
    "pref-31": "Préfecture de la Haute-Garonne",
    "ddets-31": "DDETS de la Haute-Garonne",
    "conseil-31": "Conseil départemental de la Haute-Garonne",
}


def points(secretary, meeting):
    """The address of each point of a meeting, by number."""
    listed = re.findall(r'href="(/meetings/points/[\w-]+/)"[^>]*>\d+\. (31-2026-\d+)', secretary.get(meeting).text)
    return {number: address for address, number in listed}


def notify(desks, told, *aliases):
    (secretary,) = by_forms(desks, "sec")
    for alias in aliases:
        secretary.send(told[alias]["decision"], action="/notify/")


def hold(desks, told, on, votes, *, convened):
    """A meeting of the requests that wait: from its creation to its signed minutes, everyone present."""
    server = desks("sec").server
    server.day(convened)
    (secretary,) = by_forms(desks, "sec")
    meeting = secretary.send("/meetings/new/", {"on": "/".join(reversed(on.split("-")))})
    secretary.send(meeting, action="/agenda/")
    secretary.send(meeting, action="/convene/")
    server.day(on)
    (secretary,) = by_forms(desks, "sec")
    secretary.send(f"{meeting}attendance/")
    secretary.send(meeting, action="/open/")
    for number, point in points(secretary, meeting).items():
        alias = next(one for one in votes if told[one]["number"] == number)
        secretary.send(point, votes[alias], "/opinion/")
    secretary.send(meeting, action="/close/")
    secretary.send(f"{meeting}minutes/", action="/sign/")
    return meeting


def decide(desks, told, alias, **given):
    """One decision, drafted, signed and notified."""
    secretary, prefect = by_forms(desks, "sec", "pre")
    decision = secretary.send(f"/decisions/requests/{told[alias]['request']}/", given)
    prefect.send(decision, action="/sign/")
    secretary.send(decision, action="/notify/")
    told[alias]["decision"] = decision
    return decision
