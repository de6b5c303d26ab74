"""What the tables refuse, whoever writes."""

import os
import re

import pytest

from sqlcluster import HASH, OTHER_HASH

REFUSALS = [  # table, columns, constraint
    ("users", {"username": ""}, "username_text"),
    ("users", {"username": "hank hill"}, "username_text"),
    ("users", {"username": "hank/hill"}, "username_text"),
    ("users", {"username": "x" * 151}, "username_text"),
    ("users", {"username": "HANK"}, "users_username_key"),
    ("users", {"username": "x", "password_hash": "I<3C3H8"}, "users_password_hash_argon2id"),
    ("users", {"username": "x", "password_hash": HASH.replace("argon2id", "argon2i")}, "users_password_hash_argon2id"),
    ("users", {"username": "x", "first_name": "x" * 151}, "users_first_name_length"),
    ("users", {"username": "x", "last_name": "x" * 151}, "users_last_name_length"),
    ("users", {"username": "x", "email": "no address"}, "users_email_form"),
    ("users", {"username": "x", "email": "a@ok@evil"}, "users_email_form"),
    ("users", {"username": "x", "config": "[]"}, "users_config_object"),
    ("users", {"username": "x", "config": '{"a": "' + "x" * 131072 + '"}'}, "users_config_object"),
    ("users", {"username": None}, "username_text"),
    ("users", {"username": "x", "is_active": None}, "users_not_null"),
    ("users", {"username": "x", "email": None}, "users_email_form"),
    ("users", {"username": "x", "created": "infinity"}, "users_created_range"),
    ("users", {"username": "x", "created": "20000-01-01"}, "users_created_range"),
    ("users", {"username": "x", "last_login": "-infinity"}, "users_last_login_range"),
    ("users", {"username": "x", "last_login": "294276-12-31"}, "users_last_login_range"),
    ("users", {"username": "x", "last_login": "0001-01-01 BC"}, "users_last_login_range"),
    ("tokens", {"digest": b"short"}, "tokens_digest_length"),
    ("tokens", {"digest": b"0" * 32}, "tokens_digest_key"),
    ("tokens", {"pepper": 0}, "tokens_pepper_positive"),
    ("tokens", {"tail": "3C9CB9"}, "tokens_tail_form"),
    ("tokens", {"expires": "2001-01-01"}, "tokens_expires_after_created"),
    ("tokens", {"expires": "infinity"}, "tokens_expires_range"),
    ("tokens", {"expires": "294276-12-31"}, "tokens_expires_range"),
    ("tokens", {"digest": None}, "tokens_digest_length"),
    ("tokens", {"write_enabled": None}, "tokens_not_null"),
    ("tokens", {"created": "-infinity"}, "tokens_created_range"),
    ("tokens", {"description": "x" * 201}, "tokens_description_length"),
    ("tokens", {"allowed_ips": ["10.0.0.0/8"] * 101}, "tokens_allowed_ips_count"),
    ("tokens", {"user_id": "00000000-0000-0000-0000-000000000000"}, "tokens_user_id_fkey"),
    ("sessions", {"digest": b"short"}, "sessions_digest_length"),
    ("sessions", {"user_agent": "x" * 301}, "sessions_user_agent_length"),
    ("sessions", {"flash": "{}"}, "sessions_flash_array"),
    ("sessions", {"last_seen": "2001-01-01"}, "sessions_seen_after_created"),
    ("sessions", {"digest": b"1" * 32}, "sessions_digest_key"),
    ("sessions", {"created": "-infinity"}, "sessions_created_range"),
    ("sessions", {"last_seen": "infinity"}, "sessions_last_seen_range"),
    ("sessions", {"last_seen": "10000-01-01"}, "sessions_last_seen_range"),
    ("token_use", {"last_used": "infinity"}, "token_use_last_used_range"),
    ("groups", {"name": ""}, "groups_name_text"),
    ("groups", {"name": " ops"}, "groups_name_text"),
    ("groups", {"name": "o\nps"}, "groups_name_text"),
    ("groups", {"name": "x" * 151}, "groups_name_text"),
    ("groups", {"name": "OPS"}, "groups_name_key"),
    ("permissions", {"name": " "}, "permissions_name_text"),
    ("permissions", {"name": "taken"}, "permissions_name_key"),
    ("permissions", {"description": "x" * 201}, "permissions_description_length"),
    ("permissions", {"object_types": []}, "permissions_object_types_some"),
    ("permissions", {"object_types": ["dcim"]}, "permissions_object_types_form"),
    ("permissions", {"object_types": ["Dcim.site"]}, "permissions_object_types_form"),
    ("permissions", {"object_types": ["dcim.site", "dcim.site x"]}, "permissions_object_types_form"),
    ("permissions", {"object_types": ["dcim.site\nx"]}, "permissions_object_types_form"),
    ("permissions", {"object_types": ["dcim.site", None]}, "permissions_object_types_form"),
    ("permissions", {"object_types": [["dcim.site"], ["a.b"]]}, "permissions_object_types_some"),
    ("permissions", {"actions": []}, "permissions_actions_some"),
    ("permissions", {"actions": ["View"]}, "permissions_actions_known"),
    ("permissions", {"actions": ["frobnicate"]}, "permissions_actions_known"),
    ("permissions", {"actions": ["view", None]}, "permissions_actions_known"),
    ("permissions", {"actions": None}, "permissions_actions_some"),
    ("permissions", {"enabled": None}, "permissions_not_null"),
    ("login_attempts", {"kind": "token"}, "login_attempts_kind"),
]


@pytest.fixture(scope="module")
def hank(sql_shared):
    hank = sql_shared.user("hank")
    sql_shared.run("INSERT INTO postern.sessions (user_id, digest) VALUES (%s, %s)", hank, b"1" * 32)
    sql_shared.token(hank, digest=b"0" * 32)
    sql_shared.run("INSERT INTO postern.groups (name) VALUES ('ops')")
    sql_shared.permission(name="taken")
    return hank


def defaults(table, hank):
    return {
        "users": {},
        "tokens": {"user_id": hank, "digest": os.urandom(32), "pepper": 1, "tail": "3c9cb9"},
        "sessions": {"user_id": hank, "digest": os.urandom(32)},
        "token_use": {"token_id": "00000000-0000-0000-0000-000000000000"},
        "groups": {},
        "permissions": {"name": "new", "object_types": ["dcim.site"], "actions": ["view"]},
        "login_attempts": {"kind": "user", "key": "x", "failures": 1, "first_attempt": "now", "last_attempt": "now", "window_ends": "now"},
    }[table]


@pytest.mark.parametrize("table, columns, constraint", REFUSALS)
def test_row_is_refused_by_its_named_constraint(sql_shared, hank, table, columns, constraint):
    row = {**defaults(table, hank), **columns}
    error = sql_shared.refused(f"INSERT INTO postern.{table} ({', '.join(row)}) VALUES ({', '.join(['%s'] * len(row))})", *row.values())
    assert error.diag.constraint_name == constraint


BY_HAND = [r for r in REFUSALS if r[0] in ("users", "tokens", "sessions", "groups", "permissions") and "_fkey" not in r[2]]


@pytest.mark.parametrize("table, columns, constraint", BY_HAND)
def test_refusal_is_for_people_and_repeats_no_row(sql_shared, hank, table, columns, constraint):
    """Neither to psql nor in the server's log, which get the same fields."""
    row = {**defaults(table, hank), **columns}
    if table == "users" and "password_hash" not in columns:
        row["password_hash"] = HASH
    error = sql_shared.refused(f"INSERT INTO postern.{table} ({', '.join(row)}) VALUES ({', '.join(['%s'] * len(row))})", *row.values())
    diag = error.diag
    assert diag.message_hint and "constraint" not in diag.message_primary
    said = " ".join(str(part) for part in (diag.message_primary, diag.message_hint, diag.message_detail, diag.context))
    assert "argon2id$" not in said.replace('"', "") and "Failing row" not in said and not re.search(r"\\x[0-9a-f]{8}", said)


def test_psql_shows_message_and_hint_and_the_servers_log_no_hash(sql_cluster, sql):
    sql.user("hank", password_hash=HASH)
    mark = (sql_cluster.folder / "log").stat().st_size
    sql.run("SET log_min_error_statement = panic")  # what the administrator typed is another matter
    done = sql_cluster.psql(sql.name, stdin="UPDATE postern.users SET email = 'nowhere';", user="ada", check=False)
    assert re.match(r"ERROR:  this is no e-mail address\nHINT:  Write name@example.org", done.stderr), done.stderr
    assert HASH not in done.stderr and HASH not in (sql_cluster.folder / "log").read_text()[mark:]


@pytest.mark.parametrize("table, change", [("users", "email = 'x'"), ("users", "username = 'dale'"), ("tokens", "digest = 'x'"), ("tokens", "description = repeat('x', 201)"),
                                           ("groups", "name = ' x'"), ("permissions", "actions = '{veiw}'"), ("permissions", "object_types = '{site}'")])
def test_refused_update_says_what_to_do(sql, table, change):
    sql.token(sql.user("hank"))
    sql.user("dale")
    sql.permission()
    sql.run("INSERT INTO postern.groups (name) VALUES ('ops')")
    error = sql.refused(f"UPDATE postern.{table} SET {change}", role="ada")
    assert error.diag.message_hint and "constraint" not in error.diag.message_primary and not error.diag.message_detail


def test_unknown_action_is_named(sql):
    error = sql.refused("INSERT INTO postern.permissions (name, object_types, actions) VALUES ('p', '{dcim.site}', '{view,frobnicate}')", role="ada")
    assert error.diag.message_primary == 'unknown action "frobnicate"' and "view, add, change and delete" in error.diag.message_hint


def test_user_made_in_the_future_can_sign_in(sql):
    hank = sql.user(created="2999-01-01")
    sql.run("UPDATE postern.users SET last_login = now() WHERE id = %s", hank, role="postern")


@pytest.mark.parametrize("name", ["a", "x" * 150, "hank.hill@arlen.tx+1_-", "Ærøskøbing", "李"])
def test_user_name_is_accepted(sql, name):
    assert sql.user(name)


def test_refused_password_is_not_repeated(sql):
    error = sql.refused("INSERT INTO postern.users (username, password_hash) VALUES ('x', %s)", "Pocket-Sand-2021")
    assert "Pocket-Sand" not in str(error) + str(error.diag.message_detail)
    assert "postern hash" in error.diag.message_hint


def test_user_can_be_renamed(sql):
    hank = sql.user("hank")
    sql.run("UPDATE postern.users SET username = 'hankhill' WHERE id = %s", hank)
    assert sql.one("SELECT username FROM postern.users WHERE id = %s", hank) == "hankhill"


def test_token_may_not_be_born_expired_and_the_error_says_what_to_do(sql):
    error = sql.refused("INSERT INTO postern.tokens (user_id, digest, pepper, tail, expires) VALUES (%s, %s, 1, '3c9cb9', '2001-01-01')",
                        sql.user(), os.urandom(32))
    assert error.diag.message_primary == "a token cannot expire before it was created"
    assert "UPDATE its expires" in error.diag.message_hint


def test_token_of_the_past_can_be_restored_as_it_was(sql):
    assert sql.token(sql.user(), created="2020-01-01", expires="2021-01-01")


def test_token_can_be_ended_by_an_update_to_any_time(sql):
    token = sql.token(sql.user())
    sql.run("UPDATE postern.tokens SET expires = '2001-01-01'")
    assert sql.one("SELECT expires < now() FROM postern.tokens WHERE id = %s", token)


@pytest.mark.parametrize("table, change", [
    ("tokens", "id = gen_random_uuid()"),
    ("tokens", "created = created - interval '1 day'"),
    ("tokens", "user_id = (SELECT id FROM postern.users WHERE username = 'dale')"),
    ("sessions", "user_id = (SELECT id FROM postern.users WHERE username = 'dale')"),
    ("users", "id = gen_random_uuid()"),
    ("users", "created = created - interval '1 day'"),
])
def test_identity_never_changes(sql, table, change):
    hank = sql.user("hank")
    sql.user("dale")
    sql.token(hank)
    sql.session(hank)
    error = sql.refused(f"UPDATE postern.{table} SET {change}")
    assert error.diag.message_primary.endswith("never change")
    assert error.diag.message_hint
    assert error.diag.constraint_name == f"{table}_identity"


def test_deleting_a_user_deletes_what_belongs_to_it(sql):
    hank = sql.user("hank", password_hash=OTHER_HASH)
    token = sql.token(hank)
    sql.session(hank)
    sql.run("INSERT INTO postern.token_use VALUES (%s, now())", token)
    sql.run("INSERT INTO postern.permission_users VALUES (%s, %s)", sql.permission(), hank)
    sql.run("DELETE FROM postern.users WHERE id = %s", hank)
    left = "SELECT (SELECT count(*) FROM postern.tokens) + (SELECT count(*) FROM postern.sessions) " \
           "+ (SELECT count(*) FROM postern.token_use) + (SELECT count(*) FROM postern.permission_users)"
    assert sql.one(left) == 0
