"""/api/status/, /api/authentication-check/ and the roots."""
import os
import signal
import time
from pathlib import Path

import pytest

from support.account import ANONYMOUS, TOKENS
from support.demo import PASSWORDS, REPO, Demo
from support.http import Client


def test_status_needs_no_credential(api, demo):
    answer = api.get("/api/status/")
    newest = max(int(f.name[:4]) for f in (REPO / "db/migrations").glob("*.sql"))
    assert answer.status_code == 200
    assert answer.json() == {"postern-version": demo.postern("--version").stdout.split()[1], "schema-version": newest, "database": "reachable", "ready": True}


def test_roots_link_to_what_is_below(api, demo):
    for path in ("/api/", "/api/users/"):
        body = api.get(path).json()
        assert list(body) == sorted(body)
        assert all(url == f"{demo.url}{path[1:]}{name}/" for name, url in body.items())


def test_users_root_names_the_endpoints(api):
    assert list(api.get("/api/users/").json()) == ["config", "groups", "permissions", "tokens", "users"]


@pytest.mark.parametrize("credential", ["token", "basic"])
@pytest.mark.parametrize("superuser", [False, True])
def test_authentication_check_tells_who_and_how(account, credential, superuser):
    alice = account(superuser=superuser)
    answer = alice.get("/api/authentication-check/", **({"basic": alice.basic} if credential == "basic" else {}))
    assert (answer.status_code, answer.json()) == (200, {
        "user": {"id": alice.id, "username": alice.name, "is_superuser": superuser}, "authenticated_by": credential,
        "token": alice.token["id"] if credential == "token" else None, "may_write": True, "may_manage_tokens": True})


def test_authentication_check_tells_what_the_token_may(alice, account):
    key = alice.create(write_enabled=False)["key"]
    assert alice.get("/api/authentication-check/", token=key).json()["may_write"] is False
    assert account(tokens=False).get("/api/authentication-check/").json()["may_manage_tokens"] is False
    key = alice.create(allowed_ips=["127.0.0.0/8"])["key"]
    assert alice.get("/api/authentication-check/", token=key).json()["may_manage_tokens"] is False


def test_authentication_check_of_nobody(api):
    answer = api.get("/api/authentication-check/")
    assert (answer.status_code, answer.json()) == (403, ANONYMOUS)


# --- when something is wrong inside ---
@pytest.fixture(scope="module")
def stoppable():
    it = Demo(POSTERN_DB_TIMEOUT="500")
    try:
        yield it.start()
    finally:
        it.remove()


def test_internal_error_tells_its_number_and_nothing_more(stoppable):
    client = Client(stoppable.url)
    stoppable.psql("ALTER FUNCTION postern.token_matches RENAME TO hidden")
    try:
        answer = client.get(TOKENS + "?q=x", basic=("hankhill", PASSWORDS["hankhill"]))
    finally:
        stoppable.psql("ALTER FUNCTION postern.hidden RENAME TO token_matches")
    assert (answer.status_code, answer.json()) == (500, {"detail": "Internal error.", "request_id": answer.headers["X-Request-ID"]})
    assert f"request={answer.headers['X-Request-ID']}" in stoppable.log() and "token_matches" in stoppable.log()
    assert client.get(TOKENS + "?q=x", basic=("hankhill", PASSWORDS["hankhill"])).status_code == 200


def program(pid):
    try:
        return Path(f"/proc/{pid}/comm").read_text()
    except (FileNotFoundError, ProcessLookupError):  # it has just ended
        return ""


@pytest.fixture
def frozen(stoppable):
    """The demo while all of PostgreSQL's processes stand still."""
    stoppable.disconnect()
    pids = [pid for pid in stoppable.processes() if "postgres" in program(pid)]
    for pid in pids:
        os.kill(pid, signal.SIGSTOP)
    yield stoppable
    for pid in pids:
        os.kill(pid, signal.SIGCONT)


def test_database_away_is_503_with_retry_after_where_it_is_needed(frozen):
    client = Client(frozen.url)
    status = client.get("/api/status/")
    assert (status.status_code, status.json()["database"], status.json()["ready"]) == (503, "unreachable", False)
    for answer in (status, client.get(TOKENS, token="0" * 40), client.post(TOKENS, basic=("hankhill", PASSWORDS["hankhill"]))):
        assert answer.status_code == 503 and int(answer.headers["Retry-After"]) >= 1
    assert client.get("/api/").status_code == 200
    assert client.get(TOKENS).json() == ANONYMOUS


def test_service_goes_on_when_it_is_back(stoppable):
    client = Client(stoppable.url)
    for _ in range(50):
        if all(client.get("/api/status/").status_code == 200 for _ in range(8)):
            break
        time.sleep(0.1)
    assert [client.get(TOKENS, token="0" * 40).status_code for _ in range(8)] == [403] * 8
    for _ in range(50):  # a password worker that waited in vain looks again after three seconds
        made = client.post(TOKENS, basic=("hankhill", PASSWORDS["hankhill"])).status_code
        if made != 503:
            break
        time.sleep(0.1)
    assert made == 201
