"""Strict fields. Each refusal is a sentence that says what to do; what is unambiguous is mended and kept.

Text: SafeCharField, NameField, SafeTextField, SearchField, PublicIdField. Choices: ChoiceField, RadioField,
PickerField, ChecksField, YesNoField, FlagField. Time: DayField, PartialDayField, MonthField, HourField, MomentField.
Figures: MoneyField, CountField. Ways to reach someone: PhoneField, EmailField, PostcodeField. Files: UploadField.
"""

import calendar
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import EmailValidator
from django.utils.dates import MONTHS
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from jalon.config import clock

from . import files
from .text import ascii_digits, tidy

Bound = date | Callable[[], date] | None
FIRST_YEAR, LAST_YEAR = 1900, 2199
EMPTY = (None, "")

REQUIRED = gettext_lazy("Ce champ est obligatoire : écrivez votre réponse.")
CHOOSE = gettext_lazy("Choisissez une réponse.")
NOT_LISTED = gettext_lazy("Choisissez une réponse de la liste.")


class _Tidied:
    """Keeps, for the page that follows, what was mended in the text."""

    notice = ""

    def tidied(self, value: Any, *, lines: bool = False, emoji: bool = True) -> str:
        text, removed = tidy(str(value), lines=lines, emoji=emoji)
        self.notice = _("Un caractère invisible a été retiré.") if removed else ""
        return text


def check_length(text: str, least: int, most: int | None) -> None:
    count = len(text)
    if most is not None and count > most:
        raise ValidationError(
            ngettext(
                "%(count)d caractères : enlevez-en %(over)d, la limite est de %(most)d.",
                "%(count)d caractères : enlevez-en %(over)d, la limite est de %(most)d.",
                count,
            )
            % {"count": count, "over": count - most, "most": most},
            code="max_length",
        )
    if text and count < least:
        raise ValidationError(_("Écrivez au moins %(least)d caractères.") % {"least": least}, code="min_length")


# --- text -------------------------------------------------------------------------------------------------


class SafeCharField(_Tidied, forms.Field):
    """One line. NFC, nothing invisible, no control character, a length with its count."""

    widget: Any = forms.TextInput
    emoji = True
    default_error_messages = {"required": REQUIRED}  # noqa: RUF012

    def __init__(self, *, max_length: int = 80, min_length: int = 0, **kwargs: Any) -> None:
        self.max_length, self.min_length = max_length, min_length
        super().__init__(**kwargs)

    def to_python(self, value: Any) -> str:
        if value in EMPTY:
            return ""
        text = self.tidied(value, emoji=self.emoji)
        check_length(text, self.min_length, self.max_length)
        return text


class NameField(SafeCharField):
    """A name in any script, of any length from one letter on; no drawing."""

    emoji = False


class SafeTextField(SafeCharField):
    """Several lines."""

    widget = forms.Textarea

    def __init__(self, *, max_length: int = 50_000, rows: int = 4, **kwargs: Any) -> None:
        kwargs.setdefault("widget", forms.Textarea(attrs={"rows": rows, "cols": False}))
        super().__init__(max_length=max_length, **kwargs)

    def to_python(self, value: Any) -> str:
        if value in EMPTY:
            return ""
        text = self.tidied(value, lines=True)
        check_length(text, self.min_length, self.max_length)
        return text


class SearchField(SafeCharField):
    """Words to look for, taken literally: two characters at least, a hundred at most."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("required", False)
        kwargs.setdefault("widget", forms.TextInput(attrs={"type": "search"}))
        super().__init__(max_length=100, min_length=2, **kwargs)


class PublicIdField(SafeCharField):
    """An identifier of ours, as it stands in a URL."""

    SHAPE = re.compile(r"[A-Za-z0-9_-]{22}")

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("widget", forms.HiddenInput)
        super().__init__(max_length=22, **kwargs)

    def to_python(self, value: Any) -> str:
        text = super().to_python(value)
        if text and not self.SHAPE.fullmatch(text):
            raise ValidationError(NOT_LISTED, code="invalid")
        return text


# --- choices ------------------------------------------------------------------------------------------------


class ChoiceField(forms.ChoiceField):
    """One answer of a list, in a drop-down list."""

    default_error_messages = {"required": CHOOSE, "invalid_choice": NOT_LISTED}  # noqa: RUF012


class RadioField(ChoiceField):
    """One answer of a few, all in view."""

    widget = forms.RadioSelect


class _Hinted(forms.RadioSelect):
    hints: Mapping[str, Any] = {}

    def create_option(self, name: str, value: Any, *args: Any, **kwargs: Any) -> dict[str, Any]:
        option = super().create_option(name, value, *args, **kwargs)
        option["hint"] = self.hints.get(str(value), "")
        if option["hint"] and option["attrs"].get("id"):
            option["attrs"]["aria-describedby"] = f"{option['attrs']['id']}_hint"
        return option


class PickerField(RadioField):
    """One answer of a few, each with a line that explains it: ``hints`` maps a value to its line."""

    widget = _Hinted

    def __init__(self, *, hints: Mapping[str, Any] | None = None, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.widget.hints = hints or {}


class ChecksField(forms.MultipleChoiceField):
    """Several answers of a list, as check boxes."""

    widget = forms.CheckboxSelectMultiple
    default_error_messages = {  # noqa: RUF012
        "required": gettext_lazy("Cochez au moins une réponse."),
        "invalid_choice": NOT_LISTED,
        "invalid_list": NOT_LISTED,
    }


class YesNoField(forms.TypedChoiceField):
    """Yes or no, as two radio buttons; True, False, or None when it may stay without an answer."""

    widget = forms.RadioSelect
    default_error_messages = {"required": gettext_lazy("Répondez par oui ou par non."), "invalid_choice": NOT_LISTED}  # noqa: RUF012

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("choices", [("oui", gettext_lazy("Oui")), ("non", gettext_lazy("Non"))])
        super().__init__(coerce=lambda value: value == "oui", empty_value=None, **kwargs)

    def prepare_value(self, value: Any) -> Any:
        return {True: "oui", False: "non"}.get(value, value) if isinstance(value, bool) else value


class FlagField(forms.BooleanField):
    """One check box. Required means that it must be ticked."""

    default_error_messages = {"required": gettext_lazy("Cochez la case pour continuer.")}  # noqa: RUF012


# --- time ---------------------------------------------------------------------------------------------------

NUMERIC = re.compile(r"(\d{1,2})\s*[/.\-\s]\s*(\d{1,2})\s*[/.\-\s]\s*(\d{2}|\d{4})")
ISO = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})")
WORDS = re.compile(r"(\d{1,2})(?:er)?\s+([^\W\d_]+\.?)\s+(\d{4})")
MONTH_WORDS = {
    word: number
    for number, words in enumerate(
        (
            "janvier january", "février fevrier february", "mars march", "avril april", "mai may", "juin june",
            "juillet july", "août aout august", "septembre september", "octobre october", "novembre november",
            "décembre decembre december",
        ),
        start=1,
    )
    for word in words.split()
}  # fmt: skip


def make_day(year: int, month: int, day: int) -> date:
    """The day, or a sentence that names what is impossible in it."""
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise ValidationError(
            _("L'année %(year)04d n'est pas possible : écrivez une année entre %(first)d et %(last)d.")
            % {"year": year, "first": FIRST_YEAR, "last": LAST_YEAR},
            code="year",
        )
    if not 1 <= month <= 12:
        raise ValidationError(
            _("Le mois %(month)d n'existe pas : écrivez un mois de 1 à 12.") % {"month": month}, code="month"
        )
    last = calendar.monthrange(year, month)[1]
    if not 1 <= day <= last:
        raise ValidationError(
            _("Le %(day)d %(month)s %(year)d n'existe pas : ce mois a %(last)d jours.")
            % {"day": day, "month": MONTHS[month], "year": year, "last": last},
            code="day",
        )
    return date(year, month, day)


def parse_day(text: str) -> date:
    """A day typed by a person."""
    plain = " ".join(ascii_digits(text).split())
    if found := ISO.fullmatch(plain):
        return make_day(int(found[1]), int(found[2]), int(found[3]))
    if found := NUMERIC.fullmatch(plain):
        if len(found[3]) == 2:
            raise ValidationError(
                _("Écrivez l'année avec quatre chiffres, par exemple 19%(year)s ou 20%(year)s.") % {"year": found[3]},
                code="short_year",
            )
        return make_day(int(found[3]), int(found[2]), int(found[1]))
    if (found := WORDS.fullmatch(plain)) and (month := MONTH_WORDS.get(found[2].lower())):
        return make_day(int(found[3]), month, int(found[1]))
    raise ValidationError(_("Écrivez la date en chiffres : jour, mois, année. Exemple : 20/02/2020."), code="invalid")


def short_day(day: date) -> str:
    return f"{day.day:02d}/{day.month:02d}/{day.year:04d}"


def check_bounds(day: date, earliest: Bound, latest: Bound) -> None:
    first = earliest() if callable(earliest) else earliest
    last = latest() if callable(latest) else latest
    if first and day < first:
        raise ValidationError(
            _("Cette date est trop tôt : elle ne peut pas être avant le %(day)s.") % {"day": short_day(first)},
            code="earliest",
        )
    if last and day > last:
        raise ValidationError(
            _("Cette date est trop tard : elle ne peut pas être après le %(day)s.") % {"day": short_day(last)},
            code="latest",
        )


class _Typed(_Tidied, forms.Field):
    """A line that is read into a value; what was typed comes back untouched when it cannot be read."""

    widget: Any = forms.TextInput
    inputmode = "text"
    size = 0
    example: Any = ""
    default_error_messages = {"required": REQUIRED}  # noqa: RUF012

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("help_text", self.example)
        super().__init__(**kwargs)

    def widget_attrs(self, widget: Any) -> dict[str, Any]:
        if widget.is_hidden:
            return {}
        return {"inputmode": self.inputmode} | ({"size": self.size} if self.size else {})

    def to_python(self, value: Any) -> Any:
        if value in EMPTY:
            return None
        if not isinstance(value, str):
            return value
        text = self.tidied(value)
        if not text:
            return None
        check_length(text, 0, 120)
        return self.read(text)

    def read(self, text: str) -> Any:
        return text

    def show(self, value: Any) -> str:
        return str(value)

    def prepare_value(self, value: Any) -> Any:
        return value if value is None or isinstance(value, str) else self.show(value)


class DayField(_Typed):
    """A day: 20/02/2020, 2020-02-20 or 20 février 2020. ``earliest`` and ``latest`` are days or functions."""

    inputmode, size = "numeric", 12
    example = gettext_lazy("Exemple : 20/02/2020")
    default_error_messages = {"required": gettext_lazy("Écrivez la date. Exemple : 20/02/2020.")}  # noqa: RUF012

    def __init__(self, *, earliest: Bound = None, latest: Bound = None, **kwargs: Any) -> None:
        self.earliest, self.latest = earliest, latest
        super().__init__(**kwargs)

    def to_python(self, value: Any) -> date | None:
        if isinstance(value, datetime):
            value = value.date()
        return super().to_python(value)

    def read(self, text: str) -> date:
        day = parse_day(text)
        check_bounds(day, self.earliest, self.latest)
        return day

    def show(self, value: date) -> str:
        return short_day(value)


def _years_ago(years: int) -> date:
    today = clock.today()
    return today.replace(year=today.year - years, day=min(today.day, 28))


class BirthDayField(DayField):
    """A day of birth: not in the future, and at least ``min_age`` years ago."""

    def __init__(self, *, min_age: int = 12, **kwargs: Any) -> None:
        super().__init__(latest=lambda: _years_ago(min_age), **kwargs)


class PartialDayField(_Typed):
    """A day of which the day, or the day and the month, may be unknown: ``2020``, ``2020-02`` or ``2020-02-20``."""

    inputmode, size = "text", 12
    example = gettext_lazy("Jour, mois, année, ou seulement ce qui est connu. Exemples : 20/02/1990, 02/1990, 1990")
    MONTH = re.compile(r"(\d{1,2})\s*[/.\-]\s*(\d{4})")

    def __init__(self, *, earliest: Bound = None, latest: Bound = None, **kwargs: Any) -> None:
        self.earliest, self.latest = earliest, latest
        super().__init__(**kwargs)

    def to_python(self, value: Any) -> str:
        return super().to_python(value) or ""

    def read(self, text: str) -> str:
        plain = " ".join(ascii_digits(text).split())
        plain = re.sub(r"^(?:(?:0?0|\?\??)[/.\-])+", "", plain)  # 00/00/1990 or ??/02/1990: the unknown left out
        if re.fullmatch(r"\d{4}", plain):
            day, kept = make_day(int(plain), 1, 1), plain
        elif found := self.MONTH.fullmatch(plain):
            day = make_day(int(found[2]), int(found[1]), 1)
            kept = f"{day:%Y-%m}"
        elif found := re.fullmatch(r"(\d{4})-(\d{2})", plain):
            day, kept = make_day(int(found[1]), int(found[2]), 1), plain
        else:
            day = parse_day(plain)
            kept = day.isoformat()
        check_bounds(day, self.earliest, self.latest)
        return kept

    def prepare_value(self, value: Any) -> Any:
        return show_partial(value) if isinstance(value, str) else value


def show_partial(value: str) -> str:
    """``2020-02-20`` → ``20/02/2020``, ``2020-02`` → ``02/2020``; anything else as it is."""
    if re.fullmatch(r"\d{4}(-\d{2}){1,2}", value):
        return "/".join(reversed(value.split("-")))
    return value


class MonthField(_Typed):
    """A month, as its first day: 02/2020, 2020-02 or février 2020."""

    size = 12
    example = gettext_lazy("Exemple : 02/2020")

    def read(self, text: str) -> date:
        plain = " ".join(ascii_digits(text).split())
        if found := re.fullmatch(r"(\d{4})-(\d{1,2})", plain):
            return make_day(int(found[1]), int(found[2]), 1)
        if found := re.fullmatch(r"(\d{1,2})\s*[/.\-\s]\s*(\d{4})", plain):
            return make_day(int(found[2]), int(found[1]), 1)
        if (found := re.fullmatch(r"([^\W\d_]+)\s+(\d{4})", plain)) and (month := MONTH_WORDS.get(found[1].lower())):
            return make_day(int(found[2]), month, 1)
        raise ValidationError(_("Écrivez le mois et l'année. Exemple : 02/2020."), code="invalid")

    def show(self, value: date) -> str:
        return f"{value.month:02d}/{value.year:04d}"


class HourField(_Typed):
    """An hour of the day: 13:30, 13h30 or 13 h."""

    size = 6
    example = gettext_lazy("Exemple : 13:30")
    SHAPE = re.compile(r"(\d{1,2})\s*(?:[:hH.]\s*(\d{2})?)(?:\s*min)?")
    default_error_messages = {"required": gettext_lazy("Écrivez l'heure. Exemple : 13:30.")}  # noqa: RUF012

    def read(self, text: str) -> time:
        found = self.SHAPE.fullmatch(ascii_digits(text))
        if not found:
            raise ValidationError(_("Écrivez l'heure et les minutes. Exemple : 13:30."), code="invalid")
        hour, minute = int(found[1]), int(found[2] or 0)
        if hour > 23 or minute > 59:
            raise ValidationError(
                _("L'heure %(hour)d:%(minute)02d n'existe pas : écrivez de 0:00 à 23:59.")
                % {"hour": hour, "minute": minute},
                code="hour",
            )
        return time(hour, minute)

    def show(self, value: time) -> str:
        return f"{value:%H:%M}"


class _MomentWidget(forms.MultiWidget):
    use_fieldset = True
    template_name = "ui/forms/moment.html"

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        day = forms.TextInput(attrs={"inputmode": "numeric", "size": 12, "aria-label": gettext_lazy("Jour")})
        hour = forms.TextInput(attrs={"size": 6, "aria-label": gettext_lazy("Heure")})
        super().__init__([day, hour], attrs)

    def decompress(self, value: datetime | None) -> list[str | None]:
        if value is None:
            return [None, None]
        local = value.astimezone(clock.PARIS)
        return [short_day(local.date()), f"{local:%H:%M}"]


class MomentField(forms.MultiValueField):
    """A day and an hour in Paris, as a UTC instant. An hour that the change of time skips is refused; of an hour that
    comes twice, the first is meant."""

    widget = _MomentWidget
    notice = ""
    default_error_messages = {  # noqa: RUF012
        "required": gettext_lazy("Écrivez le jour et l'heure. Exemple : 20/02/2020, 13:30."),
        "incomplete": gettext_lazy("Écrivez le jour et l'heure. Exemple : 20/02/2020, 13:30."),
    }

    def __init__(self, *, earliest: Bound = None, latest: Bound = None, **kwargs: Any) -> None:
        kwargs.setdefault("help_text", gettext_lazy("Exemple : 20/02/2020, 13:30"))
        super().__init__(fields=(DayField(earliest=earliest, latest=latest), HourField()), **kwargs)

    def compress(self, parts: Sequence[Any]) -> datetime | None:
        if not parts or parts[0] is None or parts[1] is None:
            return None
        local = datetime.combine(parts[0], parts[1], clock.PARIS)
        instant = local.astimezone(UTC)
        if instant.astimezone(clock.PARIS).replace(tzinfo=None) != local.replace(tzinfo=None):
            raise ValidationError(
                _("Ce jour-là, %(hour)s n'existe pas : l'heure change dans la nuit. Écrivez une autre heure.")
                % {"hour": f"{local:%H:%M}"},
                code="skipped_hour",
            )
        twice = local.replace(fold=1).astimezone(UTC) != instant
        self.notice = _("Cette heure revient deux fois ce jour-là : la première est retenue.") if twice else ""
        return instant


# --- figures ------------------------------------------------------------------------------------------------

GROUPED = r"(\d{1,3}(?: \d{3})+|\d+)"
AMOUNT = re.compile(GROUPED + r"(?:[,.](\d+))?(?: ?(?:€|euros?|EUR))?")
COUNT = re.compile(GROUPED)


class MoneyField(_Typed):
    """An amount in euros, with two decimals at most: 1 234,50."""

    inputmode, size = "decimal", 12
    example = gettext_lazy("En euros. Exemple : 1 234,50")
    default_error_messages = {"required": gettext_lazy("Écrivez le montant en euros. Exemple : 1 234,50.")}  # noqa: RUF012

    def __init__(self, *, max_value: Decimal = Decimal("9999999.99"), min_value: Decimal = Decimal(0), **kwargs: Any):
        self.max_value, self.min_value = max_value, min_value
        super().__init__(**kwargs)

    def to_python(self, value: Any) -> Decimal | None:
        return super().to_python(value)

    def read(self, text: str) -> Decimal:
        plain = ascii_digits(text)
        if plain.startswith("-") and AMOUNT.fullmatch(plain[1:].strip()):
            raise ValidationError(
                _("Le montant ne peut pas être négatif : écrivez-le sans le signe moins."), code="negative"
            )
        found = AMOUNT.fullmatch(plain)
        if not found or len(plain) > 24:
            raise ValidationError(_("Écrivez le montant en chiffres, par exemple 1 234,50."), code="invalid")
        if found[2] and len(found[2]) > 2:
            raise ValidationError(
                _("Écrivez deux chiffres au plus après la virgule, par exemple 343,20."), code="cents"
            )
        amount = Decimal(f"{found[1].replace(' ', '')}.{found[2] or '0'}").quantize(Decimal("0.01"))
        if amount > self.max_value:
            raise ValidationError(
                _("Ce montant est trop élevé : %(most)s au plus.") % {"most": show_euro(self.max_value)},
                code="max_value",
            )
        if amount < self.min_value:
            raise ValidationError(
                _("Ce montant est trop faible : %(least)s au moins.") % {"least": show_euro(self.min_value)},
                code="min_value",
            )
        return amount

    def show(self, value: Decimal) -> str:
        return show_number(value)


def show_number(value: Decimal) -> str:
    return f"{value:,.2f}".replace(",", "\u202f").replace(".", ",")


def show_euro(value: Decimal) -> str:
    return f"{show_number(value)}\u00a0€"


class CountField(_Typed):
    """A whole number, zero or more."""

    inputmode, size = "numeric", 6
    default_error_messages = {"required": gettext_lazy("Écrivez un nombre en chiffres.")}  # noqa: RUF012

    def __init__(self, *, max_value: int = 99_999, min_value: int = 0, **kwargs: Any) -> None:
        self.max_value, self.min_value = max_value, min_value
        super().__init__(**kwargs)

    def read(self, text: str) -> int:
        plain = ascii_digits(text)
        if plain.startswith("-") and COUNT.fullmatch(plain[1:].strip()):
            raise ValidationError(
                _("Ce nombre ne peut pas être négatif : écrivez-le sans le signe moins."), code="negative"
            )
        if not COUNT.fullmatch(plain):
            raise ValidationError(_("Écrivez un nombre entier en chiffres, par exemple 12."), code="invalid")
        digits = plain.replace(" ", "").lstrip("0") or "0"
        if len(digits) > 12 or int(digits) > self.max_value:
            raise ValidationError(
                _("Ce nombre est trop grand : %(most)d au plus.") % {"most": self.max_value}, code="max_value"
            )
        if int(digits) < self.min_value:
            raise ValidationError(
                _("Ce nombre est trop petit : %(least)d au moins.") % {"least": self.min_value}, code="min_value"
            )
        return int(digits)


# --- ways to reach someone ------------------------------------------------------------------------------------

OVERSEAS = {
    **dict.fromkeys(("262", "263", "269", "639", "692", "693"), "262"),
    **dict.fromkeys(("590", "690", "691"), "590"),
    **dict.fromkeys(("594", "694"), "594"),
    **dict.fromkeys(("596", "696", "697"), "596"),
}


class PhoneField(_Typed):
    """A telephone number, kept in its international form: +33612345678."""

    inputmode, size = "tel", 20
    example = gettext_lazy("Exemples : 06 12 34 56 78, +234 803 123 4567")
    default_error_messages = {"required": gettext_lazy("Écrivez le numéro de téléphone.")}  # noqa: RUF012

    def to_python(self, value: Any) -> str:
        return super().to_python(value) or ""

    def read(self, text: str) -> str:
        plain = re.sub(r"[\s.\-()/]", "", ascii_digits(text).replace("(0)", ""))
        if plain.startswith("00"):
            plain = "+" + plain[2:]
        if re.fullmatch(r"0[1-9]\d{8}", plain):
            plain = f"+{OVERSEAS.get(plain[1:4], '33')}{plain[1:]}"
        elif plain.startswith("+33") and not re.fullmatch(r"\+33[1-9]\d{8}", plain):
            raise ValidationError(
                _("Un numéro français a dix chiffres, par exemple 06 12 34 56 78 ou +33 6 12 34 56 78."), code="french"
            )
        if not re.fullmatch(r"\+[1-9]\d{6,14}", plain) or re.fullmatch(r"\+\d*?(\d)\1{8,}", plain):
            raise ValidationError(
                _("Écrivez un numéro complet, par exemple 06 12 34 56 78, ou +234 803 123 4567 pour l'étranger."),
                code="invalid",
            )
        return plain

    def prepare_value(self, value: Any) -> Any:
        return show_phone(value) if isinstance(value, str) else value


def show_phone(value: str) -> str:
    """+33612345678 → 06 12 34 56 78; other countries keep their prefix."""
    if re.fullmatch(r"\+33[1-9]\d{8}", value):
        value = "0" + value[3:]
        return " ".join(value[at : at + 2] for at in range(0, 10, 2))
    return value


class EmailField(SafeCharField):
    """An e-mail address."""

    widget = forms.EmailInput
    check = EmailValidator(gettext_lazy("Écrivez une adresse complète, par exemple prenom@exemple.fr."))

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_length=254, **kwargs)

    def to_python(self, value: Any) -> str:
        text = super().to_python(value)
        if text:
            self.check(text)
            if '"' in text:
                raise ValidationError(self.check.message, code="invalid")
        return text


class PostcodeField(_Typed):
    """A French postcode or commune code: 30000, 97400, 2A004."""

    size = 6
    example = gettext_lazy("Exemple : 30000")
    SHAPE = re.compile(r"(?:0[1-9]|[1-8]\d|9[0-8]|2[AB])\d{3}")

    def to_python(self, value: Any) -> str:
        return super().to_python(value) or ""

    def read(self, text: str) -> str:
        plain = ascii_digits(text).replace(" ", "").upper()
        if not self.SHAPE.fullmatch(plain):
            raise ValidationError(
                _("Ce code postal n'existe pas : écrivez cinq chiffres, par exemple 30000."), code="invalid"
            )
        return plain


# --- files ----------------------------------------------------------------------------------------------------

FILE_ERRORS = {
    "empty": gettext_lazy("Le fichier est vide. Choisissez-en un autre."),
    "too_large": gettext_lazy("Le fichier est trop lourd : 10 Mo au plus. Reprenez la photo en plus petit."),
    "type": gettext_lazy("Ce type de fichier n'est pas accepté. Envoyez un PDF, ou une photo en JPEG ou PNG."),
    "extension": gettext_lazy("Le nom du fichier ne correspond pas à son contenu. Envoyez un PDF, un JPEG ou un PNG."),
    "unreadable": gettext_lazy(
        "Le fichier est abîmé ou illisible. Ouvrez-le, enregistrez-le de nouveau, puis renvoyez-le."
    ),
    "pixels": gettext_lazy("L'image est trop grande : 40 millions de points au plus. Reprenez la photo en plus petit."),
    "encrypted": gettext_lazy("Ce PDF est protégé par un mot de passe. Envoyez-en une copie sans mot de passe."),
    "xfa": gettext_lazy("Ce PDF est un formulaire dynamique. Imprimez-le dans un nouveau PDF, puis envoyez celui-ci."),
    "no_page": gettext_lazy("Ce PDF n'a aucune page. Choisissez-en un autre."),
    "pages": gettext_lazy("Ce PDF a trop de pages : 200 au plus. Envoyez-le en plusieurs fois."),
    "slow": gettext_lazy(
        "Ce fichier est trop compliqué à vérifier. Imprimez-le dans un nouveau PDF, puis renvoyez-le."
    ),
}


class UploadField(forms.Field):
    """A PDF, JPEG or PNG file; the cleaned value is ``files.Clean``: rebuilt bytes without hidden data."""

    widget = forms.FileInput(attrs={"accept": ".pdf,.jpg,.jpeg,.png,application/pdf,image/jpeg,image/png"})
    default_error_messages = {"required": gettext_lazy("Choisissez un fichier.")}  # noqa: RUF012

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("help_text", gettext_lazy("PDF, JPEG ou PNG, 10 Mo au plus."))
        super().__init__(**kwargs)

    def to_python(self, value: Any) -> "files.Clean | None":
        if value is None:
            return None
        try:
            return files.check_apart(value.read(), value.name or "")
        except files.BadFile as error:
            raise ValidationError(FILE_ERRORS[error.code], code=error.code) from None

    def bound_data(self, data: Any, initial: Any) -> Any:
        return None


def choices_of(pairs: Iterable[tuple[Any, Any]], blank: Any = None) -> list[tuple[Any, Any]]:
    """Choices for a drop-down list, with a first line that is no answer."""
    return [("", blank if blank is not None else gettext_lazy("Choisir…")), *pairs]
