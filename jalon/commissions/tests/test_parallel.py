"""The same form sent twenty times in parallel has one effect, on whichever database is served."""

import pytest

from tests.parallel import CLEAR, told_by

pytestmark = pytest.mark.proof
# What twenty sendings leave: the state, the place or the number of rows that one sending leaves.
ONE = {
    "new_meeting": 1, "agenda": 2, "point": 1, "move_down": 2, "missing": 1, "renew_seat": 2, "members": 1,
    "convene": 5, "note": 1, "conflict": 1, "open": "open", "hear": 1, "opinion": 1, "postpone": "postponed",
    "close": 1,
}  # fmt: skip


def test_twenty_sendings_one_effect(tmp_path):
    told = told_by("jalon.commissions.tests.parallel", tmp_path)
    assert told.pop("trail") == 0
    # The deputy is called: whoever held the seat before reads nothing for it, and is told so.
    assert told.pop("deputy") == {"said": ["called", 404], "deputy": True, "read": 0}
    assert told.pop("move")["statuses"]["303"] == 1
    for name, found in told.items():
        assert found["effect"] == ONE[name], name
        assert set(found["statuses"]) <= CLEAR, (name, found["statuses"])
        assert found["statuses"].get("303", 0) >= 1, name
