"""What somebody reads who has stolen the database, a key store, the epoch keys and the master key.

The thief tries every key on every sealed value and does not mind whether the seal is intact or to which place
it is bound: counter mode without the tag (NIST SP 800-38D, 6.5) shows whatever the key opens.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator
from typing import Any, cast

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from leaddesk.server.eventlog.idempotency import PLACE_BYTES
from leaddesk.server.eventlog.memory import MemoryStorage
from leaddesk.server.keys.custody.epochs import Epochs
from leaddesk.server.keys.envelope import Envelope
from leaddesk.server.keys.sealing import NONCE_BYTES, OVERHEAD

_BEHIND_THE_NONCE = 1 + NONCE_BYTES
_TAG = 16


def opened(key: bytes, sealed: bytes) -> bytes:
    """Decrypt without asking whether it is what was sealed."""
    start = sealed[1:_BEHIND_THE_NONCE] + (2).to_bytes(4)
    counter = Cipher(algorithms.AES(key), modes.CTR(start)).decryptor()
    return counter.update(sealed[_BEHIND_THE_NONCE:-_TAG])


def values_of(database: bytes) -> Iterator[bytes]:
    """Give every binary value of a SQLite database that may be sealed."""
    connection = sqlite3.connect(":memory:")
    connection.deserialize(database)
    names = [row[0] for row in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
    for name in names:
        for row in connection.execute(f"SELECT * FROM {name}").fetchall():
            yield from (value for value in row if isinstance(value, bytes) and len(value) > OVERHEAD)
            if name == "idempotency":  # sealed behind the fingerprint of the place
                kept = (value[PLACE_BYTES:] for value in row if isinstance(value, bytes))
                yield from (value for value in kept if len(value) > OVERHEAD)
    connection.close()


def keys_of(backup: bytes, epochs: Epochs) -> list[bytes]:
    """Unwrap every key of a key store's copy that the living epoch keys still open."""
    connection = sqlite3.connect(":memory:")
    connection.deserialize(backup)
    tenants = {}
    for tenant, epoch, wrapped in connection.execute("SELECT tenant_id, epoch, wrapped FROM tenant_key"):
        above = epochs.cipher(epoch)
        if above is not None:
            tenants[tenant, epoch] = tenant_key(wrapped, tenant, epoch, above)
    sql = "SELECT tenant_id, epoch, wrapped FROM data_key WHERE wrapped IS NOT NULL"
    found = connection.execute(sql).fetchall()
    connection.close()
    return [
        opened(tenants[tenant, epoch], wrapped)
        for tenant, epoch, wrapped in found
        if (tenant, epoch) in tenants
    ]


def tenant_key(wrapped: bytes, tenant: str, epoch: int, above: AESGCM) -> bytes:
    """Unwrap a tenant's key of an epoch with that epoch's."""
    bound_to = f"{tenant}\x1f{epoch}\x1ftenant".encode()
    return above.decrypt(wrapped[1:_BEHIND_THE_NONCE], wrapped[_BEHIND_THE_NONCE:], bound_to)


def tried(database: bytes, keys: Iterable[bytes]) -> Iterator[bytes]:
    """Give the database as it lies there, then what every key makes of every value."""
    yield database
    several = list(dict.fromkeys(keys))
    yield from (opened(key, value) for value in values_of(database) for key in several)


def stolen(storage: MemoryStorage, house: Envelope) -> bytes:
    """Return what can be read of a running server's database with everything its key store holds today."""
    found = [key for mirror in cast(Any, house.store.mirrors) for key in keys_of(mirror.dump(), house.epochs)]
    return b"".join(tried(storage.dump(), found))
