"""The papers of the commission: their fields, what fills them, who may have them."""

from datetime import date

from jalon.directory.models import Kind, Organisation


def authority(department: str, day: date) -> str:
    """The préfecture of a department under the name that it had on the day."""
    rows = Organisation.objects.filter(kind=Kind.PREFECTURE, department=department).order_by("created_at", "pk")
    found = rows.prefetch_related("names").first()
    return found.name_on(day) if found else ""
