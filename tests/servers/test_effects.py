"""What is changed holds from the next question on; and the documentation's own lines work."""
import json
import subprocess

import pytest

from server_site import GUARDED, SERVERS, token_field
from support.demo import PASSWORDS, Demo
from test_matrix import NOT_PERMITTED, NOT_PROVIDED


@pytest.fixture
def own_token(site):
    return site.token("khan")


def status(site, method="GET", *fields):
    return site.request(method, GUARDED, fields).status


def test_a_deleted_token_is_refused_at_once(site, own_token):
    field = token_field(own_token["key"])
    assert status(site, "GET", field) == 200
    assert site.request("DELETE", f"/api/users/tokens/{own_token['id']}/", [field]).status == 204
    assert status(site, "GET", field) == 403


def test_a_token_that_lost_its_write_right_writes_no_more(site, own_token):
    field = token_field(own_token["key"])
    assert status(site, "DELETE", field) == 200
    answer = site.request("PATCH", f"/api/users/tokens/{own_token['id']}/", [field, ("Content-Type", "application/json")],
                          b'{"write_enabled": false}')
    assert answer.status == 200
    assert status(site, "DELETE", field) == 403
    assert status(site, "GET", field) == 200


def test_a_permission_switched_off_in_psql_is_off_at_once(site):
    fields = site.credentials["with"]
    assert status(site, "GET", *fields) == 200
    site.psql("UPDATE postern.permissions SET enabled = false WHERE name = 'servers'")
    try:
        answer = site.get(GUARDED, *fields)
    finally:
        site.psql("UPDATE postern.permissions SET enabled = true WHERE name = 'servers'")
    assert (answer.status, answer.json()["detail"]) == (403, NOT_PERMITTED)
    assert status(site, "GET", *fields) == 200


def test_a_permission_of_a_group_counts_for_its_members(site):
    fields = site.credentials["without"]
    assert status(site, "DELETE", *fields) == 403
    site.psql("""
        WITH g AS (INSERT INTO postern.groups (name) VALUES ('alley') RETURNING id),
             m AS (INSERT INTO postern.group_members SELECT g.id, u.id FROM g, postern.users u WHERE username = 'boomhauer')
        INSERT INTO postern.permission_groups (group_id, permission_id)
             SELECT g.id, p.id FROM g, postern.permissions p WHERE p.name = 'servers'""")
    assert status(site, "DELETE", *fields) == 200
    site.psql("DELETE FROM postern.groups WHERE name = 'alley'")
    assert status(site, "DELETE", *fields) == 403


def test_the_self_test_says_what_arrived_but_no_secret(site):
    answer = site.get("/api/gate-check/?a=1", *site.credentials["with"])
    assert answer.status == 200
    told = answer.json()
    assert (told["method"], told["path"], told["address"]) == ("GET", "/api/gate-check/", "127.0.0.1")
    assert (told["authorization_arrived"], told["authorization_scheme"]) == (True, "Token")
    assert told["server"].lower().startswith(site.server)
    assert site.live["key"].encode() not in answer.body


def test_the_self_test_finds_nothing_to_say_about_the_shipped_files(site):
    """Not even with fields that a client sends to confuse: they do not arrive."""
    told = site.get("/api/gate-check/", ("Proxy", "http://evil.example/"), ("Remote-User", "peggy"),
                    ("Postern-Role", "gate"), *site.credentials["with"]).json()
    assert told["advice"] == []
    assert (told["gate_role"], told["gate_resource"]) == (None, None)


def test_the_self_test_names_what_is_missing(site):
    advice = site.get("/api/gate-check/").json()["advice"]
    assert len(advice) == 1
    assert "No Authorization header arrived" in advice[0]
    assert ("CGIPassAuth On" in advice[0]) == (site.server == "apache")


def test_postern_answers_on_its_own_paths(site):
    assert site.get("/api/status/").status == 200
    assert site.get("/api/users/tokens/").json()["detail"] == NOT_PROVIDED
    assert site.get("/api/users/tokens/", *site.credentials["with"]).status == 200


@pytest.fixture(scope="module", params=SERVERS)
def documented(request):
    """The demo as it comes, sites exempt."""
    demo = Demo(request.param, DEMO_EXEMPT="dcim.site")
    yield demo.start()
    demo.remove()


def curl(*words):
    done = subprocess.run(["curl", "-s", "--noproxy", "*", "-w", "\n%{http_code}", *words], capture_output=True, text=True, check=True)
    body, _, code = done.stdout.rpartition("\n")
    return int(code), body


def test_the_documented_lines(documented):
    site = f"http://127.0.0.1:{documented.port}"
    nothing = ["-d", ""] * (documented.server == "lighttpd")  # which refuses a POST that says no length, even of nothing
    code, body = curl(*nothing, "-X", "POST", "-H", "Content-Type: application/json", "-H", "Accept: application/json; indent=4",
                      "-u", f"hankhill:{PASSWORDS['hankhill']}", f"{site}/api/users/tokens/")
    assert code == 201
    key = json.loads(body)["key"]
    code, body = curl("-H", f"Authorization: Token {key}", "-H", "Accept: application/json; indent=4",
                      f"{site}/api/dcim/sites/")
    assert code == 200
    assert body.startswith('{\n    "count": 10,\n    "next": null,\n    "previous": null,\n    "results": [\n')
    assert len(json.loads(body)["results"]) == 10
    code, body = curl("-H", "Accept: application/json; indent=4", f"{site}/api/ipam/prefixes/")
    assert (code, body) == (403, '{"detail":"%s"}' % NOT_PROVIDED)
    assert curl(f"{site}/api/dcim/sites/")[0] == 200
    assert curl("-X", "POST", "-H", "Content-Type: application/json", "-d", "{}", f"{site}/api/dcim/sites/")[0] == 403
