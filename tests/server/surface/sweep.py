"""A server with the demo population, asked over ASGI by somebody who may do everything."""

from __future__ import annotations

import json
import random
import uuid
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any

from starlette.applications import Starlette

from leaddesk.contract.ids import TenantId
from leaddesk.contract.people import Right
from leaddesk.contract.problems import PROBLEM_MEDIA_TYPE
from leaddesk.personal.masked import Secret
from leaddesk.server.app import DemoApp, build_app, build_demo
from leaddesk.server.identity.api_keys import ApiKeyRecord
from leaddesk.server.identity.people import TenantRecord
from leaddesk.server.web.edge.limits import Limits, Rate
from leaddesk.server.web.openapi.document import document
from tests.support.asgi import Answer, exchange
from tests.support.surface import Operation, Pool, operations

CANARY = "Canary-7f3a"
JSON, FORM = "application/json", "application/x-www-form-urlencoded"
OWN_ERRORS = {"/oauth/token", "/oauth/revoke"}
"""RFC 6749 and 7009 have their own form of error."""
PAGES = {"/oauth/authorize", "/sign-in", "/sign-in/firm/{tenantId}"}
PAGES |= {"/account/forgotten", "/account/password", "/account/join", "/account/email"}
"""What a browser is shown; its refusals are pages too."""
UNLIMITED = Limits(Rate(0, 0), Rate(0, 0))


class Sweep:
    """Asks any operation with whatever a test makes up, and judges what comes back."""

    def __init__(self, demo: DemoApp) -> None:
        self.demo = demo
        self.app: Starlette = build_app(demo.services, UNLIMITED)
        self.told: dict[str, Any] = document(self.app.routes)
        self.operations = operations(self.told)
        self.key = str(uuid.uuid4())
        self.key_id = str(uuid.uuid4())
        self.stranger = f"stranger-{uuid.uuid4()}"
        self.pool = Pool()
        self.chance = random.Random(7)

    def enter(self) -> None:
        """Enter the key that has every right; a test may have revoked it."""
        tenant = TenantId(self.demo.credentials[0].tenant.tenant_id)
        record = ApiKeyRecord(tenant, self.key_id, "Sweep", frozenset(Right))
        self.demo.services.identity.people.api_keys.add(record, Secret(self.key))

    def let_a_stranger_in(self) -> None:
        """Enter a firm that has nothing to do with the others, with a key of every right."""
        firm = TenantRecord(TenantId(str(uuid.uuid4())), "Fremd GmbH")
        people = self.demo.services.identity.people
        people.add_tenant(firm)
        record = ApiKeyRecord(firm.tenant_id, str(uuid.uuid4()), "Stranger", frozenset(Right))
        people.api_keys.add(record, Secret(self.stranger))

    async def learn(self) -> None:
        """Read every list there is, so that paths can be filled with ids that exist."""
        for one in self.operations:
            if one.method == "GET" and not one.path_ids and not one.is_stream and one.path != "/openapi.json":
                answer = await self.ask(one)
                if answer.media_type == JSON:
                    self.pool.learn(answer.json())

    async def ask(
        self,
        operation: Operation,
        *,
        path: str | None = None,
        query: bytes = b"",
        body: bytes | None = None,
        **headers: str | bytes,
    ) -> Answer:
        """Send one request; what is not said is filled in as the document asks."""
        self.enter()
        sent: dict[str, str | bytes] = {"authorization": self.key, "idempotency-key": str(uuid.uuid4())}
        sent["content-type"] = FORM if operation.path in OWN_ERRORS | PAGES else JSON
        sent |= {name.replace("_", "-"): value for name, value in headers.items()}
        return await exchange(
            self.app,
            operation.method,
            path if path is not None else self.path(operation),
            query=query,
            headers=sent,
            body=body if body is not None else self.body(operation),
        )

    def path(self, operation: Operation) -> str:
        """Fill a path with ids that exist where any are known: a request shall reach as deep as it can."""
        path = operation.path
        for name in operation.path_ids:
            known = self.pool.has(name)
            path = path.replace(
                f"{{{name}}}", self.pool.draw(name, self.chance) if known else str(uuid.uuid4())
            )
        return path

    def example(self, operation: Operation) -> dict[str, Any]:
        """The document's own example of a body, with ids that exist."""
        content = operation.told.get("requestBody", {}).get("content", {})
        told: dict[str, Any] = json.loads(json.dumps(content.get(JSON, {}).get("example", {})))
        for name in told:
            if name.endswith("Id") and self.pool.has(name):
                told[name] = self.pool.draw(name, self.chance)
        return told

    def patterns(self, operation: Operation) -> Iterator[tuple[str, str]]:
        """The texts of a body that must have a form, each with its pattern."""
        schema = operation.body or {}
        model = self.told["components"]["schemas"].get(schema.get("$ref", "").rpartition("/")[2], schema)
        for name, told in model.get("properties", {}).items():
            for one in (told, *told.get("anyOf", ())):
                if "pattern" in one:
                    yield name, one["pattern"]

    def body(self, operation: Operation) -> bytes:
        """A right body, or none."""
        return json.dumps(self.example(operation)).encode() if operation.body is not None else b""

    def judge(self, operation: Operation, answer: Answer, what: str) -> None:
        """Never 5xx, never an echo; a refusal is a problem that names what was wrong and expected."""
        told = f"{operation.method} {operation.path} {what}: {answer.status} {answer.body[:200]!r}"
        assert 200 <= answer.status < 500, told
        if answer.status < 400:
            return
        assert CANARY.lower().encode() not in answer.everything.lower(), told
        if operation.path in PAGES and answer.media_type == "text/html":
            return
        said = answer.json()
        if answer.media_type == PROBLEM_MEDIA_TYPE:
            assert said["status"] == answer.status, told
            assert answer.status != 400 or (said["field"] and said["expected"]), told
            assert said.get("expected") != "a valid value", told
        else:
            assert operation.path in OWN_ERRORS and set(said) == {"error"}, told


@asynccontextmanager
async def sweeping(leads: int = 30) -> AsyncIterator[Sweep]:
    """Give a sweep over a running server."""
    demo = build_demo(leads, lambda: datetime.now(UTC))
    sweep = Sweep(demo)
    async with sweep.app.router.lifespan_context(sweep.app):
        await sweep.learn()
        yield sweep
