"""Several sign-ins side by side on real servers: all live, none knows of another."""

from __future__ import annotations

import asyncio

import httpx
import pytest

from leaddesk.desk.outcomes import Ok
from leaddesk.desk.seats.seat import Origin
from leaddesk.desk.seats.seats import MOST, Seats
from leaddesk.personal.masked import Personal, Secret
from leaddesk.session.profiles.drawer import Drawer
from leaddesk.session.state import SessionState
from leaddesk.session.tokens import Profile
from leaddesk.settings.address import read_address
from leaddesk.store.store import Store
from tests.desk.seats.conftest import PATIENCE, SENT, Company, Page, access_of, is_known, until
from tests.support.reach import own, reach, told
from tests.support.trade import PASSWORD

FIXED = ("leaddesk.api", "leaddesk.settings")
"""Whose frozen values are the same for everybody: limits, formats, rules of the machine."""


def found(marker: str, *roots: object) -> int:
    sought = marker.strip().split()[0].encode()
    return sum(sought in each for each in told(reach(*roots)))


def mixed(company: Company, seats: Seats) -> list[str]:
    """What of one seat can be reached from the other, or was sent to the other's server."""
    wrong = []
    first, second = seats.all
    shared = own(reach(first)).keys() & own(reach(second, second.leave)).keys()
    allowed = own(reach(company.cabinet)).keys()
    alike = {name: one for name, one in reach(first).items() if name in shared - allowed}
    wrong += sorted({type(one).__qualname__ for one in alike.values() if not _is_constant(one)})
    for seat, foreign in ((first, company.brand), (second, company.live)):
        if found(foreign.marker, seat.store, seat.desk):
            wrong.append(f"{foreign.marker} behind another seat")
        tokens = [one.session.bearer.profile for one in seats.all if one is not seat]
        marks = [foreign.marker.split()[0], *(one.refresh.reveal() for one in tokens if one is not None)]
        marks += [str(lead) for lead in foreign.leads]
        sent = b"".join(whole for to, whole in SENT if to == seat.address)
        wrong += [f"{mark[:8]} sent to another server" for mark in marks if mark.encode() in sent]
    return wrong


def _is_constant(one: object) -> bool:
    parameters = getattr(type(one), "__dataclass_params__", None)
    return parameters is not None and parameters.frozen and type(one).__module__.startswith(FIXED)


async def both(company: Company) -> Seats:
    seats = await company.sit(None, company.live, "Maren")
    return await company.sit(seats, company.brand, "Jens")


async def test_what_is_at_one_instance_is_nowhere_at_the_other(company: Company) -> None:
    seats = await both(company)
    live, brand = seats.all
    for seat, at in ((live, company.live), (brand, company.brand)):
        assert found(at.marker, seat.store), "the markers are found where they belong"
        slot = next(iter(range(len(seat.store.leads))))
        noted = await seat.desk.leads.add_note(seat.store.leads.get(slot).lead_id, Personal(f"N{at.marker}"))
        assert isinstance(noted, Ok)
        assert isinstance(await seat.desk.leads.detail(seat.store.leads.get(slot).lead_id), Ok)
    assert mixed(company, seats) == []


async def test_one_store_for_two_seats_would_be_noticed(company: Company) -> None:
    company.shared = Store()
    seats = await both(company)
    assert any("Store" in one for one in mixed(company, seats))
    assert any("behind another seat" in one for one in mixed(company, seats))


async def test_a_seat_behind_stays_live(company: Company) -> None:
    seats = await both(company)
    live, brand = seats.all
    assert seats.front is brand
    lead = company.live.trade.add_lead(marker=" LATE")
    await until(lambda: live.store.leads.slot_of(lead) is not None)
    assert brand.store.leads.slot_of(lead) is None
    seats.show(live)
    assert seats.front is live
    assert live.state is brand.state is SessionState.SIGNED_IN


async def test_locking_one_wipes_it_and_it_opens_again_by_itself(company: Company) -> None:
    seats = await both(company)
    first, second = seats.all
    for seat in seats.all:
        seat.desk.lock()
        await seat.desk.finish_lock()
    assert [len(seat.store.leads) for seat in seats.all] == [0, 0]
    assert await company.cabinet.names() == ()
    assert (await first.desk.sign_in.unlock(Secret(PASSWORD))).code == "ok"
    assert (first.state, second.state) == (SessionState.SIGNED_IN, SessionState.LOCKED)


async def test_signing_out_of_one_leaves_the_other_signed_in(company: Company) -> None:
    seats = await both(company)
    live, brand = seats.all
    await brand.desk.sign_in.sign_out()
    await seats.remove(brand)
    assert seats.all == (live,) and seats.front is live
    assert live.state is SessionState.SIGNED_IN and len(live.store.leads) == 3
    profile = live.session.bearer.profile
    assert profile is not None
    assert await company.cabinet.names() == (profile.profile_id,)


async def test_who_signs_out_of_one_is_forgotten_everywhere_though_their_page_goes_at_once(
    company: Company,
) -> None:
    seats = await both(company)
    live, brand = seats.all
    access = await access_of(brand)
    page = Page(seats, brand)
    await page.gone()
    assert page.leaving.cancelled() and seats.all == (live,)
    assert await company.cabinet.names() == (live.profile_id,)
    assert not await is_known(brand, access)


async def test_who_signs_out_of_one_and_closes_the_window_at_once_is_forgotten_too(company: Company) -> None:
    seats = await both(company)
    live, brand = seats.all
    access = await access_of(brand)
    page = Page(seats, brand)
    await asyncio.gather(page.leaving, return_exceptions=True)
    for task in page.removing:
        task.cancel()
    await asyncio.gather(*page.removing, return_exceptions=True)
    await seats.leave()
    assert await company.cabinet.names() == (live.profile_id,)
    assert not await is_known(brand, access)


async def test_a_seat_that_goes_while_the_window_closes_is_left_once(
    company: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    seats = await both(company)
    live, brand = seats.all
    left: list[Drawer] = []

    def leave(drawer: Drawer) -> None:
        left.append(drawer)

    monkeypatch.setattr(Drawer, "leave", leave)
    page = Page(seats, brand)
    while brand in seats.all:  # noqa: ASYNC110 - every turn counts
        await asyncio.sleep(0)
    await asyncio.gather(seats.leave(), page.gone())
    assert sorted(map(id, left)) == sorted({id(live.session.vault), id(brand.session.vault)})


@pytest.mark.parametrize("away", ["back", "closed", "moved"])
@pytest.mark.parametrize("at", ["/oauth/challenge", "/oauth/token", "/me"])
async def test_who_gives_up_signing_in_beside_is_signed_in_nowhere(
    company: Company, at: str, away: str
) -> None:
    """The page that signs in goes with its seat, at any question the server is answering."""
    seats = await company.sit(None, company.live, "Jens")
    live, empty = seats.front, seats.add(company.brand.address)
    asked, proof = asyncio.Event(), empty.desk.sign_in
    http: httpx.AsyncClient = empty.session.proof._client._http

    async def hear(request: httpx.Request) -> None:
        if request.url.path == at:
            asked.set()

    http.event_hooks = {"request": [hear]}
    page = asyncio.create_task(proof.sign_in(Personal("jens@x.example"), Secret(PASSWORD)))
    seats.changed.subscribe(lambda _: page.cancel())
    await asyncio.wait_for(asked.wait(), PATIENCE)
    if away == "closed":
        page.cancel()
        await seats.leave()
    elif away == "moved":
        await seats.move(empty, company.live.address)
    else:
        await seats.remove(empty)
    await asyncio.gather(page, return_exceptions=True)
    assert page.cancelled()
    assert await company.cabinet.names() == (live.profile_id,)
    assert await signed_in_at(company, "jens@x.example") == 1


async def signed_in_at(company: Company, email: str) -> int:
    """Sign in at the brand's server once more; return how often one is signed in there then."""
    seat = company.make(Origin(company.brand.address))
    assert isinstance(await seat.desk.sign_in.sign_in(Personal(email), Secret(PASSWORD)), Ok)
    found = await seat.desk.own_sessions.all()
    await seat.desk.sign_in.sign_out()
    assert isinstance(found, Ok)
    return len(found.value)


async def test_signing_out_of_all_leaves_one_empty_seat_and_no_profile(company: Company) -> None:
    seats = await both(company)
    await seats.sign_out()
    assert len(seats.all) == 1 and seats.front.state is SessionState.SIGNED_OUT
    assert await company.cabinet.names() == ()


async def test_a_start_takes_every_kept_sign_in_the_one_in_front_last_first(company: Company) -> None:
    seats = await both(company)
    live = seats.all[0]
    seats.show(live)
    await seats.remember()
    names = await company.cabinet.names()
    assert live.profile_id == names[0] and len(names) == 2
    await company.close()

    company.made.clear()
    company.work.clear()
    again = Seats(company.make(await first_of(company)), company.make, company.cabinet)
    await again.gather(lambda _address: True)
    assert [seat.address for seat in again.all] == [company.live.address.url, company.brand.address.url]
    outcomes = await asyncio.gather(*(seat.desk.sign_in.resume() for seat in again.all))
    assert [outcome.code for outcome in outcomes] == ["ok", "ok"]


async def first_of(company: Company) -> Origin:
    profile = await company.cabinet.load("")
    assert profile is not None
    return Origin(read_address(profile.address, "profile"), profile)


async def test_a_named_server_leaves_the_others_in_the_keyring(company: Company) -> None:
    seats = await both(company)
    await company.close()
    company.made.clear()
    company.work.clear()
    origin = await first_of(company)
    again = Seats(company.make(origin), company.make, company.cabinet)
    await again.gather(lambda address: address.url == again.front.address)
    assert len(again.all) == 1
    assert len(await company.cabinet.names()) == len(seats.all)


async def test_an_entry_that_somebody_changed_is_passed_over(company: Company) -> None:
    seats = await company.sit(None, company.live, "Maren")
    await company.cabinet.store(Profile("bent", "http://evil.example", Secret("t")))
    await seats.gather(lambda _address: True)
    assert len(seats.all) == 1


async def test_who_signs_in_twice_keeps_the_seat_that_was(company: Company) -> None:
    seats = await company.sit(None, company.live, "Maren")
    first = seats.front
    await company.sit(seats, company.live, "Maren")
    second = seats.front
    assert second.is_same_person(first)
    await seats.merge(second, first)
    assert seats.front is first and first.state is SessionState.SIGNED_IN
    assert second.state is SessionState.SIGNED_OUT


async def test_two_people_of_one_firm_are_two_seats(company: Company) -> None:
    seats = await company.sit(None, company.live, "Maren")
    await company.sit(seats, company.live, "Björn")
    maren, bjoern = seats.all
    assert not maren.is_same_person(bjoern)
    assert len(maren.store.leads) == 3 and len(bjoern.store.leads) == 0


async def test_there_is_an_end_to_it(company: Company) -> None:
    seats = await company.sit(None, company.live, "Maren")
    while not seats.full:
        seats.add(company.brand.address)
    assert len(seats.all) == MOST


async def test_another_address_takes_the_place_of_an_empty_seat(company: Company) -> None:
    seats = await company.sit(None, company.live, "Maren")
    empty = seats.add(company.live.address)
    moved = await seats.move(empty, company.brand.address)
    assert seats.front is moved and moved.address == company.brand.address.url
    assert empty not in seats.all and len(seats.all) == 2
