"""The event parser gives the same events however the bytes are cut."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leaddesk.api.errors import Malformed
from leaddesk.api.event_stream import EventParser, RawEvent
from leaddesk.api.live import LiveEvent, read_event
from leaddesk.contract.live import LiveKind

STREAM = (
    '\ufeff: welcome\r\n\r\nevent: head\r\ndata: {"position":\r\ndata: 7}\r\n\r\n'
    'event:lead\rid: 8\rdata:{"id":"ä"}\r\r: beat\n\n\nid:9\nretry: 10\nevent: gone\ndata: x\n\n'
    "event: half\ndata: never dispatched"
).encode()


def facts(events: list[RawEvent]) -> list[tuple[str, str, str]]:
    return [(event.kind, event.data, event.last_id) for event in events]


EXPECTED = [("head", '{"position":\n7}', ""), ("lead", '{"id":"ä"}', "8"), ("gone", "x", "9")]


def test_events_of_all_line_ends_and_comments() -> None:
    assert facts(list(EventParser().feed(STREAM))) == EXPECTED


@given(st.lists(st.integers(0, len(STREAM)), max_size=40))
def test_any_cut_gives_the_same_events(cuts: list[int]) -> None:
    edges = [0, *sorted(cuts), len(STREAM)]
    parser = EventParser()
    found = [e for a, b in pairwise(edges) for e in parser.feed(STREAM[a:b])]
    assert facts(found) == EXPECTED


@pytest.mark.parametrize("piece", [b"data: " + b"x" * 70_000, b"data: x\n" * 20_000, b"data: \xff\n\n"])
def test_bombs_and_broken_text_are_refused(piece: bytes) -> None:
    with pytest.raises(Malformed):
        list(EventParser().feed(piece))


def test_an_endless_comment_is_refused_but_many_are_not() -> None:
    list(EventParser().feed(b": beat\n\n" * 50_000))
    with pytest.raises(Malformed):
        list(EventParser().feed(b":" + b"x" * 70_000))


def test_messages_are_read_by_kind() -> None:
    assert read_event(RawEvent("lead", '{"id":"a","serial":3}', "12")) == LiveEvent(LiveKind.LEAD, 12, "a", 3)
    assert read_event(RawEvent("reset", '{"position":4}', "")) == LiveEvent(LiveKind.RESET, None, head=4)
    assert read_event(RawEvent("from-the-future", "{}", "1")) is None
    with pytest.raises(Malformed):
        read_event(RawEvent("lead", '{"serial":3}', "12"))
