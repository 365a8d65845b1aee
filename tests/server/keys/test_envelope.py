"""Envelope encryption: bound to tenant, key and place; a destroyed key is gone for every process at once."""

from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from itertools import product

import pytest

from leaddesk.contract.ids import TenantId
from leaddesk.server.keys.cache import Cache
from leaddesk.server.keys.custody.mirror import AlreadyThere
from leaddesk.server.keys.envelope import Envelope
from leaddesk.server.keys.opening import keys_in_memory
from leaddesk.server.keys.port import KeyGone, Sealed, SealedColumns, lead_key
from leaddesk.server.keys.sealing import Cipher, Unreadable, sealed_anew
from leaddesk.server.keys.transaction import TransactionKeys
from tests.support.thief import keys_of

A, B = TenantId("a"), TenantId("b")
KEY = lead_key("1")
PLAIN = "Anna Müller – 24103".encode()


@pytest.fixture
def house() -> Envelope:
    return keys_in_memory()


def sealed(house: Envelope, tenant: TenantId = A, key_id: str = KEY, place: str = "lead:1") -> bytes:
    with house.transaction() as keys:
        return keys.seal(tenant, key_id, PLAIN, place)


def opened(house: Envelope, content: bytes, tenant: TenantId = A, key_id: str = KEY) -> bytes:
    with house.transaction() as keys:
        return keys.open(tenant, key_id, content, "lead:1")


def test_what_is_sealed_opens_there_and_nowhere_else(house: Envelope) -> None:
    content = sealed(house)
    assert PLAIN not in content and opened(house, content) == PLAIN
    for tenant, key_id, place in product((A, B), (KEY, lead_key("2")), ("lead:1", "lead:2")):
        sealed(house, tenant, key_id)
        with house.transaction() as keys:
            if (tenant, key_id, place) == (A, KEY, "lead:1"):
                assert keys.open(tenant, key_id, content, place) == PLAIN
                continue
            with pytest.raises(Unreadable):
                keys.open(tenant, key_id, content, place)


def test_every_changed_byte_is_noticed(house: Envelope) -> None:
    content = sealed(house)
    for position in range(len(content)):
        changed = bytearray(content)
        changed[position] ^= 1
        with pytest.raises(Unreadable):
            opened(house, bytes(changed))


def test_nothing_is_sealed_twice_to_the_same_bytes(house: Envelope) -> None:
    assert len({sealed(house) for _ in range(100)}) == 100


def test_a_destroyed_key_opens_nothing_and_never_comes_back(house: Envelope) -> None:
    content = sealed(house)
    house.destroy(A, [KEY, lead_key("never-used")])
    with pytest.raises(KeyGone):
        opened(house, content)
    for key_id in (KEY, lead_key("never-used")):
        with pytest.raises(KeyGone):
            sealed(house, key_id=key_id)
    with pytest.raises(AlreadyThere), house.transaction() as keys:
        keys.adopt(A, KEY, sealed_anew(A, KEY, [])[0])
    assert opened(house, sealed(house, B), B) == PLAIN


def test_a_process_that_has_not_heard_of_a_deletion_never_serves_it(house: Envelope) -> None:
    other = Envelope(house.store, house.epochs)
    content, kept = sealed(house), sealed(house, key_id=lead_key("2"))
    assert opened(other, content) == PLAIN
    house.destroy(A, [KEY])
    with other.transaction() as keys:
        both = [Sealed(A, KEY, content, "lead:1"), Sealed(A, lead_key("2"), kept, "lead:1")]
        assert keys.open_many(both) == [None, PLAIN]
    with pytest.raises(KeyGone):
        opened(other, content)


def test_many_are_opened_with_what_was_just_drawn_too(house: Envelope) -> None:
    old = sealed(house)
    with house.transaction() as keys:
        new = keys.seal(A, lead_key("2"), b"new", "lead:2")
        found = keys.open_many([Sealed(A, KEY, old, "lead:1"), Sealed(A, lead_key("2"), new, "lead:2")])
    assert found == [PLAIN, b"new"]


def test_a_transaction_that_fails_leaves_no_key(house: Envelope) -> None:
    with suppress(ZeroDivisionError), house.transaction() as keys:
        keys.seal(A, KEY, PLAIN, "lead:1")
        raise ZeroDivisionError
    for mirror in house.store.mirrors:
        with mirror.reading() as found:
            assert list(found.everything()) == []
    assert opened(house, sealed(house)) == PLAIN


def test_of_two_that_draw_the_same_key_one_is_told(house: Envelope) -> None:
    with pytest.raises(AlreadyThere), house.transaction() as slow:
        slow.seal(A, KEY, b"slow", "lead:1")
        quick = sealed(house)
    assert opened(house, quick) == PLAIN


def test_a_small_cache_reads_all_the_same(house: Envelope) -> None:
    small = Envelope(house.store, house.epochs, most_cached=3)
    contents = {lead_key(str(number)): sealed(small, key_id=lead_key(str(number))) for number in range(10)}
    for _ in range(2):
        for key_id, content in contents.items():
            assert opened(small, content, key_id=key_id) == PLAIN


def test_a_tenant_that_is_destroyed_is_gone_for_ever_and_alone(house: Envelope) -> None:
    content, others = sealed(house), sealed(house, B)
    other = Envelope(house.store, house.epochs)
    assert opened(other, content) == PLAIN
    house.destroy_tenant(A)
    for one in (house, other):
        with pytest.raises(KeyGone):
            opened(one, content)
        with pytest.raises(KeyGone):
            sealed(one, key_id=lead_key("new"))
        assert opened(one, others, B) == PLAIN
    with pytest.raises(KeyGone), house.transaction() as keys:
        keys.adopt(A, lead_key("new"), sealed_anew(A, KEY, [])[0])


def test_blind_values_are_the_same_for_the_same_and_for_no_other_tenant_or_kind(house: Envelope) -> None:
    def blind(tenant: TenantId = A, kind: str = "mail", value: bytes = b"a@x.example") -> bytes:
        with house.transaction() as keys:
            return keys.blind(tenant, kind, value)

    first = blind()
    assert len(first) == 32 and blind() == first
    assert len({first, blind(B), blind(kind="phone"), blind(value=b"b@x.example")}) == 4
    for _ in house.turn_epoch():
        continue
    assert blind() == first


def turned(house: Envelope, batches: int | None = None) -> None:
    turn = house.turn_epoch(batch=2)
    for count, _ in enumerate(turn, start=1):
        if count == batches:
            turn.close()
            return


def test_a_night_gives_new_keys_to_all_and_destroys_the_old(house: Envelope) -> None:
    contents = [sealed(house, tenant, lead_key(str(number))) for tenant in (A, B) for number in range(3)]
    before = [mirror.dump() for mirror in house.store.mirrors]
    assert len(keys_of(before[0], house.epochs)) == 6
    turned(house)
    house.forget_unwrapped()
    assert [opened(house, contents[place], tenant, lead_key(str(place % 3))) for place, tenant in
            enumerate((A, A, A, B, B, B))] == [PLAIN] * 6  # fmt: skip
    assert [keys_of(backup, house.epochs) for backup in before] == [[], []]
    with house.store.reading() as found:
        assert {epoch for _, epoch, _ in found.tenant_keys()} == {2}


@pytest.mark.parametrize("batches", [0, 1, 2, 3])
def test_a_night_that_was_interrupted_goes_on(house: Envelope, batches: int) -> None:
    contents = {lead_key(str(number)): sealed(house, key_id=lead_key(str(number))) for number in range(5)}
    backup = house.store.mirrors[0].dump()
    if batches:
        turned(house, batches)
    else:
        house.epochs.begin()
    again = Envelope(house.store, house.epochs)
    assert again.epochs.is_turning
    late = sealed(again, key_id=lead_key("late"))
    house.destroy(A, [lead_key("4")])
    turned(again)
    again.forget_unwrapped()
    assert not again.epochs.is_turning and keys_of(backup, again.epochs) == []
    for key_id, content in {**contents, lead_key("late"): late}.items():
        if key_id == lead_key("4"):
            with pytest.raises(KeyGone):
                opened(again, content, key_id=key_id)
        else:
            assert opened(again, content, key_id=key_id) == PLAIN


def test_a_key_that_comes_to_be_between_two_looks_is_taken() -> None:
    """Two that seal first under one key at the same moment: neither is told that the key is gone."""

    class Late:
        looks = 0

        def data_keys(self, tenant: str, key_ids: Iterable[str]) -> Mapping[str, bytes]:
            self.looks += 1
            return {} if self.looks == 1 else dict.fromkeys(key_ids, b"k" * 32)

        def ciphers(self, tenant: str, key_ids: Sequence[str]) -> list[Cipher | None]:
            return [None for _ in key_ids]

        def is_used(self, tenant: str, key_id: str) -> bool:
            return True

    keys = TransactionKeys(Late())
    assert keys.open(A, "k", keys.seal(A, "k", b"x", "here"), "here") == b"x" and not keys.fresh


def columns(*sealed: Sealed) -> SealedColumns:
    return SealedColumns(*map(list, zip(*sealed, strict=True)))


def test_side_by_side_is_the_same_as_one_by_one(house: Envelope) -> None:
    names = [lead_key(str(number)) for number in range(3)]
    lying = [Sealed(A, name, sealed(house, key_id=name), "lead:1") for name in names]
    lying.append(Sealed(B, KEY, sealed(house, B), "lead:1"))
    with house.transaction() as keys:
        new = keys.seal(A, lead_key("new"), b"new", "lead:9")
        lying.append(Sealed(A, lead_key("new"), new, "lead:9"))
        joined = keys.open_joined(columns(*lying), b",")
        assert joined.buffer == b"," + b"".join([PLAIN + b","] * 4) + b"new,"
        assert [joined.buffer[slice(*span)] for span in joined.spans() if span] == keys.open_many(lying)
    house.destroy(A, [names[1]])
    with house.transaction() as keys:
        joined = keys.open_joined(columns(*lying), b"\n")
        assert joined.sizes == [len(PLAIN), None, len(PLAIN), len(PLAIN), 3]
        assert joined.buffer == b"\n" + b"".join([PLAIN + b"\n"] * 3) + b"new\n"
        assert [span and joined.buffer[slice(*span)] for span in joined.spans()] == keys.open_many(lying)
    house.destroy_tenant(A)
    with house.transaction() as keys:
        assert keys.open_joined(columns(*lying[:3]), b",").buffer == b","


def test_side_by_side_every_changed_byte_and_place_is_noticed(house: Envelope) -> None:
    content = sealed(house)
    changed = [
        content[:place] + bytes([content[place] ^ 1]) + content[place + 1 :] for place in range(len(content))
    ]
    wrong = [Sealed(A, KEY, one, "lead:1") for one in (*changed, *(content[:size] for size in range(30)))]
    for one in (*wrong, Sealed(A, KEY, content, "lead:2")):
        with house.transaction() as keys, pytest.raises(Unreadable):
            keys.open_joined(columns(Sealed(A, KEY, content, "lead:1"), one), b",")


@pytest.mark.parametrize("whole", [False, True])
def test_what_was_fetched_while_it_was_destroyed_is_not_kept(
    house: Envelope, monkeypatch: pytest.MonkeyPatch, whole: bool
) -> None:
    content = sealed(house)
    house.forget_unwrapped()
    find = house.store.find

    def found_just_before(tenant: str, ids: Sequence[str]) -> list[tuple[str, int, bytes | None]]:
        found = find(tenant, ids)
        monkeypatch.undo()
        if whole:
            house.destroy_tenant(A)
        else:
            house.destroy(A, [KEY])
        return found

    with house.transaction() as keys:
        keys.blind(B, "", b"")
        monkeypatch.setattr(house.store, "find", found_just_before)
        with suppress(KeyGone):
            keys.open_many([Sealed(A, KEY, content, "lead:1")])
    with pytest.raises(KeyGone):
        opened(house, content)


def test_the_cache_is_bounded_and_forgets_the_first() -> None:
    cache = Cache[int](4)
    cache.remember({(A, str(number)): number for number in range(3)})
    cache.remember({(B, "0"): 10, (A, "1"): 11})
    assert (dict(cache.of(A)), dict(cache.of(B))) == ({"0": 0, "1": 11, "2": 2}, {"0": 10})
    cache.remember({(B, "1"): 12, (B, "2"): 13})
    assert (dict(cache.of(A)), dict(cache.of(B))) == ({"2": 2}, {"0": 10, "1": 12, "2": 13})
    cache.forget(A, "2")
    cache.forget_tenant(B)
    assert not cache.of(A) and not cache.of(B)
    cache.remember({(A, str(number)): number for number in range(100)})
    assert set(cache.of(A)) == {"96", "97", "98", "99"}
