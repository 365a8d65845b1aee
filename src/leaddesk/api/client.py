"""The client every endpoint goes through: deadline, byte cap, one renewal, errors of our own tree."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing, asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from leaddesk.api.body import read_slices, read_whole
from leaddesk.api.call import Call, Limits
from leaddesk.api.errors import ApiError, Interrupted, Malformed, Refused, Superseded, TimedOut
from leaddesk.api.failures import failure_of, is_foreign, translate
from leaddesk.api.gate import OpenGate
from leaddesk.api.library import httpx
from leaddesk.contract.problems import ProblemType

if TYPE_CHECKING:
    from leaddesk.api.gate import Gate, Pass
    from leaddesk.personal.masked import Secret


@dataclass(frozen=True, slots=True, repr=False)
class Answer:
    """A complete success answer."""

    status: int
    headers: httpx.Headers
    body: bytes


class Flow:
    """An answer whose body is read as it comes. Late slices of an ended session are never given out."""

    def __init__(self, response: httpx.Response, gate: Gate, used: Pass) -> None:
        self._response = response
        self._gate = gate
        self._used = used

    @property
    def headers(self) -> httpx.Headers:
        """The answer's headers."""
        return self._response.headers

    async def slices(self, cap: int, silence: float) -> AsyncGenerator[bytes]:
        """Yield decoded slices; ``silence`` is the longest wait for the next one in seconds.

        Raises :class:`TimedOut`, :class:`TooLarge`, :class:`Interrupted`, :class:`Superseded`.
        """
        async with aclosing(read_slices(self._response, cap)) as slices:
            while True:
                piece = await self._next(slices, silence)
                if not self._gate.admits(self._used):
                    raise Superseded  # at the end too: whoever collected slices is not to keep them
                if piece is None:
                    return
                yield piece

    async def _next(self, slices: AsyncGenerator[bytes], silence: float) -> bytes | None:
        try:
            async with asyncio.timeout(silence):
                return await anext(slices, None)
        except TimeoutError:
            raise TimedOut from None
        except httpx.HTTPError as failure:
            raise translate(failure) from None


class ApiClient:
    """Sends calls of one server with the passes of one gate.

    Invariant: an answer is given out only if its session generation is still the current one
    (guarantee C3); nothing but :class:`~leaddesk.api.errors.ApiError` is raised.
    """

    def __init__(self, http: httpx.AsyncClient, gate: Gate | None = None) -> None:
        self._http = http
        self._gate: Gate = gate or OpenGate()

    async def ask(self, call: Call) -> Answer:
        """Send a call and return its whole answer.

        Where the server wants to know once more who it is, the person is asked and the same call sent again;
        their time is not the call's.
        """
        try:
            return await self._tried(call)
        except Refused as refused:
            if refused.kind is not ProblemType.STEP_UP_NEEDED or not await self._gate.prove():
                raise
        return await self._tried(call)

    async def _tried(self, call: Call) -> Answer:
        """Reading is tried once more when the line broke."""
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
                response, used = await self._open(call, used)
        except TimeoutError:
            raise TimedOut from None
        except httpx.HTTPError as failure:
            raise translate(failure) from None
        try:
            yield Flow(response, self._gate, used)
        finally:
            await response.aclose()

    async def deliver(
        self, address: str, content: AsyncIterator[bytes], headers: dict[str, str], limits: Limits
    ) -> None:
        """Post a stream without any credential to an address of this very server; others get nothing (D6)."""
        if not self._is_ours(address):
            raise Malformed
        try:
            async with asyncio.timeout(limits.seconds):
                request = self._http.build_request("POST", address, content=content, headers=headers)
                response = await self._http.send(request, stream=True)
                failure = await self._failure(response)
                await response.aclose()
        except TimeoutError:
            raise TimedOut from None
        except (httpx.HTTPError, httpx.InvalidURL) as broken:
            raise translate(broken) from None
        if failure is not None:
            raise failure

    def _is_ours(self, address: str) -> bool:
        try:
            there, here = httpx.URL(address), self._http.base_url
        except (httpx.InvalidURL, TypeError):
            return False
        return (there.scheme, there.host, there.port) == (here.scheme, here.host, here.port)

    async def _ask(self, call: Call) -> Answer:
        used = await self._gate.enter()
        try:
            async with asyncio.timeout(call.limits.seconds):
                response, used = await self._open(call, used)
                try:
                    body = await read_whole(response, call.limits.bytes)
                finally:
                    await response.aclose()
        except TimeoutError:
            raise TimedOut from None
        except httpx.HTTPError as failure:
            raise translate(failure) from None
        if not self._gate.admits(used):
            raise Superseded
        return Answer(response.status_code, response.headers, body)

    async def _open(self, call: Call, used: Pass) -> tuple[httpx.Response, Pass]:
        response = await self._send(call, used)
        if (failure := await self._failure(response)) is None:
            return response, used
        if used.authorization is None or not _doubts(failure, used):
            raise failure
        used = await self._gate.renew(used)
        response = await self._send(call, used)
        if (failure := await self._failure(response)) is not None:
            raise failure
        return response, used

    async def _failure(self, response: httpx.Response) -> ApiError | None:
        """Return what a failed answer says, having read and closed it; nothing of a good one."""
        if response.is_success and not is_foreign(response):
            return None
        try:
            return await failure_of(response)
        finally:
            await response.aclose()

    async def _send(self, call: Call, used: Pass) -> httpx.Response:
        headers = call.all_headers()
        if used.authorization is not None:
            headers["authorization"] = used.authorization.reveal()
        request = self._http.build_request(
            call.method,
            call.path,
            params=httpx.QueryParams(list(call.query)) if call.query else None,
            content=call.body.to_json() if call.body is not None else None,
            data={name: _plain(value) for name, value in call.form.items()} if call.form else None,
            headers=headers,
        )
        try:
            return await self._http.send(request, stream=True)
        except (httpx.HTTPError, httpx.InvalidURL) as failure:
            raise translate(failure) from None


def _plain(value: Secret | str) -> str:
    return value if isinstance(value, str) else value.reveal()


def _doubts(failure: ApiError, used: Pass) -> bool:
    """Tell a pass that is good no more from a password that is wrong: that would be shown twice.

    A 403 that does not say what it means may be about a key (contract, "Errors").
    """
    if not isinstance(failure, Refused):
        return False
    if used.is_key and failure.status == httpx.codes.FORBIDDEN:
        return failure.kind is None
    return failure.status == httpx.codes.UNAUTHORIZED and failure.kind is not ProblemType.SIGN_IN_REFUSED
