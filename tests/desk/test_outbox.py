"""Order, keys and states of the outbox, against a post office that does as told."""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from leaddesk.api import errors
from leaddesk.contract.leads import Lead
from leaddesk.contract.problems import Problem, ProblemType
from leaddesk.desk.outbox import Entry, EntryState, Kind, Outbox
from leaddesk.desk.outcomes import (
    Gone,
    Offline,
    Ok,
    Queued,
    Reason,
    Refused,
    Unavailable,
    Unknown,
    failure_of,
)
from leaddesk.desk.sending.entries import wish
from leaddesk.personal.masked import Personal

AT = datetime(2026, 11, 19, 12, 0, tzinfo=UTC)


class PostOffice:
    """Keeps what was done by key; ``failures`` are raised first, before or after the doing."""

    def __init__(self) -> None:
        self.done: dict[str, str] = {}
        self.order: list[str] = []
        self.failures: list[tuple[errors.ApiError, bool]] = []
        self.gate = asyncio.Event()
        self.gate.set()

    async def send(self, entry: Entry) -> object:
        await self.gate.wait()
        failure, after = self.failures.pop(0) if self.failures else (None, False)
        if failure is None or after:
            if entry.key not in self.done:
                self.order.append(entry.entry_id)
            self.done[entry.key] = entry.subject
        if failure is not None:
            raise failure
        return entry.subject

    async def take(self, entry: Entry, answer: object) -> None:
        pass

    async def settle_stale(self, entry: Entry) -> tuple[Entry, Lead]:
        raise errors.Interrupted


@pytest.fixture
def post() -> PostOffice:
    return PostOffice()


@pytest.fixture
async def outbox(post: PostOffice) -> AsyncIterator[Outbox]:
    box = Outbox(post, lambda: AT)
    work = asyncio.create_task(box.run())
    await asyncio.sleep(0)
    yield box
    work.cancel()
    await asyncio.gather(work, return_exceptions=True)


def note(subject: str = "lead") -> Entry:
    return replace(wish(Kind.NOTE, subject, AT), value=Personal("text"))


def problem(kind: ProblemType, status: int) -> errors.Refused:
    return errors.Refused(status, Problem(type=kind, title="t", status=status))


async def until(true: Callable[[], bool]) -> None:
    async with asyncio.timeout(60):
        while not true():  # noqa: ASYNC110 - any state
            await asyncio.sleep(0.005)


async def test_entries_of_one_subject_go_in_order_and_others_do_not_wait(
    outbox: Outbox, post: PostOffice
) -> None:
    outbox.set_online(False)
    entries = [note("a"), note("a"), note("b"), note("a")]
    for entry in entries:
        assert isinstance(await outbox.perform(entry), Queued)
    outbox.set_online(True)
    await until(lambda: outbox.waiting == 0)
    ids = [entry.entry_id for entry in entries]
    assert [one for one in post.order if one != ids[2]] == [ids[0], ids[1], ids[3]]


async def test_an_unknown_outcome_is_asked_with_the_same_key(outbox: Outbox, post: PostOffice) -> None:
    post.failures = [(errors.TimedOut(), True), (errors.Interrupted(), False)]
    outcome = await outbox.perform(note())
    assert isinstance(outcome, Unknown)
    outbox.set_online(True)
    await asyncio.sleep(0.02)
    outbox.set_online(True)
    await until(lambda: outbox.waiting == 0)
    assert len(post.done) == 1


async def test_a_server_that_asks_for_time_is_given_it(outbox: Outbox, post: PostOffice) -> None:
    post.failures = [(errors.Throttled(None, 40.0), False)]
    assert isinstance(await outbox.perform(note()), Queued)
    assert 39 < (outbox._pacing.next_in() or 0) <= 40


async def test_without_a_connection_only_notes_and_steps_wait(outbox: Outbox, post: PostOffice) -> None:
    post.failures = [(errors.Offline(), False)] * 2
    assert isinstance(await outbox.perform(note()), Queued)
    assert await outbox.perform(wish(Kind.ACCEPT, "offer", AT)) == Offline()
    assert outbox.waiting == 1


async def test_a_refusal_somebody_waits_for_is_told_and_not_kept(outbox: Outbox, post: PostOffice) -> None:
    post.failures = [(problem(ProblemType.FORBIDDEN, 403), False)]
    assert await outbox.perform(note()) == Refused(Reason.FORBIDDEN)
    assert outbox.waiting == 0


async def test_a_refusal_nobody_waits_for_is_kept_with_its_text(outbox: Outbox, post: PostOffice) -> None:
    outbox.set_online(False)
    entry = note()
    await outbox.perform(entry)
    post.failures = [(problem(ProblemType.NOT_FOUND, 404), False)]
    outbox.set_online(True)
    await until(lambda: outbox.entries()[0].state is EntryState.REFUSED)
    assert outbox.entries()[0].failure == Gone()
    assert outbox.cancel(entry.entry_id)


async def test_the_last_word_on_an_unknown_outcome_comes_with_its_reason(
    outbox: Outbox, post: PostOffice
) -> None:
    post.failures = [
        (errors.TimedOut(), True),
        (errors.Offline(), False),  # asked again in vain: it may have been done, so it stays unknown
        (errors.Interrupted(), False),
        (problem(ProblemType.ALREADY_OFFERED, 409), False),
    ]
    unknown = await outbox.perform(wish(Kind.SHARE, "lead", AT))
    assert isinstance(unknown, Unknown)
    last = asyncio.create_task(outbox.settled(unknown.entry_id))
    states = set()
    while not last.done():
        outbox.set_online(True)
        states |= {entry.state for entry in outbox.entries()}
        await asyncio.sleep(0.005)
    assert states <= {EntryState.UNKNOWN, EntryState.SENT}
    assert last.result() == Refused(Reason.ALREADY_OFFERED)
    assert outbox.waiting == 0


async def test_a_last_word_nobody_hears_stays_with_its_reason(outbox: Outbox, post: PostOffice) -> None:
    post.failures = [(errors.TimedOut(), True), (problem(ProblemType.ALREADY_OFFERED, 409), False)]
    unknown = await outbox.perform(wish(Kind.SHARE, "lead", AT))
    assert isinstance(unknown, Unknown)
    gone = asyncio.create_task(outbox.settled(unknown.entry_id))
    await asyncio.sleep(0)
    gone.cancel()
    outbox.set_online(True)
    await until(lambda: outbox.entries()[0].state is EntryState.REFUSED)
    assert outbox.entries()[0].failure == Refused(Reason.ALREADY_OFFERED)
    assert outbox.cancel(unknown.entry_id)
    assert await outbox.settled(unknown.entry_id) == Gone()


async def test_what_was_under_way_at_a_stop_counts_as_unknown(post: PostOffice) -> None:
    box = Outbox(post, lambda: AT)
    post.gate.clear()
    work = asyncio.create_task(box.run())
    await asyncio.sleep(0)
    asked = asyncio.ensure_future(box.perform(note()))
    await until(lambda: box.waiting == 1 and box.entries()[0].state is EntryState.SENT)
    work.cancel()
    await asyncio.gather(work, return_exceptions=True)
    assert (await asked).code == "unknown"
    key = box.entries()[0].key
    post.gate.set()
    work = asyncio.create_task(box.run())
    await until(lambda: box.waiting == 0)
    assert list(post.done) == [key]
    work.cancel()
    await asyncio.gather(work, return_exceptions=True)


async def test_nothing_is_done_twice_or_lost_in_any_weather(post: PostOffice) -> None:
    weather = random.Random(7)
    box = Outbox(post, lambda: AT)
    work = asyncio.create_task(box.run())
    await asyncio.sleep(0)
    wishes = [note(f"lead-{weather.randrange(20)}") for _ in range(300)]
    asking = []
    for entry in wishes:
        if weather.random() < 0.5:
            kind = weather.choice([errors.Offline, errors.TimedOut, errors.Interrupted, errors.Malformed])
            post.failures.append((kind(), kind is not errors.Offline and weather.random() < 0.5))
        asking.append(asyncio.ensure_future(box.perform(entry)))
        if weather.random() < 0.1:
            box.set_online(weather.random() < 0.5)
        await asyncio.sleep(0)
    async with asyncio.timeout(60):
        while box.waiting:
            box.set_online(True)
            await asyncio.sleep(0.005)
    await asyncio.gather(*asking)
    assert len(post.done) == len(wishes)
    for subject in {entry.subject for entry in wishes}:
        meant = [entry.entry_id for entry in wishes if entry.subject == subject]
        assert [one for one in post.order if one in meant] == meant
    work.cancel()
    await asyncio.gather(work, return_exceptions=True)


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (errors.Offline(), "offline"),
        (errors.Untrusted(), "untrusted"),
        (errors.SessionOver(), "session-over"),
        (errors.Superseded(), "session-over"),
        (errors.Unavailable(7.0), "unavailable"),
        (errors.Malformed(), "unavailable"),
        (errors.Redirected(), "unavailable"),
        (errors.Throttled(None, 9.0), "refused.too-many"),
        (errors.Refused(404), "gone"),
        (errors.Refused(401), "refused.other"),
        (problem(ProblemType.ERASED, 410), "gone"),
        (problem(ProblemType.STALE_SERIAL, 409), "conflict"),
        (problem(ProblemType.OFFER_ENDED, 409), "refused.offer-ended"),
        (problem(ProblemType.OWN_REQUEST, 403), "refused.own-request"),
        (problem(ProblemType.SIGN_IN_REFUSED, 401), "refused.sign-in"),
    ],
)
def test_every_error_has_a_code(error: errors.ApiError, code: str) -> None:
    assert failure_of(error).code == code


def test_waits_are_passed_on() -> None:
    assert failure_of(errors.Unavailable(7.0)) == Unavailable(7.0)
    assert failure_of(errors.Throttled(None, 9.0)) == Refused(Reason.TOO_MANY, retry_after=9.0)


def test_an_entry_shows_nothing() -> None:
    assert "text" not in repr(note())
    assert "text" not in repr(Ok("text"))


async def test_a_network_that_is_not_allowed_is_as_good_as_none(outbox: Outbox, post: PostOffice) -> None:
    """What may wait waits until one is where the firm allows it; what may not is refused with its reason."""
    problem = Problem(type=ProblemType.NETWORK_REFUSED, title="t", status=403)
    entry = note()
    post.failures = [(errors.Refused(403, problem), False)]
    assert await outbox.perform(entry) == Queued(entry.entry_id)
    kept = outbox.entry(entry.entry_id)
    assert kept is not None and kept.state is EntryState.QUEUED and kept.key == entry.key
    outbox.set_online(True)
    assert await outbox.settled(entry.entry_id) == Ok("lead")
    post.failures = [(errors.Refused(403, problem), False)]
    assert await outbox.perform(wish(Kind.DELETE, "lead", AT)) == Refused(Reason.NETWORK)
    assert outbox.waiting == 0
