"""Measure the yardstick (bare Django admin) and the machine's floors, and, with --target FILE.py,
our own system beside them in the same run. Prints JSON; see README.md.

python bench.py [--cases 10000] [--db sqlite|pg:NAME] [--seconds 3] [--repeats 3] [--target FILE.py]
                [--quick] [--out FILE.json] [--work DIR]
"""

import argparse
import atexit
import json
import os
import signal
import socket
import statistics
import subprocess
import sys
import time
from pathlib import Path

import forms
import psutil
from httpload import Session, latency, throughput

HERE = Path(__file__).resolve().parent
HOST = "127.0.0.1"
SEARCHES = ["dupont", "traor", "martin", "nguyen", "lef", "moreau", "haddad", "rousseau"]


def free_port():
    with socket.socket() as s:
        s.bind((HOST, 0))
        return s.getsockname()[1]


class Server:
    """A child process that listens on a port; its whole process group is ours and is ended by us."""

    def __init__(self, argv, port, env=None, cwd=None, log=None):
        self.port = port
        self.log = open(log or os.devnull, "ab")
        self.t0 = time.perf_counter()
        full = {**os.environ, **(env or {})}
        full.pop("PYTHONDONTWRITEBYTECODE", None)
        self.p = subprocess.Popen(argv, env=full, cwd=cwd, stdout=self.log, stderr=self.log, start_new_session=True)
        atexit.register(self.stop)  # also when a login or a check fails

    def wait(self, path="/", ok=lambda s: s < 500, headers=None, timeout=120):
        """seconds from the start of the process to the first good answer"""
        while time.perf_counter() - self.t0 < timeout:
            try:
                s = Session(HOST, self.port)
                status, hdr, data = s.request("GET", path, headers=headers, follow=False)
                if ok(status):
                    self.first = data
                    return time.perf_counter() - self.t0
            except OSError:
                pass
            if self.p.poll() is not None:
                raise RuntimeError(f"the server ended with {self.p.returncode}")
            time.sleep(0.005)
        raise RuntimeError("the server did not answer in time")

    def memory(self):
        """MiB: the largest worker's RSS, and the proportional (PSS) sum over all processes"""
        me = psutil.Process(self.p.pid)
        procs = me.children(recursive=True) or [me]
        rss = max(p.memory_info().rss for p in procs) / 2**20
        pss = sum(getattr(p.memory_full_info(), "pss", 0) for p in [me] + me.children(recursive=True)) / 2**20
        return {
            "worker_rss_mib": round(rss, 1),
            "all_pss_mib": round(pss, 1),
            "processes": 1 + len(me.children(recursive=True)),
        }

    def stop(self):
        if self.p.poll() is None:
            os.killpg(self.p.pid, signal.SIGTERM)
            try:
                self.p.wait(10)
            except subprocess.TimeoutExpired:
                os.killpg(self.p.pid, signal.SIGKILL)
                self.p.wait()
        self.log.close()


def gunicorn(app, port, workers=2, threads=4):
    return [
        sys.executable,
        "-m",
        "gunicorn",
        "-b",
        f"{HOST}:{port}",
        "-w",
        str(workers),
        "-k",
        "gthread",
        "--threads",
        str(threads),
        "--keep-alive",
        "30",
        "--graceful-timeout",
        "1",
        "--log-level",
        "error",
        app,
    ]


class DjangoAdmin:
    name = "django-admin"

    def __init__(self, cases, db, work):
        self.cases = cases
        self.db = db if db.startswith("pg:") else str(work / f"peer-{cases}.sqlite3")
        self.env = {"PEER_DB": self.db, "PYTHONPATH": f"{HERE / 'peer'}:{HERE}"}
        if os.environ.get("PEER_SQLCOUNT"):
            self.env["PEER_SQLCOUNT"] = "1"

    def load(self):
        subprocess.run(
            [sys.executable, str(HERE / "load_django.py"), str(self.cases)],
            env={**os.environ, **self.env},
            check=True,
            stdout=sys.stderr,
        )

    def start(self, workers=2):
        port = free_port()
        argv = gunicorn("peerproj.wsgi:application", port, workers)
        return Server(argv, port, self.env, cwd=str(HERE / "peer"), log=os.environ.get("BENCH_LOG"))

    def login(self, port, user="worker000"):
        s = Session(HOST, port)
        _, _, page = s.request("GET", "/admin/login/")
        body = [(k, v) for k, v in forms.fields(page) if k == "csrfmiddlewaretoken"]
        body += [("username", user), ("password", "bench"), ("next", "/admin/")]
        status, _, page = s.request(
            "POST",
            "/admin/login/",
            forms.encode(body),
            {"Content-Type": "application/x-www-form-urlencoded", "Referer": f"http://{HOST}:{port}/admin/login/"},
        )
        assert status == 200 and b"/admin/logout/" in page, page[:500]
        return s

    first_page = "/admin/caselist/case/"

    def scenarios(self, s):
        """the eight measured actions as lists of requests, read from real pages"""
        import re

        h = {"Cookie": s.cookie()}

        def get(path, *expect):
            return {"method": "GET", "path": path, "headers": h, "expect": list(expect)}

        L = "/admin/caselist/case/"
        _, _, page = s.request("GET", L)
        ids = re.findall(rb"/admin/caselist/case/(\d+)/change/", page)
        ids = list(dict.fromkeys(ids))[:20]
        assert len(ids) == 20, page[:2000]
        saves = []
        for i in ids[:8]:
            path = f"{L}{i.decode()}/change/"
            _, _, form = s.request("GET", path)
            pairs = [(k, "note {RAND}" if k == "notes-0-body" else v) for k, v in forms.fields(form, "case_form")]
            assert any(v == "note {RAND}" for _, v in pairs)
            saves.append(
                {
                    "method": "POST",
                    "path": path,
                    "ok": (302,),
                    "headers": {
                        **h,
                        "Content-Type": "application/x-www-form-urlencoded",
                        "Referer": f"http://{HOST}:{s.port}{path}",
                    },
                    "body": forms.encode(pairs).replace(b"%7BRAND%7D", b"{RAND}"),
                }
            )
        h = {"Cookie": self.login(s.port, "admin").cookie()}  # every case, for the statistics and the export
        stats = [get(f"{L}stats/", b"by-month", b"2023-02")]
        exports = {
            "W4 csv": [get(f"{L}export.csv?n=10000", b"DOS-0000001")],
            "W4 xlsx": [get(f"{L}export.xlsx?n=10000", b"PK")],
        }
        h = {"Cookie": s.cookie()}
        return {
            "W1 list": [get(L, b"field-reference", b"DOS-")],
            "W1 status": [get(f"{L}?status__exact={x}", b"DOS-") for x in ("open", "waiting", "closed", "new")],
            "W1 search": [get(f"{L}?q={q}", b"DOS-" if self.cases >= 10_000 else b"searchbar") for q in SEARCHES],
            "W2 detail": [get(f"{L}{i.decode()}/change/", b"notes-4-body", b"events-2-label", b"piece-") for i in ids],
            "W3 save": saves,
            "W5 stats": stats,
        }, exports


def measure_floor(out, work, cases, seconds, repeats):
    db = str(work / f"peer-{cases}.sqlite3")
    copy = str(work / "floor.sqlite3")
    import shutil

    shutil.copy(db, copy)
    import floor

    floor.add_index(copy)
    out["sqlite"] = floor.sqlite_query(copy)
    env = {"FLOOR_DB": copy, "PYTHONPATH": f"{HERE}:{HERE / 'peer'}", "PEER_DB": db}
    req = lambda p: [{"method": "GET", "path": p, "headers": {}, "expect": None}]  # noqa: E731
    for label, argv, path in (
        ("gunicorn empty wsgi", lambda p: gunicorn("floor:empty", p), "/"),
        ("gunicorn sqlite 50 rows json", lambda p: gunicorn("floor:rows", p), "/"),
        ("gunicorn django empty view", lambda p: gunicorn("peerproj.wsgi:application", p), "/empty/"),
    ):
        port = free_port()
        srv = Server(argv(port), port, env)
        try:
            cold = srv.wait(path, ok=lambda s: s == 200)
            time.sleep(0.5)
            out[label] = {
                "cold_s": round(cold, 3),
                **latency(HOST, port, req(path), 300, 20, repeats),
                "rps": throughput(HOST, port, req(path), 8, seconds, repeats)["rps"],
                **srv.memory(),
            }
        finally:
            srv.stop()


def measure(targets, seconds, repeats, n, quick=False):
    """Every action is measured on every system in turn, A B A B ..., `repeats` times, so that drift of the
    machine's speed hits all alike. Figures are medians over the repeats; ratios are medians of paired ratios."""
    raw, live = {}, []
    for t in targets:
        colds = []
        for _ in range(repeats):
            srv = t.start(workers=1)
            srv.wait(t.first_page, ok=lambda s: s in (200, 302))
            colds.append(time.perf_counter() - srv.t0)
            srv.stop()
        raw[t.name] = {"W6 cold start": {"s": colds}}
    try:
        for t in targets:
            srv = t.start()
            srv.wait(t.first_page, ok=lambda s: s in (200, 302))
            fast, slow = t.scenarios(t.login(srv.port))
            raw[t.name]["W7 memory after start"] = srv.memory()
            live.append((t, srv, fast, slow))
        for part, count, warm in ((2, n, 3), (3, 1, 0 if quick else 1)):
            for key in live[0][part]:
                for rep in range(repeats):
                    for t, srv, fast, slow in live:
                        reqs = (fast if part == 2 else slow).get(key)
                        if not reqs:
                            continue
                        r = latency(HOST, srv.port, reqs, count, warm if rep == 0 else 1 if part == 2 else 0, 1)
                        m = raw[t.name].setdefault(
                            key, {"p50_ms": [], "p95_ms": [], "bytes": r["bytes"], "sql": r["sql"]}
                        )
                        m["p50_ms"].append(r["p50_ms"])
                        m["p95_ms"].append(r["p95_ms"])
                    for t, srv, fast, _ in live:
                        reqs = fast.get(key)
                        if part == 2 and reqs:
                            r = throughput(HOST, srv.port, reqs, 8, seconds, 1)
                            m = raw[t.name][key].setdefault("x8", {"rps": [], "p95_ms": [], "errors": 0})
                            m["rps"].append(r["rps"])
                            m["p95_ms"].append(r["p95_ms"])
                            m["errors"] += r["errors"]
                            if r["first_error"]:
                                m["first_error"] = r["first_error"]
        for t, srv, *_ in live:
            raw[t.name]["W7 memory after load"] = srv.memory()
    finally:
        for _, srv, *_ in live:
            srv.stop()
    return raw


def median(xs):
    xs = [x for x in xs if x is not None]
    return round(statistics.median(xs), 3) if xs else None


def summary(raw):
    out = {}
    for name, r in raw.items():
        out[name] = {}
        for k, v in r.items():
            out[name][k] = {
                x: median(y)
                if isinstance(y, list)
                else {a: median(b) if isinstance(b, list) else b for a, b in y.items()}
                if isinstance(y, dict)
                else y
                for x, y in v.items()
            }
            spread = v.get("p50_ms") or v.get("s")
            if spread:
                out[name][k]["runs"] = [round(x, 2) for x in spread]
    return out


def ratios(raw):
    """ours / the yardstick; below 1 is better for times and memory, above 1 for requests a second"""
    base, out = raw["django-admin"], {}

    def paired(a, b):
        return round(statistics.median(x / y for x, y in zip(a, b, strict=False)), 3)

    for name, r in raw.items():
        if r is base:
            continue
        o = out[name] = {}
        for k, v in r.items():
            if k not in base:
                continue
            if "p50_ms" in v:
                o[k] = {"p50": paired(v["p50_ms"], base[k]["p50_ms"]), "p95": paired(v["p95_ms"], base[k]["p95_ms"])}
                if "x8" in v:
                    o[k]["rps"] = paired(v["x8"]["rps"], base[k]["x8"]["rps"])
            elif "s" in v:
                o[k] = paired(v["s"], base[k]["s"])
            elif "worker_rss_mib" in v:
                o[k] = round(v["worker_rss_mib"] / base[k]["worker_rss_mib"], 3)
    return out


def main():
    a = argparse.ArgumentParser()
    a.add_argument("--cases", type=int, default=10_000)
    a.add_argument("--db", default="sqlite")
    a.add_argument("--seconds", type=float, default=1.5)
    a.add_argument("--repeats", type=int, default=3)
    a.add_argument("--n", type=int, default=20, help="requests in one latency run")
    a.add_argument("--work", default="bench-work")
    a.add_argument(
        "--target", help="a Python file defining targets(cases, db, work) -> list of targets like DjangoAdmin"
    )
    a.add_argument("--no-floor", action="store_true")
    a.add_argument("--quick", action="store_true")
    a.add_argument("--out")
    o = a.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    work = Path(o.work)
    work.mkdir(parents=True, exist_ok=True)
    t0 = time.perf_counter()
    yard = DjangoAdmin(o.cases, o.db, work)
    targets = [yard]
    if o.target:
        ns = {"__file__": o.target}
        exec(compile(Path(o.target).read_text(), o.target, "exec"), ns)
        targets += ns["targets"](o.cases, o.db, work)
    for t in targets:
        t.load()
    out = {
        "machine": {"cores": os.cpu_count(), "load_before": os.getloadavg()[0], "python": sys.version.split()[0]},
        "cases": o.cases,
        "db": o.db,
    }
    if not o.no_floor and not o.db.startswith("pg:"):
        out["floor"] = {}
        measure_floor(out["floor"], work, o.cases, min(o.seconds, 1), 3)
    raw = measure(targets, o.seconds, o.repeats, o.n, o.quick)
    out["systems"] = summary(raw)
    out["ratios to django-admin"] = ratios(raw)
    floor_ms = out.get("floor", {}).get("gunicorn sqlite 50 rows json", {}).get("p50_ms")
    if floor_ms:
        out["W1 list / floor (gunicorn, one indexed query, JSON)"] = {
            name: round(r["W1 list"]["p50_ms"] / floor_ms, 1) for name, r in out["systems"].items()
        }
    out["wall_s"] = round(time.perf_counter() - t0, 1)
    text = json.dumps(out, indent=1)
    print(text)
    if o.out:
        Path(o.out).write_text(text)


if __name__ == "__main__":
    main()
