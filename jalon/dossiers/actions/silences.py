"""What silence on a request brings, and when: planned at its reception, moved by the papers that are asked for."""

from jalon.access import Actor
from jalon.dossiers.models import Application
from jalon.dossiers.reads.silences import silence_on_aid
from jalon.law.silence import silence
from jalon.notices import actions as notices
from jalon.notices.reads import opened
from jalon.people.actions import refresh_next_due

OF_REQUEST = ("silence_2m", "afis_silence", "silence_appeal")


def plan(actor: Actor, application: Application, *, afis: bool) -> None:
    """The request was received: an alert for the pathway, an implicit refusal for the aid that goes with it (DEC-3)."""
    alert = silence("psp", application.submitted_on).alert_on  # type: ignore[arg-type]
    due = notices.Due("silence_2m", alert, rule="DEC-3", key=application.pk)  # type: ignore[arg-type]
    dues = [due, *(_afis(application) if afis else ())]
    notices.plan_many(application.dossier, dues, department=application.department, actor=actor)
    refresh_next_due(application.dossier)


def follow_papers(actor: Actor, application: Application) -> None:
    """Papers asked for suspend the delay of the aid until they come, or until their day (SIL-1)."""
    waiting = opened().filter(dossier=application.dossier_id, kind="afis_silence", key=application.pk)
    if waiting.exists():
        notices.plan_many(application.dossier, _afis(application), department=application.department, actor=actor)


def close(actor: Actor, application: Application) -> None:
    """The request is withdrawn."""
    notices.cancel(application.dossier, *OF_REQUEST, key=application.pk, actor=actor)


def _afis(application: Application) -> list[notices.Due]:
    """The implicit refusal of the aid, and the end of the delay to go to court after it."""
    law = silence_on_aid(application)
    return [
        notices.Due("afis_silence", law.implicit_refusal_on, rule="DEC-3", key=application.pk),  # type: ignore[arg-type]
        notices.Due("silence_appeal", law.court_limit, rule="APP-1", key=application.pk),  # type: ignore[arg-type]
    ]
