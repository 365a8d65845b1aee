"""What admins do with colleagues' accounts: roles, leaving, a lost second factor. No work is lost."""

from __future__ import annotations

import asyncio
import re
from datetime import timedelta
from typing import Any

import httpx
import pytest

from leaddesk.contract.people import Right, Role
from leaddesk.personal.masked import Secret
from leaddesk.server.commands.members import changing
from leaddesk.server.commands.members.passing import AT_ONCE, finish_passing
from leaddesk.server.eventlog.scope import Scope
from leaddesk.server.eventlog.storage import StorageUnavailable
from leaddesk.server.identity.people import put_password
from leaddesk.server.identity.tokens.codes import challenge_of
from leaddesk.server.keys.port import KeyGone, member_key
from leaddesk.server.projections import references
from tests.server.web.accounts.test_accounts import enrolled, kind
from tests.server.web.accounts.test_joining import Post, post
from tests.support.trade import PASSWORD, VERIFIER, Person, Trade, check_totals, new_id

__all__ = ["post"]


def path(trade: Trade, name: str, act: str) -> str:
    return f"/members/{trade.members[name]}/{act}"


async def put(who: Person, where: str, **body: Any) -> httpx.Response:
    return await who.client.put(where, json=body, headers={"idempotency-key": new_id()})


async def remove(who: Person, trade: Trade, name: str, to: str, revoke: bool = False) -> httpx.Response:
    body = {"leadsTo": trade.members[to], "revokeKeys": revoke}
    return await who.post(path(trade, name, "removal"), **body)


async def test_an_admin_sees_what_members_are_and_sign_in_with(trade: Trade) -> None:
    admin, rep = await trade.sign_in("Thomas"), await trade.sign_in("Jens")
    await enrolled(trade, rep)
    found = {one["name"]: one for one in await admin.get("/members/accounts")}
    assert list(found) == ["Maren Boysen", "Jens Kröger", "Thomas Lüders"]
    jens = found["Jens Kröger"]
    assert (jens["role"], jens["rights"], jens["email"]) == ("rep", ["lead.delete"], "jens@x.example")
    assert [one["hasSecondFactor"] for one in found.values()] == [False, True, False]
    assert all(one["hasPassword"] for one in found.values())
    assert (await rep.client.get("/members/accounts")).status_code == 403


async def test_a_role_counts_from_the_next_request_on(trade: Trade) -> None:
    admin, jens = await trade.sign_in("Thomas"), await trade.sign_in("Jens")
    assert (await put(admin, path(trade, "Jens", "role"), role="admin")).status_code == 204
    me = await jens.get("/me")
    assert me["role"] == Role.ADMIN and {Right.MEMBER_MANAGE, Right.LEAD_DELETE} <= set(me["rights"])
    assert (await put(admin, path(trade, "Jens", "role"), role="auditor")).status_code == 204
    me = await jens.get("/me")
    assert me["role"] == Role.AUDITOR and Right.LEAD_DELETE not in me["rights"], "nothing beyond the role"
    assert (await put(jens, path(trade, "Jens", "role"), role="admin")).status_code == 403
    assert (await put(admin, f"/members/{new_id()}/role", role="rep")).status_code == 404
    assert (await put(admin, path(trade, "Imke", "role"), role="rep")).status_code == 404, "another firm's"


async def test_somebody_who_may_do_what_admins_may_is_always_left(trade: Trade) -> None:
    admin = await trade.sign_in("Thomas")
    for answer in (
        await put(admin, path(trade, "Thomas", "role"), role="rep"),
        await remove(admin, trade, "Thomas", "Maren"),
    ):
        assert answer.status_code == 409 and kind(answer) == "last-admin"
    trade.add_admin(trade.wagner, "Ayşe Demir")
    ayse = await trade.sign_in("Ayşe")
    both = await asyncio.gather(
        put(admin, path(trade, "Ayşe", "role"), role="rep"),
        put(ayse, path(trade, "Thomas", "role"), role="rep"),
    )
    assert sorted(one.status_code for one in both)[0] == 204
    roles = [one.role for one in trade.people.members(trade.wagner)]
    assert roles.count(Role.ADMIN) == 1


async def test_an_admin_who_lacks_the_second_factor_that_is_asked_is_not_the_one_left(trade: Trade) -> None:
    trade.add_admin(trade.wagner, "Ayşe Demir")
    admin = await trade.sign_in("Thomas")
    await enrolled(trade, admin)
    rules = {"sessionHours": 720, "idleHours": 720, "stepUpMinutes": 10, "secondFactorForAdmins": True}
    assert (await put(admin, "/tenant/sign-in-policy", **rules)).status_code == 200
    assert kind(await put(admin, path(trade, "Thomas", "role"), role="rep")) == "last-admin"
    assert (await put(admin, path(trade, "Ayşe", "role"), role="rep")).status_code == 204


async def test_who_leaves_is_out_at_once_and_nothing_of_theirs_opens_a_door(trade: Trade, post: Post) -> None:
    admin, maren = await trade.sign_in("Thomas"), await trade.sign_in("Maren")
    await enrolled(trade, maren)
    asked = {"email": "maren@x.example", "password": PASSWORD, "codeChallenge": challenge_of(VERIFIER)}
    ticket = (await post.client.post("/oauth/challenge", json=asked)).json()["ticket"]
    await post.ask("maren@x.example")
    link = await post.ticket()
    key = new_id()
    body = {"leadsTo": trade.members["Jens"], "revokeKeys": False}
    for _ in range(2):
        assert (await admin.post(path(trade, "Maren", "removal"), key, **body)).status_code == 204
    assert (await remove(admin, trade, "Maren", "Jens")).status_code == 404
    assert (await maren.client.get("/me")).status_code == 401
    step = {"ticket": ticket, "code": "000000"}
    assert (await post.client.post("/oauth/challenge/second-factor", json=step)).status_code == 410
    assert (await post.redeem(link)).status_code == 410
    assert not await post.signs_in("maren@x.example", PASSWORD)
    before = len(await post.letters())
    await post.ask("maren@x.example")
    assert len(await post.letters()) == before, "no link goes to who has left"
    whose = member_key(trade.members["Maren"])
    with pytest.raises(KeyGone), trade.keys.transaction() as keys:
        keys.open(trade.wagner, whose, b"x" * 40, "anywhere")


async def test_their_leads_are_a_colleagues_and_the_history_names_who_it_was(trade: Trade) -> None:
    trade.policy(trade.wagner, "own-and-unassigned")
    admin, maren, jens = [await trade.sign_in(name) for name in ("Thomas", "Maren", "Jens")]
    lead, closed = trade.add_lead(), trade.add_lead()
    more = trade.add_leads(AT_ONCE + 3, keeper="Maren")
    for one, step in ((lead, "Kontakt"), (closed, "Angebot")):
        await maren.done(f"/leads/{one}/commission/step", step=step)
        await maren.done(f"/leads/{one}/notes", text="Angerufen", intern=True)
    await maren.done(f"/leads/{closed}/commission/close", outcome="WON", reason="")
    assert (await jens.client.get(f"/leads/{lead}")).status_code == 404, "not theirs"
    rows = {one["lead"]["leadId"]: one for one in await admin.get("/leads")}
    assert (await remove(admin, trade, "Maren", "Jens")).status_code == 204
    got = {one["lead"]["leadId"]: one for one in await jens.get("/leads")}
    assert {lead, closed, *more} <= set(got)
    assert got[lead]["commission"]["responsible"] == trade.urn("Jens")
    assert got[lead]["commission"]["step"] == "Kontakt", "where it stood"
    assert got[lead]["commission"]["startedAt"] == rows[lead]["commission"]["startedAt"]
    assert got[closed]["commission"]["responsible"] == trade.urn("Maren"), "closed is closed"
    told = await jens.get(f"/leads/{lead}/history")
    assert (told[0]["kind"], told[0]["originator"]["name"]) == ("responsible-changed", "Thomas Lüders")
    (change,) = told[0]["changes"]
    assert (change["before"], change["after"]) == ("Maren Boysen", "Jens Kröger")
    assert {"Maren Boysen"} <= {one["originator"]["name"] for one in told}
    assert "Maren Boysen" in {
        one["name"] for one in await jens.get("/members") if one["kind"] == "former-member"
    }
    assert "Maren Boysen" not in {
        one["name"] for one in await jens.get("/members") if one["kind"] == "member"
    }
    assert "Maren Boysen" in (await jens.client.get(f"/leads/{closed}/notes")).text
    await jens.done(f"/leads/{lead}/commission/step", step="Angebot")
    check_totals(trade.services.office.log)


async def test_what_a_crash_has_left_is_passed_on_later(
    trade: Trade, monkeypatch: pytest.MonkeyPatch
) -> None:
    trade.policy(trade.wagner, "own-and-unassigned")
    admin, jens = await trade.sign_in("Thomas"), await trade.sign_in("Jens")
    leads = trade.add_leads(3, keeper="Maren")
    monkeypatch.setattr("leaddesk.server.web.accounts.members.passing", lambda *_: iter(()))
    assert (await remove(admin, trade, "Maren", "Jens")).status_code == 204
    assert [one["lead"]["leadId"] for one in await jens.get("/leads")] == []
    assert sum(finish_passing(trade.services.office)) == 3
    assert {one["lead"]["leadId"] for one in await jens.get("/leads")} == set(leads)
    assert sum(finish_passing(trade.services.office)) == 0


async def test_a_record_that_failed_is_made_good_by_asking_again(
    trade: Trade, monkeypatch: pytest.MonkeyPatch
) -> None:
    admin = await trade.sign_in("Thomas")
    real, key = changing._define, new_id()

    def failing(*_: Any) -> None:
        raise StorageUnavailable

    monkeypatch.setattr(changing, "_define", failing)
    body = {"leadsTo": trade.members["Jens"], "revokeKeys": False}
    assert (await admin.post(path(trade, "Maren", "removal"), key, **body)).status_code == 503
    assert trade.people.person(trade.wagner, trade.members["Maren"]) is None, "out all the same"
    monkeypatch.setattr(changing, "_define", real)
    assert (await admin.post(path(trade, "Maren", "removal"), key, **body)).status_code == 204
    with trade.services.office.log.for_tenant(Scope(trade.wagner)).reading() as unit:
        assert b"removedAt" in (references.one_of(unit, "member", trade.members["Maren"]) or b"")


async def test_leads_go_to_somebody_who_works_leads(trade: Trade) -> None:
    admin = await trade.sign_in("Thomas")
    for to in ("Maren", "Imke"):
        answer = await remove(admin, trade, "Maren", to)
        assert (answer.status_code, answer.json()["field"]) == (400, "leadsTo")
    trade.add_leads(2, keeper="Maren")
    refused = await put(admin, path(trade, "Maren", "role"), role="auditor")
    assert (kind(refused), refused.json()["field"]) == ("wrong-state", "leadsTo")
    moved = await put(admin, path(trade, "Maren", "role"), role="auditor", leadsTo=trade.members["Jens"])
    assert moved.status_code == 204
    jens = await trade.sign_in("Jens")
    assert {one["commission"]["responsible"] for one in await jens.get("/leads")} == {trade.urn("Jens")}
    assert (await remove(admin, trade, "Jens", "Maren")).status_code == 400, "an auditor works none"


async def test_keys_they_made_stay_or_go_as_the_admin_says(trade: Trade) -> None:
    trade.add_admin(trade.wagner, "Ayşe Demir")
    trade.add_admin(trade.wagner, "Uwe Olsen")
    admin = await trade.sign_in("Thomas")
    for name in ("Ayşe", "Uwe"):
        await (await trade.sign_in(name)).done("/api-keys", name=f"of {name}", rights=["lead.read"])
    await admin.done("/api-keys", name="own", rights=["lead.read"])
    assert (await remove(admin, trade, "Ayşe", "Maren")).status_code == 204
    assert (await remove(admin, trade, "Uwe", "Maren", revoke=True)).status_code == 204
    assert [one["name"] for one in await admin.get("/api-keys")] == ["of Ayşe", "own"]


@pytest.mark.parametrize("leaves", [True, False], ids=["removed", "no admin any more"])
async def test_whom_they_invited_comes_in_no_more(trade: Trade, post: Post, leaves: bool) -> None:
    """Else an admin who has to go could have asked themselves back in, as an admin, for seven days."""
    admin, jens = await trade.sign_in("Thomas"), await trade.sign_in("Jens")
    assert (await put(admin, path(trade, "Jens", "role"), role="admin")).status_code == 204
    await jens.done("/members/invitations", email="jens.private@else.example", role="admin")
    theirs = await post.ticket()
    await admin.done("/members/invitations", email="new@x.example", role="rep")
    if leaves:
        assert (await remove(admin, trade, "Jens", "Maren")).status_code == 204
    else:
        assert (await put(admin, path(trade, "Jens", "role"), role="rep")).status_code == 204
    assert [one["email"] for one in await admin.get("/members/invitations")] == ["new@x.example"]
    body = {"ticket": theirs, "name": "Jens", "password": "vier Fenster nach Norden"}
    late = await post.client.post("/registrations", json=body)
    assert (late.status_code, kind(late)) == (410, "ticket-over")


async def test_a_lost_second_factor_is_taken_away_and_told(trade: Trade, post: Post) -> None:
    admin, maren = await trade.sign_in("Thomas"), await trade.sign_in("Maren")
    await enrolled(trade, maren)
    assert (await admin.delete(path(trade, "Maren", "second-factor"))).status_code == 204
    assert (await maren.client.get("/me")).status_code == 401, "all sessions have ended"
    to, text = (await post.letters())[-1]
    assert to == "maren@x.example" and "Administrator" in text and "Boysen" not in text
    assert await post.signs_in("maren@x.example", PASSWORD), "the password counts, and alone"
    assert kind(await admin.delete(path(trade, "Thomas", "second-factor"))) == "own-request"
    assert (await admin.delete(path(trade, "Imke", "second-factor"))).status_code == 404
    assert kind(await maren.delete(path(trade, "Jens", "second-factor"))) == "unauthenticated"


async def test_a_password_too_short_alone_counts_no_more_without_the_factor(trade: Trade, post: Post) -> None:
    admin = await trade.sign_in("Thomas")
    credential = await trade.identity.passwords.hashed(Secret("kurz aber"))
    whose = trade.members["Maren"]
    trade.people.books.at(
        trade.wagner, lambda page: put_password(page, whose, credential, is_short=True), writes=True
    )
    trade.services.outside.postbox.carrier = None
    assert kind(await admin.delete(path(trade, "Maren", "second-factor"))) == "no-mail"
    assert await post.signs_in("maren@x.example", "kurz aber")
    trade.services.outside.postbox.carrier = post.shown
    assert (await admin.delete(path(trade, "Maren", "second-factor"))).status_code == 204
    assert not await post.signs_in("maren@x.example", "kurz aber")
    assert re.search("/account/forgotten", (await post.letters())[-1][1])
    await post.ask("maren@x.example")
    assert (await post.redeem(await post.ticket())).status_code == 204


async def test_only_somebody_fresh_does_any_of_it(trade: Trade) -> None:
    admin = await trade.sign_in("Thomas")
    trade.now += timedelta(minutes=4)
    caller = trade.identity.caller_of(admin.client.headers["authorization"])
    past = "2026-11-19T11:00:00.000Z"
    trade.people.books.at(
        trade.wagner,
        lambda page: page.set("session", {"proved_at": past}, "session_id = ?", str(caller.session)),
        writes=True,
    )
    for answer in (
        await put(admin, path(trade, "Maren", "role"), role="admin"),
        await remove(admin, trade, "Maren", "Jens"),
        await admin.delete(path(trade, "Maren", "second-factor")),
        await admin.client.post("/me/email", json={"email": "t@x.example"}),
    ):
        assert (answer.status_code, kind(answer)) == (403, "step-up-needed")
