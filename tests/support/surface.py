"""The committed document as a test sees it: every operation, and ids of the right kind for each place.

New endpoints are met by these tests because they are in the document, not because somebody listed them.
"""

from __future__ import annotations

import json
import random
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

DOCUMENT = Path(__file__).resolve().parents[2] / "resources" / "openapi.json"

ALIASES = {
    "requestId": "shareRequestId",
    "partnerId": "salesPartnerId",
    "pipelineId": "salesPipelineId",
    "formId": "id",
}
"""Names of ids in paths that answers call otherwise."""

METHODS = ("get", "post", "put", "patch", "delete")


@dataclass(frozen=True)
class Operation:
    """One operation of the document."""

    method: str
    path: str
    told: dict[str, Any]

    @property
    def name(self) -> str:
        """The operation's id."""
        return str(self.told["operationId"])

    @property
    def label(self) -> str:
        """Method and path."""
        return f"{self.method} {self.path}"

    @property
    def path_ids(self) -> list[str]:
        """The names of the ids in the path."""
        return [one["name"] for one in self.told.get("parameters", ()) if one["in"] == "path"]

    @property
    def body(self) -> dict[str, Any] | None:
        """The schema of the JSON body, if it takes one."""
        content = self.told.get("requestBody", {}).get("content", {})
        schema: dict[str, Any] | None = content.get("application/json", {}).get("schema")
        return schema

    @property
    def takes_key(self) -> bool:
        """Whether it knows idempotency keys."""
        return any(one["name"] == "Idempotency-Key" for one in self.told.get("parameters", ()))

    @property
    def is_stream(self) -> bool:
        """Whether its answer does not end by itself."""
        return "text/event-stream" in self.told["responses"].get("200", {}).get("content", {})


def document() -> dict[str, Any]:
    """Read the committed document."""
    told: dict[str, Any] = json.loads(DOCUMENT.read_bytes())
    return told


def operations(told: dict[str, Any]) -> list[Operation]:
    """List every operation, in the order of the document."""
    return [
        Operation(method.upper(), path, item[method])
        for path, item in told["paths"].items()
        for method in METHODS
        if method in item
    ]


class Pool:
    """Values seen in answers, by the name under which they stood there."""

    def __init__(self) -> None:
        self.seen: dict[str, dict[str, None]] = defaultdict(dict)

    def learn(self, answer: Any) -> None:
        """Remember every text and number of an answer by its name."""
        for name, value in named(answer):
            self.seen[name][str(value)] = None

    def has(self, name: str) -> bool:
        """Whether a value for this place is known."""
        return bool(self.seen.get(ALIASES.get(name, name)))

    def draw(self, name: str, chance: random.Random) -> str:
        """Draw a value for this place; the last ones seen are drawn more often."""
        values = list(self.seen[ALIASES.get(name, name)])
        return values[-1 - min(int(chance.expovariate(0.2)), len(values) - 1)]


def named(answer: Any, name: str = "") -> Iterator[tuple[str, Any]]:
    """Yield name and value of every text and whole number in an answer."""
    if isinstance(answer, dict):
        for key, value in answer.items():
            yield from named(value, key)
    elif isinstance(answer, list):
        for one in answer:
            yield from named(one, name)
    elif isinstance(answer, str) or (isinstance(answer, int) and not isinstance(answer, bool)):
        yield name, answer
