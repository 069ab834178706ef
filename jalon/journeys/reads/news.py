"""What is known of her after the exit."""

from typing import Any, NamedTuple

from django.utils.translation import gettext as _

from jalon.journeys.models import FollowUp, Journey
from jalon.people.models import Dossier
from jalon.ui import html


class AfterExit(NamedTuple):
    """``journey`` None: no pathway. ``running``: she agreed and has not said no since."""

    journey: Journey | None
    rows: list[FollowUp]

    @property
    def running(self) -> bool:
        journey = self.journey
        return journey is not None and journey.news_agreed_on is not None and journey.news_withdrawn_on is None

    @property
    def waiting(self) -> list[tuple[str, Any]]:
        """The times that have no answer yet, for a list."""
        return [
            (row.pk, _("à %(months)d mois, le %(day)s") % {"months": row.months, "day": html.day(row.due_on)})
            for row in self.rows
            if row.answered_on is None
        ]


def after_exit(dossier: Dossier) -> AfterExit:
    """Two statements."""
    journey = Journey.objects.filter(dossier=dossier).first()
    return AfterExit(journey, list(journey.follow_ups.all()) if journey else [])
