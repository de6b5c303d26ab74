"""DELETE on one token."""
import pytest

from support.account import NOT_FOUND, TOKENS, path_of


def test_deleted_token_is_gone(alice):
    token = alice.create()
    answer = alice.delete(path_of(token))
    assert (answer.status_code, answer.content) == (204, b"")
    assert alice.get(path_of(token)).status_code == 404
    assert len(alice.stored()) == 1


def test_answer_has_no_body_and_no_type(raw, alice):
    token = alice.create()
    answer = raw(b"DELETE %s HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\nAuthorization: Token %s\r\n\r\n" % (
        path_of(token).encode(), alice.key.encode()))
    assert (answer.status, answer.body) == (204, b"")
    assert not {"Content-Type", "Content-Length", "Transfer-Encoding"} & set(answer.headers)


def test_deleted_token_is_refused(alice):
    token = alice.create()
    assert alice.get(token=token["key"]).status_code == 200
    alice.delete(path_of(token))
    answer = alice.get(token=token["key"])
    assert (answer.status_code, answer.json()) == (403, {"detail": "Invalid token"})


def test_repeated_delete_is_not_found(alice):
    token = alice.create()
    alice.delete(path_of(token))
    answer = alice.delete(path_of(token))
    assert (answer.status_code, answer.json()) == (404, NOT_FOUND)


@pytest.mark.parametrize("name", ["x", "6f1f4b2e-0000-4000-8000-000000000000"])
def test_unknown_token_is_not_found(alice, name):
    answer = alice.delete(f"{TOKENS}{name}/")
    assert (answer.status_code, answer.json()) == (404, NOT_FOUND)


@pytest.mark.parametrize("body, kind", [("x", "text/plain"), ("{", "application/json"), ("[1]", "application/json"), ("\0", "")])
def test_body_is_ignored(alice, body, kind):
    token = alice.create()
    assert alice.delete(path_of(token), data=body, headers={"Content-Type": kind}).status_code == 204


def test_token_can_delete_itself(alice):
    assert alice.delete(path_of(alice.token)).status_code == 204
    assert alice.get().json() == {"detail": "Invalid token"}


def test_only_this_token_is_deleted(alice):
    one, two = alice.create(), alice.create()
    alice.delete(path_of(one))
    assert alice.get(token=two["key"]).status_code == 200


def test_delete_with_basic(alice):
    assert alice.delete(path_of(alice.token), basic=alice.basic).status_code == 204
    assert alice.stored() == []
