"""What the screens of the commission receive. A refusal of an action comes back at its field."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import time, timedelta
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from jalon.config import clock
from jalon.law.commission import term_end
from jalon.ui.errors import Conflict
from jalon.ui.fields import (
    ChecksField,
    ChoiceField,
    CountField,
    DayField,
    FlagField,
    HourField,
    PublicIdField,
    RadioField,
    SafeCharField,
    SafeTextField,
    SometimesText,
    choices_of,
)
from jalon.ui.forms import Form

from .models import AgendaItem, Attendance, Seat
from .reads import SITTING, Received, VotingBase
from .states import MeetingKind, Outcome, Presence

DAYS_TO_ANSWER = 15


class MeetingForm(Form):
    on = DayField(label=gettext_lazy("Date de la séance"), earliest=clock.today)
    starts_at = HourField(label=gettext_lazy("Heure"), required=False, initial=time(14))
    place = SafeCharField(label=gettext_lazy("Lieu"), max_length=120, required=False)
    kind = ChoiceField(
        label=gettext_lazy("Forme"),
        choices=[(MeetingKind.ORDINARY, MeetingKind.ORDINARY.label), *MeetingKind.choices[1:]],
        initial=MeetingKind.ORDINARY,
    )
    files_due_on = DayField(
        label=gettext_lazy("Dossiers attendus au plus tard le"),
        required=False,
        help_text=gettext_lazy("Montré aux associations. Exemple : deux semaines avant la séance."),
    )


class AgendaForm(Form):
    """The files of the agenda, in order, each with its time."""

    def __init__(self, items: Sequence[AgendaItem], available: Sequence[Received], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        current = [item for item in items if item.application is not None]
        self.known = {item.application.pk: item.application for item in current if item.application}
        self.known |= {row.application.pk: row.application for row in available}
        planned = {item.application_id: item.minutes_planned for item in current}
        self.fields["applications"] = ChecksField(
            label=_("Dossiers inscrits"),
            choices=[(key, application.dossier.number) for key, application in self.known.items()],
            initial=list(planned) or list(self.known),
            required=False,
        )
        for key in self.known:
            self.fields[f"minutes_{key}"] = CountField(
                label=_("Durée prévue, en minutes"), initial=planned.get(key, 15), min_value=1, max_value=240
            )
            self.fields[f"minutes_{key}"].help_text = ""

    @staticmethod
    def answered(data: Iterable[str]) -> list[str]:
        """The files of the page that was sent: those of another page are left as they are."""
        sent = [key.removeprefix("minutes_") for key in data if key.startswith("minutes_")]
        return [key for key in sent if PublicIdField.SHAPE.fullmatch(key)]

    def _refuse_strangers(self) -> None:
        """A file that is no longer among those that may enter: somebody moved it since the page was shown."""
        if left := [key for key in self.answered(self.data) if key not in self.known]:
            changed = self.worded(Conflict(_("L'ordre du jour a changé pendant que vous l'écriviez.")))
            numbers, gone = changed.options["applications"], _("un dossier qui n'attend plus")
            changed.options = {**changed.options, "applications": {**numbers, **dict.fromkeys(left, gone)}}
            raise changed
        super()._refuse_strangers()

    def rows(self, items: Sequence[AgendaItem], hours: Mapping[str, time]) -> list[dict[str, Any]]:
        """The lines of the table: points in their place, then the files that may enter."""
        boxes = {str(box.data["value"]): box for box in self["applications"]}
        planned = {item.application_id: item for item in items if item.application_id}
        lines = [
            {"item": item, "label": item.title, "kind": _("point sans dossier")}
            for item in items
            if not item.application
        ]
        for key, application in self.known.items():
            lines.append(
                {
                    "item": planned.get(key),
                    "label": application.dossier.number,
                    "kind": application.get_kind_display(),
                    "box": boxes[key],
                    "minutes": self[f"minutes_{key}"],
                }
            )
        for line in lines:
            line["at"] = hours.get(line["item"].pk) if line["item"] else None
        return sorted(lines, key=lambda line: line["item"].position if line["item"] else 10_000)

    def minutes(self) -> dict[str, int]:
        return {key: self.cleaned_data[f"minutes_{key}"] for key in self.known}

    def chosen(self) -> list[Any]:
        ticked = set(self.cleaned_data["applications"])
        return [application for key, application in self.known.items() if key in ticked]


class PointForm(Form):
    alone = True
    title = SafeCharField(label=gettext_lazy("Point sans dossier"), max_length=160)
    minutes = CountField(label=gettext_lazy("Minutes"), initial=15, min_value=1, max_value=240)


class ConveneForm(Form):
    urgent = FlagField(
        label=gettext_lazy("Urgence : la convocation arrivera moins de cinq jours avant la séance"), required=False
    )


class MoveForm(Form):
    """Another day for a meeting; the urgency is asked only when its members were already convoked."""

    on = DayField(label=gettext_lazy("Nouvelle date"), earliest=clock.today)
    starts_at = HourField(label=gettext_lazy("Heure"), required=False)
    place = SafeCharField(label=gettext_lazy("Lieu"), max_length=120, required=False)
    urgent = FlagField(
        label=gettext_lazy("Urgence : les membres l'apprendront moins de cinq jours avant la séance"), required=False
    )

    def __init__(self, convened: bool, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not convened:
            del self.fields["urgent"]


class DeputiesForm(Form):
    """Which seats their deputies hold at a meeting."""

    deputies = ChecksField(label=gettext_lazy("Se font suppléer"), required=False)

    def __init__(self, rows: Sequence[Attendance], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["deputies"].choices = [(row.pk, _seat_name(row)) for row in rows if row.seat.deputy_id]  # type: ignore[attr-defined]
        self.fields["deputies"].initial = [row.pk for row in rows if row.deputy]


class AttendanceForm(Form):
    """One line a member: how the seat is held, and to whom a proxy was given."""

    def __init__(self, rows: Iterable[Attendance], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.rows = list(rows)
        names = {row.pk: _seat_name(row) for row in self.rows}
        written = any(row.presence == Presence.WRITTEN for row in self.rows)
        hidden = (Presence.EXPECTED,) if written else (Presence.EXPECTED, Presence.WRITTEN)
        choices = [choice for choice in Presence.choices if choice[0] not in hidden]
        for row in self.rows:
            there = Presence.PRESENT if row.presence == Presence.EXPECTED else row.presence
            self.fields[f"presence_{row.pk}"] = ChoiceField(label=names[row.pk], choices=choices, initial=there)
            others = [(key, name) for key, name in names.items() if key != row.pk]
            self.fields[f"proxy_{row.pk}"] = ChoiceField(
                label=_("Mandat donné à"),
                choices=choices_of(others, "—"),
                required=False,
                initial=row.proxy_to_id or "",
            )

    def lines(self) -> list[tuple[Attendance, Any, Any]]:
        return [(row, self[f"presence_{row.pk}"], self[f"proxy_{row.pk}"]) for row in self.rows]

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or self.cleaned_data
        held: set[Any] = set()
        for row in self.rows:
            presence, holder = data.get(f"presence_{row.pk}"), data.get(f"proxy_{row.pk}")
            if presence == Presence.PROXY and not holder:
                self.add_error(f"proxy_{row.pk}", _("Choisissez le membre qui a reçu le mandat."))
            elif presence == Presence.PROXY and data.get(f"presence_{holder}") not in SITTING:
                self.add_error(f"proxy_{row.pk}", _("Un mandat se donne à un membre qui siège."))
            elif presence == Presence.PROXY and holder in held:
                self.add_error(f"proxy_{row.pk}", _("Un membre ne porte qu'un mandat (CRPA, art. R. 133-9)."))
            held |= {holder} if presence == Presence.PROXY else set()
        return data

    def presences(self) -> dict[str, str]:
        return {row.pk: self.cleaned_data[f"presence_{row.pk}"] for row in self.rows}

    def proxies(self) -> dict[str, str]:
        chosen = {row.pk: self.cleaned_data[f"proxy_{row.pk}"] for row in self.rows}
        return {key: holder for key, holder in chosen.items() if self.presences()[key] == Presence.PROXY and holder}


def _seat_name(row: Attendance) -> str:
    told = (row.seat.college, getattr(row, "organisation_label", ""), _("en suppléance") if row.deputy else "")
    return " — ".join(part for part in told if part)


class OpinionForm(Form):
    """The votes; left empty, the abstentions are those who take part and did not vote."""

    votes_for = CountField(label=gettext_lazy("Pour"), required=False, max_value=200)
    votes_against = CountField(label=gettext_lazy("Contre"), required=False, max_value=200)
    abstentions = CountField(label=gettext_lazy("Abstentions"), required=False, max_value=200)
    outcome = ChoiceField(
        label=gettext_lazy("Avis, si les voix ne sont pas comptées"),
        choices=choices_of(Outcome.choices, gettext_lazy("d'après les voix")),
        required=False,
    )
    chair_vote = ChoiceField(
        label=gettext_lazy("Vote de la présidence, en cas de partage"),
        choices=choices_of(
            [
                ("for", gettext_lazy("pour")),
                ("against", gettext_lazy("contre")),
                ("abstain", gettext_lazy("abstention")),
                ("none", gettext_lazy("elle ne vote pas")),
            ],
            "—",
        ),
        required=False,
    )
    reasons = SometimesText(
        label=gettext_lazy("Motif"),
        help_text=gettext_lazy("Obligatoire si l'avis est défavorable."),
        max_length=2000,
        rows=3,
    )

    def __init__(self, base: VotingBase, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.base = base

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or self.cleaned_data
        pour, contre = data.get("votes_for"), data.get("votes_against")
        counted = pour is not None or contre is not None
        if counted and data.get("abstentions") is None and "abstentions" not in self.errors:
            data["abstentions"] = max(self.base.taking_part - (pour or 0) - (contre or 0), 0)
        if not counted and data.get("abstentions") is not None:
            self.add_error("votes_for", _("Écrivez aussi le nombre de voix pour."))
        if not counted and not data.get("outcome") and not self.errors:
            self.add_error("votes_for", _("Écrivez les voix, ou choisissez le sens de l'avis."))
        if counted and (pour or 0) == (contre or 0) and not data.get("chair_vote") and not self.errors:
            self.add_error("chair_vote", _("Partage des voix : indiquez le vote de la présidence."))
        return data

    @property
    def votes(self) -> dict[str, Any]:
        names = ("votes_for", "votes_against", "abstentions", "reasons")
        data = {name: self.cleaned_data.get(name) for name in names}
        return {
            **data,
            "outcome": self.cleaned_data.get("outcome") or None,
            "chair_vote": self.cleaned_data.get("chair_vote") or "none",
        }


class CorrectionForm(OpinionForm):
    why = SafeCharField(label=gettext_lazy("Pourquoi corriger ?"), max_length=300)


class PostponeForm(Form):
    alone = True
    to = DayField(label=gettext_lazy("Renvoyé au"), required=False, earliest=clock.today)
    reason = SafeCharField(label=gettext_lazy("Ce qui manque"), max_length=300, required=False)


class ReadingForm(Form):
    note = SafeTextField(
        label=gettext_lazy("Ma note privée"),
        max_length=4000,
        rows=5,
        required=False,
        help_text=gettext_lazy("Lisible par vous seulement. Elle est effacée avec le dossier."),
    )
    wish = RadioField(
        label=gettext_lazy("Ce que je pense proposer"),
        choices=[("", gettext_lazy("je ne sais pas encore")), *Outcome.choices[:2]],
        required=False,
    )


class WrittenForm(Form):
    """A member's answer in a written consultation."""

    alone = True
    sense = RadioField(
        label=gettext_lazy("Mon avis"),
        choices=[
            ("for", gettext_lazy("favorable")),
            ("against", gettext_lazy("défavorable")),
            ("abstain", gettext_lazy("je m'abstiens")),
        ],
    )
    reasons = SometimesText(label=gettext_lazy("Mes raisons"), max_length=2000, rows=3)


class HearingForm(Form):
    """Who was heard on a point, without a vote."""

    alone = True
    association = FlagField(label=gettext_lazy("L'association qui a préparé la demande"), required=False)
    person = FlagField(label=gettext_lazy("La personne elle-même, parce qu'elle l'a voulu"), required=False)
    others = SafeCharField(
        label=gettext_lazy("Autres personnes, par leur qualité"),
        max_length=200,
        required=False,
        help_text=gettext_lazy("Exemple : experte de l'hébergement. Aucun nom n'est imprimé."),
    )


class SeatOf(Form):
    """One seat of the list."""

    alone = True
    seat = ChoiceField(label=gettext_lazy("Membre"))

    def __init__(self, seats: Iterable[tuple[str, str]], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["seat"].choices = choices_of(seats)  # type: ignore[attr-defined]


class SheetForm(SeatOf):
    """For which seat a copy on paper is made."""


class ConflictForm(SeatOf):
    """Whose conflict the secretariat writes down."""


class MissingForm(Form):
    """What is missing in a request: ticks, a word if needed, and until when."""

    pieces = ChecksField(label=gettext_lazy("Pièces à demander"), required=False)
    text = SometimesText(label=gettext_lazy("Autre chose, en quelques mots"), max_length=1000, rows=2)
    due_on = DayField(label=gettext_lazy("Réponse attendue le"), earliest=clock.today)

    def __init__(self, pieces: Sequence[tuple[str, str]], missing: Sequence[str], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["pieces"].choices = pieces  # type: ignore[attr-defined]
        self.fields["pieces"].initial = list(missing)
        self.fields["due_on"].initial = clock.today() + timedelta(days=DAYS_TO_ANSWER)

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or self.cleaned_data
        if not data.get("pieces") and not data.get("text") and "text" not in self.errors:
            self.add_error("pieces", _("Cochez une pièce, ou écrivez ce qui manque."))
        return data

    @property
    def words(self) -> str:
        """What the association will read."""
        labels = dict(self.fields["pieces"].choices)  # type: ignore[attr-defined]
        ticked = [str(labels[code]) for code in self.cleaned_data["pieces"]]
        first = _("Pièces manquantes : %(list)s.") % {"list": " ; ".join(ticked)} if ticked else ""
        return "\n".join(filter(None, [first, self.cleaned_data["text"]]))


class SeatForm(Form):
    place = ChoiceField(label=gettext_lazy("Siège de la composition"), required=False)
    college = SafeCharField(label=gettext_lazy("Collège ou fonction"), max_length=120)
    organisation = ChoiceField(label=gettext_lazy("Organisme"))
    user = ChoiceField(
        label=gettext_lazy("Personne qui siège"),
        required=False,
        help_text=gettext_lazy("Sans compte, le siège est compté et la convocation part sur papier."),
    )
    is_chair = FlagField(label=gettext_lazy("Préside la commission"), required=False)
    starts_on = DayField(label=gettext_lazy("Du"))
    ends_on = DayField(label=gettext_lazy("Au"), help_text=gettext_lazy("Trois ans au plus, renouvelables."))

    def __init__(
        self,
        places: Iterable[tuple[str, str]],
        organisations: Iterable[tuple[str, str]],
        users: Iterable[tuple[str, str]],
        *args: Any,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.fields["place"].choices = choices_of(places, _("hors de la composition"))  # type: ignore[attr-defined]
        self.fields["organisation"].choices = choices_of(organisations)  # type: ignore[attr-defined]
        self.fields["user"].choices = choices_of(users, _("aucun compte"))  # type: ignore[attr-defined]
        self.fields["starts_on"].initial = clock.today()
        self.fields["ends_on"].initial = term_end(clock.today())


class RenewForm(Form):
    """The next term of the same holder."""

    alone = True
    ends_on = DayField(label=gettext_lazy("Jusqu'au"), help_text=gettext_lazy("Trois ans au plus."))

    def __init__(self, seat: Seat, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["ends_on"].initial = term_end(seat.ends_on + timedelta(days=1))


class PlaceForm(Form):
    """Which place of the composition a seat fills."""

    alone = True
    place = ChoiceField(label=gettext_lazy("Siège de la composition"), required=False)

    def __init__(self, places: Iterable[tuple[str, str]], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["place"].choices = choices_of(places, _("hors de la composition"))  # type: ignore[attr-defined]


class EndForm(Form):
    alone = True
    ends_on = DayField(label=gettext_lazy("Dernier jour du mandat"))


class HolderForm(Form):
    """Who holds a seat, or sits in its holder's stead."""

    alone = True
    user = ChoiceField(label=gettext_lazy("Personne"), required=False)

    def __init__(self, users: Iterable[tuple[str, str]], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["user"].choices = choices_of(users, _("personne"))  # type: ignore[attr-defined]


class TakeOverForm(HolderForm):
    starts_on = DayField(label=gettext_lazy("À partir du"), initial=clock.today)


class MinutesForm(Form):
    """One text area a paragraph."""

    def __init__(self, paragraphs: Sequence[dict[str, str]], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for place, paragraph in enumerate(paragraphs, start=1):
            self.fields[paragraph["key"]] = SafeTextField(
                label=_("Paragraphe %(n)d") % {"n": place}, initial=paragraph["text"], max_length=10_000, rows=3
            )
        self.keys = [paragraph["key"] for paragraph in paragraphs]

    @property
    def paragraphs(self) -> dict[str, str]:
        return {key: self.cleaned_data[key] for key in self.keys}


class AgainForm(Form):
    on = DayField(label=gettext_lazy("Date de la deuxième réunion"), earliest=clock.today)
    place = SafeCharField(label=gettext_lazy("Lieu"), max_length=120, required=False)


class CancelForm(Form):
    replaced_by = ChoiceField(label=gettext_lazy("Remplacée par"), required=False)

    def __init__(self, meetings: Iterable[tuple[str, str]], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["replaced_by"].choices = choices_of(meetings, _("aucune séance"))  # type: ignore[attr-defined]


class HoldForm(Form):
    """Why a session's copy is kept past its window, and until when."""

    ends_on = DayField(label=gettext_lazy("Garder jusqu'au"), earliest=clock.today)
    reason = SafeTextField(
        label=gettext_lazy("Pourquoi"),
        max_length=500,
        rows=2,
        help_text=gettext_lazy("Le recours et son numéro. Aucun nom."),
    )


class Confirm(Form):
    """A form without a field: one button."""
