import warnings
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from jalon.law import loader
from jalon.law.dates import add_months
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
        ("[a, b]", "ISO 3166-1 alpha-2", ("a", "b")),
        ("0", "month", 0),
        ("0.00", "currency", Decimal("0.00")),
        ("3.500", "currency", Decimal("3.50")),
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
        ("[1, 2]", "code"), ("abc", "/1"), ("{a: 1}", "code"), ("", "month"), ("3.5", "year"), ("true", "CEFR"),
        ("true", "/1"), ("true", "currency"), ("-1", "month"), ("-0.01", "currency"), ("3.456", "currency"),
        (".nan", "currency"), (".inf", "/1"), ("1:30.5", "currency"), ("[a, b]", "month"), ("[a, b]", "currency"),
        ("2020-01-01", "code"), ("3", "ISO 3166-1 alpha-2"), ("abc", "ISO 3166-1 alpha-2"),
    ],
)  # fmt: skip
def test_value_of_the_wrong_type(tmp_path: Path, value: str, unit: str) -> None:
    with pytest.raises(loader.ParameterError) as caught:
        loader.read(write(tmp_path, good(value, unit)), "some.key")
    told = str(caught.value)
    assert told.startswith("some.yaml: some.key: 2019-01-01: ")
    assert told.endswith(f" is not a value in {unit}")


# A fault of a file, each with the sentence that names it after the file and the key.
FAULTS = {
    "[]": "the file: fields are asked, not []",
    "": "the file: fields are asked, not None",
    "description: x": "metadata: fields are asked, not None",
    good() + "note: x": "the file: there is no field note",
    good() + "description: x": "description is written twice",
    good().replace("  unit:", "  units:"): "metadata: there is no field units",
    good().replace("  unit:", "  period: week\n  unit:"): "period: 'week' is none of day, hour, month",
    good().replace("  unit:", "  label_en: x\n  unit:"): "label_en is written twice",
    good().replace('"A value"', "3"): "label_en: a text is asked, not 3",
    good().replace('  label_en: "A value"\n', ""): "label_en: a text is asked, not None",
    good().replace('"Une valeur"', '" "'): "description: a text is asked, not ' '",
    good().replace('"Note."', "[]"): "documentation: a text is asked, not []",
    good(unit="litre"): (
        "unit: 'litre' is none of /1, CEFR, ISO 3166-1 alpha-2, code, currency, day, hour, month, year"
    ),
    good(confidence="sure"): "confidence: 'sure' is none of derived, text_read, to_confirm",
    good().replace('"2024-02-03"', '"soon"'): "last_value_still_valid_on: 'soon' is not a day",
    good().replace('"2024-02-03"', '"2019-12-31"'): (
        "last_value_still_valid_on: 2019-12-31 comes before the last value, of 2020-01-01"
    ),
    good().replace("2020-01-01:", "soon:"): "soon: this is not a day",
    good().replace("2020-01-01:", "2020-02-30:"): "2020-02-30: this is not a day",
    good().replace("2020-01-01:", "2020-01-01 10:00:00:"): "2020-01-01 10:00:00: this is not a day",
    good().replace("2020-01-01:", "2019-01-01:"): "2019-01-01 is written twice",
    good().replace("  2020-01-01:\n    value: 3\n", "  2020-01-01: 3\n"): "2020-01-01: fields are asked, not 3",
    good().replace("    value: 3\n", "    valeur: 3\n", 1): "2020-01-01: there is no field valeur",
    good().replace("    value: 3\n  2019", "    value:\n  2019"): "2020-01-01: None is not a value in month",
    good("[a]", "code").replace("    value: [a]\n", "    value: a\n", 1): (
        "2020-01-01: a list and a single value in one history"
    ),
    good().replace("    2019-01-01:\n      title", "    then:\n      title"): "then: this is not a day",
    good().replace("    2019-01-01:\n      title", "    2019-01-02:\n      title"): (
        "2019-01-02: a reference without a value"
    ),
    good().replace('      title: "Un texte"', "      href: x"): (
        "2019-01-01: reference: title: a text is asked, not None"
    ),
    good().replace('title: "Un texte"', 'title: "Un texte"\n      href: 3'): (
        "2019-01-01: reference: href: a text is asked, not 3"
    ),
    good().replace('title: "Un texte"', 'title: "Un texte"\n      page: "3"'): (
        "2019-01-01: reference: there is no field page"
    ),
    good().replace('      title: "Un texte"', "      - x"): "2019-01-01: reference: fields are asked, not ['x']",
    good().replace("  reference:", "  reference: x\n  period:"): "reference: fields are asked, not 'x'",
    "description: x\nvalues: {}\nmetadata: {label_en: x, unit: month, confidence: derived}": "values: there is none",
    "description: x\nvalues: 3\nmetadata: {label_en: x, unit: month, confidence: derived}": (
        "values: fields are asked, not 3"
    ),
    "a: [1": "line 2: this is not YAML: did not find expected ',' or ']'",
    "a: !!python/tuple [1]": "line 1: this is not YAML: could not determine a constructor for the tag",
    "? [a]\n: b": "line 1: this is not YAML: found unhashable key",
    "a: \x07": "cannot be read: unacceptable character",
}


@pytest.mark.parametrize(("text", "sentence"), FAULTS.items(), ids=FAULTS.values())
def test_a_fault_names_the_file_the_key_and_the_date(tmp_path: Path, text: str, sentence: str) -> None:
    with pytest.raises(loader.ParameterError) as caught:
        loader.read(write(tmp_path, text), "some.key")
    assert str(caught.value).startswith(f"some.yaml: some.key: {sentence}")
    assert "\n" not in str(caught.value)


def test_a_file_that_cannot_be_read(tmp_path: Path) -> None:
    (tmp_path / "some.yaml").write_bytes(b"\xff\xfe\xff")
    for path, sentence in (
        (tmp_path / "some.yaml", "some.yaml: some: cannot be read: 'utf-8' codec can't decode byte 0xff"),
        (tmp_path / "other.yaml", "other.yaml: some: there is no such parameter file"),
        (tmp_path, f"{tmp_path.name}: some: cannot be read: [Errno 21] Is a directory"),
    ):
        with pytest.raises(loader.ParameterError) as caught:
            loader.read(path, "some")
        assert str(caught.value).startswith(sentence)


def test_a_file_of_the_room_is_named_from_its_folder() -> None:
    with pytest.raises(
        loader.ParameterError, match=r"^afis/mayotte/nothing\.yaml: afis\.mayotte\.nothing: there is no"
    ):
        loader.parameter("afis.mayotte.nothing")


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


def told(day: date) -> str:
    """What is said of the values not seen in force since a day: each by its name; nothing when there is none."""
    old = loader.unchecked_since(day)
    never = sum(loader.parameter(key).last_checked_on is None for key in old)
    if not old:
        return ""
    return (
        f"{len(old)} of {len(loader.all_keys())} legal values were not seen in force since {day} ({never} of them not "
        f"since they were written): {', '.join(old)}. See them: jalon law parameters --unchecked-since {day}"
    )


def test_values_not_checked_for_thirteen_months_are_told() -> None:
    assert told(date(1900, 1, 1)) == ""
    assert all(f" {key}" in told(date(2026, 8, 20)) for key in loader.unchecked_since(date(2026, 8, 20)))
    assert "commission.max_proxies" not in told(date(2026, 8, 20))  # seen on that day
    assert "commission.max_proxies" in told(date(2026, 8, 21))
    if said := told(add_months(date.today(), -13)):
        warnings.warn(said, stacklevel=1)
