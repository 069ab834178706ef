import warnings
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from jalon.law import loader
from jalon.law.errors import LawError
from jalon.law.spec import REMINDER_DAYS, SETTINGS, TERRITORIES


def write(folder: Path, text: str) -> Path:
    path = folder / "some.yaml"
    path.write_text(text, encoding="utf-8")
    return path


GOOD = """
description: "Une valeur"
values:
  2020-01-01:
    value: {value}
  2019-01-01:
    value: {value}
metadata:
  label_en: "A value"
  unit: {unit}
  confidence: {confidence}
  last_value_still_valid_on: "2024-02-03"
  reference:
    2019-01-01:
      title: "Un texte"
documentation: "Note."
"""


def good(value: str = "3", unit: str = "month", confidence: str = "text_read") -> str:
    return GOOD.format(value=value, unit=unit, confidence=confidence)


def test_every_file_can_be_read() -> None:
    keys = loader.all_keys()
    assert len(keys) > 50
    assert list(keys) == sorted(keys)
    assert "index" not in {key.split(".")[-1] for key in keys}
    for key in keys:
        parameter = loader.parameter(key)
        assert parameter.key == key
        assert parameter.description
        assert parameter.label_en
        assert parameter.confidence in ("text_read", "derived", "to_confirm")
        assert list(parameter.starts) == sorted(set(parameter.starts))
        assert all(dated.reference and dated.reference.title for dated in parameter.history)
        assert parameter.latest.end is None


def test_values_are_typed() -> None:
    assert loader.latest("afis.base") == Decimal("343.20")
    assert str(loader.latest("penal.secret.fine")) == "15000.00"
    assert loader.latest("psp.max_months") == 24
    assert loader.latest("afis.total_cap") is False
    assert loader.latest("commission.quorum_ratio") == Decimal("0.5")
    assert loader.latest("french.resident_card") == "B1"
    assert loader.latest("afis.exclusions") == ("rsa", "ada")
    assert loader.latest("ft.transition_until") == "2027-01-01"


def test_value_in_force_on_a_day() -> None:
    assert loader.value("afis.base", date(2022, 6, 30)) == Decimal("330.00")
    assert loader.value("afis.base", date(2022, 7, 1)) == Decimal("343.20")
    first = loader.dated("afis.base", date(2017, 4, 15))
    assert (first.start, first.end) == (date(2017, 4, 15), date(2022, 6, 30))
    assert first.reference is not None
    assert first.reference.title.startswith("Décret n° 2017-542")
    assert first.reference.href is not None
    assert loader.dated("afis.base", date(2022, 7, 1)).end is None
    assert loader.parameter("afis.base").at(date(2017, 4, 14)) is None


def test_value_before_the_first_one() -> None:
    with pytest.raises(LawError) as caught:
        loader.value("afis.base", date(2017, 4, 14), "on")
    assert (caught.value.code, caught.value.field) == ("out_of_parameter_range", "on")
    assert caught.value.message == "afis.base has no value on 2017-04-14: the first one is of 2017-04-15."


def test_typed_getters() -> None:
    assert loader.whole("psp.max_months") == 24
    assert loader.whole("psp.max_months", date(2020, 1, 1)) == 24
    assert loader.amount("rsa.single", date(2026, 3, 31)) == Decimal("646.52")
    assert loader.amount("rsa.single") == Decimal("651.69")
    assert "GB" in loader.texts("countries.eu_eea_ch", date(2020, 12, 31))
    assert "GB" not in loader.texts("countries.eu_eea_ch")
    for getter, key in ((loader.whole, "afis.base"), (loader.amount, "psp.max_months"), (loader.texts, "afis.base")):
        with pytest.raises(loader.ParameterError, match=key):
            getter(key)


@pytest.mark.parametrize(
    "key", ["", "afis", "afis.nothing", "nowhere.at_all", "index", "afis.index", "../x", "a/b", "afis..base"]
)
def test_unknown_key(key: str) -> None:
    with pytest.raises(loader.ParameterError, match="parameter"):
        loader.parameter(key)


def test_read_keeps_all(tmp_path: Path) -> None:
    parameter = loader.read(write(tmp_path, good(confidence="to_confirm")), "some")
    assert parameter.description == "Une valeur"
    assert parameter.label_en == "A value"
    assert parameter.documentation == "Note."
    assert parameter.last_checked_on == date(2024, 2, 3)
    assert parameter.to_confirm
    assert parameter.period is None
    assert parameter.starts == (date(2019, 1, 1), date(2020, 1, 1))
    assert parameter.history[0].reference == loader.Reference("Un texte", None)
    assert parameter.history[0].end == date(2019, 12, 31)
    assert parameter.latest.reference is None
    assert not loader.read(write(tmp_path, good()), "some").to_confirm
    assert loader.parameter("afis.base").period == "month"


@pytest.mark.parametrize(
    ("value", "unit", "expected"),
    [
        ("3", "month", 3),
        ("3", "day", 3),
        ("3", "hour", 3),
        ("3", "year", 3),
        ("3", "currency", Decimal("3.00")),
        ("3.5", "currency", Decimal("3.50")),
        ("3", "/1", 3),
        ("0.25", "/1", Decimal("0.25")),
        ("abc", "code", "abc"),
        ("true", "code", True),
        ("B1", "CEFR", "B1"),
        ("[a, b]", "code", ("a", "b")),
        ("[a, b]", "ISO", ("a", "b")),
    ],
)
def test_value_by_unit(tmp_path: Path, value: str, unit: str, expected: object) -> None:
    found = loader.read(write(tmp_path, good(value, unit)), "some").latest.value
    assert found == expected
    assert type(found) is type(expected)
    assert str(found) == str(expected)


@pytest.mark.parametrize(
    ("value", "unit"),
    [
        ("3.5", "month"), ("true", "month"), ("abc", "month"), ("abc", "currency"), ("3", "code"), ("3", "CEFR"),
        ("[1, 2]", "code"), ("abc", "/1"), ("{a: 1}", "code"), ("", "month"), ("3.5", "year"), ("abc", "litre"),
    ],
)  # fmt: skip
def test_value_of_the_wrong_type(tmp_path: Path, value: str, unit: str) -> None:
    with pytest.raises(loader.ParameterError, match=r"some.yaml: some is not well formed: .*2019-01-01.*" + unit):
        loader.read(write(tmp_path, good(value, unit)), "some")


@pytest.mark.parametrize(
    "text",
    [
        "[]",
        "",
        "description: x",
        good().replace("2020-01-01:", "soon:"),
        good().replace("    value: 3\n", "    valeur: 3\n"),
        good().replace("label_en", "label"),
        good().replace('"2024-02-03"', '"soon"'),
        good().replace("2019-01-01:\n      title", "then:\n      title"),
        "description: x\nvalues: {}\nmetadata: {label_en: x, unit: month, confidence: x}",
    ],
)
def test_file_not_well_formed(tmp_path: Path, text: str) -> None:
    with pytest.raises(loader.ParameterError, match="some.yaml: some is not well formed"):
        loader.read(write(tmp_path, text), "some")


def test_file_that_is_not_yaml(tmp_path: Path) -> None:
    with pytest.raises(loader.ParameterError, match="some.yaml: some cannot be read"):
        loader.read(write(tmp_path, "a: [1"), "some")
    (tmp_path / "some.yaml").write_bytes(b"\xff\xfe\xff")
    with pytest.raises(loader.ParameterError, match="some.yaml: some cannot be read"):
        loader.read(tmp_path / "some.yaml", "some")
    with pytest.raises(loader.ParameterError, match="some: there is no parameter file other.yaml"):
        loader.read(tmp_path / "other.yaml", "some")


def test_settings_defaults_are_those_of_the_files() -> None:
    for name, key in (
        ("cap_mode", "psp.cap_mode"),
        ("change_effective", "afis.change_effective"),
        ("month_rule", "afis.month_rule"),
        ("total_cap", "afis.total_cap"),
    ):
        assert SETTINGS[name].default == loader.latest(key)
    assert REMINDER_DAYS == (120, 90, 60, 30, 15)
    assert {f"holidays.{name}" for name in TERRITORIES} == {
        key for key in loader.all_keys() if key.startswith("holidays.")
    }


def test_unchecked_since() -> None:
    assert "rsa.single" in loader.unchecked_since(date(2026, 4, 2))
    assert "rsa.single" not in loader.unchecked_since(date(2026, 4, 1))
    assert "french.naturalisation" in loader.unchecked_since(date(2026, 1, 2))
    assert "french.naturalisation" not in loader.unchecked_since(date(2026, 1, 1))


def test_values_not_checked_for_thirteen_months_are_named() -> None:
    old = loader.unchecked_since(date.today() - timedelta(days=396))
    if old:
        warnings.warn(f"not checked for 13 months: {', '.join(old)}", stacklevel=1)
