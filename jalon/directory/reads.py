"""One function per screen or need: bounded queries, with exactly what is shown."""

from datetime import date

from django.db.models import OuterRef, QuerySet, Value
from django.db.models.functions import Coalesce

from jalon.config import clock
from jalon.vault import keys

from .models import Membership, name_subquery

# Nobody holds more memberships than this; beyond, the oldest ones are not offered.
MOST_HELD = 20
PAGE = 50


def _with_names(memberships: QuerySet[Membership], day: date) -> QuerySet[Membership]:
    """With the account, the organisation and its name of the day, and the key of the sealed profiles: one query."""
    named = memberships.select_related("user", "organisation").annotate(
        organisation_label=Coalesce(name_subquery(OuterRef("organisation_id"), day), Value(""))
    )
    return keys.with_key(named, "GS", owner="staff")


def _ready(memberships: QuerySet[Membership]) -> list[Membership]:
    rows = list(memberships)
    for row in rows:
        row.organisation.label = row.organisation_label  # type: ignore[attr-defined]
        row.user.unseal_profile(row.key_GS)  # type: ignore[attr-defined]
    return rows


def memberships_of(user_id: str) -> list[Membership]:
    """Everything one person holds or held, the latest to end first."""
    held = Membership.objects.filter(user_id=user_id).order_by("-ends_on", "-starts_on", "pk")
    return list(_with_names(held, clock.today())[:MOST_HELD])
