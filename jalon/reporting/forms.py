"""The two filters of the figures, kept in the query string."""

from django.utils.translation import gettext_lazy as _

from jalon.config import clock
from jalon.dossiers.states import Kind
from jalon.ui.fields import ChoiceField
from jalon.ui.forms import Form

FIRST_YEAR = 2017  # the first pathways


def last_over() -> int:
    return clock.today().year - 1


class YearForm(Form):
    """The year of the survey: the last one that is over, unless another is chosen."""

    also = frozenset({"page"})
    year = ChoiceField(label=_("Année"), required=False)

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        years = [(str(year), str(year)) for year in range(clock.today().year, FIRST_YEAR - 1, -1)]
        self.fields["year"].choices = years  # type: ignore[attr-defined]

    @property
    def chosen_year(self) -> int:
        return int(self.cleaned_data["year"] or last_over())


class FilterForm(Form):
    """Which cohort, which kind of request. Outside one's scope: one year, every request, nothing to compare."""

    year = ChoiceField(label=_("Année"), required=False)
    kind = ChoiceField(label=_("Demandes"), required=False)

    def __init__(self, *args: object, exact: bool = True, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.last = None if exact else last_over()
        years = [(str(year), str(year)) for year in range(clock.today().year, FIRST_YEAR - 1, -1)]
        self.fields["year"].choices = [("", _("toutes")), *years] if exact else years  # type: ignore[attr-defined]
        if not exact:
            del self.fields["kind"]
            return
        self.fields["kind"].choices = [  # type: ignore[attr-defined]
            ("", _("toutes")),
            (str(Kind.ENGAGEMENT), _("entrées")),
            (str(Kind.RENEWAL), _("renouvellements")),
        ]

    @property
    def chosen_year(self) -> int | None:
        return int(self.cleaned_data["year"]) if self.cleaned_data.get("year") else self.last

    @property
    def chosen_kind(self) -> str:
        return str(self.cleaned_data.get("kind") or "")
