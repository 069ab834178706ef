import re
from pathlib import Path

from jalon.law import loader
from jalon.law.calculation import CALCULATIONS
from jalon.law.rules import BASES_FR, CONFIDENCES_FR, RULES
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
    assert len(RULES) == 59


# Rules that give one date to a deadline and that no calculation applies.
DATES_ONLY = {"COM-14", "COM-15", "DAT-2", "DAT-3", "DAT-4", "DEC-4"}


def test_cases_apply_every_rule() -> None:
    applied = {rule for answer in ANSWERS if "result" in answer for rule in answer["result"]["rules"]}
    assert applied == set(RULES) - DATES_ONLY


def test_rules_to_confirm() -> None:
    assert {name for name, rule in RULES.items() if rule.to_confirm} == {
        "DUR-4", "TRF-1", "DEC-2", "DEC-3", "DEC-4", "COM-5", "COM-11", "MON-1", "CAP-1", "APS-4",
    }  # fmt: skip


def test_basis_in_words() -> None:
    assert RULES["DUR-4"].basis_fr == "texte lu (nombre de mois) ; à confirmer par un juriste (façon de les compter)"
    assert RULES["TRF-1"].basis_fr == BASES_FR["C"]
    assert set(CONFIDENCES_FR) == loader.CONFIDENCES


def test_the_values_that_calculations_read_are_named_by_a_rule() -> None:
    """A key is a literal in the code, or made of a literal and a name (`accreditation.{name}`)."""
    named = {key for rule in RULES.values() for key in rule.parameters}
    groups = "|".join(sorted({key.split(".")[0] for key in loader.all_keys()}))
    code = "\n".join(
        path.read_text(encoding="utf-8")
        for path in Path(loader.__file__).parent.glob("*.py")
        if path.stem not in ("rules", "loader")
    )
    read = set(re.findall(rf'"((?:{groups})(?:\.\w+)+)"', code)) & set(loader.all_keys())
    made = set(re.findall(r'f"(\w+)\.\{\w+\}"', code))
    assert made == {"accreditation", "holidays", "immersion"}
    read |= {key for key in loader.all_keys() if key.split(".")[0] in made}
    assert len(read) > 30
    assert read <= named
    assert len(CALCULATIONS) == 18
