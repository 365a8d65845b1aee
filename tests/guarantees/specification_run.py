"""What runs schemathesis, in a process of its own: it keeps hooks and a loop for as long as that lives.

``python -m tests.guarantees.specification_run EXAMPLES [planted]`` prints one line of JSON.
"""

from __future__ import annotations

import asyncio
import json
import sys
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

import schemathesis
from schemathesis.engine import events, from_schema
from schemathesis.hooks import GLOBAL_HOOK_DISPATCHER
from schemathesis.python import asgi
from starlette.applications import Starlette

from leaddesk.server.app import build_app, build_demo
from leaddesk.server.web.edge.limits import Limits, Rate
from tests.guarantees.specification_callers import ASKED_BY, KEY, Callers, signed_in
from tests.guarantees.specification_filler import Filler
from tests.support.surface import Pool, document

LEADS = 60
BRIEF = 3
"""Up to so many examples, they are all there is: no coverage, no sequences of calls."""

WITHOUT_HELP = {
    *("POST /oauth/challenge", "POST /oauth/token", "POST /uploads", "GET /metrics"),
    *("POST /invitations/accept", "POST /invitations/decline"),
    "GET /leads/{leadId}/attachments/{attachmentId}",
    "POST /leads/{leadId}/commission/rating",
    "POST /webhooks/{hookId}/dead-letters/{eventId}/redeliver",
}
"""Operations that succeed only after what no hook can fill: a password, a code, a file, a failure."""
UNLIMITED = Limits(Rate(0, 0), Rate(0, 0))
EXPECTED = ["2xx", "401", "403", "404", "429"]


def checked(examples: int, *, planted: bool) -> dict[str, Any]:
    """Run all phases and checks against a fresh server."""
    begun = datetime.now(UTC)
    demo = build_demo(
        LEADS, lambda: begun + (datetime.now(UTC) - begun) / 100
    )  # a run is longer than a token
    app = build_app(demo.services, UNLIMITED)
    told = document()
    if planted:  # the rest of it has nothing to do with what is broken
        told["paths"] = {path: told["paths"][path] for path in ("/me", "/forms")}
    callers = asyncio.run(signed_in(demo, app))
    schema = schemathesis.openapi.from_dict(told, config=_config(examples, callers))
    schema.app = _Broken(app) if planted else app
    pools = {name: _population(schema, callers.texts[name]) for name in callers.texts}
    with _hooks(Filler(pools, callers)):
        figure = _figure(schema, examples > BRIEF)
    asgi.shutdown_lifespans()  # in order, while there is a loop
    return figure


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


def _config(examples: int, callers: Callers) -> schemathesis.Config:
    generation = {"max-examples": examples, "deterministic": True, "database": "none"}
    return schemathesis.Config.from_dict(
        {
            "seed": 1,
            "generation": generation,
            "headers": {"Authorization": callers.texts[KEY]},
            "max-stream-events": 1,
            "checks": {"positive_data_acceptance": {"expected-statuses": EXPECTED}},
            "phases": {name: {"enabled": examples > BRIEF} for name in ("coverage", "stateful")},
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


def _figure(schema: Any, not_brief: bool) -> dict[str, Any]:
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
    for label, seen in statuses.items():
        if not_brief and label not in WITHOUT_HELP and not any(200 <= status < 300 for status in seen):
            findings[f"{label} never answered 2xx, so little was seen of it:"] = str(sorted(seen))
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
