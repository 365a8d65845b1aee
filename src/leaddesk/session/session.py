"""One person's session with one server: begin, lock, unlock, end."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable, Iterator

from leaddesk.api.client import ApiClient
from leaddesk.api.errors import ApiError
from leaddesk.api.signin import discover, revoke
from leaddesk.contract.signin import ServerInfo, TokenAnswer
from leaddesk.personal.masked import Secret
from leaddesk.session.proving import Proof
from leaddesk.session.renewal.bearer import Bearer
from leaddesk.session.renewal.neighbours import Neighbours
from leaddesk.session.state import SessionState
from leaddesk.session.tokens import Profile, ShownKey, random_name
from leaddesk.session.vault import Vault

_LOOK_SECONDS = 0.05


class Beginnings:
    """Who is beginning: what is begun inside ends with whoever is called off before it was opened (B7)."""

    def __init__(self, generation: Callable[[], int], undo: Callable[[], None]) -> None:
        self._generation, self._undo = generation, undo
        self._tasks: set[asyncio.Task[object]] = set()

    @contextlib.contextmanager
    def __call__(self) -> Iterator[None]:
        """Begin inside this."""
        task, generation = asyncio.current_task(), self._generation()
        assert task is not None
        self._tasks.add(task)
        try:
            yield
        except asyncio.CancelledError:
            if self._generation() != generation:
                self._undo()
            raise
        finally:
            self._tasks.discard(task)

    def called_off(self) -> set[asyncio.Task[object]]:
        """Return those that were called off and have not ended yet."""
        return {task for task in self._tasks if task.cancelling()}


class Session:
    """Holds the bearer and says where the session stands.

    ``client`` is the one without authorization. Lock and sign-out act here at once and talk to the keyring
    and the server afterwards (:meth:`finish`), so that neither can hold them up. ``unheard``: ids of sessions
    of which the server has not confirmed the end.
    """

    def __init__(
        self, client: ApiClient, vault: Vault, address: str, neighbours: Neighbours | None = None
    ) -> None:
        self._client = client
        self._address = address
        self.vault = vault
        self.foretold: Callable[[], ServerInfo | None] = lambda: None
        self.proof = Proof(client, address)
        self.proof.on_late = self._give_back
        self.bearer = Bearer(client, vault, neighbours=neighbours)
        self.bearer.on_ended = lambda: self._become(SessionState.ENDED)
        self._state = SessionState.STARTING
        self._watchers: list[Callable[[SessionState], None]] = []
        self._dropped: list[Profile] = []
        self.unheard: set[str] = set()
        self._recalling = asyncio.Lock()
        self._forgetting: set[asyncio.Task[None]] = set()
        self.beginning = Beginnings(lambda: self.bearer.generation, self._undo)

    @property
    def state(self) -> SessionState:
        """Where the session stands."""
        return self._state

    def watch(self, callback: Callable[[SessionState], None]) -> None:
        """Call back after each change of state."""
        self._watchers.append(callback)

    async def discover(self) -> ServerInfo:
        """Ask what the server offers; needs no sign-in. What was heard before the session is said once."""
        told, self.foretold = self.foretold(), lambda: None
        return told or await discover(self._client)

    async def recall(self, *, quietly: bool = False) -> bool:
        """Look for a kept profile. True: calls can be made, :meth:`open` when one succeeded.

        ``quietly``: nobody is prompted for a locked keyring; it then counts as keeping nothing.
        """
        async with self._recalling:
            if self.bearer.profile is not None:
                return True
            profile = await self.vault.load(self._address, quietly=quietly)
            if self.bearer.profile is not None:
                return True  # somebody signed in while the keyring was thinking
            if profile is None:
                self._become(SessionState.SIGNED_OUT)
                return False
            self.bearer.begin(profile)
            return True

    async def look_ahead(self) -> None:
        """Recall, and renew the token, before anybody asks: a start imports meanwhile (P2).

        What fails is not told here. Whoever asks afterwards tries again and hears of it.
        """
        if await self.recall():
            with contextlib.suppress(ApiError):
                await self.bearer.enter()

    async def begin(self, given: TokenAnswer | ShownKey) -> None:
        """Begin with what a :attr:`proof` gave, kept before it is used; what was before ends meanwhile."""
        self._put_away(self.bearer.drop())
        if isinstance(given, ShownKey):
            profile = Profile(random_name(), self._address, given.key, is_key=True, kept=given.keep)
            self.bearer.begin(profile)
        else:
            profile = self._profile_of(given)
            self.bearer.begin(profile, given)
        if profile.kept:
            await self.vault.store(profile)
        self._tidy()

    def return_to(self, state: SessionState) -> None:
        """Stand where the process before this one stood: locked, signed out or ended; without any token."""
        self._become(state)

    def open(self) -> None:
        """The session works: the person's data may be asked for."""
        self._become(SessionState.SIGNED_IN)

    def lock(self) -> None:
        """Drop the tokens now; unlocking needs the password again."""
        if self._state is SessionState.SIGNED_IN:
            self._put_away(self.bearer.drop())
            self._become(SessionState.LOCKED)

    def turn_away(self) -> None:
        """Drop tokens that were just given to somebody else than expected; where the session stands stays."""
        self._put_away(self.bearer.drop())

    def close(self) -> None:
        """Sign out here, now."""
        self._put_away(self.bearer.drop())
        self._become(SessionState.SIGNED_OUT)

    async def finish(self, patience: float | None = None) -> None:
        """Take dropped tokens out of the vault and have the server revoke them, if it can be reached.

        It goes on though whoever waits for it is called off: the page that asked may be gone (B7). A key
        stays good: it is its tenant's, and may be in use elsewhere. ``patience``: seconds, after which what
        is left is given up, because the connection is about to be closed.
        """
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(patience):
                await self._finished()
        if patience is not None and (left := self._forgetting | self.proof.late):
            for task in left:
                task.cancel()
            await asyncio.wait(left)

    async def _finished(self) -> None:
        """Beginnings that were called off first; one past its time counts as such for a moment."""
        while called_off := self.beginning.called_off() | self.proof.late:
            await asyncio.wait(called_off, timeout=_LOOK_SECONDS)
        self._tidy()
        if self._forgetting:
            await asyncio.wait(self._forgetting)

    def _tidy(self) -> None:
        while self._dropped:
            task = asyncio.get_running_loop().create_task(self._forget(self._dropped.pop()))
            self._forgetting.add(task)
            task.add_done_callback(self._forgetting.discard)

    async def _forget(self, profile: Profile) -> None:
        """Both at once: behind a lock there is little time for either (guarantee A6)."""
        await asyncio.gather(self.vault.remove(profile), self._revoke(profile))

    async def _revoke(self, profile: Profile) -> None:
        if profile.is_key:
            return
        listed = {profile.session} if profile.session is not None else set()
        self.unheard |= listed  # also if this is called off
        with contextlib.suppress(ApiError):
            await revoke(self._client, profile.refresh)
            self.unheard -= listed

    def _undo(self) -> None:
        """Somebody was called off while beginning; what was opened meanwhile is not theirs to end."""
        if self._state is not SessionState.SIGNED_IN:
            self.turn_away()
            self._tidy()

    def _give_back(self, given: TokenAnswer) -> None:
        self._dropped.append(self._profile_of(given))
        self._tidy()

    def _profile_of(self, given: TokenAnswer) -> Profile:
        token, listed = Secret(given.refresh_token), given.leaddesk_session
        return Profile(random_name(), self._address, token, session=listed)

    def _put_away(self, profile: Profile | None) -> None:
        if profile is not None and profile.kept:
            self._dropped.append(profile)

    def _become(self, state: SessionState) -> None:
        if state is self._state:
            return
        self._state = state
        for callback in self._watchers:
            callback(state)
