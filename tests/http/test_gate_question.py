"""Questions to the gate that a web server's configuration left incomplete: none of them opens."""
import pytest

from support import fastcgi

GATE = {"POSTERN_ROLE": "gate", "POSTERN_METHOD": "GET", "POSTERN_PATH": "/x", "REQUEST_METHOD": "GET", "REQUEST_URI": "/x", "REMOTE_ADDR": "127.0.0.1"}


def ask(alice, role=fastcgi.RESPONDER, drop=(), **more):
    params = {k: v for k, v in {**GATE, "HTTP_AUTHORIZATION": f"Token {alice.key}", **more}.items() if k not in drop}
    return fastcgi.ask(alice.demo.socket, params, role=role)


def test_whole_question_opens(alice):
    assert ask(alice).status == 200
    assert ask(alice, drop=["POSTERN_PATH"]).status == 200
    bare = ["POSTERN_ROLE", "POSTERN_METHOD", "POSTERN_PATH"]
    for server in ({"POSTERN_SERVER": "lighttpd"}, {"FCGI_APACHE_ROLE": "AUTHENTICATOR"}):
        assert ask(alice, fastcgi.AUTHORIZER, drop=bare, **server).status == 200


def test_authorizer_s_question_that_lost_its_settings_is_refused(alice):
    """lighttpd's, when a later condition set something else: the object type is lost, too, and any token would do."""
    reply = ask(alice, fastcgi.AUTHORIZER, drop=["POSTERN_ROLE", "POSTERN_METHOD", "POSTERN_PATH"])
    assert reply.status == 403 and "POSTERN_SERVER" in reply.headers["X-Postern-Deny"]


@pytest.mark.parametrize("change", [{"drop": ["POSTERN_METHOD"]}, {"POSTERN_METHOD": ""}, {"role": fastcgi.AUTHORIZER, "POSTERN_METHOD": ""},
                                    {"role": fastcgi.AUTHORIZER, "drop": ["POSTERN_METHOD", "REQUEST_METHOD"]}])
def test_question_without_a_method_is_no_read(alice, change):
    """Caddy asks by GET whatever it asks about, so REQUEST_METHOD tells nothing there."""
    reply = ask(alice, **change)
    assert reply.status == 403 and reply.headers["X-Postern-Deny"] == '{"detail":"The web server named no method."}'


@pytest.mark.parametrize("role", [fastcgi.RESPONDER, fastcgi.AUTHORIZER])
@pytest.mark.parametrize("change", [{"drop": ["POSTERN_PATH", "REQUEST_URI"]}, {"POSTERN_PATH": "", "REQUEST_URI": ""}])
def test_question_without_a_path_is_refused(alice, role, change):
    reply = ask(alice, role, **change)
    assert reply.status == 403 and "named no path" in reply.headers["X-Postern-Deny"]
