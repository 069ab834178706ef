"""Each field against the bad inputs: a sentence that says what to do, or the value that was meant."""

from datetime import UTC, date, datetime, time
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError

from jalon.config import clock
from jalon.ui import fields


def refusal(field, value):
    with pytest.raises(ValidationError) as caught:
        field.clean(value)
    [message] = caught.value.messages
    assert message.endswith(".")
    assert len(message) > 15
    return caught.value.error_list[0].code, message


@pytest.mark.parametrize(
    ("value", "code", "words"),
    [
        ("31/02/1990", "day", "31 février 1990"),
        ("1990-02-31", "day", "28 jours"),
        ("29/02/2023", "day", "29 février 2023"),
        ("01/01/0001", "year", "0001"),
        ("9999-12-31", "year", "9999"),
        ("01/02/90", "short_year", "1990"),
        ("13/13/2000", "month", "13"),
        ("00/00/0000", "year", ""),
        ("00/05/2000", "day", ""),
        ("hier", "invalid", "20/02/2020"),
        ("20/02/2020 ou plus", "invalid", ""),
        ("20\u202e/02/2020", "bidi", ""),
        ("1" * 200, "max_length", "200"),
        ("", "required", "date"),
        ("\u200b", "required", "date"),
    ],
)
def test_days_that_are_refused(value, code, words):
    found, message = refusal(fields.DayField(), value)
    assert found == code
    assert words in message


@pytest.mark.parametrize(
    "value",
    [
        "20/02/2020",
        "20-02-2020",
        "20.2.2020",
        "2020-02-20",
        "20 février 2020",
        "２０/０２/２０２０",
        "٢٠/٠٢/٢٠٢٠",
        " 20 / 02 / 2020 ",
    ],
)
def test_days_that_are_understood(value):
    assert fields.DayField().clean(value) == date(2020, 2, 20)


def test_the_first_of_the_month_in_words():
    assert fields.DayField().clean("1er mars 2020") == date(2020, 3, 1)


def test_a_day_has_bounds():
    field = fields.DayField(earliest=date(2020, 1, 1), latest=lambda: date(2020, 12, 31))
    assert refusal(field, "31/12/2019") == (
        "earliest",
        "Cette date est trop tôt : elle ne peut pas être avant le 01/01/2020.",
    )
    assert refusal(field, "01/01/2021")[0] == "latest"


def test_a_day_of_birth_is_long_ago():
    field, year = fields.BirthDayField(), clock.today().year
    assert refusal(field, f"01/01/{year + 1}")[0] == "latest"
    assert refusal(field, f"01/01/{year - 5}")[0] == "latest"
    assert refusal(field, "31/12/1899")[0] == "year"
    for given, kept in (("12/06/1990", "1990-06-12"), ("06/1990", "1990-06"), (str(year - 18), str(year - 18))):
        assert (field.clean(given), field.notice) == (kept, "")
    assert field.clean(str(year - 15)) == str(year - 15)
    assert "dix-huit ans" in field.notice


@pytest.mark.parametrize(
    ("value", "kept"),
    [
        ("12/06/1990", "1990-06-12"),
        ("06/1990", "1990-06"),
        ("1990", "1990"),
        ("00/06/1990", "1990-06"),
        ("??/??/1990", "1990"),
        ("1990-06", "1990-06"),
    ],
)
def test_what_is_known_of_a_day(value, kept):
    field = fields.PartialDayField()
    assert field.clean(value) == kept
    assert field.clean(field.prepare_value(kept)) == kept


def test_an_unknown_day_is_not_an_impossible_one():
    assert refusal(fields.PartialDayField(), "31/02/1990")[0] == "day"
    assert refusal(fields.PartialDayField(), "13/1990")[0] == "month"
    assert fields.PartialDayField(required=False).clean("") == ""


@pytest.mark.parametrize("value", ["02/2020", "2020-02", "février 2020", "2-2020"])
def test_months(value):
    assert fields.MonthField().clean(value) == date(2020, 2, 1)


@pytest.mark.parametrize(
    ("value", "hour"), [("13:30", time(13, 30)), ("13h30", time(13, 30)), ("9 h", time(9)), ("0:05", time(0, 5))]
)
def test_hours(value, hour):
    assert fields.HourField().clean(value) == hour


@pytest.mark.parametrize("value", ["24:00", "12:60", "1330", "midi", "-1:00"])
def test_hours_that_are_refused(value):
    refusal(fields.HourField(), value)


def test_an_hour_that_does_not_exist_and_one_that_comes_twice():
    field = fields.MomentField()
    assert refusal(field, ["29/03/2026", "02:30"])[0] == "skipped_hour"
    assert field.clean(["25/10/2026", "02:30"]) == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
    assert "première" in field.notice
    assert field.clean(["20/02/2020", "13:30"]) == datetime(2020, 2, 20, 12, 30, tzinfo=UTC)
    assert field.notice == ""
    assert refusal(field, ["20/02/2020", ""])[0] in {"required", "incomplete"}


@pytest.mark.parametrize(
    ("value", "amount"),
    [
        ("1 234,50", "1234.50"),
        ("1\u202f234,50", "1234.50"),
        ("343.20", "343.20"),
        ("0", "0.00"),
        ("12 €", "12.00"),
        ("１２", "12.00"),
        ("٣", "3.00"),
        ("007", "7.00"),
        ("9 999 999,99", "9999999.99"),
    ],
)
def test_amounts(value, amount):
    assert fields.MoneyField().clean(value) == Decimal(amount)


@pytest.mark.parametrize(
    ("value", "code"),
    [
        ("-5", "negative"),
        ("-0", "negative"),
        ("NaN", "invalid"),
        ("Infinity", "invalid"),
        ("1e3", "invalid"),
        ("1e400", "invalid"),
        ("0,001", "cents"),
        ("99999999.999", "cents"),
        ("99999999,99", "max_value"),
        ("1_000", "invalid"),
        ("+1", "invalid"),
        ("1,234.50", "invalid"),
        ("12 34", "invalid"),
        ("9" * 60, "invalid"),
        ("", "required"),
        ("abc", "invalid"),
    ],
)
def test_amounts_that_are_refused(value, code):
    assert refusal(fields.MoneyField(), value)[0] == code


def test_an_amount_is_shown_as_it_is_typed():
    field = fields.MoneyField()
    assert field.prepare_value(Decimal("1234.5")) == "1\u202f234,50"
    assert field.clean(field.prepare_value(Decimal("1234.5"))) == Decimal("1234.50")
    assert field.prepare_value("1e3") == "1e3"


@pytest.mark.parametrize(("value", "count"), [("12", 12), ("1 234", 1234), ("０", 0), ("0012", 12)])
def test_counts(value, count):
    assert fields.CountField().clean(value) == count


@pytest.mark.parametrize(
    ("value", "code"),
    [
        ("-1", "negative"),
        ("1.5", "invalid"),
        ("1_000", "invalid"),
        ("+1", "invalid"),
        ("99999999999999999999", "max_value"),
        ("1e3", "invalid"),
    ],
)
def test_counts_that_are_refused(value, code):
    assert refusal(fields.CountField(), value)[0] == code


@pytest.mark.parametrize(
    ("value", "kept"),
    [
        ("+33 6 12 34 56 78", "+33612345678"),
        ("06.12.34.56.78", "+33612345678"),
        ("0033612345678", "+33612345678"),
        ("+33 (0)6 12 34 56 78", "+33612345678"),
        ("+234 803 123 4567", "+2348031234567"),
        ("0692 12 34 56", "+262692123456"),
        ("٠٦١٢٣٤٥٦٧٨", "+33612345678"),
    ],
)
def test_telephone_numbers(value, kept):
    assert fields.PhoneField().clean(value) == kept


@pytest.mark.parametrize(
    "value", ["0000000000", "06 12", "+33 6 12", "112233", "+0123456789", "+33000000000", "téléphone", "+1" + "2" * 20]
)
def test_telephone_numbers_that_are_refused(value):
    refusal(fields.PhoneField(), value)


@pytest.mark.parametrize("value", ["a@b.fr", "prenom.nom@exemple.fr", "a@exämple.fr", "a+b@sous.domaine.exemple.org"])
def test_addresses(value):
    assert fields.EmailField().clean(value) == value


@pytest.mark.parametrize(
    "value", ["a@b..c", "x" * 300 + "@b.fr", '"a b"@b.fr', "a", "a@", "a@b.fr\r\nBcc: c@d.fr", "a\u202e@b.fr"]
)
def test_addresses_that_are_refused(value):
    refusal(fields.EmailField(), value)


@pytest.mark.parametrize(
    ("value", "kept"),
    [("30000", "30000"), ("97400", "97400"), ("2A004", "2A004"), ("2b033", "2B033"), ("01 000", "01000")],
)
def test_postcodes(value, kept):
    assert fields.PostcodeField().clean(value) == kept


@pytest.mark.parametrize("value", ["99999", "00100", "3000", "300000", "2C004", "Nîmes"])
def test_postcodes_that_are_refused(value):
    refusal(fields.PostcodeField(), value)


def test_lengths_are_counted():
    field = fields.SafeCharField(max_length=80)
    assert field.clean("é" * 80) == "é" * 80
    code, message = refusal(field, "é" * 81)
    assert code == "max_length"
    assert message == "81 caractères : enlevez-en 1, la limite est de 80."
    assert field.clean("e\u0301" * 80) == "é" * 80
    assert fields.SafeTextField(max_length=10).clean("a\r\n" * 3) == "a\na\na"
    assert refusal(fields.SafeTextField(), "x" * 50_001)[0] == "max_length"


def test_words_to_look_for_are_literal():
    field = fields.SearchField()
    assert field.clean("%_*(a+)+$") == "%_*(a+)+$"
    assert field.clean("") == ""
    assert refusal(field, "a")[0] == "min_length"
    assert refusal(field, "x" * 10_000)[0] == "max_length"


def test_a_name_tells_what_was_taken_out():
    field = fields.NameField()
    assert field.clean("Ali\u200bzé") == "Alizé"
    assert field.notice == "Un caractère invisible a été retiré."
    assert refusal(field, "\u200b\u200d")[0] == "required"
    assert refusal(field, "Alizé 😀")[0] == "emoji"


def test_choices():
    field = fields.ChoiceField(choices=[("a", "A")])
    assert refusal(field, "b")[1] == "Choisissez une réponse de la liste."
    assert refusal(fields.ChecksField(choices=[("a", "A")]), ["a", "b"])[0] == "invalid_choice"
    yes = fields.YesNoField()
    assert (yes.clean("oui"), yes.clean("non")) == (True, False)
    assert fields.YesNoField(required=False).clean("") is None
    assert refusal(yes, "peut-être")[0] == "invalid_choice"
    assert refusal(fields.PublicIdField(), "../../etc")[0] == "invalid"
