"""Days, months, hours, moments: as people write them, with a sentence that names what is impossible."""

import calendar
import re
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, time
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.dates import MONTHS
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from jalon.config import clock

from ..text import ascii_digits
from .base import Typed

Bound = date | Callable[[], date] | None
FIRST_YEAR, LAST_YEAR = 1900, 2199

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


class DayField(Typed):
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


class PartialDayField(Typed):
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


class BirthDayField(PartialDayField):
    """A day of birth, perhaps without its day or month: at least twelve years ago; under eighteen is told."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(latest=lambda: _years_ago(12), **kwargs)

    def read(self, text: str) -> str:
        kept = super().read(text)
        if kept > _years_ago(18).isoformat()[: len(kept)]:
            self.notice = _("D'après cette date, elle a moins de dix-huit ans : vérifiez-la.")
        return kept


def show_partial(value: str) -> str:
    """``2020-02-20`` → ``20/02/2020``, ``2020-02`` → ``02/2020``; anything else as it is, an impossible day too."""
    try:
        date.fromisoformat(value if len(value) == 10 else f"{value}-01")
    except ValueError:
        return value
    return "/".join(reversed(value.split("-")))


class MonthField(Typed):
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


class HourField(Typed):
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
