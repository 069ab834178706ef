"""The page of the tables: what the matcher uses is what is shown, and only to whoever signs in."""

import pytest
from django.test import Client
from django.urls import reverse

from jalon.directory.tests.factories import browser, make_membership
from jalon.offers import words
from jalon.offers.matching import weights

pytestmark = pytest.mark.django_db


def test_the_weights_in_force_are_shown_to_whoever_signs_in() -> None:
    assert Client().get(reverse("offers:weights")).status_code == 302
    shown = browser(make_membership("EMP")).get(reverse("offers:weights"))
    assert shown.status_code == 200
    text = shown.content.decode()
    for term in weights.table().terms:
        assert str(words.TERMS[term.key]) in text
        assert f"{round(term.weight * 100)} %" in text
    assert weights.table().model in text
