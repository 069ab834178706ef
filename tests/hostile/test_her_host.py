"""What a person posts at her one address: ids of others are nobody's, other accounts are unknown, nothing is a 500."""

import pytest

from tests.browser.visitor import HerVisitor, Visitor
from tests.hostile.test_foreign_ids import UNKNOWN, bare, rows
from tests.hostile.test_raw_requests import BODIES, FORM, REFUSED
from tests.hostile.world import KNOWN, foreign

HERS = ["per.1", *(pytest.param(name, marks=pytest.mark.proof) for name in ("per.2", "per.3"))]
NAMED = ("take_back_share", "cannot_come")


@pytest.mark.parametrize("account", HERS)
def test_the_id_of_another_is_nobody_s(account, visit, things, proof):
    visitor = visit(account)
    before, unknown, wrong = rows(proof), {}, []
    for do in NAMED:
        unknown[do] = bare(visitor.post("/", {"do": do, "id": UNKNOWN}))
        for kind, listed in things.items():
            for thing in [one for one in listed if foreign(account, one)][:2]:
                if bare(visitor.post("/", {"do": do, "id": thing["id"]})) != unknown[do]:
                    wrong.append(f"{do} {kind} {thing['number']}")
    assert not wrong, "\n".join(wrong)
    assert {answer[0] for answer in unknown.values()} == {404}
    assert rows(proof) == before


@pytest.mark.parametrize("name", list(BODIES))
def test_a_body_that_no_page_of_hers_sends(name, visit, proof):
    visitor = visit("per.1")
    visitor.get("/")
    before = rows(proof)
    kind, body = BODIES[name]
    headers = {"Content-Type": kind, "Origin": proof.space_url}
    if kind != FORM:
        headers["X-CSRFToken"] = visitor.token
    answer = visitor.ask("POST", "/", body.replace(b"TOKEN", visitor.token.encode()), headers)
    assert answer.status in REFUSED, answer.status
    assert b"Jalon" not in answer.body
    assert b"Traceback" not in answer.body
    assert rows(proof) == before


@pytest.mark.parametrize("account", ["ref.a1", "mgr.a", "pre.31", "ops", "adm.a"])
def test_a_professional_is_unknown_at_her_host(account, proof):
    """The right password is a wrong one there, and hers a wrong one at the professionals' host."""
    visitor = HerVisitor(proof, "per.1")
    visitor.get("/")
    given = proof.accounts[account]
    refused = visitor.post("/", {"login": given["login"], "password": given["password"]})
    assert refused.status == 422
    assert 'name="code"' not in visitor.get("/").text


def test_she_is_unknown_at_the_professionals_host(proof):
    visitor = Visitor(proof, "ref.a1")
    page = "/comptes/connexion/"
    visitor.get(page)
    for name in ("per.1", "per.2", "per.3"):
        given = proof.accounts[name]
        refused = visitor.post(page, {"login": given["login"], "password": given["password"]})
        assert refused.status == 422


def test_nothing_was_ever_sent_to_her(visit, proof):
    """Signed in, read, asked: the mail of the world tells professionals that a task waits; no SMS leaves at all."""
    assert [name for name, known in KNOWN.items() if known.role == "PER"] == ["per.1", "per.2", "per.3"]
    for name in ("per.1", "per.2", "per.3"):
        visit(name).get("/")
    assert list((proof.data / "sms").iterdir()) == []
    for path in (proof.data / "mail").iterdir():
        text = path.read_text(encoding="utf-8", errors="replace")
        assert "per." not in text
        assert "06399801" not in text
