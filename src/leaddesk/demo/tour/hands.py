"""Real keys and a real pointer on one X display, through the X test extension."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping

KEY_DELAY_MS = "25"


class HandsFailed(Exception):
    """xdotool refused; the window is gone or the display is."""


class Hands:
    """Types and clicks on one display. ``environment`` names the display."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        self._environment = dict(environment)

    async def press(self, *keys: str) -> None:
        """Press keys by their X names, one after another: ``Return``, ``ctrl+l``, ``slash``."""
        for key in keys:
            await self._run("key", "--clearmodifiers", key)

    async def type(self, words: str) -> None:
        """Type text, umlauts included."""
        await self._run("type", "--clearmodifiers", "--delay", KEY_DELAY_MS, "--", words)

    async def click(self, x: int, y: int) -> None:
        """Move the pointer and press its first button."""
        await self._run("mousemove", str(x), str(y), "click", "1")

    async def focus(self) -> None:
        """Give the keyboard to the window; there is no window manager on the tour's displays."""
        await self._run("search", "--onlyvisible", "--name", "leaddesk", "windowfocus", "--sync")

    async def _run(self, *arguments: str) -> None:
        process = await asyncio.create_subprocess_exec(
            "xdotool",
            *arguments,
            env=self._environment,
            stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.DEVNULL,
        )
        if await process.wait() != 0:
            raise HandsFailed(arguments[0])
