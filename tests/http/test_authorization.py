"""The Authorization header (schemes, words, characters), and which credential counts."""
import base64

import pytest

from support import fastcgi
from support.account import ANONYMOUS, TOKENS

NO_TOKEN = "Invalid token header. No credentials provided."
TOKEN_SPACES = "Invalid token header. Token string should not contain spaces."
TOKEN_CHARACTERS = "Invalid token header. Token string should not contain invalid characters."
BASIC_SPACES = "Invalid basic header. Credentials string should not contain spaces."
BASIC_BASE64 = "Invalid basic header. Credentials not correctly base64 encoded."
UNKNOWN = "0123456789abcdef0123456789abcdef01234567"


def ask(raw, value, path=TOKENS):
    """The answer to a GET with exactly these bytes behind "Authorization:"."""
    line = b"" if value is None else b"Authorization:" + value + b"\r\n"
    return raw(b"GET %s HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n%s\r\n" % (path.encode(), line))


def detail(text):
    return b'{"detail":"%s"}' % text.encode()


@pytest.mark.parametrize("form", [" Token %s", " token %s", " TOKEN %s", " tOkEn %s", " Token  %s", " Token\t%s", " Token %s ",
                                  "Token %s", "\tToken %s\t", " Bearer %s", " bearer %s", " BEARER %s"])
def test_token_is_accepted_however_it_is_spaced_and_spelt(raw, reader, form):
    assert ask(raw, form.encode() % reader.key.encode()).status == 200


def test_key_is_accepted_in_either_case(raw, reader):
    """A key is the 20 bytes that it means."""
    assert ask(raw, b" Token " + reader.key.upper().encode()).status == 200


@pytest.mark.parametrize("value, text", [
    (b" Token", NO_TOKEN),
    (b" Token ", NO_TOKEN),
    (b" Bearer", NO_TOKEN),
    (b" Token a b", TOKEN_SPACES),
    (b" Token KEY extra", TOKEN_SPACES),
    (b" Token KEY, Token KEY", TOKEN_SPACES),
    (b" Token KEY, Basic YTpi", TOKEN_SPACES),
    (b" Bearer KEY, Token KEY", TOKEN_SPACES),
    (b" Token KEY\xe9", TOKEN_CHARACTERS),
    (b" Token \xff\xfe", TOKEN_CHARACTERS),
    (b" Token \xc3\xa9t\xc3\xa9", "Invalid token"),
    (b" Token KEY,KEY", "Invalid token"),
    (b" Token UNKNOWN", "Invalid token"),
    (b" Token None", "Invalid token"),
    (b" Token KEY0", "Invalid token"),
    (b" Token 0xKEY", "Invalid token"),
    (b" Token " + b"a" * 6000, "Invalid token"),
    (b" Token \xc2\xa0KEY", "Invalid token"),
])
def test_bad_token_header_is_refused_with_its_reason(raw, reader, value, text):
    answer = ask(raw, value.replace(b"KEY", reader.key.encode()).replace(b"UNKNOWN", UNKNOWN.encode()))
    assert (answer.status, answer.body) == (403, detail(text))


@pytest.mark.parametrize("value", [None, b"", b" ", b" Token=KEY", b" Digest KEY", b" Tokens KEY", b" Token\xc2\xa0KEY", b" ,",
                                   b" Negotiate YTpi", b" \"Token\" KEY"])
def test_what_is_no_scheme_of_ours_is_anonymous(raw, reader, value):
    answer = ask(raw, value and value.replace(b"KEY", reader.key.encode()))
    assert (answer.status, answer.body) == (403, detail(ANONYMOUS["detail"]))


@pytest.mark.parametrize("value", [" %s", " %s "])
def test_key_without_scheme_gets_a_hint(raw, reader, value):
    answer = ask(raw, value.encode() % reader.key.encode())
    assert (answer.status, answer.body) == (403, b'{"detail":"Authentication credentials were not provided.",'
                                                 b'"hint":"Write the header as: Authorization: Token <key>"}')


def test_refusals_carry_no_challenge(raw):
    for value in (None, b" Token " + UNKNOWN.encode(), b" Basic YTpi"):
        assert "WWW-Authenticate" not in ask(raw, value).headers


@pytest.mark.parametrize("path", ["/api/", "/api/users/", "/api/status/", "/api/users/config/", "/api/authentication-check/"])
def test_bad_token_is_refused_also_where_none_is_needed(raw, path):
    answer = ask(raw, b" Token " + UNKNOWN.encode(), path)
    assert (answer.status, answer.body) == (403, detail("Invalid token"))


# --- Basic ---
def basic(text):
    return b" Basic " + base64.b64encode(text)


@pytest.mark.parametrize("scheme", [b"Basic", b"basic", b"BASIC"])
def test_basic_is_accepted(raw, reader, scheme):
    both = base64.b64encode(f"{reader.name}:{reader.password}".encode())
    assert ask(raw, b" " + scheme + b" " + both).status == 200


@pytest.mark.parametrize("value, text", [
    (b" Basic", "Invalid basic header. No credentials provided."),
    (b" Basic ", "Invalid basic header. No credentials provided."),
    (b" Basic a b", BASIC_SPACES),
    (b" Basic YTpi, Token KEY", BASIC_SPACES),
    (b" Basic YTpi, Basic YTpi", BASIC_SPACES),
    (b" Basic abc", BASIC_BASE64),
    (b" Basic YTp", BASIC_BASE64),
    (b" Basic A", BASIC_BASE64),
    (b" Basic !!!!", "Invalid username/password."),
    (basic(b"no-colon-in-here"), "Invalid username/password."),
    (basic(b":"), "Invalid username/password."),
    (basic(b"nobody-at-all:x"), "Invalid username/password."),
    (basic(b"\xe9:\xe9"), "Invalid username/password."),
    (basic(b"a" * 3000 + b":b"), "Invalid username/password."),
])
def test_bad_basic_header_is_refused_with_its_reason(raw, reader, value, text):
    answer = ask(raw, value.replace(b"KEY", reader.key.encode()))
    assert (answer.status, answer.body) == (403, detail(text))


@pytest.mark.parametrize("text", [b"NAME:PASS\0", b"NAME\0:PASS", b"NAME:PASS\0x"])
def test_nul_in_basic_credentials_is_refused(raw, reader, text):
    text = text.replace(b"NAME", reader.name.encode()).replace(b"PASS", reader.password.encode())
    answer = ask(raw, basic(text))
    assert (answer.status, answer.body) == (403, detail(BASIC_BASE64))


def test_name_must_be_exact(alice):
    for name in (alice.name.upper(), " " + alice.name, alice.name + " "):
        answer = alice.get(basic=(name.encode(), alice.password.encode()))
        assert (answer.status_code, answer.json()) == (403, {"detail": "Invalid username/password."})


@pytest.mark.parametrize("change", [str.upper, lambda p: p + " ", lambda p: " " + p, lambda p: p[:-1], lambda p: "", lambda p: p.split(":")[0]])
def test_password_must_be_exact(reader, change):
    answer = reader.get(basic=(reader.name, change(reader.password).encode()))
    assert (answer.status_code, answer.json()) == (403, {"detail": "Invalid username/password."})


def test_password_may_be_latin_1(alice):
    """What is not UTF-8 is read as Latin-1."""
    assert alice.get(basic=(alice.name.encode(), alice.password.encode("latin-1"))).status_code == 200


def test_inactive_user_is_told_no_more_than_a_wrong_password(account):
    bill = account(active=False)
    assert bill.get(basic=bill.basic).json() == {"detail": "Invalid username/password."}


def test_user_without_a_password_cannot_provision(alice, demo):
    demo.psql("UPDATE postern.users SET password_hash = NULL WHERE id = %s", alice.id)
    for password in (alice.password.encode(), b"", b"null"):
        answer = alice.post(basic=(alice.name.encode(), password))
        assert (answer.status_code, answer.json()) == (403, {"detail": "Invalid username/password."})
    assert alice.get().status_code == 200, "her tokens go on"


def test_basic_is_not_recognised_elsewhere(reader):
    for credentials in (reader.basic, (reader.name, "wrong")):
        answer = reader.get("/api/users/config/", basic=credentials)
        assert (answer.status_code, answer.json()) == (403, ANONYMOUS)


def test_basic_on_an_open_path_is_not_looked_at(reader):
    assert reader.get("/api/", basic=(reader.name, "wrong")).status_code == 200


def test_basic_opens_no_session_and_is_no_login(alice):
    answer = alice.get(basic=alice.basic)
    assert "Set-Cookie" not in answer.headers
    assert alice.demo.psql("SELECT last_login FROM postern.users WHERE id = %s", alice.id) == [(None,)]
    assert alice.demo.psql("SELECT count(*) FROM postern.sessions WHERE user_id = %s", alice.id) == [(0,)]


# --- which credential counts ---
def test_two_headers_are_refused(raw, reader):
    key = reader.key.encode()
    answer = raw(b"GET /api/users/tokens/ HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n"
                 b"Authorization: Token %s\r\nAuthorization: Token %s\r\n\r\n" % (key, key))
    assert answer.status in (400, 403)


def test_two_headers_are_refused_also_by_postern_itself(demo, reader):
    params = [*fastcgi.request("GET", TOKENS).items(), *[("HTTP_AUTHORIZATION", f"Token {reader.key}")] * 2]
    reply = fastcgi.ask(demo.socket, params)
    assert (reply.status, reply.body) == (403, detail(TOKEN_SPACES))


def test_invalid_cookie_does_not_hide_the_token(reader):
    assert reader.get(headers={"Cookie": "sessionid=" + "0" * 64}).status_code == 200


def test_token_in_the_query_is_no_credential(reader):
    for name in ("token", "access_token", "key"):
        assert reader.client.get(f"{TOKENS}?{name}={reader.key}").status_code == 403
