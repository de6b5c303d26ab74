"""When Postern or its database is gone, slow or broken, nobody gets in, and nobody waits longer than five seconds."""
import concurrent.futures
import contextlib
import os
import pathlib
import signal
import struct
import time

import psycopg
import pytest

import client
from fcgi import END, END_REQUEST, STDOUT, TornGate, record
from second import second
from server_site import FILES, GUARDED, children
from support.demo import free_port

ALLOW = (b"Status: 200 OK\r\nVariable-POSTERN_USER: khan\r\nX-Postern-User: khan\r\nVariable-POSTERN_GATE: allow\r\n"
         b"X-Postern-Gate: allow\r\n\r\n")

# What is sent before the connection is closed. None of these is an answer.
TORN = {
    "nothing": b"",
    "half a record's head": record(STDOUT, ALLOW)[:5],
    "half a status": record(STDOUT, ALLOW[:8]),
    "a status and no more": record(STDOUT, ALLOW[:16]),
    "half the fields": record(STDOUT, ALLOW[:70]),
    "half a record": record(STDOUT, ALLOW)[:60],
    "an end without an answer": END,
    "half the fields and an end": record(STDOUT, ALLOW[:70]) + END,
    "overloaded": record(END_REQUEST, struct.pack("!IB3x", 0, 2)),
    "another protocol": b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n",
}


# mod_authnz_fcgi waits for thirty seconds, whatever is configured.
PATIENCE = {"apache": 31}


def assert_shut(port, backend, fields, seconds=5):
    """This credential opens nothing, and the answers come soon."""
    before, begin = len(backend.hits), time.monotonic()
    with concurrent.futures.ThreadPoolExecutor() as pool:
        ask = lambda path: client.request(port, "GET", path, fields, timeout=seconds + 5)
        answers = list(pool.map(ask, (GUARDED, FILES + "report.txt")))
    assert time.monotonic() - begin < seconds
    assert [a.status for a in answers if a.status < 400] == []
    assert [a.body for a in answers if b"Propane" in a.body] == []
    assert len(backend.hits) == before


def assert_opens(site):
    """Everything is well again within ten seconds."""
    deadline = time.monotonic() + 10
    while (answer := site.get(GUARDED, *site.credentials["with"])).status != 200:
        assert time.monotonic() < deadline, f"still {answer.status} {answer.body}"
        time.sleep(0.1)


def send(pids, number):
    for pid in pids:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, number)


@contextlib.contextmanager
def stopped(*pids):
    send(pids, signal.SIGSTOP)
    try:
        yield
    finally:
        send(pids, signal.SIGCONT)


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGSTOP])
def test_workers_that_fail_are_replaced(site, backend, number):
    """Strangers stay out meanwhile, and within five seconds everyone has an answer again."""
    send(children(site.child("postern")), number)
    assert_shut(site.port, backend, site.credentials["expired"])
    assert_opens(site)


def test_nobody_answers(site, backend):
    supervisor = site.child("postern")
    with stopped(supervisor, *children(supervisor)):
        assert_shut(site.port, backend, site.credentials["with"], PATIENCE.get(site.server, 5))
    assert_opens(site)


def test_the_database_stands_still(site, backend):
    postmaster = site.child("postgres")
    # the postmaster first: a backend that it starts meanwhile would go on answering
    with stopped(postmaster), stopped(*children(postmaster)):
        assert_shut(site.port, backend, site.credentials["with"])
    assert_opens(site)


def test_the_database_is_away(site, backend):
    site.disconnect()
    with psycopg.connect(host=site.env["PGHOST"], dbname="postgres", user="postgres", autocommit=True) as admin:
        admin.execute("ALTER DATABASE postern ALLOW_CONNECTIONS false")
        try:
            admin.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = 'postern'")
            assert_shut(site.port, backend, site.credentials["with"])
            answer = site.get(GUARDED, *site.credentials["with"])
        finally:
            admin.execute("ALTER DATABASE postern ALLOW_CONNECTIONS true")
    assert answer.json()["detail"]
    # auth_request knows no refusal but 401 and 403
    assert answer.status == (403 if site.server == "nginx" else 503)
    assert site.server == "nginx" or answer.headers["Retry-After"]
    assert_opens(site)


def apache_with_gate(site, places, address):
    """A second Apache, whose gate is elsewhere; the port. (Its gate is a TCP address.)"""
    return second(site, places, (r"Define POSTERN_GATE .*", f"Define POSTERN_GATE {address}"))


@contextlib.contextmanager
def without_socket(site):
    path = pathlib.Path(site.socket)
    away = path.with_suffix(".away")
    path.rename(away)
    try:
        yield str(path)
    finally:
        path.unlink(missing_ok=True)
        away.rename(path)


def test_the_socket_is_missing(site, backend, places):
    if site.server == "apache":
        with apache_with_gate(site, places, f"127.0.0.1:{free_port()}") as port:
            assert_shut(port, backend, site.credentials["with"])
        return
    with without_socket(site):
        assert_shut(site.port, backend, site.credentials["with"])
    assert_opens(site)


@contextlib.contextmanager
def torn_gate(site, places):
    """A TornGate in the place of Postern's, and the port at which the server then answers."""
    if site.server == "apache":
        gate_port = free_port()
        with contextlib.closing(TornGate(("127.0.0.1", gate_port))) as gate:
            with apache_with_gate(site, places, f"127.0.0.1:{gate_port}") as port:
                yield gate, port
        return
    with without_socket(site) as path, contextlib.closing(TornGate(path)) as gate:
        yield gate, site.port
    assert_opens(site)


def test_postern_s_own_api_says_that_it_is_away(site):
    with without_socket(site):
        answer = site.request("GET", "/api/users/tokens/", site.credentials["with"])
    assert_opens(site)
    assert answer.status in (502, 503)
    if site.server == "nginx":
        assert answer.json() == {"detail": "Service unavailable."} and answer.status == 503
        assert answer.headers["Retry-After"] and answer.headers["X-Request-ID"] and answer.headers["Cache-Control"] == "no-store"


def test_answers_that_break_off(site, backend, places):
    with torn_gate(site, places) as (gate, port):
        for name, gate.reply in TORN.items():
            try:
                assert_shut(port, backend, site.credentials["with"])
            except AssertionError as e:
                raise AssertionError(f"{name}: {e}") from e


def test_the_same_answers_whole_do_open(site, backend, places):
    """So that the test above fails for the right reason: nothing but the break is wrong with its answers."""
    with torn_gate(site, places) as (gate, port):
        gate.reply = record(STDOUT, ALLOW) + END
        assert client.request(port, "GET", GUARDED).status == 200


@pytest.mark.parametrize("page", [b"Status: 200 OK\r\nContent-Type: text/html\r\n\r\n<p>Welcome!", b"\r\n"])
def test_an_ordinary_page_is_no_answer(sites, backend, places, page):
    """Where the server can tell: nginx takes every 2xx for a yes, so there it is for Postern alone to tell."""
    for server in ("apache", "lighttpd", "caddy"):
        site = sites(server)
        with torn_gate(site, places) as (gate, port):
            gate.reply = record(STDOUT, page) + END
            assert_shut(port, backend, site.credentials["with"])
