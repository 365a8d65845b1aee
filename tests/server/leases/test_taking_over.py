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
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from pathlib import Path

import httpx
import psycopg
import pytest

from leaddesk.contract.webhooks import HookEvent
from leaddesk.server.app import build_app
from leaddesk.server.keys.custody.postgres import KEEPER, KEYS, OWNER
from leaddesk.server.web.beside.clock import NIGHT
from leaddesk.server.web.beside.outside import Outside
from leaddesk.server.web.services import ALONE
from tests.server.leases.process_beside import ASK_SECONDS, keys_of
from tests.support.postgres import KEYS_TEMPLATE, Cluster, Lent
from tests.support.receiver import Receiver, receiver
from tests.support.trade import Trade, new_id, opened

Admin = psycopg.Connection[tuple[object, ...]]


class Instance:
    """What the processes of an instance share: the trade's database, its key stores, its epoch key."""

    def __init__(self, trade: Trade, stores: tuple[str, str], folder: Path, admin: Admin) -> None:
        self.trade = trade
        self._places = (*stores, str(folder))
        self._admin = admin

    @contextmanager
    def process(self, ahead: int = 0) -> Iterator[subprocess.Popen[bytes]]:
        """One more process, so many hours ahead."""
        command = [sys.executable, "-B", "-m", "tests.server.leases.process_beside"]
        places = [self.trade.storage.conninfo, *self._places]
        with subprocess.Popen([*command, *places, str(ahead)]) as running:
            try:
                yield running
            finally:
                running.kill()

    def holder(self, name: str = ALONE) -> int | None:
        """The process that holds a lease."""
        held = {one.name: one.holder for one in self.trade.storage.leases.held()}
        return int(held[name].split(":")[-2]) if name in held else None

    def over(self, killed: int) -> bool:
        """Let the time be over for which somebody who was killed held leases: also one just renewed."""
        self._admin.execute("UPDATE lease SET ends_at = now() WHERE holder LIKE %s", (f"%:{killed}:%",))
        return True


@pytest.fixture
async def instance(cluster: Cluster, tmp_path: Path) -> AsyncIterator[Instance]:
    for name in ("e1", "e2"):
        (tmp_path / name).mkdir()
    (tmp_path / "master.key").touch(0o600)
    (tmp_path / "master.key").write_text(base64.b64encode(secrets.token_bytes(32)).decode())
    stores = store(cluster), store(cluster)
    storage = Lent(cluster)
    async with opened(keys_of(tmp_path, stores), storage) as trade:
        with psycopg.connect(cluster.conninfo(storage.name), autocommit=True) as admin:
            yield Instance(trade, stores, tmp_path, admin)
    trade.keys.store.close()


def store(cluster: Cluster) -> str:
    """A key store, as its keeper reaches it."""
    name = cluster.copy_of(KEYS_TEMPLATE, OWNER)
    KEYS.migrate(cluster.conninfo(name))
    return cluster.conninfo(name, KEEPER)


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


async def test_when_one_is_killed_the_other_goes_on(instance: Instance) -> None:
    trade = instance.trade
    leads = [str(one) for one in trade.add_leads(24)]
    async with receiver() as listening:
        client = await told_of_deletions(trade, listening)
        with ExitStack() as both:
            processes = [both.enter_context(instance.process()) for _ in range(2)]
            await listening.until(lambda: instance.holder() is not None, 60)
            await delete(client, leads[:12])
            await listening.until(lambda: len(told(listening)) == 12, 60)
            await asyncio.sleep(2 * ASK_SECONDS)  # time for the other one to do the same
            assert set(told(listening).values()) == {1}
            first = instance.holder()
            listening.silent.clear()  # the next delivery is under way when it is killed
            await delete(client, leads[12:])
            await listening.until(lambda: len(told(listening)) == 13, 60)
            assert first in [one.pid for one in processes]
            os.kill(first, signal.SIGKILL)
            listening.silent.set()
            await listening.until(lambda: instance.over(first) and len(told(listening)) == 24, 60)
            second = instance.holder()
            assert {first, second} == {one.pid for one in processes}
            await asyncio.sleep(2 * ASK_SECONDS)
    counted = told(listening)
    assert set(counted) == set(leads)
    assert sum(counted.values()) <= 25 and counted[leads[12]] in (1, 2)


async def test_a_night_is_done_once_also_when_who_does_it_is_killed(instance: Instance) -> None:
    """Both find it due; the one that does it dies in the middle of it; nothing is unreadable afterwards."""
    trade, epochs = instance.trade, instance.trade.keys.epochs
    trade.add_leads(150)

    def stands_at(number: int, *, turning: bool) -> bool:
        epochs.read_again()
        return (epochs.newest, epochs.is_turning) == (number, turning)

    with ExitStack() as both:
        processes = [both.enter_context(instance.process(ahead=24)) for _ in range(2)]
        await until(lambda: stands_at(2, turning=True), 60)
        first = instance.holder(NIGHT)
        assert first in [one.pid for one in processes] and instance.holder() == first
        os.kill(first, signal.SIGKILL)
        assert stands_at(2, turning=True), "it was to be killed in the middle"
        await until(lambda: instance.over(first) and stands_at(2, turning=False), 60)
        await asyncio.sleep(10 * ASK_SECONDS)
        assert stands_at(2, turning=False)
    trade.keys.forget_unwrapped()
    maren = await trade.sign_in("Maren")
    assert len(await maren.get("/leads", maxResults=100)) == 100


async def until(true: Callable[[], bool], seconds: float) -> None:
    async with asyncio.timeout(seconds):
        while not true():  # noqa: ASYNC110 - any state
            await asyncio.sleep(0.01)
