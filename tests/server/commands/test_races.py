"""Commands that meet: exactly one acceptance wins, a key acts once, a crash between two logs heals."""

import threading
from collections.abc import Callable

import pytest

from leaddesk.contract.problems import ProblemType
from leaddesk.contract.sharing import CreateShareRequest
from leaddesk.server.commands import relay
from leaddesk.server.commands.leads import add_note
from leaddesk.server.commands.offers import accept_offer
from leaddesk.server.commands.office import Order
from leaddesk.server.commands.sharing import request_share
from leaddesk.server.domain.refusal import Refused
from leaddesk.server.identity.caller import Caller
from leaddesk.server.projections import offers as stored
from leaddesk.server.queries.offers import offers
from tests.support.trade import Trade, new_id


async def caller(trade: Trade, first: str) -> Caller:
    person = await trade.sign_in(first)
    return trade.identity.caller_of(person.client.headers["authorization"])


def order(who: Caller, key: str | None = None) -> Order:
    return Order(who, key or new_id(), (b"request",))


def at_once(*works: Callable[[], object]) -> list[object]:
    gate, outcomes = threading.Barrier(len(works)), list[object]()

    def run(work: Callable[[], object]) -> None:
        gate.wait()
        try:
            outcomes.append(work())
        except Refused as refused:
            outcomes.append(refused.kind)

    threads = [threading.Thread(target=run, args=(work,)) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return outcomes


async def test_of_two_acceptances_exactly_one_wins(trade: Trade) -> None:
    office, library = trade.services.office, trade.services.library
    maren, bjoern, finn = [await caller(trade, name) for name in ("Maren", "Björn", "Finn")]
    for lead_id in trade.add_leads(20):
        wanted = CreateShareRequest(lead_id=lead_id, market_id=trade.free_market)
        request_share(office, order(maren), wanted)
        (mine,) = [one for one in offers(library, bjoern) if one.status == "OPEN"]
        (his,) = [one for one in offers(library, finn) if one.status == "OPEN"]
        outcomes = at_once(
            lambda mine=mine: accept_offer(office, order(bjoern), mine.offer_id),
            lambda his=his: accept_offer(office, order(finn), his.offer_id),
        )
        assert outcomes.count(ProblemType.OFFER_ENDED) == 1
        states = [
            next(one.status for one in offers(library, who) if one.offer_id == offer_id)
            for who, offer_id in ((bjoern, mine.offer_id), (finn, his.offer_id))
        ]
        assert sorted(states) == ["ACCEPTED", "ENDED"]


async def test_two_members_of_one_firm_accept_and_one_of_them_has_it(trade: Trade) -> None:
    office, library = trade.services.office, trade.services.library
    maren, bjoern, imke = [await caller(trade, name) for name in ("Maren", "Björn", "Imke")]
    wanted = CreateShareRequest(lead_id=trade.add_lead(), market_id=trade.free_market)
    request_share(office, order(maren), wanted)
    (offer,) = offers(library, bjoern)
    outcomes = at_once(
        lambda: accept_offer(office, order(bjoern), offer.offer_id),
        lambda: accept_offer(office, order(imke), offer.offer_id),
    )
    assert outcomes.count(ProblemType.OFFER_ENDED) == 1


async def test_one_key_acts_once_however_often_it_comes(trade: Trade) -> None:
    office, maren, key = trade.services.office, await caller(trade, "Maren"), new_id()
    lead_id = trade.add_lead()
    works = [lambda: add_note(office, order(maren, key), lead_id, "x", True)] * 8
    receipts = at_once(*works)
    assert len({str(receipt) for receipt in receipts}) == 1
    with trade.storage.transaction(trade.wagner, writes=False) as rows:
        found = rows.select(
            "SELECT COUNT(*) FROM event WHERE stream_id = ? AND kind = 'NoteAdded'", (lead_id,)
        )
    assert found == [(1,)]


@pytest.mark.parametrize("crash_at", [1, 2])
async def test_a_crash_in_the_relay_heals_at_the_next_start(
    trade: Trade, monkeypatch: pytest.MonkeyPatch, crash_at: int
) -> None:
    office, library = trade.services.office, trade.services.library
    maren, bjoern, finn = [await caller(trade, name) for name in ("Maren", "Björn", "Finn")]
    came, calls = stored.store_documents, list[int]()

    def crashing(*arguments: object) -> None:
        calls.append(1)
        if len(calls) == crash_at:
            raise KeyboardInterrupt
        came(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(stored, "store_documents", crashing)
    wanted = CreateShareRequest(lead_id=trade.add_lead(), market_id=trade.free_market)
    with pytest.raises(KeyboardInterrupt):
        request_share(office, order(maren), wanted)
    assert len(offers(library, bjoern)) + len(offers(library, finn)) == crash_at - 1
    list(relay.settling(office))
    list(relay.settling(office))
    assert [one.status for one in (*offers(library, bjoern), *offers(library, finn))] == ["OPEN", "OPEN"]
