"""The pages of API tokens: what they say, what they do, and what they keep to themselves."""
import re
import secrets

import pytest

ASK = ("You do not have permission to create new API tokens. If needed, ask an administrator to enable token creation for "
       "your account or an assigned group.")
NONE = "00000000-0000-0000-0000-000000000000"


@pytest.fixture
def it(person, user):
    return person(user())


def add(it, button="Create", **fields):
    return it.submit(it.open("/user/api-tokens/add/"), button, **fields)


def new_key(page):
    found = page.find("code", id="new-key")
    return found[0].text if found else None


def stored(demo, it, columns="*"):
    return demo.psql(f"SELECT {columns} FROM postern.tokens WHERE user_id = %s ORDER BY created", it.user.id)


# --- adding ---
def test_form_has_the_documented_fields(it):
    page = it.open("/user/api-tokens/add/")
    assert page.find("h1")[0].text == "Add a new token"
    labels = [" ".join("".join(e.itertext()).split()) for e in page.find("label")]
    assert labels == ["Key", "Write enabled", "Expires (UTC)", "Description", "Allowed networks"]
    for text in ("If no key is provided, one will be generated automatically.", "Permit create/update/delete operations using this key",
                 "Create", "Create and Add Another", "Cancel"):
        assert text in page.text
    assert page.form("Create").fields["write_enabled"] == "on" and page.form("Create").fields["key"] == ""


def test_blank_key_is_generated(it, api):
    page = add(it)
    key = new_key(page)
    assert re.fullmatch("[0-9a-f]{40}", key) and page.messages[0].startswith(f"Created token {key[-6:]} ({it.user.name})")
    answer = api.get("/api/authentication-check/", token=key)
    assert answer.json()["user"]["username"] == it.user.name and answer.json()["may_write"] is True


def test_given_key_is_taken(it, api, demo):
    key = secrets.token_hex(20)
    assert new_key(add(it, key=f" {key.upper()} ")) == key
    assert api.get("/api/authentication-check/", token=key).status_code == 200


def test_unchecked_token_only_reads(it, api):
    page = add(it, write_enabled=None)
    assert "Disabled" in page.text
    assert api.post("/api/users/tokens/", token=new_key(page), json={}).status_code == 403


@pytest.mark.parametrize("text, shown", [("2099-12-31 23:59:59", "2099-12-31 23:59 UTC"), ("2099-12-31", "2099-12-31 00:00 UTC"),
                                         ("2099-12-31T23:59:59Z", "2099-12-31 23:59 UTC"), ("2099-12-31 23:59+02:00", "2099-12-31 21:59 UTC"),
                                         ("12/31/2099", "2099-12-31 00:00 UTC"), ("  2099-12-31 10:00  ", "2099-12-31 10:00 UTC")])
def test_expiry_is_utc(it, text, shown):
    assert f"Expires {shown}" in add(it, expires=text).text


def test_networks_limit_a_token(it, api):
    page = add(it, allowed_ips="10.0.0.0/8 2001:db8::/32")
    assert "10.0.0.0/8 2001:db8::/32" in page.text
    assert "is not permitted" in api.get("/api/authentication-check/", token=new_key(page)).json()["detail"]


def test_add_another_comes_back_to_the_form(it):
    page = add(it, "Create and Add Another", description="first")
    assert page.url.endswith("/user/api-tokens/add/") and new_key(page) and page.form("Create").fields["description"] == ""


@pytest.mark.parametrize("field, text, error", [
    ("key", "abcde", "Ensure this value has at least 40 characters (it has 5)."),
    ("key", "a" * 41, "Ensure this value has at most 40 characters (it has 41)."),
    ("key", "é" * 41, "Ensure this value has at most 40 characters (it has 41)."),
    ("key", "g" * 40, "Enter a 160-bit key as 40 hexadecimal characters."),
    ("expires", "tomorrow", "Enter a valid date/time."),
    ("expires", "2099-02-30", "Enter a valid date/time."),
    ("expires", "2001-01-01", "Expiration time must be in the future."),
    ("description", "é" * 201, "Ensure this value has at most 200 characters (it has 201)."),
    ("allowed_ips", "10.0.0.1/8", "The network has host bits set."),
    ("allowed_ips", "home", "Enter an IPv4 or IPv6 network, for example 10.0.0.0/8."),
], ids=lambda v: v[:12])
def test_wrong_field_is_named_and_kept(it, demo, field, text, error):
    page = add(it, **{"description": "kept", **{field: text}})
    assert page.status == 200 and page.errors() == [error]
    again = page.form("Create").fields
    assert again[field] == text and (field == "description" or again["description"] == "kept")
    assert stored(demo, it) == []


def test_key_in_use_is_refused(it, token, user):
    key = token(user()).key
    assert add(it, key=key).errors() == ["Token with this Key already exists."]


def test_unticked_box_stays_unticked_when_the_form_comes_back(it):
    page = add(it, key="x", write_enabled=None)
    assert "write_enabled" not in page.form("Create").fields


# --- the key, once ---
def test_key_is_shown_once(it):
    key = new_key(add(it))
    assert key not in it.open("/user/api-tokens/").html and key not in it.open("/user/api-tokens/add/").html


def test_key_waits_in_the_database_only_encrypted(it, demo):
    page = it.submit(it.open("/user/api-tokens/add/"), "Create", follow=False)
    (flash,), = demo.psql("SELECT flash::text FROM postern.sessions WHERE user_id = %s", it.user.id)
    key = new_key(it.open(page.headers["Location"]))
    assert key and key not in flash and "sealed" in flash
    assert demo.psql("SELECT flash::text FROM postern.sessions WHERE user_id = %s", it.user.id) == [("[]",)]


def test_key_of_another_session_is_not_shown(person, it, demo):
    it.submit(it.open("/user/api-tokens/add/"), "Create", follow=False)
    other = person(it.user)
    demo.psql("UPDATE postern.sessions SET flash = (SELECT flash FROM postern.sessions WHERE user_id = %s AND flash::text LIKE '%%sealed%%') "
              "WHERE user_id = %s", it.user.id, it.user.id)
    page = other.open("/user/api-tokens/")
    assert page.messages and new_key(page) is None


@pytest.mark.parametrize("path", ["/favicon.ico", "/user/api-tokens/00000000-0000-0000-0000-000000000000/edit/", "/api/users/"])
def test_key_is_not_taken_by_what_shows_no_messages(it, path):
    page = it.submit(it.open("/user/api-tokens/add/"), "Create", follow=False)
    it.get(path, headers={"Accept": "*/*"})
    assert new_key(it.open(page.headers["Location"]))


@pytest.mark.parametrize("path", ["/", "/logout/", "/user/sessions/", "/api/docs/", "/api/users/"])
def test_key_is_shown_by_whatever_page_comes_next(it, path):
    it.submit(it.open("/user/api-tokens/add/"), "Create", follow=False)
    html = it.get(path).text
    assert re.search('id="new-key"[^>]*>[0-9a-f]{40}<', html)
    assert new_key(it.open("/user/api-tokens/")) is None


# --- the list ---
def test_none(it):
    assert "You do not have any API tokens." in it.open("/user/api-tokens/").text


def test_list_shows_no_key(it, token):
    key = token(it.user, description="Backups").key
    page = it.open("/user/api-tokens/")
    assert f"{key[-6:]} ({it.user.name})" in page.text and "Backups" in page.text and key not in page.html


def test_list_is_the_callers_own(it, token, user):
    token(user(), description="Not yours")
    assert "You do not have any API tokens." in it.open("/user/api-tokens/").text


def test_two_hundred_tokens_are_on_one_page(it, demo):
    demo.psql("INSERT INTO postern.tokens (user_id, digest, pepper, tail, description, created) SELECT %s, sha256(random()::text::bytea), 1, "
              "to_hex(1048576 + n), 'Number ' || n, now() - n * interval '1 hour' FROM generate_series(1, 200) n", it.user.id)
    page = it.open("/user/api-tokens/")
    names = re.findall(r"Number \d+", page.text)
    assert names == [f"Number {n}" for n in range(200, 0, -1)] and "Next" not in page.text


def test_more_than_five_hundred_have_a_pager(it, demo):
    demo.psql("INSERT INTO postern.tokens (user_id, digest, pepper, tail, created) SELECT %s, sha256(random()::text::bytea), 1, "
              "to_hex(1048576 + n), now() - n * interval '1 hour' FROM generate_series(1, 501) n", it.user.id)
    page = it.open("/user/api-tokens/")
    assert "1 to 500 of 501 tokens" in page.text and len(page.find("section")) == 500
    page = it.open("/user/api-tokens/" + page.links()["Next"])
    assert "501 to 501 of 501 tokens" in page.text and len(page.find("section")) == 1 and page.links()["Previous"] == "?offset=0"


def test_expired_token_is_marked(it, token, demo):
    old = token(it.user, expires="2099-01-01T00:00:00Z")
    token(it.user)
    demo.psql("UPDATE postern.tokens SET expires = now() - interval '1 hour' WHERE id = %s", old.id)
    page = it.open("/user/api-tokens/")
    assert [e.get("id") for e in page.find("section", cls="expired")] == [f"token_{old.id}"] and page.text.count("Expired") == 1


# --- restricted ---
def test_restricted_user_reads_whom_to_ask(person, user, demo):
    it = person(user(tokens=False))
    page = it.open("/user/api-tokens/")
    assert ASK in page.text and "Add a token" not in page.text


@pytest.mark.parametrize("path", ["add/", f"{NONE}/edit/"])
def test_restricted_user_is_refused(person, user, path, demo):
    it = person(user(tokens=False))
    page = it.open(f"/user/api-tokens/{path}")
    assert (page.status, page.find("h1")[0].text) == (403, "Access Denied") and "ask an administrator" in page.text
    csrf = page.form("Log out").fields["csrfmiddlewaretoken"]
    answer = it.post(f"/user/api-tokens/{path}", data={"csrfmiddlewaretoken": csrf})
    assert answer.status_code == 403 and "Access Denied" in answer.text and stored(demo, it) == []


def test_restricted_user_may_delete(person, user, token, demo):
    owner = user()
    one = token(owner)
    demo.psql("UPDATE postern.users SET may_manage_tokens = false WHERE id = %s", owner.id)
    it = person(owner)
    page = it.open("/user/api-tokens/")
    assert not [a for a in page.links() if a.startswith("Edit")]
    it.submit(it.open(f"/user/api-tokens/{one.id}/delete/"), "Confirm")
    assert stored(demo, it) == []


# --- editing ---
def edit(it, one, **fields):
    return it.submit(it.open(f"/user/api-tokens/{one.id}/edit/"), "Update", **fields)


def test_edit_form_is_filled_in(it, token):
    one = token(it.user, description="Backups", expires="2099-12-31T23:59:59.123456Z", write_enabled=False, allowed_ips=["10.0.0.0/8", "::1/128"])
    page = it.open(f"/user/api-tokens/{one.id}/edit/")
    assert page.find("h1")[0].text == f"Editing token {one.key[-6:]} ({it.user.name})"
    fields = page.form("Update").fields
    assert (fields["key"], fields["expires"], fields["description"], fields["allowed_ips"]) == ("", "2099-12-31 23:59:59", "Backups", "10.0.0.0/8, ::1/128")
    assert "write_enabled" not in fields


def test_edit_changes_what_was_changed(it, token, api, demo):
    one = token(it.user, description="Backups", expires="2099-12-31T23:59:59.123456Z")
    page = edit(it, one, description="Restores")
    assert page.messages == [f"Modified token {one.key[-6:]} ({it.user.name})"] and "Restores" in page.text
    shown = api.get(f"/api/users/tokens/{one.id}/", token=one.key).json()
    assert (shown["description"], shown["expires"], shown["write_enabled"]) == ("Restores", "2099-12-31T23:59:59.123456Z", True)


def test_edit_with_a_key_replaces_it_and_shows_it_once(it, token, api):
    one, key = token(it.user), secrets.token_hex(20)
    assert new_key(edit(it, one, key=key)) == key
    assert api.get("/api/authentication-check/", token=key).status_code == 200
    assert api.get("/api/authentication-check/", token=one.key).status_code == 403


def test_edit_may_end_a_token_now(it, token, api):
    one = token(it.user)
    assert "Expired" in edit(it, one, expires="2020-01-01").text
    assert api.get("/api/authentication-check/", token=one.key).json() == {"detail": "Token expired"}


def test_edit_may_clear_the_expiry(it, token):
    one = token(it.user, expires="2099-12-31T23:59:59Z")
    assert "Expires Never" in edit(it, one, expires="").text


def test_wrong_edit_is_named(it, token):
    page = edit(it, token(it.user), key="abc")
    assert page.errors() == ["Ensure this value has at least 40 characters (it has 3)."] and page.form("Update")


@pytest.mark.parametrize("what", ["edit", "delete"])
@pytest.mark.parametrize("name", [NONE, "not-a-uuid", "theirs"])
def test_other_peoples_tokens_do_not_exist(it, token, user, what, name):
    name = token(user()).id if name == "theirs" else name
    page = it.open(f"/user/api-tokens/{name}/{what}/")
    assert (page.status, page.title) == (404, "Page Not Found - Postern")
    csrf = page.form("Log out").fields["csrfmiddlewaretoken"]
    assert it.post(f"/user/api-tokens/{name}/{what}/", data={"csrfmiddlewaretoken": csrf, "confirm": "True"}).status_code == 404


# --- deleting ---
def test_delete_asks_first(it, token, demo):
    one = token(it.user)
    page = it.open(f"/user/api-tokens/{one.id}/delete/")
    assert page.find("h1")[0].text == "Delete token?"
    assert f"Are you sure you want to delete token {one.key[-6:]} ({it.user.name})?" in page.text
    page = it.submit(page, "Confirm", drop=["confirm"])
    assert page.status == 200 and len(stored(demo, it)) == 1
    page = it.submit(page, "Confirm")
    assert page.messages == ["Token deleted"] and stored(demo, it) == []


# --- profile ---
def test_profile_shows_the_account(it, demo):
    demo.psql("UPDATE postern.users SET first_name = 'Hank', last_name = 'Hill', email = 'hank@strickland.example' WHERE id = %s", it.user.id)
    page = it.open("/user/profile/")
    assert page.find("h1")[0].text == "User Profile"
    for text in (f"User login {it.user.name}", "Full name Hank Hill", "Email hank@strickland.example", "Registered 20", "Groups None", "Admin access No"):
        assert text in page.text
    menu = [" ".join("".join(e.itertext()).split()) for e in page.find("nav", cls="side")[0].iter("a")]
    assert menu == ["Profile", "API Tokens", "Sessions", "Change Password"]


def test_profile_of_a_superuser_says_so(person, user):
    assert "Admin access Yes" in person(user(superuser=True)).open("/user/profile/").text
