"""A11 in short: a few files, a few lies, every forbidden call; a child without its cell is caught."""

from __future__ import annotations

import asyncio

from leaddesk.decoding import decoder
from tests.guarantees.previews import children
from tests.guarantees.previews.corpus import hostile
from tests.guarantees.previews.guarantee import counted

FILES = {"good pdf", "good JPEG", "good text", "javascript", "encrypted", "png of 60,000²", "nested objects"}
LIES = ("endless words", "large page", "gone")


async def test_what_is_hostile_stays_in_a_child_that_can_do_nothing() -> None:
    files = [file for file in hostile() if file.name in FILES]
    assert len(files) == len(FILES)
    held = await asyncio.to_thread(counted, files, LIES)
    assert held.kept, (str(held), held.findings)


async def test_a_child_that_gives_nothing_up_is_caught() -> None:
    caught = await asyncio.to_thread(counted, (), (), children.NO_CELL)
    assert {"let through: open", "let through: socket", "let through: fork"} <= set(caught.findings)


async def test_a_parent_that_believes_is_caught(monkeypatch) -> None:  # type: ignore[no-untyped-def]
    monkeypatch.setattr(decoder, "MOST_PAGES", 1 << 32)
    caught = await asyncio.to_thread(counted, (), ("too many pages then one",))
    assert any("believed" in finding for finding in caught.findings), caught.findings
