"""Why a date is what it is: every kind of deadline has a rule that can be read, or is chosen by a person."""

import re
from types import SimpleNamespace

import pytest
from django.test import RequestFactory
from django.urls import reverse

from jalon.access import Hidden
from jalon.law.rules import RULES
from jalon.notices import views, why
from jalon.notices.kinds import KINDS, RENEWAL
from jalon.ui import html


def shown(role="REF"):
    request = RequestFactory().get("/")
    request.actor, request.user = SimpleNamespace(role=role), SimpleNamespace(is_authenticated=True, name="")
    request.htmx = False
    return re.sub(r"\s+", " ", views.reasons(request).content.decode())


def test_every_kind_is_explained_once_or_chosen():
    assert set(why.RULES_OF) | why.CHOSEN == set(KINDS)
    assert not set(why.RULES_OF) & why.CHOSEN
    for rule_ids in why.RULES_OF.values():
        assert rule_ids
        assert set(rule_ids) <= set(RULES) | set(why.PRACTICES)
    assert all(why.RULES_OF[kind][0] == "REN-1" for kind in RENEWAL)


@pytest.mark.parametrize("role", ["REF", "SEC", "DPO"])
def test_the_page_leads_from_a_kind_to_its_article(role):
    text = shown(role)
    for kind, rule_ids in why.RULES_OF.items():
        row = text.split(f'<tr id="{kind}">')[1].split("</tr>")[0]
        assert html.escape(str(KINDS[kind].label)) in row
        for rule_id in rule_ids:
            assert why.reason(rule_id).article in row
            assert rule_id in why.PRACTICES or f'href="{reverse("rule", args=[rule_id])}"' in row
    assert "choisie par une personne" in text.split('<tr id="appointment">')[1].split("</tr>")[0]


def test_nobody_s_page_before_sign_in():
    with pytest.raises(Hidden):
        views.reasons(RequestFactory().get("/"))


def test_a_list_is_explained_rule_by_rule():
    found = why.reasons(
        [("renewal_session", "REN-1"), ("renewal_decision", "REN-1"), ("plan_step", ""), ("silence_2m", "DEC-3"),
         ("renewal_session", "REN-1"), ("Titre", "APS-2"), ("appointment", "nothing")]
    )  # fmt: skip
    assert [rule.id for rule in found] == ["REN-1", "DEC-3", "APS-2"]
    assert found[0].inputs == (("Échéances", "Dernière séance utile, Décision de renouvellement attendue"),)
    assert found[2].inputs == (("Échéances", "Titre"),)
    assert "à confirmer par un juriste (titre de séjour)" in html.explain(found)


def test_a_good_practice_is_told_as_such():
    (rule,) = why.reasons([("safe_contact_check", "NNEDV-90")])
    text = html.explain([rule])
    assert "90 jours" in text
    assert "NNEDV, Safety Net" in text
    assert "<a " not in text
