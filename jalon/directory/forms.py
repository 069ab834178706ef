"""Forms of the directory. A refusal of an action comes back at its field."""

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from jalon.config import clock
from jalon.ui import fields
from jalon.ui.fields import DayField
from jalon.ui.forms import Form

from . import departments, lawful, pieces
from .models import Membership
from .states import VERDICTS, AccreditationState, AppealKind, AppealOutcome, Verdict


class EndForm(Form):
    ends_on = DayField(label=_("Dernier jour"))

    def __init__(self, *args: Any, membership: Membership, **kwargs: Any) -> None:
        self.membership = membership
        super().__init__(*args, **kwargs)

    def clean_ends_on(self) -> date:
        day: date = self.cleaned_data["ends_on"]
        if day < self.membership.starts_on:
            raise ValidationError(_("La fin ne peut pas précéder le début."))
        return day


class NewAccountForm(Form):
    """Who, as what, until when. ``organisations``: of the members of a commission, who work anywhere."""

    name = fields.NameField(label=_("Nom affiché"), max_length=120)
    login = fields.EmailField(label=_("Courriel professionnel, qui sera l'adresse de connexion"))
    role = fields.RadioField(label=_("Fonction"))
    organisation = fields.ChoiceField(label=_("Organisme"))
    college = fields.SafeCharField(label=_("Au titre de"), required=False, max_length=80)
    ends_on = DayField(label=_("Dernier jour d'accès"), help_text=_("Fin du contrat, du mandat ou de l'agrément."))
    checked = fields.FlagField(label=_("J'ai vérifié moi-même l'identité de cette personne"))

    def __init__(self, *args: Any, roles: list[tuple[str, Any]], organisations: list[Any], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.organisations = {row.pk: row for row in organisations}
        self.fields["role"].choices = roles  # type: ignore[attr-defined]
        if len(organisations) == 1:
            del self.fields["organisation"], self.fields["college"]
            self.only = organisations[0]
        else:
            self.fields["organisation"].choices = fields.choices_of(  # type: ignore[attr-defined]
                [(row.pk, row.name) for row in organisations]
            )

    @property
    def given(self) -> dict[str, Any]:
        """What ``actions.invite_member`` receives."""
        answers = {name: value for name, value in self.answers.items() if name != "checked"}
        chosen = answers.pop("organisation", "")
        return {**answers, "organisation": self.organisations[chosen] if chosen else self.only}


# --- accreditations: the association ----------------------------------------------------------------------------
class PrepareForm(Form):
    """One file for each department."""

    department = fields.ChoiceField(label=_("Département"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["department"].choices = fields.choices_of(departments.choices())  # type: ignore[attr-defined]


class RequestForm(Form):
    """The words of a request: nothing is compulsory before it is sent."""

    nothing_required = True

    representative = fields.NameField(label=_("Représentante ou représentant légal"), required=False, max_length=120)
    capacity = fields.SafeCharField(label=_("Qualité"), required=False, max_length=120)
    declared_on = DayField(
        label=_("Association déclarée le"),
        required=False,
        latest=clock.today,
        help_text=_("Trois ans au moins avant la demande. Exemple : 20/02/2020"),
    )
    siret = fields.SafeCharField(label=_("SIRET"), required=False, max_length=20)
    rna = fields.SafeCharField(label=_("Numéro RNA"), required=False, max_length=20)
    means = fields.SafeTextField(label=_("Moyens humains et matériels"), required=False, max_length=6000, rows=4)
    partners = fields.SafeTextField(label=_("Réseau de partenaires"), required=False, max_length=6000, rows=3)
    training = fields.SafeTextField(
        label=_("Formation du personnel et des bénévoles"), required=False, max_length=6000, rows=3
    )


class GiveForm(Form):
    """A piece: its file, or only the fact that it is handed over on paper."""

    what = fields.ChoiceField(label=_("Quelle pièce"))
    file = fields.UploadField(
        label=_("Fichier"),
        required=False,
        help_text=_("PDF, JPEG ou PNG, 10 Mo au plus. Vide : pièce remise sur papier."),
    )
    label = fields.SafeCharField(label=_("Précision"), required=False, max_length=120)

    def __init__(self, *args: Any, offered: Iterable[tuple[str, Any]], first: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["what"].choices = fields.choices_of(offered)  # type: ignore[attr-defined]
        self.initial.setdefault("what", first)


class ObservationsForm(Form):
    text = fields.SafeTextField(label=_("Vos observations"), max_length=10_000, rows=8)


# --- accreditations: the State's side ---------------------------------------------------------------------------
def day_to_answer() -> date:
    return clock.today() + timedelta(days=lawful.DAYS_TO_ANSWER)


class AskForm(Form):
    code = fields.ChoiceField(label=_("Quelle pièce"))
    why = fields.SafeTextField(label=_("Ce qui manque"), max_length=2000, rows=3)
    due_on = DayField(label=_("À donner avant le"), initial=day_to_answer, earliest=clock.today)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offered = [(kind.code, kind.label) for kind in pieces.KINDS]
        self.fields["code"].choices = fields.choices_of(offered)  # type: ignore[attr-defined]


class DecisionForm(Form):
    """The order to sign. A refusal, a withdrawal: reasons of law and of fact, routes and delays."""

    verdict = fields.RadioField(label=_("Décision"))
    order_number = fields.SafeCharField(label=_("Numéro de l'arrêté"), required=False, max_length=40)
    reasons_of_law = fields.SometimesText(
        label=_("Motifs de droit"),
        max_length=4000,
        rows=3,
        help_text=_("Les articles sur lesquels la décision se fonde. Obligatoires pour un refus ou un retrait."),
    )
    reasons_of_fact = fields.SometimesText(
        label=_("Motifs de fait"),
        max_length=6000,
        rows=4,
        help_text=_("Ce qui, dans le dossier, conduit à la décision. Obligatoires pour un refus ou un retrait."),
    )
    appeal_routes = fields.SometimesText(label=_("Voies et délais de recours"), max_length=2000, rows=4)

    def __init__(self, *args: Any, state: AccreditationState, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offered = [(verdict.value, verdict.label) for verdict in VERDICTS[state]]
        self.fields["verdict"].choices = offered  # type: ignore[attr-defined]
        if len(offered) == 1:
            self.initial.setdefault("verdict", offered[0][0])
        if state == AccreditationState.OBSERVATIONS or Verdict.GRANT not in VERDICTS[state]:
            for name in ("reasons_of_law", "reasons_of_fact"):
                self.fields[name].help_text = ""


class SignForm(Form):
    """Who signs: capacity and service (CRPA L.212-1)."""

    capacity = fields.SafeCharField(label=_("Qualité"), max_length=120)
    service = fields.SafeCharField(label=_("Service"), max_length=120)


class InviteForm(Form):
    """The letter before a withdrawal."""

    reasons_of_law = fields.SafeTextField(label=_("Motifs de droit envisagés"), max_length=4000, rows=3)
    reasons_of_fact = fields.SafeTextField(
        label=_("Motifs de fait envisagés"),
        max_length=6000,
        rows=4,
        help_text=_("Ce qui est reproché : l'association répond à ces mots."),
    )
    due_on = DayField(label=_("Observations à présenter avant la fin du"), initial=day_to_answer, earliest=clock.today)


class NotifyForm(Form):
    """The day on which the association received the order."""

    notified_on = DayField(label=_("Remise à l'association le"), initial=clock.today, latest=clock.today)


class AppealForm(Form):
    kind = fields.RadioField(label=_("Recours"), choices=AppealKind.choices)
    filed_on = DayField(label=_("Déposé le"), initial=clock.today, latest=clock.today)


class AnswerForm(Form):
    """What was answered to one of the appeals that wait."""

    appeal = fields.RadioField(label=_("Recours"))
    outcome = fields.RadioField(label=_("Réponse"), choices=AppealOutcome.choices)
    answered_on = DayField(label=_("Reçue par l'association le"), initial=clock.today, latest=clock.today)

    def __init__(self, *args: Any, waiting: Iterable[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["appeal"].choices = list(waiting)  # type: ignore[attr-defined]
        if len(self.fields["appeal"].choices) == 1:  # type: ignore[attr-defined]
            self.initial.setdefault("appeal", self.fields["appeal"].choices[0][0])  # type: ignore[attr-defined]


class RecordForm(Form):
    """An approval that was decided elsewhere."""

    organisation = fields.ChoiceField(label=_("Association"))
    order_number = fields.SafeCharField(label=_("Numéro de l'arrêté"), required=False, max_length=40)
    received_on = DayField(label=_("Demande reçue le"), latest=clock.today)
    granted_on = DayField(
        label=_("Agrément accordé le"),
        required=False,
        latest=clock.today,
        help_text=_("Vide : la demande attend encore, ou le silence a valu agrément."),
    )

    def __init__(self, *args: Any, associations: Iterable[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["organisation"].choices = fields.choices_of(associations)  # type: ignore[attr-defined]
