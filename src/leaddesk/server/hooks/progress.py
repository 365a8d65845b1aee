"""How far each webhook has been told, what failed, and what was given up.

The log itself is the queue: a hook has a position in it, and how much of the next event has been told. So a
restart goes on where the last delivery was confirmed, in order, at least once.
"""

import json
from dataclasses import dataclass
from typing import Any

from leaddesk.contract.webhooks import DeadLetter, HookEvent, HookNews
from leaddesk.server.domain.events import KINDS
from leaddesk.server.domain.refusal import not_found
from leaddesk.server.eventlog.log import Unit
from leaddesk.server.hooks.facts import BY_COLUMNS, SOURCES, Place, news_of

BATCH = 20
MOST_DEAD = 1000
"""Dead letters of a hook that are kept; the oldest go first."""

_STATE = (
    "SELECT h.event_name, s.position, s.told, s.attempts, s.next_at FROM webhook h JOIN webhook_state s"
    " ON s.tenant_id = h.tenant_id AND s.hook_id = h.id WHERE h.tenant_id = ? AND h.id = ?"
)
_SET = (
    "INSERT INTO webhook_state (tenant_id, hook_id, position, told, attempts, next_at)"
    " VALUES (?, ?, ?, ?, ?, ?)"
    " ON CONFLICT (tenant_id, hook_id) DO UPDATE SET position = excluded.position, told = excluded.told,"
    " attempts = excluded.attempts, next_at = excluded.next_at"
)
_EVENTS = "SELECT position, stream_id, at, kind, version, key_id, payload FROM event WHERE tenant_id = ?"
_DEAD_COLUMNS = "event_id, event_name, occurred_at, died_at, attempts, reason, ids, again"
_DEAD = f"SELECT {_DEAD_COLUMNS} FROM webhook_dead WHERE tenant_id = ? AND hook_id = ?"  # noqa: S608 - constant
_BURY = (
    f"INSERT INTO webhook_dead (tenant_id, hook_id, {_DEAD_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"  # noqa: S608
)
_UNBURY = "DELETE FROM webhook_dead WHERE tenant_id = ? AND hook_id = ? AND event_id = ?"


@dataclass(frozen=True, slots=True)
class State:
    """Everything up to ``position`` has been told, of the next event ``told`` times; ``attempts`` failed."""

    event_name: HookEvent
    position: int
    told: int
    attempts: int
    next_at: str | None


@dataclass(frozen=True, slots=True)
class Pending:
    """One delivery, and the state once it is done."""

    news: HookNews
    position: int
    told: int


def hook_ids(unit: Unit) -> list[str]:
    """List the webhooks of the tenant."""
    return [row[0] for row in unit.select("SELECT id FROM webhook WHERE tenant_id = ?")]


def hooks_wanted(unit: Unit) -> list[str]:
    """List the webhooks of the tenant with letters that somebody wants delivered once more."""
    found = unit.select("SELECT DISTINCT hook_id FROM webhook_dead WHERE tenant_id = ? AND again = 1")
    return [row[0] for row in found]


def is_past(unit: Unit, hook_id: str, position: int, told: int) -> bool:
    """Tell whether a hook has been told this already: by another process, whose turn it was meanwhile."""
    state = state_of(unit, hook_id)
    return state is not None and (state.position, state.told) >= (position, told)


def dead_count(unit: Unit) -> dict[str, int]:
    """Count the letters given up, by webhook."""
    sql = "SELECT hook_id, COUNT(*) FROM webhook_dead WHERE tenant_id = ? GROUP BY hook_id ORDER BY hook_id"
    return dict(unit.select(sql))


def state_of(unit: Unit, hook_id: str) -> State | None:
    """Return how far a hook has been told; nothing once it is removed."""
    found = unit.select(_STATE, hook_id)
    return State(HookEvent(found[0][0]), *found[0][1:]) if found else None


def pending(unit: Unit, state: State) -> list[Pending]:
    """Return the next deliveries in order."""
    kinds = ", ".join(f"'{kind.__name__}'" for kind in SOURCES[state.event_name])
    rows = unit.select(
        f"{_EVENTS} AND position > ? AND kind IN ({kinds}) ORDER BY position LIMIT {BATCH}",
        state.position,
    )
    found: list[Pending] = []
    for index, row in enumerate(rows):
        told = state.told if index == 0 else 0
        found += _pending_of(unit, state.event_name, told, *row)
    return found


def _pending_of(
    unit: Unit, name: HookEvent, told: int, position: int, stream_id: str, at: str, kind: str, *sealed: Any
) -> list[Pending]:
    event_kind, place = KINDS[kind], Place(unit.tenant, position, stream_id, at)
    plain = SOURCES[name][event_kind] in BY_COLUMNS
    version, key_id, payload = sealed
    event = None if plain else unit.event(stream_id, version, kind, key_id, payload)
    news = news_of(name, place, event_kind, event)
    last = len(news) - 1
    return [
        Pending(one, position, 0) if number == last else Pending(one, position - 1, number + 1)
        for number, one in enumerate(news)
        if number >= told
    ]


def begin(unit: Unit, hook_id: str) -> None:
    """Tell a new hook what happens from now on."""
    unit.run(_SET, hook_id, unit.head()[0], 0, 0, None)


def forget(unit: Unit, hook_id: str) -> None:
    """Take all of this away with its hook."""
    unit.run("DELETE FROM webhook_state WHERE tenant_id = ? AND hook_id = ?", hook_id)
    unit.run("DELETE FROM webhook_dead WHERE tenant_id = ? AND hook_id = ?", hook_id)


def move(unit: Unit, hook_id: str, position: int, told: int) -> None:
    """Note that everything up to here has been told; failures are forgotten."""
    unit.run(_SET, hook_id, position, told, 0, None)


def fail(unit: Unit, hook_id: str, state: State, attempts: int, next_at: str) -> None:
    """Note a failed attempt and when the next one is due."""
    unit.run(_SET, hook_id, state.position, state.told, attempts, next_at)


def bury(unit: Unit, hook_id: str, news: HookNews, told: tuple[str, int, str]) -> None:
    """Give a delivery up; ``told``: when, after how many attempts, why. What is kept are ids and codes."""
    ids = news.model_dump(mode="json", exclude_none=True, exclude={"event_id", "event_name", "occurred_at"})
    occurred_at = json.loads(news.to_json())["occurredAt"]
    unit.run(_UNBURY, hook_id, news.event_id)
    head = (hook_id, news.event_id, news.event_name, occurred_at)
    unit.run(_BURY, *head, *told, json.dumps(ids), 0)
    rows = unit.select(f"{_DEAD} ORDER BY died_at DESC, event_id", hook_id)
    for row in rows[MOST_DEAD:]:
        unit.run(_UNBURY, hook_id, row[0])


def dead_letters(unit: Unit, hook_id: str) -> list[DeadLetter]:
    """List what was given up, newest first. Raises ``Refused`` (not found) for an unknown hook."""
    if state_of(unit, hook_id) is None:
        raise not_found()
    return [_letter(*row) for row in unit.select(f"{_DEAD} ORDER BY died_at DESC, event_id", hook_id)]


def wanted_again(unit: Unit, hook_id: str) -> list[DeadLetter]:
    """List the letters somebody wants delivered once more, oldest first."""
    found = unit.select(f"{_DEAD} AND again = 1 ORDER BY occurred_at, event_id", hook_id)
    return [_letter(*row) for row in found]


def want_again(unit: Unit, hook_id: str, event_id: str) -> None:
    """Have a letter delivered once more. Raises ``Refused`` (not found)."""
    again = "UPDATE webhook_dead SET again = 1 WHERE tenant_id = ? AND hook_id = ? AND event_id = ?"
    if not unit.run(again, hook_id, event_id):
        raise not_found()


def unbury(unit: Unit, hook_id: str, event_id: str) -> None:
    """Forget a letter: it was delivered after all."""
    unit.run(_UNBURY, hook_id, event_id)


def _letter(event_id: str, name: str, *row: Any) -> DeadLetter:
    occurred_at, died_at, attempts, reason, ids, again = row
    return DeadLetter.model_validate(
        {
            **json.loads(ids),
            "event_id": event_id,
            "event_name": name,
            "occurred_at": occurred_at,
            "died_at": died_at,
            "attempts": attempts,
            "reason": reason,
            "redelivering": bool(again),
        }
    )
