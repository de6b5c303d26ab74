"""X-Request-ID on every answer and in the log, and the access line of every request."""
import json
import re
import time

import pytest

from support.account import TOKENS, path_of
from support.http import Client
from support.log import access_line


@pytest.mark.parametrize("path", ["/api/", TOKENS, "/api/nothing/", "/api/users/tokens", "/api/status/"])
def test_every_answer_has_an_id_of_its_own(api, path):
    ids = [api.get(path).headers["X-Request-ID"] for _ in range(3)]
    assert len(set(ids)) == 3
    assert all(re.fullmatch("[0-9a-f]{32}", i) for i in ids)


@pytest.mark.parametrize("given", ["a", "abc-DEF_1.2", "6f1f4b2e-0000-4000-8000-000000000000", "x" * 64])
def test_sane_id_of_the_request_is_kept(api, given):
    assert api.get("/api/", headers={"X-Request-ID": given}).headers["X-Request-ID"] == given


@pytest.mark.parametrize("given", ["x" * 65, "a b", "a/b", "a=b", "a;b", "<b>", "ü", "a,b", "", "a\tb", '"a"'])
def test_other_ids_are_replaced(api, given):
    answer = api.get("/api/", headers={"X-Request-ID": given.encode()})
    assert re.fullmatch("[0-9a-f]{32}", answer.headers["X-Request-ID"])


def test_access_line_tells_what_was_asked_by_whom(alice, demo):
    path = path_of(alice.token)
    answer = alice.get(path + "?format=json")
    line = access_line(demo, answer.headers["X-Request-ID"])
    for pair in ("method=GET", f"path={path}", "status=200", "address=127.0.0.1", f"user={alice.name}", f"token={alice.token['id']}"):
        assert f" {pair} " in line + " ", line
    assert re.search(r" ms=\d+ ", line) and re.match(r"time=\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z level=info event=request ", line)
    assert "format" not in line


def test_access_line_of_a_refusal(api, demo):
    answer = api.get(TOKENS, headers={"X-Request-ID": "refusal-of-nobody"})
    line = access_line(demo, answer.headers["X-Request-ID"])
    assert " status=403 " in line and " user=" not in line


def test_access_line_of_basic_and_of_refused_input(alice, demo, raw):
    answer = alice.get(basic=alice.basic)
    assert f" user={alice.name}" in access_line(demo, answer.headers["X-Request-ID"])
    answer = raw(b"GET /api/ HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\nX-Request-ID: evil-host\r\n\r\n")
    assert answer.headers["X-Request-ID"] == "evil-host"
    assert " status=400 " in access_line(demo, "evil-host")


def test_changes_carry_the_id_into_the_log_and_the_audit(alice, demo):
    made = alice.post(json={}, headers={"X-Request-ID": f"made-{alice.name}"})
    lines = [line for line in demo.log().splitlines() if f"request=made-{alice.name} " in line]
    assert any("event=token_created " in line and made.json()["id"] in line for line in lines)
    assert demo.psql("SELECT count(*) FROM postern.audit_events WHERE request_id = %s", f"made-{alice.name}") == [(1,)]


def test_text_from_outside_stays_on_its_line(api, demo):
    answer = api.get("/api/x%20level=error%20event=forged/", headers={"X-Request-ID": "forger"})
    assert answer.status_code == 404
    line = access_line(demo, "forger")
    assert ' path="/api/x level=error event=forged/" ' in line
    assert not [li for li in demo.log().splitlines() if li.startswith("level=error event=forged")]


def json_line(demo, request_id):
    """The access line of a request as an object; every line of the log is one."""
    for _ in range(250):
        lines = [json.loads(line) for line in demo.log().splitlines()]
        for line in lines:
            if line.get("request") == request_id and line["event"] == "request":
                return line
        time.sleep(0.02)
    raise AssertionError(f"no access line for {request_id}")


def test_json_log(new_demo):
    demo = new_demo(POSTERN_LOG_FORMAT="json")
    demo.start()
    client = Client(demo.url)
    client.get(TOKENS, headers={"X-Request-ID": "as-json"})
    line = json_line(demo, "as-json")
    assert {k: str(line[k]) for k in ("method", "path", "status", "level")} == {"method": "GET", "path": TOKENS, "status": "403", "level": "info"}
    name = "é" * 150
    demo.postern("user", "add", name, "--no-password")
    key = demo.postern("token", "add", name).stdout.split()[-1]
    client.get(TOKENS + "é" * 256 + "/", token=key, headers={"X-Request-ID": "long"})
    line = json_line(demo, "long")
    assert (line["path"], line["status"], line["user"]) == (TOKENS + "é" * 256 + "/", "404", name) and len(line["token"]) == 36
    demo.stop()


def test_refusal_at_the_gate_has_the_id_of_the_log(api, demo):
    answer = api.get("/api/dcim/sites/")
    assert answer.status_code == 403
    assert " status=403 " in access_line(demo, answer.headers["X-Request-ID"])
