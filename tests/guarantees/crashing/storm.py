"""The load, and whoever kills: a process, a PostgreSQL or everything, at moments that nobody chose."""

from __future__ import annotations

import random
import signal
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable

from tests.guarantees.crashing.servers import Server
from tests.guarantees.crashing.site import Site
from tests.guarantees.crashing.writers import Book, Client, Renewer, Writer
from tests.support.postgres import Cluster

PATIENCE = 120.0
"""Seconds: with other work on the machine two servers take half a minute to begin again."""
SERVER, DATA, BESIDE, BOTH, ALL = (
    "a server",
    "the data's PostgreSQL",
    "the other PostgreSQL",
    "both",
    "everything",
)
VICTIMS = (SERVER, SERVER, SERVER, DATA, DATA, DATA, BESIDE, BOTH, ALL)
WRITERS = 2
"""So many of each firm."""


class Stuck(AssertionError):
    """Nothing is acknowledged any more."""


class Storm:
    """One campaign on one installation."""

    def __init__(self, site: Site, servers: tuple[Server, Server], seed: int) -> None:
        self.book = Book()
        self.killed: Counter[str] = Counter()
        self._site, self._servers = site, servers
        self._chance = random.Random(seed)
        self._clients: list[Client] = []
        for name, firm in site.firms.items():
            for number in range(WRITERS):
                self._clients.append(Writer(self.book, firm, servers, f"{seed}/{name}/{number}"))
            self._clients.append(Renewer(self.book, firm, servers, f"{seed}/{name}"))

    def rage(self, kills: int, victims: tuple[str, ...] = VICTIMS) -> None:
        """Kill so often; each time everybody has to be served again before the next."""
        for client in self._clients:
            client.start()
        try:
            self._until(lambda: all(client.is_in for client in self._clients), "somebody cannot sign in")
            in_turn = list(dict.fromkeys(victims))  # each of them once before chance chooses
            for number in range(kills):
                self._acknowledged(self._chance.randint(1, 40))
                self._kill(in_turn[number] if number < len(in_turn) else self._chance.choice(victims))
                self._served(self._servers, 2)
                self._say_how_far(number + 1, kills)
        except AssertionError as stuck:
            self.book.findings.append(str(stuck))
        finally:
            self.book.over.set()
            for client in self._clients:
                client.join(PATIENCE)
        if any(client.is_alive() for client in self._clients):
            self.book.findings.append("somebody still waits for an answer")

    def _say_how_far(self, kills: int, of: int) -> None:
        """A full count takes an hour or so: whoever cuts it off should know what was done."""
        if kills % 10 == 0:
            print(
                f"{kills} of {of} kills, {len(self.book.acknowledged):,} writes", file=sys.stderr, flush=True
            )

    def _kill(self, victim: str) -> None:
        self.killed[victim] += 1
        if victim == SERVER:
            self._again(self._chance.sample(self._servers, 1), [])
        elif victim in (DATA, BESIDE):
            self._again([], [self._site.data if victim == DATA else self._site.beside])
        else:
            both = [self._site.data, self._site.beside]
            self._again(list(self._servers) if victim == ALL else [], both)

    def _again(self, servers: list[Server], databases: list[Cluster]) -> None:
        """As a machine that loses its power and gets it back."""
        for server in servers:
            server.process.kill()
        for database in databases:
            database.stop(signal.SIGKILL)
        for server in servers:
            server.kill()
            server._start()
        for database in databases:
            database.start()
        for server in servers:
            server.ready()
        for server in self._servers:
            if server.process.poll() is not None:
                raise Stuck("a server ended with its database")

    def _acknowledged(self, more: int) -> None:
        goal = len(self.book.acknowledged) + more
        self._until(lambda: len(self.book.acknowledged) >= goal, "nothing is acknowledged any more")

    def _served(self, servers: tuple[Server, ...], more: int) -> None:
        """Wait until each server answers, without being begun again."""
        goals = {server: self.book.answered[server] + more for server in servers}
        for name, server in zip(("first", "second"), servers, strict=True):
            goal = goals[server]
            what = f"the {name} server does not come back after {sum(self.killed.values())} kills"
            self._until(lambda server=server, goal=goal: self.book.answered[server] >= goal, what)  # type: ignore[misc]

    def _until(self, is_so: Callable[[], bool], what: str) -> None:
        until, pause = time.monotonic() + PATIENCE, threading.Event()
        while not is_so():
            if time.monotonic() > until:
                raise Stuck(what)
            pause.wait(0.005)
