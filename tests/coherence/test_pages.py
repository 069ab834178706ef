"""A list shows fifty lines at most and its next page the others (security study, 2h: an account that is taken over
carries away a page, not a department).

The pages are walked with more than fifty rows of each kind, written in bulk; and no read that a page shows cuts its
rows at more than fifty, unless it is named here with its reason: what is cut cannot be reached.
"""

import ast
from collections.abc import Iterable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction
from django.db.models import Model
from django.test import Client
from django.urls import reverse

from jalon import journal
from jalon.access.models import BreakGlass, ReadingAlert
from jalon.commissions.models import Meeting
from jalon.config import clock
from jalon.conventions.models import Convention, ConventionMessage
from jalon.conventions.tests.factories import ENDS, STARTS, make_parties
from jalon.directory.models import Accreditation
from jalon.directory.tests.factories import browser
from jalon.dossiers.models import Application
from jalon.journal.models import Entry
from jalon.journeys.models import Decision, PayerLine, PayerSheet
from jalon.notices.models import Deadline
from jalon.offers.models import Orientation
from jalon.people import oversight
from jalon.people.models import Agreement, Assignment, Dossier, Erasure, Identity, RightsRequest, Share
from jalon.people.tests.factories import Team, make_team
from jalon.support.models import Appointment, LiaisonMessage, LiaisonThread, Placement
from jalon.ui import paging
from jalon.vault import keys
from jalon.vault.models import seal_many

ROOT = Path(__file__).resolve().parents[2]
MANY = paging.A_PAGE + 3
DAY = date(2026, 3, 2)

LETTERS = "letters of a text, not rows"
CHOICES = "choices of a form that acts, not a list that is read"
ONE = "of one person: read whole to be understood, and by the papers of her file; a handful in practice"
FOUND = "rows compared with what is searched; what is shown of them is a page"
# Reads that cut at more than fifty, and why it takes nothing from a page.
NAMED = {
    "conventions/reads/agreements.py:predecessors": CHOICES,
    "conventions/reads/pairs.py:hand_overs": ONE,
    "conventions/reads/pairs.py:pair": CHOICES,
    "directory/reads/members.py:holders": CHOICES,
    "directory/reads/members.py:organisations": CHOICES,
    "directory/reads/members.py:people_in": CHOICES,
    "notices/reads.py:of_dossier": ONE,
    "offers/reads/fresh.py:freshness": "the last runs of a fetch, of which one date is shown",
    "offers/reads/orientations.py:chosen": CHOICES,
    "offers/reads/resumes.py:_begun": LETTERS,
    "people/reads/persons.py:aliases": "aliases in use, compared with a new one and not shown",
    "people/reads/persons.py:search": FOUND,
    "reporting/reads.py:technical": "messages that wait, counted",
    "space/reads.py:readers": "the trail of one file, counted by month",
    "support/reads/calendars.py:text": "a calendar's file, which another program reads whole",
    "support/reads/caseload.py:_whole": FOUND,
    "support/reads/caseload.py:build": FOUND,
    "support/reads/homes.py:excerpt": LETTERS,
    "support/reads/plan.py:layers": ONE,
    "support/reads/plan.py:open_steps": ONE,
    "support/reads/scales.py:scales": ONE,
}


@pytest.fixture
def team(db):
    with clock.at(DAY):
        yield make_team()


def rows(model: type[Model], given: Iterable[dict[str, Any]], sealed: Any = None) -> list[Any]:
    made = [model(**one) for one in given]
    if sealed is not None:
        seal_many((row, sealed) for row in made)
    return model._base_manager.bulk_create(made)


def files(team: Team, stage: str, groups: Iterable[str] = ("G1",), **given: Any) -> list[Dossier]:
    """More than fifty files of the association at this stage, each with its keys and a sealed identity."""
    common = {"organisation": team.organisation, "department": team.department, "stage": stage}
    common |= {"opened_on": DAY, "last_contact_on": DAY, **given}
    made = rows(Dossier, ({**common, "number": f"31-2026-{n:04}"} for n in range(1, MANY + 1)))
    keys.ensure_many([row.pk for row in made], groups)
    rows(Identity, ({"dossier": row} for row in made), {"alias": "Fleur"})
    rows(
        Agreement,
        ({"dossier": row, "given_on": DAY, "recorded_by": team.ref.user} for row in made),
        {"language": "fr"},
    )
    return made


def numbers(made: Iterable[Dossier]) -> set[str]:
    return {row.number for row in made}


def ids(made: Iterable[Any]) -> set[str]:
    return {row.pk for row in made}


def walked(client: Client, url: str, wanted: set[str], name: str = "page", verb: str = "") -> None:
    """Fifty of the wanted words on the first page, the others on the second; the trail has the rows shown."""
    found = []
    for number in (1, 2):
        answer = client.get(url, {name: number})
        assert answer.status_code == 200
        text = answer.content.decode()
        found.append({one for one in wanted if one in text})
        if number == 1:
            assert f"{name}=2" in text
        if verb:
            assert Entry.objects.filter(verb=verb).latest("seq").count <= paging.A_PAGE
    assert len(found[0]) == paging.A_PAGE
    assert found[1] == wanted - found[0]


def requests(made: list[Dossier], state: str) -> list[Application]:
    common = {"kind": "engagement", "rank": 1, "state": state, "department": "31", "form_version": "1"}
    return rows(Application, ({**common, "dossier": row, "opened_on": DAY, "submitted_on": DAY} for row in made))


def test_the_secretariat_s(team):
    made = files(team, "S2")
    requests(made, "submitted")
    client = team.browser("SEC")
    walked(client, "/", numbers(made), verb="list")
    walked(client, reverse("commissions:received"), numbers(made), verb="list")
    days = (DAY - timedelta(days=400 + n) for n in range(MANY))
    held = rows(Meeting, ({"department": "31", "on": on, "state": "signed", "window_ends_on": on} for on in days))
    walked(client, reverse("commissions:meetings"), ids(held))


def test_what_is_decided(team):
    waiting = files(team, "S4", ("G1", "G6"))
    requests(waiting, "opined")
    client = team.browser("PRE")
    walked(client, "/", numbers(waiting), verb="list")
    Application.objects.update(state="decided", decided_on=DAY)
    common = {"department": "31", "kind": "authorise", "state": "signed", "drafted_on": DAY, "signed_on": DAY}
    rows(Decision, ({**common, "dossier": row} for row in waiting))
    walked(client, "/", numbers(waiting), "signed")
    Dossier.objects.update(stage="S4")
    rows(Share, ({"dossier": r, "organisation": team.etr.organisation, "given_on": DAY, "ends_on": DAY,
                  "recorded_by": team.ref.user} for r in waiting), {"what": []})  # fmt: skip
    walked(team.browser("ETR"), "/", numbers(waiting), verb="list")


def test_what_is_told_to_the_payer(team):
    sec = team.sec
    common = {"department": "31", "organisation": sec.organisation, "prepared_on": DAY, "prepared_by": sec.user}
    sheets = rows(PayerSheet, (common for _ in range(MANY)))
    client = team.browser("SEC", stepped_up=True)
    walked(client, reverse("journeys:payer"), ids(sheets))
    made = files(team, "S5", ("G1", "G6"))
    common = {"department": "31", "event": "granted", "on": DAY, "sheet": sheets[0]}
    rows(PayerLine, ({**common, "dossier": row} for row in made), {"amount": "330.00", "children": 0})
    sheet = reverse("journeys:payer_sheet", args=[sheets[0].pk])
    walked(client, sheet, numbers(made), verb="list")
    PayerSheet.objects.update(prepared_by=team.ref.user)  # then another validates it, once she has seen the last line
    release = f'action="{reverse("journeys:release_sheet", args=[sheets[0].pk])}"'
    assert [release in client.get(sheet, {"page": n}).content.decode() for n in (1, 2)] == [False, True]


def test_who_waits_in_the_survey(team):
    made = files(team, "S2")
    requests(made, "submitted")
    walked(team.browser("SEC"), reverse("reporting:survey"), numbers(made), verb="list")


def test_the_month_of_the_trail(team, monkeypatch):
    monkeypatch.setattr(oversight, "LEAST", MANY)  # so long a lot takes thousands of events
    made = files(team, "S1")
    with transaction.atomic():
        for row in made:
            journal.record(team.actor("REF"), "read", row, compartment="C10")
    with clock.at(DAY + timedelta(days=40)):
        client = team.browser("DPO", stepped_up=True)
        found = oversight.month(team.actor("DPO"), DAY.replace(day=1)).drawn
        answers = [client.get(f"/trail/2026-03/?page={number}") for number in (1, 2)]
        pages = [answer.context["drawn"] for answer in answers]
        assert ['name="outcome"' in answer.content.decode() for answer in answers] == [False, True]  # once all is seen
        assert [len(page) for page in pages] == [paging.A_PAGE, len(found) - paging.A_PAGE]
        assert [*pages[0], *pages[1]] == found


def test_what_an_association_leaves_behind(team):
    made = files(team, "S5")
    row = rows(Accreditation, [{"organisation": team.organisation, "department": "31", "received_on": DAY}])[0]
    walked(team.browser("MGR"), reverse("journeys:successors", args=[row.pk]), numbers(made), verb="list")


def test_the_manager_s(team):
    made = files(team, "S1")
    client = team.browser("MGR")
    walked(client, "/", numbers(made), "alone", verb="team")
    rows(Assignment, ({"dossier": r, "user": team.ref.user, "organisation": team.organisation, "kind": "referent",
                       "starts_on": DAY} for r in made))  # fmt: skip
    common = {"organisation": team.organisation, "department": "31", "kind": "permit_end", "role": "REF"}
    late = DAY - timedelta(days=9)
    Deadline.objects.bulk_create(Deadline(**common, dossier=row.pk, on=late) for row in made)
    walked(client, "/", numbers(made), "late", verb="team")
    walked(team.browser("REF"), "/", ids(made), verb="caseload")
    walked(team.browser("REF"), reverse("people:dossiers"), ids(made))


def test_the_adviser_s(team):
    made = files(team, "S1")
    common = {"user": team.emp.user, "organisation": team.agency, "kind": "adviser", "starts_on": DAY}
    rows(Assignment, ({**common, "dossier": row} for row in made))
    common = {"organisation": team.agency, "given_on": DAY, "recorded_by": team.ref.user}
    rows(Share, ({**common, "dossier": row} for row in made), {"what": ["projet"], "not_shared": []})
    walked(team.browser("EMP"), "/", ids(made), verb="adviser_home")


def test_the_officer_s(team):
    made = files(team, "S6", closed_on=DAY)
    client = team.browser("DPO")
    walked(client, "/", numbers(made), verb="list_closed")
    Dossier.objects.update(stage="S5")
    common = {"right": "access", "asked_on": DAY, "due_on": DAY, "recorded_by": team.ref.user}
    asked = rows(RightsRequest, ({**common, "dossier": row} for row in made), {"words": "Voir."})
    walked(client, "/", ids(asked), "asked")
    now = clock.now()
    opened = {"user": team.mgr.user_id, "category": "danger", "opened_at": now, "expires_at": now}
    rows(BreakGlass, ({**opened, "dossier_id": row.pk} for row in made), {"reason": "Danger."})
    walked(client, "/", {reverse("people:review_openings", args=[row.pk]) for row in made}, "openings")
    rows(Erasure, ({"dossier": row, "erased_on": DAY, "reason": "term"} for row in made))
    walked(client, reverse("people:eliminations"), numbers(made), verb="list_eliminations")
    common = {"user": team.ref.user_id, "organisation_id": team.organisation.pk, "files": 60}
    days = [DAY - timedelta(days=n) for n in range(MANY)]
    rows(ReadingAlert, ({**common, "span": "day", "on": on} for on in days))
    walked(client, "/", {f"<li>{on:%d/%m/%Y} ·" for on in days}, "alerts")
    stopped = rows(ReadingAlert, ({**common, "span": "stop", "on": on} for on in days))
    walked(client, reverse("people:stops"), ids(stopped))


def test_one_person_s(team):
    dossier = files(team, "S5", ("G1", "G4", "GS"))[0]
    ref = team.ref
    Assignment.objects.create(
        dossier=dossier, user=ref.user, organisation=ref.organisation, kind="referent", starts_on=DAY
    )
    client, thread = team.browser("REF"), LiaisonThread.objects.create(dossier=dossier, opened_on=DAY)
    instants = [clock.now() - timedelta(hours=n) for n in range(MANY)]
    common = {"dossier": dossier, "author": ref.user}
    for name, model, words in (
        (
            "thread",
            LiaisonMessage,
            ({**common, "thread": thread, "from_agency": False, "sent_at": at} for at in instants),
        ),
        ("appointments", Appointment, ({**common, "at": at} for at in instants)),
        ("placements", Placement, ({"dossier": dossier, "kind": "job", "starts_on": DAY} for _at in instants)),
    ):
        made = [model(**one) for one in words]
        seal_many((row, {"text": f"Mot {n:03}", "title": f"Mot {n:03}"}) for n, row in enumerate(made))
        model._base_manager.bulk_create(made)
        walked(client, reverse(f"support:{name}", args=[dossier.pk]), {f"Mot {n:03}" for n in range(MANY)})
    given = rows(Orientation, ({"dossier": dossier, "prepared_on": DAY} for _ in range(MANY)), {"name": "Chantier"})
    walked(client, reverse("offers:orientations"), ids(given), verb="read")
    walked(client, reverse("offers:person", args=[dossier.pk]), ids(given))


def test_what_two_structures_agreed(db):
    with clock.at(STARTS):
        parties = make_parties()
        common = {"department": "30", "association": parties.association, "agency": parties.agency}
        common |= {"title": "Convention", "starts_on": STARTS, "ends_on": ENDS}
        made = rows(Convention, (common for _ in range(MANY)))
        client = browser(parties.manager)
        walked(client, reverse("conventions:conventions"), ids(made))
        common = {"convention": made[0], "author": parties.adviser.user, "from_agency": True}
        told = [ConventionMessage(**common, sent_at=clock.now() - timedelta(hours=n)) for n in range(MANY)]
        seal_many((row, {"text": f"Mot {n:03}"}) for n, row in enumerate(told))
        ConventionMessage.objects.bulk_create(told)
        words = {f"Mot {n:03}" for n in range(MANY)}
        address, seen = (reverse(f"conventions:{name}", args=[made[0].pk]) for name in ("thread", "seen"))
        walked(client, address, words)  # a page of old messages does not say that the last ones are read
        assert [seen in client.get(address, {"page": n}).content.decode() for n in (1, 2)] == [True, False]


def test_the_accreditations(team):
    days = (DAY - timedelta(days=n) for n in range(MANY))
    common = {"organisation": team.organisation, "department": "31"}
    made = rows(Accreditation, ({**common, "received_on": on} for on in days))
    client = team.browser("SEC")
    walked(client, reverse("directory:accreditations"), ids(made))
    walked(client, "/", ids(made), "agrements")


# --- what a read cuts --------------------------------------------------------------------------------------------
def _value(node: ast.expr, known: dict[str, int]) -> int | None:
    if isinstance(node, ast.Constant) and isinstance(node.value, int):
        return node.value
    return known.get(node.id) if isinstance(node, ast.Name) else None


def _numbers(path: Path) -> dict[str, int]:
    """The whole numbers that a module names, those of ``from .x import Y`` too."""
    found: dict[str, int] = {}
    for node in ast.parse(path.read_text()).body:
        if isinstance(node, ast.ImportFrom) and node.level == 1 and node.module:
            other = path.with_name(f"{node.module}.py")
            taken = {alias.name for alias in node.names}
            found |= {
                name: value for name, value in (_numbers(other) if other.exists() else {}).items() if name in taken
            }
        if isinstance(node, ast.Assign) and len(node.targets) == 1:
            target, given = node.targets[0], node.value
            pairs = [(target, given)]
            if isinstance(target, ast.Tuple) and isinstance(given, ast.Tuple):
                pairs = list(zip(target.elts, given.elts, strict=True))
            found |= {
                name.id: value.value
                for name, value in pairs
                if isinstance(name, ast.Name) and isinstance(value, ast.Constant) and isinstance(value.value, int)
            }
    return found


def _cuts(path: Path) -> Iterable[tuple[str, int]]:
    known = _numbers(path)
    for function in ast.walk(ast.parse(path.read_text())):
        if isinstance(function, ast.FunctionDef):
            for node in ast.walk(function):
                if (
                    isinstance(node, ast.Subscript)
                    and isinstance(node.slice, ast.Slice)
                    and node.slice.upper is not None
                ):
                    value = _value(node.slice.upper, known)
                    if value is not None and value > paging.A_PAGE:
                        yield function.name, value


def test_no_read_cuts_at_more_than_a_page_unless_named():
    found = {
        f"{path.relative_to(ROOT / 'jalon')}:{name}"
        for path in sorted((ROOT / "jalon").glob("*/reads/**/*.py")) + sorted((ROOT / "jalon").glob("*/reads.py"))
        for name, _value_ in _cuts(path)
    }
    assert found == set(NAMED)
