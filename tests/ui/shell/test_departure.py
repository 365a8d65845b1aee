"""When nobody is signed in any more the program begins anew, with nothing of a lead in what it hands over."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import pytest

from leaddesk.contract.people import Me
from leaddesk.desk.sealing.safe import Opened, Stuck, Trouble
from leaddesk.desk.sending.drafts import Unsent
from leaddesk.session.state import SessionState
from leaddesk.session.vault import VaultNote
from leaddesk.store.topics import Topic
from leaddesk.ui.kit.wording import text
from leaddesk.ui.shell.leaving import leaving
from leaddesk.ui.shell.leaving.departure import Departure
from leaddesk.ui.shell.leaving.handed import Handed, Look, Part, read_handed
from leaddesk.ui.shell.state import LockCause, Locking, Memory, Route, WindowState
from tests.support.people import MAREN
from tests.support.pretended import Watched

CANARY = "Meyer 7f3a"
LOOK = Look("de", "dark", "AAAA", True, wait=5)
SINCE = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
KEPT = WindowState(Route.OFFERS, CANARY, "lead-1", locked_at=SINCE)


class PretendedSafe:
    def __init__(self) -> None:
        self.opened: Topic[Opened] = Topic()
        self.trouble: Topic[Trouble] = Topic()
        self.left, self.is_closed, self.opened_late = SimpleNamespace(offered=Topic[int]()), False, 0
        self.closed_for: list[tuple[str, dict[str, Any]]] = []
        self.keeps = True
        self.discarded = self.readied = self.tidied = 0
        self.taken: str | None = None

    async def close(self, person: str, window: dict[str, Any]) -> bool:
        self.closed_for.append((person, window))
        return self.keeps

    async def make_ready(self) -> None:
        self.readied += 1

    async def tidy(self) -> None:
        self.tidied += 1

    async def discard(self) -> None:
        self.discarded += 1

    def to_text(self) -> str:
        return "k n c"

    def take_over(self, text: str) -> None:
        self.taken = text

    async def open(self, me: Me, *, late: bool) -> None:
        self.is_closed = False
        self.opened_late += late


class PretendedDesk:
    def __init__(self) -> None:
        self.safe = PretendedSafe()
        state, vault = Watched(SessionState.STARTING), Topic[VaultNote]()
        self.sign_in = SimpleNamespace(me=MAREN, state=state, vault_changed=vault)
        self.unheard, self.sync = {"s-1"}, SimpleNamespace(progress=Watched(SimpleNamespace(done=True)))
        self.answers = asyncio.Event()
        self.answers.set()

    async def finish_lock(self) -> None:
        await self.answers.wait()

    def doomed(self) -> tuple[str, ...]:
        return ("p-1",)

    def return_to(self, state: SessionState) -> None:
        self.sign_in.state.set(state)


class PretendedStages:
    def __init__(self) -> None:
        self.kept, self.whose = KEPT, "m-1"
        self.said: list[Memory] = []
        self.is_asked = False
        self.went_back_to: list[WindowState] = []

    def say_memory(self, memory: Memory) -> None:
        self.said.append(memory)

    def would_lose(self) -> Unsent:
        return Unsent(2, 1)

    def go_back_to(self, kept: WindowState) -> None:
        self.went_back_to.append(kept)


class Said:
    """One toast: ``seen`` as a person sends it away."""

    def __init__(self) -> None:
        self._hears: list[Callable[[], object]] = []
        self.seen = self

    def connect(self, hear: Callable[[], object]) -> None:
        self._hears.append(hear)

    def emit(self) -> None:
        for hear in self._hears:
            hear()


class PretendedToasts:
    def __init__(self) -> None:
        self.shown: list[tuple[str, Any]] = []
        self.toasts: list[Said] = []

    def show_toast(self, words: str, **more: Any) -> Said:
        self.shown.append((words, more))
        self.toasts.append(Said())
        return self.toasts[-1]

    def withdraw(self, words: str) -> None:
        self.shown = [one for one in self.shown if one[0] != words]

    def clear(self) -> None:
        """As a lock does."""
        self.shown.clear()


class PretendedSeat:
    """One seat: eq by identity, as seats are."""

    def __init__(self, address: str = "https://leads.example") -> None:
        self.address, self.desk = address, PretendedDesk()
        self.stages = PretendedStages()

    @property
    def state(self) -> SessionState:
        return self.desk.sign_in.state.value  # type: ignore[no-any-return]


class House:
    def __init__(self, handed: Handed | None = None) -> None:
        self.begun: list[str] = []
        self.failure: OSError | None = None
        self.toasts = PretendedToasts()
        self.has_begun = asyncio.Event()
        self.seats = SimpleNamespace(changed=Topic[None](), all=[], front=None)
        toasts: Any = self.toasts
        self.departure = Departure(self.seats, lambda: LOOK, self._begin, toasts)  # type: ignore[arg-type]
        if handed is not None:
            self.departure.expect(handed)
        self.seat = self.add()

    def add(self, address: str = "https://leads.example") -> PretendedSeat:
        seat = PretendedSeat(address)
        self.seats.all.append(seat)
        self.seats.front = self.seats.front or seat
        self.departure.follow(seat, seat.stages)  # type: ignore[arg-type]
        return seat

    def _begin(self, told: str) -> None:
        if self.failure is not None:
            raise self.failure
        self.begun.append(told)
        self.has_begun.set()

    async def goes(self, *states: SessionState, seat: PretendedSeat | None = None) -> None:
        for state in states:
            (seat or self.seat).desk.sign_in.state.set(state)
        for _ in range(10):
            await asyncio.sleep(0)

    @property
    def desk(self) -> PretendedDesk:
        return self.seat.desk

    @property
    def stages(self) -> PretendedStages:
        return self.seat.stages

    @property
    def handed(self) -> Handed:
        (told,) = self.begun
        found = read_handed(told)
        assert found is not None
        return found

    @property
    def part(self) -> Part:
        (part,) = self.handed.parts
        return part


@pytest.fixture
def house() -> Iterator[House]:
    made = House()
    yield made
    made.departure.close()


async def test_a_lock_begins_anew_and_hands_nothing_over_in_the_clear(house: House) -> None:
    await house.goes(SessionState.SIGNED_IN, SessionState.LOCKED)
    assert house.desk.safe.closed_for[0][0] == "m-1"
    assert house.desk.safe.closed_for[0][1]["search"] == KEPT.search
    assert CANARY not in house.begun[0] and "lead-1" not in house.begun[0]
    assert CANARY not in repr(house.stages.kept)
    part = house.part
    assert part.state is SessionState.LOCKED and part.me is not None and part.since == SINCE
    assert (part.sealed, part.locking) == ("k n c", KEPT.locking)
    assert house.stages.said == [Memory.EMPTYING]
    assert part.unheard == ("s-1",)
    assert (house.handed.doomed, house.handed.look, house.handed.front) == (("p-1",), LOOK, 0)


async def test_a_sign_out_hands_nobody_over(house: House) -> None:
    await house.goes(SessionState.SIGNED_IN, SessionState.SIGNED_OUT)
    assert house.desk.safe.discarded == 1
    assert house.part == Part("https://leads.example", SessionState.SIGNED_OUT, unheard=("s-1",))
    assert house.handed.look.wait is None, "what a person chose is not the next one's"
    assert "Boysen" not in house.begun[0]


async def test_whom_the_server_signed_out_finds_again_what_was_left(house: House) -> None:
    await house.goes(SessionState.SIGNED_IN, SessionState.ENDED)
    assert house.desk.safe.discarded == 0 and house.desk.safe.closed_for[0][0] == "m-1"
    assert (house.part.state, house.part.me, house.part.sealed) == (SessionState.ENDED, None, "k n c")
    assert "Boysen" not in house.begun[0]


async def test_a_start_without_a_session_is_no_end_of_one(house: House) -> None:
    await house.goes(SessionState.SIGNED_OUT)
    assert house.begun == []


async def test_what_cannot_be_sealed_stays_where_it_is(house: House) -> None:
    house.desk.safe.keeps = False
    await house.goes(SessionState.SIGNED_IN, SessionState.LOCKED)
    assert house.begun == [] and house.stages.kept == KEPT
    assert house.stages.said == [Memory.EMPTYING, Memory.KEPT]
    await house.departure.settled()  # a sleep waits for nothing more


async def test_a_keyring_that_answers_late_ends_what_could_not_be_sealed(house: House) -> None:
    house.desk.safe.keeps = False
    await house.goes(SessionState.SIGNED_IN, SessionState.LOCKED)
    house.desk.safe.keeps = True
    house.desk.sign_in.vault_changed.publish(VaultNote.SLOW)
    await house.goes()
    assert house.begun == []
    house.desk.sign_in.vault_changed.publish(VaultNote.KEPT)
    await house.goes()
    assert house.part.sealed == "k n c"


@pytest.mark.warns("leaddesk.ui.shell.leaving.departure")
async def test_where_the_program_cannot_be_executed_again_the_page_says_so(house: House) -> None:
    house.failure = FileNotFoundError("replaced by an update")
    await house.goes(SessionState.SIGNED_IN, SessionState.LOCKED)
    assert house.begun == [] and house.stages.said == [Memory.EMPTYING, Memory.FAILED]
    assert house.desk.safe.closed_for and house.desk.sign_in.state.value is SessionState.LOCKED
    await house.departure.settled()


async def test_who_is_about_to_unlock_is_not_interrupted(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(leaving, "_LOOK_SECONDS", 0.0)
    house.stages.is_asked = True
    await house.goes(SessionState.SIGNED_IN, SessionState.LOCKED)
    assert house.begun == []
    house.stages.is_asked = False
    await house.goes()
    assert house.part.state is SessionState.LOCKED


async def test_a_sleep_waits_until_all_is_sealed(house: House) -> None:
    house.desk.answers.clear()
    await house.goes(SessionState.SIGNED_IN, SessionState.LOCKED)
    waiting = asyncio.create_task(house.departure.settled())
    await house.goes()
    assert not waiting.done() and house.begun == []
    house.desk.answers.set()
    await house.goes()
    assert waiting.done() and house.begun


async def test_what_comes_back_late_is_said_and_nobody_is_led_away(house: House) -> None:
    await house.goes(SessionState.SIGNED_IN)
    house.desk.safe.is_closed = True
    house.desk.sign_in.vault_changed.publish(VaultNote.KEPT)
    await house.goes()
    assert house.desk.safe.opened_late == 1
    facts = {"search": CANARY, "lead_id": "lead-2", "route": "leads"}
    house.desk.safe.opened.publish(Opened(facts, late=True))
    assert house.toasts.shown == []
    house.desk.safe.opened.publish(Opened(facts, late=True, begun=2))
    ((words, more),) = house.toasts.shown
    assert words == text("shell.found_late", n=2) and more == {"seconds": 0}
    assert house.stages.kept == KEPT and house.stages.went_back_to == []


@pytest.mark.parametrize("stuck", Stuck)
async def test_what_does_not_come_back_is_said_until_somebody_has_seen_it(house: House, stuck: Stuck) -> None:
    house.desk.safe.trouble.publish(Trouble(stuck, 2))
    assert house.toasts.shown == []  # nobody is in yet
    await house.goes(SessionState.SIGNED_IN)
    ((words, more),) = house.toasts.shown
    assert words == text(f"shell.stuck_{stuck.value}", n=2) and CANARY not in words
    assert more["detail"] == text(f"shell.stuck_{stuck.value}_detail") and more["seconds"] == 0
    house.toasts.clear()
    await house.goes(SessionState.LOCKED, SessionState.SIGNED_IN)
    assert len(house.toasts.shown) == 1
    house.toasts.toasts[-1].seen.emit()
    house.toasts.clear()
    await house.goes(SessionState.LOCKED, SessionState.SIGNED_IN)
    assert house.toasts.shown == []


async def test_what_nobody_has_seen_is_told_by_the_process_that_begins_anew(house: House) -> None:
    await house.goes(SessionState.SIGNED_IN)
    house.desk.safe.trouble.publish(Trouble(Stuck.LOST, 2))
    house.desk.safe.trouble.publish(Trouble(Stuck.LOST, 1))
    await house.goes(SessionState.LOCKED)
    assert house.part.untold == {"lost": 3}
    anew = House(house.handed)
    await anew.goes(SessionState.SIGNED_IN)
    assert [words for words, _ in anew.toasts.shown] == [text("shell.stuck_lost", n=3)]
    anew.departure.close()


async def test_what_waited_and_came_is_said_to_wait_no_more(house: House) -> None:
    await house.goes(SessionState.SIGNED_IN)
    house.desk.safe.trouble.publish(Trouble(Stuck.WAITS, 1))
    house.desk.safe.is_closed = True
    house.desk.sign_in.vault_changed.publish(VaultNote.KEPT)
    await house.goes()
    assert house.toasts.shown == []


async def test_of_what_two_locks_left_the_newest_leads_the_way(house: House) -> None:
    await house.goes(SessionState.SIGNED_IN)
    house.stages.kept = WindowState()
    for lead in ("newest", "older"):
        facts = {"search": "", "lead_id": lead, "route": "leads"}
        house.desk.safe.opened.publish(Opened(facts, late=False))
    assert house.stages.kept.lead_id == "newest"


@pytest.mark.parametrize("facts", [{"route": "reports"}, {"lead_id": 7, "search": None}, {"draft": "x"}])
async def test_where_another_version_of_the_program_was_is_no_place_to_break(
    house: House, facts: dict[str, Any]
) -> None:
    await house.goes(SessionState.SIGNED_IN)
    house.stages.kept = WindowState()
    house.desk.safe.opened.publish(Opened(facts, late=False))
    assert house.stages.kept == WindowState()


async def test_what_a_lock_would_cost_is_counted_over_all_seats(house: House) -> None:
    house.add("https://other.example")
    assert house.departure.would_lose() == Unsent(4, 2)


async def test_a_server_that_does_not_answer_does_not_hold_it_up(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(leaving.FAREWELL_SECONDS, SessionState.LOCKED, 0.01)
    house.desk.answers.clear()
    await house.goes(SessionState.SIGNED_IN, SessionState.LOCKED)
    async with asyncio.timeout(60):
        await house.has_begun.wait()
    assert house.part.state is SessionState.LOCKED


async def test_who_unlocks_meanwhile_stays(house: House) -> None:
    house.desk.answers.clear()
    await house.goes(SessionState.SIGNED_IN, SessionState.LOCKED)
    house.desk.answers.set()
    await house.goes(SessionState.SIGNED_IN)
    assert house.begun == []


async def test_the_new_process_stands_where_the_old_one_stood_and_does_not_begin_again() -> None:
    idle = Locking(LockCause.IDLE, 10)
    part = Part("https://leads.example", SessionState.LOCKED, MAREN, SINCE, idle, "k n c", letters=False)
    house = House(read_handed(Handed(LOOK, (part,)).to_text()))
    await house.goes()
    assert house.desk.sign_in.state.value is SessionState.LOCKED and house.begun == []
    assert house.stages.kept == WindowState(letters=False, locked_at=SINCE, locking=idle)
    assert house.stages.whose == "m-1"
    assert house.desk.safe.taken == "k n c" and house.stages.said == [Memory.EMPTIED]
    facts = {"search": CANARY, "lead_id": "lead-1", "route": "offers"}
    house.desk.safe.opened.publish(Opened(facts, late=False))
    assert (house.stages.kept.search, house.stages.kept.route) == (CANARY, Route.OFFERS)
    await house.goes(SessionState.SIGNED_OUT)
    assert house.part.state is SessionState.SIGNED_OUT
    house.departure.close()


@pytest.mark.parametrize(
    "told", [None, "", "{}", "[]", '{"form": 0}', '{"form": 1, "look": {}}', '{"form": 1, "parts": []}']
)
def test_what_another_program_said_is_nothing(told: str | None) -> None:
    assert read_handed(told) is None


async def test_who_has_begun_a_day_has_a_key_ready_and_gives_back_what_a_lock_did_not_need(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("leaddesk.ui.shell.leaving.leaving._CALM_SECONDS", 0.0)
    await house.goes(SessionState.SIGNED_IN)
    assert house.desk.safe.readied == 1 and house.desk.safe.tidied == 0
    await house.goes(SessionState.LOCKED)
    await house.has_begun.wait()
    assert house.desk.safe.readied == 1 and house.desk.safe.tidied == 1
