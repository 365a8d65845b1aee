"""What the dialog of own sessions shows."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True)
class SessionLine:
    """One sign-in. ``device``: as the server calls it; ``used`` and ``since`` are words."""

    session_id: str
    device: str = field(repr=False)
    used: str
    since: str
    is_current: bool = False


@dataclass(frozen=True)
class SessionsState:
    """``lines`` None: not known yet. ``busy``: ids that are being ended, ``*`` for all others."""

    lines: tuple[SessionLine, ...] | None = None
    busy: frozenset[str] = frozenset()
    trouble: str | None = None
    asking: bool = False

    @property
    def others(self) -> int:
        """How many sign-ins there are beside this one."""
        return sum(not line.is_current for line in self.lines or ())
