"""A logo's pixels, from a child process; loaded when there is a logo, no start waits for it (P2)."""

from __future__ import annotations

import asyncio

from leaddesk.contract.brand import LONGEST_SIDE
from leaddesk.decoding.bounds import Kind
from leaddesk.decoding.decoder import PATIENCE_SECONDS, Decoder, Undecodable
from leaddesk.desk.branding.branding import SIDE, Logo


async def drawn(content: bytes, patience: float = PATIENCE_SECONDS) -> Logo | None:
    """Decode a logo in a child that can do nothing else (ADR 63); nothing if it cannot be.

    Whoever does not wait for it any more ends the child.
    """
    decoder = Decoder(Kind.IMAGE, patience=patience)
    try:
        return await asyncio.to_thread(_page, decoder, content)
    except Undecodable:
        return None
    finally:
        decoder.close()


def _page(decoder: Decoder, content: bytes) -> Logo | None:
    decoder.open(content)
    page = decoder.page(0, SIDE)
    fits = 0 < page.width <= SIDE and 0 < page.height <= LONGEST_SIDE
    return Logo(page.width, page.height, bytes(page.pixels)) if fits else None
