from hypothesis import given
from hypothesis import strategies as st

from leaddesk.store.arena import Arena

CANARY = "Çanary-Ω-🐤".encode()


def everything(arena: Arena) -> bytes:
    return arena.read(0, 1 << 30)


def test_what_is_put_is_found_in_place() -> None:
    arena = Arena()
    arena.put(b"before")
    start = arena.put(CANARY)
    assert arena.read(start, arena.top) == CANARY
    assert arena.find(CANARY, 0, arena.top) == start
    assert arena.find(CANARY, start + 1, arena.top) == -1


def test_growing_keeps_what_lies_in_it() -> None:
    arena = Arena()
    start = arena.put(CANARY)
    arena.put(b"x" * (3 << 20))
    assert arena.read(start, start + len(CANARY)) == CANARY
    assert len(everything(arena)) > 3 << 20


def test_a_system_that_cannot_resize_gets_a_larger_mapping_and_the_old_one_is_overwritten() -> None:
    class Fixed:
        """An anonymous mapping of a system without mremap (macOS)."""

        def __init__(self, mapping: object) -> None:
            self.mapping = mapping

        def resize(self, size: int) -> None:
            raise SystemError("mmap: resizing not available--no mremap()")

        def close(self) -> None:
            self.left = bytes(self.mapping)  # type: ignore[call-overload]

        def __getattr__(self, name: str) -> object:
            return getattr(self.mapping, name)

        def __len__(self) -> int:
            return len(self.mapping)  # type: ignore[arg-type]

        def __getitem__(self, key: slice) -> bytes:
            return self.mapping[key]  # type: ignore[index, no-any-return]

        def __setitem__(self, key: slice, value: bytes) -> None:
            self.mapping[key] = value  # type: ignore[index]

    arena = Arena()
    start = arena.put(CANARY)
    old = Fixed(arena._mapping)
    arena._mapping = old  # type: ignore[assignment]
    arena.reserve(2 << 20)
    assert arena.read(start, arena.top) == CANARY
    assert CANARY not in old.left


def test_clearing_overwrites_exactly_the_range() -> None:
    arena = Arena()
    arena.put(b"a" * 10)
    arena.clear(2, 5)
    assert arena.read(0, 10) == b"aa\0\0\0aaaaa"


@given(gap=st.integers(0, 40), size=st.integers(1, 40))
def test_moving_down_leaves_nothing_behind(gap: int, size: int) -> None:
    arena = Arena()
    arena.put(bytes(gap))
    start = arena.put(b"\x01" * size)
    arena.move(start, start + size, 0)
    assert arena.read(0, gap + size) == b"\x01" * size + bytes(gap)


def test_a_wipe_leaves_no_canary_in_the_mapping() -> None:
    arena = Arena()
    for _ in range(1000):
        arena.put(CANARY)
    mapping = arena._mapping
    left = bytearray()
    close, arena._mapping = mapping.close, Watched(mapping, left)  # type: ignore[assignment]
    arena.wipe()
    assert CANARY in CANARY + left
    assert len(left) >= 1 << 20
    assert not any(left)
    assert arena.top == 0
    close()


class Watched:
    """Reads a mapping back at the moment it is unmapped."""

    def __init__(self, mapping: object, left: bytearray) -> None:
        self.mapping, self.left = mapping, left

    def close(self) -> None:
        self.left += self.mapping[:]  # type: ignore[index]

    def __getattr__(self, name: str) -> object:
        return getattr(self.mapping, name)

    def __setitem__(self, key: slice, value: bytes) -> None:
        self.mapping[key] = value  # type: ignore[index]
