"""The tenants' own keys: each wraps one tenant's data keys for one epoch, itself wrapped by the epoch key."""

from leaddesk.server.keys.custody.epochs import Epochs
from leaddesk.server.keys.custody.mirror import WHOLE_TENANT, TenantKey
from leaddesk.server.keys.custody.store import KeyStore
from leaddesk.server.keys.port import KeyGone
from leaddesk.server.keys.sealing import Cipher, Unreadable, bound, new_key, seal, unseal


class TenantKeys:
    """Finds, draws and forgets tenant keys; unwrapped ones stay at hand, there are few."""

    def __init__(self, store: KeyStore, epochs: Epochs) -> None:
        self._store = store
        self._epochs = epochs
        self._known: dict[tuple[str, int], Cipher] = {}

    def cipher(self, tenant: str, epoch: int) -> Cipher:
        """Return a tenant's cipher of an epoch. Raises ``KeyGone``, ``Unreadable``."""
        known = self._known.get((tenant, epoch))
        if known is None:
            with self._store.reading() as found:
                wrapped = found.tenant_key(tenant, epoch)
            above = self._epochs.cipher(epoch)
            if wrapped is None or above is None:
                raise KeyGone
            known = Cipher(unseal(above, wrapped, bound(tenant, str(epoch), "tenant")))
            self._known[tenant, epoch] = known
        return known

    def drawn(self, tenant: str, epoch: int) -> tuple[list[TenantKey], Cipher]:
        """Return the cipher of an epoch, and the row to store if it had to be drawn.

        Raises ``KeyGone`` for a tenant that was destroyed: it never gets keys again.
        """
        try:
            return [], self.cipher(tenant, epoch)
        except KeyGone:
            above = self._epochs.cipher(epoch)
            if above is None or self._store.find(tenant, [WHOLE_TENANT]):
                raise
        key = new_key()
        return [(tenant, epoch, seal(above, key, bound(tenant, str(epoch), "tenant")))], Cipher(key)

    def opens(self, tenant: str, epoch: int, key_id: str, wrapped: bytes) -> bool:
        """Tell whether a data key can be unwrapped."""
        try:
            unseal(self.cipher(tenant, epoch), wrapped, bound(tenant, key_id, "key"))
        except (KeyGone, Unreadable):
            return False
        return True

    def forget(self, tenant: str) -> None:
        """Forget what is at hand of one tenant."""
        for name in [name for name in list(self._known) if name[0] == tenant]:
            self._known.pop(name, None)

    def forget_all(self) -> None:
        """Forget what is at hand of all."""
        self._known.clear()
