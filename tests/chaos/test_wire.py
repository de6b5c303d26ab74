"""What a web server would not send: records that are odd, too large, cut, doubled, or not FastCGI at all."""
import contextlib
import json
import socket
import struct
import time

import pytest

from service import STATUS, gate
from support import fastcgi
from support.fastcgi import (ABORT_REQUEST, AUTHORIZER, BEGIN_REQUEST, FILTER, GET_VALUES, PARAMS, REQUEST_COMPLETE, STDIN, begin,
                             length, pairs, read_reply, record, stream)

GET_VALUES_RESULT, UNKNOWN_TYPE = 10, 11
KIB = 1024


@pytest.fixture(scope="module")
def it(demo):
    from service import Service
    one = Service(demo.env, POSTERN_READ_TIMEOUT="2")
    try:
        yield one.start()
    finally:
        one.remove()


@pytest.fixture
def key(user, token):
    return token(user(), write_enabled=True).key


def send(it, data, timeout=10):
    """Exactly these bytes and what comes back."""
    with it.connect(timeout) as s:
        with contextlib.suppress(BrokenPipeError, ConnectionResetError):
            s.sendall(data)
        return read_reply(s)


def assert_closed(it, data):
    """Closed without an answer, by the same workers that are there afterwards and answer."""
    before = it.workers()
    with it.connect() as s:
        with contextlib.suppress(BrokenPipeError, ConnectionResetError):
            s.sendall(data)
        try:
            assert s.recv(100) == b""
        except ConnectionResetError:
            pass
    assert it.workers() == before
    assert it.ask(STATUS).status == 200


def padded(size):
    """The parameters of a status question that take exactly this many bytes."""
    base = pairs(STATUS)
    filler = size - len(base) - 1 - 4 - len("HTTP_X_FILLER")
    out = base + pairs({"HTTP_X_FILLER": "f" * filler})
    assert len(out) == size
    return out


def test_parameters_of_64_kib_are_read(it):
    assert send(it, begin() + stream(PARAMS, padded(64 * KIB)) + stream(STDIN, b"")).status == 200


def test_parameters_over_64_kib_are_refused(it):
    answer = send(it, begin() + stream(PARAMS, padded(64 * KIB + 1)) + stream(STDIN, b""))
    assert answer.status == 431 and answer.ended
    assert json.loads(answer.body)["detail"]


@pytest.mark.parametrize("size", [1, 2, 3, 7, 8, 255])
def test_parameters_in_small_records_are_read_exactly(it, key, size):
    """Also where a record ends within a length of four bytes."""
    params = {**fastcgi.request("GET", "/api/users/tokens/", "limit=1", HTTP_AUTHORIZATION=f"Token {key}"), "HTTP_X_LONG": "x" * 200}
    answer = send(it, begin() + stream(PARAMS, pairs(params), size=size) + stream(STDIN, b""))
    assert answer.status == 200
    assert json.loads(answer.body)["count"] == 1


def test_the_longest_parameters_in_records_of_one_byte_are_read(it):
    assert send(it, begin() + stream(PARAMS, padded(64 * KIB), size=1) + stream(STDIN, b""), 20).status == 200


def test_a_request_that_comes_byte_by_byte_is_read_exactly(it, key):
    with it.connect() as s:
        for byte in begin() + stream(PARAMS, pairs(gate(key)), size=50):
            s.send(bytes([byte]))
        assert read_reply(s).status == 200


@pytest.mark.parametrize("sizes", [b"\xff\xff\xff\xff" * 2, b"\xff\xff\xff\xff\x00", b"\x01\xff\xff\xff\xff", b"\xff\xff\xff\xf0\x90\x00\x00\x00"])
def test_lengths_that_are_not_there_close_the_connection(it, sizes):
    """CVE-2025-23016."""
    assert_closed(it, begin() + stream(PARAMS, sizes + b"NAME=value") + stream(STDIN, b""))


@pytest.mark.parametrize("params", [b"\x04", b"\x04\x80\x00", b"\x04\x05NAME", b"\x00\x00", b"\x00\x05value"])
def test_pairs_that_are_cut_or_have_no_name_close_the_connection(it, params):
    assert_closed(it, begin() + stream(PARAMS, pairs(STATUS) + params) + stream(STDIN, b""))


@pytest.mark.parametrize("where", [{"HTTP_X": "a\0b"}, {"HTTP_X\0": "a"}, {"HTTP_AUTHORIZATION": "Token \0"}])
def test_a_nul_in_a_parameter_is_refused(it, where):
    answer = it.ask({**STATUS, **where})
    assert answer.status == 400 and answer.ended


@pytest.mark.parametrize("data", [
    b"GET / HTTP/1.0\r\n\r\n", b"\0" * 64, b"\xff" * 64, b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", b"\xcc\x36\xd5\xce\xea\x9f\xb2\x20" * 20,
    record(BEGIN_REQUEST, b"\0\1\0\0\0\0\0\0", version=2), record(BEGIN_REQUEST, b"\0\1"), record(BEGIN_REQUEST, b"\0\1" + bytes(20)),
    record(PARAMS, pairs(STATUS)), record(STDIN, b""), begin() + begin(), begin() + record(STDIN, b"x"),
    begin() + stream(PARAMS, pairs(STATUS), request_id=2), begin() + stream(PARAMS, pairs(STATUS)) + record(PARAMS, b"x"),
    begin() + stream(PARAMS, pairs(STATUS)) + record(STDIN, b"x", request_id=3),
    # allowed, but libfcgi would lose all parameters
    record(BEGIN_REQUEST, b"\0\1" + bytes(6), padding=8) + stream(PARAMS, pairs(STATUS)) + record(STDIN),
    begin() + record(PARAMS, pairs(STATUS)) + record(PARAMS, padding=8) + record(STDIN),
], ids=lambda data: data[:6].hex())
def test_what_is_no_request_closes_the_connection(it, data):
    assert_closed(it, data)


def test_a_client_that_goes_in_the_middle_harms_nobody(it):
    question = begin() + stream(PARAMS, pairs(STATUS)) + stream(STDIN, b"x" * 1000)
    before = it.workers()
    for cut in range(1, len(question), 37):
        with it.connect() as s:
            s.sendall(question[:cut])
    assert it.ask(STATUS).status == 200
    assert it.workers() == before


def test_a_client_that_does_not_wait_for_its_answer_harms_nobody(it, key):
    before = it.workers()
    for _ in range(50):
        with it.connect() as s:
            s.sendall(begin() + stream(PARAMS, pairs(fastcgi.request("GET", "/api/users/tokens/", HTTP_AUTHORIZATION=f"Token {key}"))) + stream(STDIN, b""))
    assert it.ask(STATUS).status == 200
    assert it.workers() == before


def create(key):
    return fastcgi.request("POST", "/api/users/tokens/", HTTP_AUTHORIZATION=f"Token {key}", CONTENT_TYPE="application/json")


def test_a_body_of_1_mib_is_accepted_and_one_byte_more_is_not(it, key):
    assert it.ask(create(key), b"{}" + b" " * (KIB * KIB - 2)).status == 201
    answer = it.ask(create(key), b"{}" + b" " * (KIB * KIB - 1))
    assert answer.status == 413 and answer.ended


def test_a_body_without_end_is_cut_off(it, key):
    answer = it.ask(create(key), b" " * (20 * KIB * KIB))
    assert answer.status == 413


def test_a_body_in_small_records_is_read_exactly(it, key):
    body = json.dumps({"description": "ü" * 100}).encode()
    answer = send(it, begin() + stream(PARAMS, pairs(create(key))) + stream(STDIN, body, size=1))
    assert answer.status == 201
    assert json.loads(answer.body)["description"] == "ü" * 100


def test_padding_is_skipped(it):
    head = record(PARAMS, pairs(STATUS)[:50], padding=255) + record(PARAMS, pairs(STATUS)[50:], padding=7) + record(PARAMS)
    assert send(it, begin() + head + record(STDIN, padding=1)).status == 200


def test_a_request_id_comes_back(it):
    with it.connect() as s:
        s.sendall(begin(request_id=513) + stream(PARAMS, pairs(STATUS), 513) + stream(STDIN, b"", 513))
        head = s.recv(8)
    assert struct.unpack("!BBH", head[:4])[2] == 513


def read_record(s):
    reader = s.makefile("rb")
    _, kind, request_id, size, padding = struct.unpack("!BBHHBx", reader.read(8))
    return kind, request_id, reader.read(size + padding)[:size]


def test_a_management_record_is_answered(it):
    with it.connect() as s:
        s.sendall(record(GET_VALUES, pairs({"FCGI_MPXS_CONNS": "", "FCGI_MAX_CONNS": ""}), request_id=0))
        assert read_record(s) == (GET_VALUES_RESULT, 0, pairs({"FCGI_MPXS_CONNS": "0"}))
    with it.connect() as s:
        s.sendall(record(99, b"what?", request_id=0))
        assert read_record(s) == (UNKNOWN_TYPE, 0, b"\x63" + bytes(7))


def test_an_abort_ends_the_request_unanswered(it, key):
    for so_far in (begin(), begin() + record(PARAMS, b"\1"), begin() + stream(PARAMS, pairs(create(key))),
                   begin() + stream(PARAMS, pairs(create(key))) + record(STDIN, b"{}")):
        answer = send(it, so_far + record(ABORT_REQUEST))
        assert (answer.stdout, answer.ended, answer.protocol_status) == (b"", True, REQUEST_COMPLETE)
    assert json.loads(it.get("/api/users/tokens/", key).body)["count"] == 1


def test_a_kept_connection_is_answered_and_closed(it):
    with it.connect() as s:
        s.sendall(begin(keep=True) + stream(PARAMS, pairs(STATUS)) + stream(STDIN, b""))
        begun = time.monotonic()
        assert read_reply(s).status == 200
        assert s.recv(1) == b""
        assert time.monotonic() - begun < 1.5  # not the time limit of reading


def test_a_second_request_on_a_connection_gets_nothing_from_the_first(it, key):
    """CVE-2011-2766: nobody is answered with another one's credentials."""
    with it.connect() as s:
        s.sendall(begin(keep=True) + stream(PARAMS, pairs(gate(key))) + stream(STDIN, b"")
                  + begin(keep=True) + stream(PARAMS, pairs(gate())) + stream(STDIN, b""))
        assert read_reply(s).status == 200
        assert read_reply(s).status is None
    assert it.ask(gate()).status == 403


def test_a_gate_question_is_answered_before_any_body(it, key):
    head = begin() + stream(PARAMS, pairs(gate(key, CONTENT_LENGTH="1000000")))
    assert send(it, head).status == 200
    assert send(it, begin(AUTHORIZER) + stream(PARAMS, pairs({k: v for k, v in gate(key).items() if k != "POSTERN_ROLE"}))).status == 200
    assert send(it, head + record(STDIN, b"x" * 60000)).status == 200


def test_an_unknown_role_opens_nothing(it, key):
    answer = it.ask(gate(key), role=FILTER, stdin=False)
    assert answer.status == 403


def test_an_answer_is_whole_for_a_reader_that_is_slow(it, key):
    """An answer that is larger than the socket takes at once, read late and in small parts."""
    for _ in range(40):
        assert it.ask(create(key), json.dumps([{"description": "d" * 200}] * 25).encode()).status == 201
    with it.connect() as s:
        s.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        s.sendall(begin() + stream(PARAMS, pairs(fastcgi.request("GET", "/api/users/tokens/", "limit=1000", HTTP_AUTHORIZATION=f"Token {key}"))) + stream(STDIN, b""))
        time.sleep(0.5)
        answer = read_reply(s)
    assert answer.status == 200 and answer.ended
    assert len(json.loads(answer.body)["results"]) == 1000
    assert len(answer.body) > 300 * KIB
