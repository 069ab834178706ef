"""Files."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy

from .. import files, intake

FILE_ERRORS = {
    "empty": gettext_lazy("Le fichier est vide. Choisissez-en un autre."),
    "too_large": gettext_lazy("Le fichier est trop lourd : 10 Mo au plus. Reprenez la photo en plus petit."),
    "type": gettext_lazy("Ce type de fichier n'est pas accepté. Envoyez un PDF, ou une photo en JPEG ou PNG."),
    "extension": gettext_lazy("Le nom du fichier ne correspond pas à son contenu. Envoyez un PDF, un JPEG ou un PNG."),
    "unreadable": gettext_lazy(
        "Le fichier est abîmé ou illisible. Ouvrez-le, enregistrez-le de nouveau, puis renvoyez-le."
    ),
    "pixels": gettext_lazy("L'image est trop grande : 40 millions de points au plus. Reprenez la photo en plus petit."),
    "encrypted": gettext_lazy("Ce PDF est protégé par un mot de passe. Envoyez-en une copie sans mot de passe."),
    "xfa": gettext_lazy("Ce PDF est un formulaire dynamique. Imprimez-le dans un nouveau PDF, puis envoyez celui-ci."),
    "no_page": gettext_lazy("Ce PDF n'a aucune page. Choisissez-en un autre."),
    "pages": gettext_lazy("Ce PDF a trop de pages : 200 au plus. Envoyez-le en plusieurs fois."),
    "slow": gettext_lazy(
        "Ce fichier est trop compliqué à vérifier. Imprimez-le dans un nouveau PDF, puis renvoyez-le."
    ),
    "virus": gettext_lazy("L'antivirus refuse ce fichier. Ne l'ouvrez pas, et prévenez votre service informatique."),
    "unchecked": gettext_lazy("Le fichier n'a pas pu être vérifié par l'antivirus. Réessayez dans quelques minutes."),
}


class UploadField(forms.Field):
    """A PDF, JPEG or PNG file; the cleaned value is ``files.Clean``: rebuilt bytes without hidden data."""

    widget = forms.FileInput(attrs={"accept": ".pdf,.jpg,.jpeg,.png,application/pdf,image/jpeg,image/png"})
    default_error_messages = {"required": gettext_lazy("Choisissez un fichier.")}  # noqa: RUF012

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("help_text", gettext_lazy("PDF, JPEG ou PNG, 10 Mo au plus."))
        super().__init__(**kwargs)

    def to_python(self, value: Any) -> "files.Clean | None":
        if value is None:
            return None
        try:
            return intake.take(value.read(), value.name or "")
        except files.BadFile as error:
            raise ValidationError(FILE_ERRORS[error.code], code=error.code) from None

    def bound_data(self, data: Any, initial: Any) -> Any:
        return None
