"""The second wall, on PostgreSQL: a request reaches the rows and the keys of its actor's house, and no other.

Whatever a page forgot to check, a file of another house does not exist for its statements. One declaration makes every
policy (``walled``): the file itself, the rows that hang to it by any chain of keys, the wrapped keys.

- a file is seen by the association that holds it; by the State's side of its department once the person has agreed
  (S0 is the association's alone); by whoever ``jalon_lent`` names: a house with a share in force, a department where
  a request of hers was lodged before she moved; counted, without a key, by those who only count; by the person
  herself, from her own space, hers alone and its first key (G1);
- a row that hangs to a file is seen with the file: its policy asks the parent's table, whose own policy answers;
- a key is given as the file is, but G2, G3, G4 (story, health, law, family, whereabouts, notes) to the association
  alone, and those of a department that she left only while a request there waits for its order; of the session's copy
  that this department holds for a challenge (G5s), for as long as it holds it; the files and the
  former versions that a key opens, as the key;
- nothing said, nothing given: an unset, empty or forgotten setting opens no row.

Four settings of the transaction say who asks (``asking``), a fifth the day, by the one clock. They must be set in the
transaction of the reading: set outside, they are lost, and set for the session they would leak to the next request of
a pooled connection. What crosses houses by design (the next number, a transfer) says so: ``beyond``.
Servers connect as a role that owns no table; commands and backups as another, with BYPASSRLS.
"""

from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from typing import Any

from django.apps import apps
from django.conf import settings
from django.db import connection, models, transaction
from django.utils.translation import gettext as _

from jalon.access import Actor
from jalon.config import clock
from jalon.vault import scope
from jalon.vault.errors import Misplaced
from jalon.vault.models import Former, KeySlot, SealedFile

from .models import Dossier

NAMES = ("user", "role", "organisation", "department")
ONLY_ASSOCIATION = ("G2", "G3", "G4")
STATE_SIDE = ("SEC", "PRE", "ETR", "MEM")
KEEPING = ("SEC", "PRE")  # who may hold a session's copy for a challenge
COUNTING = ("STA", "OPS")
NOBODY = ("", "", "", "")
SYSTEM = "system"  # what a command or a test may say of itself, when it is not a role with BYPASSRLS
POLICY = "house"


def _said_by(name: str) -> str:
    """A setting, read once a statement (a subquery without parameters), not once a row; NULL when nothing is said."""
    return f"(SELECT nullif(current_setting('jalon.{name}', true), ''))"


USER, ROLE, ORGANISATION, DEPARTMENT = map(_said_by, NAMES)
DAY = f"{_said_by('day')}::date"
IS_STATE = f"{ROLE} IN {STATE_SIDE}"
IS_HERSELF = f"{ROLE} = 'PER'"
HOUSE = f"{ORGANISATION} AND NOT {IS_HERSELF}"
IS_SYSTEM = f"{ROLE} = '{SYSTEM}'"

# Files reached otherwise than by the house that holds them. The function reads past the wall by a setting that ends
# with it: a policy that read these tables would ask itself for ever. It answers for who asks, nobody else.
LENT = f"""
CREATE OR REPLACE FUNCTION jalon_lent(asks text, waiting boolean) RETURNS SETOF varchar
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, public AS $$
BEGIN
  PERFORM set_config('jalon.role', '{SYSTEM}', true);
  RETURN QUERY SELECT s.dossier_id FROM people_share s
    WHERE asks <> 'PER' AND s.organisation_id = {ORGANISATION} AND s.revoked_at IS NULL
    AND s.given_on <= {DAY} AND (s.ends_on IS NULL OR s.ends_on >= {DAY})
  UNION SELECT a.dossier_id FROM dossiers_application a
    WHERE asks IN {STATE_SIDE} AND a.department = {DEPARTMENT} AND a.submitted_on IS NOT NULL
    AND NOT (waiting AND EXISTS (
      SELECT 1 FROM journeys_decision x WHERE x.application_id = a.id AND x.state = 'notified'))
  UNION SELECT h.dossier_id FROM people_assignment h WHERE asks = 'PER' AND h.kind = 'person' AND h.user_id = {USER}
    AND h.starts_on <= {DAY} AND (h.ends_on IS NULL OR h.ends_on >= {DAY});
  PERFORM set_config('jalon.role', coalesce(asks, ''), true);
END $$;
"""  # noqa: S608  (constants of this module only)
# Files whose session's copy the department of the request still holds, whoever the file belongs to now.
HELD = f"""
CREATE OR REPLACE FUNCTION jalon_held(asks text) RETURNS SETOF varchar
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, public AS $$
BEGIN
  PERFORM set_config('jalon.role', '{SYSTEM}', true);
  RETURN QUERY SELECT h.dossier_id FROM commissions_copyhold h
    JOIN dossiers_sessioncopy c ON c.id = h.copy_id JOIN dossiers_package k ON k.id = c.package_id
    JOIN dossiers_application a ON a.id = k.application_id
    WHERE asks IN {KEEPING} AND a.department = {DEPARTMENT} AND h.confirmed_at IS NOT NULL AND h.lifted_at IS NULL
    AND h.ends_on >= {DAY} AND c.destroyed_on IS NULL;
  PERFORM set_config('jalon.role', coalesce(asks, ''), true);
END $$;
"""  # noqa: S608
FILE = f"""
organisation_id = {HOUSE} OR (department = {DEPARTMENT} AND {IS_STATE} AND stage <> 'S0')
OR {ROLE} IN {COUNTING} OR id IN (SELECT jalon_lent({ROLE}, false))
"""  # noqa: S608
# A key's owner is a file, or one of three kinds that are nobody's life: the accounts, a house, a meeting.
KEY = f"""
owner = 'staff' OR ({ROLE} IS NOT NULL AND (
  EXISTS (SELECT 1 FROM directory_organisation o WHERE o.id = owner)
  OR EXISTS (SELECT 1 FROM commissions_meeting m WHERE m.id = owner)
  OR EXISTS (SELECT 1 FROM people_dossier d WHERE d.id = owner AND (d.organisation_id = {HOUSE}
    OR ("group" NOT IN {ONLY_ASSOCIATION} AND (NOT {IS_HERSELF} OR "group" = 'G1') AND (
      (d.department = {DEPARTMENT} AND {IS_STATE}) OR d.id IN (SELECT jalon_lent({ROLE}, true))
      OR ("group" = 'G5s' AND d.id IN (SELECT jalon_held({ROLE})))))))
))
"""  # noqa: S608


# --- which rows -----------------------------------------------------------------------------------------------------
def walled() -> dict[type[models.Model], str]:
    """Every model behind the wall, and the condition under which a request reaches a row of it.

    A model that hangs to a file, by whatever chain of keys, is there without a word; a row that hangs to nothing is
    nobody's. ``WALL`` on a model names the columns that decide where no chain does; one of them is enough.
    """
    hanging, waiting = {Dossier: FILE}, [model for model in apps.get_models() if model is not Dossier]
    while more := {model: condition for model in waiting if (condition := _condition(model, hanging))}:
        hanging |= more
        waiting = [model for model in waiting if model not in more]
    return {**hanging, KeySlot: KEY, SealedFile: KEY, Former: KEY}


def _condition(model: type[models.Model], hanging: dict[type[models.Model], str]) -> str:
    fields = [model._meta.get_field(name) for name in getattr(model, "WALL", ())]
    if not fields:
        keys = [field for field in model._meta.concrete_fields if field.related_model in hanging]
        fields = sorted(keys, key=lambda field: (field.related_model is not Dossier, field.null))[:1]
    return " OR ".join(_by(model, field) for field in fields)


def _by(model: type[models.Model], field: Any) -> str:
    """One column's reason: one's own house, one's own department, or the row above is reached."""
    column = f"{model._meta.db_table}.{field.column}"
    if field.column == "organisation_id":
        return f"({column} = {HOUSE})"
    if field.column == "department":
        return f"({column} = {DEPARTMENT} AND {IS_STATE})"
    table = (field.related_model or Dossier)._meta.db_table
    reached = f"EXISTS (SELECT 1 FROM {table} p WHERE p.id = {column})"  # noqa: S608
    return f"{column} IS NULL OR {reached}" if field.null else reached


# --- the wall itself ------------------------------------------------------------------------------------------------
def install(role: str = "") -> None:
    """Put the wall up; ``role`` is the servers' role, given what a server needs and no more. As the tables' owner."""
    _only_postgresql()
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(LENT + HELD)
        for model, condition in walled().items():
            table = model._meta.db_table
            cursor.execute(
                f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY; ALTER TABLE {table} FORCE ROW LEVEL SECURITY;"
                f"DROP POLICY IF EXISTS {POLICY} ON {table};"
                f"CREATE POLICY {POLICY} ON {table} USING ({IS_SYSTEM} OR ({condition}))"
                f" WITH CHECK ({IS_SYSTEM} OR ({condition}))"
            )
        if role:
            name = connection.ops.quote_name(role)
            cursor.execute(
                f"GRANT USAGE ON SCHEMA public TO {name};"
                f"GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {name};"
                f"GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO {name};"
                f"REVOKE UPDATE, DELETE ON journal_entry FROM {name};"
            )


def remove() -> None:
    _only_postgresql()
    with transaction.atomic(), connection.cursor() as cursor:
        for model in walled():
            table = model._meta.db_table
            cursor.execute(
                f"DROP POLICY IF EXISTS {POLICY} ON {table}; ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY;"
                f"ALTER TABLE {table} DISABLE ROW LEVEL SECURITY"
            )
        cursor.execute("DROP FUNCTION IF EXISTS jalon_lent(text, boolean), jalon_held(text)")


STANDING = f"""
SELECT c.relname, c.relrowsecurity AND c.relforcerowsecurity AND EXISTS (
    SELECT 1 FROM pg_policy p WHERE p.polrelid = c.oid AND p.polname = '{POLICY}'),
  pg_get_userbyid(c.relowner) = current_user
FROM pg_class c WHERE c.relnamespace = 'public'::regnamespace AND c.relname = ANY(%s)
"""  # noqa: S608
# A view reads as its owner, and so does a function that says SECURITY DEFINER: either is a door in the wall.
DOORS = """
SELECT EXISTS (SELECT 1 FROM pg_class c WHERE c.relkind IN ('v', 'm') AND c.relnamespace = 'public'::regnamespace
    AND NOT coalesce(c.reloptions, '{}') && ARRAY['security_invoker=true', 'security_invoker=on'])
  OR EXISTS (SELECT 1 FROM pg_proc f WHERE f.prosecdef AND f.pronamespace = 'public'::regnamespace),
  r.rolsuper OR r.rolbypassrls, coalesce(current_setting('jalon.role', true), '')
FROM pg_roles r WHERE r.rolname = current_user
"""


def verify() -> None:
    """Refuse to serve behind a wall that does not stand, or that has a door. Raises Misplaced with one sentence."""
    if not settings.WALL:
        return
    _only_postgresql()
    tables = [model._meta.db_table for model in walled()]
    with connection.cursor() as cursor:
        cursor.execute(STANDING, [tables])
        rows = cursor.fetchall()
        cursor.execute(DOORS)
        door, above, role = cursor.fetchone()
    if len(rows) < len(tables) or not all(stands for _name, stands, _owned in rows):
        raise Misplaced(_("Le mur n'est pas en place : « jalon manage wall install »."))
    if above or any(owned for _name, _stands, owned in rows):
        raise Misplaced(_("Le serveur se connecte avec un rôle qui passe le mur."))
    if door:
        raise Misplaced(_("Une vue ou une fonction lit avec les droits de son propriétaire : elle passe le mur."))
    if role:
        raise Misplaced(_("Le rôle « jalon.role » est réglé pour toute la session : il passerait le mur."))


def _only_postgresql() -> None:
    if connection.vendor != "postgresql":
        raise Misplaced(_("Le mur demande PostgreSQL."))


# --- who asks -------------------------------------------------------------------------------------------------------
def say(values: tuple[Any, ...]) -> None:
    """Set who asks, and the day, until the end of the present transaction."""
    if not connection.in_atomic_block:
        raise RuntimeError("who asks is said in the transaction of the reading")
    with connection.cursor() as cursor:
        set_all = ", ".join(f"set_config('jalon.{name}', %s, true)" for name in (*NAMES, "day"))
        cursor.execute("SELECT " + set_all, [*values, clock.today().isoformat()])


@contextmanager
def asking(actor: Actor | None) -> Iterator[None]:
    """A transaction in which this actor asks; nobody, when there is none. What was said before is said again after."""
    with _saying((actor.user_id, str(actor.role), actor.organisation_id, actor.department) if actor else NOBODY):
        yield


@contextmanager
def beyond() -> Iterator[None]:
    """What crosses houses by design: the next number of a department, a file that another house takes over."""
    with scope.requiring(False), _saying(("", SYSTEM, "", "")) if settings.WALL else nullcontext():
        yield


@contextmanager
def _saying(values: tuple[Any, ...]) -> Iterator[None]:
    with transaction.atomic():
        former = _said()
        say(values)
        try:
            yield
        finally:
            # Within a larger transaction the settings would outlive this one.
            if connection.savepoint_ids and not connection.needs_rollback:
                say(former)


def _said() -> tuple[Any, ...]:
    if not connection.savepoint_ids:
        return NOBODY
    with connection.cursor() as cursor:
        cursor.execute("SELECT " + ", ".join(f"coalesce(current_setting('jalon.{n}', true), '')" for n in NAMES))
        return tuple(cursor.fetchone())
