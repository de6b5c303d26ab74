"""Clients that are slow, silent or many keep nobody else waiting, and not for long themselves."""
import contextlib
import threading
import time

import pytest

from service import SLOWER, STATUS, gate
from support import fastcgi
from support.fastcgi import PARAMS, STDIN, begin, pairs, read_reply, record, stream

WORKERS = 2
QUESTION = begin() + stream(PARAMS, pairs(STATUS)) + stream(STDIN, b"")
POST = fastcgi.request("POST", "/api/users/tokens/", CONTENT_TYPE="application/json", CONTENT_LENGTH="1000")
BEGINNINGS = {
    "nothing": b"",
    "half a header": QUESTION[:5],
    "half a head": QUESTION[:60],
    "all parameters but their end": begin() + record(PARAMS, pairs(STATUS)),
    "no body": begin() + stream(PARAMS, pairs(POST)),
    "half a body": begin() + stream(PARAMS, pairs(POST)) + record(STDIN, b"{" * 500),
    "half a record of a body": begin() + stream(PARAMS, pairs(POST)) + record(STDIN, b"{" * 500)[:100],
    "half of a long body": begin() + stream(PARAMS, pairs(POST)) + stream(STDIN, b" " * 500_000)[:-8],
}


@pytest.fixture(scope="module")
def it(demo):
    from service import Service
    one = Service(demo.env, POSTERN_READ_TIMEOUT="3", POSTERN_WORKERS=str(WORKERS))
    try:
        yield one.start()
    finally:
        one.remove()


@contextlib.contextmanager
def many(it, count, data=b""):
    """That many connections on which this much was sent."""
    with contextlib.ExitStack() as stack:
        made = []
        for _ in range(count):
            made.append(stack.enter_context(it.connect(20)))
            if data:
                made[-1].sendall(data)
        yield made


def assert_quick(it, questions=20):
    """Nobody waits for the three seconds to pass in which the slow ones are cut."""
    for _ in range(questions):
        begun = time.monotonic()
        assert it.ask(STATUS).status == 200
        assert time.monotonic() - begun < 2


@pytest.mark.parametrize("data", BEGINNINGS.values(), ids=BEGINNINGS.keys())
def test_what_does_not_go_on_is_cut_and_keeps_nobody_waiting(it, data):
    with many(it, 4 * WORKERS, data) as connections:
        begun = time.monotonic()
        assert_quick(it)
        for s in connections:
            assert read_reply(s).status is None
        took = time.monotonic() - begun
    assert 2 < took < 3 + 2 * SLOWER


def test_one_byte_now_and_then_does_not_buy_more_time(it):
    with many(it, 4 * WORKERS) as connections:
        begun = time.monotonic()
        alive, sent = list(connections), 0
        while alive and time.monotonic() - begun < 10:
            for s in list(alive):
                try:
                    s.send(QUESTION[sent:sent + 1])
                except (BrokenPipeError, ConnectionResetError):
                    alive.remove(s)
            sent += 1
            assert_quick(it, 1)
            time.sleep(0.3)
        assert not alive
        assert time.monotonic() - begun < 3 + 3 * SLOWER


def test_a_slow_request_is_answered_when_it_is_whole(it):
    with many(it, 4 * WORKERS) as connections:
        for i in range(4):
            for s in connections:
                s.sendall(QUESTION[len(QUESTION) * i // 4:len(QUESTION) * (i + 1) // 4])
            time.sleep(0.3)
        assert [read_reply(s).status for s in connections] == [200] * len(connections)


def test_clients_that_do_not_take_their_answers_keep_nobody_waiting(it, user, token):
    import json
    key = token(user(), write_enabled=True).key
    auth = {"HTTP_AUTHORIZATION": f"Token {key}"}
    for _ in range(10):
        made = it.ask(fastcgi.request("POST", "/api/users/tokens/", CONTENT_TYPE="application/json", **auth),
                      json.dumps([{"description": "d" * 200}] * 100).encode())
        assert made.status == 201
    question = begin() + stream(PARAMS, pairs(fastcgi.request("GET", "/api/users/tokens/", "limit=1000", **auth))) + stream(STDIN, b"")
    with many(it, 4 * WORKERS, question):
        time.sleep(0.5)
        assert_quick(it)


def test_two_thousand_idle_connections_keep_nobody_waiting(it):
    """CVE-2012-6687 and the like."""
    with many(it, 2000):
        assert_quick(it)
    assert_quick(it)


def test_as_many_half_requests_as_fit_are_given_up_for_a_whole_one(it):
    with many(it, 1900, QUESTION[:-9]):
        assert_quick(it)


def test_idle_kept_connections_keep_nobody_waiting(it):
    """iipsrv#203, haproxy#2936: web servers that keep connections for later."""
    with many(it, 4 * WORKERS, begin(keep=True) + stream(PARAMS, pairs(STATUS)) + stream(STDIN, b"")):
        assert_quick(it)


def test_half_requests_of_large_bodies_do_not_fill_memory(it):
    """Each worker holds sixteen MiB of them at most."""
    with many(it, 60, begin() + stream(PARAMS, pairs(POST)) + stream(STDIN, b" " * 1_000_000)[:-8]):
        assert_quick(it)


def test_questions_at_the_same_time_are_all_answered(it, user, token):
    key, wrong = token(user()).key, "0" * 40
    found = []

    def ask():
        for _ in range(20):
            found.append((it.ask(gate(key)).status, it.ask(gate(wrong)).status, it.ask(gate()).status))

    threads = [threading.Thread(target=ask) for _ in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert set(found) == {(200, 403, 403)} and len(found) == 320
