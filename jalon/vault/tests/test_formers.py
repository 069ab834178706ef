"""What a record said before it was written over: kept once, sealed apart, opened in its own place only."""

import copy

import pytest
from django.apps import apps
from hypothesis import given
from hypothesis import strategies as st

from jalon.vault import classification, formers
from jalon.vault.errors import KeyMissing, VaultError
from jalon.vault.ids import new_id
from jalon.vault.models import Former, Sealed

from .factories import row, slot

plain = st.none() | st.booleans() | st.text(max_size=4)
data = st.dictionaries(st.text(max_size=3), plain | st.lists(plain, max_size=2), max_size=3)


def former(words, wrapped, **given):
    fields = {"owner": "dossier-1", "group": "G1", "part": "C1", "model": "people.Identity", "about": new_id()}
    kept = Former(**{**fields, "number": 1, "followed_by": 2, **given})
    kept.seal({"schema": 1, "said": words}, wrapped)
    return kept


@given(data)
def test_a_former_version_opens_in_its_own_place_only(words):
    wrapped, other = slot(), slot()
    kept = former(words, wrapped)
    assert formers.said(kept, wrapped) == words
    for changed in ({"id": new_id()}, {"owner": "dossier-2"}, {"group": "G3"}, {"revision": 2}):
        moved = copy.copy(kept)
        for name, value in changed.items():
            setattr(moved, name, value)
        with pytest.raises(VaultError):
            moved.unseal(wrapped)
    with pytest.raises(VaultError):
        kept.unseal(other)


@given(data)
def test_the_bytes_of_the_record_are_not_those_of_its_former_version(words):
    """Copied as they are, they would open in one place out of two: they are sealed anew."""
    wrapped, record = slot(), row()
    record.seal(words, wrapped)
    copied = former({}, wrapped, about=record.pk)
    copied.sealed = record.sealed
    with pytest.raises(VaultError):
        copied.unseal(wrapped)


@given(data, data)
def test_nothing_is_kept_of_a_write_that_takes_no_word_away(before, more):
    assert not formers.loses(before, before)
    assert not formers.loses(before, {**before, **{name: one for name, one in more.items() if name not in before}})


@pytest.mark.parametrize(
    ("before", "after", "lost"),
    [
        ({"phone": ""}, {"phone": "06"}, False),
        ({"phone": "06"}, {"phone": "07"}, True),
        ({"phone": "06"}, {}, True),
        ({"sms_ok": False}, {"sms_ok": True}, True),
        ({"said": ["a"]}, {"said": ["a", "b"]}, False),
        ({"said": ["a", "b"]}, {"said": ["b"]}, True),
        ({"said": [{"id": "1", "who": ""}]}, {"said": [{"id": "1", "who": "x"}]}, False),
    ],
)
def test_what_counts_as_lost(before, after, lost):
    assert formers.loses(before, after) is lost


def test_each_sealed_model_says_whether_it_keeps_what_it_said():
    """A new one fails here until it is declared: kept (``""``), or not, with the reason."""
    sealed = {model._meta.label for model in apps.get_models() if issubclass(model, Sealed)}
    assert sealed == set(classification.FORMER)
    owned = {label for label, why in classification.FORMER.items() if why == classification.OF_STAFF}
    for label in owned:  # this reason is not for records of a file
        model = apps.get_model(label)
        assert model.COMPARTMENT == classification.STAFF_GROUP, label


@pytest.mark.django_db
def test_without_the_key_nothing_opens():
    with pytest.raises(KeyMissing):
        former({"a": "b"}, slot()).unseal()
