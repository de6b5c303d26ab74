"""Several tokens in one request: all of them or none."""
import json
from concurrent.futures import ThreadPoolExecutor

import pytest

from support.account import TOKENS
from support.http import Client
from test_token_create import SHORT, fresh_key

FOREIGN = "6f1f4b2e-0000-4000-8000-000000000000"
BOTH = pytest.mark.parametrize("method", ["PUT", "PATCH"])


def no_list(kind):
    return {"non_field_errors": [f'Expected a list of items but got type "{kind}".']}


# --- create ---
def test_create(alice):
    answer = alice.post(json=[{"description": "a"}, {"description": "b", "write_enabled": False}])
    assert answer.status_code == 201 and "Location" not in answer.headers
    made = answer.json()
    assert [(t["description"], t["write_enabled"]) for t in made] == [("a", True), ("b", False)]
    for token in made:
        assert alice.get(token=token["key"]).status_code == 200


def test_create_none(alice):
    answer = alice.post(json=[])
    assert (answer.status_code, answer.text) == (201, "[]")
    assert len(alice.stored()) == 1


@pytest.mark.parametrize("body, errors", [
    ([{}, {"key": "a"}], [{}, {"key": [SHORT]}]),
    ([{"key": "a"}, {}], [{"key": [SHORT]}, {}]),
    ([{}, 5], [{}, {"non_field_errors": ["Invalid data. Expected a dictionary, but got int."]}]),
    ([None], [{"non_field_errors": ["Invalid data. Expected a dictionary, but got NoneType."]}]),
    ([[]], [{"non_field_errors": ["Invalid data. Expected a dictionary, but got list."]}]),
    ([{"description": None}, {"write_enabled": "x"}],
     [{"description": ["This field may not be null."]}, {"write_enabled": ["Must be a valid boolean."]}])])
def test_create_is_all_or_nothing(alice, body, errors):
    before = alice.stored()
    answer = alice.post(json=body)
    assert (answer.status_code, answer.json()) == (400, errors)
    assert alice.stored() == before


@pytest.mark.parametrize("spell", [str.lower, str.upper])
def test_create_with_a_repeated_key(alice, spell):
    key, before = fresh_key(), alice.stored()
    answer = alice.post(json=[{"key": key}, {}, {"key": spell(key)}])
    assert (answer.status_code, answer.json()) == (400, [{}, {}, {"key": ["Token with this Key already exists."]}])
    assert alice.stored() == before and key not in answer.text


def test_create_with_a_key_in_use(alice, account):
    before = alice.stored()
    answer = alice.post(json=[{}, {"key": account().key}])
    assert (answer.status_code, answer.json()) == (400, [{}, {"key": ["Token with this Key already exists."]}])
    assert alice.stored() == before


def test_create_with_basic(alice):
    answer = alice.post(json=[{}, {}], basic=alice.basic)
    assert answer.status_code == 201 and len(alice.stored()) == 3


def test_at_most_a_thousand(alice):
    before = alice.stored()
    for method in ("POST", "PUT", "PATCH", "DELETE"):
        answer = alice.request(method, json=[{"id": FOREIGN}] * 1001)
        assert (answer.status_code, answer.json()) == (400, {"non_field_errors": ["Ensure this list has no more than 1000 elements."]})
    assert alice.stored() == before


# --- update ---
@pytest.fixture
def pair(alice):
    return alice.post(json=[{"description": "a"}, {"description": "b"}]).json()


@BOTH
def test_update(alice, pair, method):
    answer = alice.request(method, json=[{"id": pair[1]["id"], "description": "b2"}, {"id": pair[0]["id"], "write_enabled": False}])
    assert answer.status_code == 200
    assert answer.json() == [{**pair[0], "key": None, "write_enabled": False}, {**pair[1], "key": None, "description": "b2"}]


@BOTH
def test_update_skips_what_is_unknown_or_not_ones_own(alice, account, pair, method):
    bob = account()
    before = bob.stored()
    answer = alice.request(method, json=[{"id": FOREIGN, "description": "x"}, {"id": bob.token["id"], "description": "x"},
                                         {"id": pair[0]["id"], "description": "x"}])
    assert (answer.status_code, [t["id"] for t in answer.json()]) == (200, [pair[0]["id"]])
    assert bob.stored() == before
    assert alice.request(method, json=[{"id": FOREIGN}]).text == "[]"


@BOTH
@pytest.mark.parametrize("body", [{"key": "a"}, {"description": None, "write_enabled": "x"}, {"expires": ""}, {"allowed_ips": 5}])
def test_what_is_skipped_is_not_looked_at(alice, account, pair, method, body):
    """The original finds its tokens before it reads the elements: one for a token that is not there cannot be wrong."""
    bob = account()
    answer = alice.request(method, json=[{"id": FOREIGN, **body}, {"id": bob.token["id"].upper(), **body}, {"id": pair[0]["id"], **body},
                                         {"id": pair[0]["id"], "description": "x"}])
    assert (answer.status_code, [(t["id"], t["description"]) for t in answer.json()]) == (200, [(pair[0]["id"], "x")])
    assert alice.request(method, json=[{"id": FOREIGN, **body}]).text == "[]"


@BOTH
def test_key_in_use_matters_only_where_it_would_be_set(alice, account, pair, method):
    taken = account().key
    answer = alice.request(method, json=[{"id": FOREIGN, "key": taken}, {"id": pair[0]["id"], "key": taken}, {"id": pair[0]["id"]}])
    assert (answer.status_code, [t["id"] for t in answer.json()]) == (200, [pair[0]["id"]])


@BOTH
def test_skipped_elements_still_need_an_id(alice, method):
    answer = alice.request(method, json=[{"id": FOREIGN}, {"description": "x"}])
    assert (answer.status_code, answer.json()) == (400, [{}, {"id": ["This field is required."]}])


@BOTH
def test_update_none(alice, method):
    answer = alice.request(method, json=[])
    assert (answer.status_code, answer.text) == (200, "[]")


@BOTH
def test_update_shows_only_the_new_keys(alice, pair, method):
    key = fresh_key()
    answer = alice.request(method, json=[{"id": pair[0]["id"], "key": key}, {"id": pair[1]["id"]}])
    assert [t["key"] for t in answer.json()] == [key, None]
    assert alice.get(token=key).status_code == 200
    assert alice.get(token=pair[0]["key"]).status_code == 403


@BOTH
def test_update_of_one_token_twice(alice, pair, method):
    """The last element counts, and nothing of those before it."""
    answer = alice.request(method, json=[{"id": pair[0]["id"], "description": "x", "write_enabled": False}, {"id": pair[0]["id"], "description": "y"}])
    assert [(t["description"], t["write_enabled"]) for t in answer.json()] == [("y", True)]


@BOTH
@pytest.mark.parametrize("body, errors", [
    (lambda p: [{"id": p[0]["id"], "description": "x"}, {"id": p[1]["id"], "key": "a"}], {"key": [SHORT]}),
    (lambda p: [{"id": p[0]["id"], "description": "x"}, {"id": p[1]["id"], "key": p[0]["key"]}], {"key": ["Token with this Key already exists."]}),
    (lambda p: [{"id": p[0]["id"], "description": "x"}, {}], [{}, {"id": ["This field is required."]}]),
    (lambda p: [{"id": p[0]["id"], "description": "x"}, {"id": None}], [{}, {"id": ["This field may not be null."]}]),
    (lambda p: [{"id": p[0]["id"], "description": "x"}, {"id": "x"}], [{}, {"id": ["Must be a valid UUID."]}]),
    (lambda p: [{"id": p[0]["id"], "description": "x"}, {"id": 5}], [{}, {"id": ["Must be a valid UUID."]}]),
    (lambda p: [{"id": p[0]["id"], "description": "x"}, {"id": p[1]["id"] + "\0"}], [{}, {"id": ["Must be a valid UUID."]}]),
    (lambda p: [{"id": p[0]["id"], "description": "x"}, "x"], [{}, {"non_field_errors": ["Invalid data. Expected a dictionary, but got str."]}]),
    (lambda p: [{"id": p[0]["id"].upper(), "description": "x"}], {"non_field_errors": ["No data provided"]}),
    (lambda p: [{"id": p[0]["id"].replace("-", ""), "description": "x"}], {"non_field_errors": ["No data provided"]}),
    (lambda p: {"id": p[0]["id"], "description": "x"}, no_list("dict")),
    (lambda p: "x", no_list("str")),
])
def test_update_is_all_or_nothing(alice, pair, method, body, errors):
    before = alice.stored()
    answer = alice.request(method, json=body(pair))
    assert (answer.status_code, answer.json()) == (400, errors)
    assert alice.stored() == before


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE"])
def test_no_body_is_no_list(alice, method):
    answer = alice.request(method)
    assert (answer.status_code, answer.json()) == (400, no_list("dict"))
    assert len(alice.stored()) == 1


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE"])
@pytest.mark.parametrize("body, kind, status", [("[", "application/json", 400), ("[]", "text/plain", 415), ("id=x", "application/x-www-form-urlencoded", 400)])
def test_bad_body(alice, method, body, kind, status):
    assert alice.request(method, data=body, headers={"Content-Type": kind}).status_code == status
    assert len(alice.stored()) == 1


def test_keys_cannot_be_exchanged_through_each_other(alice, pair):
    """The first element would have a key that the second one still holds."""
    answer = alice.patch(json=[{"id": pair[0]["id"], "key": pair[1]["key"]}, {"id": pair[1]["id"], "key": pair[0]["key"]}])
    assert (answer.status_code, answer.json()) == (400, {"key": ["Token with this Key already exists."]})
    assert alice.get(token=pair[0]["key"]).status_code == 200


def test_opposite_orders_do_not_lock_each_other_out(alice):
    """Four clients change the same eight tokens and delete some, half of them backwards; nobody is sent away."""
    ids = [t["id"] for t in alice.post(json=[{}] * 8).json()]

    def one(n):
        order = ids if n % 2 else ids[::-1]
        client = Client(alice.client.url)
        changes = [client.patch(TOKENS, token=alice.key, json=[{"id": i, "description": f"{n} {k}"} for i in order]) for k in range(15)]
        return [a.status_code for a in changes] + [client.delete(TOKENS, token=alice.key, json=[{"id": i} for i in order[2:6]]).status_code]

    with ThreadPoolExecutor(4) as pool:
        statuses = list(pool.map(one, range(4)))
    assert statuses == [[200] * 15 + [204]] * 4


# --- delete ---
def test_delete(alice, pair):
    answer = alice.delete(json=[{"id": t["id"]} for t in pair])
    assert (answer.status_code, answer.content) == (204, b"") and "Content-Type" not in answer.headers
    assert len(alice.stored()) == 1


@pytest.mark.parametrize("form", [str.upper, lambda i: i.replace("-", ""), lambda i: i])
def test_delete_by_id_in_any_form(alice, pair, form):
    assert alice.delete(json=[{"id": form(pair[0]["id"])}]).status_code == 204
    assert len(alice.stored()) == 2


def test_delete_skips_what_is_unknown_or_not_ones_own(alice, account, pair):
    bob = account()
    assert alice.delete(json=[{"id": FOREIGN}, {"id": bob.token["id"]}, {"id": pair[0]["id"]}, {"id": pair[0]["id"]}]).status_code == 204
    assert len(bob.stored()) == 1 and len(alice.stored()) == 2


def test_delete_none(alice):
    assert alice.delete(json=[]).status_code == 204
    assert len(alice.stored()) == 1


@pytest.mark.parametrize("bad", [{}, {"id": None}, {"id": "x"}, 5, None])
def test_delete_is_all_or_nothing(alice, pair, bad):
    answer = alice.delete(json=[{"id": pair[0]["id"]}, bad])
    assert answer.status_code == 400 and answer.json()[0] == {}
    assert len(alice.stored()) == 3


def test_deleted_tokens_are_refused(alice, pair):
    alice.delete(json=[{"id": t["id"]} for t in pair])
    assert [alice.get(token=t["key"]).json() for t in pair] == [{"detail": "Invalid token"}] * 2


def test_a_thousand_at_once(alice):
    made = alice.post(json=[{}] * 1000)
    assert made.status_code == 201
    ids = [{"id": t["id"]} for t in made.json()]
    assert alice.get(f"{TOKENS}?limit=1").json()["count"] == 1001
    changed = alice.patch(data=json.dumps([{**i, "description": "x"} for i in ids]), headers={"Content-Type": "application/json"})
    assert changed.status_code == 200 and len(changed.json()) == 1000
    assert alice.delete(json=ids).status_code == 204
    assert len(alice.stored()) == 1
