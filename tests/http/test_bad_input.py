"""Input that is wrong in every way: each gets its documented answer, stores nothing, and the workers live on."""
import os
import re
import socket
import struct
import threading
import time
from pathlib import Path

import pytest

from support import fastcgi
from support.account import TOKENS, path_of
from support.log import access_line, event_line

HEAD = b"%s HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n"


def workers(demo):
    """The pids of those who answer; processes for upkeep come and go, and have no name of their own."""
    return {pid for pid in demo.processes() if Path(f"/proc/{pid}/comm").read_text().startswith("postern-")}


@pytest.fixture(autouse=True)
def same_workers(demo):
    """No test of this file may end a worker, or draw an internal error."""
    before, errors = workers(demo), demo.log().count(" status=500 ")
    assert len(before) > 4
    yield
    assert before <= workers(demo)
    assert demo.log().count(" status=500 ") == errors
    assert "event=worker_died" not in demo.log() and "event=worker_stuck" not in demo.log()


def say(raw, line, headers=b"", body=b""):
    return raw(HEAD % line + headers + b"\r\n" + body)


def authorized(reader):
    return b"Authorization: Token %s\r\n" % reader.key.encode()


# --- paths, through nginx ---
@pytest.mark.parametrize("path", [b"/api/users/tokens/%0a/", b"/api/%0d%0aX-Injected:%20yes/", b"/api/users/tokens/%7f/", b"/api/users/tokens/%01/", b"/api/%5c/",
                                  b"/api/%c3%28/", b"/api/%ff/", b"/api/users/tokens/%c0%ae/", b"/" + b"a" * 2100])
def test_path_that_is_no_path(raw, path):
    answer = say(raw, b"GET " + path)
    assert (answer.status, answer.body) == (400, b'{"detail":"The path is not in its normal form."}')
    assert "X-Injected" not in answer.headers


@pytest.mark.parametrize("path", [b"/api/%00/", b"/api/users/tokens/%00", b"/api/%zz/", b"/api/%", b"/../etc/passwd", b"/api/../../x", b"api/", b"/api/ x"])
def test_path_that_nginx_refuses(raw, path):
    assert say(raw, b"GET " + path).status == 400


@pytest.mark.parametrize("path", [b"/api//users//tokens/", b"/api/users/./tokens/", b"/api/x/../users/tokens/", b"/api/users%2ftokens/", b"/api/x%2f..%2fusers/tokens/"])
def test_path_is_what_nginx_makes_of_it(raw, reader, path):
    """nginx resolves these before it asks; what is asked for is what is answered."""
    assert say(raw, b"GET " + path, authorized(reader)).status == 200


# --- the request line and headers, through nginx ---
@pytest.mark.parametrize("line", [b"GET", b"", b"get /api/", b"G\0T /api/", b"GET /api/\0", b"GET /api/ x y"])
def test_request_line_that_is_none(raw, line):
    answer = raw(line + b" HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n")
    assert answer.status == 400 and b"<center>nginx</center>" in answer.body


@pytest.mark.parametrize("value, by_nginx", [(b"Token a\0b", True), (b"a\rb", True), (b"Token \x01", False), (b"Token a\x7fb", False)])
def test_control_byte_in_a_header(raw, value, by_nginx):
    """nginx refuses what could end a header, and leaves the rest to us."""
    answer = say(raw, b"GET /api/", b"Authorization: " + value + b"\r\n")
    assert answer.status == 400
    if by_nginx:
        assert answer.headers["Content-Type"] == "text/html" and b"<center>nginx</center>" in answer.body
    else:
        assert answer.body == b'{"detail":"The request holds a control character."}'


@pytest.mark.parametrize("size, count", [(9000, 1), (60000, 1), (7000, 10)])
def test_headers_that_are_too_large(raw, size, count):
    answer = say(raw, b"GET /api/", b"".join(b"X-Large-%d: %s\r\n" % (i, b"a" * size) for i in range(count)))
    assert answer is None or answer.status in (400, 431)


def test_header_that_only_looks_like_a_parameter_of_ours(raw):
    """The web server sends it as HTTP_POSTERN_ROLE, or not at all."""
    for name in (b"POSTERN_ROLE", b"Postern-Role", b"Postern-Path", b"Postern-Method", b"REMOTE_ADDR", b"Remote-Addr"):
        assert say(raw, b"GET /api/users/tokens/", name + b": gate\r\n").status == 403


# --- the query ---
@pytest.mark.parametrize("query", [b"%", b"%zz=1", b"=", b"&&&", b"a=b=c", b"%00", b"limit=%00", b"offset=%00", b"sort=%00", b"a%5B%5D=1", b"limit[]=1", b"limit=1;offset=2",
                                   b"q=%ff", b"q=%ed%a0%80", b"q=" + b"%F0%9F%98%80" * 500, b"description=%25%5f%27%22%5c", b"id=%27%20OR%201=1--", b"q=%0d%0aX-Injected:1",
                                   b"description__re=%5c", b"description__re=" + b"(a%2b)%2b" * 50, b"created=0000-00-00", b"created=9999999-01-01", b"created=%2b",
                                   b"created__gt=infinity", b"expires=epoch", b"limit=-99999999999999999999999", b"offset=1e9", b"limit=%d9%a3", b"sort=" + b"id," * 50,
                                   b"sort=,,", b"sort=--id", b"sort=id%00", b"brief=%00", b"format=%00", b"format=json%00"])
def test_odd_query_gets_a_page_or_a_named_refusal(raw, reader, query):
    answer = say(raw, b"GET /api/users/tokens/?" + query, authorized(reader))
    assert answer.status in (200, 400, 404), answer.body
    assert "X-Injected" not in answer.headers
    assert answer.body.decode().startswith("{")


def test_redirect_escapes_what_no_url_may_hold(raw):
    """RFC 3986 section 3.4; what is escaped already is left as it is."""
    answer = say(raw, b'GET /api/users/tokens?q=\xc3\xbc%c3%BC\xff"<>[]{}|^`\\&a=-._~!$\'()*+,;:@/?')
    assert answer.status == 301
    assert answer.headers["Location"] == ("/api/users/tokens/?q=%C3%BC%c3%BC%FF%22%3C%3E%5B%5D%7B%7D%7C%5E%60%5C&a=-._~!$'()*+,;:@/?")


def test_too_many_parameters(raw, reader):
    answer = say(raw, b"GET /api/users/tokens/?" + b"&".join([b"a=1"] * 1001), authorized(reader))
    assert (answer.status, answer.body) == (400, b'{"detail":"The query has too many parameters."}')


# --- bodies, through nginx ---
JSON = b"Content-Type: application/json\r\n"


def test_chunked_body(raw, alice):
    answer = say(raw, b"POST /api/users/tokens/", authorized(alice) + JSON + b"Transfer-Encoding: chunked\r\n",
                 b'5\r\n{"des\r\n13\r\ncription": "pieces"\r\n1\r\n}\r\n0\r\n\r\n')
    assert answer.status == 201 and b'"description":"pieces"' in answer.body


@pytest.mark.parametrize("chunks", [b"x\r\n{}\r\n0\r\n\r\n", b"-1\r\n{}\r\n0\r\n\r\n", b"ffffffffffffffffff\r\n{}\r\n0\r\n\r\n"])
def test_broken_chunks(raw, alice, chunks):
    answer = say(raw, b"POST /api/users/tokens/", authorized(alice) + JSON + b"Transfer-Encoding: chunked\r\n", chunks)
    assert answer is None or answer.status in (400, 413)
    assert len(alice.stored()) == 1


@pytest.mark.parametrize("headers", [b"Content-Length: x\r\n", b"Content-Length: -1\r\n", b"Content-Length: 2\r\nContent-Length: 3\r\n",
                                     b"Content-Length: 2\r\nTransfer-Encoding: chunked\r\n", b"Content-Length: 99999999999999999999\r\n"])
def test_lengths_that_cannot_be(raw, alice, headers):
    answer = say(raw, b"POST /api/users/tokens/", authorized(alice) + JSON + headers, b"{}")
    assert answer is None or answer.status in (400, 413)
    assert len(alice.stored()) == 1


def test_body_beyond_the_limit_is_refused_before_it_comes(demo, alice):
    with socket.create_connection(("127.0.0.1", demo.port), 10) as s:
        s.sendall(HEAD % b"POST /api/users/tokens/" + authorized(alice) + JSON + b"Content-Length: 2097153\r\n\r\n")
        head, _, body = s.recv(65536).partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 413 ") and b"\r\nX-Request-ID: " in head and b"\r\nContent-Type: application/json\r\n" in head
    assert body == b'{"detail":"Request body exceeds 1048576 bytes."}'
    assert len(alice.stored()) == 1


def test_body_that_ends_early(demo, alice):
    with socket.create_connection(("127.0.0.1", demo.port), 10) as s:
        s.sendall(HEAD % b"POST /api/users/tokens/" + authorized(alice) + JSON + b"Content-Length: 100\r\n\r\n{}")
        s.shutdown(socket.SHUT_WR)
        s.recv(65536)
    assert len(alice.stored()) == 1


@pytest.mark.parametrize("kind", [b"te\xe9xt/plain", b"text/\xff", b"application/json\xe9", b"a" * 3000, b"\"/\\"])
def test_media_type_that_is_no_text(raw, alice, kind):
    answer = say(raw, b"POST /api/users/tokens/", authorized(alice) + b"Content-Type: " + kind + b"\r\nContent-Length: 2\r\n", b"{}")
    assert answer.status == 415 and answer.body.decode().startswith('{"detail":"Unsupported media type ')
    assert len(alice.stored()) == 1


@pytest.mark.parametrize("body", [b"\0", b"\xff" * 100, b'{"a":' * 100000, b"[" * 500000, b'"' + b"\\" * 99999, b'{"key":"' + b"a" * 500000, b"-", b"1" * 500000, b"{" + b'"a":1,' * 100000,
                                  b'{"expires":"' + b"9" * 100000 + b'"}', b'{"description":"\\u"}', b'{"description":"\\ud83d"}', b'{"write_enabled":1e999}',
                                  b'{"write_enabled":-0}x', b'{"allowed_ips":[' + b'"10.0.0.0/8",' * 50000 + b'"x"]}', b'{"key":1e39}'])
def test_hostile_json(raw, alice, body):
    answer = say(raw, b"POST /api/users/tokens/", authorized(alice) + JSON + b"Content-Length: %d\r\n" % len(body), body)
    assert answer.status == 400 and answer.body.decode()
    assert len(alice.stored()) == 1


@pytest.mark.parametrize("kind, body", [
    (b"application/x-www-form-urlencoded", b"&" * 100000), (b"application/x-www-form-urlencoded", b"a=1&" * 5000), (b"application/x-www-form-urlencoded", b"%" * 1000),
    (b"application/x-www-form-urlencoded", b"key=%00%ff"), (b"multipart/form-data; boundary=" + b"b" * 2000, b"--" + b"b" * 2000),
    (b"multipart/form-data; boundary=\"\"", b"--\r\n"), (b"multipart/form-data; boundary=b", b"--b\r\nContent-Disposition: form-data\r\n\r\nx\r\n--b--"),
    (b"multipart/form-data; boundary=b", b"--b\r\n" * 5000), (b"multipart/form-data; boundary=b",
     b"--b\r\nContent-Disposition: form-data; name=\"key\"\r\n\r\n\0\xff\r\n--b--\r\n")])
def test_hostile_form(raw, alice, kind, body):
    answer = say(raw, b"POST /api/users/tokens/", authorized(alice) + b"Content-Type: %s\r\nContent-Length: %d\r\n" % (kind, len(body)), body)
    assert answer.status in (201, 400)
    assert len(alice.stored()) == 1 + (answer.status == 201)


# --- what no web server would send, to Postern itself ---
def ask(demo, method="GET", path=TOKENS, body=b"", **more):
    return fastcgi.ask(demo.socket, {**fastcgi.request(method, path), **more}, body)


@pytest.mark.parametrize("path", ["", "api/", "/api//users/", "/api/./", "/api/../", "/..", "/api/\n/", "/api/\x7f/", b"/api/\xff/", "/api\\users/", "*", "http://x/api/", "/" + "a" * 3000])
def test_path_out_of_form(demo, path):
    reply = ask(demo, path=path)
    assert (reply.status, reply.body) == (400, b'{"detail":"The path is not in its normal form."}')


def test_path_is_never_that_of_the_request_line(demo):
    assert ask(demo, path="/api/nothing/", REQUEST_URI="/api/").status == 404


@pytest.mark.parametrize("name", ["HTTP_X_ANYTHING", "HTTP_AUTHORIZATION", "HTTP_HOST", "HTTP_COOKIE", "HTTP_ACCEPT", "QUERY_STRING"])
@pytest.mark.parametrize("value", ["a\nb", "a\rb", "a\x01b", "a\x7fb", "\r\nX-Injected: 1"])
def test_control_byte_in_a_parameter(demo, name, value):
    reply = ask(demo, **{name: value})
    assert reply.status in (400, 403) and "X-Injected" not in reply.headers


def assert_refusal_is_told(demo, reply, reason):
    """What never became a request is answered and logged like one."""
    made = reply.headers["X-Request-ID"]
    assert re.fullmatch("[0-9a-f]{32}", made)
    assert {k: reply.headers[k] for k in ("Content-Type", "Cache-Control", "X-Content-Type-Options", "Content-Length")} == {
        "Content-Type": "application/json", "Cache-Control": "no-store", "X-Content-Type-Options": "nosniff", "Content-Length": str(len(reply.body))}
    assert re.search(rf' level=info .* method="" path="" status={reply.status} ms=\d+', access_line(demo, made))
    assert re.search(rf" level=warn .* reason={reason}$", event_line(demo, "bad_fastcgi_request", made))


@pytest.mark.parametrize("name", ["REQUEST_METHOD", "SCRIPT_NAME", "HTTP_AUTHORIZATION", "QUERY_STRING", "HTTP_X"])
def test_nul_in_a_parameter(demo, name):
    reply = ask(demo, **{name: "a\0b"})
    assert (reply.status, reply.body) == (400, b'{"detail":"The request holds a control character."}')
    assert_refusal_is_told(demo, reply, "nul_in_parameter")


@pytest.mark.parametrize("path", ["/api/users", "/api/users/", "/user/profile/", "/login/"])
def test_tab_in_the_query_ends_no_worker(demo, path):
    """No web server passes one on; where a path lacks its slash the query goes into a header."""
    reply = fastcgi.ask(demo.socket, fastcgi.request("GET", path, query="a=b\tc"))
    assert reply.status == 400


@pytest.mark.parametrize("method", ["", "GE T", "\xe9", b"\xff\xfe", "G\nT", "A" * 5000, "<script>"])
def test_method_that_is_no_name(demo, reader, method):
    reply = fastcgi.ask(demo.socket, {**fastcgi.request("GET", TOKENS), "REQUEST_METHOD": method, "HTTP_AUTHORIZATION": f"Token {reader.key}"})
    assert reply.status in (400, 405) and reply.body.decode().startswith("{")


def test_trace_is_not_allowed(demo, reader):
    reply = ask(demo, "TRACE", HTTP_AUTHORIZATION=f"Token {reader.key}")
    assert (reply.status, reply.body) == (405, b'{"detail":"Method \\"TRACE\\" not allowed."}')
    assert ask(demo, "TRACE").status == 403


@pytest.mark.parametrize("length, body", [("100", b"{}"), ("1", b"{}"), ("0", b"{}"), ("2", b"")])
def test_content_length_that_is_not_true(demo, alice, length, body):
    reply = ask(demo, "POST", body=body, HTTP_AUTHORIZATION=f"Token {alice.key}", CONTENT_TYPE="application/json", CONTENT_LENGTH=length)
    assert (reply.status, reply.body) == (400, b'{"detail":"The request body is incomplete."}')
    assert len(alice.stored()) == 1


def test_body_too_large_for_postern_itself(demo, alice):
    reply = ask(demo, "POST", body=b" " * ((1 << 20) + 1), HTTP_AUTHORIZATION=f"Token {alice.key}", CONTENT_TYPE="application/json")
    assert (reply.status, reply.body) == (413, b'{"detail":"Request body exceeds 1048576 bytes."}')
    assert len(alice.stored()) == 1


def test_parameters_too_large(demo):
    reply = ask(demo, HTTP_X_LARGE="a" * 65536)
    assert (reply.status, reply.body) == (431, b'{"detail":"The request\'s headers exceed 65536 bytes."}')
    assert_refusal_is_told(demo, reply, "parameters_too_large")


def test_refusals_of_what_cannot_be_read_have_ids_of_their_own(demo):
    """Also where the client names one: nothing of the request was read."""
    ids = {ask(demo, HTTP_X_LARGE="a" * 65536, HTTP_X_REQUEST_ID="mine").headers["X-Request-ID"] for _ in range(3)}
    assert len(ids) == 3 and "mine" not in ids


@pytest.mark.parametrize("count", [3000, 9000])
def test_many_parameters(demo, count):
    params = [*fastcgi.request("GET", "/api/").items(), *((f"HTTP_X{i}", "") for i in range(count))]
    assert fastcgi.ask(demo.socket, params).status in (200, 431)


def test_session_role_is_never_taken_from_headers(demo):
    reply = ask(demo, HTTP_POSTERN_ROLE="gate", HTTP_POSTERN_METHOD="GET", HTTP_POSTERN_PATH="/")
    assert reply.status == 403 and "X-Postern-Deny" not in reply.headers


BROKEN = {
    "nothing": b"", "one byte": b"\x01", "a head without content": fastcgi.begin()[:8], "no parameters": fastcgi.begin(),
    "another version": fastcgi.record(fastcgi.BEGIN_REQUEST, struct.pack("!HB5x", 1, 0), version=9),
    "http": b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n", "zeroes": bytes(64), "noise": bytes(range(256)) * 4,
    "parameters first": fastcgi.stream(fastcgi.PARAMS, fastcgi.pairs({"A": "b"})),
    "request id 0": fastcgi.begin(request_id=0) + fastcgi.stream(fastcgi.PARAMS, b"", 0),
    "a length beyond the record": fastcgi.begin() + fastcgi.stream(fastcgi.PARAMS, b"\xff\xff\xff\xff\x01ab"),
    "a name without a value": fastcgi.begin() + fastcgi.stream(fastcgi.PARAMS, b"\x05"),
    "abort": fastcgi.begin() + fastcgi.record(fastcgi.ABORT_REQUEST),
    "unknown type": fastcgi.begin() + fastcgi.record(99, b"x"),
    "begin twice": fastcgi.begin() * 2,
    "half a body": fastcgi.begin() + fastcgi.stream(fastcgi.PARAMS, fastcgi.pairs(fastcgi.request("POST", TOKENS))) + fastcgi.record(fastcgi.STDIN, b"{")[:9],
    "values of the manager": fastcgi.record(fastcgi.GET_VALUES, fastcgi.pairs({"FCGI_MAX_CONNS": ""}), request_id=0),
}


@pytest.mark.parametrize("data", BROKEN.values(), ids=BROKEN.keys())
def test_broken_fastcgi(demo, data):
    with fastcgi.connect(demo.socket) as s:
        s.sendall(data)
        s.shutdown(socket.SHUT_WR)
        reply = fastcgi.read_reply(s)
    assert reply.status in (None, 400, 403)


def test_slow_clients_do_not_stop_the_others(demo, api):
    """More of them than there are workers would; two are for the other tests' sake."""
    slow = [fastcgi.connect(demo.socket) for _ in range(2)]
    for s in slow:
        s.sendall(fastcgi.begin())
    began = time.monotonic()
    assert [api.get("/api/").status_code for _ in range(10)] == [200] * 10
    assert time.monotonic() - began < 3
    for s in slow:
        s.close()


def test_client_that_does_not_wait_for_the_answer(demo, api):
    for _ in range(20):
        with fastcgi.connect(demo.socket) as s:
            s.sendall(fastcgi.begin() + fastcgi.stream(fastcgi.PARAMS, fastcgi.pairs(fastcgi.request("GET", TOKENS))) + fastcgi.record(fastcgi.STDIN))
    assert api.get("/api/").status_code == 200


# --- races ---
def test_one_key_for_two_at_once(alice, account):
    """One gets it, the other is told; never both, never an error."""
    bob = account()
    for i in range(10):
        key = os.urandom(20).hex()
        answers = []
        threads = [threading.Thread(target=lambda who=who: answers.append(who.post(json={"key": key}))) for who in (alice, bob)]
        for t in threads:
            t.start()
        for t in threads:
            t.join()
        assert sorted(a.status_code for a in answers) == [201, 400]
        assert [a.json() for a in answers if a.status_code == 400] == [{"key": ["Token with this Key already exists."]}]


def test_delete_and_change_at_once(alice):
    for i in range(10):
        token = alice.create()
        answers = []

        def go(method):
            answers.append(alice.request(method, path_of(token), json={"description": "x"}).status_code)

        threads = [threading.Thread(target=go, args=(m,)) for m in ("DELETE", "PATCH", "DELETE")]
        for t in threads:
            t.start()
        for t in threads:
            t.join()
        assert set(answers) <= {200, 204, 404} and answers.count(204) == 1
    assert len(alice.stored()) == 1
