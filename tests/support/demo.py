"""A demo of its own for tests: the real deploy/demo/demo.sh with its PostgreSQL, Postern and web server."""
import os
import random
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psycopg

REPO = Path(__file__).resolve().parents[2]
SCRIPT = REPO / "deploy/demo/demo.sh"
BUILD = REPO / os.environ.get("BUILD", "build")
PASSWORDS = {"hankhill": "I<3C3H8", "dale": "Pocket-Sand-2021", "peggy": "Substitute-Teacher-3x", "bill": "Army-Barber-1"}

# Tests hash many passwords and get many wrong on purpose; what is proved does not depend on these.
FAST = {"POSTERN_ARGON2_MEMORY": "256", "POSTERN_ARGON2_TIME": "1", "POSTERN_LOGIN_ADDRESS_LIMIT": "100000", "POSTERN_LOGIN_LIMIT": "40",
        "POSTERN_WORKERS": "4"}


def free_port():
    """A port that nobody listens at, and neither at the next few (the demo's backend takes one of them). Below the range
    from which the kernel gives ports to clients."""
    while True:
        port = random.randrange(12000, 32000, 10)
        try:
            for candidate in (port, port + 1, port + 2):
                with socket.socket() as s:
                    s.bind(("127.0.0.1", candidate))
            return port
        except OSError:
            pass


def born(pid):
    """When a process was started, in clock ticks; None if it is gone or a zombie."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except (FileNotFoundError, ProcessLookupError):
        return None
    return None if fields[0] == "Z" else int(fields[19])


def descendants(pid):
    """{pid: born} of a process and all below it."""
    children = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                parent = int((entry / "stat").read_text().rpartition(")")[2].split()[1])
            except (FileNotFoundError, ProcessLookupError):
                continue
            children.setdefault(parent, []).append(int(entry.name))
    found, todo = {}, [pid]
    while todo:
        one = todo.pop()
        found[one] = born(one)
        todo += children.get(one, [])
    return {p: b for p, b in found.items() if b is not None}


class Demo:
    """demo = Demo(); demo.start(); ...; demo.stop(); demo.remove(). Settings may be given: Demo(DEMO_EXEMPT="*")."""

    def __init__(self, server="nginx", base=None, **settings):
        self.base = Path(base or tempfile.mkdtemp(prefix="postern-test-"))
        self.base.chmod(0o755)
        self.dir = self.base / "demo"
        self.reports_dir = self.base / "reports"
        self.reports_dir.mkdir(exist_ok=True)
        self.reports_dir.chmod(0o1777)
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}/"
        self.server, self.settings = server, settings
        self.process, self.connection = None, None

    # --- life ---
    def environment(self):
        kept = {k: v for k, v in os.environ.items() if not k.startswith(("PG", "POSTERN_", "DEMO_"))}
        reports = f"log_path={self.reports_dir}/report"
        return {**kept, **FAST, "BUILD": str(BUILD), "DEMO_DIR": str(self.dir), "DEMO_PORT": str(self.port),
                "SERVER": self.server, "ASAN_OPTIONS": f"{reports}:detect_leaks=1:abort_on_error=0",
                "UBSAN_OPTIONS": f"{reports}:print_stacktrace=1", **self.settings}

    def launch(self, *arguments, script=SCRIPT, prefix=(), **more):
        """Starts demo.sh and does not wait for anything."""
        self.stdout, self.stderr = self.base / "stdout", self.base / "stderr"
        with open(self.stdout, "wb") as out, open(self.stderr, "wb") as err:
            return subprocess.Popen([*prefix, "bash", str(script), *arguments], env=self.environment(),
                                    **{"stdin": subprocess.DEVNULL, "stdout": out, "stderr": err, **more})

    def start(self, timeout=60, **more):
        self.process = self.launch(**more)
        deadline = time.monotonic() + timeout
        while "ready" not in self.stdout.read_text():
            if self.process.poll() is not None or time.monotonic() > deadline:
                self.kill()
                raise AssertionError(f"the demo did not start:\n{self.stderr.read_text()}\n{self.log()[-3000:]}")
            time.sleep(0.05)
        return self

    def run(self, *arguments, timeout=60):
        """Runs demo.sh where it is expected to end by itself: (exit status, stdout, stderr)."""
        process = self.launch(*arguments)
        try:
            process.wait(timeout)
        except subprocess.TimeoutExpired:
            process.terminate()
            process.wait(30)
            raise
        return process.returncode, self.stdout.read_text(), self.stderr.read_text()

    def processes(self):
        return descendants(self.process.pid)

    def stop(self, sig=signal.SIGTERM):
        """Stops it and proves that it ended well and left no process."""
        before = self.processes()
        self.disconnect()
        self.process.send_signal(sig)
        status = self.process.wait(60)
        self.process = None
        assert status == 0, f"demo.sh ended with {status}:\n{self.stderr.read_text()}"
        assert not self.left(before)

    @staticmethod
    def left(before, seconds=0):
        """What is still there of these processes, after at most so many seconds."""
        deadline = time.monotonic() + seconds
        while True:
            left = [pid for pid, since in before.items() if born(pid) == since]
            if not left or time.monotonic() > deadline:
                return left
            time.sleep(0.05)

    def kill(self):
        """Stops it without asking whether it went well."""
        self.disconnect()
        if self.process:
            self.process.terminate()
            self.process.wait(60)
            self.process = None

    def remove(self):
        self.kill()
        self.run("--reset")
        shutil.rmtree(self.base)

    # --- what it holds ---
    @property
    def env(self):
        """The variables that DIR/env sets."""
        shell = ["env", "-i", "bash", "-c", 'a=$(compgen -e); . "$1"; for n in $(compgen -e); do printf "%s=%s\\0" "$n" "${!n}"; done',
                 "-", str(self.dir / "env")]
        text = subprocess.run(shell, capture_output=True, check=True, text=True).stdout
        return {n: v for n, _, v in (x.partition("=") for x in text.split("\0") if x) if n.startswith(("PG", "POSTERN_"))}

    @property
    def socket(self):
        """Where Postern listens: the first address."""
        return self.env["POSTERN_LISTEN"].split(",")[0]

    def psql(self, sql, *values):
        """Runs one statement as the database's owner (%s stands for a value); its rows, if it has any."""
        if self.connection is None or self.connection.closed or self.connection.broken:
            env = self.env
            self.connection = psycopg.connect(host=env["PGHOST"], port=env["PGPORT"], dbname=env["PGDATABASE"],
                                              user=env["PGUSER"], autocommit=True)
        cursor = self.connection.execute(sql, values or None)
        return cursor.fetchall() if cursor.description else []

    def while_changing(self, sql, *values, act):
        """Commits an administrator's change after act() has begun and found the old state; act's result."""
        env = self.env
        with ThreadPoolExecutor(1) as pool, psycopg.connect(host=env["PGHOST"], port=env["PGPORT"], dbname=env["PGDATABASE"],
                                                            user=env["PGUSER"]) as admin:
            admin.execute(sql, values)
            pending = pool.submit(act)
            deadline = time.monotonic() + 2
            while not pending.done() and time.monotonic() < deadline and not self.psql(
                    "SELECT 1 FROM pg_stat_activity WHERE %s = ANY (pg_blocking_pids(pid))", admin.info.backend_pid):
                time.sleep(0.01)
            admin.commit()
            return pending.result()

    def disconnect(self):
        if self.connection:
            self.connection.close()
            self.connection = None

    def postern(self, *arguments, input="", check=True, **settings):
        """Runs the program against the demo; a CompletedProcess with text."""
        env = {**{k: v for k, v in os.environ.items() if not k.startswith(("PG", "POSTERN_"))}, **FAST, **self.env, **settings}
        done = subprocess.run([str(BUILD / "postern"), *arguments], env=env, input=input, capture_output=True, text=True, timeout=60)
        assert not check or done.returncode == 0, f"postern {arguments} ended with {done.returncode}: {done.stderr}"
        return done

    def log(self, name="postern"):
        path = self.dir / "log" / f"{name}.log"
        return path.read_text(errors="replace") if path.exists() else ""

    def reports(self):
        """What the sanitizers had to say, in files of their own or, where a worker's sandbox forbids files, in the log."""
        files = [f.read_text(errors="replace") for f in sorted(self.reports_dir.iterdir())]
        lines = [line for line in self.log().splitlines() if "Sanitizer" in line or "runtime error:" in line]
        return "\n".join(files + lines)
