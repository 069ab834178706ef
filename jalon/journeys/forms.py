"""What the screens of the pathway receive. A refusal of an action comes back at its field."""

from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from jalon.config import clock
from jalon.dossiers.models import Application
from jalon.people import languages
from jalon.ui.fields import (
    ChecksField,
    ChoiceField,
    CountField,
    DayField,
    FlagField,
    MoneyField,
    RadioField,
    SafeCharField,
    SafeTextField,
    SometimesText,
    YesNoField,
    choices_of,
    opened,
)
from jalon.ui.forms import Form

from . import grounds, wording
from .actions.corrections import CORRECTS
from .actions.decisions import KINDS_FOR, against
from .models import Decision
from .states import (
    ADVERSE,
    AppealKind,
    AppealOutcome,
    DecisionKind,
    ExitKind,
    ExitReason,
    Misprint,
    News,
    PermitKind,
)

# The languages in which papers speak simple words; another one is explained in French, with an interpreter.
PLAIN = ("fr", "en", "es", "pt", "ro", "bg", "ar", "zh")
METHODS = [
    ("hand", gettext_lazy("remise en main propre")),
    ("association", gettext_lazy("remise par l'association")),
    ("registered", gettext_lazy("lettre recommandée")),
    ("teleservice", gettext_lazy("téléservice")),
]


class ReasonsForm(Form):
    """Reasons of law, of fact, and appeal routes: compulsory as soon as the decision is adverse (DEC-2)."""

    reasons_of_law = SometimesText(
        label=gettext_lazy("Motifs de droit"),
        max_length=4000,
        rows=3,
        help_text=gettext_lazy("Les articles sur lesquels la décision se fonde. Obligatoires pour un refus."),
    )
    reasons_of_fact = SometimesText(
        label=gettext_lazy("Motifs de fait"),
        max_length=6000,
        rows=4,
        help_text=gettext_lazy("Ce qui, dans la situation, conduit à la décision. Obligatoires pour un refus."),
    )
    appeal_routes = SometimesText(label=gettext_lazy("Voies et délais de recours"), max_length=2000, rows=4)

    def require_reasons(self, data: dict[str, Any]) -> None:
        for name in ("reasons_of_law", "reasons_of_fact"):
            if not data.get(name) and name not in self.errors:
                self.add_error(name, _("Écrivez le motif : un refus sans motif ne peut pas être enregistré."))
        if not data.get("appeal_routes") and "appeal_routes" not in self.errors:
            self.add_error(
                "appeal_routes", _("Écrivez les voies et délais de recours : sans eux, le délai ne court pas.")
            )


class DraftForm(ReasonsForm):
    field_order = ("kind", "effective_on", "ends_on", "reasons_of_law", "reasons_of_fact", "coded", "appeal_routes")
    kind = RadioField(label=gettext_lazy("Décision"))
    effective_on = DayField(
        label=gettext_lazy("Date d'effet"),
        required=False,
        help_text=gettext_lazy("Vide : le jour de la signature, ou la suite de la période en cours."),
    )
    ends_on = DayField(
        label=gettext_lazy("Fin écrite dans l'arrêté"),
        required=False,
        help_text=gettext_lazy("Vide : six mois, dans la limite des 24 mois."),
    )
    coded = ChecksField(
        label=gettext_lazy("Motifs d'un refus, en mots simples"),
        required=False,
        help_text=gettext_lazy(
            "Pour un refus seulement, au moins un : il est dit à la personne dans sa langue, et compté. "
            "Ce sont les motifs écrits qui fondent la décision."
        ),
    )

    def __init__(self, application: Application, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        kinds = KINDS_FOR[application.kind]  # type: ignore[index]
        self.fields["kind"].choices = [(kind.value, kind.label) for kind in kinds]  # type: ignore[attr-defined]
        refusals = [kind for kind in kinds if kind in grounds.REFUSALS]
        self.fields["coded"].choices = grounds.choices(refusals, clock.today())  # type: ignore[attr-defined]
        self.fields["kind"].widget.opens = frozenset(map(str, refusals))  # type: ignore[attr-defined]
        opened(self.fields["coded"])
        self.fields["appeal_routes"].initial = wording.default_routes(application.department)

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or self.cleaned_data
        if data.get("kind") in ADVERSE:
            self.require_reasons(data)
        else:
            data["coded"] = []  # ticked, then another decision was chosen
        return data

    def require_reasons(self, data: dict[str, Any]) -> None:
        super().require_reasons(data)
        if not data.get("coded") and "coded" not in self.errors:
            self.add_error("coded", grounds.ASKED)


class PointForm(DraftForm):
    """One decision among those of a session: what follows the opinion, and its reasons."""

    kept = ("kind", "coded", "reasons_of_law", "reasons_of_fact")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in set(self.fields) - {*self.kept, "revision"}:
            del self.fields[name]

    def require_reasons(self, data: dict[str, Any]) -> None:
        """The action asks for them: the routes are written once for the session."""

    @property
    def hints(self) -> list[str]:
        """Of the reasons as they stand on the page, saved or not."""
        written = (str(self[name].value() or "") for name in ("reasons_of_law", "reasons_of_fact"))
        return wording.hints(" ".join(written), self["coded"].value() or ())

    def departs(self, opinion: str) -> bool:
        """Does what is chosen on the page depart from the opinion?"""
        return against(str(self["kind"].value()), opinion)


class RoutesForm(Form):
    """The appeal routes of a whole session."""

    appeal_routes = SafeTextField(label=gettext_lazy("Voies et délais de recours"), max_length=2000, rows=4)


class SignForm(Form):
    """Who signs: capacity and service (CRPA L.212-1)."""

    capacity = SafeCharField(label=gettext_lazy("Qualité"), max_length=120)
    service = SafeCharField(label=gettext_lazy("Service"), max_length=120)


def as_read(decision: Decision) -> str:
    """What the check box of a decision sends: the decision, and the revision that the page shows."""
    return f"{decision.pk}.{decision.revision}"


class AsReadField(ChecksField):
    """Decisions of the list, each under the revision that was read, which may be an older one: {id: revision}."""

    def valid_value(self, value: str) -> bool:
        known, _dot, revision = value.rpartition(".")
        listed = {str(key).rpartition(".")[0] for key, _label in self.choices}  # type: ignore[misc, union-attr]
        return known in listed and revision.isdecimal() and len(revision) < 10

    def clean(self, value: Any) -> dict[str, int]:
        pairs = (one.rpartition(".") for one in super().clean(value))
        return {known: int(revision) for known, _dot, revision in pairs}


class BatchForm(SignForm):
    """The selection of decisions to sign."""

    def __init__(self, decisions: Iterable[tuple[str, str]], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = list(decisions)
        self.fields["selection"] = AsReadField(
            label=_("Décisions à signer"), choices=choices, initial=[key for key, _number in choices]
        )

    @property
    def changed(self) -> set[str]:
        """The decisions that were ticked under another revision than the present one: to be read again."""
        now = {str(key) for key, _label in self.fields["selection"].choices}  # type: ignore[attr-defined]
        return {one.rpartition(".")[0] for one in self["selection"].value() or () if one not in now}


class NotifyForm(Form):
    language = ChoiceField(label=gettext_lazy("Langue"), initial="fr")
    method = ChoiceField(label=gettext_lazy("Remise"), choices=METHODS, initial="hand")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["language"].choices = list(languages.LANGUAGES.items())  # type: ignore[attr-defined]


class ExplainForm(Form):
    language = ChoiceField(label=gettext_lazy("Expliquée en"))
    interpreter = SafeCharField(label=gettext_lazy("Interprète"), max_length=120, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["language"].choices = choices_of(languages.LANGUAGES.items())  # type: ignore[attr-defined]


class LetterForm(Form):
    """Which language the page of simple words speaks."""

    alone = True
    language = ChoiceField(label=gettext_lazy("Langue de la page en mots simples"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["language"].choices = [(code, languages.name(code)) for code in PLAIN]  # type: ignore[attr-defined]


class AfisForm(Form):
    alone = True
    granted = YesNoField(label=gettext_lazy("L'aide est accordée"))
    children = CountField(label=gettext_lazy("Enfants à charge en France"), initial=0, max_value=20)
    amount = MoneyField(
        label=gettext_lazy("Montant mensuel écrit dans l'arrêté"),
        required=False,
        help_text=gettext_lazy("Vide : le barème. Un montant écrit l'emporte, et la différence est montrée."),
    )
    reason = SometimesText(
        label=gettext_lazy("Motif"), help_text=gettext_lazy("Obligatoire en cas de refus."), max_length=2000, rows=3
    )
    appeal_routes = SometimesText(label=gettext_lazy("Voies et délais de recours"), max_length=2000, rows=3)

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or self.cleaned_data
        if data.get("granted") is False and not data.get("reason"):
            self.add_error("reason", _("Écrivez le motif : un refus sans motif ne peut pas être enregistré."))
        if data.get("amount") == 0:
            self.add_error("amount", _("Écrivez un montant, ou laissez vide."))
        return data


class ChildrenForm(Form):
    alone = True
    on = DayField(label=gettext_lazy("Depuis le"), latest=clock.today)
    children = CountField(label=gettext_lazy("Enfants à charge en France"), max_value=20)


class EndAfisForm(Form):
    ended_on = DayField(label=gettext_lazy("Décision du"), latest=clock.today)
    reason = SafeCharField(label=gettext_lazy("Motif"), max_length=300)


class PaymentForm(Form):
    paid_on = DayField(label=gettext_lazy("Reçu le"), latest=clock.today)


class ReasonForm(Form):
    alone = True
    reason = SafeCharField(label=gettext_lazy("Pourquoi ?"), max_length=300)


class PermitForm(Form):
    kind = ChoiceField(label=gettext_lazy("Document"), choices=PermitKind.choices, initial=PermitKind.APS)
    issued_on = DayField(label=gettext_lazy("Délivré le"), latest=clock.today, required=False)
    valid_to = DayField(
        label=gettext_lazy("Valable jusqu'au"),
        required=False,
        help_text=gettext_lazy("Vide : la durée que la règle donne à ce document."),
    )
    requested_on = DayField(label=gettext_lazy("Demandé le"), latest=clock.today, required=False)
    number = SafeCharField(label=gettext_lazy("Numéro"), max_length=60, required=False)


class ExtendForm(Form):
    extended_to = DayField(label=gettext_lazy("Prolongé jusqu'au"))
    reason = SafeCharField(label=gettext_lazy("Motif"), max_length=300)


class ExitForm(Form):
    on = DayField(label=gettext_lazy("Fin du parcours le"), latest=clock.today)
    reason = ChoiceField(label=gettext_lazy("Raison"), choices=choices_of(ExitReason.choices))
    exit_kind = ChoiceField(label=gettext_lazy("Où elle va"), choices=choices_of(ExitKind.choices))
    housed_until = DayField(
        label=gettext_lazy("Fin de son hébergement, si elle est connue"),
        required=False,
        help_text=gettext_lazy("Ses lieux de vie sont gardés trente jours après ; sans date, après la clôture."),
    )
    note = SafeTextField(
        label=gettext_lazy("Quelques mots"),
        max_length=2000,
        rows=3,
        required=False,
        help_text=gettext_lazy("N'écrivez que l'utile."),
    )
    follow_up = FlagField(
        label=gettext_lazy("Elle accepte qu'on prenne de ses nouvelles après 3, 6 et 12 mois"),
        required=False,
        help_text=gettext_lazy("Demandez-le-lui. Elle peut changer d'avis à tout moment."),
    )


class NewsForm(Form):
    """``waiting``: which of the three times has no answer yet."""

    follow_up = RadioField(label=gettext_lazy("Quand"))
    on = DayField(label=gettext_lazy("Le"), latest=clock.today)
    news = RadioField(label=gettext_lazy("Où elle en est"), choices=News.choices)

    def __init__(self, waiting: Iterable[tuple[str, Any]], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["follow_up"].choices = list(waiting)  # type: ignore[attr-defined]


class PlaceForm(Form):
    """First step of a transfer: which association, in which department."""

    place = ChoiceField(label=gettext_lazy("Association et département"))

    def __init__(self, places: Iterable[tuple[str, str]], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["place"].choices = choices_of(places)  # type: ignore[attr-defined]


class TransferForm(PlaceForm):
    """Second step: who will accompany her there, and why she moves."""

    new_referent = ChoiceField(label=gettext_lazy("Nouvelle personne référente"))
    reason = SafeTextField(label=gettext_lazy("Raison du transfert"), max_length=1000, rows=3)

    def __init__(
        self, places: Iterable[tuple[str, str]], referents: Iterable[tuple[str, str]], *args: Any, **kwargs: Any
    ) -> None:
        super().__init__(places, *args, **kwargs)
        self.fields["new_referent"].choices = choices_of(referents)  # type: ignore[attr-defined]


class EndEarlyForm(ReasonsForm, SignForm):
    field_order = ("ends_on", "requested_by_person")
    ends_on = DayField(
        label=gettext_lazy("Fin écrite dans l'arrêté"),
        required=False,
        help_text=gettext_lazy("Vide : le jour de la notification."),
    )
    requested_by_person = FlagField(label=gettext_lazy("La personne demande elle-même cette fin"), required=False)

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or self.cleaned_data
        self.require_reasons(data)
        return data


class InviteForm(SignForm):
    """The letter before an end: what is considered, and until when to answer."""

    field_order = ("reasons_of_law", "reasons_of_fact", "reply_by")
    reasons_of_law = SafeTextField(label=gettext_lazy("Motifs de droit"), max_length=4000, rows=3)
    reasons_of_fact = SafeTextField(label=gettext_lazy("Ce qui est envisagé, et pourquoi"), max_length=6000, rows=4)
    reply_by = DayField(
        label=gettext_lazy("Réponse possible jusqu'au"),
        help_text=gettext_lazy("Quinze jours sont proposés, une semaine est le moins."),
    )


class ObservationsForm(Form):
    alone = True
    received_on = DayField(label=gettext_lazy("Reçues le"), latest=clock.today)
    observations = SafeTextField(label=gettext_lazy("Ce que la personne répond"), max_length=6000, rows=5)
    heard = FlagField(label=gettext_lazy("Dit à un entretien qu'elle a demandé"), required=False)


class CorrectForm(SignForm):
    """A material error of a signed order: a date, or other words."""

    field_order = ("misprint", "right_on", "wrong", "right", "reason", "appeal_routes")
    misprint = RadioField(label=gettext_lazy("L'erreur porte sur"))
    right_on = DayField(
        label=gettext_lazy("Date qu'il faut lire"), required=False, help_text=gettext_lazy("Pour une erreur de date.")
    )
    wrong = SafeCharField(
        label=gettext_lazy("Ce qui est écrit"),
        max_length=500,
        required=False,
        help_text=gettext_lazy("Pour une autre mention, sans nom de personne."),
    )
    right = SafeCharField(label=gettext_lazy("Ce qu'il faut lire"), max_length=500, required=False)
    reason = SafeTextField(label=gettext_lazy("Pourquoi c'est une erreur matérielle"), max_length=2000, rows=3)
    appeal_routes = SafeTextField(label=gettext_lazy("Voies et délais de recours"), max_length=2000, rows=4)

    def __init__(self, decision: Decision, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offered = [one for one in Misprint if decision.kind in CORRECTS[one]]
        self.fields["misprint"].choices = [(one.value, one.label) for one in offered]  # type: ignore[attr-defined]


class AppealForm(Form):
    alone = True
    kind = ChoiceField(label=gettext_lazy("Recours"), choices=choices_of(AppealKind.choices))
    filed_on = DayField(label=gettext_lazy("Déposé le"), latest=clock.today)


class AnswerForm(Form):
    alone = True
    outcome = ChoiceField(label=gettext_lazy("Réponse"), choices=choices_of(AppealOutcome.choices))
    answered_on = DayField(label=gettext_lazy("Notifiée le"), latest=clock.today)


class AskReasonsForm(Form):
    alone = True
    asked_on = DayField(label=gettext_lazy("Motifs demandés le"), latest=clock.today)


class GivenReasonsForm(Form):
    alone = True
    given_on = DayField(label=gettext_lazy("Motifs reçus le"), latest=clock.today)


class Confirm(Form):
    """A form without a field: one button."""


def following(application: Application, favourable: bool) -> str:
    """The decision that follows an opinion."""
    granted, refused = KINDS_FOR[application.kind]  # type: ignore[index]
    return str(DecisionKind(granted if favourable else refused))
