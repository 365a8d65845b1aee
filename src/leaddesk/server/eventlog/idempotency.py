"""Exactly once: the store keeps a keyed fingerprint, the status and ids, never a body (contract).

The answer to a repeated request is rendered again from the current state. Erasure takes the fingerprint
away, the key stays known.
"""

import hashlib
import hmac
import json
from dataclasses import dataclass

from leaddesk.contract.problems import ProblemType
from leaddesk.server.domain.refusal import Refused
from leaddesk.server.eventlog.log import Unit

ERASED = b""


@dataclass(frozen=True, slots=True)
class Receipt:
    """What a request did: the status it was answered with and the ids of what it made or changed."""

    status: int
    ids: tuple[str, ...]
    lead_id: str | None = None


def fingerprint(secret: bytes, *material: bytes) -> bytes:
    """Make the keyed fingerprint of a request: method, path, conditions, body."""
    mac = hmac.new(secret, digestmod=hashlib.sha256)
    for part in material:
        mac.update(len(part).to_bytes(8, "big") + part)
    return mac.digest()


def recall(unit: Unit, key: str, mark: bytes, now: str) -> Receipt | None:
    """Return what this key did before, or nothing. Raises ``Refused`` (key reused) for another request."""
    found = unit.select(
        "SELECT keyed_fingerprint, status, resource_ids, lead_id FROM idempotency"
        " WHERE tenant_id = ? AND key = ? AND expires_at > ?",
        key,
        now,
    )
    if not found:
        return None
    known, status, ids, lead_id = found[0]
    if known != ERASED and not hmac.compare_digest(known, mark):
        raise Refused(ProblemType.IDEMPOTENCY_KEY_REUSED)
    return Receipt(status, tuple(json.loads(ids)), lead_id)


def remember(unit: Unit, key: str, mark: bytes, receipt: Receipt, expires_at: str) -> None:
    """Keep what a key did, in the transaction that did it."""
    unit.run("DELETE FROM idempotency WHERE tenant_id = ? AND key = ?", key)
    unit.run(
        "INSERT INTO idempotency (tenant_id, key, keyed_fingerprint, status, resource_ids, lead_id,"
        " expires_at) VALUES (?, ?, ?, ?, ?, ?, ?)",
        key,
        mark,
        receipt.status,
        json.dumps(receipt.ids),
        receipt.lead_id,
        expires_at,
    )


def forget_fingerprints(unit: Unit, lead_id: str) -> None:
    """Take the fingerprints of an erased lead away."""
    unit.run(
        "UPDATE idempotency SET keyed_fingerprint = SUBSTR(keyed_fingerprint, 1, 0)"
        " WHERE tenant_id = ? AND lead_id = ?",
        lead_id,
    )


def forget_expired(unit: Unit, now: str) -> None:
    """Drop keys whose time is over."""
    unit.run("DELETE FROM idempotency WHERE tenant_id = ? AND expires_at <= ?", now)
