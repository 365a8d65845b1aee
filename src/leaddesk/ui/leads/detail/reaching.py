"""Ways from a lead to the prospect: dial, write, open an address; or take the value along (guarantee D5)."""

from __future__ import annotations

from leaddesk.guard.links import making
from leaddesk.ui.kit.presenting.cells import inert
from leaddesk.ui.kit.presenting.surroundings import Surroundings
from leaddesk.ui.kit.tasks import TaskScope
from leaddesk.ui.kit.wording import text

_KINDS = {"tel": "call", "mailto": "mail"}


class Reaching:
    """Hands links to the system's own programs. Where none takes one, says so and offers the value."""

    def __init__(self, around: Surroundings, tasks: TaskScope) -> None:
        self._around, self._tasks = around, tasks

    def open(self, link: str, value: str) -> None:
        """Open a link; ``value`` is what a person reads in its place."""
        self._tasks.queue("link", lambda: self._open(link, value))

    def copy(self, value: str) -> None:
        """Put a value on the clipboard that forgets; what is no number does not calculate either (D10)."""
        if self._around.clipboard.copy(value if making.call(value) else inert(value)):
            self._around.toasts.show_toast(text("lead_detail.copied"))

    async def _open(self, link: str, value: str) -> None:
        kind = _KINDS.get(link.partition(":")[0], "web")
        if await self._around.open_link(link):
            return
        self._around.toasts.show_toast(
            text(f"lead_detail.no_{kind}"),
            actions=[(text(f"lead_detail.copy_{kind}"), lambda: self.copy(value))],
            seconds=20,
        )
