"""Is a diploma among hers what an offer asks? A regulated field asks for that field, else the level is enough."""

import re
from typing import Final

from jalon.offers.matching.profile import Person

_DOMAINS: Final = tuple(
    (re.compile(asked), re.compile(held))
    for asked, held in (
        (r"petite enfance|\baepe\b", r"aepe|petite enfance|puericult"),
        (r"puericult|\bdeap\b", r"puericult|deap"),
        (r"aide[- ]soignant|\bdeas\b", r"aide ?-?soignant|\bdeas\b|infirmi"),
        (r"infirmi", r"infirmi"),
        (
            r"accompagnant educatif et social|\bde?aes\b|\bdeavs\b|vie sociale|\badvf\b|assistante? de vie",
            r"aes|deavs|advf|vie sociale|assistant.? de vie|aide ?-?soignant|deas",
        ),
        (r"coiffure|coiffeu", r"coiff"),
        (r"estheti", r"esthet"),
        (r"\bcuisin|restauration", r"cuisin|restauration"),
        (r"boulang|patissi", r"boulang|patiss"),
        (
            r"cnaps|cartes? pro|ssiap|agent de (?:prevention|securite)|\bcqp aps\b",
            r"cnaps|carte pro|ssiap|securite|\baps\b",
        ),
        (r"caces", r"caces|cariste"),
        (r"bafa|bafd|bpjeps|animation", r"bafa|bafd|bpjeps|animation"),
        (r"habilitation electrique|electri", r"electri"),
        (r"fimo|taxi|vtc|conduite", r"fimo|taxi|conduite"),
        (r"haccp", r"haccp"),
        (r"\bsst\b|secouris", r"\bsst\b|secour"),
        (r"certiphyto", r"certiphyto"),
        (r"bnssa", r"bnssa"),
    )
)  # fmt: skip
_HIGH: Final = (
    (re.compile(r"master|bac ?\+ ?5"), re.compile(r"master")),
    (re.compile(r"licence|bac ?\+ ?3"), re.compile(r"licence|master|bachelor")),
    (re.compile(r"\bbts\b|\bdut\b|bac ?\+ ?2|deug"), re.compile(r"bts|dut|\bbut\b|deust|licence|master")),
    (re.compile(r"\bbac\b|baccalaureat"), re.compile(r"\bbac|baccalaureat|bts|dut|\bbut\b|licence|master|daeu")),
)


def holds(person: Person, demand: str) -> bool:
    """Is a diploma among hers what the demand asks? A regulated field asks for that field, else the level is enough."""
    known: bool | None = person.memo.get(("holds", demand))
    if known is None:
        hers = person.diplomas or ()
        held = next((held for asked, held in (*_DOMAINS, *_HIGH) if asked.search(demand)), None)
        known = bool(hers) if held is None else any(held.search(one) for one in hers)
        person.memo["holds", demand] = known
    return known
