"""Whoever lost the same server comes back at another moment, and seldom when it stays away."""

from leaddesk.desk.mirror.backoff import LEAST, MOST, Backoff, spread
from leaddesk.desk.sending.pacing import Pacing


def test_pauses_double_up_to_the_longest_and_begin_anew() -> None:
    pauses = Backoff(0.5, 4.0)
    for wanted in (0.5, 1.0, 2.0, 4.0, 4.0):
        assert wanted * LEAST <= pauses.pause() <= wanted * MOST
    pauses.begin_anew()
    assert pauses.pause() <= 0.5 * MOST


def test_many_that_begin_together_are_spread() -> None:
    first = sorted(Backoff(1.0, 30.0).pause() for _ in range(300))
    assert len(set(first)) == 300 and first[-1] - first[0] > (MOST - LEAST) / 2
    assert min(spread(10.0) for _ in range(300)) >= 10 * LEAST


async def test_entries_of_the_outbox_are_spread_too_but_never_come_before_the_server_wants_them() -> None:
    outboxes = [Pacing() for _ in range(100)]
    for one in outboxes:
        one.pause("entry")
    assert len({one.next_in() for one in outboxes}) > 50
    outboxes[0].pause("entry", at_least=40.0)
    assert (outboxes[0].next_in() or 0.0) > 39
