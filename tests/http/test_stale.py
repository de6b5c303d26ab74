"""A token that was taken away is never accepted again, not even once, whichever worker is asked."""
import pytest

from support import fastcgi
from support.account import path_of


@pytest.fixture
def ask(demo):
    """The status that Postern gives to a key, asked at its own socket."""
    def status(key):
        return fastcgi.ask(demo.socket, fastcgi.request("GET", "/api/authentication-check/", HTTP_AUTHORIZATION=f"Token {key}")).status
    return status


def test_thousand_rounds_of_create_use_delete_use(alice):
    for _ in range(1000):
        token = alice.create()
        assert alice.get("/api/authentication-check/", token=token["key"]).status_code == 200
        assert alice.delete(path_of(token)).status_code == 204
        assert alice.get("/api/authentication-check/", token=token["key"]).status_code == 403


CHANGES = {
    "deleted in psql": "DELETE FROM postern.tokens WHERE id = %s",
    "expired in psql": "UPDATE postern.tokens SET expires = now() WHERE id = %s",
    "user disabled in psql": "UPDATE postern.users SET is_active = false WHERE id = (SELECT user_id FROM postern.tokens WHERE id = %s)",
    "user deleted in psql": "DELETE FROM postern.users WHERE id = (SELECT user_id FROM postern.tokens WHERE id = %s)",
    "network changed in psql": "UPDATE postern.tokens SET allowed_ips = '{10.0.0.0/8}' WHERE id = %s",
    "key changed in psql": "UPDATE postern.tokens SET digest = sha256(digest) WHERE id = %s",
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES.keys())
def test_change_in_psql_counts_for_every_worker(account, demo, ask, change):
    alice = account()
    assert {ask(alice.key) for _ in range(12)} == {200}
    demo.psql(change, alice.token["id"])
    assert {ask(alice.key) for _ in range(12)} == {403}


def test_change_over_the_api_counts_for_every_worker(alice, ask):
    for body in ({"expires": "2001-01-01T00:00:00Z"}, {"key": None, "allowed_ips": ["10.0.0.0/8"]}):
        token = alice.create()
        assert {ask(token["key"]) for _ in range(12)} == {200}
        assert alice.patch(path_of(token), json=body).status_code == 200
        assert {ask(token["key"]) for _ in range(12)} == {403}


def test_old_password_is_refused_after_a_change(alice, demo):
    assert alice.get(basic=alice.basic).status_code == 200
    demo.postern("user", "passwd", alice.name, "--password-stdin", input="Another-Password-1\n")
    assert alice.get(basic=alice.basic).status_code == 403
    assert alice.get(basic=(alice.name, "Another-Password-1")).status_code == 200
