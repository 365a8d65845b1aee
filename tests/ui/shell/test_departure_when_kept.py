"""Whom the keyring signs in before there is a page is followed out as everybody is (guarantee A6)."""

from __future__ import annotations

from leaddesk.session.state import SessionState
from tests.ui.shell.test_departure import House, PretendedSeat


async def test_who_was_signed_in_before_the_window_had_a_page_leaves_as_everybody() -> None:
    house = House()
    seat = PretendedSeat("https://kept.example")
    seat.desk.sign_in.state.set(SessionState.SIGNED_IN)
    house.seats.all, house.seats.front = [seat], seat
    house.seats.changed.publish(None)
    house.departure.follow(seat, seat.stages)  # type: ignore[arg-type]
    await house.goes(SessionState.LOCKED, seat=seat)
    assert house.part.state is SessionState.LOCKED and house.part.address == seat.address
    house.departure.close()
