"""However a path is written: what is served is what was decided about."""
import posixpath
import re
import urllib.parse

import pytest

import client
from server_site import EXEMPT, GUARDED

SECRET = b"Propane"

# Ways to write a path to TARGET ("files/report.txt" and "api/dcim/sites/") past the rules that protect it.
FORMS = [
    "/{t}", "//{t}", "///{t}", "/./{t}", "/x/../{t}", "/x//../{t}", "/%2e/{t}", "/x/%2e%2e/{t}", "/x/%2E./{t}", "/x/..;/{t}",
    "/x/..%2f{t}", "/x/..%5c{t}", "/x\\..\\{t}", "/%2f{t}", "/%2F%2F{t}", "/%5c{t}", "\\{t}", "{t}", "/{t}%00", "/{t}%00.html",
    "/%00/{t}", "/{t}%0a", "/%0a{t}", "/{t}%0d%0aX:1", "/{t}%20", "/{t}.", "/{t}/", "/{t}/.", "/{t}/..", "/{t}%zz", "/%zz/../{t}",
    "/{t};a=b", "/;/{t}", "/{t}?x=/login/", "/{t}#/login/", "/{t}%23/login/", "/{t}%3f", "/login/#/../{t}", "/login/%23/../../{t}",
    "http://127.0.0.1/{t}", "http://evil.example/{t}", "http:///{t}", "http://127.0.0.1//{t}", "/{T}", "/{e}", "/{ee}", "/{s}", "/{s}%2f",
    "/static/../{t}", "/static/%2e%2e/{t}", "/login/..%2f{t}", "/postern-gate/../{t}", "/app/../{t}", "/files/../{t}", "/files/..%2f{t}",
    "/files//../{t}", "/files/%2e%2e/{t}", "/files/%252e%252e/{t}", "/api/ipam/prefixes/../../../{t}", "/api/ipam/prefixes/..%2f..%2f..%2f{t}",
    "/api/ipam/prefixes/%2e%2e/%2e%2e/%2e%2e/{t}", "/api/ipam/prefixes/..;/..;/..;/{t}", "/api/ipam/prefixes/..%5c..%5c..%5c{t}",
    "/api/ipam/prefixes//..//..//..//{t}", "/api/ipam/prefixes/%252e%252e%252f%252e%252e%252f%252e%252e%252f{t}",
    "/api/ipam/prefixes/%2e%2e%00/../../../{t}", "/api/ipam/prefixes/%0a/../../../../{t}", "/api/ipam/prefixes/.%2e/.%2e/.%2e/{t}",
    "/api/ipam/prefixes/\\..\\..\\..\\{t}", "/{t}?" + "x" * 6000, "/{t}\t", "/ {t}", "/\x7f/../{t}", "/\xe9/../{t}",
]


def written(form, target):
    first, rest = target[0], target[1:]
    return form.format(t=target, T=target.upper(), e=f"%{ord(first):02x}{rest}", ee=f"%25{ord(first):02x}{rest}",
                       s=target.rstrip("/"))


def resolved(path):
    """What the most obliging backend would make of a path: decoded over and over, backslashes and ";" understood."""
    path = path.partition("?")[0]
    for _ in range(4):
        path = urllib.parse.unquote(path, "latin-1")
    path = re.sub(r";[^/]*", "", path.replace("\\", "/"))
    return posixpath.normpath("/" + path.split("\0")[0].lstrip("/"))


def ask(site, backend, path, fields):
    """Status, body and what reached the backend; a server may also hang up, but not stay silent."""
    before = len(backend.hits)
    head = f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{site.port}\r\nConnection: close\r\n"
    head += "".join(f"{n}: {v}\r\n" for n, v in fields) + "\r\n"
    try:
        answer = client.exchange(site.port, head.encode("latin-1"), timeout=5)
    except ConnectionError:
        return 400, b"", backend.hits[before:]
    return answer.status, answer.body, backend.hits[before:]


@pytest.mark.parametrize("form", FORMS, ids=lambda f: repr(f[:60]))
def test_no_form_of_a_path_opens_a_file(site, backend, form):
    _, body, _ = ask(site, backend, written(form, "files/report.txt"), [])
    assert SECRET not in body


@pytest.mark.parametrize("credential", ["none", "without"])
@pytest.mark.parametrize("form", FORMS, ids=lambda f: repr(f[:60]))
def test_no_form_of_a_path_reaches_another_object(site, backend, form, credential):
    """prefixes may be read by anyone, sites by neither: only prefixes may be what the backend is asked for."""
    _, _, hits = ask(site, backend, written(form, "api/dcim/sites/"), site.credentials[credential])
    for hit in hits:
        assert (resolved(hit["path"]) + "/").startswith(EXEMPT), hit["path"]


@pytest.mark.parametrize("form", FORMS, ids=lambda f: repr(f[:60]))
def test_with_the_right_key_only_the_thing_itself_is_served(site, backend, form):
    status, body, hits = ask(site, backend, written(form, "api/dcim/sites/"), site.credentials["with"])
    for hit in hits:
        assert (resolved(hit["path"]) + "/").lower().startswith((GUARDED, EXEMPT)), hit["path"]  # Caddy compares without case
    assert len(hits) <= 1
    assert not hits or status == 200


def test_the_gate_is_not_for_visitors(site):
    for path in ("/postern-gate/", "/postern-gate/dcim.site", "/postern-gate", "/_postern/", "/gate/"):
        assert site.get(path, *site.credentials["with"]).status in (400, 403, 404), path
