"""The client every endpoint goes through: deadline, byte cap, one renewal, errors of our own tree."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Mapping
from contextlib import aclosing, asynccontextmanager
from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING

from pydantic import ValidationError

from leaddesk.api.body import read_slices, read_whole
from leaddesk.api.call import Call
from leaddesk.api.errors import (
    ApiError,
    GrantRefused,
    Interrupted,
    Redirected,
    Refused,
    Superseded,
    Throttled,
    TimedOut,
    Unavailable,
    retry_after,
)
from leaddesk.api.gate import OpenGate
from leaddesk.contract.problems import PROBLEM_MEDIA_TYPE, Problem
from leaddesk.contract.signin import OAuthError

if TYPE_CHECKING:
    from leaddesk.api.gate import Gate, Pass
    from leaddesk.api.line import Line, Reply

_PROBLEM_BYTES = 64 * 1024


@dataclass(frozen=True, slots=True, repr=False)
class Answer:
    """A complete success answer."""

    status: int
    headers: Mapping[str, str]
    body: bytes


class Flow:
    """An answer whose body is read as it comes. Late slices of an ended session are never given out."""

    def __init__(self, reply: Reply, gate: Gate, used: Pass) -> None:
        self._reply = reply
        self._gate = gate
        self._used = used

    @property
    def headers(self) -> Mapping[str, str]:
        """The answer's headers."""
        return self._reply.headers

    async def slices(self, cap: int, silence: float) -> AsyncGenerator[bytes]:
        """Yield decoded slices; ``silence`` is the longest wait for the next one in seconds.

        Raises :class:`TimedOut`, :class:`TooLarge`, :class:`Interrupted`, :class:`Superseded`.
        """
        async with aclosing(read_slices(self._reply, cap)) as slices:
            while (piece := await self._next(slices, silence)) is not None:
                if not self._gate.admits(self._used):
                    raise Superseded
                yield piece

    async def _next(self, slices: AsyncGenerator[bytes], silence: float) -> bytes | None:
        try:
            async with asyncio.timeout(silence):
                return await anext(slices, None)
        except TimeoutError:
            raise TimedOut from None


class ApiClient:
    """Sends calls of one server with the passes of one gate.

    Invariant: an answer is given out only if its session generation is still the current one
    (guarantee C3); nothing but :class:`~leaddesk.api.errors.ApiError` is raised.
    """

    def __init__(self, line: Line, gate: Gate | None = None) -> None:
        self._line = line
        self._gate: Gate = gate or OpenGate()

    async def ask(self, call: Call) -> Answer:
        """Send a call and return its whole answer. Reading is tried once more when the line broke."""
        try:
            return await self._ask(call)
        except Interrupted:
            if not call.repeatable:
                raise
        return await self._ask(call)

    @asynccontextmanager
    async def flow(self, call: Call) -> AsyncIterator[Flow]:
        """Open a streamed answer; ``call.limits.seconds`` is the deadline for its head only."""
        used = await self._gate.enter()
        try:
            async with asyncio.timeout(call.limits.seconds):
                reply, used = await self._open(call, used)
        except TimeoutError:
            raise TimedOut from None
        try:
            yield Flow(reply, self._gate, used)
        finally:
            await reply.aclose()

    async def _ask(self, call: Call) -> Answer:
        used = await self._gate.enter()
        try:
            async with asyncio.timeout(call.limits.seconds):
                reply, used = await self._open(call, used)
                try:
                    body = await read_whole(reply, call.limits.bytes)
                finally:
                    await reply.aclose()
        except TimeoutError:
            raise TimedOut from None
        if not self._gate.admits(used):
            raise Superseded
        return Answer(reply.status, reply.headers, body)

    async def _open(self, call: Call, used: Pass) -> tuple[Reply, Pass]:
        reply = await self._send(call, used)
        if reply.status == HTTPStatus.UNAUTHORIZED and used.authorization is not None:
            await reply.aclose()
            used = await self._gate.renew(used)
            reply = await self._send(call, used)
        if HTTPStatus.OK <= reply.status < HTTPStatus.MULTIPLE_CHOICES:
            return reply, used
        try:
            raise await failure_of(reply)
        finally:
            await reply.aclose()

    async def _send(self, call: Call, used: Pass) -> Reply:
        authorization = used.authorization
        return await self._line.send(call.request(authorization.reveal() if authorization else None))


async def failure_of(reply: Reply) -> ApiError:
    """Read a failed answer: a problem, an OAuth error, or something in between that is not ours."""
    status = reply.status
    wait = retry_after(reply.headers.get("retry-after"))
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        return Unavailable(wait)
    if status < HTTPStatus.BAD_REQUEST:
        return Redirected()
    body = await read_whole(reply, _PROBLEM_BYTES)
    media = reply.headers.get("content-type", "").partition(";")[0].strip().lower()
    problem = _problem(body) if media == PROBLEM_MEDIA_TYPE else None
    if status == HTTPStatus.TOO_MANY_REQUESTS:
        return Throttled(problem, wait)
    if media == "application/json" and (error := _oauth_error(body)):
        return GrantRefused(status, error)
    if problem is None and status not in {HTTPStatus.UNAUTHORIZED, HTTPStatus.NOT_FOUND}:
        return Unavailable(wait)
    return Refused(status, problem)


def _problem(body: bytes) -> Problem | None:
    try:
        return Problem.model_validate_json(body)
    except ValidationError:
        return None


def _oauth_error(body: bytes) -> str | None:
    try:
        return OAuthError.model_validate_json(body).error
    except ValidationError:
        return None
