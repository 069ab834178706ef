"""Three exceptional openings a month, whoever asks at the same instant."""

from dataclasses import dataclass, field

import pytest

from jalon.access import Actor, Refused, breakglass
from jalon.access.models import BreakGlass
from jalon.config import clock
from jalon.journal.models import Entry
from jalon.vault import keys
from jalon.vault.ids import new_id

pytestmark = pytest.mark.django_db
MANAGER = Actor("manager", "MGR", "association", stepped_up=True)
REASON = "La référente est absente et l'échéance est demain."


@dataclass
class Dossier:
    id: str = field(default_factory=new_id)
    audit_salt: bytes = b"0123456789abcdef"


@pytest.fixture
def dossier():
    made = Dossier()
    keys.ensure(made.id, "G1")
    return made


def open_three():
    """On three other files: the same one, open, is opened once."""
    for _ in range(3):
        other = Dossier()
        keys.ensure(other.id, "G1")
        breakglass.break_glass(MANAGER, other, "absence", REASON)
    return other


def test_three_a_month(dossier):
    other = open_three()
    assert breakglass.is_open(MANAGER, other.id)
    with pytest.raises(Refused):
        breakglass.break_glass(MANAGER, dossier, "absence", REASON)


def test_a_fourth_asked_at_the_same_instant_is_undone(dossier, monkeypatch):
    open_three()
    counted = [0, 4]  # what the first look saw before the three others were committed, then the truth
    monkeypatch.setattr(breakglass, "_spent", lambda *_given: counted.pop(0))
    with pytest.raises(Refused):
        breakglass.break_glass(MANAGER, dossier, "absence", REASON)
    assert BreakGlass.objects.count() == Entry.objects.filter(verb="break_glass").count() == 3


def test_asked_again_while_it_is_open_it_is_the_same_opening(dossier):
    opening = breakglass.break_glass(MANAGER, dossier, "absence", REASON)
    assert breakglass.break_glass(MANAGER, dossier, "absence", REASON) == opening
    assert breakglass.left(MANAGER.user_id) == 2
    assert Entry.objects.filter(verb="break_glass").count() == 1
    with clock.at(opening.expires_at):
        assert breakglass.break_glass(MANAGER, dossier, "absence", REASON) != opening
