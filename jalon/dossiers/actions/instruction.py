"""The secretariat's side: complete or not, what is asked, what is answered."""

from datetime import date

from django.db import transaction
from django.utils.translation import gettext as _

from jalon import journal
from jalon.access import Actor, Refused
from jalon.config import clock
from jalon.dossiers.models import Application, ComplementRequest
from jalon.dossiers.states import APPLICATION
from jalon.notices import actions as notices
from jalon.people import access as people
from jalon.people.actions import refresh_next_due
from jalon.people.models import Assignment
from jalon.people.states import AssignmentKind
from jalon.vault import keys

from . import silences
from .packages import copy_papers
from .rows import locked, move


@transaction.atomic
def ask_for_complement(actor: Actor, application: Application, *, text: str, due_on: date) -> ComplementRequest:
    """What is missing, in words, and until when. The association is told that a task waits."""
    locked(application)
    dossier = application.dossier
    used = people.require(actor, dossier, "C13", "create", stage=application.stage)
    APPLICATION.target(application.state, "ask_for_complement")
    if not text.strip():
        raise Refused(_("Écrivez ce qui manque."))
    if due_on < clock.today():
        raise Refused(_("La date de réponse est déjà passée."))
    slots = keys.ensure(dossier.pk, "G6")
    row = ComplementRequest(application=application, dossier=dossier, asked_on=clock.today(), due_on=due_on)
    row.seal({"text": text.strip()}, slots["G6"])
    row.save(force_insert=True)
    move(application, "ask_for_complement", complete_on=None)
    journal.record(actor, "ask_for_complement", dossier, compartment="C13", conditions=used.used, sealed=[row])
    notices.plan(dossier, "complement", due_on, rule="SIL-1", key=row.pk, actor=actor)
    silences.follow_papers(actor, application)
    refresh_next_due(dossier)
    referents = Assignment.objects.filter(dossier=dossier, kind=AssignmentKind.REFERENT).exclude(
        ends_on__lt=clock.today()
    )
    for user_id in referents.values_list("user_id", flat=True):
        notices.queue(user_id, "task", f"complement:{row.pk}", actor=actor)
    return row


@transaction.atomic
def answer_complement(actor: Actor, application: Application, *, text: str = "") -> Application:
    """The association answers: the papers received since then leave with it."""
    locked(application)
    dossier = application.dossier
    used = people.require(actor, dossier, "C13", "read")
    people.require(actor, dossier, "C15", "create")  # the referent herself, not whoever may read
    move(application, "answer_complement")
    asked = list(application.complements.select_for_update().filter(answered_on=None))
    for row in asked:
        row.answered_on = clock.today()
        row.seal({**row.unseal(), "answer": text.strip()})
        row.save(update_fields=["answered_on", "sealed", "revision"])
    copies = copy_papers(application)
    journal.record(
        actor, "answer_complement", dossier, compartment="C13", conditions=used.used, sealed=[*asked, *copies]
    )
    for row in asked:
        notices.complete(dossier, "complement", key=row.pk, actor=actor)
    silences.follow_papers(actor, application)
    refresh_next_due(dossier)
    return application


@transaction.atomic
def declare_complete(actor: Actor, application: Application) -> Application:
    """Nothing is missing: the request may be put to a meeting."""
    locked(application)
    dossier = application.dossier
    used = people.require(actor, dossier, "C13", "edit", stage=application.stage)
    move(application, "declare_complete", complete_on=clock.today())
    journal.record(
        actor, "declare_complete", dossier, compartment="C13", conditions=used.used, objects=[application.pk]
    )
    for row in application.complements.filter(answered_on=None):
        notices.cancel(dossier, "complement", key=row.pk, actor=actor)
    silences.follow_papers(actor, application)
    refresh_next_due(dossier)
    return application
