"""Every view declares its policy, and every address is opaque."""

import re
from types import SimpleNamespace

import pytest
from django.conf import settings
from django.test import RequestFactory
from django.urls import URLPattern, URLResolver, get_resolver

from jalon.accounts.kept import NOT_OF
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


def takes_forms(view) -> bool:
    """A view that reads only answers 405 before it looks at anything; another one misses its arguments."""
    request = RequestFactory().post("/")
    request.actor = SimpleNamespace(role=next(iter(view.policy.roles), "REF"))
    try:
        return view(request).status_code != 405
    except TypeError:
        return True


def test_a_form_of_a_sensitive_compartment_says_under_which_key_it_waits():
    """Where the proof of identity, or the session, may lapse while somebody writes, what was typed is not lost."""
    asked = [
        (path, view) for path, view in PATTERNS if getattr(getattr(view, "policy", None), "compartment", "") in NOT_OF
    ]
    forms = {path: hasattr(view, "kept_under") for path, view in asked if takes_forms(view)}
    assert len(forms) >= 3
    assert all(forms.values()), forms
