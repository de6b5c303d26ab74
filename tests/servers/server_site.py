"""What the tests of the web servers share: the servers, the protected paths, small helpers and the site itself."""
import base64
import hashlib
import json
import os
import pathlib
import secrets

import client
from support.demo import PASSWORDS, Demo

SERVERS = ["nginx", "apache", "lighttpd", "caddy"]
PASSWORD = "Dang-Ol-Man-1997"  # of the users that are made here

GUARDED = "/api/dcim/sites/"  # needs a permission on dcim.site
EXEMPT = "/api/ipam/prefixes/"  # ipam.prefix may be read without a credential
FILES = "/files/"  # needs a live token


def children(pid):
    return [int(p) for p in pathlib.Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def token_field(key):
    return ("Authorization", f"Token {key}")


class Site(Demo):
    """A demo with users and credentials: .credentials holds header lines by name, .live is khan's token."""

    def start(self, **more):
        self.settings["DEMO_H2_PORT"] = str(self.port + 2)
        self.h2_port = self.port + 2 if self.server == "nginx" else self.port
        super().start(**more)
        self.make_users()
        self.make_credentials()
        return self

    def make_users(self):
        for name in ("khan", "boomhauer", "redcorn"):
            self.postern("user", "add", name, "--password-stdin", input=PASSWORD + "\n")
        self.psql("INSERT INTO postern.permissions (name, object_types, actions)"
                  " VALUES ('servers', '{dcim.site}', '{view,add,change,delete}')")
        self.psql("INSERT INTO postern.permission_users (permission_id, user_id) SELECT p.id, u.id"
                  " FROM postern.permissions p, postern.users u WHERE p.name = 'servers' AND u.username IN ('khan', 'redcorn')")

    def make_credentials(self):
        self.live, expired, inactive = self.token("khan"), self.token("khan"), self.token("redcorn")
        self.psql("UPDATE postern.tokens SET expires = now() WHERE id = %s", expired["id"])
        self.psql("UPDATE postern.users SET is_active = false WHERE username = 'redcorn'")
        cookie = ("Cookie", f"sessionid={self.session('khan')}")
        here = f"http://127.0.0.1:{self.port}"
        self.credentials = {
            "none": [],
            "malformed": [("Authorization", "Token")],
            "unknown": [token_field("0" * 40)],
            "expired": [token_field(expired["key"])],
            "inactive": [token_field(inactive["key"])],
            "read-only": [token_field(self.token("khan", write_enabled=False)["key"])],
            "without": [token_field(self.token("boomhauer")["key"])],
            "with": [token_field(self.live["key"])],
            "superuser": [token_field(self.token("peggy", PASSWORDS["peggy"])["key"])],
            "session": [cookie],
            "session of this page": [cookie, ("Origin", here), ("Sec-Fetch-Site", "same-origin")],
            "session of another page": [cookie, ("Origin", "http://evil.example"), ("Sec-Fetch-Site", "cross-site")],
        }

    def token(self, user, password=PASSWORD, **fields):
        """Provisions a token as the documentation says; the answer's JSON."""
        basic = "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()
        answer = self.request("POST", "/api/users/tokens/", [("Authorization", basic), ("Content-Type", "application/json")],
                              json.dumps(fields).encode())
        assert answer.status == 201, answer.body
        return answer.json()

    def session(self, user):
        """Makes a browser's session, as signing in does; the cookie's value."""
        key = secrets.token_bytes(32)
        self.psql("INSERT INTO postern.sessions (user_id, digest) SELECT id, %s FROM postern.users WHERE username = %s",
                  hashlib.sha256(key).digest(), user)
        return key.hex()

    def request(self, method, path, headers=(), body=None, timeout=10):
        return client.request(self.port, method, path, headers, body, timeout)

    def get(self, path, *headers):
        return self.request("GET", path, headers)

    def child(self, program):
        """The process of that program that demo.sh has started."""
        for pid in children(self.process.pid):
            if os.path.basename(os.path.realpath(f"/proc/{pid}/exe")) == program:
                return pid
        raise LookupError(program)
