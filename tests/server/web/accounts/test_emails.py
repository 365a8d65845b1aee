"""Another e-mail: confirmed from the new address, told to the old one, and nobody learns who has which."""

from __future__ import annotations

from datetime import timedelta

import pytest

from leaddesk.contract.people import Role
from leaddesk.contract.signin import CLIENT_ID
from leaddesk.server.eventlog.scope import Scope
from leaddesk.server.identity.storage.books import Books
from leaddesk.server.identity.tokens.codes import challenge_of
from leaddesk.server.projections import references
from tests.server.web.accounts.test_accounts import kind
from tests.server.web.accounts.test_joining import FORM, Post, post
from tests.server.web.accounts.test_joining import NEW as LATER
from tests.support.trade import PASSWORD, VERIFIER, Person, Trade

__all__ = ["post"]
NEW = "maren@neu.example"


async def ask(who: Person, email: str = NEW) -> int:
    return (await who.client.post("/me/email", json={"email": email})).status_code


async def test_it_changes_with_the_link_and_the_old_one_is_told(trade: Trade, post: Post) -> None:
    maren = await trade.sign_in("Maren")
    await post.ask("maren@x.example")
    reset = await post.ticket()
    assert await ask(maren) == 202
    (to, text), ticket = (await post.letters())[-1], await post.ticket()
    assert to == NEW and "Boysen" not in text and "x.example" not in text
    assert (await maren.get("/me"))["person"]["email"] == "maren@x.example", "not yet"
    done = await post.client.post("/email-changes", json={"ticket": ticket})
    assert done.status_code == 204
    assert (await maren.get("/me"))["person"]["email"] == NEW, "the session goes on"
    assert await post.signs_in(NEW, PASSWORD) and not await post.signs_in("maren@x.example", PASSWORD)
    told = (await post.letters())[-1]
    assert told[0] == "maren@x.example" and NEW not in told[1]
    assert (await post.redeem(reset)).status_code == 410, "a link that went to the old address is over"
    again = await post.client.post("/email-changes", json={"ticket": ticket})
    assert (again.status_code, kind(again)) == (410, "ticket-over")
    with trade.services.office.log.for_tenant(Scope(trade.wagner)).reading() as unit:
        doc = references.one_of(unit, "member", trade.members["Maren"]) or b""
    assert b"emailChangedAt" in doc and b"neu.example" not in doc


async def test_by_the_page_too_which_uses_nothing_up_by_being_opened(trade: Trade, post: Post) -> None:
    maren = await trade.sign_in("Maren")
    await ask(maren)
    ticket = await post.ticket()
    for _ in range(2):
        shown = await post.client.get("/account/email", params={"ticket": ticket, "language": "en"})
        assert shown.status_code == 200 and "Confirm" in shown.text and ticket in shown.text
    fields = {"ticket": ticket, "language": "en"}
    done = await post.client.post("/account/email", data=fields, headers=FORM)
    assert done.status_code == 200 and "told the old one" in done.text
    assert (await post.client.post("/account/email", data=fields, headers=FORM)).status_code == 410


async def test_the_answer_is_the_same_whoever_has_the_address(trade: Trade, post: Post) -> None:
    maren = await trade.sign_in("Maren")
    answers = [
        await maren.client.post("/me/email", json={"email": one})
        for one in ("jens@x.example", "nobody@x.example")
    ]
    shown = [dict(one.headers) | {"x-request-id": ""} for one in answers]
    assert [one.status_code for one in answers] == [202, 202]
    assert shown[0] == shown[1] and answers[0].content == answers[1].content == b""
    letters = await post.letters()
    assert [to for to, _ in letters] == ["jens@x.example", "nobody@x.example"]
    assert "ticket=" not in letters[0][1] and "ticket=" in letters[1][1]


async def test_before_the_answer_nobody_is_looked_for(
    trade: Trade, post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The same questions to the database, whoever has the address: the looking comes after."""
    maren, asked = await trade.sign_in("Maren"), list[str]()
    real = Books.behind

    def noted(self: Books, *args: object, **kwargs: object) -> object:
        asked.append("behind")
        return real(self, *args, **kwargs)  # type: ignore[arg-type]

    await ask(maren, "first@x.example")
    await post.letters()
    await post.rest()
    monkeypatch.setattr(Books, "behind", noted)
    for email in ("jens@x.example", "nobody@x.example"):
        assert await ask(maren, email) == 202
    assert asked == []
    post.begin()
    assert len(await post.letters()) == 3


async def test_a_link_ends_after_a_day_with_the_next_and_with_the_member(trade: Trade, post: Post) -> None:
    maren = await trade.sign_in("Maren")
    tickets = []
    for email in ("a@neu.example", "b@neu.example"):
        await ask(maren, email)
        tickets.append(await post.ticket())
    assert (await post.client.post("/email-changes", json={"ticket": tickets[0]})).status_code == 410
    trade.now += timedelta(hours=24)
    assert (await post.client.post("/email-changes", json={"ticket": tickets[1]})).status_code == 410


@pytest.mark.parametrize("forgotten", [True, False], ids=["forgotten", "changed"])
async def test_a_new_password_ends_what_somebody_else_had_begun(
    trade: Trade, post: Post, forgotten: bool
) -> None:
    """Whoever was in has asked for another address and holds a code: neither is good after that."""
    intruder, maren = await trade.sign_in("Maren"), await trade.sign_in("Maren")
    assert await ask(intruder, "intruder@else.example") == 202
    theirs = await post.ticket()
    begun = {"email": "maren@x.example", "password": PASSWORD, "codeChallenge": challenge_of(VERIFIER)}
    code = (await intruder.client.post("/oauth/challenge", json=begun)).json()["authorization_code"]
    if forgotten:
        await post.ask("maren@x.example")
        assert (await post.redeem(await post.ticket())).status_code == 204
    else:
        both = {"password": PASSWORD, "newPassword": LATER}
        assert (await maren.client.put("/me/password", json=both)).status_code == 204
    late = await post.client.post("/email-changes", json={"ticket": theirs})
    assert (late.status_code, kind(late)) == (410, "ticket-over")
    fields = {"grant_type": "authorization_code", "client_id": CLIENT_ID, "code": code}
    tokens = await post.client.post("/oauth/token", data=fields | {"code_verifier": VERIFIER})
    assert (tokens.status_code, tokens.json()) == (400, {"error": "invalid_grant"})
    assert await post.signs_in("maren@x.example", LATER)


async def test_who_was_quicker_has_the_address(trade: Trade, post: Post) -> None:
    links = []
    for name in ("Maren", "Jens"):
        await ask(await trade.sign_in(name))
        links.append(await post.ticket())
    assert (await post.client.post("/email-changes", json={"ticket": links[1]})).status_code == 204
    late = await post.client.post("/email-changes", json={"ticket": links[0]})
    assert (late.status_code, kind(late)) == (409, "wrong-state")
    roles = {one.email: one.role for one in trade.people.members(trade.wagner)}
    assert roles[NEW] is Role.REP and "maren@x.example" in roles


async def test_nobody_is_written_to_without_end(trade: Trade, post: Post) -> None:
    maren = await trade.sign_in("Maren")
    found = [await ask(maren, f"x{number}@neu.example") for number in range(7)]
    assert found[:5] == [202] * 5 and found[-1] == 429
    assert len(await post.letters()) == 5
