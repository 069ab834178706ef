"""The pieces of a request for accreditation, as data.

``certain``: read in the texts; without it the request does not leave. The others are asked by custom, and a lawyer is
to confirm the list: the secretariat may do without them. The signed request itself is the sending, which is signed.
"""

from typing import NamedTuple

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class PieceKind(NamedTuple):
    code: str
    label: str | Promise
    source: str | Promise
    certain: bool = True


ORDER = _("arrêté du 4 novembre 2016")
CUSTOM = _("d'usage, à confirmer par un juriste")

KINDS = (
    PieceKind(
        "commitment",
        _("Délibération de l'assemblée générale : prise en charge globale visant la sortie de la prostitution"),
        "CASF, art. R. 121-12-2",
    ),
    PieceKind("means", _("Moyens humains et matériels, réseau de partenaires"), "CASF, art. R. 121-12-2"),
    PieceKind("training", _("Formation du personnel et des bénévoles : justificatifs"), "CASF, art. R. 121-12-2"),
    PieceKind("registration", _("SIRET, numéro RNA ou récépissé de déclaration"), ORDER),
    PieceKind("statutes", _("Statuts : l'objet y figure"), CUSTOM, certain=False),
    PieceKind("activity_report", _("Rapport d'activité de l'année passée"), CUSTOM, certain=False),
    PieceKind("accounts", _("Comptes du dernier exercice"), CUSTOM, certain=False),
    PieceKind("leaders", _("Liste des dirigeantes et dirigeants"), CUSTOM, certain=False),
    PieceKind("other", _("Autre pièce"), "", certain=False),
)
KIND = {kind.code: kind for kind in KINDS}
CERTAIN = tuple(kind.code for kind in KINDS if kind.certain)
LISTED = tuple(kind.code for kind in KINDS if kind.code != "other")
