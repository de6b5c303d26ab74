"""The curl lines of the documentation, run as they are written there; only scheme, host and token are filled in."""
import re
import subprocess

import pytest

from support.demo import PASSWORDS, Demo
from support.http import Client

SITES = 'curl -H "Authorization: Token $TOKEN" -H "Accept: application/json; indent=4" http://host/api/dcim/sites/'
ANONYMOUS_SITES = 'curl -H "Accept: application/json; indent=4" http://host/api/dcim/sites/'
PROVISION = """curl -X POST \\
-H "Content-Type: application/json" \\
-H "Accept: application/json; indent=4" \\
-u "hankhill:I<3C3H8" \\
https://host/api/users/tokens/
"""
PROVISIONED = """{
    "id": "ID",
    "url": "http://host/api/users/tokens/ID/",
    "display": "TAIL (hankhill)",
    "created": "TIME",
    "expires": null,
    "key": "KEY",
    "write_enabled": true,
    "description": "",
    "last_used": null,
    "allowed_ips": []
}"""
USE = 'curl -H "Authorization: Token $TOKEN" -H "Accept: application/json; indent=4" https://host/api/users/tokens/'
USED = """{
    "count": 1,
    "next": null,
    "previous": null,
    "results": [
        {
            "id": "ID",
            "url": "http://host/api/users/tokens/ID/",
            "display": "TAIL (USER)",
            "created": "TIME",
            "expires": null,
            "key": null,
            "write_enabled": true,
            "description": "first",
            "last_used": USE,
            "allowed_ips": []
        }
    ]
}"""


def run(demo, line, token=""):
    """What the line prints, the demo's address named host again."""
    host = f"127.0.0.1:{demo.port}"
    script = re.sub(r"https?://host/", f"http://{host}/", line)
    done = subprocess.run(["bash", "-c", script], env={"PATH": "/usr/bin:/bin", "TOKEN": token}, capture_output=True, text=True, timeout=30)
    assert done.returncode == 0, done.stderr
    return done.stdout.replace(host, "host")


def masked(text):
    text = re.sub(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}", "ID", text)
    text = re.sub(r'"[0-9a-f]{40}"', '"KEY"', text)
    text = re.sub(r'"display": "[0-9a-f]{6} ', '"display": "TAIL ', text)
    text = re.sub(r'"last_used": ("\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z"|null)', '"last_used": USE', text)
    return re.sub(r'"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z"', '"TIME"', text)


@pytest.fixture
def key(demo):
    made = Client(demo.url).post("/api/users/tokens/", basic=("hankhill", PASSWORDS["hankhill"]))
    assert made.status_code == 201
    return made.json()["key"]


def test_protected_api_is_read_with_a_token(demo, key):
    text = run(demo, SITES, key)
    assert text.startswith('{\n    "count": 10,\n    "next": null,\n    "previous": null,\n    "results": [\n')
    assert text.count('"slug"') == 10 or text.count('"name"') == 10


def test_protected_api_without_a_token(demo):
    """The gate's refusal, compact as all JSON is, whatever indent the protected API would have kept to."""
    assert run(demo, ANONYMOUS_SITES) == '{"detail":"Authentication credentials were not provided."}'


@pytest.fixture(scope="module")
def exempted():
    """A demo whose sites may be read by anybody, as by POSTERN_EXEMPT_VIEW_PERMISSIONS."""
    it = Demo(DEMO_EXEMPT="dcim.site")
    try:
        yield it.start()
    finally:
        it.remove()


def test_no_token_is_required_for_what_was_exempted(exempted):
    assert run(exempted, ANONYMOUS_SITES).startswith('{\n    "count": 10,\n    "next": null,\n    "previous": null,\n    "results": [\n')


def test_exemption_is_for_reading_and_for_that_alone(exempted):
    client = Client(exempted.url)
    for method, path in (("POST", "/api/dcim/sites/"), ("PUT", "/api/dcim/sites/"), ("DELETE", "/api/dcim/sites/1/"), ("GET", "/api/ipam/prefixes/"),
                         ("GET", "/api/users/tokens/")):
        answer = client.request(method, path)
        assert (answer.status_code, answer.json()) == (403, {"detail": "Authentication credentials were not provided."})


def test_exempting_everything_leaves_posterns_own_objects(new_demo):
    demo = new_demo(DEMO_EXEMPT="*")
    client = Client(demo.start().url)
    assert client.get("/api/ipam/prefixes/").status_code == 200
    for name in ("tokens", "users", "groups", "permissions", "config"):
        assert client.get(f"/api/users/{name}/").status_code == 403
    demo.stop()


def test_token_is_provisioned_with_a_password(demo):
    assert masked(run(demo, PROVISION)).replace('"last_used": USE', '"last_used": null') == PROVISIONED


def test_provisioned_token_is_described_alike_everywhere(demo):
    """id, url, display and key tell of the same token."""
    text = run(demo, PROVISION)
    found = {name: re.search(rf'"{name}": "([^"]*)"', text).group(1) for name in ("id", "url", "display", "key")}
    assert found["url"].endswith(f"/{found['id']}/")
    assert found["display"] == f"{found['key'][-6:]} (hankhill)"


def test_provisioned_token_works_at_once(demo):
    key = re.search(r'"key": "([0-9a-f]{40})"', run(demo, PROVISION)).group(1)
    assert '"count": 10' in run(demo, SITES, key)


def test_token_list_is_read_with_a_token(demo, alice):
    assert masked(run(demo, USE, alice.key)).replace(f"({alice.name})", "(USER)") == USED
