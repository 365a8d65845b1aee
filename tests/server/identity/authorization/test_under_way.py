"""Sign-ins under way: two secrets together, once, for ten minutes; nothing readable at rest."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest

from leaddesk.contract.ids import MemberId, TenantId
from leaddesk.contract.signin import CLIENT_ID
from leaddesk.server.identity.authorization.redirects import answered, is_redirect, origin_of
from leaddesk.server.identity.authorization.requests import LIFETIME, REMEMBERED, Asked, Requests, Visit
from leaddesk.server.identity.authorization.steps import Arrival
from leaddesk.server.identity.storage import memory
from leaddesk.server.identity.storage.books import Books
from tests.server.identity.conftest import Clock

ASKED = Asked(CLIENT_ID, "http://127.0.0.1:4711/callback", "c" * 43, "Canary-7f3a", "de")
ARRIVAL = Arrival(TenantId("t"), MemberId("m"), ("password",))


@pytest.fixture
def requests(books: Books, clock: Clock) -> Requests:
    return Requests(clock, books)


def test_what_was_asked_comes_back_to_its_own_browser_only(requests: Requests) -> None:
    handle = requests.begin(Visit(ASKED), "browser")
    assert requests.find(handle, "browser") == Visit(ASKED)
    assert requests.find(handle, "another") is None
    assert requests.find("another", "browser") is None


def test_how_far_it_has_come_is_kept(requests: Requests) -> None:
    handle = requests.begin(Visit(ASKED, beside={"nonce": "n"}), "browser")
    assert requests.change(handle, Visit(ASKED, ARRIVAL))
    assert requests.find(handle, "browser") == Visit(ASKED, ARRIVAL)


def test_it_is_over_after_ten_minutes(requests: Requests, clock: Clock) -> None:
    handle = requests.begin(Visit(ASKED), "browser")
    clock.now += LIFETIME - timedelta(milliseconds=1)
    assert requests.find(handle, "browser") is not None
    clock.now += timedelta(milliseconds=1)
    assert requests.find(handle, "browser") is None
    assert not requests.change(handle, Visit(ASKED, ARRIVAL))


def test_of_many_that_end_it_one_is_told_so(requests: Requests) -> None:
    handle, told = requests.begin(Visit(ASKED), "browser"), list[bool]()
    threads = [threading.Thread(target=lambda: told.append(requests.end(handle))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert sorted(told) == [False] * 7 + [True]
    assert requests.find(handle, "browser") is None


def test_nothing_readable_and_no_secret_is_at_rest(clock: Clock) -> None:
    storage = memory.MemoryIdentity()
    requests = Requests(clock, Books(storage))
    handle = requests.begin(Visit(ASKED, ARRIVAL), "browser-secret")
    dump = storage.dump()
    for secret in (handle, "browser-secret", "Canary-7f3a", "c" * 43, "4711"):
        assert secret.encode() not in dump
    storage.close()


def test_nobody_fills_the_database(books: Books, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    assert REMEMBERED <= 20_000
    monkeypatch.setattr("leaddesk.server.identity.authorization.requests.REMEMBERED", 5)
    monkeypatch.setattr("leaddesk.server.identity.authorization.requests.PRUNED_EVERY", 10)
    requests, handles = Requests(clock, books), list[str]()
    for _ in range(20):
        clock.now += timedelta(seconds=1)
        handles.append(requests.begin(Visit(ASKED), "browser"))
    assert [requests.find(one, "browser") is not None for one in handles] == [False] * 15 + [True] * 5


@pytest.mark.parametrize(
    "address",
    ["http://127.0.0.1:1/callback", "http://127.0.0.1:65535/callback", "http://[::1]:49152/callback"],
)
def test_an_address_of_this_machines_loopback_is_the_clients(address: str) -> None:
    assert is_redirect(CLIENT_ID, address)
    assert not is_redirect("another", address)


@pytest.mark.parametrize(
    "address",
    [
        "",
        "http://127.0.0.1/callback",
        "http://127.0.0.1:0/callback",
        "http://127.0.0.1:080/callback",
        "http://127.0.0.1:65536/callback",
        "http://127.0.0.1:4711/callback/",
        "http://127.0.0.1:4711/callback?x=1",
        "http://127.0.0.1:4711/callback#x",
        "http://127.0.0.1:4711/callback\n",
        "http://127.0.0.1:٤٧١١/callback",
        "http://127.0.0.1:4711/other",
        "http://127.0.0.1:4711",
        "https://127.0.0.1:4711/callback",
        "http://localhost:4711/callback",
        "http://127.0.0.2:4711/callback",
        "http://127.1:4711/callback",
        "http://0x7f000001:4711/callback",
        "http://user@127.0.0.1:4711/callback",
        "http://127.0.0.1:4711@evil.example/callback",
        "http://127.0.0.1.evil.example:4711/callback",
        "http://[::1]/callback",
        "http://[::ffff:127.0.0.1]:4711/callback",
        "HTTP://127.0.0.1:4711/callback",
        "leaddesk://callback",
        "javascript:alert(1)",
    ],
)
def test_no_other_address_is(address: str) -> None:
    assert not is_redirect(CLIENT_ID, address)


def test_an_answer_is_written_into_the_query() -> None:
    told = answered("http://127.0.0.1:1/callback", code="a b", state=None, iss="https://x.example")
    assert told == "http://127.0.0.1:1/callback?code=a+b&iss=https%3A%2F%2Fx.example"


def test_a_policy_can_name_version_4_only() -> None:
    assert origin_of("http://127.0.0.1:4711/callback") == "http://127.0.0.1:4711"
    assert origin_of("http://[::1]:4711/callback") is None
