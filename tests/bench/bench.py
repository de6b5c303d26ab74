"""The benchmark's runs and its table, and what must hold of its figures: the exit status is 1 when one does not. Called by run.sh."""
import base64
import json
import os
import re
import subprocess
import sys
import time
from pathlib import Path

import psycopg

from support import fastcgi
from support.demo import PASSWORDS, Demo, descendants, free_port

HERE = Path(__file__).resolve().parent
SECONDS = int(os.environ.get("SECONDS_EACH", "5"))
MIXED = int(os.environ.get("MIXED_REQUESTS", "100000"))
LARGEST = 3 * 1024  # KiB of PSS, of any worker
GROWTH = 1.10  # from a quarter of the mixed requests to all of them
PAGES = 2.0  # CPU of a page, in that of the same answer as JSON
PLAIN = {"POSTERN_WORKERS": "8", "POSTERN_ARGON2_MEMORY": "19456", "POSTERN_ARGON2_TIME": "2"}  # as without settings
BASIC = "Basic " + base64.b64encode(f"hankhill:{PASSWORDS['hankhill']}".encode()).decode()

NGINX = """
{user}
daemon off;
worker_processes 2;
pid "{dir}/bench.pid";
error_log "{dir}/log/bench.log";
events {{ worker_connections 1024; }}
http {{
    include temp.conf;
    access_log off;
    include postern-maps.conf;
    upstream postern {{ server "unix:{socket}"; }}
    server {{
        listen 127.0.0.1:{port};
        root "{root}";
        include postern.conf;
        include postern-gate.conf;
        location = /nothing.txt {{ return 204; }}
        location = /static.txt {{ }}
        location = /basic.txt {{ auth_basic bench; auth_basic_user_file "{root}/htpasswd"; }}
        location = /gated.txt {{ auth_request /postern-gate/; }}
        location = /gated-site.txt {{ auth_request /postern-gate/dcim.site; }}
    }}
}}
"""


class Run:
    """What wrk said."""

    def __init__(self, text):
        units = {"us": 0.001, "ms": 1, "s": 1000, "m": 60000}

        def latency(percent):
            found = re.search(rf"^ +{percent}%\s+([0-9.]+)(us|ms|s|m)$", text, re.M)
            return float(found[1]) * units[found[2]] if found else float("nan")  # nothing was answered

        self.rate = float(re.search(r"Requests/sec:\s+([0-9.]+)", text)[1])
        self.count = int(re.search(r"(\d+) requests in", text)[1])
        other = re.search(r"Non-2xx or 3xx responses: (\d+)", text)
        self.other = int(other[1]) if other else 0
        self.p50, self.p99 = latency(50), latency(99)
        broken = re.search(r"Socket errors: .*", text)
        self.broken = broken[0] if broken else ""


class Bench:
    def __init__(self):
        self.demo, self.nginx, self.failures = Demo(**PLAIN), None, []
        self.port = free_port()
        self.base = f"http://127.0.0.1:{self.port}"

    def start(self):
        self.demo.start()
        self.start_nginx()
        self.token = self.make_token()

    def start_nginx(self):
        demo, root = self.demo, self.demo.base / "root"
        root.mkdir()
        for name in ("basic", "gated", "gated-site", "static"):
            (root / f"{name}.txt").write_text("Taste the meat, not the heat.\n")
        hashed = subprocess.run(["openssl", "passwd", "-apr1", "propane"], capture_output=True, text=True, check=True).stdout.strip()
        (root / "htpasswd").write_text(f"hank:{hashed}\n")
        (demo.dir / "server-nginx/bench.conf").write_text(NGINX.format(
            user="user www-data;" if os.geteuid() == 0 else "", dir=demo.dir, socket=demo.socket, port=self.port, root=root))
        self.nginx = subprocess.Popen(["nginx", "-e", str(demo.dir / "log/bench.log"), "-c", str(demo.dir / "server-nginx/bench.conf")],
                                      env={**os.environ, "PATH": os.environ["PATH"] + ":/usr/sbin"})
        for _ in range(100):
            time.sleep(0.05)
            if subprocess.run(["curl", "-fsS", "--noproxy", "*", "-o", "/dev/null", f"{self.base}/static.txt"], check=False, stderr=subprocess.DEVNULL).returncode == 0:
                return
        raise RuntimeError("nginx did not start: " + (demo.dir / "log/bench.log").read_text())

    def close(self):
        if self.nginx:
            self.nginx.terminate()
            self.nginx.wait(10)
        self.demo.remove()

    def make_token(self):
        params = fastcgi.request("POST", "/api/users/tokens/", HTTP_AUTHORIZATION=BASIC, CONTENT_TYPE="application/json")
        return json.loads(fastcgi.ask(self.demo.socket, params, b"{}").body)["key"]

    def fill_list(self, count):
        """Makes tokens until there are so many; the path of one."""
        auth = {"HTTP_AUTHORIZATION": f"Token {self.token}"}
        create = fastcgi.request("POST", "/api/users/tokens/", CONTENT_TYPE="application/json", **auth)
        while True:
            found = json.loads(fastcgi.ask(self.demo.socket, fastcgi.request("GET", "/api/users/tokens/", **auth)).body)
            if found["count"] >= count:
                return f"/api/users/tokens/{found['results'][0]['id']}/"
            assert fastcgi.ask(self.demo.socket, create, b'{"description": "made by the benchmark"}').status == 201

    def demand(self, held, text):
        if not held:
            self.failures.append(text)

    def wrk(self, path, *fields, script=None, connections=16, seconds=SECONDS, **env):
        headers = [word for field in fields for word in ("-H", field)]
        command = ["wrk", "-t2", f"-c{connections}", f"-d{seconds}s", "--latency", *headers, *(["-s", str(HERE / script)] if script else []),
                   self.base + path]
        return subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env={**os.environ, **env})

    def run(self, *args, **more):
        return Run(self.wrk(*args, **more).communicate()[0])

    def workers(self):
        """{pid: name} of the workers."""
        found = {}
        for pid in descendants(self.demo.process.pid):
            try:
                name = Path(f"/proc/{pid}/comm").read_text().strip()
            except FileNotFoundError:
                continue
            if name in ("postern-worker", "postern-passwd"):
                found[pid] = name
        return found

    def cpu_each(self, *args, refused=False, **more):
        """A run, and the microseconds of the workers' processor time for each of its requests."""
        before = self.cpu_us()
        run = all_or_none(self.run(*args, **more), refused)
        return run, (self.cpu_us() - before) / run.count

    def cpu_us(self):
        """Microseconds of processor time that all workers have used."""
        return sum(int(Path(f"/proc/{pid}/schedstat").read_text().split()[0]) for pid in self.workers()) / 1000

    def memory(self):
        """{name: [KiB of PSS, ...]}"""
        found = {}
        for pid, name in self.workers().items():
            pss = re.search(r"^Pss:\s+(\d+)", Path(f"/proc/{pid}/smaps_rollup").read_text(), re.M)
            found.setdefault(name, []).append(int(pss[1]))
        return found

    def admin(self, sql):
        with psycopg.connect(host=self.demo.env["PGHOST"], dbname="postern", user="postgres", autocommit=True) as c:
            c.execute(sql)

    def round_trips(self, questions=200):
        """Statements that PostgreSQL ran for so many gate questions with one token, by its own log."""
        gate = {"POSTERN_ROLE": "gate", "POSTERN_METHOD": "GET", "POSTERN_PATH": "/x", "POSTERN_RESOURCE": "dcim.site", "REMOTE_ADDR": "127.0.0.1",
                "HTTP_HOST": "127.0.0.1", "HTTP_AUTHORIZATION": f"Token {self.token}"}
        fastcgi.ask(self.demo.socket, gate)
        self.admin("ALTER SYSTEM SET log_min_duration_statement = 0")
        self.admin("SELECT pg_reload_conf()")
        time.sleep(1)
        before = self.demo.log("postgresql")
        for _ in range(questions):
            assert fastcgi.ask(self.demo.socket, gate).status == 200
        self.admin("ALTER SYSTEM RESET log_min_duration_statement")
        self.admin("SELECT pg_reload_conf()")
        time.sleep(0.5)
        new = self.demo.log("postgresql")[len(before):]
        return len(re.findall(r"duration: .* (?:execute|statement)", re.sub(r".*(?:pg_reload_conf|ALTER SYSTEM).*", "", new))) / questions


def report(name, run, base=None, note=""):
    times = f"{run.rate / base.rate:6.2f}" if base else "      "
    print(f"{name:44}{run.rate:9.0f}{run.p50:9.2f}{run.p99:9.2f}  {times}  {note}{run.broken}", flush=True)


def all_or_none(run, refused):
    """Every answer must be what was expected, or the figures mean nothing."""
    assert run.other == (run.count if refused else 0), f"{run.other} of {run.count} answers were refusals"
    assert not run.broken, run.broken
    return run


def rates(b):
    auth = f"Authorization: Token {b.token}"
    print(f"{'16 connections, ' + str(SECONDS) + ' s each':44}{'req/s':>9}{'p50 ms':>9}{'p99 ms':>9}  {'x 204':>6}")
    base = all_or_none(b.run("/nothing.txt"), False)
    report("nginx: return 204", base, base)
    report("nginx: static file", all_or_none(b.run("/static.txt"), False), base)
    report("nginx: auth_basic, one line (apr1)", all_or_none(b.run("/basic.txt", "Authorization: Basic " + base64.b64encode(b"hank:propane").decode()), False), base)
    gate, cpu = b.cpu_each("/gated.txt", auth)
    report("gate: valid token", gate, base, f"{cpu:.0f} us of Postern's CPU each")
    site, cpu = b.cpu_each("/gated-site.txt", auth)
    report("gate: valid token and permission", site, base, f"{cpu:.0f} us")
    invalid, cpu = b.cpu_each("/gated.txt", script="invalid.lua", refused=True)
    report("gate: random invalid tokens", invalid, base, f"{cpu:.0f} us")
    report("API: list of tokens", all_or_none(b.run("/api/users/tokens/", auth), False), base)
    report("API: status", all_or_none(b.run("/api/status/"), False), base)
    print(f"\ndatabase round trips per gate question: {b.round_trips():.2f}")


def flood(b):
    auth = f"Authorization: Token {b.token}"
    names = b.demo.base / "names"
    names.write_text("\n".join(base64.b64encode(f"nobody{n}:x".encode()).decode() for n in range(20000)) + "\n")
    alone = all_or_none(b.run("/gated.txt", auth), False)
    pressing = b.wrk("/", script="flood.lua", connections=16, seconds=SECONDS + 2, NAMES=str(names))
    time.sleep(1)
    beside = all_or_none(b.run("/gated.txt", auth), False)
    pressed = Run(pressing.communicate()[0])
    print(f"\n{'16 connections each':44}{'req/s':>9}{'p50 ms':>9}{'p99 ms':>9}")
    report("gate: valid token", alone)
    report("the same beside a flood of passwords", beside, note=f"p99 x {beside.p99 / alone.p99:.1f}; {pressed.rate:.0f} passwords/s")


def pages(b):
    auth = f"Authorization: Token {b.token}"
    detail = b.fill_list(50)
    print(f"\n{'microseconds of CPU each':44}{'JSON':>9}{'page':>9}  {'x JSON':>6}")
    for name, path in (("API: list of 50 tokens", "/api/users/tokens/"), ("API: a token", detail), ("API: root", "/api/")):
        asked = fastcgi.request("GET", path, HTTP_AUTHORIZATION=f"Token {b.token}", HTTP_ACCEPT="text/html")
        assert fastcgi.ask(b.demo.socket, asked).headers["Content-Type"].startswith("text/html"), path
        _, cpu = b.cpu_each(path, auth, "Accept: application/json")
        _, page = b.cpu_each(path, auth, "Accept: text/html")
        print(f"{name:44}{cpu:9.0f}{page:9.0f}  {page / cpu:6.2f}", flush=True)
        b.demand(page <= PAGES * cpu, f"{name}: the page costs {page / cpu:.2f} times as much CPU as JSON; {PAGES} are the limit")


def memory(b):
    def line(found):
        return ", ".join(f"{name} {max(sizes)} KiB" for name, sizes in sorted(found.items()))

    asked, first = 0, None
    print()
    while asked < MIXED:
        asked += b.run("/", script="mixed.lua", seconds=1, TOKEN=b.token, BASIC=BASIC).count
        if not first and asked >= MIXED / 4 or asked >= MIXED:
            time.sleep(2)  # password workers give argon2's memory back when they are idle
            last = b.memory()
            first = first or last
            print(f"largest PSS of a worker after {asked} mixed requests: {line(last)}", flush=True)
    for name in last:
        before, after = max(first[name]), max(last[name])
        b.demand(after <= LARGEST, f"{name}: a PSS of {after} KiB; {LARGEST} are the limit")
        b.demand(after <= before * GROWTH, f"{name}: its PSS grew from {before} to {after} KiB; {GROWTH:.2f} times are the limit")


def main():
    b = Bench()
    try:
        b.start()
        rates(b)
        flood(b)
        pages(b)
        memory(b)
    finally:
        b.close()
    for text in b.failures:
        print(f"bench: FAILED: {text}", file=sys.stderr)
    return 1 if b.failures else 0


if __name__ == "__main__":
    sys.exit(main())
