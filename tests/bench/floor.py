"""Floors: the least that this machine needs for a comparable answer.

As a WSGI module:   floor:empty      - two bytes, no framework
                    floor:rows       - one indexed SQLite query for 50 visible rows, as JSON (FLOOR_DB)
As functions:       sqlite_query(path), pg_query(dsn): microseconds per query + JSON, in process.
"""

import json
import os
import sqlite3
import statistics
import threading
import time

SQL = (
    "SELECT c.id, c.reference, c.last_name, c.first_name, c.status, u.username, t.name, c.city, c.opened_on "
    "FROM caselist_case c JOIN auth_user u ON u.id = c.worker_id JOIN caselist_team t ON t.id = c.team_id "
    "WHERE c.team_id = {p} AND c.status = {p} ORDER BY c.opened_on DESC, c.id DESC LIMIT 50"
)
INDEX = "CREATE INDEX IF NOT EXISTS floor_idx ON caselist_case (team_id, status, opened_on DESC, id DESC)"
_local = threading.local()


def empty(environ, start_response):
    start_response("200 OK", [("Content-Type", "text/plain"), ("Content-Length", "2")])
    return [b"ok"]


def _db():
    if not hasattr(_local, "db"):
        _local.db = sqlite3.connect(os.environ["FLOOR_DB"])
    return _local.db


def rows(environ, start_response):
    body = json.dumps(_db().execute(SQL.format(p="?"), (1, "open")).fetchall()).encode()
    start_response("200 OK", [("Content-Type", "application/json"), ("Content-Length", str(len(body)))])
    return [body]


def _time(f, n=500, repeats=3):
    runs = []
    for _ in range(repeats):
        xs = []
        for _ in range(n):
            t0 = time.perf_counter()
            f()
            xs.append(time.perf_counter() - t0)
        runs.append(statistics.median(xs) * 1e6)
    return round(statistics.median(runs), 1)


def add_index(path):
    with sqlite3.connect(path) as db:
        db.execute(INDEX)


def sqlite_query(path):
    db = sqlite3.connect(path)
    q, out = SQL.format(p="?"), {}
    for t in ("open",):
        out["query_json_us"] = _time(lambda: json.dumps(db.execute(q, (1, t)).fetchall()))
        out["query_only_us"] = _time(lambda: db.execute(q, (1, t)).fetchall())
        out["rows"] = len(db.execute(q, (1, t)).fetchall())
    db.close()
    return out


def pg_query(dsn):
    import psycopg

    with psycopg.connect(dsn, autocommit=True) as db:
        db.execute(INDEX)
        q = SQL.format(p="%s")
        return {
            "query_json_us": _time(lambda: json.dumps(db.execute(q, (1, "open")).fetchall(), default=str)),
            "query_only_us": _time(lambda: db.execute(q, (1, "open")).fetchall()),
            "select_1_us": _time(lambda: db.execute("SELECT 1").fetchone()),
        }
