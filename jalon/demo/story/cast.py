"""Organisations, accreditations, accounts and seats: everything that exists before the first meeting."""

from datetime import date, timedelta

from jalon.access import SYSTEM
from jalon.commissions import actions as commissions
from jalon.commissions.composition import by_code
from jalon.demo import accounts
from jalon.demo.timeline import DIRECTORY, Timeline
from jalon.directory import actions as directory
from jalon.law.commission import term_end

from .world import PREFECTS, World, must

KINDS = {
    "association_agreee": "association",
    "operateur_emploi": "employment_agency",
    "prefecture": "prefecture",
    "ddets": "ddets",
    "departement": "department_council",
    "commune": "town",
    "payeur": "payer",
    "hebergement": "housing",
    "organisme_formation": "training_body",
    "siae": "work_integration",
    "employeur": "employer",
    "garde_enfants": "childcare",
}
BEGINNING = date(2018, 1, 8)
# Express approvals by association: the orders that followed each other until now.
ACCREDITED = {
    "org-calandre": ("30", ["2018-03-12", "2021-03-12"]),
    "org-figuier": ("34", ["2017-09-04", "2020-09-04", "2023-09-04", "2026-09-04"]),
    "org-belleaurore": ("38", ["2018-01-15", "2021-01-15", "2024-01-15"]),
}
# Seats of the two commissions whose members have no account in this world.
SEATS = (
    ("magistrat judiciaire", "pub-prefecture-{d}"),
    ("conseil départemental de l'ordre des médecins", "pub-prefecture-{d}"),
    ("sécurité publique", "pub-prefecture-{d}"),
    ("groupement de gendarmerie", "pub-prefecture-{d}"),
    ("direction départementale de l'emploi", "pub-ddets-{d}"),
    ("opérateur de l'emploi", "pub-ft-{d}"),
)
SEATS_UNTIL = date(2030, 12, 31)


def plan(world: World, timeline: Timeline) -> None:
    """Everybody exists from the beginning."""
    timeline.add(BEGINNING, DIRECTORY, lambda: _organisations(world))
    timeline.add(BEGINNING, DIRECTORY, lambda: _accounts(world))


def plan_department(world: World, timeline: Timeline, department: str) -> None:
    """The approvals of its association, the seats of its commission."""
    for organisation_id, (where, granted) in ACCREDITED.items():
        for text in granted if where == department else ():
            timeline.add(
                max(must(text), BEGINNING), DIRECTORY, _accredit(world, organisation_id, department, must(text))
            )
    first = min(must(one["date"]) for one in world.meetings if one["department"] == department) - timedelta(days=100)
    while first < SEATS_UNTIL:  # a mandate lasts three years, then is renewed (COM-14)
        ends_on = term_end(first)
        timeline.add(first, DIRECTORY, _seats(world, department, first, ends_on))
        first = ends_on + timedelta(days=1)


def _organisations(world: World) -> None:
    for given in world.data["organisations"]:
        history = given.get("name_history") or [{"name": given["name"]}]
        made = directory.register_organisation(
            SYSTEM,
            kind=KINDS[given["kind"]],
            name=history[0]["name"],
            department=given["department"] or "",
            id=given["id"],
        )
        for later in history[1:]:
            directory.rename_organisation(SYSTEM, made, name=later["name"], starts_on=must(later["from"]))


def _accounts(world: World) -> None:
    for account in world.accounts:
        user, _membership = accounts.create(account, world.organisation(account.organisation))
        world.ids[account.id] = user.pk


def _accredit(world: World, organisation_id: str, department: str, granted_on: date):  # type: ignore[no-untyped-def]
    number = next(o for o in world.data["organisations"] if o["id"] == organisation_id)["agreement"]["order_no"]

    def act() -> None:
        directory.record_accreditation(
            SYSTEM,
            organisation=world.organisation(organisation_id),
            department=department,
            received_on=granted_on - timedelta(days=75),
            granted_on=granted_on,
            order_number=number,
        )

    return act


# Which place of the composition each member of the world fills.
PLACES = {
    "préfet, présidence": "chair",
    "magistrat judiciaire": "magistrate",
    "unité départementale travail et emploi": "labour",
    "sécurité publique": "police",
    "groupement de gendarmerie": "gendarmerie",
    "service du séjour": "foreigners",
    "éducation nationale": "education",
    "conseil départemental de l'ordre des médecins": "doctor",
    "commune": "local_authority",
    "conseil départemental": "local_authority",
    "association agréée": "association",
}


def _seats(world: World, department: str, starts_on: date, ends_on: date):  # type: ignore[no-untyped-def]
    """The préfet presides, each member has a seat, and so has the association, recused on its own files."""

    def name(college: str, organisation_id: str, user: str = "", chair: bool = False) -> None:
        place = PLACES.get(college, "")
        if place == "labour" and place not in by_code(department, starts_on):
            place = "social_cohesion"  # one service since April 2021
        commissions.name_seat(
            world.secretary(department),
            department=department,
            college=college,
            organisation=world.organisation(organisation_id),
            user=world.user(user) if user else None,
            is_chair=chair,
            place=place,
            starts_on=starts_on,
            ends_on=ends_on,
        )

    def act() -> None:
        name("préfet, présidence", f"pub-prefecture-{department}", PREFECTS[department], chair=True)
        members = [a for a in world.accounts if a.role == "MEM" and a.department == department]
        for member in members:
            name(member.college, member.organisation, member.id)
        if not members:
            for college, organisation in SEATS:
                name(college, organisation.format(d=department))
        for desk in (a for a in world.accounts if a.role == "ETR" and a.department == department):
            name("service du séjour", desk.organisation, desk.id)
        name("association agréée", next(k for k, v in ACCREDITED.items() if v[0] == department))

    return act
