"""Which representation is chosen (Accept, ?format=, suffix), in which order refusals come, paths that are none."""
import pytest

from support.account import ANONYMOUS, NOT_FOUND, TOKENS, path_of

NOT_ACCEPTABLE = '{"detail":"Could not satisfy the request Accept header."}'
JSON, HTML = "application/json", "text/html; charset=utf-8"
BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,image/webp,*/*;q=0.8"


def ask(raw, reader, path=TOKENS, accept=None):
    line = b"" if accept is None else b"Accept:" + accept.encode() + b"\r\n"
    return raw(b"GET %s HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\nAuthorization: Token %s\r\n%s\r\n" % (
        path.encode(), reader.key.encode(), line))


@pytest.mark.parametrize("accept, kind", [
    (None, JSON), ("*/*", JSON), ("application/json", JSON), ("application/*", JSON), ("APPLICATION/JSON", JSON), (" application/json;", JSON),
    ("application/json; charset=utf-8", JSON), ("application/json;q=0", JSON), ("text/html, application/json", JSON), ("text/html;q=1, application/json;q=0.1", JSON),
    ("image/png, */*", JSON), ("application/json; version=1.3", JSON), ("application/json; version=9", JSON), ("text/*, application/*", JSON),
    ("text/html", HTML), ("TEXT/HTML", HTML), ("text/*", HTML), (BROWSER, HTML), ("text/html, */*", HTML), ("application/*, text/html", HTML),
    ("text/html; level=1, application/json", HTML)])
def test_accepted_representation(raw, reader, accept, kind):
    answer = ask(raw, reader, accept=accept)
    assert (answer.status, answer.headers["Content-Type"]) == (200, kind)


@pytest.mark.parametrize("accept", ["", " ", "image/png", "application/xml", "text/plain", "application", "json", "application/jsonp", ",", "text/csv", ";q=1", "*"])
def test_not_acceptable(raw, reader, accept):
    answer = ask(raw, reader, accept=accept)
    assert (answer.status, answer.body, answer.headers["Content-Type"]) == (406, NOT_ACCEPTABLE.encode(), JSON)


@pytest.mark.parametrize("path", [TOKENS + "?format=json", TOKENS + "?format=", "/api/users/tokens.json"])
@pytest.mark.parametrize("accept", [None, "*/*", "application/json"])
def test_format_json(raw, reader, path, accept):
    answer = ask(raw, reader, path, accept)
    assert (answer.status, answer.headers["Content-Type"]) == (200, JSON)


@pytest.mark.parametrize("path", [TOKENS + "?format=api", "/api/users/tokens.api"])
@pytest.mark.parametrize("accept", [None, "*/*", "text/html", BROWSER])
def test_format_api(raw, reader, path, accept):
    answer = ask(raw, reader, path, accept)
    assert (answer.status, answer.headers["Content-Type"]) == (200, HTML)


@pytest.mark.parametrize("format_, accept", [("json", "text/html"), ("api", "application/json"), ("json", "image/png")])
def test_format_that_is_not_accepted(raw, reader, format_, accept):
    for path in (f"{TOKENS}?format={format_}", f"/api/users/tokens.{format_}"):
        assert ask(raw, reader, path, accept).status == 406


@pytest.mark.parametrize("format_", ["xml", "csv", "JSON", "html", "json%20", "yaml"])
def test_unknown_format(raw, reader, format_):
    answer = ask(raw, reader, f"{TOKENS}?format={format_}")
    assert (answer.status, answer.body) == (404, b'{"detail":"Not found."}')


def test_suffix_of_a_token(reader):
    answer = reader.get(f"{TOKENS}{reader.token['id']}.json")
    assert (answer.status_code, answer.json()["id"]) == (200, reader.token["id"])


# --- order of refusals ---
def test_not_acceptable_beats_bad_credentials(api):
    assert api.get(TOKENS, headers={"Accept": "image/png", "Authorization": "Token x"}).status_code == 406


def test_bad_format_beats_bad_credentials(api):
    assert api.get(TOKENS + "?format=xml", token="x").status_code == 404


def test_bad_credentials_beat_the_method(api):
    answer = api.request("FOO", TOKENS, token="0" * 40)
    assert (answer.status_code, answer.json()) == (403, {"detail": "Invalid token"})


def test_bad_credentials_beat_a_missing_token(api):
    assert api.get(TOKENS + "x/").json() == ANONYMOUS


def test_nothing_is_changed_when_nothing_is_acceptable(alice):
    token = alice.create()
    for method, path, body in (("POST", TOKENS, {}), ("PATCH", path_of(token), {"description": "x"}), ("DELETE", path_of(token), None)):
        assert alice.request(method, path, json=body, headers={"Accept": "image/png"}).status_code == 406
    assert len(alice.stored()) == 2 and "x" not in [row[4] for row in alice.stored()]


# --- paths ---
@pytest.mark.parametrize("path", ["/api/nothing/", "/api/users/nothing/", "/api/users/tokens/a/b/", "/api/users/tokensx/", "/api/users/tokens/x/y",
                                  "/api/users/Tokens/", "/api/tokens/", "/api/nothing", "/api/users/tokens/authenticate/x/", "/api/users/tokens.xml", "/api/users/tokens/x/y.json"])
@pytest.mark.parametrize("method", ["GET", "POST", "FOO"])
def test_unknown_path(reader, path, method):
    for answer in (reader.request(method, path), reader.client.request(method, path, token="bad", headers={"Accept": "image/png"})):
        assert (answer.status_code, answer.content) == (404, b'{"detail": "Not found."}')
        assert answer.headers["Content-Type"] == JSON
        assert "Allow" not in answer.headers and "Vary" not in answer.headers


@pytest.mark.parametrize("path", ["/api/users/tokens", "/api", "/api/users", "/api/status", "/api/users/tokens/6f1f4b2e-0000-4000-8000-000000000000"])
@pytest.mark.parametrize("method, code", [("GET", 301), ("HEAD", 301), ("POST", 308), ("PUT", 308), ("PATCH", 308), ("DELETE", 308)])
def test_missing_slash_is_a_redirect_that_keeps_the_query(reader, path, method, code):
    answer = reader.request(method, path + "?a=1&b=%20x")
    assert (answer.status_code, answer.content) == (code, b"")
    assert answer.headers["Location"] == path + "/?a=1&b=%20x"
    assert reader.request(method, path).headers["Location"] == path + "/"


def test_redirected_post_keeps_its_body(alice):
    answer = alice.post("/api/users/tokens", json={"description": "kept"}, allow_redirects=True)
    assert (answer.status_code, answer.json()["description"]) == (201, "kept")


def test_redirect_leads_to_no_other_host(raw):
    answer = raw(b"GET //evil.example/api HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n")
    assert answer.status in (400, 404) and "Location" not in answer.headers


@pytest.mark.parametrize("query", ["version=1.3", "api_version=1.3", "api_version=", "api_version=9.9"])
def test_versions_are_ignored(reader, query):
    name, _, value = query.partition("=")
    answer = reader.get(TOKENS + ("?" + query if name == "api_version" else ""), headers={"Accept": f"application/json; {query}"})
    assert answer.status_code == 200 and "API-Version" not in answer.headers


def test_no_answer_carries_an_api_version(reader):
    for path in ("/api/", TOKENS, "/api/status/", "/api/nothing/"):
        assert "API-Version" not in reader.get(path).headers


def test_not_found_in_the_callers_form(reader):
    answer = reader.get(TOKENS + "x/", headers={"Accept": "application/json; indent=2"})
    assert answer.text == '{\n  "detail": "Not found."\n}' and answer.json() == NOT_FOUND
