"""Two processes on one PostgreSQL: one tells the webhooks; killed, the other goes on where it was."""

from __future__ import annotations

import asyncio
import base64
import os
import secrets
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from pathlib import Path

import httpx
import pytest

from leaddesk.contract.webhooks import HookEvent
from leaddesk.server.app import build_app
from leaddesk.server.web.beside.outside import Outside
from leaddesk.server.web.services import ALONE
from tests.server.leases.process_beside import LEASE_SECONDS, keys_of
from tests.support.postgres import Cluster, Lent
from tests.support.receiver import Receiver, receiver
from tests.support.trade import Trade, new_id, opened


@contextmanager
def process(trade: Trade, folder: Path) -> Iterator[subprocess.Popen[bytes]]:
    command = [sys.executable, "-B", "-m", "tests.server.leases.process_beside"]
    with subprocess.Popen([*command, trade.storage.conninfo, str(folder)]) as running:
        try:
            yield running
        finally:
            running.kill()


def holder(trade: Trade) -> int | None:
    """The process that holds the lease."""
    return next(
        (int(one.holder.split(":")[-2]) for one in trade.storage.leases.held() if one.name == ALONE), None
    )


@pytest.fixture
async def trade(cluster: Cluster, tmp_path: Path) -> AsyncIterator[Trade]:
    """The trade with its keys in files, where other processes find them."""
    for name in ("m1", "m2", "e1", "e2"):
        (tmp_path / name).mkdir()
    (tmp_path / "master.key").touch(0o600)
    (tmp_path / "master.key").write_text(base64.b64encode(secrets.token_bytes(32)).decode())
    async with opened(keys_of(tmp_path), Lent(cluster)) as trade:
        yield trade
    trade.keys.store.close()


async def told_of_deletions(trade: Trade, listening: Receiver) -> httpx.AsyncClient:
    """Register a webhook and give somebody who may delete."""
    jens, thomas = await trade.sign_in("Jens"), await trade.sign_in("Thomas")
    app = build_app(replace(trade.services, outside=Outside(loopback_hooks=True)))
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(app), base_url="http://here", headers=thomas.client.headers
    ) as client:
        wanted = {"url": listening.url, "eventName": HookEvent.LEAD_DELETED}
        assert (await client.post("/webhooks", json=wanted)).status_code == 201
    return jens.client


async def delete(client: httpx.AsyncClient, leads: list[str]) -> None:
    for lead_id in leads:
        answer = await client.delete(f"/leads/{lead_id}", headers={"idempotency-key": new_id()})
        assert answer.status_code == 204


def told(listening: Receiver) -> Counter[str]:
    return Counter(one.json["leadId"] for one in listening.came)


async def test_when_one_is_killed_the_other_goes_on(trade: Trade, tmp_path: Path) -> None:
    leads = [str(one) for one in trade.add_leads(24)]
    async with receiver() as listening:
        client = await told_of_deletions(trade, listening)
        with ExitStack() as both:
            processes = [both.enter_context(process(trade, tmp_path)) for _ in range(2)]
            await listening.until(lambda: holder(trade) is not None, 30)
            await delete(client, leads[:12])
            await listening.until(lambda: len(told(listening)) == 12, 20)
            await asyncio.sleep(2 * LEASE_SECONDS / 5)  # time for the other one to do the same
            assert set(told(listening).values()) == {1}
            first = holder(trade)
            listening.silent.clear()  # the next delivery is under way when it is killed
            await delete(client, leads[12:])
            await listening.until(lambda: len(told(listening)) == 13, 20)
            assert first in [one.pid for one in processes]
            os.kill(first, signal.SIGKILL)
            listening.silent.set()
            await listening.until(lambda: len(told(listening)) == 24, 30)
            second = holder(trade)
            assert {first, second} == {one.pid for one in processes}
            await asyncio.sleep(2 * LEASE_SECONDS / 5)
    counted = told(listening)
    assert set(counted) == set(leads)
    assert sum(counted.values()) <= 25 and counted[leads[12]] in (1, 2)
