"""Addresses: unix sockets, loopback TCP, a socket handed over as descriptor 0."""
import grp
import os
import signal
import socket
import stat
import subprocess

from service import STATUS, wait_for
from support import fastcgi
from support.demo import BUILD, free_port


def test_a_unix_socket_gets_its_mode_and_group(service):
    group = grp.getgrgid(os.getgroups()[0] if os.geteuid() else grp.getgrnam("www-data").gr_gid).gr_name
    it = service(POSTERN_LISTEN_MODE="0620", POSTERN_LISTEN_GROUP=group)
    found = os.stat(it.socket)
    assert stat.S_IMODE(found.st_mode) == 0o620
    assert grp.getgrgid(found.st_gid).gr_name == group


def test_a_mode_or_group_that_makes_no_sense_is_refused(service):
    assert "octal mode" in service(start=False, POSTERN_LISTEN_MODE="rw").refusal()
    assert "octal mode" in service(start=False, POSTERN_LISTEN_MODE="0").refusal()
    assert 'no group "nosuchgroup"' in service(start=False, POSTERN_LISTEN_GROUP="nosuchgroup").refusal()


def test_a_stale_socket_is_replaced(service):
    it = service(start=False)
    with socket.socket(socket.AF_UNIX) as s:
        s.bind(it.socket)
    it.start()


def test_a_socket_that_somebody_answers_at_is_left_alone(service):
    first = service()
    second = service(start=False, POSTERN_LISTEN=first.socket)
    assert "something else answers there" in second.refusal()
    assert first.ask(STATUS).status == 200


def test_a_file_in_the_way_is_left_alone(service):
    it = service(start=False)
    with open(it.socket, "w") as f:
        f.write("precious")
    assert "a file is in the way" in it.refusal()
    with open(it.socket) as f:
        assert f.read() == "precious"


def test_a_path_that_is_too_long_is_refused(service):
    it = service(start=False)
    assert "a socket's path may have 107 bytes at most" in service(start=False, POSTERN_LISTEN=f"{it.dir}/{'x' * 90}").refusal()


def test_a_directory_that_does_not_exist_is_refused(service):
    assert "No such file or directory" in service(start=False, POSTERN_LISTEN="/nonexistent/postern.sock").refusal()


def test_several_addresses_are_answered_at(service):
    it = service(start=False)
    four, six = ("127.0.0.1", free_port()), ("::1", free_port())
    it.env["POSTERN_LISTEN"] = f"{it.socket}, 127.0.0.1:{four[1]},[::1]:{six[1]}"
    it.start()
    assert it.ask(STATUS, address=four).status == 200
    with socket.create_connection(six) as s:
        s.settimeout(10)
        s.sendall(fastcgi.begin() + fastcgi.stream(fastcgi.PARAMS, fastcgi.pairs(STATUS)) + fastcgi.stream(fastcgi.STDIN, b""))
        assert fastcgi.read_reply(s).status == 200


def test_an_address_beyond_loopback_needs_a_switch(service):
    port = free_port()
    assert "not a loopback address" in service(start=False, POSTERN_LISTEN=f"0.0.0.0:{port}").refusal()
    assert "not a loopback address" in service(start=False, POSTERN_LISTEN=f"[::]:{port}").refusal()
    it = service(start=False, POSTERN_LISTEN=f"0.0.0.0:{port}", POSTERN_LISTEN_ANYWHERE="on")
    it.start(address=("127.0.0.1", port))
    assert it.events("listening_beyond_loopback")


def test_addresses_that_are_none_are_refused(service):
    for text in ("localhost:9000", "9000", "127.0.0.1:0", "127.0.0.1:65536", "relative.sock", " , ", "1.2.3:9"):
        assert "POSTERN_LISTEN" in service(start=False, POSTERN_LISTEN=text).refusal()


def test_a_port_that_is_taken_is_refused(service):
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        s.listen()
        assert "Address already in use" in service(start=False, POSTERN_LISTEN=f"127.0.0.1:{s.getsockname()[1]}").refusal()


def ask_from(source, port):
    with socket.create_connection(("127.0.0.1", port), 10, (source, 0)) as s:
        try:
            s.sendall(fastcgi.begin() + fastcgi.stream(fastcgi.PARAMS, fastcgi.pairs(STATUS)) + fastcgi.stream(fastcgi.STDIN, b""))
        except (BrokenPipeError, ConnectionResetError):
            pass
        return fastcgi.read_reply(s).status


def test_peers_that_are_not_listed_are_turned_away(service):
    it, port = service(start=False), free_port()
    it.env.update(POSTERN_LISTEN=f"{it.socket},127.0.0.1:{port}", POSTERN_LISTEN_PEERS="127.0.0.2,127.0.0.4")
    it.start()
    assert ask_from("127.0.0.2", port) == 200
    assert ask_from("127.0.0.1", port) is None
    assert ask_from("127.0.0.3", port) is None
    assert ask_from("127.0.0.4", port) == 200
    assert [line for line in it.events("peer_refused") if "address=127.0.0.3" in line]
    assert it.ask(STATUS).status == 200  # a unix socket has its mode instead


def test_spawn_fcgi_hands_a_socket_over(service):
    it = service(start=False)
    it.env["POSTERN_LISTEN"] = "stdin"
    it.prefix = ["spawn-fcgi", "-s", it.socket, "-M", "0666", "-n", "--"]
    it.start()
    it.stop()
    assert os.path.exists(it.socket)  # not ours to remove


def test_descriptor_0_that_is_no_socket_is_refused(service):
    assert "descriptor 0 is not a listening socket" in service(start=False, POSTERN_LISTEN="stdin").refusal()


def test_a_handed_over_socket_outlives_the_service(service):
    """As with systemd: who comes between two services waits, and is answered by the next one."""
    it = service(start=False, POSTERN_LISTEN="stdin")
    with socket.socket(socket.AF_UNIX) as s:
        s.bind(it.socket)
        s.listen(16)
        question = fastcgi.begin() + fastcgi.stream(fastcgi.PARAMS, fastcgi.pairs(STATUS)) + fastcgi.stream(fastcgi.STDIN, b"")
        with it.connect() as early:
            early.sendall(question)
            with open(it.dir / "log", "ab") as log:
                it.process = subprocess.Popen([str(BUILD / "postern"), "serve"], env=it.env, stdin=s, stdout=log, stderr=log)
            assert fastcgi.read_reply(early).status == 200
        # systemd does this with each ExecReload=; a worker that lost the race for a connection would sit in accept
        s.setblocking(True)
        wait_for(lambda: len(it.crew()) == 6)
        for _ in range(20):
            assert it.ask(STATUS).status == 200
        s.setblocking(True)
        before = it.crew()
        it.process.send_signal(signal.SIGHUP)
        wait_for(lambda: not before & it.crew(), 20)
        it.stop()
