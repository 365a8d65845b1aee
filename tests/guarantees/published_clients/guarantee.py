"""S5: the programs of this folder, run unchanged against a server process over a socket."""

from __future__ import annotations

import asyncio
import json
import os
import sys
from collections.abc import Mapping
from typing import Any

from tests.guarantees.figure import Figure

SHORT, FULL = 250, 2_000
"""Leads of the population."""
CLIENTS = ("listing", "form_create", "attachment", "backfill")
PATIENCE = 120.0

PLANTED = """
import runpy, sys
from leaddesk.server.domain.refusal import invalid
from leaddesk.server.queries.listing import filters
order = filters._order
def strict(text):
    if " " in text:
        raise invalid("sort", "a plus sign that is escaped")
    return order(text)
filters._order = strict
runpy.run_module("leaddesk.server", run_name="__main__")
"""
"""The product with a broken part: a plus sign that nobody escaped is an error."""


async def guarantee(_env: Mapping[str, str], *, planted: bool = False) -> Figure:
    """Run all clients, one after the other."""
    return await ran(FULL if os.environ.get("FULL") == "1" else SHORT, planted=planted)


async def ran(leads: int, *, planted: bool = False) -> Figure:
    """Start a server and let the clients at it."""
    part = ("-c", PLANTED) if planted else ("-m", "leaddesk.server")
    server = await _child(*part, str(leads))
    assert server.stdin is not None and server.stdout is not None
    try:
        ready = json.loads(await server.stdout.readline())
        steps, findings = 0, []
        for client in CLIENTS:
            taken = await _steps(client, ready["url"], ready["tenants"][0]["apiKey"])
            steps += len(taken)
            findings += [f"{client}: {one['step']}: {one['seen']}" for one in taken if not one["ok"]]
    finally:
        server.stdin.close()
        await asyncio.wait_for(server.wait(), PATIENCE)
    return Figure("published-clients: {found} of {looked:,} steps failed", steps, tuple(findings))


async def _steps(client: str, url: str, key: str) -> list[dict[str, Any]]:
    """Run one client; the key goes through its standard input. A client that breaks off is a failed step."""
    process = await _child("-m", f"tests.guarantees.published_clients.{client}", url)
    said, _ = await asyncio.wait_for(process.communicate(key.encode() + b"\n"), PATIENCE)
    taken: list[dict[str, Any]] = [json.loads(line) for line in said.splitlines()]
    if process.returncode != 0:
        taken.append({"step": "runs to its end", "ok": False, "seen": process.returncode})
    return taken


async def _child(*arguments: str) -> asyncio.subprocess.Process:
    pipe = asyncio.subprocess.PIPE
    return await asyncio.create_subprocess_exec(
        sys.executable, "-B", *arguments, stdin=pipe, stdout=pipe, limit=1_000_000
    )
