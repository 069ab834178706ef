"""Strict fields. Each refusal is a sentence that says what to do; what is unambiguous is mended and kept."""

from .base import Tidied, Typed, check_length
from .choices import ChecksField, ChoiceField, FlagField, PickerField, RadioField, YesNoField, choices_of, opened
from .contacts import EmailField, PhoneField, PostcodeField, show_phone
from .figures import CountField, MoneyField, show_euro, show_number
from .text import NameField, PublicIdField, SafeCharField, SafeTextField, SearchField, SometimesText
from .times import (
    BirthDayField,
    DayField,
    HourField,
    MomentField,
    MonthField,
    PartialDayField,
    check_bounds,
    make_day,
    parse_day,
    short_day,
    show_partial,
)
from .uploads import FILE_ERRORS, UploadField

__all__ = [
    "BirthDayField",
    "ChecksField",
    "ChoiceField",
    "CountField",
    "DayField",
    "EmailField",
    "FILE_ERRORS",
    "FlagField",
    "HourField",
    "MomentField",
    "MoneyField",
    "MonthField",
    "NameField",
    "PartialDayField",
    "PhoneField",
    "PickerField",
    "PostcodeField",
    "PublicIdField",
    "RadioField",
    "SafeCharField",
    "SafeTextField",
    "SearchField",
    "SometimesText",
    "Tidied",
    "Typed",
    "UploadField",
    "YesNoField",
    "check_bounds",
    "check_length",
    "choices_of",
    "make_day",
    "opened",
    "parse_day",
    "short_day",
    "show_euro",
    "show_number",
    "show_partial",
    "show_phone",
]
