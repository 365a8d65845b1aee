"""What runs schemathesis, in a process of its own: it keeps hooks and a loop for as long as that lives.

``python -m tests.guarantees.specification_run EXAMPLES [planted]`` prints one line of JSON.
"""

from __future__ import annotations

import json
import random
import sys
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

import schemathesis
from schemathesis.engine import events, from_schema
from schemathesis.hooks import GLOBAL_HOOK_DISPATCHER
from schemathesis.python import asgi
from starlette.applications import Starlette

from leaddesk.contract.ids import TenantId
from leaddesk.contract.people import Right
from leaddesk.personal.masked import Secret
from leaddesk.server.app import DemoApp, build_app, build_demo
from leaddesk.server.identity.api_keys import ApiKeyRecord
from leaddesk.server.web.edge.limits import Limits, Rate
from tests.support.surface import Pool, document

LEADS = 60
BRIEF = 3
"""Up to so many examples, they are all there is: no coverage, no sequences of calls."""

LABELS = ("fields", "labels")
BUSINESS = "x-problem-types"
UNLIMITED = Limits(Rate(0, 0), Rate(0, 0))
EXPECTED = ["2xx", "401", "403", "404", "429"]


def checked(examples: int, *, planted: bool) -> dict[str, Any]:
    """Run all phases and checks against a fresh server."""
    demo = build_demo(LEADS, lambda: datetime.now(UTC))
    keys = [_key_of_all_rights(demo, index) for index in range(len(demo.credentials))]
    app = build_app(demo.services, UNLIMITED)
    told = document()
    if planted:  # the rest of it has nothing to do with what is broken
        told["paths"] = {path: told["paths"][path] for path in ("/me", "/forms")}
    schema = schemathesis.openapi.from_dict(told, config=_config(examples, keys))
    schema.app = _Broken(app) if planted else app
    pools = [_population(schema, key) for key in keys]
    with _hooks(_Filler(pools, keys)):
        figure = _figure(schema)
    asgi.shutdown_lifespans()  # in order, while there is a loop
    return figure


def _key_of_all_rights(demo: DemoApp, index: int) -> str:
    secret = Secret(f"specification-{uuid.uuid4()}")
    tenant = TenantId(demo.credentials[index].tenant.tenant_id)
    record = ApiKeyRecord(tenant, str(uuid.uuid4()), "Specification", frozenset(Right))
    demo.services.identity.people.api_keys.add(record, secret)
    return secret.reveal()


def _population(schema: Any, key: str) -> Pool:
    """Read what there is, over the API alone."""
    pool = Pool()
    for path, item in schema.raw_schema["paths"].items():
        told = item.get("get", {})
        if not told.get("security") or "{" in path or "text/event-stream" in json.dumps(told):
            continue
        answer = schema[path]["GET"].Case().call(headers={"Authorization": key})
        if answer.headers.get("content-type", [""])[0].startswith("application/json"):
            pool.learn(answer.json())
        if path == "/forms":
            pool.learn([{"form": json.dumps(form)} for form in answer.json()])
    return pool


def _config(examples: int, keys: list[str]) -> schemathesis.Config:
    generation = {"max-examples": examples, "deterministic": True, "database": "none"}
    return schemathesis.Config.from_dict(
        {
            "seed": 1,
            "generation": generation,
            "headers": {"Authorization": keys[0]},
            "max-stream-events": 1,
            "checks": {"positive_data_acceptance": {"expected-statuses": EXPECTED}},
            "phases": {name: {"enabled": examples > BRIEF} for name in ("coverage", "stateful")},
            "operations": [{"include-tag": "offers", "headers": {"Authorization": keys[1]}}],
        }
    )


class _Filler:
    """Puts ids, labels, steps and serials of the population where the document asks for such."""

    def __init__(self, pools: list[Pool], keys: list[str]) -> None:
        self._pools = dict(zip(keys, pools, strict=True))
        self._chance = random.Random(1)

    def before_call(self, _context: Any, case: Any, _kwargs: dict[str, Any]) -> None:
        """Fill only what was generated to be right."""
        if case.meta is None or case.meta.generation.mode.is_negative:
            return
        pool = self._pools.get(case.headers.get("Authorization", ""), next(iter(self._pools.values())))
        for name in case.path_parameters or {}:
            if pool.has(name) and self._chance.random() < 0.9:
                case.path_parameters[name] = pool.draw(name, self._chance)
        if "Idempotency-Key" in (case.headers or {}):
            case.headers["Idempotency-Key"] = str(uuid.UUID(int=self._chance.getrandbits(128), version=4))
        case.query.pop("continuation", None)  # only the server can write one
        if isinstance(case.body, dict):
            self._fill(case.body, pool)

    def _fill(self, body: dict[str, Any], pool: Pool) -> None:
        for name, value in body.items():
            if isinstance(value, str) and (name.endswith("Id") or name == "step") and pool.has(name):
                body[name] = pool.draw(name, self._chance)
            elif name in LABELS and isinstance(value, list) and pool.has("label"):
                body[name] = [pool.draw("label", self._chance) for _ in value]
            elif name in ("prospect", "interest") and isinstance(value, dict) and pool.has("form"):
                body[name] = self._block(name, json.loads(pool.draw("form", self._chance)))
            elif isinstance(value, dict):
                self._fill(value, pool)

    def _block(self, name: str, form: dict[str, Any]) -> dict[str, Any]:
        """Choose some labels of a form and a value of each one's type."""
        told = form["definition"][name]["fields"]
        fields = {
            label: {"value": _value(told[label])}
            for label in self._chance.sample(list(told), self._chance.randint(0, len(told)))
        }
        return {"fields": fields, "fieldOrder": list(fields)}

    def filter_failure(self, _context: Any, failure: Any, case: Any, response: Any) -> bool:
        """Let a well-formed request be refused for a reason that the document lists by its ``type``."""
        if type(failure).__name__ != "RejectedPositiveData":
            return True
        try:
            told = response.json()
            kind = told.get("type", told.get("error"))
        except ValueError:
            return True
        return kind not in case.operation.definition.raw.get(BUSINESS, ())


def _value(field: dict[str, Any]) -> Any:
    if field["type"].startswith("bool"):
        return True
    items = field.get("items")
    if field["type"].startswith("number"):
        return "42"
    return items[0] if items else "Kiel"


@contextmanager
def _hooks(filler: _Filler) -> Iterator[None]:
    """Register the hooks for one run; schemathesis keeps them for the whole process."""

    @schemathesis.hook
    def before_call(context: Any, case: Any, kwargs: dict[str, Any]) -> None:
        filler.before_call(context, case, kwargs)

    @schemathesis.hook
    def filter_failure(context: Any, failure: Any, case: Any, response: Any) -> bool:
        return filler.filter_failure(context, failure, case, response)

    try:
        yield
    finally:
        GLOBAL_HOOK_DISPATCHER.unregister_all()


def _figure(schema: Any) -> dict[str, Any]:
    cases = 0
    findings: dict[str, str] = {}
    for event in from_schema(schema).execute():
        if isinstance(event, events.ScenarioFinished):
            cases += len(event.recorder.interactions)
            for case_id, checks in event.recorder.checks.items():
                asked = event.recorder.interactions.get(case_id)
                for check in checks:
                    if check.failure_info is not None:
                        findings.setdefault(_sentence(event.recorder.label, check), _exchange(asked))
        elif isinstance(event, events.NonFatalError | events.FatalError):
            findings[str(getattr(event, "info", None) or getattr(event, "exception", event))] = ""
    return {"cases": cases, "findings": [f"{what} {how}" for what, how in findings.items()]}


def _sentence(label: str, check: Any) -> str:
    failure = check.failure_info.failure
    return f"{label}: {check.name}: {failure.title}: {failure.message}".replace("\n", " ")[:300]


def _exchange(asked: Any) -> str:
    """Show what was sent and answered, shortened; all of it was made up by generators."""
    if asked is None:
        return ""
    sent, got = asked.request, asked.response
    body = (sent.body or b"")[:200]
    answer = f"{got.status_code} {got.content[:200]!r}" if got else "nothing"
    return f"<- {sent.method} {sent.uri[:200]} {body!r} -> {answer}"


class _Broken:
    """The product with a broken part: ``GET /me`` gives the rights as a text."""

    def __init__(self, app: Starlette) -> None:
        self._app = app

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        async def altered(message: Any) -> None:
            if scope.get("path") == "/me" and message["type"] == "http.response.body":
                message["body"] = message["body"].replace(b'"rights":[', b'"rights":"x","r":[')
            if scope.get("path") == "/me" and message["type"] == "http.response.start":
                message["headers"] = [one for one in message["headers"] if one[0] != b"content-length"]
            await send(message)

        await self._app(scope, receive, altered)


if __name__ == "__main__":
    print(json.dumps(checked(int(sys.argv[1]), planted="planted" in sys.argv)))
