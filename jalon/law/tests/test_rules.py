import pytest

from jalon.law import loader
from jalon.law.rules import BASES_FR, RULES, explain
from jalon.law.tests.test_cases import ANSWERS


def test_every_rule_is_complete() -> None:
    for name, rule in RULES.items():
        assert rule.id == name
        assert rule.sentence
        assert rule.title_fr[0].isupper()
        assert rule.title_fr.endswith(".")
        assert rule.source
        assert set(rule.bases) <= set("TDC")
        assert set(rule.parameters) <= set(loader.all_keys())
    assert len(RULES) == 55


# Rules that give one date to a deadline and that no calculation applies.
DATES_ONLY = {"COM-14", "COM-15"}


def test_cases_apply_every_rule() -> None:
    applied = {rule for answer in ANSWERS if "result" in answer for rule in answer["result"]["rules"]}
    assert applied == set(RULES) - DATES_ONLY


def test_rules_to_confirm() -> None:
    assert {name for name, rule in RULES.items() if rule.to_confirm} == {
        "DUR-4", "TRF-1", "DEC-2", "DEC-3", "COM-5", "COM-11", "MON-1", "CAP-1", "APS-4",
    }  # fmt: skip


def test_explain() -> None:
    assert explain("DUR-4").splitlines() == [
        f"DUR-4 — {RULES['DUR-4'].title_fr}",
        "Source : CASF, art. R. 121-12-10",
        "Fondement : texte lu (nombre de mois) ; à confirmer par un juriste (façon de les compter)",
        "Valeurs datées : psp.max_months, psp.cap_mode",
        f"In the code: {RULES['DUR-4'].sentence}",
    ]
    assert "Valeurs datées" not in explain("DEC-1")
    assert explain("TRF-1").splitlines()[2] == f"Fondement : {BASES_FR['C']}"
    with pytest.raises(LookupError, match="there is no rule DUR-99"):
        explain("DUR-99")
