"""The forms of the joint support. A free text says to write only what is useful."""

from collections.abc import Collection
from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from jalon.config import clock
from jalon.law.landmarks import LANDMARKS
from jalon.ui.fields import (
    ChecksField,
    ChoiceField,
    DayField,
    FlagField,
    MomentField,
    PickerField,
    PublicIdField,
    RadioField,
    SafeCharField,
    SafeTextField,
    SearchField,
    YesNoField,
)
from jalon.ui.forms import Form, Once

from . import families
from .states import ANCHORS, Domain, Holder, NoteKind, PlacementKind, Purpose, Rater, Visibility

NEUTRAL = _("D'autres peuvent le lire : un titre qui ne dit rien, par exemple « Rendez-vous avec Marie ».")
MEETING = pgettext_lazy("title of one", "Rendez-vous")
LAYERS = [("yes", _("L'association et l'agence")), ("no", _("L'association seulement"))]
OUTCOMES = [("done", _("Fait")), ("kept", _("À poursuivre")), ("dropped", _("Abandonné"))]
USEFUL = _("N'écrivez que l'utile. Pas de détail intime, pas de santé.")
CIRCLES = {
    Visibility.TEAM: (
        _("Mon équipe"),
        _("La personne référente, et la personne responsable en cas d'accès exceptionnel."),
    ),
    Visibility.PRIVATE: (_("Moi seulement"), _("Personne d'autre ne lit cette note.")),
    Visibility.EMPLOYMENT: (_("Partagé avec l'emploi, avec son accord"), _("L'agence emploi lit cette note.")),
}


class NoteForm(Once):
    """One box; the kind and the circle are preset. ``circles``: those that the author may choose."""

    # Where the note was begun: the page to come back to.
    also = frozenset({"from"})

    text = SafeTextField(
        label=_("Que s'est-il passé ? Quelle est la suite ?"), max_length=8_000, rows=3, help_text=USEFUL
    )
    visibility = ChoiceField(label=_("Qui peut lire ?"))
    kind = ChoiceField(label=_("Sorte"), choices=NoteKind.choices, initial=NoteKind.INTERVIEW)

    def __init__(self, *args: Any, circles: Collection[str] = (Visibility.TEAM,), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["visibility"].choices = [(c, CIRCLES[Visibility(c)][0]) for c in circles]  # type: ignore[attr-defined]
        self.fields["visibility"].initial = next(iter(circles), None)


class FullNoteForm(NoteForm):
    """The same, on a page of its own: the circles are explained one by one."""

    visibility = PickerField(label=_("Qui peut lire ?"), hints={c: hint for c, (_l, hint) in CIRCLES.items()})


class SearchForm(Form):
    q = SearchField(label=_("Alias ou numéro"), required=True)


class MessageForm(Once):
    """A message to the other side; ``answers`` is the request that it answers, ``references`` what it points to."""

    also = frozenset({"from"})

    text = SafeTextField(label=_("Votre message"), max_length=4_000, rows=3, help_text=USEFUL)
    expects = FlagField(label=_("Attend une réponse"), required=False)
    answer_due_on = DayField(
        label=_("Réponse avant le"),
        required=False,
        earliest=clock.today,
        help_text=_("Sans date : dans deux jours ouvrés."),
    )
    answers = PublicIdField(required=False)

    def __init__(self, *args: Any, references: Collection[tuple[str, str]] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if references:
            self.fields["references"] = ChecksField(label=_("À l'appui"), choices=list(references), required=False)


class AnswerForm(Form):
    """An answer written from the home page: one box, one button."""

    also = frozenset({"from"})

    text = SafeTextField(label=_("Votre réponse"), max_length=4_000, rows=2)
    answers = PublicIdField()


class ObjectiveForm(Once):
    """One aim in the agency's words, hers beside it; ``own``: may it stay in the association?"""

    aim = ChoiceField(label=_("Objectif"), help_text=_("Les mots de France Travail, puis les nôtres."))
    words = SafeCharField(label=_("Comment elle le dit"), max_length=300, required=False)
    shared = RadioField(label=_("Qui lit ?"), choices=LAYERS, initial="yes")

    def __init__(self, *args: Any, own: bool = True, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        aims = [("", _("Choisir")), *families.choices(shared_only=not own)]
        self.fields["aim"].choices = aims  # type: ignore[attr-defined]
        if not own:
            del self.fields["shared"]

    @property
    def answers(self) -> dict[str, Any]:
        return {**super().answers, "shared": self.cleaned_data.get("shared", "yes") == "yes"}


class ObjectiveDoneForm(Form):
    result = SafeCharField(label=_("Ce qu'elle en retient"), max_length=300, required=False)


class StepForm(Once):
    """``aims``: the objectives to which it may belong. A step is in the layer of its objective."""

    text = SafeCharField(label=_("Quoi"), max_length=300, help_text=_("Une action, en peu de mots."))
    objective = ChoiceField(label=_("Pour quel objectif"), required=False)
    holder = RadioField(label=_("Qui s'en charge"), choices=Holder.choices)
    due_on = DayField(label=_("Pour le"), earliest=clock.today)

    def __init__(self, *args: Any, aims: Collection[tuple[str, Any]] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if aims:
            listed = [("", _("Aucun en particulier (partagé)")), *aims]
            self.fields["objective"].choices = listed  # type: ignore[attr-defined]
        else:
            del self.fields["objective"]


class ChangeStepForm(Form):
    text = SafeCharField(label=_("Quoi"), max_length=300)
    holder = RadioField(label=_("Qui s'en charge"), choices=Holder.choices)
    due_on = DayField(label=_("Pour le"))


class DoneForm(Form):
    done_on = DayField(label=_("Fait le"), required=False, latest=clock.today)
    result = SafeCharField(label=_("Résultat"), max_length=300, required=False)


class MeetingForm(Form):
    at = MomentField(label=_("Jour et heure"), earliest=clock.today)
    title = SafeCharField(label=_("Titre"), max_length=80, initial=MEETING, help_text=NEUTRAL)
    place = SafeCharField(label=_("Lieu"), max_length=80, required=False, help_text=_("De préférence à l'agence."))


class LineForm(Form):
    text = SafeCharField(label=_("Ce que nous apportons"), max_length=300)


class StrikeForm(Form):
    line = PublicIdField()
    struck = YesNoField()


class HeldForm(Form):
    """What came of it. ``steps``: the open actions of the shared plan, one answer each."""

    decisions = SafeTextField(
        label=_("Ce qui est décidé"),
        max_length=1_500,
        rows=5,
        help_text=_("Dix lignes au plus, relues avec elle. Les deux structures les lisent."),
    )
    interpreter = FlagField(label=_("Avec interprète"), required=False)
    read_back = FlagField(label=_("Relu avec elle"), required=False)
    on_paper = FlagField(label=_("Elle a voulu une copie sur papier"), required=False)
    next_at = MomentField(label=_("Prochain entretien"), required=False, earliest=clock.today)

    def __init__(self, *args: Any, steps: Collection[tuple[str, str]] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.steps = [pk for pk, _text in steps]
        asked: dict[str, Any] = {}
        for pk, text in steps:
            asked[f"step_{pk}"] = RadioField(label=text, choices=OUTCOMES, initial="kept")
            asked[f"why_{pk}"] = SafeCharField(
                label=_("Pourquoi, ou ce qu'il en reste"), max_length=300, required=False
            )
        self.fields = {**asked, **self.fields}

    def step_fields(self) -> list[tuple[Any, Any]]:
        """Of each action, its answer and why."""
        return [(self[f"step_{pk}"], self[f"why_{pk}"]) for pk in self.steps]

    def other_fields(self) -> list[Any]:
        return [self[name] for name in HeldForm.base_fields]

    @property
    def outcomes(self) -> dict[str, tuple[str, str]]:
        given = self.cleaned_data
        return {pk: (given[f"step_{pk}"], given.get(f"why_{pk}") or "") for pk in self.steps}

    @property
    def answers(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in HeldForm.base_fields}


class AppointmentForm(Once):
    at = MomentField(label=_("Jour et heure"))
    title = SafeCharField(
        label=_("Titre"),
        max_length=80,
        initial=MEETING,
        help_text=NEUTRAL,
    )
    place = SafeCharField(label=_("Lieu"), max_length=80, required=False)
    with_adviser = FlagField(label=_("Avec l'agence emploi (entretien à trois)"), required=False)


class AttendanceForm(Form):
    attended = YesNoField(label=_("Est-elle venue ?"))
    also = frozenset({"from"})


class ScaleForm(Form):
    """Six scales from 0 to 4, each step with its sentence; some may be left without an answer."""

    nothing_required = True

    by = RadioField(label=_("Qui répond ?"), choices=Rater.choices)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for domain in Domain:
            steps = [(str(n), f"{n} – {words}") for n, words in enumerate(ANCHORS[domain])]
            choices = [("", _("Préfère ne pas répondre")), *steps]
            self.fields[str(domain)] = RadioField(label=domain.label, choices=choices, required=False)

    @property
    def values(self) -> dict[str, int | None]:
        return {str(d): int(self.cleaned_data[d]) if self.cleaned_data.get(d) else None for d in Domain}

    def domain_fields(self) -> list[Any]:
        return [self[str(domain)] for domain in Domain]


class SheetForm(Form):
    """The six months of the sheet. ``periods``: number and days of each."""

    period = ChoiceField(label=_("Bilan de la période"))

    def __init__(self, *args: Any, periods: Collection[tuple[str, Any]] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["period"].choices = list(periods)  # type: ignore[attr-defined]


class LandmarkForm(Form):
    landmark = ChoiceField(choices=[(kind, kind) for kind in LANDMARKS])


class PlacementForm(Once):
    """A job, a pass, an orientation: what, where, from when to when."""

    title = SafeCharField(label=_("Quoi"), max_length=160, help_text=_("En peu de mots."))
    organisation = SafeCharField(label=_("Où"), max_length=120, required=False)
    starts_on = DayField(label=_("Début"))
    ends_on = DayField(label=_("Fin"), required=False)
    result = SafeCharField(label=_("Résultat"), max_length=160, required=False)


class OrientationForm(PlacementForm):
    starts_on = DayField(label=_("Notifiée le"), help_text=_("Le jour où France Travail l'a notifiée."))
    ends_on = DayField(label=_("Contrat signé le"), required=False)


class PassForm(PlacementForm):
    starts_on = DayField(label=_("Pass reçu le"))


class TrainingForm(PlacementForm):
    rncp = SafeCharField(
        label=_("Numéro RNCP"),
        max_length=6,
        required=False,
        help_text=_("Seulement si elle mène à une certification : un mois est gardé pour repasser l'examen."),
    )
    late_reason = SafeCharField(
        label=_("Pourquoi elle finit après le terme"),
        max_length=300,
        required=False,
        help_text=_("Rien à écrire si elle finit avant."),
    )


class ImmersionForm(PlacementForm):
    organisation = SafeCharField(label=_("Où"), max_length=120, help_text=_("Le nom de la structure d'accueil."))
    purpose = RadioField(label=_("Pour quoi"), choices=Purpose.choices)
    renewal = FlagField(label=_("Renouvellement de l'immersion précédente dans cette structure"), required=False)


PLACEMENT_FORMS: dict[str, type[PlacementForm]] = {
    PlacementKind.TRAINING: TrainingForm,
    PlacementKind.IMMERSION: ImmersionForm,
    PlacementKind.ORIENTATION: OrientationForm,
    PlacementKind.INTEGRATION: PassForm,
}


class EndPlacementForm(Form):
    ends_on = DayField(label=_("Fin"))
    result = SafeCharField(label=_("Résultat"), max_length=160, required=False)


class ReassignForm(Form):
    """``before``: the referent when the page was opened, so that two managers do not undo each other."""

    user = RadioField(label=_("Nouvelle personne référente"))
    before = PublicIdField(required=False)

    def __init__(self, *args: Any, workers: Collection[tuple[str, Any]] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["user"].choices = list(workers)  # type: ignore[attr-defined]
