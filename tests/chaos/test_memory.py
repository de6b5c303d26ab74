"""Workers stay small. `make bench` asks a hundred thousand times and fails when they grow; here a few thousand show that nothing piles up."""
import re
import threading
import time
from pathlib import Path

from service import ROOT, SANITIZED, STATUS, gate, wait_for
from support import fastcgi
from support.demo import PASSWORDS

LARGEST = 3 * 1024  # KiB of PSS


def pss(pids):
    """{pid: KiB}: memory of its own, and its part of what is shared."""
    return {pid: int(re.search(r"^Pss:\s+(\d+)", Path(f"/proc/{pid}/smaps_rollup").read_text(), re.M)[1]) for pid in pids}


def descriptors(pids):
    return {pid: len(list(Path(f"/proc/{pid}/fd").iterdir())) for pid in pids}


def mixed(key):
    """Questions of all kinds, the odd ones too."""
    auth = {"HTTP_AUTHORIZATION": f"Token {key}"}
    create = fastcgi.request("POST", "/api/users/tokens/", CONTENT_TYPE="application/json", **auth)
    return [(gate(key), b""), (gate("0" * 40), b""), (gate(), b""), (STATUS, b""), (fastcgi.request("GET", "/api/users/tokens/", **auth), b""),
            (fastcgi.request("GET", "/nothing/", **auth), b""), (create, b'{"description": 5'), (create, b"[" * 5000), (create, b" " * 300_000),
            (fastcgi.request("GET", "/api/users/tokens/", HTTP_X="x" * 60_000, **auth), b"")]


def ask_all(it, questions, rounds):
    def run():
        for _ in range(rounds):
            for params, body in questions:
                assert it.ask(params, body).ended

    threads = [threading.Thread(target=run) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def drop_many(it, count):
    question = fastcgi.begin() + fastcgi.stream(fastcgi.PARAMS, fastcgi.pairs(STATUS)) + fastcgi.stream(fastcgi.STDIN, b"")
    for n in range(count):
        with it.connect() as s:
            s.sendall(question[:n % len(question)])


def send_most(s):
    """All but the end of a request of nearly a megabyte; what is given up on the way does not matter."""
    try:
        s.sendall(fastcgi.stream(fastcgi.PARAMS, fastcgi.pairs(fastcgi.request("POST", "/api/users/tokens/")))
                  + fastcgi.record(fastcgi.STDIN, bytes(65_000)) * 15)
    except (BrokenPipeError, ConnectionResetError):
        pass


if ROOT and not SANITIZED:  # others may not look into processes that cannot be dumped; sanitizers keep what was freed
    def test_workers_are_small_and_do_not_grow(service, user, token):
        it = service(POSTERN_WORKERS="2")
        questions = mixed(token(user(), write_enabled=True).key)
        ask_all(it, questions, 25)
        before = pss(it.workers())
        ask_all(it, questions, 100)
        after = pss(it.workers())
        assert after.keys() == before.keys()
        assert max(after.values()) < LARGEST
        assert all(after[pid] < before[pid] + 300 for pid in after), (before, after)

    def test_clients_that_give_up_leave_nothing_behind(service):
        """CVE-2022-41556: slots lost with each aborted request."""
        it = service(POSTERN_WORKERS="2")
        drop_many(it, 500)
        time.sleep(1)  # those of the last ones
        before, open_before = pss(it.workers()), descriptors(it.workers())
        drop_many(it, 3000)
        assert it.ask(STATUS).status == 200
        wait_for(lambda: all(n <= open_before[pid] for pid, n in descriptors(it.workers()).items()))
        after = pss(it.workers())
        assert all(after[pid] < before[pid] + 200 for pid in after), (before, after)

    def test_requests_that_are_held_back_take_so_much_and_no_more(service):
        """All came before any sent its body, so that counting at the door is too early."""
        it = service(POSTERN_WORKERS="1")
        held = [it.connect() for _ in range(60)]
        try:
            for s in held:
                s.sendall(fastcgi.begin())
            wait_for(lambda: min(descriptors(it.workers()).values()) > 60)
            for s in held:
                send_most(s)
            assert it.ask(STATUS).status == 200
            assert max(pss(it.workers()).values()) < LARGEST + 18 * 1024
            held[-1].sendall(fastcgi.record(fastcgi.STDIN))
            assert fastcgi.read_reply(held[-1]).status == 403  # the latest is still heard
            assert not fastcgi.read_reply(held[0]).ended
        finally:
            for s in held:
                s.close()

    def test_an_idle_password_worker_gives_its_memory_back(service):
        it = service(POSTERN_ARGON2_MEMORY="65536", POSTERN_ARGON2_TIME="1", POSTERN_LOGIN_LIMIT="100000")
        for _ in range(6):
            it.sign_in("nobody-of-memory", PASSWORDS["dale"])
        wait_for(lambda: max(pss(it.password_workers()).values()) < LARGEST, 5)

    def test_descriptors_do_not_pile_up_with_passwords(service):
        """Each password travels with two descriptors."""
        it = service(POSTERN_LOGIN_LIMIT="100000", POSTERN_LOGIN_ADDRESS_LIMIT="100000")
        for _ in range(20):
            it.sign_in("nobody-of-memory", "x")
        before = descriptors(it.crew())
        for _ in range(100):
            it.sign_in("nobody-of-memory", "x")
        wait_for(lambda: all(n <= before[pid] for pid, n in descriptors(it.crew()).items()))
