"""Exactly once: the store keeps a keyed fingerprint, the status and ids, never a body (contract).

The answer to a repeated request is rendered again from the current state. A fingerprint has two halves.
That of the place – who asks, method, path, serial – holds ids only and stays. That of the whole request would
confirm to whoever guesses it what was written; so it lies sealed under the key of the lead it concerns and
dies with it, in every copy of the database too. After an erasure a key therefore still tells another act
(422) from its own, which is gone, whatever was written (410).
"""

import hashlib
import hmac
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from leaddesk.contract.ids import TenantId
from leaddesk.contract.problems import ProblemType
from leaddesk.server.domain.refusal import Refused
from leaddesk.server.eventlog.log import Unit
from leaddesk.server.keys.places import receipt_place
from leaddesk.server.keys.port import KeyGone
from leaddesk.server.keys.sealing import Unreadable

PLACE_BYTES = 16

Whose = tuple[TenantId, str]
"""A tenant and one of its keys."""
KeysOf = Callable[[Unit, str | None], Sequence[Whose]]
"""From a receipt's lead (absent: it concerns none) to the keys its fingerprint may lie under."""


@dataclass(frozen=True, slots=True, repr=False)
class Mark:
    """What a request is known by: where it went, and all of it."""

    place: bytes
    whole: bytes


@dataclass(frozen=True, slots=True)
class Receipt:
    """What a request did: the status it was answered with and the ids of what it made or changed."""

    status: int
    ids: tuple[str, ...]
    lead_id: str | None = None


def mark_of(secret: bytes, caller: str, material: Sequence[bytes]) -> Mark:
    """Make the keyed fingerprints of a request. ``material``: method, path and serial; then the body."""
    who = caller.encode()
    return Mark(
        fingerprint(secret, b"place", who, *material[:1])[:PLACE_BYTES],
        fingerprint(secret, b"whole", who, *material),
    )


def fingerprint(secret: bytes, *material: bytes) -> bytes:
    """Make one keyed fingerprint; its parts cannot run into each other."""
    mac = hmac.new(secret, digestmod=hashlib.sha256)
    for part in material:
        mac.update(len(part).to_bytes(8, "big") + part)
    return mac.digest()


def recall(unit: Unit, key: str, mark: Mark, now: str, keys_of: KeysOf) -> Receipt | None:
    """Return what this key did before, or nothing.

    Raises ``Refused``: key reused, for another request; erased, where what was written died with its lead.
    """
    found = unit.select(
        "SELECT keyed_fingerprint, status, resource_ids, lead_id FROM idempotency"
        " WHERE tenant_id = ? AND key = ? AND expires_at > ?",
        key,
        now,
    )
    if not found:
        return None
    known, status, ids, lead_id = found[0]
    if not hmac.compare_digest(known[:PLACE_BYTES], mark.place):
        raise Refused(ProblemType.IDEMPOTENCY_KEY_REUSED)
    whole = _opened(unit, key, known[PLACE_BYTES:], keys_of(unit, lead_id))
    if whole is None:
        raise Refused(ProblemType.ERASED)
    if not hmac.compare_digest(whole, mark.whole):
        raise Refused(ProblemType.IDEMPOTENCY_KEY_REUSED)
    return Receipt(status, tuple(json.loads(ids)), lead_id)


def remember(unit: Unit, key: str, mark: Mark, receipt: Receipt, expires_at: str, keys_of: KeysOf) -> None:
    """Keep what a key did, in the transaction that did it."""
    sealed = _sealed(unit, key, mark.whole, keys_of(unit, receipt.lead_id))
    unit.run("DELETE FROM idempotency WHERE tenant_id = ? AND key = ?", key)
    unit.run(
        "INSERT INTO idempotency (tenant_id, key, keyed_fingerprint, status, resource_ids, lead_id,"
        " expires_at) VALUES (?, ?, ?, ?, ?, ?, ?)",
        key,
        mark.place + sealed,
        receipt.status,
        json.dumps(receipt.ids),
        receipt.lead_id,
        expires_at,
    )


def forget_fingerprints(unit: Unit, lead_id: str) -> None:
    """Leave of an erased lead's fingerprints the places alone."""
    unit.run(
        f"UPDATE idempotency SET keyed_fingerprint = SUBSTR(keyed_fingerprint, 1, {PLACE_BYTES})"  # noqa: S608 - constant
        " WHERE tenant_id = ? AND lead_id = ?",
        lead_id,
    )


def forget_expired(unit: Unit, now: str) -> None:
    """Drop keys whose time is over."""
    unit.run("DELETE FROM idempotency WHERE tenant_id = ? AND expires_at <= ?", now)


def _sealed(unit: Unit, key: str, whole: bytes, keys: Sequence[Whose]) -> bytes:
    """Seal under the first key; nothing is kept where that was destroyed meanwhile."""
    tenant, key_id = keys[0]
    try:
        return unit.keys.seal(tenant, key_id, whole, receipt_place(key))
    except KeyGone:
        return b""


def _opened(unit: Unit, key: str, sealed: bytes, keys: Sequence[Whose]) -> bytes | None:
    """Open under whichever key it was; several offers of a lead have one each."""
    for tenant, key_id in keys if sealed else ():
        try:
            return unit.keys.open(tenant, key_id, sealed, receipt_place(key))
        except (KeyGone, Unreadable):
            continue
    return None
