"""The client as a person starts it, ``leaddesk --server URL``, with a reader of what it paints looking on.

``python -m tests.journey.client WRITE_FD ARGUMENTS…``: what follows the number stands behind ``leaddesk``.
Standard input ends the client when it ends, and asks for pictures. As in the front door nothing is imported
before the guard is entered.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from leaddesk import __main__ as front_door

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtWidgets import QApplication

    from leaddesk.settings.settings import Settings
    from leaddesk.ui.kit.brand.instance import Instance
    from leaddesk.ui.shell.main_window import MainWindow
    from leaddesk.ui.theme.style import Style
    from leaddesk.wiring.application import Life

    Place = Callable[[MainWindow], None] | None

INPUT = 0


def look_on() -> None:
    """Let a recorder stand beside the client's own life."""
    from leaddesk.demo.recorder import Recorder
    from leaddesk.wiring import front
    from leaddesk.wiring.application import run

    def watched(settings: Settings, instance: Instance, life: Life, place: Place = None) -> int:
        async def seen(app: QApplication, style: Style, window: MainWindow) -> int:
            Recorder(app, INPUT, int(sys.argv[1]), window.close)
            return await life(app, style, window)

        return run(settings, instance, seen, place)

    front.run = watched


def main() -> int:
    """Start the client by its front door; look on as soon as the guard was entered."""
    guarded = front_door._guarded

    def guarded_and_watched(anew: int | None = None) -> str | None:
        carried = guarded(anew)
        look_on()
        return carried

    front_door._guarded = guarded_and_watched
    return front_door.main(sys.argv[2:])


if __name__ == "__main__":
    sys.exit(main())
