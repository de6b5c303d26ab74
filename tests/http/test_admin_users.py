"""/api/users/users/: superusers administer users over REST, everyone may see who they are."""
import secrets
import threading

import pytest

from support.http import Client

USERS = "/api/users/users/"
MEMBERS = ["id", "url", "username", "first_name", "last_name", "email", "is_staff", "is_active", "date_joined", "groups",
           "display", "is_superuser", "may_manage_tokens", "last_login"]
DENIED = {"detail": "You do not have permission to perform this action."}


@pytest.fixture
def admin(user, token):
    """A superuser with a token: admin.key, admin.id, admin.name."""
    it = user(superuser=True)
    it.key = token(it).key
    return it


@pytest.fixture
def plain(user, token):
    it = user()
    it.key = token(it).key
    return it


def name():
    return "n" + secrets.token_hex(6)


def created(api, admin, **members):
    answer = api.post(USERS, token=admin.key, json={"username": name(), **members})
    assert answer.status_code == 201, answer.text
    return answer.json()


# --- who may ---
@pytest.mark.parametrize("method,path", [("GET", USERS), ("POST", USERS), ("OPTIONS", USERS)])
def test_ordinary_users_are_refused(api, plain, method, path):
    answer = api.request(method, path, token=plain.key)
    assert (answer.status_code, answer.json()) == (403, DENIED)


@pytest.mark.parametrize("method", ["GET", "PUT", "PATCH", "DELETE"])
def test_ordinary_users_reach_no_single_user_not_even_themselves(api, plain, method):
    answer = api.request(method, f"{USERS}{plain.id}/", token=plain.key)
    assert (answer.status_code, answer.json()) == (403, DENIED)


def test_anonymous_is_refused(api):
    answer = api.get(USERS)
    assert (answer.status_code, answer.json()) == (403, {"detail": "Authentication credentials were not provided."})


def test_basic_is_no_credential_here(api, admin):
    assert api.get(USERS, basic=admin.basic).status_code == 403


def test_read_only_token_of_a_superuser_changes_nothing(api, admin, token):
    answer = api.post(USERS, token=token(admin, write_enabled=False).key, json={"username": name()})
    assert (answer.status_code, answer.json()) == (403, DENIED)


def test_token_bound_to_networks_makes_no_users(api, admin, token):
    bound = token(admin, allowed_ips=["127.0.0.0/8"])
    assert api.get(USERS, token=bound.key).status_code == 200
    assert api.post(USERS, token=bound.key, json={"username": name()}).status_code == 403


# --- me ---
def test_everyone_may_see_themselves(api, plain):
    me = api.get(USERS + "me/", token=plain.key).json()
    assert list(me) == MEMBERS
    assert (me["id"], me["username"], me["is_superuser"]) == (plain.id, plain.name, False)


def test_anonymous_is_nobody(api):
    assert api.get(USERS + "me/").status_code == 403


# --- representation ---
def test_members_of_a_user_in_their_order(api, admin):
    one = created(api, admin, first_name="Joseph", last_name="Gribble", email="joseph@example.org")
    assert list(one) == MEMBERS
    assert one["display"] == one["username"]
    assert one["url"] == f"{api.url}{USERS}{one['id']}/"
    assert (one["first_name"], one["last_name"], one["email"]) == ("Joseph", "Gribble", "joseph@example.org")
    assert (one["is_staff"], one["is_active"], one["is_superuser"], one["may_manage_tokens"]) == (False, True, False, True)
    assert (one["groups"], one["last_login"]) == ([], None)
    assert one["date_joined"].endswith("Z")


def test_created_user_is_found_where_location_says(api, admin):
    answer = api.post(USERS, token=admin.key, json={"username": name()})
    assert answer.headers["Location"] == answer.json()["url"]
    assert api.get(answer.headers["Location"][len(api.url):], token=admin.key).json() == answer.json()


def test_no_answer_holds_a_password_or_hash(api, admin, demo):
    secret = secrets.token_urlsafe(12)
    one = api.post(USERS, token=admin.key, json={"username": name(), "password": secret})
    texts = [one.text, api.get(one.json()["url"][len(api.url):], token=admin.key).text,
             api.patch(one.json()["url"][len(api.url):], token=admin.key, json={"password": secret + "x"}).text,
             api.get(USERS, token=admin.key, params={"limit": 0}).text]
    for text in texts:
        assert secret not in text and "argon2" not in text and "digest" not in text


# --- passwords ---
def test_password_given_at_creation_signs_in(api, admin):
    one = created(api, admin, password="Dang-Ol-Secret-7")
    assert api.get("/api/authentication-check/", basic=(one["username"], "Dang-Ol-Secret-7")).status_code == 200


@pytest.mark.parametrize("method", ["PATCH", "PUT"])
def test_changed_password_is_hashed_and_signs_in(api, admin, demo, method):
    one = created(api, admin, password="Dang-Ol-Secret-7")
    body = {"username": one["username"], "password": "Dang-New-Secret-8"}
    assert api.request(method, f"{USERS}{one['id']}/", token=admin.key, json=body).status_code == 200
    (stored,), = demo.psql("SELECT password_hash FROM postern.users WHERE id = %s", one["id"])
    assert stored.startswith("$argon2id$")
    assert api.get("/api/authentication-check/", basic=(one["username"], "Dang-New-Secret-8")).status_code == 200
    assert api.get("/api/authentication-check/", basic=(one["username"], "Dang-Ol-Secret-7")).status_code == 403


def test_password_is_not_trimmed(api, admin):
    one = created(api, admin, password="  two blanks around  ")
    assert api.get("/api/authentication-check/", basic=(one["username"], "  two blanks around  ")).status_code == 200


def test_null_password_ends_sign_in_by_password(api, admin):
    one = created(api, admin, password="Dang-Ol-Secret-7")
    assert api.patch(f"{USERS}{one['id']}/", token=admin.key, json={"password": None}).status_code == 200
    assert api.get("/api/authentication-check/", basic=(one["username"], "Dang-Ol-Secret-7")).status_code == 403


def test_user_without_password_cannot_sign_in(api, admin):
    one = created(api, admin)
    assert api.get("/api/authentication-check/", basic=(one["username"], "")).status_code == 403


def test_password_that_is_the_name_is_refused_on_change(api, admin):
    one = created(api, admin)
    answer = api.patch(f"{USERS}{one['id']}/", token=admin.key, json={"password": one["username"]})
    assert (answer.status_code, answer.json()) == (400, {"password": ["The password must not be the user name."]})


# The demo asks for 7 characters (POSTERN_PASSWORD_MIN_LENGTH), as its documented passwords have no more.
@pytest.mark.parametrize("password,message", [
    ("short", "The password must have at least 7 characters."), ("", "This field may not be blank."),
    (12345678, "Not a valid string."), (["x"], "Not a valid string."), ("x" * 5000, "The password is too long."),
    ("12345678\0", "The password must be valid UTF-8 text.")])
def test_unfit_passwords_are_refused(api, admin, demo, password, message):
    wanted = name()
    answer = api.post(USERS, token=admin.key, json={"username": wanted, "password": password})
    assert (answer.status_code, answer.json()) == (400, {"password": [message]})
    assert not demo.psql("SELECT 1 FROM postern.users WHERE username = %s", wanted)


# --- names and other members ---
@pytest.mark.parametrize("body,errors", [
    ({}, {"username": ["This field is required."]}),
    ({"username": ""}, {"username": ["This field may not be blank."]}),
    ({"username": None}, {"username": ["This field may not be null."]}),
    ({"username": ["x"]}, {"username": ["Not a valid string."]}),
    ({"username": "x" * 151}, {"username": ["Ensure this field has no more than 150 characters."]}),
    ({"username": "two words"}, {"username": ["Enter a valid username. This value may contain only letters, numbers, "
                                              "and @/./+/-/_ characters."]}),
    ({"username": "ok", "email": "nobody"}, {"email": ["Enter a valid email address."]}),
    ({"username": "ok", "is_active": "perhaps"}, {"is_active": ["Must be a valid boolean."]}),
    ({"username": "ok", "groups": 5}, {"groups": ['Expected a list of items but got type "int".']}),
    ({"username": "ok", "groups": [2000000000]}, {"groups": ['Invalid pk "2000000000" - object does not exist.']}),
    ({"username": "ok", "groups": ["1\0"]}, {"groups": ['Invalid pk "1" - object does not exist.']}),
    ({"username": "ok", "groups": ["x"]}, {"groups": ['Invalid pk "x" - object does not exist.']}),
    ({"username": "ok", "groups": [{"id": 1}]}, {"groups": ["Incorrect type. Expected pk value, received dict."]}),
    ({"username": "", "email": [], "is_active": None},
     {"username": ["This field may not be blank."], "email": ["Not a valid string."], "is_active": ["This field may not be null."]}),
])
def test_unfit_members_are_refused(api, admin, body, errors):
    answer = api.post(USERS, token=admin.key, json=body)
    assert (answer.status_code, answer.json()) == (400, errors)


@pytest.mark.parametrize("change", [str, str.upper])
def test_name_is_unique_whatever_its_case(api, admin, change):
    one = created(api, admin)
    answer = api.post(USERS, token=admin.key, json={"username": change(one["username"])})
    assert (answer.status_code, answer.json()) == (400, {"username": ["A user with that username already exists."]})


@pytest.mark.parametrize("body,error", [
    ("[]", {"non_field_errors": ["Invalid data. Expected a dictionary, but got list."]}),
    ("null", {"non_field_errors": ["No data provided"]}),
    ("7", {"non_field_errors": ["Invalid data. Expected a dictionary, but got int."]})])
def test_body_must_be_an_object(api, admin, body, error):
    answer = api.post(USERS, token=admin.key, data=body, headers={"Content-Type": "application/json"})
    assert (answer.status_code, answer.json()) == (400, error)


def test_read_only_and_unknown_members_are_ignored(api, admin):
    one = created(api, admin, id=admin.id, date_joined="2001-01-01T00:00:00Z", is_staff=True, shoe_size=9)
    assert one["id"] != admin.id and one["is_staff"] is False and not one["date_joined"].startswith("2001")


# --- changes ---
def test_patch_changes_what_is_given_and_keeps_the_rest(api, admin):
    one = created(api, admin, first_name="Joseph", email="joseph@example.org")
    answer = api.patch(f"{USERS}{one['id']}/", token=admin.key, json={"first_name": "Joe", "may_manage_tokens": False})
    assert (answer.status_code, answer.json()) == (200, {**one, "first_name": "Joe", "may_manage_tokens": False})


def test_put_requires_the_name(api, admin):
    one = created(api, admin)
    answer = api.put(f"{USERS}{one['id']}/", token=admin.key, json={"first_name": "Joe"})
    assert (answer.status_code, answer.json()) == (400, {"username": ["This field is required."]})


def test_user_is_renamed_and_keeps_the_identity(api, admin):
    one, new = created(api, admin), name()
    answer = api.patch(f"{USERS}{one['id']}/", token=admin.key, json={"username": new})
    assert (answer.json()["id"], answer.json()["username"]) == (one["id"], new)


def test_superuser_makes_and_unmakes_superusers(api, admin, demo):
    one = created(api, admin, is_superuser=True)
    assert (one["is_superuser"], one["is_staff"]) == (True, True)
    answer = api.patch(f"{USERS}{one['id']}/", token=admin.key, json={"is_superuser": False})
    assert answer.json()["is_superuser"] is False


def test_disabled_user_is_refused_by_the_very_next_request(api, admin, plain):
    assert api.get(USERS + "me/", token=plain.key).status_code == 200
    assert api.patch(f"{USERS}{plain.id}/", token=admin.key, json={"is_active": False}).status_code == 200
    answer = api.get(USERS + "me/", token=plain.key)
    assert (answer.status_code, answer.json()) == (403, {"detail": "User inactive"})


def test_restricted_user_may_not_create_tokens_any_more(api, admin, user):
    one = user()
    assert api.patch(f"{USERS}{one.id}/", token=admin.key, json={"may_manage_tokens": False}).status_code == 200
    assert api.post("/api/users/tokens/", basic=one.basic).status_code == 403


def test_restricted_superuser_cannot_lift_the_restriction(api, admin, demo):
    demo.psql("UPDATE postern.users SET may_manage_tokens = false WHERE id = %s", admin.id)
    assert api.patch(f"{USERS}{admin.id}/", token=admin.key, json={"may_manage_tokens": True}).status_code == 403


def test_groups_of_a_user_are_replaced(api, admin):
    ids = [api.post("/api/users/groups/", token=admin.key, json={"name": name()}).json()["id"] for _ in range(3)]
    one = created(api, admin, groups=ids[:2])
    assert sorted(g["id"] for g in one["groups"]) == ids[:2]
    assert list(one["groups"][0]) == ["id", "url", "name", "display"]
    two = api.patch(f"{USERS}{one['id']}/", token=admin.key, json={"groups": [ids[2], ids[1], ids[2]]}).json()
    assert sorted(g["id"] for g in two["groups"]) == ids[1:]
    assert api.patch(f"{USERS}{one['id']}/", token=admin.key, json={"groups": []}).json()["groups"] == []


def test_groups_of_a_user_come_from_a_form_too(api, admin):
    ids = [api.post("/api/users/groups/", token=admin.key, data={"name": name()}).json()["id"] for _ in range(2)]
    made = api.post(USERS, token=admin.key, data={"username": name(), "groups": ids})
    assert made.status_code == 201, made.text
    assert sorted(g["id"] for g in made.json()["groups"]) == ids
    path = f"{USERS}{made.json()['id']}/"
    assert api.patch(path, token=admin.key, data={"groups": ids[1]}).json()["groups"][0]["id"] == ids[1]
    assert api.patch(path, token=admin.key, data={"groups": ""}).json()["groups"] == []


def test_every_change_is_one_audit_event_in_the_superusers_name(api, admin, demo):
    one = created(api, admin, password="Dang-Ol-Secret-7", is_superuser=True)
    api.patch(f"{USERS}{one['id']}/", token=admin.key, json={"first_name": "Joe", "is_superuser": False})
    api.delete(f"{USERS}{one['id']}/", token=admin.key)
    rows = demo.psql("SELECT action, username, old::text || new::text FROM postern.audit_events WHERE object_id = %s ORDER BY id", one["id"])
    assert [row[:2] for row in rows] == [("user_created", admin.name), ("user_changed", admin.name), ("user_deleted", admin.name)]
    assert "argon2" not in str(rows) and "Dang" not in str(rows)


# --- deletion ---
def test_deleting_a_user_deletes_tokens_and_answers_204(api, admin, plain, demo):
    answer = api.delete(f"{USERS}{plain.id}/", token=admin.key)
    assert (answer.status_code, answer.content) == (204, b"")
    assert not demo.psql("SELECT 1 FROM postern.tokens WHERE user_id = %s", plain.id)
    assert api.get(USERS + "me/", token=plain.key).json() == {"detail": "Invalid token"}
    assert api.get(f"{USERS}{plain.id}/", token=admin.key).status_code == 404


@pytest.mark.parametrize("method", ["GET", "PUT", "PATCH", "DELETE"])
@pytest.mark.parametrize("identifier", ["00000000-0000-4000-8000-000000000000", "nobody", "1"])
def test_unknown_user_is_404(api, admin, method, identifier):
    answer = api.request(method, f"{USERS}{identifier}/", token=admin.key)
    assert (answer.status_code, answer.json()) == (404, {"detail": "Not found."})


# --- the last superuser ---
@pytest.fixture(scope="module")
def lonely(new_demo_module):
    """A demo with one active superuser: (client, key, id)."""
    it = new_demo_module
    key = it.postern("token", "add", "peggy").stdout.strip()
    (identifier,), = it.psql("SELECT id::text FROM postern.users WHERE username = 'peggy'")
    return Client(it.url), key, identifier


@pytest.fixture(scope="module")
def new_demo_module():
    from support.demo import Demo
    it = Demo()
    try:
        yield it.start()
    finally:
        it.remove()


@pytest.mark.parametrize("body", [{"is_active": False}, {"is_superuser": False}, {"is_active": False, "is_superuser": False}])
def test_last_superuser_cannot_be_locked_out(lonely, body):
    api, key, identifier = lonely
    answer = api.patch(f"{USERS}{identifier}/", token=key, json=body)
    assert (answer.status_code, answer.json()) == (400, {"non_field_errors": ["This is the last active superuser."]})
    assert api.get(USERS, token=key).status_code == 200


def test_last_superuser_cannot_be_deleted(lonely):
    api, key, identifier = lonely
    answer = api.delete(f"{USERS}{identifier}/", token=key)
    assert (answer.status_code, answer.json()) == (400, {"non_field_errors": ["This is the last active superuser."]})
    assert api.get(USERS, token=key).status_code == 200


def test_two_superusers_cannot_lock_each_other_out(lonely, new_demo_module):
    api, key, identifier = lonely
    for _ in range(5):
        other = api.post(USERS, token=key, json={"username": name(), "is_superuser": True}).json()
        other_key = new_demo_module.postern("token", "add", other["username"]).stdout.strip()
        threads = [threading.Thread(target=Client(api.url).patch, args=(f"{USERS}{victim}/",),
                                    kwargs={"token": by, "json": {"is_active": False}})
                   for victim, by in ((other["id"], key), (identifier, other_key))]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        (left,), = new_demo_module.psql("SELECT count(*) FROM postern.users WHERE is_superuser AND is_active")
        assert left >= 1
        new_demo_module.psql("UPDATE postern.users SET is_active = (username = 'peggy') WHERE is_superuser")


# --- lists ---
def test_list_pages_through_all_users(api, admin):
    for _ in range(3):
        created(api, admin, last_name="Pageable" + admin.name)
    first = api.get(USERS, token=admin.key, params={"q": "Pageable" + admin.name, "limit": 2}).json()
    assert list(first) == ["count", "next", "previous", "results"]
    assert (first["count"], len(first["results"]), first["previous"]) == (3, 2, None)
    second = api.get(first["next"][len(api.url):], token=admin.key).json()
    assert (len(second["results"]), second["next"]) == (1, None)
    names = [u["username"] for u in first["results"] + second["results"]]
    assert names == sorted(names) and len(set(names)) == 3


def test_filter_by_exact_name_and_id(api, admin):
    one, two = created(api, admin), created(api, admin)
    by_name = api.get(USERS, token=admin.key, params={"username": [one["username"], two["username"]]}).json()
    assert {u["id"] for u in by_name["results"]} == {one["id"], two["id"]}
    assert api.get(USERS, token=admin.key, params={"username": one["username"][:-1]}).json()["count"] == 0
    assert api.get(USERS, token=admin.key, params={"id": two["id"].upper()}).json()["results"][0]["id"] == two["id"]


def test_percent_and_underscore_are_no_wildcards(api, admin):
    assert api.get(USERS, token=admin.key, params={"q": "%"}).json()["count"] == 0


@pytest.mark.parametrize("params,errors", [
    ({"foo": 1}, {"foo": ["Unknown filter field"]}), ({"password": "x"}, {"password": ["Unknown filter field"]}),
    ({"id": "x"}, {"id": ["Must be a valid UUID."]}), ({"q": "\0"}, {"q": ["Null characters are not allowed."]})])
def test_filters_that_make_no_sense_are_refused(api, admin, params, errors):
    answer = api.get(USERS, token=admin.key, params=params)
    assert (answer.status_code, answer.json()) == (400, errors)


def test_options_tells_the_fields(api, admin):
    answer = api.options(USERS, token=admin.key).json()
    assert answer["name"] == "User"
    post = answer["actions"]["POST"]
    assert (post["username"]["required"], post["username"]["max_length"], post["id"]["read_only"]) == (True, 150, True)
    assert post["groups"]["type"] == "list"


def test_post_to_a_single_user_is_405(api, admin):
    answer = api.post(f"{USERS}{admin.id}/", token=admin.key)
    assert answer.status_code == 405
    assert answer.headers["Allow"] == "GET, PUT, PATCH, DELETE, HEAD, OPTIONS"
