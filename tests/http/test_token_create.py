"""POST /api/users/tokens/: what one gets, every field's rules and messages, bodies of every kind."""
import json
import re
import time

import pytest

from support.account import TOKENS, Account, path_of

KEY = "5ca1ab1e5ca1ab1e5ca1ab1e5ca1ab1e5ca1ab"
WRONG_TIME = ("Datetime has wrong format. Use one of these formats instead: "
              "YYYY-MM-DDThh:mm[:ss[.uuuuuu]][+HH:MM|-HH:MM|Z].")
NOT_NULL = "This field may not be null."
NOT_BOOL = "Must be a valid boolean."
NOT_STRING = "Not a valid string."
NO_NUL = "Null characters are not allowed."
JSON = {"Content-Type": "application/json"}


def fresh_key():
    fresh_key.count = getattr(fresh_key, "count", 0) + 1
    return f"{time.time_ns():024x}{fresh_key.count:016x}"


@pytest.fixture(scope="module")
def writer(demo, password_hash):
    """A user for tests that only add tokens, or are refused."""
    return Account(demo, password_hash)


def post_text(who, text, headers=JSON):
    """Sends these bytes and proves that a refusal stored nothing."""
    before = who.stored()
    answer = who.post(data=text if isinstance(text, bytes) else text.encode(), headers=headers)
    assert answer.status_code == 201 or who.stored() == before
    return answer


# --- the answer ---
def test_defaults(alice):
    answer = alice.post(json={})
    token = answer.json()
    assert answer.status_code == 201
    assert re.fullmatch(r"\{\"id\":\"[0-9a-f-]{36}\",\"url\":\"[^\"]*\",\"display\":\"[0-9a-f]{6} \(%s\)\",\"created\":\"[^\"]*Z\","
                        r"\"expires\":null,\"key\":\"[0-9a-f]{40}\",\"write_enabled\":true,\"description\":\"\",\"last_used\":null,"
                        r"\"allowed_ips\":\[\]\}" % alice.name, answer.text)
    assert answer.headers["Location"] == token["url"] == f"{alice.demo.url}api/users/tokens/{token['id']}/"


def test_what_was_created_is_what_is_read(alice):
    made = alice.create(description="d", write_enabled=False, expires="2099-01-01T00:00:00Z", allowed_ips=["10.0.0.0/8", "::1"])
    read = alice.get(path_of(made)).json()
    assert {**made, "key": None} == read
    assert (read["description"], read["write_enabled"], read["expires"], read["allowed_ips"]) == (
        "d", False, "2099-01-01T00:00:00Z", ["10.0.0.0/8", "::1/128"])


def test_generated_keys_differ(alice):
    assert len({alice.create()["key"] for _ in range(5)}) == 5


@pytest.mark.parametrize("headers", [{}, JSON, {"Content-Type": "text/plain"}, {"Content-Type": "application/x-www-form-urlencoded"},
                                     {"Content-Type": "multipart/form-data"}])
def test_no_body_is_a_token_with_defaults(writer, headers):
    token = writer.post(headers=headers)
    assert (token.status_code, token.json()["write_enabled"], token.json()["expires"]) == (201, True, None)


def test_token_is_provisioned_with_a_password(alice):
    answer = alice.post(basic=alice.basic)
    assert answer.status_code == 201
    assert alice.get(token=answer.json()["key"]).status_code == 200


def test_token_is_provisioned_with_a_password_and_a_form(alice):
    """curl -u name:password -d write_enabled=false"""
    answer = alice.post(basic=alice.basic, data={"write_enabled": "false"})
    assert (answer.status_code, answer.json()["write_enabled"]) == (201, False)


@pytest.mark.parametrize("member", ["user", "id", "created", "url", "display", "last_used", "nothing", ""])
def test_members_that_are_not_to_be_set_are_ignored(alice, account, member):
    bob = account()
    value = {"user": bob.id, "id": "6f1f4b2e-0000-4000-8000-000000000000", "created": "2001-01-01T00:00:00Z"}.get(member, "x")
    made = alice.create(**{member: value})
    assert len(alice.stored()) == 2 and len(bob.stored()) == 1
    assert made["id"] != value and made["created"] > "2020" and made["last_used"] is None


# --- key ---
@pytest.mark.parametrize("form", ["{}", "  {}\t", "\u2028{}\u3000"])
def test_key_may_be_given(alice, form):
    key = fresh_key()
    assert alice.create(key=form.format(key))["key"] == key
    assert alice.get(token=key).status_code == 200


def test_deleted_token_is_restored_with_its_key(alice):
    made = alice.create()
    alice.delete(path_of(made))
    assert alice.get(token=made["key"]).status_code == 403
    again = alice.create(key=made["key"])
    assert again["id"] != made["id"]
    assert alice.get(token=made["key"]).status_code == 200


@pytest.mark.parametrize("key", ["", None, "   ", "\u2028"])
def test_blank_key_means_generate(writer, key):
    assert re.fullmatch("[0-9a-f]{40}", writer.create(key=key)["key"])


def test_key_in_upper_case_is_the_same_key(alice):
    key = fresh_key()
    made = alice.create(key=key.upper())
    assert made["key"] == key
    assert alice.post(json={"key": key}).json() == {"key": ["Token with this Key already exists."]}


def test_key_in_use_by_anybody_is_refused(alice, account):
    bob = account()
    before = bob.stored()
    answer = bob.post(json={"key": alice.key})
    assert (answer.status_code, answer.json()) == (400, {"key": ["Token with this Key already exists."]})
    assert bob.stored() == before


SHORT, LONG = "Ensure this field has at least 40 characters.", "Ensure this field has no more than 40 characters."
NO_HEX = "Enter a 160-bit key as 40 hexadecimal characters."


@pytest.mark.parametrize("key, messages", [
    ("a", [SHORT]), ("a" * 39, [SHORT]), ("a" * 41, [LONG]), ("ü" * 39, [SHORT]), ("ü" * 41, [LONG]), ("a" * 5000, [LONG]),
    ("g" * 40, [NO_HEX]), ("ü" * 40, [NO_HEX]), ("a" * 20 + " " + "a" * 19, [NO_HEX]), ("0x" + "a" * 38, [NO_HEX]),
    ("é" + "a" * 39, [NO_HEX]), ("-" + "a" * 39, [NO_HEX]), ("\uff11" * 40, [NO_HEX]),
    (5, [SHORT]), (1.5, [SHORT]), (True, [NOT_STRING]), (False, [NOT_STRING]), ([], [NOT_STRING]), ({}, [NOT_STRING]), (["a" * 40], [NOT_STRING]),
    ("a" * 39 + "\0", [NO_NUL]), ("a\0", [SHORT, NO_NUL]), ("\0" + "a" * 40, [LONG, NO_NUL]),
    ("a" * 39 + "\ud800", ["Surrogate characters are not allowed: U+D800."]),
])
def test_bad_key(writer, key, messages):
    answer = post_text(writer, json.dumps({"key": key}))
    assert (answer.status_code, answer.json()) == (400, {"key": messages})


def test_key_of_forty_decimal_digits_may_be_a_number(alice):
    text = str(10**39 + time.time_ns())
    answer = post_text(alice, '{"key": %s}' % text)
    assert answer.json()["key"] == text


# --- expires ---
@pytest.mark.parametrize("given, told", [
    (None, None),
    ("2099-01-01T00:00:00Z", "2099-01-01T00:00:00Z"),
    ("2099-01-01T00:00:00", "2099-01-01T00:00:00Z"),
    ("2099-01-01 00:00", "2099-01-01T00:00:00Z"),
    ("2099-01-01T00:00", "2099-01-01T00:00:00Z"),
    ("2099-1-2T3:4:5Z", "2099-01-02T03:04:05Z"),
    ("2099-01-01T00:00:00.5Z", "2099-01-01T00:00:00.500000Z"),
    ("2099-01-01T00:00:00,25Z", "2099-01-01T00:00:00.250000Z"),
    ("2099-01-01T00:00:00.123456789Z", "2099-01-01T00:00:00.123456Z"),
    ("2099-01-01T00:00:00.000000Z", "2099-01-01T00:00:00Z"),
    ("2099-01-01T00:00:00+02", "2098-12-31T22:00:00Z"),
    ("2099-01-01T00:00:00+0230", "2098-12-31T21:30:00Z"),
    ("2099-01-01T00:00:00-02:30", "2099-01-01T02:30:00Z"),
    ("2096-02-29T00:00:00Z", "2096-02-29T00:00:00Z"),
    ("9999-12-31T23:59:59.999999Z", "9999-12-31T23:59:59.999999Z"),
])
def test_expires(writer, given, told):
    assert writer.create(expires=given)["expires"] == told


@pytest.mark.parametrize("value, message", [
    *[(v, WRONG_TIME) for v in (
        "2099-01-01", "2099-01-01t00:00:00Z", "2099-01-01T00:00:00z", "20990101T000000Z", "2099-01-01T24:00:00Z", "2099-02-29T00:00:00Z",
        "2099-13-01T00:00:00Z", "2099-00-01T00:00:00Z", "2099-01-32T00:00:00Z", "2099-01-01T00:60:00Z", "2099-01-01T00:00:61Z",
        "2099-01-01T00:00:00+25:00", "", " 2099-01-01T00:00:00Z", "2099-01-01T00:00:00Z ", "99-01-01T00:00:00Z", "tomorrow", "infinity",
        "now", 5, 4070908800, 1.5, True, [], {}, ["2099-01-01T00:00:00Z"], "2099-01-01T00:00:00Z\0", "2099-01-01T00:00:00Z; DROP",
        "2099-01-01T00:00:00.Z")],
    ("9999-12-31T23:59:59-01:00", "Datetime value out of range."),
    ("0001-01-01T00:00:00+01:00", "Datetime value out of range."),
    ("2001-01-01T00:00:00Z", "Expiration time must be in the future."),
    ("0001-01-01T00:00:00Z", "Expiration time must be in the future."),
])
def test_bad_expires(writer, value, message):
    answer = post_text(writer, json.dumps({"expires": value}))
    assert (answer.status_code, answer.json()) == (400, {"expires": [message]})


# --- write_enabled ---
@pytest.mark.parametrize("value", ["true", "True", "TRUE", "t", "T", "y", "Y", "yes", "Yes", "YES", "on", "On", "ON", "1", 1, 1.0, True])
def test_write_enabled_true(writer, value):
    assert writer.create(write_enabled=value)["write_enabled"] is True


@pytest.mark.parametrize("value", ["false", "False", "FALSE", "f", "F", "n", "N", "no", "No", "NO", "off", "Off", "OFF", "0", 0, 0.0, False])
def test_write_enabled_false(writer, value):
    assert writer.create(write_enabled=value)["write_enabled"] is False


@pytest.mark.parametrize("value, message", [(None, NOT_NULL), *[(v, NOT_BOOL) for v in (
    "tRuE", "", "null", " true", "true\0", "2", 2, -1, 0.5, 10**30, [], {}, [True], {"a": 1})]])
def test_bad_write_enabled(writer, value, message):
    answer = post_text(writer, json.dumps({"write_enabled": value}))
    assert (answer.status_code, answer.json()) == (400, {"write_enabled": [message]})


# --- description ---
@pytest.mark.parametrize("given, told", [
    ("", ""), ("  x  ", "x"), ("\u2028x\u2028", "x"), ("\u00a0\u3000x\t\n", "x"), (5, "5"), (1.5, "1.5"), (10**30, str(10**30)),
    ("a" * 200, "a" * 200), ("😀" * 200, "😀" * 200), (" " + "a" * 200 + " ", "a" * 200), ("a\nb", "a\nb"), ("<script>&\"'/", "<script>&\"'/"),
    ("'; DROP TABLE postern.tokens; --", "'; DROP TABLE postern.tokens; --"), ("%s{}\\", "%s{}\\"), ("e\u0301", "e\u0301"),
])
def test_description(writer, given, told):
    made = writer.create(description=given)
    assert made["description"] == told
    assert writer.get(path_of(made)).json()["description"] == told


@pytest.mark.parametrize("number", ["1.50", "1e2", "1E+2", "-0.0", "-0", "0.1", "1e15", "1e16", "123456789012345678", "1234567890123456789.0", "1e-4", "1e-5", "0.00012e-1",
                                    "1.7976931348623157e308", "5e-324", "1e-400", "0.30000000000000004", "2.5e-7", "12345678901234567890"])
def test_description_of_a_number_is_as_python_prints_it(writer, number):
    assert post_text(writer, '{"description":%s}' % number).json()["description"] == str(json.loads(number))


@pytest.mark.parametrize("value, messages", [
    ("a" * 201, ["Ensure this field has no more than 200 characters."]),
    ("😀" * 201, ["Ensure this field has no more than 200 characters."]),
    (None, [NOT_NULL]), (True, [NOT_STRING]), ([], [NOT_STRING]), ({}, [NOT_STRING]), (["a"], [NOT_STRING]),
    ("a\0b", [NO_NUL]), ("\ud800", ["Surrogate characters are not allowed: U+D800."]), ("x\udfff", ["Surrogate characters are not allowed: U+DFFF."]),
])
def test_bad_description(writer, value, messages):
    answer = post_text(writer, json.dumps({"description": value}))
    assert (answer.status_code, answer.json()) == (400, {"description": messages})


# --- allowed_ips ---
@pytest.mark.parametrize("given, told", [
    ([], []), (None, []), (["10.0.0.0/8"], ["10.0.0.0/8"]), (["192.0.2.1"], ["192.0.2.1/32"]),
    (["2001:DB8::/32"], ["2001:db8::/32"]), (["0.0.0.0/0", "::/0"], ["0.0.0.0/0", "::/0"]), (["10.0.0.0/8"] * 100, ["10.0.0.0/8"] * 100)])
def test_allowed_ips(writer, given, told):
    assert writer.create(allowed_ips=given)["allowed_ips"] == told


@pytest.mark.parametrize("value, message", [
    ("10.0.0.0/8", 'Expected a list of items but got type "str".'), ({}, 'Expected a list of items but got type "dict".'),
    (5, 'Expected a list of items but got type "int".'),
    ([5], NOT_STRING), ([None], NOT_STRING), ([["10.0.0.0/8"]], NOT_STRING),
    (["10.0.0.1/8"], "The network has host bits set."), (["2001:db8::1/32"], "The network has host bits set."),
    *[([v], "Enter an IPv4 or IPv6 network, for example 10.0.0.0/8.") for v in (
        "", "x", "10.0.0.0/33", "::/129", "10.0.0.0/-1", "10.0.0.0/", "10.0.0", "10.0.0.0/8,11.0.0.0/8", "010.0.0.1", "10.0.0.0/8\0", "fe80::1%eth0",
        "10.0.0.0/8}", "\"10.0.0.0/8\"")],
    (["10.0.0.0/8"] * 101, "Ensure this field has no more than 100 elements."),
])
def test_bad_allowed_ips(writer, value, message):
    answer = post_text(writer, json.dumps({"allowed_ips": value}))
    assert (answer.status_code, answer.json()) == (400, {"allowed_ips": [message]})


# --- several at once ---
def test_all_fields_are_reported_together_in_order(writer):
    answer = post_text(writer, '{"allowed_ips":1,"description":null,"write_enabled":null,"key":"a","expires":""}')
    assert answer.text == ('{"expires":["%s"],"key":["%s"],"write_enabled":["%s"],"description":["%s"],'
                           '"allowed_ips":["Expected a list of items but got type \\"int\\"."]}' % (WRONG_TIME, SHORT, NOT_NULL, NOT_NULL))


def test_key_in_use_is_told_only_when_all_else_is_right(writer):
    assert post_text(writer, json.dumps({"key": writer.key, "description": None})).json() == {"description": [NOT_NULL]}


def test_duplicate_members_last_wins(writer):
    answer = post_text(writer, '{"description":"a","description":"b"}')
    assert answer.json()["description"] == "b"


# --- forms ---
def test_form_body(writer):
    answer = writer.post(data={"description": "of a form", "write_enabled": "false", "expires": "2099-01-01T00:00:00Z"})
    token = answer.json()
    assert (answer.status_code, token["description"], token["write_enabled"], token["expires"]) == (201, "of a form", False, "2099-01-01T00:00:00Z")


def test_multipart_body(writer):
    answer = writer.post(files={"description": (None, "of a form"), "write_enabled": (None, "no")})
    token = answer.json()
    assert (answer.status_code, token["description"], token["write_enabled"]) == (201, "of a form", False)


@pytest.mark.parametrize("kind, body", [
    ("application/x-www-form-urlencoded", "key%00zz=abc&description%00=x&description=d"),
    ("multipart/form-data; boundary=B", '--B\r\nContent-Disposition: form-data; name="key\0zz"\r\n\r\nabc\r\n'
                                        '--B\r\nContent-Disposition: form-data; name="description"\r\n\r\nd\r\n--B--')])
def test_form_field_with_a_nul_in_its_name_is_an_unknown_one(writer, kind, body):
    made = post_text(writer, body, {"Content-Type": kind})
    assert made.status_code == 201, made.text
    assert made.json()["description"] == "d" and made.json()["key"] != "abc"


@pytest.mark.parametrize("values", [[], [""], ["10.0.0.0/8"], ["10.0.0.0/8", "2001:db8::/32"]])
def test_networks_of_a_form_are_a_list(writer, values):
    networks = [v for v in values if v]
    for form in ({"data": {"description": "x", "allowed_ips": values}}, {"files": [("description", (None, "x")), *(("allowed_ips", (None, v)) for v in values)]}):
        made = writer.post(**form)
        assert (made.status_code, made.json()["allowed_ips"]) == (201, networks), made.text


def test_form_without_write_enabled_means_its_default(writer):
    token = writer.post(data={"description": "x", "expires": "", "key": ""}).json()
    assert (token["write_enabled"], token["expires"], len(token["key"])) == (True, None, 40)


@pytest.mark.parametrize("body, errors", [
    ("key=a", {"key": [SHORT]}), ("write_enabled=maybe", {"write_enabled": [NOT_BOOL]}), ("expires=soon", {"expires": [WRONG_TIME]}),
    ("description=a%00b", {"description": [NO_NUL]}), ("write_enabled=", {"write_enabled": [NOT_BOOL]}),
    ("allowed_ips=10.0.0.0/8,11.0.0.0/8", {"allowed_ips": ["Enter an IPv4 or IPv6 network, for example 10.0.0.0/8."]}),
    ("allowed_ips=10.0.0.0/8&allowed_ips=10.0.0.1/8", {"allowed_ips": ["The network has host bits set."]}),
])
def test_bad_form(writer, body, errors):
    answer = post_text(writer, body, {"Content-Type": "application/x-www-form-urlencoded"})
    assert (answer.status_code, answer.json()) == (400, errors)


# --- media types ---
@pytest.mark.parametrize("kind", ["application/json", "application/json;", "APPLICATION/JSON", "application/json; charset=utf-8",
                                  "application/json;charset=nonsense", "application/json; a=b; c", "*/*", "application/*"])
def test_json_by_any_name(writer, kind):
    assert post_text(writer, '{"description":"j"}', {"Content-Type": kind}).json()["description"] == "j"


@pytest.mark.parametrize("charset, codec", [("iso-8859-1", "latin-1"), ("Latin-1", "latin-1"), ('"ISO8859_1"', "latin-1"), ("utf-16", "utf-16"), ("UTF-16LE", "utf-16-le"),
                                            ("utf-16be", "utf-16-be"), ("utf-8", "utf-8"), ("nonsense", "utf-8")])
def test_charset_of_a_body_is_honoured(writer, charset, codec):
    body = '{"description":"caf\u00e9"}'.encode(codec)
    made = post_text(writer, body, {"Content-Type": f"application/json; charset={charset}"})
    assert (made.status_code, made.json()["description"]) == (201, "caf\u00e9")


@pytest.mark.parametrize("charset, body, problem", [
    ("us-ascii", b'{"a":"\xc3\xa9"}', "'ascii' codec can't decode byte 0xc3 in position 6: ordinal not in range(128)"),
    ("utf-16", b"{}", "UTF-16 stream does not start with BOM"), ("utf-16le", b"{\0}", "'utf-16-le' codec can't decode byte 0x7d in position 2: truncated data"),
    ("utf-16le", "\ufeff{}".encode("utf-16-le"), "Unexpected UTF-8 BOM (decode using utf-8-sig): line 1 column 1 (char 0)"),
    ("latin-1", b'{"\xe9" 1}', "Expecting ':' delimiter: line 1 column 6 (char 5)")])
def test_body_that_is_not_in_its_charset(writer, charset, body, problem):
    answer = post_text(writer, body, {"Content-Type": f"application/json; charset={charset}"})
    assert (answer.status_code, answer.json()) == (400, {"detail": f"JSON parse error - {problem}"})


def test_converted_body_may_be_a_mebibyte_and_no_more(writer):
    headers = {"Content-Type": "application/json; charset=latin-1"}
    fits = b'{"a":"%s"}' % (b"\xe9" * (((1 << 20) - 8) // 2))
    assert post_text(writer, fits, headers).status_code == 201
    answer = post_text(writer, fits.replace(b'a":', b'ab":'), headers)
    assert (answer.status_code, answer.json()) == (413, {"detail": "Request body exceeds 1048576 bytes."})


@pytest.mark.parametrize("kind, told", [
    ("text/plain", "text/plain"), ("application/jsonx", "application/jsonx"), ("text/*", "text/*"), ("application/xml;a=b", "application/xml;a=b"),
    ("", ""), ("json", "json"), ('a/"b', 'a/\\"b'), ("text/csv", "text/csv"), ("application/vnd.api+json", "application/vnd.api+json")])
def test_other_media_types(writer, kind, told):
    answer = post_text(writer, '{"description":"j"}', {"Content-Type": kind})
    assert (answer.status_code, answer.text) == (415, '{"detail":"Unsupported media type \\"%s\\" in request."}' % told)


def test_body_without_media_type(raw, writer):
    answer = raw(b"POST /api/users/tokens/ HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\nAuthorization: Token %s\r\n"
                 b"Content-Length: 2\r\n\r\n{}" % writer.key.encode())
    assert (answer.status, answer.body) == (415, b'{"detail":"Unsupported media type \\"\\" in request."}')


# --- bodies that are no object ---
@pytest.mark.parametrize("body, errors", [
    ("1", ["Invalid data. Expected a dictionary, but got int."]), ('"a"', ["Invalid data. Expected a dictionary, but got str."]),
    ("true", ["Invalid data. Expected a dictionary, but got bool."]), ("1.5", ["Invalid data. Expected a dictionary, but got float."]),
    ("null", ["No data provided"]), (" null ", ["No data provided"])])
def test_body_that_is_no_object(writer, body, errors):
    answer = post_text(writer, body)
    assert (answer.status_code, answer.json()) == (400, {"non_field_errors": errors})


@pytest.mark.parametrize("body, problem", [
    ("{", "Expecting property name enclosed in double quotes: line 1 column 2 (char 1)"),
    ("{'a':1}", "Expecting property name enclosed in double quotes: line 1 column 2 (char 1)"),
    ("x", "Expecting value: line 1 column 1 (char 0)"),
    (" ", "Expecting value: line 1 column 2 (char 1)"),
    ("{}x", "Extra data: line 1 column 3 (char 2)"),
    ("{}{}", "Extra data: line 1 column 3 (char 2)"),
    ('{"a":}', "Expecting value: line 1 column 6 (char 5)"),
    ('{"a" 1}', "Expecting ':' delimiter: line 1 column 6 (char 5)"),
    ('{"a":1 "b"}', "Expecting ',' delimiter: line 1 column 8 (char 7)"),
    ('{"a":1\n,}', "Expecting property name enclosed in double quotes: line 2 column 2 (char 8)"),
    ('{"a":"b', "Unterminated string starting at: line 1 column 6 (char 5)"),
    ('{"a":"\n"}', "Invalid control character at: line 1 column 7 (char 6)"),
    ('{"a":NaN}', "Out of range float values are not JSON compliant: 'NaN'"),
    ('{"a":Infinity}', "Out of range float values are not JSON compliant: 'Infinity'"),
    ('{"a":-Infinity}', "Out of range float values are not JSON compliant: '-Infinity'"),
    ("\ufeff{}", "Unexpected UTF-8 BOM (decode using utf-8-sig): line 1 column 1 (char 0)"),
    (b'{"description":"\xff"}', "'utf-8' codec can't decode byte 0xff in position 16: invalid start byte"),
    (b'{"a":"\xc3("}', "'utf-8' codec can't decode byte 0xc3 in position 6: invalid continuation byte"),
    ('{"a\\u0000":1}', "Null character in a property name: line 1 column 2 (char 1)"),
    ("[" * 33 + "]" * 33, "Nesting deeper than 32 levels: line 1 column 33 (char 32)"),
    ('{"a":' * 33 + "1" + "}" * 33, "Nesting deeper than 32 levels: line 1 column 161 (char 160)"),
    ("[" * 200000, "Nesting deeper than 32 levels: line 1 column 33 (char 32)"),
])
def test_malformed_json(writer, body, problem):
    answer = post_text(writer, body)
    assert (answer.status_code, answer.json()) == (400, {"detail": f"JSON parse error - {problem}"})


def test_multipart_without_boundary(writer):
    answer = post_text(writer, "x", {"Content-Type": "multipart/form-data"})
    assert (answer.status_code, answer.json()) == (400, {"detail": "Multipart form parse error - Invalid boundary in multipart: None"})


@pytest.mark.parametrize("body", ["x", "--b", "--b\r\n", "--b\r\n\r\nx", "--b\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\nx\r\n--c--"])
def test_malformed_multipart(writer, body):
    answer = post_text(writer, body, {"Content-Type": "multipart/form-data; boundary=b"})
    assert answer.status_code == 400 and answer.json()["detail"].startswith("Multipart form parse error - ")


def test_body_may_be_a_mebibyte_and_no_more(writer):
    def body(size):
        return '{"nothing":"%s"}' % ("a" * (size - 14))

    assert post_text(writer, body(1 << 20)).status_code == 201
    assert post_text(writer, body((1 << 20) + 1)).status_code == 413


def test_post_to_a_token_is_not_allowed(writer):
    answer = writer.post(path_of(writer.token), json={})
    assert (answer.status_code, answer.json()) == (405, {"detail": 'Method "POST" not allowed.'})
    assert answer.headers["Allow"] == "GET, PUT, PATCH, DELETE, HEAD, OPTIONS"


def test_query_of_a_post_is_no_filter(writer):
    assert writer.post(f"{TOKENS}?brief=1&foo=2", json={}).status_code == 201
