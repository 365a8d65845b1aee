"""Coming to an account and back to it: invitations and new passwords, by letters that tell others nothing."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import argon2.low_level
import httpx
import pytest

from leaddesk.contract.people import Role
from leaddesk.server.identity.proving.totp import code_of, step_at
from leaddesk.server.identity.storage.books import Books
from leaddesk.server.identity.tokens.codes import challenge_of
from leaddesk.server.mail.postbox import ROOM, PostboxFull, ShownLetters
from tests.support.trade import PASSWORD, VERIFIER, Trade, new_id

NEW = "vier Fenster nach Norden"
FORM = {"content-type": "application/x-www-form-urlencoded"}


def kind(answer: httpx.Response) -> str:
    return str(answer.json()["type"]).rpartition(":")[2]


class Post:
    """The postbox at work, and what it has carried."""

    def __init__(self, trade: Trade) -> None:
        self._work: asyncio.Task[None] | None = None
        self.box = trade.services.outside.postbox
        self.shown = ShownLetters()
        self.box.carrier = self.shown
        self.client = httpx.AsyncClient(
            transport=httpx.ASGITransport(trade.app),
            base_url="http://server",
            headers={"host": "evil.example"},
        )

    def begin(self) -> None:
        """Have the postbox carry what is thrown in."""
        self._work = asyncio.create_task(self.box.run())

    async def rest(self) -> None:
        """Let it lie until it is begun again."""
        if self._work is not None:
            self._work.cancel()
            await asyncio.gather(self._work, return_exceptions=True)

    async def letters(self) -> list[tuple[str, str]]:
        """Wait until everything is carried; to whom, and the text, the oldest first."""
        await asyncio.wait_for(self.box.emptied(), 60)
        return [(str(one["to"]), str(one.get_content())) for one in reversed(self.shown.letters)]

    async def ticket(self) -> str:
        _, text = (await self.letters())[-1]
        found = re.search(r"ticket=([\w-]+)", text)
        assert found is not None
        return found[1]

    async def ask(self, email: str) -> httpx.Response:
        return await self.client.post("/password-resets", json={"email": email})

    async def redeem(self, ticket: str, password: str = NEW) -> httpx.Response:
        return await self.client.post(
            "/password-resets/redeem", json={"ticket": ticket, "password": password}
        )

    async def signs_in(self, email: str, password: str) -> bool:
        asked = {"email": email, "password": password, "codeChallenge": challenge_of(VERIFIER)}
        return (await self.client.post("/oauth/challenge", json=asked)).status_code == 200


@pytest.fixture
async def post(trade: Trade) -> AsyncIterator[Post]:
    post = Post(trade)
    post.begin()
    yield post
    await post.rest()
    await post.client.aclose()


async def test_a_forgotten_password_is_set_by_a_link_that_is_good_once(trade: Trade, post: Post) -> None:
    before = await trade.sign_in("Maren")
    assert (await post.ask(" Maren@X.example ")).status_code in (202, 400)
    assert (await post.ask("maren@x.example")).status_code == 202
    (to, text), ticket = (await post.letters())[-1], await post.ticket()
    assert to == "maren@x.example" and "English below" in text and "evil.example" not in text
    assert "Maren" not in text.replace(to, "") and "Wagner" not in text
    assert kind(await post.redeem(ticket, "kurz")) == "weak-password"
    assert (await post.redeem(ticket, "maren boysen x1")).json()["expected"] == "guessable"
    assert (await post.redeem(ticket)).status_code == 204, "what was not taken has not used it up"
    assert (await post.redeem(ticket)).status_code == 410
    assert await post.signs_in("maren@x.example", NEW) and not await post.signs_in(
        "maren@x.example", PASSWORD
    )
    assert (await before.client.get("/me")).status_code == 401, "all sessions have ended"
    assert "geändert" in (await post.letters())[-1][1]


async def test_two_at_once_set_one_password(trade: Trade, post: Post) -> None:
    await post.ask("maren@x.example")
    ticket = await post.ticket()
    found = await asyncio.gather(*(post.redeem(ticket, f"{NEW} {number}") for number in range(3)))
    assert sorted(one.status_code for one in found) == [204, 410, 410]


async def test_a_link_ends_after_half_an_hour_and_with_the_next_one(trade: Trade, post: Post) -> None:
    await post.ask("maren@x.example")
    first = await post.ticket()
    await post.ask("maren@x.example")
    second = await post.ticket()
    assert first != second and (await post.redeem(first)).status_code == 410
    trade.now += timedelta(minutes=30)
    assert (await post.redeem(second)).status_code == 410
    for wrong in ("x", "ü" * 40, first + "A"):
        assert (await post.redeem(wrong)).status_code == 410


async def test_a_ticket_is_good_for_its_own_step_only(trade: Trade, post: Post) -> None:
    await post.ask("maren@x.example")
    ticket = await post.ticket()
    asked = {"ticket": ticket, "name": "Eva", "password": NEW}
    assert (await post.client.post("/registrations", json=asked)).status_code == 410
    step = {"ticket": ticket, "code": "000000"}
    assert (await post.client.post("/oauth/challenge/second-factor", json=step)).status_code == 410
    assert (await post.redeem(ticket)).status_code == 204


async def test_nothing_tells_whether_there_is_such_a_person(
    trade: Trade, post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Byte for byte the same answer, the same questions to the database before it, no password computed."""
    await post.rest()  # what is asked from here on is asked by requests, in whichever thread
    asked: list[str] = []
    for name in ("at", "behind", "apart"):
        real = getattr(Books, name)

        def noted(self: Any, *args: Any, _real: Any = real, _name: str = name, **kwargs: Any) -> Any:
            asked.append(_name)
            return _real(self, *args, **kwargs)

        monkeypatch.setattr(Books, name, noted)
    computed: list[int] = []
    real_hash = argon2.low_level.hash_secret
    monkeypatch.setattr(
        "argon2._password_hasher.hash_secret", lambda **k: computed.append(1) or real_hash(**k)
    )
    seen = []
    for email in ("maren@x.example", "nobody@x.example", "jens@x.example", "noone@x.example"):
        asked.clear()
        answer = await post.ask(email)
        headers = sorted((name, value) for name, value in answer.headers.items() if name != "x-request-id")
        seen.append((answer.status_code, answer.content, headers, tuple(asked)))
    assert len(set(map(repr, seen))) == 1 and seen[0][0] == 202 and seen[0][3] == ("apart",)
    assert not computed
    post.begin()
    assert sorted(to for to, _ in await post.letters()) == ["jens@x.example", "maren@x.example"]


async def test_asking_is_throttled_alike_for_everybody(trade: Trade, post: Post) -> None:
    found = {}
    for email in ("maren@x.example", "nobody@x.example"):
        answers = [await post.ask(email) for _ in range(6)]
        found[email] = [(one.status_code, one.content, one.headers.get("retry-after")) for one in answers]
    assert found["maren@x.example"] == found["nobody@x.example"]
    assert [status for status, *_ in found["maren@x.example"]] == [202] * 5 + [429]


async def test_a_full_postbox_is_said_and_without_mail_nothing_is_promised(trade: Trade, post: Post) -> None:
    real, post.box.carrier = post.box.carrier, None
    for email in ("maren@x.example", "nobody@x.example"):
        assert kind(await post.ask(email)) == "no-mail"
    post.box.carrier = real
    await post.rest()  # nothing is taken out meanwhile
    with pytest.raises(PostboxFull):
        for _ in range(ROOM + 1):
            post.box.throw_in(lambda: None)
    assert (await post.ask("maren@x.example")).status_code == 429


async def test_whoever_changes_the_password_shows_the_present_one(trade: Trade, post: Post) -> None:
    here, there = await trade.sign_in("Thomas"), await trade.sign_in("Thomas")
    wrong = await here.client.put("/me/password", json={"password": "wrong", "newPassword": NEW})
    assert (wrong.status_code, kind(wrong)) == (401, "sign-in-refused")
    weak = await here.client.put(
        "/me/password", json={"password": PASSWORD, "newPassword": "qwertzuiopasdfgh"}
    )
    assert (weak.status_code, kind(weak)) == (400, "weak-password")
    done = await here.client.put("/me/password", json={"password": PASSWORD, "newPassword": NEW})
    assert done.status_code == 204
    assert (await here.client.get("/me")).status_code == 200
    assert (await there.client.get("/me")).status_code == 401
    assert await post.signs_in("thomas@x.example", NEW)


async def test_a_short_password_counts_beside_a_second_factor_only(trade: Trade, post: Post) -> None:
    who = await trade.sign_in("Thomas")
    change = {"password": PASSWORD, "newPassword": "Regal 47 gelb"}
    assert kind(await who.client.put("/me/password", json=change)) == "weak-password"
    secret = trade.identity.factors.begin(trade.wagner, trade.members["Thomas"])
    code = code_of(secret, step_at(trade.now))
    assert trade.identity.factors.confirm(trade.wagner, trade.members["Thomas"], code)
    assert (await who.client.put("/me/password", json=change)).status_code == 204
    kept = await who.delete("/me/second-factor")
    assert (kept.status_code, kind(kept)) == (409, "wrong-state")
    longer = {"password": change["newPassword"], "newPassword": NEW}
    assert (await who.client.put("/me/password", json=longer)).status_code == 204
    assert (await who.delete("/me/second-factor")).status_code == 204


async def test_an_invited_person_becomes_a_member_in_the_role_they_were_invited_to(
    trade: Trade, post: Post
) -> None:
    admin, rep = await trade.sign_in("Thomas"), await trade.sign_in("Maren")
    asked = {"email": "eva@x.example", "role": "auditor"}
    assert (await rep.post("/members/invitations", **asked)).status_code == 403
    key = new_id()
    first = await admin.post("/members/invitations", key, **asked)
    again = await admin.post("/members/invitations", key, **asked)
    assert first.status_code == 201 and first.json() == again.json()
    (to, text), ticket = (await post.letters())[-1], await post.ticket()
    assert len(await post.letters()) == 1 and to == "eva@x.example" and "Wagner AG" in text
    assert [one["email"] for one in await admin.get("/members/invitations")] == ["eva@x.example"]
    body = {"ticket": ticket, "name": " Eva  Holm ", "password": "eva holm wagner"}
    assert kind(await post.client.post("/registrations", json=body)) == "weak-password"
    assert (await post.client.post("/registrations", json=body | {"password": NEW})).status_code == 204
    assert (await post.client.post("/registrations", json=body | {"password": NEW})).status_code == 410
    (member,) = (one for one in trade.people.members(trade.wagner) if one.email == "eva@x.example")
    assert (member.name, member.role) == ("Eva Holm", Role.AUDITOR)
    assert await post.signs_in("eva@x.example", NEW) and await admin.get("/members/invitations") == []
    assert b"eva@x" not in trade.on_disk()


async def test_an_invitation_tells_nobody_but_the_address_that_there_is_an_account(
    trade: Trade, post: Post
) -> None:
    admin = await trade.sign_in("Thomas")
    found = []
    for email in ("imke@x.example", "nobody@x.example"):
        made = (await admin.post("/members/invitations", email=email, role="rep")).json()
        found.append({name: value for name, value in made.items() if name not in ("invitationId", "email")})
    assert found[0] == found[1]
    letters = dict(await post.letters())
    assert "ticket=" not in letters["imke@x.example"] and "schon ein Konto" in letters["imke@x.example"]
    assert "ticket=" in letters["nobody@x.example"]


async def test_a_withdrawn_invitation_lets_nobody_in_nor_one_of_another_tenant(
    trade: Trade, post: Post
) -> None:
    admin, other = await trade.sign_in("Thomas"), await trade.sign_in("Imke")
    made = await admin.done("/members/invitations", email="eva@x.example", role="rep")
    ticket = await post.ticket()
    assert (await other.delete(f"/members/invitations/{made['invitationId']}")).status_code == 404
    assert await other.get("/members/invitations") == []
    assert (await admin.delete(f"/members/invitations/{made['invitationId']}")).status_code == 204
    body = {"ticket": ticket, "name": "Eva", "password": NEW}
    assert (await post.client.post("/registrations", json=body)).status_code == 410


async def test_the_pages_do_the_same_in_two_languages_and_opening_one_uses_nothing_up(
    trade: Trade, post: Post
) -> None:
    german, english = {"accept-language": "de"}, {"accept-language": "en"}
    sent = await post.client.post("/account/forgotten", data={"email": "maren@x.example"}, headers=german)
    assert sent.status_code == 200 and "ist der Link unterwegs" in sent.text
    nobody = await post.client.post("/account/forgotten", data={"email": "no@x.example"}, headers=german)
    assert nobody.text == sent.text
    ticket = await post.ticket()
    for _ in range(3):
        shown = await post.client.get("/account/password", params={"ticket": ticket}, headers=english)
        assert shown.status_code == 200 and 'autocomplete="new-password"' in shown.text
    assert "script" not in shown.text and "default-src 'none'" in shown.headers["content-security-policy"]
    fields = {"ticket": ticket, "password": "short", "language": "en"}
    weak = await post.client.post("/account/password", data=fields)
    assert weak.status_code == 403 and "too short" in weak.text and 'short"' not in weak.text
    elsewhere = await post.client.post(
        "/account/password", data=fields | {"password": NEW}, headers={"sec-fetch-site": "cross-site"}
    )
    assert elsewhere.status_code == 400
    done = await post.client.post("/account/password", data=fields | {"password": NEW})
    assert done.status_code == 200 and await post.signs_in("maren@x.example", NEW)
    over = await post.client.post("/account/password", data=fields | {"password": NEW})
    assert over.status_code == 410
    marked = await post.client.get("/account/join", params={"ticket": '"><script>'}, headers=german)
    assert "<script>" not in marked.text
