"""The world ``story``: the Gard in 2019 and 2020, the Hérault and the Isère until 2026, told day by day."""

from collections.abc import Callable
from datetime import date, timedelta

from django.db.models import Q

from jalon.config import clock
from jalon.demo.folder import STORY_DAYS, Mark
from jalon.demo.progress import Progress
from jalon.demo.timeline import Timeline
from jalon.people import actions as people

from . import cast, elsewhere, market, meetings, partnership, pathways, persons, requests
from .world import World, must

GARD, OTHERS = "30", ("34", "38")
ONE = timedelta(days=1)
FAR = date(2031, 1, 1)


def last_day(department: str) -> date:
    """The day on which the accounts of this department live: nothing later has happened."""
    return date.fromisoformat(STORY_DAYS.get(department) or STORY_DAYS["*"])


def _gard(world: World, timeline: Timeline, until: date) -> None:
    """The Gard, its convention, and what two later meetings of the Hérault decide for one of its files."""
    partnership.plan(world, timeline)
    market.plan(world, timeline)
    cast.plan_department(world, timeline, GARD)
    _department(world, timeline, until, lambda department: department == GARD)


def _others(world: World, timeline: Timeline, until: date) -> None:
    for department in OTHERS:
        cast.plan_department(world, timeline, department)
    elsewhere.plan(world, timeline)
    _department(world, timeline, until, lambda department: department != GARD)


def _department(world: World, timeline: Timeline, until: date, mine: Callable[[str], bool]) -> None:
    for meeting in world.meetings:
        if mine(meetings.department_of(meeting)):
            meetings.plan(world, timeline, meeting, until)
    for story in world.dossiers:
        if not mine(story["department"]):
            continue
        asked = requests.of(world, story)
        persons.plan(world, timeline, story, until, asked[0].created_on)
        for request in asked:
            requests.plan(world, timeline, story, request)
        earlier = requests.EARLIER_DECISIONS.get(story["id"])
        if earlier:
            pathways.plan(world, timeline, {**story, "decision": earlier, "parcours": None}, until)
        pathways.plan(world, timeline, story, until)


def load_story(mark: Mark) -> dict[str, str]:
    """Each department until its day. Return the public ids of the accounts, by their name in the world."""
    world = World()
    gard, others = Timeline(), Timeline()
    cast.plan(world, gard)
    _gard(world, gard, last_day(GARD))
    _others(world, others, last_day("*"))
    bar = Progress("monde", gard.upto(last_day(GARD)) + others.upto(last_day("*")))
    done = gard.run(last_day(GARD), bar)
    with clock.at(last_day(GARD)):
        people.let_pass()
    others.run(last_day("*"), lambda ran: bar(done + ran))
    with clock.at(last_day("*")):
        people.let_pass(~Q(department=GARD))
    bar.done()
    return world.ids


def live_on(mark: Mark) -> None:
    """The rest of the Gard's life, from the day after the one on which its accounts live."""
    world, timeline = World(mark.ids), Timeline()
    _gard(world, timeline, FAR)
    timeline.skip(last_day(GARD))
    bar = Progress("suite", len(timeline))
    timeline.run(None, bar)
    bar.done()


__all__ = ["last_day", "live_on", "load_story", "must"]
