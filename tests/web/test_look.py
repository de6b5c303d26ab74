"""How every page looks and reads: pictures in $BUILD/shots, nothing wider than the window, no finding of axe-core."""
from base64 import b64encode

import pytest
from selenium.webdriver.common.keys import Keys

from support.demo import FAST
from support.fastcgi import ask, request


@pytest.fixture
def visit(chrome, demo, user):
    """visit(path, user): opens a page as someone who has tokens of every kind; None: nobody."""

    def make(path, who=None):
        browser = chrome()
        browser.open("/login/")
        if who:
            browser.sign_in(who.name, who.password)
        browser.open(path)
        return browser

    return make


@pytest.fixture
def owner(user, token, demo):
    """A user with one token of every kind."""
    it = user()
    it.tokens = [token(it, description="Backups of the branch office, every night"),
                 token(it, write_enabled=False, expires="2099-12-31T23:59:59Z", allowed_ips=["10.0.0.0/8", "2001:db8::/32"]),
                 token(it, description="Old laptop " + "x" * 180, expires="2098-01-01T00:00:00Z")]
    demo.psql("UPDATE postern.tokens SET created = created, expires = now() - interval '1 day' WHERE id = %s", it.tokens[2].id)
    demo.psql("UPDATE postern.users SET first_name = 'Hank', last_name = 'Hill', email = 'hank@strickland.example' WHERE id = %s", it.id)
    return it


def check(browser, name):
    browser.shoot(name)
    found = browser.axe()
    browser.look(dark=True)
    found += browser.axe()
    browser.look()
    assert not found


PAGES = {
    "home": "/", "profile": "/user/profile/", "tokens": "/user/api-tokens/", "token-add": "/user/api-tokens/add/",
    "token-edit": "/user/api-tokens/{id}/edit/", "token-delete": "/user/api-tokens/{id}/delete/", "sessions": "/user/sessions/",
    "password": "/user/password/", "logout": "/logout/", "not-found": "/no/such/page/",
    "api-root": "/api/", "api-users": "/api/users/", "api-tokens": "/api/users/tokens/", "api-token": "/api/users/tokens/{id}/",
    "api-pager": "/api/users/tokens/?limit=1&offset=1", "api-config": "/api/users/config/", "api-status": "/api/status/",
    "api-denied": "/api/users/users/", "api-not-found": "/api/users/tokens/00000000-0000-0000-0000-000000000000/",
    "api-bad-filter": "/api/users/tokens/?no_such_filter=1",
}


@pytest.mark.parametrize("name", PAGES)
def test_page_is_in_order(visit, owner, name):
    check(visit(PAGES[name].format(id=owner.tokens[0].id), owner), name)


@pytest.mark.parametrize("name, path", [("home-anonymous", "/"), ("login", "/login/"), ("api-anonymous", "/api/users/tokens/"),
                                        ("not-found-anonymous", "/no/such/page/")])
def test_page_for_visitors_is_in_order(visit, name, path):
    check(visit(path), name)


def test_failed_sign_in_is_in_order(visit):
    browser = visit("/login/")
    browser.sign_in("nobody.here", "wrong")
    check(browser, "login-failed")


def test_empty_sign_in_is_in_order(visit):
    browser = visit("/login/")
    browser.click("Log In")
    check(browser, "login-empty")


def test_new_key_is_in_order(visit, owner):
    browser = visit("/user/api-tokens/add/", owner)
    browser.fill("Description", "New")
    browser.click("Create")
    check(browser, "token-created")


def test_wrong_form_is_in_order(visit, owner):
    browser = visit("/user/api-tokens/add/", owner)
    browser.fill("Key", "abc")
    browser.fill("Expires", "tomorrow")
    browser.fill("Allowed networks", "10.0.0.1/8")
    browser.click("Create")
    check(browser, "token-wrong")


def test_wrong_password_form_is_in_order(visit, owner):
    browser = visit("/user/password/", owner)
    browser.click("Update")
    check(browser, "password-wrong")


def test_open_menu_is_in_order(visit, owner):
    browser = visit("/user/profile/", owner)
    browser.click(owner.name)
    check(browser, "menu")


def test_restricted_user_is_in_order(visit, user):
    browser = visit("/user/api-tokens/", user(tokens=False))
    check(browser, "tokens-restricted")
    browser.open("/user/api-tokens/add/")
    check(browser, "token-denied")


def test_answer_of_options_is_in_order(visit, owner):
    browser = visit("/api/users/tokens/", owner)
    browser.click("OPTIONS")
    check(browser, "api-options")


def test_open_delete_is_in_order(visit, owner):
    browser = visit(f"/api/users/tokens/{owner.tokens[0].id}/", owner)
    browser.click("DELETE")
    check(browser, "api-delete")


def test_refused_form_of_the_browsable_api_is_in_order(visit, owner):
    browser = visit(f"/api/users/tokens/{owner.tokens[0].id}/", owner)
    browser.click("PATCH")
    browser.find("textarea")[-1].clear()
    browser.find("textarea")[-1].send_keys('{"key": "abc"}')
    browser.click("PATCH")
    check(browser, "api-refused")


def test_deleted_record_is_in_order(visit, owner):
    browser = visit(f"/api/users/tokens/{owner.tokens[0].id}/", owner)
    browser.click("DELETE")
    browser.click("Delete")
    check(browser, "api-deleted")


@pytest.mark.parametrize("kind", ["users", "groups", "permissions"])
def test_list_for_superusers_is_in_order(visit, user, kind):
    check(visit(f"/api/users/{kind}/", user(superuser=True)), f"api-{kind}")


def test_200_tokens_are_in_order(visit, user, token, demo):
    it = user()
    token(it)
    demo.psql("INSERT INTO postern.tokens (user_id, digest, pepper, tail, description)"
              " SELECT user_id, sha256(convert_to(id::text || n, 'UTF8')), pepper, lpad(to_hex(n), 6, '0'), 'Number ' || n FROM postern.tokens, generate_series(1, 199) n"
              " WHERE user_id = %s", it.id)
    check(visit("/user/api-tokens/", it), "tokens-200")


def test_forms_that_were_sent_from_elsewhere_are_in_order(visit, owner):
    browser = visit("/user/password/", owner)
    browser.driver.execute_script("document.querySelectorAll('[name=csrfmiddlewaretoken]').forEach(e => e.value = 'x')")
    browser.click("Update")
    check(browser, "csrf")


def test_throttled_sign_in_is_in_order(visit, owner, demo):
    browser = visit("/login/")
    for _ in range(int(FAST["POSTERN_LOGIN_LIMIT"])):
        ask(demo.socket, request("POST", "/api/users/tokens/", HTTP_AUTHORIZATION="Basic " + b64encode(f"{owner.name}:wrong".encode()).decode()))
    browser.sign_in(owner.name, owner.password)
    assert "Too many attempts" in browser.text
    check(browser, "login-throttled")


def test_sessions_of_one_device_are_in_order(visit, person, owner):
    for _ in range(2):
        person(owner, **{"User-Agent": "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0"})
    check(visit("/user/sessions/", owner), "sessions-alike")


@pytest.mark.parametrize("name, css", [("login-empty", "/login/"), ("token-wrong", "/user/api-tokens/add/")])
def test_wrong_fields_are_marked(visit, owner, name, css):
    browser = visit(css, owner if "token" in name else None)
    if "token" in name:
        browser.fill("Key", "abc")
    browser.click("Create" if "token" in name else "Log In")
    fields = browser.find("[aria-invalid]")
    assert fields and {f.value_of_css_property("border-top-width") for f in fields} == {"2px"}


def test_whole_key_is_seen_on_a_phone(chrome, owner):
    browser = chrome(False)
    browser.look(width=380, height=760)
    browser.open("/login/")
    browser.sign_in(owner.name, owner.password)
    browser.open("/user/api-tokens/add/")
    browser.click("Create")
    key = browser.find("#new-key")[0]
    assert len(key.text) == 40 and int(key.get_property("scrollWidth")) <= int(key.get_property("clientWidth"))
    assert key.rect["x"] + key.rect["width"] <= 380
    browser.look()


def test_menus_close_by_escape_and_by_a_click_elsewhere(visit, owner):
    browser = visit("/user/profile/", owner)
    menu = browser.find("header details")[0]
    browser.click(owner.name)
    assert menu.get_property("open")
    browser.press(Keys.ESCAPE)
    assert not menu.get_property("open") and browser.driver.switch_to.active_element.text == owner.name
    browser.press(Keys.ENTER)
    assert menu.get_property("open")
    browser.find("h1")[0].click()
    assert not menu.get_property("open")


def test_several_sessions_are_in_order(visit, person, owner):
    person(owner, **{"User-Agent": "Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) Version/19.0 Mobile Safari/604.1"})
    person(owner, **{"User-Agent": "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0"})
    check(visit("/user/sessions/", owner), "sessions-several")
