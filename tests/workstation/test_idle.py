"""The wait between the last touch and the lock."""

from leaddesk.workstation.clock import since_boot
from leaddesk.workstation.idle import WARNING_SECONDS, Calm, Idle


class Hand:
    """A clock moved by hand."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


def test_it_warns_before_it_is_over_and_a_touch_starts_anew() -> None:
    clock = Hand()
    idle = Idle(clock, 600.0)
    clock.now += 600.0 - WARNING_SECONDS - 1
    assert idle.calm() is Calm.BUSY
    clock.now += 1
    assert idle.calm() is Calm.WARNED
    assert idle.touch() is Calm.WARNED
    assert idle.calm() is Calm.BUSY and idle.left() == 600.0
    clock.now += 600.0
    assert idle.calm() is Calm.OVER


def test_a_touch_after_eight_hours_of_sleep_takes_nothing_back() -> None:
    clock = Hand()
    idle = Idle(clock, 600.0)
    clock.now += 8 * 3600
    assert idle.touch() is Calm.OVER
    assert idle.calm() is Calm.OVER
    idle.begin()
    assert idle.calm() is Calm.BUSY


def test_of_a_short_wait_the_warning_is_a_third_at_most() -> None:
    clock = Hand()
    idle = Idle(clock, 30.0)
    clock.now += 19.0
    assert idle.calm() is Calm.BUSY
    clock.now += 1.0
    assert idle.calm() is Calm.WARNED


def test_a_stricter_policy_counts_from_the_last_touch() -> None:
    clock = Hand()
    idle = Idle(clock, 600.0)
    clock.now += 300.0
    idle.allow(120.0)
    assert idle.calm() is Calm.OVER


def test_the_clock_does_not_go_backwards() -> None:
    told = [since_boot() for _ in range(1000)]
    assert told == sorted(told)
