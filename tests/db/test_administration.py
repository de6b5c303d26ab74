"""The functions and views for administrators in psql, as a member of postern_admin."""

import os

import pytest

from sqlcluster import HASH, OTHER_HASH


class Ada:
    """Calls functions as the administrator."""

    def __init__(self, sql):
        self.sql = sql

    def __call__(self, function, *args):
        return self.sql.one(f"SELECT postern.{function}({', '.join(['%s'] * len(args))})", *args, role="ada")

    def refused(self, function, *args):
        return self.sql.refused(f"SELECT postern.{function}({', '.join(['%s'] * len(args))})", *args, role="ada")


@pytest.fixture
def ada(sql):
    return Ada(sql)


def user(sql, name="hank"):
    return sql.dicts("SELECT * FROM postern.users WHERE username = %s", name)[0]


def test_create_user(sql, ada):
    new_id = ada("create_user", "hank", HASH)
    row = user(sql)
    assert (row["id"], row["password_hash"], row["is_active"], row["is_superuser"], row["may_manage_tokens"]) == (new_id, HASH, True, False, True)


def test_create_user_without_password(sql, ada):
    ada("create_user", "hank")
    assert user(sql)["password_hash"] is None


def test_create_superuser(sql, ada):
    ada("create_user", "peggy", HASH, True)
    assert user(sql, "peggy")["is_superuser"] is True


def test_set_password(sql, ada):
    hank = sql.user(password_hash=HASH)
    sql.session(hank)
    ada("set_password", "Hank", OTHER_HASH)
    assert user(sql)["password_hash"] == OTHER_HASH
    assert sql.one("SELECT count(*) FROM postern.sessions") == 0


def test_restrict_and_allow_tokens(sql, ada):
    sql.user()
    ada("restrict_tokens", "hank")
    assert user(sql)["may_manage_tokens"] is False
    ada("allow_tokens", "hank")
    assert user(sql)["may_manage_tokens"] is True


def test_disable_and_enable_user(sql, ada):
    sql.session(sql.user())
    ada("disable_user", "hank")
    assert user(sql)["is_active"] is False
    assert sql.one("SELECT count(*) FROM postern.sessions") == 0
    ada("enable_user", "hank")
    assert user(sql)["is_active"] is True


def test_end_sessions(sql, ada):
    hank = sql.user()
    sql.session(hank)
    sql.session(hank)
    sql.session(sql.user("dale"))
    assert ada("end_sessions", "hank") == 2
    assert sql.one("SELECT count(*) FROM postern.sessions") == 1


@pytest.mark.parametrize("by", ["id", "ID", "tail", " tail "])
def test_revoke_token_by_id_or_last_digits(sql, ada, by):
    token = sql.token(sql.user())
    given = {"id": str(token), "ID": str(token).upper(), "tail": "3c9cb9", " tail ": " 3C9CB9 "}[by]
    assert ada("revoke_token", given) == "3c9cb9 (hank)"
    assert sql.one("SELECT count(*) FROM postern.tokens") == 0


def test_revoke_token_refuses_to_guess(sql, ada):
    hank = sql.user()
    tokens = [sql.token(hank), sql.token(hank)]
    error = ada.refused("revoke_token", "3c9cb9")
    assert error.sqlstate == "21000" and all(str(t) in error.diag.message_detail for t in tokens)
    assert sql.one("SELECT count(*) FROM postern.tokens") == 2


def test_revoke_token_refuses_a_key_and_does_not_repeat_it(sql, ada):
    key = os.urandom(20).hex()
    error = ada.refused("revoke_token", key)
    assert error.sqlstate == "22023" and key not in str(error)


def test_revoke_all(sql, ada):
    hank = sql.user()
    for _ in range(3):
        sql.token(hank)
    sql.token(sql.user("dale"))
    assert ada("revoke_all", "hank") == 3
    assert sql.one("SELECT count(*) FROM postern.tokens") == 1


def may(sql, name="hank", object_type="dcim.site", action="view"):
    return sql.one("SELECT postern.user_may(id, %s, %s) FROM postern.users WHERE username = %s", object_type, action, name)


def test_grant_permission_to_a_user(sql, ada):
    sql.user()
    ada("grant_permission", "hank", "dcim.site, ipam.prefix", "view,change")
    assert [may(sql), may(sql, object_type="ipam.prefix", action="change"), may(sql, action="delete")] == [True, True, False]


def test_grant_permission_to_a_group(sql, ada):
    sql.user()
    sql.run("INSERT INTO postern.groups (name) VALUES ('site editors')")
    sql.run("INSERT INTO postern.group_members SELECT g.id, u.id FROM postern.groups AS g, postern.users AS u")
    ada("grant_permission", "Site Editors", "dcim.site", "view")
    assert may(sql) is True


def test_same_grant_for_two_is_one_permission(sql, ada):
    sql.user("hank")
    sql.user("dale")
    first = ada("grant_permission", "hank", "dcim.site", "view,change")
    assert ada("grant_permission", "dale", "DCIM.Site", "change view") == first
    assert sql.one("SELECT name FROM postern.permissions") == "dcim.site: change, view"


def test_granting_twice_changes_nothing(sql, ada):
    sql.user()
    ada("grant_permission", "hank", "dcim.site", "view")
    before = len(sql.events())
    ada("grant_permission", "hank", "dcim.site", "view")
    assert len(sql.events()) == before


def test_grant_makes_a_new_permission_beside_a_disabled_one(sql, ada):
    sql.user()
    disabled = ada("grant_permission", "hank", "dcim.site", "view")
    sql.run("UPDATE postern.permissions SET enabled = false")
    assert ada("grant_permission", "hank", "dcim.site", "view") != disabled
    assert may(sql) is True


def test_prefix_tells_user_and_group_of_one_name_apart(sql, ada):
    sql.user("ops")
    sql.run("INSERT INTO postern.groups (name) VALUES ('ops')")
    error = ada.refused("grant_permission", "ops", "dcim.site", "view")
    assert error.sqlstate == "42P08" and "group:ops" in error.diag.message_hint
    ada("grant_permission", "group:ops", "dcim.site", "view")
    assert may(sql, "ops") is False
    ada("grant_permission", "user:ops", "dcim.site", "view")
    assert may(sql, "ops") is True


def test_revoke_permission(sql, ada):
    sql.user()
    ada("grant_permission", "hank", "dcim.site", "view")
    ada("grant_permission", "hank", "dcim.site", "change")
    ada("grant_permission", "hank", "ipam.prefix", "view")
    assert ada("revoke_permission", "hank", "dcim.site", "view, change, delete") == 2
    assert [may(sql), may(sql, object_type="ipam.prefix")] == [False, True]


def test_revoke_permission_of_one_leaves_the_others(sql, ada):
    for name in ("hank", "dale"):
        sql.user(name)
        ada("grant_permission", name, "dcim.site", "view")
    ada("revoke_permission", "hank", "dcim.site", "view")
    assert [may(sql, "hank"), may(sql, "dale")] == [False, True]


def test_revoke_permission_refuses_while_a_wider_one_gives_the_right(sql, ada):
    sql.user()
    ada("grant_permission", "hank", "dcim.site", "view,change")
    error = ada.refused("revoke_permission", "hank", "dcim.site", "change")
    assert error.sqlstate == "2BP01" and "'dcim.site: change, view'" in str(error)
    assert may(sql, action="change") is True


REFUSALS = [  # function, arguments, SQLSTATE, in the message
    ("create_user", ["HANK"], "23505", 'already a user "HANK"'),
    ("create_user", ["hank hill"], "23514", "no user name"),
    ("create_user", [""], "23514", "no user name"),
    ("create_user", [None], "23514", "no user name"),
    ("create_user", ["x", "secret"], "23514", "not an argon2id hash"),
    ("set_password", ["nobody", HASH], "P0002", 'no user "nobody"'),
    ("set_password", ["hank", "secret"], "23514", "not an argon2id hash"),
    ("restrict_tokens", ["nobody"], "P0002", 'no user "nobody"'),
    ("allow_tokens", ["nobody"], "P0002", 'no user "nobody"'),
    ("disable_user", ["nobody"], "P0002", 'no user "nobody"'),
    ("enable_user", ["nobody"], "P0002", 'no user "nobody"'),
    ("end_sessions", ["nobody"], "P0002", 'no user "nobody"'),
    ("revoke_all", ["nobody"], "P0002", 'no user "nobody"'),
    ("revoke_token", ["ffffff"], "P0002", 'no token "ffffff"'),
    ("revoke_token", [""], "P0002", "no token"),
    ("grant_permission", ["nobody", "dcim.site", "view"], "P0002", 'no user or group "nobody"'),
    ("grant_permission", ["group:hank", "dcim.site", "view"], "P0002", 'no user or group "group:hank"'),
    ("grant_permission", ["hank", "dcim", "view"], "22023", "no list of object types"),
    ("grant_permission", ["hank", " , ", "view"], "22023", "no list of object types"),
    ("grant_permission", ["hank", "dcim.site", "view%"], "22023", "no list of actions"),
    ("grant_permission", ["hank", "dcim.site", ""], "22023", "no list of actions"),
    ("grant_permission", ["hank", "dcim.site", "veiw"], "22023", "no list of actions"),
    ("revoke_permission", ["hank", "dcim.site", "veiw"], "22023", "no list of actions"),
    ("revoke_permission", ["hank", "dcim.site", "view"], "P0002", "holds no such permission"),
    ("revoke_permission", ["nobody", "dcim.site", "view"], "P0002", 'no user or group "nobody"'),
]


@pytest.fixture(scope="module")
def ada_shared(sql_shared):
    sql_shared.user("hank")
    return Ada(sql_shared)


@pytest.mark.parametrize("function, args, sqlstate, message", REFUSALS)
def test_refusal_is_clear_and_says_what_to_do(ada_shared, function, args, sqlstate, message):
    error = ada_shared.refused(function, *args)
    assert error.sqlstate == sqlstate
    assert message in error.diag.message_primary
    assert error.diag.message_hint
    assert "secret" not in str(error)


def test_tokens_overview_tells_the_state(sql):
    hank = sql.user("hank")
    sql.token(hank, tail="000001")
    sql.token(hank, tail="000002", created="2020-01-01", expires="2021-01-01")
    sql.token(sql.user("bill", is_active=False), tail="000003")
    assert sql.run("SELECT tail, username, state FROM postern.tokens_overview ORDER BY tail", role="ada") == [
        ("000001", "hank", "live"), ("000002", "hank", "expired"), ("000003", "bill", "user inactive")]


def test_expiring_tokens_lists_live_ones_of_the_next_30_days_soonest_first(sql):
    hank = sql.user("hank", email="h@example.org")
    for tail, interval in (("000001", "29 days"), ("000002", "31 days"), ("000003", "1 hour"), ("000004", "-1 hour")):
        sql.token(hank, tail=tail, created="2020-01-01", expires=sql.one("SELECT now() + %s::interval", interval))
    sql.token(hank, tail="000005")
    assert sql.run("SELECT tail, username, email, days_left FROM postern.expiring_tokens", role="ada") == [
        ("000003", "hank", "h@example.org", 1), ("000001", "hank", "h@example.org", 29)]


def test_user_rights_says_who_may_what_and_why(sql, ada):
    sql.user("hank")
    sql.user("peggy", is_superuser=True)
    sql.user("bill", is_superuser=True, is_active=False)
    sql.run("INSERT INTO postern.groups (name) VALUES ('ops')")
    sql.run("INSERT INTO postern.group_members SELECT g.id, u.id FROM postern.groups AS g, postern.users AS u WHERE username = 'hank'")
    ada("grant_permission", "hank", "dcim.site", "view")
    ada("grant_permission", "ops", "dcim.site", "change")
    sql.run("INSERT INTO postern.permission_users SELECT %s, id FROM postern.users WHERE username = 'hank'", sql.permission(enabled=False))
    assert sql.run("SELECT username, object_type, action, via, permission FROM postern.user_rights ORDER BY 1, 2, 3", role="ada") == [
        ("hank", "dcim.site", "change", "group ops", "dcim.site: change"), ("hank", "dcim.site", "view", "user", "dcim.site: view"),
        ("peggy", "*", "*", "superuser", None)]


def test_user_rights_agree_with_user_may(sql, ada):
    for name in ("hank", "dale"):
        sql.user(name)
    sql.run("INSERT INTO postern.groups (name) VALUES ('ops')")
    sql.run("INSERT INTO postern.group_members SELECT g.id, u.id FROM postern.groups AS g, postern.users AS u WHERE username = 'dale'")
    ada("grant_permission", "hank", "a.b,c.d", "view,add")
    ada("grant_permission", "ops", "c.d", "add,delete")
    assert sql.run("""SELECT u.username, t, a FROM postern.users AS u, unnest('{a.b,c.d}'::text[]) AS t, unnest('{view,add,change,delete}'::text[]) AS a
                      WHERE postern.user_may(u.id, t, a) IS DISTINCT FROM EXISTS (SELECT FROM postern.user_rights AS r
                          WHERE r.username = u.username AND r.object_type = t AND r.action = a)""") == []


def test_active_sessions_shows_browsers_without_their_secret(sql):
    sql.session(sql.user())
    row = sql.dicts("SELECT * FROM postern.active_sessions")[0]
    assert row["username"] == "hank" and "digest" not in row


def test_recent_events_are_newest_first_and_name_the_role_for_psql(sql, ada):
    ada("create_user", "hank")
    ada("disable_user", "hank")
    assert sql.run("SELECT who, action, db_role FROM postern.recent_events", role="ada") == [
        ("ada", "user_changed", "ada"), ("ada", "user_created", "ada")]


def test_recent_events_take_nobody_for_who_only_gave_a_name(sql):
    hank = sql.user()
    sql.run("SELECT postern.audit_failure('login_failed', 'hank', '192.0.2.9', 'r', 'wrong_password')", role="postern")
    sql.run("INSERT INTO postern.sessions (user_id, digest) VALUES (%s, %s)", hank, os.urandom(32), role="postern")
    assert sql.run("SELECT who, action, object_name, db_role FROM postern.recent_events LIMIT 2", role="ada") == [
        ("hank", "login", "hank", "postern"), ("postern", "login_failed", "hank", "postern")]
