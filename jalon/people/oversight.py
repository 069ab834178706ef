"""What the officer rereads each month: a few events drawn by lot, and what a rule finds unusual.

A trail that nobody reads deters nobody. The lot is drawn from the last hash of the month, which nobody knows before
it ends; the rules look at the association's own people, never at what they wrote.
"""

import random
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from statistics import mean, pstdev
from types import MappingProxyType

from django.db.models import Max, QuerySet
from django.utils.translation import gettext_lazy

from jalon import journal
from jalon.access import Actor, Hidden, Role
from jalon.accounts import streets
from jalon.accounts.models import User
from jalon.config import clock
from jalon.directory import reads as directory
from jalon.journal.models import Entry
from jalon.vault import keys

from .access import dossiers_visible_to
from .models import Dossier, Identity, TrailReview
from .reads import Seen

SHARE, LEAST, MOST = 0.02, 20, 100  # drawn events: two in a hundred, between twenty and a hundred
OPENS, CLOSES = time(7), time(20)  # working hours, Paris; Sundays are outside
SIGMAS, NOTABLE = 3, 10  # a day of more files than the mean and three deviations, and ten at least
REFUSALS = 5  # refusals to one person in one day
KEPT_MONTHS = 12
RECUSED = "recused"  # the condition that the commission's room writes
Opened = tuple[str, str]
RULES = {
    "hours": gettext_lazy("en dehors des heures de travail"),
    "volume": gettext_lazy("bien plus de dossiers que d'habitude"),
    "refusals": gettext_lazy("plusieurs accès refusés"),
    "recused": gettext_lazy("a tenté d'ouvrir un dossier dont elle ou il est déporté"),
    "namesake": gettext_lazy("a ouvert le dossier d'une personne qui porte son nom"),
    "street": gettext_lazy("a ouvert le dossier d'une personne qui habite sa rue"),
}
# Where the persons of these files live, as the rooms above keep it, but for what this account wrote itself:
# (ids, account) → id, (address, town).
Places = Callable[[Collection[str], str], dict[str, tuple[str, str]]]
_places: list[Places] = []
FIELDS = ("seq", "at", "actor", "role", "organisation", "subject", "compartment", "verb", "decision", "conditions")


def register_places(known: Places) -> None:
    """A room above says where persons live, for the rule of the street alone."""
    if known not in _places:
        _places.append(known)


@dataclass(frozen=True)
class Hit:
    """What a rule found: which rule, whose day, how many."""

    rule: str
    who: str
    on: date
    count: int


@dataclass(frozen=True)
class Drawn:
    """One event of the lot, with the number of its file when it is still of the house."""

    seen: Seen
    number: str
    dossier: str


@dataclass(frozen=True)
class Month:
    """A month of the trail as its officer reads it."""

    first: date
    events: int
    hits: list[Hit] = field(default_factory=list)
    drawn: list[Drawn] = field(default_factory=list)
    compared: list[Dossier] = field(
        default_factory=list
    )  # the files whose address was opened to be compared, here alone
    review: TrailReview | None = None


def first_day(text: str) -> date:
    """« 2026-10 » → its first day; Hidden for anything else than a month that is over."""
    month = next((day for day in ended(clock.today()) if f"{day:%Y-%m}" == text), None)
    if month is None:
        raise Hidden
    return month


def bounds(first: date) -> tuple[datetime, datetime]:
    """The instants between which a month lies, in Paris."""
    after = (first.replace(day=1) + timedelta(days=32)).replace(day=1)
    start, end = (datetime.combine(day, time(), clock.PARIS) for day in (first.replace(day=1), after))
    return start, end


def ended(today: date) -> list[date]:
    """The last twelve months that are over, the latest first."""
    day, months = today, []
    for _each in range(KEPT_MONTHS):
        day = (day.replace(day=1) - timedelta(days=1)).replace(day=1)
        months.append(day)
    return months


def to_review(actor: Actor) -> list[date]:
    """The ended months in which somebody acted and that no officer has reread, the earliest first."""
    months = ended(clock.today())
    done = set(
        TrailReview.objects.filter(organisation=actor.organisation_id, month__in=months).values_list("month", flat=True)
    )
    since = bounds(months[-1])[0]
    first = _own(actor).filter(at__gte=since).order_by("seq").values_list("at", flat=True).first()
    if first is None:
        return []
    began = first.astimezone(clock.PARIS).date().replace(day=1)
    return [month for month in reversed(months) if month >= began and month not in done]


def month(actor: Actor, first: date) -> Month:
    """The lot and the findings of one month of the officer's organisation."""
    start, end = bounds(first)
    rows = list(_own(actor).filter(at__gte=start, at__lt=end).order_by("seq").only(*FIELDS))
    about = [row for row in rows if row.subject]
    last = rows[-1].seq if rows else 0
    seed = Entry.objects.filter(seq=last).values_list("hash", flat=True).first() or ""
    lot = draw(about, seed)
    users = directory.users_named(sorted({row.actor for row in rows if row.actor}))
    names = {pk: user.name for pk, user in users.items()}
    files = _files(actor)
    # Whoever tries a file of the house from which she is recused, of whatever house she is herself.
    tried = Entry.objects.filter(at__gte=start, at__lt=end, decision="refused", conditions=RECUSED)
    outside = [row for row in tried.order_by("seq").only(*FIELDS) if row.subject in files and row.actor not in users]
    called = {row.actor: str(directory.ROLE_NAMES.get(row.role, "")) for row in outside}
    near, neighbours, compared = same_street(actor, start, end, files)
    called |= {row.actor: str(directory.ROLE_NAMES.get(row.role, "")) for row in neighbours}
    # An officer, who reads no name of a file, would find it by changing her own: what officers opened is not compared.
    others = [row for row in about if row.role != Role.DPO and row.actor != actor.user_id]
    hits = findings([*rows, *outside], {**called, **names}, namesakes(others, names, files), by_day(neighbours, near))
    review = TrailReview.objects.filter(organisation=actor.organisation_id, month=first).first()
    return Month(first, len(rows), hits, [_drawn(row, names, files) for row in lot], compared, review)


def namesakes(rows: Iterable[Entry], names: Mapping[str, str], files: Mapping[str, tuple[str, str]]) -> set[Opened]:
    """Who opened the file of a person whose name she bears: (account, how the trail calls the file)."""
    opened = {(row.actor, row.subject) for row in rows if row.decision != "refused" and row.subject in files}
    borne = _family_names({files[subject][0] for _actor, subject in opened})
    staff = {pk: set(fold(name).split()) for pk, name in names.items()}
    return {
        (who, subject)
        for who, subject in opened
        if any(name <= staff.get(who, set()) for name in borne.get(files[subject][0], ()))
    }


def _family_names(ids: Collection[str]) -> dict[str, list[set[str]]]:
    """The family name and the birth name of each file, as words without accents."""
    found = {}
    for row in keys.with_key(Identity.objects.filter(dossier__in=ids), "G1", owner="dossier_id").exclude(sealed=b""):
        known = row.unseal(row.key_G1)  # type: ignore[attr-defined]
        words = [set(fold(known.get(key, "")).split()) for key in ("family_name", "birth_name")]
        found[row.dossier_id] = [name for name in words if name]
    return found


def fold(text: str) -> str:
    """Words without case, accents or hyphens, to compare two names."""
    plain = unicodedata.normalize("NFKD", text.casefold())
    return "".join(" " if char in "-'’" else char for char in plain if not unicodedata.combining(char))


def same_street(
    actor: Actor, start: datetime, end: datetime, files: Mapping[str, tuple[str, str]]
) -> tuple[set[Opened], list[Entry], list[Dossier]]:
    """Who opened the file of a person of her own street, the events, and the files whose address was compared.

    Whoever reads a file of the house, of whatever house she is herself, if she gave her street; no address of a file
    whose places are frozen at the person's request is opened. Nobody finds an address by trying streets: a street
    counts for what is opened once it was given, never for what the officer opens, never for her who reads this page;
    nor a colleague's street by trying addresses: one that she wrote herself is not compared.
    """
    given = dict(User.objects.exclude(street="").exclude(pk=actor.user_id).values_list("pk", "street"))
    if not given or not _places:
        return set(), [], []
    told = Entry.objects.filter(verb="keep_street", actor__in=given).values_list("actor")
    since = dict(told.annotate(Max("at")))
    rows = Entry.objects.filter(at__gte=start, at__lt=end, actor__in=given).exclude(decision="refused")
    rows = rows.exclude(role=Role.DPO).order_by("seq").only(*FIELDS)
    opened = [row for row in rows if row.subject in files and row.at >= since.get(row.actor, end)]
    free = Dossier.objects.filter(pk__in={files[row.subject][0] for row in opened}).exclude(restricted__contains="C3")
    asked = {row.pk: row for row in free.order_by("pk")}
    lives = {pk: place for known in _places for pk, place in known(list(asked), actor.user_id).items()} if asked else {}
    near = {
        (row.actor, row.subject)
        for row in opened
        if (place := lives.get(files[row.subject][0])) and streets.same(row.actor, given[row.actor], *place)
    }
    return near, [row for row in opened if (row.actor, row.subject) in near], [asked[pk] for pk in sorted(lives)]


def by_day(rows: Iterable[Entry], pairs: Collection[Opened]) -> dict[tuple[date, str], set[str]]:
    """The files of these pairs, by the day and the account that opened them."""
    found: dict[tuple[date, str], set[str]] = defaultdict(set)
    for row in rows:
        if (row.actor, row.subject) in pairs:
            found[row.at.astimezone(clock.PARIS).date(), row.actor].add(row.subject)
    return found


def draw(rows: list[Entry], seed: str) -> list[Entry]:
    """Two in a hundred, in their order: the same lot for the same seed."""
    size = min(len(rows), max(LEAST, min(MOST, round(len(rows) * SHARE))))
    lot = random.Random(seed).sample(rows, size)  # noqa: S311 the seed is a hash that nobody knew beforehand
    return sorted(lot, key=lambda row: row.seq)


def findings(
    rows: Iterable[Entry],
    names: Mapping[str, str],
    same: Collection[Opened] = (),
    neighbours: Mapping[tuple[date, str], set[str]] = MappingProxyType({}),  # noqa: B008 it cannot change
) -> list[Hit]:
    """Hours, volumes, refusals, recusals, namesakes, streets: each person's day is told once a rule."""
    recused: Counter[tuple[date, str]] = Counter()
    homonyms: dict[tuple[date, str], set[str]] = defaultdict(set)
    outside: Counter[tuple[date, str]] = Counter()
    refused: Counter[tuple[date, str]] = Counter()
    looked: dict[tuple[date, str], set[str]] = defaultdict(set)
    for row in rows:
        moment = row.at.astimezone(clock.PARIS)
        key = (moment.date(), row.actor)
        if row.decision == "refused":
            refused[key] += 1
            recused[key] += row.conditions == RECUSED
        if not row.subject:
            continue
        if (row.actor, row.subject) in same:
            homonyms[key].add(row.subject)
        looked[key].add(row.subject)
        if moment.weekday() == 6 or not OPENS <= moment.time() < CLOSES:
            outside[key] += 1
    volumes = {key: len(subjects) for key, subjects in looked.items()}
    limit = max(NOTABLE, mean(volumes.values()) + SIGMAS * pstdev(volumes.values())) if volumes else NOTABLE
    found = [("hours", key, count) for key, count in outside.items()]
    found += [("volume", key, count) for key, count in volumes.items() if count > limit]
    found += [("refusals", key, count) for key, count in refused.items() if count >= REFUSALS]
    found += [("recused", key, count) for key, count in recused.items() if count]
    found += [("namesake", key, len(subjects)) for key, subjects in homonyms.items()]
    found += [("street", key, len(subjects)) for key, subjects in neighbours.items()]
    return [
        Hit(rule, names.get(who, ""), on, count) for rule, (on, who), count in sorted(found, key=lambda one: one[1])
    ]


def _own(actor: Actor) -> QuerySet[Entry]:
    return Entry.objects.filter(organisation=actor.organisation_id).exclude(role="PER")


def _files(actor: Actor) -> dict[str, tuple[str, str]]:
    """How the trail calls each file of the house → its id and number."""
    rows = dossiers_visible_to(actor)
    return {journal.subject_ref(row): (row.pk, row.number) for row in rows}


def _drawn(row: Entry, names: Mapping[str, str], files: Mapping[str, tuple[str, str]]) -> Drawn:
    dossier, number = files.get(row.subject, ("", ""))
    refused = row.decision == "refused"
    seen = Seen(row.at, names.get(row.actor, ""), row.role, "", row.verb, row.compartment, refused)
    return Drawn(seen, number, dossier)
