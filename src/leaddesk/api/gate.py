"""How a call gets its authorization: a port the session fills (house, "session/bearer")."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from leaddesk.personal.masked import Secret


@dataclass(frozen=True, slots=True)
class Pass:
    """One authorization header value and the session generation it belongs to.

    ``is_key``: a bare API key. Servers that speak only the core may refuse one that is good no more with 403.
    """

    authorization: Secret | None
    generation: int = 0
    is_key: bool = False


class Gate(Protocol):
    """Gives passes, renews them after a 401, and tells whether an answer still matters."""

    async def enter(self) -> Pass:
        """Return the pass for a request. Raises :class:`~leaddesk.api.errors.SessionOver`."""
        ...

    async def renew(self, refused: Pass) -> Pass:
        """Return a newer pass than the refused one; one refresh for any number of callers."""
        ...

    def admits(self, used: Pass) -> bool:
        """Tell whether an answer to this pass may still be used (false after lock and sign-out)."""
        ...

    async def prove(self) -> bool:
        """Have the person show once more who they are; False: they did not. May take as long as they do."""
        ...


class OpenGate:
    """No authorization: discovery and sign-in."""

    async def enter(self) -> Pass:
        """Return the empty pass."""
        return Pass(None)

    async def renew(self, refused: Pass) -> Pass:
        """Nothing to renew: the same pass, so that the refusal stands."""
        return refused

    def admits(self, used: Pass) -> bool:
        """Sign-in has no earlier generation."""
        return True

    async def prove(self) -> bool:
        """Nobody is here yet."""
        return False
