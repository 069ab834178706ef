"""Every view declares its policy, and every address is opaque."""

import re

import pytest
from django.conf import settings
from django.urls import URLPattern, URLResolver, get_resolver

from jalon.papers import vocabulary

# Views of libraries: who may reach them is decided by the library itself (sign-in, own account).
LIBRARY = ("allauth.",)


def views(resolver=None, prefix=""):
    for entry in (resolver or get_resolver()).url_patterns:
        if isinstance(entry, URLResolver):
            yield from views(entry, prefix + str(entry.pattern))
        elif isinstance(entry, URLPattern):
            yield prefix + str(entry.pattern), entry.callback


PATTERNS = list(views())


def test_there_are_views():
    assert len(PATTERNS) > 40


@pytest.mark.parametrize(("path", "view"), PATTERNS, ids=[path for path, _ in PATTERNS])
def test_every_view_declares_its_policy(path, view):
    if view.__module__.startswith(LIBRARY):
        assert path.startswith("comptes/")
        return
    assert getattr(view, "policy", None) is not None, f"{path} declares neither compartment and action nor a room rule"


@pytest.mark.parametrize("path", [path for path, _ in PATTERNS])
def test_no_sequence_number_in_an_address(path):
    assert "<int:" not in path


def test_no_address_tells_the_programme():
    """An address stays in a browser's history and in the log of a proxy, where others read it."""
    hers = list(views(get_resolver(settings.SPACE_URLCONF)))
    texts = [re.sub(r"<[^>]*>|[/_-]", " ", path) for path, _ in (*PATTERNS, *hers)]
    assert vocabulary.found(texts) == []
    assert vocabulary.found(["journeys  afis "]) == ["afis"]
