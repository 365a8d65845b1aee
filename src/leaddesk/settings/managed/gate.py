"""The first question of a start: is this machine managed? Most are not, and nothing more is imported."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from leaddesk.settings.managed.reading import Reading

FILE = "/etc/leaddesk/managed.toml"


def managed_settings() -> Reading | None:
    """Return what administrators decided, or why it does not count; nothing where they decided nothing."""
    if sys.platform == "linux" and not os.path.lexists(FILE):
        return None
    from leaddesk.settings.managed.reading import read_managed

    found = read_managed()
    return found if found.found else None
