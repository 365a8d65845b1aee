"""Coming and going: resume, sign in, unlock, sign out."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, cast

from pydantic import ValidationError

from leaddesk.api.client import ApiClient
from leaddesk.api.errors import ApiError, GrantRefused, Obstacle
from leaddesk.api.people import read_me
from leaddesk.api.signin import CORE_ONLY
from leaddesk.contract.people import Me
from leaddesk.contract.signin import ServerInfo, TokenAnswer
from leaddesk.desk.account.by_key import ByKey
from leaddesk.desk.account.keeping import MAY_COME
from leaddesk.desk.account.told import Told
from leaddesk.desk.mirror.rules import Rules
from leaddesk.desk.mirror.watched import Watched
from leaddesk.desk.outcomes import (
    Failure,
    Ok,
    Outcome,
    Reason,
    Refused,
    SessionOver,
    Unavailable,
    failure_of,
)
from leaddesk.personal.masked import Personal, Secret
from leaddesk.session.session import Session
from leaddesk.session.state import SessionState
from leaddesk.session.vault import VaultNote
from leaddesk.store.topics import Topic

if TYPE_CHECKING:
    from leaddesk.session.browser.flow import Opening, Ways


_FIRST_PAUSE, _LONGEST_PAUSE = 1.0, 15.0
_WRONG = Refused(Reason.SIGN_IN)


class SignIn:
    """Who is here. ``me`` stays known while locked, for the lock page; ``info`` is what the server offers.

    ``hindered``: why a session of the keyring could not be gone on with, though it is there. ``left``: tells
    the seconds until the session ends, if that is known; ``told``: what of all this the person was told.
    ``before_entering`` is awaited with whoever comes in, before anything shows it.
    """

    def __init__(self, client: ApiClient, session: Session) -> None:
        self._client = client
        self._session = session
        self.rules = Rules(client)
        self.key = ByKey(session, lambda me: self._admit(me, CORE_ONLY), lambda: self.me)
        self.me: Me | None = None
        self.info: ServerInfo | None = None
        self.hindered: Failure | None = None
        self.told = Told()
        self.left = session.bearer.left
        self._ways: Ways | None = None
        self._only: str | None = None
        self._foreseen: asyncio.Future[Outcome[Me] | None] | None = None
        self._asked = False
        self.before_entering: Callable[[Me], Awaitable[None]] | None = None
        self.state: Watched[SessionState] = Watched(session.state)
        self.vault_changed: Topic[VaultNote] = Topic()
        session.watch(self.state.set)
        session.vault.watch(self.vault_changed.publish)
        self._vault_answered = asyncio.Event()
        self.vault_changed.subscribe(self._hear_vault)

    @property
    def vault_note(self) -> VaultNote:
        """Whether the sign-in is kept in the keyring, and if not, why."""
        return self._session.vault.note

    @property
    def former_email(self) -> str:
        """Whose session the server ended, for the form: they will want to go on where they were."""
        return self.me.person.email if self.me and self.state.value is SessionState.ENDED else ""

    def can(self, capability: str) -> bool:
        """Tell whether the server offers something; what it lacks is not offered."""
        return self.info is not None and capability in self.info.capabilities

    async def resume(self, *, ahead: bool = False) -> Outcome[Me]:
        """Go on with the token of the keyring. Without a connection the token is kept: ask again later.

        ``ahead``: before anybody asks, as a start imports meanwhile (P2); who asks then hears what came
        of it, once. Who asked already is not overtaken.
        """
        if ahead:
            return SessionOver() if self._asked else await self._look_ahead()
        self._asked = True
        foreseen, self._foreseen = self._foreseen, None
        return (await foreseen if foreseen is not None else None) or await self._resume()

    async def _look_ahead(self) -> Outcome[Me]:
        self._foreseen = foreseen = asyncio.get_running_loop().create_future()
        outcome: Outcome[Me] | None = None
        try:
            outcome = await self._resume()
        finally:
            if not foreseen.done():
                foreseen.set_result(outcome)
        if self._session.state is not SessionState.STARTING:
            self._foreseen = None  # who asks later asks of another day
        return outcome

    async def _resume(self) -> Outcome[Me]:
        if not await self._session.recall():
            return SessionOver()
        return await self._go_on()

    async def _go_on(self) -> Outcome[Me]:
        outcome = _for_now(await self._enter())
        self.hindered = None if isinstance(outcome, Ok | SessionOver) else cast("Failure", outcome)
        return outcome

    async def resume_when_kept(self) -> Outcome[Me]:
        """Go on as :meth:`resume` does once a keyring answers that was slow, absent or locked at first (B2).

        Looks now and then without prompting anybody, and at once when a slow one calls back. Ends without
        when somebody signs in, or when it answers and keeps nothing.
        """
        began, pause = self._session.bearer.generation, _FIRST_PAUSE
        while self.vault_note in MAY_COME:
            await self._wait_for_vault(pause)
            if self._session.bearer.generation != began:
                break
            if await self._session.recall(quietly=True):
                return await self._go_on()
            pause = min(pause * 2, _LONGEST_PAUSE)
        return SessionOver()

    async def sign_in(self, email: Personal[str], password: Secret) -> Outcome[Me]:
        """Sign in with e-mail and password; ``refused.second-factor`` asks for :meth:`add_code`."""
        outcome = await self._begin(self._session.proof.by_password(email, password))
        if outcome.code == _WRONG.code and await self._only_by_firm(email):
            return Refused(Reason.FIRM_ONLY)
        return outcome

    async def add_code(self, code: Secret) -> Outcome[Me]:
        """Go on with the code of a second factor, to sign in or to unlock."""
        return await self._begin(self._session.proof.by_code(code))

    async def ways(self) -> Ways | None:
        """Ask how one can sign in here; nothing if the server cannot be asked."""
        try:
            self._ways = await self._session.proof.ways()
        except ApiError:
            return None
        return self._ways

    async def sign_in_with_browser(self, opening: Opening, heard: bytes, refused: bytes) -> Outcome[Me]:
        """Sign in with the system's browser, as :meth:`ways` offered it.

        ``opening`` brings it to an address; then it shows one of two pages of HTML.
        """
        from leaddesk.session.browser.callback import NoLoopback, Pages
        from leaddesk.session.browser.flow import NotSignedIn

        if self._ways is None or self._ways.browser is None:
            return Unavailable()
        way, pages = self._ways.browser, Pages(heard, refused)
        try:
            proof = self._session.proof.in_browser(way, opening, pages, anew=self._only is not None)
            return await self._begin(proof)
        except NotSignedIn:
            return Refused(Reason.BROWSER_REFUSED)
        except NoLoopback:
            return Refused(Reason.NO_LOOPBACK)
        except TimeoutError:
            return Refused(Reason.BROWSER_LATE)

    async def unlock_with_browser(self, opening: Opening, heard: bytes, refused: bytes) -> Outcome[Me]:
        """Open the lock with the system's browser; somebody else stays outside, and is signed out again.

        Their firm is asked not to let them in by what the browser remembers: no button opens a lock.
        """
        if self.me is None or self.state.value is not SessionState.LOCKED:
            return SessionOver()
        self._only = self.me.person.member_id
        try:
            return await self.sign_in_with_browser(opening, heard, refused)
        finally:
            self._only = None

    async def unlock(self, password: Secret) -> Outcome[Me]:
        """Open the lock with a fresh check of the same person's password, or the key that was locked."""
        if self.me is None or self.state.value is not SessionState.LOCKED:
            return SessionOver()
        if self.me.by_key:
            return await self.key.unlock(password, self.me)
        return await self.sign_in(Personal(self.me.person.email), password)

    async def sign_out(self) -> None:
        """Forget here first, then the keyring, then tell the server."""
        self._session.close()
        self.me = None
        await self._session.finish()

    async def _begin(self, proof: Awaitable[TokenAnswer]) -> Outcome[Me]:
        with self._session.beginning():
            return await self._begun(proof)

    async def _begun(self, proof: Awaitable[TokenAnswer]) -> Outcome[Me]:
        try:
            await self._session.begin(await proof)
        except GrantRefused as refused:  # a code for tokens: used before, too old, or another's
            return Refused(Reason.CODE_OVER) if refused.error == "invalid_grant" else failure_of(refused)
        except ApiError as error:
            return failure_of(error)
        except ValidationError:  # longer than any password, address or code can be: nothing was sent
            return Refused(Reason.SIGN_IN)
        return await self._enter()

    async def _only_by_firm(self, email: Personal[str]) -> bool:
        """Tell whether the password could not be right: of a domain, never of a person."""
        try:
            return await self._session.proof.only_by_firm(email)
        except (ApiError, ValidationError):
            return False

    def _hear_vault(self, note: VaultNote) -> None:
        if note is VaultNote.KEPT:
            self._vault_answered.set()

    async def _wait_for_vault(self, seconds: float) -> None:
        self._vault_answered.clear()
        try:
            async with asyncio.timeout(seconds):
                await self._vault_answered.wait()
        except TimeoutError:
            return

    async def _enter(self) -> Outcome[Me]:
        profile = self._session.bearer.profile
        if profile is not None and profile.is_key:
            return await self.key.resume(profile.refresh)
        info, me = await asyncio.gather(
            self._session.discover(), read_me(self._client), return_exceptions=True
        )  # at once: renewing the token waits for the keyring three times (P2)
        if isinstance(info, BaseException) or isinstance(me, BaseException):
            failed = info if isinstance(info, BaseException) else me
            if isinstance(failed, ApiError):
                return failure_of(failed)
            raise cast("BaseException", failed)
        if self._only is not None and me.person.member_id != self._only:
            self._session.turn_away()
            await self._session.finish()
            return Refused(Reason.OTHER_PERSON)
        return await self._admit(me, info)

    async def _admit(self, me: Me, info: ServerInfo) -> Outcome[Me]:
        self.info, self.me = info, me
        self.rules.take(me.policy)
        if self.before_entering is not None:
            await self.before_entering(me)
        self._session.open()
        return Ok(me)


def _for_now(outcome: Outcome[Me]) -> Outcome[Me]:
    """What is refused from here says nothing of the session: its token is good elsewhere."""
    if isinstance(outcome, Refused) and outcome.reason is Reason.NETWORK:
        return Unavailable(obstacle=Obstacle.NETWORK)
    return outcome
