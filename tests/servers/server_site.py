"""What the tests of the web servers share: the servers, the protected paths and small helpers."""
import pathlib

SERVERS = ["nginx", "apache", "lighttpd", "caddy"]
PASSWORD = "Dang-Ol-Man-1997"  # of the users that are made here

GUARDED = "/api/dcim/sites/"  # needs a permission on dcim.site
EXEMPT = "/api/ipam/prefixes/"  # ipam.prefix may be read without a credential
FILES = "/files/"  # needs a live token


def children(pid):
    return [int(p) for p in pathlib.Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def token_field(key):
    return ("Authorization", f"Token {key}")
