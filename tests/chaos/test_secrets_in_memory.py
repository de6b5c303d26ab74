"""Keys and passwords do not stay in the memory of those who answered. Where they do stay for a while: what came last on a
worker's socket is seen there before it is taken (server/connection.c) and gathered on the stack (server/fcgi.c), and the
next request overwrites only as much as it is long. PostgreSQL, the web server and the kernel have memory of their own."""
import base64
import hashlib
import json
import re
import secrets
from pathlib import Path
from urllib.parse import urlencode

from service import ROOT, SANITIZED, basic_field, token_field
from support import fastcgi

TOKENS, ADD = "/api/users/tokens/", "/user/api-tokens/add/"
FORM = "application/x-www-form-urlencoded"


def writable(pid):
    """Name and bytes of each mapping that a process may write to: heap, stack, data and what has no name."""
    with open(f"/proc/{pid}/mem", "rb", buffering=0) as memory:
        for line in Path(f"/proc/{pid}/maps").read_text().splitlines():
            found = re.match(r"(\w+)-(\w+) rw\S+ \S+ \S+ \S+ *(.*)", line)
            if found:
                start, end = int(found[1], 16), int(found[2], 16)
                memory.seek(start)
                yield found[3] or "anonymous", memory.read(end - start)


def places(pids, **wanted):
    """Where these texts stand in the memory of these processes."""
    return [(what, Path(f"/proc/{pid}/comm").read_text().strip(), name, data[max(0, at - 40):at + len(text)])
            for pid in pids for name, data in writable(pid) for what, text in wanted.items() if (at := data.find(text.encode())) >= 0]


def post(it, path, body, kind="application/json", **more):
    return it.ask(fastcgi.request("POST", path, CONTENT_TYPE=kind, CONTENT_LENGTH=str(len(body)), **more), body.encode())


def look_around(it):
    for path in ("/api/status/", "/api/", "/login/", TOKENS, "/nothing/"):
        assert it.get(path).status


def send_long_request(it):
    assert it.get("/api/status/", HTTP_X="x" * 62_000).status == 200


def sign_in(demo, owner):
    """A browser's session, as signing in makes it."""
    cookie = secrets.token_bytes(32)
    demo.psql("INSERT INTO postern.sessions (user_id, digest) VALUES (%s, %s)", owner.id, hashlib.sha256(cookie).digest())
    return {"HTTP_COOKIE": f"sessionid={cookie.hex()}"}


def add_token_by_page(it, cookie):
    """Through the form, to the page that shows the key."""
    csrf = re.search(rb'name="csrfmiddlewaretoken" value="(\w+)"', it.get(ADD, **cookie).body)[1].decode()
    added = post(it, ADD, urlencode({"csrfmiddlewaretoken": csrf, "key": "", "write_enabled": "on"}), FORM, **cookie)
    assert added.status == 302
    return re.search(rb"\b[0-9a-f]{40}\b", it.get(added.headers["Location"], **cookie).body)[0].decode()


if ROOT and not SANITIZED:  # others may not look into processes that cannot be dumped; sanitizers keep what was freed
    def test_this_test_finds_what_is_there(service):
        it = service(POSTERN_WORKERS="1")
        assert places(it.workers(), setting=it.socket)

    def test_generated_key_and_password_are_gone(service, demo, user):
        it, owner = service(POSTERN_WORKERS="1"), user()
        key = it.make_token(owner.name, owner.password)["key"]
        shown = add_token_by_page(it, sign_in(demo, owner))
        look_around(it)
        assert not places(it.crew(), key=key, shown=shown, password=owner.password)

    def test_whatever_was_sent_is_gone_when_the_next_request_is_as_long(service, user):
        it, owner = service(POSTERN_WORKERS="1"), user()
        used, given, form, repeated, odd = it.make_token(owner.name, owner.password)["key"], *(secrets.token_hex(20) for _ in range(4))
        auth, basic = token_field(used), basic_field(owner.name, owner.password)
        assert post(it, TOKENS, json.dumps({"key": given}), **auth).status == 201
        assert post(it, TOKENS, json.dumps([{"key": given}, {}]), **auth).status == 400
        assert post(it, TOKENS, f"key={form}", FORM, **basic).status == 201
        assert post(it, TOKENS, f'{{"key": "{repeated}", "key": "x", "{odd}": 1, "b": "{odd}"', **auth).status == 400
        assert it.get(f"{TOKENS}", QUERY_STRING=f"key={given}", **auth).status == 200
        send_long_request(it)
        assert not places(it.crew(), used=used, given=given, form=form, repeated=repeated, odd=odd, password=owner.password,
                          basic=basic["HTTP_AUTHORIZATION"].split()[1], pair=base64.b64decode(basic["HTTP_AUTHORIZATION"].split()[1]).decode())
