"""The clerk that asks a server for its brand, and believes nothing of the answer."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from leaddesk.api.errors import ApiError
from leaddesk.contract.brand import logo_of
from leaddesk.desk.branding.judging import plain_colour, plain_name
from leaddesk.session.proving import Proof

SIDE = 128
"""Pixels of a logo at most: it is shown at 32, on screens of up to 400 %."""


@dataclass(frozen=True, slots=True, repr=False)
class Logo:
    """Pixels on white: ``width`` × ``height`` × 4 bytes (RGB32)."""

    width: int
    height: int
    pixels: bytes


@dataclass(frozen=True, slots=True)
class Served:
    """What may be shown of a brand; empty is the client's own."""

    name: str = ""
    colour: str = ""
    logo: Logo | None = None


class Branding:
    """``draw`` decodes a logo; without one it is done apart from this process."""

    def __init__(self, proof: Proof, draw: Callable[[bytes], Awaitable[Logo | None]] | None = None) -> None:
        self._proof, self._draw = proof, draw

    async def read(self) -> Served | None:
        """Ask and judge; nothing if the server cannot be asked: ask again later."""
        try:
            said = await self._proof.brand()
        except ApiError:
            return None
        content = logo_of(said.logo) if said.logo is not None else None
        logo = await self._drawn(content) if content is not None else None
        return Served(plain_name(said.name), plain_colour(said.colour), logo)

    async def _drawn(self, content: bytes) -> Logo | None:
        if self._draw is not None:
            return await self._draw(content)
        from leaddesk.desk.branding.drawing import drawn

        return await drawn(content)
