"""A line that is no network: a function answers."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping
from dataclasses import dataclass, field

from leaddesk.api.line import Reply, Request


@dataclass
class Told:
    """A reply from memory. Implements :class:`~leaddesk.api.line.Reply`."""

    status: int
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)

    async def pieces(self) -> AsyncGenerator[bytes]:
        """The body in one piece."""
        if self.body:
            yield self.body

    async def aclose(self) -> None:
        """Nothing to let go of."""


class MadeUp:
    """A line on which a function answers. Implements :class:`~leaddesk.api.line.Line`."""

    def __init__(self, answer: Callable[[Request], Awaitable[Reply]]) -> None:
        self._answer = answer

    async def send(self, request: Request) -> Reply:
        """Ask the function."""
        return await self._answer(request)
