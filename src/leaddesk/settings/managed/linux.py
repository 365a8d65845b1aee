"""Linux: one file of root's. No variable moves it: whoever starts a program sets its variables."""

from __future__ import annotations

from collections.abc import Mapping

from leaddesk.settings.managed.gate import FILE
from leaddesk.settings.managed.reading import FILE_CAP, read_guarded
from leaddesk.settings.managed.rules import Fault, ManagedFault


def look(path: str = FILE) -> Mapping[str, object] | None:
    """Read the file. Raises :class:`~leaddesk.settings.managed.rules.ManagedFault`."""
    read = read_guarded(path, FILE_CAP)
    if read is None:
        return None
    import tomllib

    try:
        return tomllib.loads(read.decode("utf-8"))
    except (ValueError, RecursionError):
        raise ManagedFault(Fault.MALFORMED) from None
