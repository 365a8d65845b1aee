"""What a page of leads costs, counted: statements, keys unwrapped, calls a row (P11, ADR 43)."""

import sys
from collections import Counter
from collections.abc import Callable
from types import FrameType
from typing import Any

import pytest

from leaddesk.contract.ids import MemberId, member_urn
from leaddesk.contract.people import Role
from leaddesk.server.eventlog.log import Unit
from leaddesk.server.identity.caller import Caller
from leaddesk.server.keys.custody.store import KeyStore
from leaddesk.server.keys.sealing import Cipher
from leaddesk.server.queries.listing.filters import parse
from leaddesk.server.queries.listing.pages import View, page
from tests.support.storages import POSTGRESQL
from tests.support.trade import Trade

LEADS = 60
CALLS_A_ROW = 6
"""The place it is bound to, two lengths, an encoding, a decryption; one to spare."""
CALLS_OF_PREPARING = 10
"""A connection to PostgreSQL prepares a statement at one of its executions; whichever page that is."""


def caller(trade: Trade) -> Caller:
    member = MemberId("m-1")
    return Caller(trade.wagner, member, member_urn(member), "Ada", Role.ADMIN, frozenset(), True, session="s")


def asked(trade: Trade, size: int, with_lists: bool = True) -> Callable[[], Any]:
    view = View(caller(trade), parse(lambda _name: []), with_lists)
    return lambda: page(trade.services.library, view, size, None)


def counting(monkeypatch: pytest.MonkeyPatch, *places: tuple[type, str]) -> Counter[str]:
    """Count the calls of methods from here on."""
    counts: Counter[str] = Counter()

    def watch(owner: type, name: str) -> None:
        before = getattr(owner, name)

        def counted(*args: Any, **named: Any) -> Any:
            counts[f"{owner.__name__}.{name}"] += 1
            return before(*args, **named)

        monkeypatch.setattr(owner, name, counted)

    for owner, name in places:
        watch(owner, name)
    return counts


@pytest.mark.parametrize("size", [1, LEADS - 10, 100])
async def test_a_page_is_two_statements_and_one_look_at_the_keys(
    trade: Trade, monkeypatch: pytest.MonkeyPatch, size: int, backend: str
) -> None:
    """On PostgreSQL the first of them, where the log stands, is asked for as the transaction begins."""
    trade.add_leads(LEADS, minutes_ago=500)
    ask = asked(trade, size)
    ask()
    counts = counting(monkeypatch, (Unit, "select"), (KeyStore, "find"), (KeyStore, "generation"))
    assert ask().count == min(size, LEADS)
    statements = 1 if backend == POSTGRESQL else 2
    assert counts == {"Unit.select": statements, "KeyStore.generation": 1}
    trade.keys.forget_unwrapped()
    ask()
    assert counts == {"Unit.select": 2 * statements, "KeyStore.generation": 2, "KeyStore.find": 1}


@pytest.mark.parametrize("with_lists", [True, False])
async def test_a_row_more_is_a_handful_of_calls_and_no_parsing(trade: Trade, with_lists: bool) -> None:
    trade.add_leads(LEADS, minutes_ago=500)
    few, many = (calls_of(asked(trade, size, with_lists)) for size in (10, 50))
    cut = 0 if with_lists else 5
    assert many.total() - few.total() <= 40 * (CALLS_A_ROW + cut) + CALLS_OF_PREPARING
    assert not {"loads", "decode", "raw_decode", "decrypt"} & set(many - few)
    assert many["decrypt_into"] - few["decrypt_into"] == 40


def calls_of(ask: Callable[[], Any]) -> Counter[str]:
    """Count every call, of Python and of C, that a warm page makes."""
    ask()
    calls: Counter[str] = Counter()

    def note(frame: FrameType, event: str, arg: Any) -> None:
        if event == "call":
            calls[frame.f_code.co_name] += 1
        elif event == "c_call":
            calls[arg.__name__] += 1

    sys.setprofile(note)
    try:
        ask()
    finally:
        sys.setprofile(None)
    return calls


async def test_a_key_is_made_ready_once(trade: Trade, monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[bytes] = []

    def ready(key: bytes) -> Cipher:
        made.append(key)
        return Cipher(key)

    trade.add_leads(LEADS, minutes_ago=500)
    monkeypatch.setattr("leaddesk.server.keys.envelope.Cipher", ready)
    for _ in range(3):
        assert asked(trade, LEADS)().count == LEADS
    assert len(made) == LEADS
