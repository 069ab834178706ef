"""Forms of the directory."""

from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from jalon.ui.fields import DayField
from jalon.ui.forms import Form

from .models import Membership


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
