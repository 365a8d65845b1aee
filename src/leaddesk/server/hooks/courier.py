"""The courier: beside the requests, one task a webhook, so that a slow receiver delays nobody else.

In order for each hook: an event that fails is tried again, later each time, before the next one is. After the
last attempt it becomes a dead letter and the next one has its turn; while a receiver stays away each further
event gets one attempt an hour, so that order and memory hold whatever happens.
"""

import asyncio
import logging
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import TypeVar

from leaddesk.contract.ids import TenantId
from leaddesk.contract.webhooks import DeadLetter, HookNews
from leaddesk.contract.wire import format_time
from leaddesk.server.commands.office import Office
from leaddesk.server.database.threads import BESIDE
from leaddesk.server.domain.refusal import Refused
from leaddesk.server.eventlog.log import TenantLog
from leaddesk.server.eventlog.scope import Scope
from leaddesk.server.hooks import progress
from leaddesk.server.hooks.letters import body_of, headers_of
from leaddesk.server.hooks.registry import Hook, find_hook, target_of
from leaddesk.server.hooks.sending import Attempt, PinnedSender, Sender
from leaddesk.server.keys.port import KeyGone

T = TypeVar("T")

ATTEMPTS, LASTING_ATTEMPTS = 8, 3
"""Before an event is given up: in all, and where the receiver refuses it for good."""

May = Callable[[], bool]
"""Tells whether delivering is still this process's turn; asked before every delivery."""

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Pace:
    """Seconds: the first pause, four times as long each time up to the longest; between two looks around."""

    first: float = 5.0
    longest: float = 3600.0
    look: float = 0.5

    def pause(self, attempts: int) -> float:
        """Return the pause after so many failures, spread, so that receivers are not all met at once."""
        pause = min(self.first * 4.0 ** min(attempts - 1, 20), self.longest)
        return pause * random.uniform(0.75, 1.25)  # noqa: S311 - spreads attempts, guards nothing


class Courier:
    """Delivers to every webhook of every tenant until cancelled."""

    def __init__(self, sender: Sender | None = None, pace: Pace | None = None) -> None:
        self._sender = sender or PinnedSender()
        self._pace = pace or Pace()
        self._rounds: dict[tuple[TenantId, str], asyncio.Task[None]] = {}
        self._kicks: dict[str, tuple[asyncio.AbstractEventLoop, asyncio.Event]] = {}
        self._may: May = lambda: True
        self.on_outcome: Callable[[str], None] = lambda _outcome: None
        """Hears of each delivery: ``delivered``, ``failed`` or ``given-up``."""

    def kick(self, hook_id: str) -> None:
        """Have a hook looked at now, whatever it waits for; from any thread."""
        kick = self._kicks.get(hook_id)
        if kick is not None:
            kick[0].call_soon_threadsafe(kick[1].set)

    async def run(self, office: Office, may: May = lambda: True) -> None:
        """Keep one round a hook going, as long as it is our turn."""
        self._may = may
        try:
            while True:
                await self._look(office)
                await asyncio.sleep(self._pace.look)
        finally:
            rounds = list(self._rounds.values())
            for task in rounds:
                task.cancel()
            await asyncio.gather(*rounds, return_exceptions=True)
            self._rounds.clear()

    async def _look(self, office: Office) -> None:
        try:
            await self._look_around(office)
        except Exception as failure:  # its text may hold values (guarantee A8)
            _log.error("looking for webhooks failed: %s", type(failure).__name__)

    async def _look_around(self, office: Office) -> None:
        self._rounds = {name: task for name, task in self._rounds.items() if not task.done()}
        async for scope, hooks, wanted in office.log.threads.each(BESIDE, _hooks(office)):
            for hook_id in wanted:  # asked for in another process, perhaps
                self.kick(hook_id)
            for hook_id in hooks:
                if (scope.tenant, hook_id) not in self._rounds:
                    round_ = _Round(office, scope, hook_id, self._sender)
                    round_.tell = self._tell
                    task = asyncio.create_task(self._keep_up(round_, scope.tenant, hook_id))
                    self._rounds[scope.tenant, hook_id] = task

    def _tell(self, outcome: str) -> None:
        self.on_outcome(outcome)

    async def _keep_up(self, round_: "_Round", tenant: TenantId, hook_id: str) -> None:
        loop = asyncio.get_running_loop()
        _, kick = self._kicks.setdefault(hook_id, (loop, asyncio.Event()))
        try:
            while True:
                kick.clear()
                pause = await self._step(round_)
                if pause is None:
                    return
                await _wait(kick, pause)
        finally:
            self._kicks.pop(hook_id, None)

    async def _step(self, round_: "_Round") -> float | None:
        """Return the seconds to wait; nothing once the hook is gone."""
        try:
            return await round_.step(self._pace, self._may)
        except (Refused, KeyGone):
            return None
        except Exception as failure:  # its text may hold values (guarantee A8)
            _log.error("delivering to a webhook failed: %s", type(failure).__name__)
            return self._pace.pause(3)


def _hooks(office: Office) -> Iterator[tuple[Scope, list[str], list[str]]]:
    """Give each tenant with its hooks, and those of them that have something to be delivered again."""
    for scope in office.log.telling():
        with office.log.for_tenant(scope).reading() as unit:
            found = progress.hook_ids(unit), progress.hooks_wanted(unit)
        yield scope, *found


class _Round:
    """One hook: what is wanted again first, then what is next in the log."""

    def __init__(self, office: Office, scope: Scope, hook_id: str, sender: Sender) -> None:
        self._office = office
        self._log: TenantLog = office.log.for_tenant(scope)
        self._hook_id = hook_id
        self._sender = sender
        self.tell: Callable[[str], None] = lambda _outcome: None

    async def step(self, pace: Pace, may: May) -> float:
        """Deliver what is due, nothing when it is not our turn. Raises ``Refused`` once the hook is gone."""
        if not may():
            return pace.look
        await self._again(may)
        state, left, due, head = await self._asked(self._due)
        if state is None or left:
            return min(left, pace.longest)
        for one in due:
            if not may():
                return pace.look
            attempt = await self._send(one.news)
            if attempt.reason is not None:
                failed = partial(self._failed, state, one, attempt, pace)
                return await self._asked(failed, writes=True)
            await self._asked(partial(self._move, one.position, one.told), writes=True)
            state = progress.State(state.event_name, one.position, one.told, 0, None)
        if not due and head > state.position:
            await self._asked(lambda: self._move(head, 0), writes=True)
        return pace.look if not due else 0.0

    async def _asked(self, ask: Callable[[], T], *, writes: bool = False) -> T:
        return await self._office.log.threads.do(self._log.tenant, ask, writes=writes)

    def _due(self) -> tuple[progress.State | None, float, list[progress.Pending], int]:
        with self._log.reading() as unit:
            hook_id = find_hook(unit, self._hook_id).hook_id
            state = progress.state_of(unit, hook_id)
            left = _seconds_left(self._office.clock(), state.next_at if state else None)
            due = progress.pending(unit, state) if state and not left else []
            return state, left, due, unit.head()[0]

    async def _again(self, may: May) -> None:
        for letter in await self._asked(self._wanted_again):
            if not may():
                return
            attempt = await self._send(letter)
            await self._asked(partial(self._tried_again, letter, attempt), writes=True)

    def _wanted_again(self) -> list[DeadLetter]:
        with self._log.reading() as unit:
            return progress.wanted_again(unit, self._hook_id)

    def _tried_again(self, letter: DeadLetter, attempt: Attempt) -> None:
        with self._log.keeping() as unit:
            find_hook(unit, self._hook_id)
            if attempt.reason is None:
                progress.unbury(unit, self._hook_id, letter.event_id)
            else:
                died = (self._office.now(), letter.attempts + 1, attempt.reason)
                progress.bury(unit, self._hook_id, letter, died)

    def _hook(self) -> Hook:
        with self._log.reading() as unit:
            return find_hook(unit, self._hook_id)

    async def _send(self, news: HookNews) -> Attempt:
        hook = await self._asked(self._hook)
        body = body_of(news)
        headers = headers_of(news, body, hook.about, self._office.clock())
        attempt = await self._sender.send(target_of(hook), headers, body)
        self.tell("failed" if attempt.reason is not None else "delivered")
        return attempt

    def _move(self, position: int, told: int) -> None:
        with self._log.keeping() as unit:
            find_hook(unit, self._hook_id)
            if not progress.is_past(unit, self._hook_id, position, told):
                progress.move(unit, self._hook_id, position, told)

    def _failed(self, state: progress.State, one: progress.Pending, attempt: Attempt, pace: Pace) -> float:
        """Note the failure, or give the event up; return the pause before anything else is tried."""
        attempts = state.attempts + 1
        pause = max(pace.pause(attempts), attempt.wait)
        next_at = format_time(self._office.clock() + timedelta(seconds=pause))
        with self._log.keeping() as unit:
            find_hook(unit, self._hook_id)
            if progress.is_past(unit, self._hook_id, one.position, one.told):
                return pace.look
            if attempts >= (LASTING_ATTEMPTS if attempt.lasting else ATTEMPTS):
                self.tell("given-up")
                progress.bury(
                    unit, self._hook_id, one.news, (self._office.now(), attempts, str(attempt.reason))
                )
                state = progress.State(state.event_name, one.position, one.told, 0, None)
                attempts -= 1
            progress.fail(unit, self._hook_id, state, attempts, next_at)
        return pause


def _seconds_left(now: datetime, next_at: str | None) -> float:
    return max((datetime.fromisoformat(next_at) - now).total_seconds(), 0.0) if next_at else 0.0


async def _wait(kick: asyncio.Event, seconds: float) -> None:
    try:
        async with asyncio.timeout(seconds):
            await kick.wait()
    except TimeoutError:
        return
