"""What is opened where there is nobody: so that looking for somebody takes as long, whoever there is."""

import secrets

from leaddesk.server.identity.storage.books import Page
from leaddesk.server.keys.places import password_place
from leaddesk.server.keys.port import INSTANCE_KEY

HASH_BYTES = 97
"""Of Argon2's encoded form."""


class Decoy:
    """A hash of nobody's, opened where there is nobody's: so that this takes as long as opening one."""

    def __init__(self) -> None:
        self._sealed: bytes | None = None
        self._place = password_place("", secrets.token_hex(16))

    def sealed(self, page: Page) -> bytes:
        """Seal it once."""
        if self._sealed is None:
            self._sealed = page.seal(INSTANCE_KEY, secrets.token_bytes(HASH_BYTES), self._place)
        return self._sealed

    def opened(self, page: Page) -> None:
        """Open it."""
        page.opened(INSTANCE_KEY, self.sealed(page), self._place)
