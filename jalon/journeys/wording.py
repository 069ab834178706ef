"""The French words for what the law room answers in codes, and the hints on grounds that may be challenged."""

import re
from collections.abc import Iterable
from datetime import date

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from jalon.law.journey import Journey
from jalon.ui.text import fold

from . import grounds
from .states import PermitKind

STATUS = {
    "active": gettext_lazy("période en cours"),
    "terminated": gettext_lazy("fin anticipée"),
    "renewal_refused": gettext_lazy("renouvellement refusé"),
    "ended": gettext_lazy("24 mois atteints"),
    "lapsed": gettext_lazy("période finie, sans renouvellement"),
    "refused": gettext_lazy("demande refusée"),
    "not_started": gettext_lazy("pas encore commencé"),
}
END_REASONS = {
    "term": gettext_lazy("terme de six mois"),
    "cap": gettext_lazy("raccourcie par les 24 mois"),
    "printed": gettext_lazy("écrite dans l'arrêté"),
    "early_end": gettext_lazy("fin anticipée"),
}
ALERTS = {
    "cap_exceeded": gettext_lazy("Une période finit après les 24 mois, parce que l'arrêté l'écrit."),
    "decided_late": gettext_lazy("Une décision a été signée après le début de sa période."),
    "gap": gettext_lazy("Des jours ne sont couverts par aucune période."),
    "printed_end_differs": gettext_lazy("Une fin écrite dans l'arrêté n'est pas la fin calculée : l'arrêté l'emporte."),
    "renewal_blocked_by_cap": gettext_lazy("Les 24 mois sont atteints : aucun renouvellement n'est possible."),
}
RESIDENCE_ALERTS = {
    "aps_ends_before_period": gettext_lazy("Une autorisation finit avant la période de parcours."),
    "aps_too_short": gettext_lazy("Une autorisation dure moins de six mois."),
    "cover_hole": gettext_lazy("Des jours de parcours ne sont couverts par aucun document."),
}
# Whose public holidays push the end of a delay.
TERRITORIES = [
    ("metropole", gettext_lazy("métropole")),
    ("alsace_moselle", gettext_lazy("Alsace et Moselle")),
    ("guadeloupe", gettext_lazy("Guadeloupe")),
    ("guyane", gettext_lazy("Guyane")),
    ("martinique", gettext_lazy("Martinique")),
    ("mayotte", gettext_lazy("Mayotte")),
    ("reunion", gettext_lazy("La Réunion")),
]
# Which months an aid pays (MON-1): the readings of the law room.
MONTH_RULES = {
    "touched": gettext_lazy("un mois est payé dès qu'un de ses jours est accordé"),
    "month_start": gettext_lazy("un mois est payé quand son premier jour est accordé"),
    "month_end": gettext_lazy("un mois est payé quand son dernier jour est accordé"),
}
SHORT_KINDS = {
    PermitKind.APS: gettext_lazy("APS"),
    PermitKind.FIRST_RECEIPT: gettext_lazy("récépissé"),
    PermitKind.RENEWAL_RECEIPT: gettext_lazy("récépissé"),
    PermitKind.CARD: gettext_lazy("carte 1 an"),
    PermitKind.RESIDENT: gettext_lazy("carte 10 ans"),
    PermitKind.REFLECTION: gettext_lazy("réflexion"),
}

# Grounds that the Conseil d'État did not accept as such (19 November 2021, no. 440802), or that no text read asks for.
CONTESTABLE = (
    (r"\bplaintes?\b|\bporter plainte\b", gettext_lazy("l'absence de plainte")),
    (
        r"\bfrancais\b|\blangue\b|\bniveau (?:a1|a2|b1)\b|\bfrancophone\b",
        gettext_lazy("le niveau de français"),
    ),
    (
        r"\bcess(?:e|er|ation|ee)\b|\barret(?:e|er|ee)? de (?:l'activite|la prostitution)\b|\bn'a pas quitte\b",
        gettext_lazy("l'absence d'arrêt préalable"),
    ),
)


def hints(reasons: str, coded: Iterable[str] = ()) -> list[str]:
    """Never a block: sentences to check before signing, of the written reasons and of the codes ticked."""
    ticked = (str(grounds.BY_CODE[code].label) for code in coded if code in grounds.BY_CODE)
    plain = fold(" . ".join((reasons, *ticked))).replace("’", "'")
    found = [str(name) for pattern, name in CONTESTABLE if re.search(pattern, plain)]
    if not found:
        return []
    return [
        _("Motif qui peut être contesté : %(grounds)s (Conseil d'État, 19/11/2021, n° 440802). Vérifiez.")
        % {"grounds": ", ".join(found)}
    ]


def short_kind(kind: str) -> str:
    return str(SHORT_KINDS.get(PermitKind(kind), _("titre")))


def period_name(number: int) -> str:
    return _("1re période") if number == 1 else _("%(n)de période") % {"n": number}


def duration(months: int, days: int) -> str:
    """« 5 mois et 3 jours »."""
    parts = []
    if months or not days:
        parts.append(ngettext("%(count)d mois", "%(count)d mois", months) % {"count": months})
    if days:
        parts.append(ngettext("%(count)d jour", "%(count)d jours", days) % {"count": days})
    return _(" et ").join(parts)


def clock_words(computed: Journey, today: date) -> str:
    """What the drawing says, for those who hear it."""
    used = computed.months_used
    left = computed.remaining
    parts = [
        _("Période %(n)d du %(start)s au %(end)s.")
        % {"n": period.n, "start": f"{period.start:%d/%m/%Y}", "end": f"{period.end:%d/%m/%Y}"}
        for period in computed.periods
        if not period.projected
    ]
    parts.append(
        _("Temps autorisé : %(used)s ; il reste %(left)s sur 24 mois.")
        % {"used": duration(used.months, used.days), "left": duration(left.months, left.days)}
    )
    parts.append(_("Aujourd'hui : %(day)s.") % {"day": f"{today:%d/%m/%Y}"})
    return " ".join(parts)


def default_routes(department: str) -> str:
    """The appeal routes proposed for a decision: kept or changed by whoever drafts. An order is written in French."""
    return (
        "Dans les deux mois de sa notification, cette décision peut faire l'objet d'un recours gracieux auprès du "
        "préfet, d'un recours hiérarchique auprès du ministre, ou d'un recours devant le tribunal administratif. Le "
        "silence gardé deux mois sur un recours gracieux ou hiérarchique vaut rejet et ouvre un nouveau délai de deux "
        "mois devant le tribunal."
    )


def month_words(state: str, paid_on: date | None, due_on: date, late_days: int) -> tuple[str, str, str]:
    """State, tone and detail of one month of AFIS."""
    late = ngettext("%(days)d jour de retard", "%(days)d jours de retard", late_days) % {"days": late_days}
    if paid_on is not None:
        received = _("le %(day)s") % {"day": f"{paid_on:%d/%m/%Y}"}
        return (
            _("reçu"),
            "warn" if state == "paid_late" else "ok",
            f"{received} · {late}" if late_days > 1 else received,
        )
    if state == "late":
        return _("en retard"), "danger", late
    waited = _("le %(day)s") % {"day": f"{due_on:%d/%m/%Y}"}
    return (_("attendu"), "info", waited) if state == "due" else (_("à venir"), "neutral", waited)
