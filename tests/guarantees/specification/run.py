"""What runs schemathesis, in a process of its own: it keeps hooks and a loop for as long as that lives.

``python -m tests.guarantees.specification.run EXAMPLES PART [planted]`` prints one line of JSON. PART is
``all``, ``whole`` (all but generating for single operations) or ``2/12`` (that alone, for every twelfth
operation from the second on).
"""

from __future__ import annotations

import asyncio
import json
import sys
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import schemathesis
from schemathesis.engine import events, from_schema
from schemathesis.hooks import GLOBAL_HOOK_DISPATCHER
from schemathesis.python import asgi
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from leaddesk.server.app import DemoApp, build_app, build_demo
from leaddesk.server.hooks.addresses import Target
from leaddesk.server.hooks.courier import Courier, Pace
from leaddesk.server.hooks.sending import Attempt
from leaddesk.server.web.beside.outside import Outside
from leaddesk.server.web.edge.limits import Limits, Rate
from tests.guarantees.specification.asker import Asker, ManyPlaces
from tests.guarantees.specification.callers import ASKED_BY, KEY, Callers, signed_in
from tests.guarantees.specification.filler import Filler
from tests.guarantees.specification.guarantee import ALL, WHOLE
from tests.support.surface import METHODS, Pool, document, operations

LEADS = 60
BRIEF = 3
"""Up to so many examples, they are all there is: no coverage, no sequences of calls."""
SLOWNESS = 100
"""The server's clock goes so many times slower than ours: a run is longer than a token lives."""
UNLIMITED = Limits(Rate(0, 0), Rate(0, 0))
EXPECTED = ["2xx", "401", "403", "404", "429"]


def checked(examples: int, part: str, *, planted: bool) -> dict[str, Any]:
    """Run the part's phases with all checks against a fresh server."""
    demo = _demo()
    app = build_app(demo.services, UNLIMITED)
    callers = asyncio.run(signed_in(demo, app))
    served: ASGIApp = ManyPlaces(_Broken(app) if planted else app)
    told = document() if not planted else _narrowed(document(), {"GET /me", "GET /forms"})
    asker = Asker(served, callers.texts)
    pools = {name: _population(told, asker, name) for name in callers.texts}
    chosen = told if part in (ALL, WHOLE) else _narrowed(told, _share(told, part))
    schema = schemathesis.openapi.from_dict(
        chosen, config=_config(examples, _phases(examples, part), callers)
    )
    schema.app = served
    with _hooks(Filler(pools, callers, asker)):
        figure = _figure(schema)
    asgi.shutdown_lifespans()  # in order, while there is a loop
    return figure


def _demo() -> DemoApp:
    """The demo, whose webhooks lead to somebody who refuses everything: nothing leaves this machine."""
    begun = datetime.now(UTC)
    demo = build_demo(LEADS, lambda: begun + (datetime.now(UTC) - begun) / SLOWNESS)
    courier = Courier(_Refusing(), Pace(first=0.1 / SLOWNESS, longest=1.0 / SLOWNESS))
    outside = Outside(courier=courier, ask=_told, postbox=demo.services.outside.postbox)
    return replace(demo, services=replace(demo.services, outside=outside))


async def _told(url: str, *_sent: Any) -> dict[str, Any]:
    """Answer as a firm's provider does that says of itself where it is, and knows nobody."""
    issuer = url.partition("/.well-known")[0]
    places = ("authorization_endpoint", "token_endpoint", "jwks_uri")
    return {"issuer": issuer, **{name: f"{issuer}/{name}" for name in places}}


class _Refusing:
    async def send(self, _target: Target, _headers: dict[str, str], _body: bytes) -> Attempt:
        return Attempt("status-410", lasting=True)


def _share(told: dict[str, Any], part: str) -> set[str]:
    number, parts = (int(text) for text in part.split("/"))
    return set(sorted(one.label for one in operations(told))[number - 1 :: parts])


def _narrowed(told: dict[str, Any], labels: set[str]) -> dict[str, Any]:
    """Leave some operations of a document."""
    paths = {
        path: {
            name: what for name, what in item.items() if name not in METHODS or _label(name, path) in labels
        }
        for path, item in told["paths"].items()
    }
    return {**told, "paths": {path: item for path, item in paths.items() if set(item) & set(METHODS)}}


def _label(method: str, path: str) -> str:
    return f"{method.upper()} {path}"


def _population(told: dict[str, Any], asker: Asker, who: str) -> Pool:
    """Read what there is, over the API alone."""
    pool = Pool()
    for one in operations(told):
        is_json = "application/json" in one.told["responses"].get("200", {}).get("content", {})
        if one.method != "GET" or one.path_ids or not one.told.get("security") or not is_json:
            continue
        answer = asker.told(who, one.path)
        pool.learn(answer)
        if one.path == "/forms":
            pool.learn([{"form": json.dumps(form)} for form in answer or ()])
    return pool


def _phases(examples: int, part: str) -> dict[str, Any]:
    whole, brief = part in (ALL, WHOLE), examples <= BRIEF
    wanted = {
        "examples": whole,
        "coverage": whole and not brief,
        "fuzzing": part != WHOLE,
        "stateful": whole and not brief,
    }
    return {name: {"enabled": enabled} for name, enabled in wanted.items()}


def _config(examples: int, phases: dict[str, Any], callers: Callers) -> schemathesis.Config:
    generation = {"max-examples": examples, "deterministic": True, "database": "none"}
    return schemathesis.Config.from_dict(
        {
            "seed": 1,
            "generation": generation,
            "headers": {"Authorization": callers.texts[KEY]},
            "max-stream-events": 1,
            "checks": {"positive_data_acceptance": {"expected-statuses": EXPECTED}},
            "phases": phases,
            "operations": [
                {"include-path-regex": pattern, "headers": {"Authorization": callers.texts[name]}}
                for pattern, name in ASKED_BY
            ],
        }
    )


@contextmanager
def _hooks(filler: Filler) -> Iterator[None]:
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
    statuses: dict[str, set[int]] = defaultdict(set)
    for event in from_schema(schema).execute():
        if isinstance(event, events.ScenarioFinished):
            cases += len(event.recorder.interactions)
            for case_id, asked in event.recorder.interactions.items():
                label = event.recorder.cases[case_id].value.operation.label
                statuses[label].add(asked.response.status_code if asked.response else 0)
            for case_id, checks in event.recorder.checks.items():
                asked = event.recorder.interactions.get(case_id)
                for check in checks:
                    if check.failure_info is not None:
                        findings.setdefault(_sentence(event.recorder.label, check), _exchange(asked))
        elif isinstance(event, events.NonFatalError | events.FatalError):
            findings[str(getattr(event, "info", None) or getattr(event, "exception", event))] = ""
    told = {label: sorted(seen) for label, seen in statuses.items()}
    return {"cases": cases, "findings": [f"{what} {how}" for what, how in findings.items()], "statuses": told}


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

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def altered(message: Message) -> None:
            if scope.get("path") == "/me" and message["type"] == "http.response.body":
                message["body"] = message["body"].replace(b'"rights":[', b'"rights":"x","r":[')
            if scope.get("path") == "/me" and message["type"] == "http.response.start":
                message["headers"] = [one for one in message["headers"] if one[0] != b"content-length"]
            await send(message)

        await self._app(scope, receive, altered)


if __name__ == "__main__":
    print(json.dumps(checked(int(sys.argv[1]), sys.argv[2], planted="planted" in sys.argv)))
