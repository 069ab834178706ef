"""Signed in as each role, every link is followed: nothing of a neighbour, no compartment outside the matrix, no 500."""

import re

import pytest

from tests.browser.visitor import Answer
from tests.hostile.world import ALIASES, ASSOCIATION_SIDE, KNOWN, MINUTES, ids_of, in_turn, readable

ACCOUNTS = in_turn("ref.a2")  # ref.b1, the mirror of ref.a1 in the other association, in the slow proofs
# Those for whom a fresh proof of identity opens something more; three of them in the slow proofs.
CONFIRMED = [
    "ref.a1",
    "pre.31",
    *(pytest.param(name, marks=pytest.mark.proof) for name in ("mgr.a", "dpo.a", "sec.31")),
]
FINE = {200, 302, 303, 403, 405}
PROPOSED = "/dossiers/new/"  # a neutral word is proposed there, by chance sometimes the alias of somebody

crawled: dict[tuple[str, bool], dict[str, Answer]] = {}


def crawl(visit, account, stepped_up):
    if (account, stepped_up) not in crawled:
        visitor = visit(account)
        if stepped_up:
            visitor.confirm()
        crawled[account, stepped_up] = visitor.crawl()
    return crawled[account, stepped_up]


def wrong(pages: dict[str, Answer]) -> list[str]:
    """Anything but a page, a way, or a refusal; a form that reads may say that it was sent empty."""
    return [
        f"{page.status} {path}"
        for path, page in pages.items()
        if page.status not in FINE and not (page.status == 422 and "?" in path)
    ]


@pytest.mark.parametrize("account", ACCOUNTS)
def test_every_link(account, visit, proof):
    follow(account, False, visit, proof)


@pytest.mark.proof
@pytest.mark.parametrize("account", CONFIRMED)
def test_every_link_of_who_has_confirmed(account, visit, proof):
    follow(account, True, visit, proof)


def follow(account, stepped_up, visit, proof):
    pages = crawl(visit, account, stepped_up)
    assert not wrong(pages), "\n".join(wrong(pages))
    assert len(pages) >= 6, "a home page leads somewhere"
    seen = canaries_in(pages, proof.world["canaries"])
    allowed = set(readable(account, stepped_up))
    leaks = [f"{name} at {path}" for name, path in seen.items() if name not in allowed]
    leaks += foreign_words(account, pages, proof)
    assert not leaks, "\n".join(leaks)


def canaries_in(pages, canaries):
    """Canary → the first page that shows it."""
    seen = {}
    for path, page in pages.items():
        if b"Kanari" not in page.body:
            continue
        for name, word in canaries.items():
            if word.encode() in page.body:
                seen.setdefault(name, path)
    return seen


def said(word: str, text: str) -> bool:
    """A whole word: four letters of an alias may stand by chance inside a random id."""
    return word in text and re.search(rf"(?<![\w-]){re.escape(word)}(?![\w-])", text) is not None


def foreign_words(account, pages, proof):
    """Numbers, ids and aliases of dossiers that do not exist for this account, and the page that tells them."""
    known = KNOWN[account]
    found = []
    for number, identifier in ids_of(proof).items():
        words = [] if number in known.numbers else [identifier]
        if number not in (*known.numbers, *MINUTES.get(account, ())):
            words.append(number)
        if number not in known.numbers or account not in (*ASSOCIATION_SIDE, "emp.31"):
            words.append(ALIASES[number])
        for path, page in pages.items():
            if path != PROPOSED:
                found += [f"{number}: {word} at {path}" for word in words if said(word, page.text)]
    return found


@pytest.mark.proof
def test_the_crawl_reads_what_it_may(visit, proof):
    """Otherwise the absence of canaries would prove nothing."""
    canaries = proof.world["canaries"]
    referent = set(canaries_in(crawl(visit, "ref.a1", True), canaries))
    assert {"31-2026-006/C1", "31-2026-006/C2", "31-2026-006/C11", "31-2026-006/C16"} <= referent
    sensitive = {f"31-2026-004/{compartment}" for compartment in ("C3", "C4", "C5", "C6")} & set(canaries)
    assert len(sensitive) >= 3
    assert sensitive <= referent, "what a fresh proof of identity opens"
    assert not sensitive & set(canaries_in(crawl(visit, "ref.a2", False), canaries))
    assert "31-2026-004/C12" in canaries_in(crawl(visit, "mem.31.1", False), canaries)
    assert any(name.endswith("/C13") for name in referent), "what the secretariat asked about her own request"
    assert "31-2026-005/C14" in canaries_in(crawl(visit, "pre.31", True), canaries)
