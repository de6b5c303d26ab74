"""Passwords have workers of their own, a queue with an end and counters that nobody outruns."""
import os
import select
import signal
import statistics
import threading
import time

import pytest

from service import STATUS, basic_field, fresh_address, gate, wait_for
from support import fastcgi
from support.fastcgi import PARAMS, STDIN, begin, pairs, read_reply, stream

SLOW_HASH = {"POSTERN_ARGON2_MEMORY": "8192", "POSTERN_ARGON2_TIME": "20"}  # some 150 ms each, for users that do not exist


def sign_in_question(name, password="x", address="127.0.0.1"):
    params = {**fastcgi.request("POST", "/api/users/tokens/", CONTENT_TYPE="application/json", **basic_field(name, password)), "REMOTE_ADDR": address}
    return begin() + stream(PARAMS, pairs(params)) + stream(STDIN, b"[")


def at_once(count, call):
    """What call(0) … call(count - 1) return, all running at the same time."""
    answers = [None] * count
    barrier = threading.Barrier(count)

    def run(n):
        barrier.wait()
        answers[n] = call(n)

    threads = [threading.Thread(target=run, args=(n,)) for n in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers


def evaluated(it):
    """How many hashes were computed for wrong passwords, by the log."""
    lines = it.events("login_failed")
    return len([line for line in lines if line.endswith(("reason=wrong_password", "reason=unknown_user"))])


def timed(call):
    begun = time.monotonic()
    return call().status, time.monotonic() - begun


def test_a_flood_of_passwords_leaves_token_requests_quick(service, user, token):
    """They take less than half of what the quickest password takes, and so have not waited for one, whatever else this machine does."""
    it = service(**SLOW_HASH, POSTERN_LOGIN_LIMIT="100000")
    key, done, passwords = token(user()).key, threading.Event(), []

    def flood():
        while not done.is_set():
            passwords.append(timed(lambda: it.sign_in("nobody", "x", timeout=60)))

    threads = [threading.Thread(target=flood) for _ in range(16)]
    for thread in threads:
        thread.start()
    wait_for(lambda: evaluated(it))
    tokens = [timed(lambda: it.ask(gate(key))) for _ in range(100)]
    wait_for(lambda: evaluated(it) > 3)
    done.set()
    for thread in threads:
        thread.join()
    assert {status for status, _ in tokens} == {200}
    hashed = [seconds for status, seconds in passwords if status == 403]
    assert statistics.median(seconds for _, seconds in tokens) < min(hashed) / 2


def test_a_full_queue_is_told_at_once(service):
    """Nothing is taken out of it meanwhile; those that wait are answered when something is."""
    it = service(POSTERN_PASSWORD_WORKERS="1", POSTERN_PASSWORD_QUEUE="3", POSTERN_LOGIN_LIMIT="100000")
    only, = it.password_workers()
    waiting = []
    it.process.send_signal(signal.SIGSTOP)  # or it would replace a worker that stands still
    os.kill(only, signal.SIGSTOP)
    try:
        for _ in range(8):
            waiting.append(it.connect(60))
            waiting[-1].sendall(sign_in_question("nobody"))
        told = wait_for(lambda: ready if len(ready := select.select(waiting, [], [], 0)[0]) == 5 else [])
        assert [read_reply(s).status for s in told] == [503] * 5
        answer = it.sign_in("nobody", "x")
        assert answer.status == 503 and int(answer.headers["Retry-After"]) > 0
        assert evaluated(it) == 0
    finally:
        os.kill(only, signal.SIGCONT)
        it.process.send_signal(signal.SIGCONT)
    assert [read_reply(s).status for s in waiting if s not in told] == [403] * 3
    for s in waiting:
        s.close()
    # and it empties again
    assert it.sign_in("nobody", "x").status == 403


def test_a_client_that_goes_while_it_waits_harms_nobody(service):
    it = service(POSTERN_LOGIN_LIMIT="100000", POSTERN_PASSWORD_QUEUE="100")
    before = it.crew()
    for _ in range(20):
        with it.connect() as s:
            s.sendall(sign_in_question("nobody"))
    wait_for(lambda: it.sign_in("nobody", "x").status == 403)
    assert it.crew() == before


def test_a_large_body_follows_a_password_to_its_worker(service, user):
    it, one = service(), user()
    params = fastcgi.request("POST", "/api/users/tokens/", CONTENT_TYPE="application/json", **basic_field(one.name, one.password))
    body = b'{"description": "' + b"d" * 150 + b'"}'
    answer = it.ask(params, body + b" " * (1024 * 1024 - len(body)))
    assert answer.status == 201 and b"d" * 150 in answer.body


def test_of_200_wrong_passwords_at_once_only_so_many_as_allowed_are_tried(service, user):
    """CVE-2024-4629: parallel requests do not beat the counter."""
    it, one = service(POSTERN_LOGIN_LIMIT="5", POSTERN_PASSWORD_QUEUE="1000"), user()
    answers = at_once(200, lambda n: it.sign_in(one.name, f"wrong {n}", fresh_address(), timeout=60))
    assert evaluated(it) == 5
    statuses = [a.status for a in answers]
    assert statuses.count(403) == 5
    assert statuses.count(429) == 195
    assert all(int(a.headers["Retry-After"]) > 0 for a in answers if a.status == 429)
    # the right one is not tried either
    assert it.sign_in(one.name, one.password, fresh_address()).status == 429


def test_spellings_of_a_name_share_a_counter_and_others_are_not_hit(service, user):
    it, one, other = service(POSTERN_LOGIN_LIMIT="4"), user(), user()
    names = [one.name, one.name.upper(), one.name + " ", " " + one.name, "".join(chr(ord(c) + 0xFEE0) for c in one.name)]
    statuses = [it.sign_in(names[n % 5], "wrong", fresh_address()).status for n in range(10)]
    assert statuses == [403] * 4 + [429] * 6
    assert it.sign_in(one.name, one.password, fresh_address()).status == 429
    assert it.sign_in(other.name, other.password, fresh_address()).status == 400  # signed in; the body is no JSON


def test_an_address_that_guesses_names_is_stopped_and_others_are_not(service, user):
    it, one = service(POSTERN_LOGIN_ADDRESS_LIMIT="6"), user()
    bad = fresh_address()
    assert [it.sign_in(f"name{n}{bad}", "wrong", bad).status for n in range(9)] == [403] * 6 + [429] * 3
    assert it.sign_in(one.name, one.password, bad).status == 429
    assert it.sign_in(one.name, one.password, fresh_address()).status == 400


def test_right_passwords_use_up_no_attempts(service, user):
    it, one = service(POSTERN_LOGIN_LIMIT="3", POSTERN_LOGIN_ADDRESS_LIMIT="3"), user()
    address = fresh_address()
    assert [it.sign_in(one.name, one.password, address).status for _ in range(12)] == [400] * 12


def test_waiting_ends_the_refusal(service, user):
    it, one = service(POSTERN_LOGIN_LIMIT="2", POSTERN_LOGIN_WINDOW="2"), user()
    assert [it.sign_in(one.name, "wrong", fresh_address()).status for _ in range(3)] == [403, 403, 429]
    time.sleep(2.2)
    assert it.sign_in(one.name, one.password, fresh_address()).status == 400


@pytest.mark.parametrize("kind", ["unknown", "inactive", "no password", "overlong name"])
def test_what_is_wrong_with_a_sign_in_does_not_show_in_its_time(service, demo, user, kind):
    """Medians of interleaved tries with costly hashes. A path without a hash takes a tenth of the time or less."""
    costly = {"POSTERN_ARGON2_MEMORY": "16384", "POSTERN_ARGON2_TIME": "3"}
    it = service(**costly, POSTERN_LOGIN_LIMIT="100000")
    known = user()
    demo.psql("UPDATE postern.users SET password_hash = %s WHERE username = %s",
              demo.postern("hash", "--password-stdin", input="Some-Other-Word-1\n", **costly).stdout.strip(), known.name)
    if kind == "inactive":
        name = user(active=False).name
        demo.psql("UPDATE postern.users SET password_hash = k.password_hash FROM postern.users k"
                  " WHERE users.username = %s AND k.username = %s", name, known.name)
    elif kind == "no password":
        name = user().name
        demo.psql("UPDATE postern.users SET password_hash = NULL WHERE username = %s", name)
    else:
        name = "nobody-of-this-name" if kind == "unknown" else "x" * 151
    times, bodies = {known.name: [], name: []}, set()
    for _ in range(15):
        for who, taken in times.items():
            begun = time.monotonic()
            answer = it.sign_in(who, "wrong", fresh_address())
            taken.append(time.monotonic() - begun)
            assert answer.status == 403
            bodies.add(answer.body)
    one, other = (statistics.median(taken) for taken in times.values())
    assert 0.5 < other / one < 2
    assert len(bodies) == 1


def test_a_token_s_use_is_written_once_a_minute_at_most(service, demo, user, token):
    it, made = service(), token(user())

    def last_used():
        return demo.psql("SELECT last_used, xmin::text FROM postern.token_use WHERE token_id = %s", made.id)

    assert last_used() == []
    at_once(20, lambda _: it.ask(gate(made.key)))
    first = wait_for(last_used)
    at_once(20, lambda _: it.ask(gate(made.key)))
    assert last_used() == first  # the very same row version
    demo.psql("UPDATE postern.token_use SET last_used = now() - interval '61 seconds' WHERE token_id = %s", made.id)
    assert it.ask(gate(made.key)).status == 200
    wait_for(lambda: last_used()[0][0] > first[0][0])


def test_a_use_that_cannot_be_noted_keeps_nobody_out(service, demo, user, token):
    """The row is locked by somebody: the answer has been sent before that matters."""
    it, made = service(POSTERN_DB_TIMEOUT="4000"), token(user())
    assert it.ask(gate(made.key)).status == 200
    wait_for(lambda: demo.psql("UPDATE postern.token_use SET last_used = now() - interval '1 hour' WHERE token_id = %s RETURNING 1", made.id))
    demo.psql("BEGIN")
    try:
        demo.psql("SELECT FROM postern.token_use WHERE token_id = %s FOR UPDATE", made.id)
        begun = time.monotonic()
        assert it.ask(gate(made.key)).status == 200
        assert time.monotonic() - begun < 2
    finally:
        demo.psql("ROLLBACK")
    assert it.ask(STATUS).status == 200
