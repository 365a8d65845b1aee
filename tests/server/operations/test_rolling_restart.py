"""Both processes are restarted in turn under writers and a listener: nothing is lost, nothing comes twice."""

from __future__ import annotations

import itertools
import os
import signal
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import httpx
import pytest

from leaddesk.server.eventlog.scope import Scope
from tests.server.operations.test_settings import FIRST, written
from tests.support.deployed import Deployed, deployed
from tests.support.folders import short_folder
from tests.support.nginx import Front, behind_nginx
from tests.support.postgres import Cluster
from tests.support.processes import Running, Through, Tokens, new_key

PATIENCE = 60.0
WRITERS, LEADS = 3, 600
"""More leads than a look for news takes in (500): two changes of one lead would be told once."""
ROUNDS = int(os.environ.get("ROLLING_ROUNDS", "1"))
"""How often both are restarted; a long count by hand."""


@dataclass
class Work:
    """What writers did and the listener heard."""

    front: Front
    behind: Deployed
    ada: Tokens
    leads: Iterator[str]
    over: threading.Event = field(default_factory=threading.Event)
    enough: threading.Event = field(default_factory=threading.Event)
    failed: list[str] = field(default_factory=list)
    written: list[list[str]] = field(default_factory=lambda: [[] for _ in range(WRITERS)])
    heard: list[int] = field(default_factory=list)
    listenings: int = 0

    def begun(self, work: Callable[..., None], *arguments: object) -> threading.Thread:
        """Begin some work; what fails in it is kept."""

        def guarded() -> None:
            try:
                work(*arguments)
            except BaseException as failure:
                self.failed.append(repr(failure))

        thread = threading.Thread(target=guarded)
        thread.start()
        return thread

    def write(self, number: int) -> None:
        """Write notes until it is over; every answer must be a yes, nothing is asked twice."""
        with self.front.client() as client:
            while not self.over.is_set():
                self.written[number].append(self.note(client))

    def note(self, client: httpx.Client) -> str:
        """Write one at the next lead; gives the note's id."""
        headers = {"authorization": f"Bearer {self.ada.access}", "idempotency-key": new_key()}
        asked = {"text": "x", "intern": True}
        answer = client.post(f"/leads/{next(self.leads)}/notes", json=asked, headers=headers)
        assert answer.status_code == 201, answer.text
        return str(answer.json()["noteId"])

    def listen(self) -> None:
        """Listen as clients do: a stream that ends is begun again behind what was heard last."""
        last: str | None = None
        with self.front.client() as client:
            while not self.enough.is_set():
                headers = {"authorization": f"Bearer {self.ada.access}"}
                headers |= {"last-event-id": last} if last else {}
                with client.stream("GET", "/events", headers=headers) as stream:
                    assert stream.status_code in (200, 503), stream.status_code
                    self.listenings += stream.status_code == 200
                    last = self._hear(stream.iter_lines(), last)

    def _hear(self, lines: Iterator[str], last: str | None) -> str | None:
        """Take messages until the stream ends; one without its empty line at the end is none."""
        place, kind = last, ""
        for line in lines:
            if line.startswith("id:"):
                place = line[3:].strip()
            elif line.startswith("event:"):
                kind = line[6:].strip()
            elif not line:
                assert kind != "reset", "told to load everything anew"
                self.heard += [int(place or 0)] if kind == "note" else []
                last = place
                if self.enough.is_set():
                    break
        return last


@pytest.fixture
def work(cluster: Cluster) -> Iterator[Work]:
    with short_folder("roll-") as folder:
        (folder / "front").mkdir()
        with (
            deployed(folder, cluster, written(folder / "first.toml")) as behind,
            behind_nginx(folder / "front", behind.ports) as front,
            front.client() as client,
        ):
            ada = Through(client).sign_in(FIRST["email"], FIRST["password"])
            yield Work(front, behind, ada, itertools.cycle([str(one) for one in behind.leads(LEADS)]))


def restart(server: Running) -> None:
    """End it in order, as ``systemctl restart`` does, and wait until it serves again."""
    server.process.send_signal(signal.SIGTERM)
    assert server.process.wait(PATIENCE) == 0
    server.again()


def wait_for(work: Work, is_so: Callable[[], bool]) -> None:
    pause = threading.Event()
    for _ in range(int(PATIENCE / 0.02)):
        if is_so() or work.failed:
            return
        pause.wait(0.02)
    raise AssertionError("nothing happens any more")


def test_a_rolling_restart_loses_nothing_and_doubles_nothing(work: Work) -> None:
    listener = work.begun(work.listen)
    wait_for(work, lambda: work.listenings == 1)
    writers = [work.begun(work.write, number) for number in range(WRITERS)]
    try:
        for server in work.behind.servers * ROUNDS:
            more = [len(ids) + 2 for ids in work.written]
            wait_for(work, lambda: all(len(ids) > n for ids, n in zip(work.written, more, strict=True)))  # noqa: B023
            restart(server)
    finally:
        work.over.set()
        for one in writers:
            one.join(PATIENCE)
    happened = notes_of(work.behind)
    wait_for(work, lambda: len(work.heard) >= len(happened))
    work.enough.set()
    if not work.failed:
        with work.front.client() as client:
            work.note(client)  # so that the listener looks up
    listener.join(PATIENCE)
    assert work.failed == []
    ids = [one for ids in work.written for one in ids]
    assert len(set(ids)) == len(ids) == len(happened) > 2 * WRITERS * ROUNDS
    assert work.heard[: len(happened)] == happened
    assert work.listenings > ROUNDS, "each process has ended the stream that it had"


def notes_of(behind: Deployed) -> list[int]:
    """The positions of all notes in the log, in its order."""
    sql = "SELECT position FROM event WHERE tenant_id = ? AND kind = 'NoteAdded' ORDER BY position"
    with behind.log.for_tenant(Scope(behind.tenant)).reading() as unit:
        return [int(row[0]) for row in unit.select(sql)]
