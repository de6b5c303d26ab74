"""Requests byte for byte: the usual clients tidy up what these tests are about."""
import http.client
import io
import json
import select
import socket
import subprocess
import time


class Answer:
    def __init__(self, status, headers, body):
        self.status, self.headers, self.body = status, headers, body

    def json(self):
        return json.loads(self.body)


class Replay:
    """What http.client takes for a socket: bytes that were received already."""

    def __init__(self, data):
        self.data = data

    def makefile(self, *_):
        return io.BytesIO(self.data)


def parse(data, method):
    """The first final answer in data, or None while it is not complete."""
    while data.startswith(b"HTTP/1.1 100"):
        data = data.partition(b"\r\n\r\n")[2]
    if b"\r\n\r\n" not in data:
        return None
    answer = http.client.HTTPResponse(Replay(data), method=method)
    answer.begin()
    try:
        return Answer(answer.status, answer.headers, answer.read())
    except http.client.IncompleteRead:
        return None


def exchange(port, head, chunks=(), timeout=10):
    """Sends the head and then the chunks for as long as no answer comes; returns the Answer.

    Raises TimeoutError, or ConnectionError when the server closed without any answer.
    """
    deadline = time.monotonic() + timeout
    method = head.split(b" ", 1)[0].decode("latin-1")
    with socket.create_connection(("127.0.0.1", port), timeout) as s:
        s.sendall(head)
        s.setblocking(False)
        queue, data, waiting = iter(chunks), b"", b""
        while True:
            waiting = waiting or next(queue, b"")
            ready, writable, _ = select.select([s], [s] if waiting else [], [], 0.5)
            if time.monotonic() > deadline:
                raise TimeoutError(f"no answer within {timeout} s")
            if ready:
                try:
                    more = s.recv(65536)
                except ConnectionResetError:
                    more = b""
                data += more
                answer = parse(data, method)
                if answer:
                    return answer
                if not more:
                    raise ConnectionError(f"closed after {data[:200]!r}")
            elif writable:
                try:
                    waiting = waiting[s.send(waiting):]
                except (BrokenPipeError, ConnectionResetError):
                    waiting, queue = b"", iter(())


def request(port, method, path, headers=(), body=None, timeout=10):
    """One request with exactly these header lines (a list of pairs), besides Host and the body's length."""
    lines = [("Host", f"127.0.0.1:{port}"), ("Connection", "close"), *headers]
    if any(name.lower() == "connection" for name, _ in headers):
        lines.pop(1)
    if body is not None:
        lines.append(("Content-Length", str(len(body))))
    head = f"{method} {path} HTTP/1.1\r\n" + "".join(f"{n}: {v}\r\n" for n, v in lines) + "\r\n"
    view = [body[i:i + 65536] for i in range(0, len(body), 65536)] if body else []
    return exchange(port, head.encode("latin-1"), view, timeout)


def request_chunked(port, method, path, headers, body):
    """The same with a body of unannounced length."""
    lines = [("Host", f"127.0.0.1:{port}"), ("Connection", "close"), ("Transfer-Encoding", "chunked"), *headers]
    head = f"{method} {path} HTTP/1.1\r\n" + "".join(f"{n}: {v}\r\n" for n, v in lines) + "\r\n"
    parts = [body[i:i + 65536] for i in range(0, len(body), 65536)]
    chunks = [b"%x\r\n%s\r\n" % (len(p), p) for p in parts] + [b"0\r\n\r\n"]
    return exchange(port, head.encode("latin-1"), chunks)


def request_h2(port, method, path, headers=(), host=None):
    """The same over HTTP/2 without TLS, by curl."""
    command = ["curl", "-s", "-i", "--http2-prior-knowledge", "-m", "10", "--noproxy", "*", "-X", method,
               "-H", f"Host: {host or f'127.0.0.1:{port}'}", f"http://127.0.0.1:{port}{path}"]
    for name, value in headers:
        command += ["-H", f"{name}: {value}"]
    raw = subprocess.run(command, capture_output=True, check=True).stdout
    head, _, body = raw.partition(b"\r\n\r\n")
    first, *lines = head.decode().split("\r\n")
    assert first.startswith("HTTP/2 "), first
    headers = http.client.parse_headers(io.BytesIO("\r\n".join([*lines, "", ""]).encode()))
    return Answer(int(first.split()[1]), headers, body)
