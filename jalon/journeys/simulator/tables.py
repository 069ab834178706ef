"""The tables: periods, reminders, aid, conditions, residence, health, appeals."""

from collections.abc import Iterable
from typing import Any

from django.utils.text import capfirst
from django.utils.translation import gettext as _

from jalon.journeys import wording
from jalon.journeys.states import AppealKind, DecisionKind, PermitKind
from jalon.law import journey
from jalon.law.periods import Hole
from jalon.ui import html
from jalon.ui.html import Rule
from jalon.ui.rules import brief

from .result import Challenge, MonthDue, Simulation
from .sentences import total_rules
from .words import (
    BENEFITS,
    CONDITIONS,
    HEALTH,
    HEALTH_IS_TYPED,
    WHY,
    Cells,
    Fact,
    Head,
    Table,
    days_of,
    explain,
    long,
    month_name,
)


def periods_table(made: Simulation) -> Table:
    heads = [Head(_("Période")), Head(_("Du")), Head(_("Au")), Head(_("Temps")), Head(_("Fin"))]
    gaps = {gap.after: gap for gap in made.journey.gaps}
    lines = []
    for period in made.journey.periods:
        lines.append(_period(made, period))
        if gap := gaps.get(period.n):
            inputs = {_("Fin de la période précédente"): html.day(period.end), _("Jours"): gap.days}
            cells = (_("sans parcours"), html.day(gap.start), html.day(gap.end), days_of(gap.days), "")
            lines.append(Cells(cells, explain("DUR-5", **inputs), gap=True))
    return Table("periodes", _("Périodes"), heads, lines)


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
        reason += _(" ; signée %(days)s après son début") % {"days": days_of(period.late_days)}
    cells = (name, html.day(period.start), html.day(period.end), long(period.used), reason)
    return Cells(cells, explain(*ids, on=order.signed_on if order else None, **inputs))


def reminders_table(made: Simulation) -> Table:
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


def aid_table(made: Simulation) -> Table:
    heads = [Head(_("Mois")), Head(_("Enfants"), number=True), Head(_("Montant"), number=True)]
    total = Cells((_("Total"), "", html.euro(made.total)), total_rules(made)) if made.months else None
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


def conditions_table(made: Simulation) -> Table:
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


def stay_table(made: Simulation) -> Table:
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
        name = _("sans document (%(days)s)") % {"days": days_of(hole.days)}
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
            found.append(Fact(told % {"days": days_of(days)}, explain("APS-3")))
    inputs = {_("Fin du dernier document"): html.day(stay.last_document_end)}
    if stay.next_request_on and stay.registration_alert_on:
        told = _("Prochain document à demander dès le %(day)s.") % {"day": html.day(stay.next_request_on)}
        found.append(Fact(told, explain("APS-4", **inputs)))
        told = _("Inscription à France Travail à surveiller dès le %(day)s.") % {
            "day": html.day(stay.registration_alert_on)
        }
        found.append(Fact(told, explain("APS-4", **inputs)))
    return found


def health_table(made: Simulation) -> Table:
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
    return _("sans couverture écrite (%(days)s)") % {"days": days_of(hole.days)}


def challenges_table(made: Simulation) -> Table:
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
