"""The audit log: one row for each action, whoever acts, and never a secret."""

import json
import os
import re

import psycopg
import pytest

from sqlcluster import HASH, OTHER_HASH, ROOT

PEGGY = "11111111-2222-3333-4444-555555555555"
ACTOR = {"user_id": PEGGY, "username": "peggy", "token_id": None, "session_id": "66666666-2222-3333-4444-555555555555",
         "request_id": "r-17", "address": "192.0.2.7"}


def act(sql, statement, *params, role="postern", **actor):
    """Runs the statement as the workers do: in a transaction that names the actor."""
    with psycopg.connect(sql.dsn(role)) as c:
        c.execute("SELECT set_config('postern.actor', %s, true)", (json.dumps({**ACTOR, **actor}),))
        c.execute(statement, params or None)


def last(sql):
    return sql.events()[-1]


def test_worker_change_names_the_actor(sql):
    hank = sql.user()
    act(sql, "INSERT INTO postern.tokens (user_id, digest, pepper, tail) VALUES (%s, %s, 1, '3c9cb9')", hank, os.urandom(32), role="postern")
    event = last(sql)
    assert (event["db_role"], str(event["user_id"]), event["username"], event["token_id"], str(event["session_id"]), event["request_id"],
            str(event["address"])) == ("postern", PEGGY, "peggy", None, ACTOR["session_id"], "r-17", "192.0.2.7")


def test_psql_change_names_the_database_role_only(sql):
    sql.run("INSERT INTO postern.users (username) VALUES ('hank')", role="ada")
    event = last(sql)
    assert (event["db_role"], event["user_id"], event["username"], event["action"]) == ("ada", None, None, "user_created")


def test_set_role_does_not_hide_who_is_connected(sql):
    sql.run("SET ROLE postern_admin", role="ada")
    sql.run("INSERT INTO postern.users (username) VALUES ('hank')", role="ada")
    assert last(sql)["db_role"] == "ada"


def test_actor_of_one_transaction_is_not_that_of_the_next(sql):
    with psycopg.connect(sql.dsn("postern"), autocommit=True) as c:
        with c.transaction():
            c.execute("SELECT set_config('postern.actor', %s, true)", (json.dumps(ACTOR),))
            c.execute("INSERT INTO postern.groups (name) VALUES ('one')")
        c.execute("INSERT INTO postern.groups (name) VALUES ('two')")
    assert [e["username"] for e in sql.events()] == ["peggy", None]


@pytest.mark.parametrize("role", ["ada", "olga", "postgres"])
def test_who_is_in_psql_cannot_pass_for_somebody_else(sql, role):
    act(sql, "INSERT INTO postern.groups (name) VALUES ('ops')", role=role, token_id=PEGGY)
    event = last(sql)
    assert [event[n] for n in ("db_role", "user_id", "username", "token_id", "session_id", "request_id", "address")] == [role] + [None] * 6


@pytest.mark.parametrize("role", ["ada", "postgres"])
def test_who_is_in_psql_cannot_hide_a_new_password(sql, role):
    hank = sql.user(password_hash=HASH)
    own = sql.session(hank)
    act(sql, "SELECT postern.set_password('hank', %s)", OTHER_HASH, role=role, action="password_rehashed", session_id=str(own))
    assert sql.actions()[-2:] == ["password_changed", "session_ended"]


JUNK = ["{", "5", "[]", '"peggy"', "null", '{"user_id": "peggy"}', '{"address": "here"}', '{"token_id": {}}', r'{"username": "\u0000"}']


@pytest.mark.parametrize("role", ["postern", "ada"])
@pytest.mark.parametrize("junk", JUNK)
def test_actor_that_makes_no_sense_is_nobody(sql, role, junk):
    with psycopg.connect(sql.dsn(role)) as c:
        c.execute("SELECT set_config('postern.actor', %s, true)", (junk,))
        c.execute("INSERT INTO postern.groups (name) VALUES ('ops')")
    event = last(sql)
    assert (event["action"], event["db_role"], event["user_id"], event["username"]) == ("group_created", role, None, None)


ONE_EVENT = [  # statement, action, object_type, object_name
    ("INSERT INTO postern.users (username) VALUES ('bill')", "user_created", "user", "bill"),
    ("UPDATE postern.users SET email = 'h@example.org' WHERE username = 'hank'", "user_changed", "user", "hank"),
    ("UPDATE postern.users SET username = 'hankhill' WHERE username = 'hank'", "user_changed", "user", "hankhill"),
    (f"UPDATE postern.users SET password_hash = '{OTHER_HASH}' WHERE username = 'hank'", "password_changed", "user", "hank"),
    ("DELETE FROM postern.users WHERE username = 'dale'", "user_deleted", "user", "dale"),
    ("INSERT INTO postern.tokens (user_id, digest, pepper, tail) SELECT id, sha256('x'), 1, 'abcdef' FROM postern.users WHERE username = 'hank'",
     "token_created", "token", "abcdef (hank)"),
    ("UPDATE postern.tokens SET description = 'mower'", "token_changed", "token", "3c9cb9 (hank)"),
    ("UPDATE postern.tokens SET digest = sha256('y'), tail = '000000', description = 'mower'", "token_key_changed", "token", "000000 (hank)"),
    ("DELETE FROM postern.tokens", "token_deleted", "token", "3c9cb9 (hank)"),
    ("INSERT INTO postern.sessions (user_id, digest) SELECT id, sha256('x') FROM postern.users WHERE username = 'hank'", "login", "session", "hank"),
    ("UPDATE postern.sessions SET digest = sha256('x')", "session_key_changed", "session", "hank"),
    ("DELETE FROM postern.sessions", "session_ended", "session", "hank"),
    ("INSERT INTO postern.groups (name) VALUES ('new')", "group_created", "group", "new"),
    ("UPDATE postern.groups SET name = 'old'", "group_changed", "group", "old"),
    ("DELETE FROM postern.groups WHERE name = 'empty'", "group_deleted", "group", "empty"),
    ("INSERT INTO postern.group_members SELECT g.id, u.id FROM postern.groups AS g, postern.users AS u WHERE u.username = 'dale'",
     "group_member_added", "group", "empty"),
    ("INSERT INTO postern.permissions (name, object_types, actions) VALUES ('p', '{a.b}', '{view}')", "permission_created", "permission", "p"),
    ("UPDATE postern.permissions SET enabled = false", "permission_changed", "permission", "sites"),
    ("DELETE FROM postern.permissions", "permission_deleted", "permission", "sites"),
    ("INSERT INTO postern.permission_users SELECT p.id, u.id FROM postern.permissions AS p, postern.users AS u WHERE u.username = 'hank'",
     "permission_granted", "permission", "sites"),
    ("INSERT INTO postern.permission_groups SELECT p.id, g.id FROM postern.permissions AS p, postern.groups AS g", "permission_granted",
     "permission", "sites"),
    ("TRUNCATE postern.token_use, postern.tokens", "token_deleted", None, "all of tokens (truncate)"),
    ("SELECT postern.audit_failure('login_failed', 'hank', '192.0.2.7', 'r-1', 'wrong_password')", "login_failed", "user", "hank"),
]


@pytest.fixture
def stocked(sql):
    hank = sql.user("hank", password_hash=HASH)
    sql.user("dale")
    sql.token(hank)
    sql.session(hank)
    sql.run("INSERT INTO postern.groups (name) VALUES ('empty')")
    sql.permission(name="sites")
    return sql


@pytest.mark.parametrize("statement, action, object_type, object_name", ONE_EVENT)
def test_action_leaves_exactly_one_event(stocked, statement, action, object_type, object_name):
    if "password_hash" in statement:
        stocked.run("DELETE FROM postern.sessions")
    before = len(stocked.events())
    stocked.run(statement)
    events = stocked.events()[before:]
    assert [(e["action"], e["object_type"], e["object_name"]) for e in events] == [(action, object_type, object_name)]


def test_membership_and_grant_removals_are_recorded(stocked):
    stocked.run("INSERT INTO postern.group_members SELECT g.id, u.id FROM postern.groups AS g, postern.users AS u WHERE u.username = 'dale'")
    stocked.run("INSERT INTO postern.permission_groups SELECT p.id, g.id FROM postern.permissions AS p, postern.groups AS g")
    stocked.run("DELETE FROM postern.group_members")
    stocked.run("DELETE FROM postern.permission_groups")
    removed, revoked = stocked.events()[-2:]
    assert (removed["action"], removed["old"]["user"], removed["new"]) == ("group_member_removed", "dale", None)
    assert (revoked["action"], revoked["old"]["group"], revoked["new"]) == ("permission_revoked", "empty", None)


@pytest.mark.parametrize("statement", [
    "UPDATE postern.users SET last_login = now()",
    "UPDATE postern.users SET config = '{\"theme\": \"dark\"}'",
    "UPDATE postern.users SET email = email",
    "UPDATE postern.sessions SET last_seen = now(), flash = '[1]'",
    "INSERT INTO postern.token_use SELECT id, now() FROM postern.tokens",
])
def test_routine_leaves_no_event(stocked, statement):
    before = len(stocked.events())
    stocked.run(statement)
    assert len(stocked.events()) == before


def test_renewal_by_the_workers_is_routine(stocked):
    before = len(stocked.events())
    stocked.run("UPDATE postern.sessions SET digest = sha256('x')", role="postern")
    assert len(stocked.events()) == before


def test_only_changed_columns_are_kept(stocked):
    stocked.run("UPDATE postern.users SET email = 'h@example.org', first_name = first_name WHERE username = 'hank'")
    event = last(stocked)
    assert (event["old"], event["new"]) == ({"email": ""}, {"email": "h@example.org"})


def test_each_row_of_a_bulk_change_is_an_event(stocked):
    before = len(stocked.events())
    stocked.run("UPDATE postern.users SET may_manage_tokens = false")
    assert len(stocked.events()) == before + 2


def test_deleting_a_user_records_each_revoked_token(stocked):
    before = len(stocked.events())
    stocked.run("DELETE FROM postern.users WHERE username = 'hank'")
    assert sorted(e["action"] for e in stocked.events()[before:]) == ["session_ended", "token_deleted", "user_deleted"]


@pytest.fixture
def linked(stocked):
    """hank is in the group "empty" and holds the permission "sites", which the group holds, too."""
    for statement in ("INSERT INTO postern.group_members SELECT g.id, u.id FROM postern.groups AS g, postern.users AS u WHERE u.username = 'hank'",
                      "INSERT INTO postern.permission_users SELECT p.id, u.id FROM postern.permissions AS p, postern.users AS u WHERE u.username = 'hank'",
                      "INSERT INTO postern.permission_groups SELECT p.id, g.id FROM postern.permissions AS p, postern.groups AS g"):
        stocked.run(statement)
    return stocked


MEMBER = ("group_member_removed", "empty", {"user": "hank"})
USERS, GROUPS = ("permission_revoked", "sites", {"user": "hank"}), ("permission_revoked", "sites", {"group": "empty"})
PARENTS = [  # statement, what goes with the row and by which names: action, object_name, holder
    ("DELETE FROM postern.users WHERE username = 'hank'",
     {("session_ended", "hank", None), ("token_deleted", "3c9cb9 (hank)", None), ("user_deleted", "hank", None), MEMBER[:2] + ("hank",), USERS[:2] + ("hank",)}),
    ("DELETE FROM postern.groups", {("group_deleted", "empty", None), MEMBER[:2] + ("hank",), GROUPS[:2] + ("empty",)}),
    ("DELETE FROM postern.permissions", {("permission_deleted", "sites", None), USERS[:2] + ("hank",), GROUPS[:2] + ("empty",)}),
]


@pytest.mark.parametrize("statement, wanted", PARENTS)
def test_what_goes_with_a_row_is_one_event_each_with_all_names(linked, statement, wanted):
    before = len(linked.events())
    linked.run(statement, role="ada")
    events = linked.events()[before:]
    assert {(e["action"], e["object_name"], e["old"].get("user", e["old"].get("group"))) for e in events} == wanted
    assert len(events) == len(wanted) and events[-1]["action"].endswith("_deleted"), "the row itself is last"


def test_recipe_finds_the_tokens_of_a_deleted_user(stocked):
    stocked.run("DELETE FROM postern.users WHERE username = 'hank'")
    recipe = re.search(r"SELECT occurred[^;]*LIKE '%\(hankhill\)'[^;]*", (ROOT / "db/admin/README.md").read_text())[0]
    found = stocked.run(recipe.replace("hankhill", "hank").replace("%", "%%"), role="ada")
    assert [row[2] for row in found] == ["token_deleted", "token_created"]


def test_rolled_back_change_leaves_no_event(stocked):
    before = len(stocked.events())
    with psycopg.connect(stocked.dsn("postgres")) as c:
        c.execute("DELETE FROM postern.tokens")
        c.rollback()
    assert len(stocked.events()) == before


WISHES = [  # what the actor calls it, statement, what is recorded
    ("token_provisioned", "INSERT INTO postern.tokens (user_id, digest, pepper, tail) SELECT id, sha256('x'), 1, 'abcdef' FROM postern.users LIMIT 1",
     "token_provisioned"),
    ("token_provisioned", "DELETE FROM postern.tokens", "token_deleted"),
    ("logout", "DELETE FROM postern.sessions", "logout"),
    ("session_expired", "DELETE FROM postern.sessions", "session_expired"),
    ("login", "DELETE FROM postern.sessions", "session_ended"),
    ("group_deleted", "UPDATE postern.groups SET name = 'full'", "group_changed"),
    ("made_up", "DELETE FROM postern.tokens", "token_deleted"),
    ("", "DELETE FROM postern.tokens", "token_deleted"),
]


@pytest.mark.parametrize("wish, statement, recorded", WISHES)
def test_actor_may_name_the_action_only_if_it_fits(stocked, wish, statement, recorded):
    act(stocked, statement, action=wish)
    assert last(stocked)["action"] == recorded


def test_login_is_recorded_for_the_sessions_user(sql):
    hank = sql.user()
    sql.run("INSERT INTO postern.sessions (user_id, digest, address) VALUES (%s, %s, '192.0.2.9')", hank, os.urandom(32), role="postern")
    event = last(sql)
    assert (event["action"], event["user_id"], event["username"], str(event["address"])) == ("login", hank, "hank", "192.0.2.9")


def test_failed_login_accuses_nobody_but_says_which_user_was_tried(sql):
    hank = sql.user()
    sql.run("SELECT postern.audit_failure('login_failed', 'HANK', '192.0.2.9', 'r-2', 'wrong_password')", role="postern")
    event = last(sql)
    assert (event["user_id"], event["username"], event["object_id"], event["object_name"], str(event["address"]), event["request_id"], event["new"]) == \
        (None, None, str(hank), "hank", "192.0.2.9", "r-2", {"reason": "wrong_password"})


def test_refused_provisioning_names_the_user_who_had_the_right_password(sql):
    hank = sql.user()
    sql.run("SELECT postern.audit_failure('provisioning_refused', 'hank', '192.0.2.9', 'r-2', 'restricted')", role="postern")
    event = last(sql)
    assert (event["action"], event["user_id"], event["username"], event["object_name"]) == ("provisioning_refused", hank, "hank", "hank")


def test_failed_login_names_no_name_that_nobody_has(sql):
    """It may be a password, or a key, that was typed into the wrong field."""
    sql.run("SELECT postern.audit_failure('login_failed', %s, NULL, NULL, %s)", "x" * 100000, "y" * 1000)
    event = last(sql)
    assert (event["object_name"], len(event["new"]["reason"]), event["object_type"]) == ("(unknown)", 200, None)


def fail(sql, address, times, reason="throttled", action="login_failed"):
    sql.run("SELECT postern.audit_failure(%s, 'hank', %s, 'r', %s) FROM generate_series(1, %s)", action, address, reason, times)


@pytest.mark.parametrize("noise", [("throttled", "login_failed"), ("overlong", "login_failed"), ("restricted", "provisioning_refused")])
def test_nobody_can_switch_off_the_record_of_wrong_passwords(sql, noise):
    for _ in range(40):
        fail(sql, "192.0.2.9", 1, *noise)
    for reason in ("wrong_password", "unknown_user", "no_password", "inactive"):
        for _ in range(40):
            fail(sql, "192.0.2.9", 1, reason)
    assert len(sql.events()) == 30 + 4 * 40


def test_kinds_of_refusals_have_quotas_of_their_own(sql):
    for noise in (("overlong", "login_failed"), ("restricted", "provisioning_refused"), ("throttled", "login_failed")):
        for _ in range(31):
            fail(sql, "192.0.2.9", 1, *noise)
    assert len(sql.events()) == 90


@pytest.mark.parametrize("address", ["192.0.2.9", "2001:db8::9", None])
def test_whoever_hammers_does_not_fill_the_log(sql, address):
    for _ in range(40):
        fail(sql, address, 1)
    assert len(sql.events()) == 30
    assert [e["new"].get("note") for e in sql.events()].count("more of this minute are not recorded") == 1


def test_others_are_recorded_meanwhile(sql):
    for _ in range(31):
        fail(sql, "2001:db8::9", 1)
    fail(sql, "2001:db8::a:1", 1)  # the same /64
    assert len(sql.events()) == 30
    for other in ("2001:db8:0:1::9", "192.0.2.9", None):
        fail(sql, other, 1)
    assert len(sql.events()) == 33


def test_recording_goes_on_after_a_minute(sql):
    for _ in range(31):
        fail(sql, "192.0.2.9", 1)
    sql.run("SET session_replication_role = replica")
    sql.run("UPDATE postern.audit_events SET occurred = occurred - interval '61 seconds'")
    fail(sql, "192.0.2.9", 1)
    assert len(sql.events()) == 31


@pytest.mark.parametrize("action", ["user_created", "login", "failed", "x_failed_", "login_throttled", "password_changed"])
def test_worker_cannot_forge_success_through_audit_failure(sql, action):
    error = sql.refused("SELECT postern.audit_failure(%s, 'hank', NULL, NULL, NULL)", action, role="postern")
    assert error.sqlstate == "22023" and error.diag.message_hint


def test_no_secret_reaches_the_log(stocked):
    secret = os.urandom(32)
    stocked.run("UPDATE postern.tokens SET digest = %s", secret)
    stocked.run("UPDATE postern.users SET password_hash = %s", OTHER_HASH)
    stocked.run("INSERT INTO postern.sessions (user_id, digest) SELECT id, %s FROM postern.users WHERE username = 'hank'", secret)
    stocked.run("DELETE FROM postern.users")
    log = stocked.one("SELECT string_agg(a::text, ' ') FROM postern.audit_events AS a")
    assert secret.hex() not in log
    assert "argon2id" not in log
    assert not re.search(r"[0-9a-f]{40}", log)
    assert "(changed)" in log and "(set)" in log


@pytest.mark.parametrize("statement", ["UPDATE postern.audit_events SET action = 'nothing'", "DELETE FROM postern.audit_events",
                                       "TRUNCATE postern.audit_events", "TRUNCATE postern.audit_events_default"])
@pytest.mark.parametrize("role", ["postgres", "olga"])
def test_log_is_append_only_even_for_the_owner(stocked, role, statement):
    error = stocked.refused(statement, role=role)
    assert error.diag.message_primary == "the audit log is append-only" and "audit_retain" in error.diag.message_hint


def test_event_of_a_month_without_partition_is_not_lost(sql):
    sql.run("INSERT INTO postern.audit_events (occurred, action) VALUES ('1999-12-31', 'old_news')")
    assert sql.actions() == ["old_news"]


def test_months_are_made_ahead_and_take_over_waiting_events(sql):
    late = "date_trunc('month', now() AT TIME ZONE 'UTC') AT TIME ZONE 'UTC' + interval '5 months 3 days'"
    sql.run(f"INSERT INTO postern.audit_events (occurred, action) VALUES ({late}, 'from_the_future')")
    assert sql.one("SELECT count(*) FROM postern.audit_events_default") == 1
    assert sql.one("SELECT postern.audit_extend(5)", role="postern") == 2
    assert sql.one("SELECT count(*) FROM postern.audit_events_default") == 0
    assert sql.actions() == ["from_the_future"]


def test_months_are_made_once(sql):
    assert sql.one("SELECT postern.audit_extend()") == 0


def test_new_months_are_append_only_too(sql):
    sql.run("SELECT postern.audit_extend(5)")
    name = sql.one("SELECT max(c.relname) FROM pg_class AS c WHERE relname ~ '^audit_events_[0-9_]+$' AND relkind = 'r'")
    assert sql.refused(f"TRUNCATE postern.{name}").sqlstate == "42501"


def old_month(sql):
    sql.run("""CREATE TABLE postern.audit_events_2001_02 PARTITION OF postern.audit_events
               FOR VALUES FROM ('2001-02-01 00:00+00') TO ('2001-03-01 00:00+00')""")
    sql.run("INSERT INTO postern.audit_events (occurred, action) VALUES ('2001-02-11', 'old_news'), ('1999-12-31', 'older_news'), (now(), 'news')")


def test_retention_drops_what_is_older_and_says_so(sql):
    old_month(sql)
    assert sql.run("SELECT partitions, events FROM postern.audit_retain('1 year')", role="ada") == [(1, 1)]
    assert sql.actions() == ["news", "audit_trimmed"]
    assert last(sql)["old"] == {"partitions": ["audit_events_2001_02"], "events": 1}
    assert last(sql)["db_role"] == "ada"


def test_retention_keeps_what_is_younger(sql):
    old_month(sql)
    assert sql.run("SELECT * FROM postern.audit_retain('100 years')") == [(0, 0)]
    assert len(sql.events()) == 3


@pytest.mark.parametrize("keep", ["0", "-1 year", "6 days", None])
def test_retention_refuses_to_wipe_the_log(sql, keep):
    assert sql.refused("SELECT postern.audit_retain(%s::interval)", keep).sqlstate == "22023"
