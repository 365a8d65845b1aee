"""What is recorded of an access: the deed as it happened, and the entry without names that is kept of it."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field

import msgspec

from leaddesk.contract.ids import TenantId
from leaddesk.server.identity.caller import Caller

Thing = tuple[str, str]
"""Kind and id of an object, ``("lead", <uuid>)``."""

PERSON, VALUE = "person", "value"
"""Kinds of pseudonyms beside those of objects; ``value`` stands for a word somebody filtered by."""

API_KEY = "api-key"
"""Role of a machine's key, beside those of people."""

DONE = "done"
"""Result of an access that was answered; every other one is the short name of its problem."""


@dataclass(frozen=True, slots=True)
class Read:
    """How much one access read: a count, and for a bulk read the filter and the log's position.

    ``codes`` are parameters whose values are times, numbers and switches and are kept as they are; the
    values of ``words`` may be anything a person typed and are kept as pseudonyms.
    """

    codes: Mapping[str, str] = field(default_factory=dict)
    words: Mapping[str, str] = field(default_factory=dict, repr=False)
    count: int | None = None
    total: int | None = None
    position: int | None = None


NOTHING = Read()


@dataclass(frozen=True, slots=True)
class Deed:
    """Who did what to which thing and why, with names; lives until it is written."""

    caller: Caller
    action: str
    purpose: str
    result: str = DONE
    thing: Thing | None = field(default=None, repr=False)
    read: Read = NOTHING


class Entry(msgspec.Struct, frozen=True, gc=False):
    """One line of the access log, as kept and as shown; names nobody."""

    tenant: TenantId
    at: str
    person: str
    role: str
    action: str
    thing: str | None
    purpose: str
    result: str
    detail: str
    position: int = 0

    def covered(self, position: int) -> str:
        """Join everything a link of the chain covers; no column can hold the separator."""
        what = f"{self.action}\x1f{self.thing or ''}\x1f{self.purpose}\x1f{self.result}\x1f{self.detail}"
        return f"{self.tenant}\x1f{position}\x1f{self.at}\x1f{self.person}\x1f{self.role}\x1f{what}"


def detail_of(read: Read, words: Mapping[str, str]) -> str:
    """Write what was read as JSON in ASCII, its ``words`` already as pseudonyms; empty for nothing."""
    told = {"filter": {**read.codes, **words}, "count": read.count, "total": read.total}
    told["position"] = read.position
    said = {name: value for name, value in told.items() if value not in (None, {})}
    if not said:
        return ""
    written = msgspec.json.encode(said, order="sorted")
    if written.isascii():
        return written.decode("ascii")
    return json.dumps(said, separators=(",", ":"), sort_keys=True)
