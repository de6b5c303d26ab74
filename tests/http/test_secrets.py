"""Keys and passwords are nowhere but in the one answer that is to show them."""
import base64
import hashlib
import hmac
import re
import statistics
import subprocess
from pathlib import Path
from types import SimpleNamespace

import pytest

from support.account import TOKENS, Account, path_of
from support.demo import Demo
from support.http import Client
from test_token_create import fresh_key

MARK = "Secret-Marker-7f3a"


@pytest.fixture(scope="module")
def talkative():
    """A demo that logs all it can, and a user whose password is easy to find."""
    it = Demo(POSTERN_LOG_LEVEL="debug")
    try:
        it.start()
        it.postern("user", "add", "hank", "--password-stdin", input=MARK + "\n")
        yield it
        it.stop()
    finally:
        it.remove()


def signed_in_as(client, username, password):
    """A try at the page."""
    page = client.get("/login/", headers={"Accept": "text/html"})
    token = re.search('csrfmiddlewaretoken" value="([0-9a-f]+)"', page.text)[1]
    return client.post("/login/", data={"csrfmiddlewaretoken": token, "username": username, "password": password})


@pytest.fixture(scope="module")
def used(talkative):
    """After keys and passwords came in all ways, right and wrong: the secrets that must be found nowhere."""
    client, basic = Client(talkative.url), ("hank", MARK)
    given = fresh_key()
    keys = [client.post(TOKENS, basic=basic, json={}).json()["key"], given, given.upper()]
    assert client.post(TOKENS, basic=basic, json={"key": given}).status_code == 201
    for answer in (client.get(TOKENS, token=keys[0]), client.get(TOKENS, headers={"Authorization": f"Bearer {given}"}),
                   client.get(f"{TOKENS}?key={given}", token=given), client.get("/api/dcim/sites/", token=keys[0]),
                   client.get(f"{TOKENS}?key__ic={given}", token=given), client.get(f"/api/{given}/", token=given),
                   client.get(TOKENS, headers={"Authorization": given}), client.get(TOKENS, headers={"Authorization": f"Token {given} {MARK}"}),
                   client.post(TOKENS, token=given, json={"key": keys[0]}), client.post(TOKENS, token=given, json={"key": MARK}),
                   client.post(TOKENS, token=given, json=[{"key": keys[0]}, {"key": keys[0]}]),
                   client.post(TOKENS, token=given, data=f'{{"key": "{given}', headers={"Content-Type": "application/json"}),
                   client.post(TOKENS, token=given, data={"key": keys[0], "password": MARK}),
                   client.get(TOKENS, basic=("hank", MARK + "x")), client.get(TOKENS, basic=("hank:" + MARK, MARK)),
                   client.get(TOKENS, basic=(given, "")), client.get(TOKENS, basic=(keys[0], "x")), client.get(TOKENS, basic=(MARK, "hank")),
                   client.get(TOKENS, basic=(f" {MARK.lower()} ", MARK)), signed_in_as(client, MARK, "hank"), signed_in_as(client, given, MARK),
                   client.get(TOKENS, headers={"Cookie": f"sessionid={'ab' * 32}"})):
        assert answer.status_code < 500
    talkative.postern("hash", "--password-stdin", input=MARK + "\n")
    digest = talkative.psql("SELECT encode(digest, 'hex') FROM postern.tokens LIMIT 1")[0][0]
    peppers = [w for w in Path(talkative.env["POSTERN_PEPPER_FILE"]).read_text().split() if len(w) > 8]
    assert len(keys) == 3 and len(peppers) == 1
    return SimpleNamespace(all=[*keys, *peppers, MARK], digest=digest)


def found(secrets, text):
    """The secrets that stand in the text; as hex in another case, as bytes and in base64, too."""
    data = text if isinstance(text, bytes) else text.encode()
    forms = {MARK.lower().encode(): MARK}
    for s in secrets.all:
        forms[s.encode()] = s
        if re.fullmatch("[0-9a-fA-F]+", s):
            forms[bytes.fromhex(s)] = s
            forms[base64.b64encode(bytes.fromhex(s))] = s
    forms[base64.b64encode(f"hank:{MARK}".encode())] = "Basic"
    return {s for form, s in forms.items() if form in data}


def test_dump_of_the_database_holds_none(talkative, used):
    text = subprocess.run(["bash", "-c", f'. "{talkative.dir}/env" && pg_dump'], capture_output=True, check=True).stdout
    assert used.digest.encode() in text and not found(used, text)


def test_files_of_the_database_hold_none(talkative, used):
    """The write-ahead log and the server's own log included."""
    files = [f for f in (talkative.dir / "data/cluster").resolve().rglob("*") if f.is_file()]
    assert any("pg_wal" in str(f) for f in files)
    assert not {(str(f), s) for f in files for s in found(used, f.read_bytes())}


# nginx logs the request line, as every web server does: a key in a query or path is the client's doing.
def test_logs_hold_none_even_at_debug_level(talkative, used):
    log = talkative.log()
    assert "event=token_created" in log
    assert not found(used, re.sub(r"path=/api/[0-9a-f]{40}/", "", log))
    assert not found(used, talkative.log("postgresql"))
    assert not found(used, talkative.log("setup"))


def test_access_line_leaves_the_query_out(talkative, used):
    assert "?" not in "".join(re.findall(r" path=\S+", talkative.log()))


def test_audit_holds_none(talkative, used):
    rows = talkative.psql("SELECT row_to_json(a)::text FROM postern.audit_events AS a")
    assert len(rows) > 3
    text = "".join(r for r, in rows)
    assert not found(used, text) and used.digest not in text and "argon2id" not in text


def test_processes_show_none(talkative, used):
    """In their arguments and environment, which others may read."""
    for pid in talkative.processes():
        for name in ("cmdline", "environ"):
            assert not found(used, Path(f"/proc/{pid}/{name}").read_bytes()), (pid, name)


def test_key_is_in_exactly_one_answer(alice):
    made = alice.post(json={})
    key = made.json()["key"]
    token = made.json()
    assert made.text.count(key) == 1 and key not in str(made.headers)
    later = [alice.get(), alice.get(path_of(token)), alice.get(f"{TOKENS}?key={key}"), alice.get(f"{TOKENS}?id={token['id']}&brief=1"),
             alice.patch(path_of(token), json={"description": "x"}), alice.put(path_of(token), json={"key": ""}),
             alice.patch(json=[{"id": token["id"], "description": "y"}]), alice.post(json={"key": key}), alice.post(json=[{"key": key}, {"key": key}]),
             alice.options(path_of(token)), alice.get(path_of(token), token=key), alice.get("/api/authentication-check/", token=key),
             alice.get(TOKENS, headers={"Accept": "text/html"}), alice.delete(path_of(token))]
    assert [a.status_code for a in later if a.status_code >= 500] == []
    assert not [a.url for a in later if key in a.text.replace(f"key={key}", "") or key in str(a.headers)]


def test_refusals_do_not_repeat_what_was_sent(alice):
    key = fresh_key()
    for answer in (alice.post(json={"key": key + "x"}), alice.get(token=key), alice.get(token=f"{key} {key}"),
                   alice.get(f"{TOKENS}?key__n={key}"), alice.get(basic=(key, key)), alice.post(json={"key": "z" + key[1:]})):
        assert answer.status_code in (400, 403) and key not in answer.text and key[1:] not in answer.text


def test_answers_with_keys_are_kept_by_no_cache(alice):
    for answer in (alice.post(json={}), alice.get(), alice.patch(path_of(alice.token), json={"key": fresh_key()})):
        assert answer.headers["Cache-Control"] == "no-store"


def test_stored_digest_is_no_plain_hash_of_the_key(alice):
    """Who has the database alone cannot tell whether a key is right."""
    (_, digest, *_), = alice.stored()
    raw = bytes.fromhex(alice.key)
    plain = {h(data).hexdigest() for h in (hashlib.sha256, hashlib.sha3_256, hashlib.blake2s) for data in (raw, alice.key.encode())}
    assert digest not in plain and len(digest) == 64


def test_stored_digest_is_the_hmac_under_the_pepper(alice, demo):
    """RFC 2104 with SHA-256, so that other programs can make it, too."""
    number, pepper = Path(demo.env["POSTERN_PEPPER_FILE"]).read_text().split()
    (_, digest, *_), = alice.stored()
    assert digest == hmac.new(bytes.fromhex(pepper), bytes.fromhex(alice.key), "sha256").hexdigest()
    assert demo.psql("SELECT pepper, tail FROM postern.tokens WHERE id = %s", alice.token["id"]) == [(int(number), alice.key[-6:])]


# --- passwords cost as much for unknown users as for known ones ---
@pytest.fixture(scope="module")
def costly():
    it = Demo(POSTERN_ARGON2_MEMORY="8192", POSTERN_ARGON2_TIME="2", POSTERN_LOGIN_LIMIT="1000")
    try:
        it.start()
        line = it.postern("hash", "--password-stdin", input="Correct-Horse-9\n", POSTERN_ARGON2_MEMORY="8192", POSTERN_ARGON2_TIME="2").stdout.strip()
        for name, active, given in (("known", True, line), ("disabled", False, line), ("without", True, None)):
            it.psql("INSERT INTO postern.users (username, password_hash, is_active) VALUES (%s, %s, %s)", name, given, active)
        yield it
    finally:
        it.remove()


def computing(demo):
    """Nanoseconds that the demo's Postern has computed so far; unlike a clock, it does not count what others do."""
    return sum(int(Path(f"/proc/{pid}/schedstat").read_text().split()[0]) for pid in demo.processes()
               if b"postern\0serve" in Path(f"/proc/{pid}/cmdline").read_bytes())


def costs(demo, *credentials):
    """The median of each, tried in turn, so that what slows the machine for a while slows all of them."""
    client, spent = Client(demo.url), [[] for _ in credentials]
    for _ in range(15):
        for credential, tries in zip(credentials, spent):
            before = computing(demo)
            assert client.get(TOKENS, **credential).status_code == 403
            tries.append(computing(demo) - before)
    return [statistics.median(tries) for tries in spent]


@pytest.mark.parametrize("name", ["unknown", "disabled", "without"])
def test_unknown_users_cost_as_much_as_known_ones(costly, name):
    known, other, none = costs(costly, {"basic": ("known", "wrong-password")}, {"basic": (name, "wrong-password")}, {"token": "0" * 40})
    assert known > 3 * none  # the hash is what is measured
    assert 0.75 < (other - none) / (known - none) < 1.33


def test_throttled_password_is_refused_before_the_hash(new_demo, password_hash):
    demo = new_demo(POSTERN_LOGIN_LIMIT="3")
    demo.start()
    alice, bob = Account(demo, password_hash), Account(demo, password_hash)
    for _ in range(3):
        assert alice.get(basic=(alice.name, "wrong-one")).status_code == 403
    answer = alice.get(basic=alice.basic)
    assert answer.status_code == 429
    wait = int(answer.headers["Retry-After"])
    assert 0 < wait <= 300 and answer.json() == {"detail": f"Request was throttled. Expected available in {wait} seconds."}
    assert alice.get(basic=(alice.name.upper(), "x")).status_code == 429
    assert alice.get().status_code == 200, "her tokens go on"
    assert bob.get(basic=bob.basic).status_code == 200, "and so do others"
    demo.stop()
