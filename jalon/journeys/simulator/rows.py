"""Rows of the form that grow without a script: their fields, by group."""

import re
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from django import forms
from django.utils.translation import gettext_lazy

from jalon.journeys.states import AppealKind, DecisionKind, PermitKind
from jalon.law import appeal
from jalon.ui.fields import ChoiceField, DayField, FlagField, choices_of

from .words import BENEFITS, HEALTH

MOST = 12  # rows of one list
MOST_CHILDREN = 20
KEY = re.compile(r"(?P<group>[a-z]+)_(?P<at>[0-9]{1,2})_(?P<name>[a-z_]+)")
PROTECTED = [
    ("none", gettext_lazy("aucun")),
    ("refugee", gettext_lazy("réfugiée ou réfugié")),
    ("subsidiary_protection", gettext_lazy("protection subsidiaire")),
    ("stateless", gettext_lazy("apatride")),
    ("resident_card", gettext_lazy("carte de résident")),
    ("single_parent_increase", gettext_lazy("majoration pour parent isolé")),
]


class RowDay(DayField):
    """A day that a row needs; a row left blank is no row. The form checks."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{"help_text": "", **kwargs, "required": True})

    def validate(self, value: Any) -> None:
        """The form decides."""


class RowChoice(ChoiceField):
    """The same for a drop-down list."""

    def validate(self, value: Any) -> None:
        if value:
            super().validate(value)


def _maybe_day(label: Any) -> Callable[[], forms.Field]:
    return lambda: DayField(label=label, required=False, help_text="")


def _pick(label: Any, pairs: Any) -> Callable[[], forms.Field]:
    return lambda: RowChoice(label=label, choices=choices_of(pairs))


class Group(NamedTuple):
    """A list of rows: its name in the page's own terms, its fields, those that a row needs, its rows at first."""

    title: Any
    one: Any
    add: Any
    fields: Mapping[str, Callable[[], forms.Field]]
    needed: tuple[str, ...]
    start: int = 1


GROUPS: Mapping[str, Group] = {
    "orders": Group(
        gettext_lazy("Arrêtés du préfet"),
        gettext_lazy("Arrêté %(n)d"),
        gettext_lazy("Ajouter un arrêté"),
        {
            "kind": _pick(gettext_lazy("Décision"), DecisionKind.choices),
            "signed_on": lambda: RowDay(label=gettext_lazy("Signé le")),
            "notified_on": _maybe_day(gettext_lazy("Notifié le")),
            "effective_on": _maybe_day(gettext_lazy("Date d'effet écrite")),
            "ends_on": _maybe_day(gettext_lazy("Fin écrite")),
            "no_routes": lambda: FlagField(
                label=gettext_lazy("Les voies de recours n'y sont pas écrites"), required=False
            ),
        },
        ("kind", "signed_on"),
    ),
    "births": Group(
        gettext_lazy("Naissances et autres changements"),
        gettext_lazy("Changement %(n)d"),
        gettext_lazy("Ajouter un changement"),
        {
            "on": lambda: RowDay(label=gettext_lazy("Le")),
            "more": _pick(
                gettext_lazy("Ce qui change"),
                [
                    ("more", gettext_lazy("naissance ou arrivée d'un enfant")),
                    ("less", gettext_lazy("un enfant n'est plus à charge")),
                ],
            ),
        },
        ("on", "more"),
    ),
    "benefits": Group(
        gettext_lazy("Autres prestations perçues"),
        gettext_lazy("Prestation %(n)d"),
        gettext_lazy("Ajouter une prestation"),
        {
            "kind": _pick(gettext_lazy("Prestation"), BENEFITS.items()),
            "starts_on": lambda: RowDay(label=gettext_lazy("Depuis le")),
            "ends_on": _maybe_day(gettext_lazy("Jusqu'au")),
        },
        ("kind", "starts_on"),
    ),
    "documents": Group(
        gettext_lazy("Documents de séjour"),
        gettext_lazy("Document %(n)d"),
        gettext_lazy("Ajouter un document"),
        {
            "kind": _pick(gettext_lazy("Document"), PermitKind.choices),
            "issued_on": lambda: RowDay(label=gettext_lazy("Délivré le")),
            "valid_to": _maybe_day(gettext_lazy("Valable jusqu'au")),
            "work": lambda: ChoiceField(
                label=gettext_lazy("Permet de travailler"),
                required=False,
                choices=[
                    ("", gettext_lazy("selon le document")),
                    ("yes", gettext_lazy("oui")),
                    ("no", gettext_lazy("non")),
                ],
            ),
        },
        ("kind", "issued_on"),
    ),
    "health": Group(
        gettext_lazy("Couverture santé"),
        gettext_lazy("Couverture %(n)d"),
        gettext_lazy("Ajouter une couverture"),
        {
            "kind": _pick(gettext_lazy("Couverture"), HEALTH.items()),
            "starts_on": lambda: RowDay(label=gettext_lazy("Depuis le")),
            "ends_on": _maybe_day(gettext_lazy("Jusqu'au")),
        },
        ("kind", "starts_on"),
    ),
    "appeals": Group(
        gettext_lazy("Recours auprès de l'administration"),
        gettext_lazy("Recours %(n)d"),
        gettext_lazy("Ajouter un recours"),
        {
            "kind": _pick(
                gettext_lazy("Recours"), [(one.value, one.label) for one in AppealKind if one in appeal.KINDS]
            ),
            "received_on": lambda: RowDay(label=gettext_lazy("Reçu le")),
            "rejected_on": _maybe_day(gettext_lazy("Rejet notifié le")),
        },
        ("kind", "received_on"),
    ),
    "meetings": Group(
        gettext_lazy("Séances de la commission"),
        gettext_lazy("Séance %(n)d"),
        gettext_lazy("Ajouter une séance"),
        {"on": lambda: RowDay(label=gettext_lazy("Le"))},
        ("on",),
    ),
}


class Row(NamedTuple):
    """A row as the page shows it."""

    legend: str
    value: str
    fields: list[Any]


class Rows(NamedTuple):
    """A list as the page shows it. ``used``: something is typed in it, or wrong with it."""

    name: str
    title: Any
    add: Any
    rows: list[Row]
    full: bool
    used: bool
