"""The viewer of the API's document works in a real browser under the page's own policy, and asks nobody but this site."""
import pytest
from selenium.webdriver.common.by import By
from selenium.webdriver.support.ui import WebDriverWait


@pytest.fixture
def docs(chrome):
    browser = chrome()
    browser.open("/api/docs/")
    WebDriverWait(browser.driver, 30).until(lambda d: d.find_elements(By.CSS_SELECTOR, ".opblock"))
    return browser


def test_every_operation_is_shown(docs, api):
    paths = api.get("/api/openapi.json").json()["paths"]
    assert len(docs.driver.find_elements(By.CSS_SELECTOR, ".opblock")) == sum(len(item) for item in paths.values())


def test_nothing_is_loaded_from_elsewhere(docs, demo):
    loaded = docs.driver.execute_script("return performance.getEntriesByType('resource').map(e => e.name)")
    assert loaded and all(url.startswith((demo.url, "data:")) for url in loaded)


def try_out(docs, operation):
    """Opens an operation, sends its example, and returns what is shown of the answer."""
    block = docs.driver.find_element(By.ID, f"operations-{operation}")
    wait = WebDriverWait(docs.driver, 30)
    for button in (".opblock-summary-control", ".try-out__btn", ".execute"):
        found = wait.until(lambda d: block.find_elements(By.CSS_SELECTOR, button))[0]
        docs.driver.execute_script("arguments[0].scrollIntoView({block: 'center'})", found)
        found.click()
    return wait.until(lambda d: block.find_elements(By.CSS_SELECTOR, ".live-responses-table"))[0].text


def test_request_can_be_tried_out(docs):
    assert "postern-version" in try_out(docs, "about-status")


def test_signed_in_browser_may_change_things_there(chrome, user, demo):
    """The page sends the CSRF token that the API asks of a session."""
    owner, browser = user(), chrome()
    browser.open("/login/")
    browser.sign_in(owner.name, owner.password)
    browser.open("/api/docs/")
    WebDriverWait(browser.driver, 30).until(lambda d: d.find_elements(By.CSS_SELECTOR, ".opblock"))
    assert "200" in try_out(browser, "preferences-config_update").splitlines()


def test_scheme_of_colours_is_followed_also_when_it_changes(docs):
    for dark in (True, False, True):
        docs.look(dark=dark)
        WebDriverWait(docs.driver, 10).until(lambda _: ("dark-mode" in docs.find("html")[0].get_attribute("class")) == dark)
    docs.look()


# how Swagger UI builds its page, which no style sheet mends; all three are of headings, landmarks and nesting
SWAGGER_UI_S_OWN = ("heading-order", "nested-interactive", "region")


def test_nothing_else_is_wrong_with_it(docs):
    docs.shoot("docs")
    found = docs.axe()
    docs.look(dark=True)
    found += docs.axe()
    docs.look()
    assert not [line for line in found if not line.startswith(SWAGGER_UI_S_OWN)]


def test_without_javascript_the_document_is_linked(chrome):
    browser = chrome(False)
    browser.open("/api/docs/")
    assert "needs JavaScript" in browser.find("main")[0].text
    assert browser.find("main a")[0].get_attribute("href").endswith("/api/openapi.json")
