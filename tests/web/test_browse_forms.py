"""The forms of the browsable API begin with what is there, keep what was typed, and stand only where there is something to change."""
import json

import pytest

from web_browser import Page

TOKENS = "/api/users/tokens/"
KINDS = {"users": {"username": "u{n}"}, "groups": {"name": "g{n}"}, "permissions": {"name": "p{n}", "object_types": ["dcim.site"], "actions": ["view"]}}


@pytest.fixture
def it(person, user):
    return person(user(superuser=True))


@pytest.fixture
def make(it):
    """make("groups"): a new record of that kind, as JSON."""
    made = []

    def one(kind, **fields):
        token = it.open("/").form("Log out").fields["csrfmiddlewaretoken"]
        fields = {k: v.format(n=f"-form-{id(made)}-{len(made)}") if isinstance(v, str) else v for k, v in KINDS[kind].items()} | fields
        answer = it.post(f"/api/users/{kind}/", json=fields, headers={"X-CSRFToken": token, "Accept": "application/json"})
        assert answer.status_code == 201, answer.text
        made.append(answer.json())
        return made[-1]

    return one


def buttons(page):
    return {"".join(b.itertext()).strip() for b in page.find("button") if b.get("name") == "_method"}


def content(page, method):
    return page.form(method).fields["_content"]


def same(one, other):
    """Whether two records differ in what names them only, and in times."""
    drop = ("id", "url", "display", "username", "name", "date_joined", "created", "key", "key_tail")
    return {k: v for k, v in one.items() if k not in drop} == {k: v for k, v in other.items() if k not in drop}


def json_of(it, url):
    return it.get(url.removeprefix(it.url), headers={"Accept": "application/json"}).json()


# --- what they begin with ---
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("method", ["PUT", "PATCH"])
def test_unchanged_form_changes_nothing(it, make, kind, method):
    one = make(kind)
    page = it.submit(it.open(one["url"].removeprefix(it.url)), method)
    assert page.status == 200 and json_of(it, one["url"]) == one


@pytest.mark.parametrize("kind, member", [("users", "groups"), ("permissions", "groups"), ("permissions", "users")])
@pytest.mark.parametrize("method", ["PUT", "PATCH"])
def test_unchanged_form_keeps_what_a_record_is_linked_to(it, make, kind, member, method):
    other = make(member)
    one = make(kind, **{member: [other["id"]]})
    page = it.open(one["url"].removeprefix(it.url))
    assert json.loads(content(page, method))[member] == [other["id"]]
    assert it.submit(page, method).status == 200 and json_of(it, one["url"]) == one
    assert [linked["id"] for linked in one[member]] == [other["id"]]


@pytest.mark.parametrize("kind", KINDS)
def test_form_for_a_new_record_says_what_is_so_when_nothing_is_said(it, make, kind):
    plain = make(kind)
    example = json.loads(content(it.open(f"/api/users/{kind}/"), "POST"))
    named = {k: v.format(n=f"-by-form-{kind}") if isinstance(v, str) else v for k, v in KINDS[kind].items()}
    page = it.submit(it.open(f"/api/users/{kind}/"), "POST", _content=json.dumps({**example, **named}))
    assert page.status == 201
    assert same(json_of(it, page.headers["Location"]), plain)


@pytest.mark.parametrize("method", ["PUT", "PATCH"])
def test_after_options_they_hold_the_record_still(it, token, make, method):
    one = make("groups")
    page = it.submit(it.open(one["url"].removeprefix(it.url)), "OPTIONS")
    assert json.loads(content(page, method)) == {"name": one["name"]}
    mine = token(it.user, description="stays")
    page = it.submit(it.open(f"{TOKENS}{mine.id}/"), "OPTIONS")
    assert json.loads(content(page, method))["description"] == "stays"


def test_after_a_change_they_hold_what_it_made(it, make):
    one = make("groups")
    page = it.submit(it.open(one["url"].removeprefix(it.url)), "PATCH", _content='{"name": "renamed by form"}')
    assert json.loads(content(page, "PUT")) == {"name": "renamed by form"}


# --- what was refused ---
@pytest.mark.parametrize("typed", ['{"description": "long', '{"key": "abc", "description": "a long text & <b>"}', "[1", "\n\n{"])
@pytest.mark.parametrize("method", ["PUT", "PATCH"])
def test_what_was_typed_is_kept_when_it_is_refused(it, token, method, typed):
    one = token(it.user, description="before")
    page = it.submit(it.open(f"{TOKENS}{one.id}/"), method, _content=typed)
    assert page.status == 400 and content(page, method) == typed
    other = "PATCH" if method == "PUT" else "PUT"
    assert json.loads(content(page, other))["description"] == "before"


def test_what_was_typed_is_kept_when_a_new_record_is_refused(it):
    typed = '{"key": "abc", "description": "typed by hand"}'
    page = it.submit(it.open(TOKENS), "POST", _content=typed)
    assert page.status == 400 and content(page, "POST") == typed


def test_a_nul_is_refused_and_nothing_made(it):
    page = it.submit(it.open(TOKENS), "POST", _content='\0{"write_enabled": false}')
    assert page.status == 400 and "JSON parse error" in page.text
    assert json_of(it, it.url + TOKENS)["count"] == 0


# --- where they stand ---
def test_none_after_a_deletion(it, token):
    one = token(it.user)
    page = it.submit(it.open(f"{TOKENS}{one.id}/"), "Delete")
    assert page.status == 200 and buttons(page) == {"OPTIONS"}
    assert TOKENS in {a.get("href") for a in page.find("nav", cls="crumbs")[0].iter("a")}


def test_none_for_what_is_not_there(it):
    page = it.open(f"{TOKENS}00000000-0000-0000-0000-000000000000/")
    assert page.status == 404 and buttons(page) == {"OPTIONS"}


def test_all_where_something_is(it, token):
    assert buttons(it.open(f"{TOKENS}{token(it.user).id}/")) == {"OPTIONS", "PUT", "PATCH", "Delete"}
    assert buttons(it.open(TOKENS)) == {"OPTIONS", "POST"}


# --- pages of a list ---
@pytest.mark.parametrize("query, text", [("?limit=1", "1 to 1 of 3"), ("?limit=1&offset=1", "2 to 2 of 3"), ("?limit=2&offset=2", "3 to 3 of 3"),
                                         ("", "1 to 3 of 3"), ("?offset=3", "None of 3"), ("?offset=x", "1 to 3 of 3")])
def test_pager_tells_where_one_is(it, token, query, text):
    for _ in range(3):
        token(it.user)
    page: Page = it.open(TOKENS + query)
    assert text in page.text
