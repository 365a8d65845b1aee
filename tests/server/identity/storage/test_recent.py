"""What was read a moment ago: bounded in time and number, and never what was ended while it was read."""

from leaddesk.server.identity.storage.recent import SECONDS, Recent


class Watch:
    def __init__(self) -> None:
        self.seconds = 0.0

    def __call__(self) -> float:
        return self.seconds


def test_it_is_known_for_two_seconds() -> None:
    watch = Watch()
    recent: Recent[str] = Recent(watch)
    recent.keep("a", "x", recent.changes)
    watch.seconds = SECONDS - 0.001
    assert recent.get("a") == "x"
    watch.seconds = SECONDS
    assert recent.get("a") is None and SECONDS == 2.0


def test_what_changed_while_it_was_read_is_not_kept() -> None:
    recent: Recent[str] = Recent(Watch())
    before = recent.changes
    recent.forget(lambda one: one == "x")
    recent.keep("a", "x", before)
    assert recent.get("a") is None


def test_what_is_meant_is_forgotten_at_once_and_no_other() -> None:
    recent: Recent[str] = Recent(Watch())
    for name in "ab":
        recent.keep(name, name, recent.changes)
    recent.forget(lambda one: one == "a")
    assert recent.get("a") is None and recent.get("b") == "b"
    recent.forget()
    assert recent.get("b") is None


def test_the_oldest_make_room() -> None:
    recent: Recent[int] = Recent(Watch(), most=80)
    for number in range(1000):
        recent.keep(number, number, recent.changes)
        assert len(recent._known) <= 81
    assert recent.get(999) == 999 and recent.get(0) is None
