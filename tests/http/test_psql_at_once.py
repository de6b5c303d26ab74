"""What an administrator changes in psql is felt by the very next request."""
import pytest

from support.account import FORBIDDEN, TOKENS


def test_restricting_takes_creation_away_and_allowing_gives_it_back(demo, alice):
    assert alice.post(json={}).status_code == 201
    demo.psql("SELECT postern.restrict_tokens(%s)", alice.name)
    assert (refused := alice.post(json={})).status_code == 403 and refused.json() == FORBIDDEN
    demo.psql("SELECT postern.allow_tokens(%s)", alice.name)
    assert alice.post(json={}).status_code == 201


def test_revoking_ends_a_token(demo, alice):
    assert alice.get().status_code == 200
    demo.psql("SELECT postern.revoke_token(%s)", alice.token["id"])
    assert alice.get().json() == {"detail": "Invalid token"}


def test_deleting_the_row_ends_a_token(demo, alice):
    demo.psql("DELETE FROM postern.tokens WHERE id = %s", alice.token["id"])
    assert alice.get().json() == {"detail": "Invalid token"}


def test_disabling_ends_every_credential(demo, alice):
    demo.psql("SELECT postern.disable_user(%s)", alice.name)
    assert alice.get().json() == {"detail": "User inactive"}
    assert alice.get(basic=alice.basic).json() == {"detail": "Invalid username/password."}


def test_an_expiry_counts(demo, alice):
    demo.psql("UPDATE postern.tokens SET expires = now() WHERE id = %s", alice.token["id"])
    assert alice.get().json() == {"detail": "Token expired"}


def test_taking_the_write_right_counts(demo, alice):
    demo.psql("UPDATE postern.tokens SET write_enabled = false WHERE id = %s", alice.token["id"])
    assert alice.post(json={}).json() == FORBIDDEN
    assert alice.get().status_code == 200


@pytest.mark.parametrize("networks, status", [("{10.0.0.0/8}", 403), ("{127.0.0.0/8}", 200)])
def test_networks_count(demo, alice, networks, status):
    demo.psql("UPDATE postern.tokens SET allowed_ips = %s::cidr[] WHERE id = %s", networks, alice.token["id"])
    assert alice.get().status_code == status


def test_a_permission_opens_the_gate_and_its_loss_closes_it(demo, alice):
    path = "/api/ipam/prefixes/"
    assert alice.get(path).status_code == 403
    demo.psql("SELECT postern.grant_permission(%s, 'ipam.prefix', 'view')", alice.name)
    assert alice.get(path).status_code == 200
    assert alice.post(path, json={}).status_code == 403
    demo.psql("SELECT postern.revoke_permission(%s, 'ipam.prefix', 'view')", alice.name)
    assert alice.get(path).status_code == 403


def test_a_superuser_needs_no_permission_from_then_on(demo, alice):
    demo.psql("UPDATE postern.users SET is_superuser = true WHERE id = %s", alice.id)
    assert alice.get("/api/ipam/prefixes/").status_code == 200


def test_tokens_of_a_deleted_user_are_unknown(demo, alice):
    demo.psql("DELETE FROM postern.users WHERE id = %s", alice.id)
    assert alice.get(TOKENS).json() == {"detail": "Invalid token"}
