"""Create and fill the yardstick's database: python load_django.py N   (PEER_DB chooses where)."""

import os
import sys
import time
from datetime import UTC
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE / "peer")]
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "peerproj.settings")
import django  # noqa: E402

django.setup()
from datagen import generate  # noqa: E402
from django.contrib.auth.hashers import make_password  # noqa: E402
from django.contrib.auth.models import Permission, User  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.db import connection, transaction  # noqa: E402

TABLES = {
    "case": (
        "caselist_case",
        [
            "id",
            "reference",
            "first_name",
            "last_name",
            "birth_date",
            "status",
            "opened_on",
            "closed_on",
            "worker_id",
            "team_id",
            "city",
            "phone",
            "summary",
        ],
    ),
    "note": ("caselist_note", ["id", "case_id", "author_id", "created", "body"]),
    "event": ("caselist_event", ["id", "case_id", "kind", "date", "label"]),
    "attachment": ("caselist_attachment", ["id", "case_id", "name", "content_type", "size"]),
    "team": ("caselist_team", ["id", "name"]),
    "membership": ("caselist_team_members", ["user_id", "team_id"]),
}


def main(n):
    if not (HERE / "peer/caselist/migrations/0001_initial.py").exists():
        call_command("makemigrations", "caselist", verbosity=0)
    call_command("migrate", verbosity=0)
    if User.objects.exists():
        return  # already filled
    pg = connection.vendor == "postgresql"
    t0 = time.perf_counter()
    buf = {k: [] for k in TABLES}
    users = []
    secret = make_password("bench")

    def flush(kind):
        rows, buf[kind] = buf[kind], []
        table, cols = TABLES[kind]
        with connection.cursor() as c:
            if pg:
                with c.copy(f"COPY {table} ({','.join(cols)}) FROM STDIN") as copy:
                    for r in rows:
                        copy.write_row(r)
            else:
                c.executemany(f"INSERT INTO {table} ({','.join(cols)}) VALUES ({','.join(['%s'] * len(cols))})", rows)

    with transaction.atomic():
        for kind, row in generate(n):
            if kind == "worker":
                users.append(
                    User(
                        id=row[0], username=row[1], first_name=row[2], last_name=row[3], password=secret, is_staff=True
                    )
                )
                if len(users) == 100:
                    User.objects.bulk_create(users)
                continue
            if kind == "note" and pg:
                row = row[:3] + (row[3].replace(tzinfo=UTC),) + row[4:]
            elif not pg:
                row = tuple(str(v) if hasattr(v, "isoformat") else v for v in row)
            buf[kind].append(row)
        for kind in ("team", "membership", "case", "note", "event", "attachment"):
            flush(kind)
        perms = Permission.objects.filter(content_type__app_label="caselist")
        through = User.user_permissions.through
        through.objects.bulk_create([through(user_id=u.id, permission_id=p.id) for u in users for p in perms])
        User.objects.create(id=1000, username="admin", is_staff=True, is_superuser=True, password=secret)
        if pg:
            with connection.cursor() as c:
                for t in ("case", "note", "event", "attachment", "team"):
                    c.execute(
                        f"SELECT setval(pg_get_serial_sequence('caselist_{t}','id'), (SELECT max(id) FROM caselist_{t}))"
                    )
    with connection.cursor() as c:
        c.execute("ANALYZE")
    print(f"loaded {n} cases into {connection.settings_dict['NAME']} in {time.perf_counter() - t0:.1f} s")


if __name__ == "__main__":
    main(int(sys.argv[1]))
