"""Who may do what: every credential with every kind of request, behind every server.

A refused request never reaches the backend; an allowed one reaches it once, whole, and with the right name on it.
"""
import hashlib
import http.client
import time

import pytest

import client
from server_site import EXEMPT, GUARDED

BIG = bytes(range(256)) * 40 * 1024  # 10 MiB
CHUNKED = BIG[:1 << 20]
WEBSOCKET = [("Connection", "Upgrade"), ("Upgrade", "websocket"), ("Sec-WebSocket-Version", "13"),
             ("Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ==")]

# name: (method, what the action is called, how it is sent)
REQUESTS = {
    "GET": ("GET", "view", lambda s, p, h: s.request("GET", p, h)),
    "HEAD": ("HEAD", "view", lambda s, p, h: s.request("HEAD", p, h)),
    "OPTIONS": ("OPTIONS", "ask", lambda s, p, h: s.request("OPTIONS", p, h)),
    "POST 10 MiB": ("POST", "add", lambda s, p, h: s.request("POST", p, h, BIG)),
    "POST chunked": ("POST", "add", lambda s, p, h: client.request_chunked(s.port, "POST", p, h, CHUNKED)),
    "PUT": ("PUT", "change", lambda s, p, h: s.request("PUT", p, h, b"{}")),
    "PATCH": ("PATCH", "change", lambda s, p, h: s.request("PATCH", p, h, b"{}")),
    "DELETE": ("DELETE", "delete", lambda s, p, h: s.request("DELETE", p, h)),
    "FROBNICATE": ("FROBNICATE", "frobnicate", lambda s, p, h: s.request("FROBNICATE", p, h)),
    "HTTP/2 GET": ("GET", "view", lambda s, p, h: client.request_h2(s.h2_port, "GET", p, h, f"127.0.0.1:{s.port}")),
    "HTTP/2 DELETE": ("DELETE", "delete", lambda s, p, h: client.request_h2(s.h2_port, "DELETE", p, h, f"127.0.0.1:{s.port}")),
    "WebSocket": ("GET", "view", lambda s, p, h: s.request("GET", p, [*WEBSOCKET, *h])),
}
BODIES = {"POST 10 MiB": BIG, "POST chunked": CHUNKED, "PUT": b"{}", "PATCH": b"{}"}

READS = {"view", "ask"}
WRITES = {"add", "change", "delete"}

# credential: (what it may do, as whom, the refusal)
NOT_PROVIDED = "Authentication credentials were not provided."
NOT_PERMITTED = "You do not have permission to perform this action."
CREDENTIALS = {
    "none": (set(), None, NOT_PROVIDED),
    "malformed": (set(), None, "Invalid token header. No credentials provided."),
    "unknown": (set(), None, "Invalid token"),
    "expired": (set(), None, "Token expired"),
    "inactive": (set(), None, "User inactive"),
    "read-only": (READS, "khan", NOT_PERMITTED),
    "without": ({"ask"}, "boomhauer", NOT_PERMITTED),
    "with": (READS | WRITES, "khan", NOT_PERMITTED),
    "superuser": (READS | WRITES | {"frobnicate"}, "peggy", NOT_PERMITTED),
    "session": (READS, "khan", None),
    "session of this page": (READS | WRITES, "khan", None),
    "session of another page": (READS, "khan", None),
}


def ask(site, backend, how, path, headers):
    """Sends it; returns the answer and what reached the backend meanwhile."""
    before = len(backend.hits)
    answer = REQUESTS[how][2](site, path, headers)
    return answer, backend.hits[before:]


def assert_refused(site, how, answer, hits, detail):
    assert hits == []
    assert answer.status == 403
    assert answer.headers["Content-Type"].partition(";")[0] == "application/json"
    assert "WWW-Authenticate" not in answer.headers
    if REQUESTS[how][0] != "HEAD" and detail:
        assert answer.json()["detail"] == detail


def assert_allowed(how, answer, hits, user):
    assert answer.status == (101 if how == "WebSocket" else 200)
    assert len(hits) == 1
    hit = hits[0]
    body = BODIES.get(how, b"")
    assert hit["method"] == REQUESTS[how][0]
    assert hit["complete"] and hit["size"] == len(body)
    assert hit["sha256"] == hashlib.sha256(body).hexdigest()
    assert identity(hit)[0] == user


def identity(hit):
    """User, user id, token id and write right as the backend was told; None where they are absent or empty."""
    fields = {f"x-postern-{n}": None for n in ("user", "user-id", "token-id", "write")}
    for name, value in hit["headers"]:
        plain = name.lower().replace("_", "-").replace(".", "-")
        if plain in fields:
            assert fields[plain] is None, f"twice: {hit['headers']}"
            fields[plain] = value
    return tuple(value or None for value in fields.values())


@pytest.mark.parametrize("how", REQUESTS)
@pytest.mark.parametrize("credential", CREDENTIALS)
def test_the_verdict_is_the_same_behind_every_server(site, backend, credential, how):
    may, user, detail = CREDENTIALS[credential]
    if how == "WebSocket" and credential in ("session", "session of another page"):
        may = set()  # a browser sends the cookie along for any page: the page must show that it is this site's
    answer, hits = ask(site, backend, how, GUARDED, site.credentials[credential])
    if site.server == "lighttpd" and how == "FROBNICATE":
        assert (answer.status, hits) == (501, [])  # lighttpd itself refuses what it does not know
    elif REQUESTS[how][1] in may:
        assert_allowed(how, answer, hits, user)
    else:
        assert_refused(site, how, answer, hits, detail)


@pytest.mark.parametrize("how", REQUESTS)
def test_exempt_objects_are_read_but_not_written_by_anyone(site, backend, how):
    answer, hits = ask(site, backend, how, EXEMPT, [])
    if site.server == "lighttpd" and how == "FROBNICATE":
        assert (answer.status, hits) == (501, [])
    elif REQUESTS[how][1] in READS:
        assert_allowed(how, answer, hits, None)
    else:
        assert_refused(site, how, answer, hits, None)


def test_the_backend_is_told_all_four_identity_fields(site, backend):
    _, hits = ask(site, backend, "GET", GUARDED, site.credentials["with"])
    (user_id,), = site.psql("SELECT id::text FROM postern.users WHERE username = 'khan'")
    assert identity(hits[0]) == ("khan", user_id, site.live["id"], "1")


def test_the_backend_is_told_when_a_token_may_not_write(site, backend):
    _, hits = ask(site, backend, "GET", GUARDED, site.credentials["read-only"])
    assert identity(hits[0])[3] == "0"


@pytest.mark.parametrize("credential", ["with", "session"])
def test_credentials_stay_at_the_gate(site, backend, credential):
    cookies = [("Cookie", "a=1; " + dict(site.credentials[credential]).get("Cookie", "b=2") + "; c=3")]
    fields = [f for f in site.credentials[credential] if f[0] != "Cookie"] + cookies
    _, hits = ask(site, backend, "GET", GUARDED, fields)
    text = repr(hits[0]["headers"])
    assert "Token " not in text and "sessionid" not in text
    assert "a=1" in text and "c=3" in text


@pytest.mark.parametrize("credential", ["none", "unknown", "expired", "inactive"])
def test_the_application_is_not_called_for_strangers(site, app, credential):
    before = app.hits
    assert site.request("GET", "/app/x", site.credentials[credential]).status == 403
    assert app.hits == before


def test_the_application_is_told_who_asks_and_no_secret(site, app):
    before = app.hits
    params = site.request("GET", "/app/x", site.credentials["with"]).json()
    assert app.hits == before + 1
    assert params["POSTERN_USER"] == "khan"
    assert params["POSTERN_TOKEN_ID"] == site.live["id"]
    assert params["POSTERN_WRITE"] == "1"
    assert site.live["key"] not in repr(params)


def test_files_need_a_live_token_and_nothing_else(site):
    assert site.get("/files/report.txt", *site.credentials["without"]).body.startswith(b"Propane")
    assert b"Propane" not in site.get("/files/report.txt", *site.credentials["expired"]).body


def test_files_are_not_written_to_with_a_read_only_token(site):
    assert site.request("PUT", "/files/report.txt", site.credentials["read-only"], b"x").status == 403


def test_a_kept_connection_keeps_no_right(site, backend):
    connection = http.client.HTTPConnection("127.0.0.1", site.port, timeout=10)
    before = len(backend.hits)
    for _ in range(10):
        for credential, status in (("with", 200), ("none", 403), ("without", 403)):
            connection.request("GET", GUARDED, headers=dict(site.credentials[credential]))
            answer = connection.getresponse()
            answer.read()
            assert answer.status == status, credential
    assert len(backend.hits) == before + 10
    connection.close()


@pytest.mark.parametrize("path", [GUARDED, EXEMPT, "/files/report.txt", "/app/x"])
def test_a_request_is_one_question(site, app, path):
    questions = lambda: site.log().count(" event=request ")
    time.sleep(0.1)  # the line is written after the answer
    before = questions()
    assert site.get(path, *site.credentials["superuser"]).status == 200
    time.sleep(0.1)
    assert questions() == before + 1


@pytest.mark.parametrize("path", [GUARDED, "/files/report.txt", "/app/x"])
def test_nobody_is_told_what_the_gate_said(site, app, path):
    answer = site.get(path, *site.credentials["with"])
    assert answer.status == 200
    assert [name for name in answer.headers if "postern" in name.lower() or name.lower() == "status"] == []


@pytest.mark.parametrize("path", [GUARDED, "/files/report.txt", "/app/x"])
def test_a_refusal_is_not_kept_by_caches(site, path):
    answer = site.get(path, *site.credentials["expired"])
    assert (answer.status, answer.json()) == (403, {"detail": "Token expired"})
    lasting = "private, no-cache" if site.server == "lighttpd" and path.startswith("/files/") else "no-store"
    assert answer.headers.get_all("Cache-Control") == [lasting]
