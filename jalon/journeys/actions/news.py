"""News of her after the exit: three times, only if she agreed, and no longer once she says no.

The file is then closed and its referent reads it no more without confirming who she is: the manager, who keeps the
deadlines of closed files, asks or has her asked, and writes a code.
"""

from datetime import date

from django.db import transaction
from django.utils.translation import gettext as _

from jalon import journal
from jalon.access import Actor, Refused
from jalon.config import clock
from jalon.journeys.models import FollowUp, Journey
from jalon.journeys.states import News
from jalon.law.landmarks import after_exit
from jalon.notices import actions as notices
from jalon.people import access as people_access
from jalon.people import actions as people
from jalon.people.models import Dossier
from jalon.ui.errors import Conflict, at_field

from .common import with_facts


@transaction.atomic
def agree_news(actor: Actor, dossier: Dossier, journey: Journey) -> list[FollowUp]:
    """She agrees, on the day of the exit: three dates, which the manager is told of."""
    people_access.require(actor, dossier, "C16", "edit")
    if journey.exited_on is None:
        raise Refused(_("Aucun parcours n'est terminé."))
    journey.news_agreed_on, journey.news_withdrawn_on = clock.today(), None
    journey.save(update_fields=["news_agreed_on", "news_withdrawn_on"])
    days = after_exit(journey.exited_on)
    rows = [FollowUp(journey=journey, months=months, due_on=on) for months, on in days.items()]
    FollowUp.objects.bulk_create(rows)
    dues = [notices.Due("after_exit", row.due_on, rule="SUIVI-APRES", key=row.pk) for row in rows]
    notices.plan_many(dossier, dues, actor=actor)
    journal.record(actor, "agree_news", dossier, compartment="C16", objects=[row.pk for row in rows])
    return rows


def _agreed(dossier: Dossier) -> Journey:
    journey = Journey.objects.select_for_update().filter(dossier=dossier).first()
    if journey is None or journey.news_agreed_on is None:
        raise Refused(_("Elle n'a pas accepté qu'on prenne de ses nouvelles."))
    if journey.news_withdrawn_on is not None:
        raise Refused(_("Elle ne souhaite plus qu'on prenne de ses nouvelles."))
    return journey


@transaction.atomic
def withdraw_news(actor: Actor, dossier: Dossier) -> Journey:
    """She no longer wants to be asked: nothing falls due any more. What she already said stays said."""
    dossier = with_facts(actor, dossier)
    people_access.require(actor, dossier, "C16", "edit")
    journey = _agreed(dossier)
    journey.news_withdrawn_on = clock.today()
    journey.save(update_fields=["news_withdrawn_on"])
    notices.cancel(dossier, "after_exit", actor=actor)
    people.refresh_next_due(dossier)
    journal.record(actor, "withdraw_news", dossier, compartment="C16", objects=[journey.pk])
    return journey


@transaction.atomic
def record_news(actor: Actor, dossier: Dossier, *, follow_up: str, news: str, on: date | None = None) -> FollowUp:
    """What she said, on a day between the exit and today. Once for each of the three times."""
    dossier = with_facts(actor, dossier)
    people_access.require(actor, dossier, "C16", "edit")
    journey = _agreed(dossier)
    day = on or clock.today()
    if news not in News.values:
        raise at_field("news", _("Choisissez une réponse de la liste."))
    if not (journey.exited_on and journey.exited_on <= day <= clock.today()):
        raise at_field("on", _("Choisissez un jour entre la sortie et aujourd'hui."))
    row = FollowUp.objects.select_for_update().filter(pk=follow_up, journey=journey).first()
    if row is None:
        raise at_field("news", _("Choisissez une réponse de la liste."))
    if row.answered_on is not None:
        raise Conflict(_("Ces nouvelles sont déjà notées."))
    row.answered_on, row.news = day, News(news)
    row.save(update_fields=["answered_on", "news"])
    notices.complete(dossier, "after_exit", key=row.pk, actor=actor)
    people.refresh_next_due(dossier)
    journal.record(actor, "record_news", dossier, compartment="C16", objects=[row.pk])
    return row
