"""What the law makes of no answer to a request."""

from datetime import date

from jalon.dossiers.models import Application
from jalon.law.silence import Silence, silence
from jalon.law.territories import holidays_of


def silence_on_aid(
    application: Application, reasons_requested_on: date | None = None, reasons_given_on: date | None = None
) -> Silence:
    """Silence on the aid that a submitted request asks for; papers that were asked for suspend its delay (SIL-1)."""
    asked = application.complements.order_by("-asked_on", "-pk").first()
    return silence(
        "afis",
        application.submitted_on,  # type: ignore[arg-type]
        papers_asked_on=asked.asked_on if asked else None,
        papers_deadline=asked.due_on if asked else None,
        papers_received_on=asked and (asked.answered_on or application.complete_on),
        reasons_requested_on=reasons_requested_on,
        reasons_given_on=reasons_given_on,
        holidays=holidays_of(application.department),
    )
