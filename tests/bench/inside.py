"""Measurements inside one process, one core: python inside.py law|matching|deadlines|trail|sealing N. Prints one JSON object."""

import json
import os
import sys
import tempfile
import time
from datetime import date, timedelta
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))


def law(n):
    """Journeys of one to four orders through the law room."""
    from jalon.law.journey import Order, journey

    base = date(2023, 1, 2)
    cases = []
    for i in range(500):
        first = base + timedelta(days=i)
        orders = [Order("authorise", first)]
        for k in range(1, i % 4 + 1):
            orders.append(Order("renew", first + timedelta(days=182 * k - 10)))
        cases.append((orders, first + timedelta(days=i % 700)))
    t0 = time.perf_counter()
    for i in range(n):
        orders, as_of = cases[i % 500]
        journey(orders, as_of=as_of)
    seconds = time.perf_counter() - t0
    return {"journeys": n, "seconds": round(seconds, 2), "per_second": round(n / seconds), "goal": 5_000}


def matching(n):
    """One profile, then n, against 10,000 offers read once into facts: reasons, questions, evidence and order of each."""
    from jalon.offers.matching import compute, profile
    from jalon.offers.matching import travel as roads

    data = ROOT / "jalon" / "offers" / "tests" / "data"
    offers = json.loads((data / "offers.json").read_text(encoding="utf-8"))
    texts = json.loads((data / "readings.json").read_text(encoding="utf-8"))["texts"]
    people = json.loads((data / "cases.json").read_text(encoding="utf-8"))["profiles"]
    today, travel = date(2026, 11, 23), roads.read(offers["travel"])
    communes = sorted(travel.places.codes)
    rows = []
    for i in range(10_000):  # our own words, each at another place under another contract: no two offers are alike
        text = texts[i % len(texts)]
        rows.append(
            {**offers["jobs"][i % 31], "id": f"{i:06d}", "intitule": text["title"], "romeCode": text["rome"]}
            | {"description": f"{text['text']} Offre {i}.", "lieuTravail": {"commune": communes[i % len(communes)]}}
        )
    t0 = time.process_time()
    facts = compute.read_jobs(rows, today, travel)
    read = time.process_time() - t0
    t0 = time.process_time()
    compute.match_all(profile.read(people[0], "profile", travel.places), facts, travel, today)
    one = time.process_time() - t0
    shown = 0
    t0 = time.process_time()
    for i in range(n):
        person = profile.read(people[i % len(people)], "profile", travel.places)
        shown += len(compute.match_all(person, facts, travel, today)[1])
    every = time.process_time() - t0
    return {
        "offers": len(facts), "read_ms_each": round(read / len(facts) * 1000, 2), "one_seconds": round(one, 3), "one_goal": 0.5,
        "profiles": n, "all_seconds": round(every, 1), "all_goal": round(60 * n / 200, 1), "shown": shown,
    }  # fmt: skip


def _database():
    """A throw-away installation with its tables."""
    folder = tempfile.mkdtemp(prefix="jalon-inside-")
    os.environ.update(
        JALON_DATA_DIR=f"{folder}/data",
        JALON_KEY_DIR=f"{folder}/keys",
        DATABASE_URL=f"sqlite:///{folder}/data/jalon.sqlite3",
        DJANGO_SETTINGS_MODULE="jalon.config.settings",
    )
    Path(folder, "data").mkdir()
    from jalon.vault.providers import create_keys

    create_keys(Path(folder, "keys"))
    import django

    django.setup()
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    return folder


def deadlines(n):
    """The end of the running period and its targets, computed again from the orders."""
    from jalon.law.journey import Order, journey

    first = date(2026, 1, 5)
    orders = [[Order("authorise", first + timedelta(days=i % 180))] for i in range(n)]
    t0 = time.perf_counter()
    planned = 0
    for listed in orders:
        found = journey(listed)
        period = found.periods[-1]
        planned += 1 + len(period.reminders)
    seconds = time.perf_counter() - t0
    return {"journeys": n, "deadlines": planned, "seconds": round(seconds, 1), "goal_s_for_100000": 60}


def trail(n):
    import shutil

    folder = _database()
    from django.db import transaction

    from jalon.access import SYSTEM
    from jalon.journal import trail as chain
    from jalon.journal.cli import main as journal

    step = 5_000
    for start in range(0, n, step):
        with transaction.atomic():
            chain.append([chain.event(SYSTEM, "read", compartment="C10") for _ in range(min(step, n - start))])
    t0 = time.perf_counter()
    sys.stdout, kept = open(os.devnull, "w"), sys.stdout
    status = journal(["verify"])
    sys.stdout = kept
    seconds = time.perf_counter() - t0
    shutil.rmtree(folder, ignore_errors=True)
    return {"events": n, "seconds": round(seconds, 1), "status": status, "goal_s_for_1000000": 60}


def sealing(folder):
    """The caseload's read with its unsealing, and the same with the unsealing replaced by ready data."""
    folder = Path(folder)
    os.environ.update(
        JALON_DATA_DIR=str(folder / "data"),
        JALON_KEY_DIR=str(folder / "keys"),
        DATABASE_URL=f"sqlite:///{folder / 'data' / 'jalon.sqlite3'}",
        DJANGO_SETTINGS_MODULE="jalon.config.settings",
        JALON_CLOCK_OVERRIDE="1",
    )
    import statistics

    import django

    django.setup()
    from django.test import Client

    from jalon.accounts.models import User
    from jalon.accounts.tests.factories import sign_in
    from jalon.vault.models import Sealed

    client = Client(headers={"host": "localhost"})
    sign_in(client, User.objects.get_by_natural_key("worker000"))
    real = Sealed.unseal
    data = {"alias": "Alizé 123", "name": "Worker 000"}

    def p50(n=60):
        runs = []
        for _ in range(n):
            t0 = time.perf_counter()
            answer = client.get("/")
            runs.append(time.perf_counter() - t0)
            assert answer.status_code == 200, answer.status_code
        return statistics.median(runs) * 1000

    p50(10)
    pairs = []
    for _ in range(5):
        Sealed.unseal = real
        sealed = p50(20)
        Sealed.unseal = lambda self, wrapped=None: data
        pairs.append((sealed, p50(20)))
    Sealed.unseal = real
    ratios = [a / b for a, b in pairs]
    return {
        "sealed_ms": round(statistics.median(a for a, _ in pairs), 2),
        "clear_ms": round(statistics.median(b for _, b in pairs), 2),
        "ratio": round(statistics.median(ratios), 2),
        "goal": 1.3,
    }


if __name__ == "__main__":
    what, argument = sys.argv[1], sys.argv[2]
    function = {"law": law, "matching": matching, "deadlines": deadlines, "trail": trail, "sealing": sealing}[what]
    print(json.dumps(function(argument if what == "sealing" else int(argument))))
