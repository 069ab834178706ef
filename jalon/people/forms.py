"""The forms of the person's file, and the form of any questionnaire (``questions.py``)."""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from jalon.access.breakglass import CATEGORIES, REASON_LENGTH
from jalon.config import clock
from jalon.ui import fields
from jalon.ui.forms import Form
from jalon.vault.classification import COMPARTMENTS

from . import countries, languages, records
from .access import FREEZABLE, OPPOSABLE
from .questions import DECLINED, MOST_ROWS, Question
from .states import ReviewOutcome, Right

FEW = 5  # choices shown all at once up to this number, in a list beyond
BLANK_ROWS = 2


class Block(NamedTuple):
    """One question on the page: its field, or its rows of fields."""

    question: Question
    field: Any = None
    rows: tuple[tuple[Any, ...], ...] = ()


def field_of(question: Question, *, in_row: bool = False) -> forms.Field:
    """The strict field of one question; nothing is required until the part is said to be finished.

    In a row, every choice is a drop-down list: a row stays one line high.
    """
    given: dict[str, Any] = {"label": question.label, "required": False}
    if question.hint:
        given["help_text"] = question.hint
    match question.kind:
        case "text":
            return fields.SafeCharField(max_length=question.most, **given)
        case "name":
            return fields.NameField(max_length=question.most, **given)
        case "long":
            return fields.SafeTextField(max_length=question.most, **given)
        case "day":
            return fields.DayField(**given)
        case "partial":
            return fields.PartialDayField(latest=clock.today, **given)
        case "birth":
            return fields.BirthDayField(**given)
        case "yesno":
            if in_row:
                choices = fields.choices_of([("oui", _("Oui")), ("non", _("Non"))], "")
                return fields.YesNoField(choices=choices, widget=forms.Select, **given)
            return fields.YesNoField(**given)
        case "choice" if len(question.choices) <= FEW and not in_row:
            return fields.RadioField(choices=question.choices, **given)
        case "choice":
            return fields.ChoiceField(choices=fields.choices_of(question.choices), **given)
        case "checks":
            return fields.ChecksField(choices=question.choices, **given)
        case "money":
            return fields.MoneyField(max_value=Decimal(100_000), **given)
        case "count":
            return fields.CountField(max_value=20, **given)
        case "country":
            return fields.ChoiceField(choices=fields.choices_of(countries.choices()), **given)
        case "language":
            return fields.ChoiceField(choices=fields.choices_of(languages.LANGUAGES.items()), **given)
    raise ValueError(question.kind)


def shown(question: Question, value: Any) -> Any:
    """A sealed answer as the field shows it: days become days again."""
    if question.kind == "day" and isinstance(value, str) and value:
        return date.fromisoformat(value)
    if question.kind == "money" and isinstance(value, str) and value:
        return Decimal(value)
    return value


class QuestionForm(Form):
    """One page of questions, some with rows, and at the end what she prefers not to say.

    ``said`` is the saved record. ``record()`` gives back the answers in the same shape, emptied ones included.
    """

    def __init__(self, questions: Sequence[Question], said: Mapping[str, Any], data: Any = None, **kwargs: Any) -> None:
        self.questions = questions
        self.said = said
        super().__init__(data, **kwargs)
        rows = {q.name: self._count(q, data) for q in questions if q.kind == "rows"}
        made: dict[str, forms.Field] = {}
        for question in questions:
            if question.kind != "rows":
                made[question.name] = field_of(question)
                self.initial.setdefault(question.name, shown(question, said.get(question.name)))
                continue
            for rank in range(rows[question.name]):
                listed = said.get(question.name) or []
                row = listed[rank] if rank < len(listed) else {}
                for sub in question.rows:
                    made[f"{question.name}_{rank}_{sub.name}"] = field_of(sub, in_row=True)
                    self.initial.setdefault(f"{question.name}_{rank}_{sub.name}", shown(sub, row.get(sub.name)))
        for name, field in made.items():
            if isinstance(field.widget, forms.TextInput | forms.Textarea):
                field.widget.attrs.setdefault("autocomplete", "off")
            self.fields[name] = field
        choices = [(question.name, question.label) for question in questions if question.name != "alias"]
        self.fields[DECLINED] = fields.ChecksField(
            label=gettext_lazy("Elle préfère ne pas répondre à"), choices=choices, required=False
        )
        self.initial.setdefault(DECLINED, list(said.get(DECLINED) or ()))

    def _count(self, question: Question, data: Any) -> int:
        """As many rows as were sent, or those saved and two blank ones."""
        if data is None:
            return min(MOST_ROWS, len(self.said.get(question.name) or ()) + BLANK_ROWS)
        start = f"{question.name}_"
        sent = [key[len(start) :].partition("_")[0] for key in data if key.startswith(start)]
        ranks = [int(rank) for rank in sent if rank.isascii() and rank.isdigit() and len(rank) <= 2]
        return min(MOST_ROWS, max(ranks, default=-1) + 1)

    @property
    def all_optional(self) -> bool:
        """Nothing is asked at the end: saying « facultatif » at each question would say nothing."""
        return not any(question.required for question in self.questions)

    @property
    def blocks(self) -> Iterator[Block]:
        for question in self.questions:
            if question.kind != "rows":
                yield Block(question, self[question.name])
                continue
            rows = []
            for rank in range(MOST_ROWS):
                names = [f"{question.name}_{rank}_{sub.name}" for sub in question.rows]
                if names[0] not in self.fields:
                    break
                rows.append(tuple(self[name] for name in names))
            yield Block(question, rows=tuple(rows))

    def record(self) -> dict[str, Any]:
        """Every question asked, with its answer or an empty one."""
        cleaned = self.cleaned_data
        answers: dict[str, Any] = {}
        for question in self.questions:
            if question.kind != "rows":
                answers[question.name] = cleaned.get(question.name)
                continue
            listed = []
            for block in self.blocks:
                if block.question is question:
                    for row in block.rows:
                        given = {sub.name: cleaned.get(f.name) for sub, f in zip(question.rows, row, strict=True)}
                        if any(value not in (None, "", []) for value in given.values()):
                            listed.append(given)
            answers[question.name] = listed
        return {**answers, DECLINED: cleaned.get(DECLINED) or []}

    def ask_missing(self, names: Sequence[str]) -> None:
        """The part was said to be finished and is not: a sentence at each question."""
        for name in names:
            target = name if name in self.fields else next((f for f in self.fields if f.startswith(f"{name}_")), None)
            self.add_error(target, _("Répondez, ou cochez plus bas qu'elle préfère ne pas répondre."))

    def as_saved(self) -> dict[str, str]:
        """The saved answers as the form shows them, for the page of a conflict."""
        unbound = QuestionForm(self.questions, self.said)
        return saved_text(unbound)


def saved_text(form: forms.Form) -> dict[str, str]:
    """Field by field, what a form opened now would show."""
    shown_: dict[str, str] = {}
    for name in form.fields:
        value = form[name].value()
        if isinstance(value, list | tuple):
            value = "\n".join(map(str, value))
        shown_[name] = "" if value is None or value is False else "on" if value is True else str(value)
    return shown_


# --- safe contact ---------------------------------------------------------------------------------------------------


class ContactFields(Form):
    """What both the first contact and its review ask. Nothing is ticked beforehand."""

    language = fields.ChoiceField(label=gettext_lazy("Langue des messages"))
    phone = fields.PhoneField(label=gettext_lazy("Téléphone"), required=False)
    sms_ok = fields.FlagField(label=gettext_lazy("Elle accepte des SMS"), required=False)
    call_ok = fields.FlagField(label=gettext_lazy("Elle accepte des appels"), required=False)
    voicemail_ok = fields.FlagField(label=gettext_lazy("On peut laisser un message vocal"), required=False)
    phone_shared = fields.FlagField(label=gettext_lazy("Quelqu'un d'autre utilise ce téléphone"), required=False)
    safe_hours = fields.SafeCharField(
        label=gettext_lazy("Heures sûres"),
        required=False,
        max_length=60,
        help_text=gettext_lazy("Exemple : 9:30-15:30"),
    )

    def __init__(self, *args: Any, said: Mapping[str, Any] | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        current = (said or {}).get("language", "")
        known = list(languages.LANGUAGES.items())
        if current and current not in languages.LANGUAGES:
            known.append((current, current))
        self.fields["language"].choices = fields.choices_of(known)  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        given = super().clean() or self.cleaned_data
        phone_used = any(given.get(name) for name in ("sms_ok", "call_ok", "voicemail_ok"))
        if phone_used and not given.get("phone") and "phone" not in self.errors:
            self.add_error("phone", _("Écrivez le numéro, ou décochez SMS, appels et message vocal."))
        if given.get("email_ok") and not given.get("email") and "email" not in self.errors:
            self.add_error("email", _("Écrivez l'adresse électronique, ou décochez les courriels."))
        return given


class NewPersonForm(ContactFields):
    """Safe contact first, then an alias that is already proposed."""

    alias = fields.NameField(
        label=gettext_lazy("Nom d'affichage (alias)"),
        max_length=40,
        help_text=gettext_lazy("Un mot neutre, jamais son vrai nom. Vous pouvez le changer."),
    )
    # What the page has promised to the file, so that sending it twice opens one (views.promise).
    once = fields.SafeCharField(widget=forms.HiddenInput, required=False, max_length=300)
    field_order = ("language", "phone", "sms_ok", "call_ok", "voicemail_ok", "phone_shared", "safe_hours", "alias")

    def __init__(self, *args: Any, used: frozenset[str] | set[str] = frozenset(), **kwargs: Any) -> None:
        self.used = used
        super().__init__(*args, **kwargs)
        self.fields["language"].label = _("Langue de la personne")

    def clean_alias(self) -> str:
        alias = str(self.cleaned_data["alias"])
        if languages.plain(alias) in self.used:
            raise ValidationError(_("Cet alias est déjà celui d'une de vos personnes. Choisissez-en un autre."))
        return alias


class ContactForm(ContactFields):
    """The whole safe contact, checked with her."""

    email = fields.EmailField(label=gettext_lazy("Adresse électronique"), required=False)
    email_ok = fields.FlagField(label=gettext_lazy("Elle accepte des courriels"), required=False)
    sender_label = fields.NameField(
        label=gettext_lazy("Nom qui s'affiche sur nos messages"),
        required=False,
        max_length=30,
        help_text=gettext_lazy("Un prénom choisi avec elle, jamais le nom de l'association."),
    )
    code_word = fields.SafeCharField(label=gettext_lazy("Mot convenu avec elle"), required=False, max_length=40)
    audio_preferred = fields.FlagField(label=gettext_lazy("Elle préfère les messages vocaux"), required=False)
    do_not = fields.SafeTextField(
        label=gettext_lazy("À ne jamais faire"),
        required=False,
        max_length=1000,
        rows=3,
        help_text=gettext_lazy("Une consigne par ligne. Exemple : courrier à domicile"),
    )
    needs = fields.ChecksField(
        label=gettext_lazy("Avant de lui lire quelque chose"),
        choices=[(code, said) for code, said, _asks in records.NEEDS],
        required=False,
        help_text=gettext_lazy("Ce qui change qui doit être là et comment on lui lit. Rappelé à chaque accord."),
    )
    field_order = (
        "language", "needs", "phone", "sms_ok", "call_ok", "voicemail_ok", "phone_shared", "audio_preferred",
        "safe_hours", "email", "email_ok", "sender_label", "code_word", "do_not",
    )  # fmt: skip

    def clean_do_not(self) -> list[str]:
        return [line.strip() for line in str(self.cleaned_data["do_not"]).splitlines() if line.strip()]

    @staticmethod
    def shown(record: Mapping[str, Any]) -> dict[str, Any]:
        return {**record, "do_not": "\n".join(record.get("do_not") or ())}


# --- agreements -----------------------------------------------------------------------------------------------------


def language_field(label: Any) -> fields.ChoiceField:
    return fields.ChoiceField(label=label, choices=fields.choices_of(languages.LANGUAGES.items()))


def presence_field() -> fields.ChecksField:
    return fields.ChecksField(
        label=gettext_lazy("Lu en présence de"),
        choices=records.PRESENCE,
        required=False,
        help_text=gettext_lazy("Devant une personne de son entourage, proposez de relire seule avec elle."),
    )


class AgreementForm(Form):
    """No box is ticked beforehand: each says something that was done. ``needs``: codes of records.NEEDS."""

    def __init__(self, *args: Any, needs: Collection[str] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not records.REPRESENTED.intersection(needs):
            del self.fields["representative"]
        if not records.READ_OTHERWISE.intersection(needs):
            del self.fields["read_how"]

    representative = fields.SafeCharField(
        label=gettext_lazy("Qui la représente ou l'assiste"),
        max_length=200,
        help_text=gettext_lazy("Nom, qualité, et si elle ou il était là. Personne : écrivez pourquoi."),
    )
    read_how = fields.RadioField(label=gettext_lazy("Comment ces pages lui ont été lues"), choices=records.READINGS)

    language = language_field(gettext_lazy("Expliqué et relu en"))
    read_back = fields.FlagField(
        label=gettext_lazy("Je lui ai relu ces pages et elle est d'accord"),
        error_messages={"required": gettext_lazy("Relisez les pages avec elle, puis cochez.")},
    )
    presence = presence_field()
    interpreter = fields.SafeCharField(
        label=gettext_lazy("Interprète"),
        required=False,
        max_length=80,
        help_text=gettext_lazy("Service ou prénom. Laissez vide s'il n'y en avait pas."),
    )
    how = fields.RadioField(
        label=gettext_lazy("Comment elle donne son accord"),
        choices=(("signed", gettext_lazy("elle signe")), ("oral", gettext_lazy("elle le dit, devant un témoin"))),
        required=False,
    )
    witness = fields.SafeCharField(label=gettext_lazy("Témoin de l'accord oral"), required=False, max_length=80)
    copy = fields.FlagField(
        label=gettext_lazy("Elle veut une copie papier"),
        required=False,
        help_text=gettext_lazy("Un papier chez soi peut mettre en danger : seulement si elle le demande."),
    )


class InformationForm(Form):
    language = language_field(gettext_lazy("Dit en"))
    presence = presence_field()


class ShareForm(Form):
    """One organisation, what it will see, until when."""

    organisation = fields.ChoiceField(label=gettext_lazy("Avec quel organisme"))
    what = fields.ChecksField(label=gettext_lazy("Ce qu'elle accepte de partager"), choices=records.SHARED)
    language = language_field(gettext_lazy("Expliqué en"))
    ends_on = fields.DayField(
        label=gettext_lazy("Jusqu'au"), required=False, earliest=clock.today, help_text=gettext_lazy("Vide : sans fin.")
    )

    def __init__(self, *args: Any, organisations: Sequence[Any] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [(row.pk, row.name) for row in organisations]
        self.fields["organisation"].choices = fields.choices_of(choices)  # type: ignore[attr-defined]


# --- who works with her ---------------------------------------------------------------------------------------------


class AssignForm(Form):
    """A person of a list, and an end when it is a delegation."""

    user = fields.ChoiceField(label=gettext_lazy("Qui"))

    def __init__(
        self, *args: Any, users: Sequence[Any] = (), label: Any = "", ends: bool = False, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.fields["user"].choices = fields.choices_of([(row.pk, row.name) for row in users])  # type: ignore[attr-defined]
        self.fields["user"].label = label
        if ends:
            self.fields["ends_on"] = fields.DayField(label=_("Jusqu'au"), earliest=clock.today)


# --- exceptional access, erasure, list ------------------------------------------------------------------------------

CATEGORY_WORDS = {
    "absence": gettext_lazy("Absence de la personne référente"),
    "danger": gettext_lazy("La personne est en danger"),
    "continuity": gettext_lazy("Une échéance ne peut pas attendre"),
    "authority": gettext_lazy("Une autorité le demande par écrit"),
}


class BreakGlassForm(Form):
    category = fields.RadioField(
        label=gettext_lazy("Motif"), choices=[(code, CATEGORY_WORDS[code]) for code in CATEGORIES]
    )
    reason = fields.SafeTextField(
        label=gettext_lazy("Pourquoi maintenant, en vingt caractères au moins"),
        max_length=1000,
        min_length=REASON_LENGTH,
    )


ERASURE_WORDS = (
    ("retention", gettext_lazy("La durée de conservation est passée")),
    ("request", gettext_lazy("La personne le demande")),
    ("mistake", gettext_lazy("Dossier ouvert par erreur")),
    ("order", gettext_lazy("Une autorité l'ordonne")),
)


HOLD_WORDS = (
    ("appeal", gettext_lazy("Un recours est en cours")),
    ("overpayment", gettext_lazy("Un trop-perçu est réclamé")),
    ("criminal_case", gettext_lazy("Une affaire pénale est en cours")),
    ("compensation", gettext_lazy("Une indemnisation est demandée")),
)


class HoldForm(Form):
    kind = fields.RadioField(label=gettext_lazy("Pourquoi garder ce dossier"), choices=HOLD_WORDS)
    ends_on = fields.DayField(label=gettext_lazy("Jusqu'au"), earliest=clock.today)
    reason = fields.SafeTextField(label=gettext_lazy("Précision"), required=False, max_length=500, rows=2)


class ErasureForm(Form):
    """``why_not`` gives the sentence that forbids a reason today, or nothing."""

    def __init__(self, *args: Any, why_not: Callable[[str], str], **kwargs: Any) -> None:
        self.why_not = why_not
        super().__init__(*args, **kwargs)

    def clean_reason(self) -> str:
        reason: str = self.cleaned_data["reason"]
        if sentence := self.why_not(reason):
            raise ValidationError(sentence)
        return reason

    reason = fields.RadioField(label=gettext_lazy("Motif"), choices=ERASURE_WORDS)
    visa = fields.SafeCharField(label=gettext_lazy("Numéro du visa des archives"), required=False, max_length=40)
    sure = fields.FlagField(label=gettext_lazy("J'ai compris : rien ne pourra être relu"))


class RightsForm(Form):
    """What she asks of her data; a restriction says which parts."""

    right = fields.RadioField(label=gettext_lazy("Ce qu'elle demande"), choices=Right.choices)
    parts = fields.ChecksField(
        label=gettext_lazy("Les parties à geler"),
        choices=[(code, COMPARTMENTS[code]) for code in FREEZABLE],
        required=False,
        help_text=gettext_lazy("Seulement pour un gel. Il prend effet tout de suite."),
    )
    asked_on = fields.DayField(label=gettext_lazy("Demandé le"), latest=clock.today)
    words = fields.SafeTextField(
        label=gettext_lazy("Avec ses mots"),
        required=False,
        max_length=2000,
        rows=3,
        help_text=gettext_lazy("À l'oral ou par écrit : elle n'a pas à donner de raison."),
    )


class AnswerForm(Form):
    """What is answered to her; a refusal is explained."""

    outcome = fields.RadioField(
        label=gettext_lazy("Réponse"),
        choices=(("granted", gettext_lazy("Acceptée")), ("refused", gettext_lazy("Refusée"))),
    )
    answer = fields.SafeTextField(
        label=gettext_lazy("Ce qui lui est répondu"),
        required=False,
        max_length=4000,
        rows=4,
        help_text=gettext_lazy("Un refus s'explique, et dit qu'elle peut s'adresser à la CNIL."),
    )
    shares = fields.ChecksField(
        label=gettext_lazy("Les partages qui s'arrêtent"), required=False, help_text=gettext_lazy("Si vous acceptez.")
    )
    parts = fields.ChecksField(
        label=gettext_lazy("Les parties que l'association n'écrit plus et n'utilise plus"),
        choices=[(code, COMPARTMENTS[code]) for code in OPPOSABLE],
        required=False,
    )

    def __init__(self, *args: Any, right: str = "", shares: Sequence[tuple[str, str]] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["shares"].choices = list(shares)  # type: ignore[attr-defined]
        if right != Right.OBJECTION:
            del self.fields["shares"], self.fields["parts"]
        elif not shares:
            del self.fields["shares"]


class ExtensionForm(Form):
    reason = fields.SafeTextField(label=gettext_lazy("Pourquoi deux mois de plus"), max_length=1000, rows=2)


class LiftForm(Form):
    told = fields.FlagField(label=gettext_lazy("Je l'ai dit à la personne avant de lever le gel"))


class StatementForm(Form):
    words = fields.SafeTextField(
        label=gettext_lazy("Sa déclaration, avec ses mots"),
        max_length=4000,
        help_text=gettext_lazy(
            "Relisez-la avec elle. Elle restera à côté de ce qu'elle conteste, partout où on le lit."
        ),
    )


class TrailReviewForm(Form):
    outcome = fields.RadioField(label=gettext_lazy("Après lecture"), choices=ReviewOutcome.choices)


class SearchForm(Form):
    q = fields.SearchField(label=gettext_lazy("Alias ou numéro"))
