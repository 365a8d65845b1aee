"""Attaches the access token, and renews it once however many calls were refused (guarantees B5, B6)."""

from __future__ import annotations

import asyncio
import copy
import time
from collections.abc import Awaitable, Callable
from dataclasses import replace

from leaddesk.api.client import ApiClient
from leaddesk.api.errors import ApiError, GrantRefused, Refused, SessionOver, Superseded, Unavailable
from leaddesk.api.gate import Pass
from leaddesk.api.keys import check_key
from leaddesk.api.signin import refresh
from leaddesk.contract.problems import ProblemType
from leaddesk.contract.signin import TokenAnswer
from leaddesk.personal.masked import Secret
from leaddesk.session.renewal.neighbours import Handed, Neighbours, mark_of
from leaddesk.session.tokens import Access, Profile, random_name
from leaddesk.session.vault import Vault

_MARGIN, _LONGEST = 5.0, 86_400
"""Seconds before its end from which an access token is not used any more; and so long at most, whatever is
said of it.
"""
_LONGEST_SESSION = 10 * 366 * 86_400


class Bearer:
    """The gate of a signed-in session; implements :class:`~leaddesk.api.gate.Gate`.

    Invariants: at most one refresh is under way, also among this person's processes; the rotation id is in
    the vault before the server is asked and the successor before it is first used; a network error never
    throws a token away. The generation rises with each end of a session, so that earlier passes are refused.
    """

    def __init__(
        self,
        client: ApiClient,
        vault: Vault,
        clock: Callable[[], float] = time.monotonic,
        neighbours: Neighbours | None = None,
    ) -> None:
        self._client = client
        self._vault = vault
        self._clock = clock
        self._profile: Profile | None = None
        self._access: Access | None = None
        self._ends_at: float | None = None
        self._turn = asyncio.Lock()
        self._neighbours = neighbours
        self._failures = 0
        self._failure: ApiError | None = None
        self.generation = 0
        self.on_ended: Callable[[], None] = lambda: None
        self.on_step_up: Callable[[], Awaitable[bool]] | None = None

    @property
    def profile(self) -> Profile | None:
        """The profile in use."""
        return self._profile

    def begin(self, profile: Profile, answer: TokenAnswer | None = None) -> None:
        """Start with a profile, and with the access token if one was just given."""
        self.generation += 1
        self._profile = profile
        self._access, self._ends_at = None, None
        if answer is not None:
            self._access = self._access_of(answer)

    def drop(self) -> Profile | None:
        """Forget everything now; answers under way become late ones. Returns what was dropped."""
        self.generation += 1
        if self._neighbours is not None:
            self._neighbours.leave()
        dropped, self._profile, self._access, self._ends_at = self._profile, None, None, None
        return dropped

    def left(self) -> float | None:
        """Return the seconds until the session ends, however often it is renewed; nothing if not known."""
        return None if self._ends_at is None else self._ends_at - self._clock()

    async def enter(self) -> Pass:
        """Return the current pass, renewed first if it is about to end."""
        return self._current() or await self._renewed(None)

    async def renew(self, refused: Pass) -> Pass:
        """Return a newer pass than the refused one. All who come meanwhile share one refresh.

        A key has no newer one: it is returned if the server still knows it, and was refused for another
        reason.
        """
        if not self.admits(refused):
            raise Superseded
        if refused.is_key:
            return await self._checked(refused)
        return self._current(refused) or await self._renewed(refused)

    def admits(self, used: Pass) -> bool:
        """Tell whether an answer to this pass may still be used."""
        return used.generation == self.generation

    async def end(self) -> None:
        """Begin no further call with what the server does not take any more, and keep it nowhere."""
        if self._profile is not None:
            await self._end(self._profile)

    async def prove(self) -> bool:
        """Have whoever asks persons ask; a session that ended meanwhile has nothing more to show."""
        generation = self.generation
        shown = self.on_step_up is not None and await self.on_step_up()
        return shown and generation == self.generation

    def _current(self, refused: Pass | None = None) -> Pass | None:
        if self._profile is None:
            raise SessionOver
        if self._profile.is_key:
            return Pass(self._profile.refresh, self.generation, is_key=True)
        if self._access is None or self._clock() > self._access.good_until:
            return None
        found = Pass(Secret(f"Bearer {self._access.token.reveal()}"), self.generation)
        return None if found == refused else found

    async def _renewed(self, refused: Pass | None) -> Pass:
        failures, generation = self._failures, self.generation
        async with self._turn:
            if generation != self.generation:
                raise Superseded
            found = self._current(refused)
            if found is not None:
                return found
            if self._failures != failures and self._failure is not None:
                raise copy.copy(self._failure)
            try:
                access = await self._handed() or await self._rotate()
            except Superseded:
                raise
            except ApiError as failure:
                self._failures += 1
                self._failure = copy.copy(failure)
                raise
            return Pass(Secret(f"Bearer {access.token.reveal()}"), generation)

    async def _checked(self, used: Pass) -> Pass:
        """Ask whether the key is still known; once for all who were refused. Raises SessionOver if not."""
        async with self._turn:
            profile = self._profile
            self._hold(used.generation)
            if profile is None:
                raise SessionOver
            try:
                await check_key(self._client, profile.refresh)
            except Refused as refused:
                self._hold(used.generation)
                if refused.status not in (401, 403) or refused.kind is ProblemType.NETWORK_REFUSED:
                    raise
                await self._end(profile)
                raise SessionOver from None
            self._hold(used.generation)
            return used

    async def _handed(self) -> Access | None:
        """Take what another process of this person has, or become the one that renews."""
        neighbours, profile, generation = self._neighbours, self._profile, self.generation
        if neighbours is None or profile is None or await neighbours.lead(profile.profile_id, self._hand_out):
            return None
        handed = await neighbours.ask(profile.profile_id, self._mark())
        self._hold(generation)
        if handed is None:
            await neighbours.lead(profile.profile_id, self._hand_out)
            return None
        self._profile = replace(profile, refresh=handed.refresh, rotation_id=None, session=handed.session)
        self._access = Access(handed.access, self._clock() + handed.seconds)
        self._ends_at = None if handed.left is None else self._clock() + handed.left
        return self._access

    async def _hand_out(self, mark: str) -> Handed | None:
        """Give another process our access token, renewed if it is the one that was refused there."""
        try:
            current = await self.enter()
            if mark == self._mark():
                await self._renewed(current)
        except ApiError:
            return None
        if self._access is None or self._profile is None:
            return None
        seconds = self._access.good_until - self._clock()
        return Handed(self._access.token, seconds, self._profile.refresh, self._profile.session, self.left())

    def _mark(self) -> str:
        return mark_of(self._access.token if self._access is not None else None)

    async def _rotate(self) -> Access:
        generation = self.generation
        profile = await self._announced()
        self._hold(generation)
        try:
            answer = await refresh(self._client, profile.refresh, profile.rotation_id or "")
        except GrantRefused as refused:
            self._hold(generation)
            if refused.error != "invalid_grant":
                raise Unavailable(obstacle=refused.obstacle) from None
            await self._end(profile)
            raise SessionOver from None
        self._hold(generation)
        successor = replace(
            profile,
            refresh=Secret(answer.refresh_token),
            rotation_id=None,
            session=answer.leaddesk_session or profile.session,
        )
        self._profile = successor
        await self._vault.store(successor)
        self._hold(generation)
        self._access = self._access_of(answer)
        return self._access

    async def _announced(self) -> Profile:
        """Return the profile with a rotation id that is already in the vault."""
        if self._profile is None:
            raise SessionOver
        generation = self.generation
        profile = await self._vault.reread(self._profile)
        if profile.rotation_id is None:
            profile = replace(profile, rotation_id=random_name())
            self._hold(generation)
            await self._vault.store(profile)
        self._hold(generation)
        self._profile = profile
        return profile

    async def _end(self, profile: Profile) -> None:
        self.drop()
        self.on_ended()
        if profile.kept:
            await self._vault.remove(profile)

    def _hold(self, generation: int) -> None:
        """Stop work for a session that ended meanwhile."""
        if generation != self.generation:
            raise Superseded

    def _access_of(self, answer: TokenAnswer) -> Access:
        seconds = max(min(max(answer.expires_in, 0), _LONGEST) - _MARGIN, 1.0)
        ends = answer.leaddesk_session_ends_in
        self._ends_at = None if ends is None else self._clock() + min(max(ends, 0), _LONGEST_SESSION)
        return Access(Secret(answer.access_token), self._clock() + seconds)
