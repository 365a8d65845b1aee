"""Passwords: Argon2id off the event loop, at most two at a time (server.md, "Parts chosen").

Every check costs exactly one Argon2 computation, whether the person exists or not, and whether the
stored password was hashed before or is hashed now – so time tells nothing (measure A5). Only a right password
whose hash has other parameters than today's is hashed once more.
"""

import asyncio
import secrets
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, TypeVar

from leaddesk.personal.masked import Secret
from leaddesk.server.identity.choosing.rule import normalised
from leaddesk.server.identity.refusals import Throttled

if TYPE_CHECKING:
    from argon2 import PasswordHasher

T = TypeVar("T")

MEMORY_KIB = 19_456
PASSES = 2
SLOTS = 2
WAITING = 64
"""OWASP's smallest profile for Argon2id (19 MiB, t=2, p=1); two slots bound the memory and the cores."""


class Credential:
    """What is kept of a password: plain until its first use (demo population), its hash ever after."""

    __slots__ = ("hashed", "is_new", "pending")

    def __init__(self, password: Secret) -> None:
        self.pending: Secret | None = normalised(password)
        self.hashed = ""
        self.is_new = False
        """Whether the hash was made here and is to be kept."""

    @classmethod
    def made(cls, password: Secret | None) -> "Credential":
        """Take a password, or none: then no password is right."""
        return cls.of("") if password is None else cls(password)

    @classmethod
    def of(cls, hashed: str) -> "Credential":
        """Take a hash that was kept."""
        credential = cls(Secret(""))
        credential.pending, credential.hashed = None, hashed
        return credential


class Passwords:
    """Checks passwords in worker threads; a queue that is too long is refused instead of growing."""

    def __init__(self, memory_kib: int = MEMORY_KIB, passes: int = PASSES) -> None:
        self._memory_kib, self._passes = memory_kib, passes
        self._workers = ThreadPoolExecutor(SLOTS, thread_name_prefix="argon2")
        self._waiting = 0
        self._nobody = Credential(Secret(secrets.token_urlsafe(32)))

    async def matches(self, credential: Credential | None, given: Secret) -> bool:
        """Tell whether ``given`` is the password. Without a credential: the same work, then no.

        Raises :class:`Throttled` when too many checks wait.
        """
        same = await self._in_turn(lambda: self._check(credential or self._nobody, given))
        return same and credential is not None

    async def hashed(self, password: Secret) -> Credential:
        """Hash a new password. Raises :class:`Throttled` when too many wait."""
        credential = Credential(password)
        await self._in_turn(lambda: self.use_up(credential))
        return credential

    async def _in_turn(self, work: Callable[[], T]) -> T:
        """Compute in one of the slots."""
        if self._waiting >= WAITING:
            raise Throttled(1)
        self._waiting += 1
        try:
            return await asyncio.get_running_loop().run_in_executor(self._workers, work)
        finally:
            self._waiting -= 1

    def close(self) -> None:
        """Let the workers end; checks that wait are dropped."""
        self._workers.shutdown(wait=False, cancel_futures=True)

    def use_up(self, credential: Credential) -> None:
        """Replace what is kept in plain by its hash, here and now: tens of milliseconds (not on a loop)."""
        pending = credential.pending
        if pending is not None:
            credential.hashed = self._hasher().hash(pending.reveal())
            credential.pending, credential.is_new = None, True

    def _check(self, credential: Credential, given: Secret) -> bool:
        from argon2.exceptions import VerifyMismatchError

        pending, given = credential.pending, normalised(given)
        if pending is not None:
            self.use_up(credential)
            return pending == given
        hasher = self._hasher()
        try:
            hasher.verify(credential.hashed, given.reveal())
        except VerifyMismatchError:
            return False
        if credential is not self._nobody and hasher.check_needs_rehash(credential.hashed):
            credential.pending = given
            self.use_up(credential)
        return True

    def _hasher(self) -> "PasswordHasher":
        # Imported here, in the worker: 40 ms that the start of the demo need not wait for (P13).
        from argon2 import PasswordHasher

        return PasswordHasher(time_cost=self._passes, memory_cost=self._memory_kib, parallelism=1)
