"""/api/gate-check/ tells an operator what the web server passed on, names the usual mistakes, and gives no secret away.
Asked over FastCGI, as a web server with each mistake would; tests/servers asks through the four shipped configurations."""
import json

import pytest

from support import fastcgi, openapi

PATH = "/api/gate-check/"
KEY = "0123456789abcdef0123456789abcdef01234567"


@pytest.fixture
def check(demo):
    """check(NAME=value...): what it tells about a request with these parameters (a list: the parameter comes twice)."""

    def ask(**more):
        params = [(n, v) for n, vs in fastcgi.request("GET", PATH, **more).items() for v in (vs if isinstance(vs, list) else [vs])]
        reply = fastcgi.ask(demo.socket, [p for p in params if p[1] is not None])
        assert reply.status == 200, reply.stdout
        told = json.loads(reply.body)
        openapi.complain(openapi.schema_of("GET", PATH, 200), told, PATH)
        return told

    return ask


def named(told, words):
    return [a for a in told["advice"] if words in a]


def test_nothing_to_say_when_all_is_well(check):
    told = check(HTTP_AUTHORIZATION=f"Token {KEY}")
    assert told["advice"] == [] and told["problem"] is None
    assert (told["method"], told["path"], told["address"], told["host"]) == ("GET", PATH, "127.0.0.1", "127.0.0.1")
    assert (told["authorization_arrived"], told["authorization_scheme"], told["cookie_arrived"]) == (True, "Token", False)


@pytest.mark.parametrize("value", [f"Token {KEY}", f"Bearer {KEY}", KEY, "Basic aGFuazpwcm9wYW5l", f"Tokn {KEY}", f"Token{KEY}"])
def test_no_secret_is_echoed(demo, value):
    reply = fastcgi.ask(demo.socket, fastcgi.request("GET", PATH, HTTP_AUTHORIZATION=value, HTTP_COOKIE=f"sessionid={KEY}"))
    assert reply.status == 200
    assert KEY.encode() not in reply.stdout and b"aGFuazpwcm9wYW5l" not in reply.stdout
    assert json.loads(reply.body)["authorization_arrived"] and json.loads(reply.body)["cookie_arrived"]


def test_credential_is_not_judged(check):
    """Who tests a web server should not have to bring a live token."""
    assert check(HTTP_AUTHORIZATION=f"Token {KEY}")["authorization_arrived"]
    assert check(HTTP_AUTHORIZATION="Token a b c")["authorization_arrived"]


@pytest.mark.parametrize("params,words", [
    ({"SERVER_SOFTWARE": "Apache/2.4"}, "add CGIPassAuth On"),
    ({"SERVER_SOFTWARE": "nginx/1.22"}, "the web server removed it"),
    ({"REMOTE_ADDR": None}, "pass REMOTE_ADDR"),
    ({"REMOTE_ADDR": "somebody"}, "pass REMOTE_ADDR"),
    ({"HTTP_PROXY": "http://evil.example/"}, "blank HTTP_PROXY"),
    ({"REMOTE_USER": "hank"}, "REMOTE_USER arrived"),
    ({"POSTERN_ROLE": "Gate"}, 'not as "gate"'),
    ({"POSTERN_ROLE": ["x", "y"]}, "a parameter twice"),
    ({"QUERY_STRING": ["a=1", "b=2"]}, "a parameter twice"),
    ({"HTTP_X_FORWARDED_FOR": "192.0.2.1"}, "POSTERN_TRUSTED_PROXIES"),
    ({"HTTP_HOST": "elsewhere.example"}, "POSTERN_ALLOWED_HOSTS"),
    ({"HTTP_HOST": "bad host"}, "POSTERN_ALLOWED_HOSTS")])
def test_mistake_is_named(check, params, words):
    assert len(named(check(**params), words)) == 1
    assert not named(check(), words) or "Authorization" in named(check(), words)[0]


def test_refused_host_is_told_here_and_refused_elsewhere(check, demo):
    assert check(HTTP_HOST="elsewhere.example")["problem"] == "Invalid Host header."
    assert fastcgi.ask(demo.socket, fastcgi.request("GET", "/api/status/", HTTP_HOST="elsewhere.example")).status == 400


def test_no_page_is_made_of_a_refused_host(demo):
    reply = fastcgi.ask(demo.socket, fastcgi.request("GET", PATH, HTTP_HOST="<b>.example", HTTP_ACCEPT="text/html"))
    assert (reply.status, reply.headers["Content-Type"]) == (200, "application/json")


def test_proxy_that_is_listed_is_no_mistake(new_demo):
    demo = new_demo(POSTERN_TRUSTED_PROXIES="127.0.0.1").start()
    reply = fastcgi.ask(demo.socket, fastcgi.request("GET", PATH, HTTP_X_FORWARDED_FOR="192.0.2.1"))
    told = json.loads(reply.body)
    assert told["address"] == "192.0.2.1" and not named(told, "POSTERN_TRUSTED_PROXIES")
    told = json.loads(fastcgi.ask(demo.socket, fastcgi.request("GET", PATH, REMOTE_ADDR="198.51.100.1", HTTP_X_FORWARDED_FOR="192.0.2.1")).body)
    assert told["address"] == "198.51.100.1" and named(told, "POSTERN_TRUSTED_PROXIES")


def test_same_through_the_web_server(api):
    told = api.get(PATH).json()
    assert told["advice"] == ["No Authorization header arrived. If you sent one, the web server removed it."]
