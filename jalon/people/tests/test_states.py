"""Every (stage, verb) pair of the dossier's table: the allowed ones lead where it says, the others refuse."""

import pytest

from jalon.access import Refused
from jalon.people import actions
from jalon.people.models import Dossier
from jalon.people.states import DOSSIER, Stage
from jalon.people.tests.factories import make_prepared, make_team

# The table, written again by hand: stage → verb → stage.
EXPECTED = {
    "S0": {"record_agreement": "S1", "close": "S6"},
    "S1": {"renew_agreement": "S1", "withdraw_agreement": "S1", "submit_application": "S2", "close": "S6"},
    "S2": {
        "renew_agreement": "S2",
        "withdraw_agreement": "S2",
        "return_application": "S1",
        "convene": "S3",
        "give_opinion": "S4",
        "close": "S6",
    },
    "S3": {
        "renew_agreement": "S3",
        "withdraw_agreement": "S3",
        "postpone": "S2",
        "give_opinion": "S4",
        "close": "S6",
    },
    "S4": {
        "renew_agreement": "S4",
        "withdraw_agreement": "S4",
        "open_journey": "S5",
        "prepare_again": "S1",
        "close": "S6",
    },
    "S5": {"renew_agreement": "S5", "withdraw_agreement": "S5", "close": "S6"},
    "S6": {"prepare_again": "S1", "erase": "S7"},
    "S7": {},
}
PAIRS = [(str(stage), verb) for stage in Stage for verb in DOSSIER.transitions]


@pytest.mark.parametrize(("stage", "verb"), PAIRS)
def test_the_table(stage, verb):
    if verb in EXPECTED[stage]:
        assert DOSSIER.target(stage, verb) == EXPECTED[stage][verb]
    else:
        with pytest.raises(Refused):
            DOSSIER.target(stage, verb)


@pytest.mark.django_db
@pytest.mark.parametrize("stage", list(map(str, Stage)))
def test_move_stage_follows_the_table(stage):
    dossier = make_prepared(make_team())
    for verb in DOSSIER.transitions:
        Dossier.objects.filter(pk=dossier.pk).update(stage=stage)
        if verb in EXPECTED[stage]:
            assert actions.move_stage(dossier, verb).stage == EXPECTED[stage][verb]
        else:
            with pytest.raises(Refused):
                actions.move_stage(dossier, verb)
        dossier.refresh_from_db()
        assert dossier.stage == EXPECTED[stage].get(verb, stage)
