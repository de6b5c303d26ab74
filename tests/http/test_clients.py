"""What the stock client (pynautobot) sends, header by header, and what it needs of the answers."""
import pytest

from support.account import TOKENS, path_of

GET = {"User-Agent": "python-pynautobot/2.7.2", "Accept-Encoding": "gzip, deflate", "Connection": "keep-alive", "Accept": "application/json;"}
WRITE = {**GET, "Accept": "*/*", "Content-Type": "application/json;"}
PATCH = {**GET, "Content-Type": "application/json"}


def test_version_probe(alice):
    answer = alice.get("/api/", headers=WRITE)
    assert answer.status_code == 200 and "API-Version" not in answer.headers


def test_probe_with_token_none(api):
    """The 1.5 client without a token; its constructor fails here, as it does with the original."""
    answer = api.get("/api/", headers={**WRITE, "Authorization": "Token None"})
    assert (answer.status_code, answer.json()) == (403, {"detail": "Invalid token"})


def test_version_in_accept(alice):
    for version in ("1.3", "2.0", "3.1"):
        assert alice.get(headers={**GET, "Accept": f"application/json; version={version}"}).status_code == 200


def test_all(alice):
    """all(): a first page without parameters, then ?limit=<count>&offset=<length of the page>, then next verbatim."""
    alice.post(json=[{"description": f"n{i}"} for i in range(59)], headers=WRITE)
    first = alice.get(headers=GET).json()
    assert (first["count"], len(first["results"])) == (60, 50) and first["next"]
    rest = alice.get(f"{TOKENS}?limit={first['count']}&offset={len(first['results'])}", headers=GET).json()
    assert len(rest["results"]) == 10 and rest["next"] is None
    assert len({t["id"] for t in first["results"] + rest["results"]}) == 60


def test_all_with_threads(alice):
    alice.post(json=[{}] * 59, headers=WRITE)
    page = alice.get(f"{TOKENS}?limit=0", headers=GET).json()
    assert len(page["results"]) == page["count"] == 60 and page["next"] is None


@pytest.mark.parametrize("query, count", [("write_enabled=True", 2), ("write_enabled=False", 1), ("q=two", 1), ("description=one&description=two", 2)])
def test_filter(alice, query, count):
    alice.post(json=[{"description": "one"}, {"description": "two", "write_enabled": False}], headers=WRITE)
    assert alice.get(f"{TOKENS}?{query}", headers=GET).json()["count"] == count


def test_count(alice):
    assert alice.get(f"{TOKENS}?limit=1", headers=GET).json()["count"] == 1


def test_get(alice):
    assert alice.get(path_of(alice.token), headers=GET).json()["id"] == alice.token["id"]
    assert alice.get(TOKENS + "6f1f4b2e-0000-4000-8000-000000000000/", headers=GET).status_code == 404
    assert alice.get(f"{TOKENS}?key={alice.key}", headers=GET).json()["count"] == 1


def test_create(alice):
    one = alice.post(json={"description": "x"}, headers=WRITE)
    many = alice.post(json=[{}, {}], headers=WRITE)
    assert (one.status_code, type(one.json())) == (201, dict)
    assert (many.status_code, type(many.json()), len(many.json())) == (201, list, 2)


def test_save(alice):
    answer = alice.patch(path_of(alice.token), json={"description": "y"}, headers=PATCH)
    assert (answer.status_code, answer.json()["description"]) == (200, "y")


def test_bulk_update(alice):
    answer = alice.patch(json=[{"id": alice.token["id"], "description": "y"}], headers=PATCH)
    assert (answer.status_code, type(answer.json())) == (200, list)


def test_delete(alice):
    token = alice.create()
    answer = alice.delete(path_of(token), headers={**GET, "Content-Length": "0"})
    assert answer.status_code == 204


def test_bulk_delete(alice):
    token = alice.create()
    assert alice.delete(json=[{"id": token["id"]}], headers=WRITE).status_code == 204
    assert len(alice.stored()) == 1


def test_choices(alice):
    answer = alice.options(headers={**GET, "Content-Length": "0"})
    assert answer.status_code == 200 and answer.json()["actions"]["POST"]


def test_dir(alice):
    assert "tokens" in alice.get("/api/users/", headers=GET).json()


def test_config(alice):
    assert alice.get("/api/users/config/", headers=GET).json() == {}


def test_record(alice):
    """A record needs id, a url of at least /api/<app>/<endpoint>/, and display."""
    record = alice.get(path_of(alice.token), headers=GET).json()
    assert record["id"] and record["display"]
    assert record["url"].split("/", 3)[3].split("/")[:3] == ["api", "users", "tokens"]


def test_next_is_reachable_verbatim(alice):
    alice.create()
    url = alice.get(f"{TOKENS}?limit=1", headers=GET).json()["next"]
    assert alice.client.session.get(url, headers={**GET, "Authorization": f"Token {alice.key}"}).json()["results"]


def test_connection_is_kept(raw, alice):
    """Two requests on one connection."""
    one = b"GET /api/ HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"
    answer = raw(one + one.replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n"))
    assert answer.raw.count(b"HTTP/1.1 200") == 2
