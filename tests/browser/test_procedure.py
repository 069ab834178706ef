"""Every screen of the procedure, by its number in the list: accessible in both colours, and on a telephone."""

import json

import pytest

from tests.browser.fixtures import Visits
from tests.browser.serving import serve
from tests.browser.test_look import accessible, ids

__all__ = ["ids"]
pytestmark = [pytest.mark.proof, pytest.mark.xdist_group("procedure")]
# Those of test_look (homes, file, task list, one part, session room, reading sheet, steering) are looked at there; what
# is asked of an association, in the story of a department.
SCREENS = {
    "9 persons": ("ref.a1", "/dossiers/"),
    "10 new person": ("ref.a1", "/dossiers/new/"),
    "11 file of a first contact": ("ref.a1", "/dossiers/{31-2026-001}/"),
    "11 identity": ("ref.a1", "/dossiers/{31-2026-002}/identity/"),
    "12 safe contact": ("ref.a1", "/dossiers/{31-2026-002}/contact/"),
    "13 agreements and shares": ("ref.a1", "/dossiers/{31-2026-006}/agreements/"),
    "13 a new share": ("ref.a1", "/dossiers/{31-2026-006}/shares/new/"),
    "13 her agreement": ("ref.a1", "/dossiers/{31-2026-001}/agreements/new/"),
    "14 notes": ("ref.a1", "/notes/{31-2026-006}/all/"),
    "15 scale": ("ref.a1", "/scale/{31-2026-006}/"),
    "17 life path": ("ref.a1", "/applications/{application 31-2026-002}/parts/life_path/"),
    "17 needs": ("ref.a1", "/applications/{application 31-2026-002}/parts/needs/"),
    "18 summary": ("ref.a1", "/applications/{application 31-2026-002}/parts/summary/"),
    "19 papers": ("ref.a1", "/applications/{application 31-2026-002}/pieces/"),
    "20 read again and send": ("ref.a1", "/applications/{application 31-2026-002}/review/"),
    "20 sent": ("ref.a1", "/applications/{application 31-2026-004}/review/"),
    "20 receipt": ("ref.a1", "/applications/{application 31-2026-004}/receipt/"),
    "21 renew": ("ref.a1", "/journeys/{31-2026-006}/renew/"),
    "22 received": ("sec.31", "/received/"),
    "22 one received": ("sec.31", "/applications/{application 31-2026-003}/received/"),
    "23 meetings": ("sec.31", "/meetings/"),
    "23 new meeting": ("sec.31", "/meetings/new/"),
    "24 members": ("sec.31", "/meetings/members/"),
    "24 one seat": ("sec.31", "/meetings/members/{seat}/"),
    "24 prepare": ("sec.31", "/meetings/{future}/"),
    "24 move": ("sec.31", "/meetings/{future}/move/"),
    "25 a meeting": ("sec.31", "/meetings/{open}/"),
    "25 roll call": ("sec.31", "/meetings/{open}/attendance/"),
    "25 deputies": ("sec.31", "/meetings/{open}/deputies/"),
    "26 a member's meeting": ("mem.31.1", "/meetings/{open}/"),
    "26 aside": ("mem.31.1", "/meetings/points/{item 31-2026-101}/conflict/"),
    "27 minutes": ("sec.31", "/meetings/{past}/minutes/"),
    "28 decisions": ("pre.31", "/decisions/"),
    "28 a session": ("sec.31", "/decisions/sessions/{past}/"),
    "28 a draft": ("pre.31", "/decisions/requests/{application 31-2026-005}/"),
    "28 corrected": ("pre.31", "/decisions/{decision 31-2026-006}/correct/"),
    "29 notified, explained, challenged": ("ref.a1", "/decisions/{decision 31-2026-006}/"),
    "29 the secretariat's": ("sec.31", "/decisions/{decision 31-2026-006}/"),
    "29 before an end": ("pre.31", "/journeys/{31-2026-006}/hearing/"),
    "29 an end": ("pre.31", "/journeys/{31-2026-006}/end/"),
    "30 list for the payer": ("sec.31", "/payer/"),
    "30 one list": ("sec.31", "/payer/{sheet}/"),
    "30 move elsewhere": ("ref.a1", "/journeys/{31-2026-006}/transfer/"),
    "30 exit": ("ref.a1", "/journeys/{31-2026-006}/exit/"),
    "32 residence document": ("ref.a1", "/permits/{31-2026-006}/new/"),
    "37 survey": ("sec.31", "/steering/survey/"),
    "37 steering of an association": ("mgr.a", "/steering/"),
    "accreditations": ("mgr.a", "/accreditations/"),
    "an accreditation that is prepared": ("mgr.a", "/accreditations/{draft}/"),
    "its words": ("mgr.a", "/accreditations/{draft}/edit/"),
    "its pieces": ("mgr.a", "/accreditations/{draft}/pieces/"),
    "an accreditation that is instructed": ("sec.31", "/accreditations/{asked}/"),
    "an accreditation that is questioned": ("mgr.b", "/accreditations/{questioned}/"),
    "pathways to hand over": ("mgr.b", "/accreditations/{questioned}/pathways/"),
}


# A world of their own: to prove who one is changes a session, and the visitors of the other one go on with theirs.
@pytest.fixture(scope="module")
def proof(tmp_path_factory):
    with serve("proof", tmp_path_factory.mktemp("procedure")) as server:
        yield server


@pytest.fixture(scope="module")
def things(proof):
    return json.loads(proof.run("-m", "tests.hostile.objects", "--more").stdout)


@pytest.fixture(scope="module")
def visit(proof, things):
    return Visits(proof)


@pytest.fixture(scope="module")
def names(proof, things, ids):
    """What stands between braces in the addresses above."""
    found = {(key if isinstance(key, str) else " ".join(key)): pk for key, pk in ids.items()}
    found |= {f"decision {one['number']}": one["id"] for one in things["decision_id"]}
    past, opened, future = sorted(
        (one for one in proof.world["meetings"] if one["department"] == "31"), key=lambda one: one["on"]
    )
    found |= {"past": past["id"], "open": opened["id"], "future": future["id"]}
    found["seat"] = next(one["id"] for one in things["seat_id"] if one["department"] == "31")
    found["sheet"] = things["sheet_id"][0]["id"]
    state = {pk: (org, granted, asked) for pk, org, granted, asked in proof.query(
        "SELECT id, organisation_id, granted_on, observations_asked_on FROM directory_accreditation"
    )}  # fmt: skip
    found["draft"] = next(pk for pk, (org, granted, _asked) in state.items() if org == "org-a" and not granted)
    found["asked"] = next(pk for pk, (org, granted, _asked) in state.items() if org == "org-b" and not granted)
    found["questioned"] = next(pk for pk, (_org, _granted, asked) in state.items() if asked)
    return found


@pytest.mark.parametrize("name", SCREENS)
def test_accessible(name, screens, names):
    account, path = SCREENS[name]
    desk = screens(account).go("/").confirm()
    accessible(desk, path.format_map(names))
