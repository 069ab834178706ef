"""``jalon bench``: Jalon, a bare Django admin and the machine's floors measured in one run, printed as ratios.

The contract: absolute times of a shared machine mean nothing, the ratio of two programs measured in turn does. Works in a
folder of its own (``--work``, or a temporary one) and touches nothing else.
"""

import argparse
import json
import os
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
# W: goal of p50 as a ratio to the bare admin (10,000 and 100,000 dossiers), then requests/s with 8 clients.
GOALS = {
    "W1 list": (0.18, 0.05, 5),
    "W1 status": (0.12, 0.05, 10),
    "W1 search": (0.35, 0.30, None),
    "W2 detail": (0.17, 0.20, 5),
    "W3 save": (0.20, 0.25, 7),
    "W4 csv": (0.6, 0.6, None),
    "W4 xlsx": (0.6, 0.6, None),
    "W5 stats": (0.15, 0.05, 6),
    "W6 cold start": (1.5, 1.5, None),
    "W7 memory after load": (1.4, 1.4, None),
}
SLACK = 1.15  # the same program against itself gave 0.91 to 1.04


def parser():
    p = argparse.ArgumentParser(prog="jalon bench")
    p.add_argument("--size", type=int, default=10_000, help="dossiers (1000, 10000, 100000)")
    p.add_argument("--db", choices=["sqlite", "postgres"], default="sqlite")
    p.add_argument("--quick", action="store_true", help="under 90 s at 10,000 dossiers")
    p.add_argument("--json", action="store_true")
    p.add_argument("--work", type=Path, help="keep the databases here for the next run")
    p.add_argument("--only-web", action="store_true", help="leave out the law, the deadlines and the trail")
    return p


def web(o, work):
    """W1 to W7: bench.py in a process of its own, both programs side by side."""
    out = work / f"web-{o.size}-{o.db}.json"
    argv = [sys.executable, str(HERE / "bench.py"), "--cases", str(o.size), "--target", str(HERE / "ours.py"), "--work", str(work),
            "--out", str(out), "--db", "sqlite" if o.db == "sqlite" else f"pg:{_pg_database()}"]  # fmt: skip
    argv += ["--quick", "--no-floor", "--seconds", "1", "--n", "25"] if o.quick else ["--seconds", "2", "--n", "40"]
    env = {k: v for k, v in os.environ.items() if k != "DJANGO_SETTINGS_MODULE"}  # two programs, two settings
    subprocess.run(argv, check=True, stdout=subprocess.DEVNULL, env=env, cwd=HERE)
    return json.loads(out.read_text())


def _pg_database():
    """Two empty databases, one for each program; made here, named after this process."""
    name = f"jalon_bench_{os.getpid()}"
    for database in (name, f"{name}_jalon"):
        subprocess.run(["createdb", database], check=True)
    return name


def inside(name, *args):
    """One measurement in a process of its own; it prints one JSON object."""
    argv = [sys.executable, str(HERE / "inside.py"), name, *map(str, args)]
    return json.loads(subprocess.run(argv, check=True, capture_output=True, text=True).stdout)


def verdicts(o, figures):
    large = o.size >= 100_000
    ratios = figures["ratios to django-admin"]["jalon"]
    for key, (small_goal, large_goal, rps) in GOALS.items():
        got = ratios.get(key)
        if got is None:
            continue
        p50 = got["p50"] if isinstance(got, dict) else got
        goal = large_goal if large else small_goal
        yield key, p50, goal, p50 <= goal * SLACK, got.get("rps") if isinstance(got, dict) else None, rps


def main(argv=None):
    o = parser().parse_args(argv)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    with tempfile.TemporaryDirectory(prefix="jalon-bench-") as temporary:
        work = (o.work or Path(temporary)).resolve()
        work.mkdir(parents=True, exist_ok=True)
        figures = web(o, work)
        if not o.only_web:
            scale = 10 if o.quick else 1
            figures["L1 law"] = inside("law", 50_000 // scale)
            figures["L2 matching"] = inside("matching", 200 // scale)
            figures["L3 deadlines"] = inside("deadlines", 100_000 // scale)
            figures["J1 trail"] = inside("trail", 1_000_000 // scale)
            figures["W1 sealing"] = inside("sealing", work / f"jalon-{o.size}") if o.db == "sqlite" else None
    if o.json:
        print(json.dumps(figures, indent=1, ensure_ascii=False))
        return 0
    report(o, figures)
    return 0


def report(o, figures):
    machine = figures["machine"]
    print(
        f"{o.size} dossiers, {o.db}, {machine['cores']} cores, Python {machine['python']}; ratios to a bare Django admin\n"
    )
    print(f"{'':22} {'p50':>7} {'goal':>6}      {'8 clients':>9} {'goal':>5}   ours p50   admin p50   bytes  SQL")
    ours, admin = figures["systems"]["jalon"], figures["systems"]["django-admin"]
    for key, p50, goal, kept, rps, rps_goal in verdicts(o, figures):
        m, a = ours[key], admin[key]
        times = f"{m['p50_ms']:8.1f} ms {a['p50_ms']:8.1f} ms" if "p50_ms" in m else f"{'':11} {'':11}"
        size = f"{m.get('bytes') or 0:7}" if "p50_ms" in m else ""
        eight = f"{rps:8.1f}× {rps_goal or 0:4}×" if rps else " " * 15
        print(
            f"{key:22} {p50:7.3f} {goal:6.2f} {'ok' if kept else 'MISS':4} {eight} {times} {size} {m.get('sql') or ''}"
        )
    if "floor" in figures:
        print(f"\nfloors: {json.dumps(figures['floor'].get('sqlite'))}")
    for key in ("L1 law", "L2 matching", "L3 deadlines", "J1 trail", "W1 sealing"):
        if figures.get(key):
            print(f"{key:14} {json.dumps(figures[key], ensure_ascii=False)}")


if __name__ == "__main__":
    sys.exit(main())
