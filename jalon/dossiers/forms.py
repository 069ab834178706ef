"""The forms of a request. A part's own form is made from its questions."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from django.forms import FileInput, HiddenInput
from django.utils.translation import gettext_lazy as _

from jalon.config import clock
from jalon.people.forms import QuestionForm, language_field, presence_field
from jalon.ui import fields
from jalon.ui.forms import Form

from . import parts as form
from .states import PartState, Unpresented


class PartForm(QuestionForm):
    """The questions of one part, and by its button whether it is finished."""

    def __init__(self, part: form.Part, said: Mapping[str, Any], data: Any = None, **kwargs: Any) -> None:
        self.part = part
        super().__init__(part.questions, said, data, **kwargs)
        states = [PartState.DONE, PartState.IN_PROGRESS, *([PartState.NOT_APPLICABLE] if part.may_not_apply else [])]
        choices = [(state.value, state.label) for state in states]
        self.fields["state"] = fields.ChoiceField(label=_("Avez-vous terminé cette partie ?"), choices=choices)

    @property
    def state(self) -> str:
        return str(self.cleaned_data["state"])

    def complete(self) -> bool:
        """When the part is said to be finished: nothing missing, or a sentence at each question."""
        if self.state != PartState.DONE:
            return True
        missing = form.gaps(self.part, form.clean(self.part, self.record()))
        self.ask_missing(missing)
        return not missing


class SummaryForm(PartForm):
    """The summary, with sentences to choose from: those ticked are added at the end of the text."""

    def __init__(self, *args: Any, sentences: Mapping[str, Sequence[str]] = {}, **kwargs: Any) -> None:  # noqa: B006
        super().__init__(*args, **kwargs)
        self.sentences = {
            f"{code}:{rank}": line for code, lines in sentences.items() for rank, line in enumerate(lines)
        }
        self.fields["chosen"] = fields.ChecksField(
            label=_("Phrases proposées"), choices=list(self.sentences.items()), required=False
        )

    @property
    def added(self) -> list[str]:
        return [self.sentences[key] for key in self.cleaned_data.get("chosen") or ()]

    def record(self) -> dict[str, Any]:
        record = super().record()
        record["summary"] = " ".join([str(record.get("summary") or ""), *self.added]).strip()
        return record


class DraftForm(Form):
    """Which sentences leave: none is ticked beforehand, those of the draft in hand stay ticked."""

    def __init__(
        self, data: Any = None, *, sentences: Mapping[str, Sequence[str]], chosen: Mapping[str, Sequence[str]]
    ) -> None:
        super().__init__(data)
        self.sentences = sentences
        for code, lines in sentences.items():
            kept = chosen.get(code, ())
            self.fields[code] = fields.ChecksField(
                label=form.BY_CODE[code].label,
                choices=[(str(rank), line) for rank, line in enumerate(lines)],
                required=False,
            )
            self.initial[code] = [str(rank) for rank, line in enumerate(lines) if line in kept]

    @property
    def chosen(self) -> dict[str, list[str]]:
        return {
            code: [lines[int(rank)] for rank in self.cleaned_data.get(code) or ()]
            for code, lines in self.sentences.items()
        }


class SeenForm(Form):
    """One button: which version of the package its page showed (``Package.seen_as``)."""

    seen = fields.SafeCharField(required=False, max_length=40, widget=HiddenInput)


class ReadBackForm(SeenForm):
    language = language_field(_("Relu avec elle en"))
    interpreter = fields.SafeCharField(label=_("Interprète"), required=False, max_length=80)
    presence = presence_field()
    sure = fields.FlagField(
        label=_("Elle a tout entendu et elle est d'accord"),
        error_messages={"required": _("Relisez tout avec elle, puis cochez.")},
    )


class PieceForm(Form):
    """A paper that has arrived: its file, or only the fact that it was seen."""

    code = fields.ChoiceField(label=_("Quelle pièce"))
    photo = fields.UploadField(
        label=_("Prendre une photo"),
        required=False,
        widget=FileInput(attrs={"accept": "image/jpeg,image/png", "capture": "environment"}),
        help_text=_("Sur un téléphone, l'appareil photo s'ouvre ici."),
    )
    file = fields.UploadField(
        label=_("Ou choisir un fichier"),
        required=False,
        help_text=_("PDF, JPEG ou PNG, 10 Mo au plus. Vide : pièce vue, sans copie."),
    )
    label = fields.SafeCharField(label=_("Précision"), required=False, max_length=120)
    received_on = fields.DayField(label=_("Reçue le"), latest=clock.today)

    def __init__(self, *args: Any, papers: Sequence[str], waiting: Sequence[str] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        ordered = sorted(papers, key=lambda code: code not in waiting)
        offered = [(code, form.PAPER_BY_CODE[code].label) for code in ordered]
        self.fields["code"].choices = fields.choices_of(offered)  # type: ignore[attr-defined]
        self.initial.setdefault("code", next((code for code in waiting if code in papers), ""))
        self.initial.setdefault("received_on", clock.today())

    def clean(self) -> dict[str, Any]:
        """A photo taken now or a file chosen: one of them, under the one name."""
        given = super().clean() or self.cleaned_data
        photo = given.pop("photo", None)
        if photo and given.get("file"):
            self.add_error("file", _("Gardez la photo ou le fichier, pas les deux."))
        given["file"] = given.get("file") or photo
        return given


class WaiveForm(Form):
    reason = fields.SafeTextField(label=_("Pourquoi cette pièce n'est pas nécessaire"), max_length=500, rows=3)


# The time to answer that the form proposes: a habit of the product, not of the law.
DAYS_TO_ANSWER = 15


def answer_day() -> Any:
    """Fifteen days are left to answer, unless the secretariat says otherwise."""
    return clock.today() + timedelta(days=DAYS_TO_ANSWER)


class ComplementForm(Form):
    text = fields.SafeTextField(label=_("Ce qui manque"), max_length=2000, rows=3)
    due_on = fields.DayField(label=_("Réponse attendue le"), earliest=clock.today)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial.setdefault("due_on", answer_day())


class AnswerForm(Form):
    text = fields.SafeTextField(label=_("Réponse au secrétariat"), max_length=2000, rows=3, required=False)


class NotPresentedForm(Form):
    """Why nothing is presented; or nothing prevents it any more."""

    reason = fields.RadioField(
        label=_("La demande n'est pas présentée parce que"),
        choices=[*Unpresented.choices, ("none", _("rien ne l'empêche, ou elle n'est pas concernée"))],
        help_text=_("Une réponse, sans rien écrire d'elle. L'enquête annuelle les compte, sans nom ni numéro."),
    )
