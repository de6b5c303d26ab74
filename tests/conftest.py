"""Fixtures for all tests. `demo` is one running demo for the whole session; nothing in it may be taken for granted
but what a test made itself, for others use it too."""
import resource
import secrets
from types import SimpleNamespace

import pytest

from support.demo import Demo
from support.http import Client, raw as raw_exchange

# Some tests hold thousands of connections; a login shell's limit is often 1024.
resource.setrlimit(resource.RLIMIT_NOFILE, (resource.getrlimit(resource.RLIMIT_NOFILE)[1],) * 2)


@pytest.fixture(scope="session")
def demo():
    """A running demo under nginx, shared: .url .port .dir .env .socket .psql() .postern() .log()."""
    it = Demo()
    try:
        yield it.start()
        it.stop()
        assert not it.reports(), it.reports()
        assert "event=worker_died" not in it.log(), it.log()
    finally:
        it.remove()


@pytest.fixture
def new_demo():
    """new_demo(server="nginx", SETTING=value...): a demo of the test's own, not started yet; removed afterwards."""
    made = []

    def make(**settings):
        made.append(Demo(**settings))
        return made[-1]

    yield make
    for it in made:
        it.kill()
        reports = it.reports()
        it.remove()
        assert not reports, reports


@pytest.fixture
def api(demo):
    """An HTTP client without any credential or cookie."""
    return Client(demo.url)


@pytest.fixture
def user(demo):
    """user(superuser=False, tokens=True, active=True): makes a new user; has .name, .password, .basic and .id."""

    def make(name=None, password=None, superuser=False, tokens=True, active=True):
        name, password = name or f"u{secrets.token_hex(6)}", password or secrets.token_urlsafe(12)
        options = ["--superuser"] * superuser + ["--no-tokens"] * (not tokens)
        demo.postern("user", "add", name, "--password-stdin", *options, input=password + "\n")
        if not active:
            demo.postern("user", "disable", name)
        (identifier,), = demo.psql("SELECT id::text FROM postern.users WHERE username = %s", name)
        return SimpleNamespace(name=name, password=password, basic=(name, password), id=identifier)

    return make


@pytest.fixture
def token(api):
    """token(user, write_enabled=False, ...): creates a token over the API; its JSON object as an object: .id, .key, ..."""

    def make(owner, **fields):
        answer = api.post("/api/users/tokens/", basic=owner.basic, json=fields)
        assert answer.status_code == 201, answer.text
        return SimpleNamespace(**answer.json())

    return make


@pytest.fixture
def raw(demo):
    """raw(b"GET / HTTP/1.1\\r\\n..."): exactly these bytes to the web server; .status .headers .body, or None."""
    return lambda data, timeout=10: raw_exchange(demo.port, data, timeout)
