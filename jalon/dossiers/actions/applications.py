"""The request itself: opened, renewed, moved along, withdrawn."""

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from jalon import journal
from jalon.access import Actor
from jalon.config import clock
from jalon.dossiers import parts as form
from jalon.dossiers import versions
from jalon.dossiers.access import AGAIN
from jalon.dossiers.models import Application, Package, Part, Piece, SessionCopy
from jalon.dossiers.states import APPLICATION, OPEN_STATES, STARTS_AGAIN, Kind, PackageState, PartState
from jalon.notices import actions as notices
from jalon.people import access as people
from jalon.people.actions import move_stage, refresh_next_due
from jalon.people.models import Dossier
from jalon.people.states import DOSSIER, Stage
from jalon.ui.errors import Conflict
from jalon.vault import keys
from jalon.vault.models import seal_many

from . import silences
from .drafts import take_drafts
from .packages import destroy_session_copies, make_session_copy
from .rows import locked, move


@transaction.atomic
def open_application(actor: Actor, dossier: Dossier) -> Application:
    """The request to enter, with its fifteen parts and the papers it expects."""
    dossier.refresh_from_db(from_queryset=Dossier.objects.select_for_update())
    again = dossier.stage in AGAIN
    people.require(actor, dossier, "C12", "create", stage=str(Stage.PREPARATION) if again else None)
    _none_open(dossier)
    if again:
        move_stage(dossier, "prepare_again")
    elif dossier.stage != Stage.PREPARATION:
        DOSSIER.target(dossier.stage, "submit_application")
    application = _new(dossier, Kind.ENGAGEMENT, None)
    asked = versions.of(application.form_version)
    rows = [_part(application, part) for part in asked.parts_of(Kind.ENGAGEMENT)]
    Part.objects.bulk_create(rows)
    journal.record(actor, "open_application", dossier, compartment="C12", relation="assigned", objects=[application.pk])
    return application


@transaction.atomic
def open_renewal(actor: Actor, dossier: Dossier, previous: Application) -> Application:
    """The request to renew, from the answers of the previous one; the six months' report starts empty.

    The law on 24 months is checked by ``journeys``, which calls this. What is copied stays sealed in its
    compartment and is shown to nobody here: no new proof of identity is asked.
    """
    dossier.refresh_from_db(from_queryset=Dossier.objects.select_for_update())
    people.require(actor, dossier, "C12", "create")
    _none_open(dossier)
    if previous.dossier_id != dossier.pk:
        raise ValueError("the previous application is of another file")
    application = _new(dossier, Kind.RENEWAL, previous)
    answers = {row.code: row for row in previous.parts.all()}
    slots = keys.fetch_many([dossier.pk], {row.key_group for row in answers.values()})
    pairs = []
    blank = []
    for part in versions.of(application.form_version).parts_of(Kind.RENEWAL):
        row = _part(application, part)
        former = answers.get(part.code)
        said = former.unseal(slots.get((dossier.pk, former.key_group))) if former and former.revision else {}
        data = form.carried(part, said)
        if part.code == "report":
            data = _report(answers, slots, dossier)
        elif part.code in STARTS_AGAIN:
            data = {}
        if not data:
            blank.append(row)
            continue
        missing = form.gaps(part, data)
        row.missing = ",".join(missing)
        kept = former.state if former and not missing else PartState.IN_PROGRESS
        row.state = kept if part.code != "report" else PartState.TODO
        pairs.append((row, data))
    Part.objects.bulk_create([*seal_many(pairs, slots), *blank])
    journal.record(
        actor,
        "open_renewal",
        dossier,
        compartment="C12",
        relation="assigned",
        objects=[application.pk, previous.pk],
        sealed=[row for row, _data in pairs],
    )
    return application


def _report(answers: dict[str, Part], slots: dict[tuple[str, str], bytes], dossier: Dossier) -> dict[str, object]:
    """The commitments to be looked at, without a word on how they went."""
    former = answers.get("commitments")
    if former is None or not former.revision:
        return {}
    data = former.unseal(slots.get((dossier.pk, former.key_group)))
    return {"commitments": [{"text": row["text"]} for row in data.get("commitments", ())]}


def _none_open(dossier: Dossier) -> None:
    if Application.objects.filter(dossier=dossier, state__in=OPEN_STATES).exists():
        raise Conflict(_("Une demande est déjà en cours pour cette personne."))


def _new(dossier: Dossier, kind: str, previous: Application | None) -> Application:
    asked = versions.current(dossier.department)
    last = Application.objects.filter(dossier=dossier).aggregate(last=Max("rank"))["last"]
    application = Application(
        dossier=dossier,
        kind=kind,
        rank=(last or 0) + 1,
        previous=previous,
        department=dossier.department,
        form_version=asked.version,
        opened_on=clock.today(),
    )
    application.save(force_insert=True)
    slots = keys.ensure(dossier.pk, "G5a", "G1", "G2")
    papers = [
        (Piece(application=application, dossier=dossier, code=paper.code, compartment=paper.compartment), {"label": ""})
        for paper in asked.papers_of(kind)
    ]
    Piece.objects.bulk_create(seal_many(papers, {(dossier.pk, group): key for group, key in slots.items()}))
    return application


def _part(application: Application, part: form.Part) -> Part:
    return Part(
        application=application,
        dossier_id=application.dossier_id,
        code=part.code,
        compartment=part.compartment,
        missing=",".join(form.gaps(part, {})) if not (part.store or part.computed) else "",
    )


@transaction.atomic
def reopen_application(actor: Actor, application: Application) -> Application:
    """Signed too early: the referent or the manager takes it back; the signed version stays, replaced."""
    locked(application)
    people.require(actor, application.dossier, "C16", "edit")
    people.require_lead(actor, application.dossier)
    move(application, "reopen")
    Package.objects.filter(application=application, state=PackageState.SIGNED).update(state=PackageState.SUPERSEDED)
    journal.record(actor, "reopen_application", application.dossier, compartment="C12", objects=[application.pk])
    return application


@transaction.atomic
def withdraw_application(actor: Actor, application: Application) -> Application:
    """She no longer asks. Possible until the opinion, and after an agreement taken back."""
    locked(application)
    dossier = application.dossier
    agreed = dossier.agreements.filter(withdrawn_at__isnull=True).exists()
    people.require(actor, dossier, "C12" if agreed else "C15", "withdraw", stage=application.stage)
    before = DOSSIER_BACK.get(dossier.stage, ()) if application.kind == Kind.ENGAGEMENT else ()
    submitted = application.submitted_on is not None
    move(application, "withdraw", withdrawn_on=clock.today())
    if submitted:
        for verb in before:
            move_stage(dossier, verb)
    gone = [*SessionCopy.objects.filter(dossier=dossier, destroyed_on=None), *take_drafts(application)]
    destroy_session_copies([dossier.pk], on=clock.today())
    journal.record(actor, "withdraw_application", dossier, compartment="C12", objects=[application.pk], gone=gone)
    silences.close(actor, application)
    notices.cancel(dossier, "complement", actor=actor)
    if application.kind == Kind.RENEWAL:  # it is to be prepared, and to be examined, again
        notices.reopen_renewal(dossier, "renewal_open", "renewal_file", "renewal_session", actor=actor)
    refresh_next_due(dossier)
    return application


# From these stages of the file, the verbs that bring it back to preparation.
DOSSIER_BACK = {Stage.SUBMITTED: ("return_application",), Stage.IN_SESSION: ("postpone", "return_application")}


# What a verb of the commission or of the préfet does to the file of a first request. A renewal leaves it in its path.
MOVES = ("convene", "postpone", "give_opinion")
VERBS = ("schedule", "unschedule", "convene", "postpone", "give_opinion", "decide")


@transaction.atomic
def advance(application: Application, verb: str) -> Application:
    """Move a request along with the meeting or the decision; the caller has checked, and journals its own act."""
    if verb not in VERBS:
        raise ValueError("not a verb of the commission or of the decision")
    locked(application)
    APPLICATION.target(application.state, verb)
    dossier = application.dossier
    move(application, verb, **({"decided_on": clock.today()} if verb == "decide" else {}))
    if verb in MOVES and application.kind == Kind.ENGAGEMENT:
        dossier.refresh_from_db(from_queryset=Dossier.objects.select_for_update())
        if DOSSIER.allows(dossier.stage, verb):
            move_stage(dossier, verb)
    if verb == "convene":
        make_session_copy(application)
    elif verb == "postpone":
        destroy_session_copies([application.dossier_id], on=clock.today())
    elif verb == "decide":
        notices.complete(dossier, "silence_2m", key=application.pk)
        refresh_next_due(dossier)
    return application
