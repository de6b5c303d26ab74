"""db/admin/README.md: every block runs as it stands, in order, by a member of postern_admin."""

import re

from sqlcluster import ROOT

README = (ROOT / "db/admin/README.md").read_text()
BLOCKS = re.findall(r"^```sql\n(.*?)^```$", README, flags=re.S | re.M)


def test_every_recipe_runs(sql_cluster, sql):
    sql.token(sql.user("hankhill"), tail="3c9cb9")
    assert len(BLOCKS) > 20
    for block in BLOCKS:
        done = sql_cluster.psql(sql.name, stdin=block, user="ada", check=False)
        assert done.returncode == 0, block + done.stderr
        assert "WARNING" not in done.stderr, block + done.stderr


def test_every_function_for_administrators_has_its_recipe(sql):
    callable_by_admin = {row[0] for row in sql.run("""SELECT proname::text FROM pg_proc WHERE pronamespace = 'postern'::regnamespace
        AND has_function_privilege('ada', oid, 'EXECUTE')""")}
    helpers = {"all_match", "time_in_range", "find_user", "find_holder", "word_list", "login_name", "login_address", "login_unblock", "audit_extend"}
    assert {name for name in callable_by_admin - helpers if f"postern.{name}(" not in README} == set()


def test_every_view_has_its_recipe(sql):
    views = {row[0] for row in sql.run("SELECT relname::text FROM pg_class WHERE relnamespace = 'postern'::regnamespace AND relkind = 'v'")}
    assert {view for view in views if f"postern.{view}" not in README} == set()
