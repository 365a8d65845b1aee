"""Bad input over every operation of the document: a 4xx problem, never 5xx, nothing echoed or logged."""

from __future__ import annotations

import json
import logging
from uuid import uuid4

import pytest

from leaddesk.contract.patterns import IN_WORDS
from leaddesk.contract.problems import ProblemType
from leaddesk.server.web.edge.gate import MAX_BODY
from tests.server.surface.sweep import CANARY, OWN_ERRORS, PAGES, Sweep

DEEP = 20_000
BODIES: dict[str, bytes] = {
    "empty": b"",
    "cut": b'{"text": "' + CANARY.encode(),
    "null": b"null",
    "number": b"1e400",
    "not a number": b'{"leadSerial": NaN, "text": "' + CANARY.encode() + b'"}',
    "infinity": b'{"leadSerial": -Infinity}',
    "list": json.dumps([CANARY]).encode(),
    "text": json.dumps(CANARY).encode(),
    "unknown key": json.dumps({CANARY: CANARY}).encode(),
    "a key twice": b'{"text": "a", "text": "' + CANARY.encode() + b'"}',
    "huge number": b'{"leadSerial": ' + b"9" * 5_000 + b"}",
    "bad utf-8": b'{"text": "\xff\xfe\xc0"}',
    "utf-16": json.dumps({"text": CANARY}).encode("utf-16"),
    "lone surrogate": b'{"text": "\\ud800", "reason": "\\udfff", "step": "\\ud800"}',
    "null byte": b'{"step": "\\u0000", "reason": "\\u0000\\u0000"}\0',
    "deep list": b"[" * DEEP + b"]" * DEEP,
    "deep object": b'{"a":' * DEEP + b"1" + b"}" * DEEP,
    "too large": b'"' + b"a" * MAX_BODY + b'"',
}
WRONG = [
    None,
    True,
    -1,
    10**30,
    1.5,
    CANARY,
    "",
    "\0",
    CANARY * 4_000,
    [],
    [CANARY],
    {CANARY: CANARY},
    [[[CANARY]]],
]
QUERIES = [
    *(b"canary=Canary-7f3a", b"sort=%ff", b"=&&&=%00", b"a=" * 900),
    b"Canary-7f3a",
]
TEXTS = [
    *("Canary-7f3a", "", "%00", "%ff", "-1", "0", "101", "1e2", "%C2%B2", "9" * 99, "%F0%9F%A6%84", "gte:"),
    *("gte:2026-13-45", "0001-01-01T00:00:00%2B14:00", "9999-12-31", "lead.leadId%3BDROP", "-,-", "%2B%2B"),
    *("AAAA", "=" * 99, "true,false", "null"),
]
HEADERS: list[dict[str, str | bytes]] = [
    {"authorization": "Bearer Canary-7f3a"},
    {"authorization": b"\xff\xfe"},
    {"idempotency_key": "Canary-7f3a"},
    {"x_serial": "Canary-7f3a"},
    {"x_serial": "-1"},
    {"x_serial": "9" * 40},
    {"content_type": "Canary-7f3a"},
    {"content_length": "99999999999999"},
    {"accept": b"Canary-7f3a/*;q=\xff"},
    {"last_event_id": "Canary-7f3a"},
    {"last_event_id": "9" * 400},
]
IDS = [CANARY, "..", "%00", "0", "null", "🦄", "a" * 5_000, "{" + str(uuid4()) + "}", f"{uuid4()}x"]


@pytest.fixture(autouse=True)
def nothing_logged(caplog: pytest.LogCaptureFixture) -> object:
    caplog.set_level(logging.DEBUG)
    yield
    assert CANARY.lower() not in caplog.text.lower()


async def test_bad_bodies(sweep: Sweep) -> None:
    for one in sweep.operations:
        for name, body in BODIES.items():
            answer = await sweep.ask(one, body=body)
            sweep.judge(one, answer, name)
            if one.body is not None and not one.path_ids:
                assert answer.status in (400, 401, 403, 413), (one.name, name, answer.status)


async def test_wrong_values_are_named(sweep: Sweep) -> None:
    for one in sweep.operations:
        right = sweep.example(one)
        for name in right:
            for wrong in WRONG:
                body = json.dumps({**right, name: wrong}).encode()
                answer = await sweep.ask(one, body=body)
                sweep.judge(one, answer, f"{name}={str(wrong)[:20]}")
                if answer.status == 400:
                    assert answer.json()["field"].partition(".")[0] in (*right, "body"), (one.name, name)


async def test_each_form_of_a_text_is_told_in_words(sweep: Sweep) -> None:
    """What is wrong is said to people: a pattern, or "of the documented form", would not say it."""
    asked: set[str] = set()
    for one in sweep.operations:
        right = sweep.example(one)
        for name, pattern in sweep.patterns(one):
            answer = await sweep.ask(one, body=json.dumps({**right, name: "\u2003" * 40}).encode())
            asked.add(pattern)
            if answer.status == 400 and answer.json()["field"] == name:
                expected = answer.json()["expected"]
                assert expected in IN_WORDS.values() or expected.startswith("at "), (one.name, expected)
    assert asked >= set(IN_WORDS)


async def test_bad_queries(sweep: Sweep) -> None:
    for one in sweep.operations:
        names = [told["name"] for told in one.told.get("parameters", ()) if told["in"] == "query"]
        for query in [*QUERIES, *(f"{name}={text}".encode() for name in names for text in TEXTS)]:
            for accept in ("*/*", "application/x-ndjson"):
                answer = await sweep.ask(one, query=query, accept=accept)
                sweep.judge(one, answer, repr(query[:60]))
        assert (await sweep.ask(one, query=QUERIES[0])).status >= 400, one.name


async def test_a_forged_continuation_is_refused(sweep: Sweep) -> None:
    paged = [
        one
        for one in sweep.operations
        if any(told["name"] == "continuation" for told in one.told.get("parameters", ()))
    ]
    assert paged
    for one in paged:
        for text in ("AAAA", "Canary-7f3a", "_" * 60, str(uuid4())):
            answer = await sweep.ask(one, query=f"continuation={text}".encode())
            assert (answer.status, answer.json()["field"]) == (400, "continuation"), one.name


async def test_a_continuation_is_good_for_its_own_request_only(sweep: Sweep) -> None:
    (leads,) = [one for one in sweep.operations if one.name == "get_leads"]
    sweep.let_a_stranger_in()
    first = await sweep.ask(leads, query=b"maxResults=1")
    real = first.headers["x-continuation"]
    assert (await sweep.ask(leads, query=f"maxResults=1&continuation={real}".encode())).status == 200
    forged = [
        f"maxResults=1&continuation={real[:place]}{'A' if real[place] != 'A' else 'B'}{real[place + 1 :]}"
        for place in range(0, len(real) - 1, 3)
    ]
    forged += [f"{more}&continuation={real}" for more in ("sort=lead.leadId", "commission.stepName=Neu")]
    forged += [f"continuation={real[:-9]}", f"continuation={real}{real}"]
    for query in forged:
        answer = await sweep.ask(leads, query=query.encode())
        assert (answer.status, answer.json()["field"]) == (400, "continuation"), query
    answer = await sweep.ask(leads, query=f"continuation={real}".encode(), authorization=sweep.stranger)
    assert (answer.status, answer.json()["field"]) == (400, "continuation")


async def test_ids_of_another_tenant_are_answered_as_those_of_nobody(sweep: Sweep) -> None:
    """In paths, bodies and queries: not even that there is such a thing can be told."""
    sweep.let_a_stranger_in()
    asked = 0
    for one in sweep.operations:
        names = [told["name"] for told in one.told.get("parameters", ()) if told["name"].endswith("Id")]
        body = sweep.example(one)
        ids = [name for name in body if name.endswith("Id")]
        if not (names or ids) or one.path.startswith("/oauth"):
            continue
        foreign = {name: sweep.pool.draw(name, sweep.chance) for name in names if sweep.pool.has(name)}
        nobody = {name: str(uuid4()) for name in names}
        answers = []
        for values in ({**nobody, **foreign}, nobody):
            path, query = one.path, []
            for name, value in values.items():
                if name in one.path_ids:
                    path = path.replace(f"{{{name}}}", value)
                else:
                    query.append(f"{name}={value}")
            sent = body if values is not nobody else {**body, **{name: str(uuid4()) for name in ids}}
            content = json.dumps(sent).encode() if one.body is not None else b""
            answer = await sweep.ask(
                one, path=path, query="&".join(query).encode(), body=content, authorization=sweep.stranger
            )
            sweep.judge(one, answer, "of another tenant")
            answers.append((answer.status, answer.body))
        assert answers[0] == answers[1], (one.name, answers)
        assert answers[0][0] >= 400 or answers[0][1] == b"[]", one.name
        asked += 1
    assert asked > 30


async def test_bad_ids_in_paths(sweep: Sweep) -> None:
    for one in sweep.operations:
        for name in one.path_ids:
            for text in IDS:
                filled = one.path.replace(f"{{{name}}}", text).replace("{", "").replace("}", "")
                answer = await sweep.ask(one, path=filled)
                sweep.judge(one, answer, text[:40])
                assert answer.status in (400, 403, 404, 405), (one.name, text[:40], answer.status)
            unknown = await sweep.ask(one, path=one.path.replace(f"{{{name}}}", str(uuid4())))
            sweep.judge(one, unknown, "unknown")
            assert unknown.status >= 400, one.name


async def test_bad_headers(sweep: Sweep) -> None:
    for one in sweep.operations:
        for headers in HEADERS:
            sweep.judge(one, await sweep.ask(one, **headers), str(headers)[:60])


async def test_a_serial_from_the_future_is_stale(sweep: Sweep) -> None:
    for one in sweep.operations:
        if any(told["name"] == "x-serial" for told in one.told.get("parameters", ())):
            answer = await sweep.ask(one, x_serial=str(2**53 - 1))
            sweep.judge(one, answer, "serial")
            assert answer.status >= 400, one.name
            assert answer.status != 409 or answer.json().get("currentSerial") is not None, one.name


async def test_replays_answer_as_before_and_never_do_it_twice(sweep: Sweep) -> None:
    for one in sweep.operations:
        if not one.takes_key:
            continue
        key, path, body = str(uuid4()), sweep.path(one), sweep.body(one)
        first = await sweep.ask(one, path=path, body=body, idempotency_key=key)
        again = await sweep.ask(one, path=path, body=body, idempotency_key=key)
        other = await sweep.ask(one, path=path, body=body or b" ", idempotency_key=key, x_serial="1")
        for answer in (first, again, other):
            sweep.judge(one, answer, "replay")
        if first.status < 400:
            assert again.status in (first.status, 409, 410), (one.name, first.status, again.status)


async def test_other_methods_and_paths_are_problems(sweep: Sweep) -> None:
    offered = {(one.method, one.path) for one in sweep.operations}
    for one in sweep.operations:
        for method in ("PUT", "TRACE", "OPTIONS", "CANARY-7F3A"):
            if (method, one.path) not in offered:
                other = type(one)(method, one.path, one.told)
                answer = await sweep.ask(other)
                sweep.judge(other, answer, "method")
                assert answer.status == 405, (method, one.path)
    for path in ("", "/", "//", "/leads/", f"/{CANARY}", "/../etc/passwd", "/leads/%2e%2e", "/\x00"):
        answer = await sweep.ask(sweep.operations[0], path=path)
        assert answer.status in (400, 404), path
        assert CANARY.encode() not in answer.everything


async def test_nothing_without_a_credential_but_what_is_open(sweep: Sweep) -> None:
    is_open = {"/.well-known/leaddesk", "/healthz", "/readyz", "/metrics", "/oauth/challenge", *OWN_ERRORS}
    is_open |= {"/brand"}
    is_open |= {"/oauth/challenge/second-factor", "/password-resets", "/password-resets/redeem"}
    is_open |= {
        "/registrations",
        "/account/forgotten",
        "/account/password",
        "/account/join",
        "/account/email",
    }
    is_open |= {"/email-changes", "/oauth/ways"}
    is_open |= {"/openapi.json", "/docs", "/docs/style.css", "/uploads"}
    is_open |= {"/.well-known/oauth-authorization-server", "/sign-in/style.css", *PAGES}
    for one in sweep.operations:
        answer = await sweep.ask(one, authorization="")
        refused = answer.status == 401 and answer.json()["type"] == ProblemType.UNAUTHENTICATED
        assert refused == (one.path not in is_open), one.path
        assert one.told["security"] == ([] if one.path in is_open else [{"apiKey": []}, {"bearer": []}])
