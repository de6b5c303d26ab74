"""The audit log whoever acts: each action over the API, on a page, by command and in psql is one row, with the right
actor and without a secret."""
import random
import re
import subprocess

import pytest

from support.account import PASSWORD, TOKENS, Account
from support.http import Client

SECRET = re.compile(r"[0-9a-f]{40}|argon2id|\\x[0-9a-f]{16}")


class Log:
    """The rows that were added since it was made."""

    def __init__(self, demo):
        self.demo, self.since = demo, demo.psql("SELECT coalesce(max(id), 0) FROM postern.audit_events")[0][0]

    def rows(self, object_id=None):
        names = ("action", "username", "object_name", "token_id", "session_id", "address", "request_id", "db_role", "old", "new")
        rows = self.demo.psql(
            f"SELECT {', '.join(n + '::text' for n in names)} FROM postern.audit_events WHERE id > %s AND (%s::text IS NULL"
            " OR object_id::text = %s) ORDER BY id", self.since, object_id, object_id)
        return [dict(zip(names, row)) for row in rows]

    def only(self, object_id=None):
        (row,) = self.rows(object_id)
        assert not SECRET.search(str(row)), row
        return row


@pytest.fixture
def log(demo):
    return lambda: Log(demo)


def test_creating_over_the_api_is_one_row(alice, log):
    seen = log()
    made = alice.post(json={"description": "audited"}, headers={"X-Request-ID": "audit-me"})
    row = seen.only(made.json()["id"])
    assert (row["action"], row["username"], row["token_id"]) == ("token_created", alice.name, alice.token["id"])
    assert (row["address"], row["request_id"], row["db_role"]) == ("127.0.0.1/32", "audit-me", "postern")


def test_provisioning_with_a_password_is_one_row(alice, log):
    seen = log()
    made = alice.post(basic=alice.basic)
    row = seen.only(made.json()["id"])
    assert (row["action"], row["username"], row["token_id"]) == ("token_provisioned", alice.name, None)


def test_refused_provisioning_is_one_row(account, log):
    """The password was right, but an administrator has taken the right to make tokens away."""
    dale = account(tokens=False)
    seen = log()
    assert dale.post(basic=dale.basic, json={}).status_code == 403
    row = seen.only(dale.id)
    assert (row["action"], row["username"], row["address"], row["db_role"]) == ("provisioning_refused", dale.name, "127.0.0.1/32", "postern")
    assert "restricted" in row["new"]
    assert dale.get(basic=dale.basic).status_code == 200 and len(seen.rows(dale.id)) == 1


def test_provisioning_that_is_refused_late_is_one_row(demo, alice, log):
    seen = log()
    answer = demo.while_changing("UPDATE postern.users SET may_manage_tokens = false WHERE id = %s", alice.id,
                                 act=lambda: alice.post(basic=alice.basic, json={}))
    assert answer.status_code == 403
    assert sorted(r["action"] for r in seen.rows(alice.id)) == ["provisioning_refused", "user_changed"]


def test_overlong_names_count_for_the_address_and_hide_nothing(new_demo, password_hash):
    """They cost nothing, so many come quickly; a wrong password from the same address is on record all the same."""
    demo = new_demo(POSTERN_LOGIN_ADDRESS_LIMIT="45")
    demo.start()
    alice = Account(demo, password_hash)
    seen = Log(demo)
    assert {alice.get(basic=("x" * 601, "y")).status_code for _ in range(40)} == {403}
    assert alice.get(basic=(alice.name, "wrong")).status_code == 403
    assert [r["new"] for r in seen.rows(alice.id)] == ['{"reason": "wrong_password"}']
    assert len([r for r in seen.rows() if "overlong" in r["new"]]) == 30
    last = [alice.get(basic=("x" * 601, "y")) for _ in range(5)][-1]
    assert last.status_code == 429 and int(last.headers["Retry-After"]) > 0
    assert alice.get(basic=(alice.name, "wrong")).status_code == 429
    demo.stop()


def test_changing_is_one_row_with_old_and_new(alice, log):
    seen = log()
    alice.patch(f"{TOKENS}{alice.token['id']}/", json={"description": "after"})
    row = seen.only(alice.token["id"])
    assert row["action"] == "token_changed" and "first" in row["old"] and "after" in row["new"]


def test_changing_the_key_is_one_row_that_does_not_hold_it(alice, log):
    seen = log()
    alice.patch(f"{TOKENS}{alice.token['id']}/", json={"key": "ab" * 20})
    assert seen.only(alice.token["id"])["action"] == "token_key_changed"


def test_changing_nothing_is_no_row(alice, log):
    seen = log()
    assert alice.patch(f"{TOKENS}{alice.token['id']}/", json={"description": "first"}).status_code == 200
    assert seen.rows(alice.token["id"]) == []


def test_deleting_is_one_row(alice, log):
    other = alice.create()
    seen = log()
    alice.delete(f"{TOKENS}{other['id']}/")
    assert seen.only(other["id"])["action"] == "token_deleted"


def test_a_bulk_creation_is_one_row_for_each(alice, log):
    seen = log()
    ids = [t["id"] for t in alice.post(json=[{}, {}, {}]).json()]
    assert [seen.only(i)["action"] for i in ids] == ["token_created"] * 3


def test_a_refused_creation_is_no_row(alice, log):
    seen = log()
    alice.post(json=[{"description": "good"}, {"key": "bad"}])
    assert [r for r in seen.rows() if r["username"] == alice.name] == []


@pytest.mark.parametrize("reason", ["wrong_password", "unknown_user", "inactive"])
def test_a_failed_sign_in_is_one_row(account, log, reason):
    who = account(active=reason != "inactive")
    name = f"no-{who.name}" if reason == "unknown_user" else who.name
    seen = log()
    password = "wrong" if reason == "wrong_password" else PASSWORD
    # from an address of its own: of each address only so many failures a minute are written
    source = f"127.{random.randrange(1, 255)}.{random.randrange(1, 255)}.{random.randrange(1, 255)}"
    answer = subprocess.run(["curl", "-sS", "--interface", source, "-u", f"{name}:{password}", f"{who.client.url}{TOKENS}"],
                            capture_output=True, text=True, timeout=30, check=True)
    assert "Invalid username/password." in answer.stdout
    (row,) = [r for r in seen.rows() if source in str(r)]
    assert (who.name in str(row)) == (reason != "unknown_user")
    assert row["action"] == "login_failed" and reason in str(row) and "wrong'" not in str(row)


@pytest.mark.parametrize("command, action", [(("disable",), "user_changed"), (("forbid-tokens",), "user_changed"), (("passwd",), "password_changed")])
def test_a_command_is_one_row(demo, alice, log, command, action):
    seen = log()
    stdin = {"passwd": "another one, longer\n"}.get(command[0], "")
    demo.postern("user", *command, alice.name, *(["--password-stdin"] if stdin else []), input=stdin)
    row = seen.only(alice.id)
    assert (row["action"], row["username"], row["db_role"]) == (action, None, "postern_owner")


def test_a_new_user_by_command_is_one_row(user, log):
    seen = log()
    made = user()
    row = seen.only(made.id)
    assert row["action"] == "user_created" and row["db_role"] == "postern_owner"


@pytest.mark.parametrize("sql, action", [
    ("UPDATE postern.users SET is_active = false WHERE id = %s", "user_changed"),
    ("SELECT postern.restrict_tokens((SELECT username FROM postern.users WHERE id = %s))", "user_changed"),
    ("DELETE FROM postern.users WHERE id = %s", "user_deleted"),
])
def test_a_change_in_psql_is_one_row(demo, alice, log, sql, action):
    seen = log()
    demo.psql(sql, alice.id)
    row = seen.only(alice.id)
    assert (row["action"], row["username"], row["db_role"]) == (action, None, "postern_owner")


# --- pages ---
@pytest.fixture
def browser(demo, alice):
    """A client that signed in as alice on the page; submit(path, **fields) posts a form with its CSRF token."""
    client = Client(demo.url)

    def submit(path, **fields):
        form = client.get(path).text
        fields["csrfmiddlewaretoken"] = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', form).group(1)
        return client.post(path, data=fields)

    client.submit = submit
    client.log = Log(demo)
    assert submit("/login/", username=alice.name, password=PASSWORD).status_code == 302
    return client


def mine(log, who):
    """The one row that this user caused, last of all."""
    return [r for r in log.rows() if r["username"] == who.name]


def test_signing_in_on_the_page_is_one_row(browser, alice):
    (row,) = mine(browser.log, alice)
    assert row["action"] == "login" and not SECRET.search(str(row))


def test_signing_out_is_one_row(browser, demo, alice):
    browser.log = Log(demo)
    browser.submit("/logout/")
    (row,) = mine(browser.log, alice)
    assert row["action"] == "logout" and not SECRET.search(str(row))


def test_a_token_made_on_the_page_is_one_row(browser, demo, alice):
    browser.log = Log(demo)
    browser.submit("/user/api-tokens/add/", description="by page", write_enabled="on", _create="")
    (row,) = mine(browser.log, alice)
    assert row["action"] == "token_created" and row["session_id"] and not row["token_id"] and not SECRET.search(str(row))


def test_a_token_deleted_on_the_page_is_one_row(browser, demo, alice):
    browser.log = Log(demo)
    browser.submit(f"/user/api-tokens/{alice.token['id']}/delete/", confirm="True", _confirm="")
    (row,) = mine(browser.log, alice)
    assert row["action"] == "token_deleted" and row["session_id"]


def test_a_password_changed_on_the_page_is_one_row(browser, demo, alice):
    browser.log = Log(demo)
    browser.submit("/user/password/", old_password=PASSWORD, new_password1="a fresh one, quite long",
                   new_password2="a fresh one, quite long", _update="")
    (row,) = mine(browser.log, alice)
    assert row["action"] == "password_changed" and row["session_id"] and not SECRET.search(str(row))
