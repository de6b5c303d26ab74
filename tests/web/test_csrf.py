"""Requests that another site's page makes in the user's browser change nothing."""
import json

import pytest

from support.fastcgi import ask, request
from web_browser import Page

NONE = "00000000-0000-0000-0000-000000000000"
FORMS = ["/login/", "/logout/", "/user/password/", "/user/api-tokens/add/", f"/user/api-tokens/{NONE}/edit/",
         f"/user/api-tokens/{NONE}/delete/", "/user/sessions/"]
WRONG = "CSRF Failed: CSRF token missing or incorrect."


def form_token(it, path="/user/password/", button="Update"):
    return it.open(path).form(button).fields["csrfmiddlewaretoken"]


def is_refused(page):
    return (page.status, page.title) == (403, "403 Forbidden - Postern") and "Forbidden (403) CSRF verification failed. Request aborted." in page.text


@pytest.mark.parametrize("path", FORMS)
def test_form_without_token_is_refused(person, user, path):
    it = person(user())
    assert is_refused(Page(it.post(path, data={"confirm": "True"})))


@pytest.mark.parametrize("path", FORMS)
def test_form_without_token_and_session_is_refused(person, path):
    assert is_refused(Page(person().post(path, data={"username": "hankhill", "password": "I<3C3H8"})))


@pytest.mark.parametrize("token", ["", "0" * 64, "0" * 128, "x", "é"])
def test_wrong_token_is_refused(person, user, token):
    it = person(user())
    page = it.submit(it.open("/logout/"), "Log out", csrfmiddlewaretoken=token)
    assert is_refused(page) and it.signed_in()


def test_token_of_another_session_is_refused(person, user):
    owner = user()
    it, other = person(owner), person(owner)
    page = it.submit(it.open("/logout/"), "Log out", csrfmiddlewaretoken=form_token(other))
    assert is_refused(page) and it.signed_in()


def test_token_is_different_in_every_page_and_all_hold(person, user):
    it = person(user())
    first, second = it.open("/user/sessions/"), it.open("/user/sessions/")
    assert first.form("Log out").fields != second.form("Log out").fields
    it.submit(first, "Log out")
    assert not it.signed_in()


def test_token_from_before_signing_in_is_refused(person, user):
    it = person()
    before = it.open("/login/").form("Log In").fields["csrfmiddlewaretoken"]
    it.sign_in(user())
    assert is_refused(it.submit(it.open("/logout/"), "Log out", csrfmiddlewaretoken=before)) and it.signed_in()


@pytest.mark.parametrize("header, fine", [
    ({"Origin": "http://evil.example"}, False), ({"Origin": "null"}, False), ({"Origin": "http://127.0.0.1:1"}, False),
    ({"Origin": "http://127.0.0.1.evil.example"}, False), ({"Origin": "ftp://{host}"}, False), ({"Origin": "http://a@{host}"}, False),
    ({"Origin": "http://{host}"}, True), ({"Origin": "https://{host}"}, True),
    ({"Sec-Fetch-Site": "cross-site"}, False), ({"Sec-Fetch-Site": "same-site"}, False),
    ({"Sec-Fetch-Site": "same-origin"}, True), ({"Sec-Fetch-Site": "none"}, True),
], ids=str)
def test_origin_counts_even_with_the_right_token(person, user, demo, header, fine):
    it = person(user())
    page = it.open("/logout/")
    it.session.headers.update({k: v.format(host=f"127.0.0.1:{demo.port}") for k, v in header.items()})
    assert is_refused(it.submit(page, "Log out")) != fine
    assert it.signed_in() != fine


@pytest.mark.parametrize("origin, fine", [("https://127.0.0.1", True), ("https://127.0.0.1:443", True), ("http://127.0.0.1", False),
                                          ("https://127.0.0.1:8443", False)])
@pytest.mark.parametrize("name", ["HTTP_ORIGIN", "HTTP_REFERER"])
def test_origin_over_https(demo, name, origin, fine):
    body = b"csrfmiddlewaretoken=" + b"a" * 64
    reply = ask(demo.socket, request("POST", "/login/", HTTPS="on", HTTP_COOKIE="__Host-csrftoken=" + "a" * 64, CONTENT_LENGTH=str(len(body)),
                                     CONTENT_TYPE="application/x-www-form-urlencoded", **{name: origin + ("/x" if name == "HTTP_REFERER" else "")}), body)
    assert reply.status == (200 if fine else 403)


@pytest.mark.parametrize("headers, reason", [
    ({}, "no Referer."), ({"HTTP_REFERER": "nonsense"}, "Referer is malformed."), ({"HTTP_REFERER": ""}, "no Referer."),
    ({"HTTP_REFERER": "http://127.0.0.1/x"}, "Referer is insecure while host is secure."),
    ({"HTTP_REFERER": "https://evil.example/"}, "https://evil.example/ does not match any trusted origins.")], ids=str)
def test_referer_is_asked_for_over_https_by_the_documented_words(demo, headers, reason):
    body = b"csrfmiddlewaretoken=" + b"a" * 64
    reply = ask(demo.socket, request("POST", "/login/", HTTPS="on", HTTP_COOKIE="__Host-csrftoken=" + "a" * 64, CONTENT_LENGTH=str(len(body)),
                                     CONTENT_TYPE="application/x-www-form-urlencoded", **headers), body)
    assert reply.status == 403 and f"CSRF Failed: Referer checking failed - {reason}" in reply.body.decode()


def test_browser_without_cookies_reads_what_to_do(person, user):
    page = Page(person().post("/login/", data={"username": "a", "password": "b"}))
    assert is_refused(page) and "CSRF Failed: CSRF cookie not set." in page.text and "allow them for this site" in page.text
    it = person(user())
    page = it.submit(it.open("/logout/"), "Log out", csrfmiddlewaretoken="x")
    assert "allow them" not in page.text and "reload the page" in page.text


# --- the API with a session ---
JSON = {"Accept": "application/json"}


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
def test_api_with_a_session_needs_a_token(person, user, method):
    it = person(user())
    answer = it.request(method, "/api/users/tokens/", headers=JSON, json=[])
    assert (answer.status_code, answer.json()) == (403, {"detail": WRONG})


def test_api_takes_the_token_of_a_page_in_a_header(person, user):
    it = person(user())
    answer = it.post("/api/users/tokens/", headers={**JSON, "X-CSRFToken": form_token(it)}, json={})
    assert answer.status_code == 201


def test_api_takes_the_token_of_the_cookie_in_a_header(person, user):
    it = person(user())
    it.open("/")
    answer = it.post("/api/users/tokens/", headers={**JSON, "X-CSRFToken": it.cookie("csrftoken")}, json={})
    assert answer.status_code == 201


def test_cookie_alone_is_no_proof(person, user):
    """What another site's form can send: the cookie goes along, the header does not."""
    it = person(user())
    it.session.cookies.set("csrftoken", "a" * 64, domain="127.0.0.1", path="/")
    answer = it.post("/api/users/tokens/", headers={**JSON, "X-CSRFToken": "a" * 64}, json={})
    assert (answer.status_code, answer.json()) == (403, {"detail": WRONG})


def test_api_names_a_strange_origin(person, user):
    it = person(user())
    answer = it.post("/api/users/tokens/", headers={**JSON, "X-CSRFToken": form_token(it), "Origin": "http://evil.example"}, json={})
    assert answer.json() == {"detail": "CSRF Failed: Origin checking failed - http://evil.example does not match any trusted origins."}


def test_tokens_and_basic_need_none(user, token, api):
    owner = user()
    key = token(owner).key
    strange = {"Origin": "http://evil.example", "Sec-Fetch-Site": "cross-site"}
    assert api.post("/api/users/tokens/", token=key, json={}, headers=strange).status_code == 201
    assert api.post("/api/users/tokens/", basic=owner.basic, json={}, headers=strange).status_code == 201


def test_reading_needs_none(person, user):
    it = person(user())
    for method in ("GET", "HEAD", "OPTIONS"):
        assert it.request(method, "/api/users/tokens/", headers={**JSON, "Origin": "http://evil.example"}).status_code == 200


def test_form_of_the_browsable_api_without_token_is_refused(person, user, demo):
    it = person(user())
    answer = it.post("/api/users/tokens/", data={"_method": "POST", "_content": json.dumps({})})
    assert answer.status_code == 403 and "CSRF Failed" in answer.text
    assert demo.psql("SELECT count(*)::int FROM postern.tokens WHERE user_id = %s", it.user.id) == [(0,)]
