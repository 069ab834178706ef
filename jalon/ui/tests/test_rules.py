"""Rules on the screen: each has a page, and a folded reason with its article, dated values, sources and doubt."""

import re
from datetime import date
from decimal import Decimal
from types import SimpleNamespace

import pytest
from django.template.loader import render_to_string
from django.test import RequestFactory
from django.urls import reverse
from django.utils import translation

from jalon.access import Hidden
from jalon.law import loader
from jalon.law.articles import ADDRESSES, articles
from jalon.law.rules import RULES
from jalon.ui import html, rules, views

MARK = "à confirmer par un juriste"
ROLES = ("REF", "SEC", "MEM", "STA", "OPS")


def request(role="REF"):
    asked = RequestFactory().get("/")
    asked.actor, asked.user = SimpleNamespace(role=role), SimpleNamespace(is_authenticated=True, name="")
    asked.htmx = False
    return asked


def text_of(page):
    return re.sub(r"\s+", " ", page.content.decode())


def escaped(text):
    return html.escape(text)


@pytest.mark.parametrize("rule", RULES.values(), ids=lambda rule: rule.id)
def test_every_folded_reason_tells_all(rule):
    shown = html.explain(rules.why(rule.id))
    assert escaped(rule.title_fr) in shown
    assert reverse("rule", args=[rule.id]) in shown
    for article in articles(rule.source):
        assert escaped(article.name) in shown
        if article.href:
            assert escaped(article.href) in shown
    assert (MARK in shown) >= rule.to_confirm
    for key in (key for key in rule.parameters if not key.startswith("holidays.") or key.endswith(".metropole")):
        parameter = loader.parameter(key)
        assert escaped(parameter.description) in shown
        assert f"depuis le {parameter.latest.start:%d/%m/%Y}" in shown
        assert escaped(parameter.latest.reference.title) in shown
    if not rule.to_confirm and not any(loader.parameter(key).to_confirm for key in rule.parameters):
        assert MARK not in shown


@pytest.mark.parametrize("rule", RULES.values(), ids=lambda rule: rule.id)
def test_every_rule_has_its_page(rule):
    response = views.rule(request(), rule.id)
    assert response.status_code == 200
    shown = text_of(response)
    assert escaped(rule.title_fr) in shown
    assert escaped(rule.basis_fr.split(" ; ")[0]) in shown
    for key in rule.parameters:
        for dated in loader.parameter(key).history:
            assert f"{dated.start:%d/%m/%Y}" in shown
            if dated.reference:
                assert escaped(dated.reference.title) in shown
    assert (MARK in shown) >= rule.to_confirm


def test_a_public_holiday_is_told_in_words():
    """As the law room keeps it, « easter+39 », nobody reads it."""
    shown = text_of(views.rule(request(), "APP-1"))
    for words in ("1er janvier, lundi de Pâques", "Ascension, lundi de Pentecôte", "27 mai", "Vendredi saint"):
        assert words in shown
    assert "easter" not in shown
    with translation.override("en"):
        assert "1 January, " in text_of(views.rule(request(), "APP-1"))


@pytest.mark.parametrize("role", ROLES)
def test_the_list_leads_to_each_page(role):
    shown = text_of(views.rules(request(role)))
    for rule in RULES.values():
        assert f'href="{reverse("rule", args=[rule.id])}"' in shown
    assert ADDRESSES["CRPA, art. R. 133-10"] in shown


def test_an_unknown_rule_is_hidden():
    with pytest.raises(Hidden):
        views.rule(request(), "DUR-99")
    with pytest.raises(Hidden):  # nobody is signed in
        views.rule(RequestFactory().get("/"), "DUR-4")
    with pytest.raises(LookupError):
        rules.why("DUR-99")


def test_the_value_is_that_of_the_day():
    before = html.explain(rules.why("AFIS-2", on=date(2021, 3, 1)))
    after = html.explain(rules.why("AFIS-2", on=date(2026, 3, 1)))
    assert html.euro(Decimal("330.00")) in before
    assert html.euro(Decimal("343.20")) not in before
    assert html.euro(Decimal("343.20")) in after
    assert "par mois" in after
    assert "depuis le 01/07/2022" in after


def test_a_value_that_is_a_code_is_told_in_words():
    codes = {
        str(dated.value)
        for parameter in map(loader.parameter, loader.all_keys())
        for dated in parameter.history
        if parameter.unit == "code" and isinstance(dated.value, str)
    }
    assert codes
    assert {code for code in codes if not rules.DAY.fullmatch(code)} <= set(rules.CODES)
    assert "first_of_next_month" not in text_of(views.rule(request(), "AFIS-5"))


def test_units_and_lists():
    shown = html.explain(rules.why("EMP-3", "AFIS-1", "COM-2"))
    for words in ("1 mois", "60 jours", "18 ans", "31 valeurs", "RSA, ADA", "0,5"):
        assert words in shown
    assert "AT, BE" in text_of(views.rule(request(), "AFIS-1"))


def test_inputs_go_with_the_first_rule_and_ids_are_told_once():
    found = rules.why("COM-2", "COM-3", "COM-2", inputs={"Membres": 12})
    assert [rule.id for rule in found] == ["COM-2", "COM-3"]
    assert found[0].inputs == (("Membres", 12),)
    assert rules.why("COM-2")[0].inputs == ()  # what was prepared once keeps nothing of a case
    assert rules.brief("DUR-4").parameters == ()


def test_a_doubt_says_on_what_it_bears():
    assert rules.why("DUR-4")[0].mark == f"{MARK} (façon de les compter)"
    assert rules.why("TRF-1")[0].mark == MARK
    assert rules.why("DUR-1")[0].mark == ""


def test_english_pages_keep_the_articles():
    with translation.override("en"):
        shown = html.explain(rules.why("DUR-4", "REN-1"))
    assert "to be confirmed by a lawyer" in shown
    assert "CASF, art. R. 121-12-10" in shown
    assert "Total length of the exit pathway at most" in shown
    assert "since 31/10/2016" in shown


def test_what_is_written_wins_and_the_gap_is_shown():
    shown = html.differs(date(2026, 9, 1), date(2026, 8, 31))
    assert "31/08/2026" in shown
    assert "l&#x27;écrit l&#x27;emporte" in shown
    assert html.differs(date(2026, 9, 1), date(2026, 9, 1)) == ""
    assert html.differs(date(2026, 9, 1), None) == html.differs(None, date(2026, 9, 1)) == ""
    assert html.euro(Decimal("343.20")) in html.differs(Decimal("330.00"), Decimal("343.20"))


def test_links_go_to_the_web_or_nowhere():
    assert html.outside("javascript:alert(1)", "x") == "x"
    assert 'rel="external noreferrer"' in html.outside("https://example.org/", "x")


def test_addresses_are_those_of_articles_that_rules_name():
    named = {article.name for rule in RULES.values() for article in articles(rule.source)}
    assert set(ADDRESSES) <= named
    assert all(address.startswith("https://") for address in ADDRESSES.values())
    found = articles("CRPA, art. L. 211-2 et L. 211-5 ; CJA, art. R. 421-5")
    assert [one.name for one in found] == ["CRPA, art. L. 211-2", "CRPA, art. L. 211-5", "CJA, art. R. 421-5"]


def test_the_footer_leads_to_the_rules_once_signed_in():
    shown = render_to_string("ui/_footer.html", {"role": "REF"})
    assert reverse("rules") in shown
    assert reverse("rules") not in render_to_string("ui/_footer.html", {"role": ""})
