"""What follows from a change, whoever makes it: sessions end, the workers hear of it."""

import json

import psycopg
import pytest

from sqlcluster import HASH, OTHER_HASH


def sessions(sql, user):
    return sql.one("SELECT count(*) FROM postern.sessions WHERE user_id = %s", user)


@pytest.fixture
def hank(sql):
    """A user with two sessions."""
    hank = sql.user("hank", password_hash=HASH)
    sql.session(hank)
    sql.session(hank)
    return hank


@pytest.mark.parametrize("change", [f"password_hash = '{OTHER_HASH}'", "password_hash = NULL", "is_active = false"])
def test_plain_update_of_password_or_active_ends_the_users_sessions(sql, hank, change):
    sql.run(f"UPDATE postern.users SET {change}", role="ada")
    assert sessions(sql, hank) == 0


@pytest.mark.parametrize("change", [f"password_hash = '{HASH}'", "is_active = true", "email = 'h@example.org'", "username = 'hankhill'",
                                    "may_manage_tokens = false", "last_login = now()"])
def test_other_updates_leave_sessions_alone(sql, hank, change):
    sql.run(f"UPDATE postern.users SET {change}")
    assert sessions(sql, hank) == 2


def test_sessions_of_others_stay(sql, hank):
    dale = sql.user("dale")
    sql.session(dale)
    sql.run("UPDATE postern.users SET password_hash = %s WHERE id = %s", OTHER_HASH, hank)
    assert (sessions(sql, hank), sessions(sql, dale)) == (0, 1)


def from_own_session(sql, hank, statement):
    own = sql.session(hank)
    with psycopg.connect(sql.dsn("postern")) as c:
        c.execute("SELECT set_config('postern.actor', %s, true)", (json.dumps({"user_id": str(hank), "session_id": str(own)}),))
        c.execute(statement)
    return own


def test_own_password_change_keeps_the_session_it_came_from(sql, hank):
    own = from_own_session(sql, hank, f"UPDATE postern.users SET password_hash = '{OTHER_HASH}'")
    assert sql.run("SELECT id FROM postern.sessions") == [(own,)]


def test_actor_calling_it_rehashing_does_not_keep_a_disabled_user_signed_in(sql, hank):
    peggy = str(sql.user("peggy", is_superuser=True))
    with psycopg.connect(sql.dsn("postern")) as c:
        c.execute("SELECT set_config('postern.actor', %s, true)", (json.dumps({"user_id": peggy, "action": "password_rehashed"}),))
        c.execute("SELECT postern.save_user(%s, '{\"is_active\": false}')", (hank,))
    assert sessions(sql, hank) == 0


def test_being_disabled_ends_the_own_session_too(sql, hank):
    sql.run("UPDATE postern.users SET is_superuser = true")
    sql.user("peggy", is_superuser=True)
    from_own_session(sql, hank, f"SELECT postern.save_user('{hank}', '{{\"is_active\": false}}')")
    assert sessions(sql, hank) == 0


def rehash(sql):
    with psycopg.connect(sql.dsn("postern")) as c:
        c.execute("SELECT set_config('postern.actor', '{\"action\": \"password_rehashed\"}', true)")
        c.execute("UPDATE postern.users SET password_hash = %s", (OTHER_HASH,))


def test_rehashing_the_same_password_ends_nothing(sql, hank):
    rehash(sql)
    assert sessions(sql, hank) == 2


def test_rehashing_is_not_recorded_as_a_new_password(sql, hank):
    rehash(sql)
    assert sql.actions()[-1] == "password_rehashed"


def heard(sql, *statements, role="postgres"):
    """The notices that the statements cause, together."""
    with psycopg.connect(sql.dsn("postern"), autocommit=True) as c:
        c.execute("LISTEN postern_changes")
        for statement in statements:
            sql.run(statement, role=role)
        sql.run("NOTIFY postern_changes, 'end'")
        notices = []
        for notice in c.notifies():
            if notice.payload == "end":
                return sorted(notices)
            notices.append(notice.payload)
    raise AssertionError("the connection ended")


@pytest.fixture
def stocked(sql, hank):
    sql.run("UPDATE postern.users SET id = id")  # no change, no notice
    sql.token(hank, tail="000001")
    sql.permission(name="sites")
    sql.run("INSERT INTO postern.groups (name) VALUES ('ops')")
    return sql


def ids(sql, table, kind):
    return sorted(f"{kind}:{row[0]}" for row in sql.run(f"SELECT id FROM postern.{table}"))


@pytest.mark.parametrize("statement", ["UPDATE postern.users SET may_manage_tokens = false", "UPDATE postern.users SET username = 'x'",
                                       "UPDATE postern.users SET is_superuser = true"])
def test_changed_user_is_announced(stocked, statement):
    assert heard(stocked, statement) == ids(stocked, "users", "user")


@pytest.mark.parametrize("statement", ["UPDATE postern.tokens SET expires = now()", "UPDATE postern.tokens SET write_enabled = false",
                                       "UPDATE postern.tokens SET allowed_ips = '{10.0.0.0/8}'", "DELETE FROM postern.tokens",
                                       "UPDATE postern.tokens SET digest = sha256('x')"])
def test_changed_or_deleted_token_is_announced(stocked, statement):
    wanted = ids(stocked, "tokens", "token")
    assert heard(stocked, statement) == wanted


def test_new_token_is_announced(stocked):
    stocked.run("DELETE FROM postern.tokens")
    notices = heard(stocked, "INSERT INTO postern.tokens (user_id, digest, pepper, tail) SELECT id, sha256('x'), 1, 'abcdef' FROM postern.users")
    assert notices == ids(stocked, "tokens", "token")


def test_disabling_a_user_announces_the_user_and_the_ended_sessions(stocked):
    wanted = sorted(ids(stocked, "users", "user") + ids(stocked, "sessions", "session"))
    assert heard(stocked, "UPDATE postern.users SET is_active = false") == wanted


def test_deleting_a_user_announces_the_tokens_and_sessions_too(stocked):
    wanted = sorted(ids(stocked, "users", "user") + ids(stocked, "tokens", "token") + ids(stocked, "sessions", "session"))
    assert heard(stocked, "DELETE FROM postern.users") == wanted


def test_permission_and_its_grants_are_announced(stocked):
    user, permission = ids(stocked, "users", "user"), ids(stocked, "permissions", "permission")
    grant = "INSERT INTO postern.permission_users SELECT p.id, u.id FROM postern.permissions AS p, postern.users AS u"
    assert heard(stocked, grant) == user
    assert heard(stocked, "UPDATE postern.permissions SET enabled = false") == permission
    assert heard(stocked, "DELETE FROM postern.permission_users") == user


def test_membership_and_group_grants_are_announced(stocked):
    join = "INSERT INTO postern.group_members SELECT g.id, u.id FROM postern.groups AS g, postern.users AS u"
    grant = "INSERT INTO postern.permission_groups SELECT p.id, g.id FROM postern.permissions AS p, postern.groups AS g"
    assert heard(stocked, join) == ids(stocked, "users", "user")
    assert heard(stocked, grant) == ids(stocked, "groups", "group")
    wanted = sorted(ids(stocked, "users", "user") + ids(stocked, "groups", "group"))
    assert heard(stocked, "DELETE FROM postern.groups") == wanted


@pytest.mark.parametrize("statement", [
    "UPDATE postern.users SET last_login = now(), config = '{\"a\": 1}'",
    "UPDATE postern.users SET email = email",
    "UPDATE postern.sessions SET last_seen = now(), flash = '[1]'",
    "INSERT INTO postern.token_use SELECT id, now() FROM postern.tokens",
    "UPDATE postern.tokens SET write_enabled = false WHERE false",
])
def test_routine_is_not_announced(stocked, statement):
    assert heard(stocked, statement) == []


def test_big_change_is_announced_as_one(stocked):
    assert heard(stocked, "INSERT INTO postern.users (username) SELECT 'u' || n FROM generate_series(1, 101) AS n") == ["user:*"]


def test_truncate_is_announced(stocked):
    assert heard(stocked, "TRUNCATE postern.token_use, postern.tokens") == ["token:*"]


def test_rolled_back_change_is_not_announced(stocked):
    assert heard(stocked, "BEGIN", "DELETE FROM postern.tokens", "ROLLBACK") == []
