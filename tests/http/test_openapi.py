"""The OpenAPI document: served where it should be, true to the route table, and checked against every JSON answer."""
import json
import re
from types import SimpleNamespace

import pytest
from jsonschema import Draft202012Validator

from support import openapi
from support.demo import REPO

DOCUMENT = openapi.DOCUMENT
OPERATIONS = [(path, method.upper()) for path, item in DOCUMENT["paths"].items() for method in item]
ROW = re.compile(r'^\{"(\w+)",\s+"([^"]+)",\s+"[^"]*",\s+(\w+),\s+([^}]+)\},', re.M)


def routes():
    """[(path, method, handler, flags)] of the route table."""
    return [(path, method, handler, flags) for method, path, handler, flags in ROW.findall((REPO / "app/http/routes.c").read_text())]


def walk(o):
    yield o
    for child in o.values() if isinstance(o, dict) else o if isinstance(o, list) else []:
        yield from walk(child)


# --- true to the table ---
def test_documented_is_what_is_routed():
    routed = {(path, method) for path, method, handler, _ in routes() if path.startswith("/api/") and handler != "NULL"}
    assert set(OPERATIONS) == routed


def test_credentials_are_those_of_the_table():
    for path, method, handler, flags in routes():
        if not path.startswith("/api/") or handler == "NULL":
            continue
        named = {n for s in DOCUMENT["paths"][path][method.lower()]["security"] for n in s}
        needs = {"ADMIN", "TOKENS", "OWN"} & set(re.findall(r"\w+", flags))
        assert bool(named) is bool(needs), (path, method)
        assert ("basic" in named) is bool({"BASIC", "TOKENS"} & set(re.findall(r"\w+", flags))), (path, method)


def test_every_reference_leads_somewhere_and_every_component_is_used():
    used = {o["$ref"] for o in walk(DOCUMENT) if isinstance(o, dict) and "$ref" in o}
    assert used == {f"#/components/{kind}/{name}" for kind in ("schemas", "responses", "parameters") for name in DOCUMENT["components"][kind]}


def test_schemas_are_schemas():
    for name in DOCUMENT["components"]["schemas"]:
        Draft202012Validator.check_schema(DOCUMENT["components"]["schemas"][name])


def test_operation_ids_are_unique_and_path_parameters_are_described():
    ids = [DOCUMENT["paths"][p][m.lower()]["operationId"] for p, m in OPERATIONS]
    assert len(ids) == len(set(ids))
    for path, method in OPERATIONS:
        described = [openapi.resolved(x) for x in DOCUMENT["paths"][path][method.lower()].get("parameters", [])]
        assert [x["name"] for x in described if x["in"] == "path"] == re.findall(r"\{(\w+)\}", path), (path, method)


@pytest.mark.parametrize("path,schema", [("/api/users/users/", "UserWrite"), ("/api/users/groups/", "GroupWrite"),
                                         ("/api/users/permissions/", "PermissionWrite"), ("/api/users/tokens/", "TokenWrite")])
def test_writable_members_are_those_of_options(api, user, token, path, schema):
    fields = api.options(path, token=token(user(superuser=True)).key).json()["actions"]["POST"]
    described = DOCUMENT["components"]["schemas"][schema]
    assert set(described["properties"]) == {n for n, f in fields.items() if not f["read_only"]}
    assert set(described.get("required", [])) == {n for n, f in fields.items() if f["required"]}


# --- served ---
def test_document_is_served_to_everybody(api):
    answer = api.get("/api/openapi.json")
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "application/json")
    served = answer.json()
    assert served["info"]["version"] == api.get("/api/status/").json()["postern-version"]
    assert served["servers"] == [{"url": "/"}]
    assert {**served, "info": 0} == {**DOCUMENT, "info": 0}


@pytest.mark.parametrize("path", ["/api/docs/?format=openapi", "/api/swagger.json"])
def test_old_places_lead_to_the_document(api, path):
    answer = api.get(path)
    assert (answer.status_code, answer.headers["Location"]) == (301, "/api/openapi.json")


def test_viewer_is_a_page_of_files_of_this_site(api):
    answer = api.get("/api/docs/")
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "text/html; charset=utf-8")
    sources = re.findall(r'(?:src|href)="([^"]+\.(?:js|css|svg))"', answer.text)
    assert len(sources) >= 5 and all(s.startswith("/static/") for s in sources)
    assert all(api.get(s).status_code == 200 for s in sources)
    policy = answer.headers["Content-Security-Policy"]
    assert "unsafe" not in policy and "script-src 'self';" in policy and "connect-src 'self';" in policy
    assert not re.search(r"<script(?![^>]*\ssrc=)|\sstyle=|\son\w+=", answer.text)


# --- the check itself, for it guards all other tests ---
def answer(path, body, status=200, method="GET"):
    return SimpleNamespace(url=f"http://h{path}", content=json.dumps(body).encode(), status_code=status, json=lambda: body,
                           headers={"Content-Type": "application/json"}, request=SimpleNamespace(method=method))


GROUP = {"id": 1, "url": "http://h/api/users/groups/1/", "name": "x", "user_count": 0, "display": "x"}


def test_documented_answer_passes():
    openapi.validate(answer("/api/users/groups/1/", GROUP))
    openapi.validate(answer("/api/users/groups/1.json", GROUP))
    openapi.validate(answer("/api/users/groups/", {"name": ["no"]}, 400, "POST"))
    openapi.validate(answer("/api/nowhere/", {"detail": "Not found."}, 404))
    openapi.validate(answer("/api/dcim/sites/", [1, 2, 3]))


@pytest.mark.parametrize("wrong", [
    answer("/api/users/groups/1/", {**GROUP, "digest": "x"}), answer("/api/users/groups/1/", {**GROUP, "id": "1"}),
    answer("/api/users/groups/1/", {**GROUP, "url": "/relative"}), answer("/api/users/groups/1/", {"id": 1}),
    answer("/api/users/groups/1/", GROUP, 202), answer("/api/users/groups/1/", GROUP, 201, "FOO"),
    answer("/api/users/groups/", {"detail": 5}, 403), answer("/api/users/groups/", {}, 400, "POST"), answer("/api/nowhere/", {"a": 1}),
    answer("/api/users/users/me/", {"username": "x"})])
def test_undocumented_answer_fails(wrong):
    with pytest.raises(AssertionError):
        openapi.validate(wrong)
