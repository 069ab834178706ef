"""Every address that names an object, tried with another's id and with an unknown one: the same 404, byte for byte."""

from functools import cache

import pytest
from django.urls import URLPattern, URLResolver, get_resolver
from django.urls.converters import StringConverter

from tests.hostile.world import KNOWN, foreign, in_turn

UNKNOWN = "AAAAAAAAAAAAAAAAAAAAAA"
# values of the other parts of addresses
WORDS = {
    "verb": "finish",
    "code": "housing",
    "kind": "delegate",
    "name": "housing",
    "nature": "training",
    "paper": "cv",
}
# what differs from one answer to the next for another reason than the object
PER_ANSWER = {"date", "set-cookie", "server-timing"}
# what a refusal may write: its trace, the session, the counters of attempts
TRACES = {"journal_entry", "accounts_websession", "accounts_keptform", "rate_limits"}
# organisations are a public directory of the department, the rules of the law are everybody's
NOT_OBJECTS = {"organisation_id", "rule_id"}


@cache
def addresses():
    """(path with ``{}`` parts, the parts by name) of each address that names an object."""

    def walk(resolver, before):
        for entry in resolver.url_patterns:
            if isinstance(entry, URLResolver):
                yield from walk(entry, before + str(entry.pattern))
            elif isinstance(entry, URLPattern):
                yield before + str(entry.pattern), entry.pattern.converters

    found = []
    for path, converters in walk(get_resolver(), "/"):
        named = [name for name in converters if name.endswith("_id") and name not in NOT_OBJECTS]
        if named:
            for name, converter in converters.items():
                assert isinstance(converter, StringConverter)
                path = path.replace(f"<str:{name}>", "{" + name + "}")
            found.append((path, tuple(converters)))
    return found


def test_every_kind_of_object_is_tried(things):
    named = {name for _path, names in addresses() for name in names if name.endswith("_id")}
    assert named <= set(things), "teach tests/hostile/objects.py the new kind"
    assert {kind for kind in named if not things[kind]} == set(), "the world holds none of these"
    assert {name for _path, names in addresses() for name in names} - named <= set(WORDS)


def tries(account, things):
    """(path with a foreign id, the same with an unknown id): in turn a neighbour's and one of another department."""
    for turn, (path, names) in enumerate(addresses()):
        main = next(name for name in names if name.endswith("_id"))
        theirs = {}
        for thing in things[main]:
            if foreign(account, thing):
                theirs.setdefault(thing["department"] or thing["number"][:2], thing["id"])
        if theirs:
            identifier = list(theirs.values())[turn % len(theirs)]
            given, unknown = ({name: WORDS.get(name, one) for name in names} for one in (identifier, UNKNOWN))
            yield path.format(**given), path.format(**unknown)


def bare(answer):
    return answer.status, answer.body, {n: v for n, v in answer.headers.items() if n not in PER_ANSWER}


asked: dict[str, dict[tuple[str, str], tuple[object, ...]]] = {}  # what an unknown id gives to each role


@pytest.mark.proof
@pytest.mark.parametrize("account", in_turn(slow="PER"))  # no address names an object at her host: test_her_host
def test_the_neighbour_gets_what_a_stranger_gets(account, visit, things, proof):
    visitor = visit(account)
    before = rows(proof)
    strangers = asked.setdefault(KNOWN[account].role, {})
    wrong = []
    tried = 0
    for path, unknown in tries(account, things):
        for method in ("GET", "POST"):
            send = visitor.get if method == "GET" else visitor.post
            if (method, unknown) not in strangers:
                strangers[method, unknown] = bare(send(unknown))
            got = bare(send(path))
            tried += 1
            if got != strangers[method, unknown]:
                wrong.append(f"{method} {path}: {got[0]}, a stranger gets {strangers[method, unknown][0]}")
            elif got[0] not in (404, 405):
                wrong.append(f"{method} {path}: {got[0]}")
    assert not wrong, "\n".join(wrong)
    assert tried > 40
    bodies = {body for (method, _), (status, body, _) in strangers.items() if status == 404}
    assert len(bodies) == 1, "one 404 page, whatever was asked"
    assert rows(proof) == before, "a refusal writes nothing but its trace"


def rows(server):
    return {table: count for table, count in server.rows().items() if table not in TRACES}
