"""A `postern serve` of a test's own, asked directly over FastCGI, and a PostgreSQL cluster that may be broken."""
import base64
import os
import pwd
import random
import re
import shutil
import signal
import subprocess
import tempfile
import time
from pathlib import Path

import psycopg

from support import fastcgi
from support.demo import BUILD, FAST

ROOT = os.geteuid() == 0
PG_BIN = max(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda p: int(p.parts[4]), default=None)
SANITIZED = b"__asan_init" in (BUILD / "postern").read_bytes() if (BUILD / "postern").exists() else False
SLOWER = 4 if SANITIZED else 1  # what takes computing takes longer then


def wait_for(what, seconds=10):
    """What a function returns as soon as it is true; fails after so many seconds."""
    deadline = time.monotonic() + seconds
    while not (got := what()):
        assert time.monotonic() < deadline, f"waited {seconds} s in vain"
        time.sleep(0.02)
    return got


def open_directory(owner=None):
    path = Path(tempfile.mkdtemp(prefix="postern-chaos-"))
    path.chmod(0o755)
    if ROOT and owner:
        os.chown(path, pwd.getpwnam(owner).pw_uid, pwd.getpwnam(owner).pw_gid)
    return path


def token_field(key):
    return {"HTTP_AUTHORIZATION": f"Token {key}"}


def basic_field(name, password):
    return {"HTTP_AUTHORIZATION": "Basic " + base64.b64encode(f"{name}:{password}".encode()).decode()}


def gate(key=None, **more):
    """A gate question as the shipped nginx configuration asks it."""
    return {"POSTERN_ROLE": "gate", "POSTERN_SERVER": "nginx", "POSTERN_METHOD": "GET", "POSTERN_PATH": "/x",
            "REQUEST_METHOD": "GET", "REMOTE_ADDR": "127.0.0.1", "HTTP_HOST": "127.0.0.1", **(token_field(key) if key else {}), **more}


STATUS = fastcgi.request("GET", "/api/status/")


class Service:
    """A supervisor with its workers. `database` is the environment (PG*, POSTERN_*) that leads to a migrated database."""

    def __init__(self, database, prefix=(), arguments=(), **settings):
        self.dir = open_directory("www-data")
        self.socket = str(self.dir / "postern.sock")
        kept = {k: v for k, v in os.environ.items() if not k.startswith(("PG", "POSTERN_", "DEMO_"))}
        self.reports_dir = self.dir / "reports"
        self.reports_dir.mkdir()
        self.reports_dir.chmod(0o1777)
        reports = f"log_path={self.reports_dir}/report"
        self.env = {**kept, **FAST, **database, "PGUSER": "postern", "POSTERN_LISTEN": self.socket,
                    "POSTERN_LISTEN_MODE": "0666", "ASAN_OPTIONS": f"{reports}:detect_leaks=1", "UBSAN_OPTIONS": reports, **settings}
        self.prefix, self.arguments, self.process = list(prefix), list(arguments), None

    # --- life ---
    def launch(self):
        with open(self.dir / "log", "ab") as log:
            self.process = subprocess.Popen([*self.prefix, str(BUILD / "postern"), "serve", *self.arguments], env=self.env,
                                            stdout=log, stderr=log, stdin=None if self.prefix else subprocess.DEVNULL)
        return self

    def start(self, address=None):
        self.launch()
        wait_for(lambda: self.process.poll() is not None or re.search('event"?[=:]"?serving', self.log()), 20)
        assert self.process.poll() is None, self.log()
        wait_for(lambda: len(self.workers()) == int(self.env["POSTERN_WORKERS"]))
        assert self.ask(STATUS, address=address).status is not None
        return self

    def refusal(self):
        """What a start that must fail says; its exit status is 1."""
        self.launch()
        assert self.process.wait(20) == 1, self.log()
        return self.log()

    def terminate(self):
        self.process.send_signal(signal.SIGTERM)

    def stop(self):
        self.terminate()
        assert self.process.wait(30) == 0, self.log()

    def remove(self):
        if self.process and self.process.poll() is None:
            self.terminate()
            try:
                self.process.wait(40)
            except subprocess.TimeoutExpired:
                self.process.kill()
                raise
        reports = [f.read_text(errors="replace") for f in self.reports_dir.iterdir()]
        reports += [line for line in self.log().splitlines() if "Sanitizer" in line or "runtime error:" in line]
        shutil.rmtree(self.dir)
        assert not reports, "\n".join(reports)

    # --- what it holds ---
    def children(self, name=None):
        pid = self.process.pid
        found = set()
        for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split():
            try:
                if name in (None, Path(f"/proc/{child}/comm").read_text().strip()):
                    found.add(int(child))
            except (FileNotFoundError, ProcessLookupError):
                pass
        return found

    def workers(self):
        return self.children("postern-worker")

    def password_workers(self):
        return self.children("postern-passwd")

    def crew(self):
        """Workers of both kinds; the supervisor has other children for a moment."""
        return self.workers() | self.password_workers()

    def log(self):
        path = self.dir / "log"
        return path.read_text(errors="replace") if path.exists() else ""

    def events(self, name):
        return [line for line in self.log().splitlines() if f"event={name} " in line or line.endswith(f"event={name}")]

    # --- questions ---
    def ask(self, params, body=b"", address=None, **more):
        return fastcgi.ask(address or self.socket, params, body, **more)

    def get(self, path, key=None, **more):
        return self.ask(fastcgi.request("GET", path, **(token_field(key) if key else {}), **more))

    def connect(self, timeout=10):
        return fastcgi.connect(self.socket, timeout)

    def sign_in(self, name, password, address="127.0.0.1", **more):
        """Asks with a password (provisioning's way), and makes no token: the body is refused after the sign-in."""
        params = fastcgi.request("POST", "/api/users/tokens/", CONTENT_TYPE="application/json", **basic_field(name, password))
        return self.ask({**params, "REMOTE_ADDR": address}, b"[", **more)

    def make_token(self, name, password):
        import json
        params = fastcgi.request("POST", "/api/users/tokens/", CONTENT_TYPE="application/json", **basic_field(name, password))
        answer = self.ask(params, b"{}")
        assert answer.status == 201, answer.body
        return json.loads(answer.body)


class Cluster:
    """A PostgreSQL with Postern's schema and one user, hank, whose password is Propane-and-more."""

    name, password = "hank", "Propane-and-more"

    def __init__(self):
        self.dir = open_directory("postgres")
        self.server = None
        self.env = {"PGHOST": str(self.dir), "PGPORT": "5432", "PGDATABASE": "postern", "PGUSER": "postern_owner",
                    "POSTERN_PEPPER_FILE": str(self.dir / "pepper"), **({"POSTERN_USER": "www-data"} if ROOT else {})}

    def as_postgres(self, *command):
        return ["setpriv", "--reuid=postgres", "--regid=postgres", "--init-groups", *map(str, command)] if ROOT else [*map(str, command)]

    def create(self):
        quiet = {"check": True, "stdout": subprocess.DEVNULL, "cwd": "/"}
        subprocess.run(self.as_postgres(PG_BIN / "initdb", "-D", self.dir / "data", "-A", "trust", "-U", "postgres", "-E", "UTF8",
                                        "--locale=C.UTF-8", "--no-sync"), **quiet)
        self.start()
        repo = Path(__file__).resolve().parents[2]
        subprocess.run(["psql", "-XqU", "postgres", "-d", "postgres", "-h", self.dir, "-v", "ON_ERROR_STOP=1", "-f", repo / "db/roles.sql",
                        "-c", "ALTER ROLE postern_owner LOGIN", "-c", "CREATE DATABASE postern OWNER postern_owner"], **quiet)
        self.postern("migrate")
        self.postern("user", "add", self.name, "--password-stdin", input=self.password + "\n")
        return self

    def postern(self, *arguments, input=""):
        kept = {k: v for k, v in os.environ.items() if not k.startswith(("PG", "POSTERN_"))}
        subprocess.run([str(BUILD / "postern"), *arguments], env={**kept, **FAST, **self.env}, input=input, text=True, check=True,
                       stdout=subprocess.DEVNULL)

    def start(self, *settings):
        options = ["-c", "listen_addresses=", "-c", f"unix_socket_directories={self.dir}", "-c", "fsync=off", "-c", "shared_buffers=16MB"]
        with open(self.dir / "log", "ab") as log:
            self.server = subprocess.Popen(self.as_postgres(PG_BIN / "postgres", "-D", self.dir / "data", *options, *settings),
                                           stdout=log, stderr=log, cwd="/")
        wait_for(lambda: subprocess.run([PG_BIN / "pg_isready", "-qh", self.dir], check=False).returncode == 0, 20)

    def stop(self):
        """Immediate: what was in hand is lost."""
        if self.server:
            self.server.send_signal(signal.SIGQUIT)
            self.server.wait(20)
            self.server = None

    def all_pids(self):
        pid = self.server.pid
        return [pid, *map(int, Path(f"/proc/{pid}/task/{pid}/children").read_text().split())]

    def signal_all(self, number):
        for pid in self.all_pids():
            try:
                os.kill(pid, number)
            except ProcessLookupError:
                pass

    def psql(self, sql, *values, user="postgres", dbname="postern"):
        with psycopg.connect(host=str(self.dir), dbname=dbname, user=user, autocommit=True) as c:
            cursor = c.execute(sql, values or None)
            return cursor.fetchall() if cursor.description else []

    def remove(self):
        self.stop()
        shutil.rmtree(self.dir)


def fresh_address():
    """A client address that no other test uses."""
    return f"10.{random.randrange(256)}.{random.randrange(256)}.{random.randrange(1, 255)}"
