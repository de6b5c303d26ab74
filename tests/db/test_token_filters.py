"""postern.token_matches: the filters of the token list."""

import datetime

import pytest

ID = "5f5a3ab7-6e29-4a0a-9d4f-0d8d6e0f2a11"
CREATED = datetime.datetime(2021, 6, 11, 20, 9, 13, 339367, tzinfo=datetime.timezone.utc)
US = (CREATED - datetime.datetime(1970, 1, 1, tzinfo=datetime.timezone.utc)) // datetime.timedelta(microseconds=1)

MATCHES = [  # field, op, values, whether it matches
    ("description", "", ["100% Pure_Propane"], True),
    ("description", "", ["100% pure_propane"], False),
    ("description", "", ["x", "100% Pure_Propane"], True),
    ("description", "n", ["100% Pure_Propane", "x"], False),
    ("description", "n", ["100% pure_propane"], True),
    ("description", "ie", ["100% pure_PROPANE"], True),
    ("description", "nie", ["100% pure_PROPANE"], False),
    ("description", "ic", ["PURE"], True),
    ("description", "ic", ["charcoal", "propane"], True),
    ("description", "ic", ["e_p"], True),
    ("description", "ic", ["1%e"], False),
    ("description", "ic", ["e.p"], False),
    ("description", "ic", ["\\"], False),
    ("description", "ic", [""], True),
    ("description", "nic", ["charcoal"], True),
    ("description", "nic", ["charcoal", "propane"], False),
    ("description", "isw", ["100% p"], True),
    ("description", "isw", ["1%"], False),
    ("description", "nisw", ["100"], False),
    ("description", "nisw", ["pure"], True),
    ("description", "iew", ["_PROPANE"], True),
    ("description", "iew", ["%propane"], False),
    ("description", "iew", [""], True),
    ("description", "niew", ["propane"], False),
    ("description", "niew", ["pure"], True),
    ("description", "re", ["^100% P.*e$"], True),
    ("description", "re", ["^100% p"], False),
    ("description", "nre", ["^100"], False),
    ("description", "ire", ["^100% p"], True),
    ("description", "nire", ["PROPANE$"], False),
    ("description", "nire", ["BUTANE$"], True),
    ("id", "", [ID], True),
    ("id", "", [ID.upper()], True),
    ("id", "", [ID[:-1] + "2"], False),
    ("id", "n", [ID], False),
    ("id", "n", [ID[:-1] + "2"], True),
    ("id", "isw", ["5F5A"], True),
    ("id", "iew", ["2a11"], True),
    ("id", "re", ["^[0-9a-f-]{36}$"], True),
    ("created", "", [str(US)], True),
    ("created", "", [str(US + 1)], False),
    ("created", "", ["0", str(US)], True),
    ("created", "n", [str(US)], False),
    ("created", "n", ["0", "1"], True),
    ("created", "n", ["0", str(US)], False),
    ("created", "lt", [str(US)], False),
    ("created", "lt", [str(US + 1)], True),
    ("created", "lte", [str(US)], True),
    ("created", "gt", [str(US)], False),
    ("created", "gt", [str(US - 1)], True),
    ("created", "gt", [str(US + 1), str(US - 1)], True),
    ("created", "gte", [str(US)], True),
    ("created", "lt", ["-9000000000000000"], False),
    ("created", "lt", ["253402300799999999"], True),
    ("expires", "", ["0"], False),
    ("expires", "lt", ["9000000000000000"], False),
    ("expires", "gte", ["0"], False),
    ("expires", "n", ["0"], True),
    ("last_used", "gt", [str(US)], True),
    ("last_used", "lt", [str(US)], False),
    ("write_enabled", "", ["true"], True),
    ("write_enabled", "", ["false"], False),
    ("q", "", ["PURE_"], True),
    ("q", "", ["e_pr"], True),
    ("q", "", [" pure"], True),
    ("q", "", ["pure "], False),
    ("q", "", [f" {ID.upper()} "], True),
    ("q", "", [ID[:8]], False),
]


@pytest.fixture(scope="module")
def hanks_token(sql_shared):
    sql_shared.token(sql_shared.user(), id=ID, created=CREATED, description="100% Pure_Propane")
    return sql_shared


def matches(sql, field, op, values):
    return sql.one("SELECT postern.token_matches(t, %s, %s, %s, %s) FROM postern.tokens AS t",
                   CREATED + datetime.timedelta(seconds=1), field, op, values)


@pytest.mark.parametrize("field, op, values, wanted", MATCHES)
def test_filter(hanks_token, field, op, values, wanted):
    assert matches(hanks_token, field, op, values) is wanted


def test_never_used_token_matches_only_negation(hanks_token):
    ask = "SELECT postern.token_matches(t, NULL, 'last_used', %s, '{0}') FROM postern.tokens AS t"
    assert [hanks_token.one(ask, op) for op in ("", "n", "lt", "lte", "gt", "gte")] == [False, True, False, False, False, False]


@pytest.mark.parametrize("field, op", [("key", ""), ("digest", "re"), ("user_id", ""), ("description", "gt"), ("created", "ic"),
                                       ("write_enabled", "n"), ("q", "ic"), ("", "")])
def test_unknown_filter_is_an_error_and_never_a_match(hanks_token, field, op):
    with pytest.raises(Exception) as caught:
        matches(hanks_token, field, op, ["1"])
    assert caught.value.sqlstate == "22023"


def test_bad_regular_expression_is_an_error_of_its_own(hanks_token):
    with pytest.raises(Exception) as caught:
        matches(hanks_token, "description", "re", ["("])
    assert caught.value.sqlstate == "2201B"
