"""Exactly once: a key answers for one request, keeps no body, and forgets in time."""

import pytest

from leaddesk.contract.ids import TenantId
from leaddesk.contract.problems import ProblemType
from leaddesk.server.domain.refusal import Refused
from leaddesk.server.eventlog.idempotency import (
    PLACE_BYTES,
    Mark,
    Receipt,
    Whose,
    fingerprint,
    forget_expired,
    forget_fingerprints,
    mark_of,
    recall,
    remember,
)
from leaddesk.server.eventlog.log import EventLog, Unit
from leaddesk.server.eventlog.scope import Scope
from leaddesk.server.eventlog.storage import Storage
from leaddesk.server.keys.opening import keys_in_memory
from leaddesk.server.keys.port import lead_key

NOW, LATER, LAST = "2026-01-01T00:00:00.000Z", "2026-01-02T00:00:00.000Z", "2026-01-03T00:00:00.000Z"
RECEIPT = Receipt(201, ("note",), "lead")
TENANT = TenantId("a")


def mark(body: bytes, place: bytes = b"POST /leads/lead/notes ") -> Mark:
    return mark_of(b"k", "urn:somebody", (place, body))


def keys(unit: Unit, lead_id: str | None) -> list[Whose]:
    return [(unit.tenant, lead_key(str(lead_id)))]


def kept(unit: Unit) -> bytes:
    ((known,),) = unit.select("SELECT keyed_fingerprint FROM idempotency WHERE tenant_id = ?")
    return bytes(known)


def refusal(unit: Unit, sent: Mark) -> ProblemType:
    with pytest.raises(Refused) as refused:
        recall(unit, "key", sent, NOW, keys)
    return refused.value.kind


def test_a_fingerprint_is_keyed_and_keeps_its_parts_apart() -> None:
    assert fingerprint(b"k", b"ab", b"c") != fingerprint(b"k", b"a", b"bc")
    assert fingerprint(b"k", b"ab") != fingerprint(b"l", b"ab")
    assert mark(b"one").place == mark(b"two").place and mark(b"one").whole != mark(b"two").whole
    assert mark_of(b"k", "a", (b"p", b"")).place != mark_of(b"k", "b", (b"p", b"")).place


def test_a_key_is_known_for_its_request_until_its_time_is_over(storage: Storage) -> None:
    log = EventLog(storage, keys_in_memory())
    with log.for_tenant(Scope(TENANT)).writing() as unit:
        assert recall(unit, "key", mark(b"body"), NOW, keys) is None
        remember(unit, "key", mark(b"body"), RECEIPT, LATER, keys)
        assert recall(unit, "key", mark(b"body"), NOW, keys) == RECEIPT
        assert refusal(unit, mark(b"other")) is ProblemType.IDEMPOTENCY_KEY_REUSED
        assert refusal(unit, mark(b"body", b"PATCH /leads/lead ")) is ProblemType.IDEMPOTENCY_KEY_REUSED
        assert recall(unit, "key", mark(b"body"), LATER, keys) is None
        remember(unit, "key", mark(b"other"), RECEIPT, LAST, keys)
        forget_expired(unit, LAST)
        assert recall(unit, "key", mark(b"body"), NOW, keys) is None
    with log.for_tenant(Scope(TenantId("b"))).reading() as unit:
        assert recall(unit, "key", mark(b"body"), NOW, keys) is None


@pytest.mark.parametrize("cut", [True, False], ids=["rows removed", "key destroyed only"])
def test_after_an_erasure_its_act_is_gone_and_another_one_is_told(storage: Storage, cut: bool) -> None:
    house = keys_in_memory()
    log = EventLog(storage, house)
    with log.for_tenant(Scope(TENANT)).writing() as unit:
        remember(unit, "key", mark(b"body"), RECEIPT, LATER, keys)
    house.destroy(TENANT, [lead_key("lead")])
    with log.for_tenant(Scope(TENANT)).writing() as unit:
        if cut:
            forget_fingerprints(unit, "lead")
        assert refusal(unit, mark(b"body")) is ProblemType.ERASED
        assert refusal(unit, mark(b"whatever")) is ProblemType.ERASED
        assert refusal(unit, mark(b"body", b"POST /leads/elsewhere/notes ")) is (
            ProblemType.IDEMPOTENCY_KEY_REUSED
        )
        assert len(kept(unit)) == PLACE_BYTES or not cut


def test_what_is_kept_does_not_confirm_what_was_written(storage: Storage) -> None:
    log = EventLog(storage, keys_in_memory())
    with log.for_tenant(Scope(TENANT)).writing() as unit:
        remember(unit, "key", mark(b"body"), RECEIPT, LATER, keys)
        assert mark(b"body").place in kept(unit) and mark(b"body").whole not in kept(unit)


def test_a_key_that_is_destroyed_meanwhile_leaves_the_place(storage: Storage) -> None:
    house = keys_in_memory()
    log = EventLog(storage, house)
    with log.for_tenant(Scope(TENANT)).writing() as unit:
        remember(unit, "other", mark(b"body"), RECEIPT, LATER, keys)
    house.destroy(TENANT, [lead_key("lead")])
    with log.for_tenant(Scope(TENANT)).writing() as unit:
        remember(unit, "key", mark(b"body"), RECEIPT, LATER, keys)
        assert refusal(unit, mark(b"body")) is ProblemType.ERASED
