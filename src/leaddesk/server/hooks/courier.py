"""The courier: beside the requests, one task a webhook, so that a slow receiver delays nobody else.

In order for each hook: an event that fails is tried again, later each time, before the next one is. After the
last attempt it becomes a dead letter and the next one has its turn; while a receiver stays away each further
event gets one attempt an hour, so that order and memory hold whatever happens.
"""

import asyncio
import logging
import random
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from leaddesk.contract.ids import TenantId
from leaddesk.contract.webhooks import HookNews
from leaddesk.contract.wire import format_time
from leaddesk.server.commands.office import Office
from leaddesk.server.domain.refusal import Refused
from leaddesk.server.eventlog.log import TenantLog
from leaddesk.server.eventlog.scope import Scope
from leaddesk.server.hooks import progress
from leaddesk.server.hooks.letters import body_of, headers_of
from leaddesk.server.hooks.registry import find_hook, target_of
from leaddesk.server.hooks.sending import Attempt, PinnedSender, Sender
from leaddesk.server.keys.port import KeyGone

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
        self._kicks: dict[str, asyncio.Event] = {}
        self._may: May = lambda: True

    def kick(self, hook_id: str) -> None:
        """Have a hook looked at now, whatever it waits for."""
        if hook_id in self._kicks:
            self._kicks[hook_id].set()

    async def run(self, office: Office, may: May = lambda: True) -> None:
        """Keep one round a hook going, as long as it is our turn."""
        self._may = may
        try:
            while True:
                self._look(office)
                await asyncio.sleep(self._pace.look)
        finally:
            rounds = list(self._rounds.values())
            for task in rounds:
                task.cancel()
            await asyncio.gather(*rounds, return_exceptions=True)
            self._rounds.clear()

    def _look(self, office: Office) -> None:
        try:
            self._look_around(office)
        except Exception as failure:  # its text may hold values (guarantee A8)
            _log.error("looking for webhooks failed: %s", type(failure).__name__)

    def _look_around(self, office: Office) -> None:
        self._rounds = {name: task for name, task in self._rounds.items() if not task.done()}
        for scope in office.log.scopes():
            with office.log.for_tenant(scope).reading() as unit:
                hooks, wanted = progress.hook_ids(unit), progress.hooks_wanted(unit)
            for hook_id in wanted:  # asked for in another process, perhaps
                self.kick(hook_id)
            for hook_id in hooks:
                if (scope.tenant, hook_id) not in self._rounds:
                    round_ = _Round(office, scope, hook_id, self._sender)
                    task = asyncio.create_task(self._keep_up(round_, scope.tenant, hook_id))
                    self._rounds[scope.tenant, hook_id] = task

    async def _keep_up(self, round_: "_Round", tenant: TenantId, hook_id: str) -> None:
        kick = self._kicks.setdefault(hook_id, asyncio.Event())
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


class _Round:
    """One hook: what is wanted again first, then what is next in the log."""

    def __init__(self, office: Office, scope: Scope, hook_id: str, sender: Sender) -> None:
        self._office = office
        self._log: TenantLog = office.log.for_tenant(scope)
        self._hook_id = hook_id
        self._sender = sender

    async def step(self, pace: Pace, may: May) -> float:
        """Deliver what is due, nothing when it is not our turn. Raises ``Refused`` once the hook is gone."""
        if not may():
            return pace.look
        await self._again(may)
        with self._log.reading() as unit:
            hook_id = find_hook(unit, self._hook_id).hook_id
            state = progress.state_of(unit, hook_id)
            left = _seconds_left(self._office.clock(), state.next_at if state else None)
            due = progress.pending(unit, state) if state and not left else []
            head = unit.head()[0]
        if state is None or left:
            return min(left, pace.longest)
        for one in due:
            if not may():
                return pace.look
            attempt = await self._send(one.news)
            if attempt.reason is not None:
                return self._failed(state, one, attempt, pace)
            self._move(one.position, one.told)
            state = progress.State(state.event_name, one.position, one.told, 0, None)
        if not due and head > state.position:
            self._move(head, 0)
        return pace.look if not due else 0.0

    async def _again(self, may: May) -> None:
        with self._log.reading() as unit:
            letters = progress.wanted_again(unit, self._hook_id)
        for letter in letters:
            if not may():
                return
            attempt = await self._send(letter)
            with self._log.keeping() as unit:
                find_hook(unit, self._hook_id)
                if attempt.reason is None:
                    progress.unbury(unit, self._hook_id, letter.event_id)
                else:
                    died = (self._office.now(), letter.attempts + 1, attempt.reason)
                    progress.bury(unit, self._hook_id, letter, died)

    async def _send(self, news: HookNews) -> Attempt:
        with self._log.reading() as unit:
            hook = find_hook(unit, self._hook_id)
        body = body_of(news)
        headers = headers_of(news, body, hook.about, self._office.clock())
        return await self._sender.send(target_of(hook), headers, body)

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
