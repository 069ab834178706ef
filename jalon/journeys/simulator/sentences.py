"""What comes first: one sentence, the facts, what to look at."""

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from jalon.journeys import wording
from jalon.ui import html
from jalon.ui.html import Rule

from .result import Simulation
from .words import BENEFITS, Fact, explain, long, month_name, span


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


def pathway_facts(made: Simulation) -> list[Fact]:
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


def aid_facts(made: Simulation) -> list[Fact]:
    if not made.scenario.aid or not made.journey.periods:
        return []
    if not made.months:
        return [Fact(_("Aucun mois d'aide."), explain("AFIS-3", "MON-1"))]
    told = ngettext(
        "Aide : %(n)d mois, %(total)s au total, dernier mois %(month)s.",
        "Aide : %(n)d mois, %(total)s au total, dernier mois %(month)s.",
        len(made.months),
    ) % {"n": len(made.months), "total": html.euro(made.total), "month": month_name(made.months[-1].month)}
    return [Fact(told, total_rules(made))]


def total_rules(made: Simulation) -> list[Rule]:
    ids = [rule for rule in made.rules if rule.startswith(("AFIS-2", "AFIS-3", "AFIS-4", "MON-", "CAP-"))]
    amounts: dict[str, int] = {}
    for one in made.months:
        amounts[html.euro(one.amount)] = amounts.get(html.euro(one.amount), 0) + 1
    added = " + ".join(f"{n} × {amount}" for amount, n in amounts.items())
    return explain(*ids, **{_("Calcul"): f"{added} = {html.euro(made.total)}"})


def alerts_of(made: Simulation) -> list[Fact]:
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
