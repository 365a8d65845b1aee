"""The way to one server: a request goes in, a reply comes out. A port; in the client it speaks HTTP/1.1."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Mapping
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True, repr=False)
class Request:
    """What is sent; ``target`` is path and query, escaped. Names of headers are lower case."""

    method: str
    target: str
    headers: Mapping[str, str]
    body: bytes = b""


class Reply(Protocol):
    """An answer whose head is there; closed by whoever asked, read to its end or not."""

    @property
    def status(self) -> int:
        """The status code, never one of 1xx."""
        ...

    @property
    def headers(self) -> Mapping[str, str]:
        """Lower-case names; repeated ones joined by commas."""
        ...

    def pieces(self) -> AsyncGenerator[bytes]:
        """Yield the body as it comes, still compressed. Raises :class:`~leaddesk.api.errors.Interrupted`."""
        ...

    async def aclose(self) -> None:
        """Let go of it; twice is fine."""
        ...


class Line(Protocol):
    """Sends requests to one server. Deadlines are the caller's: cancelling a call leaves nothing behind."""

    async def send(self, request: Request) -> Reply:
        """Send and wait for the head of the answer.

        Raises :class:`~leaddesk.api.errors.Offline` and :class:`~leaddesk.api.errors.Untrusted` when the
        request was certainly not sent, :class:`~leaddesk.api.errors.Interrupted` when nobody knows,
        :class:`~leaddesk.api.errors.Malformed` when it cannot be sent at all.
        """
        ...
