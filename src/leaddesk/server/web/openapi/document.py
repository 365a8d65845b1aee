"""The whole document: all that the registered routes say of themselves, always in the same order."""

import json
from collections.abc import Iterable
from typing import Any

from starlette.routing import BaseRoute

from leaddesk.contract.problems import PROBLEM_MEDIA_TYPE, Problem
from leaddesk.server.web.edge.problems import STATUS
from leaddesk.server.web.edge.routes import Described
from leaddesk.server.web.edge.spec import Answer, Spec
from leaddesk.server.web.openapi.operations import operation, path_of, problem_types, tag_of
from leaddesk.server.web.openapi.schemas import schemas_of

TITLE = "leaddesk reference server"
DESCRIPTION = (
    "The public API of leadtributor.cloud as its published clients use it, and what people at a workstation "
    "need beside it. Times are UTC with three decimals; ids are UUIDs, owners and responsibles URNs; fields "
    "travel by the visible labels of their form. Errors are problems (RFC 9457) with a stable `type`."
)
_METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
_SCHEMES = {
    "apiKey": {
        "type": "apiKey",
        "in": "header",
        "name": "Authorization",
        "description": "An API key of the tenant, bare: no scheme before it",
    },
    "bearer": {"type": "http", "scheme": "bearer", "description": "An access token of a person's sign-in"},
}
_RETRY_AFTER = ("Retry-After", "Seconds until asking again makes sense")
_CHALLENGE = ("WWW-Authenticate", "`Bearer`; of `step-up-needed` with what RFC 9470, 3, tells of it")
_PROBLEM_HEADERS = {"429": [_RETRY_AFTER], "503": [_RETRY_AFTER], "401": [_CHALLENGE], "403": [_CHALLENGE]}


def document(routes: Iterable[BaseRoute]) -> dict[str, Any]:
    """Write the document. Raises ``ValueError`` for a route that says nothing of itself."""
    described = sorted((_described(route) for route in routes), key=_place)
    answers, bodies = _models(spec for _, spec in described)
    schemas = schemas_of(answers, bodies)
    paths: dict[str, Any] = {}
    for route, spec in described:
        paths.setdefault(path_of(route), {})[route.method.lower()] = operation(route, spec, schemas)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": TITLE,
            "version": "1",
            "description": DESCRIPTION,
            "license": {"name": "MIT", "identifier": "MIT"},
        },
        "tags": [{"name": tag} for tag in sorted({tag_of(route) for route, _ in described})],
        "paths": paths,
        "components": {
            "schemas": schemas | _problem_schemas(described),
            "responses": _problem_responses(described),
            "headers": _headers(spec for _, spec in described),
            "securitySchemes": _SCHEMES,
        },
    }


def encoded(told: dict[str, Any]) -> bytes:
    """Write the document as the committed file holds it."""
    return json.dumps(told, indent=1, ensure_ascii=False).encode() + b"\n"


def _described(route: BaseRoute) -> tuple[Described, Spec]:
    if not isinstance(route, Described):
        raise ValueError(f"this route says nothing of itself: {route}")
    return route, route.spec


def _place(described: tuple[Described, Spec]) -> tuple[str, str, int]:
    route = described[0]
    return tag_of(route), path_of(route), _METHODS.index(route.method)


def _models(specs: Iterable[Spec]) -> tuple[list[Answer], list[Any]]:
    answers: list[Answer] = [Problem]
    bodies = []
    for spec in specs:
        answers += [one for one in (spec.answer, *(other.answer for other in spec.others)) if one is not None]
        bodies += [spec.body] if spec.body is not None else []
    return answers, bodies


def _kinds(described: list[tuple[Described, Spec]]) -> dict[str, list[str]]:
    """Sort all problem types in use by their status."""
    found: dict[str, set[str]] = {}
    for route, spec in described:
        for kind in problem_types(route, spec):
            found.setdefault(str(STATUS[kind][0]), set()).add(kind.value)
    return {status: sorted(kinds) for status, kinds in sorted(found.items())}


def _problem_schemas(described: list[tuple[Described, Spec]]) -> dict[str, Any]:
    return {
        f"Problem{status}": {
            "allOf": [{"$ref": "#/components/schemas/Problem"}],
            "properties": {"status": {"const": int(status)}, "type": {"enum": kinds}},
        }
        for status, kinds in _kinds(described).items()
    }


def _problem_responses(described: list[tuple[Described, Spec]]) -> dict[str, Any]:
    found = {}
    for status, kinds in _kinds(described).items():
        content = {"schema": {"$ref": f"#/components/schemas/Problem{status}"}, "examples": _examples(kinds)}
        told: dict[str, Any] = {
            "description": ", ".join(example["summary"] for example in _examples(kinds).values())
        }
        headers = {
            name: {"$ref": f"#/components/headers/{name}"} for name, _ in _PROBLEM_HEADERS.get(status, [])
        }
        found[f"Problem{status}"] = (
            told | ({"headers": headers} if headers else {}) | {"content": {PROBLEM_MEDIA_TYPE: content}}
        )
    return found


def _examples(kinds: list[str]) -> dict[str, Any]:
    found = {}
    for kind, (status, title) in STATUS.items():
        if kind.value in kinds:
            value: dict[str, Any] = {"type": kind.value, "title": title, "status": status}
            value |= {"field": "text", "expected": "at least 1 character(s)"} if status == 400 else {}
            value |= {"currentSerial": 8} if kind.value.endswith("stale-serial") else {}
            found[kind.value.rpartition(":")[2]] = {"summary": title, "value": value}
    return found


def _headers(specs: Iterable[Spec]) -> dict[str, Any]:
    told = dict(pair for pairs in _PROBLEM_HEADERS.values() for pair in pairs)
    for spec in specs:
        told |= dict(spec.headers)
    return {
        name: {"description": meaning, "schema": {"type": "integer" if name in _NUMBERS else "string"}}
        for name, meaning in sorted(told.items())
    }


_NUMBERS = {"X-Total", "Retry-After", "x-serial"}
