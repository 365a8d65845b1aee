"""Exactly once: a key answers for one request, keeps no body, and forgets in time."""

import pytest

from leaddesk.contract.ids import TenantId
from leaddesk.contract.problems import ProblemType
from leaddesk.server.domain.refusal import Refused
from leaddesk.server.eventlog.idempotency import (
    Receipt,
    fingerprint,
    forget_expired,
    forget_fingerprints,
    recall,
    remember,
)
from leaddesk.server.eventlog.log import EventLog
from leaddesk.server.eventlog.scope import Scope
from leaddesk.server.eventlog.storage import Storage
from leaddesk.server.keys.opening import keys_in_memory

NOW, LATER, LAST = "2026-01-01T00:00:00.000Z", "2026-01-02T00:00:00.000Z", "2026-01-03T00:00:00.000Z"
RECEIPT = Receipt(201, ("note",), "lead")


def test_a_fingerprint_is_keyed_and_keeps_its_parts_apart() -> None:
    assert fingerprint(b"k", b"ab", b"c") != fingerprint(b"k", b"a", b"bc")
    assert fingerprint(b"k", b"ab") != fingerprint(b"l", b"ab")


def test_a_key_is_known_for_its_request_until_its_time_is_over(storage: Storage) -> None:
    log = EventLog(storage, keys_in_memory())
    mark, other = fingerprint(b"k", b"body"), fingerprint(b"k", b"other")
    with log.for_tenant(Scope(TenantId("a"))).writing() as unit:
        assert recall(unit, "key", mark, NOW) is None
        remember(unit, "key", mark, RECEIPT, LATER)
        assert recall(unit, "key", mark, NOW) == RECEIPT
        with pytest.raises(Refused) as refused:
            recall(unit, "key", other, NOW)
        assert refused.value.kind is ProblemType.IDEMPOTENCY_KEY_REUSED
        assert recall(unit, "key", mark, LATER) is None
        remember(unit, "key", other, RECEIPT, LAST)
        forget_fingerprints(unit, "lead")
        assert recall(unit, "key", mark, LATER) == RECEIPT
        forget_expired(unit, LAST)
        assert recall(unit, "key", mark, NOW) is None
    with log.for_tenant(Scope(TenantId("b"))).reading() as unit:
        assert recall(unit, "key", mark, NOW) is None
