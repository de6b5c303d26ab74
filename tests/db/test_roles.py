"""What each database role may do, and above all what it may not."""

import pytest

from sqlcluster import HASH, ROOT

USER = "(SELECT id FROM postern.users WHERE username = 'hank')"

MAY = {
    "postern": [
        "SELECT * FROM postern.users, postern.tokens, postern.sessions",
        "SELECT number FROM postern.schema_migrations",
        f"UPDATE postern.users SET password_hash = '{HASH}', last_login = now(), config = '{{}}'",
        "SELECT 1 FROM postern.users FOR SHARE", "SELECT 1 FROM postern.tokens FOR UPDATE",
        f"INSERT INTO postern.tokens (user_id, digest, pepper, tail, description, allowed_ips) VALUES ({USER}, sha256('x'), 1, 'abcdef', '', '{{}}') RETURNING *",
        "UPDATE postern.tokens SET digest = sha256('y'), pepper = 2, tail = '000000', expires = now(), write_enabled = false, description = 'x', allowed_ips = '{}'",
        "DELETE FROM postern.tokens",
        "INSERT INTO postern.token_use SELECT id, now() FROM postern.tokens ON CONFLICT (token_id) DO UPDATE SET last_used = excluded.last_used",
        f"INSERT INTO postern.sessions (user_id, digest, address, user_agent) VALUES ({USER}, sha256('x'), '::1', 'x') RETURNING id",
        "UPDATE postern.sessions SET last_seen = now(), flash = '[]'",
        "DELETE FROM postern.sessions",
        "INSERT INTO postern.groups (name) VALUES ('new')",
        "INSERT INTO postern.permissions (name, object_types, actions) VALUES ('new', '{a.b}', '{view}')",
        f"INSERT INTO postern.permission_users SELECT id, {USER} FROM postern.permissions",
        "UPDATE postern.groups SET name = 'x'", "UPDATE postern.permissions SET name = 'x', description = '', enabled = true",
        "DELETE FROM postern.permission_users", "DELETE FROM postern.permission_groups",
        "DELETE FROM postern.groups", "DELETE FROM postern.permissions",
        f"SELECT postern.user_may({USER}, 'a.b', 'view')",
        "SELECT postern.token_matches(t, NULL, 'q', '', '{x}') FROM postern.tokens AS t",
        "SELECT postern.login_attempt('hank', '::1', 5, 5, '1 minute')",
        "SELECT postern.login_succeeded('hank', '::1')",
        "SELECT postern.audit_failure('login_failed', 'hank', '::1', 'r', 'x')",
        "SELECT postern.audit_extend()",
        "LISTEN postern_changes",
    ],
    "ada": [
        "UPDATE postern.users SET is_superuser = true", "DELETE FROM postern.tokens", "SELECT * FROM postern.login_attempts",
        "SELECT * FROM postern.sessions", "DELETE FROM postern.sessions", "DELETE FROM postern.users", "SELECT postern.unblock_address('::1')",
        "INSERT INTO postern.groups (name) VALUES ('new')", "SELECT * FROM postern.audit_events", "SELECT * FROM postern.recent_events",
        "SELECT * FROM postern.blocked_logins", "SELECT * FROM postern.schema_migrations", "SELECT postern.unblock_user('hank')",
        f"SELECT postern.user_may({USER}, 'a.b', 'view')", "SELECT postern.audit_retain('1 year')",
    ],
    "otto": [
        "SELECT * FROM postern.audit_events", "SELECT * FROM postern.recent_events", "SELECT * FROM postern.tokens_overview",
        "SELECT * FROM postern.expiring_tokens", "SELECT * FROM postern.user_rights", "SELECT * FROM postern.active_sessions",
        "SELECT * FROM postern.blocked_logins", "SELECT * FROM postern.permissions, postern.groups, postern.group_members, postern.token_use",
        "SELECT id, username, is_active, is_superuser, email, created, last_login FROM postern.users",
        "SELECT id, user_id, tail, created, expires, write_enabled, description, allowed_ips FROM postern.tokens",
        f"SELECT postern.user_may({USER}, 'a.b', 'view')",
    ],
}

MAY_NOT = {
    "postern": [
        "UPDATE postern.users SET is_superuser = true",
        "INSERT INTO postern.users (username, is_superuser) VALUES ('new', true)", "INSERT INTO postern.users (username) VALUES ('new')",
        "DELETE FROM postern.users", *[f"UPDATE postern.users SET {c} = {c}" for c in
                                       ("username", "is_active", "may_manage_tokens", "first_name", "last_name", "email")],
        f"INSERT INTO postern.group_members SELECT id, {USER} FROM postern.groups", "DELETE FROM postern.group_members",
        "DELETE FROM postern.token_use", "UPDATE postern.permission_users SET user_id = user_id",
        "UPDATE postern.users SET id = id", "UPDATE postern.users SET created = created",
        "UPDATE postern.tokens SET user_id = user_id", "UPDATE postern.tokens SET created = created",
        "UPDATE postern.sessions SET user_id = user_id",
        "SELECT * FROM postern.audit_events", "INSERT INTO postern.audit_events (action) VALUES ('login')",
        "UPDATE postern.audit_events SET action = 'x'", "DELETE FROM postern.audit_events", "DELETE FROM postern.audit_events_default",
        "INSERT INTO postern.audit_events_default (id, action) OVERRIDING SYSTEM VALUE VALUES (1, 'login')",
        "SELECT postern.audit_write('login', 'user', 'x', 'x', NULL, NULL)", "SELECT postern.audit_retain('1 year')",
        "SELECT * FROM postern.login_attempts", "DELETE FROM postern.login_attempts", "SELECT postern.login_unblock('user', 'hank')",
        "SELECT postern.login_count('user', 'x', 1, '1 minute')", "SELECT postern.create_user('x', NULL, true)",
        "UPDATE postern.schema_migrations SET number = 9", "DELETE FROM postern.schema_migrations",
        "CREATE TABLE postern.mine (id int)", "ALTER TABLE postern.users ADD mine int", "DROP TABLE postern.tokens",
        "ALTER TABLE postern.users DISABLE TRIGGER ALL", "DROP TRIGGER users_audit ON postern.users", "TRUNCATE postern.tokens",
        "CREATE FUNCTION postern.mine() RETURNS int LANGUAGE sql AS 'SELECT 1'", "CREATE SCHEMA mine", "SET session_replication_role = replica",
        "SET ROLE postern_owner", "SET ROLE postern_admin", "SELECT postern.apply_grants()",
    ],
    "ada": [
        "UPDATE postern.sessions SET digest = sha256('x')", "UPDATE postern.sessions SET last_seen = now()",
        f"INSERT INTO postern.sessions (user_id, digest) VALUES ({USER}, sha256('x'))",
        "DELETE FROM postern.login_attempts", "UPDATE postern.login_attempts SET failures = 0", "TRUNCATE postern.login_attempts",
        "INSERT INTO postern.audit_events (action) VALUES ('login')", "UPDATE postern.audit_events SET action = 'x'",
        "DELETE FROM postern.audit_events", "DELETE FROM postern.audit_events_default", "TRUNCATE postern.audit_events",
        "SELECT postern.audit_write('login', 'user', 'x', 'x', NULL, NULL)", "DELETE FROM postern.schema_migrations",
        "ALTER TABLE postern.users DISABLE TRIGGER ALL", "CREATE TABLE postern.mine (id int)", "TRUNCATE postern.users CASCADE",
        "SET session_replication_role = replica", "SET ROLE postern_owner", "SET ROLE postern", "SELECT postern.apply_grants()",
        "DROP TABLE postern.audit_events_default",
    ],
    "otto": [
        "SELECT * FROM postern.users", "SELECT password_hash FROM postern.users", "SELECT config FROM postern.users",
        "SELECT digest FROM postern.tokens", "SELECT * FROM postern.sessions", "SELECT digest FROM postern.sessions",
        "UPDATE postern.users SET email = ''", "DELETE FROM postern.tokens", "INSERT INTO postern.groups (name) VALUES ('new')",
        "SELECT * FROM postern.login_attempts", "SELECT postern.unblock_user('hank')", "SELECT postern.create_user('x')",
        "SELECT postern.audit_retain('1 year')", "DELETE FROM postern.audit_events", "CREATE TABLE postern.mine (id int)",
        "SET ROLE postern_admin",
    ],
    "nobody_in_particular": [
        "SELECT * FROM postern.tokens_overview", "SELECT * FROM postern.users", "SELECT * FROM postern.schema_migrations",
        "SELECT postern.user_may(NULL, 'a.b', 'view')", "SELECT postern.login_attempt('hank', '::1', 5, 5, '1 minute')",
        "SELECT postern.audit_failure('login_failed', 'hank', '::1', 'r', 'x')", "CREATE TABLE postern.mine (id int)",
    ],
}


def pairs(table):
    return [(role, statement) for role, statements in table.items() for statement in statements]


@pytest.fixture(scope="module")
def roles(sql_shared):
    hank = sql_shared.user("hank")
    sql_shared.token(hank)
    sql_shared.session(hank)
    sql_shared.permission()
    return sql_shared


def attempt(sql, role, statement):
    """Runs it and takes it back; returns the SQLSTATE, or None."""
    connection = sql.connect(role)
    connection.execute("BEGIN")
    try:
        connection.execute(statement)
    except Exception as error:  # psycopg.Error, and nothing else has a sqlstate
        return error.sqlstate
    finally:
        connection.execute("ROLLBACK")
    return None


@pytest.mark.parametrize("role, statement", pairs(MAY))
def test_role_may(roles, role, statement):
    assert attempt(roles, role, statement) is None


@pytest.mark.parametrize("role, statement", pairs(MAY_NOT))
def test_role_may_not(roles, role, statement):
    assert attempt(roles, role, statement) == "42501"


def test_public_has_no_right_in_the_schema(roles):
    assert roles.run("""
        SELECT 'schema', nspname::text FROM pg_namespace, aclexplode(nspacl) AS a WHERE nspname = 'postern' AND a.grantee = 0
        UNION ALL SELECT 'table', relname FROM pg_class, aclexplode(relacl) AS a WHERE relnamespace = 'postern'::regnamespace AND a.grantee = 0
        UNION ALL SELECT 'function', proname FROM pg_proc, aclexplode(coalesce(proacl, acldefault('f', proowner))) AS a
         WHERE pronamespace = 'postern'::regnamespace AND a.grantee = 0""") == []


def test_everything_belongs_to_the_owner_role(roles):
    assert roles.run("SELECT relname FROM pg_class WHERE relnamespace = 'postern'::regnamespace AND relowner <> 'postern_owner'::regrole "
                     "UNION ALL SELECT proname FROM pg_proc WHERE pronamespace = 'postern'::regnamespace AND proowner <> 'postern_owner'::regrole") == []


def test_roles_script_can_be_run_again_and_leaves_roles_as_they_are(sql_cluster):
    sql_cluster.admin("ALTER ROLE postern_owner LOGIN")
    try:
        sql_cluster.psql("postgres", "-f", "db/roles.sql")
        assert sql_cluster.psql("postgres", "-Atc", "SELECT rolname, rolcanlogin, rolinherit, rolsuper FROM pg_roles WHERE rolname ~ '^postern' ORDER BY 1").stdout \
            == "postern|t|f|f\npostern_admin|f|t|f\npostern_auditor|f|t|f\npostern_owner|t|t|f\n"
    finally:
        sql_cluster.admin("ALTER ROLE postern_owner NOLOGIN")


def test_auditor_may_ask_what_explain_asks(roles):
    for statement in ("admin_explain_which_token", "admin_explain_token", "admin_explain_user", "admin_explain_rights"):
        text = (ROOT / f"db/queries/{statement}.sql").read_text()
        roles.run("DEALLOCATE ALL", role="otto")
        roles.run(f"PREPARE q AS {text}", role="otto")
        count = roles.one("SELECT cardinality(parameter_types) FROM pg_prepared_statements", role="otto")
        roles.run(f"EXPLAIN EXECUTE q({', '.join(['NULL'] * count)})", role="otto")


def test_grants_can_be_applied_again_and_take_back_what_was_added(sql):
    sql.run("GRANT UPDATE (is_superuser) ON postern.users TO postern")
    sql.run("SET ROLE postern_owner", role="olga")
    sql.run("SELECT postern.apply_grants()", role="olga")
    assert attempt(sql, "postern", "UPDATE postern.users SET is_superuser = true") == "42501"
    assert attempt(sql, "postern", "SELECT * FROM postern.users") is None
