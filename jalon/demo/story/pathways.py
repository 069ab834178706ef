"""After the opinion: decisions, AFIS and its payments, permits, appeals, another department, the end."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

from jalon.demo.timeline import DECIDING, LEAVING, NOTIFYING, PAYING, RIGHTS, Timeline
from jalon.journeys import actions
from jalon.journeys.models import AfisMonth, Decision, Permit
from jalon.journeys.states import DecisionKind, ExitKind, PermitKind
from jalon.notices.reads import opened

from .world import MOVED, PREFECTURES, World, day, must

ARTICLES = "Articles L. 121-9 et R. 121-12-9 du code de l'action sociale et des familles."
ROUTES = "Recours gracieux, ou recours devant le tribunal administratif, dans les deux mois."
CAPACITY = "Le préfet, par délégation"
ONE = timedelta(days=1)
# What the world says of an exit, in the words of the product: the first that fits.
OUTCOMES = (
    ("CDI", ExitKind.DURABLE_JOB),
    ("CDD", ExitKind.OTHER_JOB),
    ("Contrat d'insertion", ExitKind.OTHER_JOB),
    ("CAP", ExitKind.QUALIFIED),
    ("CQP", ExitKind.QUALIFIED),
    ("Titre professionnel", ExitKind.QUALIFIED),
    ("Formation", ExitKind.IN_TRAINING),
)
PERMITS = (
    ("récépissé de première", PermitKind.FIRST_RECEIPT),
    ("carte de séjour temporaire", PermitKind.OTHER),
)
APPEALS = {"gracieux": "gracious", "hierarchique": "hierarchical", "contentieux": "court"}
ANSWERS = {"rejet": "rejected", "desistement": "withdrawn", "admis": "granted"}


def plan(world: World, timeline: Timeline, story: dict[str, Any], until: date) -> None:
    """Everything that follows the opinions on one dossier."""
    number, decision, journey = story["id"], story.get("decision") or {}, story.get("parcours")
    accepted = decision.get("type") == "accord"
    meeting = (story.get("submission") or {}).get("session_id")
    if decision.get("signed_on"):
        kind = DecisionKind.AUTHORISE if accepted else DecisionKind.REFUSE
        _decide(world, timeline, number, kind, decision, story["department"])
    elif meeting and story.get("commission_opinion", {}).get("opinion"):
        sat = must(meeting[3:])
        timeline.add(sat + ONE, DECIDING, _draft(world, number, DecisionKind.AUTHORISE, story["department"]))
    _appeals(world, timeline, number, decision.get("appeal"))
    if not journey:
        return
    for period in journey["periods"][1:]:
        department = period.get("department", story["department"])
        if period.get("decision_on"):
            given = {
                "signed_on": period["decision_on"],
                "notified_on": str(must(period["decision_on"]) + ONE),
                "notified_lang": decision.get("notified_lang"),
            }
            _decide(world, timeline, number, DecisionKind.RENEW, given, department)
        elif period.get("session_id"):
            sat = must(period["session_id"][3:])
            timeline.add(sat + ONE, DECIDING, _draft(world, number, DecisionKind.RENEW, department))
    _afis(world, timeline, story)
    _permits(world, timeline, story, until)
    for transfer in journey.get("transfers", ()):
        # The files of the next period are treated by the new department: she has moved before.
        moved = MOVED.get(number) or must(transfer["on"])
        timeline.add(moved, LEAVING, _transfer(world, number, transfer))
        timeline.add(moved + ONE, RIGHTS, lambda: report_changes(world, number))
    _exit(world, timeline, story)


def _draft(world: World, number: str, kind: str, department: str, decision: dict[str, Any] | None = None):  # type: ignore[no-untyped-def]
    adverse = kind == DecisionKind.REFUSE

    def act() -> None:
        actions.draft_decision(
            world.secretary(department),
            world.application(number),
            kind=kind,
            coded=(decision or {}).get("grounds", ()) if adverse else (),
            effective_on=day((decision or {}).get("effective_from")),
            reasons_of_law=ARTICLES if adverse else "",
            reasons_of_fact=(decision or {}).get("reasons_fr", "") if adverse else "",
            appeal_routes=((decision or {}).get("appeal_routes_fr") or ROUTES) if adverse else "",
        )

    return act


def last_decision(number: str) -> Decision:
    found = Decision.objects.filter(dossier__number=number).order_by("-drafted_on", "-id").first()
    if found is None:
        raise LookupError("no decision yet")
    return found


def _decide(
    world: World, timeline: Timeline, number: str, kind: str, decision: dict[str, Any], department: str
) -> None:
    signed = must(decision["signed_on"])
    timeline.add(signed, DECIDING, _draft(world, number, kind, department, decision))
    timeline.add(
        signed,
        DECIDING,
        lambda: actions.sign_decision(
            world.prefect(department),
            world.application(number).decision,
            capacity=CAPACITY,
            service=PREFECTURES[department],
        ),
    )
    notified = day(decision.get("notified_on"))
    if notified:
        language = (decision.get("notified_lang") or "fr")[:2]
        timeline.add(notified, NOTIFYING, _notify(world, number, department, language))


def _notify(world: World, number: str, department: str, language: str) -> Callable[[], None]:
    def act() -> None:
        decision = last_decision(number)
        actions.notify_decision(
            world.secretary(department), decision, language=language, method="remise en main propre"
        )
        actions.explain_decision(world.referent(number), decision, language=language)

    return act


def _appeals(world: World, timeline: Timeline, number: str, appeal: dict[str, Any] | None) -> None:
    while appeal:
        timeline.add(must(appeal["filed_on"]), NOTIFYING, _file(world, number, appeal))
        answered, outcome = (
            appeal.get("answered_on") or appeal.get("closed_on"),
            appeal.get("answer") or appeal.get("status"),
        )
        if answered:
            timeline.add(must(answered), NOTIFYING, _answer(world, number, ANSWERS[str(outcome)]))
        appeal = appeal.get("then")


def _file(world: World, number: str, appeal: dict[str, Any]):  # type: ignore[no-untyped-def]
    return lambda: actions.file_appeal(
        world.referent(number), last_decision(number), kind=APPEALS[appeal["kind"]], filed_on=must(appeal["filed_on"])
    )


def _answer(world: World, number: str, outcome: str):  # type: ignore[no-untyped-def]
    def act() -> None:
        appeal = last_decision(number).appeals.filter(answered_on=None).latest("filed_on")
        actions.answer_appeal(world.secretary(appeal.decision.department), appeal, outcome=outcome)

    return act


# --- AFIS ---------------------------------------------------------------------------------------------------
def _afis(world: World, timeline: Timeline, story: dict[str, Any]) -> None:
    number, afis = story["id"], story["rights"]["afis"]
    prefect = lambda: world.prefect(story["department"])  # noqa: E731
    if not afis["eligible"]:
        refused = must(story["decision"]["signed_on"])
        reason = afis["reason_fr"]
        timeline.add(
            refused,
            RIGHTS,
            lambda: actions.decide_afis(prefect(), _seen(world, story), granted=False, reason=reason),
        )
        return
    payments = afis["payments"]
    children = payments[0]["children"]
    timeline.add(
        must(afis["decided_on"]),
        RIGHTS,
        lambda: actions.decide_afis(
            prefect(), _seen(world, story), granted=True, children=children, reason=afis["reason_fr"]
        ),
    )
    for change in afis.get("changes", ()):
        born = must(change["on"])
        later = payments[-1]["children"]
        timeline.add(born + 2 * ONE, RIGHTS, _children(world, number, born, later))
    for payment in payments:
        if payment["paid_on"]:
            timeline.add(must(payment["paid_on"]), PAYING, _pay(world, number, payment))
    journey = story["parcours"]
    if afis.get("ended_on") and afis["ended_on"] != journey.get("ended_on"):
        ended, why = must(afis["ended_on"]), afis["end_reason_fr"]
        timeline.add(ended, RIGHTS, _end_afis(world, number, ended, why))


def _seen(world: World, story: dict[str, Any]):  # type: ignore[no-untyped-def]
    return world.dossier(world.prefect(story["department"]), story["id"])


def _children(world: World, number: str, on: date, children: int):  # type: ignore[no-untyped-def]
    def act() -> None:
        referent = world.referent(number)
        actions.change_children(referent, world.dossier(referent, number), on=on, children=children)
        report_changes(world, number)

    return act


def _end_afis(world: World, number: str, ended_on: date, reason: str):  # type: ignore[no-untyped-def]
    def act() -> None:
        referent = world.referent(number)
        actions.end_afis(referent, world.dossier(referent, number), ended_on=ended_on, reason=reason)

    return act


def _pay(world: World, number: str, payment: dict[str, Any]):  # type: ignore[no-untyped-def]
    month = must(f"{payment['month']}-01")

    def act() -> None:
        row = AfisMonth.objects.get(dossier__number=number, month=month)
        actions.record_payment(world.referent(number), row, paid_on=must(payment["paid_on"]))

    return act


# --- permits --------------------------------------------------------------------------------------------------
def _permits(world: World, timeline: Timeline, story: dict[str, Any], until: date) -> None:
    number, rights = story["id"], story["rights"]
    for permit in rights.get("aps", ()):
        asked, issued = must(permit["requested_on"]), must(permit["issued_on"])
        if asked <= until < issued:  # on the last day of this run it is asked for, not issued
            timeline.add(asked, RIGHTS, _permit(world, number, PermitKind.APS, asked, None, None, ""))
        timeline.add(
            issued,
            RIGHTS,
            _permit(world, number, PermitKind.APS, asked, issued, must(permit["valid_to"]), permit["number"]),
        )
        extension = permit.get("extension")
        if extension:
            spring = date(2020, 4, 2)
            timeline.add(
                spring, RIGHTS, _extend(world, number, permit, must(extension["until"]), extension["reason_fr"])
            )
    after = rights.get("residence_after")
    if after:
        kind = next(kind for words, kind in PERMITS if after["type"].startswith(words))
        issued = must(after["issued_on"])
        valid_to = None if kind == PermitKind.FIRST_RECEIPT else issued.replace(year=issued.year + 1) - ONE
        timeline.add(issued, RIGHTS, _permit(world, number, kind, None, issued, valid_to, ""))


def _permit(
    world: World,
    number: str,
    kind: str,
    requested_on: date | None,
    issued_on: date | None,
    valid_to: date | None,
    reference: str,
) -> Callable[[], None]:
    def act() -> None:
        referent = world.referent(number)
        actions.record_permit(
            referent,
            world.dossier(referent, number),
            kind=kind,
            requested_on=requested_on,
            issued_on=issued_on,
            valid_to=valid_to,
            number=reference,
        )

    return act


def _extend(world: World, number: str, permit: dict[str, Any], until: date, reason: str):  # type: ignore[no-untyped-def]
    def act() -> None:
        row = Permit.objects.get(dossier__number=number, issued_on=must(permit["issued_on"]))
        actions.extend_permit(world.referent(number), row, extended_to=until, reason=reason)

    return act


# --- moves ------------------------------------------------------------------------------------------------------
def _transfer(world: World, number: str, transfer: dict[str, Any]):  # type: ignore[no-untyped-def]
    def act() -> None:
        referent = world.referent(number)
        actions.transfer(
            referent,
            world.dossier(referent, number),
            to_organisation=world.organisation(transfer["to_association"]),
            to_department=transfer["to_department"],
            new_referent=world.user(transfer["new_referent"]),
            reason=transfer["reason_fr"],
        )

    return act


def report_changes(world: World, number: str) -> None:
    """The referent reports at once what changes while the aid is paid."""
    referent = world.referent(number)
    dossier = world.dossier(referent, number)
    if opened().filter(dossier=dossier.pk, kind="situation_report").exists():
        actions.report_change(referent, dossier)


def outcome_of(story: dict[str, Any]) -> str:
    outcome = story["outcome"]
    words = (outcome.get("employment") or "", outcome.get("qualification") or "", outcome.get("label_fr") or "")
    for said in words:
        for start, code in OUTCOMES:
            if start in said:
                return code
    return ExitKind.OTHER_STEP if outcome["status"] != "sortie_a_la_demande" else ExitKind.STOPPED


def _exit(world: World, timeline: Timeline, story: dict[str, Any]) -> None:
    """The end is written down once the last payment has come and the last document is known."""
    journey, number = story["parcours"], story["id"]
    ended = day(journey.get("ended_on"))
    if ended is None:
        return
    after = (story["rights"].get("residence_after") or {}).get("issued_on")
    payments = [p["paid_on"] for p in story["rights"]["afis"].get("payments", ()) if p["paid_on"]]
    written = max(
        [
            *(must(text) for text in (*payments, *([after] if after else []))),
            *(must(note["date"]) for note in story["notes"]),
            *(must(scale["date"]) for scale in story["scales"]),
            *(must(permit["issued_on"]) for permit in story["rights"].get("aps", ())),
            *(must(p["to"] or p["from"]) for p in (story.get("employment") or {}).get("placements", ())),
            ended,
        ]
    )

    def act() -> None:
        referent = world.referent(number)
        actions.exit_journey(
            referent,
            world.dossier(referent, number),
            reason=journey["exit_reason_code"],
            exit_kind=outcome_of(story),
            note=journey.get("end_label_fr") or "",
            on=ended,
        )

    timeline.add(written, LEAVING, act)
