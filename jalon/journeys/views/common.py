"""What the pages that sign share."""

from django.http import HttpRequest
from django.utils.translation import gettext as _


def signatory(request: HttpRequest) -> dict[str, str]:
    """The capacity and service of the membership: proposed, and changed when someone signs for another."""
    membership = request.membership  # type: ignore[attr-defined]
    return {"capacity": membership.title or _("Préfet"), "service": membership.organisation.name}
