"""The supervisor and its workers: start, stop, renewal, death."""
import json
import os
import pwd
import shutil
import signal
import stat
import threading
import time
from pathlib import Path

import pytest

from service import ROOT, SANITIZED, SLOWER, STATUS, basic_field, gate, wait_for
from support import fastcgi
from support.demo import PASSWORDS
from support.fastcgi import PARAMS, STDIN, begin, pairs, read_reply, stream


def status_file(pid):
    return dict(line.split(":\t", 1) for line in Path(f"/proc/{pid}/status").read_text().splitlines() if ":\t" in line)


def kill(pid):
    os.kill(pid, signal.SIGKILL)


class Load:
    """Asks again and again from several threads; .failures are answers that were not 200."""

    def __init__(self, service, *questions):
        self.service, self.questions = service, questions
        self.failures, self.answers, self.done = [], 0, False
        self.threads = [threading.Thread(target=self.run) for _ in range(4)]

    def run(self):
        while not self.done:
            for question in self.questions:
                try:
                    answer = self.service.ask(question)
                    if answer.status != 200 or not answer.ended:
                        self.failures.append(answer.stdout)
                except OSError as e:
                    self.failures.append(e)
                self.answers += 1

    def __enter__(self):
        for thread in self.threads:
            thread.start()
        return self

    def __exit__(self, *_):
        self.done = True
        for thread in self.threads:
            thread.join()


@pytest.mark.parametrize("arguments, setting, as_json", [(["--log-format=json"], "text", True), (["--log-format", "json"], "text", True),
                                                         (["--log-format=text"], "json", False), ([], "json", True), ([], "text", False)])
def test_the_form_of_the_log_is_the_options_or_else_the_settings(service, arguments, setting, as_json):
    it = service(arguments=arguments, POSTERN_LOG_FORMAT=setting)
    wait_for(lambda: "/api/status/" in it.log())
    it.stop()
    for line in it.log().splitlines():
        assert json.loads(line)["event"] if as_json else line.startswith("time=") and " event=" in line


def test_sigterm_ends_the_program_and_removes_its_socket(service):
    it = service()
    assert stat.S_ISSOCK(os.stat(it.socket).st_mode)
    children = it.crew()
    it.stop()
    assert not os.path.exists(it.socket)
    assert not [pid for pid in children if os.path.exists(f"/proc/{pid}")]
    assert it.events("stopped") and not it.events("worker_died")


def test_sigterm_lets_a_request_that_has_begun_be_answered(service):
    it = service()
    question = begin() + stream(PARAMS, pairs(STATUS)) + stream(STDIN, b"")
    with it.connect() as s:
        s.sendall(question[:100])
        time.sleep(0.2)
        it.terminate()
        time.sleep(0.3)
        assert it.process.poll() is None
        s.sendall(question[100:])
        assert read_reply(s).status == 200
    assert it.process.wait(10) == 0


def test_sigterm_lets_passwords_that_wait_be_checked(service):
    """As many as wait: none is lost, although each takes its time."""
    it = service(POSTERN_PASSWORD_WORKERS="1", POSTERN_ARGON2_MEMORY="8192", POSTERN_ARGON2_TIME="8", POSTERN_LOGIN_LIMIT="1000")
    waiting = []
    for _ in range(6):
        s = it.connect(30)
        s.sendall(begin() + stream(PARAMS, pairs({**fastcgi.request("POST", "/api/users/tokens/"), **basic_field("nobody", "x")})) + stream(STDIN, b""))
        waiting.append(s)
    time.sleep(0.1)
    it.terminate()
    assert [read_reply(s).status for s in waiting] == [403] * 6
    assert it.process.wait(20) == 0
    for s in waiting:
        s.close()


def test_sigterm_is_not_held_up_by_idle_connections(service):
    it = service()
    with it.connect():
        time.sleep(0.2)
        begun = time.monotonic()
        it.stop()
    assert time.monotonic() - begun < 5


def test_sighup_replaces_every_worker_and_no_request_fails(service, user, token):
    it = service()
    key = token(user()).key
    before = it.crew()
    with Load(it, STATUS, gate(key)) as load:
        time.sleep(0.3)
        it.process.send_signal(signal.SIGHUP)
        wait_for(lambda: not before & it.crew(), 30)
        time.sleep(0.3)
    assert not load.failures, load.failures[:3]
    assert load.answers > 100
    assert len(it.crew()) == len(before)
    assert not it.events("worker_died")


def test_sighup_with_a_broken_pepper_file_keeps_the_old_workers(service, demo):
    it = service(start=False)
    pepper = it.dir / "pepper"
    shutil.copy2(demo.env["POSTERN_PEPPER_FILE"], pepper)
    if ROOT:
        shutil.chown(pepper, "www-data")
    it.env["POSTERN_PEPPER_FILE"] = str(pepper)
    it.start()
    before, good = it.crew(), pepper.read_text()
    pepper.write_text("1 not hexadecimal\n")
    it.process.send_signal(signal.SIGHUP)
    wait_for(lambda: len(it.events("worker_died")) > 1)
    assert before <= it.crew()
    assert it.ask(STATUS).status == 200
    # mended, the renewal that was asked for goes on by itself
    pepper.write_text(good)
    wait_for(lambda: not before & it.crew(), 40)


def test_a_killed_worker_is_replaced_within_a_second(service):
    it = service()
    time.sleep(2.1)  # those that die young are another matter
    for group in (it.workers, it.password_workers):
        before = group()
        victim = min(before)
        kill(victim)
        wait_for(lambda: victim not in group() and len(group()) == len(before), 1)
    assert len(it.events("worker_died")) == 2


def test_all_workers_killed_are_replaced(service):
    it = service()
    time.sleep(2.1)
    before = it.crew()
    for pid in before:
        kill(pid)
    wait_for(lambda: len(it.crew() - before) == len(before), 3)
    assert it.ask(STATUS).status == 200


def test_many_that_die_young_together_delay_the_next_as_one_does(service):
    it = service(POSTERN_WORKERS="16")
    before = it.crew()
    for pid in before:
        kill(pid)
    wait_for(lambda: len(it.crew() - before) == len(before), 3)


def test_workers_that_die_young_are_started_ever_more_slowly(service, demo):
    it = service(start=False)
    pepper = it.dir / "pepper"
    shutil.copy2(demo.env["POSTERN_PEPPER_FILE"], pepper)
    if ROOT:
        shutil.chown(pepper, "www-data")
    it.env.update(POSTERN_PEPPER_FILE=str(pepper), POSTERN_WORKERS="1", POSTERN_PASSWORD_WORKERS="1")
    it.start()
    pepper.write_text("")
    for pid in it.crew():
        kill(pid)
    time.sleep(4)
    # 250, 500, 1000, 2000 ms: two kinds of workers have died five times at most, and once by our hand
    assert 4 <= len(it.events("worker_died")) <= 12
    assert it.process.poll() is None


def test_a_worker_that_hangs_is_killed_and_replaced(service, demo, user, token):
    it = service(POSTERN_REQUEST_TIMEOUT="1", POSTERN_DB_TIMEOUT="30000", POSTERN_WORKERS="1")
    key = token(user()).key
    (stuck,) = it.workers()
    demo.psql("BEGIN")
    try:
        demo.psql("LOCK TABLE postern.tokens IN ACCESS EXCLUSIVE MODE")
        begun = time.monotonic()
        answer = it.ask(gate(key))
        assert answer.status is None and not answer.ended
        assert time.monotonic() - begun < 4
    finally:
        demo.psql("ROLLBACK")
    wait_for(lambda: it.workers() and stuck not in it.workers(), 3)
    assert it.ask(gate(key)).status == 200
    assert it.events("worker_stuck")


def test_a_password_worker_that_hangs_is_killed_and_replaced(service):
    it = service(POSTERN_REQUEST_TIMEOUT="1", POSTERN_PASSWORD_WORKERS="1", POSTERN_ARGON2_MEMORY="65536", POSTERN_ARGON2_TIME="1000")
    (stuck,) = it.password_workers()
    assert it.sign_in("nobody", "x").status is None
    wait_for(lambda: it.password_workers() and stuck not in it.password_workers(), 3)
    assert f"pid={stuck} kind=password_worker" in it.events("worker_stuck")[0]


def test_workers_end_with_a_supervisor_that_is_killed(service):
    it = service()
    children = it.crew()
    kill(it.process.pid)
    it.process.wait()
    wait_for(lambda: not [pid for pid in children if os.path.exists(f"/proc/{pid}")], 5 * SLOWER)


def test_no_process_can_gain_rights(service):
    it = service()
    for pid in {it.process.pid, *it.crew()}:
        status = status_file(pid)
        assert status["NoNewPrivs"] == "1"
        assert int(status["CapEff"], 16) == 0 or not ROOT
        if not SANITIZED:  # LeakSanitizer reads its own process
            # what root owns in /proc of another user's process cannot be read or traced: not dumpable
            assert os.stat(f"/proc/{pid}/mem").st_uid == 0


if ROOT:
    def test_started_as_root_it_becomes_the_user_for_good(service):
        it = service()
        www = pwd.getpwnam("www-data")
        for pid in {it.process.pid, *it.crew()}:
            status = status_file(pid)
            assert status["Uid"].split() == [str(www.pw_uid)] * 4
            assert status["Gid"].split() == [str(www.pw_gid)] * 4
            assert set(status["Groups"].split()) == {str(g) for g in os.getgrouplist("www-data", www.pw_gid)}

    def test_it_refuses_to_serve_as_root(service):
        it = service(start=False)
        del it.env["POSTERN_USER"]
        assert "will not answer requests as root" in it.refusal()

    def test_a_user_that_does_not_exist_or_is_root_is_refused(service):
        assert 'no user "nosuchuser"' in service(start=False, POSTERN_USER="nosuchuser").refusal()
        assert "root is root" in service(start=False, POSTERN_USER="root").refusal()


def test_a_start_that_cannot_work_says_why(service, demo):
    assert "pepper" in service(start=False, POSTERN_PEPPER_FILE="/nonexistent/pepper").refusal()
    assert "database" in service(start=False, PGHOST="/nonexistent").refusal()
    assert "POSTERN_WORKERZ: no such setting" in service(start=False, POSTERN_WORKERZ="1").refusal()


@pytest.mark.parametrize("name, value, entry", [
    ("POSTERN_TRUSTED_PROXIES", "127.0.0.1, localhost", "localhost"), ("POSTERN_TRUSTED_PROXIES", "10.0.0.0/33", "10.0.0.0/33"),
    ("POSTERN_LISTEN_PEERS", "::1,x", "x"), ("POSTERN_EXEMPT_VIEW_PERMISSIONS", "Dcim.Site;ipam", "Dcim.Site;ipam"),
    ("POSTERN_EXEMPT_VIEW_PERMISSIONS", "dcim.site,users.token", "users.token"), ("POSTERN_EXEMPT_VIEW_PERMISSIONS", "dcim.*", "dcim.*")])
def test_a_list_with_an_entry_that_means_nothing_is_refused(service, name, value, entry):
    assert f'{name}: "{entry}" is not' in service(start=False, **{name: value}).refusal().replace('\\"', '"')


def test_demo_users_can_sign_in_through_any_worker(service):
    """What was handed to a password worker comes back on the same connection."""
    it = service()
    for _ in range(8):
        assert it.sign_in("hankhill", PASSWORDS["hankhill"]).status == 400  # the password was right, the body is not
