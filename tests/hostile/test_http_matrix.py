"""Every address × method × account × relation to the object, over HTTP: the unknown is the one 404, nothing is a 500.

Slow: some twenty thousand requests. The objects are those of the world ``proof``; who may know them is written by hand
in ``tests.hostile.world``.
"""

from collections import Counter

import pytest

from tests.hostile.test_foreign_ids import UNKNOWN, WORDS, addresses, bare, rows
from tests.hostile.world import KNOWN, ORGANISATION, department, foreign

pytestmark = pytest.mark.proof

UNSAFE = ("POST", "PUT", "PATCH", "DELETE")
# A visible object may answer: shown, sent elsewhere, refused with the reason, not such a verb now.
LAWFUL = {200, 302, 303, 403, 404, 405, 409}
sent: Counter[str] = Counter()


def relation(account, thing):
    """What the object is to the account: its own, of its organisation, of its department, of elsewhere."""
    if not foreign(account, thing):
        return "own"
    if ORGANISATION.get(account) in thing["organisations"]:
        return "same organisation"
    place = thing["department"] or thing["number"][:2]
    return "same department" if place == department(account) else "elsewhere"


def targets(account, things):
    """(path, relation): of each address one object a relation and, of her own, one a file, hence one a stage."""
    for path, names in addresses():
        main = next(name for name in names if name.endswith("_id"))
        chosen = {}
        for thing in things[main]:
            kind = relation(account, thing)
            chosen.setdefault((kind, thing["number"] if kind == "own" else ""), thing["id"])
        chosen["unknown", ""] = UNKNOWN
        for (kind, _number), identifier in chosen.items():
            yield path.format(**{name: WORDS.get(name, identifier) for name in names}), kind


def ask(visitor, method, path):
    sent[visitor.id] += 1
    if method == "POST":
        return visitor.post(path)
    headers = {"Origin": visitor.base_url, "X-CSRFToken": visitor.token} if method in UNSAFE else {}
    return visitor.ask(method, path, headers=headers)


@pytest.mark.parametrize("account", list(KNOWN))
def test_every_address_answers_as_the_matrix_says(account, visit, things, proof):
    visitor = visit(account)
    before = rows(proof)
    wrong, pages = [], set()
    for path, kind in targets(account, things):
        got = ask(visitor, "GET", path)
        head = ask(visitor, "HEAD", path)
        if got.status not in LAWFUL or head.status not in (405, got.status) or head.body:
            wrong.append(f"GET, HEAD {path} ({kind}): {got.status}, {head.status}")
        if kind == "own":
            continue
        if got.status not in (404, 405):
            wrong.append(f"GET {path} ({kind}): {got.status}")
        if got.status == 404:
            pages.add(bare(got)[1])
        for method in UNSAFE if kind in ("unknown", "elsewhere") else ("POST",):
            answer = ask(visitor, method, path)
            if answer.status not in (404, 405):
                wrong.append(f"{method} {path} ({kind}): {answer.status}")
    assert not wrong, "\n".join(wrong)
    assert sent[account] >= 500, "twenty-three accounts: eleven thousand requests at the very least"
    assert len(pages) == 1, "one 404 page, whatever was asked"
    assert rows(proof) == before, "a refusal writes nothing but its trace"
