"""What operators add to a web server's configuration opens nothing, and what they ask for is done."""
import pytest

import client
from second import second
from server_site import FILES, GUARDED, Site, token_field
from support.fastcgi import ask


def assert_closed(port, backend, *fields):
    """Nobody without a right reads or writes."""
    before = len(backend.hits)
    for method in ("GET", "DELETE"):
        answer = client.request(port, method, GUARDED, fields)
        assert answer.status >= 400, (method, answer.status, answer.body)
    answer = client.request(port, "GET", FILES + "report.txt", fields)
    assert answer.status >= 400 and b"Propane" not in answer.body
    assert len(backend.hits) == before


# --- nginx: what a server has for its pages does not become the gate's answer ---
MAINTENANCE = "location = /maint.html { return 200 'back soon'; } location = /index.html { return 200 'hello'; }"
SERVER = r"include postern\.conf;"
HTTP = r"include postern-maps\.conf;"


@pytest.fixture
def nginx(sites, places):
    """nginx(server="...", http="...", more changes): the port of one with these lines added."""
    site = sites("nginx")
    return lambda *changes, server="", http="": second(
        site, places, (SERVER, f"include postern.conf; {MAINTENANCE} {server}"), (HTTP, f"include postern-maps.conf; {http}"), *changes)


@pytest.mark.parametrize("lines, change", [
    ({"server": "error_page 502 503 504 =200 /maint.html;"}, [(r'server "unix:.*postern\.sock";', 'server "unix:/nowhere";')]),
    ({"server": "error_page 401 403 =200 /index.html;", "http": "fastcgi_intercept_errors on;"}, []),
    ({"server": "error_page 404 403 =200 /index.html;"}, [(r"include protected-api\.conf;", "include protected-api.conf; location ^~ /misspelt/ "
                                                           "{ auth_request /postern-gate/Shop.Widget; include postern_proxy; proxy_pass http://api/misspelt/; }")]),
], ids=["away", "intercepted", "misspelt"])
def test_error_pages_open_nothing(nginx, backend, lines, change):
    with nginx(*change, **lines) as port:
        assert_closed(port, backend)
        before = len(backend.hits)
        assert client.request(port, "GET", "/misspelt/", []).status >= 400
        assert len(backend.hits) == before


def test_a_cache_keeps_no_decision(nginx, sites, backend, places):
    site = sites("nginx")
    (places / "cache").mkdir(exist_ok=True)
    (places / "cache").chmod(0o777)
    http = (f"fastcgi_cache_path {places}/cache keys_zone=Z:1m; fastcgi_cache Z; fastcgi_cache_valid 200 10m;"
            ' fastcgi_cache_key "$scheme$request_method$host$request_uri";')
    with nginx(http=http) as port:
        for path in (GUARDED, FILES + "report.txt"):
            assert client.request(port, "GET", path, site.credentials["with"]).status == 200
        assert_closed(port, backend)


def test_a_location_for_endings_does_not_take_what_is_protected(nginx, backend):
    with nginx(server=r"location ~* \.(json|png|txt)$ { proxy_pass http://api; }") as port:
        before = len(backend.hits)
        for path in (GUARDED + "1.json", "/app/1.json", FILES + "report.txt"):
            assert client.request(port, "GET", path, []).status >= 400
        assert len(backend.hits) == before


def test_a_location_s_own_lines_leave_the_identity(nginx, sites, backend):
    site = sites("nginx")
    own = ("location ^~ /api/own/ { auth_request /postern-gate/; auth_request_set $mine $upstream_http_x_request_id; error_page 404 /index.html;"
           " include postern_proxy; proxy_pass http://api/api/own/; }")
    with nginx(server=own) as port:
        assert client.request(port, "GET", "/api/own/", [*site.credentials["with"], ("X-Postern-User", "peggy")]).status == 200
        assert ("X-Postern-User", "khan") in backend.hits[-1]["headers"]
        refused = client.request(port, "GET", "/api/own/", site.credentials["expired"])
        assert (refused.status, refused.json()) == (403, {"detail": "Token expired"})


def test_an_answer_of_the_gate_says_itself_that_it_is_not_to_be_kept(sites):
    site = sites("nginx")
    answer = ask(site.socket, {"POSTERN_ROLE": "gate", "POSTERN_SERVER": "nginx", "POSTERN_METHOD": "GET", "POSTERN_PATH": "/x", "REMOTE_ADDR": "127.0.0.1",
                               "HTTP_AUTHORIZATION": f"Token {site.live['key']}", "HTTP_HOST": "localhost"})
    assert answer.status == 200 and answer.headers["Cache-Control"] == "no-store"


# --- lighttpd: a later condition that takes the gate's settings away ---
def test_lost_settings_close(sites, places, backend):
    site = sites("lighttpd")
    last = r'include ".*/protected-files\.conf"'
    with second(site, places, (last, f'include "{site.dir}/run/lighttpd/protected-files.conf"\n$HTTP["url"] =~ "^/(api|files)/" '
                                     '{ setenv.set-environment = ("FOO" => "bar") }')) as port:
        assert_closed(port, backend, *site.credentials["with"])


# --- Apache: what it looks for by itself ---
def test_an_index_of_another_directory_needs_its_own_permission(sites, places):
    site = sites("apache")
    secret = places / "secret"
    for folder, text in ((secret, "the secret"), (places / "public", "public")):
        folder.mkdir(exist_ok=True)
        folder.chmod(0o755)
        (folder / "index.html").write_text(text)
    lines = (f'ProxyPass "/secret/" "!"\nAlias "/secret/" "{secret}/"\n<Directory "{secret}">\nUse PosternGateFor secret.thing\n</Directory>\n'
             f'ProxyPass "/public/" "!"\nAlias "/public/" "{places}/public/"\n<Directory "{places}/public">\nRequire all granted\nDirectoryIndex /secret/index.html\n</Directory>\n')
    with second(site, places, (r"Include protected-files\.conf", lines + "Include protected-files.conf")) as port:
        for path in ("/secret/index.html", "/secret/", "/public/"):
            answer = client.request(port, "GET", path, site.credentials["with"])
            assert answer.status >= 400 and b"the secret" not in answer.body, path
        assert client.request(port, "GET", "/secret/index.html", site.credentials["superuser"]).body == b"the secret"


# --- all servers ---
UPGRADES = ["h2c", "H2C", "websocket, h2c", "h2c, websocket", "TLS/1.0", "websockets", "x"]


@pytest.mark.parametrize("protocol", UPGRADES)
def test_no_other_protocol_than_websocket_is_changed_to(site, backend, protocol):
    """With the API, that is: lighttpd and the demo's Caddy speak h2c themselves, and ask about each request in it."""
    before = len(backend.hits)
    site.get(GUARDED, *site.credentials["with"], ("Connection", "Upgrade, HTTP2-Settings"), ("Upgrade", protocol), ("HTTP2-Settings", "AAMAAABkAAQCAAAAAAIAAAAA"))
    for hit in backend.hits[before:]:
        told = {name.lower(): value for name, value in hit["headers"]}
        assert "upgrade" not in told and "http2-settings" not in told and "upgrade" not in told.get("connection", "").lower()


@pytest.mark.parametrize("cookies", ["a=1;\tsessionid={key}", "sessionid={key};c=3", "a=1; \t sessionid={key}; c=3", "\tsessionid={key}", "a=1;sessionid={key};"])
def test_session_is_taken_out_however_it_is_set_apart(site, backend, cookies):
    key = dict(site.credentials["session"])["Cookie"].split("=")[1]
    before = len(backend.hits)
    assert site.get(GUARDED, ("Cookie", cookies.format(key=key))).status in (200, 400, 403)
    assert key not in repr(backend.hits[before:])


def test_cookies_that_are_called_alike_are_passed_on(site, backend):
    key = dict(site.credentials["session"])["Cookie"].split("=")[1]
    assert site.get(GUARDED, ("Cookie", f"my_sessionid=mine; sessionid={key}; b=2")).status == 200
    told = dict((name.lower(), value) for name, value in backend.hits[-1]["headers"])["cookie"]
    assert "my_sessionid=mine" in told and "b=2" in told and key not in told


def test_application_is_told_of_nobody_where_nobody_is_asked_for(sites, app, places):
    """Apache alone needs a name to let a request pass."""
    site = sites("apache")
    free = (site.dir / "server-apache/protected-app.conf").read_text().replace("/app/", "/free/").replace("Use PosternGate\n", "Use PosternGateFor ipam.prefix\n")
    with second(site, places, (r"Include protected-app\.conf", free.replace("run/free/", "run/app/") + "\nInclude protected-app.conf")) as port:
        params = client.request(port, "GET", "/free/x", []).json()
        assert params.get("REMOTE_USER", "") == "" and params.get("POSTERN_USER", "") == ""
        assert client.request(port, "GET", "/app/x", site.credentials["with"]).json()["REMOTE_USER"] == "khan"


def test_a_session_s_write_must_come_from_a_page_of_the_same_scheme(site, backend):
    before = len(backend.hits)
    for origin in (f"ftp://127.0.0.1:{site.port}", f"x://127.0.0.1:{site.port}", f"://127.0.0.1:{site.port}"):
        assert site.request("PUT", GUARDED, [*site.credentials["session"], ("Origin", origin)], b"{}").status == 403
    assert len(backend.hits) == before


# --- settings of Postern's that the sites do not have ---
@pytest.fixture(scope="module", params=["nginx", "apache", "lighttpd", "caddy"])
def strict(request, backend):
    """A site that answers 401, behind a proxy whose X-Forwarded-For it believes."""
    site = Site(request.param, DEMO_API=f"127.0.0.1:{backend.port}", POSTERN_GATE_CHALLENGE="on", POSTERN_TRUSTED_PROXIES="127.0.0.1")
    try:
        yield site.start()
        site.stop()
        assert not site.reports(), site.reports()
    finally:
        site.remove()


@pytest.mark.parametrize("credential", ["none", "unknown", "expired"])
def test_challenge_is_one(strict, credential):
    answer = strict.get(GUARDED, *strict.credentials[credential])
    assert answer.status == 401 and answer.headers.get_all("WWW-Authenticate") == ['Token realm="api"']
    assert answer.json()["detail"]


def test_who_is_known_is_refused_without_a_challenge(strict):
    answer = strict.get(GUARDED, *strict.credentials["without"])
    assert answer.status == 403 and answer.headers.get_all("WWW-Authenticate") is None


SPELLINGS = ["X_Forwarded_For", "X-Forwarded_For", "X_Forwarded-For", "X.Forwarded.For", "x_forwarded_for"]


@pytest.mark.parametrize("spelling", SPELLINGS)
def test_a_client_is_where_the_proxy_says(strict, backend, spelling):
    """Not where it says itself, however it spells that: a token for 10.0.0.0/8 opens nothing from elsewhere."""
    key = strict.token("khan", allowed_ips=["10.0.0.0/8"])["key"]
    real, own = ("X-Forwarded-For", "192.0.2.7"), (spelling, "10.0.0.1")
    before = len(backend.hits)
    for fields in ([real, own], [own, real]) * 10:
        assert strict.get(GUARDED, token_field(key), *fields).status >= 400
        assert strict.get("/api/users/tokens/", token_field(key), *fields).status >= 400
    assert len(backend.hits) == before
    if strict.server != "apache" and strict.server != "caddy":  # those replace the field by what they see themselves
        assert strict.get(GUARDED, token_field(key), ("X-Forwarded-For", "10.0.0.1")).status == 200
