"""What desktops tell is heard over real buses, and sleep waits until it has been."""

from __future__ import annotations

import asyncio
import contextlib
import os
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path

import pytest

from leaddesk.doctor.locking import AT_SWITCH, BEFORE_SLEEP, WITH_DESKTOP, lock_signals, signals
from leaddesk.workstation.bus.asking import Heard, look_round
from leaddesk.workstation.bus.line import BusLine
from leaddesk.workstation.bus.listening import Buses, Listening
from leaddesk.workstation.bus.screen_savers import SAVERS
from leaddesk.workstation.signs import Sign, Teller
from tests.support.desktops import PATIENCE, FakeLogind, Saver, Service, private_bus


@pytest.fixture(scope="module")
def bus() -> Iterator[str]:
    with private_bus() as address:
        yield address


@contextlib.contextmanager
def there(service: Service) -> Iterator[None]:
    try:
        yield
    finally:
        service.close()


async def until(true: Callable[[], object]) -> None:
    async with asyncio.timeout(PATIENCE):
        while not true():  # noqa: ASYNC110 - what is waited for happens in threads and on buses
            await asyncio.sleep(0.005)


@contextlib.asynccontextmanager
async def listening(buses: Buses, *expected: Teller) -> AsyncIterator[tuple[Listening, list[Sign]]]:
    signs: list[Sign] = []
    ear = Listening(signs.append, buses)
    running = asyncio.create_task(ear.run())
    try:
        await until(lambda: set(expected) <= ear.tellers)
        yield ear, signs
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)


def descriptors() -> set[Path]:
    """Return what this process has open."""
    return set(Path("/proc/self/fd").iterdir())


@pytest.mark.parametrize("turns", range(16))
async def test_whoever_is_called_off_while_a_line_opens_leaves_it_closed(bus: str, turns: int) -> None:
    before = descriptors()
    line = BusLine(lambda _message: None)
    opening = asyncio.create_task(line.open(bus))
    for _ in range(turns):
        await asyncio.sleep(0)
    opening.cancel()
    await asyncio.gather(opening, return_exceptions=True)
    if opening.cancelled():
        assert descriptors() == before
    line.close()


@pytest.mark.parametrize("turns", range(0, 120, 3))
async def test_whoever_is_called_off_at_any_moment_of_a_start_leaves_nothing_open(
    bus: str, turns: int
) -> None:
    before = descriptors()
    running = asyncio.create_task(Listening(lambda _sign: None, Buses(bus, bus)).run())
    for _ in range(turns):
        await asyncio.sleep(0)
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    assert descriptors() == before


@pytest.mark.parametrize(
    ("names", "teller"),
    [
        (("org.gnome.ScreenSaver",), Teller.GNOME),
        (("org.freedesktop.ScreenSaver", "org.kde.screensaver"), Teller.KDE),
        (("org.xfce.ScreenSaver",), Teller.XFCE),
        (("org.cinnamon.ScreenSaver",), Teller.CINNAMON),
        (("org.mate.ScreenSaver",), Teller.MATE),
    ],
)
async def test_a_covered_screen_is_heard_on_every_desktop(
    bus: str, names: tuple[str, ...], teller: Teller
) -> None:
    saver = Saver(bus, *names)
    with there(saver):
        async with listening(Buses(bus, None), teller) as (_, signs):
            saver.covers(active=False)
            saver.covers()
            await until(lambda: signs)
            assert signs == [Sign.DESKTOP]


async def test_a_saver_that_starts_later_is_heard_too(bus: str) -> None:
    first = Saver(bus, "org.gnome.ScreenSaver")
    with there(first):
        async with listening(Buses(bus, None), Teller.GNOME) as (_, signs):
            late = Saver(bus, "org.xfce.ScreenSaver")
            with there(late):
                late.covers()
                await until(lambda: signs == [Sign.DESKTOP])


@pytest.mark.parametrize("knows_process", [True, False])
async def test_logind_tells_of_lock_and_of_another_session(bus: str, knows_process: bool) -> None:
    logind = FakeLogind(bus, knows_process=knows_process)
    with there(logind):
        async with listening(Buses(None, bus), Teller.LOGIND) as (_, signs):
            for tell in (
                lambda: logind.lock("/org/freedesktop/login1/session/_39"),
                lambda: logind.set("Active", True),
                lambda: logind.set("LockedHint", False),
                logind.lock,
                lambda: logind.set("Active", False),
                lambda: logind.set("LockedHint", True),
            ):
                tell()
            await until(lambda: len(signs) >= 3)
            assert signs == [Sign.DESKTOP, Sign.SWITCHED, Sign.DESKTOP]


@pytest.mark.parametrize(
    ("stands", "sign"),
    [
        ({"LockedHint": True}, Sign.DESKTOP),
        ({"Active": False}, Sign.SWITCHED),
        ({"PreparingForSleep": True, "LockedHint": True}, Sign.SLEEP),
    ],
)
async def test_what_stood_before_anybody_listened_is_heard(
    bus: str, stands: dict[str, bool], sign: Sign
) -> None:
    with there(FakeLogind(bus, stands=stands)):
        async with listening(Buses(None, bus), Teller.LOGIND) as (_, signs):
            assert signs == [sign]


async def test_a_sleep_that_was_near_before_anybody_listened_is_over_when_the_machine_wakes(bus: str) -> None:
    logind = FakeLogind(bus, stands={"PreparingForSleep": True})
    with there(logind):
        async with listening(Buses(None, bus), Teller.LOGIND) as (_, signs):
            logind.sleep(begins=False)
            await until(lambda: signs == [Sign.SLEEP, Sign.AWAKE])
            await until(lambda: logind.held == 1)


@pytest.mark.parametrize(
    "name", ["org.gnome.ScreenSaver", "org.freedesktop.ScreenSaver", "org.mate.ScreenSaver"]
)
async def test_a_screen_that_is_covered_already_is_heard(bus: str, name: str) -> None:
    saver = Saver(bus, name, active=True)
    with there(saver):
        async with listening(Buses(bus, None), SAVERS[name]) as (_, signs):
            assert signs == [Sign.DESKTOP]
    with there(Saver(bus, name)):
        async with listening(Buses(bus, None), SAVERS[name]) as (_, signs):
            assert signs == []


async def test_sleep_is_held_until_the_sign_was_heard_and_again_after_it(bus: str) -> None:
    logind = FakeLogind(bus)
    held_then: list[int] = []
    signs: list[Sign] = []

    def hear(sign: Sign) -> None:
        signs.append(sign)
        held_then.append(logind.held)

    with there(logind):
        running = asyncio.create_task(Listening(hear, Buses(None, bus)).run())
        await until(lambda: logind.held == 1)
        logind.sleep()
        await until(lambda: logind.held == 0)
        assert (signs, held_then) == ([Sign.SLEEP], [1])
        logind.sleep(begins=False)
        await until(lambda: logind.held == 1)
        assert signs == [Sign.SLEEP, Sign.AWAKE]
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
        assert logind.held == 0


async def test_sleep_is_held_on_until_all_is_settled_and_could_be_taken_along(bus: str) -> None:
    logind, settled, heard = FakeLogind(bus), asyncio.Event(), asyncio.Event()
    with there(logind):
        ear = Listening(lambda _sign: heard.set(), Buses(None, bus), settled.wait)
        running = asyncio.create_task(ear.run())
        await until(lambda: logind.held == 1)
        assert ear.brakes() == ()  # no sleep is about to come
        logind.sleep()
        await heard.wait()
        assert logind.held == 1
        (brake,) = ear.brakes()
        along = os.dup(brake)  # as a process that begins anew does
        settled.set()
        await until(lambda: ear.brakes() == ())
        assert logind.held == 1
        os.close(along)
        await until(lambda: logind.held == 0)
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)


async def test_who_never_settles_holds_no_machine_for_ever(bus: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("leaddesk.workstation.bus.listening.SETTLE_SECONDS", 0.01)
    logind = FakeLogind(bus)
    with there(logind):
        ear = Listening(lambda _sign: None, Buses(None, bus), asyncio.Event().wait)
        running = asyncio.create_task(ear.run())
        await until(lambda: logind.held == 1)
        logind.sleep()
        await until(lambda: logind.held == 0)
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)


async def test_who_is_woken_twice_at_once_holds_once(bus: str) -> None:
    logind = FakeLogind(bus)
    with there(logind):
        running = asyncio.create_task(Listening(lambda _sign: None, Buses(None, bus)).run())
        await until(lambda: logind.held == 1)
        logind.sleep()
        await until(lambda: logind.held == 0)
        logind.sleep(begins=False)
        logind.sleep(begins=False)
        await until(lambda: logind.asked.count("Inhibit") == 3)
        await until(lambda: logind.held == 1)
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)


@pytest.mark.warns("leaddesk.personal")
async def test_an_error_while_locking_does_not_hold_up_the_machine(bus: str) -> None:
    logind = FakeLogind(bus)

    def fails(_sign: Sign) -> None:
        raise RuntimeError

    with there(logind):
        running = asyncio.create_task(Listening(fails, Buses(None, bus)).run())
        await until(lambda: logind.held == 1)
        logind.sleep()
        await until(lambda: logind.held == 0)
        assert not running.done()
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)


async def test_where_holding_is_forbidden_everything_else_is_heard(bus: str) -> None:
    logind = FakeLogind(bus, forbids=True)
    with there(logind):
        async with listening(Buses(None, bus), Teller.LOGIND) as (_, signs):
            await until(lambda: "Inhibit" in logind.asked)
            logind.sleep()
            await until(lambda: signs == [Sign.SLEEP])


async def test_a_bus_that_comes_later_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("leaddesk.workstation.bus.listening._FIRST_PAUSE", 0.02)
    with private_bus() as gone:
        pass
    signs: list[Sign] = []
    ear = Listening(signs.append, Buses(gone, None))
    running = asyncio.create_task(ear.run())
    await asyncio.sleep(0.1)
    assert not running.done()
    with private_bus() as address:
        ear._buses = Buses(address, None)
        saver = Saver(address, "org.gnome.ScreenSaver")
        with there(saver):
            await until(lambda: Teller.GNOME in ear.tellers)
            saver.covers()
            await until(lambda: signs == [Sign.DESKTOP])
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)


async def test_without_any_bus_there_is_nothing_to_do() -> None:
    await asyncio.wait_for(Listening(lambda _sign: None, Buses(None, None)).run(), PATIENCE)


async def test_doctor_learns_who_could_tell(bus: str) -> None:
    logind, saver = FakeLogind(bus), Saver(bus, "org.gnome.ScreenSaver")
    with there(logind), there(saver):
        found = await look_round(Buses(bus, bus))
        assert found == Heard((Teller.LOGIND, Teller.GNOME), session=True, holds=True)
        await until(lambda: logind.held == 0)
    with private_bus() as gone:
        pass
    assert await look_round(Buses(gone, gone)) == Heard()


@pytest.mark.parametrize(
    ("logind", "saver", "untold"),
    [
        ({}, "org.gnome.ScreenSaver", []),
        ({}, None, []),
        ({"forbids": True}, None, [BEFORE_SLEEP]),
        ({"knows_process": False, "knows_session": False}, None, [WITH_DESKTOP, AT_SWITCH]),
        ({"knows_process": False, "knows_session": False}, "org.xfce.ScreenSaver", [AT_SWITCH]),
        (None, "org.mate.ScreenSaver", [AT_SWITCH, BEFORE_SLEEP]),
        (None, None, [WITH_DESKTOP, AT_SWITCH, BEFORE_SLEEP]),
    ],
)
async def test_each_sign_that_nobody_gives_is_said(
    monkeypatch: pytest.MonkeyPatch,
    bus: str,
    logind: dict[str, bool] | None,
    saver: str | None,
    untold: list[str],
) -> None:
    monkeypatch.setattr("leaddesk.workstation.bus.asking.Buses", lambda: Buses(bus, bus))
    monkeypatch.delenv("XDG_SESSION_ID", raising=False)
    with contextlib.ExitStack() as services:
        if logind is not None:
            services.enter_context(there(FakeLogind(bus, **logind)))
        if saver is not None:
            services.enter_context(there(Saver(bus, saver)))
        found = await signals()
        in_a_line = await asyncio.to_thread(lock_signals)
    assert [one.name for one in found if one.cannot] == untold
    assert bool(in_a_line.cannot) is bool(untold)
