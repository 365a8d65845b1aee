"""The line to one server: straight, or through a proxy; it tells what kept it from coming about."""

from __future__ import annotations

import re
from typing import Any, cast
from weakref import WeakSet

from leaddesk.api.errors import Obstacle
from leaddesk.api.library import httpx
from leaddesk.api.slots import Held, reclaim
from leaddesk.settings.proxies.choice import ProxyChoice

_HEAD_CAME = "http11.receive_response_headers.complete"
_ASKS_SIGN_IN = 407
_NO_WAY = frozenset({502, 503, 504})
"""What a proxy says that looked for the server and did not find it: that is being offline."""

_SCHEME = re.compile(r"(?:^|,)\s*([A-Za-z][A-Za-z0-9-]*)(?=\s|,|$)")


class NoLine(httpx.ConnectError):
    """The line did not come about, and it is known what stood in the way."""

    def __init__(self, obstacle: Obstacle | None) -> None:
        super().__init__("no line")
        self.obstacle = obstacle


class Line(httpx.AsyncHTTPTransport):
    """A transport that knows its proxy.

    Basic is the only way it shows who somebody is to a proxy: with what stands in the proxy's address.
    Kerberos and NTLM would take the session of the operating system, and more code than all the rest.
    """

    def __init__(self, choice: ProxyChoice, **more: Any) -> None:
        super().__init__(proxy=_proxy(choice, more), trust_env=False, **more)
        self._choice = choice
        self._open: WeakSet[Held] = WeakSet()

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send; raises :class:`NoLine` instead of what httpx says of a proxy.

        Called off at whatever moment, also while its answer is read or closed, it gives its connection back.
        """
        try:
            response = await self._sent(request)
        except BaseException:
            await reclaim(self._pool)
            raise
        held = response.stream = Held(cast("httpx.AsyncByteStream", response.stream), self._pool)
        self._open.add(held)
        return response

    async def aclose(self) -> None:
        """Close every answer, also those whose readers are only being called off, then all connections."""
        for held in tuple(self._open):
            await held.aclose()
        await super().aclose()

    async def _sent(self, request: httpx.Request) -> httpx.Response:
        if self._choice.unusable:
            raise NoLine(Obstacle.PROXY_KIND)
        if self._choice.url is None:
            return await self._straight(request)
        heard = _Heard()
        request.extensions = {**request.extensions, "trace": heard}
        try:
            return await super().handle_async_request(request)
        except httpx.ProxyError:
            raise NoLine(heard.obstacle()) from None
        except httpx.ConnectError:
            if heard.status is None:
                raise NoLine(Obstacle.PROXY_DOWN) from None
            raise

    async def _straight(self, request: httpx.Request) -> httpx.Response:
        try:
            return await super().handle_async_request(request)
        except (httpx.ConnectError, httpx.ConnectTimeout) as failure:
            if self._choice.script and not _shook_hands(failure):
                raise NoLine(Obstacle.PROXY_SCRIPT) from None
            raise


class _Heard:
    """What the proxy answered: httpx keeps its status in a sentence, and of its headers nothing."""

    def __init__(self) -> None:
        self.status: int | None = None
        self._ways: frozenset[str] = frozenset()

    async def __call__(self, event: str, facts: dict[str, Any]) -> None:
        """Hear of one event of httpcore; the first answer on a new line is the proxy's."""
        if event != _HEAD_CAME or self.status is not None:
            return
        _version, self.status, _reason, headers = facts["return_value"][:4]
        asked = [value.decode("latin-1") for name, value in headers if name.lower() == b"proxy-authenticate"]
        self._ways = frozenset(way.lower() for line in asked for way in _SCHEME.findall(line))

    def obstacle(self) -> Obstacle | None:
        """Tell what the proxy's refusal means."""
        if self.status == _ASKS_SIGN_IN:
            known = not self._ways or "basic" in self._ways
            return Obstacle.PROXY_SIGN_IN if known else Obstacle.PROXY_TICKET
        return None if self.status in _NO_WAY or self.status is None else Obstacle.PROXY_REFUSED


def _proxy(choice: ProxyChoice, more: dict[str, Any]) -> httpx.Proxy | None:
    if choice.url is None or choice.unusable:
        return None
    secure = choice.url.startswith("https://")
    return httpx.Proxy(choice.url, ssl_context=more.get("verify") if secure else None)


def _shook_hands(failure: BaseException) -> bool:
    import ssl

    cause: BaseException | None = failure
    for _ in range(8):
        if cause is None:
            return False
        if isinstance(cause, ssl.SSLError):
            return True
        cause = cause.__cause__ or cause.__context__
    return False
