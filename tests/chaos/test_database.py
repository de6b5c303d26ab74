"""PostgreSQL goes away, stands still, cuts connections or turns read-only: never a wrong answer, never a long wait."""
import json
import random
import signal
import subprocess
import threading
import time

import pytest

from service import ROOT, STATUS, Cluster, gate, open_directory, token_field, wait_for
from support import fastcgi

BOUNDED = 5  # seconds


@pytest.fixture
def it(apart):
    return apart()


@pytest.fixture
def key(it):
    return it.make_token(Cluster.name, Cluster.password)["key"]


def create(key, **fields):
    return fastcgi.request("POST", "/api/users/tokens/", CONTENT_TYPE="application/json", **token_field(key)), json.dumps(fields).encode()


def assert_away(it, question, body=b""):
    begun = time.monotonic()
    answer = it.ask(question, body)
    assert time.monotonic() - begun < BOUNDED
    assert answer.status == 503
    assert int(answer.headers["Retry-After"]) > 0
    assert json.loads(answer.body)["detail"]


def assert_all_away(it, key):
    own = {k: v for k, v in gate(key).items() if k != "POSTERN_SERVER"}  # nginx can pass on no 503
    assert_away(it, own)
    assert_away(it, fastcgi.request("GET", "/api/users/tokens/", **token_field(key)))
    assert_away(it, *create(key))
    begun = time.monotonic()
    assert it.ask(gate(key)).status == 403
    assert it.sign_in(Cluster.name, Cluster.password).status == 503
    assert time.monotonic() - begun < 2 * BOUNDED


def assert_back(it, key, seconds=10):
    wait_for(lambda: it.ask(gate(key)).status == 200, seconds)
    # every worker finds out for itself
    wait_for(lambda: {it.ask(*create(key)).status for _ in range(16)} == {201}, seconds)


def test_a_server_that_was_stopped_and_started(it, key, cluster):
    before = it.crew()
    cluster.stop()
    try:
        assert_all_away(it, key)
        assert it.ask(STATUS).status == 503
    finally:
        cluster.start()
    assert_back(it, key)
    assert it.crew() == before


def test_a_server_that_stands_still(it, key, cluster):
    cluster.signal_all(signal.SIGSTOP)
    try:
        assert_all_away(it, key)
        # many at once, too, when each worker has found out
        begun, answers = time.monotonic(), []
        threads = [threading.Thread(target=lambda: answers.append(it.ask(gate(key)).status)) for _ in range(30)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert set(answers) == {403}
        assert time.monotonic() - begun < 2 * BOUNDED
    finally:
        cluster.signal_all(signal.SIGCONT)
    assert_back(it, key)


def test_a_service_that_starts_again_while_the_database_is_away_waits_for_it(it, key, cluster):
    cluster.stop()
    try:
        before = it.crew()
        it.process.send_signal(signal.SIGHUP)
        wait_for(lambda: not before & it.crew(), 30)
        assert_away(it, fastcgi.request("GET", "/api/users/tokens/", **token_field(key)))
    finally:
        cluster.start()
    assert_back(it, key)


def cut(cluster):
    """Ends the workers' connections; how many there were."""
    (count,), = cluster.psql("SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE usename = 'postern'")
    wait_for(lambda: cluster.psql("SELECT count(*) FROM pg_stat_activity WHERE usename = 'postern'") == [(0,)])
    return count


def test_connections_that_were_cut_are_made_anew_unnoticed(it, key, cluster):
    for _ in range(3):
        assert cut(cluster)
        for _ in range(12):
            assert it.ask(gate(key)).status == 200
    assert cut(cluster)
    for _ in range(12):  # nothing had been sent, so writes may go on, too
        assert it.ask(*create(key)).status == 201


def test_a_write_whose_connection_breaks_is_never_sent_twice(apart, key, cluster):
    """Each create waits on a lock when its connection is cut: 503, and nothing was done. What was 201 is there, once."""
    it, fates = apart(POSTERN_DB_TIMEOUT="20000"), []

    def ask(n):
        fates.append((it.ask(*create(key, description=f"cut {n}")).status, f"cut {n}"))

    with cluster_lock(cluster, "postern.tokens IN SHARE MODE"):
        threads = [threading.Thread(target=ask, args=(n,)) for n in range(4)]
        for thread in threads:
            thread.start()
        while any(thread.is_alive() for thread in threads):
            cluster.psql("SELECT pg_terminate_backend(pid) FROM pg_locks WHERE NOT granted")
            time.sleep(0.05)
    assert [status for status, _ in fates] == [503] * 4
    assert cluster.psql("SELECT count(*) FROM postern.tokens WHERE description LIKE 'cut %'") == [(0,)]
    # and while connections are cut at random, every answer tells the truth
    done, fates[:] = threading.Event(), []

    def cut_often():
        while not done.wait(random.uniform(0.05, 0.3)):
            cluster.psql("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'postern'")

    def ask_until_enough(base):
        # a worker cut while it connects looks again a little later, and says 503 at once until then
        end = time.monotonic() + 60
        while [status for status, _ in fates].count(201) < 200 and time.monotonic() < end:
            ask(base)
            base += 1
        written.append(time.monotonic() < end)

    cutter, written = threading.Thread(target=cut_often), []
    cutter.start()
    threads = [threading.Thread(target=ask_until_enough, args=(base,)) for base in (10**5, 2 * 10**5, 3 * 10**5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    done.set()
    cutter.join()
    assert written == [True] * 3
    stored = dict(cluster.psql("SELECT description, count(*) FROM postern.tokens WHERE description LIKE 'cut %%' GROUP BY 1"))
    assert {status for status, _ in fates} <= {201, 503}
    assert all(count == 1 for count in stored.values())
    assert {name for status, name in fates if status == 201} <= stored.keys()
    assert_back(it, key)


class cluster_lock:
    """Holds a lock while the block runs."""

    def __init__(self, cluster, what):
        import psycopg
        self.connection = psycopg.connect(host=str(cluster.dir), dbname="postern", user="postgres")
        self.what = what

    def __enter__(self):
        self.connection.execute(f"LOCK TABLE {self.what}")

    def __exit__(self, *_):
        self.connection.close()


def test_a_statement_that_takes_too_long_is_given_up(apart, key, cluster):
    it = apart(POSTERN_DB_TIMEOUT="500")
    with cluster_lock(cluster, "postern.tokens IN ACCESS EXCLUSIVE MODE"):
        begun = time.monotonic()
        assert_away(it, fastcgi.request("GET", "/api/users/tokens/", **token_field(key)))
        assert time.monotonic() - begun < 3
        # and it does not go on in the server
        wait_for(lambda: cluster.psql("SELECT count(*) FROM pg_locks WHERE NOT granted") == [(0,)], 3)
    assert_back(it, key)


def test_a_read_only_database_still_lets_tokens_in(it, key, cluster):
    cluster.psql("UPDATE postern.token_use SET last_used = now() - interval '1 hour'")
    cluster.psql("ALTER ROLE postern SET default_transaction_read_only = on")
    try:
        cut(cluster)
        for _ in range(8):
            assert it.ask(gate(key)).status == 200
            assert it.get("/api/users/tokens/", key).status == 200
        assert_away(it, *create(key))
        assert it.sign_in(Cluster.name, Cluster.password).status == 503
        # each process tells it once; that the use of a token cannot be noted is no event
        assert 0 < len(it.events("database_read_only")) <= len(it.crew())
        assert not it.events("database_error")
    finally:
        cluster.psql("ALTER ROLE postern RESET default_transaction_read_only")
    cut(cluster)
    assert_back(it, key)


def test_it_works_without_prepared_statements(apart, cluster):
    it = apart(POSTERN_PREPARE="off")
    key = it.make_token(Cluster.name, Cluster.password)["key"]
    assert it.ask(gate(key)).status == 200
    assert it.ask(*create(key)).status == 201
    assert it.ask(*create(key, description="x" * 201)).status == 400
    assert cluster.psql("SELECT count(*) FROM pg_prepared_statements") == [(0,)]


@pytest.fixture
def bouncer(cluster):
    """The environment that leads through a PgBouncer in transaction mode with two server connections."""
    directory = open_directory("www-data")
    (directory / "pgbouncer.ini").write_text(f"""
[databases]
postern = host={cluster.dir} dbname=postern
[pgbouncer]
listen_addr =
unix_socket_dir = {directory}
listen_port = 6432
auth_type = any
pool_mode = transaction
default_pool_size = 2
logfile = {directory}/log
pidfile = {directory}/pid
""".replace("postern = host", "postern = user=postern host"))
    process = subprocess.Popen(["/usr/sbin/pgbouncer", "-q", *(["-u", "www-data"] if ROOT else []), str(directory / "pgbouncer.ini")])
    wait_for(lambda: (directory / ".s.PGSQL.6432").exists())
    yield {"PGHOST": str(directory), "PGPORT": "6432"}
    process.terminate()
    process.wait(10)
    import shutil
    shutil.rmtree(directory)


def test_it_works_through_pgbouncer_in_transaction_mode(apart, bouncer, cluster):
    """Four workers and two password workers share two connections; transactions stay whole, tokens work at once and die at once."""
    it = apart(POSTERN_PREPARE="off", **bouncer)
    key = it.make_token(Cluster.name, Cluster.password)["key"]
    fates = []

    def rounds(name):
        for n in range(10):
            made = it.ask(*create(key, description=f"{name} {n}"))
            token = json.loads(made.body)
            path = f"/api/users/tokens/{token['id']}/"
            fates.append((made.status, it.ask(gate(token["key"])).status,
                          it.ask(fastcgi.request("DELETE", path, **token_field(key))).status, it.ask(gate(token["key"])).status))

    threads = [threading.Thread(target=rounds, args=(f"bounced {n}",)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert set(fates) == {(201, 200, 204, 403)} and len(fates) == 40
    # the audit names who did it, although the connection was shared
    (actors,), = cluster.psql("SELECT count(DISTINCT username) FROM postern.audit_events WHERE action = 'token_created'")
    assert actors == 1
