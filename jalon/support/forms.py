"""The forms of the joint support. A free text says to write only what is useful."""

from collections.abc import Collection
from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from jalon.config import clock
from jalon.ui.fields import (
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

from .states import HIGHEST, LOWEST, Domain, Holder, NoteKind, PlacementKind, Visibility

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
    """A message to the other side; ``answers`` is the message that it closes."""

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


class AnswerForm(Form):
    """An answer written from the home page: one box, one button."""

    also = frozenset({"from"})

    text = SafeTextField(label=_("Votre réponse"), max_length=4_000, rows=2)
    answers = PublicIdField()


class StepForm(Once):
    text = SafeCharField(label=_("Quoi"), max_length=300, help_text=_("Une action, en peu de mots."))
    holder = RadioField(label=_("Qui s'en charge"), choices=Holder.choices)
    due_on = DayField(label=_("Pour le"), required=False, earliest=clock.today)


class DoneForm(Form):
    done_on = DayField(label=_("Fait le"), required=False, latest=clock.today)


class AppointmentForm(Once):
    at = MomentField(label=_("Jour et heure"))
    title = SafeCharField(
        label=_("Titre"),
        max_length=80,
        initial=pgettext_lazy("title of one", "Rendez-vous"),
        help_text=_("D'autres peuvent le lire : un titre qui ne dit rien, par exemple « Rendez-vous avec Marie »."),
    )
    place = SafeCharField(label=_("Lieu"), max_length=80, required=False)
    with_adviser = FlagField(label=_("Avec l'agence emploi (entretien à trois)"), required=False)


class AttendanceForm(Form):
    attended = YesNoField(label=_("Est-elle venue ?"))
    also = frozenset({"from"})


class ScaleForm(Form):
    """Eight domains from 1 to 5; she may leave some without an answer."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        points = [("", _("Préfère ne pas répondre")), *((str(n), str(n)) for n in range(LOWEST, HIGHEST + 1))]
        for domain in Domain:
            self.fields[str(domain)] = RadioField(label=domain.label, choices=points, required=False)
        self.fields["with_person"] = FlagField(label=_("Rempli ensemble"), required=False, initial=True)

    def domain_fields(self) -> list[Any]:
        """The fields of the domains, for the table that shows them."""
        return [self[str(domain)] for domain in Domain]

    @property
    def values(self) -> dict[str, int | None]:
        return {str(d): int(self.cleaned_data[d]) if self.cleaned_data.get(d) else None for d in Domain}


class PlacementForm(Once):
    kind = ChoiceField(
        label=_("Nature"),
        choices=PlacementKind.choices,
        initial=PlacementKind.TRAINING,
        help_text=_("Immersion, insertion et orientation ont un délai : il est calculé et rappelé."),
    )
    title = SafeCharField(label=_("Quoi"), max_length=160, help_text=_("En peu de mots."))
    organisation = SafeCharField(label=_("Où"), max_length=120, required=False)
    starts_on = DayField(label=_("Début"), help_text=_("D'une orientation : le jour où France Travail l'a notifiée."))
    ends_on = DayField(
        label=_("Fin"), required=False, help_text=_("D'une orientation : le jour où le contrat est signé.")
    )
    result = SafeCharField(label=_("Résultat"), max_length=160, required=False)


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
