"""Accounts for the HTTP tests: users of a test's own (made in SQL, as administrators may), with a token at hand."""
import secrets

from support.http import Client

TOKENS = "/api/users/tokens/"
PASSWORD = "Correct:Horse-9 ü"
FORBIDDEN = {"detail": "You do not have permission to perform this action."}
ANONYMOUS = {"detail": "Authentication credentials were not provided."}
NOT_FOUND = {"detail": "Not found."}


class Account:
    """A user and one token of hers: account.get(path) and the like send it, unless told otherwise."""

    def __init__(self, demo, password_hash, superuser=False, tokens=True, active=True):
        self.demo, self.client = demo, Client(demo.url)
        self.name, self.password = f"u{secrets.token_hex(6)}", PASSWORD
        self.basic = (self.name.encode(), self.password.encode())
        (self.id,), = demo.psql("INSERT INTO postern.users (username, password_hash, is_superuser) VALUES (%s, %s, %s)"
                                " RETURNING id::text", self.name, password_hash, superuser)
        made = self.client.post(TOKENS, basic=self.basic, json={"description": "first"})
        assert made.status_code == 201, made.text
        self.token = made.json()
        self.key = self.token["key"]
        demo.psql("UPDATE postern.users SET may_manage_tokens = %s, is_active = %s WHERE id = %s", tokens, active, self.id)

    def request(self, method, path=TOKENS, **more):
        if not {"token", "basic"} & set(more):
            more["token"] = self.key
        return self.client.request(method, path, **more)

    def get(self, path=TOKENS, **more):
        return self.request("GET", path, **more)

    def head(self, path=TOKENS, **more):
        return self.request("HEAD", path, **more)

    def options(self, path=TOKENS, **more):
        return self.request("OPTIONS", path, **more)

    def post(self, path=TOKENS, **more):
        return self.request("POST", path, **more)

    def put(self, path=TOKENS, **more):
        return self.request("PUT", path, **more)

    def patch(self, path=TOKENS, **more):
        return self.request("PATCH", path, **more)

    def delete(self, path=TOKENS, **more):
        return self.request("DELETE", path, **more)

    def create(self, **fields):
        """A new token's object, with its key."""
        made = self.post(json=fields)
        assert made.status_code == 201, made.text
        return made.json()

    def stored(self):
        """What the database holds of her tokens, but for their use."""
        return self.demo.psql("SELECT id::text, encode(digest, 'hex'), expires, write_enabled, description, allowed_ips::text[]"
                              " FROM postern.tokens WHERE user_id = %s ORDER BY created, id", self.id)


def path_of(token):
    return f"{TOKENS}{token['id']}/"
