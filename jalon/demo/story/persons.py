"""Each person's file and the joint support: contact, agreements, shares, notes, thread, plan, appointments, scales."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

from jalon.access import Actor
from jalon.config import clock
from jalon.conventions import actions as conventions
from jalon.conventions.models import Convention
from jalon.demo import accounts
from jalon.demo.timeline import OPENING, SUPPORT, Timeline
from jalon.people import actions as people
from jalon.people.models import Share
from jalon.people.states import AssignmentKind
from jalon.support import actions as support
from jalon.support import families
from jalon.support.models import Appointment, LiaisonMessage, Objective, Placement, PlanStep
from jalon.support.states import PlacementKind, Rater

from .pathways import report_changes
from .world import MANAGERS, World, day, must

ONE = timedelta(days=1)
LEVELS = {"A0": "none", "natif": "fluent", "courant": "fluent", "B1 oral": "B1"}
# The world scores eight domains from 1 to 5, with her: four of them are scales of the product, from 0 to 4.
DOMAINS = {"hebergement": "housing", "sante": "health", "ressources": "money", "langue": "french"}
KINDS = {"entretien": "interview", "telephone": "phone", "demarche": "errand", "evenement": "event"}
VISIBILITIES = {"equipe": "team", "prive": "private", "partage_emploi": "shared"}
AGENCY_WORDS = ("Français", "CQP", "CAP", "Titre", "Tests", "CléA", "Emploi", "CDI", "Contrat", "Immersion", "Lire")
# The aim of an action, by its first words; the others serve her project.
AIMS = {
    "Français": "26.0",
    "Lire": "26.0",
    "CléA": "26.0",
    "Logement": "27.3",
    "Mode de garde": "24.1",
    "Soins": "care.0",
}
DIAGNOSIS = "Diagnostic partagé fait ensemble."
# Five of the seven pairs are named with the convention; the two others come with the shares.
PAIRS_ON = date(2020, 2, 20)
PAIRS = ("30-2019-001", "30-2019-003", "30-2019-005", "30-2019-006", "30-2019-007")
DEPUTY = {"ts-maiwenn": "ts-idris", "ts-idris": "ts-maiwenn"}
DELEGATIONS = (("30-2019-001", "ts-idris", date(2020, 1, 20), date(2020, 7, 19)),
               ("30-2019-002", "ts-idris", date(2021, 7, 1), date(2021, 9, 30)))  # fmt: skip
REVIEW_EVERY = timedelta(days=80)
SPACES_ON = date(2020, 2, 5)

Act = Callable[[], object]


def plan(world: World, timeline: Timeline, story: dict[str, Any], until: date, opened: date) -> None:
    """Everything about one person that is neither her request nor her pathway."""
    number = story["id"]
    timeline.add(opened, OPENING, lambda: _open(world, story))
    for when in _reviews(story, until, opened):
        timeline.add(when, SUPPORT, _by_referent(world, number, lambda actor, dossier: people.update_safe_contact(
            actor, dossier, data={})))  # fmt: skip
    if mine := [account for account in world.persons if account.dossier == number]:
        timeline.add(SPACES_ON, SUPPORT, _by_referent(world, number, lambda actor, dossier: accounts.open_space(
            mine[0], actor, dossier)))  # fmt: skip
    for share in story["share_agreements"]:
        if share["scope"] != "transfert":  # her agreement to move is in the transfer itself
            _share(world, timeline, story, share)
    if not story["share_agreements"] and story.get("employment") and story["employment_adviser_id"]:
        registered = day(story["employment"].get("ft_registered_on"))
        if registered:
            timeline.add(registered, SUPPORT, lambda: _assign_adviser(world, story))
    for scale in story["scales"]:
        timeline.add(must(scale["date"]), SUPPORT, _scale(world, number, scale))
    for note in story["notes"]:
        timeline.add(must(note["date"]), SUPPORT, _note(world, number, note))
    for message in story["liaison"]:
        timeline.add(must(message["date"]), SUPPORT, _message(world, number, message))
    for appointment in story["appointments"]:
        _appointment(world, timeline, number, appointment)
    for placement in (story.get("employment") or {}).get("placements", ()):
        _placement(world, timeline, number, placement)
    _steps(world, timeline, story)
    for dossier, colleague, starts, ends in DELEGATIONS:
        if dossier == number:
            timeline.add(starts, OPENING, _delegate(world, number, colleague, ends))
    if number in PAIRS:
        timeline.add(PAIRS_ON, SUPPORT, lambda: _pair(world, story))


def _by_referent(world: World, number: str, act: Callable[[Actor, Any], object]) -> Act:
    def run() -> None:
        actor = world.referent(number)
        act(actor, world.dossier(actor, number))

    return run


# --- the file -------------------------------------------------------------------------------------------------
def contact_of(story: dict[str, Any]) -> dict[str, Any]:
    given = story["person"]["contact"]
    kept = {k: v for k, v in given.items() if k not in ("message_lang", "reviewed_on") and v is not None}
    return {**kept, "language": given["message_lang"]}


def identity_of(story: dict[str, Any]) -> dict[str, Any]:
    person = story["person"]
    level = person["french_level_at_entry"]
    masked = bool(person.get("civil_given_name_masked"))
    return {
        "usual_name": person["given_name"] if masked else "",
        "given_name": person["given_name"],
        "family_name": person["family_name"],
        "civil_given_name": person.get("civil_given_name", ""),
        "birth_date": person["birth_date"],
        "gender": person["gender"],
        "nationality": person["nationality"],
        "languages": person["languages"],
        "french_level": LEVELS.get(level, level),
    }


def _open(world: World, story: dict[str, Any]) -> None:
    """First contact, her agreement explained in her language."""
    person = story["person"]
    actor = world.actor(story["referent_user_id"])
    codes = [language["code"] for language in person["languages"]]
    people.open_dossier(
        actor,
        alias=person["alias"],
        languages=codes,
        contact=contact_of(story),
        identity=identity_of(story),
        number=story["id"],
    )
    people.record_agreement(actor, world.dossier(actor, story["id"]), language=codes[0], read_back=True)


def _reviews(story: dict[str, Any], until: date, opened: date) -> list[date]:
    """The way to reach her is checked again with her: on the day that the world gives, else about every 80."""
    given = day(story["person"]["contact"]["reviewed_on"])
    if given:
        return [given] if given > opened else []
    if (story.get("parcours") or {}).get("ended_on") or story["outcome"]["status"] in ("refuse", "retire"):
        return []
    days = (until - opened) // REVIEW_EVERY * REVIEW_EVERY
    return [opened + days] if days else []


def _assign_adviser(world: World, story: dict[str, Any]) -> None:
    actor = world.referent(story["id"])
    adviser = story["employment_adviser_id"]
    people.assign(
        actor,
        world.dossier(actor, story["id"]),
        user=world.user(adviser),
        organisation=world.organisation(world.actor(adviser).organisation_id),
        kind=AssignmentKind.ADVISER,
    )


def _delegate(world: World, number: str, colleague: str, ends: date) -> Act:
    return _by_referent(
        world,
        number,
        lambda actor, dossier: people.assign(
            actor,
            dossier,
            user=world.user(colleague),
            organisation=world.organisation(actor.organisation_id),
            kind=AssignmentKind.DELEGATE,
            ends_on=ends,
        ),
    )


def _share(world: World, timeline: Timeline, story: dict[str, Any], share: dict[str, Any]) -> None:
    number = story["id"]

    def give() -> None:
        actor = world.referent(number)
        dossier = world.dossier(actor, number)
        people.grant_share(
            actor,
            dossier,
            organisation=world.organisation(share["to"]),
            what=share["what"],
            not_shared=share["not_shared"],
            language=share["explained_in"],
        )
        _assign_adviser(world, story)
        support.open_thread(actor, world.dossier(actor, number))

    timeline.add(must(share["given_on"]), OPENING, give)
    revoked = day(share["revoked_on"])
    if revoked and not (story["parcours"] or {}).get("transfers"):  # a transfer ends the shares by itself
        timeline.add(revoked, SUPPORT, lambda: _revoke(world, number, share["to"]))


def _revoke(world: World, number: str, organisation_id: str) -> None:
    row = Share.objects.get(dossier__number=number, organisation=organisation_id, revoked_at=None)
    people.revoke_share(world.referent(number), row)


def _pair(world: World, story: dict[str, Any]) -> None:
    manager = world.actor(MANAGERS[story["association_id"]])
    conventions.name_pair(
        manager,
        world.dossier(manager, story["id"]),
        referent=world.user(story["referent_user_id"]),
        adviser=world.user(story["employment_adviser_id"]),
        convention=Convention.objects.get(starts_on=PAIRS_ON),
        deputy=world.user(DEPUTY[story["referent_user_id"]]),
    )


# --- the support ------------------------------------------------------------------------------------------------
def _scale(world: World, number: str, scale: dict[str, Any]) -> Act:
    values = {DOMAINS[name]: value - 1 for name, value in scale["values"].items() if name in DOMAINS}
    by = Rater.PERSON if scale["filled_with_person"] else Rater.WORKER
    return _by_referent(world, number, lambda actor, dossier: support.fill_scale(actor, dossier, values=values, by=by))


def _note(world: World, number: str, note: dict[str, Any]) -> Act:
    def act() -> None:
        actor = world.actor(note["author"])
        support.write_note(
            actor,
            world.dossier(actor, number),
            text=note["text_fr"],
            kind=KINDS[note["kind"]],
            visibility=VISIBILITIES[note["visibility"]],
        )

    return act


def two_working_days(on: date) -> date:
    found, left = on, 2
    while left:
        found += ONE
        left -= found.weekday() < 5
    return found


def _message(world: World, number: str, message: dict[str, Any]) -> Act:
    def act() -> None:
        actor = world.actor(message["author"])
        dossier = world.dossier(actor, number)
        support.mark_seen(actor, dossier)
        others = LiaisonMessage.objects.filter(dossier=dossier, from_agency=actor.role != "EMP")
        waiting = others.filter(answered_by=None, answer_due_on__isnull=False).order_by("sent_at").last()
        due = two_working_days(clock.today()) if message["needs_answer"] else None
        support.send_message(actor, dossier, text=message["text_fr"], answer_due_on=due, answers=waiting)

    return act


def _appointment(world: World, timeline: Timeline, number: str, appointment: dict[str, Any]) -> None:
    at = datetime.fromisoformat(appointment["at"]).replace(tzinfo=clock.PARIS)
    of_three = "Clément" in appointment["title_neutral"]
    given = {"at": at, "title": appointment["title_neutral"], "place": appointment["place"]}
    make = support.plan_meeting if of_three else support.make_appointment
    made = at.date() - timedelta(days=8 if of_three else 14)
    timeline.add(made, SUPPORT, _by_referent(world, number, lambda actor, dossier: make(actor, dossier, **given)))

    def attended() -> None:
        row = Appointment.objects.get(dossier__number=number, at=at)
        actor = world.referent(number)
        row.dossier = world.dossier(actor, number)
        if of_three:
            meeting = row.joint_meeting
            meeting.dossier = row.dossier
            support.hold_meeting(actor, meeting, outcomes={}, decisions=DIAGNOSIS, read_back=True)
        else:
            support.record_attendance(actor, row, attended=True)

    timeline.add(at.date() + ONE, SUPPORT, attended)


def _kind_of(title: str) -> str:
    """What a placement of the story is, by the words of its title."""
    for word, kind in (("insertion 26 h", PlacementKind.INTEGRATION), ("CDI", PlacementKind.JOB)):
        if word in title:
            return kind
    return PlacementKind.TRAINING


def _placement(world: World, timeline: Timeline, number: str, placement: dict[str, Any]) -> None:
    starts, ends = must(placement["from"]), day(placement["to"])
    title, organisation = world.offer(placement)
    timeline.add(
        starts,
        SUPPORT,
        _by_referent(
            world,
            number,
            lambda actor, dossier: support.record_placement(
                actor,
                dossier,
                title=title,
                kind=_kind_of(title),
                organisation=organisation,
                starts_on=starts,
                result="" if ends else placement["result"],
            ),
        ),
    )
    timeline.add(starts, SUPPORT, lambda: report_changes(world, number))
    if ends:

        def end() -> None:
            row = Placement.objects.select_related("dossier").get(dossier__number=number, starts_on=starts)
            support.end_placement(world.referent(number), row, ends_on=ends, result=placement["result"])

        timeline.add(ends, SUPPORT, end)


def _steps(world: World, timeline: Timeline, story: dict[str, Any]) -> None:
    """The plan is written with her once the decision is explained."""
    number, decision = story["id"], story.get("decision") or {}
    told = day(decision.get("notified_on"))
    for step in story["project"]["steps"] if told else ():
        timeline.add(told + ONE, SUPPORT, _step(world, story, step))  # type: ignore[operator]
        due = must(step["by"])
        done = day(step["done"])
        if done:
            timeline.add(done, SUPPORT, _finish(world, number, due))


def _step(world: World, story: dict[str, Any], step: dict[str, Any]) -> Act:
    """An action of the plan, under the aim that its words tell; her own words are those of her project."""
    text, goal = step["t"], story["project"]["goal_fr"]
    work = "project.1" if story["project"]["goal_kind"] == "formation_qualifiante" else "project.4"
    aim = next((code for words, code in AIMS.items() if text.startswith(words)), work)
    given = {"text": text, "due_on": must(step["by"])}
    given["holder"] = "agency" if text.startswith(AGENCY_WORDS) else "association"

    def act(actor: Actor, dossier: Any) -> None:
        objective = _aim(actor, dossier, aim, goal if aim == work else "")
        support.add_plan_step(actor, dossier, objective=objective, **given)

    return _by_referent(world, story["id"], act)


def _aim(actor: Actor, dossier: Any, aim: str, words: str) -> Objective:
    """The objective of this aim, made at its first action."""
    family, said = families.aim(aim) or (None, "")
    for row in Objective.objects.filter(dossier=dossier, state="open"):
        if row.unseal()["aim"] == said:
            return row
    shared = family is not None and family.shared
    return support.add_objective(actor, dossier, aim=aim, words=words, shared=shared)


def _finish(world: World, number: str, due: date) -> Act:
    def act() -> None:
        rows = PlanStep.objects.select_related("dossier").filter(dossier__number=number, due_on=due, state="todo")
        support.finish_plan_step(world.referent(number), rows.get())

    return act
