"""Languages met in the field, by their codes, and the neutral words offered as an alias."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

LANGUAGES: dict[str, str | Promise] = {
    "fr": _("français"),
    "en": _("anglais"),
    "es": _("espagnol"),
    "pt": _("portugais"),
    "ro": _("roumain"),
    "bg": _("bulgare"),
    "sq": _("albanais"),
    "hu": _("hongrois"),
    "it": _("italien"),
    "ru": _("russe"),
    "uk": _("ukrainien"),
    "sr": _("serbe"),
    "tr": _("turc"),
    "rom": _("romani"),
    "zh": _("chinois mandarin"),
    "th": _("thaï"),
    "vi": _("vietnamien"),
    "ar": _("arabe"),
    "ber": _("berbère"),
    "fa": _("persan"),
    "hi": _("hindi"),
    "bn": _("bengali"),
    "ur": _("ourdou"),
    "pcm": _("pidgin nigérian"),
    "bin": _("edo"),
    "yo": _("yoruba"),
    "ig": _("igbo"),
    "ha": _("haoussa"),
    "ff": _("peul"),
    "wo": _("wolof"),
    "bm": _("bambara"),
    "dyu": _("dioula"),
    "snk": _("soninké"),
    "sus": _("soussou"),
    "ln": _("lingala"),
    "sw": _("swahili"),
    "ewe": _("éwé"),
    "fon": _("fon"),
    "am": _("amharique"),
    "ti": _("tigrigna"),
    "so": _("somali"),
    "ht": _("créole haïtien"),
    "gcr": _("créole guyanais"),
    "fsl": _("langue des signes française"),
}

# Levels of the European framework, and what a first meeting can say without a test.
FRENCH_LEVELS: dict[str, str | Promise] = {
    "none": _("ne parle pas français"),
    "A1": _("A1 : mots et phrases simples"),
    "A2": _("A2 : conversation simple"),
    "B1": _("B1 : se débrouille"),
    "B2": _("B2 : à l'aise"),
    "fluent": _("courant"),
}


def name(code: str) -> str:
    """The language's name; an unknown code is shown as it is."""
    return str(LANGUAGES.get(code, code))


def plain(text: str) -> str:
    """To compare two aliases: without accents or case."""
    return text.casefold().translate(str.maketrans("àâäéèêëîïôöùûüç", "aaaeeeeiioouuuc")).replace("œ", "oe").strip()


# Plants: they say nothing of a person, her country or her age. None is a poison, an alcohol or a double meaning.
ALIASES = (
    "Acanthe", "Achillée", "Alchémille", "Ancolie", "Anémone", "Angélique", "Arnica", "Aster",
    "Astilbe", "Aubépine", "Aurone", "Bardane", "Bergamote", "Bétoine", "Bleuet", "Bourrache", "Buglosse",
    "Camomille", "Campanule", "Capucine", "Centaurée", "Cerfeuil", "Chicorée", "Ciboulette", "Clématite",
    "Consoude", "Cosmos", "Crocus", "Cyclamen", "Cymbalaire", "Érable", "Estragon", "Fenouil", "Ficaire",
    "Freesia", "Gaillarde", "Genêt", "Gentiane", "Géranium", "Giroflée", "Glycine", "Guimauve", "Hamamélis",
    "Héliotrope", "Hibiscus", "Houx", "Hortensia", "Immortelle", "Jacinthe", "Jasmin", "Laîche", "Lavatère", "Lierre",
    "Lilas", "Linaire", "Liseron", "Lotier", "Lupin", "Luzerne", "Magnolia", "Marjolaine", "Mauve", "Mélisse",
    "Menthe", "Millepertuis", "Mimosa", "Molène", "Monarde", "Muguet", "Myosotis", "Myrte", "Narcisse", "Nénuphar",
    "Nigelle", "Œillet", "Olivier", "Oranger", "Origan", "Orme", "Oseille", "Pâquerette", "Pensée",
    "Pervenche", "Pétunia", "Phlox", "Pivoine", "Plantain", "Primevère", "Prunelle", "Pulmonaire", "Réglisse",
    "Renoncule", "Romarin", "Roseau", "Safran", "Santoline", "Saponaire", "Sarriette", "Sauge", "Saxifrage",
    "Scabieuse", "Sedum", "Séneçon", "Serpolet", "Sureau", "Tanaisie", "Thym", "Tilleul", "Trèfle", "Troène",
    "Tulipe", "Valériane", "Véronique", "Verveine", "Viorne", "Zinnia",
)  # fmt: skip
