"""Holds answers to the OpenAPI document: validate(answer) is called for every answer that a Client gets."""
import json
import re
from functools import lru_cache
from urllib.parse import unquote, urlsplit

from jsonschema import Draft202012Validator, FormatChecker, RefResolver

from support.demo import REPO

DOCUMENT = json.loads((REPO / "app/api/openapi.json").read_text())
BEHIND_THE_GATE = ("/api/dcim/", "/api/ipam/")  # the demo's protected API, not Postern's
RESOLVER = RefResolver("", DOCUMENT)
FORMATS = FormatChecker(["uuid"])


@FORMATS.checks("date-time", ValueError)
def is_time(value):
    """UTC with a Z, as Postern writes it."""
    return not isinstance(value, str) or bool(re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{6})?Z", value))


@FORMATS.checks("uri", ValueError)
def is_absolute(value):
    return not isinstance(value, str) or bool(re.match(r"https?://[^/]+/", value))


def resolved(o):
    return RESOLVER.resolve(o["$ref"])[1] if "$ref" in o else o


@lru_cache(maxsize=None)
def validator(pointer):
    """The validator of the schema that a JSON pointer into the document names."""
    return Draft202012Validator({"$ref": "#" + pointer}, resolver=RESOLVER, format_checker=FORMATS)


def complain(pointer, body, where):
    error = min(validator(pointer).iter_errors(body), key=lambda e: len(e.path), default=None)
    assert error is None, f"{where} is not as documented: {error.message} in {json.dumps(body)[:500]}"


def template_of(path):
    """The documented path that a path of a URL fits: a fixed one before one with {id}; None."""
    path = re.sub(r"\.(json|api)$", "/", path) if path not in DOCUMENT["paths"] else path
    fits = [p for p in DOCUMENT["paths"] if re.fullmatch(re.sub(r"\\\{\w+\\\}", "[^/]+", re.escape(p)), path)]
    return min(fits, key=lambda p: "{" in p, default=None)


def pointer_of(*names):
    return "".join("/" + n.replace("~", "~0").replace("/", "~1") for n in names)


def schema_of(method, path, status):
    """The pointer to the schema of a JSON answer. What the document does not tell of can only be a refusal."""
    template = template_of(path)
    operation = DOCUMENT["paths"].get(template, {}).get(method.lower())
    if operation is None:
        assert status >= 400, f"{method} {path} answered {status}, and is documented nowhere"
        return pointer_of("components", "schemas", "Detail")
    assert str(status) in operation["responses"], f"{method} {template}: status {status} is not documented"
    names = ["paths", template, method.lower(), "responses", str(status)]
    if "$ref" in operation["responses"][str(status)]:
        names = operation["responses"][str(status)]["$ref"][2:].split("/")
    return pointer_of(*names, "content", "application/json", "schema")


def validate(answer):
    """Fails unless a JSON answer of Postern's API is what the document says; other answers are none of its business."""
    path = unquote(urlsplit(answer.url).path)
    if not answer.headers.get("Content-Type", "").startswith("application/json") or not answer.content:
        return
    if not path.startswith("/api/") or path.startswith(BEHIND_THE_GATE):
        return
    method = answer.request.method
    complain(schema_of(method, path, answer.status_code), answer.json(), f"{method} {path} {answer.status_code}")
