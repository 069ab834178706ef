"""The forms of an orientation: to whom, and each of its steps."""

from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext_lazy as _

from jalon.ui.fields import ChecksField, ChoiceField, DayField, RadioField, SafeTextField, choices_of
from jalon.ui.forms import Form

from ..actions.orientations import MOST_LETTERS as MOST_NOTE
from ..states import REFUSALS, STOPS, TELLABLE


class OrientForm(Form):
    """To whom a service is proposed."""

    person = ChoiceField(label=_("Personne"))
    note = SafeTextField(
        label=_("À retenir"), required=False, max_length=MOST_NOTE, rows=3, help_text=_("N'écrivez que l'utile.")
    )

    def __init__(self, *args: Any, persons: Iterable[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["person"].choices = choices_of(persons)  # type: ignore[attr-defined]


class StepForm(Form):
    """A step of an orientation: several forms on the page, each posted alone."""

    alone = True


class AgreeForm(StepForm):
    told = ChecksField(
        label=_("Ce que la structure peut savoir"),
        required=False,
        choices=list(TELLABLE.items()),
        help_text=_("Elle choisit. Rien d'autre ne sera dit."),
    )


class DatedForm(StepForm):
    on = DayField(label=_("Le"))


class AcceptForm(DatedForm):
    next_on = DayField(label=_("Premier rendez-vous"), required=False)


class WaitForm(DatedForm):
    next_on = DayField(label=_("Attente jusqu'au"), required=False)


class RefuseForm(DatedForm):
    reason = ChoiceField(label=_("Raison"), choices=choices_of(REFUSALS.items()))
    possible_if = SafeTextField(label=_("Ce qui rendrait cela possible"), max_length=MOST_NOTE, rows=2)


class StopForm(StepForm):
    reason = RadioField(label=_("Raison"), choices=list(STOPS.items()))


STEPS: dict[str, type[Form]] = {
    "agree": AgreeForm,
    "send": DatedForm,
    "accept": AcceptForm,
    "wait": WaitForm,
    "refuse": RefuseForm,
    "attend": DatedForm,
    "drop": StopForm,
}
