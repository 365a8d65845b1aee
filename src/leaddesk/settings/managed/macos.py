"""macOS: the preferences that a device management profile put there, for this machine or this person.

Written after Apple's description of managed preferences; not tried on a Mac. The folder and what lies in it
belong to root; ``defaults write`` of a person ends elsewhere and is not read.
"""

from __future__ import annotations

import getpass
from collections.abc import Iterable, Mapping
from contextlib import suppress

from leaddesk.settings.managed.reading import FILE_CAP, read_guarded
from leaddesk.settings.managed.rules import Fault, ManagedFault

FOLDER = "/Library/Managed Preferences"
DOMAIN = "cloud.leadtributor.leaddesk.plist"
_KEPT_BY_SYSTEM = "Payload"


def look(folder: str = FOLDER) -> Mapping[str, object] | None:
    """Read the person's before the machine's. Raises ``ManagedFault``."""
    for path in _paths(folder):
        read = read_guarded(path, FILE_CAP)
        if read is not None:
            return _understood(read)
    return None


def _paths(folder: str) -> Iterable[str]:
    with suppress(Exception):  # an account without a name: the machine's alone
        name = getpass.getuser()
        if name and "/" not in name:
            yield f"{folder}/{name}/{DOMAIN}"
    yield f"{folder}/{DOMAIN}"


def _understood(read: bytes) -> Mapping[str, object]:
    import plistlib

    try:
        told = plistlib.loads(read)
    except Exception:
        raise ManagedFault(Fault.MALFORMED) from None
    if not isinstance(told, dict):
        raise ManagedFault(Fault.MALFORMED)
    return {str(key): value for key, value in told.items() if not str(key).startswith(_KEPT_BY_SYSTEM)}
