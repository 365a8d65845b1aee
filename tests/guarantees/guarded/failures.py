"""A program: the client's surroundings, and failure after failure about people; prints how many.

``python -m tests.guarantees.guarded.failures COUNT [planted]``. Every failure carries the canary; what is
told goes to standard error as in the client, what a person reads goes to the words on standard output.
"""

from __future__ import annotations

import asyncio
import gc
import json
import logging
import os
import sys
import threading
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

CANARY = "Kanarienvögel Ünal-7f3a – 🐦"


class Victim:
    """Fails where nobody can take it."""

    def __del__(self) -> None:
        raise ValueError(CANARY)


def of_values() -> None:
    from leaddesk.contract.people import Me

    Me.model_validate({"name": CANARY, "tenant": [CANARY]})


def of_json() -> None:
    json.loads(CANARY)


def of_encoding() -> None:
    CANARY.encode("ascii")


def of_keys() -> None:
    raise KeyError(CANARY) from LookupError(CANARY)


def of_groups() -> None:
    raise ExceptionGroup(CANARY, [ValueError(CANARY), OSError(2, CANARY, CANARY)])


def of_files() -> None:
    Path(f"/{CANARY}").write_text(CANARY)


def of_reading() -> None:
    Path(f"/{CANARY}").read_text()


def of_masked() -> None:
    from leaddesk.personal.masked import Personal, Secret

    raise ValueError(Personal(CANARY), Secret(CANARY), CANARY)


FAILING = (of_values, of_json, of_encoding, of_keys, of_groups, of_files, of_reading, of_masked)
Way = Callable[[Callable[[], None]], None]


def untaken(fails: Callable[[], None]) -> None:
    """As an error that leaves the main thread."""
    try:
        fails()
    except Exception as error:
        sys.excepthook(type(error), error, error.__traceback__)


def reported(fails: Callable[[], None]) -> None:
    """As our own code tells errors."""
    from leaddesk.personal.unexpected import report

    try:
        fails()
    except Exception as error:
        report(error)


def logged(fails: Callable[[], None]) -> None:
    """As other people's code logs: words, arguments, a traceback, a record that cannot be formatted."""
    log = logging.getLogger("httpx.of.others")
    try:
        fails()
    except Exception:
        log.exception("while reading %s of %s", "https://x.example/?q=" + CANARY, {"name": CANARY})
        log.error("%d", CANARY)
        logging.getLogger().warning(CANARY)


def in_a_thread(fails: Callable[[], None]) -> None:
    """As an error that ends a thread named after somebody."""
    thread = threading.Thread(target=fails, name=CANARY)
    thread.start()
    thread.join()


def in_a_slot(fails: Callable[[], None]) -> None:
    """As an error in a slot, which Qt's binding prints."""
    from PySide6.QtCore import QCoreApplication, QTimer

    QTimer.singleShot(0, fails)
    QCoreApplication.processEvents()


def in_a_task(fails: Callable[[], None]) -> None:
    """As a task nobody waits for, which asyncio logs when it is collected; and a callback of the loop."""

    async def forgotten() -> None:
        async def named(_data: str) -> None:
            fails()

        asyncio.get_running_loop().call_soon(fails)
        task = asyncio.create_task(named(CANARY), name=CANARY)
        await asyncio.wait([task])

    asyncio.run(forgotten())
    gc.collect()


def in_a_destructor(fails: Callable[[], None]) -> None:
    """As an error nobody can raise."""
    Victim()
    gc.collect()
    untaken(fails)


def warned(fails: Callable[[], None]) -> None:
    """As a library warns, and Qt."""
    from PySide6.QtCore import qWarning

    warnings.warn(CANARY, stacklevel=1)
    qWarning(CANARY)
    untaken(fails)


WAYS: tuple[Way, ...] = (
    untaken,
    reported,
    logged,
    in_a_thread,
    in_a_slot,
    in_a_task,
    in_a_destructor,
    warned,
)
STATUS = (200, 200, 201, 302, 400, 401, 403, 404, 409, 413, 422, 429, 500, 503)


async def answers(count: int) -> list[str]:
    """Fail as endpoints do on hostile answers; return what a person would read of it."""
    import httpx

    from leaddesk.api import forms, history, leads, offers, people
    from leaddesk.api.client import ApiClient
    from leaddesk.api.errors import ApiError
    from leaddesk.contract.ids import LeadId
    from leaddesk.desk.outcomes import failure_of
    from leaddesk.ui.kit.presenting.outcome_words import sentence

    calls: tuple[Callable[[ApiClient], Any], ...] = (
        *(forms.list_forms, offers.list_offers, people.read_me),
        lambda client: leads.read_lead(client, LeadId(CANARY)),
        lambda client: history.list_history(client, LeadId("a?b#" + CANARY)),
    )
    said = []
    for number in range(count):
        status = STATUS[number % len(STATUS)]
        problem = {"type": CANARY, "title": CANARY, "detail": CANARY, "field": CANARY, "errors": [CANARY]}
        body = json.dumps(problem if number % 3 else {"name": CANARY}, ensure_ascii=bool(number % 2)).encode()

        def answer(_request: httpx.Request, status: int = status, body: bytes = body) -> httpx.Response:
            if body[:2] == b"{}":
                raise httpx.ConnectError(CANARY)
            media = "application/json" if status < 400 else "application/problem+json"
            heads = {"content-type": media, "location": "https://x.example/7f3a", "retry-after": "7f3a"}
            return httpx.Response(status, headers=heads, stream=httpx.ByteStream(body))

        web = httpx.AsyncClient(transport=httpx.MockTransport(answer), base_url="https://x.example")
        async with web as http:
            try:
                await calls[number % len(calls)](ApiClient(http))
            except ApiError as error:
                said += [sentence(failure_of(error)) or "", str(error), repr(error)]
                logging.getLogger("leaddesk.test").error("%s", type(error).__name__)
    return said


def main(count: int, planted: bool) -> int:
    """Set everything up as the client does, fail, print what a person read and how often it failed."""
    os.environ["QT_QPA_PLATFORM"] = "offscreen"
    from PySide6.QtCore import qInstallMessageHandler
    from PySide6.QtWidgets import QApplication

    from leaddesk.personal.hushed import hush
    from leaddesk.wiring.application import _said_by_qt

    application = QApplication([])
    hush()
    qInstallMessageHandler(_said_by_qt)
    if planted:  # the product with a broken part: errors nobody took are told as Python tells them
        sys.excepthook = sys.__excepthook__
    ways = [(way, fails) for way in WAYS for fails in FAILING]
    for way, fails in ways:
        way(fails)
    said = asyncio.run(answers(max(0, count - len(ways))))
    print("\n".join(said))
    print(json.dumps({"failures": count, "shown": len(said)}))
    application.quit()
    return 0


if __name__ == "__main__":
    from leaddesk.guard.entering import enter

    enter()
    sys.exit(main(int(sys.argv[1]), "planted" in sys.argv))
