"""One function per screen or need: bounded queries, with exactly what is shown."""

from . import pages, tasks
from .packages import (
    answers_of,
    blocking_gaps,
    current_package,
    package_for,
    pieces_for_package,
    project_of,
    red_in,
    session_copy_for,
)
from .silences import silence_on_aid

__all__ = [
    "answers_of",
    "blocking_gaps",
    "current_package",
    "package_for",
    "pages",
    "pieces_for_package",
    "project_of",
    "red_in",
    "session_copy_for",
    "silence_on_aid",
    "tasks",
]
