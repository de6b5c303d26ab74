"""Who may do what with tokens: the write flag, restricted users, inactive users, expiry, networks, other people's tokens."""
import time

import pytest

from support.account import ANONYMOUS, FORBIDDEN, NOT_FOUND, TOKENS, path_of

UNSAFE = ["POST", "PUT", "PATCH", "DELETE"]


def refused(answer, body):
    return (answer.status_code, answer.json()) == (403, body)


# --- the write flag ---
@pytest.mark.parametrize("method", ["GET", "HEAD", "OPTIONS"])
@pytest.mark.parametrize("detail", [False, True])
def test_read_only_token_may_read(alice, method, detail):
    token = alice.create(write_enabled=False)
    assert alice.request(method, path_of(token) if detail else TOKENS, token=token["key"]).status_code == 200


@pytest.mark.parametrize("method", UNSAFE)
@pytest.mark.parametrize("detail", [False, True])
def test_read_only_token_may_not_write(alice, method, detail):
    token = alice.create(write_enabled=False)
    before = alice.stored()
    answer = alice.request(method, path_of(token) if detail else TOKENS, token=token["key"], json={"write_enabled": True})
    assert refused(answer, FORBIDDEN)
    assert alice.stored() == before


def test_read_only_token_may_not_change_preferences(alice):
    token = alice.create(write_enabled=False)
    assert refused(alice.patch("/api/users/config/", token=token["key"], json={"a": 1}), FORBIDDEN)
    assert alice.get("/api/users/config/", token=token["key"]).json() == {}


def test_write_flag_counts_at_once_in_both_directions(alice):
    token = alice.create()
    assert alice.patch(path_of(token), json={"write_enabled": False}).status_code == 200
    assert refused(alice.post(token=token["key"], json={}), FORBIDDEN)
    assert alice.patch(path_of(token), json={"write_enabled": True}).status_code == 200
    assert alice.post(token=token["key"], json={}).status_code == 201


# --- restricted users ---
@pytest.fixture
def dale(account):
    return account(tokens=False)


@pytest.mark.parametrize("how", ["token", "basic"])
@pytest.mark.parametrize("method, detail, body", [
    ("POST", False, {}), ("POST", False, [{}]), ("PUT", False, []), ("PATCH", False, []),
    ("PUT", True, {"description": "x"}), ("PATCH", True, {"write_enabled": False}), ("POST", True, {})])
def test_restricted_user_may_not_create_or_modify(dale, how, method, detail, body):
    before = dale.stored()
    credential = {"token": dale.key} if how == "token" else {"basic": dale.basic}
    answer = dale.request(method, path_of(dale.token) if detail else TOKENS, json=body, **credential)
    assert refused(answer, FORBIDDEN)
    assert dale.stored() == before


def test_restricted_user_may_list_and_show(dale):
    assert dale.get().json()["count"] == 1
    assert dale.get(path_of(dale.token)).status_code == 200
    assert dale.get(basic=dale.basic).status_code == 200


def test_restricted_user_may_delete_own_tokens(dale):
    assert dale.delete(path_of(dale.token), basic=dale.basic).status_code == 204
    assert dale.stored() == []


def test_restricted_user_may_delete_in_bulk(dale):
    assert dale.delete(basic=dale.basic, json=[{"id": dale.token["id"]}]).status_code == 204
    assert dale.stored() == []


def test_restricted_user_is_offered_no_actions(dale):
    assert "actions" not in dale.options().json()


def test_restriction_counts_at_once_and_can_be_lifted(alice):
    alice.demo.postern("user", "forbid-tokens", alice.name)
    assert refused(alice.post(json={}), FORBIDDEN)
    alice.demo.postern("user", "allow-tokens", alice.name)
    assert alice.post(json={}).status_code == 201


@pytest.mark.parametrize("method, detail, body", [("POST", False, {}), ("POST", False, [{}, {}]), ("PATCH", True, {"description": "x"}),
                                                  ("PUT", True, {"description": "x"}), ("PATCH", False, [{"description": "x"}])])
def test_restriction_also_stops_a_request_that_has_begun(alice, method, detail, body):
    before = alice.stored()
    if not detail and method == "PATCH":
        body[0]["id"] = alice.token["id"]
    answer = alice.demo.while_changing("UPDATE postern.users SET may_manage_tokens = false WHERE id = %s", alice.id,
                                       act=lambda: alice.request(method, path_of(alice.token) if detail else TOKENS, json=body))
    assert refused(answer, FORBIDDEN)
    assert alice.stored() == before


def test_restriction_also_stops_provisioning_that_has_begun(alice):
    before = alice.stored()
    answer = alice.demo.while_changing("UPDATE postern.users SET may_manage_tokens = false WHERE id = %s", alice.id,
                                       act=lambda: alice.post(basic=alice.basic))
    assert refused(answer, FORBIDDEN)
    assert alice.stored() == before


def test_superuser_is_restricted_too(account):
    assert refused(account(superuser=True, tokens=False).post(json={}), FORBIDDEN)


# --- inactive users ---
def test_token_of_an_inactive_user_is_refused(account):
    bill = account(active=False)
    assert refused(bill.get(), {"detail": "User inactive"})
    assert refused(bill.get("/api/authentication-check/"), {"detail": "User inactive"})


def test_user_is_disabled_and_enabled_at_once(alice):
    alice.demo.postern("user", "disable", alice.name)
    assert refused(alice.get(), {"detail": "User inactive"})
    alice.demo.postern("user", "enable", alice.name)
    assert alice.get().status_code == 200


# --- expiry ---
def test_expired_token_is_refused(alice):
    token = alice.create(expires="2099-01-01T00:00:00Z")
    assert alice.get(token=token["key"]).status_code == 200
    assert alice.patch(path_of(token), json={"expires": "2001-01-01T00:00:00Z"}).status_code == 200
    assert refused(alice.get(token=token["key"]), {"detail": "Token expired"})


def test_token_expires_by_itself(alice):
    then = time.time() + 1.2
    stamp = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(then)) + f"{then % 1:.6f}"[1:] + "Z"
    token = alice.create(expires=stamp)
    assert alice.get(token=token["key"]).status_code == 200
    time.sleep(max(0.0, then - time.time()) + 0.05)
    assert refused(alice.get(token=token["key"]), {"detail": "Token expired"})


def test_expired_token_lives_again_with_a_later_time(alice):
    token = alice.create()
    alice.patch(path_of(token), json={"expires": "2001-01-01T00:00:00Z"})
    alice.patch(path_of(token), json={"expires": None})
    assert alice.get(token=token["key"]).status_code == 200


def test_expired_comes_before_inactive(alice):
    token = alice.create()
    alice.patch(path_of(token), json={"expires": "2001-01-01T00:00:00Z"})
    alice.demo.postern("user", "disable", alice.name)
    assert refused(alice.get(token=token["key"]), {"detail": "Token expired"})


# --- networks ---
@pytest.mark.parametrize("networks", [["127.0.0.1/32"], ["127.0.0.0/8"], ["10.0.0.0/8", "127.0.0.1"], ["0.0.0.0/0"], []])
def test_token_is_accepted_from_its_networks(alice, networks):
    assert alice.get(token=alice.create(allowed_ips=networks)["key"]).status_code == 200


@pytest.mark.parametrize("networks", [["10.0.0.0/8"], ["127.0.0.2/32"], ["::/0"], ["::1"], ["192.0.2.0/24", "2001:db8::/32"]])
def test_token_is_refused_from_elsewhere(alice, networks):
    answer = alice.get(token=alice.create(allowed_ips=networks)["key"])
    assert refused(answer, {"detail": "Source IP 127.0.0.1 is not permitted to authenticate using this token."})


def test_client_cannot_claim_another_address(alice):
    key = alice.create(allowed_ips=["10.0.0.0/8"])["key"]
    for name in ("X-Forwarded-For", "X-Real-IP", "Forwarded", "Client-IP"):
        assert alice.get(token=key, headers={name: "10.1.1.1"}).status_code == 403


def test_token_bound_to_networks_cannot_make_one_that_is_not(alice):
    """Else whoever holds it would have it for good from everywhere."""
    key = alice.create(allowed_ips=["127.0.0.0/8"])["key"]
    assert refused(alice.post(token=key, json={}), FORBIDDEN)
    assert refused(alice.patch(path_of(alice.token), token=key, json={}), FORBIDDEN)


# --- other people's tokens ---
@pytest.mark.parametrize("superuser", [False, True])
@pytest.mark.parametrize("method", ["GET", "HEAD", "PUT", "PATCH", "DELETE"])
def test_token_of_somebody_else_does_not_exist(account, method, superuser):
    alice, peggy = account(), account(superuser=superuser)
    answer = peggy.request(method, path_of(alice.token), json={"description": "mine"})
    assert answer.status_code == 404
    assert method == "HEAD" or answer.json() == NOT_FOUND
    assert len(alice.stored()) == 1 and alice.stored()[0][4] == "first"


@pytest.mark.parametrize("superuser", [False, True])
def test_list_holds_own_tokens_only(account, superuser):
    account()
    peggy = account(superuser=superuser)
    assert [t["id"] for t in peggy.get().json()["results"]] == [peggy.token["id"]]


@pytest.mark.parametrize("query", ["id={id}", "q={id}", "key={key}"])
def test_filters_do_not_reach_tokens_of_others(account, query):
    alice, bob = account(), account()
    assert bob.get(f"{TOKENS}?{query.format(**alice.token)}").json()["count"] == 0


# --- anonymous ---
@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "FOO"])
@pytest.mark.parametrize("path", [TOKENS, TOKENS + "6f1f4b2e-0000-4000-8000-000000000000/"])
def test_anonymous_is_refused_whatever_the_method(api, method, path):
    assert refused(api.request(method, path), ANONYMOUS)


def test_anonymous_create_stores_nothing(api, demo):
    before = demo.psql("SELECT count(*) FROM postern.tokens WHERE description = 'nobody''s'")
    assert api.post(TOKENS, json={"description": "nobody's"}).status_code == 403
    assert demo.psql("SELECT count(*) FROM postern.tokens WHERE description = 'nobody''s'") == before
