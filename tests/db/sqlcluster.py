"""A private PostgreSQL cluster for the SQL tests, and one database in it. Used by conftest.py."""

import itertools
import os
import pathlib
import subprocess

import psycopg
import psycopg.conninfo
import psycopg.rows
import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
MIGRATIONS = sorted((ROOT / "db/migrations").glob("*.sql"))
HASH = "$argon2id$v=19$m=19456,t=2,p=1$c29tZSBzYWx0IGhlcmU$" + "A" * 43
OTHER_HASH = HASH[:-1] + "B"

# People who sign in to the database; the workers' own role is postern.
LOGINS = {"olga": "postern_owner", "ada": "postern_admin", "otto": "postern_auditor", "nobody_in_particular": None}


def pg_bin():
    found = sorted(pathlib.Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda p: int(p.parts[4]))
    assert found, "no PostgreSQL server is installed"
    return found[-1].parent


def as_postgres(args):
    """initdb and the server refuse to run as root."""
    return ["setpriv", "--reuid=postgres", "--regid=postgres", "--init-groups", *args] if os.getuid() == 0 else args


class Cluster:
    def __init__(self, folder):
        self.folder, self.numbers = folder, itertools.count(1)

    def start(self):
        quiet = {"check": True, "stdout": subprocess.DEVNULL, "cwd": "/"}
        options = ("-c listen_addresses='' -c fsync=off -c max_connections=240 -c shared_buffers=32MB "
                   f"-c unix_socket_directories={self.folder} -c log_destination=stderr -c max_wal_size=128MB")
        subprocess.run(as_postgres([pg_bin() / "initdb", "-D", self.folder / "data", "-A", "trust", "-U", "postgres", "-E", "UTF8",
                                    "--locale=C.UTF-8", "--no-sync"]), **quiet)
        subprocess.run(as_postgres([pg_bin() / "pg_ctl", "-D", self.folder / "data", "-l", self.folder / "log", "-w", "-o", options,
                                    "start"]), **quiet)

    def stop(self):
        subprocess.run(as_postgres([pg_bin() / "pg_ctl", "-D", self.folder / "data", "-m", "immediate", "-w", "stop"]),
                       check=False, stdout=subprocess.DEVNULL, cwd="/")

    def psql(self, database, *args, user="postgres", stdin=None, check=True):
        done = subprocess.run(["psql", "-X", "-q", "-h", self.folder, "-U", user, "-d", database, "-v", "ON_ERROR_STOP=1", *args],
                              input=stdin, text=True, capture_output=True, cwd=ROOT, check=False)
        if check:
            assert done.returncode == 0, done.stdout + done.stderr
        return done

    def run(self, program, *args):
        """Output of another client program."""
        return subprocess.run([program, "-h", self.folder, "-U", "postgres", *args], check=True, text=True, capture_output=True, cwd=ROOT).stdout

    def create(self, template="template0"):
        name = f"sql_{next(self.numbers)}"
        self.admin(f"CREATE DATABASE {name} OWNER postern_owner TEMPLATE {template}")
        return Database(self, name)

    def drop(self, database):
        database.close()
        self.admin(f"DROP DATABASE {database.name} WITH (FORCE)")

    def admin(self, statement):
        with psycopg.connect(host=str(self.folder), user="postgres", dbname="postgres", autocommit=True) as c:
            c.execute(statement)


class Database:
    """One database. run() executes as a role and returns the rows; each role keeps one connection."""

    def __init__(self, cluster, name):
        self.cluster, self.name, self.open = cluster, name, {}

    def dsn(self, role):
        return psycopg.conninfo.make_conninfo(host=str(self.cluster.folder), dbname=self.name, user=role)

    def connect(self, role="postgres"):
        if role not in self.open:
            self.open[role] = psycopg.connect(self.dsn(role), autocommit=True, prepare_threshold=None)
        return self.open[role]

    def run(self, statement, *params, role="postgres"):
        cursor = self.connect(role).execute(statement, params or None)
        return cursor.fetchall() if cursor.description else []

    def one(self, statement, *params, role="postgres"):
        rows = self.run(statement, *params, role=role)
        assert len(rows) == 1, rows
        return rows[0][0]

    def dicts(self, statement, *params):
        with psycopg.connect(self.dsn("postgres"), autocommit=True, row_factory=psycopg.rows.dict_row) as c:
            return c.execute(statement, params or None).fetchall()

    def refused(self, statement, *params, role="postgres"):
        """The error that the statement meets."""
        with pytest.raises(psycopg.Error) as caught:
            self.run(statement, *params, role=role)
        return caught.value

    def close(self):
        for connection in self.open.values():
            connection.close()
        self.open = {}

    # What tests need of Postern's own rows.

    def user(self, name="hank", **columns):
        columns = {"username": name, **columns}
        return self.one(f"INSERT INTO postern.users ({', '.join(columns)}) VALUES ({', '.join(['%s'] * len(columns))}) RETURNING id",
                        *columns.values())

    def token(self, user_id, tail="3c9cb9", **columns):
        columns = {"user_id": user_id, "digest": os.urandom(32), "pepper": 1, "tail": tail, **columns}
        return self.one(f"INSERT INTO postern.tokens ({', '.join(columns)}) VALUES ({', '.join(['%s'] * len(columns))}) RETURNING id",
                        *columns.values())

    def session(self, user_id):
        return self.one("INSERT INTO postern.sessions (user_id, digest) VALUES (%s, %s) RETURNING id", user_id, os.urandom(32))

    def permission(self, types=("dcim.site",), actions=("view",), **columns):
        columns = {"name": "p" + os.urandom(4).hex(), "object_types": list(types), "actions": list(actions), **columns}
        return self.one(f"INSERT INTO postern.permissions ({', '.join(columns)}) VALUES ({', '.join(['%s'] * len(columns))}) RETURNING id",
                        *columns.values())

    def events(self):
        """The audit log so far, oldest first, as rows."""
        return self.dicts("SELECT * FROM postern.audit_events ORDER BY id")

    def actions(self):
        return [e["action"] for e in self.events()]
