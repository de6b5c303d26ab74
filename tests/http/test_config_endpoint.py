"""/api/users/config/: one's own preferences."""
import json
import threading

import pytest

from support.account import ANONYMOUS, Account

PATH = "/api/users/config/"
JSON = {"Content-Type": "application/json"}


def test_new_user_has_none(alice):
    answer = alice.get(PATH)
    assert (answer.status_code, answer.text) == (200, "{}")


def test_members_are_merged_deeply(alice):
    steps = [
        ({"a": 1, "b": {"c": [1], "d": None}}, {"a": 1, "b": {"c": [1], "d": None}}),
        ({"b": {"c": [2]}}, {"a": 1, "b": {"c": [2], "d": None}}),
        ({"b": {"e": {"f": "ü"}}}, {"a": 1, "b": {"c": [2], "d": None, "e": {"f": "ü"}}}),
        ({"a": None}, {"a": None, "b": {"c": [2], "d": None, "e": {"f": "ü"}}}),
        ({"b": 5}, {"a": None, "b": 5}),
        ({}, {"a": None, "b": 5}),
    ]
    for patch, expected in steps:
        answer = alice.patch(PATH, json=patch)
        assert (answer.status_code, answer.json()) == (200, expected)
        assert alice.get(PATH).json() == expected


def test_empty_body_changes_nothing(alice):
    alice.patch(PATH, json={"a": 1})
    answer = alice.patch(PATH)
    assert (answer.status_code, answer.json()) == (200, {"a": 1})


def test_preferences_are_ones_own(account):
    alice, bob = account(), account()
    alice.patch(PATH, json={"a": 1})
    assert bob.get(PATH).json() == {}


@pytest.mark.parametrize("value", [0, -1, 1.5, 10**15, True, False, None, "", "x", [], [[]], {}, [{"a": [1, {"b": 2}]}], "\u2028<&>'\""])
def test_values_come_back_as_they_were(alice, value):
    alice.patch(PATH, json={"v": value})
    assert alice.get(PATH).json() == {"v": value}


@pytest.mark.parametrize("body, kind", [("[]", "list"), ("1", "int"), ('"a"', "str"), ("true", "bool"), ("null", "NoneType")])
def test_only_an_object_will_do(alice, body, kind):
    answer = alice.patch(PATH, data=body, headers=JSON)
    assert (answer.status_code, answer.json()) == (400, {"non_field_errors": [f"Invalid data. Expected a dictionary, but got {kind}."]})
    assert alice.get(PATH).text == "{}"


@pytest.mark.parametrize("body", ['{"a":"\\u0000"}', '{"a":"\\ud800"}', '{"a":{"b":["\\udfff"]}}', '{"\\ud800":1}'])
def test_what_cannot_be_stored_is_refused(alice, body):
    answer = alice.patch(PATH, data=body, headers=JSON)
    assert (answer.status_code, answer.json()) == (400, {"non_field_errors": ["Null and surrogate characters are not allowed."]})
    assert alice.get(PATH).text == "{}"


@pytest.mark.parametrize("body, status", [("{", 400), ("\xff", 400), ('{"a":NaN}', 400), ("[" * 40, 400), ('{"a":' * 33 + "1" + "}" * 33, 400)])
def test_bad_json(alice, body, status):
    answer = alice.patch(PATH, data=body.encode("latin-1"), headers=JSON)
    assert answer.status_code == status and answer.json()["detail"].startswith("JSON parse error - ")


def test_deepest_object_can_be_stored_and_read(alice):
    deep = '{"a":' * 32 + "1" + "}" * 32
    assert alice.patch(PATH, data=deep, headers=JSON).status_code == 200
    assert alice.get(PATH).text == deep
    assert alice.patch(PATH, json={"b": 1}).status_code == 200


def test_at_most_64_kibibytes(alice):
    assert alice.patch(PATH, json={"a": "x" * (65536 - 8)}).status_code == 200
    before = alice.get(PATH).text
    answer = alice.patch(PATH, json={"b": "x"})
    assert (answer.status_code, answer.json()) == (400, {"non_field_errors": ["The preferences may have at most 65536 bytes."]})
    assert alice.get(PATH).text == before


def refused(alice, body, problem):
    answer = alice.patch(PATH, data=body, headers=JSON)
    assert (answer.status_code, answer.json()) == (400, {"non_field_errors": [problem]})
    assert alice.get(PATH).text == "{}"


@pytest.mark.parametrize("body", ['{"big":[%s]}' % ",".join(["1e-16000"] * 5), '{"big":[%s]}' % ",".join(["1e-16000"] * 50), '{"big":%s}' % ("9" * 65529)],
                         ids=["five", "fifty", "one"])
def test_what_is_stored_counts_not_what_was_sent(alice, body):
    """PostgreSQL writes numbers out; the second one is more than even the column takes."""
    refused(alice, body, "The preferences may have at most 65536 bytes.")


def test_blanks_do_not_count(alice):
    """Neither those that were sent, nor those that PostgreSQL shows."""
    full = '{"ab":[%s]}' % ",".join(["1"] * 32764)
    assert len(full) == 65536
    assert alice.patch(PATH, data=full.replace(",", " , "), headers=JSON).text == full
    assert alice.get(PATH).text == full


@pytest.mark.parametrize("number", ["1e-17000", "-1e-17000"])
def test_number_that_cannot_be_stored(alice, number):
    refused(alice, '{"a":%s}' % number, "A number is too large or too small to be stored.")


@pytest.mark.parametrize("sent, stored", [("1e-5", "0.00001"), ("1.50", "1.50"), ("1E2", "100"), ("-0.0", "0.0"), ("1e22", "1" + "0" * 22), ("9" * 400, "9" * 400)],
                         ids=lambda text: text[:30])
def test_answer_is_what_is_stored(alice, sent, stored):
    assert alice.patch(PATH, data='{"a":%s}' % sent, headers=JSON).text == '{"a":%s}' % stored
    assert alice.get(PATH).text == '{"a":%s}' % stored


def put(alice, text):
    """As an administrator may in psql."""
    alice.demo.psql("UPDATE postern.users SET config = %s::jsonb WHERE id = %s", text, alice.id)


def test_large_number_of_an_administrator_is_shown(alice):
    put(alice, '{"a":1e400}')
    assert alice.get(PATH).text == '{"a":1%s}' % ("0" * 400)
    assert alice.patch(PATH, json={"b": 1}).text == '{"a":1%s,"b":1}' % ("0" * 400)


@pytest.mark.parametrize("text, reason", [('{"a":1%s.5}' % ("0" * 400), "Out of range float values"), ('{"a":' * 40 + "1" + "}" * 40, "Nesting deeper")],
                         ids=["number", "depth"])
def test_preferences_that_cannot_be_read_are_an_error_with_its_reason(alice, text, reason):
    put(alice, text)
    for answer in (alice.get(PATH), alice.patch(PATH, json={"b": 1})):
        assert (answer.status_code, answer.json()["detail"]) == (500, "Internal error.")
        told = [line for line in alice.demo.log().splitlines() if answer.json()["request_id"] in line and "event=preferences_unreadable" in line]
        assert len(told) == 1 and alice.name in told[0] and reason in told[0]


@pytest.mark.parametrize("method, status", [("POST", 405), ("PUT", 405), ("DELETE", 405)])
def test_other_methods(alice, method, status):
    answer = alice.request(method, PATH, json={})
    assert (answer.status_code, answer.json()) == (status, {"detail": f'Method "{method}" not allowed.'})


@pytest.mark.parametrize("method", ["GET", "PATCH", "OPTIONS"])
def test_anonymous(api, method):
    answer = api.request(method, PATH)
    assert (answer.status_code, answer.json()) == (403, ANONYMOUS)


def test_restricted_user_keeps_preferences(account):
    dale = account(tokens=False)
    assert dale.patch(PATH, json={"a": 1}).json() == {"a": 1}


def test_concurrent_merges_lose_nothing(demo, password_hash):
    alice = Account(demo, password_hash)
    statuses = []

    def write(i):
        who = type(alice.client)(demo.url)
        for j in range(5):
            statuses.append(who.patch(PATH, token=alice.key, json={f"k{i}": {f"j{j}": 1}}).status_code)

    threads = [threading.Thread(target=write, args=(i,)) for i in range(4)]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    assert set(statuses) == {200}
    assert alice.get(PATH).json() == {f"k{i}": {f"j{j}": 1 for j in range(5)} for i in range(4)}


def test_form_is_an_object_too(alice):
    assert json.loads(alice.patch(PATH, data={"a": "b"}).text) == {"a": "b"}
