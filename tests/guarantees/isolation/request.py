"""Making up requests from the document: mostly right, sometimes with something that is another tenant's."""

from __future__ import annotations

import json
import random
import uuid
from typing import Any, Protocol

from tests.guarantees.isolation.ledger import Ledger
from tests.guarantees.isolation.world import LABELS, TENANTS, Actor, mark
from tests.support.surface import Operation, Pool

FOREIGN = 0.2
"""How often a thing is asked for that is another tenant's."""


FIXED = {
    "step": ("Neu", "Kontakt", "Angebot"),
    "url": ("https://hooks.example.com/x",),
    "password": ("wrong",),
    "contentType": ("application/pdf",),
    "filename": ("angebot.pdf",),
    "month": ("2026-11",),
    "networks": ("127.0.0.0/8",),
    "since": ("2026-10",),
    "until": ("2026-11",),
}
"""Texts of which only some are understood."""


class Crowd(Protocol):
    """What is known when a request is made up."""

    ledger: Ledger
    keys: dict[str, set[str]]
    schemas: dict[str, Any]

    def next_number(self) -> int:
        """Number a text."""


class Request:
    """Makes up one request: mostly right, sometimes with something that is another tenant's."""

    def __init__(self, crowd: Crowd, actor: Actor, chance: random.Random) -> None:
        self._crowd = crowd
        self._actor = actor
        self._chance = chance
        self._foreign = self._value_of_foreign = ""

    def of(self, operation: Operation) -> dict[str, Any]:
        """Make up path, query, headers and body."""
        path = {name: self._id(name) for name in operation.path_ids}
        body = None if operation.body is None else self._value("", operation.body, operation)
        query = self._query(operation)
        in_path = self._foreign in path
        unknown = {
            name: str(uuid.uuid4()) if name == self._foreign else value for name, value in path.items()
        }
        return {
            "path": path,
            "query": query,
            "headers": self._headers(operation),
            "body": body,
            "key": self._key(),
            "foreign": self._foreign,
            "unknown": {"path": unknown} if in_path else None,
            "without": json.loads(json.dumps(body).replace(self._value_of_foreign, str(uuid.uuid4())))
            if self._value_of_foreign
            else body,
        }

    @property
    def _pool(self) -> Pool:
        return self._crowd.ledger.pools[self._actor.tenant]

    def _id(self, name: str) -> str:
        """An own id, or rarely one of another tenant; at most one foreign thing a request."""
        others = [tenant for tenant in TENANTS if tenant != self._actor.tenant]
        if not self._foreign and self._chance.random() < FOREIGN:
            pool = self._crowd.ledger.pools[self._chance.choice(others)]
            value = pool.draw(name, self._chance) if pool.has(name) else ""
            if value and self._crowd.ledger.is_foreign(self._actor, value):
                self._foreign, self._value_of_foreign = name, value
                return value
        return self._pool.draw(name, self._chance) if self._pool.has(name) else str(uuid.uuid4())

    def _query(self, operation: Operation) -> bytes:
        pairs = []
        for told in operation.told.get("parameters", ()):
            if told["in"] == "query" and (told.get("required") or self._chance.random() < 0.25):
                pairs.append(f"{told['name']}={self._text_of(told)}")
        return "&".join(pairs).encode()

    def _text_of(self, told: dict[str, Any]) -> str:
        if told["name"] == "continuation" or told["name"].endswith("Id"):
            return self._id(told["name"])
        if told["name"].endswith("responsible"):
            tenant = self._chance.choice(TENANTS)
            pool = self._crowd.ledger.pools[tenant]
            return pool.draw("responsible", self._chance) if pool.has("responsible") else "urn:lt:a:b:c"
        schema = told["schema"].get("items", told["schema"])
        if "enum" in schema:
            return str(self._chance.choice(schema["enum"]))
        if schema.get("type") == "integer":
            return str(self._chance.randint(1, 5))
        if schema.get("type") == "boolean":
            return self._chance.choice(("true", "false"))
        example = told.get("example", "x")
        return str(example[0] if isinstance(example, list) else example)

    def _headers(self, operation: Operation) -> dict[str, str]:
        found = {}
        for told in operation.told.get("parameters", ()):
            if told["in"] == "header" and told["name"] != "Idempotency-Key" and self._chance.random() < 0.3:
                found[told["name"]] = str(self._chance.randint(0, 60))
        if operation.path == "/leads" and self._chance.random() < 0.3:
            found["accept"] = "application/x-ndjson"
        return found

    def _key(self) -> str:
        """A fresh key, or one that somebody used before."""
        used = list(self._crowd.keys)
        return (
            self._chance.choice(used)
            if used and self._chance.random() < 0.1
            else str(uuid.UUID(int=self._chance.getrandbits(128)))
        )

    def _value(self, name: str, schema: dict[str, Any], operation: Operation) -> Any:
        if "$ref" in schema:
            schema = self._crowd.schemas[schema["$ref"].rpartition("/")[2]]
        if name == "fields" and "additionalProperties" in schema:
            return self._fields()
        if "properties" in schema:
            return self._object(schema, operation)
        parts = [part for part in schema.get("anyOf", ()) if part.get("type") != "null"]
        if parts:
            return self._value(name, parts[0], operation)
        if "const" in schema:
            return schema["const"]
        if "enum" in schema:
            return self._chance.choice(schema["enum"])
        return self._plain(name, schema, operation)

    def _object(self, schema: dict[str, Any], operation: Operation) -> dict[str, Any]:
        needed = schema.get("required", ())
        return {
            name: self._value(name, part, operation)
            for name, part in schema["properties"].items()
            if name in needed or self._chance.random() < 0.6
        }

    def _plain(self, name: str, schema: dict[str, Any], operation: Operation) -> Any:
        kind = schema.get("type")
        if kind == "array":
            if name in ("fields", "labels", "fieldOrder"):
                return self._chance.sample(sorted(LABELS), self._chance.randint(1, 2))
            if name in FIXED:
                return list(FIXED[name])
            return [self._value(name, schema["items"], operation)]
        if kind == "integer":
            known = self._pool.has(name) and self._chance.random() < 0.9
            return int(self._pool.draw(name, self._chance)) if known else max(1, schema.get("minimum", 1))
        if kind == "boolean":
            return self._chance.random() < 0.5
        if kind == "object":
            return {}
        return self._text(name, schema, operation)

    def _text(self, name: str, schema: dict[str, Any], operation: Operation) -> str:
        if name.endswith("Id") or schema.get("format") == "uuid":
            return self._id(name)
        if name in FIXED:
            return self._chance.choice(FIXED[name])
        if name == "email":
            return f"{mark(self._actor.tenant, 'mail', self._next())}@x.example"
        kind = "decline" if operation.path.endswith("/decline") else name.lower()
        return mark(self._actor.tenant, kind, self._next())

    def _fields(self) -> dict[str, Any]:
        labels = self._chance.sample(sorted(LABELS), self._chance.randint(1, 3))
        return {
            label: {"type": "text:singleline", "value": mark(self._actor.tenant, LABELS[label], self._next())}
            for label in labels
        }

    def _next(self) -> int:
        return self._crowd.next_number()
