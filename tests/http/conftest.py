"""Fixtures of the HTTP tests: users with a token at hand."""
import pytest

from support.account import PASSWORD, Account


@pytest.fixture(scope="session")
def password_hash(demo):
    """The argon2id line of PASSWORD."""
    return demo.postern("hash", "--password-stdin", input=PASSWORD + "\n").stdout.strip()


@pytest.fixture
def account(demo, password_hash):
    """account(superuser=False, tokens=True, active=True): a new user with one token, named "first"."""
    return lambda **flags: Account(demo, password_hash, **flags)


@pytest.fixture
def alice(account):
    """A new ordinary user with one token."""
    return account()


@pytest.fixture(scope="module")
def reader(demo, password_hash):
    """A user for a whole file, with one token, for tests that change nothing."""
    return Account(demo, password_hash)
