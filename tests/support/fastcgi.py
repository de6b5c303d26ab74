"""A FastCGI client: asks Postern what no web server would pass on. ask() is one well-formed question;
record() and params() are the pieces to make others from."""
import socket
import struct
from email.parser import BytesParser

RESPONDER, AUTHORIZER, FILTER = 1, 2, 3
BEGIN_REQUEST, ABORT_REQUEST, END_REQUEST, PARAMS, STDIN, STDOUT, STDERR, DATA, GET_VALUES = range(1, 10)
REQUEST_COMPLETE, CANT_MPX_CONN, OVERLOADED, UNKNOWN_ROLE = range(4)


class Reply:
    """stdout cut into status, headers (an email.message.Message) and body; status is None without a head."""

    def __init__(self, stdout, stderr, ended, app_status=None, protocol_status=None):
        self.stdout, self.stderr, self.ended = stdout, stderr, ended
        self.app_status, self.protocol_status = app_status, protocol_status
        head, blank, self.body = stdout.partition(b"\r\n\r\n")
        self.headers = BytesParser().parsebytes(head + b"\r\n\r\n", headersonly=True)
        self.status = int(self.headers.get("Status", "200")[:3]) if blank else None


def record(kind, content=b"", request_id=1, version=1, padding=0):
    return struct.pack("!BBHHBx", version, kind, request_id, len(content), padding) + content + bytes(padding)


def stream(kind, content, request_id=1, size=65535):
    """The content in records of at most `size` bytes, and the empty record that ends the stream."""
    parts = [content[i:i + size] for i in range(0, len(content), size)]
    return b"".join(record(kind, part, request_id) for part in [*parts, b""])


def length(n):
    return bytes([n]) if n < 128 else struct.pack("!I", n | 0x80000000)


def pairs(params):
    """Name-value pairs of a dict, or of a list of pairs where a name is to come twice. str is sent as UTF-8."""
    out = b""
    for name, value in params.items() if isinstance(params, dict) else params:
        name, value = (x.encode() if isinstance(x, str) else x for x in (name, value))
        out += length(len(name)) + length(len(value)) + name + value
    return out


def begin(role=RESPONDER, keep=False, request_id=1):
    return record(BEGIN_REQUEST, struct.pack("!HB5x", role, int(keep)), request_id)


def connect(address, timeout=10):
    """address: the path of a unix socket, or (host, port)."""
    s = socket.socket(socket.AF_UNIX if isinstance(address, str) else socket.AF_INET)
    s.settimeout(timeout)
    s.connect(address)
    return s


def read_reply(s):
    """Reads records up to END_REQUEST, or to the end of the connection (then reply.ended is False)."""
    reader, out, err = s.makefile("rb"), b"", b""
    while True:
        try:
            head = reader.read(8)
        except ConnectionResetError:
            head = b""
        if len(head) < 8:
            return Reply(out, err, False)
        _, kind, _, size, padding = struct.unpack("!BBHHBx", head)
        content = reader.read(size + padding)[:size]
        if kind == STDOUT:
            out += content
        elif kind == STDERR:
            err += content
        elif kind == END_REQUEST:
            return Reply(out, err, True, *struct.unpack("!IB3x", content))


def ask(address, params, body=b"", role=RESPONDER, keep=False, timeout=10, stdin=True):
    """One question and its Reply. stdin=False leaves FCGI_STDIN out altogether, as Apache's authorizer does."""
    with connect(address, timeout) as s:
        question = begin(role, keep) + stream(PARAMS, pairs(params))
        try:
            s.sendall(question + (stream(STDIN, body) if stdin else b""))
        except (BrokenPipeError, ConnectionResetError):
            pass  # answered before all was sent
        return read_reply(s)


def request(method, path, query="", **more):
    """The parameters that a web server sends for an ordinary request; HTTP_AUTHORIZATION and others in more."""
    return {"REQUEST_METHOD": method, "SCRIPT_NAME": path, "QUERY_STRING": query, "SERVER_PROTOCOL": "HTTP/1.1",
            "REQUEST_SCHEME": "http", "REMOTE_ADDR": "127.0.0.1", "HTTP_HOST": "127.0.0.1", **more}
