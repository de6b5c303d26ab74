"""The few records of FastCGI that the tests speak: a server that answers as it is told."""
import json
import os
import socket
import struct
import threading
import time

BEGIN_REQUEST, END_REQUEST, PARAMS, STDIN, STDOUT = 1, 3, 4, 5, 6


def record(kind, content):
    return struct.pack("!BBHHBx", 1, kind, 1, len(content), 0) + content


END = record(STDOUT, b"") + record(END_REQUEST, struct.pack("!IB3x", 0, 0))


def pairs(data):
    """The name-value pairs of a FCGI_PARAMS stream."""
    params, at = {}, 0
    while at < len(data):
        sizes = []
        for _ in range(2):
            if data[at] < 128:
                sizes.append(data[at])
                at += 1
            else:
                sizes.append(struct.unpack("!I", data[at:at + 4])[0] & 0x7fffffff)
                at += 4
        name = data[at:at + sizes[0]].decode()
        at += sizes[0]
        params.setdefault(name, data[at:at + sizes[1]].decode("latin-1"))  # as libfcgi: the first counts
        at += sizes[1]
    return params


class Listener:
    """Accepts on a unix socket path or a (host, port) and serves each connection in a thread."""

    def __init__(self, address):
        self.socket = socket.socket(socket.AF_UNIX if isinstance(address, str) else socket.AF_INET)
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self.socket.bind(address)
        if isinstance(address, str):
            os.chmod(address, 0o666)
        self.socket.listen(64)
        threading.Thread(target=self.run, daemon=True).start()

    def close(self):
        self.socket.shutdown(socket.SHUT_RDWR)
        self.socket.close()

    def run(self):
        while True:
            try:
                connection, _ = self.socket.accept()
            except OSError:
                return
            threading.Thread(target=self.one, args=(connection,), daemon=True).start()

    def one(self, connection):
        with connection:
            connection.settimeout(5)
            try:
                connection.sendall(self.answer(connection))
                time.sleep(0.02)
            except (OSError, EOFError):
                pass

    def answer(self, connection):
        raise NotImplementedError

    @staticmethod
    def stream(connection, wanted):
        """The content of the stream `wanted`, up to its empty record."""
        reader = connection.makefile("rb")
        content = b""
        while True:
            head = reader.read(8)
            if len(head) < 8:
                raise EOFError
            size, padding = struct.unpack("!HB", head[4:7])
            data = reader.read(size + padding)[:size]
            if head[1] == wanted and size == 0:
                return content
            if head[1] == wanted:
                content += data


class Whoami(Listener):
    """A FastCGI application: answers with the parameters that it got. hits counts the requests."""

    hits = 0

    def answer(self, connection):
        params = pairs(self.stream(connection, PARAMS))
        self.hits += 1
        body = json.dumps(params).encode()
        return record(STDOUT, b"Status: 200 OK\r\nContent-Type: application/json\r\n\r\n" + body) + END


class TornGate(Listener):
    """Answers the question with `reply`, whatever was asked, and closes: what a dying worker looks like."""

    reply = b""

    def answer(self, connection):
        self.stream(connection, PARAMS)
        return self.reply
