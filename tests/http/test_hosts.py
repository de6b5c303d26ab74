"""The Host header: what is believed of it, and what is refused."""
import pytest

from support import fastcgi
from support.demo import Demo
from support.log import access_line


def ask(raw, host, more=b"", version=b"1.1"):
    line = b"" if host is None else b"Host: " + host + b"\r\n"
    return raw(b"GET /api/ HTTP/%s\r\n%s%sConnection: close\r\n\r\n" % (version, line, more))


@pytest.mark.parametrize("host, told", [(b"localhost", "localhost"), (b"127.0.0.1:81", "127.0.0.1:81"), (b"[::1]", "[::1]"), (b"[::1]:8080", "[::1]:8080"),
                                        (b"LOCALHOST", "localhost"), (b"localhost.", "localhost.")])
def test_links_carry_an_allowed_host(raw, host, told):
    answer = ask(raw, host)
    assert answer.status == 200
    assert f'"http://{told}/api/users/"'.encode().lower() in answer.body.lower()


@pytest.mark.parametrize("host", [b"evil.example", b"localhost.evil.example", b"xlocalhost", b"127.0.0.1.evil.example", b"127.0.0.2", b"localhost:x",
                                  b"localhost:99999", b"localhost:", b"[::2]", b"[::1", b"user@localhost", b"localhost/evil", b"local_host!", b"localhost:80:80",
                                  b"\xc3\xbc.example", b"localhost evil", b"localhost,evil.example", b"*", b".", b"localhost..", b"a" * 300, b"<script>"])
def test_other_hosts_are_refused(raw, host):
    answer = ask(raw, host)
    assert answer.status == 400
    assert b"evil" not in answer.body and b"script>" not in answer.body


def test_refusal_has_the_documented_text(raw):
    assert ask(raw, b"evil.example").body == b'{"detail":"Invalid Host header."}'


def test_two_hosts_are_refused(raw):
    assert ask(raw, b"localhost", b"Host: localhost\r\n").status == 400


def test_no_host_is_refused_where_one_is_due(raw):
    assert ask(raw, None).status == 400


@pytest.mark.parametrize("name", [b"X-Forwarded-Host", b"X-Host", b"Forwarded"])
def test_client_cannot_claim_another_host(raw, name):
    answer = ask(raw, b"localhost", name + b": evil.example\r\n")
    assert answer.status == 200 and b"evil" not in answer.body


def test_client_cannot_claim_https(raw):
    answer = ask(raw, b"localhost", b"X-Forwarded-Proto: https\r\n")
    assert answer.status == 200 and b"https:" not in answer.body


def test_absolute_target_names_the_host(raw):
    """RFC 9112 section 3.2.2: it counts, whatever Host says; Postern must not link to what it did not check."""
    answer = raw(b"GET http://evil.example/api/ HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
    assert answer.status == 400 or b"evil" not in answer.body


def test_server_name_serves_where_no_host_came(demo):
    params = {**fastcgi.request("GET", "/api/"), "SERVER_NAME": "localhost", "SERVER_PORT": "8080"}
    del params["HTTP_HOST"]
    assert b'"http://localhost:8080/api/users/"' in fastcgi.ask(demo.socket, params).body


def test_https_is_told_by_the_web_server(demo):
    params = {**fastcgi.request("GET", "/api/"), "HTTPS": "on"}
    assert b'"https://127.0.0.1/api/users/"' in fastcgi.ask(demo.socket, params).body


@pytest.fixture(scope="module")
def behind_proxy():
    """A demo that believes its web server's X-Forwarded-*, and serves other hosts."""
    it = Demo(POSTERN_TRUSTED_PROXIES="127.0.0.1,10.0.0.0/8", POSTERN_ALLOWED_HOSTS="127.0.0.1,api.example.org,.example.net")
    try:
        yield it.start()
    finally:
        it.remove()


def proxied(demo, **headers):
    return fastcgi.ask(demo.socket, {**fastcgi.request("GET", "/api/"), "HTTP_HOST": "api.example.org", **headers})


@pytest.mark.parametrize("headers, base", [
    ({}, b"http://api.example.org"), ({"HTTP_X_FORWARDED_PROTO": "https"}, b"https://api.example.org"),
    ({"HTTP_X_FORWARDED_HOST": "www.example.net:8443", "HTTP_X_FORWARDED_PROTO": "https"}, b"https://www.example.net:8443"),
    ({"HTTP_X_FORWARDED_HOST": "evil.example, example.net"}, b"http://example.net"), ({"HTTP_X_FORWARDED_PROTO": "gopher"}, b"http://api.example.org")])
def test_listed_proxy_is_believed(behind_proxy, headers, base):
    reply = proxied(behind_proxy, **headers)
    assert reply.status == 200 and b'"' + base + b'/api/users/"' in reply.body


def test_a_forwarded_field_that_comes_twice_from_another_server_is_refused(behind_proxy):
    """All but nginx join the lines of one name, so the other one is X_Forwarded_For, which clients may send."""
    for name, value in (("FOR", "192.0.2.1"), ("PROTO", "https"), ("HOST", "api.example.org")):
        reply = twice(behind_proxy, f"HTTP_X_FORWARDED_{name}", value, value, SERVER_SOFTWARE="lighttpd/1.4.69")
        assert reply.status == 400 and b"two spellings" in reply.body


def twice(demo, name, first, second, **headers):
    """A request whose client sent a forwarded field of its own, behind which the proxy put another."""
    params = {**fastcgi.request("GET", "/api/"), "HTTP_HOST": "api.example.org", "SERVER_SOFTWARE": "nginx/1.22.1", **headers}
    return fastcgi.ask(demo.socket, [(name, first), *params.items(), (name, second)])


def test_of_two_forwarded_fields_the_proxy_s_own_counts(behind_proxy):
    """HAProxy adds a field instead of an entry, and nginx before 1.23 passes both on."""
    reply = twice(behind_proxy, "HTTP_X_FORWARDED_FOR", "203.0.113.9", "192.0.2.1", HTTP_X_REQUEST_ID="two-fields")
    assert reply.status == 200 and "address=192.0.2.1 " in access_line(behind_proxy, "two-fields") + " "
    assert twice(behind_proxy, "HTTP_X_FORWARDED_FOR", "203.0.113.9", "nonsense", HTTP_X_REQUEST_ID="two-bad-fields").status == 200
    assert "203.0.113.9" not in access_line(behind_proxy, "two-bad-fields")
    assert b'"https://api' in twice(behind_proxy, "HTTP_X_FORWARDED_PROTO", "http", "https").body
    assert b'"http://www.example.net/' in twice(behind_proxy, "HTTP_X_FORWARDED_HOST", "api.example.org", "www.example.net").body


@pytest.mark.parametrize("host", ["evil.example", "example.net, evil.example", "xexample.net", ""])
def test_forwarded_host_must_be_allowed_too(behind_proxy, host):
    reply = proxied(behind_proxy, HTTP_X_FORWARDED_HOST=host)
    assert reply.status == 400 or (host == "" and b"//api.example.org/" in reply.body)


@pytest.mark.parametrize("chain, address", [("192.0.2.1", "192.0.2.1"), ("203.0.113.9, 192.0.2.1", "192.0.2.1"), ("192.0.2.1, 10.1.2.3", "192.0.2.1"),
                                            ("", "127.0.0.1"), ("192.0.2.1, nonsense", ""), ("2001:db8::1", "2001:db8::1")])
def test_client_address_is_the_last_that_is_no_proxy(behind_proxy, chain, address):
    reply = proxied(behind_proxy, HTTP_X_FORWARDED_FOR=chain, HTTP_X_REQUEST_ID="who" + chain.encode().hex())
    assert reply.status == 200
    line = access_line(behind_proxy, "who" + chain.encode().hex())
    assert (f"address={address} " in line + " ") if address else ("address=" not in line or 'address=""' in line or line.endswith("address="))
