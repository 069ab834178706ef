"""What the page and the paper of the simulator say: a sentence, a drawing, tables, the rule behind each figure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any, NamedTuple

from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from jalon.law import journey
from jalon.law.dates import Duration, Month
from jalon.law.periods import Hole
from jalon.ui import html, timeline
from jalon.ui.html import Rule
from jalon.ui.rules import brief, why

from . import wording
from .simulator import Challenge, MonthDue, Simulation
from .states import AppealKind, DecisionKind, PermitKind

BENEFITS = {"rsa": gettext_lazy("RSA"), "ada": gettext_lazy("ADA"), "ata": gettext_lazy("ATA")}
HEALTH = {
    "puma": gettext_lazy("protection universelle maladie (PUMa)"),
    "css": gettext_lazy("complémentaire santé solidaire (CSS)"),
    "ame": gettext_lazy("aide médicale de l'État (AME)"),
    "other": gettext_lazy("autre couverture"),
}
SHORT_HEALTH = {
    "puma": gettext_lazy("PUMa"),
    "css": gettext_lazy("CSS"),
    "ame": gettext_lazy("AME"),
    "other": gettext_lazy("autre"),
}
CONDITIONS = {
    "age": gettext_lazy("Âge"),
    "residence": gettext_lazy("Séjour"),
    "resources": gettext_lazy("Ressources du foyer"),
    "exclusions": gettext_lazy("Autres prestations"),
}
WHY = {
    "adult": gettext_lazy("18 ans sont atteints"),
    "under_18": gettext_lazy("18 ans ne sont pas atteints"),
    "nationality": gettext_lazy("la nationalité dispense de document"),
    "document": gettext_lazy("un document de la liste est valable"),
    "aps_with_work": gettext_lazy("une autorisation provisoire qui permet de travailler est valable"),
    "aps_without_work": gettext_lazy("l'autorisation provisoire ne permet pas de travailler"),
    "receipt_not_listed": gettext_lazy("seul un récépissé qui n'est pas de renouvellement est valable"),
    "no_document": gettext_lazy("aucun document n'est valable ce jour-là"),
    "none": gettext_lazy("aucune prestation exclue"),
    "receives": gettext_lazy("une prestation exclue est perçue"),
    "could_claim": gettext_lazy("une prestation exclue pourrait être demandée"),
}
HEALTH_IS_TYPED = gettext_lazy(
    "Aucun calcul ne dit les droits à la santé : cette ligne montre ce que vous avez écrit. À vérifier avec la caisse."
)
LEGEND = gettext_lazy("Hachuré : jours non couverts. Clair : renouvellement supposé.")
DECIDES_NOTHING = gettext_lazy(
    "Ceci est une simulation : elle ne décide rien. Les dates et les montants écrits dans un arrêté l'emportent."
)


def _why(what: str) -> SafeString:
    """The name of folded reasons, which says what they explain to those who hear the page."""
    return format_html('{}<span class="vh"> {}</span>', _("Pourquoi ?"), what)


class Fact(NamedTuple):
    """A sentence with its rules. ``tone``: info, warning."""

    text: str
    rules: list[Rule]
    tone: str = "info"

    @property
    def why(self) -> SafeString:
        return _why(self.text)


class Head(NamedTuple):
    label: str
    number: bool = False


class Cells(NamedTuple):
    """A line of a table: its cells as text, and its rules. ``gap``: days that nothing covers."""

    cells: tuple[str, ...]
    rules: list[Rule]
    gap: bool = False

    @property
    def why(self) -> SafeString:
        return _why(self.cells[0])


@dataclass(frozen=True)
class Table:
    id: str
    title: str
    heads: Sequence[Head]
    lines: Sequence[Cells]
    total: Cells | None = None
    facts: Sequence[Fact] = field(default=())

    @property
    def rows(self) -> list[tuple[Cells, list[tuple[Head, str]]]]:
        """Each line with its cells under their heads."""
        return [(line, list(zip(self.heads, line.cells, strict=True))) for line in self.lines]

    @property
    def total_row(self) -> list[tuple[Head, str]]:
        return list(zip(self.heads, self.total.cells, strict=True)) if self.total else []


class Shown(NamedTuple):
    sentence: str
    facts: list[Fact]
    alerts: list[Fact]
    clock: timeline.Clock | None
    tables: list[Table]
    rules: list[Rule]


def shown(made: Simulation) -> Shown:
    """Everything that the page and the paper say of a simulation."""
    tables = [_periods(made), _reminders(made), _aid(made), _conditions(made), _stay(made), _health(made)]
    tables.append(_challenges(made))
    return Shown(
        sentence=sentence(made),
        facts=[*_pathway_facts(made), *_aid_facts(made)],
        alerts=_alerts(made),
        clock=clock(made),
        tables=[table for table in tables if table.lines or table.facts],
        rules=explain(*made.rules),
    )


def to_confirm() -> dict[str, str]:
    """What each reading of the law leaves open, for the form and the paper."""
    return {
        "cap_mode": _(
            "Le nombre est écrit (R. 121-12-10) ; la façon de compter est à confirmer par un juriste (DUR-4)."
        ),
        "month_rule": _("Aucun texte ne dit quels mois sont payés : à confirmer avec la MSA (MON-1)."),
        "change_effective": _("Convention : la MSA confirme le mois à partir duquel l'enfant compte (AFIS-5)."),
        "total_cap": _("Lecture d'un rapport du Sénat de 2025, sans texte : à confirmer par un juriste (CAP-1)."),
        "holidays": _("Le délai est repoussé par les jours fériés du tribunal : à confirmer avec son greffe (APP-1)."),
    }


def explain(*ids: str, on: date | None = None, **inputs: Any) -> list[Rule]:
    """The rules of a figure with the values of this case; ``on``: the day whose values of the law were used."""
    return why(*ids, on=on, inputs=inputs)


# --- sentences ---------------------------------------------------------------------------------------------------
def long(time: Duration) -> str:
    return wording.duration(time.months, time.days)


def span(start: date, end: date) -> str:
    return _("du %(start)s au %(end)s") % {"start": html.day(start), "end": html.day(end)}


def month_name(month: Month) -> str:
    return html.month_name(month.first)


def sentence(made: Simulation) -> str:
    """What comes first, in one sentence."""
    computed = made.journey
    if not computed.periods:
        return _("Aucune période n'est ouverte par ces arrêtés.")
    used, left = computed.months_used, computed.remaining
    given = {"end": html.day(computed.periods[-1].end), "used": long(used), "left": long(left)}
    if not left:
        return _("Parcours jusqu'au %(end)s, %(used)s utilisés : il ne reste rien des 24 mois.") % given
    if not used.days and not left.days and used.months > 1 and left.months > 1:
        return _("Parcours jusqu'au %(end)s, %(used)s utilisés, %(months)d restants.") % {
            **given,
            "months": left.months,
        }
    return _("Parcours jusqu'au %(end)s ; temps utilisé : %(used)s ; temps restant : %(left)s.") % given


def _pathway_facts(made: Simulation) -> list[Fact]:
    computed, scenario = made.journey, made.scenario
    found = []
    status = wording.STATUS.get(computed.status or "")
    if status:
        told = _("Au %(day)s : %(status)s.") % {"day": html.day(scenario.as_of), "status": status}
        found.append(Fact(told, explain("DUR-2", **{_("Jour regardé"): html.day(scenario.as_of)})))
    planned = len(computed.periods) - len(made.real)
    if planned:
        told = ngettext(
            "Dont %(n)d renouvellement supposé.", "Dont %(n)d renouvellements supposés.", planned
        ) % {"n": planned}  # fmt: skip
        found.append(Fact(told, explain("DUR-3")))
    if computed.cap.end:
        told = _("Au plus tard le %(day)s, avec 24 mois au plus.") % {"day": html.day(computed.cap.end)}
        inputs = {
            _("Temps utilisé"): long(computed.months_used),
            _("Temps restant"): long(computed.remaining),
            _("Dernier jour décidé ou supposé"): html.day(computed.periods[-1].end),
        }
        found.append(Fact(told, explain("DUR-4", "DUR-6", **inputs)))
    after = computed.next_application
    if after.start and after.end:
        told = _("Période suivante possible : %(span)s.") % {"span": span(after.start, after.end)}
        found.append(Fact(told, explain("DUR-3", "DUR-1", "DUR-4", **{_("Temps restant"): long(computed.remaining)})))
    return found


def _aid_facts(made: Simulation) -> list[Fact]:
    if not made.scenario.aid or not made.journey.periods:
        return []
    if not made.months:
        return [Fact(_("Aucun mois d'aide."), explain("AFIS-3", "MON-1"))]
    told = ngettext(
        "Aide : %(n)d mois, %(total)s au total, dernier mois %(month)s.",
        "Aide : %(n)d mois, %(total)s au total, dernier mois %(month)s.",
        len(made.months),
    ) % {"n": len(made.months), "total": html.euro(made.total), "month": month_name(made.months[-1].month)}
    return [Fact(told, _total_rules(made))]


def _total_rules(made: Simulation) -> list[Rule]:
    ids = [rule for rule in made.rules if rule.startswith(("AFIS-2", "AFIS-3", "AFIS-4", "MON-", "CAP-"))]
    amounts: dict[str, int] = {}
    for one in made.months:
        amounts[html.euro(one.amount)] = amounts.get(html.euro(one.amount), 0) + 1
    added = " + ".join(f"{n} × {amount}" for amount, n in amounts.items())
    return explain(*ids, **{_("Calcul"): f"{added} = {html.euro(made.total)}"})


def _alerts(made: Simulation) -> list[Fact]:
    """What to look at, each with its rule."""
    computed, scenario = made.journey, made.scenario
    by_rule = {"cap_exceeded": "DUR-4", "renewal_blocked_by_cap": "DUR-4", "printed_end_differs": "DUR-3"}
    found = [
        Fact(str(wording.ALERTS[code]), explain(by_rule.get(code, "DUR-5")), "warning") for code in computed.alerts
    ]
    if computed.rights_break_risk:
        told = _("Aucune séance n'a lieu au plus tard 15 jours avant la fin : une rupture de droits est probable.")
        found.append(Fact(told, explain("REN-2"), "warning"))
    codes = {code for schedule in made.schedules for code in schedule.alerts}
    if "children_effect_to_confirm" in codes:
        told = _("La MSA confirme le mois à partir duquel le nombre d'enfants change.")
        found.append(Fact(told, explain("AFIS-5"), "warning"))
    if "partial_month" in codes:
        told = _("Un mois n'est accordé qu'en partie : la façon de le payer est à confirmer avec la MSA.")
        found.append(Fact(told, explain("MON-1"), "warning"))
    if made.overlaps:
        found.append(_overlap(made))
    if made.residence:
        found += [
            Fact(str(wording.RESIDENCE_ALERTS[code]), explain("APS-1" if code == "cover_hole" else "APS-2"), "warning")
            for code in made.residence.alerts
        ]
        if made.residence.propose_l425_1:
            told = _(
                "Plainte et liens rompus : la carte de l'article L. 425-1 peut être demandée. Le parcours continue."
            )
            found.append(Fact(told, explain("PER-1", **{_("Plainte"): html.day(scenario.complaint_on)}), "warning"))
    if made.rsa:
        found.append(_rsa(made))
    return found


def _overlap(made: Simulation) -> Fact:
    listed = ", ".join(
        f"{month_name(one.month)} ({', '.join(str(BENEFITS[kind]) for kind in one.benefits)})" for one in made.overlaps
    )
    whole = sum((one.amount for one in made.overlaps), start=type(made.total)("0.00"))
    told = _("Aide et autre prestation le même mois : %(months)s. Trop-perçu possible : %(amount)s.") % {
        "months": listed, "amount": html.euro(whole)
    }  # fmt: skip
    return Fact(told, explain("AFIS-7"), "warning")


def _rsa(made: Simulation) -> Fact:
    scenario, check = made.scenario, made.rsa
    inputs = {_("Date de naissance"): html.day(scenario.birth_date), _("Jour regardé"): html.day(scenario.as_of)}
    if scenario.work_permit_since:
        inputs[_("Document qui permet de travailler depuis le")] = html.day(scenario.work_permit_since)
    assert check is not None  # noqa: S101 (the caller has looked)
    if check.to_check:
        told, tone = _("Le droit au RSA est à vérifier dès maintenant, et ne se décide pas ici."), "warning"
    elif check.from_:
        told, tone = _("Le droit au RSA sera à vérifier à partir du %(day)s.") % {"day": html.day(check.from_)}, "info"
    elif "student" in check.reasons:
        told, tone = _("Études en cours : le RSA n'est pas à vérifier."), "info"
    else:
        told = _("RSA : la date du premier document qui permet de travailler manque pour savoir quand le vérifier.")
        tone = "info"
    return Fact(told, explain("RSA-1", on=scenario.as_of, **inputs), tone)


# --- tables ------------------------------------------------------------------------------------------------------
def _periods(made: Simulation) -> Table:
    heads = [Head(_("Période")), Head(_("Du")), Head(_("Au")), Head(_("Temps")), Head(_("Fin"))]
    gaps = {gap.after: gap for gap in made.journey.gaps}
    lines = []
    for period in made.journey.periods:
        lines.append(_period(made, period))
        if gap := gaps.get(period.n):
            inputs = {_("Fin de la période précédente"): html.day(period.end), _("Jours"): gap.days}
            cells = (_("sans parcours"), html.day(gap.start), html.day(gap.end), _days(gap.days), "")
            lines.append(Cells(cells, explain("DUR-5", **inputs), gap=True))
    return Table("periodes", _("Périodes"), heads, lines)


def _days(count: int) -> str:
    return ngettext("%(count)d jour", "%(count)d jours", count) % {"count": count}


def _period(made: Simulation, period: journey.Period) -> Cells:
    order = made.openings.get(period.n)
    ids = ["DUR-1", "DUR-3" if period.n > 1 and not (order and order.effective_on) else "DUR-2"]
    ids += ["DUR-4"] if period.shortened else []
    ids += ["DUR-5"] if period.late_days else []
    ids += ["DUR-6"] if period.end_reason == "early_end" else []
    inputs: dict[str, Any] = {_("Premier jour"): html.day(period.start)}
    if order:
        inputs[_("Arrêté signé le")] = html.day(order.signed_on)
        if order.effective_on:
            inputs[_("Date d'effet écrite")] = html.day(order.effective_on)
        if order.ends_on:
            inputs[_("Fin écrite")] = html.day(order.ends_on)
    if period.computed_end:
        inputs[_("Fin calculée")] = html.day(period.computed_end)
    name = wording.period_name(period.n) + (_(" (supposée)") if period.projected else "")
    reason = str(wording.END_REASONS[period.end_reason])
    if period.late_days:
        reason += _(" ; signée %(days)s après son début") % {"days": _days(period.late_days)}
    cells = (name, html.day(period.start), html.day(period.end), long(period.used), reason)
    return Cells(cells, explain(*ids, on=order.signed_on if order else None, **inputs))


def _reminders(made: Simulation) -> Table:
    """The days that prepare each renewal."""
    first = next(iter(made.journey.periods), None)
    days = [one.days_before for one in first.reminders] if first else []
    heads = [Head(_("Avant la fin de")), *(Head(html.signed_days(one)) for one in days)]
    lines = [
        Cells(
            (wording.period_name(period.n), *(html.day(one.on) for one in period.reminders)),
            explain("REN-1", **{_("Fin de la période"): html.day(period.end)}),
        )
        for period in made.journey.periods
    ]
    return Table("rappels", _("Rappels"), heads, lines)


def _aid(made: Simulation) -> Table:
    heads = [Head(_("Mois")), Head(_("Enfants"), number=True), Head(_("Montant"), number=True)]
    total = Cells((_("Total"), "", html.euro(made.total)), _total_rules(made)) if made.months else None
    lines = [
        Cells((month_name(one.month), str(one.children), html.euro(one.amount)), _month_rules(made, one))
        for one in made.months
    ]
    return Table("aide", _("Aide financière (AFIS), mois par mois"), heads, lines, total)


def _month_rules(made: Simulation, one: MonthDue) -> list[Rule]:
    ids = ["AFIS-2", "MON-1"]
    inputs = {
        _("Base"): html.euro(one.scale.base),
        _("Pour les enfants"): html.euro(one.scale.children_amount),
        _("Barème en vigueur depuis le"): html.day(one.scale.scale.from_),
    }
    if made.scenario.births:
        ids.append("AFIS-5")
        inputs[_("Enfants comptés")] = str(one.children)
    if made.scenario.settings.total_cap:
        ids.append("CAP-1")
        inputs[_("Ressources du foyer")] = html.euro(made.scenario.resources)
    return [brief(ids[0], inputs), *(brief(rule_id) for rule_id in ids[1:])]


def _conditions(made: Simulation) -> Table:
    """The four conditions of the aid, when everything needed was typed."""
    found = made.eligibility
    heads = [Head(_("Condition de l'aide")), Head(_("Réponse")), Head(_("Pourquoi"))]
    if found is None:
        return Table("conditions", "", heads, ())
    decided = html.day(made.scenario.aid_decision_on)
    lines = []
    for name, label in CONDITIONS.items():
        condition = getattr(found.conditions, name)
        why = str(WHY.get(condition.why, ""))
        inputs = {_("Décision sur l'aide"): decided}
        if name == "resources":
            compared = _("inférieures à") if condition.met else _("non strictement inférieures à")
            why = f"{html.euro(made.scenario.resources)}, {compared} {html.euro(found.ceiling)}"
            inputs |= {_("Mois regardé"): month_name(found.reference_month), _("Plafond"): html.euro(found.ceiling)}
        if name == "exclusions" and found.conditions.exclusions.found:
            why += f" ({', '.join(str(BENEFITS[kind]) for kind in found.conditions.exclusions.found)})"
        lines.append(
            Cells((str(label), _("remplie") if condition.met else _("non remplie"), why), explain("AFIS-1", **inputs))
        )
    if found.eligible:
        told = _("Au %(day)s, les quatre conditions de l'aide sont remplies.") % {"day": decided}
    else:
        told = _("Au %(day)s, l'aide ne peut pas être accordée : une condition au moins manque.") % {"day": decided}
    fact = Fact(told, explain("AFIS-1"), "info" if found.eligible else "warning")
    return Table("conditions", _("Conditions de l'aide"), heads, lines, facts=[fact])


def _stay(made: Simulation) -> Table:
    heads = [Head(_("Document")), Head(_("Du")), Head(_("Au")), Head(_("Travail"))]
    stay = made.residence
    if stay is None:
        return Table("sejour", "", heads, ())
    lines = []
    for one in stay.documents:
        inputs = {_("Délivré le"): html.day(one.from_)}
        if one.min_to:
            inputs[_("Durée minimale jusqu'au")] = html.day(one.min_to)
        rules = explain("PER-2" if one.kind == "reflection_receipt" else "APS-2", "DUR-1", on=one.from_, **inputs)
        kind = capfirst(PermitKind(one.kind).label)
        lines.append(Cells((kind, html.day(one.from_), html.day(one.to), _("oui") if one.work else _("non")), rules))
    for hole in stay.cover_holes:
        name = _("sans document (%(days)s)") % {"days": _days(hole.days)}
        cells = (name, html.day(hole.start), html.day(hole.end), "")
        lines.append(Cells(cells, explain("APS-1", **{_("Jours"): hole.days}), gap=True))
    return Table("sejour", _("Séjour"), heads, lines, facts=_stay_facts(made))


def _stay_facts(made: Simulation) -> list[Fact]:
    stay = made.residence
    if stay is None:
        return []
    needed = {
        "nationality": _("La nationalité dispense d'autorisation provisoire de séjour."),
        "other_document": _(
            "Un autre document permet de séjourner et de travailler : l'autorisation n'est pas nécessaire."
        ),
        "no_document": _("Une autorisation provisoire de séjour du parcours est nécessaire."),
    }
    found = [Fact(needed[stay.aps_why], explain("APS-1"))]
    for days, told in (
        (stay.delay_days.aps, _("De la décision à l'autorisation provisoire : %(days)s.")),
        (stay.delay_days.receipt, _("De la décision au récépissé : %(days)s.")),
    ):
        if days is not None:
            found.append(Fact(told % {"days": _days(days)}, explain("APS-3")))
    inputs = {_("Fin du dernier document"): html.day(stay.last_document_end)}
    if stay.next_request_on and stay.registration_alert_on:
        told = _("Prochain document à demander dès le %(day)s.") % {"day": html.day(stay.next_request_on)}
        found.append(Fact(told, explain("APS-4", **inputs)))
        told = _("Inscription à France Travail à surveiller dès le %(day)s.") % {
            "day": html.day(stay.registration_alert_on)
        }
        found.append(Fact(told, explain("APS-4", **inputs)))
    return found


def _health(made: Simulation) -> Table:
    heads = [Head(_("Couverture")), Head(_("Du")), Head(_("Au"))]
    lines = [
        Cells((capfirst(str(HEALTH[one.kind])), html.day(one.starts_on), html.day(one.ends_on) or _("en cours")), [])
        for one in sorted(made.scenario.health, key=lambda one: one.starts_on)
    ]
    lines += [
        Cells((_uncovered(hole), html.day(hole.start), html.day(hole.end)), [], gap=True) for hole in made.health_holes
    ]
    facts = [Fact(str(HEALTH_IS_TYPED), [])] if lines else []
    return Table("sante", _("Santé"), heads, lines, facts=facts)


def _uncovered(hole: Hole) -> str:
    return _("sans couverture écrite (%(days)s)") % {"days": _days(hole.days)}


def _challenges(made: Simulation) -> Table:
    heads = [Head(_("Décision ou recours")), Head(_("Le")), Head(_("Ensuite")), Head(_("Tribunal au plus tard le"))]
    lines = [line for one in made.challenges for line in _challenge(one)]
    return Table("recours", _("Recours"), heads, lines)


def _challenge(one: Challenge) -> Iterable[Cells]:
    order, limits = one.order, one.limits
    inputs = {_("Notifiée le"): html.day(order.notified_on)}
    after = _("voies de recours écrites") if limits.opposable else _("voies de recours absentes : un an environ")
    name = capfirst(DecisionKind(order.kind).label)
    last = limits.court_limit or limits.outer_limit
    yield Cells(
        (name, html.day(order.notified_on), after, html.day(last)),
        explain(*limits.rules, on=order.notified_on, **inputs),
    )
    for effect in limits.appeals:
        name = _("Recours %(kind)s") % {"kind": AppealKind(effect.kind).label}
        if effect.implicit_rejection_on:
            after = _("rejet par silence le %(day)s") % {"day": html.day(effect.implicit_rejection_on)}
        else:
            after = _("rejeté par écrit")
        after += "" if effect.in_time else _(" ; hors délai")
        told = {_("Reçu le"): html.day(effect.received_on), **inputs}
        cells = (name, html.day(effect.received_on), after, html.day(effect.court_limit) or "—")
        yield Cells(cells, explain("APP-2", "APP-3", on=order.notified_on, **told))


# --- the drawing -------------------------------------------------------------------------------------------------
def clock(made: Simulation) -> timeline.Clock | None:
    """Period, permit, aid and health on one axis; what is not covered is hatched."""
    computed, as_of = made.journey, made.scenario.as_of
    if not computed.periods:
        return None
    start, last = computed.periods[0].start, computed.periods[-1].end
    end = max(computed.cap.end or last, last)
    segments = [
        timeline.Segment(one.n, one.start, one.end, _state(one, as_of), wording.period_name(one.n))
        for one in computed.periods
    ]
    segments += [timeline.Segment(gap.after, gap.start, gap.end, "gap", _("sans parcours")) for gap in computed.gaps]
    lanes = [_within(lane, start, end) for lane in (_stay_lane(made), _aid_lane(made), _health_lane(made))]
    steps = _within(_steps_lane(made), start, end)
    return timeline.Clock(
        start=start,
        end=end,
        today=as_of,
        segments=sorted(segments, key=lambda segment: segment.start),
        lanes=[*lanes, *([steps] if steps.points else [])],
        title=_("Parcours simulé, %(span)s") % {"span": span(start, end)},
        desc=" ".join([sentence(made), *(_heard(lane) for lane in lanes)]),
        limit_label=_("plafond 24 mois") if end == computed.cap.end else "",
        today_label=_("au %(day)s") % {"day": html.day(as_of)},
        id="simulation",
    )


def _state(period: journey.Period, as_of: date) -> str:
    if period.projected or period.start > as_of:
        return "planned"
    return "done" if period.end < as_of else "current"


def _within(lane: timeline.Lane, start: date, end: date) -> timeline.Lane:
    """What has a day on the axis; the tables of the page tell the rest."""
    bars = [bar for bar in lane.bars if bar.start <= end and (bar.end or end) >= start]
    return timeline.Lane(lane.label, bars, [point for point in lane.points if start <= point.day <= end])


def _heard(lane: timeline.Lane) -> str:
    """One line of the drawing in words."""
    gaps = [bar for bar in lane.bars if bar.kind == "gap"]
    if not lane.bars:
        return _("%(lane)s : rien d'écrit.") % {"lane": lane.label}
    if not gaps:
        return _("%(lane)s : couvert sans interruption.") % {"lane": lane.label}
    return _("%(lane)s : jours non couverts %(spans)s.") % {
        "lane": lane.label, "spans": ", ".join(span(bar.start, bar.end or bar.start) for bar in gaps)
    }  # fmt: skip


def _gaps(found: Sequence[Hole], label: str) -> list[timeline.Bar]:
    return [timeline.Bar(hole.start, hole.end, label, "gap") for hole in found]


def _stay_lane(made: Simulation) -> timeline.Lane:
    stay = made.residence
    if stay is None:
        return timeline.Lane(_("Séjour"))
    bars = [timeline.Bar(one.from_, one.to, wording.short_kind(one.kind)) for one in stay.documents]
    return timeline.Lane(_("Séjour"), [*bars, *_gaps(stay.cover_holes, _("sans document"))])


def _aid_lane(made: Simulation) -> timeline.Lane:
    """Months of the same amount in one bar."""
    bars: list[timeline.Bar] = []
    for one in made.months:
        words, kind = html.euro(one.amount), "planned" if one.projected else "solid"
        before = bars[-1] if bars else None
        follows = before and before.end and before.end + timedelta(days=1) == one.month.first
        if before and follows and (before.label, before.kind) == (words, kind):
            bars[-1] = timeline.Bar(before.start, one.month.last, words, kind)
        else:
            bars.append(timeline.Bar(one.month.first, one.month.last, words, kind))
    return timeline.Lane(_("AFIS"), [*bars, *_gaps(made.aid_holes, _("sans aide"))])


def _health_lane(made: Simulation) -> timeline.Lane:
    bars = [timeline.Bar(one.starts_on, one.ends_on, SHORT_HEALTH[one.kind]) for one in made.scenario.health]
    return timeline.Lane(_("Santé (écrite)"), [*bars, *_gaps(made.health_holes, _("sans couverture écrite"))])


def _steps_lane(made: Simulation) -> timeline.Lane:
    """The complaint, notifications, the last day before the court."""
    points = [timeline.Point(made.scenario.complaint_on, _("plainte"), "hollow")] if made.scenario.complaint_on else []
    for one in made.challenges:
        if one.order.notified_on:
            points.append(timeline.Point(one.order.notified_on, _("notification")))
        if one.limits.court_limit:
            points.append(timeline.Point(one.limits.court_limit, _("limite du recours"), "star"))
    return timeline.Lane(_("Démarches"), (), points)
