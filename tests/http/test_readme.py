"""Every command and configuration in README.md, run as it stands there. Only addresses, paths and the sample key are
replaced by those of the test's own servers."""
import contextlib
import json
import os
import pathlib
import pty
import pwd
import re
import shutil
import subprocess
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import psycopg
import pytest
import requests

from support.demo import BUILD, FAST, REPO, free_port

README = (REPO / "README.md").read_text()
SITE = "http://127.0.0.1:8080"
SAMPLE_KEY = "9fc9b897abec9ada2da6aec9dbc34596293c9cb9"
WEB_USER = "www-data" if os.getuid() == 0 else None
ADMINISTRATOR = pwd.getpwuid(os.getuid()).pw_name


def blocks(language, section):
    """The fenced blocks of a language in the section with this heading."""
    text = README.split(f"\n## {section}\n")[1].split("\n## ")[0]
    return re.findall(rf"^```{language}\n(.*?)^```$", text, re.M | re.S)


def shell(script, cwd=REPO, **env):
    return subprocess.run(["bash", "-e", "-c", script], cwd=cwd, env={**os.environ, **env}, capture_output=True, text=True, timeout=120)


# --- Try it ------------------------------------------------------------------------------------------------------------
@pytest.fixture(scope="module")
def tried(demo):
    """What the three curl blocks of "Try it" print, in order, with the key of the first used in the second."""
    outputs, key = [], SAMPLE_KEY
    for block in blocks("sh", "Try it"):
        done = shell(block.replace(SITE, demo.url.rstrip("/")).replace(SAMPLE_KEY, key).replace("curl ", "curl -sS "))
        assert done.returncode == 0, done.stderr
        outputs.append(done.stdout)
        if not outputs[1:]:
            key = json.loads(done.stdout)["key"]
    return [text.replace(demo.url.rstrip("/"), SITE) for text in outputs]


def masked(text):
    """Identifiers, keys and times made alike."""
    text = re.sub(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", "UUID", text)
    text = re.sub(r"\b[0-9a-f]{40}\b", "KEY", text)
    return re.sub(r'"[0-9a-f]{6} \(', '"TAIL (', re.sub(r"\d{4}-\d\d-\d\dT[0-9:.]+Z", "TIME", text))


def test_provisioning_prints_what_the_readme_shows(tried):
    assert masked(tried[0]) == masked(blocks("json", "Try it")[0].rstrip("\n"))


def test_the_list_begins_as_the_readme_shows(tried):
    shown = blocks("json", "Try it")[1].split("[...]")[0]
    assert tried[1].startswith(shown)


def test_the_refusal_is_the_one_that_the_readme_shows(tried):
    assert tried[2] == blocks("json", "Try it")[2].rstrip("\n")


def test_the_users_of_the_readme_have_these_passwords(demo, api):
    for name, password, _ in re.findall(r"^\| `([a-z]+)` \| `(\S+)` \| (.*) \|$", README, re.M):
        answer = api.get("/api/users/tokens/", basic=(name, password))
        assert answer.status_code == (403 if name == "bill" else 200), name


# --- Protect your API --------------------------------------------------------------------------------------------------
class Backend(BaseHTTPRequestHandler):
    """An API that says who it was told is asking, and whether it saw a credential."""

    def do_GET(self):
        seen = {"user": self.headers.get("X-Postern-User"), "authorization": self.headers.get("Authorization"), "upgrade": self.headers.get("Upgrade")}
        body = json.dumps(seen).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


@pytest.fixture(scope="module")
def backend():
    server = ThreadingHTTPServer(("127.0.0.1", 0), Backend)
    Thread(target=server.serve_forever, daemon=True).start()
    yield server.server_address[1]
    server.shutdown()


TEMPS = "".join(f"{name}_temp_path @run/{name};\n" for name in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi"))
MODULES = ("mpm_event authn_core authnz_fcgi authz_core env headers macro proxy proxy_fcgi proxy_http setenvif").split()

def stock_lighttpd():
    """Debian's own configuration with the modules enabled that one is likely to have, in the wrong order for a gate."""
    etc = pathlib.Path("/etc/lighttpd")
    text = (etc / "lighttpd.conf").read_text()
    for setting, value in (("document-root", '"@run"'), ("upload-dirs", '("@run")'), ("errorlog", '"@run/error.log"'), ("pid-file", '"@run/pid"'),
                           ("port", "@port")):
        text, count = re.subn(rf"^server\.{setting}\s*=.*$", f"server.{setting} = {value}", text, flags=re.M)
        assert count == 1, setting
    if not WEB_USER:
        text = re.sub(r"^server\.(username|groupname).*$", "", text, flags=re.M)
    enabled = "".join((etc / "conf-available" / f"10-{name}.conf").read_text() for name in ("proxy", "fastcgi"))
    text = text.replace('include "/etc/lighttpd/conf-enabled/*.conf"', enabled).replace('include_shell "/usr/share/lighttpd/use-ipv6.pl "', "#")
    return 'server.bind = "127.0.0.1"\n' + text + "\n@block"


# How each server is started with the block of the README. @conf: a copy of deploy/SERVER; @run: a writable directory.
SERVERS = {
    "nginx": (("nginx", "-e", "stderr", "-c", "@conf/main"),
              "daemon off;\npid @run/pid;\nerror_log stderr;\n" + (f"user {WEB_USER};\n" if WEB_USER else "")
              + "events { }\nhttp {\naccess_log off;\n" + TEMPS + "@block}\n",
              {"listen 80;": "listen 127.0.0.1:@port;"}),
    "apache": (("apache2", "-f", "@conf/main", "-DFOREGROUND"),
               "".join(f"LoadModule {m}_module /usr/lib/apache2/modules/mod_{m}.so\n" for m in MODULES)
               + (f"User {WEB_USER}\nGroup {WEB_USER}\n" if WEB_USER else "")
               + 'ServerName localhost\nDefaultRuntimeDir "@run"\nPidFile "@run/pid"\nErrorLog "@run/error.log"\n'
               'Listen 127.0.0.1:@port\nDefine POSTERN_SOCKET "@socket"\nDefine POSTERN_GATE @gate\n@block',
               {"/etc/apache2/postern": "@conf", "*:80": "*:@port"}),
    "lighttpd": (("lighttpd", "-D", "-f", "@conf/main"),
                 stock_lighttpd(),
                 {"/etc/lighttpd/postern": "@conf"}),
    "caddy": ((*(("setpriv", f"--reuid={WEB_USER}", f"--regid={WEB_USER}", "--clear-groups") if WEB_USER else ()),
               "caddy", "run", "--adapter", "caddyfile", "--config", "@conf/main"),
              "{\nadmin off\nauto_https off\n}\n@block", {":80 {": "http://127.0.0.1:@port {"}),
}


def answering(url, process, log):
    for _ in range(100):
        try:
            return requests.get(url, timeout=5)
        except requests.ConnectionError:
            assert process.poll() is None, log.read_text()
            time.sleep(0.1)
    raise AssertionError(log.read_text())


@pytest.fixture
def serve(gated, backend, tmp_path_factory):
    """serve(server, section): starts a web server as the block of that section says; its URL."""
    with contextlib.ExitStack() as running:
        yield lambda server, section: running.enter_context(web_server(server, section, gated, backend, tmp_path_factory))


@contextlib.contextmanager
def web_server(server, section, gated, backend, tmp_path_factory):
    base = tmp_path_factory.mktemp(server)
    for folder in (base, *base.parents):
        if "pytest" in folder.name or "popen" in folder.name or folder == base:
            folder.chmod(0o755)  # the server reads its files as another user
    shutil.copytree(REPO / "deploy" / server, base / "conf")
    (base / "run").mkdir()
    (base / "run").chmod(0o777)
    command, frame, changes = SERVERS[server]
    (block,) = blocks(server, section)
    assert len(block.splitlines()) <= 15
    for old, new in {**changes, "/run/postern/postern.sock": "@socket", "127.0.0.1:8000": "127.0.0.1:@api", '"port" => 8000': '"port" => @api'}.items():
        block = block.replace(old, new)
    port = free_port()
    text = frame.replace("@block", block)
    for name, value in (("@conf", base / "conf"), ("@run", base / "run"), ("@port", port), ("@socket", gated.socket),
                        ("@gate", gated.gate), ("@api", backend)):
        text = text.replace(name, str(value))
    (base / "conf/main").write_text(text)
    log = base / "log"
    env = {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "HOME": str(base / "run"), "GATE_SOCKET": gated.socket}
    process = subprocess.Popen([part.replace("@conf", str(base / "conf")) for part in command], env=env,
                               stdout=subprocess.DEVNULL, stderr=open(log, "wb"))
    try:
        answering(f"http://127.0.0.1:{port}/api/", process, log)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(20)


@pytest.fixture(scope="module")
def gated(request):
    """A demo whose Postern also listens on TCP, as Apache needs it."""
    from types import SimpleNamespace

    from support.demo import Demo
    it = Demo(server="apache")
    try:
        it.start()
        first, gate = it.env["POSTERN_LISTEN"].split(",")
        yield SimpleNamespace(socket=first, gate=gate, url=it.url)
        it.stop()
        assert not it.reports(), it.reports()
    finally:
        it.remove()


@pytest.fixture(scope="module")
def keys(gated):
    """Keys of hankhill, who has no permission on shop.widget, and of peggy, who needs none."""
    people = {"hankhill": "I<3C3H8", "peggy": "Substitute-Teacher-3x"}
    return {name: requests.post(f"{gated.url}api/users/tokens/", auth=(name, password), timeout=20).json()["key"]
            for name, password in people.items()}


@pytest.mark.parametrize("server", SERVERS)
def test_the_configuration_of_the_readme_protects(serve, keys, server):
    protected = serve(server, "Protect your API") + "/api/widgets/"
    ask = lambda **headers: requests.get(protected, headers=headers, timeout=20)
    anonymous = ask()
    assert anonymous.status_code == 403 and anonymous.json() == {"detail": "Authentication credentials were not provided."}
    denied = ask(Authorization=f"Token {keys['hankhill']}")
    assert denied.status_code == 403 and denied.json() == {"detail": "You do not have permission to perform this action."}
    allowed = ask(Authorization=f"Token {keys['peggy']}", **{"X-Postern-User": "mallory"})
    assert allowed.status_code == 200 and allowed.json() == {"user": "peggy", "authorization": None, "upgrade": None}
    other = ask(Authorization=f"Token {keys['peggy']}", Connection="Upgrade, HTTP2-Settings", Upgrade="h2c", **{"HTTP2-Settings": "AAMAAABkAAQCAAAAAAIAAAAA"})
    assert other.status_code == 101 or other.json()["upgrade"] is None  # lighttpd speaks h2c itself


@pytest.mark.parametrize("server", SERVERS)
def test_the_configuration_of_the_readme_serves_below_a_prefix(serve, keys, server):
    base = serve(server, "Below a prefix")
    page = requests.get(f"{base}/auth/user/profile/", timeout=20)
    assert page.url == f"{base}/auth/login/?next=/auth/user/profile/" and 'action="/auth/login/"' in page.text
    style = re.search('rel="stylesheet" href="(/auth/static/[^"]+)"', page.text)[1]
    assert requests.get(base + style, timeout=20).status_code == 200
    answer = requests.post(f"{base}/auth/api/users/tokens/", headers={"Authorization": f"Token {keys['hankhill']}"}, json={}, timeout=20)
    assert answer.status_code == 201 and answer.json()["url"].startswith(f"{base}/auth/api/users/tokens/")
    assert requests.get(answer.json()["url"], headers={"Authorization": f"Token {keys['hankhill']}"}, timeout=20).status_code == 200


# --- Install it --------------------------------------------------------------------------------------------------------
@pytest.fixture
def machine(new_demo, tmp_path):
    """The environment of an administrator: a directory that stands for / and a database server (a demo's own) that
    knows the administrator by name, without a database for it yet."""
    demo = new_demo()
    demo.start()
    with psycopg.connect(host=demo.env["PGHOST"], port=demo.env["PGPORT"], dbname="postgres", user="postgres", autocommit=True) as superuser:
        (names,) = superuser.execute("SHOW ident_file").fetchone()
        with open(names, "a") as file:
            file.write(f"demo {ADMINISTRATOR} {ADMINISTRATOR}\n")
        superuser.execute("SELECT pg_reload_conf()")
    env = {**{k: v for k, v in os.environ.items() if not k.startswith(("PG", "POSTERN_"))},
           **{k: v for k, v in demo.env.items() if k in ("PGHOST", "PGPORT")}, **FAST, "DESTDIR": str(tmp_path), "BUILD": str(BUILD),
           "PATH": f"{tmp_path}/usr/local/bin:{os.environ['PATH']}", "POSTERN_PEPPER_FILE": str(tmp_path / "etc/postern/pepper")}
    return env


def type_password(command, env, password):
    """Runs a command on a terminal of its own and types a password at each prompt; its exit status."""
    pid, fd = pty.fork()
    if pid == 0:
        os.execvpe("bash", ["bash", "-c", command], env)
    seen = b""
    while True:
        try:
            part = os.read(fd, 1000)
        except OSError:
            part = b""
        if not part:
            break
        seen += part
        if part.rstrip(b" ").endswith(b":"):
            os.write(fd, password.encode() + b"\n")
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]), seen


def test_installing_as_the_readme_says_works(machine):
    """Only the new system user is not made; another one, if there is, stands for it. The demo has taken the database's name."""
    first, second = blocks("sh", "Install it")
    for old, new in {r"^useradd .*\n": "", " postern$": " readme", "=postern_owner root$": f"=postern_owner {ADMINISTRATOR}",
                     "^runuser -u postgres --": "runuser -u postgres --" if WEB_USER else "env PGUSER=postgres"}.items():
        first, count = re.subn(old, new, first, flags=re.M)
        assert count, old
    done = subprocess.run(["bash", "-e", "-c", first], cwd=REPO, env=machine, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stdout + done.stderr
    export, *lines = second.strip().splitlines()
    assert export == "export PGDATABASE=postern POSTERN_USER=postern"
    env = {**machine, "PGDATABASE": "readme", "POSTERN_USER": WEB_USER or ""}
    for line in lines:
        status, seen = type_password(line, env, "correct horse")
        assert status == 0, (line, seen)
    pepper = Path(machine["POSTERN_PEPPER_FILE"])
    assert (pepper.owner(), pepper.stat().st_mode & 0o777) == (WEB_USER or ADMINISTRATOR, 0o600)
    asked = "SELECT pg_encoding_to_char(encoding), datcollate, datctype, pg_get_userbyid(datdba) FROM pg_database WHERE datname = 'readme'"
    done = subprocess.run(["psql", "-XAtqc", asked], env=env, capture_output=True, text=True, timeout=60)
    assert done.stdout == "UTF8|C.UTF-8|C.UTF-8|postern_owner\n", done.stderr


def test_the_user_of_the_readme_is_that_of_the_package():
    (line,) = re.findall(r"^useradd .*$", blocks("sh", "Install it")[0], re.M)
    assert line in (REPO / "deploy/debian/postinst").read_text()
    assert "User=postern\n" in (REPO / "deploy/systemd/postern.service").read_text()


def test_the_database_is_made_alike_everywhere():
    """In what an administrator copies: db/roles.sql, README.md and README.Debian."""
    (line,) = re.findall("createdb (.*)$", blocks("sh", "Install it")[0], re.M)
    assert line == "-O postern_owner -E UTF8 -T template0 --locale=C.UTF-8 postern"
    (debian,) = re.findall("createdb (.*)$", (REPO / "deploy/debian/README.Debian").read_text(), re.M)
    assert debian == "--owner=postern_owner --encoding=UTF8 --template=template0 --locale=C.UTF-8 postern"
    assert "CREATE DATABASE postern OWNER postern_owner ENCODING UTF8 LOCALE 'C.UTF-8' TEMPLATE template0" in (REPO / "db/roles.sql").read_text()


# --- Administer it -----------------------------------------------------------------------------------------------------
def test_the_sql_of_the_readme_runs(demo):
    (block,) = blocks("sql", "Administer it")
    done = subprocess.run(["psql", "-X", "-q", "-v", "ON_ERROR_STOP=1"], input=block, env={**os.environ, **demo.env},
                          capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    demo.psql("SELECT postern.revoke_permission('hankhill', 'ipam.prefix', 'view')")


def test_what_the_readme_names_is_there():
    for path in re.findall(r"\]\(([^)#:]+)\)", README):
        assert (REPO / path).exists(), path
    for target in re.findall(r"`make ([a-z-]+)", README):
        assert re.search(rf"^{target}:", (REPO / "Makefile").read_text(), re.M), target
