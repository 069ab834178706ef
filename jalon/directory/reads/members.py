"""Who works for whom, and organisations by name: bounded queries, with exactly what is shown."""

from datetime import date

from django.core.paginator import Page
from django.db.models import OuterRef, Q, QuerySet, Value
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from jalon.access import Actor, Role
from jalon.accounts.models import User
from jalon.config import clock, prepared
from jalon.ui import paging
from jalon.vault import keys

from ..models import Kind, Membership, Organisation, name_subquery, on_day

# Nobody holds more memberships than this; beyond, those ended longest ago are not offered.
MOST_HELD = 20

ROLE_NAMES = {
    "REF": _("Intervenante ou intervenant social"),
    "COL": _("Collègue"),
    "MGR": _("Cheffe ou chef de service"),
    "ADM": _("Gestion des comptes"),
    "EMP": _("Conseil à l'emploi"),
    "SEC": _("Secrétariat de la commission"),
    "MEM": _("Membre de la commission"),
    "PRE": _("Préfet ou représentant"),
    "ETR": _("Service séjour"),
    "PER": _("Personne accompagnée"),
    "DPO": _("Protection des données"),
    "OPS": _("Administration technique"),
    "STA": _("Observation nationale"),
}


def _with_names(memberships: QuerySet[Membership], day: date) -> QuerySet[Membership]:
    """With the account, the organisation and its name of the day, and the key of the sealed profiles: one query."""
    named = memberships.select_related("user", "organisation").annotate(
        organisation_label=Coalesce(name_subquery(OuterRef("organisation_id"), day), Value(""))
    )
    return keys.with_key(named, "GS", owner=Value(keys.STAFF))


def _labelled(rows: list[Membership]) -> list[Membership]:
    for row in rows:
        row.organisation.label = row.organisation_label  # type: ignore[attr-defined]
        row.user.profile_key = row.key_GS  # type: ignore[attr-defined]
    return rows


def _held(user_id: str) -> QuerySet[Membership]:
    held = Membership.objects.filter(user_id=user_id).order_by("-ends_on", "-starts_on", "pk")
    return _with_names(held, clock.today())[:MOST_HELD]


def memberships_of(user_id: str) -> list[Membership]:
    """Everything one person holds or held, the latest to end first; names and profiles open without a new query.

    Asked at every request, hence prepared.
    """
    return _labelled(prepared.run("directory.memberships_of", _held, user_id=user_id))


def memberships_to_review(actor: Actor, page: int = 1) -> tuple[Page, list[Membership]]:
    """Who works in the actor's organisation (or, for the secretariat, sits in its department), first to end first."""
    today = clock.today()
    if actor.role == "SEC":
        scope = Q(department=actor.department, role__in=["MEM", "PRE", "ETR", "SEC"])
    else:
        scope = Q(organisation_id=actor.organisation_id)
    rows = Membership.objects.filter(scope, on_day(today), user__is_active=True).exclude(role=Role.PER)
    current = rows.order_by("ends_on", "pk")  # nobody who keeps accounts learns who has a space of her own
    found = paging.page(_with_names(current, today), page)
    return found, _labelled(found.object_list)


def people_in(organisation_id: str, *roles: str, department: str = "") -> list[User]:
    """Accounts that hold one of these roles today in an organisation: to choose a referent, an adviser, a member."""
    held = Membership.objects.filter(on_day(clock.today()), organisation_id=organisation_id, role__in=roles)
    if department:
        held = held.filter(department=department)
    rows = _labelled(list(_with_names(held.filter(user__is_active=True).order_by("pk"), clock.today())[:200]))
    users = {row.user_id: row.user for row in rows}
    return sorted(users.values(), key=lambda user: user.name)


def holders(role: str, department: str) -> list[Membership]:
    """The memberships of one role in a department today, with names: the members to convene, the secretariat."""
    held = Membership.objects.filter(on_day(clock.today()), role=role, department=department, user__is_active=True)
    return _labelled(list(_with_names(held.order_by("college", "pk"), clock.today())[:200]))


def users_named(user_ids: list[str]) -> dict[str, User]:
    """Accounts by id, their names readable without a query each."""
    rows = keys.with_key(User.objects.filter(pk__in=user_ids), "GS", owner=Value(keys.STAFF))
    found = {}
    for user in rows:
        user.profile_key = user.key_GS  # type: ignore[attr-defined]
        found[user.pk] = user
    return found


def organisation_card(organisation_id: str) -> Organisation | None:
    """One organisation, its names through time and its accreditations: three queries."""
    named = Organisation.objects.named().prefetch_related("names", "accreditations")
    return named.filter(pk=organisation_id).first()


def places_to_invite(actor: Actor) -> list[Organisation]:
    """Where the actor may give a function: her own organisation; for the secretariat, any of its department."""
    if actor.role == "SEC":
        return organisations(*Kind.values, department=actor.department)
    return list(Organisation.objects.named().filter(pk=actor.organisation_id))


def organisations(*kinds: str, department: str = "") -> list[Organisation]:
    """Organisations of these kinds, of one department when given, by name: for the lists to choose from."""
    found = Organisation.objects.named().filter(kind__in=kinds)
    if department:
        found = found.filter(department=department)
    return list(found.order_by("label", "pk")[:500])


def authority(kind: str, department: str, on: date | None = None) -> Organisation | None:
    """The préfecture, the directorate or the agency of a department, under its name at the date of the act."""
    return Organisation.objects.named(on).filter(kind=kind, department=department).order_by("created_at", "pk").first()
