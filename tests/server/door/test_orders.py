"""What an operator asks of a running server: done by the server, said in one sentence, on record."""

from __future__ import annotations

import asyncio
import io
import json
import logging
from datetime import timedelta
from pathlib import Path

import pytest

from leaddesk.contract.webhooks import HookEvent, HookNews
from leaddesk.server.archive.verify import verify
from leaddesk.server.commands.erasure.retention import Retention, set_retention
from leaddesk.server.domain.events import TenantDeleted
from leaddesk.server.door import orders
from leaddesk.server.door.command import ABOUT
from leaddesk.server.door.sentences import _REFUSED, refusal
from leaddesk.server.eventlog.scope import Scope
from leaddesk.server.front.commandline import ORDERS
from leaddesk.server.hooks import progress
from leaddesk.server.leases.turn import Turn
from leaddesk.server.operations.logs import FACTS
from leaddesk.server.web.beside.clock import NIGHT
from tests.server.door.conftest import Operator, inside
from tests.support.trade import Trade

WHY = ("--operator", "olga", "--reason", "The contract has begun.", "--reference", "T-7")
MARK = "Canary-5f1e"


def faults(file: Path) -> list[str]:
    with file.open("rb") as lines:
        return verify(lines).findings


async def entered(trade: Trade, email: str, password: str) -> int:
    from leaddesk.server.identity.tokens.codes import challenge_of

    asked = {"email": email, "password": password, "codeChallenge": challenge_of("v" * 43)}
    client = (await trade.sign_in("Maren")).client
    del client.headers["authorization"]
    return (await client.post("/oauth/challenge", json=asked)).status_code


async def test_status_says_how_it_is_and_fails_when_it_is_not_ready(trade: Trade, operator: Operator) -> None:
    found = await operator.told("status")
    assert (found["instance"], found["tenants"], found["failing"]) == ("Nordwind", 3, [])
    assert not found["works"] and not found["epochDue"]
    operator.failing.append("access-log")
    code, out, _ = await operator.types("status")
    assert code == 1 and out.endswith("Nordwind is not ready: access-log does not work.\n")
    operator.failing.insert(0, "storage")
    code, out, _ = await operator.types("status")
    assert code == 1 and out.endswith("Nordwind is not ready: storage, access-log do not work.\n")


async def test_tenants_are_listed_by_id_with_numbers_only(trade: Trade, operator: Operator) -> None:
    trade.add_leads(3, marker=MARK)
    _, out, _ = await operator.types("tenants")
    assert f"{trade.wagner}  Wagner AG: 3 people, 3 leads, 0 files, 2 partners, 0 API keys\n" in out
    assert out.endswith("There are 3 tenants.\n") and MARK not in out and "Boysen" not in out


async def test_an_export_lies_where_it_was_asked_for_and_verifies(
    trade: Trade, operator: Operator, tmp_path: Path
) -> None:
    trade.add_leads(2, marker=MARK)
    file = tmp_path / "history.jsonl"
    assert (await operator.told("export", str(file)))["bytes"] == file.stat().st_size
    assert file.stat().st_mode & 0o777 == 0o600 and MARK.encode() not in file.read_bytes()
    assert faults(file) == []
    assert "File exists" in await operator.refused("export", str(file))
    assert "No such file" in await operator.refused("export", str(tmp_path / "away" / "x"))
    assert "names no folder" in await operator.refused("export")
    (tmp_path / "out").mkdir()
    named = Path((await operator.told("export", str(tmp_path / "out")))["file"])
    assert named.parent == tmp_path / "out" and faults(named) == []
    assert inside(tmp_path) == ["history.jsonl", "out", "run"]


async def test_the_epoch_is_turned_now(trade: Trade, operator: Operator) -> None:
    trade.add_leads(5)
    assert (await operator.told("turn-epoch"))["keys"] >= 5
    assert trade.keys.epochs.newest == 2
    other = Turn(trade.storage.leases, NIGHT)
    other.take()
    assert "already" in await operator.refused("turn-epoch")
    assert "already" in await operator.refused("retention")
    assert trade.keys.epochs.newest == 2


async def test_retention_counts_first_and_then_erases(trade: Trade, operator: Operator) -> None:
    trade.add_leads(4)
    trade.now += timedelta(days=40)
    wanted = Retention(30, "Closed enquiries are of no use to us.")
    set_retention(trade.services.office, Scope(trade.wagner), wanted, trade.urn("Thomas"))
    told = {"tenants": [{"tenant": trade.wagner, "name": "Wagner AG", "leads": 4}], "leads": 4}
    for _ in range(2):
        assert await operator.told("retention", "--dry-run") == {"dryRun": True, **told}
    assert await operator.told("retention") == {"dryRun": False, **told}
    assert (await operator.types("retention"))[1] == "0 leads were erased by the tenants' own rules.\n"
    assert await (await trade.sign_in("Maren")).get("/leads") == []


async def test_dead_letters_are_counted(trade: Trade, operator: Operator) -> None:
    news = [
        HookNews.model_validate(
            {
                "eventId": f"e{number}",
                "eventName": HookEvent.LEAD_DELETED,
                "occurredAt": trade.now,
                "leadId": MARK,
            }
        )
        for number in range(3)
    ]
    with trade.services.office.log.for_tenant(Scope(trade.wagner)).keeping() as unit:
        for number, one in enumerate(news):
            progress.bury(unit, f"h{number % 2}", one, (trade.services.office.now(), 8, "refused"))
    found = await operator.told("dead-letters")
    assert found == {"tenants": [{"tenant": trade.wagner, "name": "Wagner AG", "webhooks": 2, "letters": 3}]}
    assert "3 deliveries were given up" in (await operator.types("dead-letters"))[1]


async def test_a_tenant_is_created_on_record_and_its_admin_signs_in(
    trade: Trade, operator: Operator, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "leaddesk")
    made = await operator.told("create-tenant", "Nordwind", "ada@nordwind.example", *WHY)
    assert await entered(trade, "ada@nordwind.example", made["password"]) == 200
    tenant = Scope(made["tenant"])
    with trade.services.office.log.for_tenant(tenant).reading() as unit:
        done, *_ = unit.stream("tenant")
    event = done.event
    assert (event.operator, event.act, event.reference) == ("olga", "tenant.create", "T-7")  # type: ignore[attr-defined]
    assert "already" in await operator.refused("create-tenant", "Again", "ADA@nordwind.example", *WHY)
    assert "10 characters" in await operator.refused(
        "create-tenant", "Again", "b@x.example", "--operator", "olga", "--reason", "x", "--reference", "T"
    )
    assert "e-mail address" in await operator.refused(
        "create-tenant", "Again", "b", "--admin-name", "B", *WHY
    )
    assert "name: expected" in await operator.refused("create-tenant", " ", "b@x.example", *WHY)
    noted = [getattr(record, FACTS) for record in caplog.records if hasattr(record, FACTS)]
    assert [one["outcome"] for one in noted if one.get("order") == "create-tenant"] == [
        "done", "email-in-use", "without-instruction", "no-email", "not-one-line"
    ]  # fmt: skip
    text = caplog.text + json.dumps(noted)
    assert not [value for value in (made["password"], "nordwind.example", made["tenant"]) if value in text]


async def test_a_password_comes_from_stdin_and_is_held_to_the_rule(
    trade: Trade, operator: Operator, monkeypatch: pytest.MonkeyPatch
) -> None:
    for password, said in (
        ("short", "at least 15 characters"),
        ("passwordpassword", "one of the most common"),
        ("Nordwind 2026!!!", "too much of it is names"),
    ):
        monkeypatch.setattr("sys.stdin", io.StringIO(password + "\n"))
        words = ("create-tenant", "Nordwind", "ada@nordwind.example", "--password-stdin", *WHY)
        assert said in await operator.refused(*words)
    monkeypatch.setattr("sys.stdin", io.StringIO("vier ganz verschiedene worte\n"))
    assert "password" not in await operator.told(*words)
    assert await entered(trade, "ada@nordwind.example", "vier ganz verschiedene worte") == 200


async def test_a_tenant_is_erased_in_two_steps(trade: Trade, operator: Operator) -> None:
    trade.add_leads(3, marker=MARK)
    maren = await trade.sign_in("Maren")
    asked = await operator.told("delete-tenant", trade.wagner, *WHY)
    assert (asked["leads"], asked["people"], asked["partners"], asked["minutes"]) == (3, 3, 2, 10)
    assert len(await maren.get("/leads")) == 3
    _, out, _ = await operator.types("delete-tenant", trade.wagner, "--confirm", asked["code"])
    assert out == "Wagner AG is erased for ever; its log remains as ciphertext, with who did it and why.\n"
    assert (await maren.client.get("/leads")).status_code == 401
    with trade.services.office.log.for_tenant(Scope(trade.wagner)).reading() as unit:
        (done,) = unit.stream("tenant")
    assert isinstance(done.event, TenantDeleted) and done.actor.endswith(":olga")
    assert (await operator.told("status"))["tenants"] == 2
    assert "no such tenant" in await operator.refused("delete-tenant", trade.wagner, *WHY)


async def test_nothing_is_erased_without_the_code_of_a_moment_ago(trade: Trade, operator: Operator) -> None:
    assert "nothing waits" in await operator.refused("delete-tenant", trade.wagner, "--confirm", "x")
    code = (await operator.told("delete-tenant", trade.wagner, *WHY))["code"]
    assert "nothing waits" in await operator.refused("delete-tenant", trade.nord, "--confirm", code)
    for left in ("2 tries", "1 try", "0 tries"):
        assert left in await operator.refused("delete-tenant", trade.wagner, "--confirm", "wrong")
    assert "nothing waits" in await operator.refused("delete-tenant", trade.wagner, "--confirm", code)
    code = (await operator.told("delete-tenant", trade.wagner, *WHY))["code"]
    trade.now += timedelta(minutes=10)
    assert "nothing waits" in await operator.refused("delete-tenant", trade.wagner, "--confirm", code)
    assert (await operator.told("status"))["tenants"] == 3


async def test_what_fails_is_said_without_its_words(
    trade: Trade, operator: Operator, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("CRITICAL", "leaddesk.server.door")

    def broken(*_: object) -> None:
        raise ValueError(MARK)

    monkeypatch.setattr("leaddesk.server.door.porter.dead_count", broken)
    said = await operator.refused("dead-letters")
    assert "went wrong on the server" in said and MARK not in said


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("create-tenant", "N", "a@x.example", "--reason", "r", "--reference", "T"), "--operator NAME"),
        (("create-tenant", "N", "a@x.example", "--operator", "o", "--reference", "T"), "--reason"),
        (("delete-tenant", "id", "--operator", "o", "--reason", "r"), "--reference"),
    ],
)
async def test_an_intervention_says_who_and_why(
    operator: Operator, monkeypatch: pytest.MonkeyPatch, words: tuple[str, ...], said: str
) -> None:
    monkeypatch.delenv("SUDO_USER", raising=False)
    monkeypatch.setattr("getpass.getuser", lambda: "root")
    code, out, err = await operator.types(*words)
    assert (code, out) == (2, "") and said in err and err.count("\n") == 1


async def test_who_is_signed_in_is_who_does_it(
    trade: Trade, operator: Operator, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SUDO_USER", "h.petersen")
    made = await operator.told("create-tenant", "Nordwind", "ada@nordwind.example", *WHY[2:])
    with trade.services.office.log.for_tenant(Scope(made["tenant"])).reading() as unit:
        assert {one.actor.rpartition(":")[2] for one in unit.stream("tenant")} == {"h.petersen"}


def test_every_order_is_in_the_front_door_and_every_refusal_has_its_sentence() -> None:
    assert set(ORDERS) == set(ABOUT) == set(orders.name_of.values())
    for code in _REFUSED:
        facts = {"why": "x", "field": "x", "what": "x", "weakness": "common", "tries": 2}
        facts |= {"pipeline": "x", "step": "x", "leads": 2, "roles": "x"}
        assert len(refusal(orders.Answer(code, facts))) > 10 or code in ("without-instruction",)


async def test_orders_do_not_wait_for_each_other(trade: Trade, operator: Operator) -> None:
    async with asyncio.timeout(60):
        await asyncio.gather(*(asyncio.to_thread(_status, operator.place) for _ in range(12)))


def _status(place: Path) -> None:
    from leaddesk.server.door.calling import call

    assert call(place, orders.Status()).is_done
