"""Commands at a terminal that is not answered as hoped for (end of input, an interrupt), and with descriptors that are closed."""
import os
import pty
import re
import secrets
import select
import signal
import subprocess
import termios
import time

import pytest

from support.demo import BUILD, FAST

POSTERN = str(BUILD / "postern")
CTRL_C, CTRL_D, CTRL_Z, ENTER = b"\x03", b"\x04", b"\x1a", b"\n"
PASSWORD = b"Correct-Horse-9\n"


class Terminal:
    """The program on a terminal of its own: .shown, .until(text), .type(bytes), .ended(), .echoes()."""

    def __init__(self, *arguments, env=None):
        self.shown = b""
        self.pid, self.fd = pty.fork()
        if self.pid == 0:
            os.execve(POSTERN, ["postern", *arguments], {"PATH": "/usr/bin:/bin", **FAST, **(env or {})})

    def read(self, deadline):
        """What comes until then; False at the end."""
        while not select.select([self.fd], [], [], 0.05)[0]:
            assert time.monotonic() < deadline, f"nothing more came after {self.shown}"
        try:
            part = os.read(self.fd, 4096)
        except OSError:
            part = b""
        self.shown += part
        return bool(part)

    def until(self, text, seconds=10):
        deadline = time.monotonic() + seconds
        while text not in self.shown:
            assert self.read(deadline), f"it ended after {self.shown}"
        return self

    def type(self, keys):
        os.write(self.fd, keys)
        return self

    def echoes(self):
        return bool(termios.tcgetattr(self.fd)[3] & termios.ECHO)

    def ended(self, seconds=10):
        """The exit status, -N for the signal N; kills what has not ended by then."""
        deadline = time.monotonic() + seconds
        try:
            while self.read(deadline):
                pass
        except AssertionError:
            os.kill(self.pid, signal.SIGKILL)
            raise
        finally:
            status = os.waitstatus_to_exitcode(os.waitpid(self.pid, 0)[1])
        return status


def newcomer():
    return "t" + secrets.token_hex(5)


def users(demo, name):
    return demo.psql("SELECT username FROM postern.users WHERE username = %s", name)


# --- no password ---
@pytest.mark.parametrize("keys", [CTRL_D, ENTER])
def test_no_password_is_no_password(keys):
    terminal = Terminal("hash").until(b"New password: ").type(keys)
    assert terminal.ended() == 1
    assert terminal.shown.endswith(b"postern: no password was given\r\n") and b"$argon2id" not in terminal.shown


@pytest.mark.parametrize("keys", [CTRL_D, ENTER])
def test_the_password_has_to_be_said_again(keys):
    terminal = Terminal("hash").until(b"New password: ").type(PASSWORD).until(b"Again: ").type(keys)
    assert terminal.ended() == 1
    assert terminal.shown.endswith(b"postern: no password was given\r\n") and b"$argon2id" not in terminal.shown


@pytest.mark.parametrize("keys", [CTRL_D, ENTER, b"half a password" + CTRL_D + CTRL_D])
def test_user_without_the_password_asked_for_is_not_added(demo, keys):
    name = newcomer()
    terminal = Terminal("user", "add", name, env=demo.env).until(b"New password: ").type(keys)
    assert terminal.ended() == 1
    assert terminal.shown.endswith(b"postern: no password was given\r\n") and users(demo, name) == []


# --- interrupts ---
@pytest.mark.parametrize("typed_before", [b"", b"half a pass"])
def test_interrupt_at_the_prompt_ends_it_at_once_and_restores_the_echo(demo, typed_before):
    name = newcomer()
    terminal = Terminal("user", "add", name, env=demo.env).until(b"New password: ")
    assert not terminal.echoes()
    terminal.type(typed_before + CTRL_C)
    assert terminal.ended(5) == -signal.SIGINT
    assert terminal.echoes() and users(demo, name) == []


def test_interrupt_at_the_second_prompt_does_nothing_either(demo):
    name = newcomer()
    terminal = Terminal("user", "add", name, env=demo.env).until(b"New password: ").type(PASSWORD).until(b"Again: ").type(CTRL_C)
    assert terminal.ended(5) == -signal.SIGINT
    assert terminal.echoes() and users(demo, name) == []


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT])
def test_other_signals_restore_the_echo_too(number):
    terminal = Terminal("hash").until(b"New password: ")
    os.kill(terminal.pid, number)
    assert terminal.ended(5) == -number and terminal.echoes()


def test_who_comes_back_after_a_stop_is_asked_anew():
    """Nobody could continue this session, so the kernel lets it run on at once."""
    terminal = Terminal("hash").until(b"New password: ").type(b"half a pass" + CTRL_Z).until(b"New password: \r\nNew password: ")
    assert not terminal.echoes()
    assert terminal.type(PASSWORD).until(b"Again: ").type(PASSWORD).ended() == 0 and b"$argon2id" in terminal.shown


# --- closed descriptors ---
def closed(demo, descriptors, command):
    """Runs it by a shell that has these descriptors closed."""
    env = {**{k: v for k, v in os.environ.items() if not k.startswith(("PG", "POSTERN_"))}, **FAST, **demo.env}
    return subprocess.run(["bash", "-c", f'exec "$0" {command} {descriptors}', POSTERN], env=env, capture_output=True, text=True, timeout=60)


def test_key_that_nobody_would_see_is_not_made(demo, user):
    one = user()
    done = closed(demo, ">&-", f"token add {one.name}")
    assert (done.returncode, done.stderr) == (1, "postern: standard output is closed\n")
    assert demo.psql("SELECT 1 FROM postern.tokens WHERE user_id = %s", one.id) == []


@pytest.mark.parametrize("descriptors", [">&-", "<&- >&-", "<&- >&- 2>&-"])
def test_nothing_is_done_when_its_output_is_closed(demo, user, descriptors):
    one = user()
    assert closed(demo, descriptors, f"user disable {one.name}").returncode == 1
    assert demo.psql("SELECT is_active FROM postern.users WHERE id = %s", one.id) == [(True,)]


def test_messages_do_not_go_to_the_database(demo, user):
    """With standard input and error closed the connection would get a number below 3."""
    done = closed(demo, "<&- 2>&-", f"token add {user().name}")
    assert done.returncode == 0 and re.fullmatch("[0-9a-f]{40}\n", done.stdout)
    done = closed(demo, "<&- 2>&-", f"group add-user {newcomer()} nobody")
    assert (done.returncode, done.stdout) == (1, "")
    assert "no group" not in demo.log("postgresql") and "invalid frontend message" not in demo.log("postgresql")
