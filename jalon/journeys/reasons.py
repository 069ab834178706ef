"""Why the dates and amounts of a pathway are what they are: the rules of the law with the values of this file.

One function a screen; all go through ``ui.rules.why``. Labels and days only: no name, no nationality.
"""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from jalon.law import appeal as appeal_law
from jalon.law import residence as residence_law
from jalon.law.journey import Journey
from jalon.law.territories import holidays_of
from jalon.ui import html
from jalon.ui.html import Rule
from jalon.ui.rules import why

from .models import AfisGrant, Appeal, Decision, Permit
from .wording import TERRITORIES, duration

# The rules of a period: where it starts, how long it lasts, how far it may go.
PERIOD = ("DUR-2", "DUR-3", "DUR-1", "DUR-4")


def written(decision: Decision) -> str:
    """« 15/01/2026, effet au 01/02/2026, fin écrite au 31/07/2026 »: the dates of an order that the law reads."""
    parts = [html.day(decision.signed_on)]
    if decision.effective_on:
        parts.append(_("effet au %(day)s") % {"day": html.day(decision.effective_on)})
    if decision.ends_on:
        parts.append(_("fin écrite au %(day)s") % {"day": html.day(decision.ends_on)})
    if decision.notified_on:
        parts.append(_("notifiée le %(day)s") % {"day": html.day(decision.notified_on)})
    return ", ".join(parts)


def orders(decisions: Iterable[Decision]) -> dict[str, str]:
    """Each signed order, by its kind; a second one of the same kind is numbered."""
    found: dict[str, str] = {}
    for one in decisions:
        if one.signed_on is None:
            continue
        name = str(one.get_kind_display()).capitalize()
        label, n = name, 1
        while label in found:
            n += 1
            label = f"{name} ({n})"
        found[label] = written(one)
    return found


def of_journey(computed: Journey, decisions: Sequence[Decision]) -> list[Rule]:
    """Every rule that the periods followed, with the orders that were read."""
    signed = [one.signed_on for one in decisions if one.signed_on]
    return why(*computed.rules, on=max(signed, default=None), inputs=orders(decisions))


def of_next(computed: Journey, current: Any, meeting: Any) -> list[Rule]:
    """The next period, the meeting in time and the day to send the file by."""
    used: dict[str, Any] = {}
    if current is not None:
        used[_("Fin de la période de parcours")] = html.day(current.end)
    used[_("Temps utilisé")] = _months(computed.months_used)
    used[_("Temps restant")] = _months(computed.remaining)
    if meeting is not None and meeting.files_due_on:
        used[_("Dossiers attendus pour la séance le")] = html.day(meeting.files_due_on)
    return why("DUR-3", "DUR-4", "REN-1", "REN-2", inputs=used)


def _months(span: Any) -> str:
    return duration(span.months, span.days)


def of_period(decision: Decision, start: date | None, end: date | None) -> list[Rule]:
    """The period that one order opens, or would open."""
    used = orders([decision]) if decision.signed_on else {}
    if start and end:
        used[_("Période calculée")] = f"{html.day(start)} – {html.day(end)}"
    return why(*PERIOD, on=decision.signed_on, inputs=used)


def of_correction(decision: Decision) -> list[Rule]:
    """Until when a rectification may take days away, and what its own dates follow."""
    ids = ("DEC-4", "DUR-2", "DUR-3", "APP-1")
    return why(*ids, on=decision.signed_on, inputs={_("Signé le"): html.day(decision.signed_on)})


def of_limits(decision: Decision, limits: appeal_law.Appeal, appeals: Iterable[Appeal]) -> list[Rule]:
    """How long a decision may be challenged."""
    used = {_("Notifiée le"): html.day(decision.notified_on)}
    used[_("Voies de recours écrites")] = _("oui") if limits.opposable else _("non")
    used |= _calendar(decision.department)
    for filed in appeals:
        used[str(filed.get_kind_display()).capitalize()] = _("déposé le %(day)s") % {"day": html.day(filed.filed_on)}
    return why(*limits.rules, on=decision.notified_on, inputs=used)


def of_aid(month: date, children: int, *, ended: bool, changed: bool, arrears: bool, reading: str) -> list[Rule]:
    """The amount of a month, the months paid and the day on which each is awaited."""
    ids = ["AFIS-2", "AFIS-3", "MON-1"]
    ids += ["AFIS-4"] if ended else []
    ids += ["AFIS-5"] if changed else []
    ids += ["AFIS-6"] if arrears else []
    rules = why(*ids, on=month, inputs={_("Mois"): html.month_name(month), _("Enfants à charge"): children})
    counted = {_("Lecture retenue"): reading, _("Versement attendu"): _("le 5 du mois suivant, repère du produit")}
    return [rule._replace(inputs=tuple(counted.items())) if rule.id == "MON-1" else rule for rule in rules]


def of_aid_refusal(grant: AfisGrant, limits: appeal_law.Appeal, department: str) -> list[Rule]:
    """Until when a refusal of the aid may be challenged, counted from its notification."""
    used = {_("Notifiée le"): html.day(grant.notified_on), **_calendar(department)}
    return why(*limits.rules, on=grant.notified_on, inputs=used)


def _calendar(department: str) -> dict[str, str]:
    """Whose public holidays push the delay, where they are not those of the mainland."""
    territory = holidays_of(department)
    return {} if territory == "metropole" else {_("Jours fériés"): str(dict(TERRITORIES)[territory])}


def of_stay(law: residence_law.Residence, decision_on: date, permits: Iterable[Permit]) -> list[Rule]:
    """The ends of the documents, the days without one, the day to ask for the next."""
    used: dict[str, Any] = {_("Décision du"): html.day(decision_on)}
    issued = [one for one in permits if one.issued_on]
    for one in issued:
        label = str(one.get_kind_display()).capitalize()
        end = one.extended_to or one.valid_to
        said = _("du %(start)s au %(end)s") if end else "%(start)s"
        days = said % {"start": html.day(one.issued_on), "end": html.day(end)}
        used[label] = f"{used[label]} ; {days}" if label in used else days
    last = max((one.issued_on for one in issued if one.issued_on), default=decision_on)
    return why(*law.rules, on=last, inputs=used)
