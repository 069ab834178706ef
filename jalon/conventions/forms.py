"""The forms of the conventions. Nothing in them is about a person who is accompanied."""

from collections.abc import Iterable, Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from jalon.config import clock
from jalon.ui.fields import (
    ChecksField,
    ChoiceField,
    CountField,
    DayField,
    FlagField,
    MomentField,
    PublicIdField,
    RadioField,
    SafeCharField,
    SafeTextField,
)
from jalon.ui.forms import Form
from jalon.ui.text import ascii_digits

from . import measures
from .agenda import Entry
from .models import Axis
from .states import CHECKLIST, CommitmentState, Side, verb_to

Choices = Iterable[tuple[str, Any]]
NONE = gettext_lazy("Aucune")
AXES = (
    gettext_lazy("Faciliter les relations entre les deux structures"),
    gettext_lazy("Développer la connaissance réciproque des offres de service"),
    gettext_lazy("Proposer un accompagnement global aux personnes en parcours"),
)
MOST_LINES = 12
CLAUSES = ("places", "neutral_label", "immersion_delegation", "prescriber_authorisation", "data_annex")


class FigureField(SafeCharField):
    """A figure without a unit: 4,5 or 86. Two decimals at most."""

    def to_python(self, value: Any) -> Any:
        text = ascii_digits(super().to_python(value)).replace(" ", "").replace("\u202f", "").replace(",", ".")
        if not text:
            return None
        try:
            figure = Decimal(text)
        except InvalidOperation:
            raise ValidationError(_("Écrivez un nombre, par exemple 4,5."), code="invalid") from None
        if not figure.is_finite() or not Decimal(0) <= figure < Decimal(1_000_000):
            raise ValidationError(_("Écrivez un nombre entre 0 et 999 999."), code="range")
        if figure != figure.quantize(Decimal("0.01")):
            raise ValidationError(_("Écrivez deux chiffres au plus après la virgule."), code="decimals")
        return figure

    def prepare_value(self, value: Any) -> Any:
        return f"{value.normalize():f}".replace(".", ",") if isinstance(value, Decimal) else value


class DatesForm(Form):
    title = SafeCharField(label=gettext_lazy("Titre"), max_length=160)
    starts_on = DayField(label=gettext_lazy("Début"))
    ends_on = DayField(label=gettext_lazy("Fin"))
    next_committee_on = DayField(label=gettext_lazy("Prochain comité de pilotage"), required=False)
    places = CountField(
        label=gettext_lazy("Places d'accompagnement"),
        required=False,
        min_value=1,
        max_value=500,
        help_text=gettext_lazy("Combien de personnes à la fois. Vide : pas de limite."),
    )
    neutral_label = SafeCharField(
        label=gettext_lazy("Libellé neutre"),
        required=False,
        max_length=60,
        help_text=gettext_lazy("Sous ce nom, l'agence l'inscrit dans son logiciel."),
    )
    immersion_delegation = FlagField(
        label=gettext_lazy("L'association peut prescrire des immersions, par délégation"), required=False
    )
    prescriber_authorisation = FlagField(
        label=gettext_lazy("L'association est habilitée à valider l'insertion par l'activité économique"),
        required=False,
    )
    data_annex = FlagField(label=gettext_lazy("Une annexe dit quelles données s'échangent"), required=False)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        start, end = data.get("starts_on"), data.get("ends_on")
        if start and end and end < start:
            self.add_error("ends_on", _("La fin de la convention ne peut pas précéder son début."))
        return data


class DraftForm(DatesForm):
    """A new convention: the other party, the dates, and three axes with one commitment a line."""

    def __init__(
        self,
        *args: Any,
        parties: Choices = (),
        predecessors: Choices = (),
        indicators: Mapping[int, list[dict[str, Any]]] | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.indicators = indicators or {}
        self.fields["party"] = RadioField(label=_("Avec"), choices=list(parties))
        self.fields["predecessor"] = ChoiceField(
            label=_("Après la convention"), choices=[("", NONE), *predecessors], required=False
        )
        for number, title in enumerate(AXES, start=1):
            names = {"number": number}
            self.fields[f"axis_{number}"] = SafeCharField(
                label=_("Axe %(number)d") % names, max_length=160, initial=title
            )
            self.fields[f"objective_{number}"] = SafeCharField(
                label=_("Objectif de l'axe %(number)d") % names, max_length=300, required=False
            )
            for sentence in ("axis", "objective"):  # read whole on a wide screen
                self.fields[f"{sentence}_{number}"].widget.attrs["size"] = 60
            self.fields[f"commitments_{number}"] = SafeTextField(
                label=_("Engagements de l'axe %(number)d") % names,
                max_length=2_400,
                rows=3,
                required=False,
                help_text=_("Un par ligne. Qui et pour quand se règlent ensuite."),
            )

    @property
    def clauses(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in CLAUSES}

    @property
    def axes(self) -> list[dict[str, Any]]:
        data = self.cleaned_data
        return [
            {
                "title": data[f"axis_{number}"],
                "objective": data[f"objective_{number}"],
                "commitments": [{"title": line} for line in self.lines(number)],
                "indicators": self.indicators.get(number)
                or [{"measure": one.code, "target": one.target} for one in measures.all_of(number)],
            }
            for number in range(1, len(AXES) + 1)
        ]

    def lines(self, number: int) -> list[str]:
        return [line.strip() for line in self.cleaned_data[f"commitments_{number}"].splitlines() if line.strip()]

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        for number in range(1, len(AXES) + 1):
            lines = self.lines(number) if f"commitments_{number}" in data else []
            if len(lines) > MOST_LINES:
                self.add_error(f"commitments_{number}", _("Douze engagements au plus pour un axe."))
            if any(len(line) > 200 for line in lines):
                self.add_error(f"commitments_{number}", _("Chaque engagement tient en 200 caractères."))
        return data


class CommitmentForm(Form):
    """Where a commitment stands: only the states that its present one leads to."""

    state = RadioField(label=gettext_lazy("Où en est-il"))
    done_on = DayField(label=gettext_lazy("Fait le"), required=False, latest=clock.today)
    evidence = SafeCharField(
        label=gettext_lazy("Ce qui le montre"),
        max_length=300,
        required=False,
        help_text=gettext_lazy("Une date, un compte rendu. Le nom d'aucune personne accompagnée."),
    )

    def __init__(self, *args: Any, present: str = CommitmentState.TODO, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        reached = [s for s in CommitmentState if s == present or verb_to(present, s)]
        self.fields["state"].choices = [(str(s), s.label) for s in reached]  # type: ignore[attr-defined]


class NewCommitmentForm(Form):
    title = SafeCharField(label=gettext_lazy("Engagement"), max_length=200)
    due_on = DayField(label=gettext_lazy("Pour le"), required=False, earliest=clock.today)

    def __init__(self, *args: Any, members: Choices = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["owner"] = ChoiceField(label=_("Porté par"), choices=[("", "—"), *members], required=False)


class NewIndicatorForm(Form):
    """One of the measures that the rooms know: the figure is computed, only the target is written."""

    target = FigureField(label=gettext_lazy("Cible"), max_length=12, required=False)

    def __init__(self, *args: Any, measures: Choices = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["measure"] = RadioField(label=_("Indicateur"), choices=list(measures))
        self.order_fields(["measure", "target"])


class CommitteeForm(Form):
    on = DayField(label=gettext_lazy("Prochain comité de pilotage"), required=False)


class PairForm(Form):
    """The deputy and the convention; referent and adviser are those assigned to the file."""

    def __init__(self, *args: Any, conventions: Choices = (), deputies: Choices = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["convention"] = ChoiceField(
            label=_("Dans la convention"), choices=[("", NONE), *conventions], required=False
        )
        self.fields["deputy"] = ChoiceField(label=_("Suppléance"), choices=[("", NONE), *deputies], required=False)


# --- steering meetings --------------------------------------------------------------------------------------------
class MinutesForm(Form):
    """What was said of each point of the agenda, and of others."""

    present = SafeCharField(
        label=gettext_lazy("Qui était là"),
        required=False,
        max_length=300,
        help_text=gettext_lazy("Des professionnels seulement."),
    )

    def __init__(self, *args: Any, entries: Iterable[Entry] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.kinds = [*(entry.kind for entry in entries), "other"]
        for entry in entries:
            self.fields[entry.kind] = SafeTextField(label=entry.title, required=False, max_length=2_000, rows=2)
        self.fields["other"] = SafeTextField(
            label=_("Autres points"),
            required=False,
            max_length=2_000,
            rows=2,
            help_text=_("Le compte rendu circule : rien sur une personne accompagnée."),
        )
        self.fields["next_on"] = DayField(label=_("Prochain comité"), required=False, earliest=clock.today)

    @property
    def given(self) -> dict[str, Any]:
        data = self.cleaned_data
        said = {kind: data[kind] for kind in self.kinds}
        return {"present": data["present"], "said": said, "next_on": data["next_on"]}


class DecisionForm(Form):
    """A decision of a meeting: a commitment on one axis."""

    title = SafeCharField(label=gettext_lazy("Décision"), max_length=200)
    due_on = DayField(label=gettext_lazy("Pour le"), required=False, earliest=clock.today)

    def __init__(self, *args: Any, axes: Iterable[Axis] = (), members: Choices = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        listed = [(axis.pk, axis.title) for axis in axes]
        self.fields["axis"] = RadioField(label=_("Sur quel axe"), choices=listed)
        self.fields["owner"] = ChoiceField(label=_("Porté par"), choices=[("", "—"), *members], required=False)
        self.order_fields(["title", "axis", "owner", "due_on"])

    @property
    def given(self) -> dict[str, Any]:
        data = self.cleaned_data
        return {"title": data["title"], "owner": data["owner"] or None, "due_on": data["due_on"]}


# --- the thread of a convention -----------------------------------------------------------------------------------
class QuestionForm(Form):
    """A message to the other structure; ``answers`` is the question that it closes."""

    text = SafeTextField(
        label=gettext_lazy("Votre message"),
        max_length=4_000,
        rows=3,
        help_text=gettext_lazy("Sur la convention : rien ici sur une personne accompagnée."),
    )
    expects = FlagField(label=gettext_lazy("Attend une réponse"), required=False)
    answer_due_on = DayField(
        label=gettext_lazy("Réponse avant le"),
        required=False,
        earliest=clock.today,
        help_text=gettext_lazy("Sans date : dans deux jours ouvrés."),
    )
    answers = PublicIdField(required=False)


# --- hand-overs ---------------------------------------------------------------------------------------------------
class HandOverForm(Form):
    """To whom, on which side, and the minute at which who leaves has no access any more."""

    def __init__(
        self, *args: Any, offered: Iterable[tuple[str, str, list[tuple[str, str]]]] = (), **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        listed = [
            (f"{side}:{pk}", _("%(name)s, après %(leaving)s") % {"name": name, "leaving": leaving})
            for side, leaving, people in offered
            for pk, name in people
        ]
        self.fields["arriving"] = RadioField(label=_("Qui prend le relais"), choices=listed)
        self.fields["ends_at"] = MomentField(
            label=_("Fin de l'accès de qui part"),
            help_text=_("À cette minute, l'accès se ferme tout seul."),
        )

    @property
    def chosen(self) -> tuple[str, str]:
        side, _colon, user_id = self.cleaned_data["arriving"].partition(":")
        return Side(side), user_id


class ChecklistForm(Form):
    done = ChecksField(label=gettext_lazy("Ce qui est passé"), choices=list(CHECKLIST.items()), required=False)
    told_on = DayField(label=gettext_lazy("Elle l'a appris le"), required=False, latest=clock.today)
