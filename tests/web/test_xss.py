"""Hostile text in every field and every query parameter is shown as text, and as nothing else."""
from urllib.parse import quote

import pytest

from web_browser import Page

EVIL = "\"'><x-evil onx=1></title></textarea></pre></script><script>x</script>{{prefix}}<!--&lt;"
KEEP = "x-evil onx=1"


def is_harmless(page):
    """Nothing of it became an element, an attribute or a comment; and the parser, which is strict, found no mistake."""
    names = {e.tag for e in page.tree.iter() if isinstance(e.tag, str)}
    assert "x-evil" not in names and not page.find("script", src=None)
    assert not [k for e in page.tree.iter() if isinstance(e.tag, str) for k in e.keys() if k.startswith("on")]
    assert not [e for e in page.tree.iter() if not isinstance(e.tag, str)], "a comment"
    return True


@pytest.fixture
def it(person, user):
    return person(user())


PATHS = ["/", "/login/", "/logout/", "/user/profile/", "/user/password/", "/user/api-tokens/", "/user/api-tokens/add/", "/user/sessions/",
         "/nothing/", "/api/", "/api/users/tokens/", "/api/status/"]
NAMES = ["next", "offset", "limit", "q", "format", "brief", "sort", "id", "key", "description", "created", "expires", "return_url", "x"]


@pytest.mark.parametrize("path", PATHS)
def test_query_parameters(person, it, path):
    for who in (it, person()):
        for name in NAMES + [EVIL]:
            answer = who.get(f"{path}?{quote(name)}={quote(EVIL)}")
            if answer.headers.get("Content-Type", "").startswith("text/html"):
                assert is_harmless(Page(answer))
            else:
                assert answer.status_code in (302, 404, 406) and answer.headers.get("Content-Type", "application/json") == "application/json"


@pytest.mark.parametrize("path", ["/%s/", "/user/api-tokens/%s/edit/", "/user/api-tokens/%s/delete/", "/api/users/tokens/%s/", "/user/%s"])
def test_paths(it, path):
    page = it.open(path % quote(EVIL.replace("/", ""), safe=""))
    assert page.status == 404 and is_harmless(page)


@pytest.mark.parametrize("path, button, fields", [
    ("/login/?next=/", "Log In", ["username", "password", "next"]),
    ("/user/password/", "Update", ["old_password", "new_password1", "new_password2"]),
    ("/user/api-tokens/add/", "Create", ["key", "expires", "allowed_ips", "write_enabled"]),
    ("/api/users/tokens/", "POST", ["_content", "_method"]),
])
def test_fields_that_come_back(person, it, path, button, fields):
    who = person() if path.startswith("/login") else it
    for field in fields:
        page = who.submit(who.open(path), button, **{field: EVIL})
        if "key" in fields and field == "write_enabled":
            page = who.submit(who.open(path), button, key="x", **{field: EVIL})
        assert is_harmless(page)


def test_description_of_a_token(it, token):
    one = token(it.user, description=EVIL)
    for path in ("/user/api-tokens/", f"/user/api-tokens/{one.id}/edit/", f"/user/api-tokens/{one.id}/delete/", "/api/users/tokens/",
                 f"/api/users/tokens/{one.id}/"):
        page = it.open(path)
        assert is_harmless(page) and KEEP in page.html
    assert it.open(f"/user/api-tokens/{one.id}/edit/").form("Update").fields["description"] == EVIL
    assert EVIL in it.open("/user/api-tokens/").text


def test_description_entered_in_the_page(it):
    page = it.submit(it.open("/user/api-tokens/add/"), "Create", description=EVIL)
    assert is_harmless(page) and EVIL in page.text


def test_browser_that_calls_itself_so(person, user):
    page = person(user(), **{"User-Agent": EVIL}).open("/user/sessions/")
    assert is_harmless(page) and KEEP in page.html


def test_names_in_the_profile(it, demo):
    demo.psql("UPDATE postern.users SET first_name = left(%s, 150), last_name = '<b>', email = '<b>\"@x' WHERE id = %s", EVIL, it.user.id)
    page = it.open("/user/profile/")
    assert is_harmless(page) and KEEP in page.html


def test_group_names(it, demo):
    name = EVIL[:80] + it.user.name
    demo.psql("INSERT INTO postern.groups (name) VALUES (%s)", name)
    demo.psql("INSERT INTO postern.group_members (group_id, user_id) SELECT id, %s FROM postern.groups WHERE name = %s", it.user.id, name)
    page = it.open("/user/profile/")
    demo.psql("DELETE FROM postern.groups WHERE name = %s", name)
    assert is_harmless(page) and KEEP in page.html


def test_preferences(it):
    page = it.submit(it.open("/api/users/config/"), "PATCH", _content='{"<x-evil onx=1>": "</pre><x-evil onx=1>"}')
    assert page.status == 200 and is_harmless(page) and KEEP in page.html


@pytest.mark.parametrize("header", ["X-Request-ID", "X-Forwarded-Host", "X-Forwarded-Proto", "Referer", "Accept-Language"])
def test_headers(person, user, header):
    assert is_harmless(person(user(), **{header: EVIL}).open("/nothing/"))
