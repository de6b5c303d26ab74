"""How JSON is printed, and the headers that every answer carries."""
import json

import pytest

from support.account import TOKENS, path_of

SAME_EVERYWHERE = {"X-Content-Type-Options": "nosniff", "Referrer-Policy": "same-origin", "X-Frame-Options": "DENY", "Cache-Control": "no-store"}


def indented(reader, accept, path="{detail}"):
    return reader.get(path.format(detail=path_of(reader.token)), headers={"Accept": accept}).text


def test_compact_form(reader):
    text = indented(reader, "*/*")
    assert text == json.dumps(json.loads(text), separators=(",", ":"), ensure_ascii=False)


@pytest.mark.parametrize("accept, indent", [
    ("application/json; indent=1", 1), ("application/json; indent=4", 4), ("application/json;indent=8", 8), ("application/json; indent=9", 8),
    ("application/json; indent=100000000000000000000", 8), ("*/*; indent=4", 4), ("application/*; indent=2", 2), ("application/json; INDENT=3", 3),
    ("text/html; indent=1, application/json; indent=2", 2), ("application/json; indent=\"4\"", 4), ("application/json; indent= 4", 4),
    ("application/json; indent=0", 0), ("application/json; indent=-1", 0), ("application/json; indent=x", 0), ("application/json; indent=", 0),
    ("application/json; indent", 0), ("application/json; indent=4.5", 0), ("application/json; indent=4, */*; indent=2", 4),
    ("application/json; charset=utf-8; indent=4", 4)])
def test_indent(reader, accept, indent):
    text = indented(reader, accept)
    printed = json.loads(text)
    assert text == (json.dumps(printed, indent=indent, ensure_ascii=False) if indent else json.dumps(printed, separators=(",", ":"), ensure_ascii=False))


def test_indent_of_nested_and_empty(reader):
    text = indented(reader, "application/json; indent=3", TOKENS)
    assert text == json.dumps(json.loads(text), indent=3, ensure_ascii=False)
    text = indented(reader, "application/json; indent=4", TOKENS + "?q=nothing+like+this")
    assert text == '{\n    "count": 0,\n    "next": null,\n    "previous": null,\n    "results": []\n}'
    assert indented(reader, "application/json; indent=4", "/api/users/config/") == "{}"


def test_indent_of_errors(reader):
    assert indented(reader, "application/json; indent=4", TOKENS + "?foo=1") == '{\n    "foo": [\n        "Unknown filter field"\n    ]\n}'


def test_indent_of_an_anonymous_refusal(api):
    assert api.get(TOKENS, headers={"Accept": "application/json; indent=4"}).text == (
        '{\n    "detail": "Authentication credentials were not provided."\n}')


@pytest.mark.parametrize("text, printed", [
    ("üß漢😀", '"üß漢😀"'), ("</script>&'", '"</script>&\'"'), ('"\\', '"\\"\\\\"'), ("a\b\f\n\r\tb", '"a\\b\\f\\n\\r\\tb"'),
    ("a\x01\x1fb", '"a\\u0001\\u001fb"'), ("a\u2028\u2029b", '"a\\u2028\\u2029b"'), ("a\x7fb", '"a\x7fb"'), ("a/b", '"a/b"')])
def test_text_is_printed_as_documented(alice, text, printed):
    answer = alice.post(json={"description": text})
    assert f'"description":{printed},' in answer.content.decode()
    assert f'"description":{printed},' in alice.get(path_of(answer.json())).content.decode()


@pytest.mark.parametrize("stored, printed", [
    ("2099-01-01 00:00:00+00", "2099-01-01T00:00:00Z"), ("2099-01-01 00:00:00.000001+00", "2099-01-01T00:00:00.000001Z"),
    ("2099-06-01 12:00:00.1+02", "2099-06-01T10:00:00.100000Z"), ("1969-12-31 23:59:59.5+00", "1969-12-31T23:59:59.500000Z")])
def test_times_are_utc_without_empty_fractions(alice, stored, printed):
    token = alice.create()
    alice.demo.psql("UPDATE postern.tokens SET expires = %s WHERE id = %s", stored, token["id"])
    assert alice.get(path_of(token)).json()["expires"] == printed


# --- headers ---
@pytest.mark.parametrize("method, path", [("GET", TOKENS), ("GET", "/api/"), ("GET", "/api/status/"), ("GET", "/api/nothing/"), ("GET", TOKENS + "x/"),
                                          ("GET", TOKENS + "?foo=1"), ("POST", TOKENS), ("FOO", TOKENS), ("OPTIONS", TOKENS), ("GET", "/api")])
def test_every_answer_carries_these_headers(alice, method, path):
    for answer in (alice.request(method, path), alice.client.request(method, path)):
        assert {k: answer.headers.get(k) for k in SAME_EVERYWHERE} == SAME_EVERYWHERE
        assert answer.headers["Content-Length"] == str(len(answer.content))


@pytest.mark.parametrize("method, path", [("GET", TOKENS), ("GET", "/api/"), ("POST", TOKENS), ("FOO", TOKENS), ("OPTIONS", TOKENS), ("GET", TOKENS + "x/")])
def test_vary(alice, method, path):
    for answer in (alice.request(method, path), alice.client.request(method, path)):
        assert {v.strip() for v in answer.headers["Vary"].split(",")} == {"Accept", "Cookie"}


def test_json_has_no_charset(reader):
    assert reader.get().headers["Content-Type"] == "application/json"


def test_no_answer_sets_a_cookie(reader):
    for path in (TOKENS, "/api/", "/api/users/config/", "/api/status/"):
        assert "Set-Cookie" not in reader.get(path).headers


def test_no_etag(reader):
    assert "ETag" not in reader.get().headers
