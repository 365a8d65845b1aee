"""A small shelf: what is few and already validated – shares, offers, markets, pipelines, members, notes."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Generic, TypeVar

from leaddesk.store.topics import Topic

Id = TypeVar("Id", bound=str)
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class ShelfChange(Generic[Id]):
    """What one call changed. ``reset``: everything is gone."""

    added: tuple[Id, ...] = ()
    updated: tuple[Id, ...] = ()
    removed: tuple[Id, ...] = ()
    reset: bool = False


class Shelf(Generic[Id, T]):
    """Frozen things by id, in the order they came. An older serial never overwrites a newer one.

    ``serial`` tells the serial of a thing that has one; without it every different thing is newer. A
    removal during a load leaves a tombstone until the load ends.
    """

    def __init__(self, identify: Callable[[T], Id], serial: Callable[[T], int] | None = None) -> None:
        self.changes: Topic[ShelfChange[Id]] = Topic()
        self._identify = identify
        self._serial = serial
        self._things: dict[Id, T] = {}
        self._gone: set[Id] | None = None
        self._seen: set[Id] = set()
        self._ageless: set[Id] = set()

    def __len__(self) -> int:
        return len(self._things)

    def get(self, thing_id: Id) -> T | None:
        """Return a thing, ``None`` if it is not here."""
        return self._things.get(thing_id)

    def all(self) -> tuple[T, ...]:
        """Return everything in the order it came."""
        return tuple(self._things.values())

    def begin_load(self) -> None:
        """Begin a load of everything."""
        self._gone, self._seen = set(), set()

    def load(self, things: Iterable[T]) -> None:
        """Take in a part of a load; what was removed since it began stays removed."""
        gone = self._gone or ()
        added: list[Id] = []
        updated: list[Id] = []
        for thing in things:
            thing_id = self._identify(thing)
            if thing_id not in gone:
                known = thing_id in self._things
                if self._put(thing_id, thing):
                    (updated if known else added).append(thing_id)
        self._publish(ShelfChange(tuple(added), tuple(updated)))

    def end_load(self, complete: bool = True) -> None:
        """End a load; ``complete``: what it did not mention is removed."""
        unseen = [thing_id for thing_id in self._things if thing_id not in self._seen] if complete else []
        if self._gone is None:
            unseen = []
        self._gone, self._seen = None, set()
        for thing_id in unseen:
            del self._things[thing_id]
        self._publish(ShelfChange(removed=tuple(unseen)))

    def replace(self, things: Iterable[T]) -> None:
        """Take in the whole set as it is now."""
        self.begin_load()
        self.load(things)
        self.end_load()

    def upsert(self, thing: T) -> bool:
        """Take in one thing; ``False`` if it is known already, or a newer one."""
        thing_id = self._identify(thing)
        if self._gone is not None:
            self._gone.discard(thing_id)
        known = thing_id in self._things
        changed = self._put(thing_id, thing)
        if changed:
            self._publish(ShelfChange(updated=(thing_id,)) if known else ShelfChange(added=(thing_id,)))
        return changed

    def remove(self, thing_id: Id) -> bool:
        """Forget a thing; whether it was here."""
        if self._gone is not None:
            self._gone.add(thing_id)
        if self._things.pop(thing_id, None) is None:
            return False
        self._publish(ShelfChange(removed=(thing_id,)))
        return True

    def forget_ages(self) -> None:
        """Let the next word on each thing that is here count, whatever its serial."""
        self._ageless = set(self._things)

    def wipe(self) -> None:
        """Forget everything."""
        self._things.clear()
        self._gone, self._seen = None, set()
        self._ageless.clear()
        self.changes.publish(ShelfChange(reset=True))

    def _put(self, thing_id: Id, thing: T) -> bool:
        self._seen.add(thing_id)
        known = self._things.get(thing_id)
        if known is not None:
            serial = None if thing_id in self._ageless else self._serial
            self._ageless.discard(thing_id)
            older = serial is not None and serial(thing) < serial(known)
            if older or thing == known:
                return False
        self._things[thing_id] = thing
        return True

    def _publish(self, change: ShelfChange[Id]) -> None:
        if change.added or change.updated or change.removed:
            self.changes.publish(change)
