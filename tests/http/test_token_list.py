"""GET /api/users/tokens/: pages, filters, search and order."""
from urllib.parse import quote

import pytest

from support.account import TOKENS, Account, path_of


@pytest.fixture(scope="module")
def many(demo, password_hash):
    """A user with six tokens: "first", then t1 to t5, made one after the other."""
    it = Account(demo, password_hash)
    it.tokens = [it.token]
    for i in range(1, 6):
        it.tokens.append(it.create(description=f"t{i}", write_enabled=i % 2 == 0, expires=f"209{i}-01-01T00:00:00Z"))
    it.base = demo.url + "api/users/tokens/"
    return it


def page(many, query):
    answer = many.get(f"{TOKENS}?{query}")
    assert answer.status_code == 200, answer.text
    return answer.json()


def names(many, query):
    return [t["description"] for t in page(many, query)["results"]]


ALL = ["first", "t1", "t2", "t3", "t4", "t5"]


def test_list_has_its_members_in_order(many):
    body = many.get().json()
    assert list(body) == ["count", "next", "previous", "results"]
    assert (body["count"], body["next"], body["previous"]) == (6, None, None)


def test_list_is_in_order_of_creation(many):
    assert names(many, "") == ALL


def test_token_has_its_members_in_order(many):
    assert list(many.get(path_of(many.token)).json()) == [
        "id", "url", "display", "created", "expires", "key", "write_enabled", "description", "last_used", "allowed_ips"]


def test_key_is_null_in_every_read(many):
    assert {t["key"] for t in many.get().json()["results"]} == {None}
    assert many.get(path_of(many.token)).json()["key"] is None
    assert page(many, f"key={many.key}")["results"][0]["key"] is None


# --- pages ---
@pytest.mark.parametrize("query, count, next_, previous", [
    ("limit=2", 2, "limit=2&offset=2", None),
    ("limit=2&offset=2", 2, "limit=2&offset=4", "limit=2"),
    ("limit=2&offset=4", 2, None, "limit=2&offset=2"),
    ("limit=2&offset=1", 2, "limit=2&offset=3", "limit=2"),
    ("limit=2&offset=3", 2, "limit=2&offset=5", "limit=2&offset=1"),
    ("limit=6", 6, None, None),
    ("limit=5", 5, "limit=5&offset=5", None),
    ("limit=2&offset=6", 0, None, "limit=2&offset=4"),
    ("limit=2&offset=100", 0, None, "limit=2&offset=98"),
    ("limit=2&offset=-3", 2, "limit=2&offset=2", None),
    ("limit=2&offset=x", 2, "limit=2&offset=2", None),
    ("limit=2&offset=", 2, "limit=2&offset=2", None),
    ("limit=2&offset=1.0", 2, "limit=2&offset=2", None),
    ("offset=3", 3, None, "limit=50"),
    ("limit=", 6, None, None),
    ("limit=x", 6, None, None),
    ("limit=-1", 6, None, None),
    ("limit=2.0", 6, None, None),
    ("limit=0", 6, None, None),
    ("limit=0&offset=4", 2, None, "limit=1000"),
    ("limit=5000&offset=1", 5, None, "limit=1000"),
    ("limit=3&limit=2", 2, "limit=2&offset=2", None),
    ("limit=%202%20", 2, "limit=2&offset=2", None),
    ("limit=%2B2", 2, "limit=2&offset=2", None),
    ("limit=+2", 2, "limit=2&offset=2", None),
    ("limit=1_0&offset=1", 5, None, "limit=10"),
    ("limit=99999999999999999999", 6, None, None),
    ("limit=2&offset=99999999999999999999", 0, None, "limit=2&offset=4"),  # cut to what a number holds: back to the last page
    ("limit=7&offset=99999999999999999999", 0, None, "limit=7"),
    ("limit=2&offset=1000000000000", 0, None, "limit=2&offset=999999999998"),
    ("write_enabled=True&limit=2&q=&description__ic=t", 2, "description__ic=t&limit=2&offset=2&q=&write_enabled=True", None),
    ("sort=id&limit=5&description__n=a%20b&description__n=%C3%BC", 5, "description__n=a+b&description__n=%C3%BC&limit=5&offset=5&sort=id", None),
    ("q=&limit=5&format=json", 5, "format=json&limit=5&offset=5&q=", None),
])
def test_page_and_its_neighbours(many, query, count, next_, previous):
    body = page(many, query)
    assert len(body["results"]) == count
    assert body["next"] == (next_ and f"{many.base}?{next_}")
    assert body["previous"] == (previous and f"{many.base}?{previous}")


def test_next_leads_through_all_of_them(many):
    seen, url = [], f"{many.base}?limit=4&sort=-created"
    while url:
        body = many.get(url.removeprefix(many.demo.url.rstrip("/"))).json()
        seen += [t["description"] for t in body["results"]]
        url = body["next"]
    assert seen == ALL[::-1]


def test_count_is_of_what_the_filters_leave(many):
    assert page(many, "limit=1&write_enabled=false")["count"] == 3


# --- filters ---
@pytest.mark.parametrize("query, expected", [
    ("q=T3", ["t3"]),
    ("q=%20t3%20", []),
    ("q=", ALL),
    ("q=t1&q=t2", ["t2"]),
    ("q=zzzz&q=", ALL),
    ("q=zzzz&q", ALL),
    ("q=ir", ["first"]),
    ("description=t1", ["t1"]),
    ("description=T1", []),
    ("description=t1&description=t4", ["t1", "t4"]),
    ("description=", ALL),
    ("description__n=t1", ["first", "t2", "t3", "t4", "t5"]),
    ("description__ic=IRS", ["first"]),
    ("description__nic=t", []),
    ("description__isw=T", ["t1", "t2", "t3", "t4", "t5"]),
    ("description__nisw=t", ["first"]),
    ("description__iew=ST", ["first"]),
    ("description__niew=st", ["t1", "t2", "t3", "t4", "t5"]),
    ("description__ie=FIRST", ["first"]),
    ("description__nie=FIRST", ["t1", "t2", "t3", "t4", "t5"]),
    ("description__re=^t[12]$", ["t1", "t2"]),
    ("description__re=^T", []),
    ("description__nre=^t", ["first"]),
    ("description__ire=^T[45]", ["t4", "t5"]),
    ("description__nire=^T", ["first"]),
    ("write_enabled=true", ["first", "t2", "t4"]),
    ("write_enabled=True", ["first", "t2", "t4"]),
    ("write_enabled=2", ["first", "t2", "t4"]),
    ("write_enabled=false", ["t1", "t3", "t5"]),
    ("write_enabled=False", ["t1", "t3", "t5"]),
    ("write_enabled=3", ["t1", "t3", "t5"]),
    ("write_enabled=1", ALL),
    ("write_enabled=0", ALL),
    ("write_enabled=yes", ALL),
    ("write_enabled=", ALL),
    ("write_enabled=true&write_enabled=false", ["t1", "t3", "t5"]),
    ("write_enabled=false&write_enabled=foo", ALL),
    ("write_enabled=false&write_enabled=", ALL),
    ("write_enabled=foo&write_enabled=false", ["t1", "t3", "t5"]),
    ("expires=2091-01-01T00:00:00Z", ["t1"]),
    ("expires=2091-01-01", ["t1"]),
    ("expires=2091-01-01%2000:00", ["t1"]),
    ("expires=01/01/2091", ["t1"]),
    ("expires=Jan%201%202091", ["t1"]),
    ("expires=1%20January%202091", ["t1"]),
    ("expires=January%201,%202091", ["t1"]),
    ("expires=2091-01-01T01:00:00%2B01:00", ["t1"]),
    ("expires=2091-01-01&expires=2092-01-01", ["t1", "t2"]),
    ("expires__n=2091-01-01", ["first", "t2", "t3", "t4", "t5"]),
    ("expires__lt=2092-01-01", ["t1"]),
    ("expires__lte=2092-01-01", ["t1", "t2"]),
    ("expires__gt=2094-01-01", ["t5"]),
    ("expires__gte=2094-01-01", ["t4", "t5"]),
    ("created__gt=2090-01-01", []),
    ("created__lt=2090-01-01", ALL),
    ("last_used__gt=2090-01-01", []),
    ("created__lt=2090-01-01&write_enabled=true&description__isw=t", ["t2", "t4"]),
    ("key=0123456789abcdef0123456789abcdef01234567", []),
    ("key=", ALL),
    ("key=zz", []),
    ("api_version=1.3", ALL),
    ("format=json", ALL),
    ("depth=1&exclude_m2m=true&include=x", ALL),
])
def test_filter(many, query, expected):
    assert names(many, quote(query, safe="=&%+^[]$/,-:_")) == expected


def test_filter_by_id_in_any_form(many):
    one, two = many.tokens[1]["id"], many.tokens[2]["id"]
    assert names(many, f"id={one}") == ["t1"]
    assert names(many, f"id={one.upper()}") == ["t1"]
    assert names(many, f"id={one.replace('-', '')}") == ["t1"]
    assert names(many, f"id={one}&id={two}") == ["t1", "t2"]
    assert names(many, f"id__n={one}&id__n={two}") == ["first", "t3", "t4", "t5"]
    assert names(many, f"id__isw={one[:20]}") == ["t1"]
    assert names(many, f"q={one}") == ["t1"]
    assert names(many, f"q=%20{one.upper()}%20") == ["t1"]


def test_filter_by_key_in_either_case(many):
    one, two = many.tokens[1]["key"], many.tokens[2]["key"]
    assert names(many, f"key={one}") == ["t1"]
    assert names(many, f"key={one.upper()}") == ["t1"]
    assert names(many, f"key={one}&key={two}") == ["t1", "t2"]


@pytest.mark.parametrize("query, body", [
    ("foo=1", {"foo": ["Unknown filter field"]}),
    ("foo", {"foo": ["Unknown filter field"]}),
    ("foo=1&bar=2", {"foo": ["Unknown filter field"], "bar": ["Unknown filter field"]}),
    ("write_enabled__n=true", {"write_enabled__n": ["Unknown filter field"]}),
    ("created__ic=2", {"created__ic": ["Unknown filter field"]}),
    ("description__lt=a", {"description__lt": ["Unknown filter field"]}),
    ("limit__gt=1", {"limit__gt": ["Unknown filter field"]}),
    ("q__ic=a", {"q__ic": ["Unknown filter field"]}),
    ("id__=x", {"id__": ["Unknown filter field"]}),
    ("Key=x", {"Key": ["Unknown filter field"]}),
    ("%FF=1", {"\ufffd": ["Unknown filter field"]}),
    ("q%00x=1", {"q\ufffdx": ["Unknown filter field"]}),
    ("q%00=t1", {"q\ufffd": ["Unknown filter field"]}),
    ("%00=1", {"\ufffd": ["Unknown filter field"]}),
    ("id=x", {"id": ["Must be a valid UUID."]}),
    ("id__n=x", {"id__n": ["Must be a valid UUID."]}),
    ("created=x", {"created": ["Enter a valid date/time."]}),
    ("created__gt=2020-13-01", {"created__gt": ["Enter a valid date/time."]}),
    ("expires__lt=2020-02-30", {"expires__lt": ["Enter a valid date/time."]}),
    ("description__re=(", {"description__re": ["Enter a valid regular expression."]}),
    ("id__ire=[&description__ic=t", {"id__ire": ["Enter a valid regular expression."]}),
    ("q=%00", {"q": ["Null characters are not allowed."]}),
    ("description=a%00", {"description": ["Null characters are not allowed."]}),
    ("key=%00", {"key": ["Null characters are not allowed."]}),
    ("id=%00", {"id": ["Null characters are not allowed."]}),
    ("sort=foo", {"sort": ["Unknown sort field"]}),
    ("sort=key", {"sort": ["Unknown sort field"]}),
])
def test_bad_filter_is_named(many, query, body):
    answer = many.get(f"{TOKENS}?{query}")
    assert (answer.status_code, answer.json()) == (400, body)


@pytest.mark.parametrize("suffix", ["n", "ic", "nic", "isw", "nisw", "iew", "niew", "ie", "nie", "re", "nre", "ire", "nire"])
def test_keys_cannot_be_searched_in_part(many, suffix):
    """Not even by guessing digit after digit."""
    answer = many.get(f"{TOKENS}?key__{suffix}={many.key[:5]}")
    assert answer.status_code == 400
    assert list(answer.json()) == [f"key__{suffix}"]


def test_costly_regular_expression_ends_in_an_answer(many):
    assert many.get(f"{TOKENS}?description__re={quote('(' * 200)}").status_code == 400
    assert many.get(f"{TOKENS}?description__re={quote('(a*)*b')}").status_code == 200


# --- order ---
@pytest.mark.parametrize("sort, expected", [
    ("created", ALL),
    ("-created", ALL[::-1]),
    ("description", ALL),
    ("-description", ALL[::-1]),
    ("-expires", ["t5", "t4", "t3", "t2", "t1", "first"]),
    ("expires", ["t1", "t2", "t3", "t4", "t5", "first"]),
    ("write_enabled", ["t1", "t3", "t5", "first", "t2", "t4"]),
    ("-write_enabled,-created", ["t4", "t2", "first", "t5", "t3", "t1"]),
    ("", ALL),
])
def test_sort(many, sort, expected):
    assert names(many, f"sort={sort}") == expected


def test_brief_form(many):
    for value in ("true", "false", "0", "1"):
        body = page(many, f"brief={value}&limit=1")
        assert [list(t) for t in body["results"]] == [["id", "url", "display", "key", "write_enabled"]]
    assert len(page(many, "brief=&limit=1")["results"][0]) == 10


# --- detail ---
def test_id_in_any_form_and_canonical_in_the_answer(many):
    token = many.tokens[1]["id"]
    for form in (token, token.upper(), token.replace("-", ""), token.replace("-", "").upper()):
        answer = many.get(f"{TOKENS}{form}/")
        assert answer.status_code == 200 and answer.json()["id"] == token


@pytest.mark.parametrize("name", ["x", "0", "6f1f4b2e-0000-4000-8000-00000000000", "6f1f4b2e-0000-4000-8000-0000000000000",
                                  "6f1f4b2e-0000-4000-8000-000000000000", "%7B6f1f4b2e%7D", "null", "%C3%BC", "a.json"])
def test_unknown_id_is_not_found(many, name):
    answer = many.get(f"{TOKENS}{name}/")
    assert (answer.status_code, answer.text) == (404, '{"detail":"Not found."}')


@pytest.mark.parametrize("query, status", [("", 200), ("format=json", 200), ("brief=1&depth=1&include=x&exclude_m2m=1&api_version=1.3", 200), ("foo=1", 400)])
def test_query_of_a_token_is_checked_too(many, query, status):
    answer = many.get(f"{path_of(many.token)}?{query}")
    assert answer.status_code == status
    assert status == 200 or answer.json() == {"foo": ["Unknown filter field"]}


def test_display_and_url(many):
    token = many.get(path_of(many.token)).json()
    assert token["display"] == f"{many.key[-6:]} ({many.name})"
    assert token["url"] == f"{many.base}{token['id']}/"


def test_url_keeps_the_format(many):
    token = many.get(path_of(many.token) + "?format=json").json()
    assert token["url"] == f"{many.base}{token['id']}/?format=json"
    token = many.get(f"{TOKENS}{many.token['id']}.json").json()
    assert token["url"] == f"{many.base}{token['id']}.json"


def test_last_used_is_told(alice):
    """At least for the use before this one, as it is written after the answer."""
    other = alice.create()
    assert other["last_used"] is None
    alice.get(token=other["key"])
    for _ in range(50):
        token = alice.get(path_of(other)).json()
        if token["last_used"]:
            break
    assert token["last_used"].endswith("Z")
    assert alice.get(f"{TOKENS}?last_used__gt=2020-01-01&id={other['id']}").json()["count"] == 1
