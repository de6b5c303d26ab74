"""Which of several credentials counts, and what a browser's session may do over the API."""
import hashlib
import os
import re

import pytest

from support.account import ANONYMOUS, TOKENS, path_of
from support.http import Client

CHECK = "/api/authentication-check/"
UNKNOWN = "0123456789abcdef0123456789abcdef01234567"


class Browser(Client):
    """A client that signed in on the page; its requests carry the session's cookie."""

    def __init__(self, account):
        super().__init__(account.demo.url)
        page = self.get("/login/").text
        field = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page).group(1)
        answer = self.post("/login/", data={"csrfmiddlewaretoken": field, "username": account.name, "password": account.password})
        assert answer.status_code == 302, answer.text
        self.get("/user/profile/")  # its CSRF token is the session's
        self.csrf = {"X-CSRFToken": self.session.cookies["csrftoken"]}


@pytest.fixture
def browser(alice):
    return Browser(alice)


def test_session_reads(browser, alice):
    assert browser.get(TOKENS).json()["count"] == 1
    assert browser.get(CHECK).json() == {
        "user": {"id": alice.id, "username": alice.name, "is_superuser": False}, "authenticated_by": "session", "token": None,
        "may_write": True, "may_manage_tokens": True}


def test_session_writes_with_a_csrf_token(browser, alice):
    made = browser.post(TOKENS, json={"description": "of a session"}, headers=browser.csrf)
    assert (made.status_code, made.json()["description"]) == (201, "of a session")
    assert browser.patch(path_of(made.json()), json={"description": "y"}, headers=browser.csrf).status_code == 200
    assert browser.patch("/api/users/config/", json={"a": 1}, headers=browser.csrf).json() == {"a": 1}
    assert browser.delete(path_of(made.json()), headers=browser.csrf).status_code == 204
    assert len(alice.stored()) == 1


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
@pytest.mark.parametrize("headers", [{}, {"X-CSRFToken": ""}, {"X-CSRFToken": "0" * 64}, {"X-CSRFToken": "x"}])
def test_session_writes_nothing_without_one(browser, alice, method, headers):
    before = alice.stored()
    for path in (TOKENS, path_of(alice.token)):
        answer = browser.request(method, path, json={"description": "forged"}, headers=headers)
        assert (answer.status_code, answer.json()) == (403, {"detail": "CSRF Failed: CSRF token missing or incorrect."})
    assert alice.stored() == before


def test_csrf_token_of_somebody_else_is_none(browser, account):
    other = Browser(account())
    answer = browser.post(TOKENS, json={}, headers=other.csrf)
    assert answer.status_code == 403 and answer.json()["detail"].startswith("CSRF Failed: ")


def test_request_from_another_site_is_refused(browser, alice):
    answer = browser.post(TOKENS, json={}, headers={**browser.csrf, "Origin": "https://evil.example"})
    assert answer.status_code == 403 and answer.json()["detail"].startswith("CSRF Failed: ")
    assert len(alice.stored()) == 1


# --- the explicit header beats the ambient cookie ---
def test_token_beats_the_session(browser, account):
    bob = account()
    assert browser.get(CHECK, token=bob.key).json()["user"]["username"] == bob.name
    assert browser.get(TOKENS, basic=bob.basic).json()["results"][0]["id"] == bob.token["id"]


def test_token_needs_no_csrf_beside_a_session(browser, alice):
    assert browser.post(TOKENS, token=alice.key, json={}).status_code == 201


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_bad_token_is_refused_in_spite_of_a_session(browser, method):
    answer = browser.request(method, TOKENS, token=UNKNOWN, headers=browser.csrf, json={})
    assert (answer.status_code, answer.json()) == (403, {"detail": "Invalid token"})


def test_read_only_token_gains_nothing_by_a_session(browser, alice):
    key = alice.create(write_enabled=False)["key"]
    assert browser.post(TOKENS, token=key, json={}, headers=browser.csrf).status_code == 403


def test_header_of_another_scheme_leaves_the_session(browser):
    assert browser.get(TOKENS, headers={"Authorization": "Digest x"}).status_code == 200


# --- sessions that are none ---
@pytest.mark.parametrize("value", ["", "x", "0" * 64, "f" * 63, "f" * 65, "../../etc/passwd", "'; --", "%00"])
def test_bogus_cookie_is_anonymous(api, value):
    answer = api.get(TOKENS, headers={"Cookie": f"sessionid={value}"})
    assert (answer.status_code, answer.json()) == (403, ANONYMOUS)


def test_bogus_cookie_leaves_the_token(alice):
    assert alice.get(headers={"Cookie": f"sessionid={'0' * 64}"}).status_code == 200


def test_cookie_that_comes_twice_is_none(browser):
    key = browser.session.cookies["sessionid"]
    answer = Client(browser.url).get(TOKENS, headers={"Cookie": f"sessionid={key}; sessionid={key}"})
    assert (answer.status_code, answer.json()) == (403, ANONYMOUS)


def test_session_of_a_disabled_user_is_none(browser, alice):
    alice.demo.psql("UPDATE postern.users SET is_active = false WHERE id = %s", alice.id)
    assert browser.get(TOKENS).json() == ANONYMOUS


def test_ended_session_is_none(browser, alice):
    alice.demo.psql("DELETE FROM postern.sessions WHERE user_id = %s", alice.id)
    assert browser.get(TOKENS).json() == ANONYMOUS


@pytest.mark.parametrize("created, seen, status", [(1, 1, 200), (30, 13, 200), (30, 15, 403), (91, 0, 403), (89, 0, 200)])
def test_session_ends_when_idle_and_when_old(alice, created, seen, status):
    """After 14 days without a request, or 90 days after sign-in."""
    key = os.urandom(32)
    alice.demo.psql("INSERT INTO postern.sessions (user_id, digest, created, last_seen) VALUES (%s, %s, now() - %s * interval '1 day', now() - %s * interval '1 day')",
                    alice.id, hashlib.sha256(key).digest(), created, seen)
    assert alice.client.get(TOKENS, headers={"Cookie": f"sessionid={key.hex()}"}).status_code == status


def test_restricted_session_may_not_create(account):
    dale = account(tokens=False)
    browser = Browser(dale)
    assert browser.post(TOKENS, json={}, headers=browser.csrf).status_code == 403
    assert browser.delete(path_of(dale.token), headers=browser.csrf).status_code == 204


# --- the browsable API ---
@pytest.mark.parametrize("path", ["/api/", "/api/users/", TOKENS, "/api/users/config/", "/api/status/"])
def test_browsable_api_is_read_with_the_session(browser, alice, path):
    answer = browser.get(path, headers={"Accept": "text/html,*/*;q=0.8"})
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "text/html; charset=utf-8")
    assert alice.name in answer.text


def test_browsable_api_of_nobody_keeps_its_status(api):
    answer = api.get(TOKENS, headers={"Accept": "text/html"})
    assert (answer.status_code, answer.headers["Content-Type"]) == (403, "text/html; charset=utf-8")
    assert "Authentication credentials were not provided." in answer.text
