"""The push stream: what changed, as ids; never data (contract, "live")."""

from __future__ import annotations

import re
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing, asynccontextmanager
from dataclasses import dataclass

from leaddesk.api.call import EVENT_STREAM, Call, Limits
from leaddesk.api.client import ApiClient, Flow
from leaddesk.api.errors import Interrupted, Malformed
from leaddesk.api.event_stream import EventParser, RawEvent
from leaddesk.api.reading import read
from leaddesk.contract.live import LiveHead, LiveKind, LiveMessage

SILENCE_SECONDS = 35.0
"""Longer than two heartbeats of 15 s: a stream that is silent for longer is dead."""

_HEAD = Limits(seconds=15.0)
_STREAM_CAP = 1 << 40
_MARK = re.compile(r"[0-9A-Za-z_-]{1,64}")


@dataclass(frozen=True, slots=True)
class LiveEvent:
    """One message of the stream.

    ``position`` is where to resume after it (``None``: not before what follows was told); ``head`` is the
    tenant's position that a head or reset names. ``mark`` goes back with the position to resume.
    """

    kind: LiveKind
    position: int | None
    subject: str = ""
    serial: int = 0
    head: int = 0
    mark: str = ""


@asynccontextmanager
async def live_events(
    client: ApiClient, after: int | None = None, mark: str = "", silence: float = SILENCE_SECONDS
) -> AsyncIterator[AsyncIterator[LiveEvent]]:
    """Open the stream, resuming after a position and the mark that came with it.

    It has no total deadline but a longest silence.

    Iterating raises :class:`Interrupted` when the server ends it (token expired, restart) and the errors
    of :meth:`~leaddesk.api.client.Flow.slices`.
    """
    headers = {} if after is None else {"last-event-id": str(after)}
    if headers and mark:
        headers["x-live-mark"] = mark
    call = Call("GET", "/events", accept=EVENT_STREAM, headers=headers, limits=_HEAD)
    async with client.flow(call) as flow:
        if flow.headers.get("content-type", "").partition(";")[0].strip().lower() != EVENT_STREAM:
            raise Malformed
        async with aclosing(_events(flow, silence)) as events:
            yield events


async def _events(flow: Flow, silence: float) -> AsyncGenerator[LiveEvent]:
    parser = EventParser()
    async with aclosing(flow.slices(_STREAM_CAP, silence)) as pieces:
        async for piece in pieces:
            for raw in parser.feed(piece):
                event = read_event(raw)
                if event is not None:
                    yield event
    raise Interrupted


def read_event(raw: RawEvent) -> LiveEvent | None:
    """Read one event; kinds of a newer server are passed over. Raises :class:`Malformed`."""
    try:
        kind = LiveKind(raw.kind)
    except ValueError:
        return None
    position = int(raw.last_id) if raw.last_id.isdigit() and len(raw.last_id) < 19 else None
    body = raw.data.encode()
    if kind in {LiveKind.HEAD, LiveKind.RESET}:
        head = read(LiveHead, body)
        return LiveEvent(kind, position, head=head.position, mark=_mark(head.mark))
    message = read(LiveMessage, body)
    return LiveEvent(kind, position, message.id, message.serial, mark=_mark(message.mark))


def _mark(said: str | None) -> str:
    """Take a mark that can go back in a header; another one is none."""
    return said if said is not None and _MARK.fullmatch(said) else ""
