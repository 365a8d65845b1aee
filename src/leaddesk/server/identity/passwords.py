"""Passwords: Argon2id off the event loop, at most two at a time (server.md, "Parts chosen").

Every check costs exactly one Argon2 computation, whether the person exists or not, and whether the
stored password was hashed before or is hashed now – so time tells nothing (measure A5).
"""

import asyncio
import secrets
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

from leaddesk.personal.masked import Secret
from leaddesk.server.identity.choosing.rule import normalised
from leaddesk.server.identity.refusals import Throttled

if TYPE_CHECKING:
    from argon2 import PasswordHasher

MEMORY_KIB = 19_456
PASSES = 2
SLOTS = 2
WAITING = 64
"""OWASP's smallest profile for Argon2id (19 MiB, t=2, p=1); two slots bound the memory and the cores."""


class Credential:
    """What is kept of a password: plain until its first use (demo population), its hash ever after."""

    __slots__ = ("hashed", "pending")

    def __init__(self, password: Secret) -> None:
        self.pending: Secret | None = normalised(password)
        self.hashed = ""

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
        if self._waiting >= WAITING:
            raise Throttled(1)
        self._waiting += 1
        loop = asyncio.get_running_loop()
        try:
            same = await loop.run_in_executor(self._workers, self._check, credential or self._nobody, given)
        finally:
            self._waiting -= 1
        return same and credential is not None

    def close(self) -> None:
        """Let the workers end; checks that wait are dropped."""
        self._workers.shutdown(wait=False, cancel_futures=True)

    def use_up(self, credential: Credential) -> None:
        """Replace what is kept in plain by its hash, here and now: tens of milliseconds (not on a loop)."""
        pending = credential.pending
        if pending is not None:
            credential.hashed = self._hasher().hash(pending.reveal())
            credential.pending = None

    def _check(self, credential: Credential, given: Secret) -> bool:
        from argon2.exceptions import VerifyMismatchError

        pending, given = credential.pending, normalised(given)
        if pending is not None:
            self.use_up(credential)
            return pending == given
        try:
            return self._hasher().verify(credential.hashed, given.reveal())
        except VerifyMismatchError:
            return False

    def _hasher(self) -> "PasswordHasher":
        # Imported here, in the worker: 40 ms that the start of the demo need not wait for (P13).
        from argon2 import PasswordHasher

        return PasswordHasher(time_cost=self._passes, memory_cost=self._memory_kib, parallelism=1)
