"""The occupations of the latest release that was imported, or those shipped with the project."""

from ..models import Occupation, RomeVersion
from ..rome import Entry, Release, shipped


def release() -> Release:
    """The latest release, whole: for a search by words, not for a page's labels."""
    version = _latest()
    if version is None:
        return shipped()
    rows = Occupation.objects.filter(version=version)
    return Release(
        version.version,
        version.published_on,
        {row.code: Entry(row.code, row.label, row.parent, row.regulated, row.names, row.moves) for row in rows},
    )


def label_of(code: str) -> str:
    """The label of one code in the latest release, else in the shipped ones, else nothing."""
    found = Occupation.objects.filter(code=code).order_by("-version__version").values_list("label", flat=True).first()
    entry = shipped().entries.get(code)
    return found or (entry.label if entry else "")


def _latest() -> RomeVersion | None:
    return RomeVersion.objects.order_by("-version").first()
