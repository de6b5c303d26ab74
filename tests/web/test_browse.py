"""The browsable API: the API's own answers as pages, and forms that stand for its methods."""
import json

import pytest

from web_browser import BROWSER, Page

LIST = "/api/users/tokens/"
NONE = "00000000-0000-0000-0000-000000000000"


@pytest.fixture
def it(person, user):
    return person(user())


def response(page):
    """The response block: its status line, headers as shown, and the JSON."""
    block, = page.find("div", cls="response")
    head, *body = block.findall("pre")
    lines = "".join(head.itertext()).strip().split("\n")
    return lines[0], lines[1:], json.loads("".join(body[0].itertext())) if body else None


def detail(it, one):
    return f"{LIST}{one.id}/"


# --- what is shown ---
@pytest.mark.parametrize("path, title", [("/api/", "API Root"), ("/api/users/", "Users"), (LIST, "Token"), ("/api/status/", "Status"),
                                         ("/api/users/config/", "User Config"), ("/api/authentication-check/", "Authentication Check")])
def test_page_says_what_json_says(it, path, title):
    page = it.open(path)
    status, headers, body = response(page)
    assert page.title == f"{title} - Postern" and page.find("h1")[0].text == title
    assert status == "HTTP 200 OK" and body == it.get(path, headers={"Accept": "application/json"}).json()
    assert headers == sorted(headers) and "Content-Type: application/json" in headers and "Vary: Accept, Cookie" in headers
    assert f"GET {path}" in page.text


@pytest.mark.parametrize("path, status", [(f"{LIST}{NONE}/", "404 Not Found"), (f"{LIST}?no_such=1", "400 Bad Request"), ("/api/users/users/", "403 Forbidden")])
def test_refusals_are_pages_with_their_status(it, path, status):
    page = it.open(path)
    assert page.status == int(status[:3]) and response(page)[0] == f"HTTP {status}"
    assert response(page)[2] == it.get(path, headers={"Accept": "application/json"}).json()


def test_stranger_is_refused_and_shown_where_to_sign_in(person, user):
    it = person()
    page = it.open(LIST + "?limit=1")
    assert page.status == 403 and response(page)[2] == {"detail": "Authentication credentials were not provided."}
    assert page.links()["Log in"] == "/login/?next=/api/users/tokens/%3Flimit%3D1"
    owner = user()
    page = it.sign_in(owner, path=page.links()["Log in"])
    assert page.status == 200 and page.url.endswith(LIST + "?limit=1") and owner.name in page.text


def test_bad_token_is_a_page_too(api):
    page = Page(api.get(LIST, token="0" * 40, headers={"Accept": BROWSER}))
    assert page.status == 403 and response(page)[2] == {"detail": "Invalid token"}


def test_token_user_is_offered_no_forms(api, user, token):
    page = Page(api.get(LIST, token=token(user()).key, headers={"Accept": BROWSER}))
    assert page.status == 200 and not page.find("textarea")


@pytest.mark.parametrize("accept, html", [(BROWSER, True), ("text/html", True), ("*/*", False), ("application/json", False), (None, False),
                                          ("text/html, application/json", False)])
def test_json_unless_a_page_is_asked_for(it, accept, html):
    answer = it.get(LIST, headers={"Accept": accept})
    assert answer.headers["Content-Type"].startswith("text/html") == html


def test_format_menu(it):
    page = it.open(LIST + "?limit=1")
    assert it.get(LIST + page.links()["json"], headers={"Accept": "*/*"}).json()["count"] == 0
    assert page.links()["json"] == "?format=json&limit=1" and page.links()["api"] == "?format=api&limit=1"
    assert it.open(LIST + page.links()["api"]).status == 200
    assert Page(it.get("/api/users/tokens.api", headers={"Accept": "*/*"})).title == "Token - Postern"


def test_links_lead_on(it, token):
    token(it.user)
    page = it.open("/api/")
    users = [e.get("href") for e in page.find("a", cls="url") if e.get("href").endswith("/api/users/")]
    page = it.open(users[0].removeprefix(it.url))
    tokens = [e.get("href") for e in page.find("a", cls="url") if e.get("href").endswith(LIST)]
    page = it.open(tokens[0].removeprefix(it.url))
    one = [e.get("href") for e in page.find("a", cls="url")]
    page = it.open(one[0].removeprefix(it.url))
    crumbs = page.find("nav", cls="crumbs")[0]
    assert [(a.text, a.get("href")) for a in crumbs.iter("a")][:3] == [("API Root", "/api/"), ("Users", "/api/users/"), ("Token", LIST)]


def test_only_web_addresses_become_links(it, token):
    for text in ("javascript:alert(1)", "data:text/html,x", " http://a/", "//evil.example"):
        token(it.user, description=text)
    token(it.user, description="https://example.org/?a=1&b=\"'<>")
    assert [e.get("href") for e in it.open(LIST).find("a", cls="url") if "/api/" not in e.get("href")][1:] == ["https://example.org/?a=1&b=\"'<>"]


def test_pager(it, token):
    for n in range(3):
        token(it.user, description=f"Number {n}")
    page = it.open(LIST + "?limit=1&offset=1")
    assert "2 to 2 of 3" in page.text and "Number 1" in page.text
    assert "Number 0" in it.open(page.links()["Previous"].removeprefix(it.url)).text
    assert "Number 2" in it.open(page.links()["Next"].removeprefix(it.url)).text


# --- forms ---
def test_post_creates(it, api):
    page = it.open(LIST)
    assert json.loads(page.form("POST").fields["_content"]) == {"expires": None, "key": "", "write_enabled": True, "description": "", "allowed_ips": []}
    page = it.submit(page, "POST", _content=json.dumps({"description": "by form", "write_enabled": False}))
    status, headers, body = response(page)
    assert page.status == 201 and status == "HTTP 201 Created" and f"Location: {body['url']}" in headers and page.headers["Location"] == body["url"]
    assert (body["description"], body["write_enabled"]) == ("by form", False) and f"POST {LIST}" in page.text
    assert api.get("/api/authentication-check/", token=body["key"]).status_code == 200


def test_first_content_of_the_form_is_accepted(it):
    assert it.submit(it.open(LIST), "POST").status == 201


@pytest.mark.parametrize("button", ["PUT", "PATCH"])
def test_put_and_patch_change(it, token, button):
    one = token(it.user, description="before")
    page = it.open(detail(it, one))
    content = json.loads(page.form(button).fields["_content"])
    assert content == {"expires": None, "key": None, "write_enabled": True, "description": "before", "allowed_ips": []}
    page = it.submit(page, button, _content=json.dumps({**content, "description": "after"}))
    assert page.status == 200 and response(page)[2]["description"] == "after" and f"{button} {LIST}" in page.text


def test_delete_deletes(it, token, demo):
    one = token(it.user)
    page = it.open(detail(it, one))
    assert "Are you sure you want to delete this?" in page.text
    page = it.submit(page, "Delete")
    assert page.status == 200 and response(page)[0] == "HTTP 204 No Content" and response(page)[2] is None
    assert it.open(detail(it, one)).status == 404


def test_options_describes(it):
    page = it.submit(it.open(LIST), "OPTIONS")
    assert page.status == 200 and response(page)[2]["name"] == "Token" and f"OPTIONS {LIST}" in page.text


@pytest.mark.parametrize("content, text", [("{", "JSON parse error"), ('{"key": "x"}', "Ensure this field has at least 40 characters."),
                                           ('"text"', "Expected a dictionary")])
def test_wrong_content_is_told_as_json_tells_it(it, content, text):
    page = it.submit(it.open(LIST), "POST", _content=content)
    assert page.status == 400 and text in page.text


def test_config_is_changed_by_form(it):
    page = it.submit(it.open("/api/users/config/"), "PATCH", _content='{"colour": {"dark": true}}')
    assert page.status == 200 and response(page)[2] == {"colour": {"dark": True}}


def test_restricted_user_is_offered_deletion_only(person, user, token, demo):
    owner = user()
    one = token(owner)
    demo.psql("UPDATE postern.users SET may_manage_tokens = false WHERE id = %s", owner.id)
    it = person(owner)
    assert not it.open(LIST).find("textarea") and not it.open(detail(it, one)).find("textarea")
    csrf = it.open(LIST).form("OPTIONS").fields["csrfmiddlewaretoken"]
    assert it.post(LIST, data={"csrfmiddlewaretoken": csrf, "_method": "POST", "_content": "{}"}).status_code == 403
    assert it.submit(it.open(detail(it, one)), "Delete").status == 200


# --- a form is no way around anything ---
@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
def test_read_only_token_gains_nothing_by_a_form(api, user, token, method):
    one = token(user(), write_enabled=False)
    answer = api.post(f"{LIST}{one.id}/", token=one.key, headers={"Accept": BROWSER}, data={"_method": method, "_content": "{}"})
    assert answer.status_code == 403
    assert api.get(f"{LIST}{one.id}/", token=one.key).status_code == 200


def test_method_of_a_form_counts_only_for_pages(api, user, token):
    one = token(user())
    answer = api.post(f"{LIST}{one.id}/", token=one.key, headers={"Accept": "application/json"}, data={"_method": "DELETE"})
    assert answer.status_code == 405 and api.get(f"{LIST}{one.id}/", token=one.key).status_code == 200


@pytest.mark.parametrize("method", ["GET", "HEAD", "TRACE", "get", "delete", "", "X"])
def test_other_methods_of_a_form_mean_nothing(it, token, method):
    one = token(it.user)
    csrf = it.open(LIST).form("POST").fields["csrfmiddlewaretoken"]
    assert it.post(detail(it, one), data={"csrfmiddlewaretoken": csrf, "_method": method}).status_code == 405


@pytest.mark.parametrize("header", ["X-HTTP-Method-Override", "X-HTTP-Method", "X-Method-Override"])
def test_method_headers_mean_nothing(it, token, header):
    one = token(it.user)
    csrf = it.open(LIST).form("POST").fields["csrfmiddlewaretoken"]
    assert it.post(detail(it, one), data={"csrfmiddlewaretoken": csrf}, headers={header: "DELETE"}).status_code == 405
    assert it.open(detail(it, one)).status == 200
