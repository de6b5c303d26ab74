"""The documented walk, word for word: sign in, profile, API Tokens, + Add a token; then the new key with curl."""
import json
import subprocess

import pytest
from selenium.webdriver.common.keys import Keys

HANK = ("hankhill", "I<3C3H8")


def curl(line):
    """Runs a line as pasted into a shell; the answer as JSON."""
    done = subprocess.run(["bash", "-c", line.replace("curl ", "curl -s --noproxy '*' ", 1)], capture_output=True, text=True, timeout=30)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def walk_to_tokens(browser, name, password):
    browser.open("/")
    browser.click("Log in")
    browser.sign_in(name, password)
    browser.click(name)
    browser.click("Profile")
    assert browser.find("h1")[0].text == "User Profile"
    side = browser.find("nav.side")[0]
    assert side.text.split("\n") == ["User Profile", "Profile", "API Tokens", "Sessions", "Change Password"]
    assert side.rect["x"] < browser.find("h1")[0].rect["x"]
    menu = browser.find("header details")[0].rect
    assert menu["y"] < 60 and menu["x"] > 640
    browser.click("API Tokens")
    assert browser.find("h1")[0].text == "API Tokens"


@pytest.mark.parametrize("script", [True, False], ids=["with-javascript", "without-javascript"])
def test_the_documented_walk(chrome, script):
    browser = chrome(script)
    walk_to_tokens(browser, *HANK)
    browser.click("+ Add a token")
    assert browser.find("h1")[0].text == "Add a new token"
    assert browser.field("Key").get_attribute("value") == ""
    assert browser.field("Write enabled").is_selected()
    browser.fill("Expires", "2099-12-31 23:59:59")
    browser.fill("Description", "The documented walk")
    browser.click("Create")
    key = browser.find("#new-key")[0].text
    assert len(key) == 40 and f"Created token {key[-6:]} (hankhill)" in browser.text
    assert "2099-12-31 23:59 UTC" in browser.text and "The documented walk" in browser.text
    answer = curl(browser.find("#new-key-curl")[0].text)
    assert answer["user"]["username"] == "hankhill" and answer["may_write"] is True
    browser.driver.refresh()
    assert key not in browser.driver.page_source
    browser.click(browser.find("details.menu summary")[0].text)
    browser.click("Log out")
    assert "You have logged out." in browser.text and browser.find("header")[0].text.endswith("Log in")


def test_new_key_works_at_a_protected_api(chrome, demo):
    browser = chrome()
    walk_to_tokens(browser, *HANK)
    browser.click("+ Add a token")
    browser.click("Create")
    key = browser.find("#new-key")[0].text
    answer = curl(f'TOKEN={key}; curl -H "Authorization: Token $TOKEN" -H "Accept: application/json; indent=4" {demo.url}api/dcim/sites/')
    assert answer["count"] == 10 and answer["next"] is None and len(answer["results"]) == 10


def test_copy_button_copies_the_key(chrome, user):
    browser, owner = chrome(), user()
    browser.driver.execute_cdp_cmd("Browser.grantPermissions", {"permissions": ["clipboardReadWrite", "clipboardSanitizedWrite"], "origin": browser.url})
    walk_to_tokens(browser, owner.name, owner.password)
    browser.click("+ Add a token")
    browser.click("Create")
    key = browser.find("#new-key")[0].text
    browser.click("Copy")
    assert browser.driver.execute_async_script("navigator.clipboard.readText().then(arguments[0])") == key


def test_copy_buttons_hide_without_javascript(chrome, user):
    browser, owner = chrome(False), user()
    walk_to_tokens(browser, owner.name, owner.password)
    browser.click("+ Add a token")
    browser.click("Create")
    assert browser.find("[data-copy]") and not any(b.is_displayed() for b in browser.find("[data-copy]"))


def tab_to(browser, visible):
    """Presses Tab until something with these words has the focus."""
    for _ in range(60):
        browser.press(Keys.TAB)
        if browser.driver.switch_to.active_element.text.split("\n")[0].strip() == visible:
            return
    raise AssertionError(f"{visible!r} cannot be reached by keyboard on {browser.path}")


def test_all_of_it_by_keyboard(chrome, user):
    browser, owner = chrome(), user()
    browser.open("/login/")
    browser.press(owner.name, Keys.TAB, owner.password)
    browser.press_to_go(Keys.ENTER)
    tab_to(browser, owner.name)
    browser.press(Keys.ENTER)
    for name in ("Profile", "API Tokens"):
        tab_to(browser, name)
        browser.press_to_go(Keys.ENTER)
    tab_to(browser, "+ Add a token")
    browser.press_to_go(Keys.ENTER)
    for _ in range(20):
        browser.press(Keys.TAB)
        if browser.driver.switch_to.active_element == browser.field("Write enabled"):
            break
    browser.press(Keys.SPACE)
    browser.press(Keys.TAB, Keys.TAB, "by keyboard")
    browser.press_to_go(Keys.ENTER)
    assert "Created token" in browser.text and "by keyboard" in browser.text and "Disabled" in browser.text
    browser.open("/user/api-tokens/")
    tab_to(browser, owner.name)
    browser.press(Keys.ENTER)
    tab_to(browser, "Log out")
    browser.press_to_go(Keys.ENTER)
    assert "You have logged out." in browser.text


def test_focus_is_visible(chrome):
    browser = chrome()
    browser.open("/login/")
    for _ in range(6):
        browser.press(Keys.TAB)
        width = browser.driver.execute_script("return parseFloat(getComputedStyle(document.activeElement).outlineWidth)")
        assert width >= 2, browser.driver.switch_to.active_element.get_attribute("outerHTML")


def test_skip_link_leads_to_the_content(chrome):
    browser = chrome()
    browser.open("/")
    browser.press(Keys.TAB)
    assert browser.driver.switch_to.active_element.text == "Skip to content"
    browser.press(Keys.ENTER)
    assert browser.path.endswith("#main")
