"""Which servers the sign-in page offers: what it is told, nothing it decides."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field


def _of_nobody(_email: str) -> str | None:
    return None


@dataclass(frozen=True)
class Servers:
    """``listed``: name and address of each. ``typed``: whether another address may be typed.

    ``of``: the server an e-mail address belongs to (managed settings). ``unclear``: the managed settings of
    this computer do not count, and why that is said on the page.
    """

    listed: tuple[tuple[str, str], ...] = ()
    typed: bool = False
    unclear: bool = False
    of: Callable[[str], str | None] = field(default=_of_nobody, compare=False)

    @property
    def any_choice(self) -> bool:
        """Whether there is anything to choose."""
        return self.typed or len(self.listed) > 1
