"""The same form sent twenty times at once, two people on the same page, her agreement taken back in between."""

import json
import re
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest

from tests.browser.visitor import Visitor

pytestmark = pytest.mark.proof
TIMES = 20


@pytest.fixture(scope="module")
def made(empty_department):
    who = [empty_department.accounts[name]["membership_id"] for name in ("ref", "mgr")]
    return json.loads(empty_department.run("-m", "tests.stories.requests_apart", *who).stdout)


@pytest.fixture(scope="module")
def referent(empty_department):
    return Visitor(empty_department, "ref").sign_in().confirm()


@pytest.fixture(scope="module")
def manager(empty_department):
    return Visitor(empty_department, "mgr").sign_in().confirm()


def at_once(visitor, path, forms):
    """Each form on its own connection of the same session, all at the same instant."""
    gate = Barrier(len(forms))

    def send(given):
        mine = Visitor(visitor.server, visitor.id)
        mine.cookies, mine.token = dict(visitor.cookies), visitor.token
        gate.wait(30)
        return mine.post(path, given)

    with ThreadPoolExecutor(len(forms)) as pool:
        return list(pool.map(send, forms))


def count(server, table, where="1 = 1"):
    return server.query(f"SELECT COUNT(*) FROM {table} WHERE {where}")[0][0]  # noqa: S608


def test_a_person_an_agreement_and_a_request_are_made_once(empty_department, referent):
    once = re.search(r'name="once" value="([^"]+)"', referent.get("/dossiers/new/").text)[1]
    before = count(empty_department, "people_dossier")
    answers = at_once(referent, "/dossiers/new/", [{"language": "en", "alias": "Seringat", "once": once}] * TIMES)
    assert {answer.status for answer in answers} == {303}
    assert count(empty_department, "people_dossier") == before + 1
    dossier = answers[0].headers["location"].split("/")[2]
    agree = f"/dossiers/{dossier}/agreements/new/"
    answers = at_once(referent, agree, [{"language": "en", "read_back": "on"}] * TIMES)
    assert {answer.status for answer in answers} == {303}
    here = f"dossier_id = '{dossier}'"
    assert count(empty_department, "people_agreement", here) == 1
    assert count(empty_department, "people_information", here) == 1
    answers = at_once(referent, f"/dossiers/{dossier}/application/", [{}] * TIMES)
    assert {answer.status for answer in answers} == {303}
    assert len({answer.headers["location"] for answer in answers}) == 1
    assert count(empty_department, "dossiers_application", here) == 1


def test_a_part_is_saved_once_and_two_versions_are_shown(empty_department, referent, made):
    page = f"/applications/{made['prepared']}/parts/resources/"
    row = f"application_id = '{made['prepared']}' AND code = 'resources'"
    revision = empty_department.query(f"SELECT revision FROM dossiers_part WHERE {row}")[0][0]  # noqa: S608
    same = {"resources_last_month": "77", "revision": str(revision), "state": "done"}
    answers = at_once(referent, page, [same] * TIMES)
    assert {answer.status for answer in answers} == {303}
    assert count(empty_department, "dossiers_part", f"{row} AND revision = {revision + 1}") == 1
    # Now each has written something else: one is saved, the others see both versions and lose nothing.
    others = [{**same, "resources_last_month": str(100 + n), "revision": str(revision + 1)} for n in range(TIMES)]
    answers = at_once(referent, page, others)
    assert sorted(answer.status for answer in answers) == [303] + [409] * (TIMES - 1)
    assert count(empty_department, "dossiers_part", f"{row} AND revision = {revision + 2}") == 1
    for given, answer in zip(others, answers, strict=True):
        if answer.status == 409:
            assert given["resources_last_month"] in answer.text
            assert "Ressources du mois dernier" in answer.text


def test_a_draft_is_kept_once(empty_department, referent, made):
    path = f"/applications/{made['prepared']}/parts/project/draft/"
    answers = at_once(referent, path, [{"goal": "Couture", "revision": "1"}] * TIMES)
    assert {answer.status for answer in answers} == {200}
    assert count(empty_department, "dossiers_draft") == 1


def test_a_request_is_signed_and_sent_once(empty_department, referent, manager, made):
    page = f"/applications/{made['signed']}/"
    answers = at_once(manager, f"{page}sign/", [{}] * TIMES)
    assert {answer.status for answer in answers} == {303}
    answers = at_once(referent, f"{page}submit/", [{}] * TIMES)
    assert {(answer.status, answer.headers.get("location")) for answer in answers} == {(303, f"{page}receipt/")}
    here = f"id = '{made['signed']}'"
    number = empty_department.query(f"SELECT receipt_number FROM dossiers_application WHERE {here}")  # noqa: S608
    assert number[0][0].startswith("R-31-2026-")
    assert number[0][0] in referent.get(f"{page}receipt/").text
    assert count(empty_department, "journal_entry", "verb = 'submit_application'") == 1
    assert count(empty_department, "journal_entry", "verb = 'sign_package'") == 2


def test_an_agreement_taken_back_between_the_form_and_its_sending(empty_department, referent, made):
    """The page with the button is open; she withdraws; the button sends nothing and says why."""
    page, dossier = f"/applications/{made['withdrawn']}/", made["withdrawn_dossier"]
    assert "Envoyer au secrétariat" in referent.get(f"{page}review/").text
    referent.get(f"/dossiers/{dossier}/agreements/")
    assert referent.post(f"/dossiers/{dossier}/agreements/withdraw/").status == 303
    answer = referent.post(f"{page}submit/")
    assert answer.status == 403
    assert "Elle a retiré son accord le 12/01/2026" in answer.text
    here = f"id = '{made['withdrawn']}'"
    assert count(empty_department, "dossiers_application", f"{here} AND state = 'signed'") == 1
    assert count(empty_department, "dossiers_application", f"{here} AND submitted_on IS NULL") == 1


def test_the_trail_is_whole(empty_department):
    assert empty_department.run("-m", "jalon.cli", "journal", "verify", "--records").returncode == 0
