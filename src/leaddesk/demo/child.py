"""The parent's side of the demo server: started as a child, spoken to through two pipes, ended with us.

Credentials travel through the pipe only: arguments and environment can be read by others.
"""

import asyncio
import json
import subprocess
import sys
from dataclasses import dataclass, field
from typing import Any

from leaddesk.personal.masked import Secret

READY_SECONDS = 60.0
STOP_SECONDS = 5.0
_LONGEST_LINE = 1_000_000


class DemoServerFailed(Exception):
    """The child ended, or said nothing in time; its own sentence is on stderr."""


@dataclass(frozen=True, slots=True)
class DemoPerson:
    """One member to sign in as. Nothing shows in ``repr``."""

    name: str = field(repr=False)
    email: str = field(repr=False)
    password: Secret
    role: str


@dataclass(frozen=True, slots=True)
class DemoTenant:
    """One tenant of the demo; the first is the manufacturer."""

    name: str
    tenant_id: str
    api_key: Secret
    people: tuple[DemoPerson, ...]


class DemoServer:
    """A running demo server. Invariant: it never outlives this process (pipe and kernel see to it)."""

    def __init__(
        self, child: "subprocess.Popen[bytes]", url: str, outbox: str, tenants: tuple[DemoTenant, ...]
    ) -> None:
        self.url = url
        self.outbox = outbox
        self.tenants = tenants
        self._child = child

    @property
    def process_id(self) -> int:
        """The child's process id."""
        return self._child.pid

    async def stop(self) -> None:
        """End the server and wait for it; a second call does nothing."""
        await asyncio.to_thread(_end, self._child)


async def start_demo_server(leads: int) -> DemoServer:
    """Start the server with a demo population and wait until it is ready.

    Blocks nothing: waiting happens in a worker thread. If the caller is cancelled, the child ends.
    Raises :class:`DemoServerFailed`.
    """
    child = _spawn(leads)
    try:
        async with asyncio.timeout(READY_SECONDS):
            line = await asyncio.to_thread(_read_line, child)
        return DemoServer(child, *_understood(line))
    except (TimeoutError, ValueError, KeyError, TypeError):
        await asyncio.to_thread(_end, child)
        raise DemoServerFailed from None
    except asyncio.CancelledError:
        await asyncio.to_thread(_end, child)
        raise


def _spawn(leads: int) -> "subprocess.Popen[bytes]":
    """Start the child in a session of its own, so that Ctrl+C reaches us alone and we end it in order.

    It is started by the thread that runs the loop: Linux would take the end of a worker thread for ours.
    """
    return subprocess.Popen(  # noqa: S603 - our own interpreter and module, and a number
        [sys.executable, "-B", "-m", "leaddesk.server", str(leads)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        start_new_session=True,
    )


def _read_line(child: "subprocess.Popen[bytes]") -> bytes:
    assert child.stdout is not None
    return child.stdout.readline(_LONGEST_LINE)


def _end(child: "subprocess.Popen[bytes]") -> None:
    """Close the leash and wait; only then the other pipe, which a thread may still be reading."""
    assert child.stdin is not None and child.stdout is not None
    child.stdin.close()
    try:
        child.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:
        child.kill()
        child.wait()
    child.stdout.close()


def _understood(line: bytes) -> tuple[str, str, tuple[DemoTenant, ...]]:
    said = json.loads(line)
    return said["url"], said["outbox"], tuple(_tenant(tenant) for tenant in said["tenants"])


def _tenant(said: dict[str, Any]) -> DemoTenant:
    people = tuple(
        DemoPerson(person["name"], person["email"], Secret(person["password"]), person["role"])
        for person in said["people"]
    )
    return DemoTenant(said["name"], said["id"], Secret(said["apiKey"]), people)
