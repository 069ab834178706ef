"""Every verb of her space in every state: allowed, or refused with a sentence."""

import pytest

from jalon.access import Refused
from jalon.space import actions
from jalon.space.states import SPACE, SpaceState, state_of

S = SpaceState
ALLOWED = {
    "open_space": {S.NONE, S.CLOSED},
    "hand_new_code": {S.WAITING, S.OPEN, S.FROZEN, S.LAPSED},
    "activate": {S.WAITING},
    "freeze_space": {S.WAITING, S.OPEN},
    "thaw_space": {S.FROZEN},
    "close_space": {S.WAITING, S.OPEN, S.FROZEN, S.LAPSED},
}


@pytest.mark.parametrize("state", list(S))
@pytest.mark.parametrize("verb", list(ALLOWED))
def test_each_verb_in_each_state(verb, state):
    assert SPACE.allows(state, verb) == (state in ALLOWED[verb])
    if state not in ALLOWED[verb]:
        with pytest.raises(Refused) as refused:
            SPACE.target(state, verb)
        assert refused.value.why


def test_the_table_names_actions():
    assert set(ALLOWED) == set(SPACE.transitions)
    assert {verb for verb in ALLOWED if not hasattr(actions, verb)} == {"activate"}, "hers: accounts.actions"


def test_no_account_no_space():
    assert state_of(None) == S.NONE
