"""The form: reads what was typed, and tells a fault of the law at its field."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from jalon.config import clock
from jalon.journeys import lawful
from jalon.journeys.wording import TERRITORIES
from jalon.law import appeal, residence
from jalon.ui.fields import ChecksField, ChoiceField, CountField, DayField, FlagField, MoneyField, RadioField
from jalon.ui.forms import Form

from .calculation import simulate
from .misfit import Misfit
from .result import Simulation
from .rows import GROUPS, KEY, MOST, MOST_CHILDREN, PROTECTED, Row, Rows
from .scenario import Child, Cover, Order, Scenario, Settings
from .words import BENEFITS, to_confirm


class SimulatorForm(Form):
    also = frozenset({"add", "remove", "to"})

    as_of = DayField(label=gettext_lazy("Regarder la situation au"), initial=lambda: clock.today())
    projected = CountField(
        label=gettext_lazy("Renouvellements supposés ensuite"),
        required=False,
        max_value=4,
        help_text=gettext_lazy("Chacun commence le lendemain de la fin précédente. Vide : aucun."),
    )
    aid = RadioField(
        label=gettext_lazy("L'aide financière (AFIS)"),
        choices=[
            ("granted", gettext_lazy("est accordée pour chaque période")),
            ("none", gettext_lazy("n'entre pas dans le calcul")),
        ],
        initial="granted",
    )
    territory = ChoiceField(
        label=gettext_lazy("Barème"),
        choices=[("metropole", gettext_lazy("métropole et outre-mer")), ("mayotte", gettext_lazy("Mayotte"))],
        initial="metropole",
    )
    children = CountField(
        label=gettext_lazy("Enfants à charge au départ"), required=False, max_value=MOST_CHILDREN, initial=0
    )
    resources = MoneyField(
        label=gettext_lazy("Ressources du foyer, le mois avant la demande"),
        required=False,
        help_text=gettext_lazy("En euros, pour tout le foyer. Exemple : 651,68"),
    )
    aid_requested_on = DayField(label=gettext_lazy("Aide demandée le"), required=False, help_text="")
    aid_decided_on = DayField(
        label=gettext_lazy("Aide décidée le"),
        required=False,
        help_text=gettext_lazy("Vide : le jour où le parcours est autorisé."),
    )
    aid_ended_on = DayField(
        label=gettext_lazy("Fin de l'aide décidée le"),
        required=False,
        help_text=gettext_lazy("Vide : l'aide dure autant que le parcours."),
    )
    could_claim = ChecksField(
        label=gettext_lazy("Prestations qui pourraient être demandées"), required=False, choices=list(BENEFITS.items())
    )
    nationality = RadioField(
        label=gettext_lazy("Nationalité"),
        choices=[
            ("french", gettext_lazy("française")),
            ("european", gettext_lazy("Union européenne, Espace économique européen ou Suisse")),
            ("other", gettext_lazy("autre, apatride ou non connue")),
        ],
        initial="other",
    )
    complaint_on = DayField(label=gettext_lazy("Plainte déposée le"), required=False, help_text="")
    links_broken = FlagField(label=gettext_lazy("Les liens avec les auteurs sont rompus"), required=False)
    birth_date = DayField(
        label=gettext_lazy("Date de naissance"),
        required=False,
        help_text=gettext_lazy("Pour l'âge de 18 ans et de 25 ans seulement. Une date approchée suffit."),
    )
    expecting = FlagField(label=gettext_lazy("Un enfant est attendu"), required=False)
    student = FlagField(label=gettext_lazy("Études en cours"), required=False)
    work_permit_since = DayField(
        label=gettext_lazy("Document qui permet de travailler depuis le"), required=False, help_text=""
    )
    protected_status = ChoiceField(label=gettext_lazy("Statut protégé"), choices=PROTECTED, initial="none")
    cap_mode = RadioField(
        label=gettext_lazy("Les 24 mois"),
        choices=[
            ("cumulative", gettext_lazy("comptent le temps autorisé seulement")),
            ("calendar", gettext_lazy("courent sans arrêt depuis le premier jour")),
        ],
        initial="cumulative",
    )
    month_rule = RadioField(
        label=gettext_lazy("L'aide est payée pour"),
        choices=[
            ("month_end", gettext_lazy("les mois dont le dernier jour est accordé")),
            ("month_start", gettext_lazy("les mois dont le premier jour est accordé")),
            ("touched", gettext_lazy("tout mois qui a un jour accordé")),
        ],
        initial=lawful.MONTH_RULE,
    )
    change_effective = RadioField(
        label=gettext_lazy("Un changement d'enfants compte"),
        choices=[
            ("first_of_next_month", gettext_lazy("le mois suivant")),
            ("first_of_same_month", gettext_lazy("dès le mois même")),
        ],
        initial="first_of_next_month",
    )
    total_cap = RadioField(
        label=gettext_lazy("Aide et ressources ensemble"),
        choices=[("no", gettext_lazy("sans plafond")), ("yes", gettext_lazy("plafonnées au montant du RSA"))],
        initial="no",
    )
    holidays = ChoiceField(label=gettext_lazy("Jours fériés du tribunal"), choices=TERRITORIES, initial="metropole")

    def __init__(self, data: Any = None, *, rows: Mapping[str, int] | None = None, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        self.counts = {name: _count(name, data, rows or {}) for name in GROUPS}
        for name, sentence in to_confirm().items():
            self.fields[name].help_text = sentence
        for name, group in GROUPS.items():
            for at in range(self.counts[name]):
                for part, make in group.fields.items():
                    field = make()
                    if isinstance(field.widget, forms.TextInput):
                        field.widget.attrs.setdefault("autocomplete", "off")
                    self.fields[f"{name}_{at}_{part}"] = field

    # --- rows --------------------------------------------------------------------------------------------------
    @property
    def lists(self) -> dict[str, Rows]:
        """The lists, for the page."""
        return {name: self._rows(name) for name in GROUPS}

    def _rows(self, name: str) -> Rows:
        group, count = GROUPS[name], self.counts[name]
        rows = [
            Row(str(group.one) % {"n": at + 1}, f"{name}-{at}", [self[f"{name}_{at}_{part}"] for part in group.fields])
            for at in range(count)
        ]
        used = any(bound.errors or bound.value() for row in rows for bound in row.fields)
        return Rows(name, group.title, group.add, rows, count >= MOST, used)

    @property
    def rsa_used(self) -> bool:
        return self._changed("expecting", "student", "work_permit_since", "protected_status")

    @property
    def readings_used(self) -> bool:
        return self._changed("cap_mode", "month_rule", "change_effective", "total_cap", "holidays")

    def _changed(self, *names: str) -> bool:
        """Is something there to be seen: another answer than the first one, or an error?"""
        return any(
            self[name].errors or (self[name].value() or "") != (self.base_fields[name].initial or "") for name in names
        )

    def blank(self, name: str, at: int) -> bool:
        return not any(str(self.data.get(f"{name}_{at}_{part}", "")).strip() for part in GROUPS[name].fields)

    def filled(self, name: str) -> Iterator[tuple[int, dict[str, Any]]]:
        """The rows in which something is typed: place in the page, cleaned values."""
        for at in range(self.counts[name]):
            if not self.blank(name, at):
                yield at, {part: self.cleaned_data.get(f"{name}_{at}_{part}") for part in GROUPS[name].fields}

    def again(self, add: str = "", remove: str = "") -> "SimulatorForm":
        """The same page with a row more or less: all that was typed is kept, nothing is judged yet."""
        typed = {name: self._typed(name) for name in self.base_fields}
        lists = {
            name: [
                {part: self._typed(f"{name}_{at}_{part}") for part in group.fields} for at in range(self.counts[name])
            ]
            for name, group in GROUPS.items()
        }
        gone, _dash, place = remove.rpartition("-")
        if gone in lists and place.isdecimal() and int(place) < len(lists[gone]):
            del lists[gone][int(place)]
        if add in lists and len(lists[add]) < MOST:
            lists[add].append({})
        lists["orders"] = lists["orders"] or [{}]
        for name, rows in lists.items():
            for at, row in enumerate(rows):
                typed |= {f"{name}_{at}_{part}": value for part, value in row.items()}
        form = SimulatorForm(initial=typed, rows={name: len(rows) for name, rows in lists.items()})
        if add in lists and lists[add]:
            first = next(iter(GROUPS[add].fields))
            form.fields[f"{add}_{len(lists[add]) - 1}_{first}"].widget.attrs["autofocus"] = True
        return form

    def _typed(self, name: str) -> Any:
        """What was typed, as it was."""
        field = self.fields[name]
        return field.widget.value_from_datadict(self.data, self.files, self.add_prefix(name)) or ""

    # --- the law -----------------------------------------------------------------------------------------------
    def clean(self) -> dict[str, Any]:
        super().clean()
        for name, group in GROUPS.items():
            for at, row in self.filled(name):
                for part in group.needed:
                    key = f"{name}_{at}_{part}"
                    if not row[part] and key not in self.errors:
                        self.add_error(key, self.fields[key].error_messages["required"])
        if not any(True for _row in self.filled("orders")) and "orders_0_signed_on" not in self.errors:
            self.add_error("orders_0_signed_on", _("Écrivez au moins un arrêté : tout le calcul en dépend."))
        return self.cleaned_data

    def scenario(self) -> Scenario:
        """What was typed, in the words of the calculation. The form is valid."""
        data = self.cleaned_data
        return Scenario(
            as_of=data["as_of"],
            orders=[self._order(row) for _at, row in self.filled("orders")],
            projected=data["projected"] or 0,
            meetings=[row["on"] for _at, row in self.filled("meetings")],
            appeals=[appeal.AdministrativeAppeal(**row) for _at, row in self.filled("appeals")],
            aid=data["aid"] == "granted",
            births=[Child(row["on"], row["more"] == "more") for _at, row in self.filled("births")],
            benefits=[Cover(**row) for _at, row in self.filled("benefits")],
            documents=[self._document(row) for _at, row in self.filled("documents")],
            health=[Cover(**row) for _at, row in self.filled("health")],
            children=data["children"] or 0,
            settings=Settings(
                **{name: data[name] for name in ("cap_mode", "month_rule", "change_effective", "holidays")},
                total_cap=data["total_cap"] == "yes",
            ),
            **{name: data[name] for name in AS_TYPED},
        )

    @staticmethod
    def _order(row: Mapping[str, Any]) -> Order:
        given = {name: value for name, value in row.items() if name != "no_routes"}
        return Order(**given, routes=not row["no_routes"])

    @staticmethod
    def _document(row: Mapping[str, Any]) -> residence.Document:
        work = {"yes": True, "no": False}.get(row["work"])
        return residence.Document(row["kind"], row["issued_on"], row["valid_to"], work)

    def simulation(self) -> Simulation | None:
        """The result; None when the form is not valid or when the law refuses a value, which the form then shows."""
        if not self.is_valid():
            return None
        try:
            return simulate(self.scenario())
        except Misfit as misfit:
            self.add_error(self._field(misfit.place), misfit.sentence)
            return None

    def _field(self, place: str) -> str | None:
        """The field of a path of the scenario: ``orders[1]`` is the second row in which something is typed."""
        if found := re.fullmatch(r"(\w+)\[(\d+)\]\.(\w+)", place):
            rows = [at for at, _row in self.filled(found[1])]
            place = f"{found[1]}_{rows[int(found[2])]}_{found[3]}"
        return place if place in self.fields else None

    def told(self) -> list[tuple[str, list[tuple[str, str]]]]:
        """What was typed, for the paper: titles, then labels and answers. The form is valid."""
        alone = [(str(self.fields[name].label), self._answer(name)) for name in self.base_fields]
        found = [(_("Hypothèses"), [(label, answer) for label, answer in alone if answer])]
        for name, group in GROUPS.items():
            lines = []
            for at, _row in self.filled(name):
                keys = [f"{name}_{at}_{part}" for part in group.fields]
                answers = [(str(self.fields[key].label), self._answer(key)) for key in keys]
                words = " ; ".join(f"{label} : {answer}" for label, answer in answers if answer)
                lines.append((str(group.one) % {"n": len(lines) + 1}, words))
            if lines:
                found.append((str(group.title), lines))
        return found

    def _answer(self, name: str) -> str:
        """The cleaned answer in words; empty when there is none."""
        field, value = self.fields[name], self.cleaned_data.get(name)
        if value in (None, "", [], False):
            return ""
        if value is True:
            return _("oui")
        if isinstance(field, ChecksField | ChoiceField):
            labels = {str(key): str(label) for key, label in field.choices}
            return ", ".join(labels[one] for one in (value if isinstance(value, list) else [value]))
        return str(field.prepare_value(value))


AS_TYPED = (
    "aid_requested_on", "aid_decided_on", "aid_ended_on", "territory", "resources", "could_claim", "birth_date",
    "expecting", "student", "work_permit_since", "protected_status", "nationality", "complaint_on", "links_broken",
)  # fmt: skip


def _count(name: str, data: Any, rows: Mapping[str, int]) -> int:
    """How many rows: those sent, those asked, or those of a first visit."""
    if name in rows:
        return rows[name]
    least = 1 if name == "orders" else 0
    sent = [int(found["at"]) + 1 for key in data or () if (found := KEY.fullmatch(key)) and found["group"] == name]
    return min(max(sent, default=least if data else GROUPS[name].start), MOST)
