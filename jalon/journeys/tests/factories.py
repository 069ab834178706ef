"""Decisions and pathways at each state, made through the real verbs."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from typing import Any

import pytest

from jalon.access import Refused
from jalon.commissions.tests.factories import make_opined as make_opined_items
from jalon.commissions.tests.factories import on
from jalon.config import clock
from jalon.dossiers import actions as dossiers
from jalon.dossiers.models import Application
from jalon.dossiers.tests.factories import fill, make_complete, sign
from jalon.journal.tests.replay import replayed
from jalon.journeys import actions
from jalon.journeys.models import Decision, Hearing
from jalon.law.dates import period_end
from jalon.people import access as people
from jalon.people.models import Dossier
from jalon.people.tests.factories import Team

SIGNATORY = {"capacity": "Préfète", "service": "Préfecture"}
REASONS = {
    "reasons_of_law": "Article L. 121-9 du code de l'action sociale et des familles.",
    "reasons_of_fact": "Le projet présenté n'est pas assez préparé à ce jour.",
    "appeal_routes": "Recours gracieux ou devant le tribunal administratif dans les deux mois.",
}

# A refusal says why twice: in writing, and by a ground of the list.
REFUSAL = {**REASONS, "coded": ["R02"]}


@replayed
def make_opined(team: Team, *applications: Application, outcome: str = "favourable") -> Application:
    """S4: the opinion is given. Live on the day of the meeting, or later."""
    item = make_opined_items(team, *(applications or (make_complete(team),)), outcome=outcome)[0]
    return Application.objects.select_related("dossier").get(pk=item.application_id)


def meeting_day(application: Application) -> date:
    return application.agenda_items.order_by("-meeting__on").first().meeting.on  # type: ignore[union-attr]


@replayed
def make_draft(team: Team, application: Application | None = None, **given: Any) -> Decision:
    """Drafted on the day of the meeting."""
    application = application or make_opined(team)
    kind = given.pop("kind", "authorise" if application.kind == "engagement" else "renew")
    with on(meeting_day(application)):
        return actions.draft_decision(team.actor("SEC"), application, kind=kind, **given)


def make_heard(team: Team, dossier: Dossier, day: date) -> Hearing:
    """Invited to answer twenty days before, for fifteen days: on ``day`` the delay is over."""
    with on(day - timedelta(days=20)):
        prefect = team.actor("PRE")
        words = {name: REASONS[name] for name in ("reasons_of_law", "reasons_of_fact")}
        given = {**words, **SIGNATORY, "reply_by": day - timedelta(days=5)}
        return actions.invite_observations(prefect, mine(team, dossier, "PRE"), **given)


@contextmanager
def told(words: str) -> Iterator[None]:
    """The act is refused with a sentence that has these words."""
    with pytest.raises(Refused) as refusal:
        yield
    assert words in refusal.value.why


@replayed
def make_signed(team: Team, application: Application | None = None, **given: Any) -> Decision:
    """Signed on the day of the meeting: the period starts that day."""
    decision = make_draft(team, application, **given)
    with on(decision.drafted_on):
        return actions.sign_decision(team.actor("PRE"), decision, **SIGNATORY)


@replayed
def make_notified(team: Team, application: Application | None = None, **given: Any) -> Decision:
    decision = make_signed(team, application, **given)
    with on(decision.signed_on or clock.today()):
        return actions.notify_decision(team.actor("SEC"), decision, language="bg")


@replayed
def make_refused(team: Team) -> Decision:
    application = make_opined(team, outcome="unfavourable")
    return make_notified(team, application, kind="refuse", **REFUSAL)


@replayed
def make_complete_renewal(team: Team, first: Decision) -> Application:
    """The renewal, prepared, sent and found complete; live before the end of the period."""
    application = actions.prepare_renewal(team.actor("REF"), mine(team, first.dossier))
    application = fill(team.actor("REF"), application)
    sign(team, application)
    dossiers.submit_application(team.actor("REF"), application)
    dossiers.declare_complete(team.actor("SEC"), application)
    return application


@replayed
def make_renewed(team: Team, first: Decision, days_before_end: int = 40) -> Decision:
    """The renewal of a pathway, from its preparation to its signature."""
    end = period_end(first.effective_on or first.signed_on, 6)  # type: ignore[arg-type]
    with on(end - timedelta(days=days_before_end)):
        application = make_opined(team, make_complete_renewal(team, first))
        with on(meeting_day(application)):
            decision = actions.draft_decision(team.actor("SEC"), application, kind="renew")
            return actions.sign_decision(team.actor("PRE"), decision, **SIGNATORY)


def mine(team: Team, dossier: Dossier, role: str = "REF") -> Dossier:
    """The dossier with its facts, as a view fetches it."""
    return people.dossiers_visible_to(team.actor(role)).get(pk=dossier.pk)
