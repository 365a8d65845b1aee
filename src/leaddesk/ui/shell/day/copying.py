"""Whether personal fields may be copied, as the tenant's policy says, and why not (measure A4)."""

from __future__ import annotations

from PySide6.QtCore import QObject

from leaddesk.contract.people import TenantPolicy
from leaddesk.desk.mirror.watched import Watched
from leaddesk.ui.kit.presenting.surroundings import Surroundings
from leaddesk.ui.kit.wording import text


class Copying(QObject):
    """Lets the clipboard follow the policy as long as somebody works."""

    def __init__(self, policy: Watched[TenantPolicy], around: Surroundings) -> None:
        super().__init__()
        self._around = around
        self._subscription = policy.changed.subscribe(lambda now: around.clipboard.allow(now.copying))
        around.clipboard.refused.connect(self._say_why)
        around.clipboard.allow(policy.value.copying)

    def close(self) -> None:
        """End it: other pages show nothing personal."""
        self._subscription.close()
        self._around.clipboard.refused.disconnect(self._say_why)
        self._around.clipboard.allow(True)

    def _say_why(self) -> None:
        self._around.toasts.show_toast(text("shell.no_copying"))
