"""The commands for administrators: what they do, what they print, and that they refuse cleanly."""
import json
import os
import pty
import re
import secrets
import subprocess

import pytest

from support.demo import BUILD, FAST


def name():
    return "c" + secrets.token_hex(5)


def rows(demo, *command):
    return json.loads(demo.postern(*command, "--json").stdout)


def refused_with_hint(demo, *command, status=1, **more):
    """[the one line that a command says when it refuses, what follows: a hint or nothing]; it prints nothing else."""
    done = demo.postern(*command, check=False, **more)
    assert (done.returncode, done.stdout) == (status, "")
    assert re.fullmatch(r"postern: .+\n(Hint: .+\n)?" if status == 1 else r"postern: .+\nTry .+\n", done.stderr), done.stderr
    said, _, hint = done.stderr[len("postern: "):].partition("\n")
    return [said, hint.rstrip("\n")]


def refused(demo, *command, **more):
    return refused_with_hint(demo, *command, **more)[0]


def on_terminal(demo, *command, answer):
    """Runs a command with a controlling terminal of its own, on which `answer` is typed: (exit status, what was shown)."""
    pid, fd = pty.fork()
    if pid == 0:
        env = {**{k: v for k, v in os.environ.items() if not k.startswith(("PG", "POSTERN_"))}, **FAST, **demo.env}
        os.execve(BUILD / "postern", ["postern", *command], env)
    shown = b""
    try:
        while b"[y/N] " not in shown:
            shown += os.read(fd, 1000)
        os.write(fd, answer.encode())
        while part := os.read(fd, 1000):
            shown += part
    except OSError:
        pass
    os.close(fd)
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]), shown.decode()


# --- users ---
def test_names_match_whatever_their_case(demo, user):
    one = user()
    demo.postern("user", "disable", one.name.upper())
    (listed,) = rows(demo, "user", "list", one.name.upper())
    assert (listed["username"], listed["is_active"]) == (one.name, False)


@pytest.mark.parametrize("verb,column,value", [
    ("disable", "is_active", False), ("forbid-tokens", "may_manage_tokens", False), ("promote", "is_superuser", True)])
def test_flags_of_a_user_are_set_and_lifted(demo, user, verb, column, value):
    one, back = user(), {"disable": "enable", "forbid-tokens": "allow-tokens", "promote": "demote"}[verb]
    demo.postern("user", verb, one.name)
    assert rows(demo, "user", "list", one.name)[0][column] is value
    demo.postern("user", back, one.name)
    assert rows(demo, "user", "list", one.name)[0][column] is not value


def test_user_delete_takes_the_tokens_along(demo, user, token):
    one = user()
    token(one)
    demo.postern("user", "delete", one.name, "--yes")
    assert not demo.psql("SELECT 1 FROM postern.tokens WHERE user_id = %s", one.id)
    assert rows(demo, "user", "list", one.name) == []


@pytest.mark.parametrize("command", [
    ("user", "disable", "nobody"), ("user", "delete", "nobody", "--yes"), ("user", "promote", "nobody"), ("token", "add", "nobody"),
    ("token", "list", "nobody"), ("token", "revoke-all", "nobody", "--yes"), ("session", "end", "nobody", "--yes"), ("session", "list", "nobody"),
    ("explain", "GET", "/", "--user", "nobody")])
def test_unknown_user_is_one_clear_line(demo, command):
    assert refused(demo, *command) in ('no user "nobody"', 'there is no user "nobody"')


@pytest.mark.parametrize("command,hint", [
    (("user", "passwd", "nobody"), "Hint: SELECT username FROM postern.users; lists them all."),
    (("permission", "grant", "hankhill", "sites", "view"),
     "Hint: An object type is app.model, for example dcim.site; several are separated by commas."),
    (("audit", "retain", "1 day", "--yes"), "Hint: Give how long to keep, for example interval '1 year'."),
    (("group", "add", " a "), "Hint: It has 1 to 150 characters, without control characters and without blanks around."),
    (("audit", "retain", "bananas", "--yes"), "")])
def test_hint_of_the_database_is_told(demo, command, hint):
    assert refused_with_hint(demo, *command)[1] == hint


@pytest.mark.parametrize("command,names", [
    (("user", "add", "a b", "--no-password"), "150 letters, digits and @ . [+] - _"),
    (("user", "add", "x" * 151, "--no-password"), "150 letters, digits and @ . [+] - _"),
    (("user", "add", "fresh", "--no-password", "--email", "bad"), "e-mail"),
    (("user", "add", "fresh", "--no-password", "--first-name", "x" * 151), "given name.* 150 characters"),
    (("user", "add", "fresh", "--no-password", "--last-name", "x" * 151), "family name.* 150 characters"),
    (("token", "add", "hankhill", "--description", "x" * 201), "description.* 200 characters"),
    (("group", "add", ""), "name of a group.* 150 characters"), (("group", "add", "a\tb"), "name of a group.* control characters"),
    (("permission", "grant", "hankhill", ",".join(f"a.b{i}" for i in range(1001)), "view"), "1000 object types"),
    (("permission", "grant", "hankhill", "a.b", "veiw"), "actions are view, add, change and delete")])
def test_values_that_do_not_fit_are_told_in_words(demo, command, names):
    """In whichever of the two lines; the names of constraints and tables say nothing to anybody."""
    said = " ".join(refused_with_hint(demo, *command))
    assert re.search(names, said) and not re.search("violates|constraint|relation|domain|_", said.replace("- _", "")), said


def test_passwd_asks_for_no_password_in_vain(demo):
    assert refused(demo, "user", "passwd", "nobody") == 'there is no user "nobody"'


# --- groups and permissions ---
def test_group_gains_and_loses_members(demo, user):
    one, team = user(), name()
    demo.postern("group", "add", team)
    demo.postern("group", "add-user", team.upper(), one.name.upper())
    assert rows(demo, "group", "list", team)[0]["members"] == [one.name]
    assert refused(demo, "group", "add-user", team, one.name) == f'"{one.name}" is a member already of "{team}"'
    demo.postern("group", "remove-user", team, one.name)
    assert rows(demo, "group", "list", team)[0]["members"] == []
    assert refused(demo, "group", "remove-user", team, one.name) == f'"{one.name}" is no member of "{team}"'
    demo.postern("group", "delete", team, "--yes")
    assert rows(demo, "group", "list", team) == []


def test_names_with_commas_stay_whole_in_json(demo, user):
    one, team = user(), f"{name()}, and others"
    demo.postern("group", "add", team)
    demo.postern("group", "add-user", team, one.name)
    assert rows(demo, "user", "list", one.name)[0]["groups"] == [team]


def test_second_group_of_a_name_is_refused(demo):
    team = name()
    demo.postern("group", "add", team)
    assert refused(demo, "group", "add", team.upper()) == f'a group with the name "{team.upper()}" exists (case does not count)'


@pytest.mark.parametrize("verb", ["add-user", "remove-user"])
def test_unknown_group_is_named(demo, user, verb):
    assert refused(demo, "group", verb, "no such", user().name) == 'no group "no such"'


def test_grant_and_revoke_are_felt_by_the_next_request(demo, api, user, token):
    one = user()
    key = token(one).key
    demo.postern("permission", "grant", one.name, "ipam.prefix", "view")
    assert api.get("/api/ipam/prefixes/", token=key).status_code == 200
    for who in (one.name, f"user:{one.name}", one.name.upper()):
        assert [p["object_types"] for p in rows(demo, "permission", "list", who)] == [["ipam.prefix"]]
    demo.postern("permission", "revoke", one.name, "ipam.prefix", "view")
    assert api.get("/api/ipam/prefixes/", token=key).status_code == 403
    assert refused(demo, "permission", "revoke", one.name, "ipam.prefix", "view") == f'"{one.name}" holds no such permission'


def test_permissions_of_a_group_and_a_user_of_one_name_are_told_apart(demo, user):
    one, other = user(), user()
    demo.postern("group", "add", one.name)
    for who, types in ((f"group:{one.name}", "dcim.rack"), (f"user:{one.name}", "ipam.prefix"), (other.name, "dcim.site")):
        demo.postern("permission", "grant", who, types, "delete")
        assert [p["object_types"] for p in rows(demo, "permission", "list", who)] == [[types]]
    assert refused(demo, "permission", "list", one.name) == f'"{one.name}" is both a user and a group'
    held = [p["object_types"][0] for p in rows(demo, "permission", "list") if p["actions"] == ["delete"]]
    assert sorted(held) == ["dcim.rack", "dcim.site", "ipam.prefix"]


@pytest.mark.parametrize("who", ["nobody", "user:nobody", "group:hankhill", ""])
def test_unknown_holder_of_permissions_is_an_error(demo, who):
    assert refused(demo, "permission", "list", who) == f'there is no user or group "{who}"'


def test_grant_of_nonsense_is_refused(demo, user):
    assert refused(demo, "permission", "grant", user().name, "prefix", "view") == '"prefix" is no list of object types'


# --- tokens ---
def test_token_add_prints_the_key_alone_and_the_key_works(demo, api, user):
    one = user(tokens=False)
    key = demo.postern("token", "add", one.name, "--description", "by hand").stdout
    assert len(key) == 41 and key.endswith("\n")
    assert api.get("/api/users/users/me/", token=key.strip()).json()["username"] == one.name
    (listed,) = rows(demo, "token", "list", one.name)
    assert (listed["tail"], listed["state"], listed["write_enabled"], listed["description"]) == (key[34:40], "live", True, "by hand")
    assert key.strip() not in json.dumps(listed)


def test_token_options_count(demo, user):
    one = user()
    made = rows(demo, "token", "add", one.name, "--read-only", "--expires", "2100-01-31T12:00Z", "--allowed-ips", "10.0.0.0/8, ::1")
    (listed,) = rows(demo, "token", "list", one.name)
    assert (listed["id"], listed["write_enabled"], listed["expires"]) == (made["id"], False, "2100-01-31T12:00:00Z")
    assert listed["allowed_ips"] == ["10.0.0.0/8", "::1/128"]


@pytest.mark.parametrize("options,message", [
    (["--expires", "soon"], '"soon" is no point in time, such as 2027-01-31T12:00Z'),
    (["--expires", "2001-01-01"], "a token cannot expire before it was created"),
    (["--allowed-ips", "10.0.0.1/8"], '"10.0.0.1/8" is no network: it has host bits set'),
    (["--allowed-ips", "home"], '"home" is no network')])
def test_unfit_tokens_are_not_made(demo, user, options, message):
    one = user()
    assert refused(demo, "token", "add", one.name, *options) == message
    assert rows(demo, "token", "list", one.name) == []


def test_key_that_cannot_be_written_makes_no_token(demo, user):
    one = user()
    env = {**{k: v for k, v in os.environ.items() if not k.startswith(("PG", "POSTERN_"))}, **FAST, **demo.env}
    with open("/dev/full", "w") as full:
        done = subprocess.run([BUILD / "postern", "token", "add", one.name], env=env, stdout=full, stderr=subprocess.PIPE, text=True)
    assert done.returncode == 1 and done.stderr.endswith("no token was made\n")
    assert rows(demo, "token", "list", one.name) == []


@pytest.mark.parametrize("how", ["id", "tail"])
def test_revoked_token_is_refused_by_the_next_request(demo, api, user, token, how):
    one = token(user())
    assert demo.postern("token", "revoke", one.id if how == "id" else one.key[-6:], "--yes").stdout == f"revoked {one.display}\n"
    assert api.get("/api/users/users/me/", token=one.key).json() == {"detail": "Invalid token"}


def test_revoking_by_the_key_itself_is_refused(demo, user, token):
    assert refused(demo, "token", "revoke", token(user()).key, "--yes") == "give the token's id or the last six digits of its key, not the key"


def test_all_tokens_of_a_user_are_revoked(demo, user, token):
    one = user()
    token(one), token(one)
    assert demo.postern("token", "revoke-all", one.name, "--yes").stdout == "2 tokens revoked\n"


# --- sessions, audit, throttle ---
def test_sessions_are_listed_and_ended(demo, user):
    one = user()
    ids = [str(demo.psql("INSERT INTO postern.sessions (user_id, digest, address, user_agent) VALUES (%s, sha256(%s), '192.0.2.7', "
                         "E'Fire\\033[2Jfox') RETURNING id", one.id, secrets.token_bytes(8))[0][0]) for _ in range(3)]
    assert {s["id"] for s in rows(demo, "session", "list", one.name)} == set(ids)
    assert demo.postern("session", "end", ids[0], "--yes").stdout == "1 sessions ended\n"
    assert refused(demo, "session", "end", ids[0], "--yes") == f'no session "{ids[0]}"'
    assert demo.postern("session", "end", one.name, "--yes").stdout == "2 sessions ended\n"
    assert rows(demo, "session", "list", one.name) == []
    assert demo.postern("session", "end", one.name, "--yes").stdout == "0 sessions ended\n"


def test_table_holds_no_control_characters(demo, user):
    one = user()
    demo.psql("INSERT INTO postern.sessions (user_id, digest, user_agent) VALUES (%s, sha256(%s), E'a\\033[2Jb')", one.id, secrets.token_bytes(8))
    assert "a?[2Jb" in demo.postern("session", "list", one.name).stdout


def test_audit_list_filters(demo, user):
    one = user()
    demo.postern("user", "disable", one.name)
    actions = [e["action"] for e in rows(demo, "audit", "list", "--object", one.name)]
    assert actions == ["user_created", "user_changed"]
    assert [e["new"] for e in rows(demo, "audit", "list", "--object", one.id, "--action", "user_changed")] == [{"is_active": False}]
    assert rows(demo, "audit", "list", "--object", one.name, "--who", "nobody") == []
    assert rows(demo, "audit", "list", "--object", one.name, "--until", "2001-01-01") == []
    assert len(rows(demo, "audit", "list", "--object", one.name, "--since", "2001-01-01", "--limit", "1")) == 1


def test_commands_leave_one_audit_event_under_the_database_role(demo, user):
    one = user()
    key = demo.postern("token", "add", one.name).stdout.strip()
    demo.postern("token", "revoke", key[-6:], "--yes")
    (identifier,) = {e["object_id"] for e in rows(demo, "audit", "list", "--object", f"{key[-6:]} ({one.name})")}
    events = rows(demo, "audit", "list", "--object", identifier)
    owner = demo.env["PGUSER"]
    assert [(e["action"], e["who"], e["db_role"]) for e in events] == [("token_created", owner, owner), ("token_deleted", owner, owner)]
    assert key not in json.dumps(events)


def test_audit_list_tells_who_acted_from_the_name_that_a_stranger_gave(demo, api, user, token):
    one = user()
    api.post("/api/users/tokens/", token=token(one).key, json={})
    api.get("/api/authentication-check/", basic=(one.name, "wrong"))
    events = [(e["action"], e["who"], e["db_role"]) for e in rows(demo, "audit", "list")]
    assert ("token_created", one.name, "postern") in events
    failed = rows(demo, "audit", "list", "--object", one.name, "--action", "login_failed")
    assert [(e["who"], e["db_role"]) for e in failed] == [("postern", "postern")]
    assert "login_failed" not in [e["action"] for e in rows(demo, "audit", "list", "--who", one.name)]


@pytest.mark.parametrize("interval,message", [("1 day", "the audit log keeps at least 7 days"),
                                              ("bananas", 'invalid input syntax for type interval: "bananas"')])
def test_audit_retain_refuses_what_is_too_short_or_no_interval(demo, interval, message):
    assert refused(demo, "audit", "retain", interval, "--yes") == message


def test_audit_retain_says_what_it_dropped(demo):
    assert demo.postern("audit", "retain", "100 years", "--yes").stdout == "0 months and 0 events beside them dropped\n"


def test_throttled_name_is_listed_and_lifted(demo, api, user):
    one = user()
    for _ in range(int(FAST["POSTERN_LOGIN_LIMIT"]) + 1):
        last = api.get("/api/authentication-check/", basic=(one.name, "wrong"))
    assert last.status_code == 429
    assert one.name in [t["key"] for t in rows(demo, "throttle", "list")]
    demo.postern("throttle", "lift", one.name.upper())
    assert api.get("/api/authentication-check/", basic=one.basic).status_code == 200
    assert refused(demo, "throttle", "lift", one.name) == f'nothing counts against "{one.name}"'


def test_throttled_address_is_lifted(demo):
    demo.psql("SELECT postern.login_attempt('x' || random(), '198.51.100.9', 0, 5, '1 minute')")
    demo.postern("throttle", "lift", "198.51.100.9")
    assert refused(demo, "throttle", "lift", "198.51.100.9") == 'nothing counts against "198.51.100.9"'


# --- confirmation ---
@pytest.mark.parametrize("verb", [("user", "delete"), ("token", "revoke-all"), ("session", "end")])
def test_what_destroys_is_refused_without_a_terminal(demo, user, token, verb):
    one = user()
    token(one)
    demo.psql("INSERT INTO postern.sessions (user_id, digest) VALUES (%s, sha256(%s))", one.id, secrets.token_bytes(8))
    env = {**{k: v for k, v in os.environ.items() if not k.startswith(("PG", "POSTERN_"))}, **FAST, **demo.env}
    done = subprocess.run([BUILD / "postern", *verb, one.name], env=env, input="y\n", capture_output=True, text=True, start_new_session=True)
    assert (done.returncode, done.stderr) == (1, "postern: no terminal to ask whether to do this: say --yes\n")
    assert rows(demo, "user", "list", one.name)[0]["tokens"] == 1
    assert len(rows(demo, "session", "list", one.name)) == 1


@pytest.mark.parametrize("whole", [True, False])
def test_question_says_which_sessions_end(demo, user, whole):
    one = user()
    (identifier,) = demo.psql("INSERT INTO postern.sessions (user_id, digest) VALUES (%s, sha256(%s)) RETURNING id::text", one.id,
                              secrets.token_bytes(8))[0]
    what, question = (one.name, f'End all sessions of the user "{one.name}"?') if whole else (identifier, f'End the session "{identifier}"?')
    assert on_terminal(demo, "session", "end", what, answer="n\n")[0] == 1 and len(rows(demo, "session", "list", one.name)) == 1
    status, shown = on_terminal(demo, "session", "end", what, answer="y\n")
    assert status == 0 and shown.startswith(f"{question} [y/N] ") and rows(demo, "session", "list", one.name) == []


@pytest.mark.parametrize("answer,gone", [("y\n", True), ("yes\n", True), ("Y\n", True), ("YES\n", True), ("\x04", False), ("n\n", False), ("\n", False), ("maybe\n", False)])
def test_answer_on_the_terminal_decides(demo, user, answer, gone):
    one = user()
    status, shown = on_terminal(demo, "user", "delete", one.name, answer=answer)
    assert f'Delete the user "{one.name}" and all tokens of that user? [y/N] ' in shown
    assert status == (0 if gone else 1)
    assert (rows(demo, "user", "list", one.name) == []) is gone


# --- usage and what is in the way ---
@pytest.mark.parametrize("command,message", [
    (["user"], "user needs a command"), (["user", "frobnicate"], 'no such user command: "frobnicate"'),
    (["user", "disable"], "user disable needs: NAME"), (["user", "disable", "a", "b"], 'too many arguments: "b"'),
    (["user", "list", "--yes"], 'unknown option "--yes"'), (["token", "add", "a", "--description"], "--description needs a value"),
    (["group", "add-user", "a"], "group add-user needs: GROUP USER"), (["serve", "now"], 'too many arguments: "now"'),
    (["explain", "GET"], "explain needs: METHOD PATH")])
def test_wrong_usage_is_told_with_the_way_to_the_help(demo, command, message):
    assert refused(demo, *command, status=2) == message


def test_missing_database_is_one_clear_line(demo):
    message = refused(demo, "token", "list", PGDATABASE="no_such_database")
    assert message.startswith("cannot reach the database: ") and "no_such_database" in message


def test_wrong_schema_is_one_clear_line(demo):
    assert refused(demo, "token", "list", PGDATABASE="postgres") == 'the database has no postern schema yet: run "postern migrate"'


def test_closed_pipe_is_one_clear_line(demo):
    env = {**{k: v for k, v in os.environ.items() if not k.startswith(("PG", "POSTERN_"))}, **FAST, **demo.env}
    reader, writer = os.pipe()
    os.close(reader)
    done = subprocess.run([BUILD / "postern", "user", "list"], env=env, stdout=writer, stderr=subprocess.PIPE, text=True)
    os.close(writer)
    assert (done.returncode, done.stderr) == (1, "postern: cannot write the output: Broken pipe\n")


def test_role_without_the_right_is_told_so(demo, user):
    """Commands run with the rights of the database role: the workers' role makes no superusers."""
    one = user()
    assert refused(demo, "user", "promote", one.name, PGUSER="postern") == "permission denied for table users"
    assert rows(demo, "user", "list", one.name)[0]["is_superuser"] is False


def test_table_is_aligned(demo, user):
    one = user()
    lines = demo.postern("user", "list", one.name).stdout.splitlines()
    assert lines[0].split() == ["NAME", "ACTIVE", "SUPERUSER", "MANAGES", "TOKENS", "LAST", "LOGIN", "GROUPS"]
    assert lines[1].index("yes") == lines[0].index("ACTIVE")


def test_missing_pepper_makes_no_token(demo, user):
    one = user()
    assert refused(demo, "token", "add", one.name, POSTERN_PEPPER_FILE="/no/such/file") == "/no/such/file: No such file or directory"
    assert rows(demo, "token", "list", one.name) == []
