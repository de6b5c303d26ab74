"""PUT and PATCH on one token: what changes, what stays, and what is refused."""
import pytest

from support.account import NOT_FOUND, TOKENS, path_of
from test_token_create import SHORT, WRONG_TIME, fresh_key

BOTH = pytest.mark.parametrize("method", ["PUT", "PATCH"])


@pytest.fixture
def token(alice):
    return alice.create(description="d", write_enabled=False, expires="2099-01-01T00:00:00Z", allowed_ips=["127.0.0.0/8"])


def change(alice, method, token, body):
    answer = alice.request(method, path_of(token), json=body)
    assert answer.status_code == 200, answer.text
    return answer.json()


@BOTH
@pytest.mark.parametrize("member, value, told", [
    ("description", "new", "new"), ("description", "", ""), ("description", " a ", "a"), ("write_enabled", True, True), ("write_enabled", "yes", True),
    ("expires", None, None), ("expires", "2098-01-01T00:00:00Z", "2098-01-01T00:00:00Z"), ("expires", "2001-01-01T00:00:00Z", "2001-01-01T00:00:00Z"),
    ("allowed_ips", [], []), ("allowed_ips", None, []), ("allowed_ips", ["10.0.0.0/8"], ["10.0.0.0/8"])])
def test_one_member_changes_and_all_others_stay(alice, token, method, member, value, told):
    expected = {**token, "key": None, member: told}
    assert change(alice, method, token, {member: value}) == expected
    assert alice.get(path_of(token)).json() == expected


@BOTH
@pytest.mark.parametrize("body", [{}, {"key": ""}, {"key": None}, {"key": "  "}, {"user": "x", "id": "y", "created": None, "nothing": 1}])
def test_nothing_changes(alice, token, method, body):
    before = alice.stored()
    assert change(alice, method, token, body) == {**token, "key": None}
    assert alice.stored() == before
    assert alice.get(token=token["key"]).status_code == 200


@BOTH
def test_empty_body_changes_nothing(alice, token, method):
    answer = alice.request(method, path_of(token))
    assert (answer.status_code, answer.json()) == (200, {**token, "key": None})


@BOTH
def test_key_changes_and_is_shown_once(alice, token, method):
    key = fresh_key()
    answer = change(alice, method, token, {"key": key.upper()})
    assert (answer["key"], answer["display"]) == (key, f"{key[-6:]} ({alice.name})")
    assert alice.get(path_of(token)).json()["key"] is None
    assert alice.get(token=key).status_code == 200
    assert alice.get(token=token["key"]).json() == {"detail": "Invalid token"}


def test_own_current_key_may_be_set(alice, token):
    assert change(alice, "PATCH", token, {"key": token["key"]})["key"] == token["key"]
    assert alice.get(token=token["key"]).status_code == 200


def test_key_of_another_token_is_refused(alice, account, token):
    before = alice.stored()
    for other in (alice.key, account().key.upper()):
        answer = alice.patch(path_of(token), json={"key": other})
        assert (answer.status_code, answer.json()) == (400, {"key": ["Token with this Key already exists."]})
    assert alice.stored() == before


@BOTH
@pytest.mark.parametrize("body, errors", [
    ({"key": "a"}, {"key": [SHORT]}),
    ({"key": "z" * 40}, {"key": ["Enter a 160-bit key as 40 hexadecimal characters."]}),
    ({"expires": "soon", "description": "x"}, {"expires": [WRONG_TIME]}),
    ({"write_enabled": None}, {"write_enabled": ["This field may not be null."]}),
    ({"description": None}, {"description": ["This field may not be null."]}),
    ({"description": "a" * 201}, {"description": ["Ensure this field has no more than 200 characters."]}),
    ({"allowed_ips": "x"}, {"allowed_ips": ['Expected a list of items but got type "str".']}),
    ({"description": 5, "expires": 5, "key": [], "write_enabled": 7},
     {"expires": [WRONG_TIME], "key": ["Not a valid string."], "write_enabled": ["Must be a valid boolean."]}),
    ([], {"non_field_errors": ["Invalid data. Expected a dictionary, but got list."]}),
    ([{"description": "x"}], {"non_field_errors": ["Invalid data. Expected a dictionary, but got list."]}),
    ("x", {"non_field_errors": ["Invalid data. Expected a dictionary, but got str."]}),
    (7, {"non_field_errors": ["Invalid data. Expected a dictionary, but got int."]}),
])
def test_bad_change_stores_nothing(alice, token, method, body, errors):
    before = alice.stored()
    answer = alice.request(method, path_of(token), json=body)
    assert (answer.status_code, answer.json()) == (400, errors)
    assert alice.stored() == before


def test_null_body(alice, token):
    answer = alice.patch(path_of(token), data="null", headers={"Content-Type": "application/json"})
    assert (answer.status_code, answer.json()) == (400, {"non_field_errors": ["No data provided"]})


@BOTH
def test_form_body(alice, token, method):
    answer = alice.request(method, path_of(token), data={"description": "of a form"})
    assert answer.json() == {**token, "key": None, "description": "of a form"}


def test_expires_of_a_form_may_be_emptied(alice, token):
    assert alice.patch(path_of(token), data={"expires": ""}).json()["expires"] is None


@BOTH
def test_unknown_token_comes_before_a_bad_body(alice, method):
    for name in ("x", "6f1f4b2e-0000-4000-8000-000000000000"):
        answer = alice.request(method, f"{TOKENS}{name}/", data="{", headers={"Content-Type": "text/plain"})
        assert (answer.status_code, answer.json()) == (404, NOT_FOUND)


def test_bad_bodies_in_their_order(alice, token):
    answer = alice.patch(path_of(token), data="{", headers={"Content-Type": "text/plain"})
    assert answer.status_code == 415
    answer = alice.patch(path_of(token), data="{", headers={"Content-Type": "application/json"})
    assert answer.json()["detail"].startswith("JSON parse error - ")


def test_token_can_change_itself(alice):
    key = fresh_key()
    assert alice.patch(path_of(alice.token), json={"key": key}).json()["key"] == key
    assert alice.get().json() == {"detail": "Invalid token"}
    assert alice.get(token=key).status_code == 200


def test_token_can_end_itself(alice):
    assert alice.patch(path_of(alice.token), json={"expires": "2001-01-01T00:00:00Z"}).status_code == 200
    assert alice.get().json() == {"detail": "Token expired"}


def test_token_can_give_up_its_write_right(alice):
    assert alice.patch(path_of(alice.token), json={"write_enabled": False}).status_code == 200
    assert alice.patch(path_of(alice.token), json={"write_enabled": True}).status_code == 403


def test_owner_cannot_change(alice, account, token):
    bob = account()
    change(alice, "PATCH", token, {"user": bob.id, "username": bob.name})
    assert len(bob.stored()) == 1 and len(alice.stored()) == 2


def test_id_in_other_forms(alice, token):
    answer = alice.patch(f"{TOKENS}{token['id'].replace('-', '').upper()}/", json={"description": "x"})
    assert (answer.status_code, answer.json()["id"]) == (200, token["id"])


def test_method_override_has_no_effect(alice, token):
    answer = alice.post(path_of(token), json={}, headers={"X-HTTP-Method-Override": "DELETE"})
    assert answer.status_code == 405
    assert alice.get(path_of(token), headers={"X-HTTP-Method-Override": "DELETE"}).status_code == 200
    assert len(alice.stored()) == 2
