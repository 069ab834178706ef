"""Every field of every model is classified: what may stay in clear is said, one by one."""

from django.apps import apps

from jalon.vault import classification


def test_every_field_is_classified():
    missing = classification.all_unclassified(apps)
    assert missing == []


def test_no_model_shows_a_person():
    """``__str__`` never holds anything but a kind and an opaque id."""
    for model in apps.get_models():
        if model.__module__.startswith("jalon."):
            assert "__str__" in model.__dict__ or any("__str__" in b.__dict__ for b in model.__mro__[1:-1]), model
