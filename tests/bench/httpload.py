"""A small HTTP/1.1 load client on asyncio streams: keep-alive, one request at a time per client,
every answer's status and a text marker are checked. No third-party package.

A request is a dict: method, path, body (bytes or None), headers (dict), ok (statuses), expect (bytes).
"{RAND}" in a body or path is replaced by a fresh number before each send. "then": further requests that
belong to the same action (a page that needs several calls); they are sent one after another and timed with it.
"""

import asyncio
import gzip
import itertools
import random
import statistics
import time
import zlib


class BadAnswer(Exception):
    pass


class Client:
    def __init__(self, host, port):
        self.host, self.port, self.r = host, port, None

    async def open(self):
        self.r, self.w = await asyncio.open_connection(self.host, self.port, limit=2**22)
        import socket

        self.w.get_extra_info("socket").setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def close(self):
        if self.r:
            self.w.close()
        self.r = None

    async def send(self, method, path, headers=None, body=None):
        for attempt in (1, 2):
            if self.r is None:
                await self.open()
            try:
                return await self._send(method, path, headers or {}, body)
            except (ConnectionError, asyncio.IncompleteReadError):
                self.close()  # the server closed an idle keep-alive connection: once more
                if attempt == 2:
                    raise
        return None

    async def _send(self, method, path, headers, body):
        head = [f"{method} {path} HTTP/1.1", f"Host: {self.host}:{self.port}", "Connection: keep-alive"]
        head += [f"{k}: {v}" for k, v in headers.items()]
        if body is not None:
            head.append(f"Content-Length: {len(body)}")
        self.w.write(("\r\n".join(head) + "\r\n\r\n").encode() + (body or b""))
        raw = await self.r.readuntil(b"\r\n\r\n")
        lines = raw.decode("latin-1").split("\r\n")
        status = int(lines[0].split(" ", 2)[1])
        hdr, cookies = {}, []
        for line in lines[1:]:
            if line:
                k, _, v = line.partition(":")
                k = k.lower()
                if k == "set-cookie":
                    cookies.append(v.strip())
                hdr[k] = v.strip()
        hdr["set-cookie"] = cookies
        if method == "HEAD" or status in (204, 304):
            data = b""
        elif hdr.get("transfer-encoding", "").lower() == "chunked":
            parts = []
            while True:
                size = int((await self.r.readline()).split(b";")[0], 16)
                if size == 0:
                    while (await self.r.readline()) not in (b"\r\n", b""):
                        pass
                    break
                parts.append(await self.r.readexactly(size))
                await self.r.readexactly(2)
            data = b"".join(parts)
        elif "content-length" in hdr:
            data = await self.r.readexactly(int(hdr["content-length"]))
        else:
            data = await self.r.read()
            self.close()
        if hdr.get("connection", "").lower() == "close":
            self.close()
        return status, hdr, data


def plain(hdr, data):
    enc = hdr.get("content-encoding", "")
    return gzip.decompress(data) if enc == "gzip" else zlib.decompress(data) if enc == "deflate" else data


def check(req, status, hdr, data):
    if status not in req.get("ok", (200,)):
        raise BadAnswer(f"{req['method']} {req['path']}: status {status}: {plain(hdr, data)[:300]!r}")
    if req.get("expect"):
        page = plain(hdr, data)
        for marker in req["expect"] if isinstance(req["expect"], (list, tuple)) else [req["expect"]]:
            if marker not in page:
                raise BadAnswer(f"{req['method']} {req['path']}: no {marker!r} in {page[:300]!r}")


def fill(req):
    n = b"%012d" % random.randrange(10**12)
    body = req.get("body")
    return req["path"].replace("{RAND}", n.decode()), body.replace(b"{RAND}", n) if body else body


def quantile(xs, q):
    xs = sorted(xs)
    return xs[min(len(xs) - 1, int(q * len(xs)))]


async def _latency(host, port, reqs, n, warmup, max_s):
    c, out, size, sql = Client(host, port), [], 0, None
    t_end = None
    for i, req in enumerate(itertools.islice(itertools.cycle(reqs), n + warmup)):
        path, body = fill(req)
        t0 = time.perf_counter()
        status, hdr, data = await c.send(req["method"], path, req.get("headers"), body)
        rest = [await c.send(x["method"], fill(x)[0], x.get("headers"), fill(x)[1]) for x in req.get("then", ())]
        dt = time.perf_counter() - t0
        check(req, status, hdr, data)
        for x, answer in zip(req.get("then", ()), rest, strict=False):
            check(x, *answer)
        if i >= warmup:
            t_end = t_end or time.perf_counter() + max_s
            out.append(dt)
            if time.perf_counter() > t_end:
                break
        size, sql = len(data), hdr.get("x-sql", sql)
    c.close()
    return out, size, sql


def latency(host, port, reqs, n=100, warmup=5, repeats=3, max_s=8):
    """p50/p95 in ms: the median of `repeats` runs' own p50 and p95, one client, keep-alive."""
    p50, p95, size, sql, count = [], [], 0, None, 0
    for _ in range(repeats):
        xs, size, sql = asyncio.run(_latency(host, port, reqs, n, warmup, max_s))
        p50.append(quantile(xs, 0.5) * 1000)
        p95.append(quantile(xs, 0.95) * 1000)
        count += len(xs)
    return {
        "p50_ms": round(statistics.median(p50), 2),
        "p95_ms": round(statistics.median(p95), 2),
        "p50_runs": [round(x, 2) for x in p50],
        "n": count,
        "bytes": size,
        "sql": sql,
    }


async def _throughput(host, port, reqs, clients, seconds):
    stop = time.perf_counter() + seconds
    lat, errors = [], []

    async def one(k):
        c = Client(host, port)
        it = itertools.cycle(reqs[k % len(reqs) :] + reqs[: k % len(reqs)])
        while time.perf_counter() < stop:
            req = next(it)
            path, body = fill(req)
            t0 = time.perf_counter()
            try:
                status, hdr, data = await c.send(req["method"], path, req.get("headers"), body)
                check(req, status, hdr, data)
                for x in req.get("then", ()):
                    check(x, *await c.send(x["method"], fill(x)[0], x.get("headers"), fill(x)[1]))
                lat.append(time.perf_counter() - t0)
            except (BadAnswer, OSError, asyncio.IncompleteReadError) as e:
                errors.append(str(e)[:200])
                c.close()
        c.close()

    t0 = time.perf_counter()
    await asyncio.gather(*[one(k) for k in range(clients)])
    return lat, errors, time.perf_counter() - t0


def throughput(host, port, reqs, clients=8, seconds=10, repeats=3):
    rps, p50, p95, bad, note = [], [], [], 0, None
    for _ in range(repeats):
        lat, errors, wall = asyncio.run(_throughput(host, port, reqs, clients, seconds))
        rps.append(len(lat) / wall)
        if lat:
            p50.append(quantile(lat, 0.5) * 1000)
            p95.append(quantile(lat, 0.95) * 1000)
        bad += len(errors)
        note = errors[0] if errors else note
    return {
        "rps": round(statistics.median(rps), 1),
        "rps_runs": [round(x, 1) for x in rps],
        "p50_ms": round(statistics.median(p50), 1) if p50 else None,
        "p95_ms": round(statistics.median(p95), 1) if p95 else None,
        "errors": bad,
        "first_error": note,
    }


class Session:
    """Cookies and one connection, for logging in and for reading forms."""

    def __init__(self, host, port):
        self.host, self.port, self.cookies = host, port, {}

    def request(self, method, path, body=None, headers=None, follow=True):
        async def go():
            c = Client(self.host, self.port)
            h = {"Accept": "text/html,application/json", **(headers or {})}
            if self.cookies:
                h["Cookie"] = self.cookie()
            r = await c.send(method, path, h, body)
            c.close()
            return r

        status, hdr, data = asyncio.run(go())
        for line in hdr["set-cookie"]:
            k, _, v = line.split(";")[0].partition("=")
            self.cookies[k] = v
        if follow and status in (301, 302, 303) and "location" in hdr:
            loc = hdr["location"]
            loc = "/" + loc.split("/", 3)[3] if loc.startswith("http") else loc
            return self.request("GET", loc)
        return status, hdr, plain(hdr, data)

    def cookie(self):
        return "; ".join(f"{k}={v}" for k, v in self.cookies.items())
