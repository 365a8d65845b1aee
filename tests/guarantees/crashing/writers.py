"""Whoever writes: over HTTP, at either server, with an idempotency key, asking again until answered.

Some give up after the first failure, as a person does who closes the lid: their writes may be there or not.
"""

from __future__ import annotations

import random
import secrets
import threading
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

import httpx

from leaddesk.contract.signin import CLIENT_ID
from leaddesk.server.identity.tokens.codes import challenge_of
from tests.guarantees.crashing.servers import Server
from tests.guarantees.crashing.site import LABEL, PASSWORD, Firm
from tests.support.processes import VERIFIER, new_key

NOTE, LEAD, OFFER = "note", "lead", "offer"
GIVES_UP, REPEATS = 0.1, 0.1
"""How often somebody never asks again after a failure, and asks once more after an answer."""
PAUSE = 0.05


@dataclass
class Write:
    """One change that somebody wants. ``answer`` absent: nothing was acknowledged."""

    kind: str
    firm: Firm
    path: str
    body: dict[str, Any]
    mark: str
    lead: str = ""
    gives_up: bool = False
    key: str = field(default_factory=new_key)
    tries: int = 0
    answer: dict[str, Any] | None = None


class Book:
    """What all of them wrote and were answered; findings are what no answer may be."""

    def __init__(self) -> None:
        self.over = threading.Event()
        self.writes: list[Write] = []
        self.findings: list[str] = []
        self.answered: Counter[Server] = Counter()
        self.renewals = 0
        self.repeated = 0

    @property
    def acknowledged(self) -> list[Write]:
        """Those that were answered."""
        return [write for write in self.writes if write.answer is not None]


class Client(threading.Thread):
    """Somebody who asks one server, and the other one when that fails."""

    def __init__(self, book: Book, firm: Firm, servers: tuple[Server, Server], seed: str) -> None:
        super().__init__(daemon=True)
        self.book, self.firm = book, firm
        self.chance = random.Random(seed)
        self._servers = servers
        self._turn = self.chance.randrange(2)
        self._http = httpx.Client(timeout=30)
        self.is_in = False

    def run(self) -> None:
        """Work until it is over."""
        try:
            self.work()
        except Exception as failure:  # a thread that ends unnoticed would look like a server that is slow
            self.book.findings.append(f"{type(self).__name__}: {failure!r}")
        finally:
            self._http.close()

    def work(self) -> None:
        """What it does."""
        raise TypeError(type(self))

    def ask(self, method: str, path: str, **words: Any) -> httpx.Response | None:
        """Ask the server whose turn it is; nothing where it did not say what became of it."""
        server = self._servers[self._turn]
        self._turn = 1 - self._turn
        try:
            answer = self._http.request(method, server.url + path, **words)
        except httpx.TransportError:
            return None
        if answer.status_code == 503:
            return None
        self.book.answered[server] += 1
        return answer

    def persistently(self, method: str, path: str, **words: Any) -> httpx.Response:
        """Ask until somebody answers."""
        while (answer := self.ask(method, path, **words)) is None:
            self.book.over.wait(PAUSE)
        return answer


class Writer(Client):
    """A program of a firm."""

    def work(self) -> None:
        """Enter a lead, then whatever comes."""
        mine = [self._written(self._lead())]
        self.is_in = True
        while not self.book.over.is_set():
            known = [write for write in mine if write.answer is not None]
            chosen = self.chance.random()
            if chosen < 0.7 and known:
                self._written(self._note(self.chance.choice(known).lead))
            elif chosen < 0.8 and (free := [write for write in known if write.body]):
                offered = self.chance.choice(free)
                self._written(self._offer(offered.lead))
                offered.body = {}
            else:
                mine.append(self._written(self._lead()))

    def _lead(self) -> Write:
        mark = secrets.token_hex(8)
        block = {"fields": {LABEL: {"type": "text:singleline", "value": f"S3-{mark}"}}}
        return Write(LEAD, self.firm, "/leads", {"prospect": block}, mark)

    def _note(self, lead: str) -> Write:
        mark = secrets.token_hex(8)
        body = {"text": f"S3-{mark}", "intern": True}
        return Write(NOTE, self.firm, f"/leads/{lead}/notes", body, mark, lead)

    def _offer(self, lead: str) -> Write:
        path = f"/markets/{self.firm.market}/brokerages"
        return Write(OFFER, self.firm, path, {"leadId": lead}, lead, lead)

    def _written(self, write: Write) -> Write:
        write.gives_up = bool(self.book.writes) and self.chance.random() < GIVES_UP
        self.book.writes.append(write)
        while write.answer is None:
            write.tries += 1
            answer = self._send(write)
            if answer is None:
                if write.gives_up:
                    return write
                self.book.over.wait(PAUSE)
                continue
            if answer.status_code != 201:
                self.book.findings.append(f"{write.kind}: answered {answer.status_code} {answer.text[:200]}")
                return write
            write.answer = answer.json()
            write.lead = write.answer.get("leadId", write.lead)
        if self.chance.random() < REPEATS:
            self._repeat(write)
        return write

    def _repeat(self, write: Write) -> None:
        while (again := self._send(write)) is None:
            self.book.over.wait(PAUSE)
        self.book.repeated += 1
        names = {"noteId", "leadId", "brokerageId"} & set(write.answer or ())
        told = again.json() if again.status_code == 201 else {}
        if any(told.get(name) != (write.answer or {})[name] for name in names):
            self.book.findings.append(f"{write.kind}: asked again, {again.status_code} and other ids")

    def _send(self, write: Write) -> httpx.Response | None:
        headers = {"authorization": self.firm.key, "idempotency-key": write.key}
        return self.ask("POST", write.path, json=write.body, headers=headers)


class Renewer(Client):
    """Somebody signed in, whose session is renewed all the time: answers count, and lost ones do no harm."""

    def work(self) -> None:
        """Sign in, then renew."""
        tokens, number = self._signed_in(), 0
        self.is_in = True
        while not self.book.over.wait(PAUSE):
            number += 1
            words = {"refresh_token": tokens["refresh_token"], "rotation_id": str(number)}
            tokens = self._token(grant_type="refresh_token", **words)
            me = self.persistently(
                "GET", "/me", headers={"authorization": f"Bearer {tokens['access_token']}"}
            )
            if me.status_code != 200:
                self.book.findings.append(f"a token that was just given: {me.status_code}")
            self.book.renewals += 1

    def _signed_in(self) -> dict[str, str]:
        asked = {"email": self.firm.email, "password": PASSWORD, "codeChallenge": challenge_of(VERIFIER)}
        answer = self.persistently("POST", "/oauth/challenge", json=asked)
        code = answer.json().get("authorization_code")
        if code is None:
            raise AssertionError(f"no authorization code: {answer.status_code} {answer.text[:200]}")
        return self._token(grant_type="authorization_code", code=code, code_verifier=VERIFIER)

    def _token(self, **fields: str) -> dict[str, str]:
        answer = self.persistently("POST", "/oauth/token", data={"client_id": CLIENT_ID, **fields})
        if answer.status_code != 200:
            raise AssertionError(f"a session was lost: {answer.status_code} {answer.text[:200]}")
        return dict(answer.json())
