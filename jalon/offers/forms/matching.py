"""What she looks for, the steps of a proposal, the reasons for which a filter is lifted, her CV."""

import re
from collections.abc import Iterable
from datetime import time
from typing import Any

from django.core.exceptions import ValidationError
from django.forms import Select
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from jalon.people.languages import FRENCH_LEVELS
from jalon.ui.fields import (
    ChecksField,
    ChoiceField,
    CountField,
    DayField,
    FlagField,
    HourField,
    PickerField,
    RadioField,
    SafeCharField,
    SafeTextField,
    YesNoField,
    choices_of,
)
from jalon.ui.forms import Form

from ..actions.proposals import MOST_LETTERS
from ..states import EMPLOYER_REFUSALS, KNOWLEDGE, SENDERS, OfferKind
from ..wishes import AVOID, DIGITAL, LINES, NONE, SCHOOL, families, listed

UNSAID = _("pas encore demandé")
CODE = re.compile(r"[A-N]\d{4}")
NOTHING = (NONE, _("aucun"))


def _label(name: str) -> Any:
    return LINES[name][0]


def _yes_no(name: str) -> YesNoField:
    choices = [("", UNSAID), ("oui", _("oui")), ("non", _("non"))]
    return YesNoField(label=_label(name), required=False, choices=choices, widget=Select)


class WishesForm(Form):
    """Every line may stay unasked: the matcher then asks, it never guesses. ``places``: code and name of communes."""

    nothing_required = True

    rome = SafeCharField(
        label=_label("rome"),
        required=False,
        max_length=60,
        help_text=_("Codes ROME séparés par des virgules. Vide : le code de son projet. Exemple : G1501, K2204."),
    )
    accepts = ChecksField(label=_label("accepts"), required=False)
    training = _yes_no("training")
    oral = ChoiceField(label=_label("oral"), required=False, choices=choices_of(FRENCH_LEVELS.items(), UNSAID))
    written = ChoiceField(label=_label("written"), required=False, choices=choices_of(FRENCH_LEVELS.items(), UNSAID))
    leave = HourField(label=_label("leave"), required=False)
    back = HourField(label=_label("back"), required=False)
    saturday, sunday, split, night = map(_yes_no, ("saturday", "sunday", "split", "night"))
    least = CountField(label=_label("least"), required=False, max_value=48)
    most = CountField(label=_label("most"), required=False, max_value=48)
    start = ChoiceField(
        label=_label("start"), required=False, help_text=_("Une commune qu'elle choisit, jamais son adresse.")
    )
    longest = CountField(label=_label("longest"), required=False, max_value=240)
    car, licence, move = map(_yes_no, ("car", "licence", "move"))
    lone, home, public, exposure = map(_yes_no, ("lone", "home", "public", "exposure"))
    zones = SafeCharField(
        label=_label("zones"),
        required=False,
        max_length=300,
        help_text=_("Séparées par des virgules ; « aucune » est une réponse. L'agence n'en lit pas la liste."),
    )
    avoid = ChecksField(label=_label("avoid"), required=False, help_text=_("Ce qu'il faut éviter, jamais pourquoi."))
    diplomas = SafeCharField(
        label=_label("diplomas"), required=False, max_length=300, help_text=_("« aucun » est une réponse.")
    )
    school = ChoiceField(label=_label("school"), required=False, choices=choices_of(SCHOOL.items(), UNSAID))
    experience = ChecksField(label=_label("experience"), required=False)
    iae = _yes_no("iae")
    digital = ChoiceField(label=_label("digital"), required=False, choices=choices_of(DIGITAL.items(), UNSAID))

    def __init__(self, *args: Any, places: Iterable[tuple[str, str]] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.places = list(places)
        trades = list(families().items())
        self.fields["accepts"].choices = [NOTHING, *trades]  # type: ignore[attr-defined]
        self.fields["experience"].choices = [NOTHING, *trades]  # type: ignore[attr-defined]
        self.fields["avoid"].choices = [NOTHING, *AVOID.items()]  # type: ignore[attr-defined]
        self.fields["start"].choices = choices_of(self.places, UNSAID)  # type: ignore[attr-defined]

    def clean_rome(self) -> list[str] | None:
        codes = [code.upper() for code in listed(self.cleaned_data["rome"])]
        if wrong := [code for code in codes if not CODE.fullmatch(code)]:
            raise ValidationError(_now("« %(code)s » n'est pas un code ROME, comme G1501.") % {"code": wrong[0]})
        return codes or None

    def clean_zones(self) -> list[str] | None:
        typed = self.cleaned_data["zones"]
        return listed(typed) if typed else None

    def clean_diplomas(self) -> list[str] | None:
        typed = self.cleaned_data["diplomas"]
        return listed(typed) if typed else None

    def clean_leave(self) -> str | None:
        return _hour(self.cleaned_data["leave"])

    def clean_back(self) -> str | None:
        return _hour(self.cleaned_data["back"])


def _hour(value: time | None) -> str | None:
    return f"{value:%H:%M}" if value else None


def as_typed(lines: dict[str, Any]) -> dict[str, Any]:
    """What is kept, as the form shows it."""
    texts: dict[str, Any] = {
        name: ", ".join(lines[name]) or _now("aucune") for name in ("rome", "zones", "diplomas") if name in lines
    }
    return {**lines, **texts}


GROUPS = (
    (_("Son projet"), ("rome", "training", "iae", "accepts")),
    (_("Ses acquis"), ("oral", "written", "school", "digital", "diplomas", "experience")),
    (_("Ses heures"), ("leave", "back", "saturday", "sunday", "split", "night", "least", "most")),
    (_("Ses trajets"), ("start", "longest", "car", "licence", "move", "zones")),
    (_("Ce qu'elle refuse ou doit éviter"), ("lone", "home", "public", "exposure", "avoid")),
)


class AsideFilters(Form):
    """Which of the offers set aside: closed lists, kept in the address."""

    also = frozenset({"page"})

    kind = ChoiceField(
        label=_("Nature"), required=False, choices=[("", _("emplois et formations")), *OfferKind.choices]
    )
    reason = ChoiceField(label=_("Motif"), required=False)

    def __init__(self, *args: Any, reasons: Iterable[tuple[str, Any]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["reason"].choices = [("", _("tous")), *reasons]  # type: ignore[attr-defined]


class LiftForm(Form):
    """One written reason for each filter that set the offer aside."""

    def __init__(self, *args: Any, lines: Iterable[Any], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for line in lines:
            quote = f"« {line.quote} »" if line.quote else ""
            self.fields[line.code] = SafeTextField(
                label=line.label, max_length=MOST_LETTERS, rows=2, help_text=quote, required=False
            )


class StepForm(Form):
    """A step of a proposal: several forms on the page, each posted alone."""

    alone = True


class DeclineForm(StepForm):
    words = SafeTextField(
        label=_("Avec ses mots"),
        required=False,
        max_length=MOST_LETTERS,
        rows=2,
        help_text=_("Elle n'a pas à se justifier. Cela ne change rien aux offres suivantes."),
    )
    shared = FlagField(label=_("Elle accepte que l'agence lise ces mots"), required=False)


class ApplyForm(StepForm):
    on = DayField(label=_("Le"))
    sender = RadioField(label=_("Qui envoie"), choices=list(SENDERS.items()))
    knows = PickerField(
        label=_("Ce que l'employeur ou l'organisme sait d'elle"),
        choices=list(KNOWLEDGE.items()),
        initial="nothing",
        hints={"nothing": _("Sauf si elle en décide autrement.")},
    )


class DatedForm(StepForm):
    on = DayField(label=_("Le"))


class RefusedForm(DatedForm):
    reason = ChoiceField(label=_("Raison"), choices=choices_of(EMPLOYER_REFUSALS.items()))
    possible_if = SafeTextField(
        label=_("Ce qui rendrait cela possible"), required=False, max_length=MOST_LETTERS, rows=2
    )


PROPOSAL_STEPS: dict[str, type[Form]] = {
    "agree": StepForm,
    "decline": DeclineForm,
    "apply": ApplyForm,
    "welcome": DatedForm,
    "refuse": RefusedForm,
    "silence": DatedForm,
    "start": DatedForm,
    "drop": StepForm,
}

# Sentences that say nothing, in the language of the CV: she chooses one, none, or writes her own.
GAPS = (
    "Installation en France et apprentissage du français",
    "Vie de famille et éducation des enfants",
    "Projet personnel",
    "Formation et recherche d'emploi",
)


class ResumeForm(Form):
    """Her CV and letter: nothing is filled that she did not say, and no word of her pathway passes."""

    nothing_required = True

    name = SafeCharField(label=_("Nom sur le CV"), required=False, max_length=80)
    phone = SafeCharField(label=_("Téléphone"), required=False, max_length=30)
    mail = SafeCharField(label=_("Courriel"), required=False, max_length=120)
    town = SafeCharField(label=_("Commune"), required=False, max_length=80, help_text=_("Jamais l'adresse."))
    title = SafeCharField(label=_("Métier visé"), required=False, max_length=120)
    skills = SafeTextField(
        label=_("Ce qu'elle sait faire"), required=False, max_length=1500, rows=5, help_text=_("Une ligne chacun.")
    )
    experiences = SafeTextField(
        label=_("Expériences"), required=False, max_length=2000, rows=5, help_text=_("Une ligne chacune.")
    )
    trainings = SafeTextField(label=_("Formations"), required=False, max_length=1500, rows=4)
    languages = SafeTextField(label=_("Langues"), required=False, max_length=500, rows=3)
    gap = SafeCharField(
        label=_("Une période sans emploi"),
        required=False,
        max_length=160,
        help_text=_("Facultatif. Elle choisit : rien, ses mots, ou par exemple « Projet personnel »."),
    )
    letter_to = SafeCharField(label=_("Lettre à"), required=False, max_length=160)
    letter_object = SafeCharField(label=_("Objet de la lettre"), required=False, max_length=160)
    letter = SafeTextField(label=_("Lettre"), required=False, max_length=3000, rows=10)


CRITERIA_1 = {
    "rsa": _("touche le RSA"),
    "ass": _("touche l'ASS"),
    "aah": _("touche l'AAH"),
    "unemployed_24_months": _("inscrite depuis plus de 24 mois"),
}
CRITERIA_2 = {
    "school_level_3_or_less": _("niveau CAP ou moins"),
    "under_26": _("moins de 26 ans"),
    "over_50": _("50 ans ou plus"),
    "former_child_welfare": _("sortie de l'aide à l'enfance"),
    "unemployed_12_to_24_months": _("inscrite depuis 12 à 24 mois"),
    "disabled_worker": _("travailleuse handicapée"),
    "single_parent": _("parent isolée"),
    "no_home": _("sans logement, ou hébergée"),
    "refugee_or_asylum": _("réfugiée ou demandeuse d'asile"),
    "rural_zone": _("zone rurale"),
    "priority_district": _("quartier prioritaire"),
    "leaving_detention": _("sortie de prison"),
    "french_below_a1": _("français en dessous de A1"),
    "mobility": _("problème de mobilité"),
}


class CriteriaForm(Form):
    """The criteria of work integration: an answer of the day, nothing is kept."""

    criteria = ChecksField(
        label=_("Ce qui est vrai pour elle"),
        required=False,
        choices=[*CRITERIA_1.items(), *CRITERIA_2.items()],
        help_text=_("Rien n'est gardé. Le parcours lui-même n'est pas un critère, et ne s'écrit jamais."),
    )
    prescriber_decision = FlagField(label=_("Un prescripteur habilité en décide"), required=False)
