"""The edge: everything that comes in wrong leaves as a problem that names the field and echoes nothing."""

import json
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing
from datetime import UTC, datetime
from urllib.parse import parse_qsl

import httpx
import pytest
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from leaddesk.contract.ids import TenantId
from leaddesk.contract.offers import DeclineRequest
from leaddesk.contract.people import Right
from leaddesk.contract.problems import PROBLEM_MEDIA_TYPE, ProblemType
from leaddesk.contract.sharing import CreateShareRequest
from leaddesk.personal.masked import Secret
from leaddesk.server.domain.refusal import Refused
from leaddesk.server.identity.api_keys import ApiKeyRecord
from leaddesk.server.identity.caller import Caller
from leaddesk.server.identity.facade import Identity
from leaddesk.server.identity.people import People, TenantRecord
from leaddesk.server.web.edge.answers import no_content, raw_json
from leaddesk.server.web.edge.application import Directory, application
from leaddesk.server.web.edge.gate import MAX_BODY
from leaddesk.server.web.edge.inputs import (
    idempotency_key,
    parse_body,
    path_uuid,
    query,
    raw_body,
    serial_of,
    wants_ndjson,
)
from leaddesk.server.web.edge.problems import STATUS
from leaddesk.server.web.edge.routes import guarded, open_to_all
from leaddesk.server.web.edge.spec import Spec
from tests.support.records import records_in_memory

SPEC = Spec("An endpoint of a test")

CANARY = "Ünïcorn–7f3a🦄"
ID = "0f8fad5b-d9cb-469f-a165-70867728950e"


async def share(request: Request) -> Response:
    body = await parse_body(request, CreateShareRequest)
    return raw_json(json.dumps([body.lead_id, body.fields, len(await raw_body(request))]).encode())


async def decline(request: Request) -> Response:
    await parse_body(request, DeclineRequest)
    return no_content()


async def inputs(request: Request, _caller: Caller) -> Response:
    asked = query(request, "status", "maxResults", "flag", "one")
    seen = [
        str(idempotency_key(request)),
        serial_of(request),
        path_uuid(request, "thing"),
        asked.many("status"),
        asked.number("maxResults", 1, 100, 100),
        asked.flag("flag"),
        asked.one("one"),
        wants_ndjson(request),
    ]
    return raw_json(json.dumps(seen).encode())


async def crash(_request: Request) -> Response:
    raise RuntimeError(f"about {CANARY}")


async def crash_late(_request: Request) -> Response:
    async def parts() -> AsyncIterator[bytes]:
        yield b"first"
        raise RuntimeError(CANARY)

    return StreamingResponse(parts())


async def stale(_request: Request) -> Response:
    raise Refused(ProblemType.STALE_SERIAL, current_serial=7)


async def whoami(_request: Request, caller: Caller) -> Response:
    return raw_json(json.dumps(caller.name).encode())


@pytest.fixture
async def client() -> AsyncIterator[httpx.AsyncClient]:
    people = People()
    people.add_tenant(TenantRecord(TenantId("t"), "Wagner"))
    people.api_keys.add(ApiKeyRecord(TenantId("t"), ID, "Key", frozenset({Right.LEAD_READ})), Secret("key"))
    identity = Identity(lambda: datetime.now(UTC), people)
    routes = [
        open_to_all("POST", "/share", share, SPEC),
        open_to_all("POST", "/decline", decline, SPEC),
        guarded("POST", "/inputs/{thing}", inputs, reads_query=True, spec=SPEC),
        open_to_all("GET", "/crash", crash, SPEC),
        open_to_all("GET", "/late", crash_late, SPEC),
        open_to_all("GET", "/stale", stale, SPEC),
        guarded("GET", "/leads", whoami, Right.LEAD_READ, spec=SPEC),
        guarded("DELETE", "/leads", whoami, Right.LEAD_DELETE, Right.SHARE_APPROVE, spec=SPEC),
    ]
    transport = httpx.ASGITransport(application(identity, routes, records=records_in_memory()))
    async with httpx.AsyncClient(transport=transport, base_url="http://server") as client:
        yield client
    identity.close()


def problem(answer: httpx.Response, status: int, field: str | None = None) -> dict[str, object]:
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == PROBLEM_MEDIA_TYPE
    assert CANARY not in answer.text and "canary" not in answer.text.lower()
    told: dict[str, object] = answer.json()
    assert told["status"] == status
    if field is not None:
        assert told["field"] == field and told["expected"]
    return told


SHARE = {"leadId": ID, "marketId": ID}


async def test_a_good_body_is_read_once_and_given_out_again(client: httpx.AsyncClient) -> None:
    content = json.dumps({**SHARE, "fields": ["Ort"]}).encode()
    answer = await client.post("/share", content=content, headers={"content-type": "application/json"})
    assert answer.json() == [ID, ["Ort"], len(content)]


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"leadId": ID}, "marketId"),
        ({**SHARE, "leadId": 5}, "leadId"),
        ({**SHARE, "fields": CANARY}, "fields"),
        ({**SHARE, "fields": ["a", {CANARY: CANARY}]}, "fields.1"),
        ({**SHARE, CANARY: 1}, "body"),
        ({**SHARE, "reason": CANARY * 1_000}, "reason"),
        ([CANARY], "body"),
        (CANARY, "body"),
    ],
)
async def test_a_wrong_body_names_the_field(client: httpx.AsyncClient, body: object, field: str) -> None:
    told = problem(await client.post("/share", json=body), 400, field)
    assert told["type"] == ProblemType.INVALID_INPUT


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b"\xff\xfe",
        b'{"leadId": NaN}',
        b"[" * 100_000,
        b'{"a":' * 5_000,
        b'{"reason": "\\ud800"}',
        b"\0",
        b"null",
    ],
)
async def test_what_is_no_json_is_told_so(client: httpx.AsyncClient, content: bytes) -> None:
    for path in ("/share", "/decline"):
        answer = await client.post(path, content=content, headers={"content-type": "application/json"})
        problem(answer, 400)


@pytest.mark.parametrize("kind", ["", "text/plain", "application/x-www-form-urlencoded", "application/jsonx"])
async def test_a_body_must_call_itself_json(client: httpx.AsyncClient, kind: str) -> None:
    answer = await client.post("/share", content=json.dumps(SHARE), headers={"content-type": kind})
    problem(answer, 400, "content-type")


async def test_a_body_beyond_the_limit_is_refused_with_and_without_its_length(
    client: httpx.AsyncClient,
) -> None:
    headers = {"content-type": "application/json"}
    problem(await client.post("/share", content=b" " * (MAX_BODY + 1), headers=headers), 413, "body")

    async def endless() -> AsyncGenerator[bytes, None]:
        for _ in range(100):
            yield b" " * 10_000

    async with aclosing(endless()) as body:
        problem(await client.post("/share", content=body, headers=headers), 413, "body")
    problem(await client.post("/share", headers={**headers, "content-length": "9" * 30}), 413)
    problem(await client.post("/share", headers={**headers, "content-length": "-1"}), 400, "content-length")


KEY = {"authorization": "key"}
GOOD = {**KEY, "idempotency-key": ID.upper()}


async def test_headers_path_and_query_are_read(client: httpx.AsyncClient) -> None:
    url = f"/inputs/{ID.upper()}?status=A&status=B&maxResults=7&flag=true&one=x%C3%BC"
    headers = {**GOOD, "x-serial": "12", "accept": "text/html, application/x-ndjson;q=0.9"}
    answer = await client.post(url, headers=headers)
    assert answer.json() == [ID, 12, ID, ["A", "B"], 7, True, "xü", True]


@pytest.mark.parametrize(
    ("url", "headers", "field"),
    [
        (f"/inputs/{ID}", KEY, "idempotency-key"),
        (f"/inputs/{ID}", {**KEY, "idempotency-key": "canary"}, "idempotency-key"),
        (f"/inputs/{ID}", {**GOOD, "x-serial": "-1"}, "x-serial"),
        (f"/inputs/{ID}", {**GOOD, "x-serial": "1_0"}, "x-serial"),
        (f"/inputs/{ID}", {**GOOD, "x-serial": "9" * 400}, "x-serial"),
        (f"/inputs/{ID}", {**GOOD, "x-serial": "²"}, "x-serial"),
        ("/inputs/canary", GOOD, "thing"),
        (f"/inputs/{{{ID}}}", GOOD, "thing"),
        (f"/inputs/{ID}?canary=1", GOOD, "query"),
        (f"/inputs/{ID}?maxResults=0", GOOD, "maxResults"),
        (f"/inputs/{ID}?maxResults=canary", GOOD, "maxResults"),
        (f"/inputs/{ID}?flag=canary", GOOD, "flag"),
        (f"/inputs/{ID}?one=canary&one=b", GOOD, "one"),
        (f"/inputs/{ID}?one=%ff", GOOD, "query"),
        (f"/inputs/{ID}?" + "&".join(["status=1"] * 500), GOOD, "query"),
    ],
)
async def test_wrong_headers_paths_and_queries_name_the_field(
    client: httpx.AsyncClient, url: str, headers: dict[str, str], field: str
) -> None:
    encoded = {name: value.encode() for name, value in headers.items()}
    problem(await client.post(url, headers=encoded), 400, field)


async def test_a_repeated_header_is_refused(client: httpx.AsyncClient) -> None:
    answer = await client.post(f"/inputs/{ID}", headers=[*GOOD.items(), *list(GOOD.items())[1:]])
    problem(answer, 400, "idempotency-key")


async def test_a_query_that_nobody_reads_is_unknown_input(client: httpx.AsyncClient) -> None:
    problem(await client.get("/stale?canary=1"), 400, "query")
    problem(await client.get("/leads?canary=1", headers=KEY), 400, "query")


async def test_no_route_and_no_method_are_problems(client: httpx.AsyncClient) -> None:
    problem(await client.get("/nowhere"), 404)
    problem(await client.get("/leads/"), 404)
    answer = await client.put("/leads")
    assert problem(answer, 405)["type"] == ProblemType.METHOD_NOT_ALLOWED
    assert answer.headers["allow"] == "DELETE, GET, HEAD"


async def test_without_a_credential_401_without_a_right_403(client: httpx.AsyncClient) -> None:
    answer = await client.get("/leads")
    assert problem(answer, 401)["type"] == ProblemType.UNAUTHENTICATED
    assert answer.headers["www-authenticate"] == "Bearer"
    assert (await client.get("/leads", headers={"authorization": "key"})).json() == "Key"
    problem(await client.delete("/leads", headers={"authorization": "key"}), 403)
    problem(await client.get("/leads", headers={"authorization": "Bearer canary"}), 401)
    problem(await client.get("/leads", headers={"authorization": "ä".encode()}), 401)


async def test_a_refusal_of_the_floors_below_carries_the_current_serial(client: httpx.AsyncClient) -> None:
    assert problem(await client.get("/stale"), 409)["currentSerial"] == 7


@pytest.mark.warns("leaddesk.server.web.edge.gate")
async def test_a_failure_answers_500_without_details_and_logs_without_values(
    client: httpx.AsyncClient, caplog: pytest.LogCaptureFixture
) -> None:
    told = problem(await client.get("/crash"), 500)
    assert set(told) == {"type", "title", "status"}
    assert "RuntimeError" in caplog.text and "crash" in caplog.text
    assert CANARY not in caplog.text


@pytest.mark.warns("leaddesk.server.web.edge.gate")
async def test_a_failure_in_the_middle_of_a_stream_is_logged_too(
    client: httpx.AsyncClient, caplog: pytest.LogCaptureFixture
) -> None:
    with pytest.raises(AssertionError):  # the answer stays visibly unfinished; the transport says so
        await client.get("/late")
    assert "RuntimeError" in caplog.text and CANARY not in caplog.text


async def test_every_answer_carries_the_security_headers(client: httpx.AsyncClient) -> None:
    for path in ("/nowhere", "/leads"):
        headers = (await client.get(path)).headers
        assert headers["cache-control"] == "no-store"
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["referrer-policy"] == "no-referrer"
        assert headers["content-security-policy"].startswith("default-src 'none'")
        assert "strict-transport-security" not in headers
    secure = await client.get("https://server/nowhere")
    assert "max-age" in secure.headers["strict-transport-security"]


def test_every_problem_type_has_a_status_and_a_title() -> None:
    assert set(STATUS) == set(ProblemType)


@pytest.mark.parametrize(
    "text",
    ["a=1&b=2&a=3", "a", "a=", "=x", "&&a=1&", "a=b=c", "a;b=1", "", "a=x%20y+z", "a=%C3%BC&b", "a=1&" * 99],
)
def test_a_query_that_is_simply_split_is_read_as_the_usual_parser_does(text: str) -> None:
    pairs = parse_qsl(text, keep_blank_values=True)
    names = {name for name, _ in pairs}
    found = query(Request({"type": "http", "query_string": text.encode(), "headers": []}), *names)
    assert found.values == {name: [value for key, value in pairs if key == name] for name in names}


def test_a_literal_path_leads_where_starlette_would_go() -> None:
    async def answer(_request: Request) -> Response:
        return no_content()

    described = [
        open_to_all(method, path, answer, SPEC)
        for method, path in (
            ("GET", "/a/{thing_id}"),
            ("GET", "/a/b"),
            ("POST", "/a/b"),
            ("GET", "/c"),
            ("GET", "/{any_id}"),
        )
    ]
    found = {asked: route for asked, (route, _) in Directory(described).known.items()}
    get_any, _, post_literal, get_c, _ = described
    assert found == {("GET", "/a/b"): get_any, ("POST", "/a/b"): post_literal, ("GET", "/c"): get_c}
