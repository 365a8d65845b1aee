"""What of their sign-in a person was told last, so that a page that is built anew does not tell it again."""

from __future__ import annotations

from dataclasses import dataclass

from leaddesk.session.vault import VaultNote


@dataclass
class Told:
    """``keyring``: why it keeps nothing. ``ends``: so many seconds, or fewer, before the session ends.

    Not ``lasting``: the sign-in ends with the window anyway, whatever a keyring does; that is no news.
    """

    keyring: VaultNote | None = None
    ends: float | None = None
    lasting: bool = True
