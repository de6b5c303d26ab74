"""postern.user_may: what the gate asks."""

import psycopg
import pytest


def may(sql, user, object_type="dcim.site", action="view"):
    return sql.one("SELECT postern.user_may(%s, %s, %s)", user, object_type, action)


def grant(sql, user, **permission):
    sql.run("INSERT INTO postern.permission_users (permission_id, user_id) VALUES (%s, %s)", sql.permission(**permission), user)


def test_nothing_is_allowed_by_default(sql):
    assert may(sql, sql.user()) is False


def test_unknown_user_may_nothing(sql):
    assert may(sql, "00000000-0000-0000-0000-000000000000") is False


def test_no_user_may_nothing(sql):
    assert may(sql, None) is False


def test_granted_action_on_granted_type_is_allowed(sql):
    hank = sql.user()
    grant(sql, hank, types=["ipam.prefix", "dcim.site"], actions=["change", "view"])
    assert may(sql, hank) is True


@pytest.mark.parametrize("object_type, action", [("dcim.site", "add"), ("dcim.device", "view"), ("dcim.sit", "view"), ("dcim.site", "vie"),
                                                 ("DCIM.SITE", "view"), ("%", "view"), ("", ""), (None, "view"), ("dcim.site", None)])
def test_anything_else_is_not(sql, object_type, action):
    hank = sql.user()
    grant(sql, hank)
    assert may(sql, hank, object_type, action) is False


def test_type_of_one_permission_and_action_of_another_do_not_add_up(sql):
    hank = sql.user()
    grant(sql, hank, types=["dcim.site"], actions=["view"])
    grant(sql, hank, types=["ipam.prefix"], actions=["delete"])
    assert may(sql, hank, "dcim.site", "delete") is False


def test_disabled_permission_grants_nothing(sql):
    hank = sql.user()
    grant(sql, hank, enabled=False)
    assert may(sql, hank) is False


def test_member_has_the_rights_of_the_group(sql):
    hank = sql.user()
    group = sql.one("INSERT INTO postern.groups (name) VALUES ('ops') RETURNING id")
    sql.run("INSERT INTO postern.permission_groups (permission_id, group_id) VALUES (%s, %s)", sql.permission(), group)
    assert may(sql, hank) is False
    sql.run("INSERT INTO postern.group_members (group_id, user_id) VALUES (%s, %s)", group, hank)
    assert may(sql, hank) is True


def test_superuser_may_everything(sql):
    assert may(sql, sql.user(is_superuser=True), "any.thing", "whatever") is True


def test_inactive_superuser_may_nothing(sql):
    assert may(sql, sql.user(is_superuser=True, is_active=False)) is False


def test_inactive_user_may_nothing(sql):
    hank = sql.user(is_active=False)
    grant(sql, hank)
    assert may(sql, hank) is False


def test_group_rights_of_a_disabled_permission_are_gone(sql):
    hank = sql.user()
    group = sql.one("INSERT INTO postern.groups (name) VALUES ('ops') RETURNING id")
    sql.run("INSERT INTO postern.permission_groups (permission_id, group_id) VALUES (%s, %s)", sql.permission(enabled=False), group)
    sql.run("INSERT INTO postern.group_members (group_id, user_id) VALUES (%s, %s)", group, hank)
    assert may(sql, hank) is False


def test_a_question_stays_fast_among_many_grants(sql):
    """100 000 grants of others are never read: an index leads to the user's own."""
    hank = sql.user()
    grant(sql, hank)
    with psycopg.connect(sql.dsn("postgres")) as c:
        c.execute("SET session_replication_role = replica")  # no audit rows for the crowd
        c.execute("INSERT INTO postern.users (username) SELECT 'u' || n FROM generate_series(1, 2000) AS n")
        c.execute("INSERT INTO postern.permissions (name, object_types, actions) SELECT 'q' || n, '{dcim.site}', '{view}' FROM generate_series(1, 50) AS n")
        c.execute("INSERT INTO postern.permission_users SELECT p.id, u.id FROM postern.users AS u, postern.permissions AS p WHERE p.name LIKE 'q%%' AND u.username <> 'hank'")
    sql.run("ANALYZE")
    read = "SELECT seq_tup_read + idx_tup_fetch FROM pg_stat_xact_user_tables WHERE relid = 'postern.permission_users'::regclass"
    with psycopg.connect(sql.dsn("postgres")) as c:
        assert c.execute("SELECT postern.user_may(%s, 'dcim.site', 'view')", (hank,)).fetchone()[0] is True
        assert c.execute(read).fetchone()[0] <= 10
