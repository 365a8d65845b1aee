"""NIST SP 800-63B-4, section 3.1.1.2 and 3.2.2: what it asks of passwords, point by point, over HTTP."""

from __future__ import annotations

import asyncio
import threading
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

import leaddesk.server.identity.passwords as passwords_module
from leaddesk.server.identity.passwords import SLOTS, Passwords
from leaddesk.server.identity.tokens.codes import challenge_of
from tests.server.web.accounts.test_accounts import enrolled, kind
from tests.support.trade import PASSWORD, VERIFIER, Person, Trade

GOOD = "vier Fenster nach Norden"


async def change(who: Person, new: str, present: str = PASSWORD) -> httpx.Response:
    return await who.client.put("/me/password", json={"password": present, "newPassword": new})


async def challenge(trade: Trade, password: str, email: str = "maren@x.example") -> httpx.Response:
    asked = {"email": email, "password": password, "codeChallenge": challenge_of(VERIFIER)}
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(trade.app), base_url="http://server"
    ) as client:
        return await client.post("/oauth/challenge", json=asked)


async def test_fifteen_characters_alone_eight_beside_a_second_factor(trade: Trade) -> None:
    maren = await trade.sign_in("Maren")
    assert (await change(maren, "fuchs+9q wald")).json()["expected"] == "too-short"
    await enrolled(trade, maren)
    assert (await change(maren, "fuchs+9")).json()["expected"] == "too-short"
    assert (await change(maren, "fuchs+9q")).status_code == 204


async def test_sixty_four_characters_and_more_every_one_of_them_counts(trade: Trade) -> None:
    maren = await trade.sign_in("Maren")
    long = " ".join(f"wort{number * 7919}" for number in range(20))[:190]
    assert len(long) > 64 and (await change(maren, long)).status_code == 204
    assert (await challenge(trade, long)).status_code == 200
    assert (await challenge(trade, long[:-1])).status_code == 401, "none is cut off"


@pytest.mark.parametrize(
    "password", ["nur kleine buchstaben", "Übermäßig große Füße", "🦊 fährt nach Kiel 7x"]
)
async def test_spaces_and_any_script_and_no_rule_of_composition(trade: Trade, password: str) -> None:
    maren = await trade.sign_in("Maren")
    assert (await change(maren, password)).status_code == 204
    decomposed = password.replace("Ü", "U\u0308").replace("ä", "a\u0308")
    assert (await challenge(trade, decomposed)).status_code == 200, "one character however it is written"


@pytest.mark.parametrize(
    ("password", "why"),
    [
        ("passwordpassword", "common"),
        ("aaaaaaaaaaaaaaaaaa", "guessable"),
        ("123456789012345678", "common"),
        ("maren.boysen.2026!", "guessable"),
        ("leaddesk leaddesk 1", "guessable"),
    ],
)
async def test_a_blocklist_of_what_is_common_or_known_and_the_reason(
    trade: Trade, password: str, why: str
) -> None:
    maren = await trade.sign_in("Maren")
    refused = await change(maren, password)
    assert (refused.status_code, kind(refused), refused.json()["expected"]) == (400, "weak-password", why)
    assert password not in refused.text


async def test_the_list_lies_here_and_nobody_outside_is_asked() -> None:
    lines = (Path(passwords_module.__file__).parent / "choosing/common.txt").read_text("ascii").splitlines()
    assert len(lines) > 3_000


async def test_no_password_grows_old_and_none_is_hinted_at(trade: Trade) -> None:
    """Nothing asks for a change after a time; a link is the only way back, no question or hint."""
    await challenge(trade, PASSWORD)
    trade.now += timedelta(days=4_000)
    assert (await challenge(trade, PASSWORD)).status_code == 200


@pytest.mark.parametrize("length", [1, 200, 1_024, 10_000])
async def test_a_password_of_any_length_is_a_sentence_and_changes_nothing(trade: Trade, length: int) -> None:
    maren, given = await trade.sign_in("Maren"), "x" * length
    found = [
        await challenge(trade, given),
        await maren.client.post("/me/step-up", json={"password": given}),
        await change(maren, given),
        await change(maren, GOOD, present=given),
    ]
    assert [one.status_code for one in found] == [401 if length <= 1_024 else 400] * 2 + [
        400,
        401 if length <= 1_024 else 400,
    ]
    assert all(given not in one.text for one in found if length > 1)
    assert (await maren.client.get("/me")).status_code == 200 and (
        await challenge(trade, PASSWORD)
    ).status_code == 200


async def test_attempts_are_limited_alike_for_people_and_nobody(trade: Trade) -> None:
    for email in ("maren@x.example", "nobody@x.example"):
        found = [(await challenge(trade, "wrong", email)).status_code for _ in range(6)]
        assert found == [401] * 5 + [429]


async def test_two_are_computed_at_a_time_and_every_other_page_is_served_meanwhile(
    trade: Trade, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Twenty sign in at once: memory for two, and no page waits for any of them."""
    go_on, both = threading.Event(), threading.Event()
    turn, running, most = threading.Lock(), [0], [0]
    real = Passwords._check

    def held(self: Passwords, credential: Any, given: Any) -> bool:
        with turn:
            running[0] += 1
            most[0] = max(most[0], running[0])
            if running[0] == SLOTS:
                both.set()
        go_on.wait(60)
        try:
            return real(self, credential, given)
        finally:
            with turn:
                running[0] -= 1

    maren = await trade.sign_in("Maren")
    monkeypatch.setattr(Passwords, "_check", held)
    tried = [
        asyncio.ensure_future(challenge(trade, PASSWORD, f"{name}@x.example"))
        for name in ("maren", "jens", "thomas", *(f"nobody{number}" for number in range(17)))
    ]
    try:
        assert await asyncio.to_thread(both.wait, 60)
        for _ in range(5):
            assert (await maren.client.get("/me")).status_code == 200
            assert (await maren.client.get("/members")).status_code == 200
        assert not any(one.done() for one in tried), "served while all twenty wait"
        assert most == [SLOTS] == [2]
    finally:
        go_on.set()
    statuses = sorted(one.status_code for one in await asyncio.gather(*tried))
    assert statuses == [200] * 3 + [401] * 17 and most == [SLOTS]
