"""Notes: of one lead, and of all leads in pages."""

from datetime import timedelta

from tests.support.trade import Person, Trade, new_id


async def walk(person: Person, **params: str) -> list[list[str]]:
    pages, continuation = [], None
    while True:
        asked = params | ({"continuation": continuation} if continuation else {})
        answer = await person.client.get("/notes", params=asked)
        assert answer.status_code == 200, answer.text
        pages.append([note["text"] for note in answer.json()])
        continuation = answer.headers.get("x-continuation")
        if continuation is None:
            return pages


async def write(trade: Trade, person: Person, lead_id: str, count: int, name: str = "n") -> None:
    for number in range(count):
        trade.now += timedelta(seconds=1)
        answer = await person.client.post(f"/leads/{lead_id}/notes", json={"text": f"{name}{number}"})
        assert answer.status_code == 201, answer.text


async def test_pages_hold_every_note_once_oldest_first(trade: Trade) -> None:
    maren, (one, two) = await trade.sign_in("Maren"), trade.add_leads(2)
    await write(trade, maren, one, 3, "a")
    await write(trade, maren, two, 4, "b")
    everything = ["a0", "a1", "a2", "b0", "b1", "b2", "b3"]
    assert await walk(maren, maxResults="3") == [everything[:3], everything[3:6], everything[6:]]
    answer = await maren.client.get("/notes")
    assert answer.headers["x-total"] == "7" and "x-continuation" not in answer.headers
    first = answer.json()[0]
    assert set(first) == {
        *("noteId", "text", "intern", "createdAt", "modifiedAt", "leadId", "author", "authorName"),
    }
    assert first["leadId"] == one and first["intern"] is True and first["authorName"] == "Maren Boysen"
    assert [len(page) for page in await walk(maren, maxResults="7")] == [7]


async def test_modified_since_is_the_first_moment_that_counts(trade: Trade) -> None:
    maren, lead_id = await trade.sign_in("Maren"), trade.add_lead()
    await write(trade, maren, lead_id, 2)
    trade.now += timedelta(days=1)
    maren = await trade.sign_in("Maren")
    await write(trade, maren, lead_id, 1, "late")
    for since, expected in (
        ("2026-11-19", ["n0", "n1", "late0"]),
        ("2026-11-20", ["late0"]),
        ("2026-11-19T12:00:02.000Z", ["n1", "late0"]),
        ("2026-11-19T12:00:02", ["n1", "late0"]),
        ("2026-11-19T14:00:02+02:00", ["n1", "late0"]),
        ("2026-11-21", []),
    ):
        assert await walk(maren, modifiedSince=since) == [expected], since


async def test_notes_of_unseen_and_erased_leads_are_not_there(trade: Trade) -> None:
    trade.policy(trade.wagner, "own-and-unassigned")
    maren, jens, finn = [await trade.sign_in(name) for name in ("Maren", "Jens", "Finn")]
    mine, theirs = trade.add_lead(keeper="Maren"), trade.add_lead(keeper="Jens")
    await write(trade, maren, mine, 1, "m")
    await write(trade, jens, theirs, 1, "j")
    assert await walk(maren) == [["m0"]] and await walk(jens) == [["j0"]] and await walk(finn) == [[]]
    await jens.delete(f"/leads/{theirs}")
    assert await walk(jens) == [[]]


async def test_bad_input_names_the_field(trade: Trade) -> None:
    maren, thomas = await trade.sign_in("Maren"), await trade.sign_in("Thomas")
    await write(trade, maren, trade.add_lead(), 3)
    foreign = (await thomas.client.get("/notes", params={"maxResults": "1"})).headers["x-continuation"]
    for params, field in (
        ({"modifiedSince": "gestern"}, "modifiedSince"),
        ({"modifiedSince": "gte:2026-01-01"}, "modifiedSince"),
        ({"maxResults": "0"}, "maxResults"),
        ({"continuation": "x"}, "continuation"),
        ({"continuation": foreign}, "continuation"),
        ({"leadId": new_id()}, "query"),
    ):
        answer = await maren.client.get("/notes", params=params)
        assert answer.status_code == 400 and answer.json()["field"] == field, answer.text


async def test_a_note_needs_no_key_and_with_one_is_written_once(trade: Trade) -> None:
    maren, lead_id, key = await trade.sign_in("Maren"), trade.add_lead(), new_id()
    first = await maren.post(f"/leads/{lead_id}/notes", key=key, text="x", intern=False)
    again = await maren.post(f"/leads/{lead_id}/notes", key=key, text="x", intern=False)
    assert first.json() == again.json()
    (note,) = await maren.get(f"/leads/{lead_id}/notes")
    assert note["intern"] is False and "leadId" not in note
    await write(trade, maren, lead_id, 2)
    assert len(await maren.get(f"/leads/{lead_id}/notes")) == 3
