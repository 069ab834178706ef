"""The synthetic services, trainings and offers of the Gard, kept through the actions."""

import json
from pathlib import Path

from jalon.access import SYSTEM
from jalon.offers import actions, inclusion, lheo
from jalon.offers.models import Service
from tests.standins.francetravail import OFFERS

DATA = Path(__file__).parent / "data"
SERVICES, TRAININGS = DATA / "services-sample.json", DATA / "trainings-gard.json"


def keep_services():
    actions.import_catalogue(SYSTEM, inclusion.load(SERVICES.read_bytes()))
    return {row.number.removeprefix("psp-gard--sv-"): row for row in Service.objects.all()}


def keep_trainings():
    records, problems = lheo.read(TRAININGS.read_bytes())
    assert not problems
    actions.import_trainings(SYSTEM, "catalogue", records)


def keep_offers(offers=OFFERS, department="30", gone=()):
    offers = json.loads(json.dumps(list(offers)))
    return actions.record_offers(SYSTEM, department, offers=offers, gone=gone, total=len(offers))
