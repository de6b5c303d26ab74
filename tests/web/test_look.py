"""How every page looks and reads: pictures in $BUILD/shots, nothing wider than the window, no finding of axe-core."""
import pytest


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


def test_several_sessions_are_in_order(visit, person, owner):
    person(owner, **{"User-Agent": "Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) Version/19.0 Mobile Safari/604.1"})
    person(owner, **{"User-Agent": "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0"})
    check(visit("/user/sessions/", owner), "sessions-several")
