"""Of several seats the process begins anew when the last has left (A6)."""

from __future__ import annotations

from leaddesk.session.state import SessionState
from tests.ui.shell.test_departure import House, house  # noqa: F401 - a fixture


async def test_as_long_as_anybody_is_signed_in_the_process_stays(house: House) -> None:  # noqa: F811
    other = house.add("https://other.example")
    await house.goes(SessionState.SIGNED_IN, seat=other)
    await house.goes(SessionState.SIGNED_IN, SessionState.SIGNED_OUT)
    assert house.begun == []
    await house.goes(SessionState.LOCKED, seat=other)
    assert house.part.address == "https://other.example"


async def test_every_locked_seat_is_handed_over_once_all_have_left(house: House) -> None:  # noqa: F811
    other = house.add("https://other.example")
    house.seats.front = other
    await house.goes(SessionState.SIGNED_IN, seat=other)
    other.desk.answers.clear()
    await house.goes(SessionState.SIGNED_IN, SessionState.LOCKED)
    await house.goes(SessionState.LOCKED, seat=other)
    assert house.begun == []
    other.desk.answers.set()
    await house.goes()
    assert [part.address for part in house.handed.parts] == ["https://leads.example", "https://other.example"]
    assert house.handed.front == 1


async def test_a_seat_that_was_given_up_is_waited_for_no_more(house: House) -> None:  # noqa: F811
    other = house.add("https://other.example")
    await house.goes(SessionState.SIGNED_IN, seat=other)
    house.seats.all.remove(other)
    house.seats.changed.publish(None)
    await house.goes(SessionState.SIGNED_IN, SessionState.LOCKED)
    assert house.part.address == "https://leads.example"
