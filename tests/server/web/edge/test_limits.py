"""Rate limits: steady, bounded, quick; refusals say when to come back."""

import asyncio
from datetime import UTC, datetime

import httpx
import pytest
from starlette.requests import Request
from starlette.responses import Response

from leaddesk.api.call import Call
from leaddesk.api.client import ApiClient
from leaddesk.api.errors import Throttled
from leaddesk.contract.ids import TenantId
from leaddesk.contract.problems import PROBLEM_MEDIA_TYPE, ProblemType
from leaddesk.personal.masked import Secret
from leaddesk.server.identity.api_keys import ApiKeyRecord
from leaddesk.server.identity.caller import Caller
from leaddesk.server.identity.facade import Identity
from leaddesk.server.identity.people import People, TenantRecord
from leaddesk.server.web.edge import limits
from leaddesk.server.web.edge.answers import no_content
from leaddesk.server.web.edge.application import application
from leaddesk.server.web.edge.limits import Buckets, Limits, Rate
from leaddesk.server.web.edge.routes import guarded, open_to_all
from leaddesk.server.web.edge.spec import Spec
from tests.support.records import records_in_memory
from tests.support.serving import served

SPEC = Spec("An endpoint of a test")

TIGHT = Limits(caller=Rate(0.5, 5), source=Rate(0.5, 3))
"""Slow enough to be the same on a busy machine."""
CLOSED = Limits(caller=Rate(0.001, 5), source=Rate(0.001, 3))


class Clock:
    now = 1000.0

    def __call__(self) -> float:
        return self.now


async def guarded_thing(_request: Request, _caller: Caller) -> Response:
    return no_content()


async def open_thing(_request: Request) -> Response:
    return no_content()


def identity_with_keys() -> Identity:
    people = People()
    people.add_tenant(TenantRecord(TenantId("t"), "Wagner"))
    for name in ("one", "two"):
        people.api_keys.add(ApiKeyRecord(TenantId("t"), name, name, frozenset()), Secret(f"key-{name}"))
    return Identity(lambda: datetime.now(UTC), people)


ROUTES = [
    guarded("GET", "/thing", guarded_thing, spec=SPEC),
    guarded("GET", "/stream", guarded_thing, limited=False, spec=SPEC),
    open_to_all("GET", "/open", open_thing, SPEC),
    open_to_all("GET", "/healthz", open_thing, SPEC, limited=False),
]


async def statuses(client: httpx.AsyncClient, path: str, count: int, key: str = "") -> list[int]:
    headers = {"authorization": key} if key else {}
    return [(await client.get(path, headers=headers)).status_code for _ in range(count)]


def test_a_burst_passes_then_the_rate() -> None:
    clock = Clock()
    buckets = Buckets(Rate(10, 5), clock)
    assert [buckets.take("a") for _ in range(5)] == [0.0] * 5
    assert buckets.take("a") == pytest.approx(0.1, abs=1e-4)
    assert buckets.take("b") == 0.0
    clock.now += 0.1
    assert buckets.take("a") == 0.0 and buckets.take("a") > 0
    clock.now += 1000
    assert [buckets.take("a") for _ in range(5)] == [0.0] * 5 and buckets.take("a") > 0


def test_asking_in_vain_does_not_lengthen_the_wait() -> None:
    clock = Clock()
    buckets = Buckets(Rate(1, 1), clock)
    assert buckets.take("a") == 0.0
    assert [buckets.take("a") for _ in range(100)] == [pytest.approx(1.0, abs=1e-4)] * 100


def test_nothing_is_remembered_beyond_the_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "REMEMBERED", 100)
    buckets = Buckets(Rate(1, 1), Clock())
    assert buckets.take("busy") == 0.0
    for number in range(1000):
        buckets.take(str(number))
        assert buckets.take("busy") > 0, "whoever keeps asking is not forgotten for newcomers"
    assert len(buckets._full_at) == 100


def test_no_limit_where_none_is_wanted() -> None:
    buckets = Buckets(Rate(0, 0), Clock())
    assert {buckets.take("a") for _ in range(10_000)} == {0.0}


def test_the_usual_limit_is_what_the_contract_promises() -> None:
    assert Limits().caller.per_second >= 200


async def test_keys_do_not_take_from_each_other_and_health_is_not_counted() -> None:
    identity = identity_with_keys()
    async with (
        served(application(identity, ROUTES, limits=CLOSED, records=records_in_memory())) as url,
        httpx.AsyncClient(base_url=url, timeout=60) as client,
    ):
        first = await statuses(client, "/thing", 12, "key-one")
        assert first[:5] == [204] * 5 and 429 in first
        assert await statuses(client, "/thing", 5, "key-two") == [204] * 5
        assert await statuses(client, "/stream", 20, "key-one") == [204] * 20
        assert await statuses(client, "/healthz", 20) == [204] * 20
    identity.close()


async def test_who_is_not_known_is_counted_by_network_and_keys_go_on() -> None:
    identity = identity_with_keys()
    async with (
        served(application(identity, ROUTES, limits=CLOSED, records=records_in_memory())) as url,
        httpx.AsyncClient(base_url=url, timeout=60) as client,
    ):
        tried = [*await statuses(client, "/open", 2), *await statuses(client, "/thing", 8, "guessed")]
        assert tried[:3] == [204, 204, 401] and tried[-1] == 429
        assert await statuses(client, "/thing", 5, "key-two") == [204] * 5
    identity.close()


async def test_a_refusal_says_when_to_come_back_and_our_client_hears_it() -> None:
    identity = identity_with_keys()
    async with (
        served(application(identity, ROUTES, limits=TIGHT, records=records_in_memory())) as url,
        httpx.AsyncClient(base_url=url, timeout=60) as client,
    ):
        await statuses(client, "/open", 3)
        answer = await client.get("/open")
        assert answer.status_code == 429 and answer.headers["content-type"] == PROBLEM_MEDIA_TYPE
        assert answer.json()["type"] == ProblemType.TOO_MANY_REQUESTS
        with pytest.raises(Throttled) as refused:
            await ApiClient(client).ask(Call("GET", "/open"))
        wait = refused.value.retry_after
        assert wait is not None and 1 <= wait <= int(answer.headers["retry-after"]) <= 2
        await asyncio.sleep(wait)
        assert (await client.get("/open")).status_code == 204
    identity.close()
