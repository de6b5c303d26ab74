"""/api/users/groups/ and /api/users/permissions/: who may do what, administered over REST."""
import secrets

import pytest

GROUPS, PERMISSIONS, USERS = "/api/users/groups/", "/api/users/permissions/", "/api/users/users/"
MEMBERS = ["id", "url", "name", "description", "enabled", "object_types", "groups", "users", "actions", "constraints", "display"]


@pytest.fixture
def key(user, token):
    return token(user(superuser=True)).key


def name():
    return "g" + secrets.token_hex(6)


def group(api, key, **members):
    answer = api.post(GROUPS, token=key, json={"name": name(), **members})
    assert answer.status_code == 201, answer.text
    return answer.json()


def permission(api, key, **members):
    answer = api.post(PERMISSIONS, token=key, json={"name": name(), "object_types": ["dcim.site"], "actions": ["view"], **members})
    assert answer.status_code == 201, answer.text
    return answer.json()


# --- groups ---
def test_group_is_shown_as_documented(api, key):
    wanted = name()
    one = group(api, key, name=wanted)
    assert one == {"id": one["id"], "url": f"{api.url}{GROUPS}{one['id']}/", "name": wanted, "user_count": 0, "display": wanted}
    assert isinstance(one["id"], int)
    assert list(one) == ["id", "url", "name", "user_count", "display"]


def test_user_count_follows_the_members(api, key, user):
    one = group(api, key)
    api.patch(f"{USERS}{user().id}/", token=key, json={"groups": [one["id"]]})
    assert api.get(f"{GROUPS}{one['id']}/", token=key).json()["user_count"] == 1


@pytest.mark.parametrize("path", [GROUPS, PERMISSIONS])
@pytest.mark.parametrize("method", ["GET", "POST", "OPTIONS"])
def test_ordinary_users_are_refused(api, user, token, path, method):
    assert api.request(method, path, token=token(user()).key).status_code == 403


@pytest.mark.parametrize("body,errors", [
    ({}, {"name": ["This field is required."]}), ({"name": " "}, {"name": ["This field may not be blank."]}),
    ({"name": "x" * 151}, {"name": ["Ensure this field has no more than 150 characters."]}),
    ({"name": "a\tb"}, {"name": ["Enter a name without control characters."]})])
def test_unfit_groups_are_refused(api, key, body, errors):
    answer = api.post(GROUPS, token=key, json=body)
    assert (answer.status_code, answer.json()) == (400, errors)


def test_group_name_is_unique(api, key):
    answer = api.post(GROUPS, token=key, json={"name": group(api, key)["name"].upper()})
    assert (answer.status_code, answer.json()) == (400, {"name": ["group with this name already exists."]})


def test_group_is_renamed_and_deleted(api, key):
    one, new = group(api, key), name()
    assert api.patch(f"{GROUPS}{one['id']}/", token=key, json={"name": new}).json() == {**one, "name": new, "display": new}
    assert api.delete(f"{GROUPS}{one['id']}/", token=key).status_code == 204
    assert api.delete(f"{GROUPS}{one['id']}/", token=key).status_code == 404


@pytest.mark.parametrize("identifier", ["0", "-1", "x", "99999999999", "1.5", "00000000-0000-4000-8000-000000000000"])
def test_unknown_group_is_404(api, key, identifier):
    assert api.get(f"{GROUPS}{identifier}/", token=key).status_code == 404


def test_groups_are_filtered_by_name_text_and_id(api, key):
    one = group(api, key)
    for params in ({"name": one["name"]}, {"q": one["name"][2:].upper()}, {"id": one["id"]}):
        assert api.get(GROUPS, token=key, params=params).json()["results"] == [one]
    assert api.get(GROUPS, token=key, params={"id": "x"}).json() == {"id": ["Enter a number."]}


# --- permissions ---
def test_permission_is_shown_as_documented(api, key, user):
    holder, team = user(), group(api, key)
    one = permission(api, key, description="look", object_types=["dcim.site", "ipam.prefix"], actions=["view", "change"],
                     users=[holder.id], groups=[team["id"]])
    assert list(one) == MEMBERS
    assert one["users"] == [{"id": holder.id, "url": f"{api.url}{USERS}{holder.id}/", "username": holder.name, "display": holder.name}]
    assert one["groups"] == [{n: team[n] for n in ("id", "url", "name", "display")}]
    assert (one["object_types"], one["actions"]) == (["dcim.site", "ipam.prefix"], ["view", "change"])
    assert (one["description"], one["enabled"], one["constraints"], one["display"]) == ("look", True, None, one["name"])


@pytest.mark.parametrize("body,errors", [
    ({}, {n: ["This field is required."] for n in ("name", "object_types", "actions")}),
    ({"object_types": ["nope"]}, {"object_types": ["Invalid value. Specify a content type as '<app_label>.<model_name>'."]}),
    ({"object_types": ["Dcim.Site"]}, {"object_types": ["Invalid value. Specify a content type as '<app_label>.<model_name>'."]}),
    ({"object_types": []}, {"object_types": ["This list may not be empty."]}),
    ({"object_types": "dcim.site"}, {"object_types": ['Expected a list of items but got type "str".']}),
    ({"actions": []}, {"actions": ["This field cannot be blank."]}),
    ({"actions": ["x" * 31]}, {"actions": ["Ensure this field has no more than 30 characters."]}),
    ({"actions": ["View"]}, {"actions": ["Unknown action. The actions are view, add, change and delete."]}),
    ({"actions": ["view", "veiw"]}, {"actions": ["Unknown action. The actions are view, add, change and delete."]}),
    ({"actions": [None]}, {"actions": ["This field may not be null."]}),
    ({"users": ["00000000-0000-4000-8000-000000000000"]},
     {"users": ['Invalid pk "00000000-0000-4000-8000-000000000000" - object does not exist.']}),
    ({"groups": None}, {"groups": ["This field may not be null."]}),
    ({"constraints": {"name": "x"}}, {"constraints": ["Constraints are not supported: a permission covers all objects of its types."]}),
])
def test_unfit_permissions_are_refused(api, key, body, errors):
    whole = {"name": name(), "object_types": ["dcim.site"], "actions": ["view"], **body} if body else {}
    answer = api.post(PERMISSIONS, token=key, json=whole)
    assert (answer.status_code, answer.json()) == (400, errors)


def test_permission_name_is_unique(api, key):
    one = permission(api, key)
    answer = api.post(PERMISSIONS, token=key, json={n: one[n] for n in ("name", "object_types", "actions")})
    assert (answer.status_code, answer.json()) == (400, {"name": ["permission with this name already exists."]})


def test_patch_keeps_the_holders_it_does_not_name(api, key, user):
    holder = user()
    one = permission(api, key, users=[holder.id])
    two = api.patch(f"{PERMISSIONS}{one['id']}/", token=key, json={"enabled": False}).json()
    assert two == {**one, "enabled": False}
    assert api.patch(f"{PERMISSIONS}{one['id']}/", token=key, json={"users": []}).json()["users"] == []


def test_grant_counts_at_the_gate_from_the_next_request_on(api, key, user, token):
    """The demo protects /api/ipam/prefixes/ as ipam.prefix."""
    holder = user()
    own = token(holder).key
    assert api.get("/api/ipam/prefixes/", token=own).status_code == 403
    one = permission(api, key, object_types=["ipam.prefix"], users=[holder.id])
    assert api.get("/api/ipam/prefixes/", token=own).status_code == 200
    api.patch(f"{PERMISSIONS}{one['id']}/", token=key, json={"enabled": False})
    assert api.get("/api/ipam/prefixes/", token=own).status_code == 403


def test_grant_to_a_group_reaches_its_members(api, key, user, token):
    holder, team = user(), group(api, key)
    api.patch(f"{USERS}{holder.id}/", token=key, json={"groups": [team["id"]]})
    permission(api, key, object_types=["ipam.prefix"], groups=[team["id"]])
    assert api.get("/api/ipam/prefixes/", token=token(holder).key).status_code == 200


def test_deleting_a_permission_takes_its_grants_away(api, key, user, demo):
    one = permission(api, key, users=[user().id])
    assert api.delete(f"{PERMISSIONS}{one['id']}/", token=key).status_code == 204
    assert not demo.psql("SELECT 1 FROM postern.permission_users WHERE permission_id = %s", one["id"])


def test_refused_change_leaves_nothing_half_done(api, key, user):
    one, other, holder = permission(api, key), permission(api, key), user()
    answer = api.patch(f"{PERMISSIONS}{one['id']}/", token=key, json={"name": other["name"], "users": [holder.id]})
    assert answer.status_code == 400
    assert api.get(f"{PERMISSIONS}{one['id']}/", token=key).json() == one
