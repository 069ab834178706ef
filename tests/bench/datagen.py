"""Deterministic case-list data, independent of any framework.

generate(n) yields ("worker", row), ("team", row), ("membership", row), ("case", row),
("note", row), ("event", row), ("attachment", row) as plain tuples, so that any system can
load exactly the same rows. Per case: 5 notes (median 240 characters), 3 events, 2 attachment
records (metadata only). 20 teams, 100 workers; worker k belongs to team k % 20 and, one in
five, to a second team. A case belongs to one team and one worker of that team, so a worker
sees 1/20 or 2/20 of the cases. Five statuses with skewed weights; openings spread over 36 months.
"""

import datetime as dt
import random

STATUSES = ["new", "open", "waiting", "closed", "archived"]
WEIGHTS = [8, 42, 15, 25, 10]
FIRST = [
    "Amina",
    "Bruno",
    "Chloé",
    "Djibril",
    "Élise",
    "Farid",
    "Grâce",
    "Hugo",
    "Inès",
    "Jean",
    "Karim",
    "Léa",
    "Mohamed",
    "Nadia",
    "Omar",
    "Paul",
    "Rachid",
    "Sarah",
    "Thomas",
    "Yasmine",
    "Zoé",
    "Anouk",
    "Blaise",
    "Corentin",
    "Diane",
    "Fatou",
    "Gaëlle",
    "Ibrahim",
    "Josiane",
    "Kévin",
    "Louise",
    "Malik",
    "Noémie",
    "Oriane",
    "Pascal",
    "Rokia",
    "Samir",
    "Tiphaine",
    "Ulysse",
    "Viviane",
]
LAST = [
    "Martin",
    "Bernard",
    "Dubois",
    "Thomas",
    "Robert",
    "Richard",
    "Petit",
    "Durand",
    "Leroy",
    "Moreau",
    "Simon",
    "Laurent",
    "Lefebvre",
    "Michel",
    "Garcia",
    "David",
    "Bertrand",
    "Roux",
    "Vincent",
    "Fournier",
    "Morel",
    "Girard",
    "André",
    "Mercier",
    "Dupont",
    "Lambert",
    "Bonnet",
    "François",
    "Martinez",
    "Legrand",
    "Garnier",
    "Faure",
    "Rousseau",
    "Blanc",
    "Guérin",
    "Muller",
    "Henry",
    "Roussel",
    "Nicolas",
    "Perrin",
    "Morin",
    "Mathieu",
    "Clément",
    "Gauthier",
    "Dumont",
    "Lopez",
    "Fontaine",
    "Chevalier",
    "Robin",
    "Masson",
    "Sanchez",
    "Gérard",
    "Nguyen",
    "Boyer",
    "Denis",
    "Lemaire",
    "Duval",
    "Joly",
    "Gautier",
    "Roger",
    "Roche",
    "Roy",
    "Noël",
    "Meyer",
    "Diallo",
    "Traoré",
    "Keita",
    "Cissé",
    "Benali",
    "Haddad",
    "Mansouri",
    "Ouattara",
    "Camara",
    "Konaté",
    "Sow",
    "Ndiaye",
]
CITIES = [
    "Lille",
    "Roubaix",
    "Tourcoing",
    "Lens",
    "Arras",
    "Amiens",
    "Rouen",
    "Caen",
    "Rennes",
    "Brest",
    "Nantes",
    "Angers",
    "Tours",
    "Orléans",
    "Dijon",
    "Lyon",
    "Grenoble",
    "Valence",
    "Nîmes",
    "Toulon",
]
WORDS = [
    "appel",
    "rendez-vous",
    "logement",
    "dossier",
    "courrier",
    "préfecture",
    "emploi",
    "formation",
    "santé",
    "entretien",
    "famille",
    "école",
    "transport",
    "budget",
    "aide",
    "demande",
    "attente",
    "réponse",
    "accord",
    "refus",
    "visite",
    "suivi",
    "partenaire",
    "bilan",
    "projet",
    "difficulté",
    "démarche",
    "urgence",
    "relais",
    "orientation",
]
KINDS = ["call", "visit", "meeting", "letter"]
N_TEAMS, N_WORKERS = 20, 100
BASE = dt.date(2023, 1, 1)


def text(r, n_words):
    return " ".join(r.choice(WORDS) for _ in range(n_words)).capitalize() + "."


def worker_teams(k):
    """team ids (1-based) of worker k (0-based)"""
    t = [k % N_TEAMS + 1]
    if k % 5 == 0:
        t.append((k + 7) % N_TEAMS + 1)
    return t


def generate(n, seed=20260101):
    r = random.Random(seed)
    for t in range(1, N_TEAMS + 1):
        yield "team", (t, f"Équipe {t:02d}")
    for k in range(N_WORKERS):
        yield "worker", (k + 1, f"worker{k:03d}", r.choice(FIRST), r.choice(LAST))
        for t in worker_teams(k):
            yield "membership", (k + 1, t)
    note = event = att = 0
    for i in range(1, n + 1):
        k = r.randrange(N_WORKERS)
        team = worker_teams(k)[0]
        opened = BASE + dt.timedelta(days=r.randrange(36 * 30))
        status = r.choices(STATUSES, WEIGHTS)[0]
        closed = opened + dt.timedelta(days=r.randrange(30, 300)) if status in ("closed", "archived") else None
        yield (
            "case",
            (
                i,
                f"DOS-{i:07d}",
                r.choice(FIRST),
                r.choice(LAST),
                dt.date(1945 + r.randrange(60), r.randrange(1, 13), r.randrange(1, 29)),
                status,
                opened,
                closed,
                k + 1,
                team,
                r.choice(CITIES),
                f"06{r.randrange(10**8):08d}",
                text(r, 20),
            ),
        )
        for j in range(5):
            note += 1
            yield (
                "note",
                (
                    note,
                    i,
                    r.randrange(N_WORKERS) + 1,
                    dt.datetime.combine(opened, dt.time(9)) + dt.timedelta(days=7 * j),
                    text(r, 32),
                ),
            )
        for j in range(3):
            event += 1
            yield "event", (event, i, r.choice(KINDS), opened + dt.timedelta(days=10 * j), text(r, 5))
        for j in range(2):
            att += 1
            yield "attachment", (att, i, f"piece-{att:07d}.pdf", "application/pdf", r.randrange(10_000, 2_000_000))
