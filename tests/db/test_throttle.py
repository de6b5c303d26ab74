"""Counting wrong passwords: per name and per address, atomically, for every spelling."""

import concurrent.futures
import threading

import psycopg
import pytest


def attempt(sql, name="hank", address="192.0.2.1", user_limit=3, address_limit=100, window="10 minutes"):
    return sql.one("SELECT postern.login_attempt(%s, %s, %s, %s, %s)", name, address, user_limit, address_limit, window, role="postern")


def succeeded(sql, name="hank", address="192.0.2.1"):
    sql.run("SELECT postern.login_succeeded(%s, %s)", name, address, role="postern")


def failures(sql, kind, key):
    return sql.one("SELECT coalesce(max(failures), 0) FROM postern.login_attempts WHERE kind = %s AND key = %s", kind, key)


def later(sql, by):
    """Lets time pass, for the counters."""
    sql.run("""UPDATE postern.login_attempts SET first_attempt = first_attempt - %(by)s::interval, last_attempt = last_attempt - %(by)s::interval,
               window_ends = window_ends - %(by)s::interval, blocked_until = blocked_until - %(by)s::interval""".replace("%(by)s", f"'{by}'"))


def test_attempts_up_to_the_limit_go_on(sql):
    assert [attempt(sql) for _ in range(3)] == [0, 0, 0]


def test_the_next_one_waits_for_the_end_of_the_window(sql):
    for _ in range(3):
        attempt(sql)
    assert 590 <= attempt(sql) <= 600


def test_refused_attempts_do_not_lengthen_the_wait(sql):
    for _ in range(50):
        attempt(sql)
    assert failures(sql, "user", "hank") == 3
    later(sql, "9 minutes")
    assert attempt(sql) <= 60


def test_refused_attempts_write_nothing(sql):
    for _ in range(3):
        attempt(sql)
    sql.run("BEGIN", role="postern")
    assert attempt(sql) > 0
    assert sql.one("SELECT pg_current_xact_id_if_assigned()::text", role="postern") is None


def test_counting_starts_anew_after_the_window(sql):
    for _ in range(4):
        attempt(sql)
    later(sql, "11 minutes")
    assert [attempt(sql) for _ in range(3)] == [0, 0, 0]
    assert attempt(sql) > 0


@pytest.mark.parametrize("spelling", ["HANK", " hank", "\thank\r\n", "Hank\u00a0", "\uff28\uff41\uff4e\uff4b", "h\uff41nk"])
def test_spellings_of_a_name_share_one_counter(sql, spelling):
    for _ in range(3):
        attempt(sql, spelling)
    assert attempt(sql, "hank") > 0


def test_composed_and_decomposed_letters_share_one_counter(sql):
    for _ in range(3):
        attempt(sql, "e\u0301milie")
    assert attempt(sql, "\u00c9milie") > 0


def test_names_have_counters_of_their_own(sql):
    for _ in range(4):
        attempt(sql, "hank")
    assert attempt(sql, "dale") == 0


def test_name_is_blocked_from_every_address(sql):
    for n in range(3):
        attempt(sql, address=f"192.0.2.{n}")
    assert attempt(sql, address="198.51.100.1") > 0


def test_address_is_blocked_for_every_name(sql):
    for n in range(5):
        attempt(sql, f"user{n}", address_limit=5)
    assert attempt(sql, "another", address_limit=5) > 0


def test_attempt_refused_for_its_address_does_not_count_against_the_name(sql):
    for n in range(5):
        attempt(sql, f"user{n}", address_limit=5)
    for _ in range(10):
        attempt(sql, "hank", address_limit=5)
    assert [attempt(sql, "hank", "198.51.100.1") for _ in range(3)] == [0, 0, 0]


def test_attempt_refused_for_its_name_does_not_count_against_the_address(sql):
    for _ in range(10):
        attempt(sql)
    assert failures(sql, "address", "192.0.2.1") == 3


@pytest.mark.parametrize("one, other", [("192.0.2.1", "::ffff:192.0.2.1"), ("192.0.2.1", "192.0.2.1/24"),
                                        ("2001:db8::1", "2001:db8::ffff:2")])
def test_forms_of_an_address_share_one_counter(sql, one, other):
    for n in range(5):
        attempt(sql, f"user{n}", one, address_limit=5)
    assert attempt(sql, "another", other, address_limit=5) > 0


def test_other_networks_do_not(sql):
    for n in range(5):
        attempt(sql, f"user{n}", "2001:db8::1", address_limit=5)
    assert attempt(sql, "another", "2001:db8:0:1::1", address_limit=5) == 0


def test_success_forgets_the_name_and_gives_back_the_attempt(sql):
    for _ in range(3):
        attempt(sql)
    succeeded(sql)
    assert failures(sql, "user", "hank") == 0
    assert failures(sql, "address", "192.0.2.1") == 2


def test_own_success_does_not_wash_away_guesses_at_others(sql):
    for n in range(4):
        attempt(sql, f"victim{n}", address_limit=5)
        attempt(sql, "mallory", address_limit=5)
        succeeded(sql, "mallory")
    attempt(sql, "victim4", address_limit=5)
    assert attempt(sql, "victim5", address_limit=5) > 0


def test_no_address_counts_for_the_name_only(sql):
    assert [attempt(sql, address=None) > 0 for _ in range(4)] == [False, False, False, True]
    assert sql.run("SELECT DISTINCT kind FROM postern.login_attempts") == [("user",)]


@pytest.mark.parametrize("limit", [0, None])
def test_no_limit(sql, limit):
    assert {attempt(sql, user_limit=limit, address_limit=limit) for _ in range(10)} == {0}


def test_overlong_names_are_counted_without_being_kept(sql):
    attempt(sql, "x" * 1_000_000)
    assert sql.one("SELECT max(char_length(key)) FROM postern.login_attempts") == 150


def test_200_parallel_attempts_let_at_most_the_limit_pass(sql):
    barrier = threading.Barrier(200)

    def one(n):
        with psycopg.connect(sql.dsn("postern"), autocommit=True) as c:
            barrier.wait(60)
            return c.execute("SELECT postern.login_attempt('hank', %s, 5, 20, '10 minutes')", (f"192.0.2.{n % 10}",)).fetchone()[0]

    with concurrent.futures.ThreadPoolExecutor(200) as pool:
        waits = list(pool.map(one, range(200)))
    assert waits.count(0) == 5


def test_parallel_attempts_on_many_names_and_addresses_do_not_deadlock(sql):
    def many(n):
        with psycopg.connect(sql.dsn("postern"), autocommit=True) as c:
            for k in range(100):
                name, address = f"u{(n + k) % 5}", f"192.0.2.{(n * k) % 5}"
                if c.execute("SELECT postern.login_attempt(%s, %s, 1000, 1000, '5 milliseconds')", (name, address)).fetchone()[0] == 0 and k % 3:
                    c.execute("SELECT postern.login_succeeded(%s, %s)", (name, address))
                if k % 10 == 0:
                    c.execute("SELECT postern.login_attempt(%s, %s, 1000, 1000, '5 milliseconds')", (f"v{k}", address))
        return True

    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        assert all(pool.map(many, range(8)))


def test_old_counters_are_removed_in_passing(sql):
    sql.run("""INSERT INTO postern.login_attempts SELECT 'user', 'u' || n, 1, now() - interval '1 day', now() - interval '1 day', now() - interval '1 hour'
               FROM generate_series(1, 5000) AS n""")
    sql.run("SELECT postern.login_attempt('v' || n, NULL, 5, 5, '1 hour') FROM generate_series(1, 3000) AS n")
    assert sql.one("SELECT count(*) FROM postern.login_attempts WHERE key LIKE 'u%%'") == 0
    assert sql.one("SELECT count(*) FROM postern.login_attempts") == 3000


def test_administrator_sees_who_is_blocked(sql):
    for _ in range(3):
        attempt(sql, address_limit=3)
    rows = sql.run("SELECT kind, key, failures, seconds_left BETWEEN 590 AND 600 FROM postern.blocked_logins ORDER BY kind", role="ada")
    assert rows == [("address", "192.0.2.1", 3, True), ("user", "hank", 3, True)]


def test_administrator_lifts_a_block_and_the_log_says_so(sql):
    for _ in range(4):
        attempt(sql)
    assert sql.one("SELECT postern.unblock_user(' HANK')", role="ada") is True
    assert attempt(sql) == 0
    event = sql.events()[-1]
    assert (event["action"], event["object_name"], event["old"], event["db_role"]) == ("login_unblocked", "hank", {"failures": 3}, "ada")


def test_administrator_lifts_the_block_of_an_address(sql):
    for n in range(6):
        attempt(sql, f"user{n}", address_limit=5)
    assert sql.one("SELECT postern.unblock_address('::ffff:192.0.2.1')", role="ada") is True
    assert attempt(sql, "hank", address_limit=5) == 0


def test_lifting_where_nothing_is_blocked_says_so(sql):
    assert sql.one("SELECT postern.unblock_user('nobody')", role="ada") is False
    assert sql.events() == []


# --- names that nobody has ---
def test_known_names_are_counted_by_name_and_others_by_a_digest(sql):
    sql.user("hank")
    for name in (" HANK ", "s3cret-Password", " S3CRET-password"):
        sql.run("SELECT postern.login_attempt(%s, '192.0.2.1', 3, 0, '1 minute', 'a secret of the workers')", name, role="postern")
    keys = {row["key"]: row["failures"] for row in sql.dicts("SELECT key, failures FROM postern.login_attempts WHERE kind = 'user'")}
    assert keys.pop("hank") == 1
    (key, count), = keys.items()
    assert count == 2 and key.startswith("unknown ") and "s3cret" not in key


def test_digest_of_a_name_depends_on_the_secret(sql):
    for secret in ("one", "other"):
        sql.run("SELECT postern.login_attempt('nobody', NULL, 3, 0, '1 minute', %s)", secret, role="postern")
    assert sql.one("SELECT count(DISTINCT key) FROM postern.login_attempts") == 2
