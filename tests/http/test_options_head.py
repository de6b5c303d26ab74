"""OPTIONS (what a resource offers) and HEAD (GET without its body), Allow, and methods that a path lacks."""
import pytest

from support.account import ANONYMOUS, TOKENS, path_of

FIELDS = {
    "id": {"type": "string", "required": False, "read_only": True, "label": "Id"},
    "url": {"type": "field", "required": False, "read_only": True, "label": "Url"},
    "display": {"type": "field", "required": False, "read_only": True, "label": "Display", "help_text": "Human friendly display value"},
    "created": {"type": "datetime", "required": False, "read_only": True, "label": "Created"},
    "expires": {"type": "datetime", "required": False, "read_only": False, "label": "Expires"},
    "key": {"type": "string", "required": False, "read_only": False, "label": "Key", "min_length": 40, "max_length": 40},
    "write_enabled": {"type": "boolean", "required": False, "read_only": False, "label": "Write enabled",
                      "help_text": "Permit create/update/delete operations using this key"},
    "description": {"type": "string", "required": False, "read_only": False, "label": "Description", "max_length": 200},
    "last_used": {"type": "datetime", "required": False, "read_only": True, "label": "Last used"},
    "allowed_ips": {"type": "list", "required": False, "read_only": False, "label": "Allowed IPs",
                    "help_text": "Networks from which the token is accepted; empty: any"},
}
LIST, DETAIL = "GET, POST, PUT, PATCH, DELETE, HEAD, OPTIONS", "GET, PUT, PATCH, DELETE, HEAD, OPTIONS"


def test_options_of_the_list(reader):
    body = reader.options().json()
    assert list(body) == ["name", "description", "renders", "parses", "actions"]
    assert {k: body[k] for k in list(body)[:4]} == {
        "name": "Token", "description": "", "renders": ["application/json", "text/html"],
        "parses": ["application/json", "application/x-www-form-urlencoded", "multipart/form-data"]}
    assert list(body["actions"]) == ["POST", "PUT"]
    for fields in body["actions"].values():
        assert fields == FIELDS and list(fields) == list(FIELDS)


@pytest.mark.parametrize("name", [None, "6f1f4b2e-0000-4000-8000-000000000000", "no-uuid"])
def test_options_of_a_token_is_not_about_the_token(reader, name):
    answer = reader.options(f"{TOKENS}{name}/" if name else path_of(reader.token))
    assert answer.status_code == 200
    assert answer.json()["name"] == "Token" and "PUT" in answer.json()["actions"]


RECORDS = ("users", "groups", "permissions")


@pytest.mark.parametrize("path, actions", [(TOKENS, ["POST", "PUT"]), ("{token}", ["PUT"]), ("/api/users/config/", None), ("/api/users/users/me/", None),
                                           *[(f"/api/users/{name}/", ["POST"]) for name in RECORDS], *[(f"/api/users/{name}/1/", ["PUT"]) for name in RECORDS]])
def test_options_offers_what_the_path_has(account, path, actions):
    """A single record is not made by POST, and records other than tokens are changed one by one."""
    admin = account(superuser=True)
    answer = admin.options(path.format(token=path_of(admin.token)))
    assert answer.status_code == 200
    assert (list(answer.json()["actions"]) if "actions" in answer.json() else None) == actions
    assert all(method in answer.headers["Allow"] for method in actions or ())


def test_options_of_a_read_only_token_offers_no_actions(alice):
    key = alice.create(write_enabled=False)["key"]
    answer = alice.options(token=key)
    assert answer.status_code == 200 and "actions" not in answer.json()


def test_options_needs_a_credential(api):
    for path in (TOKENS, TOKENS + "x/", "/api/users/config/"):
        answer = api.options(path)
        assert (answer.status_code, answer.json()) == (403, ANONYMOUS)


@pytest.mark.parametrize("path, name", [("/api/", "API Root"), ("/api/users/", "Users"), ("/api/status/", "Status"),
                                        ("/api/users/config/", "User Config"), ("/api/authentication-check/", "Authentication Check")])
def test_options_names_the_view(reader, path, name):
    answer = reader.options(path)
    assert (answer.status_code, answer.json()["name"]) == (200, name) and "actions" not in answer.json()


# --- HEAD ---
@pytest.mark.parametrize("path", [TOKENS, TOKENS + "?limit=1&q=first", "{detail}", "/api/", "/api/users/", "/api/users/config/", "/api/authentication-check/",
                                  TOKENS + "?foo=1", TOKENS + "x/", "/api/nothing/"])
def test_head_is_get_without_a_body(reader, path):
    path = path.format(detail=path_of(reader.token))
    for _ in range(2):  # the first use of a minute shows in last_used
        get, head = reader.get(path), reader.head(path)
    ignored = ("Date", "X-Request-ID")
    assert head.status_code == get.status_code and head.content == b""
    assert {k: v for k, v in head.headers.items() if k not in ignored} == {k: v for k, v in get.headers.items() if k not in ignored}
    assert head.headers["Content-Length"] == str(len(get.content))


def test_head_needs_a_credential(api):
    assert api.head(TOKENS).status_code == 403


def test_brief_is_for_get_only(reader):
    full, brief = reader.get(), reader.get(f"{TOKENS}?brief=1")
    assert len(brief.content) < len(full.content)
    assert int(reader.head(f"{TOKENS}?brief=1").headers["Content-Length"]) > len(brief.content)


# --- Allow ---
@pytest.mark.parametrize("path, allow", [(TOKENS, LIST), (TOKENS + "6f1f4b2e-0000-4000-8000-000000000000/", DETAIL), ("/api/", "GET, HEAD, OPTIONS"),
                                         ("/api/users/config/", "GET, PATCH, HEAD, OPTIONS"), ("/api/status/", "GET, HEAD, OPTIONS")])
@pytest.mark.parametrize("method", ["GET", "OPTIONS", "FOO"])
def test_allow_is_told_on_every_answer(reader, path, allow, method):
    assert reader.request(method, path).headers["Allow"] == allow
    assert reader.client.request(method, path).headers["Allow"] == allow
    assert reader.request(method, path, headers={"Accept": "image/png"}).headers["Allow"] == allow


@pytest.mark.parametrize("method, path", [("FOO", TOKENS), ("COPY", TOKENS), ("FOO", TOKENS + "x/"), ("PUT", "/api/users/config/"),
                                          ("POST", "/api/"), ("DELETE", "/api/status/"), ("PATCH", "/api/authentication-check/"),
                                          ("ABCDEFGHIJKLMNOPQRSTUVWXYZ", TOKENS), ("A" * 32, TOKENS)])
def test_other_methods_are_not_allowed(reader, method, path):
    answer = reader.request(method, path)
    assert (answer.status_code, answer.json()) == (405, {"detail": f'Method "{method}" not allowed.'})


def test_unknown_method_is_refused_first_for_the_anonymous(api):
    answer = api.request("FOO", TOKENS)
    assert (answer.status_code, answer.json()) == (403, ANONYMOUS)


def test_unknown_method_is_unsafe(alice):
    key = alice.create(write_enabled=False)["key"]
    assert alice.request("FOO", token=key).status_code == 403
