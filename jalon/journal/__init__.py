"""The trail of acts, readings and refusals. The rooms call these names; ``Entry`` is in ``journal.models``."""

from typing import Any

__all__ = ["collecting", "guard", "head", "object_ref", "reading", "record", "refusal", "session_ref", "subject_ref"]


def __getattr__(name: str) -> Any:
    # Late, because the package is imported before the models can be.
    if name in __all__:
        from . import trail

        return getattr(trail, name)
    raise AttributeError(name)
