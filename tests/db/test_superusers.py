"""save_user and remove_user: the workers' role makes superusers only in a superuser's name, and one is always left."""
import json

import psycopg
import pytest

NAMED = "SELECT set_config('postern.actor', %s, true)"


def as_worker(sql, actor, statement, *values):
    """Runs a statement as the workers do, in the name of a user (an id, or None); its first value."""
    with psycopg.connect(sql.dsn("postern")) as c:
        c.execute(NAMED, (json.dumps({"user_id": actor} if actor else {}),))
        return c.execute(statement, values).fetchone()[0]


def save(sql, actor, of_id, **change):
    return as_worker(sql, actor, "SELECT postern.save_user(%s, %s)", of_id, json.dumps(change))


def refusal(call, *arguments, **more):
    with pytest.raises(psycopg.errors.IntegrityError) as e:
        call(*arguments, **more)
    return e.value.diag.constraint_name


@pytest.fixture
def peggy(sql):
    return str(sql.user("peggy", is_superuser=True))


def is_superuser(sql, name):
    return sql.one("SELECT is_superuser FROM postern.users WHERE username = %s", name)


def test_superuser_makes_a_superuser(sql, peggy):
    save(sql, peggy, None, username="nancy", is_superuser=True)
    assert is_superuser(sql, "nancy") is True


@pytest.mark.parametrize("actor", ["nobody", "ordinary", "inactive"])
def test_nobody_else_does(sql, peggy, actor):
    ids = {"nobody": None, "ordinary": str(sql.user("hank")), "inactive": str(sql.user("bill", is_superuser=True, is_active=False))}
    assert refusal(save, sql, ids[actor], None, username="nancy", is_superuser=True) == "users_actor_superuser"
    assert refusal(save, sql, ids[actor], ids["ordinary"], is_superuser=True) == "users_actor_superuser"
    assert refusal(as_worker, sql, ids[actor], "SELECT postern.remove_user(%s)", ids["ordinary"]) == "users_actor_superuser"
    assert is_superuser(sql, "hank") is False


@pytest.mark.parametrize("change", [{"is_superuser": False}, {"is_active": False}])
def test_last_superuser_stays(sql, peggy, change):
    assert refusal(save, sql, peggy, peggy, **change) == "users_last_superuser"
    assert refusal(as_worker, sql, peggy, "SELECT postern.remove_user(%s)", peggy) == "users_last_superuser"
    other = save(sql, peggy, None, username="nancy", is_superuser=True)
    save(sql, str(other), peggy, **change)
    assert refusal(save, sql, str(other), str(other), **change) == "users_last_superuser"


def test_members_that_are_not_given_stay(sql, peggy):
    hank = str(sql.user("hank"))
    before = sql.one("SELECT to_jsonb(u) FROM postern.users AS u WHERE id = %s", hank)
    save(sql, peggy, hank, first_name="Hank")
    assert sql.one("SELECT to_jsonb(u) FROM postern.users AS u WHERE id = %s", hank) == {**before, "first_name": "Hank"}


def test_unknown_user_is_null(sql, peggy):
    nobody = "00000000-0000-4000-8000-000000000000"
    assert save(sql, peggy, nobody, first_name="x") is None
    assert as_worker(sql, peggy, "SELECT postern.remove_user(%s)", nobody) is None


@pytest.mark.parametrize("role", ["ada", "otto"])
def test_functions_are_for_the_workers_alone(sql, peggy, role):
    for statement in (f"SELECT postern.save_user('{peggy}', '{{}}')", f"SELECT postern.remove_user('{peggy}')",
                      "SELECT postern.require_superuser()"):
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            sql.run(statement, role=role)
