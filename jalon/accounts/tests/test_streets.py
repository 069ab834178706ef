"""One's own street: how it is read and compared."""

import random

import pytest

from jalon.accounts import streets


@pytest.mark.parametrize(("typed", "read"), [
    ("12 bis, rue de l'Église", "rue eglise"),
    ("12 RUE DE L EGLISE", "rue eglise"),
    ("r. de l'église", "rue eglise"),
    ("12B r de l’Eglise bât. C", "rue eglise"),
    ("12 rue de l'Église 31000 Toulouse", "rue eglise"),
    ("rue de l'Église, 3e étage", "rue eglise"),
    ("rue de l'Église 3e étage porte 4", "rue eglise"),
    ("place de l'Église", "place eglise"),
    ("pl. de l'Eglise", "place eglise"),
    ("av. du Gal Leclerc", "avenue general leclerc"),
    ("4 AVENUE DU GENERAL-LECLERC", "avenue general leclerc"),
    ("bd St-Michel", "boulevard saint michel"),
    ("3, bld Saint Michel", "boulevard saint michel"),
    ("place du 8 mai 1945", "place 8 mai 1945"),
    ("5 Gde Rue", "grande rue"),
    ("imp. des Œillets", "impasse oeillets"),
    ("rond-point des Fleurs", "rondpoint fleurs"),
    ("rue de la Tour", "rue tour"),
    ("rue de la Paix tour 3", "rue paix"),
    ("12 Le Bourg", "bourg"),
    ("rue", ""), ("12", ""), ("", ""),
])  # fmt: skip
def test_a_street_is_read_without_its_number(typed, read):
    assert streets.street(typed) == read


def test_reading_again_changes_nothing():
    words = [*streets.KIND, *streets.WORDS, *streets.LITTLE, *streets.INSIDE, *streets.TAGGED, *streets.BEFORE]
    words += ["12", "3e", "8", "1945", "bis", "b", "paix", "Église", "31000", ",", "-", "d'Arc"]
    lot = random.Random("streets")  # noqa: S311
    for _each in range(1500):
        typed = " ".join(lot.choice(words) for _word in range(lot.randint(1, 7)))
        once = streets.street(typed)
        assert streets.street(once) == once, typed


@pytest.mark.parametrize(("address", "town", "found"), [
    ("12 bis, rue de l'Église, 31000 Toulouse", "", True),
    ("12 RUE DE L EGLISE", "31 000 TOULOUSE CEDEX 6", True),
    ("chez Mme B., bâtiment A\n7 r. de l'église\nToulouse", "Toulouse", True),
    ("Résidence les Lilas 12 rue de l'Église Toulouse", "Toulouse", True),
    ("12 rue de l'Église", "Toulouse", True),
    ("12 rue de l'Église, 31200 Toulouse", "Toulouse", True),  # one town, another postcode
    ("12 rue de l'Église", "Muret", False),
    ("12 rue de l'Église, 31600 Muret", "", False),
    ("12 place de l'Église", "Toulouse", False),
    ("12 rue de l'Église", "", False),  # neither postcode nor town: nothing to compare
    ("", "Toulouse", False),
])  # fmt: skip
def test_an_address_is_compared_with_a_street(address, town, found):
    kept = streets.marks("account", "rue de l'Église", "31000", "Toulouse")
    assert streets.same("account", kept, address, town) is found
    assert not streets.same("another", kept, address, town)  # bound to the account
    assert not streets.same("account", "", address, town)
