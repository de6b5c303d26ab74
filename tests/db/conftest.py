"""Fixtures of the SQL tests: a private cluster on a unix socket, no network. The migrations are applied with psql
as the migrate command does it (one transaction each, as postern_owner) into a template; each test that changes
something gets a copy. Names begin with sql_ so that they stay apart from the fixtures for the server."""

import os
import pathlib
import pwd
import shutil
import tempfile

import pytest

from sqlcluster import LOGINS, MIGRATIONS, Cluster


@pytest.fixture(scope="session")
def sql_cluster():
    folder = pathlib.Path(tempfile.mkdtemp(prefix="postern-sql-"))
    if os.getuid() == 0:
        postgres = pwd.getpwnam("postgres")
        os.chown(folder, postgres.pw_uid, postgres.pw_gid)
    cluster = Cluster(folder)
    try:
        cluster.start()
        cluster.psql("postgres", "-f", "db/roles.sql")
        for login, group in LOGINS.items():
            cluster.psql("postgres", "-c", f"CREATE ROLE {login} LOGIN" + (f" IN ROLE {group}" if group else ""))
        yield cluster
    finally:
        cluster.stop()
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def sql_template(sql_cluster):
    database = sql_cluster.create()
    sql_cluster.psql(database.name, user="olga", stdin="""
        SET ROLE postern_owner;
        CREATE SCHEMA postern;
        CREATE TABLE postern.schema_migrations (number int PRIMARY KEY, name text, checksum text, applied timestamptz DEFAULT now());
        """ + "".join(f"BEGIN;\n{m.read_text()}\nCOMMIT;\n" for m in MIGRATIONS))
    return database.name


@pytest.fixture
def sql(sql_cluster, sql_template):
    """A migrated database of the test's own."""
    database = sql_cluster.create(sql_template)
    yield database
    sql_cluster.drop(database)


@pytest.fixture(scope="module")
def sql_shared(sql_cluster, sql_template):
    """A migrated database for a module whose tests leave nothing behind that others would see."""
    database = sql_cluster.create(sql_template)
    yield database
    sql_cluster.drop(database)
