"""Signing in never leads to another site, however the place to go on to is written."""
import hashlib
import itertools
import secrets
from urllib.parse import quote, urljoin, urlsplit

import pytest

EVIL = "evil.example"
OURS = "127.0.0.1"
STARTS = ["//", "///", "////", "/\\", "\\\\", "\\/", "/\\/", "/\t/", "/\n/", "/\r\n/", "\t//", " //", "\x00//", "\x01//", "/\x00/", "/ /", "/%2f", "/%2F",
          "/%5c", "/%5C", "%2f%2f", "%5c%5c", "/%252f", "/%09/", "/%0a/", "/%0d%0a/", "/.//", "/..//", "/././/", "/;//", "/a//", "/a/..//", "//;@",
          "//@", "///@", "//%00@", "http://", "https://", "HTTP://", "hTTps://", "http:", "https:", "http:/", "https:/", "http:///", "https:///",
          "http:\\\\", "https:\\\\", "http:\\/", "http:/\\", "\thttp://", " http://", "ht\ttp://", "http\n://", "\x08http://", "ftp://", "ws://",
          "file://", "//\u3002", "//\uff0f", "/\uff0f/", "\uff0f\uff0f", "\u2215\u2215", "http://\u3002", "http:\uff0f\uff0f", "blob:http://",
          "view-source:http://", "jar:http://", "feed:http://"]
HOSTS = [EVIL, f"{EVIL}/", f"{EVIL}:80/a", f"{OURS}@{EVIL}/", f"{EVIL}%23@{OURS}"]
OTHERS = ["javascript:alert(1)", "JavaScript:alert(1)", "java\tscript:alert(1)", "java\nscript:alert(1)", " javascript:alert(1)", "\x01javascript:alert(1)",
          "javascript://%0aalert(1)", "javascript:////alert(1)", "data:text/html,x", "data:text/html;base64,PHNjcmlwdD4=", "vbscript:x", "mailto:a@b",
          "about:blank", "blob:x", "", " ", "\t", "?", "#", "/\r\nSet-Cookie: a=b", "/\nLocation: http://evil.example", "/%0d%0aSet-Cookie:a=b\r\nX: y",
          f"http://{OURS}:1/", f"http://{OURS}.{EVIL}/", f"http://{OURS}:{{port}}.{EVIL}/", f"http://{OURS}:{{port}}@{EVIL}/",
          f"http://{OURS}:{{port}}0/", f"http://{OURS}:{{port}}\\@{EVIL}/", f"http://{OURS}:{{port}}#@{EVIL}/", f"http://{OURS}:{{port}}?@{EVIL}/",
          f"http://a:b@{OURS}:{{port}}@{EVIL}/", f"http://{OURS}%3A{{port}}@{EVIL}/", f"http://{OURS}:{{port}}//{EVIL}", f"//{OURS}:{{port}}@{EVIL}",
          f"https://{OURS}:{{port}}%2f@{EVIL}", f"http://[::1]@{EVIL}/", "http://0x7f000001/", "http://2130706433/", "http://017700000001/", "/" + "a" * 5000]
HOSTILE = [s + h for s, h in itertools.product(STARTS, HOSTS)] + OTHERS


@pytest.fixture(scope="module")
def cookie(demo):
    """A session, made without the page."""
    key = secrets.token_hex(32)
    demo.psql("INSERT INTO postern.sessions (user_id, digest) SELECT id, %s FROM postern.users WHERE username = 'hankhill'",
              hashlib.sha256(bytes.fromhex(key)).digest())
    return key


def where(base, location):
    """The origin that a browser would go to: white space and control characters are dropped, backslashes are slashes."""
    cleaned = "".join(c for c in location if c >= " ").strip().replace("\\", "/")
    parts = urlsplit(urljoin(base, cleaned))
    return parts.scheme, parts.netloc


@pytest.mark.parametrize("text", HOSTILE, ids=ascii)
def test_hostile_next_stays_here(demo, api, cookie, text):
    text = text.replace("{port}", str(demo.port))
    answer = api.get("/login/?next=" + quote(text, safe=""), headers={"Cookie": f"sessionid={cookie}"})
    if answer.status_code == 400:  # nginx or the request's own rules: control characters and the like
        assert "Location" not in answer.headers
        return
    location = answer.headers["Location"]
    assert answer.status_code == 302 and set(answer.headers) & {"X", "a"} == set()
    assert where(demo.url + "login/", location)[1] == f"127.0.0.1:{demo.port}"
    assert where(demo.url + "login/", location)[0] in ("http", "https")
    assert "//" not in urlsplit(location).path and "\\" not in location


@pytest.mark.parametrize("text", ["/", "/user/api-tokens/", "/files/report.txt", "/a?b=//c#//d", "user/profile/", "http://127.0.0.1:{port}/a", "https://127.0.0.1:{port}/a"])
def test_honest_next_is_followed(demo, person, user, text):
    text, owner, it = text.replace("{port}", str(demo.port)), user(), person()
    page = it.submit(it.open("/login/?next=" + quote(text, safe="")), "Log In", follow=False, username=owner.name, password=owner.password)
    assert (page.status, page.headers["Location"]) == (302, text)


@pytest.mark.parametrize("text", ["//evil.example", "javascript:alert(1)", "", "/\\evil.example"])
def test_hostile_next_in_the_form_leads_home(person, user, text):
    owner, it = user(), person()
    page = it.submit(it.open("/login/?next=/"), "Log In", follow=False, username=owner.name, password=owner.password, next=text)
    assert (page.status, page.headers["Location"]) == (302, "/")


def test_next_survives_a_wrong_password(person, user):
    it = person()
    page = it.submit(it.open("/login/?next=/user/sessions/"), "Log In", username="nobody-of-next", password="wrong")
    owner = user()
    assert it.submit(page, "Log In", username=owner.name, password=owner.password).url.endswith("/user/sessions/")
