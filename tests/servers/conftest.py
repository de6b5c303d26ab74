"""A demo under each of the four web servers, with a backend that counts instead of the demo's own."""
import pathlib
import shutil
import tempfile

import pytest

from backend import Backend
from fcgi import Whoami
from server_site import SERVERS, Site


@pytest.fixture(scope="session")
def places():
    """A directory that also www-data can walk to (pytest's own are private)."""
    directory = pathlib.Path(tempfile.mkdtemp(prefix="postern-servers-"))
    directory.chmod(0o755)
    yield directory
    shutil.rmtree(directory, ignore_errors=True)


@pytest.fixture(scope="session")
def backend():
    counting = Backend()
    yield counting
    counting.close()


@pytest.fixture(scope="session")
def app(places):
    application = Whoami(str(places / "app.sock"))
    yield application
    application.close()


@pytest.fixture(scope="session")
def sites(places, backend, app):
    """Sites by server, started when first asked for: the API is `backend`, the application `app`, ipam.prefix is exempt."""
    started = {}

    def get(server):
        if server not in started:
            site = Site(server, DEMO_API=f"127.0.0.1:{backend.port}", DEMO_APP=str(places / "app.sock"),
                        DEMO_EXEMPT="ipam.prefix")
            try:
                started[server] = site.start()
            except BaseException:
                site.remove()
                raise
        return started[server]

    try:
        yield get
        for site in started.values():
            site.stop()
            assert not site.reports(), site.reports()
    finally:
        for site in started.values():
            site.remove()


@pytest.fixture(scope="session", params=SERVERS)
def site(request, sites):
    return sites(request.param)
