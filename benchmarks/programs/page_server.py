"""A server of one worker for P11: ``page_server KIND LEADS``; its ready line names url, key and memory.

``warm`` keeps unwrapped keys as usual, ``cold`` keeps none, so that every page unwraps a hundred. ``bare``
answers every request with bytes that it reads from standard input: what uvicorn alone can do with them.
"""

from __future__ import annotations

import gc
import json
import os
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from leaddesk.server.announcement import enter_people
from leaddesk.server.app import build_app
from leaddesk.server.eventlog.memory import MemoryStorage
from leaddesk.server.identity.facade import Identity
from leaddesk.server.identity.people import People
from leaddesk.server.keys.envelope import MOST_CACHED
from leaddesk.server.keys.opening import keys_in_memory
from leaddesk.server.listening import listen_on_loopback, url_of
from leaddesk.server.process import Moments, Process
from leaddesk.server.seed.plant import plant
from leaddesk.server.seed.population import Population
from leaddesk.server.web.edge.limits import Limits, Rate
from leaddesk.server.web.services import Vaults, build_services

UNLIMITED = Limits(Rate(1e9, 1e9), Rate(1e9, 1e9))


def main(kind: str, leads: int) -> None:
    """Serve until a signal."""
    key = ""
    if kind == "bare":
        app: Any = _bare(sys.stdin.buffer.read())
    else:
        app, key = _real(leads, 0 if kind == "cold" else MOST_CACHED)
    gc.collect()
    gc.freeze()
    listener = listen_on_loopback("127.0.0.1", 0)
    said = json.dumps({"url": url_of(listener), "key": key, "rss": _rss()})
    Process(app, listener, Moments(lambda: print(said, flush=True), lambda: None)).run()


def _real(leads: int, most_cached: int) -> tuple[Any, str]:
    population = Population(leads, clock=_now)
    people = People()
    credentials = enter_people(population.world, people)
    vaults = Vaults(keys_in_memory(most_cached))
    services = build_services(MemoryStorage(), Identity(_now, people), _now, vaults=vaults)
    plant(services.office, population)
    return build_app(services, UNLIMITED), credentials[0].api_key.reveal()


def _bare(body: bytes) -> Any:
    head = [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode())]

    async def app(scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "lifespan":
            for name in ("startup", "shutdown"):
                await receive()
                await send({"type": f"lifespan.{name}.complete"})
            return
        await send({"type": "http.response.start", "status": 200, "headers": head})
        await send({"type": "http.response.body", "body": body})

    return app


def _rss() -> int:
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


def _now() -> datetime:
    return datetime.now(UTC)


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
