"""Pages below a URL prefix, and behind a proxy that ends TLS: real web servers with the shipped files in front."""
import shutil
import subprocess
import time
from urllib.parse import urlsplit

import pytest
import requests

from support.demo import REPO, free_port
from support.fastcgi import ask, request
from web_browser import Person, words

CONF = """
{user}
daemon off;
worker_processes 1;
pid {dir}/nginx.pid;
error_log {dir}/error.log;
events {{ }}
http {{
    access_log off;
    client_body_temp_path {dir}/body; proxy_temp_path {dir}/proxy; fastcgi_temp_path {dir}/fastcgi; uwsgi_temp_path {dir}/uwsgi; scgi_temp_path {dir}/scgi;
    server {{
        listen 127.0.0.1:{port};
        {location}
    }}
}}
"""
PREFIX = """
        location /auth/ {{
            include {nginx}/postern_params;
            fastcgi_param POSTERN_PREFIX /auth;
            fastcgi_pass unix:{socket};
        }}
"""
PROXY = """
        location / {{
            proxy_pass http://127.0.0.1:{behind};
            proxy_set_header Host 127.0.0.1:{port};
            proxy_set_header X-Forwarded-Proto https;
            proxy_set_header X-Forwarded-For $remote_addr;
        }}
"""


@pytest.fixture
def nginx(tmp_path_factory, demo):
    """nginx(location, name=value...): a web server with this location; its URL."""
    started = []

    def make(location, **values):
        home, port = tmp_path_factory.mktemp("nginx"), free_port()
        values = {"nginx": REPO / "deploy/nginx", "socket": demo.socket, "port": port, **values}
        (home / "nginx.conf").write_text(CONF.format(user="user www-data;", dir=home, port=port, location=location.format(**values)))
        started.append(subprocess.Popen([shutil.which("nginx", path="/usr/sbin:/usr/bin"), "-e", home / "error.log", "-c", home / "nginx.conf"],
                                        stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL))
        for _ in range(100):
            try:
                requests.get(f"http://127.0.0.1:{port}/", timeout=5)
                return f"http://127.0.0.1:{port}"
            except requests.ConnectionError:
                time.sleep(0.05)
        raise AssertionError((home / "error.log").read_text())

    yield make
    for process in started:
        process.terminate()
        process.wait(20)


def links(page):
    return [v for e in page.tree.iter() for k, v in e.items() if k in ("href", "src", "action")]


def test_all_of_it_below_a_prefix(nginx, user, demo):
    base = nginx(PREFIX)
    owner, it = user(), Person(base)
    page = it.open("/auth/user/api-tokens/?a=b")
    assert page.url == f"{base}/auth/login/?next=/auth/user/api-tokens/%3Fa%3Db"
    page = it.submit(page, "Log In", username=owner.name, password=owner.password)
    assert page.url == f"{base}/auth/user/api-tokens/?a=b"
    seen, todo = set(), ["/auth/", "/auth/api/", "/auth/no/such/"]
    while todo:
        path = todo.pop()
        seen.add(path)
        page = it.open(path)
        for link in links(page):
            parts = urlsplit(link)
            assert parts.scheme in ("", "http") and (not parts.netloc or parts.netloc == urlsplit(base).netloc)
            assert not parts.path or parts.path.startswith("/auth/"), f"{link} on {path}"
            if parts.path and parts.path not in seen | set(todo) and not parts.path.startswith("/auth/static/") and "docs" not in parts.path:
                todo.append(parts.path)
    assert {"/auth/user/profile/", "/auth/user/sessions/", "/auth/user/password/", "/auth/api/users/tokens/"} <= seen
    assert it.get([u for u in links(page) if u.endswith(".css")][0]).status_code == 200
    page = it.submit(it.open("/auth/user/api-tokens/add/"), "Create")
    assert page.url == f"{base}/auth/user/api-tokens/" and f"{base}/auth/api/authentication-check/" in words(page.find("code", id="new-key-curl")[0])
    one = demo.psql("SELECT id::text FROM postern.tokens WHERE user_id = %s", owner.id)[0][0]
    it.submit(it.open(f"/auth/user/api-tokens/{one}/delete/"), "Confirm")
    page = it.submit(it.open("/auth/"), "Log out")
    assert page.url == f"{base}/auth/" and page.messages == ["You have logged out."]


@pytest.mark.parametrize("params", [{"SCRIPT_NAME": "/auth/login/"}, {"SCRIPT_NAME": "/auth", "PATH_INFO": "/login/"}, {"SCRIPT_NAME": "", "PATH_INFO": "/auth/login/"}])
@pytest.mark.parametrize("prefix", ["/auth", "/auth/"])
def test_prefix_is_found_however_the_server_splits_the_path(demo, params, prefix):
    asked = {k: v for k, v in request("GET", "/login/", POSTERN_PREFIX=prefix).items() if k not in ("SCRIPT_NAME", "PATH_INFO")}
    answer = ask(demo.socket, {**asked, **params})
    assert answer.status == 200 and b'action="/auth/login/"' in answer.body


def test_path_outside_the_prefix_is_refused(demo):
    answer = ask(demo.socket, request("GET", "/authx/login/", POSTERN_PREFIX="/auth"))
    assert answer.status == 400


def test_behind_a_listed_proxy_that_ends_tls(nginx, new_demo):
    demo = new_demo(POSTERN_TRUSTED_PROXIES="127.0.0.1").start()
    base = nginx(PROXY, behind=demo.port)
    answer = requests.get(f"{base}/login/", timeout=30)
    assert answer.cookies and answer.headers["Set-Cookie"].startswith("__Host-csrftoken=") and answer.headers["Set-Cookie"].endswith("; Secure")
    token = answer.text.split('csrfmiddlewaretoken" value="')[1].split('"')[0]
    sent = {"Cookie": answer.headers["Set-Cookie"].split(";")[0], "Origin": base.replace("http:", "https:")}
    form = {"csrfmiddlewaretoken": token, "username": "hankhill", "password": "I<3C3H8"}
    answer = requests.post(f"{base}/login/", data=form, headers=sent, allow_redirects=False, timeout=30)
    assert answer.status_code == 302
    session = answer.headers["Set-Cookie"]
    assert session.startswith("__Host-sessionid=") and session.endswith("; HttpOnly; SameSite=Lax; Secure")
    page = requests.get(f"{base}/api/", headers={"Cookie": session.split(";")[0], "Accept": "application/json"}, timeout=30)
    assert all(url.startswith(base.replace("http:", "https:")) for url in page.json().values())
    assert requests.post(f"{base}/login/", data=form, headers={**sent, "Origin": base}, allow_redirects=False, timeout=30).status_code == 403


def test_a_proxy_that_is_not_listed_is_not_believed(nginx, demo):
    answer = requests.get(f"{nginx(PROXY, behind=demo.port)}/login/", timeout=30)
    assert answer.headers["Set-Cookie"].startswith("csrftoken=") and "Secure" not in answer.headers["Set-Cookie"]
