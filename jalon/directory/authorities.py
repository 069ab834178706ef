"""The State's services of a department, each under the name that it had on a day: an old paper keeps the old name."""

from datetime import date

from .models import Kind, Organisation


def authority(department: str, day: date) -> str:
    """The préfecture."""
    return _name(Kind.PREFECTURE, department, day)


def secretariat(department: str, day: date) -> str:
    """The service that instructs requests: the departmental directorate, else the préfecture."""
    return _name(Kind.DDETS, department, day) or authority(department, day)


def _name(kind: str, department: str, day: date) -> str:
    rows = Organisation.objects.filter(kind=kind, department=department).order_by("created_at", "pk")
    found = rows.prefetch_related("names").first()
    return found.name_on(day) if found else ""


def named_on(organisation_id: str, day: date) -> str:
    """Any organisation, as it was called on the day."""
    return Organisation.objects.prefetch_related("names").get(pk=organisation_id).name_on(day)
