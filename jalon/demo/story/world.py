"""The world file, and how its names lead to rows. Nothing is kept in memory that a later run could not find again."""

import json
from collections.abc import Iterator
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Any

from jalon.access import Actor
from jalon.accounts.models import User
from jalon.commissions.models import AgendaItem, Meeting
from jalon.commissions.states import ItemState, MeetingState
from jalon.config import clock
from jalon.demo.accounts import Account
from jalon.directory.models import Organisation
from jalon.dossiers.models import Application
from jalon.people import access as people
from jalon.people.models import Dossier

FILE = Path(__file__).parents[1] / "world.json"

ROLES = {
    "intervenante_sociale": "REF",
    "intervenant_social": "REF",
    "cheffe_de_service": "MGR",
    "representante_legale": "MGR",
    "conseiller_emploi": "EMP",
    "directrice_territoriale_emploi": "EMP",
    "secretariat_commission": "SEC",
    "membre_commission": "MEM",
    "prefet_representant": "PRE",
    "agent_sejour": "ETR",
    "administration_centrale": "STA",
    "administration_technique": "OPS",
}
# The story names no manager for the association of the Hérault, and a package must be signed by one; nor the direction
# of the agencies of the Hérault and the Isère, which sign their conventions.
ADDED = (
    Account(
        id="cs-aline34",
        name="Aline Peyrelade-Souche",
        role="MGR",
        organisation="org-figuier",
        department="34",
        title="cheffe de service",
    ),
    Account(
        id="ft-dir34",
        name="Solveig Arnal-Castries",
        role="EMP",
        organisation="pub-ft-34",
        department="34",
        title="directrice territoriale",
    ),
    Account(
        id="ft-dir38",
        name="Baptiste Revol-Chartreuse",
        role="EMP",
        organisation="pub-ft-38",
        department="38",
        title="directeur territorial",
    ),
)
MANAGERS = {"org-calandre": "cs-odile", "org-figuier": "cs-aline34", "org-belleaurore": "cs-mado38"}
SECRETARIES = {"30": "dd-anouk", "34": "dd-noemie34", "38": "dd-sabine38"}
PREFECTS = {"30": "pref-30", "34": "pref-34", "38": "pref-38"}
PREFECTURES = {"30": "Préfecture du Gard", "34": "Préfecture de l'Hérault", "38": "Préfecture de l'Isère"}

# The story opened three spaces at the office, with one and the same phrase.
PHRASE = "lune pomme bateau soleil clef jardin"
PERSONS = tuple(
    Account(name, "", "PER", "org-calandre", "30", dossier=number, phrase=PHRASE)
    for name, number in (("per-alize", "30-2019-001"), ("per-garance", "30-2019-007"), ("per-hysope", "30-2019-008"))
)

# She moves before the commission of the new department treats her file (the world says: on the day of the next period).
MOVED = {"30-2019-006": date(2020, 12, 1)}
NEW_REFERENT = "ts-jeanne34"
# What the histories of two dossiers say of an earlier request: put off once, refused then admitted after an appeal.
EARLIER_ITEMS: dict[str, list[dict[str, Any]]] = {
    "34-2023-05-25": [
        {
            "dossier_id": "34-2023-002",
            "type": "entree",
            "minutes_planned": 15,
            "opinion": None,
            "note_fr": "Pièce d'identité à compléter",
        }
    ],
    "34-2023-11-23": [{"dossier_id": "34-2024-001", "type": "entree", "minutes_planned": 15, "opinion": "defavorable"}],
}


def day(text: str | None) -> date | None:
    return date.fromisoformat(text[:10]) if text else None


def must(text: str | None) -> date:
    found = day(text)
    if found is None:
        raise ValueError("a date is missing in the world")
    return found


class World:
    """The file, the accounts made from it (``ids``: name in the world → public id), and finders."""

    def __init__(self, ids: dict[str, str] | None = None) -> None:
        self.data: dict[str, Any] = json.loads(FILE.read_text(encoding="utf-8"))
        self.ids = ids if ids is not None else {}
        self._actors: dict[str, Actor] = {}
        self._ids: dict[str, str] = {}
        self._users: dict[str, User] = {}

    # --- the file ------------------------------------------------------------------------------------------
    @cached_property
    def accounts(self) -> list[Account]:
        found = []
        for user in self.data["users"]:
            role = ROLES[user["role"]]
            found.append(
                Account(
                    id=user["id"],
                    name=user["display"],
                    role=role,
                    organisation=user["organisation_id"],
                    department="" if role in ("STA", "OPS") else user["department"] or "",
                    title=user.get("title", ""),
                    college=user.get("college", ""),
                    login=user["login"],
                )
            )
        return [*found, *ADDED]

    @property
    def persons(self) -> tuple[Account, ...]:
        return PERSONS

    @property
    def dossiers(self) -> list[dict[str, Any]]:
        return list(self.data["dossiers"])

    @cached_property
    def meetings(self) -> list[dict[str, Any]]:
        """The meetings, with the files that the histories of two dossiers place on their agendas."""
        found = list(self.data["commission_sessions"])
        for meeting in found:
            meeting["agenda"] = [*meeting["agenda"], *EARLIER_ITEMS.get(meeting["id"], ())]
        return sorted(found, key=lambda meeting: str(meeting["date"]))

    def offer(self, placement: dict[str, Any]) -> tuple[str, str]:
        """The title of a placement, and the organisation that gives it."""
        offer = self.data["offers"].get(placement.get("offer") or "", {})
        title = placement.get("title") or offer.get("title") or ""
        return title, self.name_of(placement.get("org") or offer.get("organisation_id") or "")

    def name_of(self, organisation_id: str) -> str:
        return next((o["name"] for o in self.data["organisations"] if o["id"] == organisation_id), "")

    # --- who -------------------------------------------------------------------------------------------------
    def user(self, name: str) -> User:
        if name not in self._users:
            self._users[name] = User.objects.get(pk=self.ids[name])
        return self._users[name]

    def organisation(self, organisation_id: str) -> Organisation:
        return Organisation.objects.get(pk=organisation_id)

    def actor(self, name: str) -> Actor:
        """The account as the loader lets it act: its identity confirmed, as after a step-up."""
        if name not in self._actors:
            account = next(account for account in self.accounts if account.id == name)
            self._actors[name] = Actor(
                user_id=self.ids[name],
                role=account.role,
                organisation_id=account.organisation,
                department=account.department,
                stepped_up=True,
            )
        return self._actors[name]

    def referent(self, number: str) -> Actor:
        """Who is her referent today: she may have moved."""
        moved = MOVED.get(number)
        if moved and clock.today() > moved:
            return self.actor(NEW_REFERENT)
        return self.actor(self.story(number)["referent_user_id"])

    def secretary(self, department: str) -> Actor:
        return self.actor(SECRETARIES[department])

    def prefect(self, department: str) -> Actor:
        return self.actor(PREFECTS[department])

    @cached_property
    def _stories(self) -> dict[str, dict[str, Any]]:
        return {one["id"]: one for one in self.data["dossiers"]}

    # --- what ------------------------------------------------------------------------------------------------
    def story(self, number: str) -> dict[str, Any]:
        return self._stories[number]

    def dossier(self, actor: Actor, number: str) -> Dossier:
        """The dossier as this actor's scope gives it, with its facts."""
        if number not in self._ids:
            self._ids[number] = Dossier.objects.values_list("pk", flat=True).get(number=number)
        seen = people.seen(actor, self._ids[number])
        if seen is None:
            raise LookupError(f"{number} is out of the scope of this {actor.role}")
        return seen

    def application(self, number: str, actor: Actor | None = None) -> Application:
        """The last request of a dossier; with ``actor``, its dossier is the one of this actor's scope."""
        rows = Application.objects.filter(dossier__number=number)
        found = (rows if actor else rows.select_related("dossier")).order_by("-rank").first()
        if found is None:
            raise LookupError("no request yet")
        if actor:
            found.dossier = self.dossier(actor, number)
        return found

    def meeting(self, department: str, on: date) -> Meeting:
        rows = Meeting.objects.filter(department=department, on=on)
        return rows.exclude(state=MeetingState.CANCELLED).first() or rows.get()

    def items(self, meeting: Meeting) -> Iterator[AgendaItem]:
        rows = meeting.items.filter(state=ItemState.SCHEDULED, application__isnull=False)
        yield from rows.select_related("application__dossier", "meeting").order_by("position")
