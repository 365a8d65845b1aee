"""All clerks of one window, and the one piece of work that keeps them going."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import datetime
from functools import cached_property
from typing import TYPE_CHECKING

from leaddesk.api.client import ApiClient
from leaddesk.api.errors import ApiError, SessionOver
from leaddesk.contract.ids import LeadId
from leaddesk.contract.people import Me, Right
from leaddesk.desk.account.own_sessions import OwnSessions
from leaddesk.desk.account.step_up import StepUp
from leaddesk.desk.approvals import Approvals
from leaddesk.desk.branding.branding import Branding
from leaddesk.desk.leads import Leads
from leaddesk.desk.mirror.changes import Changes
from leaddesk.desk.mirror.connection import Connection
from leaddesk.desk.mirror.directory import Directory
from leaddesk.desk.mirror.groups import nothing_left
from leaddesk.desk.mirror.loader import Loader, Reader
from leaddesk.desk.offers import Offers
from leaddesk.desk.outbox import Outbox
from leaddesk.desk.sealing.left_by_key import LeftByKey
from leaddesk.desk.sealing.safe import Safe
from leaddesk.desk.sending.counter import Counter
from leaddesk.desk.sending.drafts import Drafts
from leaddesk.desk.sharing import Sharing
from leaddesk.desk.sign_in import SignIn
from leaddesk.desk.sync import Phase, Sync
from leaddesk.personal.unexpected import report
from leaddesk.session.session import Session
from leaddesk.session.state import SessionState
from leaddesk.store.store import Store

if TYPE_CHECKING:
    from leaddesk.desk.attachments.attachments import Attachments

_FIRST_PAUSE, _LONGEST_PAUSE = 1.0, 30.0
_FAREWELL_SECONDS = 1.0
_LEFT = frozenset({SessionState.LOCKED, SessionState.SIGNED_OUT, SessionState.ENDED})


class Desk:
    """The clerks. ``client`` carries the session's bearer.

    Invariant: when the session is left, whoever shows something hears of it first; then all work under way is
    cancelled and the store is wiped, in the same turn of the loop.
    """

    _early = False

    def __init__(
        self, client: ApiClient, session: Session, store: Store, clock: Callable[[], datetime]
    ) -> None:
        self._client, self._session, self._store = client, session, store
        self._work: asyncio.Task[None] | None = None
        self._person: str | None = None
        self.sign_in, self.branding = SignIn(client, session), Branding(session.proof)
        self.own_sessions, self.step_up = OwnSessions(client), StepUp(client, session)
        self.directory = Directory(client, store)
        self.loader = loader = Loader(client, store, self.directory)
        self.rules = self.sign_in.rules
        changes = Changes(client, store, loader, self.rules)
        self.sync = Sync(client, loader, changes, clock)
        self.outbox, self.drafts = Outbox(Counter(client, store, changes.touched), clock), Drafts()
        self.leads = Leads(client, store, self.outbox, changes.touched)
        self.sharing = Sharing(client, store, self.outbox, self.sign_in)
        self.approvals = Approvals(client, store, self.outbox, self.sign_in)
        self.offers = Offers(store, self.outbox, self.sync)
        self.sync.connection.changed.subscribe(self._hear_connection)
        self.safe = Safe(self.outbox, self.drafts, session.vault, LeftByKey(self._knows))
        self.sign_in.before_entering = self._prepare
        session.watch(self._hear_session)

    @cached_property
    def attachments(self) -> Attachments:
        """The clerk for files; no first rows wait for what decodes them (P2)."""
        from leaddesk.desk.attachments.attachments import Attachments

        return Attachments(self._client, self.rules)

    def may(self, right: Right) -> bool:
        """Tell whether the person has a right."""
        return self.sign_in.me is not None and right in self.sign_in.me.rights

    async def run(self) -> None:
        """Keep the store live and send the outbox, until the session is left; then return.

        An error of our own ends none of it: it is reported, and the work begins again.
        """
        if self._early and self._work is not None:
            await self._take_over(self._work)
            return
        me, info = self.sign_in.me, self.sign_in.info
        if me is None or info is None or self.sign_in.state.value is not SessionState.SIGNED_IN:
            return
        self._begin_for(me.person.member_id)
        reader = Reader(frozenset(me.rights), frozenset(info.capabilities))
        self._work = asyncio.current_task()
        try:
            await self._keep_going(reader)
        except asyncio.CancelledError:
            pass
        finally:
            self._work = None

    async def look_ahead(self) -> None:
        """Resume and begin what :meth:`run` does, as far as the first rows, while their page is made (P2).

        From when :meth:`run` is called on it is as if that had begun it.
        """
        outcome = await self.sign_in.resume(ahead=True)
        if outcome.code != "ok" or self._work is not None:
            return
        self.loader.hold()
        self._early = True
        try:
            await self.run()
        finally:
            self.loader.go_on()
            self._early = False

    async def _take_over(self, work: asyncio.Task[None]) -> None:
        """Have the work that began early go on; it ends with whoever took it over."""
        self._early = False
        self.loader.go_on()
        try:
            await asyncio.wait([work])
        except asyncio.CancelledError:
            work.cancel()
            raise

    async def leave(self) -> None:
        """End the work before its connection is closed."""
        if self._work is not None and self._work is not asyncio.current_task():
            self._work.cancel()
            await asyncio.wait([self._work], timeout=_FAREWELL_SECONDS)

    async def reachable(self) -> bool:
        """Tell whether the server answers; needs no sign-in and says nothing of who asks."""
        try:
            await self._session.discover()
        except ApiError:
            return False
        return True

    def lock(self) -> None:
        """Lock now: tokens dropped, work cancelled, store wiped. Waiting notes and steps are then sealed."""
        self._session.lock()

    async def finish_lock(self) -> None:
        """Take the dropped tokens out of the keyring and have them revoked."""
        await self._session.finish()

    def return_to(self, state: SessionState) -> None:
        """Stand where the process before this one stood (:mod:`leaddesk.desk.sealing`)."""
        self._session.return_to(state)

    @property
    def unheard(self) -> set[str]:
        """The ids of sessions of which the server has not confirmed the end; they open nothing."""
        return self._session.unheard

    def doomed(self) -> tuple[str, ...]:
        """Return what the keyring is still to forget: it did not answer in time."""
        return tuple(self._session.vault.doomed)

    async def forget(self) -> None:
        """Have the keyring forget now what it is still to forget, if it can without a prompt."""
        await self._session.vault.settle()

    async def _keep_going(self, reader: Reader) -> None:
        """Begin again after an error of our own, each time a little later; the person is told meanwhile."""
        pause, now = _FIRST_PAUSE, asyncio.get_running_loop().time
        while True:
            began = now()
            if await self._work_until_over(reader):
                return
            pause = _FIRST_PAUSE if now() - began > _LONGEST_PAUSE else pause
            await self.sync.rest(pause)
            pause = min(pause * 2, _LONGEST_PAUSE)

    async def _work_until_over(self, reader: Reader) -> bool:
        """Return whether the session is over; ``False``: an error nobody foresaw ended the work."""
        over = False
        try:
            with nothing_left():
                async with asyncio.TaskGroup() as work:
                    work.create_task(self.outbox.run())
                    work.create_task(self.sync.run(reader))
                    work.create_task(self.own_sessions.end_unheard(self._session.unheard))
        except* SessionOver:
            over = True
        except* Exception as errors:
            report(errors)
        return over

    def _begin_for(self, person: str) -> None:
        """What waits in the outbox, and what was begun, belongs to the person who wrote it."""
        if self._person is not None and self._person != person:
            self.outbox.discard()
            self.drafts.discard()
        self._person = person

    def _knows(self, lead: str) -> bool:
        return self._store.leads.slot_of(LeadId(lead)) is not None

    async def _prepare(self, me: Me) -> None:
        self.safe.set_apart(self._person, me)
        self._begin_for(me.person.member_id)
        await self.safe.open(me)

    def _hear_connection(self, connection: Connection) -> None:
        self.outbox.set_online(connection.phase is not Phase.OFFLINE)

    def _hear_session(self, state: SessionState) -> None:
        if state not in _LEFT:
            return
        if self._work is not None:
            self._work.cancel()
        self.sync.forget()
        self._store.wipe()
        if state is SessionState.SIGNED_OUT:
            self.outbox.discard()
            self.drafts.discard()
            self._person = None
