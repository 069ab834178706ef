"""Run apart on the department ``gard``: what the story of the partnership needs and other stories already tell.

``python -m tests.stories.partnership_apart WHAT …``: ``person REF`` (a request that is being made), ``market`` (the
offers, trainings and services of the demonstration), ``wishes REF DOSSIER``, ``pathway REF MGR SEC PRE DOSSIER`` (the
commission, the decision, a permit), ``measure``. Prints what it made as JSON.
"""

import json
import sys
from datetime import date, timedelta
from typing import Any

PERSON, PATHWAY = date(2020, 1, 10), date(2020, 3, 2)
MEASURED = (date(2020, 4, 1), date(2020, 10, 1))


def actor(membership_id: str) -> Any:
    from jalon.directory.models import Membership
    from jalon.directory.tests.factories import actor_of

    return actor_of(Membership.objects.select_related("user").get(pk=membership_id), stepped_up=True)


def person(ref: str) -> dict[str, str]:
    """Her agreement, and a request that nobody has sent."""
    from jalon.config import clock
    from jalon.dossiers import actions
    from jalon.people import actions as people

    identity = {"given_name": "Blessing", "family_name": "Deplume", "birth_date": "1994-03", "nationality": "NGA"}
    with clock.at(PERSON):
        dossier = people.open_dossier(actor(ref), alias="Alizé", languages=["en"], contact={}, identity=identity)
        people.record_agreement(actor(ref), dossier, language="en")
        application = actions.open_application(actor(ref), dossier)
    return {"dossier": dossier.pk, "application": application.pk}


def market() -> dict[str, str]:
    from jalon.access import SYSTEM
    from jalon.config import clock
    from jalon.demo.story import market as demo
    from jalon.offers import actions, inclusion, lheo

    with clock.at(date(2020, 2, 20)):
        demo._ask()
        actions.import_travel(SYSTEM, "30", demo._read("travel.json"))
        later = demo.LATER - timedelta(days=34)  # the lessons of French begin once she is in her pathway
        trainings, _problems = lheo.read(json.dumps(demo.moved(demo._read("trainings.json"), later)).encode())
        actions.import_trainings(SYSTEM, "catalogue", trainings)
        services = json.dumps(demo.moved(demo._read("services.json"), demo.OLDER)).encode()
        actions.import_catalogue(SYSTEM, inclusion.load(services))
    return {}


def wishes(ref: str, dossier: str) -> dict[str, str]:
    from jalon.config import clock
    from jalon.demo.story.market import WISHES
    from jalon.offers import actions
    from jalon.people import access

    with clock.at(date(2020, 2, 20)):
        actions.note_wishes(actor(ref), access.seen(actor(ref), dossier), WISHES["30-2019-001"])
    return {}


def pathway(ref: str, mgr: str, sec: str, pre: str, dossier: str) -> dict[str, str]:
    """Her request is sent, the commission favours it, the préfet decides, it is notified, her permit is noted."""
    from jalon.config import clock
    from jalon.directory.models import Membership
    from jalon.dossiers import actions
    from jalon.dossiers.models import Application
    from jalon.dossiers.tests.factories import fill, sign
    from jalon.journeys import actions as journeys
    from jalon.journeys.tests.factories import make_notified, make_opined
    from jalon.people import access
    from jalon.people.tests.factories import Team

    members = {row.pk: row for row in Membership.objects.select_related("user", "organisation")}
    team = Team(members[ref].organisation, "30")
    team.__dict__ |= {"ref": members[ref], "mgr": members[mgr], "sec": members[sec], "pre": members[pre]}
    with clock.at(PATHWAY):
        application = Application.objects.get(dossier=dossier)
        application.dossier = access.seen(actor(ref), dossier)
        fill(actor(ref), application)
        sign(team, application)
        actions.submit_application(actor(ref), application)
        actions.declare_complete(actor(sec), application)
        decision = make_notified(team, make_opined(team, application))
    with clock.at(decision.notified_on):
        mine = access.seen(actor(ref), dossier)
        journeys.record_permit(actor(ref), mine, kind="aps_l425_4", issued_on=clock.today(), number="30-774")
    return {"starts_on": str(decision.effective_on)}


def measure() -> dict[str, int]:
    from jalon.config import clock
    from jalon.conventions import actions

    taken = 0
    for day in MEASURED:
        with clock.at(day):
            taken += actions.measure_all()
    return {"taken": taken}


def main(what: str, *given: str) -> None:
    import django

    django.setup()
    makers = {"person": person, "market": market, "wishes": wishes, "pathway": pathway, "measure": measure}
    json.dump(makers[what](*given), sys.stdout)


if __name__ == "__main__":
    main(*sys.argv[1:])
