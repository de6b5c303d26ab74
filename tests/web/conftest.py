"""Fixtures for the pages. `person` is a browser without JavaScript that checks every page it gets; `chrome` a real one."""
import pytest

from web_browser import Chrome, Person


@pytest.fixture
def person(demo):
    """person(user): a signed-in Person; person(): one that has not signed in."""

    def make(user=None, url=demo.url, **more):
        it = Person(url, **more)
        if user:
            it.sign_in(user)
        return it

    return make


@pytest.fixture(scope="session")
def chromes():
    """One real browser for each way of using it, started when first asked for."""
    started = {}
    yield started
    for it in started.values():
        it.quit()


@pytest.fixture
def chrome(chromes, demo):
    """chrome(script=True): Chromium on the demo, without cookies; wide and light."""

    def make(script=True):
        if script not in chromes:
            chromes[script] = Chrome(script)
        return chromes[script].fresh(demo.url)

    return make
