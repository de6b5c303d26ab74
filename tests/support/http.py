"""HTTP to the demo: Client for ordinary requests, raw() for exact bytes."""
import http.client
import io
import socket

import requests

from support import openapi


class Client:
    """client.get("/api/", token=key), client.post(path, basic=(name, password), json={...}). Paths only; redirects
    are not followed; cookies are kept, so a client that signed in stays signed in."""

    def __init__(self, url):
        self.url = url.rstrip("/")
        self.session = requests.Session()
        self.session.trust_env = False

    def request(self, method, path, token=None, basic=None, headers=None, **more):
        headers = dict(headers or {})
        if token is not None:
            headers["Authorization"] = f"Token {token}"
        more.setdefault("allow_redirects", False)
        more.setdefault("timeout", 30)
        answer = self.session.request(method, self.url + path, headers=headers, auth=basic, **more)
        openapi.validate(answer)
        return answer

    def get(self, path, **more):
        return self.request("GET", path, **more)

    def head(self, path, **more):
        return self.request("HEAD", path, **more)

    def options(self, path, **more):
        return self.request("OPTIONS", path, **more)

    def post(self, path, **more):
        return self.request("POST", path, **more)

    def put(self, path, **more):
        return self.request("PUT", path, **more)

    def patch(self, path, **more):
        return self.request("PATCH", path, **more)

    def delete(self, path, **more):
        return self.request("DELETE", path, **more)


class Answer:
    def __init__(self, raw, method):
        class Received:
            def makefile(self, *_):
                return io.BytesIO(raw)

        answer = http.client.HTTPResponse(Received(), method=method)
        answer.begin()
        self.raw, self.status, self.headers, self.body = raw, answer.status, answer.headers, answer.read()


def raw(port, data, timeout=10):
    """Sends exactly these bytes, reads until the server closes (so ask for "Connection: close") and returns the Answer;
    None when it closed without one."""
    with socket.create_connection(("127.0.0.1", port), timeout) as s:
        received = b""
        try:
            s.sendall(data)
            while True:
                part = s.recv(65536)
                if not part:
                    break
                received += part
        except (BrokenPipeError, ConnectionResetError):
            pass
    method = data.split(b" ", 1)[0].decode("latin-1")
    return Answer(received, method) if received else None
