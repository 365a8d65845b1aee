"""A Hypothesis state machine with one rule an operation of the document."""

from __future__ import annotations

import asyncio
import json
import random
import uuid
from collections.abc import Callable
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule

from leaddesk.server.eventlog.memory import MemoryStorage
from leaddesk.server.eventlog.storage import Storage
from tests.guarantees.isolation.ledger import Ledger
from tests.guarantees.isolation.request import Request
from tests.guarantees.isolation.trade import Trade
from tests.guarantees.isolation.world import Actor, World
from tests.support.asgi import Answer, exchange
from tests.support.surface import Operation, document, operations

SEEDS = st.integers(0, 2**32)
RARE = {"delete", "end", "revoke", "removal", "role"}
"""Operations after which there is less to see are asked less often."""
REFUSED, CONFLICT = (400, 403, 404), 409


class Found(AssertionError):
    """Something of another tenant was seen, or could be told from what is not there."""


class Tally:
    """Steps over all runs of the machine."""

    def __init__(self) -> None:
        self.steps = 0
        self.answered: dict[str, int] = {}


class Isolation(RuleBasedStateMachine):
    """What every rule does: somebody asks an operation; everything in the answer must be theirs."""

    by_name: dict[str, Operation]
    schemas: dict[str, Any]
    tally: Tally
    storage_of: Callable[[], Storage]

    def __init__(self) -> None:
        super().__init__()
        self.loop = asyncio.new_event_loop()
        self.world = World(self.storage_of())
        self.ledger = Ledger(self.world)
        self.number = 0
        self.steps = 0
        self.keys: dict[str, set[str]] = {}

    @initialize()
    def everybody_signs_in(self) -> None:
        """Everybody reads what they may, and enters a few leads."""
        self.loop.run_until_complete(self.world.open())
        for actor in self.world.actors:
            if actor.name == "admin":  # so that everything has its owner before others might see it
                self._look_around(actor)
            self._step(self.by_name["post_leads"], actor, random.Random(actor.tenant + actor.name))

    def teardown(self) -> None:
        """End the world."""
        try:
            self.loop.run_until_complete(self.world.close())
        finally:
            self.loop.close()

    @rule(minutes=st.integers(1, 300))
    def time_passes(self, minutes: int) -> None:
        """Deadlines come, tokens run out."""
        self.loop.run_until_complete(self.world.pass_time(minutes))

    def ask(self, operation: Operation, seed: int) -> None:
        """One step."""
        chance = random.Random(f"{seed}/{self.steps}")
        self.steps += 1
        if RARE & {operation.method.lower(), operation.path.rpartition("/")[2]} and chance.random() < 0.8:
            return
        self.tally.steps += 1
        self._step(operation, chance.choice(self.world.actors), chance)

    @rule(seed=SEEDS)
    def we_trade_a_lead(self, seed: int) -> None:
        """A way that chance alone would hardly go: entered, shared, approved, accepted, looked at."""
        chance = random.Random(f"{seed}/{self.steps}")
        self.tally.steps += 1
        Trade(self, chance).run()

    def next_number(self) -> int:
        """Number a text."""
        self.number += 1
        return self.number

    def act(self, name: str, actor: Actor, path: dict[str, str], body: Any = None) -> Any:
        """Do one thing on purpose; return what was answered, if it was done."""
        asked = {"path": path, "query": b"", "headers": {}, "body": body, "key": str(uuid.uuid4())}
        answer = self._settle(
            self.by_name[name], actor, asked | {"foreign": "", "unknown": None, "without": body}
        )
        told = answer.status < 300 and answer.media_type == "application/json" and answer.body
        return answer.json() if told else None

    def upload(self, actor: Actor, fields: dict[str, str], content: str) -> Answer:
        """Post a file with the fields that were answered; no credential but those."""
        line = "--limit\r\nContent-Disposition: form-data; name="
        parts = "".join(f'{line}"{name}"\r\n\r\n{value}\r\n' for name, value in fields.items())
        body = f'{parts}{line}"file"; filename="x"\r\n\r\n{content}\r\n--limit--\r\n'
        headers: dict[str, str | bytes] = {"content-type": "multipart/form-data; boundary=limit"}
        answer = self.loop.run_until_complete(
            exchange(self.world.app, "POST", "/uploads", headers=headers, body=body.encode())
        )
        self._search(self.by_name["post_uploads"], actor, answer)
        return answer

    def _look_around(self, actor: Actor) -> None:
        for operation in self.by_name.values():
            if operation.method == "GET" and not operation.path_ids:
                self._step(operation, actor, random.Random(0))

    def _step(self, operation: Operation, actor: Actor, chance: random.Random) -> None:
        self._settle(operation, actor, Request(self, actor, chance).of(operation))

    def _settle(self, operation: Operation, actor: Actor, asked: dict[str, Any]) -> Answer:
        answer = self._exchange(operation, actor, asked)
        if answer.status == 401 and operation.told["security"]:
            self.loop.run_until_complete(self.world.renew(actor))
            answer = self._exchange(operation, actor, asked)
        self._judge(operation, actor, asked, answer)
        self.ledger.note(actor, operation, asked, answer)
        self._search(operation, actor, answer)
        return answer

    def _search(self, operation: Operation, actor: Actor, answer: Answer) -> None:
        for one in self.ledger.judge(actor, answer):
            raise Found(f"{operation.name} shows {actor.tenant}: {one}")
        self.ledger.learn(actor, answer)
        done = f"{operation.name} {answer.status}"
        self.tally.answered[done] = self.tally.answered.get(done, 0) + 1

    def _judge(self, operation: Operation, actor: Actor, asked: dict[str, Any], answer: Answer) -> None:
        if answer.status >= 500:
            raise Found(f"{operation.name} {answer.status}")
        if asked["foreign"] and operation.told["security"]:
            self._refused(operation, actor, asked, answer)
        used_by = self.keys.setdefault(asked["key"], set())
        if answer.status == 422 and actor.tenant not in used_by:
            raise Found(f"{operation.name} knows an idempotency key of another tenant")
        if operation.takes_key:
            used_by.add(actor.tenant)

    def _refused(self, operation: Operation, actor: Actor, asked: dict[str, Any], answer: Answer) -> None:
        """What is another's is refused, in the very words in which what is not there is refused."""
        filters = asked["foreign"] != "continuation" and asked["foreign"].encode() in asked["query"]
        used = answer.status in (409, 410, 422) and actor.tenant in self.keys.get(asked["key"], ())
        if answer.status == 401 or used or filters:  # a revoked key; an idempotency key of one's own
            return
        if answer.status not in REFUSED and not self._whatever_it_names(operation, actor, asked, answer):
            raise Found(
                f"{operation.name} {answer.status} for {actor.tenant} with a foreign {asked['foreign']}"
            )
        if asked["unknown"] is None:
            return
        control = self._exchange(operation, actor, {**asked, **asked["unknown"], "key": str(uuid.uuid4())})
        if (control.status, control.body) != (answer.status, answer.body):
            raise Found(f"{operation.name} tells a foreign {asked['foreign']} from one that is not there")

    def _whatever_it_names(
        self, operation: Operation, actor: Actor, asked: dict[str, Any], answer: Answer
    ) -> bool:
        """Tell whether the state of one's own is the reason, with an id that nobody has just as well."""
        if answer.status != CONFLICT or asked["body"] == asked["without"]:
            return False
        unknown = {"body": asked["without"], "key": str(uuid.uuid4())}
        control = self._exchange(operation, actor, {**asked, **unknown})
        return (control.status, control.body) == (answer.status, answer.body)

    def _exchange(self, operation: Operation, actor: Actor, asked: dict[str, Any]) -> Answer:
        path = operation.path
        for name, value in asked["path"].items():
            path = path.replace(f"{{{name}}}", value)
        headers: dict[str, str | bytes] = {"authorization": actor.authorization, **asked["headers"]}
        if operation.takes_key:
            headers["idempotency-key"] = asked["key"]
        body = b"" if asked["body"] is None else json.dumps(asked["body"]).encode()
        if body:
            headers["content-type"] = "application/json"
        return self.loop.run_until_complete(
            exchange(self.world.app, operation.method, path, query=asked["query"], headers=headers, body=body)
        )


def machine(storage_of: Callable[[], Storage] = MemoryStorage) -> type[Isolation]:
    """Build the machine: one rule an operation, whatever the document holds today; on any database."""
    told = document()
    found = {one.name: one for one in operations(told)}
    rules: dict[str, Any] = {name: rule(seed=SEEDS)(_asking(one)) for name, one in found.items()}
    rules |= {
        "by_name": found,
        "schemas": told["components"]["schemas"],
        "tally": Tally(),
        "storage_of": staticmethod(storage_of),
    }
    return type("Everybody", (Isolation,), rules)


def _asking(operation: Operation) -> Callable[[Isolation, int], None]:
    def asked(self: Isolation, seed: int) -> None:
        self.ask(operation, seed)

    asked.__name__ = operation.name
    return asked
