"""The demo server as a child: ready line through the pipe, nothing in arguments, gone with us."""

import asyncio
import os
import subprocess
import sys
import time
from pathlib import Path

import httpx
import pytest

from leaddesk.demo import child
from leaddesk.demo.child import DemoServerFailed, start_demo_server

LEADS = 20


async def test_it_starts_tells_its_people_through_the_pipe_and_stops() -> None:
    server = await start_demo_server(LEADS)
    try:
        wagner = server.tenants[0]
        assert wagner.name == "Heiztechnik Wagner AG" and len(server.tenants) == 3
        assert {person.role for person in wagner.people} == {"rep", "admin"}
        headers = {"authorization": wagner.api_key.reveal()}
        async with httpx.AsyncClient(base_url=server.url, headers=headers, timeout=60) as client:
            leads = await client.get("/leads")
        assert leads.status_code == 200 and leads.headers["x-total"] == str(LEADS)
    finally:
        await server.stop()
        await server.stop()
    assert not _lives(server.process_id)


async def test_no_credential_shows_in_arguments_environment_or_repr() -> None:
    server = await start_demo_server(LEADS)
    try:
        process = Path(f"/proc/{server.process_id}")
        public = (process / "cmdline").read_bytes() + (process / "environ").read_bytes()
        for tenant in server.tenants:
            secrets = [tenant.api_key.reveal(), *(person.password.reveal() for person in tenant.people)]
            assert all(secret.encode() not in public for secret in secrets)
            assert all(secret not in repr(tenant) for secret in secrets)
            assert all(person.email not in repr(person) for person in tenant.people)
    finally:
        await server.stop()


async def test_waiting_for_it_does_not_hold_up_the_loop() -> None:
    """The child needs its time to start, and waiting gives the loop hundreds of turns meanwhile."""
    starting, turns = asyncio.ensure_future(start_demo_server(2_000)), 0
    while not starting.done():
        await asyncio.sleep(0.001)
        turns += 1
    await (await starting).stop()
    assert turns > 50


async def test_cancelling_the_start_ends_the_child(monkeypatch: pytest.MonkeyPatch) -> None:
    children: list[subprocess.Popen[bytes]] = []
    spawn = child._spawn
    monkeypatch.setattr(child, "_spawn", lambda leads: children.append(spawn(leads)) or children[-1])
    starting = asyncio.ensure_future(start_demo_server(5_000))
    await asyncio.sleep(0.1)
    starting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await starting
    assert children[0].returncode is not None


async def test_a_child_that_cannot_start_is_told_so(capfd: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(DemoServerFailed):
        await start_demo_server(50_000_000)
    assert "GiB" in capfd.readouterr().err


def test_it_ends_with_its_parent_however_that_one_ends() -> None:
    parent = (
        "import asyncio, os, sys\n"
        "from leaddesk.demo.child import start_demo_server\n"
        "server = asyncio.run(start_demo_server(20))\n"
        "print(server.process_id, flush=True)\n"
        "os.kill(os.getpid(), 9)\n"
    )
    run = subprocess.run([sys.executable, "-c", parent], capture_output=True, text=True, check=False)
    assert run.returncode == -9
    deadline = time.monotonic() + 60
    while _lives(int(run.stdout)) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not _lives(int(run.stdout))


def _lives(process_id: int) -> bool:
    try:
        os.kill(process_id, 0)
        return Path(f"/proc/{process_id}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except (ProcessLookupError, FileNotFoundError):
        return False
