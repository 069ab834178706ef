"""What is read to her before she agrees: one page a question, in French beside her own language.

The pages are said in this order; the last one but the answer is information on what the law makes compulsory: it is
told, not asked. ``records.WORDING`` is kept with what she agreed to: it changes when a sentence does. Fifteen words a
sentence at most; a device that has a voice of its own reads them aloud (``ui/speak.js``).
"""

import tomllib
from functools import cache
from pathlib import Path
from typing import NamedTuple

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

FILE = Path(__file__).with_name("agreement.toml")
RIGHT_TO_LEFT = frozenset({"ar", "fa", "ur"})


class Page(NamedTuple):
    """One subject: what is said, and what the worker asks before going on."""

    code: str
    title: str | Promise
    lines: tuple[str | Promise, ...]
    ask: str | Promise


class Said(NamedTuple):
    """The same page in her language."""

    language: str
    direction: str
    title: str
    lines: tuple[str, ...]
    listen: str
    stop: str


PAGES = (
    Page(
        "request",
        _("Ce que vous demandez"),
        (_("Vous demandez à entrer dans un parcours d'aide. L'association écrit la demande avec vous."),),
        _("Veut-elle faire cette demande ?"),
    ),
    Page(
        "readers",
        _("Qui va la lire"),
        (
            _("Le secrétariat de la commission, à la préfecture."),
            _(
                "Les membres de la commission. Parmi eux : la police, la gendarmerie, un magistrat, un médecin, des"
                " élus. Il y a aussi la personne responsable du service des étrangers."
            ),
            _("Le préfet, qui décide."),
        ),
        _("A-t-elle compris qui va lire sa demande ?"),
    ),
    Page(
        "leaves",
        _("Ce qui part"),
        (
            _("Un résumé court, votre projet, vos besoins, vos engagements."),
            _("Nous le lisons ensemble avant. Vous pouvez enlever une phrase."),
        ),
        _("A-t-elle compris ce qui part ?"),
    ),
    Page(
        "stays",
        _("Ce qui ne part pas"),
        (
            _("Votre nom, votre adresse, l'école des enfants."),
            _("Votre histoire, les noms des autres personnes, les plaintes."),
            _("Votre santé : seulement vos besoins, si vous voulez."),
        ),
        _("A-t-elle compris ce qui reste ici ?"),
    ),
    Page(
        "change",
        _("Vous pouvez changer d'avis"),
        (
            _("Vous pouvez dire non. Vous pouvez arrêter quand vous voulez, même demain, même après l'envoi."),
            _("L'association vous aide quand même."),
        ),
        _("Sait-elle qu'elle peut changer d'avis ?"),
    ),
    Page(
        "law",
        _("Ce que la loi impose"),
        (
            _("La commission donne un avis. Le préfet décide."),
            _("Si vous demandez une autorisation de séjour, le service des étrangers reçoit la décision."),
            _("Si vous demandez l'aide financière, la MSA reçoit ce qu'il faut pour la payer."),
        ),
        _("C'est une information : il n'y a rien à accepter."),
    ),
)
BY_CODE = {page.code: page for page in PAGES}


@cache
def translations() -> dict[str, dict[str, list[str]]]:
    """By language and page: the title, then the sentences; under ``listen``, the words of the button."""
    return tomllib.loads(FILE.read_text(encoding="utf-8"))


def said(code: str, language: str) -> Said | None:
    """The page in her language; None in French, or when nobody has translated it: an interpreter says it."""
    pages = translations().get(language, {})
    if code not in BY_CODE or code not in pages:
        return None
    title, *lines = pages[code]
    return Said(language, "rtl" if language in RIGHT_TO_LEFT else "ltr", title, tuple(lines), *pages["listen"])
