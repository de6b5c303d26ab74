"""Sessions: how they begin, what their cookie is like, and all that ends them."""
import hashlib
import re
import secrets
import time
from types import SimpleNamespace

import pytest

from support.demo import FAST
from support.fastcgi import ask, request
from web_browser import Person, words

OLD = "Your old password was entered incorrectly. Please enter it again."
WRONG = "Please enter a correct username and password. Note that both fields may be case-sensitive."


def digest(key):
    return hashlib.sha256(bytes.fromhex(key)).digest()


def make_session(demo, user, created, seen):
    """A session as old as these intervals; its cookie."""
    key = secrets.token_hex(32)
    demo.psql("INSERT INTO postern.sessions (user_id, digest, created, last_seen) VALUES (%s, %s, now() - %s::interval, now() - %s::interval)",
              user.id, digest(key), created, seen)
    return key


def holds(person, cookie):
    """Whether a session cookie is worth anything."""
    it = person()
    it.session.cookies.set("sessionid", cookie)
    return it.signed_in()


def actions(demo, user):
    return [a for a, in demo.psql("SELECT action FROM postern.audit_events WHERE user_id = %s ORDER BY id", user.id)]


# --- sign-in ---
def test_sign_in_says_who_one_is(person, user):
    it, owner = person(), user()
    page = it.sign_in(owner)
    assert page.messages == [f"Logged in as {owner.name}."] and owner.name in page.text
    assert it.open("/").messages == []


def test_form_is_one_that_password_managers_know(person):
    """And it holds no more than a name can have."""
    page = person().open("/login/")
    name, = page.find("input", id="id_username")
    password, = page.find("input", id="id_password")
    assert (name.get("autocomplete"), name.get("maxlength"), name.get("autofocus")) == ("username", "150", "")
    assert (password.get("autocomplete"), password.get("type"), password.get("value")) == ("current-password", "password", None)


@pytest.mark.parametrize("change", [{"password": "wrong"}, {"username": "nobody-of-sessions"}, {"username": "%s-"}, {"password": "%s "}])
def test_wrong_sign_in_is_refused(person, user, change):
    it, owner = person(), user()
    fields = {"username": owner.name, "password": owner.password,
              **{k: v.replace("%s", owner.name if k == "username" else owner.password) for k, v in change.items()}}
    page = it.submit(it.open("/login/"), "Log In", **fields)
    assert page.status == 200 and WRONG in page.text and it.cookie() is None


def test_inactive_user_reads_the_same_as_a_wrong_password(person, user):
    it = person()
    page = it.sign_in(user(active=False))
    assert page.status == 200 and WRONG in page.text and it.cookie() is None


def test_user_name_is_trimmed_and_password_is_not(person, user):
    it, owner = person(), user(password=" spaces around ")
    assert it.submit(it.open("/login/"), "Log In", username=f"  {owner.name} ", password=" spaces around ").status == 200
    assert it.signed_in()
    it = person()
    it.submit(it.open("/login/"), "Log In", username=owner.name, password="spaces around")
    assert not it.signed_in()


def test_empty_fields_are_named(person):
    it = person()
    page = it.submit(it.open("/login/"), "Log In", username=" ", password="")
    assert page.status == 200 and page.errors() == ["This field is required."] * 2


def test_too_many_tries_are_throttled(person, user, demo):
    it, owner = person(), user()
    for _ in range(int(FAST["POSTERN_LOGIN_LIMIT"])):
        assert it.submit(it.open("/login/"), "Log In", username=owner.name, password="wrong").status == 200
    page = it.sign_in(owner)
    assert page.status == 429 and int(page.headers["Retry-After"]) > 0 and "Too many attempts" in page.text
    assert not it.signed_in()


def test_page_of_the_signed_in_goes_on(person, user):
    it = person(user())
    answer = it.get("/login/?next=/user/sessions/")
    assert (answer.status_code, answer.headers["Location"]) == (302, "/user/sessions/")


def test_sign_in_is_audited_and_noted(person, user, demo):
    owner = user()
    person(owner)
    assert actions(demo, owner) == ["login"]
    assert demo.psql("SELECT last_login > now() - interval '1 minute' FROM postern.users WHERE id = %s", owner.id) == [(True,)]


@pytest.mark.parametrize("path", ["/user/profile/", "/user/password/", "/user/api-tokens/", "/user/api-tokens/add/", "/user/sessions/",
                                  "/user/api-tokens/00000000-0000-0000-0000-000000000000/edit/",
                                  "/user/api-tokens/00000000-0000-0000-0000-000000000000/delete/"])
def test_strangers_are_sent_to_sign_in(api, path):
    answer = api.get(path)
    assert (answer.status_code, answer.headers["Location"]) == (302, f"/login/?next={path}")


def test_the_way_back_keeps_the_query(person, user):
    it = person()
    answer = it.get("/user/api-tokens/?offset=0&a=b%20c")
    assert answer.headers["Location"] == "/login/?next=/user/api-tokens/%3Foffset%3D0%26a%3Db%2520c"
    assert it.sign_in(user(), path=answer.headers["Location"]).url.endswith("/user/api-tokens/?offset=0&a=b%20c")


# --- the cookie ---
def cookies(headers):
    return {c.split("=")[0]: c for c in headers}


def test_cookie_over_http(person, user):
    it = person()
    answer = it.submit(it.open("/login/"), "Log In", follow=False, username=user().name, password="x")
    assert answer.status == 200
    owner = user()
    answer = it.submit(it.open("/login/"), "Log In", follow=False, username=owner.name, password=owner.password)
    assert re.fullmatch("sessionid=[0-9a-f]{64}; Path=/; Max-Age=7776000; HttpOnly; SameSite=Lax", answer.headers["Set-Cookie"])


def https(demo, method, path, body="", **more):
    reply = ask(demo.socket, request(method, path, HTTPS="on", REQUEST_SCHEME="https", CONTENT_TYPE="application/x-www-form-urlencoded",
                                     CONTENT_LENGTH=str(len(body)), **more), body.encode())
    return reply, cookies(reply.headers.get_all("Set-Cookie") or [])


def test_cookie_over_https(demo, user):
    owner = user()
    page, sent = https(demo, "GET", "/login/")
    csrf = sent["__Host-csrftoken"]
    assert csrf.endswith("; Path=/; Max-Age=31449600; SameSite=Lax; Secure")
    body = f"csrfmiddlewaretoken={csrf.split('=')[1].split(';')[0]}&username={owner.name}&password={owner.password}"
    answer, sent = https(demo, "POST", "/login/", body, HTTP_COOKIE=csrf.split(";")[0], HTTP_ORIGIN="https://127.0.0.1")
    assert answer.status == 302
    assert re.fullmatch("__Host-sessionid=[0-9a-f]{64}; Path=/; Max-Age=7776000; HttpOnly; SameSite=Lax; Secure", sent["__Host-sessionid"])
    key = sent["__Host-sessionid"].split(";")[0]
    assert https(demo, "GET", "/user/profile/", HTTP_COOKIE=key)[0].status == 200
    assert https(demo, "GET", "/user/profile/", HTTP_COOKIE=key.replace("__Host-", ""))[0].status == 302
    answer, sent = https(demo, "POST", "/logout/", body, HTTP_COOKIE=csrf.split(";")[0], HTTP_ORIGIN="https://127.0.0.1")
    assert answer.status == 302 and sent["signedout"].endswith("; Secure")


def test_database_holds_no_cookie(person, user, demo):
    it = person(user())
    (row,), = demo.psql("SELECT s::text FROM postern.sessions s WHERE digest = %s", digest(it.cookie()))
    assert it.cookie() not in row


def test_session_id_is_new_at_sign_in(person, user):
    it, planted = person(), secrets.token_hex(32)
    it.session.cookies.set("sessionid", planted, domain="127.0.0.1", path="/")
    it.sign_in(user())
    assert it.signed_in() and it.cookie() != planted and not holds(person, planted)


def test_signing_in_again_ends_the_session_before(person, user):
    it = person(user())
    before = it.cookie()
    page = it.open("/api/")  # /login/ itself would send the signed-in on
    fields = {"csrfmiddlewaretoken": page.form("OPTIONS").fields["csrfmiddlewaretoken"]}
    other = user()
    assert it.post("/login/", data={**fields, "username": other.name, "password": other.password}).status_code == 302
    assert it.cookie() != before and not holds(person, before) and other.name in it.open("/").text


@pytest.mark.parametrize("value", ["", "x", "0" * 64, "0" * 63, "g" * 64, "0" * 65])
def test_cookie_without_session_is_nobody_and_taken_away(api, value):
    answer = api.get("/", headers={"Cookie": f"sessionid={value}"})
    assert answer.status_code == 200 and "Log in" in answer.text
    if re.fullmatch("[0-9a-f]{64}", value):
        assert answer.headers["Set-Cookie"].startswith("sessionid=; Path=/; Max-Age=0")


def test_cookie_sent_twice_is_nobody(person, user, api):
    key = person(user()).cookie()
    assert api.get("/user/profile/", headers={"Cookie": f"sessionid={key}"}).status_code == 200
    assert api.get("/user/profile/", headers={"Cookie": f"sessionid={key}; sessionid={key}"}).status_code == 302


def test_pages_take_no_token(person, user, token, api):
    key = token(user()).key
    assert api.get("/user/profile/", token=key).status_code == 302


def test_session_counts_at_the_api(person, user):
    it = person(user())
    answer = it.get("/api/authentication-check/", headers={"Accept": "application/json"})
    assert answer.json()["authenticated_by"] == "session"


# --- what ends it ---
def test_logout_ends_the_session(person, user, demo):
    owner = user()
    it = person(owner)
    key = it.cookie()
    page = it.submit(it.open("/"), "Log out")
    assert page.messages == ["You have logged out."] and page.url.endswith(":%d/" % demo.port)
    assert it.cookie() is None and not holds(person, key)
    assert actions(demo, owner) == ["login", "logout"]
    assert it.open("/").messages == []


def test_logout_by_get_only_asks(person, user):
    it = person(user())
    page = it.open("/logout/")
    assert page.status == 200 and it.signed_in()
    it.submit(page, "Log out")
    assert not it.signed_in()


def change_password(it, old, new, again=None):
    return it.submit(it.open("/user/password/"), "Update", old_password=old, new_password1=new, new_password2=again or new)


@pytest.mark.parametrize("change", ["password", "disable"])
def test_sign_in_with_what_has_just_ended_is_refused(person, user, demo, change):
    it, owner = person(), user()
    hash_line = demo.postern("hash", "--password-stdin", input="Correct-Horse-9\n").stdout.strip()
    sql, values = (("UPDATE postern.users SET password_hash = %s WHERE id = %s", (hash_line, owner.id)) if change == "password"
                   else ("UPDATE postern.users SET is_active = false WHERE id = %s", (owner.id,)))
    page = demo.while_changing(sql, *values, act=lambda: it.sign_in(owner))
    assert page.status == 200 and WRONG in page.text and it.cookie() is None
    assert demo.psql("SELECT id FROM postern.sessions WHERE user_id = %s", owner.id) == []


def test_new_password_does_not_replace_what_an_administrator_has_just_set(person, user, demo):
    owner = user()
    it = person(owner)
    hash_line = demo.postern("hash", "--password-stdin", input="Correct-Horse-8\n").stdout.strip()
    page = demo.while_changing("UPDATE postern.users SET password_hash = %s WHERE id = %s", hash_line, owner.id,
                               act=lambda: change_password(it, owner.password, "Correct-Horse-9"))
    assert page.status == 200 and OLD in page.text
    assert demo.psql("SELECT password_hash FROM postern.users WHERE id = %s", owner.id) == [(hash_line,)]


def test_new_password_ends_all_other_sessions(person, user):
    owner = user()
    it, other = person(owner), person(owner)
    before = it.cookie()
    page = change_password(it, owner.password, "Correct-Horse-9")
    assert page.messages == ["Your password has been changed successfully."] and page.url.endswith("/user/profile/")
    assert it.signed_in() and not other.signed_in()
    assert it.cookie() != before and not holds(person, before)
    assert not person(owner).signed_in()
    owner.password = "Correct-Horse-9"
    assert person(owner).signed_in()


@pytest.mark.parametrize("old, new, again, errors", [
    ("wrong", "Correct-Horse-9", None, [OLD]),
    ("", "", "", ["This field is required."] * 3),
    (None, "Correct-Horse-9", "Correct-Horse-8", ["The two password fields didn\u2019t match."]),
])
def test_new_password_is_refused(person, user, old, new, again, errors):
    owner = user()
    it = person(owner)
    page = it.submit(it.open("/user/password/"), "Update", old_password=owner.password if old is None else old,
                     new_password1=new, new_password2=new if again is None else again)
    assert page.status == 200 and page.errors() == errors
    assert person(owner).signed_in()


def test_weak_password_is_refused(person, user):
    owner = user()
    it = person(owner)
    assert len(change_password(it, owner.password, "short").errors()) == 1
    assert len(change_password(it, owner.password, owner.name).errors()) == 1


def test_disabled_user_is_out_at_once(person, user, demo):
    owner = user()
    it = person(owner)
    demo.postern("user", "disable", owner.name)
    assert not it.signed_in()
    demo.postern("user", "enable", owner.name)
    assert not it.signed_in()


def test_session_of_an_inactive_user_is_nobody(person, user, demo):
    """However it came to be: the trigger that ends sessions is not the only guard."""
    assert not holds(person, make_session(demo, user(active=False), "1 hour", "1 hour"))


@pytest.mark.parametrize("created, seen, alive", [("13 days", "13 days", True), ("15 days", "15 days", False),
                                                  ("89 days", "1 day", True), ("91 days", "1 day", False)])
def test_limits_of_a_session(person, user, demo, created, seen, alive):
    assert holds(person, make_session(demo, user(), created, seen)) == alive


def test_limits_of_a_session_are_settings(new_demo):
    demo = new_demo(POSTERN_SESSION_IDLE="3600", POSTERN_SESSION_ABSOLUTE="7200").start()
    (identifier,), = demo.psql("SELECT id::text FROM postern.users WHERE username = 'hankhill'")
    for created, seen, alive in (("50 minutes", "50 minutes", True), ("70 minutes", "70 minutes", False),
                                 ("110 minutes", "1 minute", True), ("130 minutes", "1 minute", False)):
        it = Person(demo.url)
        it.session.cookies.set("sessionid", make_session(demo, SimpleNamespace(id=identifier), created, seen))
        assert it.signed_in() == alive, (created, seen)
    answer = Person(demo.url)
    page = answer.submit(answer.open("/login/"), "Log In", follow=False, username="hankhill", password="I<3C3H8")
    assert "; Max-Age=7200;" in page.headers["Set-Cookie"]


def test_use_keeps_a_session_alive(person, user, demo):
    key = make_session(demo, user(), "13 days", "13 days")
    assert holds(person, key)
    for _ in range(100):  # the use is noted after the answer
        if demo.psql("SELECT last_seen > now() - interval '1 minute' FROM postern.sessions WHERE digest = %s", digest(key)) == [(True,)]:
            return
        time.sleep(0.05)
    raise AssertionError("the use was not noted")


def test_old_sessions_are_deleted_at_sign_in(person, user, demo):
    owner = user()
    make_session(demo, owner, "15 days", "15 days")
    make_session(demo, owner, "91 days", "1 day")
    person(owner)
    assert demo.psql("SELECT count(*)::int FROM postern.sessions WHERE user_id = %s", owner.id) == [(1,)]


# --- the page ---
FIREFOX = {"User-Agent": "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"}
SAFARI = {"User-Agent": "Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) AppleWebKit/605.1 Version/19.0 Mobile/15E148 Safari/604.1"}


def test_sessions_are_listed(person, user, demo):
    owner = user()
    person(owner, **SAFARI)
    page = person(owner, **FIREFOX).open("/user/sessions/")
    assert "Firefox on Linux This session" in page.text and "Safari on iPhone" in page.text and "127.0.0.1" in page.text
    cells = [{words(d.find("dt")): words(d.find("dd")) for d in section.find("dl")} for section in page.find("section")]
    now = demo.psql("SELECT to_char(now() AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:')")[0][0]
    assert len(cells) == 2
    for cell in cells:
        assert cell["Address"] == "127.0.0.1" and set(cell) == {"Address", "Signed in", "Last seen"}
        for name in ("Signed in", "Last seen"):
            assert re.fullmatch(r"\d{4}-\d\d-\d\d \d\d:\d\d UTC", cell[name]) and cell[name] >= now[:10]


def test_one_session_can_be_ended(person, user):
    owner = user()
    other, third, it = person(owner, **SAFARI), person(owner), person(owner, **FIREFOX)
    page = it.open("/user/sessions/")
    button, = [b for b in page.find("button") if "Safari" in "".join(b.itertext())]
    answer = it.submit(page, " ".join("".join(button.itertext()).split()))
    assert answer.messages == ["The session has ended."]
    assert not other.signed_in() and third.signed_in() and it.signed_in()


def test_all_other_sessions_can_be_ended(person, user):
    owner, stranger = user(), user()
    others, far, it = [person(owner), person(owner)], person(stranger), person(owner)
    page = it.submit(it.open("/user/sessions/"), "End all other sessions")
    assert page.messages == ["All other sessions have ended."]
    assert it.signed_in() and far.signed_in() and not any(o.signed_in() for o in others)


def test_session_of_someone_else_cannot_be_ended(person, user, demo):
    stranger, it = person(user()), person(user())
    person(it.user)
    (theirs,), = demo.psql("SELECT id::text FROM postern.sessions WHERE user_id = %s", stranger.user.id)
    it.submit(it.open("/user/sessions/"), "End all other sessions", session=theirs)
    assert stranger.signed_in()


def test_form_without_a_session_is_refused(person, user):
    it = person(user())
    person(it.user)
    assert it.submit(it.open("/user/sessions/"), "End all other sessions", session="x").status == 400


def test_messages_that_nobody_reads_do_not_pile_up(person, user):
    owner = user()
    it, _ = person(owner), person(owner)
    page = it.open("/user/sessions/")
    for _ in range(25):
        assert it.submit(page, "End all other sessions", follow=False).status == 302
    messages = it.open("/user/profile/").messages
    assert len(messages) == 20 and set(messages) == {"All other sessions have ended."}
