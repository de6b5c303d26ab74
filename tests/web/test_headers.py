"""What every page and every static file carries in its headers, and errors as pages."""
import gzip
import os
import re
import signal
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from support.fastcgi import ask, request
from web_browser import Page

PAGES = ["/", "/login/", "/logout/", "/user/profile/", "/user/password/", "/user/api-tokens/", "/user/api-tokens/add/", "/user/sessions/",
         "/no/such/page/", "/api/", "/api/users/tokens/", "/api/users/users/", "/api/status/"]
CSP = ("default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; "
       "frame-ancestors 'none'")


@pytest.fixture
def it(person, user):
    return person(user())


@pytest.mark.parametrize("path", PAGES)
def test_page_is_closed_to_others(it, path):
    headers = it.open(path).headers
    assert headers["Content-Security-Policy"] == CSP
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert headers["Cache-Control"] == "no-store"
    assert headers["Content-Type"] == "text/html; charset=utf-8"
    assert "Cookie" in headers["Vary"] and headers["X-Request-ID"]


@pytest.mark.parametrize("path", PAGES)
def test_page_has_nothing_inline(it, path):
    page = it.open(path)
    assert not page.find("style") and not [e for e in page.tree.iter() if e.get("style")]
    assert all(s.get("src") and not "".join(s.itertext()).strip() for s in page.find("script"))
    assert not [k for e in page.tree.iter() for k in e.keys() if k.startswith("on")]
    assert not [v for e in page.tree.iter() for k, v in e.items() if k in ("href", "src", "action") and v.lower().startswith("javascript")]


@pytest.mark.parametrize("path", PAGES)
def test_head_is_get_without_its_body(it, path):
    full, head = it.get(path), it.head(path)
    assert (head.status_code, head.content) == (full.status_code, b"")
    assert {k for k in head.headers} - {"Content-Length"} == {k for k in full.headers} - {"Content-Length"}


def test_redirects_are_not_stored(it):
    answer = it.get("/login/")
    assert answer.status_code == 302 and answer.headers["Cache-Control"] == "no-store"


def test_head_takes_no_messages(person, user):
    owner, it = user(), person()
    it.submit(it.open("/login/"), "Log In", follow=False, username=owner.name, password=owner.password)
    it.head("/")
    assert it.open("/").messages == [f"Logged in as {owner.name}."]


# --- static files ---
@pytest.fixture
def files(api):
    """The paths of the static files that pages name, by ending."""
    return {p.rpartition(".")[2]: p for p in re.findall(r'"(/static/[^"]+)"', api.get("/").text)}


@pytest.mark.parametrize("ending, kind", [("css", "text/css; charset=utf-8"), ("js", "text/javascript; charset=utf-8"), ("svg", "image/svg+xml")])
def test_static_file_is_kept_for_ever(api, files, ending, kind):
    answer = api.get(files[ending], headers={"Accept-Encoding": "identity"})
    assert answer.status_code == 200 and answer.headers["Content-Type"] == kind
    assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert "Set-Cookie" not in answer.headers and "Content-Encoding" not in answer.headers
    assert re.fullmatch(rf"/static/postern\.[0-9a-f]{{16}}\.{ending}", files[ending])


@pytest.mark.parametrize("ending", ["css", "js", "svg"])
def test_static_file_is_packed_when_taken(demo, files, ending):
    plain = ask(demo.socket, request("GET", files[ending]))
    packed = ask(demo.socket, request("GET", files[ending], HTTP_ACCEPT_ENCODING="br, gzip;q=0.8"))
    assert packed.headers["Content-Encoding"] == "gzip" and packed.headers["Vary"] == "Accept-Encoding"
    assert gzip.decompress(packed.body) == plain.body and packed.headers["ETag"] != plain.headers["ETag"]


@pytest.mark.parametrize("accept", ["", "identity", "gzip;q=0", "gzip; q=0.0", "br"])
def test_static_file_is_plain_otherwise(demo, files, accept):
    reply = ask(demo.socket, request("GET", files["css"], HTTP_ACCEPT_ENCODING=accept))
    assert "Content-Encoding" not in reply.headers and reply.body.startswith(b"/*")


def test_known_static_file_is_not_sent_again(api, files):
    first = api.get(files["css"])
    again = api.get(files["css"], headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.content, again.headers["ETag"]) == (304, b"", first.headers["ETag"])
    assert api.get(files["css"], headers={"If-None-Match": '"other"'}).status_code == 200


@pytest.mark.parametrize("path", ["/static/postern.css", "/static/postern.0000000000000000.css", "/static/", "/static/login.html"])
def test_other_static_files_do_not_exist(person, path):
    page = Page(person().get(path))
    assert page.status in (400, 404) and "immutable" not in page.headers.get("Cache-Control", "")


def test_static_file_asks_nobody_who_they_are(demo, files):
    reply = ask(demo.socket, request("GET", files["css"], HTTP_COOKIE="sessionid=" + "0" * 64, HTTP_AUTHORIZATION="Token x"))
    assert reply.status == 200 and "Set-Cookie" not in reply.headers


# --- errors ---
def test_unknown_page(person, user):
    for it in (person(), person(user())):
        page = it.open("/no/such/page/")
        assert (page.status, page.title) == (404, "Page Not Found - Postern") and "The requested page does not exist." in page.text
        assert page.links()["Home Page"] == "/"
        assert ("Log in" in page.links()) != hasattr(it, "user")


def test_unknown_path_of_the_api_is_json(person):
    answer = person().get("/api/nothing/")
    assert (answer.status_code, answer.text) == (404, '{"detail": "Not found."}')


def test_wrong_host_is_a_page(demo):
    reply = ask(demo.socket, request("GET", "/login/", HTTP_HOST="evil.example"))
    assert reply.status == 400 and b"Bad Request" in reply.body and b"evil.example" not in reply.body


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE", "OPTIONS"])
def test_other_methods_are_refused(it, method):
    token = it.open("/logout/").form("Log out").fields["csrfmiddlewaretoken"]
    page = Page(it.request(method, "/user/profile/", headers={"X-CSRFToken": token}))
    assert (page.status, page.title, page.headers["Allow"]) == (405, "Method Not Allowed - Postern", "GET, HEAD")


def test_missing_slash_is_added(person):
    answer = person().get("/login?next=/a")
    assert (answer.status_code, answer.headers["Location"]) == (301, "/login/?next=/a")


def test_body_that_is_too_large_is_a_page(demo, person, user):
    """nginx refuses it first; here without one."""
    key = person(user()).cookie()
    reply = ask(demo.socket, request("POST", "/user/api-tokens/add/", HTTP_COOKIE=f"sessionid={key}", CONTENT_LENGTH="1100000",
                                     CONTENT_TYPE="application/x-www-form-urlencoded"), b"a=" + b"x" * 1099998)
    assert reply.status == 413 and b"<h1>Content Too Large</h1>" in reply.body


def test_full_queue_of_passwords_is_a_page(new_demo, person):
    """One slow hash at work, one waiting; the next person is told so in words."""
    demo = new_demo(POSTERN_PASSWORD_WORKERS="1", POSTERN_PASSWORD_QUEUE="1", POSTERN_ARGON2_MEMORY="262144", POSTERN_ARGON2_TIME="4").start()
    people = [person(url=demo.url) for _ in range(6)]
    forms = [it.open("/login/") for it in people]
    with ThreadPoolExecutor(6) as pool:
        pages = list(pool.map(lambda n: people[n].submit(forms[n], "Log In", username=f"nobody{n}", password="x"), range(6)))
    busy = [p for p in pages if p.status == 503]
    assert busy and len(busy) < 6 and {p.status for p in pages} == {200, 503}
    assert busy[0].title == "Service Unavailable - Postern" and "busy checking passwords" in busy[0].text and busy[0].headers["Retry-After"] == "1"


def test_database_away_is_a_page(new_demo, person):
    """Without a database nobody can be told from anybody: a page that says so, and the cookie stays."""
    demo = new_demo(POSTERN_DB_TIMEOUT="500").start()
    it = person(url=demo.url)
    it.session.cookies.set("sessionid", "0" * 64)
    database = [p for p in demo.processes() if Path(f"/proc/{p}/comm").read_text().startswith("postgres")]
    for p in database:
        os.kill(p, signal.SIGSTOP)
    try:
        page = it.open("/user/profile/")
    finally:
        for p in database:
            os.kill(p, signal.SIGCONT)
    assert (page.status, page.title) == (503, "Service Unavailable - Postern")
    assert "Set-Cookie" not in page.headers and page.headers["Retry-After"]
