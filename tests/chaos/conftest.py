"""Services that the tests here may kill, starve and flood, on the demo's database or on a cluster that is stopped."""
import pytest

from service import Cluster, Service


@pytest.fixture
def service(demo):
    """service(SETTING=value, ...): a running `postern serve` of the test's own on the demo's database."""
    made = []

    def make(start=True, prefix=(), arguments=(), **settings):
        made.append(Service({k: v for k, v in demo.env.items() if k != "POSTERN_LISTEN_GROUP"}, prefix, arguments, **settings))
        return made[-1].start() if start else made[-1]

    yield make
    for it in made:
        it.remove()


@pytest.fixture(scope="module")
def cluster():
    """A PostgreSQL that the module's tests may stop; they leave it running."""
    it = Cluster()
    try:
        yield it.create()
    finally:
        it.remove()


@pytest.fixture
def apart(cluster):
    """apart(SETTING=value, ...): a service on that cluster."""
    made = []

    def make(**settings):
        made.append(Service(cluster.env, **settings))
        return made[-1].start()

    yield make
    for it in made:
        it.remove()
