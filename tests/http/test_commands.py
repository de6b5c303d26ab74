"""The program at the command line: help, exit statuses, passwords, users, settings, migrations."""
import os
import pty
import re
import select
import signal
import subprocess
import time
from pathlib import Path

import psycopg
import pytest

from support.account import TOKENS
from support.demo import BUILD, FAST, PASSWORDS, REPO
from support.http import Client

POSTERN = str(BUILD / "postern")
COMMANDS = ["serve", "migrate", "user", "hash", "check", "config"]
PASSWORD = "Correct-Horse-9"


def run(*arguments, input="", env=None, **more):
    """The program without any demo: (status, output, errors)."""
    done = subprocess.run([POSTERN, *arguments], input=input, capture_output=True, text=True, timeout=30,
                          env={"PATH": "/usr/bin:/bin", **FAST, **(env or {})}, **more)
    return done.returncode, done.stdout, done.stderr


def settings():
    """{name: (default, help)} as the program's own table has them."""
    status, out, _ = run("config")
    assert status == 0
    return {name: (default, text) for text, default, name in re.findall(r"^# (.*)\n# default: (.*)\n(\w+)=", out, re.M)}


# --- help and usage ---
@pytest.mark.parametrize("arguments", [["--help"], ["-h"], ["help"]])
def test_help_lists_the_commands(arguments):
    status, out, err = run(*arguments)
    assert (status, err) == (0, "") and all(re.search(rf"^  {c} +\S", out, re.M) for c in COMMANDS)


@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize("option", ["--help", "-h"])
def test_every_command_has_help(command, option):
    status, out, err = run(command, option)
    assert (status, err) == (0, "") and out.startswith(f"usage: postern {command}")


def test_help_names_every_user_command():
    out = run("user", "--help")[1]
    assert all(w in out for w in ("add", "passwd", "list", "disable", "enable", "allow-tokens", "forbid-tokens"))


def test_version():
    status, out, _ = run("--version")
    assert status == 0 and re.fullmatch(r"postern \d+\.\d+\.\d+\n", out)


@pytest.mark.parametrize("arguments", [[], ["nonsense"], ["--nonsense"], ["serve", "x"], ["serve", "--nonsense"], ["migrate", "x"], ["check", "x"], ["config", "x"],
                                       ["hash", "x"], ["hash", "--nonsense"], ["hash", "--password-file"], ["user"], ["user", "nonsense"], ["user", "add"],
                                       ["user", "passwd"], ["user", "disable"], ["user", "enable"], ["user", "allow-tokens"], ["user", "forbid-tokens"],
                                       ["serve", "--log-format"], ["serve", "--log-format", "xml"], ["serve", "--log-format=xml"], ["serve", "--log-format="],
                                       ["serve", "--log-format", "text|json"], ["serve", "--log-formatjson"], ["serve", "--log-for=json"], ["serve", "--=json"],
                                       ["check", "--log-format=json"], ["user", "list", "--json=yes"], ["user", "list", "--json="],
                                       ["user", "add", "a", "b"], ["user", "add", "a", "--password", "x"], ["user", "add", "a", "--password=x"], ["user", "list", "a", "b"]])
def test_wrong_usage_is_2_and_says_where_help_is(arguments):
    status, out, err = run(*arguments)
    assert (status, out) == (2, "") and "--help" in err


def test_a_value_may_stand_behind_an_equals_sign(alice):
    alice.demo.postern("token", "add", alice.name, "--description=a=b", "--expires=2099-01-31T00:00Z", "--read-only")
    found = [t for t in alice.get().json()["results"] if t["description"] == "a=b"]
    assert [(t["expires"], t["write_enabled"]) for t in found] == [("2099-01-31T00:00:00Z", False)]


# --- passwords come from a terminal, standard input or a file ---
def at_terminal(arguments, answers, env=None):
    """Runs the program with a terminal of its own and types the answers: (status, what the terminal showed)."""
    pid, fd = pty.fork()
    if pid == 0:
        os.execve(POSTERN, [POSTERN, *arguments], {"PATH": "/usr/bin:/bin", **FAST, **(env or {})})
    shown, answers, prompts = b"", list(answers), 0
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        if not select.select([fd], [], [], 0.1)[0]:
            continue
        try:
            part = os.read(fd, 4096)
        except OSError:
            break
        if not part:
            break
        shown += part
        if shown.count(b": ") > prompts and answers:
            prompts = shown.count(b": ")
            os.write(fd, answers.pop(0).encode() + b"\n")
    os.close(fd)
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]), shown.decode()


def test_password_is_asked_for_twice_and_not_shown():
    status, shown = at_terminal(["hash"], [PASSWORD, PASSWORD])
    assert status == 0 and PASSWORD not in shown
    assert shown.startswith("New password: ") and "Again: " in shown and "$argon2id$v=19$m=256,t=1,p=1$" in shown


def test_passwords_that_differ_are_refused():
    status, shown = at_terminal(["hash"], [PASSWORD, PASSWORD + "x"])
    assert status == 1 and "differ" in shown and "$argon2id" not in shown


def test_without_terminal_it_says_how_else():
    status, out, err = run("hash", start_new_session=True)
    assert (status, out) == (1, "") and "--password-stdin" in err


def test_password_from_standard_input_and_file(tmp_path):
    (tmp_path / "p").write_text(PASSWORD + "\n")
    for status, out, err in (run("hash", "--password-stdin", input=PASSWORD), run("hash", "--password-stdin", input=PASSWORD + "\n"),
                             run("hash", "--password-file", str(tmp_path / "p"))):
        assert (status, err) == (0, "") and re.fullmatch(r"\$argon2id\$v=19\$m=256,t=1,p=1\$[A-Za-z0-9+/]+\$[A-Za-z0-9+/]+\n", out)


@pytest.mark.parametrize("given", ["", "\n", "a\0b", "x" * 4097])
def test_password_that_is_none(given):
    status, out, err = run("hash", "--password-stdin", input=given)
    assert (status, out) == (1, "") and err.startswith("postern: ")


def test_password_file_that_is_missing(tmp_path):
    status, _, err = run("hash", "--password-file", str(tmp_path / "none"))
    assert status == 1 and "none: No such file" in err


def test_hashes_have_salts_of_their_own():
    assert len({run("hash", "--password-stdin", input=PASSWORD)[1] for _ in range(3)}) == 3


# --- users ---
@pytest.fixture
def name(alice):
    return alice.name


def test_user_add_and_sign_in(demo, api):
    name = f"added{time.time_ns()}"
    demo.postern("user", "add", name, "--password-stdin", "--email", "a@example.org", "--first-name", "A", "--last-name", "B", input=PASSWORD + "\n")
    row = demo.psql("SELECT email, first_name, last_name, is_active, is_superuser, may_manage_tokens FROM postern.users WHERE username = %s", name)
    assert row == [("a@example.org", "A", "B", True, False, True)]
    assert api.post(TOKENS, basic=(name, PASSWORD)).status_code == 201


def test_user_add_from_a_terminal(demo, api):
    name = f"typed{time.time_ns()}"
    status, shown = at_terminal(["user", "add", name], [PASSWORD, PASSWORD], demo.env)
    assert status == 0 and PASSWORD not in shown
    assert api.get(TOKENS, basic=(name, PASSWORD)).status_code == 200


def test_user_add_with_flags(demo):
    name = f"flags{time.time_ns()}"
    demo.postern("user", "add", name, "--no-password", "--superuser", "--no-tokens")
    assert demo.psql("SELECT password_hash, is_superuser, may_manage_tokens FROM postern.users WHERE username = %s", name) == [(None, True, False)]


@pytest.mark.parametrize("sources", [["--no-password", "--password-file"], ["--no-password", "--password-stdin"], ["--password-file", "--password-stdin"]])
@pytest.mark.parametrize("command", [["user", "add", "twice"], ["hash"]])
def test_two_sources_of_a_password_are_refused(demo, tmp_path, command, sources):
    if command == ["hash"] and "--no-password" in sources:
        sources = ["--password-stdin", "--password-file"]
    (tmp_path / "p").write_text(PASSWORD)
    given = [word for source in sources for word in ([source, str(tmp_path / "p")] if source == "--password-file" else [source])]
    done = demo.postern(*command, *given, input=PASSWORD, check=False)
    assert (done.returncode, done.stdout) == (2, "") and "exclude one another" in done.stderr
    assert demo.psql("SELECT 1 FROM postern.users WHERE username = 'twice'") == []


@pytest.mark.parametrize("spell", [str.lower, str.upper])
def test_user_add_with_a_taken_name(demo, name, spell):
    done = demo.postern("user", "add", spell(name), "--no-password", check=False)
    assert (done.returncode, done.stdout) == (1, "") and "exists" in done.stderr


@pytest.mark.parametrize("bad", ["", "a b", "a/b", "a\nb", "x" * 151, "<b>"])
def test_user_add_with_a_name_that_is_none(demo, bad):
    before = demo.psql("SELECT count(*) FROM postern.users WHERE username LIKE '%%b>%%' OR length(username) > 150")
    done = demo.postern("user", "add", "--no-password", "--", bad, check=False)
    assert done.returncode == 1 and done.stderr.startswith("postern: ")
    assert demo.psql("SELECT count(*) FROM postern.users WHERE username LIKE '%%b>%%' OR length(username) > 150") == before


@pytest.mark.parametrize("password", ["short", "", "passwd-NAME"])
def test_password_rules(demo, name, password):
    password = name if password == "passwd-NAME" else password
    done = demo.postern("user", "passwd", name, "--password-stdin", input=password + "\n", check=False)
    assert done.returncode == 1 and done.stderr.startswith("postern: ")
    assert not password or password == name or password not in done.stderr


def test_user_passwd(alice):
    alice.demo.postern("user", "passwd", alice.name, "--password-stdin", input="Another-Horse-8\n")
    assert alice.get(basic=(alice.name, "Another-Horse-8")).status_code == 200
    assert alice.get(basic=alice.basic).status_code == 403


def test_user_list(alice, account):
    restricted = account(tokens=False, superuser=True)
    alice.create()
    alice.demo.postern("user", "disable", alice.name)
    out = alice.demo.postern("user", "list").stdout
    assert out.splitlines()[0].split()[:5] == ["NAME", "ACTIVE", "SUPERUSER", "MANAGES", "TOKENS"]
    rows = {line.split()[0]: line.split()[1:] for line in out.splitlines()[1:]}
    assert rows[alice.name][:4] == ["no", "no", "yes", "2"] and "never" in rows[alice.name]
    assert rows[restricted.name][:4] == ["yes", "yes", "no", "1"]
    one = alice.demo.postern("user", "list", alice.name).stdout.splitlines()
    assert len(one) == 2 and one[1].split()[0] == alice.name


@pytest.mark.parametrize("verb, column, value", [("disable", "is_active", False), ("enable", "is_active", True), ("forbid-tokens", "may_manage_tokens", False),
                                                 ("allow-tokens", "may_manage_tokens", True)])
def test_flags(alice, verb, column, value):
    alice.demo.psql(f"UPDATE postern.users SET {column} = %s WHERE id = %s", not value, alice.id)
    alice.demo.postern("user", verb, alice.name)
    assert alice.demo.psql(f"SELECT {column} FROM postern.users WHERE id = %s", alice.id) == [(value,)]


@pytest.mark.parametrize("verb", ["passwd", "disable", "enable", "forbid-tokens", "allow-tokens"])
def test_unknown_user(demo, verb):
    more = ["--password-stdin"] if verb == "passwd" else []
    done = demo.postern("user", verb, "nobody-at-all", *more, input=PASSWORD, check=False)
    assert done.returncode == 1 and re.fullmatch(r'postern: .*no user "nobody-at-all"\n(Hint: .*\n)?', done.stderr)


# --- config and check ---
def test_config_documents_every_setting():
    names = set(re.findall(r'"(POSTERN_[A-Z0-9_]+)"', (REPO / "app/base/config.c").read_text()))
    table = settings()
    assert set(table) == names and len(names) > 30
    assert all(len(text) > 10 for _, text in table.values())


def test_config_prints_present_values_and_can_be_read_back():
    env = {"POSTERN_WORKERS": "3", "POSTERN_LOG_LEVEL": "debug", "POSTERN_ALLOWED_HOSTS": "a.example,b.example"}
    out = run("config", env=env)[1]
    assert "\nPOSTERN_WORKERS=3\n" in out and "\nPOSTERN_ALLOWED_HOSTS=a.example,b.example\n" in out
    read_back = dict(line.split("=", 1) for line in out.splitlines() if line.startswith("POSTERN_"))
    assert run("config", env=read_back)[1] == out


@pytest.mark.parametrize("command", ["config", "check", "serve", "migrate", "hash"])
def test_unknown_setting_is_refused(command):
    status, _, err = run(command, env={"POSTERN_WORKRES": "3"}, start_new_session=True)
    assert status == 1 and "POSTERN_WORKRES" in err and "postern config" in err


@pytest.mark.parametrize("name, value", [("POSTERN_WORKERS", "0"), ("POSTERN_WORKERS", "x"), ("POSTERN_WORKERS", ""), ("POSTERN_WORKERS", "257"), ("POSTERN_WORKERS", "1.5"),
                                         ("POSTERN_PREPARE", "maybe"), ("POSTERN_PREPARE", ""), ("POSTERN_LOG_FORMAT", "xml"), ("POSTERN_LOG_LEVEL", "all"),
                                         ("POSTERN_DB_TIMEOUT", "-1"), ("POSTERN_ARGON2_MEMORY", "99999999999999999999")])
def test_bad_value_is_refused_and_named(name, value):
    status, _, err = run("config", env={name: value})
    assert status == 1 and name in err


def test_check(demo):
    done = demo.postern("check")
    assert re.findall(r"^(\w+) +(.*)$", done.stdout, re.M) == [("settings", "ok"), ("pepper", "ok"), ("database", "ok")]


def test_check_names_what_is_wrong(demo, tmp_path):
    done = demo.postern("check", check=False, POSTERN_PEPPER_FILE=str(tmp_path / "none"))
    assert done.returncode == 1 and str(tmp_path / "none") in done.stdout and re.search("^database +ok$", done.stdout, re.M)
    done = demo.postern("check", check=False, PGDATABASE="nonexistent")
    assert done.returncode == 1 and re.search("^database .*nonexistent", done.stdout, re.M)


# --- a pipe that was closed, or a full disk ---
@pytest.mark.parametrize("arguments", [["config"], ["--help"], ["user", "--help"]])
def test_full_disk_is_a_failure(arguments):
    with open("/dev/full", "w") as full:
        done = subprocess.run([POSTERN, *arguments], stdout=full, stderr=subprocess.PIPE, text=True, env={"PATH": "/usr/bin"}, timeout=20)
    assert done.returncode == 1 and "No space left" in done.stderr


@pytest.mark.parametrize("arguments", [["config"], ["--help"]])
def test_closed_pipe_is_no_success(arguments):
    read, write = os.pipe()
    os.close(read)
    done = subprocess.run([POSTERN, *arguments], stdout=write, stderr=subprocess.PIPE, text=True, env={"PATH": "/usr/bin"}, timeout=20)
    os.close(write)
    assert done.returncode in (1, -signal.SIGPIPE)


# --- migrate, and what serve says about schemas ---
@pytest.fixture(scope="module")
def empty(demo):
    """empty(): a new database of the demo's cluster without a schema; environment for the program."""
    made = []
    admin = psycopg.connect(host=demo.env["PGHOST"], port=demo.env["PGPORT"], dbname="postgres", user="postgres", autocommit=True)

    def make(options=""):
        made.append(f"empty{len(made)}_{os.getpid()}")
        admin.execute(f"CREATE DATABASE {made[-1]} OWNER postern_owner {options}")
        return made[-1]

    yield make
    for database in made:
        admin.execute(f"DROP DATABASE {database} WITH (FORCE)")
    admin.close()


def query(demo, database, sql):
    with psycopg.connect(host=demo.env["PGHOST"], port=demo.env["PGPORT"], dbname=database, user=demo.env["PGUSER"], autocommit=True) as c:
        cursor = c.execute(sql)
        return cursor.fetchall() if cursor.description else []


def serving(command, database, place):
    """Settings for a command on another database; serve gets an address of its own, and the workers' role."""
    more = {"PGUSER": "postern", "POSTERN_LISTEN": str(place / "s")} if command == "serve" else {}
    return {"PGDATABASE": database, **more}


NEWEST = len(list((REPO / "db/migrations").glob("*.sql")))


def test_migrate_from_nothing_and_again(demo, empty):
    database = empty()
    for _ in range(2):
        done = demo.postern("migrate", PGDATABASE=database)
        assert f"the schema is at migration {NEWEST}\n" in done.stdout
    rows = query(demo, database, "SELECT number, name, checksum, applied IS NOT NULL FROM postern.schema_migrations ORDER BY number")
    assert [(n, name) for n, name, _, _ in rows] == list(enumerate(sorted(f.name for f in (REPO / "db/migrations").glob("*.sql")), 1))
    assert all(re.fullmatch("[0-9a-f]{64}", c) and when for _, _, c, when in rows)


@pytest.mark.parametrize("encoding", ["SQL_ASCII", "LATIN1"])
def test_database_of_another_encoding_is_refused(demo, empty, encoding):
    """Every sign-in would fail in it."""
    database = empty(f"ENCODING {encoding} LOCALE 'C' TEMPLATE template0")
    wanted = (f"the database {database} has the encoding {encoding} and not UTF8: make it anew, with CREATE DATABASE {database} OWNER postern_owner "
              "ENCODING UTF8 LOCALE 'C.UTF-8' TEMPLATE template0")
    done = demo.postern("migrate", check=False, PGDATABASE=database)
    assert (done.returncode, done.stderr) == (1, f"postern: {wanted}\n")
    assert query(demo, database, "SELECT 1 FROM pg_namespace WHERE nspname = 'postern'") == []
    # one that an earlier program, or a hand, has filled all the same
    query(demo, database, "CREATE SCHEMA postern")
    query(demo, database, "CREATE TABLE postern.schema_migrations AS SELECT 1 AS number, 'x' AS name, 'x' AS checksum")
    done = demo.postern("check", check=False, PGDATABASE=database)
    assert done.returncode == 1 and wanted in done.stdout


def test_two_at_once(demo, empty):
    database = empty()
    env = {**os.environ, **FAST, **demo.env, "PGDATABASE": database}
    both = [subprocess.Popen([POSTERN, "migrate"], env=env, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) for _ in range(3)]
    ended = [(p.communicate(timeout=60), p.returncode) for p in both]
    assert [status for _, status in ended] == [0, 0, 0], ended
    assert query(demo, database, "SELECT count(*) FROM postern.schema_migrations") == [(NEWEST,)]


def test_changed_migration_is_refused(demo, empty, tmp_path):
    database = empty()
    demo.postern("migrate", PGDATABASE=database)
    query(demo, database, "UPDATE postern.schema_migrations SET checksum = repeat('0', 64) WHERE number = 2")
    for command in ("migrate", "check", "serve"):
        done = demo.postern(command, check=False, **serving(command, database, tmp_path))
        assert done.returncode == 1 and "migration 2" in done.stdout + done.stderr, command


def test_unknown_migration_is_refused(demo, empty, tmp_path):
    """The database was migrated by a later version."""
    database = empty()
    demo.postern("migrate", PGDATABASE=database)
    query(demo, database, f"INSERT INTO postern.schema_migrations (number, name, checksum) VALUES ({NEWEST + 1}, 'x.sql', 'x')")
    for command in ("migrate", "check", "serve"):
        done = demo.postern(command, check=False, **serving(command, database, tmp_path))
        assert done.returncode == 1 and f"migration {NEWEST + 1}" in done.stdout + done.stderr and "newer" in done.stdout + done.stderr, command


@pytest.mark.parametrize("sql", ["SELECT 1", f"DELETE FROM postern.schema_migrations WHERE number = {NEWEST}"])
def test_serve_refuses_a_schema_that_is_behind_and_says_what_to_run(demo, empty, sql, tmp_path):
    database = empty()
    if "DELETE" in sql:
        demo.postern("migrate", PGDATABASE=database)
    query(demo, database, sql)
    for arguments in (["serve"], ["check"], ["user", "list"]):
        done = demo.postern(*arguments, check=False, **serving(arguments[0], database, tmp_path))
        assert done.returncode == 1 and '"postern migrate"' in done.stdout + done.stderr, arguments


def test_failed_migration_leaves_nothing_of_itself(demo, empty):
    """Migration 2 cannot be applied here; 1 stays, and nothing of 2 does."""
    database = empty()
    query(demo, database, "CREATE SCHEMA postern")
    query(demo, database, "CREATE TABLE postern.permissions (x int)")
    done = demo.postern("migrate", PGDATABASE=database, check=False)
    assert done.returncode == 1 and "permissions" in done.stderr
    assert query(demo, database, "SELECT max(number) FROM postern.schema_migrations") == [(1,)]
    query(demo, database, "DROP TABLE postern.permissions")
    demo.postern("migrate", PGDATABASE=database)


def test_unknown_holder_is_an_error_when_there_is_no_permission_either(demo, empty):
    database = empty()
    demo.postern("migrate", PGDATABASE=database)
    done = demo.postern("permission", "list", "nobody", PGDATABASE=database, check=False)
    assert done.returncode == 1 and 'no user or group "nobody"' in done.stderr
    assert len(demo.postern("permission", "list", PGDATABASE=database).stdout.splitlines()) == 1


def test_pepper_is_made_once_and_for_its_owner_only(demo, empty, tmp_path):
    database, pepper = empty(), tmp_path / "pepper"
    done = demo.postern("migrate", PGDATABASE=database, POSTERN_PEPPER_FILE=str(pepper))
    text = pepper.read_text()
    assert str(pepper) in done.stdout and pepper.stat().st_mode & 0o777 == 0o600
    assert re.fullmatch("1 [0-9a-f]{64}\n", text) and text.split()[1] not in done.stdout + done.stderr
    demo.postern("migrate", PGDATABASE=database, POSTERN_PEPPER_FILE=str(pepper))
    assert pepper.read_text() == text


@pytest.mark.parametrize("place, problem", [("none/pepper", "none: No such file or directory"), ("file/pepper", "file: Not a directory")])
def test_pepper_that_cannot_be_made_stops_it_before_anything_is_changed(demo, empty, tmp_path, place, problem):
    database = empty()
    (tmp_path / "file").touch()
    done = demo.postern("migrate", PGDATABASE=database, POSTERN_PEPPER_FILE=str(tmp_path / place), check=False)
    assert (done.returncode, done.stdout, done.stderr) == (1, "", f"postern: cannot make the pepper file: {tmp_path}/{problem}\n")
    assert query(demo, database, "SELECT to_regnamespace('postern')") == [(None,)]


def test_lost_pepper_is_not_made_anew(demo, alice, tmp_path):
    """With tokens in the database a missing file is a lost secret."""
    done = demo.postern("migrate", check=False, POSTERN_PEPPER_FILE=str(tmp_path / "lost"))
    assert done.returncode == 1 and "restore it from a backup" in done.stderr and not (tmp_path / "lost").exists()


@pytest.mark.parametrize("text, mode", [("", 0o600), ("1 abc\n", 0o600), ("0 " + "a" * 64 + "\n", 0o600), ("1 " + "a" * 64 + "\n1 " + "b" * 64 + "\n", 0o600),
                                        ("1 " + "a" * 64 + "\n", 0o644), ("#" * 4095 + "\n1 " + "a" * 64 + "\n", 0o600)])
def test_bad_pepper_file_is_refused_without_being_shown(demo, tmp_path, text, mode):
    pepper = tmp_path / "pepper"
    pepper.write_text(text)
    pepper.chmod(mode)
    done = demo.postern("check", check=False, POSTERN_PEPPER_FILE=str(pepper))
    assert done.returncode == 1 and str(pepper) in done.stdout and "a" * 10 not in done.stdout + done.stderr


@pytest.mark.parametrize("arguments", [["migrate"], ["user", "list"], ["serve"]])
def test_database_that_is_away_is_named(arguments, tmp_path):
    (tmp_path / "p").write_text("1 " + "a" * 64 + "\n")
    (tmp_path / "p").chmod(0o600)
    user = {"POSTERN_USER": "nobody"} if os.geteuid() == 0 else {}
    status, _, err = run(*arguments, env={"PGHOST": str(tmp_path), "PGDATABASE": "x", "POSTERN_PEPPER_FILE": str(tmp_path / "p"), "POSTERN_LISTEN": str(tmp_path / "s"), **user})
    assert status == 1 and str(tmp_path) in err


def test_new_pepper_signs_and_the_old_one_still_verifies(new_demo):
    demo = new_demo()
    demo.start()
    client, basic = Client(demo.url), ("hankhill", PASSWORDS["hankhill"])
    old = client.post(TOKENS, basic=basic).json()["key"]
    pepper = Path(demo.env["POSTERN_PEPPER_FILE"])
    pepper.write_text(pepper.read_text() + "7 " + os.urandom(32).hex() + "\n")
    pid = next(p for p in demo.processes() if b"postern\0serve" in Path(f"/proc/{p}/cmdline").read_bytes())
    os.kill(pid, signal.SIGHUP)
    for _ in range(100):
        new = client.post(TOKENS, basic=basic).json()
        if demo.psql("SELECT pepper FROM postern.tokens WHERE id = %s", new["id"]) == [(7,)]:
            break
        time.sleep(0.05)
    else:
        raise AssertionError("the new pepper signs nothing")
    assert {client.get(TOKENS, token=key).status_code for key in (old, new["key"]) for _ in range(12)} == {200}
    assert client.post(TOKENS, basic=basic, json={"key": old}).json() == {"key": ["Token with this Key already exists."]}
    demo.stop()
