"""The table of rights in words, for the data-protection officer: made from the matrix itself, never written twice."""

from collections import defaultdict
from itertools import groupby
from typing import NamedTuple

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from jalon.access import Action, Condition
from jalon.access.policy import matrix
from jalon.access.roles import COMPARTMENTS, STAGES

from .states import Stage

ACTS: dict[str, Promise] = {
    Action.EXIST: gettext_lazy("savoir qu'elle existe"),
    Action.READ: gettext_lazy("lire"),
    Action.CREATE: gettext_lazy("créer"),
    Action.EDIT: gettext_lazy("modifier"),
    Action.COMMENT: gettext_lazy("commenter"),
    Action.SIGN: gettext_lazy("signer"),
    Action.TRANSMIT: gettext_lazy("transmettre"),
    Action.EXPORT: gettext_lazy("emporter une copie"),
    Action.WITHDRAW: gettext_lazy("retirer"),
    Action.PURGE: gettext_lazy("effacer"),
}
NEEDS: dict[str, Promise] = {
    Condition.AGREEMENT: gettext_lazy("avec l'accord de la personne"),
    Condition.STEPUP: gettext_lazy("identité confirmée depuis moins de cinq minutes"),
    Condition.WINDOW: gettext_lazy("dans la période ouverte"),
    Condition.SHARE: gettext_lazy("avec le partage de la personne"),
    Condition.BREAKGLASS: gettext_lazy("par accès exceptionnel motivé"),
    Condition.FOUREYES: gettext_lazy("avec une seconde personne"),
}


class Line(NamedTuple):
    """One line of the table: on this part, from this stage to that one, these acts, under these conditions."""

    compartment: str
    first: str
    last: str
    acts: list[Promise]
    needs: list[Promise]


def lines(role: str) -> list[Line]:
    """What a role may do, part by part; stages that follow each other with the same rights make one line."""
    opened: dict[tuple[str, str], dict[frozenset[str], set[str]]] = defaultdict(lambda: defaultdict(set))
    for (one, _relation, stage, compartment, action), alternatives in matrix().items():
        if one == role:
            for needed in alternatives:
                opened[compartment, stage][needed].add(action)
    found = []
    for compartment in COMPARTMENTS:
        by_stage = [(stage, opened[compartment, stage]) for stage in STAGES]
        for cells, run in groupby(by_stage, key=lambda pair: pair[1]):
            names = [str(Stage(stage).label) for stage, _cells in run]
            for needed, acts in sorted(cells.items(), key=lambda cell: (len(cell[0]), sorted(cell[0]))):
                may = [ACTS[act] for act in Action if act in acts]
                needs = [NEEDS[code] for code in Condition if code in needed]
                found.append(Line(compartment, names[0], names[-1], may, needs))
    return found
