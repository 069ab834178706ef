"""The second wall, on PostgreSQL: a request can fetch only the keys that its actor's house may hold.

Whatever a page forgot to check, a row without its key is bytes. The policy is on ``vault_keyslot`` alone: every sealed
table is behind it. It says, in the database, what the matrix says of houses:

- the association that holds a file has its keys; the person herself, from her own space, G1 of her own file;
- G2, G3, G4 (story, health, law, family, whereabouts, notes) leave the database for nobody else;
- the State's side of the department, and a house with a share in force, have the other groups;
- keys of no file (accounts, associations, meetings) are for whoever is signed in, those of accounts for sign-in too;
- nothing said, nothing given: an unset, empty or forgotten setting opens no file.

Four settings of the transaction say who asks (``asking``), a fifth the day, by the one clock. They must be set in the
transaction of the reading: set outside, they are lost, and set for the session they would leak to the next request of
a pooled connection.
Servers connect as a role that owns no table; commands and backups as another, with BYPASSRLS.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django.utils.translation import gettext as _

from jalon.access import Actor
from jalon.config import clock
from jalon.vault.errors import Misplaced

NAMES = ("user", "role", "organisation", "department")
ONLY_ASSOCIATION = ("G2", "G3", "G4")
STATE_SIDE = ("SEC", "PRE", "ETR", "MEM")
NOBODY = ("", "", "", "")
SYSTEM = "system"  # what a command or a test may say of itself, when it is not a role with BYPASSRLS

# The settings are read once a statement (a subquery without parameters), not once a row.
DAY = "(SELECT nullif(current_setting('jalon.day', true), '')::date)"
POLICY = f"""
owner = 'staff'
OR (SELECT current_setting('jalon.role', true)) = '{SYSTEM}'
OR CASE WHEN EXISTS (SELECT 1 FROM people_dossier d WHERE d.id = owner) THEN
  CASE WHEN (SELECT current_setting('jalon.role', true)) = 'PER' THEN "group" = 'G1' AND EXISTS (
    SELECT 1 FROM people_assignment a WHERE a.dossier_id = owner AND a.kind = 'person'
    AND a.user_id = (SELECT nullif(current_setting('jalon.user', true), ''))
    AND a.starts_on <= {DAY} AND (a.ends_on IS NULL OR a.ends_on >= {DAY})
  )
  ELSE EXISTS (
    SELECT 1 FROM people_dossier d WHERE d.id = owner AND (
      d.organisation_id = (SELECT nullif(current_setting('jalon.organisation', true), ''))
      OR ("group" NOT IN {ONLY_ASSOCIATION} AND (
        (d.department = (SELECT nullif(current_setting('jalon.department', true), ''))
          AND (SELECT current_setting('jalon.role', true)) IN {STATE_SIDE})
        OR EXISTS (
          SELECT 1 FROM people_share s WHERE s.dossier_id = d.id AND s.revoked_at IS NULL
          AND s.given_on <= {DAY} AND (s.ends_on IS NULL OR s.ends_on >= {DAY})
          AND s.organisation_id = (SELECT nullif(current_setting('jalon.organisation', true), ''))
        )
      ))
    )
  ) END
  ELSE coalesce((SELECT current_setting('jalon.role', true)), '') <> ''
END
"""  # noqa: S608  (constants of this module only)
INSTALL = f"""
ALTER TABLE vault_keyslot ENABLE ROW LEVEL SECURITY;
ALTER TABLE vault_keyslot FORCE ROW LEVEL SECURITY;
DROP POLICY IF EXISTS key_wall ON vault_keyslot;
CREATE POLICY key_wall ON vault_keyslot FOR ALL USING ({POLICY}) WITH CHECK ({POLICY});
"""
REMOVE = """
DROP POLICY IF EXISTS key_wall ON vault_keyslot;
ALTER TABLE vault_keyslot NO FORCE ROW LEVEL SECURITY;
ALTER TABLE vault_keyslot DISABLE ROW LEVEL SECURITY;
"""


def install(role: str = "") -> None:
    """Put the wall up; ``role`` is the servers' role, given what a server needs and no more. As the tables' owner."""
    _only_postgresql()
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(INSTALL)
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
    with connection.cursor() as cursor:
        cursor.execute(REMOVE)


def verify() -> None:
    """Refuse to serve behind a wall that does not stand. Raises Misplaced with one sentence."""
    if not settings.KEY_WALL:
        return
    _only_postgresql()
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT c.relrowsecurity AND c.relforcerowsecurity, pg_get_userbyid(c.relowner) = current_user,"
            " r.rolsuper OR r.rolbypassrls,"
            " EXISTS (SELECT 1 FROM pg_policy p WHERE p.polrelid = c.oid AND p.polname = 'key_wall')"
            " FROM pg_class c, pg_roles r WHERE c.oid = 'vault_keyslot'::regclass AND r.rolname = current_user"
        )
        forced, owner, above, policy = cursor.fetchone()
        if not forced or not policy:
            raise Misplaced(_("Le mur des clés n'est pas en place : « jalon manage key_wall install »."))
        if owner or above:
            raise Misplaced(_("Le serveur se connecte avec un rôle qui passe le mur des clés."))
        cursor.execute("SELECT coalesce(current_setting('jalon.role', true), '')")
        if cursor.fetchone()[0]:
            raise Misplaced(_("Le rôle « jalon.role » est réglé pour toute la session : il passerait le mur."))


def _only_postgresql() -> None:
    if connection.vendor != "postgresql":
        raise Misplaced(_("Le mur des clés demande PostgreSQL."))


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
    with transaction.atomic():
        former = _said()
        say((actor.user_id, str(actor.role), actor.organisation_id, actor.department) if actor else NOBODY)
        try:
            yield
        finally:
            # Within a larger transaction (a test) the settings would outlive this one.
            if connection.savepoint_ids and not connection.needs_rollback:
                say(former)


def _said() -> tuple[Any, ...]:
    if not connection.savepoint_ids:
        return NOBODY
    with connection.cursor() as cursor:
        cursor.execute("SELECT " + ", ".join(f"coalesce(current_setting('jalon.{n}', true), '')" for n in NAMES))
        return tuple(cursor.fetchone())
