"""Files at leads over a real socket: both steps, what is refused, who sees them, that they go."""

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

import httpx
import pytest

from leaddesk.server.app import build_app
from leaddesk.server.commands.attachments import scanning, uploading
from leaddesk.server.commands.attachments.scanning import Scanning
from leaddesk.server.eventlog.scope import Scope
from leaddesk.server.inspection.clamd import Clamd
from leaddesk.server.keys.places import block_place
from leaddesk.server.keys.port import KeyGone
from leaddesk.server.web.beside.outside import Outside
from tests.support.scanner import EICAR, PretendedClamd, pretended_clamd
from tests.support.serving import served
from tests.support.trade import Trade, new_id

PDF = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n" + bytes(range(256)) * 40
MARK = b"Kanarie-7f3a"
NAME = "Angebot Kanarie.pdf"


@dataclass
class Desk:
    """Somebody at a lead, over the wire."""

    http: httpx.AsyncClient
    lead_id: str

    async def ask(self, filename: str = NAME, content_type: str = "application/pdf") -> httpx.Response:
        body = {"filename": filename, "contentType": content_type}
        return await self.http.post(f"/leads/{self.lead_id}/attachments", json=body)

    async def target(self, filename: str = NAME, content_type: str = "application/pdf") -> dict[str, Any]:
        answer = await self.ask(filename, content_type)
        assert answer.status_code == 200, answer.text
        assert set(answer.json()) == {"uploadUrl", "fields"}
        target: dict[str, Any] = answer.json()
        return target

    async def attach(self, content: bytes = PDF, **kwargs: str) -> httpx.Response:
        return await upload(await self.target(**kwargs), content)

    async def list(self) -> Any:
        answer = await self.http.get(f"/leads/{self.lead_id}/attachments")
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def bytes_of(self, attachment: dict[str, Any]) -> httpx.Response:
        return await self.http.get(f"/leads/{self.lead_id}/attachments/{attachment['attachmentId']}")


async def upload(target: dict[str, Any], content: bytes = PDF, name: str = "x") -> httpx.Response:
    """Post as the vendor's client does: all fields, then the file, and no credential."""
    async with httpx.AsyncClient(timeout=60) as stranger:
        return await stranger.post(
            target["uploadUrl"], data=target["fields"], files={"file": (name, content)}
        )


def refused(answer: httpx.Response, status: int, field: str | None) -> str:
    assert answer.status_code == status, answer.text
    assert "Kanarie" not in answer.text
    problem = answer.json()
    assert problem.get("field") == field
    return str(problem.get("expected"))


@pytest.fixture
async def url(trade: Trade) -> AsyncIterator[str]:
    async with served(trade.app) as url:
        yield url


async def desk_of(trade: Trade, url: str, name: str, lead_id: str) -> Desk:
    person = await trade.sign_in(name)
    http = httpx.AsyncClient(
        base_url=url, headers={"authorization": person.client.headers["authorization"]}, timeout=60
    )
    trade.clients.append(http)
    return Desk(http, lead_id)


async def test_a_file_comes_in_two_steps_and_goes_out_as_it_came(trade: Trade, url: str) -> None:
    maren = await desk_of(trade, url, "Maren", trade.add_lead())
    content = PDF + MARK * 100_000
    answer = await maren.attach(content)
    assert (answer.status_code, answer.content) == (204, b"")
    (file,) = await maren.list()
    assert (file["filename"], file["contentType"], file["size"]) == (NAME, "application/pdf", len(content))
    assert (file["status"], file["addedByName"]) == ("UNSCANNED", "Maren Boysen")
    got = await maren.bytes_of(file)
    assert got.content == content
    assert (
        got.headers["content-type"] == "application/pdf"
        and got.headers["x-content-type-options"] == "nosniff"
    )
    assert got.headers["content-disposition"] == (
        "attachment; filename=\"Angebot Kanarie.pdf\"; filename*=UTF-8''Angebot%20Kanarie.pdf"
    )
    assert MARK not in trade.storage.dump() and b"Kanarie" not in trade.storage.dump()


async def test_a_lead_has_so_many_files_and_says_what_to_do_then(
    trade: Trade, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(uploading, "FILES_OF_A_LEAD", 2)
    maren = await desk_of(trade, url, "Maren", trade.add_lead())
    for _ in range(2):
        assert (await maren.attach()).status_code == 204
    answer = await maren.ask()
    assert answer.json()["type"].endswith(":limit-reached")
    assert refused(answer, 409, "attachments") == "at most 2 of a lead; send several files as one"


async def test_the_history_and_push_tell_of_it_and_the_serial_stays(trade: Trade, url: str) -> None:
    maren = await desk_of(trade, url, "Maren", trade.add_lead())
    before = (await maren.http.get(f"/leads/{maren.lead_id}")).json()["lead"]["serial"]
    async with maren.http.stream("GET", "/events") as stream:
        lines = stream.aiter_lines()
        assert await anext(lines) and (await maren.attach()).status_code == 204
        async with asyncio.timeout(60):
            told = [line async for line in take_until(lines, "event: attachment")]
        assert told and f'"id":"{maren.lead_id}"' in await anext(lines)
    history = (await maren.http.get(f"/leads/{maren.lead_id}/history")).json()
    assert history[0]["kind"] == "attachment-added" and history[0]["changes"][0]["after"] == NAME
    assert (await maren.http.get(f"/leads/{maren.lead_id}")).json()["lead"]["serial"] == before


async def take_until(lines: AsyncIterator[str], last: str) -> AsyncIterator[str]:
    async for line in lines:
        yield line
        if line == last:
            return


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"filename": "Rechnung.pdf.exe", "contentType": "application/pdf"}, "filename"),
        ({"filename": "Rechnung\u202efdp.exe", "contentType": "application/pdf"}, "filename"),
        ({"filename": "\u202etxt.pdf", "contentType": "application/pdf"}, "filename"),
        ({"filename": "a.pdf", "contentType": "text/html"}, "contentType"),
        ({"filename": "a.pdf", "contentType": "nonsense"}, "contentType"),
        ({"filename": "", "contentType": "application/pdf"}, "filename"),
        ({"filename": "a" * 256, "contentType": "application/pdf"}, "filename"),
        ({"filename": "a.pdf"}, "contentType"),
        ({"filename": 1, "contentType": "application/pdf"}, "filename"),
    ],
)
async def test_the_first_step_refuses_what_will_not_be_let_in(
    trade: Trade, url: str, body: dict[str, Any], field: str
) -> None:
    maren = await desk_of(trade, url, "Maren", trade.add_lead())
    answer = await maren.http.post(f"/leads/{maren.lead_id}/attachments", json=body)
    assert refused(answer, 400, field)


@pytest.mark.parametrize(
    ("content", "declared"),
    [
        (b"MZ\x90\0" + bytes(100), "application/pdf"),
        (b"#!/bin/sh\n", "text/plain"),
        (b"<html>Kanarie", "application/octet-stream"),
        (b"no pdf at all", "application/pdf"),
        (b"", "application/pdf"),
    ],
)
async def test_content_is_looked_at(trade: Trade, url: str, content: bytes, declared: str) -> None:
    maren = await desk_of(trade, url, "Maren", trade.add_lead())
    target = await maren.target(content_type=declared)
    assert refused(await upload(target, content), 400, "file")
    assert await maren.list() == []
    text = b"BM bietet um Antwort"
    assert (await upload(target, PDF if declared == "application/pdf" else text)).status_code == 204, (
        "a refused file does not use the policy up"
    )


async def test_a_large_file_is_taken_and_a_larger_one_is_not(
    trade: Trade, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    maren = await desk_of(trade, url, "Maren", trade.add_lead())
    large = PDF + bytes(6_000_000)
    assert (await maren.attach(large)).status_code == 204
    assert (await maren.bytes_of((await maren.list())[0])).content == large
    monkeypatch.setattr(uploading, "LARGEST_FILE", 1_000_000)
    answer = await maren.attach(large)
    assert (answer.status_code, answer.json()["field"]) == (413, "file")
    reader, writer = await asyncio.open_connection("127.0.0.1", httpx.URL(url).port)
    writer.write(b"POST /uploads HTTP/1.1\r\nHost: x\r\nContent-Length: 26300000\r\n\r\n")
    assert (await reader.readline()).startswith(b"HTTP/1.1 413")
    writer.close()
    assert len(await maren.list()) == 1


async def test_a_policy_is_for_once(trade: Trade, url: str) -> None:
    maren = await desk_of(trade, url, "Maren", trade.add_lead())
    target = await maren.target()
    answers = await asyncio.gather(*(upload(target) for _ in range(4)))
    assert sorted(answer.status_code for answer in answers) == [204, 403, 403, 403]
    assert "used" in refused(await upload(target), 403, "policy")
    assert len(await maren.list()) == 1


async def test_a_policy_expires(trade: Trade, url: str) -> None:
    maren = await desk_of(trade, url, "Maren", trade.add_lead())
    target = await maren.target()
    trade.now += timedelta(minutes=10)
    assert "expired" in refused(await upload(target), 403, "policy")


async def test_a_policy_cannot_be_changed_mixed_or_made(trade: Trade, url: str) -> None:
    maren = await desk_of(trade, url, "Maren", trade.add_lead())
    one, other = await maren.target(), await maren.target()
    for field in ("policy", "signature", "key"):
        mixed = {**one, "fields": {**one["fields"], field: other["fields"][field]}}
        assert refused(await upload(mixed), 403, "key" if field == "key" else "signature")
    for text in ("", "Kanarie", "e30=", "ä"):
        made = {**one, "fields": {**one["fields"], "policy": text}}
        assert refused(await upload(made), 403, "signature")
    assert await maren.list() == []


@pytest.mark.parametrize("missing", ["policy", "signature"])
async def test_fields_that_are_missing_are_named_and_the_key_may_be(
    trade: Trade, url: str, missing: str
) -> None:
    maren = await desk_of(trade, url, "Maren", trade.add_lead())
    target = await maren.target()
    kept = {name: value for name, value in target["fields"].items() if name != missing}
    assert "before file" in refused(await upload({**target, "fields": kept}), 400, missing)
    fields = {
        "x-unknown": "1",
        "signature": target["fields"]["signature"],
        "policy": target["fields"]["policy"],
    }
    assert (await upload({**target, "fields": fields})).status_code == 204


async def test_asking_twice_with_a_key_names_the_same_file(trade: Trade, url: str) -> None:
    maren = await desk_of(trade, url, "Maren", trade.add_lead())
    maren.http.headers["idempotency-key"] = new_id()
    one, other = await maren.target(), await maren.target()
    assert one["fields"]["key"] == other["fields"]["key"]
    assert (await maren.ask("b.pdf")).status_code == 422
    assert [(await upload(target)).status_code for target in (one, other)] == [204, 403]


async def test_only_who_sees_the_lead_sees_its_files(trade: Trade, url: str) -> None:
    trade.policy(trade.wagner, "own-and-unassigned")
    lead_id = trade.add_lead(keeper="Jens")
    jens, maren, finn = [await desk_of(trade, url, name, lead_id) for name in ("Jens", "Maren", "Finn")]
    await jens.attach()
    (file,) = await jens.list()
    for other in (maren, finn):
        assert refused(await other.ask(), 404, None)
        assert (await other.http.get(f"/leads/{lead_id}/attachments")).status_code == 404
        assert (await other.bytes_of(file)).status_code == 404
    own = replace(maren, lead_id=trade.add_lead(keeper="Maren"))
    assert (await own.bytes_of(file)).status_code == 404, "a file is found at its own lead only"


async def test_who_loses_the_lead_meanwhile_cannot_upload(trade: Trade, url: str) -> None:
    lead_id = trade.add_lead()
    trade.policy(trade.wagner, "own-and-unassigned")
    maren, jens = await desk_of(trade, url, "Maren", lead_id), await trade.sign_in("Jens")
    target = await maren.target()
    await jens.done(f"/leads/{lead_id}/commission/step", step="Kontakt")
    assert refused(await upload(target), 404, None)


async def erase(trade: Trade, lead_id: str) -> None:
    jens = await trade.sign_in("Jens")
    assert (await jens.delete(f"/leads/{lead_id}")).status_code == 204


def rows_of(trade: Trade) -> int:
    count = 0
    for tenant in (trade.wagner, trade.nord):
        with trade.storage.transaction(tenant, writes=False) as rows:
            for table in ("attachment", "attachment_block"):
                sql = f"SELECT COUNT(*) FROM {table} WHERE tenant_id = ?"
                count += rows.select(sql, (tenant,))[0][0]
    return count


async def test_files_go_with_the_lead(trade: Trade, url: str) -> None:
    maren = await desk_of(trade, url, "Maren", trade.add_lead())
    await maren.attach()
    target, (file,) = await maren.target(), await maren.list()
    assert rows_of(trade) > 0
    await erase(trade, maren.lead_id)
    assert rows_of(trade) == 0
    assert (await maren.bytes_of(file)).status_code == 404
    assert refused(await upload(target), 404, None)


async def test_a_partner_keeps_no_file_of_an_erased_lead(trade: Trade, url: str) -> None:
    lead_id = trade.add_lead()
    maren = await trade.sign_in("Maren")
    owner = await desk_of(trade, url, "Maren", lead_id)
    await owner.attach()
    await maren.done("/share-requests", leadId=lead_id, marketId=trade.free_market, reason="x")
    bjoern = await trade.sign_in("Björn")
    (offer,) = await bjoern.get("/offers")
    await bjoern.done(f"/offers/{offer['offerId']}/accept")
    partner = await desk_of(trade, url, "Björn", lead_id)
    assert await partner.list() == [], "the owner's files do not cross"
    assert (await partner.attach()).status_code == 204
    assert len(await partner.list()) == 1 and len(await owner.list()) == 1
    copies = sealed_blocks(trade)
    assert len(copies) == 2 and all(opened(trade, copy) for copy in copies)
    await erase(trade, lead_id)
    assert rows_of(trade) == 0
    for copy in copies:
        with pytest.raises(KeyGone):
            opened(trade, copy)


def sealed_blocks(trade: Trade) -> list[tuple[Any, ...]]:
    """What a backup would hold: the only block of each file, with the name of its key."""
    found: list[tuple[Any, ...]] = []
    for tenant in (trade.wagner, trade.nord):
        with trade.storage.transaction(tenant, writes=False) as rows:
            found += rows.select(
                "SELECT a.tenant_id, a.id, a.key_id, b.doc FROM attachment a JOIN attachment_block b"
                " ON b.tenant_id = a.tenant_id AND b.attachment_id = a.id WHERE a.tenant_id = ?",
                (tenant,),
            )
    return found


def opened(trade: Trade, copy: tuple[Any, ...]) -> bytes:
    tenant, attachment_id, key_id, doc = copy
    with trade.services.office.log.for_tenant(Scope(tenant)).reading() as unit:
        return unit.keys.open(tenant, key_id, doc, block_place(attachment_id, 0, last=True))


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scanning, "AGAIN_SECONDS", 0.05)


async def until(true: Callable[[], Any]) -> Any:
    async with asyncio.timeout(60):
        while not (found := await true()):  # noqa: ASYNC110 - any state
            await asyncio.sleep(0.02)
    return found


async def test_nothing_goes_out_before_the_scanner_has_said_so(trade: Trade, quick: None) -> None:
    async with pretended_clamd() as clamd:
        clamd.answer = b""
        outside = Outside(scanning=Scanning(Clamd(clamd.address)))
        async with served(build_app(replace(trade.services, outside=outside))) as url:
            maren = await desk_of(trade, url, "Maren", trade.add_lead())
            await maren.attach(PDF + MARK)
            (file,) = await maren.list()
            assert file["status"] == "SCANNING"
            assert refused(await maren.bytes_of(file), 409, None)
            clamd.answer = None
            await until(lambda: released(maren))
            assert (await maren.bytes_of(file)).content == PDF + MARK == clamd.seen[-1]
            await maren.attach(EICAR, content_type="text/plain")
            bad = await until(lambda: of_status(maren, "QUARANTINED"))
            assert refused(await maren.bytes_of(bad[0]), 409, None)
            history = (await maren.http.get(f"/leads/{maren.lead_id}/history")).json()
            kinds = {entry["kind"]: entry["originator"]["name"] for entry in history}
            assert kinds["attachment-released"] == kinds["attachment-quarantined"] == "System"


async def test_files_without_a_verdict_hold_nobody_else_up(trade: Trade, quick: None) -> None:
    async with pretended_clamd() as clamd:
        clamd.too_large = MARK
        outside = Outside(scanning=Scanning(Clamd(clamd.address)))
        async with served(build_app(replace(trade.services, outside=outside))) as url:
            maren = await desk_of(trade, url, "Maren", trade.add_lead())
            for _ in range(scanning.GIVE_UP + 1):
                await maren.attach(PDF + MARK)
            await until(lambda: asked(clamd, 2 * scanning.GIVE_UP))
            await maren.attach(PDF)
            await until(lambda: of_status(maren, "CLEAN"))
            assert len(await of_status(maren, "SCANNING") or []) == scanning.GIVE_UP + 1


async def asked(clamd: PretendedClamd, times: int) -> bool:
    return len(clamd.seen) >= times


async def test_what_waits_is_scanned_by_the_next_process(trade: Trade, quick: None) -> None:
    unreachable = Outside(scanning=Scanning(Clamd("unix:/nowhere/clamd.ctl")))
    async with served(build_app(replace(trade.services, outside=unreachable))) as url:
        maren = await desk_of(trade, url, "Maren", trade.add_lead())
        await maren.attach()
        assert [file["status"] for file in await maren.list()] == ["SCANNING"]
    async with pretended_clamd() as clamd:
        outside = Outside(scanning=Scanning(Clamd(clamd.address)))
        async with served(build_app(replace(trade.services, outside=outside))) as url:
            maren.http.base_url = httpx.URL(url)
            await until(lambda: released(maren))


async def released(desk: Desk) -> list[Any]:
    return await of_status(desk, "CLEAN")


async def of_status(desk: Desk, status: str) -> list[Any]:
    return [file for file in await desk.list() if file["status"] == status]


async def test_a_file_comes_from_where_its_asker_may_come_from(trade: Trade, url: str) -> None:
    """The fields are a credential: whoever has carried them elsewhere puts nothing there (measure B6)."""
    maren, admin = await desk_of(trade, url, "Maren", trade.add_lead()), await trade.sign_in("Thomas")
    rights = ["lead.read", "lead.write"]
    key = await admin.done("/api-keys", name="Web", rights=rights, networks=["127.0.0.1"])
    machine = Desk(httpx.AsyncClient(base_url=url, headers={"authorization": key["key"]}), maren.lead_id)
    trade.clients.append(machine.http)
    person, program = await maren.target(), await machine.target()
    networks = {"networks": ["198.51.100.0/24"], "lockMeOut": True}
    await admin.client.put("/tenant/networks", json=networks, headers={"idempotency-key": new_id()})
    refusal = await upload(person)
    assert (refusal.status_code, refusal.json()["type"].rpartition(":")[2]) == (403, "network-refused")
    assert (await upload(program)).status_code == 204, "a key's own networks count instead"
