"""Refusals are pages to a browser, and tell nothing that is not for its eyes."""
import pytest

from support.fastcgi import ask, request
from web_browser import BROWSER, Person


@pytest.mark.parametrize("path", ["/user/\\x/", "/user//x/", "/user/../x/"])
def test_path_that_cannot_be_read_is_a_page_to_a_browser(demo, path):
    answer = ask(demo.socket, {**request("GET", "/", HTTP_ACCEPT=BROWSER), "SCRIPT_NAME": path})
    assert answer.status == 400 and answer.headers["Content-Type"].startswith("text/html")
    assert b"The path is not in its normal form." in answer.body
    answer = ask(demo.socket, {**request("GET", "/", HTTP_ACCEPT="*/*"), "SCRIPT_NAME": path})
    assert answer.status == 400 and answer.headers["Content-Type"] == "application/json"


def test_what_went_wrong_inside_is_a_page_without_its_cause(new_demo):
    demo = new_demo().start()
    demo.psql("REVOKE EXECUTE ON FUNCTION postern.login_known FROM postern")
    it = Person(demo.url)
    page = it.submit(it.open("/login/"), "Log In", username="hankhill", password="I<3C3H8")
    assert page.status == 500 and page.title == "Server Error - Postern" and page.find("h1")[0].text == "Server Error"
    assert "There was a problem with your request. It has been recorded." in page.text
    assert page.headers["X-Request-ID"] in page.text and "login_known" not in page.html and "permission denied" not in page.html
    assert "login_known" in demo.log()
