"""The log went back in time, by a restore or to a standby behind: who heard more is told to begin anew."""

from __future__ import annotations

import pytest

from tests.server.web.test_visibility import head, listen, mark_in, parts
from tests.support.trade import Person, Trade


async def noted(person: Person, lead_id: str, count: int) -> None:
    for number in range(count):
        await person.done(f"/leads/{lead_id}/notes", text=f"Notiz {number}")


@pytest.mark.parametrize("written_since", [0, 1, 3, 5], ids=["behind", "still behind", "as far", "further"])
async def test_a_listener_is_told_however_far_the_other_history_has_come(
    trade: Trade, written_since: int
) -> None:
    lead_id, jens = trade.add_lead(), await trade.sign_in("Jens")
    await noted(jens, lead_id, 2)
    backup, before = trade.storage.dump(), head(trade, jens)
    stream = listen(trade, jens)
    await anext(stream)
    await noted(jens, lead_id, 3)
    heard = [await anext(stream) for _ in range(1)][-1]
    assert parts(heard)[::2] == ("note", before + 3)

    trade.restore(backup)
    await noted(jens, lead_id, written_since)
    trade.services.office.log.wakeups.seen({trade.wagner: before + written_since})
    now = before + written_since
    assert parts(await anext(stream)) == ("reset", {"position": now}, now)
    await stream.aclose()  # type: ignore[attr-defined]

    again = listen(trade, jens, str(before + 3), mark_in(heard))
    assert parts(await anext(again)) == ("head", {"position": now}, None)
    assert parts(await anext(again)) == ("reset", {"position": now}, now)
    await again.aclose()  # type: ignore[attr-defined]


async def test_who_heard_no_more_than_was_restored_goes_on(trade: Trade) -> None:
    lead_id, jens = trade.add_lead(), await trade.sign_in("Jens")
    stream = listen(trade, jens)
    await anext(stream)
    await noted(jens, lead_id, 1)
    heard = await anext(stream)
    position = parts(heard)[2]
    await stream.aclose()  # type: ignore[attr-defined]
    backup = trade.storage.dump()
    await noted(jens, lead_id, 2)
    trade.restore(backup)
    await noted(jens, lead_id, 1)
    for mark in (mark_in(heard), ""):
        stream = listen(trade, jens, str(position), mark)
        assert parts(await anext(stream))[0] == "head"
        assert parts(await anext(stream))[0] == "note"
        await stream.aclose()  # type: ignore[attr-defined]


async def test_a_mark_that_nobody_gave_is_another_history(trade: Trade) -> None:
    jens = await trade.sign_in("Jens")
    await noted(jens, trade.add_lead(), 1)
    for mark in ("0" * 16, "x", "\N{SNOWMAN}"):
        stream = listen(trade, jens, str(head(trade, jens)), mark)
        assert [parts(await anext(stream))[0] for _ in range(2)] == ["head", "reset"]
        await stream.aclose()  # type: ignore[attr-defined]
