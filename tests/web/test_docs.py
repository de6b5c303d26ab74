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


def test_request_can_be_tried_out(docs):
    block = docs.driver.find_element(By.ID, "operations-about-status")
    block.find_element(By.CSS_SELECTOR, ".opblock-summary-control").click()
    wait = WebDriverWait(docs.driver, 30)
    wait.until(lambda d: block.find_elements(By.CSS_SELECTOR, ".try-out__btn"))[0].click()
    wait.until(lambda d: block.find_elements(By.CSS_SELECTOR, ".execute"))[0].click()
    wait.until(lambda d: "postern-version" in block.find_element(By.CSS_SELECTOR, ".live-responses-table").text
               if block.find_elements(By.CSS_SELECTOR, ".live-responses-table") else False)
