"""From the law room to the screen: a rule with its article, its dated values and its doubts, in the page's language.

The one way by which a screen says why a date or an amount is what it is: ``why`` for ``{% explain %}`` (or the tag
``{% why %}`` where a template knows enough), ``page`` for the page of a rule. It stands here because every room that
shows a date is above this one and above the law; the words are the law's own.
"""

import re
from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from functools import lru_cache
from typing import Any, NamedTuple

from django.urls import reverse
from django.utils.formats import date_format
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import get_language, gettext_lazy, ngettext
from django.utils.translation import gettext as _

from jalon.law import loader
from jalon.law.articles import articles
from jalon.law.rules import BASES_FR, RULES
from jalon.law.rules import Rule as Law

from . import html
from .html import Parameter, Rule

DOUBT = "C"
DAY = re.compile(r"\d{4}-\d\d-\d\d")
# The parameters of unit « code »: what each of their values means.
CODES = {
    "cumulative": gettext_lazy("le temps autorisé seulement"),
    "calendar": gettext_lazy("chaque mois depuis le premier jour"),
    "touched": gettext_lazy("tout mois qui a un jour accordé"),
    "first_of_next_month": gettext_lazy("le mois suivant"),
}
# Days that come back each year: MM-DD, or so many days after Easter Sunday.
YEARLY = re.compile(r"(\d\d)-(\d\d)")
MOVING = {
    "easter-2": gettext_lazy("Vendredi saint"),
    "easter+1": gettext_lazy("lundi de Pâques"),
    "easter+39": gettext_lazy("Ascension"),
    "easter+50": gettext_lazy("lundi de Pentecôte"),
}
LONG = 6  # a list of more values than these is told by its length; the page of the rule has them all


def why(*ids: str, on: date | None = None, inputs: Mapping[str, Any] | None = None) -> list[Rule]:
    """These rules of the law, once each, for ``{% explain %}``; an unknown id is a LookupError.

    ``on`` is the day whose dated values were used (the latest ones without it); ``inputs`` are the values of this
    case, shown with the first rule.
    """
    language = get_language() or "fr"
    rules = [_stated(rule_id, on, language) for rule_id in dict.fromkeys(ids)]
    if rules and inputs:
        rules[0] = rules[0]._replace(inputs=tuple(inputs.items()))
    return rules


def brief(rule_id: str, inputs: Mapping[str, Any] | None = None) -> Rule:
    """The same without its dated values: for long lists, where the page of the rule has the rest."""
    return _stated(rule_id, None, get_language() or "fr")._replace(parameters=(), inputs=tuple((inputs or {}).items()))


def folded(*ids: str, on: date | None = None, label: Any = "", about: Any = "", value: Any = "") -> SafeString:
    """``{% why "DEC-3" on=day about=_("Reçue le") value=day|day %}``: the folded reasons, for a template alone."""
    return html.explain(why(*ids, on=on, inputs={str(about): value} if about else None), label)


def known(rule_id: str) -> bool:
    return rule_id in RULES


def sentence(rule_id: str) -> str:
    """What a rule says, in the language of the page."""
    return _(RULES[rule_id].title_fr)


def address(rule_id: str) -> str:
    """The page of a rule."""
    return reverse("rule", args=[rule_id])


@lru_cache(maxsize=2048)
def _stated(rule_id: str, on: date | None, language: str) -> Rule:
    rule = RULES[rule_id]
    url = address(rule_id)
    given = [_dated(key, on) for key in _told(rule)]
    return Rule(
        rule.id,
        sentence(rule_id),
        _linked(rule, url),
        parameters=tuple(one for one in given if one is not None),
        mark=_mark(rule),
        page=url,
    )


def _told(rule: Law) -> list[str]:
    """The dated values of a folded reason: of a family of lists (one a territory) the first, which is the usual one."""
    seen: set[str] = set()
    keys = []
    for key in rule.parameters:
        family = key.rpartition(".")[0]
        listed = isinstance(loader.parameter(key).latest.value, tuple)
        if not listed or family not in seen:
            keys.append(key)
        if listed:
            seen.add(family)
    return keys


def _linked(rule: Law, url: str) -> SafeString:
    """The articles, each leading to its text, or to the page of the rule when no address of it is known."""
    parts = [
        html.outside(one.href, _(one.name)) if one.href else format_html('<a href="{}">{}</a>', url, _(one.name))
        for one in articles(rule.source)
    ]
    return format_html_join(" ; ", "{}", ((part,) for part in parts))


def _mark(rule: Law) -> str:
    """What a lawyer is asked to confirm; nothing when the text was read or when the product owns the choice."""
    about = [on for letter, on in rule.parts if letter == DOUBT]
    if not about:
        return ""
    return _confirm() + (f" ({', '.join(_(on) for on in about)})" if any(about) else "")


def _confirm() -> str:
    return _(BASES_FR[DOUBT])


def _dated(key: str, on: date | None) -> Parameter | None:
    parameter = loader.parameter(key)
    dated = parameter.latest if on is None else parameter.at(on)
    return _shown(parameter, dated) if dated else None


def _shown(parameter: loader.Parameter, dated: loader.Dated, short: bool = True) -> Parameter:
    source = dated.reference
    return Parameter(
        _label(parameter),
        _value(parameter, dated.value, short),
        dated.start,
        source.title if source else "",
        (source.href or "") if source else "",
        _confirm() if parameter.to_confirm else "",
    )


def _label(parameter: loader.Parameter) -> str:
    return parameter.description if html.french() else parameter.label_en


def _value(parameter: loader.Parameter, value: loader.Value, short: bool) -> str:
    if isinstance(value, bool):
        return _("oui") if value else _("non")
    if isinstance(value, tuple):
        if short and len(value) > LONG:
            return ngettext("%(n)d valeur", "%(n)d valeurs", len(value)) % {"n": len(value)}
        return ", ".join(map(_one, value))
    if isinstance(value, str):
        return html.day(date.fromisoformat(value)) if DAY.fullmatch(value) else str(CODES.get(value, value))
    if parameter.unit == "currency":
        amount = html.euro(value)
        return _("%(amount)s par mois") % {"amount": amount} if parameter.period == "month" else amount
    counted = {
        "month": ngettext("%(n)s mois", "%(n)s mois", int(value)),
        "day": ngettext("%(n)s jour", "%(n)s jours", int(value)),
        "year": ngettext("%(n)s an", "%(n)s ans", int(value)),
        "hour": ngettext("%(n)s heure", "%(n)s heures", int(value)),
    }.get(parameter.unit, "%(n)s")
    return counted % {"n": html.number(value, _places(value))}


def _one(code: str) -> str:
    """One value of a list: a holiday in words, else its letters (a country, a benefit)."""
    if found := YEARLY.fullmatch(code):
        day = date(2000, int(found[1]), int(found[2]))  # any year
        return date_format(day, "j F").replace("1 ", "1er ", day.day == 1 and html.french())
    return str(MOVING.get(code, code.upper()))


def _places(value: Decimal | int) -> int:
    exponent = value.normalize().as_tuple().exponent if isinstance(value, Decimal) else 0
    return max(-exponent, 0) if isinstance(exponent, int) else 0


# --- the pages of the rules -----------------------------------------------------------------------------------
class History(NamedTuple):
    """A dated value of a rule with all that it was, the latest first."""

    label: str
    values: list[Parameter]
    checked_on: date | None
    mark: str


class Page(NamedTuple):
    """All that the product knows of a rule; what a lawyer must confirm is the mark of the rule itself."""

    rule: Rule
    basis: list[str]
    histories: list[History]


def page(rule_id: str) -> Page | None:
    """The page of a rule; None when there is none of this id."""
    rule = RULES.get(rule_id)
    if rule is None:
        return None
    basis = [_(BASES_FR[letter]) + (f" ({_(on)})" if on else "") for letter, on in rule.parts if letter != DOUBT]
    return Page(why(rule_id)[0], basis, [_history(loader.parameter(key)) for key in rule.parameters])


def _history(parameter: loader.Parameter) -> History:
    values = [_shown(parameter, dated, short=False)._replace(mark="") for dated in reversed(parameter.history)]
    mark = _confirm() if parameter.to_confirm else ""
    return History(_label(parameter), values, parameter.last_checked_on, mark)


def everything() -> Iterable[Rule]:
    """Every rule, in the order of the law room."""
    return why(*RULES)
