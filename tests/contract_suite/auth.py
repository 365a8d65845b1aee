"""Who may ask: the bare key, and nothing else."""

from __future__ import annotations

import httpx

from tests.contract_suite.target import OURS, Target, check, expect


@check("auth")
def a_bare_key_is_taken(target: Target) -> None:
    target.ask("GET", "/test", (200, 204))


@check("auth")
def a_wrong_key_is_refused(target: Target) -> None:
    target.refused("GET", "/test", 401, 403, headers={"authorization": "no-such-key"})


@check("auth")
def no_key_is_refused_everywhere(target: Target) -> None:
    for path in ("/test", "/leads", "/forms", "/notes", "/sales-partners"):
        with httpx.Client(base_url=target.http.base_url, timeout=60) as stranger:
            status = stranger.get(path).status_code
        expect(status in (401, 403), f"{path} to refuse a stranger, not {status}")


@check("errors", OURS)
def a_refusal_is_a_problem(target: Target) -> None:
    answer = target.refused("GET", "/leads?maxResults=0", 400)
    expect(answer.headers["content-type"].startswith("application/problem+json"), "application/problem+json")
    expect({"type", "title", "status"} <= set(answer.json()), "type, title and status (RFC 9457)")


@check("errors", OURS)
def bad_json_is_400(target: Target) -> None:
    headers = {"content-type": "application/json"}
    for body in (b"{", b"[]", b'"x"', b"\xff", b'{"noSuchName": 1}'):
        target.refused("POST", "/leads", 400, content=body, headers=headers)
