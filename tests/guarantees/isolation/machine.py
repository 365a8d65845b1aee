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

from tests.guarantees.isolation.ledger import Ledger
from tests.guarantees.isolation.request import Request
from tests.guarantees.isolation.world import LABELS, PARTNERS, TENANTS, Actor, World, mark
from tests.support.asgi import Answer, exchange
from tests.support.surface import Operation, document, operations

SEEDS = st.integers(0, 2**32)
RARE = {"delete", "end", "revoke"}
"""Operations after which there is less to see are asked less often."""
REFUSED = (400, 403, 404)
LOOKS = (
    *("get_leads_leadId", "get_leads_leadId_history", "get_leads_leadId_disclosures"),
    *("get_leads_leadId_notes", "get_leads_leadId_attachments", "get_leads_leadId_duplicates"),
)


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

    def __init__(self) -> None:
        super().__init__()
        self.loop = asyncio.new_event_loop()
        self.world = World()
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

    @rule(minutes=st.integers(1, 120))
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
        answer = self._settle(self.by_name[name], actor, asked | {"foreign": "", "unknown": None})
        return answer.json() if answer.status < 300 and answer.body else None

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
        for one in self.ledger.judge(actor, answer):
            raise Found(f"{operation.name} shows {actor.tenant}: {one}")
        self.ledger.learn(actor, answer)
        done = f"{operation.name} {answer.status}"
        self.tally.answered[done] = self.tally.answered.get(done, 0) + 1
        return answer

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
        if answer.status in (401, 422) or filters:  # a revoked key, a used one; a filter that finds nothing
            return
        if answer.status not in REFUSED:
            raise Found(
                f"{operation.name} {answer.status} for {actor.tenant} with a foreign {asked['foreign']}"
            )
        if asked["unknown"] is None:
            return
        control = self._exchange(operation, actor, {**asked, **asked["unknown"], "key": str(uuid.uuid4())})
        if (control.status, control.body) != (answer.status, answer.body):
            raise Found(f"{operation.name} tells a foreign {asked['foreign']} from one that is not there")

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


class Trade:
    """One lead on its way from its owner to a partner; each step may be refused, and then it ends."""

    def __init__(self, machine: Isolation, chance: random.Random) -> None:
        self._machine = machine
        self._chance = chance
        self._owner = chance.choice(TENANTS)
        self._partner = chance.choice(PARTNERS[self._owner])

    def run(self) -> None:
        """Go the way; at its end everybody looks at the lead."""
        lead = self._act("post_leads", self._owner, "rep", {}, self._lead())
        if lead is None:
            return
        way = self._chance.choice((self._share, self._offer, self._assign))
        way(lead["leadId"], lead["lead"]["serial"])
        self._answer_offers()
        for actor in self._chance.sample(self._machine.world.actors, 6):
            for name in (one for one in LOOKS if one in self._machine.by_name):
                self._machine.act(name, actor, {"leadId": lead["leadId"]})
            self._machine.act("get_leads", actor, {})

    def _act(self, name: str, tenant: str, who: str, path: dict[str, str], body: Any = None) -> Any:
        actor = next(one for one in self._machine.world.actors if (one.tenant, one.name) == (tenant, who))
        return self._machine.act(name, actor, path, body)

    def _lead(self) -> dict[str, Any]:
        fields = {
            label: {"type": "text:singleline", "value": mark(self._owner, kind, self._machine.next_number())}
            for label, kind in LABELS.items()
        }
        return {name: {"fields": fields, "fieldOrder": list(fields)} for name in ("prospect", "interest")}

    def _market(self) -> str:
        markets = self._act("get_markets", self._owner, "admin", {})
        return str(self._chance.choice(markets)["marketId"])

    def _share(self, lead_id: str, serial: int) -> None:
        body = {"leadId": lead_id, "marketId": self._market(), "reason": self._text("reason")}
        asked = self._act("post_share_requests", self._owner, "rep", {}, body)
        if asked and asked["status"] == "PENDING":
            path = {"requestId": asked["shareRequestId"]}
            self._act(
                "post_share_requests_requestId_approve", self._owner, "admin", path, {"leadSerial": serial}
            )

    def _offer(self, lead_id: str, _serial: int) -> None:
        path = {"marketId": self._market()}
        self._act("post_markets_marketId_brokerages", self._owner, "key", path, {"leadId": lead_id})

    def _assign(self, lead_id: str, _serial: int) -> None:
        partners = self._act("get_sales_partners", self._owner, "admin", {}) or []
        known = [one["salesPartnerId"] for one in partners if one["status"] == "ACTIVE"]
        if known:
            body = {"salesPartnerId": self._chance.choice(known)}
            self._act("post_leads_leadId_commissions", self._owner, "key", {"leadId": lead_id}, body)

    def _answer_offers(self) -> None:
        for offer in self._act("get_offers", self._partner, "admin", {}) or []:
            path = {"offerId": offer["offerId"]}
            if offer["status"] == "OPEN" and self._chance.random() < 0.7:
                self._act("post_offers_offerId_accept", self._partner, "admin", path)
            elif offer["status"] == "OPEN":
                reason = mark(self._partner, "decline", self._machine.next_number())
                self._act("post_offers_offerId_decline", self._partner, "admin", path, {"reason": reason})

    def _text(self, kind: str) -> str:
        return mark(self._owner, kind, self._machine.next_number())


def machine() -> type[Isolation]:
    """Build the machine: one rule an operation, whatever the document holds today."""
    told = document()
    found = {one.name: one for one in operations(told)}
    rules: dict[str, Any] = {name: rule(seed=SEEDS)(_asking(one)) for name, one in found.items()}
    rules |= {"by_name": found, "schemas": told["components"]["schemas"], "tally": Tally()}
    return type("Everybody", (Isolation,), rules)


def _asking(operation: Operation) -> Callable[[Isolation, int], None]:
    def asked(self: Isolation, seed: int) -> None:
        self.ask(operation, seed)

    asked.__name__ = operation.name
    return asked
