"""What every presenter needs from the window it works in."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime

from PySide6.QtWidgets import QWidget

from leaddesk.ui.kit.clipboard import Clipboard
from leaddesk.ui.kit.floating.toasts import ToastHost


@dataclass(frozen=True)
class Surroundings:
    """One a window, made by wiring: the window for overlays, toasts, the expiring clipboard, a clock (aware).

    ``on_error`` hears of programming errors in tasks; the desk's outcomes never go there. ``open_link`` hands
    an address to the system and tells whether anything opened; ``hosts``: whose pages a lead may name.
    """

    window: QWidget
    toasts: ToastHost
    clipboard: Clipboard
    clock: Callable[[], datetime]
    on_error: Callable[[BaseException], None]
    open_link: Callable[[str], Awaitable[bool]]
    hosts: frozenset[str] = frozenset()
