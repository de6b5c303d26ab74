"""What a client writes into its header changes neither the verdict nor whose name the backend sees."""
import random
import re

import pytest

from server_site import EXEMPT, GUARDED
from support.http import raw
from test_matrix import identity

ROUNDS = 500

# Fields that somebody, somewhere, takes for the truth about who asks or for what. "-" stands for any spelling.
NAMES = [
    *(f"X-Postern-{n}" for n in ("User", "User-Id", "Token-Id", "Write", "Gate", "Deny", "Role", "Resource", "Method")),
    *(f"Postern-{n}" for n in ("Role", "Method", "Path", "Resource", "Server", "User", "Write", "Gate")),
    "Variable-Postern-User", "Variable-Postern-Gate", "Redirect-Postern-User", "Http-Postern-Role",
    "Remote-User", "Remote-Addr", "Auth-User", "X-Auth-User", "X-Remote-User", "X-Forwarded-User", "X-Authenticated-User",
    "X-Forwarded-Method", "X-Forwarded-Uri", "X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto",
    "X-Forwarded-Prefix", "X-Forwarded-Port", "Forwarded", "X-Real-Ip", "X-Original-Method", "X-Original-Uri",
    "X-Original-Url", "X-Rewrite-Url", "X-Http-Method-Override", "X-Http-Method", "X-Method-Override",
    "Request-Method", "Request-Uri", "Script-Name", "Path-Info", "Fcgi-Role", "Proxy", "Https",
]
VALUES = ["peggy", "gate", "AUTHORIZER", "allow", "1", "0", "GET", "OPTIONS", "/", "/api/status/", "ipam.prefix", "", "10.0.0.1",
          "khan, peggy", "%{reqenv:POSTERN_USER}", "{http.reverse_proxy.header.X-Postern-User}", "$postern_user"]
METHODS_OF_OTHERS = re.compile(r"(http.method|method.override)", re.I)


def spelled(rng, name):
    """The name with separators and case at random."""
    text = re.sub("-", lambda _: rng.choice("-_."), name)
    return rng.choice([str, str.lower, str.upper, str.swapcase])(text)


def forged(rng):
    """A handful of header lines, some twice, some named in Connection too."""
    fields = []
    for name in rng.sample(NAMES, rng.randint(1, 6)):
        for _ in range(rng.choice([1, 1, 2])):
            fields.append((spelled(rng, name), rng.choice(VALUES)))
    if rng.random() < 0.4:
        named = rng.sample(["X-Postern-User", "x-postern-user-id", "X-Postern-Token-Id", "X-Postern-Write", "Authorization",
                            "X-Real-IP", "Cookie", "X_Postern_User"], rng.randint(1, 4))
        fields.append(("Connection", ", ".join(rng.choice([["close", *named], named]))))
    return fields


# (method, path, credential, whether it may pass)
QUESTIONS = [
    ("GET", GUARDED, "with", True), ("POST", GUARDED, "with", True), ("GET", EXEMPT, "none", True),
    ("GET", GUARDED, "none", False), ("DELETE", GUARDED, "read-only", False), ("POST", EXEMPT, "none", False),
    ("GET", GUARDED, "without", False), ("PUT", GUARDED, "expired", False),
]


@pytest.fixture(scope="module")
def plain(site, backend):
    """What the backend is told about each question without forgery."""
    known = {}
    for method, path, credential, passes in QUESTIONS:
        if passes:
            site.request(method, path, site.credentials[credential], None if method == "GET" else b"{}")
            known[method, path, credential] = identity(backend.hits[-1])
    return known


@pytest.mark.parametrize("part", range(5))
def test_forged_fields_change_nothing(site, backend, plain, part):
    rng = random.Random(f"{site.server} {part}")
    for n in range(ROUNDS // 5):
        method, path, credential, passes = QUESTIONS[n % len(QUESTIONS)]
        fields = forged(rng)
        before = len(backend.hits)
        answer = site.request(method, path, [*fields, *site.credentials[credential]],
                              None if method == "GET" else b"{}")
        hits = backend.hits[before:]
        assert (answer.status, len(hits)) == ((200, 1) if passes else (403, 0)), (method, path, credential, fields, answer.body)
        if passes:
            assert identity(hits[0]) == plain[method, path, credential], (credential, fields)
            assert hits[0]["method"] == method
            assert not [f for f in hits[0]["headers"] if METHODS_OF_OTHERS.search(f[0])], fields


@pytest.mark.parametrize("credential,passes", [("with", True), ("none", False)])
def test_forged_fields_mean_nothing_to_the_application(site, app, credential, passes):
    rng = random.Random(site.server)
    for _ in range(50):
        fields = forged(rng)
        answer = site.request("GET", "/app/", [*fields, *site.credentials[credential]])
        assert answer.status == (200 if passes else 403), fields
        if passes:
            params = answer.json()
            assert params["POSTERN_USER"] == "khan", fields
            assert params["POSTERN_WRITE"] == "1", fields
            assert params.get("REMOTE_USER", "") in ("", "khan"), fields


@pytest.mark.parametrize("agent", ["GoogleHC/1.0", "kube-probe/1.30", "ELB-HealthChecker/2.0"])
def test_no_user_agent_is_a_key(site, agent):
    assert site.get(GUARDED, ("User-Agent", agent)).status == 403


def test_two_tokens_are_no_token(site, backend):
    before = len(backend.hits)
    good, bad = site.credentials["with"][0], site.credentials["unknown"][0]
    for fields in ([good, bad], [bad, good], [("Authorization", f"{good[1]}, {bad[1]}")]):
        assert site.get(GUARDED, *fields).status in (400, 403)
    assert len(backend.hits) == before


@pytest.mark.parametrize("value", [b"Token a\0b", b"a\rb", b"Token \x01", b"Token a\x7fb"])
def test_a_control_byte_in_a_header_is_refused(site, backend, value):
    """By the web server; nginx leaves what ends no header to Postern, which has a word for each of its faces."""
    before = len(backend.hits)
    passed_on = site.server == "nginx" and value.startswith(b"Token") and b"\0" not in value
    for path, status, detail in (("/api/", 400, "The request holds a control character."),
                                 (GUARDED, 403, "Invalid token header. Token string should not contain invalid characters.")):
        answer = raw(site.port, b"GET %s HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\nAuthorization: %s\r\n\r\n" % (path.encode(), value))
        if passed_on:
            assert (answer.status, answer.body) == (status, b'{"detail":"%s"}' % detail.encode())
        else:
            assert answer.status == 400 and b"detail" not in answer.body
    assert len(backend.hits) == before
