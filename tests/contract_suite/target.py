"""The implementation under test: an address, a key, and what the suite made there and takes away again."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import httpx

FACT, OURS = "fact", "ours"
"""Stated by a published client or guide of the vendor; or inferred or decided by us where it is silent."""


class Missed(AssertionError):
    """A behaviour that is not there; the text says what was expected and seen."""


@dataclass(frozen=True)
class Check:
    """One behaviour of one row."""

    row: str
    kind: str
    does: Callable[[Target], None]

    @property
    def name(self) -> str:
        """What the behaviour is, in words."""
        return self.does.__name__.replace("_", " ")


CHECKS: list[Check] = []


def check(row: str, kind: str = FACT) -> Callable[[Callable[[Target], None]], Callable[[Target], None]]:
    """Enter a behaviour of a row of the core table."""

    def entered(does: Callable[[Target], None]) -> Callable[[Target], None]:
        CHECKS.append(Check(row, kind, does))
        return does

    return entered


class Target:
    """Asks in the core's manners. What checks make is noted, and taken away by ``clean``."""

    def __init__(self, base_url: str, key: str) -> None:
        self.key = key
        self.http = httpx.Client(base_url=base_url, headers={"authorization": key}, timeout=30)
        self.mark = f"contract-suite-{uuid.uuid4().hex[:8]}"
        self._made: list[tuple[str, str]] = []
        self.left: list[str] = []

    def ask(
        self, method: str, path: str, status: int | tuple[int, ...] = 200, **kwargs: Any
    ) -> httpx.Response:
        """Send one request and expect a status."""
        answer = self.http.request(method, path, **kwargs)
        expected = (status,) if isinstance(status, int) else status
        if answer.status_code not in expected:
            raise Missed(f"{method} {path}: expected {status}, got {answer.status_code}: {answer.text[:200]}")
        return answer

    def get(self, path: str, **params: Any) -> Any:
        """Read something that is there."""
        return self.ask("GET", path, params=params).json()

    def refused(self, method: str, path: str, *statuses: int, **kwargs: Any) -> httpx.Response:
        """Expect a refusal, with a body that is a problem if it is one of ours."""
        return self.ask(method, path, statuses, **kwargs)

    def forms(self) -> list[dict[str, Any]]:
        """The forms of the tenant; without one nothing can be entered."""
        forms: list[dict[str, Any]] = self.get("/forms")
        expect(forms, "at least one form")
        return forms

    def blocks(self, value: str = "") -> dict[str, Any]:
        """Fields of a lead that the first form takes: one text of each block, marked as ours."""
        form = self.forms()[0]["definition"]
        blocks: dict[str, Any] = {}
        for name in ("prospect", "interest"):
            label = text_label(form[name])
            entry = {"type": "text:singleline", "value": value or self.mark}
            blocks[name] = {"fields": {label: entry}, "fieldOrder": [label]}
        return blocks

    def new_lead(self, **blocks: Any) -> str:
        """Enter a lead and return its id."""
        lead = self.ask("POST", "/leads", (200, 201), json=blocks or self.blocks()).json()
        expect("leadId" in lead, "a leadId in the answer to POST /leads")
        return self.made("/leads/", lead["leadId"])

    def made(self, path: str, made_id: str) -> str:
        """Note something that is to be taken away at the end."""
        self._made.append((path, made_id))
        return made_id

    def clean(self) -> None:
        """Take away what the checks made; what the implementation cannot delete is listed in ``left``."""
        for path, made_id in reversed(self._made):
            key = {"idempotency-key": str(uuid.uuid4())}
            status = self.http.delete(path + made_id, headers=key).status_code
            if status >= 300 and status not in (404, 410):
                self.left.append(f"{path}{made_id} ({status})")
        self.http.close()


def expect(good: Any, what: str) -> None:
    """Miss a behaviour unless it is there."""
    if not good:
        raise Missed(f"expected {what}")


def text_label(block: dict[str, Any]) -> str:
    """A label that takes any text."""
    fields = block["fields"]
    plain = [label for label, field in fields.items() if is_plain_text(field)]
    expect(plain, "a text field in the first form")
    return plain[0]


def is_plain_text(field: dict[str, Any]) -> bool:
    """Whether a field of a form takes any text."""
    return field["type"].startswith("text:singleline") and not field.get("items")


def pages(target: Target, path: str, size: int, **params: Any) -> Iterator[httpx.Response]:
    """Page until no ``x-continuation`` comes."""
    continuation = None
    for _ in range(1_000):
        more = {} if continuation is None else {"continuation": continuation}
        answer = target.ask("GET", path, params={**params, "maxResults": size, **more})
        yield answer
        continuation = answer.headers.get("x-continuation")
        if continuation is None or not answer.json():
            return
    raise Missed(f"an end of the pages of {path}")
