"""Postern's own API behind each web server: bodies up to the limit are taken, and what is refused is refused in the documented shape."""
import json

import pytest

TOKENS = "/api/users/tokens/"
MOST = 1 << 20


def create(site, size):
    """A request whose body has this many bytes."""
    body = json.dumps({"description": "large"}).encode()
    return site.request("POST", TOKENS, [*site.credentials["with"], ("Content-Type", "application/json")], body + b" " * (size - len(body)))


def count(site):
    return site.psql("SELECT count(*) FROM postern.tokens")


def test_body_of_the_largest_size_is_taken(site):
    assert create(site, MOST).status == 201


@pytest.mark.parametrize("size", [MOST + 1, 2 * MOST - 1])
def test_larger_body_is_refused_as_documented(site, size):
    before = count(site)
    answer = create(site, size)
    assert (answer.status, answer.json()) == (413, {"detail": "Request body exceeds 1048576 bytes."})
    assert answer.headers["Content-Type"] == "application/json" and answer.headers["X-Request-ID"]
    assert count(site) == before


@pytest.mark.parametrize("size", [2 * MOST + 1, 8 * MOST])
def test_much_larger_body_is_refused(site, size):
    before = count(site)
    answer = create(site, size)
    assert answer.status == 413 and count(site) == before
    if site.server != "caddy":  # Caddy refuses without a body of its own
        assert answer.json() == {"detail": "Request body exceeds 1048576 bytes."} and answer.headers["X-Request-ID"]
