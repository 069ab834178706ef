"""The filters of the three lists, and what a professional notes of a service."""

from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext_lazy as _

from jalon.people.languages import LANGUAGES
from jalon.ui.fields import (
    ChecksField,
    ChoiceField,
    CountField,
    DayField,
    RadioField,
    SafeCharField,
    choices_of,
)
from jalon.ui.forms import Form

from ..actions.cards import MOST_DAYS, MOST_LETTERS, MOST_PLACES
from ..inclusion import words
from ..rome import SECTORS
from ..states import WORDS, Fact

ANY = _("tous")
ANY_PLACE = _("partout")


class Filters(Form):
    """Filters kept in the query string: closed lists only. The number of the page travels with them."""

    also = frozenset({"page"})

    def __init__(self, data: Any, places: Iterable[tuple[str, str]] = (), **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        if "place" in self.fields:
            self.fields["place"].choices = [("", ANY_PLACE), *places]  # type: ignore[attr-defined]


class ServiceFilters(Filters):
    need = ChoiceField(label=_("Besoin"), required=False)
    place = ChoiceField(label=_("Commune"), required=False)
    language = ChoiceField(label=_("Langue"), required=False)
    children = ChoiceField(label=_("Enfants"), required=False, choices=[("", ANY), ("yes", _("accueillis"))])
    mixity = ChoiceField(label=_("Entre femmes"), required=False, choices=[("", ANY), ("women", _("possible"))])
    kept = ChoiceField(
        label=_("Fiches"),
        required=False,
        choices=[("", _("toutes")), ("mine", _("que je tiens")), ("old", _("à revérifier"))],
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["need"].choices = [("", ANY), *words()["Categorie"].items()]  # type: ignore[attr-defined]
        self.fields["language"].choices = [("", _("toutes")), *LANGUAGES.items()]  # type: ignore[attr-defined]


class OfferFilters(Filters):
    sector = ChoiceField(label=_("Domaine"), required=False, choices=[("", ANY), *SECTORS.items()])
    place = ChoiceField(label=_("Commune"), required=False)
    contract = ChoiceField(label=_("Contrat"), required=False)

    def __init__(self, data: Any, places: Iterable[tuple[str, str]], contracts: Iterable[tuple[str, str]]) -> None:
        super().__init__(data, places)
        self.fields["contract"].choices = [("", ANY), *contracts]  # type: ignore[attr-defined]


class TrainingFilters(Filters):
    kind = ChoiceField(
        label=_("Formation"),
        required=False,
        choices=[("", _("toutes")), ("certified", _("avec certification")), ("step", _("sans certification"))],
    )


class FactsForm(Form):
    """What we know of a service. Fields of facts that this reader does not see are taken out."""

    mixity = ChoiceField(label=Fact.MIXITY.label, required=False, choices=choices_of(WORDS[Fact.MIXITY].items()))
    children = RadioField(label=Fact.CHILDREN.label, required=False, choices=list(WORDS[Fact.CHILDREN].items()))
    permit = RadioField(label=Fact.PERMIT.label, required=False, choices=list(WORDS[Fact.PERMIT].items()))
    answer = CountField(label=Fact.ANSWER.label, required=False, max_value=MOST_DAYS)
    address = RadioField(
        label=Fact.ADDRESS.label,
        required=False,
        choices=list(WORDS[Fact.ADDRESS].items()),
        help_text=_("Confidentielle, elle ne s'affiche plus ici et ne s'exporte pas."),
    )
    discretion = RadioField(label=Fact.DISCRETION.label, required=False, choices=list(WORDS[Fact.DISCRETION].items()))
    trained = DayField(label=Fact.TRAINED.label, required=False)
    places = CountField(label=Fact.PLACES.label, required=False, max_value=MOST_PLACES)
    contact = SafeCharField(
        label=Fact.CONTACT.label,
        required=False,
        max_length=MOST_LETTERS,
        help_text=_("Un professionnel, jamais une personne accompagnée."),
    )
    # The longest list comes last.
    languages = ChecksField(label=Fact.LANGUAGES.label, required=False, choices=list(LANGUAGES.items()))

    def __init__(self, *args: Any, readable: Iterable[str], noted: dict[str, str], **kwargs: Any) -> None:
        known: dict[str, Any] = dict(noted)
        if Fact.LANGUAGES in known:
            known["languages"] = known["languages"].split()
        super().__init__(*args, initial=known, **kwargs)
        for name in set(self.fields) - set(readable) - {"revision"}:
            del self.fields[name]

    @property
    def values(self) -> dict[str, str]:
        """Each fact as it is kept: a short text, empty when it is not known."""
        return {name: _kept(value) for name, value in self.answers.items()}


def _kept(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, list):
        return " ".join(sorted(value))
    return value.isoformat() if hasattr(value, "isoformat") else str(value)
