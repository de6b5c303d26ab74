"""The contract of `make demo`: what it prints, what it keeps, how it stops, what it says when it cannot start."""
import os
import pty
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from pathlib import Path

import pytest

from support.demo import PASSWORDS, REPO, BUILD, Demo, born
from support.http import Client


@pytest.fixture(scope="module")
def once():
    """A demo that was started once and stopped: its directory is what a second start finds."""
    it = Demo()
    try:
        it.start().stop()
        yield it
    finally:
        it.remove()


@pytest.fixture
def running(once):
    """The same demo, running again."""
    yield once.start()
    once.kill()


def sourced(demo, command):
    """What a shell prints that has read DIR/env."""
    return subprocess.run(["bash", "-c", f'. "{demo.dir}/env" && {command}'], capture_output=True, text=True, check=True,
                          cwd=REPO, env={"PATH": os.environ["PATH"]}).stdout


def dump(demo):
    return sourced(demo, "pg_dump")


# --- start ---
def test_standard_output_is_the_ready_line_alone(running):
    Client(running.url).get("/")
    assert running.stdout.read_text() == f"postern: ready at http://127.0.0.1:{running.port}/\n"


def test_requests_are_answered_when_the_ready_line_is_there(running):
    assert Client(running.url).get("/api/status/").status_code == 200


def test_second_start_reuses_the_data(once):
    once.start()
    once.psql("UPDATE postern.users SET first_name = 'Henry' WHERE username = 'hankhill'")
    once.psql("DELETE FROM postern.users WHERE username = 'dale'")
    once.stop()
    once.start()
    assert once.psql("SELECT first_name FROM postern.users WHERE username = 'hankhill'") == [("Henry",)]
    assert once.psql("SELECT count(*) FROM postern.users WHERE username = 'dale'") == [(0,)]
    once.stop()


def test_key_made_before_a_restart_works_after_it(once):
    once.start()
    key = Client(once.url).post("/api/users/tokens/", basic=("peggy", PASSWORDS["peggy"]), json={}).json()["key"]
    once.stop()
    once.start()
    assert Client(once.url).get("/api/users/tokens/", token=key).status_code == 200
    once.stop()


def test_starts_below_a_directory_that_only_its_owner_may_enter(new_demo):
    base = tempfile.mkdtemp(prefix="postern-test-")
    demo = new_demo(base=base)
    os.chmod(base, 0o700)
    demo.start()
    assert Client(demo.url).get("/api/status/").status_code == 200
    far = [(demo.dir / name).resolve() for name in ("data", "run")]
    demo.stop()
    demo.run("--reset")
    assert not any(place.exists() for place in far)


def test_starts_with_a_path_too_long_for_a_socket(new_demo):
    demo = new_demo()
    demo.dir = demo.base / ("long" * 30)
    demo.start()
    assert demo.psql("SELECT 1") == [(1,)]
    demo.stop()


@pytest.fixture
def as_ordinary_user(new_demo):
    """A demo of a checkout that belongs to an ordinary user (root's tests use nobody), and how to start it."""
    demo = new_demo()
    if os.geteuid() != 0:
        return demo, {}
    copy = demo.base / "checkout"
    for part in ("deploy", "db"):
        shutil.copytree(REPO / part, copy / part)
    (copy / "build").mkdir()
    shutil.copy2(BUILD / "postern", copy / "build/postern")
    for path in [demo.base, *demo.base.rglob("*")]:
        shutil.chown(path, "nobody", "nogroup")
    demo.settings["BUILD"] = "build"
    nobody = ["setpriv", "--reuid=nobody", "--regid=nogroup", "--clear-groups"]
    return demo, {"script": copy / "deploy/demo/demo.sh", "prefix": nobody}


def test_ordinary_user_can_run_it(as_ordinary_user):
    demo, how = as_ordinary_user
    demo.start(**how)
    assert Client(demo.url).get("/api/status/").status_code == 200
    assert {(demo.dir / name).owner() for name in ("env", "data/pepper", "data")} == {(demo.dir).owner()}
    demo.stop()


# --- env ---
def test_psql_reaches_the_database_as_its_owner(running):
    owner = "SELECT pg_get_userbyid(datdba) = current_user FROM pg_database WHERE datname = current_database()"
    assert sourced(running, f'psql -XAt -c "{owner}"') == "t\n"


def test_program_runs_against_the_demo(running):
    sourced(running, f"printf 'Correct-Horse-9\\n' | {BUILD}/postern user add boomhauer --password-stdin")
    assert running.psql("SELECT is_active FROM postern.users WHERE username = 'boomhauer'") == [(True,)]
    running.psql("DELETE FROM postern.users WHERE username = 'boomhauer'")


def test_env_holds_no_secret(running):
    text = (running.dir / "env").read_text()
    pepper = (running.dir / "data/pepper").read_text().split()
    assert not [secret for secret in [*PASSWORDS.values(), *(w for w in pepper if len(w) > 8)] if secret in text]
    assert "PGPASSWORD" not in text


def test_pepper_is_for_its_owner_only(running):
    assert (running.dir / "data/pepper").stat().st_mode & 0o777 == 0o600


def test_callers_own_settings_lead_nowhere_else(new_demo):
    demo = new_demo(PGHOST="/nowhere", PGUSER="nobody", PGPASSWORD="x", PGSERVICE="none", POSTERN_LISTEN="/nowhere/s")
    demo.start()
    demo.stop()


# --- what it holds ---
@pytest.mark.parametrize("name, status", [("hankhill", 201), ("dale", 403), ("peggy", 201), ("bill", 403)])
def test_demo_users_may_do_what_is_documented(demo, name, status):
    answer = Client(demo.url).post("/api/users/tokens/", basic=(name, PASSWORDS[name]), json={})
    assert answer.status_code == status, answer.text


def test_restricted_demo_user_can_sign_in(demo):
    assert Client(demo.url).get("/api/users/tokens/", basic=("dale", PASSWORDS["dale"])).status_code == 200


def test_only_peggy_is_superuser(demo):
    flags = demo.psql("SELECT username FROM postern.users WHERE is_superuser AND username = ANY(%s)", list(PASSWORDS))
    assert flags == [("peggy",)]


def test_sites_are_ten_for_whoever_may_view_them(demo):
    client = Client(demo.url)
    key = client.post("/api/users/tokens/", basic=("hankhill", PASSWORDS["hankhill"]), json={}).json()["key"]
    assert client.get("/api/dcim/sites/", token=key).json()["count"] == 10
    assert client.get("/api/ipam/prefixes/", token=key).status_code == 403
    assert client.get("/api/dcim/sites/").status_code == 403


def test_exempted_objects_are_read_without_a_token(once):
    once.settings["DEMO_EXEMPT"] = "dcim.site"
    try:
        once.start()
        assert Client(once.url).get("/api/dcim/sites/").json()["count"] == 10
        assert Client(once.url).get("/api/ipam/prefixes/").status_code == 403
        once.stop()
    finally:
        del once.settings["DEMO_EXEMPT"]


def test_dump_holds_no_key_and_no_password(running):
    client = Client(running.url)
    given = "00112233445566778899aabbccddeeff00112233"
    keys = [client.post("/api/users/tokens/", basic=("peggy", PASSWORDS["peggy"]), json=body).json()["key"]
            for body in ({}, {"key": given})]
    text = dump(running).lower()
    assert "peggy" in text and keys[1] == given
    assert not [s for s in [*keys, *PASSWORDS.values()] if s.lower() in text]


def test_logs_hold_no_key_and_no_password(running):
    client = Client(running.url)
    key = client.post("/api/users/tokens/", basic=("peggy", PASSWORDS["peggy"]), json={}).json()["key"]
    client.get("/api/users/tokens/", token=key)
    client.get("/api/users/tokens/", basic=("peggy", "wrong-" + PASSWORDS["peggy"]))
    logs = "".join(f.read_text(errors="replace") for f in (running.dir / "log").iterdir())
    assert "/api/users/tokens/" in logs
    assert not [s for s in [key, *PASSWORDS.values()] if s in logs]


# --- stop ---
@pytest.mark.parametrize("sig", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_signal_stops_everything(once, sig):
    once.start()
    before = once.processes()
    assert len(before) > 8
    once.stop(sig)  # proves status 0 and that no process is left
    with pytest.raises(OSError):
        socket.create_connection(("127.0.0.1", once.port), 2)


def test_terminal_that_vanishes_stops_everything(once):
    """Started from a terminal of its own, as from an SSH session, which is then closed."""
    master, slave = pty.openpty()
    once.start(stdin=slave, start_new_session=True, prefix=["setsid", "-c", "-w"])
    os.close(slave)
    before = once.processes()
    os.close(master)
    assert not Demo.left(before, 20)
    once.process.wait(10)
    once.process = None


def test_killed_script_leaves_nothing(once):
    once.start()
    before = once.processes()
    once.process.kill()
    assert not Demo.left(before, 20)
    once.process.wait(10)
    once.process = None


def process_named(demo, name):
    """The first of the demo's processes with this in its command line."""
    for pid in demo.processes():
        if name in Path(f"/proc/{pid}/cmdline").read_bytes():
            return pid
    raise AssertionError(name)


@pytest.mark.parametrize("part, sign", [("nginx", b"server-nginx/nginx.conf"), ("postern", b"postern\0serve"), ("postgresql", b"listen_addresses")])
def test_part_that_dies_takes_the_rest_along(once, part, sign):
    once.start()
    before = once.processes()
    os.kill(process_named(once, sign), signal.SIGKILL)
    assert once.process.wait(30) == 1
    once.process = None
    assert f"{part} ended unexpectedly" in once.stderr.read_text()
    assert not Demo.left(before, 10)


# --- refusals ---
def test_taken_port_is_named_before_anything_is_made(new_demo):
    demo = new_demo()
    with socket.socket() as s:
        s.bind(("127.0.0.1", demo.port))
        s.listen()
        status, out, err = demo.run()
    assert (status, out) == (1, "")
    assert f"port {demo.port}" in err and len(err.splitlines()) == 1
    assert not (demo.dir / "data").exists()


@pytest.mark.parametrize("port", ["0", "65536", "http", "80;"])
def test_port_that_is_none_is_refused(new_demo, port):
    status, _, err = new_demo(DEMO_PORT=port).run()
    assert status == 1 and "DEMO_PORT" in err


def test_unknown_server_is_refused(new_demo):
    status, _, err = new_demo(server="iis").run()
    assert status == 1 and "nginx" in err


def test_second_demo_in_the_same_directory_is_refused(running, new_demo):
    second = new_demo()
    second.dir = running.dir
    status, out, err = second.run()
    assert (status, out) == (1, "")
    assert "already running" in err
    assert Client(running.url).get("/api/status/").status_code == 200


def test_process_file_of_a_lost_database_server_is_no_obstacle(once):
    """After a power cut postmaster.pid is still there, and its number may be another process's now."""
    (once.dir / "data/cluster/postmaster.pid").write_text(f"{os.getpid()}\n{once.dir}/data/cluster\n{int(time.time())}\n5432\n\n\n")
    once.start()
    once.stop()


def test_directory_that_is_no_demo_is_left_alone(new_demo):
    demo = new_demo()
    demo.dir.mkdir()
    (demo.dir / "thesis.txt").write_text("years of work")
    assert demo.run()[0] == 1
    assert demo.run("--reset")[0] == 1
    assert [f.name for f in demo.dir.iterdir()] == ["thesis.txt"]
    shutil.rmtree(demo.dir)


def test_reset_deletes_the_directory(new_demo):
    demo = new_demo()
    demo.start().stop()
    assert demo.run("--reset")[0] == 0
    assert not demo.dir.exists()


def test_reset_of_a_running_demo_is_refused(running):
    environment = {**running.environment()}
    done = subprocess.run(["bash", str(REPO / "deploy/demo/demo.sh"), "--reset"], env=environment, capture_output=True, text=True)
    assert done.returncode == 1 and "running" in done.stderr
    assert born(running.process.pid)
