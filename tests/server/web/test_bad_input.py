"""Bad input over every endpoint there is: always a 4xx problem, never a 5xx, nothing echoed."""

import asyncio
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import pytest
from starlette.routing import Route

from leaddesk.contract.problems import PROBLEM_MEDIA_TYPE
from leaddesk.server.app import DemoApp, build_demo
from leaddesk.server.web.edge.gate import MAX_BODY

CANARY = "Canary-7f3a"
DEEP = 20_000
OAUTH_FORMS = {"/oauth/token", "/oauth/revoke"}
JSON, FORM = b"application/json", b"application/x-www-form-urlencoded"

BODIES: dict[str, bytes] = {
    "empty": b"",
    "cut": b'{"text": "' + CANARY.encode(),
    "null": b"null",
    "number": b"1e400",
    "list": json.dumps([CANARY]).encode(),
    "text": json.dumps(CANARY).encode(),
    "unknown key": json.dumps({CANARY: CANARY}).encode(),
    "wrong types": json.dumps(
        {name: {CANARY: [CANARY]} for name in ("text", "step", "leadId", "reason", "leadSerial", "email")}
    ).encode(),
    "huge number": b'{"leadSerial": ' + b"9" * 5_000 + b"}",
    "huge text": json.dumps(
        {"text": CANARY * 10_000, "reason": CANARY * 10_000, "step": CANARY * 10_000}
    ).encode(),
    "not an id": json.dumps({"leadId": CANARY, "marketId": CANARY}).encode(),
    "bad utf-8": b'{"text": "\xff\xfe\xc0"}',
    "utf-16": json.dumps({"text": CANARY}).encode("utf-16"),
    "lone surrogate": b'{"text": "\\ud800", "reason": "\\udfff", "step": "\\ud800"}',
    "null byte": b'{"step": "\\u0000", "reason": "\\u0000\\u0000"}\0',
    "deep list": b"[" * DEEP + b"]" * DEEP,
    "deep object": b'{"a":' * DEEP + b"1" + b"}" * DEEP,
    "too large": b'"' + b"a" * MAX_BODY + b'"',
}
QUERIES = [
    *(b"canary=Canary-7f3a", b"sort=%ff", b"maxResults=Canary-7f3a"),
    *(b"status=Canary-7f3a", b"=&&&=%00", b"a=" * 900),
]
TIMES = [b"Canary-7f3a", b"gte:", b"9999999999999", b"gte:2026-13-45", b"%00", b"0001-01-01T00:00:00%2B14:00"]
LEAD_QUERIES = [
    *(b"modifiedAt=" + text for text in TIMES),
    *(b"sort=" + text for text in (b"Canary-7f3a", b"-,-", b"%2B%2B", b"lead.leadId%3BDROP")),
    *(b"maxResults=" + text for text in (b"0", b"101", b"-1", b"1e2", b"%C2%B2", b"9" * 99)),
    *(b"continuation=" + text for text in (b"Canary-7f3a", b"AAAA", b"%F0%9F%A6%84", b"=" * 99)),
    b"includeFieldLists=yes",
    b"commission.responsible=Canary-7f3a",
]
EDGES = [b"modifiedAt=9999-12-31", b"modifiedAt=0001-01-01", b"sort=-modifiedAt&sort=-modifiedAt"]
HEADERS = [
    {b"authorization": b"Bearer Canary-7f3a"},
    {b"authorization": b"\xff\xfe"},
    {b"idempotency-key": b"Canary-7f3a"},
    {b"x-serial": b"Canary-7f3a"},
    {b"x-serial": b"-1"},
    {b"content-type": b"Canary-7f3a"},
    {b"content-length": b"99999999999999"},
]


@dataclass
class Answer:
    """What came back; a stream is cut after its head."""

    status: int = 0
    media_type: str = ""
    body: bytes = b""
    wire: list[Any] = field(default_factory=list)


@dataclass
class Sweep:
    """The whole server with a small population, and one caller who may do everything."""

    demo: DemoApp
    refusals: int = 0

    def __post_init__(self) -> None:
        self.key = self.demo.credentials[0].api_key.reveal().encode()
        self.routes = [route for route in self.demo.app.routes if isinstance(route, Route)]

    async def ask(
        self, method: str, path: str, *, query: bytes = b"", body: bytes = b"", **headers: bytes
    ) -> Answer:
        """Speak ASGI: httpx would refuse to send most of this."""
        sent = {b"authorization": self.key, b"idempotency-key": str(uuid4()).encode(), b"content-type": JSON}
        sent |= {name.replace("_", "-").encode(): value for name, value in headers.items()}
        scope = {
            "type": "http",
            "asgi": {"version": "3.0"},
            "http_version": "1.1",
            "method": method,
            "scheme": "http",
            "path": path,
            "raw_path": path.encode(),
            "query_string": query,
            "headers": list(sent.items()),
            "client": ("127.0.0.1", 1),
            "server": ("127.0.0.1", 80),
        }
        return await self._exchange(scope, body)

    async def _exchange(self, scope: dict[str, Any], body: bytes) -> Answer:
        answer, done = Answer(), asyncio.Event()
        parts = [{"type": "http.request", "body": body, "more_body": False}]

        async def receive() -> Any:
            if parts:
                return parts.pop()
            await done.wait()
            return {"type": "http.disconnect"}

        async def send(message: Any) -> None:
            if message["type"] == "http.response.start":
                answer.status = message["status"]
                answer.media_type = dict(message["headers"]).get(b"content-type", b"").decode()
                answer.wire.extend(message["headers"])
            answer.body += message.get("body", b"")
            if "event-stream" in answer.media_type:
                done.set()

        await asyncio.wait_for(self.demo.app(scope, receive, send), 10)
        return answer

    def judge(self, answer: Answer, what: str) -> None:
        """Never 5xx, never an echo; an error is a problem (RFC 6749's own at the token endpoint)."""
        assert 200 <= answer.status < 500, f"{answer.status} {what}"
        if answer.status < 400:
            return
        self.refusals += 1
        assert CANARY.lower() not in (answer.body + repr(answer.wire).encode()).decode().lower(), what
        told = json.loads(answer.body)
        if answer.media_type == PROBLEM_MEDIA_TYPE:
            assert told["status"] == answer.status, what
            assert answer.status != 400 or (told["field"] and told["expected"]), what
        else:
            assert what.split()[1] in OAUTH_FORMS and set(told) == {"error"}, what


@pytest.fixture
async def sweep() -> AsyncIterator[Sweep]:
    demo = build_demo(30, lambda: datetime.now(UTC))
    async with demo.app.router.lifespan_context(demo.app):
        yield Sweep(demo)


def endpoints(sweep: Sweep) -> list[tuple[str, str]]:
    return [
        (method, route.path)
        for route in sweep.routes
        for method in sorted(route.methods or ())
        if method != "HEAD"
    ]


async def real_path(sweep: Sweep, path: str) -> str:
    """Fill a path with ids that exist, so that bad input reaches as deep as it can."""
    for place, source in (("{lead_id}", "/leads"), ("{market_id}", "/markets")):
        if place in path:
            first = json.loads((await sweep.ask("GET", source)).body)[0]
            path = path.replace(place, first["lead"]["leadId"] if "lead" in first else first["marketId"])
    return path.replace("{request_id}", str(uuid4())).replace("{offer_id}", str(uuid4()))


async def test_bad_bodies(sweep: Sweep) -> None:
    for method, path in endpoints(sweep):
        if method == "DELETE" or path == "/events":
            continue
        filled = await real_path(sweep, path)
        kind = FORM if path in OAUTH_FORMS else JSON
        for name, body in BODIES.items():
            sweep.judge(
                await sweep.ask(method, filled, body=body, content_type=kind), f"{method} {path} {name}"
            )


async def test_bad_queries(sweep: Sweep) -> None:
    for method, path in endpoints(sweep):
        filled = await real_path(sweep, path)
        for query in [*QUERIES, *(LEAD_QUERIES if path == "/leads" else [])]:
            what = f"{method} {path} {query[:40]!r}"
            answer = await sweep.ask(method, filled, query=query)
            sweep.judge(answer, what)
            assert answer.status >= 400, f"accepted {what}"
        for accepted in (b"application/x-ndjson", b"Canary-7f3a/*;q=\xff"):
            if path == "/leads":
                for query in [*LEAD_QUERIES, *EDGES]:
                    answer = await sweep.ask(method, path, query=query, accept=accepted)
                    sweep.judge(answer, f"{method} {path} {query!r} {accepted!r}")


async def test_bad_ids_in_paths(sweep: Sweep) -> None:
    wrong = [CANARY, "..", "%00", "0", "null", "🦄", "a" * 5_000, "{" + str(uuid4()) + "}", f"{uuid4()}x"]
    for method, path in endpoints(sweep):
        if "{" not in path:
            continue
        begin, _, end = path.partition("{")
        for text in wrong:
            filled = begin + text + end.partition("}")[2]
            answer = await sweep.ask(method, filled, body=b"{}")
            sweep.judge(answer, f"{method} {path} {text[:40]}")
            assert answer.status in (400, 403, 404)
        unknown = begin + str(uuid4()) + end.partition("}")[2]
        sweep.judge(await sweep.ask(method, unknown, body=b"{}"), f"{method} {path} unknown")


async def test_bad_headers(sweep: Sweep) -> None:
    for method, path in endpoints(sweep):
        if method == "DELETE" or path == "/events":
            continue
        filled = await real_path(sweep, path)
        for headers in HEADERS:
            named = {name.decode().replace("-", "_"): value for name, value in headers.items()}
            sweep.judge(await sweep.ask(method, filled, body=b"{}", **named), f"{method} {path} {headers}")


async def test_bad_event_ids_never_break_the_stream(sweep: Sweep) -> None:
    for text in (b"Canary-7f3a", b"-1", b"9" * 400, b"\xff", b"1.5", b"", b"\xc2\xb2"):
        answer = await sweep.ask("GET", "/events", last_event_id=text)
        assert answer.status == 200 and CANARY.encode() not in answer.body


async def test_other_methods_and_paths_are_problems(sweep: Sweep) -> None:
    for _, path in endpoints(sweep):
        for method in ("PUT", "TRACE", "OPTIONS", "CANARY-7F3A"):
            answer = await sweep.ask(method, await real_path(sweep, path))
            sweep.judge(answer, f"{method} {path}")
            assert answer.status == 405
    for path in ("", "/", "//", "/leads/", f"/{CANARY}", "/../etc/passwd", "/leads/%2e%2e", "/\x00"):
        answer = await sweep.ask("GET", path)
        sweep.judge(answer, f"GET {path}")
        assert answer.status in (400, 404)


async def test_nothing_without_a_credential_but_what_is_open(sweep: Sweep) -> None:
    open_paths = {"/.well-known/leaddesk", "/healthz", "/readyz", "/oauth/challenge", *OAUTH_FORMS}
    open_paths |= {"/openapi.json", "/docs", "/docs/style.css"}
    for method, path in endpoints(sweep):
        answer = await sweep.ask(method, await real_path(sweep, path), authorization=b"")
        assert (answer.status == 401) == (path not in open_paths), path
