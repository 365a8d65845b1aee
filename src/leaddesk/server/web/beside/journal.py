"""Sign-ins on the access log: written down after the answer has left (measures A5, A8).

What is asked here – who it is, in which role – comes after the answer, so that none takes longer because
somebody exists; of an address that is nobody's nothing is written, for it is no tenant's. Bounded: beyond
that the oldest go, and what waits when a process is killed is lost; reading data is on record before its
answer all the same.
"""

import asyncio
import logging
from collections import deque

from leaddesk.contract.ids import member_urn
from leaddesk.contract.people import Right
from leaddesk.server.identity.authorization.telling import Told
from leaddesk.server.identity.caller import Caller
from leaddesk.server.identity.facade import Identity
from leaddesk.server.oversight.access_log import AccessLog, AccessLogUnavailable
from leaddesk.server.oversight.entries import Deed, Read

ROOM = 10_000
PAUSE_SECONDS = 1.0
ACCOUNT = "account"

_log = logging.getLogger(__name__)


class Journal:
    """Hears of sign-ins, in any thread, and writes them down, on the loop."""

    def __init__(self, access_log: AccessLog, identity: Identity) -> None:
        self._access_log = access_log
        self._identity = identity
        self._waiting: deque[Told] = deque(maxlen=ROOM)
        self._loop: asyncio.AbstractEventLoop | None = None
        self._heard = asyncio.Event()
        self._idle = asyncio.Event()
        self._idle.set()
        self.pause_seconds = PAUSE_SECONDS
        identity.entry.tell = self.note

    def note(self, told: Told) -> None:
        """Have it written down; neither waits nor fails."""
        self._waiting.append(told)
        loop = self._loop
        if loop is not None and not loop.is_closed():
            loop.call_soon_threadsafe(self._heard.set)

    async def run(self) -> None:
        """Write down what is heard, until cancelled."""
        self._loop = asyncio.get_running_loop()
        self._heard.set()
        while True:
            await self._heard.wait()
            self._heard.clear()
            self._idle.clear()
            while self._waiting:
                await self._written(self._waiting.popleft())
            self._idle.set()

    async def emptied(self) -> None:
        """Wait until everything that was heard is written down."""
        while self._waiting or self._heard.is_set() or not self._idle.is_set():  # noqa: ASYNC110 - see below
            await asyncio.sleep(0)  # threads hand in, too

    async def _written(self, told: Told) -> None:
        """Write one entry; while the access log cannot be written, wait for it."""
        while True:
            try:
                caller = await self._caller(told)
                if caller is not None:
                    read = Read({"ways": " ".join(told.ways)} if told.ways else {})
                    await self._access_log.record(Deed(caller, told.act, ACCOUNT, told.result, read=read))
            except AccessLogUnavailable:
                await asyncio.sleep(self.pause_seconds)
            except Exception as failure:  # its text may hold values (guarantee A8)
                _log.error("a sign-in is not on record: %s", type(failure).__name__)
                return
            else:
                return

    async def _caller(self, told: Told) -> Caller | None:
        people = self._identity.people
        person = await self._identity.apart(lambda: people.person(told.tenant_id, told.member_id))
        if person is None:  # gone meanwhile
            return None
        urn, nothing = member_urn(person.member_id), frozenset[Right]()
        who = (person.tenant_id, person.member_id, urn, person.name, person.role, nothing, False)
        return Caller(*who)
