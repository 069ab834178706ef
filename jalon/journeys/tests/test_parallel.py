"""The forms of the pathway sent twenty times in parallel have one effect, on whichever database is served."""

import pytest

from tests.parallel import CLEAR, told_by

pytestmark = pytest.mark.proof
# What twenty sendings leave: the state, or the number of rows that one sending leaves.
ONE = {
    "session": 3, "sign_selection": 3, "notify": "notified", "appeal": 1, "answer": "rejected", "decide_afis": 1,
    "children": 1, "prepare_sheet": 1, "release_sheet": "released", "new_permit": 1, "paid": 1, "invite": 1,
    "observations": 1, "drop_hearing": "dropped", "correct": 1, "renew": 1, "exit": 1,
}  # fmt: skip
# Written once and for all: whoever comes second is told that it is done.
ONCE = ("sign_selection", "notify", "answer", "decide_afis", "prepare_sheet", "release_sheet", "paid", "correct")


def test_twenty_sendings_one_effect(tmp_path):
    told = told_by("jalon.journeys.tests.parallel", tmp_path)
    assert told.pop("trail") == 0
    assert told.pop("explain")["effect"] != "None"
    assert sum(told["release_sheet"]["statuses"].values()) == 4, "four persons sign the same list"
    for name, found in told.items():
        assert found["effect"] == ONE[name], name
        assert set(found["statuses"]) <= CLEAR, (name, found["statuses"])
        assert found["statuses"].get("303", 0) >= 1, name
        if name in ONCE:
            assert found["statuses"]["303"] == 1, (name, found["statuses"])
