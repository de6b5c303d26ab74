"""The schema as an interface: documented, self-contained, and whole after a dump and restore."""

import re

import pytest

from sqlcluster import HASH, MIGRATIONS, ROOT, pg_bin


def test_every_table_view_and_column_has_a_comment(sql_shared):
    bare = sql_shared.run("""
        SELECT c.relname, a.attname FROM pg_class AS c LEFT JOIN pg_attribute AS a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
         WHERE c.relnamespace = 'postern'::regnamespace AND c.relkind IN ('r', 'p', 'v') AND NOT c.relispartition AND c.relname <> 'schema_migrations'
           AND (obj_description(c.oid, 'pg_class') IS NULL OR col_description(c.oid, a.attnum) IS NULL)""")
    assert bare == []


def test_every_function_and_domain_has_a_comment(sql_shared):
    assert sql_shared.run("""
        SELECT p.oid::regprocedure::text FROM pg_proc AS p WHERE pronamespace = 'postern'::regnamespace AND obj_description(p.oid, 'pg_proc') IS NULL
        UNION ALL SELECT typname FROM pg_type AS t WHERE typnamespace = 'postern'::regnamespace AND typtype = 'd' AND obj_description(t.oid, 'pg_type') IS NULL""") == []


def test_every_function_has_a_search_path_of_its_own(sql_shared):
    assert sql_shared.run("""SELECT p.oid::regprocedure::text FROM pg_proc AS p WHERE pronamespace = 'postern'::regnamespace
                             AND NOT coalesce('search_path=pg_catalog, pg_temp' = ANY (proconfig), false)""") == []


def test_every_foreign_key_can_be_followed_backwards_by_an_index(sql_shared):
    """Else deleting a user or a group reads whole tables."""
    assert sql_shared.run("""
        SELECT k.conrelid::regclass::text, k.conname FROM pg_constraint AS k
         WHERE k.contype = 'f' AND k.connamespace = 'postern'::regnamespace
           AND NOT EXISTS (SELECT FROM pg_index AS i WHERE i.indrelid = k.conrelid AND i.indkey[0] = k.conkey[1])""") == []


@pytest.mark.parametrize("migration", MIGRATIONS, ids=lambda p: p.stem)
def test_migration_leaves_transactions_and_roles_alone(migration):
    text = re.sub(r"\$\$.*?\$\$|--[^\n]*|'[^']*'", "", migration.read_text(), flags=re.S)
    assert not re.search(r"^\s*(BEGIN|START|COMMIT|ROLLBACK|CREATE\s+ROLE|CREATE\s+USER|SET\s)", text, flags=re.I | re.M)


def test_migrations_are_numbered_without_gap():
    assert [int(m.name[:4]) for m in MIGRATIONS] == list(range(1, len(MIGRATIONS) + 1))


def users_of(statement):
    """The folders of app/ whose code runs a statement of db/queries."""
    name = f"Q_{statement.stem.upper()}"
    return {path.parts[-2] for path in (ROOT / "app").glob("*/*.c") if re.search(rf"\b{name}\b", path.read_text())}


@pytest.mark.parametrize("statement", sorted((ROOT / "db/queries").glob("*.sql")), ids=lambda p: p.stem)
def test_statement_fits_the_schema_and_the_rights_of_its_role(sql_shared, statement):
    """Commands are run by administrators, everything else by the workers."""
    role = "ada" if users_of(statement) == {"cli"} else "postern"
    sql_shared.run("DEALLOCATE ALL", role=role)
    sql_shared.run("SET plan_cache_mode = force_generic_plan", role=role)
    sql_shared.run(f"PREPARE q AS {statement.read_text()}", role=role)
    count = sql_shared.one("SELECT cardinality(parameter_types) FROM pg_prepared_statements WHERE name = 'q'", role=role)
    arguments = f"({', '.join(['NULL'] * count)})" if count else ""
    sql_shared.run(f"EXPLAIN EXECUTE q{arguments}", role=role)  # explaining checks the rights, too


def test_dump_and_restore_is_whole(sql_cluster, sql):
    hank = sql.user("hank", password_hash=HASH)
    sql.token(hank, created="2020-01-01", expires="2021-01-01")
    sql.session(hank)
    sql.run("INSERT INTO postern.groups (name) VALUES ('ops')")
    sql.run("INSERT INTO postern.permission_users VALUES (%s, %s)", sql.permission(), hank)
    dump = sql_cluster.run(pg_bin() / "pg_dump", "-d", sql.name)
    copy = sql_cluster.create()
    sql_cluster.psql(copy.name, stdin=dump)
    everything = "SELECT string_agg(query_to_xml('SELECT * FROM ' || c.oid::regclass || ' ORDER BY 1', false, false, '')::text, '' ORDER BY c.relname) " \
                 "FROM pg_class AS c WHERE relnamespace = 'postern'::regnamespace AND relkind IN ('r', 'p')"
    assert copy.one(everything) == sql.one(everything)
    assert copy.one("SELECT postern.user_may(%s, 'dcim.site', 'view')", hank, role="postern") is True
    copy.run("DELETE FROM postern.tokens", role="postern")
    assert copy.actions()[-1] == "token_deleted"
    copy.close()
