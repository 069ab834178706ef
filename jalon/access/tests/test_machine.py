"""The engine of the transition tables."""

import pytest

from jalon.access import Refused
from jalon.access.machine import Machine, step

DOOR = Machine(
    {"open": "ouverte", "closed": "fermée"},
    step("close", ["open"], "closed", "REF"),
    step("look", ["open", "closed"], None),
)


def test_an_allowed_verb_leads_to_its_target():
    assert DOOR.target("open", "close") == "closed"


def test_a_verb_without_target_keeps_the_state():
    assert DOOR.target("closed", "look") == "closed"


def test_a_refused_verb_says_the_state_in_words():
    with pytest.raises(Refused) as caught:
        DOOR.target("closed", "close")
    assert "fermée" in caught.value.why


def test_the_verbs_of_a_state():
    assert DOOR.verbs("closed") == ["look"]


def test_a_table_with_an_unknown_state_is_refused():
    with pytest.raises(ValueError, match="unknown states"):
        Machine({"open": ""}, step("close", ["open"], "closed"))
