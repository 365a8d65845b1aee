"""What this computer can promise, in the person's language: the doctor's findings, read when asked for."""

from __future__ import annotations

from leaddesk.doctor.locking import signals
from leaddesk.doctor.looking import look_around
from leaddesk.session.vault import VaultNote
from leaddesk.ui.kit.wording import text
from leaddesk.ui.signin.guarantees import Guarantees

ALWAYS = ("memory", "token")
"""Held by the program itself wherever it runs (guarantees A1, B1)."""


async def promises(keyring: VaultNote, *, renews: bool) -> Guarantees:
    """Return both lists; a finding that promises nothing stands in the second, never hidden.

    ``renews``: whether this window begins anew after a lock.
    """
    kept = [text(f"promises.{name}") for name in ALWAYS]
    broken: list[str] = []
    if keyring is VaultNote.KEPT:
        kept.append(text("promises.keyring"))
    else:
        broken.append(text("promises.keyring_cannot"))
    for finding in [*look_around(renews=renews), *await signals()]:
        key = f"promises.{finding.name.replace(' ', '_')}"
        if finding.cannot:
            broken.append(text(f"{key}_cannot"))
        else:
            kept.append(text(key))
    return Guarantees(tuple(kept), tuple(broken))
