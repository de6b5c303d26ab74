"""`postern explain` says what the gate does, and why: every case is also asked at the gate itself."""
import json

import pytest

from support import fastcgi

SITES, PREFIXES = "/api/dcim/sites/", "/api/ipam/prefixes/"


@pytest.fixture
def ask(demo):
    """ask(method, path, resource, key=None): what the gate itself answers: (status, detail or None)."""

    def one(method, path, resource, key=None, **more):
        params = {"POSTERN_ROLE": "gate", "POSTERN_METHOD": method, "POSTERN_PATH": path, "POSTERN_RESOURCE": resource,
                  "REMOTE_ADDR": "127.0.0.1", "HTTP_HOST": "localhost", **more}
        if key:
            params["HTTP_AUTHORIZATION"] = f"Token {key}"
        reply = fastcgi.ask(demo.socket, params)
        deny = reply.headers.get("X-Postern-Deny")
        return reply.status, json.loads(deny)["detail"] if deny else None

    return one


def explain(demo, *arguments, **settings):
    return json.loads(demo.postern("explain", *arguments, "--json", **settings).stdout)


def failed_step(answer):
    return [s["step"] for s in answer["steps"] if not s["ok"]]


@pytest.mark.parametrize("method", ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "FOO"])
@pytest.mark.parametrize("kind", ["none", "plain", "holder", "read-only", "superuser", "expired", "inactive", "elsewhere"])
@pytest.mark.parametrize("resource", ["ipam.prefix", ""])
def test_explanation_is_the_gates_decision(demo, ask, user, token, method, kind, resource):
    one = user(superuser=kind == "superuser")
    made = token(one, write_enabled=kind != "read-only", **({"allowed_ips": ["192.0.2.0/24"]} if kind == "elsewhere" else {}))
    if kind in ("holder", "read-only"):
        demo.postern("permission", "grant", one.name, "ipam.prefix", "view,add")
    if kind == "expired":
        demo.psql("UPDATE postern.tokens SET expires = now() WHERE id = %s", made.id)
    if kind == "inactive":
        demo.postern("user", "disable", one.name)
    who = [] if kind == "none" else ["--token", made.id]
    said = explain(demo, method, PREFIXES, "--resource", resource, *who)
    assert (said["status"], said["detail"]) == ask(method, PREFIXES, resource, None if kind == "none" else made.key)
    assert said["allowed"] is (said["status"] == 200)
    assert bool(failed_step(said)) is not said["allowed"]


@pytest.mark.parametrize("path,resource", [("/a/../b", "dcim.site"), ("/a\\b", "dcim.site"), ("/a", "Dcim.Site"), ("/%2e%2e/", "a.b")])
def test_question_that_makes_no_sense_is_refused_alike(demo, ask, path, resource):
    said = explain(demo, "GET", path, "--resource", resource)
    assert (said["status"], said["detail"]) == ask("GET", path, resource)
    assert failed_step(said) == ["question"]


def test_missing_permission_is_named_with_what_there_is_instead(demo, user, token):
    one = user()
    demo.postern("permission", "grant", one.name, "ipam.prefix", "view")
    said = explain(demo, "DELETE", PREFIXES, "--resource", "ipam.prefix", "--token", token(one).id)
    assert failed_step(said) == ["permission"]
    assert said["steps"][-1]["detail"].startswith("delete on ipam.prefix: not given; there is only view (by user: ")


def test_permission_by_group_is_named(demo, user):
    one = user()
    demo.postern("group", "add", f"team {one.name}")
    demo.postern("group", "add-user", f"team {one.name}", one.name)
    demo.postern("permission", "grant", f"group:team {one.name}", "ipam.prefix", "change")
    said = explain(demo, "PATCH", PREFIXES, "--resource", "ipam.prefix", "--user", one.name)
    assert said["allowed"] and f"change (by group team {one.name}: " in said["steps"][-1]["detail"]


def test_read_only_token_fails_at_the_write_right(demo, user, token):
    said = explain(demo, "POST", PREFIXES, "--token", token(user(superuser=True), write_enabled=False).id)
    assert failed_step(said) == ["write right"]


def test_address_counts(demo, user, token):
    one = token(user(superuser=True), allowed_ips=["192.0.2.0/24"])
    assert failed_step(explain(demo, "GET", "/", "--token", one.id, "--address", "198.51.100.1")) == ["credential"]
    assert explain(demo, "GET", "/", "--token", one.id, "--address", "192.0.2.1")["allowed"]


def test_exemption_is_named(demo):
    said = explain(demo, "GET", SITES, "--resource", "dcim.site", POSTERN_EXEMPT_VIEW_PERMISSIONS="dcim.site")
    assert said["allowed"] and "exemption" in [s["step"] for s in said["steps"]]
    assert not explain(demo, "POST", SITES, "--resource", "dcim.site", POSTERN_EXEMPT_VIEW_PERMISSIONS="dcim.site")["allowed"]


def test_inactive_user_is_named_as_the_reason(demo, user):
    said = explain(demo, "GET", SITES, "--user", user(active=False).name)
    assert not said["allowed"] and failed_step(said)[0] == "user"


def test_explaining_uses_no_token_up(demo, user, token):
    one = token(user())
    explain(demo, "GET", "/", "--token", one.id)
    assert not demo.psql("SELECT 1 FROM postern.token_use WHERE token_id = %s", one.id)


def test_tail_names_a_token_and_a_key_does_not(demo, user, token):
    one = token(user())
    assert explain(demo, "GET", "/", "--token", one.key[-6:])["credential"] == f"token {one.display}"
    done = demo.postern("explain", "GET", "/", "--token", one.key, check=False)
    assert done.returncode == 1 and "no token" in done.stderr


def test_auditor_may_ask_too(demo, user, token):
    """With the rights of postern_auditor, who reads no digest."""
    one = user()
    demo.postern("permission", "grant", one.name, "ipam.prefix", "view")
    made = token(one)
    for who in (["--user", one.name], ["--token", made.id], ["--token", made.key[-6:]]):
        said = explain(demo, "GET", PREFIXES, "--resource", "ipam.prefix", *who, PGUSER="postgres", PGOPTIONS="-c role=postern_auditor")
        assert said["allowed"] is True, said


def test_user_and_token_exclude_each_other(demo):
    done = demo.postern("explain", "GET", "/", "--user", "a", "--token", "b", check=False)
    assert (done.returncode, done.stderr.splitlines()[0]) == (2, "postern: --user and --token exclude each other")


def test_text_shows_the_decision_first(demo, user):
    text = demo.postern("explain", "GET", SITES, "--resource", "dcim.site", "--user", user(superuser=True).name).stdout
    assert text.splitlines()[0].endswith("ALLOWED, status 200")
