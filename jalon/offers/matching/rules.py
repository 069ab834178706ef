"""One profile against one offer's facts: every reason to set it aside, every question, every condition, with evidence.

Levels 0 and 1 give reasons (`R_…`), level 2 questions (`D_…`). Unknown is never yes and never no.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from typing import Final

from jalon.offers.matching import trades
from jalon.offers.matching.diplomas import holds
from jalon.offers.matching.facts import Facts
from jalon.offers.matching.hours import Hours
from jalon.offers.matching.profile import Person
from jalon.offers.matching.text import fold
from jalon.offers.matching.travel import Reach, Travel, reach

NEVER_LIFTED: Final = frozenset({"R_RISQUE", "R_NON_SALARIE"})  # level 0


@dataclass(slots=True)
class Answer:
    """What is answered for one pair; `fit` (0..1) is how near the trade stands to the project."""

    evidence: dict[str, str] = field(default_factory=dict)
    fit: float = 0.0
    reach: Reach | None = None
    margin: float | None = None  # minutes between her window and the hours

    @property
    def reasons(self) -> list[str]:
        return sorted(code for code in self.evidence if code[0] == "R")

    @property
    def questions(self) -> list[str]:
        return sorted(code for code in self.evidence if code[0] == "D")

    @property
    def conditions(self) -> list[str]:
        return sorted(code for code in self.evidence if code[0] == "C")

    @property
    def verdict(self) -> str:
        heads = {code[0] for code in self.evidence}
        return "reject" if "R" in heads else "discuss" if "D" in heads else "accept"


Say = Callable[[str, str], str]


def match(person: Person, offer: Facts, travel: Travel, today: date) -> Answer:
    """Return the answer for one person and one offer."""
    answer = Answer()
    evidence = answer.evidence
    say = evidence.setdefault
    if offer.risk:
        say("R_RISQUE", offer.risk)
    if offer.not_employed:
        say("R_NON_SALARIE", offer.not_employed)
    _trade(person, offer, answer, say)
    _place(person, offer, answer, travel, say)
    _hours(person, offer, answer, say)
    _french(person, offer, say)
    _refusals(person, offer, say)
    if offer.body or person.avoid_unknown:
        _health(person, offer, say)
    if offer.licence or offer.heavy_licence or offer.vehicle:
        _road(person, offer, say)
    if offer.check:
        say("D_VERIFICATION", offer.check)
    if offer.kind == "job":
        _job(person, offer, today, say)
    else:
        _training(person, offer, say)
    return answer


def _trade(person: Person, offer: Facts, answer: Answer, say: Say) -> None:
    key = (offer.rome, offer.families, offer.topic)
    known = person.memo.get(("fit", key))
    if known is None:
        known = person.memo["fit", key] = _fit(person, offer)
    answer.fit = known
    if known == 0.0:
        if _first_step(person, offer):
            answer.fit = 0.4
            return
        if offer.iae and offer.kind == "job" and person.oral is None:
            say("D_PRECISION", _ASK + "francais.oral")
            return
        say("R_METIER", f"{offer.trade or offer.title} — projet : {', '.join(sorted(person.rome)) or 'autre'}")
    elif known < 0:
        answer.fit = 0.4
        if offer.kind == "job" or not offer.topic:
            say("D_PRECISION", f"métier : {offer.trade or offer.title or 'non indiqué'}")


def _fit(person: Person, offer: Facts) -> float:
    """1 her own trade … 0.4 a fallback, 0 far, -1 when the trade or the project is not known."""
    if offer.topic == "french":
        return 0.95 if (person.oral or 0) < 4 else 0.5
    if offer.topic == "basics":
        return 0.0 if (person.school or 0) >= 3 else 0.45
    if offer.topic == "digital":
        return 0.0 if (person.digital or 0) >= 2 else 0.4
    if not offer.families or not (person.families or person.accepts):
        return -1.0
    if person.rome.intersection(offer.rome):
        return 1.0
    if person.accepts.intersection(offer.rome):
        return 0.8
    best = 0
    for family in offer.families:
        if family.key in person.accepts:
            best = max(best, 2)
        for wanted in person.families:
            best = max(best, trades.near(wanted, family))
        if best == 0 and person.open_project and family.key == "cantine":
            best = 1  # day work that any beginner learns: open to a project set by its conditions
    return (0.0, 0.4, 0.7, 0.9)[best]


def _first_step(person: Person, offer: Facts) -> bool:
    """A work-integration workshop is the first step of whoever begins French, whatever the trade."""
    return (
        bool(offer.iae)
        and offer.kind == "job"
        and person.oral is not None
        and person.oral <= 1
        and person.iae is not False
    )


_ASK: Final = "profil : non renseigné : "


def _place(person: Person, offer: Facts, answer: Answer, travel: Travel, say: Say) -> None:
    if person.zones is None:
        say("D_PRECISION", _ASK + "refus.zones")
    elif person.zones.intersection(offer.places):
        say("R_ZONE", offer.place)
    elif person.zones.intersection(offer.named):
        say("R_ZONE", _zone_words(person.zones, offer, travel))
    if offer.distance:
        return
    if offer.housed and person.move and offer.kind == "job":
        answer.reach = Reach("ok", 0.0, None, offer.housed)
        return
    way = reach(person, offer, travel)
    if offer.no_transport and not person.car and way.state != "no":
        if person.car is None:
            say("D_PRECISION", _ASK + "mobilite.voiture")
        elif not offer.shuttle:
            say("R_TRANSPORT", offer.no_transport)
            answer.reach = Reach("no", quote=offer.no_transport)
            return
        say("D_LIEU", offer.shuttle or offer.no_transport)
    answer.reach = way
    if way.state == "no":
        if person.car is None or (offer.housed and person.move is None and offer.kind == "job"):
            say("D_PRECISION", f"{_ASK}mobilite ; {way.quote}")
        else:
            say("R_TRANSPORT", way.quote)
    elif way.state == "ok" and person.longest is None:
        say("D_PRECISION", _ASK + "mobilite.trajet_max_min")
    elif way.state == "unknown" or len(offer.places) > 1:
        say("D_LIEU", way.quote if way.state == "unknown" else offer.place)


def _zone_words(zones: frozenset[str], offer: Facts, travel: Travel) -> str:
    codes = zones.intersection(offer.named)
    return next((name for name, code in sorted(travel.places.names.items()) if code in codes), "") or "commune citée"


def _hours(person: Person, offer: Facts, answer: Answer, say: Say) -> None:
    if offer.distance:
        return
    hours, way = offer.hours, answer.reach
    if hours.options:
        _windows(person, hours, way, answer, say)
        if hours.partial:
            say("D_HORAIRES", hours.quote)
    else:
        say("D_HORAIRES", hours.quote or hours.doubt or ("dureeTravailLibelle" if offer.kind == "job" else "horaires"))
    if hours.doubt and offer.kind == "job":
        say("D_HORAIRES", hours.doubt)
    if hours.split:
        _three(person.split, "R_COUPURES", hours.split, say)
    if hours.night:
        _three(person.night, "R_NUIT", hours.night, say)
    if hours.saturday:
        _three(person.saturday, "R_WEEKEND", hours.saturday_quote, say)
    if hours.sunday:
        _three(person.sunday, "R_WEEKEND", hours.sunday_quote, say)
        if way and way.link and not way.link.sunday:
            say("R_TRANSPORT", f"{hours.sunday_quote} : pas de transport le dimanche")
    if (
        offer.kind == "job"
        and hours.saturday is None
        and hours.sunday is None
        and (not person.saturday or not person.sunday)
    ):
        say("D_HORAIRES", hours.doubt or "jours de travail non indiqués")


def _three(allowed: bool | None, code: str, quote: str, say: Say) -> None:
    """Refused gives the reason, accepted nothing, unknown the question."""
    if allowed is None:
        say("D_PRECISION", _ASK + quote)
    elif not allowed:
        say(code, quote)


def _windows(person: Person, hours: Hours, way: Reach | None, answer: Answer, say: Say) -> None:
    minutes = way.minutes if way and way.state == "ok" else 0.0
    link = way.link if way and way.state == "ok" else None
    leave, back = person.leave, person.back
    if person.night:  # who accepts nights is not bound by a bound that only says "by day"
        leave = None if leave is not None and leave <= 360 else leave
        back = None if back is not None and back >= 1320 else back
    in_time = on_road = both = False
    margin: float | None = None
    for option in hours.options:
        fits = rides = True
        slack = 240.0
        for start, end in option:
            if start is not None:
                if leave is not None:
                    slack = min(slack, start - minutes - leave)
                    fits = fits and start - minutes >= leave
                rides = rides and (link is None or start >= link.first)
            if end is not None:
                if back is not None:
                    slack = min(slack, back - end - minutes)
                    fits = fits and end + minutes <= back
                rides = rides and (link is None or end <= link.last)
        in_time, on_road, both = in_time or fits, on_road or rides, both or (fits and rides)
        if fits:
            margin = max(margin or 0.0, slack)
    answer.margin = margin
    if not both:
        if not in_time or on_road:
            say("R_HORAIRES", hours.quote) if not in_time else None
        if not on_road:
            say("R_TRANSPORT", f"{hours.quote} : premier ou dernier transport")
        if in_time and on_road:
            say("R_HORAIRES", hours.quote)
    if person.leave is None or person.back is None:
        say("D_PRECISION", "profil : disponibilite.depart_apres, retour_avant")


def _french(person: Person, offer: Facts, say: Say) -> None:
    if offer.french is None:
        if (person.oral or 0) <= 1 and not offer.topic:
            say("D_PRECISION", "français : niveau non indiqué")
        return
    oral, written = offer.french
    if (oral and person.oral is not None and person.oral < oral) or (
        written and person.written is not None and person.written < written
    ):
        say("R_FRANCAIS", offer.french_quote or "niveau de français")
    elif (oral and person.oral is None) or (written and person.written is None):
        say("D_PRECISION", f"profil : francais ; {offer.french_quote}")
    if offer.target and person.oral is not None and person.oral >= offer.target:
        say("R_NIVEAU_DEPASSE", offer.title)


def _refusals(person: Person, offer: Facts, say: Say) -> None:
    if offer.alone and person.alone is not False:
        _three(None if person.alone is None else not person.alone, "R_ISOLE", offer.alone, say)
    if offer.home and person.home is not False:
        _three(None if person.home is None else not person.home, "R_DOMICILE", offer.home, say)
    if offer.public and person.public is not False:
        _three(None if person.public is None else not person.public, "R_PUBLIC", offer.public, say)
    if offer.exposure and person.exposure is not False:
        _three(None if person.exposure is None else not person.exposure, "R_EXPOSITION", offer.exposure, say)


def _health(person: Person, offer: Facts, say: Say) -> None:
    if person.avoid is None:
        say("D_PRECISION", _ASK + "sante_contre_indications")
        return
    for need, quote in offer.body.items():
        if need in person.avoid:
            say("R_SANTE", quote)
    if person.avoid_unknown:
        say("D_PRECISION", f"profil : sante_contre_indications : {', '.join(person.avoid_unknown)}")


def _road(person: Person, offer: Facts, say: Say) -> None:
    if offer.heavy_licence:
        say("R_PERMIS", offer.heavy_licence)
    if offer.licence:
        _three(person.licence, "R_PERMIS", offer.licence, say)
    if offer.vehicle:
        _three(person.car, "R_VEHICULE", offer.vehicle, say)


def _job(person: Person, offer: Facts, today: date, say: Say) -> None:
    for demand, shown in offer.diploma:
        if person.diplomas is None:
            say("D_PRECISION", _ASK + "diplomes")
        elif not holds(person, demand):
            say("R_DIPLOME", shown)
    if offer.experience:
        if person.experience is None:
            say("D_PRECISION", _ASK + "experiences")
        elif not any(family.key in person.experience for family in offer.families):
            say("R_EXPERIENCE", offer.experience)
    elif offer.experience_wished:
        say("C_EXPERIENCE", offer.experience_wished)
    if offer.weekly:
        _weekly(person, offer, say)
    if offer.iae:
        say("R_IAE" if person.iae is False else "C_IAE", offer.iae)
        if person.iae is None:
            say("D_PRECISION", _ASK + "iae_eligible")
    for name, asked in offer.languages:
        if asked and fold(name) not in person.languages:
            say("D_PRECISION", f"langue : {name}")
    if offer.starts and person.deadline and offer.starts > person.deadline:
        say("R_DATE", offer.starts_quote)
    _right(person, offer, today, say)


def _weekly(person: Person, offer: Facts, say: Say) -> None:
    inside = outside = ""
    if person.most is None or person.least is None:
        say("D_PRECISION", _ASK + "heures")
    for least, most, shown in offer.weekly:
        if (person.most is not None and least > person.most) or (person.least is not None and most < person.least):
            outside = outside or shown
        else:
            inside = inside or shown
    if outside:
        say("D_HORAIRES", f"{outside} / {inside}") if inside else say("R_HEURES", outside)


def _right(person: Person, offer: Facts, today: date, say: Say) -> None:
    until = person.right_until
    if person.right == "non":
        say("R_TITRE", "profil : droit_travail.statut : non")
    elif until and (until < today or (offer.starts and until < offer.starts)):
        say("R_TITRE", f"profil : droit_travail.jusqu_au : {until.isoformat()}")
    elif person.right != "oui":
        say("D_TITRE", f"profil : droit_travail.statut : {person.right or 'non renseigné'}")


def _training(person: Person, offer: Facts, say: Say) -> None:
    if person.training is False:
        say("R_METIER", "profil : formation_souhaitee : non")
    elif person.training is None:
        say("D_PRECISION", _ASK + "formation_souhaitee")
    if offer.full:
        say("R_COMPLET", offer.full)
    if offer.cost:
        say("R_FINANCEMENT", offer.cost)
    if person.deadline is None:
        say("D_PRECISION", _ASK + "echeance_psp")
    else:
        if (offer.ends and offer.ends > person.deadline) or (offer.starts and offer.starts > person.deadline):
            say("R_DATE", f"{offer.starts_quote} — échéance : {person.deadline.isoformat()}")
        elif offer.ends is None:
            say("D_PRECISION", "session : date de fin non indiquée")
    # Level 3 is the first French diploma: an entry level of 1 or 2 asks for none.
    if offer.entry is not None and offer.entry >= 3:
        if person.school is None:
            say("D_PRECISION", "profil : niveau_scolaire")
        elif person.school < offer.entry:
            say("R_NIVEAU", f"code-niveau-entree : {offer.entry}")
    if (offer.topic == "basics" and person.school is None) or (offer.topic == "digital" and person.digital is None):
        say("D_PRECISION", _ASK + ("niveau_scolaire" if offer.topic == "basics" else "numerique"))
    if offer.topic == "digital" and person.digital is not None and person.digital >= 2:
        say("R_NIVEAU_DEPASSE", offer.title)
    if offer.distance:
        if person.digital is None:
            say("D_PRECISION", "profil : numerique")
        elif person.digital < 1:
            say("R_NUMERIQUE", offer.distance)
    if offer.placement is not None:
        _placement(person, offer.placement, offer.placement_quote, say)
    if offer.step:
        say("C_ETAPE", offer.step)
    elif offer.unregistered:
        say("C_NON_QUALIFIANTE", offer.unregistered)


def _placement(person: Person, placement: Hours, quote: str, say: Say) -> None:
    """Placement hours outside hers are to be negotiated: a question, never a reason."""
    doubt = placement.doubt.lower()
    clash = (
        (person.saturday is not True and (placement.saturday or "samedi" in doubt or "week" in doubt))
        or (person.sunday is not True and (placement.sunday or "dimanche" in doubt or "week" in doubt))
        or (person.night is not True and placement.night)
        or (person.split is not True and placement.split)
    )
    if not clash and placement.options:
        clash = not any(
            all(
                (person.leave is None or start is None or start >= person.leave)
                and (person.back is None or end is None or end <= person.back)
                for start, end in option
            )
            for option in placement.options
        )
    if clash:
        say("D_STAGE", quote)
