"""The one error of the law room: a code, a sentence, and the path of the field at fault."""

from typing import Final

# In the order in which faults are looked for: over a whole input, a fault of an earlier code is given first.
MESSAGES: Final[dict[str, tuple[str, str]]] = {
    "unknown_calculation": ("There is no calculation of this name.", "Aucun calcul ne porte ce nom."),
    "unknown_field": ("There is no such field here.", "Ce champ n'existe pas ici."),
    "missing_field": ("This field is required.", "Ce champ est obligatoire."),
    "wrong_type": ("The value is not of the type asked.", "La valeur n'est pas du type attendu."),
    "invalid_date": (
        "This is not an existing day (or month) between 1900 and 2199.",
        "Ce n'est pas un jour (ou un mois) existant entre 1900 et 2199.",
    ),
    "invalid_amount": (
        "An amount is written with digits, a point and two decimals.",
        "Un montant s'écrit avec des chiffres, un point et deux décimales.",
    ),
    "invalid_value": ("The value is not one of those accepted.", "La valeur n'est pas de celles qui sont admises."),
    "negative_amount": ("The value must not be below zero.", "La valeur ne doit pas être négative."),
    "end_before_start": (
        "This day comes before the one it must follow.",
        "Ce jour précède celui auquel il doit être postérieur.",
    ),
    "overlapping_orders": (
        "This period has a day in common with another one.",
        "Cette période a un jour en commun avec une autre.",
    ),
    "inconsistent_values": ("These values contradict each other.", "Ces valeurs se contredisent."),
    "out_of_parameter_range": (
        "A legal value is needed on a day before its first known one.",
        "Une valeur légale est demandée pour un jour antérieur à la première connue.",
    ),
}

RANK: Final[dict[str, int]] = {code: rank for rank, code in enumerate(MESSAGES)}


class LawError(ValueError):
    """A value the law room cannot calculate with.

    `code` is one of MESSAGES, `message` an English sentence, `message_fr` the French one for screens,
    `field` the path of the field at fault (`orders[1].signed_on`) or None.
    """

    def __init__(self, code: str, message: str | None = None, field: str | None = None) -> None:
        default, self.message_fr = MESSAGES[code]
        self.code = code
        self.message = message or default
        self.field = field
        super().__init__(f"{code} ({field}): {self.message}")
