"""Whatever bytes an endpoint answers with, there is a model or one of our errors, never another."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from leaddesk.api import (
    forms,
    history,
    lead_rows,
    leads,
    markets,
    notes,
    offers,
    people,
    pipelines,
    sharing,
    signin,
)
from leaddesk.api.client import ApiClient
from leaddesk.api.errors import ApiError
from leaddesk.contract.ids import LeadId, ShareRequestId

ENDPOINTS: dict[str, Callable[[ApiClient], Awaitable[Any]]] = {
    "forms": forms.list_forms,
    "history": lambda client: history.list_history(client, LeadId("a")),
    "disclosures": lambda client: history.list_disclosures(client, LeadId("a")),
    "row": lambda client: lead_rows.read_row(client, "a"),
    "lead": lambda client: leads.read_lead(client, LeadId("a")),
    "markets": markets.list_markets,
    "notes": lambda client: notes.list_notes(client, LeadId("a")),
    "offers": offers.list_offers,
    "me": people.read_me,
    "members": people.list_members,
    "partners": people.list_sales_partners,
    "pipelines": pipelines.list_pipelines,
    "requests": sharing.list_share_requests,
    "request": lambda client: sharing.read_share_request(client, ShareRequestId("a")),
    "discovery": signin.discover,
}
AT = "2026-01-01T00:00:00.000Z"
LEAD = {
    "modifiedAt": AT,
    "lead": {"leadId": "a", "serial": 1, "owner": "o", "createdAt": AT, "modifiedAt": AT},
    "prospect": {"fields": {"Name": {"type": "text:singleline", "value": "Canary-4711"}}},
    "interest": {"fields": {}},
    "commission": {"commissionId": "c", "responsible": "r", "startedAt": AT, "step": "Neu"},
}
TREES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)
BODIES = st.one_of(
    st.binary(max_size=60),
    TREES.map(lambda tree: json.dumps(tree).encode()),
    st.builds(
        lambda at, byte: json.dumps(LEAD).encode()[:at] + byte + json.dumps(LEAD).encode()[at + 1 :],
        st.integers(0, 300),
        st.binary(max_size=3),
    ),
    st.sampled_from([b"[" * 100_000, b'{"a":' * 100_000, b"[" + b"1" * 5_000 + b"]", b'"\xed\xa0\x80"']),
)


@pytest.mark.parametrize("name", ENDPOINTS)
@given(body=BODIES, status=st.sampled_from([200, 200, 200, 201, 302, 400, 401, 404, 409, 422, 500]))
async def test_any_answer_is_survived(name: str, body: bytes, status: int) -> None:
    async def answering(_request: httpx.Request) -> httpx.Response:
        media = "application/json" if status < 400 else "application/problem+json"
        return httpx.Response(status, headers={"content-type": media}, stream=httpx.ByteStream(body))

    transport = httpx.MockTransport(answering)
    async with httpx.AsyncClient(base_url="http://x", transport=transport, trust_env=False) as http:
        try:
            await ENDPOINTS[name](ApiClient(http))
        except ApiError as failure:
            assert failure.__cause__ is None
            assert "4711" not in f"{failure!r} {failure}"
    await asyncio.sleep(0.001)  # the loop's finaliser closes what httpx left of a broken body
